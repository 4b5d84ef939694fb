"""The mix of cases held fixed: a shift of kinds is taken out, a change over time stays."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from slm_analysis.analyses.held_mix import OTHER, held_mix, varied

WEEKS = np.repeat(np.arange(20), 30)


def made_up(change=0.0, share_before=0.2, share_after=0.7, seed=1):
    """Return cases of two channels, phone taking 4 hours more; the mix shifts at week 10."""
    rng = np.random.default_rng(seed)
    after = WEEKS >= 10
    phone = rng.random(len(WEEKS)) < np.where(after, share_after, share_before)
    value = 10 + 4 * phone + change * after + rng.normal(0, 1, len(WEEKS))
    return pd.DataFrame(
        {"week": WEEKS, "hours": value, "channel": np.where(phone, "phone", "mail"), "one": "x"}
    )


def step(cases, value):
    after = cases["week"] >= 10
    return value[after].mean() - value[~after].mean()


@pytest.mark.parametrize("change", [0.0, -1.5])
def test_a_shift_of_the_mix_is_taken_out_and_a_change_is_not(change):
    cases = made_up(change)
    assert step(cases, cases["hours"]) > change + 1.5  # the shift alone makes half of 4 hours
    held = held_mix(cases, "hours", "week", ["channel"])
    # Standard error of a difference of two means of 300: 0.08.
    assert step(cases, held) == pytest.approx(change, abs=0.3)


def test_without_a_shift_nothing_changes_but_noise():
    cases = made_up(-1.5, share_after=0.2)
    held = held_mix(cases, "hours", "week", ["channel"])
    assert step(cases, held) == pytest.approx(step(cases, cases["hours"]), abs=0.3)


def test_kinds_are_compared_within_weeks_only():
    # Phone came only after the change, mail only before: nothing tells kind from time.
    cases = made_up(-1.5, share_before=0.0, share_after=1.0)
    held = held_mix(cases, "hours", "week", ["channel"])
    assert held.to_numpy() == pytest.approx(cases["hours"].to_numpy())


def test_two_columns_add_up():
    cases = made_up()
    rng = np.random.default_rng(2)
    cases["priority"] = np.where(rng.random(len(cases)) < 0.3, "P1", "P2")
    cases["hours"] += 3.0 * (cases["priority"] == "P1")
    held = held_mix(cases, "hours", "week", ["channel", "priority"])
    by_kind = held.groupby([cases["channel"], cases["priority"]]).mean()
    assert by_kind.max() - by_kind.min() < 0.6


@given(st.integers(0, 1000), st.floats(-5, 5))
def test_the_mean_of_all_cases_and_the_callers_frame_stay(seed, change):
    cases = made_up(change, seed=seed)
    before = cases.copy()
    held = held_mix(cases, "hours", "week", ["channel"])
    assert held.mean() == pytest.approx(cases["hours"].mean())
    pd.testing.assert_frame_equal(cases, before)


def test_what_does_not_vary_holds_nothing():
    cases = made_up().assign(rare=lambda c: np.where(c.index < 4, "seldom", "often"))
    assert varied(cases, ["channel", "one"]) == ["channel"]
    assert held_mix(cases, "hours", "week", []).equals(cases["hours"])
    # Levels of under five cases are one: "seldom" stands alone, so it is all that differs.
    assert varied(cases, ["rare"]) == ["rare"]
    alone = cases.assign(rare=[f"{OTHER} {i}" for i in range(len(cases))])
    assert varied(alone, ["rare"]) == []


def test_missing_is_a_level_and_no_cases_are_no_error():
    cases = made_up().assign(channel=lambda c: c["channel"].where(c["channel"] == "phone"))
    held = held_mix(cases, "hours", "week", ["channel"])
    assert step(cases, held) == pytest.approx(0, abs=0.3)
    assert held_mix(cases[:0], "hours", "week", ["channel"]).empty
