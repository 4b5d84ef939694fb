"""Shares against their goals: exact tails, small units not shamed, limits that agree with it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from slm_analysis.analyses.goal_test import chance_limits, goal_test, independent_cases

GOALS = st.sampled_from([0.5, 0.8, 0.95, 0.98, 0.995])


@pytest.mark.parametrize(
    ("met", "of", "goal"), [(278, 306, 0.95), (7, 10, 0.95), (10, 10, 0.95), (0, 4, 0.3)]
)
def test_the_tails_are_those_of_the_binomial_distribution(met, of, goal):
    below, above = stats.binom.cdf(met, of, goal), stats.binom.sf(met - 1, of, goal)
    assert goal_test(met / of, of, goal) == pytest.approx(min(1.0, 2 * min(below, above)))


@given(met=st.integers(0, 200), more=st.integers(0, 200), goal=GOALS)
def test_it_is_found_just_where_the_exact_interval_excludes_the_goal(met, more, goal):
    of = met + more
    if not of:
        return
    low, high = proportion_confint(met, of, alpha=0.05, method="beta")
    if min(abs(goal - low), abs(goal - high)) > 1e-9:
        assert (goal_test(met / of, of, goal) < 0.05) == (not low <= goal <= high)


@pytest.mark.parametrize(("of", "goal"), [(5, 0.95), (10, 0.95), (30, 0.95), (40, 0.98)])
@pytest.mark.parametrize("chance", [0.05, 0.01, 0.001])
def test_few_cases_at_their_goal_fall_short_no_more_often_than_it_says(of, goal, chance):
    met = np.arange(of + 1)
    short = (goal_test(met / of, of, goal) < chance) & (met / of < goal)
    assert stats.binom.pmf(met, of, goal)[short].sum() <= chance / 2


def test_a_score_test_would_shame_small_units():
    """Why it is exact: with five cases the score test errs 45 times as often as it says."""
    met = np.arange(6)
    score = (0.95 - met / 5) / np.sqrt(0.95 * 0.05 / 5)
    short = 2 * stats.norm.sf(score) < 0.001
    assert stats.binom.pmf(met, 5, 0.95)[short].sum() == pytest.approx(1 / 44, rel=0.01)
    assert not ((goal_test(met / 5, 5, 0.95) < 0.001) & (met >= 3)).any()


def test_cases_that_go_together_count_less():
    # Korn and Graubard: 120 x (t(0.975, 399) / t(0.975, 19))^2
    expected = 120 * (stats.t.ppf(0.975, 399) / stats.t.ppf(0.975, 19)) ** 2
    assert independent_cases(400, 120, 19) == pytest.approx(expected)
    assert expected < 120


def test_without_a_design_effect_every_case_counts():
    assert independent_cases([400, 1], [400, 1], np.inf).tolist() == [400, 1]


def test_days_that_go_together_do_not_shame_a_unit_either():
    """20 days of 10 cases, days alike by 0.1: at most as often short as it says."""
    rng = np.random.default_rng(7)
    goal, alike, days, sims = 0.95, 0.1, 20, 8000
    odds = (1 - alike) / alike
    per_day = rng.poisson(10, (sims, days))
    met = rng.binomial(per_day, rng.beta(goal * odds, (1 - goal) * odds, (sims, days)))
    n, share = per_day.sum(1), met.sum(1) / per_day.sum(1)
    some = (share > 0) & (share < 1)
    n, share, met, per_day = n[some], share[some], met[some], per_day[some]
    variance = days / (days - 1) * ((met - share[:, None] * per_day) ** 2).sum(1) / n**2
    effect = np.maximum(1.0, variance / (share * (1 - share) / n))
    p = goal_test(share, independent_cases(n, n / effect, days - 1), goal)
    for chance in (0.05, 0.01):
        assert ((p < chance) & (share < goal)).sum() / sims <= chance / 2


@given(
    share=st.floats(0, 1),
    cases=st.floats(1, 5000),
    goal=GOALS,
    chance=st.sampled_from([0.05, 0.01, 0.001]),
)
def test_limits_and_test_agree(share, cases, goal, chance):
    ((low,), (high,)) = chance_limits([cases], goal, chance)
    assert 0 <= low <= goal <= high <= 1
    if min(abs(share - low), abs(share - high)) > 1e-6:
        assert (goal_test(share, cases, goal) < chance) == (not low <= share <= high)


def test_a_funnel_narrows():
    low, high = chance_limits(np.geomspace(1, 10000, 60), 0.95, 0.01)
    assert (np.diff(low) >= 0).all()
    assert (np.diff(high) <= 0).all()
    assert low[0] == 0
    assert high[0] == 1


def test_a_goal_of_all_is_missed_by_one():
    assert goal_test(0.99, 100, 1.0) == 0
    assert goal_test(1.0, 100, 1.0) == 1
    ((low,), (high,)) = chance_limits([100], 1.0, 0.05)
    assert (low, high) == (pytest.approx(1.0), 1.0)


def test_nothing_is_told_of_nothing():
    assert np.isnan(goal_test(np.nan, 0, 0.95))
