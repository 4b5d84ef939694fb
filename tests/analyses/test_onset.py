"""Since when a group leads the rest: planted months, leads that are no onset, degenerate input."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from slm_analysis.analyses.onset import onset
from slm_analysis.errors import InputError

TIME = pd.date_range("2024-11-01", periods=24, freq="MS")
JUNE = pd.Timestamp("2026-06-01")
AT = TIME.get_loc(JUNE)


def months(rate, rest_rate, seed, n=80, rest_n=260):
    """Return monthly counts of a group and its rest with the given chances of a breach."""
    random = np.random.default_rng(seed)
    sizes, rest = random.poisson(n, 24), random.poisson(rest_n, 24)
    return pd.DataFrame(
        {
            "time": TIME,
            "n": sizes,
            "breaches": random.binomial(sizes, np.broadcast_to(rate, 24)),
            "rest_n": rest,
            "rest_breaches": random.binomial(rest, np.broadcast_to(rest_rate, 24)),
        }
    )


def step(before, after, at=AT):
    return np.where(np.arange(24) < at, before, after)


def test_a_planted_month_is_found():
    found = [onset(months(step(0.03, 0.33), 0.03, seed)) for seed in range(200)]
    # 5 in 100 may go unnamed where neighbours fit almost as well; none may be named wrongly more
    # often than the rule allows.
    assert sum(month == JUNE for month in found) >= 190
    assert sum(month not in {JUNE, None} for month in found) <= 5


@pytest.mark.parametrize(
    ("rate", "rest_rate"),
    [
        pytest.param(0.03, 0.03, id="no lead"),
        pytest.param(0.3, 0.03, id="a lead as old as the figures"),
        pytest.param(step(0.06, 0.24), step(0.03, 0.12), id="all got worse, the lead the same"),
        pytest.param(step(0.3, 0.03), 0.03, id="the lead was lost"),
    ],
)
def test_without_an_onset_no_month_is_named(rate, rest_rate):
    named = [onset(months(rate, rest_rate, seed)) is not None for seed in range(200)]
    # At a chance of 5 % more than 20 of 200 would happen once in a thousand times.
    assert sum(named) <= 20


def test_a_lead_that_came_and_went_is_not_said_to_stand():
    rate = np.where((np.arange(24) >= 10) & (np.arange(24) < 14), 0.4, 0.03)
    assert onset(months(rate, 0.03, seed=1)) is None


def test_days_that_go_together_ask_for_more():
    table = months(step(0.03, 0.33), 0.03, seed=3)
    assert onset(table) == JUNE
    assert onset(table, design_effect=30.0) is None


def test_months_without_tickets_are_passed_over():
    table = months(step(0.03, 0.4), 0.03, seed=2)
    empty = table["time"].isin([pd.Timestamp("2025-03-01"), pd.Timestamp("2026-02-01")])
    table.loc[empty, ["n", "breaches"]] = 0
    assert onset(table) == JUNE


def test_a_rest_without_a_breach_is_no_obstacle():
    assert onset(months(step(0.0, 0.4), 0.0, seed=4)) == JUNE


def test_one_month_or_none_says_nothing():
    table = months(0.3, 0.03, seed=5)
    assert onset(table[:1]) is None
    assert onset(table[:0]) is None


@given(seed=st.integers(0, 10_000), rate=st.floats(0, 1), rest_rate=st.floats(0, 1))
def test_the_first_month_is_never_named(seed, rate, rest_rate):
    table = months(rate, rest_rate, seed)
    before = table.copy()
    found = onset(table)
    assert found is None or found in TIME[1:]
    pd.testing.assert_frame_equal(table, before)


def test_a_missing_column_is_named():
    with pytest.raises(InputError, match="'rest_n'"):
        onset(months(0.1, 0.1, 1).drop(columns="rest_n"))
