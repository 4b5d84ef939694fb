import json
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from slm_analysis.analyses.breach_drivers import ARISES, breach_drivers
from slm_analysis.errors import InputError

TEAMS = {"A": 0.3, "B": 0.25, "C": 0.2, "D": 0.15, "E": 0.1}


def tickets(seed, days=250, per_day=15, rate=0.06, day_correlation=0.15, planted=None):
    """Return tickets whose chance of breach moves with the day of opening.

    `planted` is (team, day, added rate): from that day on this team breaches more often.
    """
    random = np.random.default_rng(seed)
    dates = pd.bdate_range("2025-01-01", periods=days, tz="UTC")
    day = np.repeat(np.arange(days), random.poisson(per_day, days))
    n = len(day)
    # Chances of a day are beta distributed; their correlation is 1 / (a + b + 1).
    weight = 1 / day_correlation - 1
    chance = random.beta(rate * weight, (1 - rate) * weight, days)[day]
    team = random.choice(list(TEAMS), n, p=list(TEAMS.values()))
    if planted:
        name, start, added = planted
        chance = chance + np.where((team == name) & (day >= start), added, 0)
    return pd.DataFrame(
        {
            "opened_at": dates[day] + pd.to_timedelta(random.integers(0, 9 * 3600, n), unit="s"),
            "team": team,
            "category": random.choice([f"category {i}" for i in range(8)], n),
            "channel": random.choice(["mail", "portal", "phone"], n, p=[0.5, 0.4, 0.1]),
            "weekday": dates.day_of_week.to_numpy()[day],
            "amount": random.lognormal(6, 1, n),
            "breached": random.random(n) < chance,
        }
    )


DRIVERS = ["team", "category", "channel", "weekday", "amount"]


def plain(counts):
    """Return tickets without days from {level: (breaches, n)}."""
    return pd.DataFrame(
        {
            "driver": [name for name, (_, n) in counts.items() for _ in range(n)],
            "breached": [i < x for x, n in counts.values() for i in range(n)],
        }
    )


def level(result, name, driver=None):
    rows = result.levels[result.levels["level"] == name]
    if driver:
        rows = rows[rows["driver"] == driver]
    assert len(rows) == 1
    return rows.iloc[0]


def codes(result):
    return [note.code for note in result.notes]


@pytest.fixture(scope="module")
def cases(shared):
    text = (shared / "reference" / "effects.json").read_text(encoding="utf-8")
    return {case["id"]: case for case in json.loads(text)["cases"]}


class TestReferences:
    def test_two_proportions(self, cases):
        case = cases["proportions"]
        row = level(breach_drivers(plain({"a": (56, 70), "b": (48, 80)}), drivers=["driver"]), "a")
        assert row["p"] == pytest.approx(case["expected"]["R"]["two"]["p"], abs=1e-9)
        low, high = case["expected"]["statsmodels"]["newcombe"]
        assert row["excess_low"] / 70 == pytest.approx(low, abs=case["tolerance"])
        assert row["excess_high"] / 70 == pytest.approx(high, abs=case["tolerance"])
        assert row["excess"] == pytest.approx(56 - 70 * 48 / 80)

    def test_rates_have_wilson_intervals(self, cases):
        case = cases["proportions"]
        counts = {f: tuple(map(int, f.split("/"))) for f in case["data"]["one_sample"]}
        result = breach_drivers(plain(counts), drivers=["driver"])
        for fraction, limits in case["expected"]["R"]["wilson"].items():
            row = level(result, fraction)
            assert [row["rate_low"], row["rate_high"]] == pytest.approx(
                limits, abs=case["tolerance"]
            )

    def test_berkeley_admissions(self, cases):
        case = cases["ucb_simpson"]
        table = pd.DataFrame(case["data"])
        applicants = table.loc[table.index.repeat(table["Freq"])]
        applicants = applicants.assign(breached=applicants["Admit"] == "Rejected")
        result = breach_drivers(applicants, drivers=["Gender"], adjust=["Dept"])
        expected, tolerance = case["expected"]["R"], case["tolerance"]
        women = result.adjusted.set_index("level").loc["Female"]
        # Both levels are rejected, so that the adjusted level of the intervals is 95 %.
        assert result.interval_level == pytest.approx(0.95)
        assert women[["odds_ratio", "odds_ratio_low", "odds_ratio_high"]].tolist() == pytest.approx(
            [expected["crude"][key] for key in ("OR", "lo", "hi")], abs=tolerance
        )
        assert women["adjusted"] == pytest.approx(expected["mh_common_or"], abs=tolerance)
        assert women[["adjusted_low", "adjusted_high"]].tolist() == pytest.approx(
            expected["mh_ci"], abs=tolerance
        )
        assert women["strata"] == 6
        assert not women["agrees"]
        assert codes(result).count("crude_and_adjusted_disagree") == 2
        assert not result.levels["finding"].any()

    def test_without_adjustment_berkeley_would_be_a_finding(self, cases):
        table = pd.DataFrame(cases["ucb_simpson"]["data"])
        applicants = table.loc[table.index.repeat(table["Freq"])]
        applicants = applicants.assign(breached=applicants["Admit"] == "Rejected")
        result = breach_drivers(applicants, drivers=["Gender"])
        assert level(result, "Female")["finding"]
        assert result.adjusted.empty


class TestPlantedTruth:
    @pytest.mark.parametrize("seed", range(20))
    def test_the_planted_team_is_first_by_excess(self, seed):
        result = breach_drivers(tickets(seed, planted=("D", 150, 0.25)), drivers=DRIVERS)
        first = result.levels.iloc[0]
        assert (first["driver"], first["level"], first["finding"]) == ("team", "D", True)
        assert result.levels["excess"].idxmax() == 0

    def test_noise_yields_no_driver(self):
        found = [
            breach_drivers(tickets(seed), drivers=DRIVERS).levels["finding"].any()
            for seed in range(200)
        ]
        assert np.mean(found) <= 0.08

    def test_a_bad_day_is_not_a_bad_team(self):
        # One team works through an outage of a single day; nothing else is wrong with it.
        calm = tickets(1, day_correlation=0.01)
        day = calm["opened_at"].dt.normalize() == pd.Timestamp("2025-03-03", tz="UTC")
        outage = pd.concat([calm, calm[day].sample(60, replace=True, random_state=1)])
        outage.loc[outage.index.isin(calm.index[day]), ["team", "breached"]] = ["E", True]
        days = breach_drivers(outage, drivers=["team"])
        without = breach_drivers(outage.drop(columns="opened_at"), drivers=["team"])
        assert not level(days, "E")["finding"]
        assert level(without, "E")["finding"]
        assert "days_unknown" in codes(without)

    def test_mix_is_not_taken_for_a_team(self):
        # Team A does no worse within either type, but gets more of the difficult one.
        random = np.random.default_rng(4)
        n = 8000
        hard = random.random(n) < 0.3
        team = np.where(random.random(n) < np.where(hard, 0.8, 0.2), "A", "B")
        frame = pd.DataFrame(
            {
                "team": team,
                "type": np.where(hard, "hard", "easy"),
                "breached": random.random(n) < np.where(hard, 0.3, 0.05),
            }
        )
        crude = breach_drivers(frame, drivers=["team", "type"])
        fixed = breach_drivers(frame, drivers=["team", "type"], adjust=["type", "team"])
        assert level(crude, "A")["finding"]
        assert not level(fixed, "A")["finding"]
        assert level(fixed, "hard")["finding"]
        notes = [n.values for n in fixed.notes if n.code == "crude_and_adjusted_disagree"]
        assert {n["level"] for n in notes} == {"A", "B"}

    def test_hand_offs_and_waiting_are_signs_in_the_real_log(self, shared):
        log = pd.read_csv(
            shared / "data" / "uci_incident_dev60.csv.gz",
            na_values="?",
            usecols=["number", "incident_state", "opened_at", "made_sla", "reassignment_count"],
        )
        last = log.groupby("number").tail(1)
        waited = log.loc[log["incident_state"] == "Awaiting User Info", "number"]
        frame = last.assign(
            opened_at=pd.to_datetime(last["opened_at"], format="%d/%m/%Y %H:%M"),
            breached=~last["made_sla"].astype(bool),
            waited=last["number"].isin(waited),
        )
        result = breach_drivers(
            frame, drivers=["reassignment_count", "waited"], arises=ARISES | {"waited"}
        )
        assert (result.cases, result.breaches) == (14_950, 14_950 - 9_450)
        assert (result.levels["known"] == "arises").all()
        found = result.levels[result.levels["finding"]]
        assert set(zip(found["driver"], found["level"], strict=True)) >= {
            ("reassignment_count", "2"),
            ("reassignment_count", "3–27"),
            ("waited", "True"),
        }
        hand_offs = np.minimum(frame["reassignment_count"], 3)
        shares = frame["breached"].groupby(hand_offs).sum() / frame["breached"].sum()
        by_level = result.levels.set_index("level")["share"]
        assert by_level[["0", "1", "2", "3–27"]].tolist() == pytest.approx(shares.tolist())


class TestLevels:
    def test_every_ticket_is_in_one_level_of_each_driver(self):
        frame = tickets(3)
        result = breach_drivers(frame, drivers=DRIVERS)
        for _, rows in result.levels.groupby("driver"):
            assert rows["n"].sum() == len(frame) == result.cases
            assert rows["breaches"].sum() == frame["breached"].sum() == result.breaches
            assert rows["share"].sum() == pytest.approx(1)
            ranked = rows.sort_values("running_share")
            assert ranked["breaches"].is_monotonic_decreasing
            assert ranked["running_share"].to_numpy() == pytest.approx(
                ranked["share"].cumsum().to_numpy()
            )
            assert rows["excess"].to_numpy() == pytest.approx(
                (rows["breaches"] - rows["expected"]).to_numpy()
            )
            assert rows["excess"].to_numpy() == pytest.approx(
                (rows["difference"] * rows["n"]).to_numpy()
            )

    def test_expected_is_what_the_rest_would_have_had(self):
        result = breach_drivers(
            plain({"a": (30, 100), "b": (20, 200), "c": (10, 100)}), drivers=["driver"]
        )
        row = level(result, "a")
        assert row["expected"] == pytest.approx(100 * 30 / 300)
        assert row["excess"] == pytest.approx(20)
        assert row["difference"] == pytest.approx(0.2)

    def test_findings_come_first_then_the_greatest_excess(self):
        levels = breach_drivers(tickets(1, planted=("E", 0, 0.4)), drivers=DRIVERS).levels
        order = levels[["finding", "excess"]].apply(tuple, axis=1)
        assert order.is_monotonic_decreasing

    def test_numbers_are_cut_into_fifths(self):
        frame = tickets(2)
        rows = breach_drivers(frame, drivers=["amount"]).levels
        assert len(rows) == 5
        assert rows["n"].max() - rows["n"].min() <= 1

    def test_counts_keep_their_common_values(self):
        count = np.repeat([0, 1, 2, 3, 4, 5, 6, 7, 8], [500, 300, 150, 40, 30, 20, 10, 5, 5])
        frame = pd.DataFrame({"handed": count, "breached": count > 3})
        rows = breach_drivers(frame, drivers=["handed"]).levels
        assert set(rows["level"]) == {"0", "1", "2", "3–8"}

    def test_few_values_stay_as_they_are(self):
        rows = breach_drivers(tickets(2), drivers=["weekday"]).levels
        assert set(rows["level"]) == set("01234")

    @pytest.mark.parametrize("dtype", ["Int64", "float64", "Float64"])
    def test_missing_numbers_are_a_level(self, dtype):
        frame = pd.DataFrame({"x": pd.array([1, 2, None] * 50, dtype=dtype)})
        rows = breach_drivers(frame.assign(breached=[True, False] * 75), drivers=["x"]).levels
        assert sorted(rows["level"]) == ["(not stated)", "1", "2"]

    @pytest.mark.parametrize("dtype", ["str", "object", "category"])
    def test_missing_names_are_a_level(self, dtype):
        frame = pd.DataFrame({"x": pd.Series(["a", None, "发票"] * 50, dtype=dtype)})
        rows = breach_drivers(frame.assign(breached=[True, False] * 75), drivers=["x"]).levels
        assert sorted(rows["level"]) == ["(not stated)", "a", "发票"]

    def test_what_arises_is_told_from_what_is_known(self):
        frame = tickets(1).assign(reopen_count=0, assignment_group="x")
        result = breach_drivers(frame, drivers=["team", "reopen_count", "assignment_group"])
        known = result.levels.drop_duplicates("driver").set_index("driver")["known"]
        assert known.to_dict() == {
            "team": "at_opening",
            "reopen_count": "arises",
            "assignment_group": "arises",
        }
        first_team = breach_drivers(
            frame, drivers=["assignment_group"], arises=ARISES - {"assignment_group"}
        )
        assert first_team.levels["known"].tolist() == ["at_opening"]

    def test_undecided_tickets_are_left_out_and_counted(self):
        frame = plain({"a": (30, 100), "b": (10, 100)})
        outcome = frame["breached"].astype("boolean").mask(frame.index % 4 == 0)
        result = breach_drivers(frame.assign(breached=outcome), drivers=["driver"])
        assert result.cases == 150
        notes = {n.code: dict(n.values) for n in result.notes}
        assert notes["undecided_left_out"] == {"tickets": 50}


class TestJudgement:
    def test_small_levels_are_shown_and_not_judged(self):
        result = breach_drivers(plain({"a": (29, 29), "b": (10, 300)}), drivers=["driver"])
        row = level(result, "a")
        assert row["n"] == 29
        assert not row["judged"]
        assert not row["finding"]
        assert row[["p", "q", "excess_low", "excess_high"]].isna().all()
        notes = {n.code: dict(n.values) for n in result.notes}
        assert notes["levels_not_judged"] == {"levels": 2, "min_cases": 30, "min_days": 10}
        assert notes["family"] == {"tests": 0, "drivers": 1}

    def test_levels_of_few_days_are_not_judged(self):
        frame = tickets(1)
        first_week = frame["opened_at"] < pd.Timestamp("2025-01-14", tz="UTC")
        frame["wave"] = np.where(first_week, "migration", "usual")
        assert not breach_drivers(frame, drivers=["wave"]).levels["judged"].any()

    def test_days_widen_a_difference_by_their_own_spread(self):
        frame = tickets(8, days=80)
        row = level(breach_drivers(frame, drivers=["team"]), "B")
        mine = frame["team"] == "B"
        n, rest = mine.sum(), (~mine).sum()
        rate, rest_rate = frame["breached"][mine].mean(), frame["breached"][~mine].mean()
        # Each day's part in the difference of the two rates, straight from the tickets.
        part = np.where(
            mine, (frame["breached"] - rate) / n, -(frame["breached"] - rest_rate) / rest
        )
        by_day = pd.Series(part).groupby(frame["opened_at"].dt.date.to_numpy()).sum()
        days = len(by_day)
        clustered = (by_day**2).sum() * days / (days - 1)
        independent = rate * (1 - rate) / n + rest_rate * (1 - rest_rate) / rest
        pooled = frame["breached"].mean()
        variance = pooled * (1 - pooled) * (1 / n + 1 / rest) * clustered / independent
        df = min(frame["opened_at"][mine].dt.date.nunique(), days) - 1
        assert clustered > independent
        assert row["p"] == pytest.approx(
            2 * stats.t.sf(abs(rate - rest_rate) / np.sqrt(variance), df)
        )

    def test_sparse_tables_need_fishers_test_too(self):
        # All five breaches in one half or the other: 2 C(40, 5) / C(80, 5).
        row = level(breach_drivers(plain({"a": (5, 40), "b": (0, 40)}), drivers=["driver"]), "a")
        assert row["p"] == pytest.approx(2 * math.comb(40, 5) / math.comb(80, 5))

    @pytest.mark.parametrize("breaches", [0, 50])
    def test_all_or_none_breached_is_no_variation(self, breaches):
        result = breach_drivers(
            plain({"a": (breaches, 50), "b": (breaches, 50)}), drivers=["driver"]
        )
        assert "no_variation" in codes(result)
        assert not result.levels["judged"].any()

    def test_one_level_has_no_rest(self):
        result = breach_drivers(plain({"a": (20, 50)}), drivers=["driver"])
        assert not level(result, "a")["judged"]
        assert np.isnan(level(result, "a")["excess"])

    def test_no_decided_tickets(self):
        frame = plain({"a": (20, 50)}).assign(breached=pd.array([None] * 50, dtype="boolean"))
        result = breach_drivers(frame, drivers=["driver"])
        assert result.cases == result.breaches == result.family == 0
        assert result.levels.empty

    def test_all_drivers_are_one_family(self):
        frame = tickets(5, planted=("B", 0, 0.05))
        alone = breach_drivers(frame, drivers=["team"])
        among = breach_drivers(frame, drivers=DRIVERS)
        assert alone.family == 5
        assert among.family == 5 + 8 + 3 + 5 + 5
        assert level(among, "B")["p"] == level(alone, "B")["p"]
        assert level(among, "B")["q"] > level(alone, "B")["q"]
        assert among.interval_level > alone.interval_level

    def test_doing_better_is_no_finding(self):
        result = breach_drivers(plain({"a": (5, 200), "b": (80, 200)}), drivers=["driver"])
        assert level(result, "a")["q"] < 1e-6
        assert not level(result, "a")["finding"]
        assert level(result, "b")["finding"]

    @settings(max_examples=25, deadline=None)
    @given(st.integers(0, 10_000), st.floats(0, 0.3))
    def test_a_finding_is_worse_and_clear_of_nought(self, seed, added):
        frame = tickets(seed, days=60, planted=("C", 20, added))
        result = breach_drivers(frame, drivers=["team", "channel"])
        found = result.levels[result.levels["finding"]]
        assert (found["excess_low"] > 0).all()
        assert (found["q"] <= result.q).all()
        judged = result.levels[result.levels["judged"]]
        assert judged["excess"].between(judged["excess_low"], judged["excess_high"]).all()

    def test_order_of_rows_does_not_matter_and_the_frame_is_unchanged(self):
        frame = tickets(6)
        before = frame.copy()
        result = breach_drivers(frame, drivers=DRIVERS, adjust=["channel"])
        pd.testing.assert_frame_equal(frame, before)
        again = breach_drivers(
            frame.sample(frac=1, random_state=1), drivers=DRIVERS, adjust=["channel"]
        )
        pd.testing.assert_frame_equal(again.levels, result.levels)
        pd.testing.assert_frame_equal(again.adjusted, result.adjusted)

    def test_adjusting_for_itself_changes_nothing(self):
        adjusted = breach_drivers(tickets(6), drivers=["team"], adjust=["team"]).adjusted
        assert adjusted["adjusted"].tolist() == pytest.approx(adjusted["odds_ratio"].tolist())
        assert (adjusted["strata"] == 1).all()


class TestBadInput:
    def test_missing_columns(self):
        with pytest.raises(InputError, match=r"no column 'taem'\. Did you mean 'team'"):
            breach_drivers(tickets(1), drivers=["taem"])
        with pytest.raises(InputError, match=r"no column 'breeched'\. Did you mean 'breached'"):
            breach_drivers(tickets(1), drivers=["team"], breached="breeched")
        with pytest.raises(InputError, match="no column 'type'"):
            breach_drivers(tickets(1), drivers=["team"], adjust=["type"])

    def test_no_drivers(self):
        with pytest.raises(InputError, match="no driver"):
            breach_drivers(tickets(1), drivers=[])

    def test_an_outcome_must_be_true_or_false(self):
        frame = tickets(1).assign(breached="yes")
        with pytest.raises(InputError, match="column 'breached', value 'yes'"):
            breach_drivers(frame, drivers=["team"])

    def test_a_time_is_no_driver(self):
        with pytest.raises(InputError, match="A time is no driver"):
            breach_drivers(tickets(1), drivers=["opened_at"])

    def test_what_arises_cannot_be_held_fixed(self):
        frame = tickets(1).assign(reopen_count=0)
        with pytest.raises(InputError, match="'reopen_count' arises"):
            breach_drivers(frame, drivers=["team"], adjust=["reopen_count"])

    def test_opened_at_must_be_a_time(self):
        frame = tickets(1)
        with pytest.raises(InputError, match="column 'opened_at'"):
            breach_drivers(frame.assign(opened_at=frame["opened_at"].astype(str)), drivers=["team"])

    @pytest.mark.parametrize("q", [0, 1, 5])
    def test_q_is_a_share(self, q):
        with pytest.raises(InputError, match="q must lie between 0 and 1"):
            breach_drivers(tickets(1), drivers=["team"], q=q)

    def test_every_fault_is_listed(self):
        with pytest.raises(InputError) as error:
            breach_drivers(tickets(1).assign(breached="yes"), drivers=["opened_at"], q=2)
        assert len(error.value.faults) == 3
