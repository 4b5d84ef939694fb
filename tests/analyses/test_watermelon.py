import numpy as np
import pandas as pd
import pytest

from slm_analysis.analyses.watermelon import watermelon
from slm_analysis.errors import InputError

MONTHS = 24
TIME = pd.date_range("2024-01-01", periods=MONTHS, freq="MS")
FALLING = np.r_[np.full(14, 4.4), np.linspace(4.4, 3.7, 11)[1:]]


def answers(mean, seed, unit="Sales East", goal=4.2, answered=40):
    """Return monthly means of scores 1 to 5 with the given expected value."""
    random = np.random.default_rng(seed)
    n = np.maximum(random.poisson(answered, MONTHS), 1)
    # A score is 1 plus a binomial of 4: on the scale, with mean 1 + 4 p.
    share = (np.broadcast_to(mean, MONTHS) - 1) / 4
    value = 1 + random.binomial(4 * n, share) / n
    return pd.DataFrame({"unit": unit, "time": TIME, "value": value, "n": n, "goal": goal})


def sla(result="met", unit="Sales East", evidence="clear", rows=MONTHS):
    return pd.DataFrame({"unit": [unit] * rows, "result": result, "evidence": evidence})


def only(result):
    assert len(result.groups) == 1
    return result.groups.iloc[0]


def codes(result):
    return {note.code: dict(note.values) for note in result.notes}


class TestPlantedTruth:
    @pytest.mark.parametrize("seed", range(10))
    def test_green_while_satisfaction_falls(self, seed):
        row = only(watermelon(sla(), answers(FALLING, seed), by="unit"))
        assert row["finding"] == "watermelon"
        assert row["falling"]

    def test_level_and_slope_cover_what_was_planted(self):
        mean = np.r_[np.full(12, 4.4), 4.4 - 0.06 * np.arange(1, 13)]
        rows = [only(watermelon(sla(), answers(mean, seed), by="unit")) for seed in range(40)]
        slopes = sum(row["slope_low"] < -0.06 < row["slope_high"] for row in rows)
        levels = sum(row["level_low"] < 3.68 < row["level_high"] for row in rows)
        # Fewer would happen to a 90 % interval once in two hundred times.
        assert min(slopes, levels) >= 31

    @pytest.mark.parametrize("seed", range(5))
    def test_green_while_satisfaction_is_poor(self, seed):
        row = only(watermelon(sla(), answers(3.6, seed), by="unit"))
        assert row["finding"] == "watermelon"
        assert row["poor"]
        assert not row["content"]

    def test_red_while_people_are_content(self):
        rows = [only(watermelon(sla("missed"), answers(4.7, s), by="unit")) for s in range(20)]
        assert all(row["content"] for row in rows)
        # One in twenty is taken for falling by chance, and then nothing is said.
        assert sum(row["finding"] == "reverse" for row in rows) >= 17

    def test_an_old_fall_that_has_recovered_is_not_called_falling(self):
        recovered = np.r_[np.linspace(4.6, 3.8, 8), np.linspace(3.8, 4.6, 16)]
        row = only(watermelon(sla(), answers(recovered, 1, answered=200), by="unit"))
        assert row["slope"] > 0
        assert row["finding"] == ""

    def test_the_line_bends_a_year_before_the_end(self):
        bent = 4.2 - 0.05 * np.abs(np.arange(MONTHS) - 11)  # 12 months before the last
        row = only(watermelon(sla(), answers(bent, 1, answered=5000), by="unit"))
        assert row["slope"] == pytest.approx(-0.05, abs=0.002)
        assert row["level"] == pytest.approx(3.6, abs=0.02)

    def test_weeks_bend_a_year_before_the_end_too(self):
        weeks = pd.date_range("2024-01-01", periods=104, freq="7D")
        random = np.random.default_rng(1)
        mean = np.r_[np.full(52, 4.4), 4.4 - 0.01 * np.arange(1, 53)]
        frame = pd.DataFrame(
            {
                "unit": "Sales East",
                "time": weeks,
                "value": mean + random.normal(0, 0.02, 104),
                "n": 40,
                "goal": 4.2,
            }
        )
        row = only(watermelon(sla(), frame, by="unit"))
        assert row["slope"] == pytest.approx(-0.01, abs=0.001)
        assert row["finding"] == "watermelon"

    def test_red_while_content_but_falling_is_not_the_reverse(self):
        falling = np.r_[np.full(12, 4.9), 4.9 - 0.04 * np.arange(1, 13)]
        frame = answers(falling, 1, goal=3.5, answered=200)
        row = only(watermelon(sla("missed"), frame, by="unit"))
        assert row["content"]
        assert row["falling"]
        assert row["finding"] == ""

    def test_a_rise_from_a_poor_level_is_not_called_poor(self):
        rising = np.r_[np.full(12, 3.4), np.linspace(3.4, 4.6, 12)]
        row = only(watermelon(sla(), answers(rising, 1, answered=200), by="unit"))
        assert row["content"]
        assert row["finding"] == ""

    def test_red_and_unhappy_is_neither(self):
        assert only(watermelon(sla("missed"), answers(3.4, 1), by="unit"))["finding"] == ""

    def test_noise_is_silent(self):
        found = [
            only(watermelon(sla(), answers(4.2, seed), by="unit"))["finding"] != ""
            for seed in range(200)
        ]
        assert np.mean(found) <= 0.08

    def test_findings_stand_first_and_share_one_family(self):
        noise = [answers(4.3, 50 + i, unit=f"noise {i}") for i in range(6)]
        frames = [*noise, answers(4.8, 3, unit="reverse"), answers(FALLING, 1, unit="melon")]
        levels = pd.concat(
            [
                sla("missed" if name == "reverse" else "met", name)
                for name in [*(f"noise {i}" for i in range(6)), "reverse", "melon"]
            ]
        )
        result = watermelon(levels, pd.concat(frames), by="unit")
        assert result.groups["unit"].tolist()[:2] == ["melon", "reverse"]
        assert result.groups["finding"].tolist() == ["watermelon", "reverse", *[""] * 6]
        assert result.family == 2 * 7 + 1
        assert codes(result)["family"] == {"tests": 15}
        groups = result.groups
        found = (groups[["level_q", "slope_q"]] <= 0.05).sum(axis=None)
        # Benjamini and Yekutieli 2005, both sides of a one-sided bound.
        assert result.interval_level == pytest.approx(1 - 2 * 0.05 * found / 15)
        told = np.where(groups["sla"] == "green", groups["poor"], groups["content"])
        assert ((groups["level_q"] <= 0.05) == told).all()
        green = groups["sla"] == "green"
        assert ((groups["slope_q"] <= 0.05) == (groups["falling"] & green)).all()

    def test_many_content_groups_do_not_lower_the_bar_for_a_fall(self):
        names = [f"unit {i}" for i in range(30)]
        levels = pd.concat([sla(unit=name) for name in names])
        found = 0
        for seed in range(4):
            scores = [answers(4.7, 30 * seed + i, unit=name) for i, name in enumerate(names)]
            found += (
                watermelon(levels, pd.concat(scores), by="unit").groups["finding"] != ""
            ).any()
        assert found == 0


class TestColours:
    def colour(self, results, evidence="clear"):
        frame = sla(results, evidence=evidence, rows=len(results))
        return only(watermelon(frame, answers(4.3, 1), by="unit"))

    def test_one_missed_level_is_red(self):
        row = self.colour(["met", "met", "missed", "open"])
        assert row[["sla", "met", "missed"]].tolist() == ["red", 2, 1]

    def test_what_is_open_or_too_few_does_not_decide(self):
        assert self.colour(["met", "open", "too_few", "no_cases"])["sla"] == "green"
        assert self.colour(["open", "too_few", "no_cases"])["sla"] == "undecided"

    def test_evidence_is_clear_only_if_all_decided_levels_are(self):
        assert self.colour(["met", "met"])["sla_evidence"] == "clear"
        assert self.colour(["met", "met"], ["clear", "uncertain"])["sla_evidence"] == "uncertain"
        assert self.colour(["met", "open"], ["clear", None])["sla_evidence"] == "clear"
        assert self.colour(["open"], [None])["sla_evidence"] == "uncertain"

    def test_undecided_levels_give_no_finding(self):
        result = watermelon(sla("open"), answers(FALLING, 1), by="unit")
        assert only(result)["falling"]
        assert only(result)["finding"] == ""
        assert codes(result)["sla_undecided"] == {"groups": 1}


class TestWhatIsMissing:
    def test_groups_of_either_frame_are_kept(self):
        result = watermelon(sla(unit="a"), answers(4.3, 1, unit="b"), by="unit")
        rows = result.groups.set_index("unit")
        assert rows.loc["a", ["sla", "reason", "periods"]].tolist() == [
            "green",
            "no_satisfaction",
            0,
        ]
        assert rows.loc["b", ["sla", "reason", "periods"]].tolist() == ["undecided", "", 24]
        assert codes(result)["no_satisfaction"]["groups"] == 1

    def test_no_surveys_at_all(self):
        result = watermelon(sla(), answers(4.3, 1)[:0], by="unit")
        assert only(result)["reason"] == "no_satisfaction"
        assert only(result)["finding"] == ""
        assert result.family == 0

    def test_few_periods_in_the_last_year_are_not_judged(self):
        few = answers(2.0, 1)[-7:]
        result = watermelon(sla(), few, by="unit")
        assert only(result)["reason"] == "too_few_periods"
        assert codes(result)["too_few_periods"] == {"groups": 1, "min_periods": 8}
        assert np.isnan(only(result)["level"])

    def test_a_series_that_ended_long_ago_is_not_judged_today(self):
        frame = pd.concat([answers(4.3, 1, unit="a"), answers(2.0, 1, unit="b")[:14]])
        rows = watermelon(sla(unit="b"), frame, by="unit").groups.set_index("unit")
        assert rows.loc["b", "reason"] == "too_few_periods"

    def test_hidden_and_incomplete_periods_are_gaps(self):
        full = answers(4.3, 1)
        hidden = full.copy()
        hidden.loc[[3, 9], "value"] = np.nan
        hidden["complete"] = [*[True] * 23, False]
        absent = full.drop([3, 9, 23])
        one = only(watermelon(sla(), hidden, by="unit"))
        other = only(watermelon(sla(), absent, by="unit"))
        assert one["periods"] == 21
        assert one["answers"] == absent["n"].sum()
        pd.testing.assert_series_equal(one, other)

    def test_a_series_without_any_variation_is_not_judged(self):
        frame = answers(4.3, 1).assign(value=3.0)
        result = watermelon(sla(), frame, by="unit")
        assert only(result)["reason"] == "no_variation"
        assert not only(result)["poor"]

    def test_the_middle_of_the_scale_stands_in_for_a_goal(self):
        frame = answers(2.4, 1).drop(columns="goal")
        result = watermelon(sla(), frame, by="unit", scale=(1, 5))
        assert only(result)["goal"] == 3
        assert not only(result)["goal_agreed"]
        assert only(result)["finding"] == "watermelon"
        assert codes(result)["goal_assumed"] == {"groups": 1, "goal": 3.0}

    def test_the_last_agreed_goal_counts(self):
        frame = answers(4.0, 1).assign(goal=[*[3.5] * 20, *[4.4] * 4])
        assert only(watermelon(sla(), frame, by="unit"))["goal"] == 4.4


class TestInvariants:
    def test_order_of_rows_does_not_matter_and_frames_are_unchanged(self):
        levels = pd.concat([sla(unit="a"), sla("missed", unit="b")])
        scores = pd.concat([answers(FALLING, 1, unit="a"), answers(4.7, 2, unit="b")])
        copies = levels.copy(), scores.copy()
        result = watermelon(levels, scores, by="unit")
        pd.testing.assert_frame_equal(levels, copies[0])
        pd.testing.assert_frame_equal(scores, copies[1])
        shuffled = watermelon(
            levels.sample(frac=1, random_state=1), scores.sample(frac=1, random_state=1), by="unit"
        )
        pd.testing.assert_frame_equal(shuffled.groups, result.groups)

    def test_another_scale_gives_the_same_verdict(self):
        frame = answers(FALLING, 1)
        percent = frame.assign(value=(frame["value"] - 1) * 25, goal=(frame["goal"] - 1) * 25)
        five = only(watermelon(sla(), frame, by="unit"))
        hundred = only(watermelon(sla(), percent, by="unit"))
        assert hundred["level"] == pytest.approx((five["level"] - 1) * 25)
        assert hundred["slope_low"] == pytest.approx(five["slope_low"] * 25)
        assert hundred["slope_p"] == pytest.approx(five["slope_p"])

    def test_two_columns_name_a_group(self):
        levels = sla().assign(service="payments")
        scores = answers(FALLING, 1).assign(service="payments")
        row = only(watermelon(levels, scores, by=["unit", "service"]))
        assert row[["unit", "service", "finding"]].tolist() == [
            "Sales East",
            "payments",
            "watermelon",
        ]


class TestBadInput:
    def test_missing_columns(self):
        with pytest.raises(InputError, match="no column 'result'"):
            watermelon(sla().drop(columns="result"), answers(4, 1), by="unit")
        with pytest.raises(InputError, match=r"no column 'unti'\. Did you mean 'unit'"):
            watermelon(sla(), answers(4, 1), by="unti")
        with pytest.raises(InputError, match="no column 'n'"):
            watermelon(sla(), answers(4, 1).drop(columns="n"), by="unit")

    def test_unknown_result(self):
        with pytest.raises(InputError, match=r"no result 'mised'\. Did you mean 'missed'"):
            watermelon(sla("mised"), answers(4, 1), by="unit")

    def test_a_group_without_goal_needs_the_scale(self):
        with pytest.raises(InputError, match="No goal is agreed for Sales East"):
            watermelon(sla(), answers(4, 1, goal=np.nan), by="unit")

    def test_a_goal_off_the_scale(self):
        with pytest.raises(InputError, match="goal lies off the scale"):
            watermelon(sla(), answers(4, 1, goal=80), by="unit", scale=(1, 5))

    def test_two_rows_of_one_period(self):
        frame = pd.concat([answers(4, 1), answers(4, 2)[:1]])
        with pytest.raises(InputError, match="two rows for one period"):
            watermelon(sla(), frame, by="unit")

    def test_text_is_no_value(self):
        with pytest.raises(InputError, match="column 'value'"):
            watermelon(sla(), answers(4, 1).assign(value="good"), by="unit")

    @pytest.mark.parametrize("q", [0, 0.5, -0.1])
    def test_q_is_a_share(self, q):
        with pytest.raises(InputError, match=r"q must lie between 0 and 0\.5"):
            watermelon(sla(), answers(4, 1), by="unit", q=q)

    def test_a_scale_needs_a_width(self):
        with pytest.raises(InputError, match="has no width"):
            watermelon(sla(), answers(4, 1), by="unit", scale=(5, 5))
