"""Time over that of the rest: by hand, planted groups found, mix and bad days not taken for one."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from slm_analysis.analyses.excess_time import excess_time
from slm_analysis.errors import InputError

DAYS = pd.date_range("2026-05-01", periods=60)


def tickets(seed, n=600, service="S"):
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "service": service,
            "opened_at": DAYS[rng.integers(0, len(DAYS), n)],
            "team": rng.choice(["A", "B", "C"], n),
            "channel": rng.choice(["mail", "portal"], n),
            "priority": rng.choice(["P1", "P2"], n, p=[0.2, 0.8]),
            "hours": rng.lognormal(1.5, 0.8, n),
        }
    )


def compared(frame, **options):
    given = {"hours": "hours", "by": "service", "drivers": ["team", "channel"]} | options
    return excess_time(frame, **given)


def level(result, driver, name, service="S"):
    levels = result.levels
    own = levels["driver"].eq(driver) & levels["level"].eq(name) & levels["service"].eq(service)
    return levels[own].iloc[0]


def test_by_hand_without_strata():
    frame = tickets(1)
    own = level(compared(frame), "team", "A")
    team = frame["team"] == "A"
    difference = frame.loc[team, "hours"].mean() - frame.loc[~team, "hours"].mean()
    assert own["n"] == team.sum()
    assert own["mean"] == pytest.approx(frame.loc[team, "hours"].mean())
    assert own["difference"] == pytest.approx(difference)
    assert own["excess"] == pytest.approx(team.sum() * difference)


def test_strata_and_days_agree_with_statsmodels():
    frame = tickets(2)
    shocks = np.random.default_rng(2).normal(0, 3, len(DAYS))
    day = (frame["opened_at"] - DAYS[0]).dt.days.to_numpy()
    frame["hours"] += shocks[day] * (frame["team"] == "A")
    result = compared(frame, strata=["priority"])
    own = level(result, "team", "A")
    fit = smf.ols("hours ~ a + priority", frame.assign(a=(frame["team"] == "A") * 1.0)).fit(
        cov_type="cluster", cov_kwds={"groups": day, "use_correction": False}
    )
    assert own["difference"] == pytest.approx(fit.params["a"])
    clusters = len(np.unique(day))
    error = fit.bse["a"] * np.sqrt(clusters / (clusters - 1))
    days = frame.loc[frame["team"] == "A", "opened_at"].nunique()
    p = 2 * stats.t.sf(abs(own["difference"]) / error, days - 1)
    assert own["p"] == pytest.approx(p)
    half = stats.t.ppf(1 - (1 - result.interval_level) / 2, days - 1) * error * own["n"]
    assert own["excess_high"] - own["excess"] == pytest.approx(half)


@pytest.mark.parametrize("seed", range(10))
def test_a_planted_group_is_found_with_its_hours(seed):
    frame = tickets(seed)
    slow = frame["team"] == "B"
    frame.loc[slow, "hours"] += 4
    result = compared(frame, strata=["priority"])
    first = result.levels.iloc[0]
    assert (first["driver"], first["level"], bool(first["finding"])) == ("team", "B", True)
    assert first["excess_low"] < 4 * slow.sum() < first["excess_high"]


def test_noise_is_seldom_a_finding():
    found = [compared(tickets(seed), strata=["priority"]).levels["finding"].any()
             for seed in range(200)]  # fmt: skip
    # At a chance of 5 % more than 20 of 200 would happen once in a thousand times.
    assert sum(found) <= 20


def test_difficult_tickets_are_not_taken_for_a_slow_team():
    frame = tickets(3, 2_000)
    rng = np.random.default_rng(3)
    difficult = rng.random(len(frame)) < np.where(frame["team"] == "A", 0.6, 0.1)
    frame["priority"] = np.where(difficult, "P3", "P2")
    frame.loc[difficult, "hours"] += 10
    assert level(compared(frame), "team", "A")["finding"]
    assert not level(compared(frame, strata=["priority"]), "team", "A")["finding"]


def test_a_bad_day_is_not_a_slow_team():
    found = []
    for seed in range(60):
        frame = tickets(seed)
        rng = np.random.default_rng(seed)
        team_day = rng.normal(0, 4, (3, len(DAYS)))
        day = (frame["opened_at"] - DAYS[0]).dt.days.to_numpy()
        code = frame["team"].map({"A": 0, "B": 1, "C": 2}).to_numpy()
        frame["hours"] += team_day[code, day]
        found.append(compared(frame, drivers=["team"]).levels["finding"].any())
    assert sum(found) <= 8


def test_groups_are_compared_within_their_service_only():
    slow = tickets(1, service="Slow").assign(hours=lambda t: t["hours"] + 50)
    both = pd.concat([tickets(1), slow], ignore_index=True)
    result = compared(both)
    alone = compared(tickets(1))
    assert level(result, "team", "A")["difference"] == pytest.approx(
        level(alone, "team", "A")["difference"]
    )
    assert result.family == 2 * alone.family
    assert not result.levels["finding"].any()


def test_few_tickets_and_few_days_are_not_judged():
    frame = tickets(4)
    frame.loc[frame.index[:20], "team"] = "Few"
    assert not level(compared(frame), "team", "Few")["judged"]
    frame.loc[frame["opened_at"] < DAYS[8], "team"] = "Short"
    short = level(compared(frame), "team", "Short")
    assert short["n"] > 30
    assert not short["judged"]
    assert np.isnan(short["p"])


def test_unknown_times_are_left_out_and_counted():
    frame = tickets(5)
    frame.loc[:9, "hours"] = np.nan
    result = compared(frame)
    assert [dict(n.values) for n in result.notes if n.code == "times_unknown"] == [{"tickets": 10}]
    assert result.levels.groupby("driver")["n"].sum().tolist() == [590, 590]


@settings(max_examples=30)
@given(st.integers(0, 1_000), st.floats(0.1, 100))
def test_the_unit_of_time_changes_nothing_but_hours(seed, factor):
    frame = tickets(seed, 200)
    one, other = compared(frame), compared(frame.assign(hours=frame["hours"] * factor))
    assert one.levels["finding"].tolist() == other.levels["finding"].tolist()
    assert (one.levels["excess"] * factor).to_numpy() == pytest.approx(
        other.levels["excess"].to_numpy(), nan_ok=True, rel=1e-6, abs=1e-6
    )


def test_nothing_to_compare():
    empty = compared(tickets(1)[:0])
    assert empty.levels.empty
    assert empty.family == 0
    alike = compared(tickets(1).assign(hours=3.0))
    assert not alike.levels["finding"].any()


def test_the_frame_given_is_left_as_it_is():
    frame = tickets(1)
    before = frame.copy()
    compared(frame, strata=["priority"])
    pd.testing.assert_frame_equal(frame, before)


def test_bad_input_is_told():
    with pytest.raises(InputError, match="Did you mean 'hours'"):
        compared(tickets(1), hours="hour")
    with pytest.raises(InputError, match="between 0 and 1"):
        compared(tickets(1), q=2)
