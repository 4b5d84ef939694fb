"""Just before the target: silence on smooth curves of any shape, a planted pile-up found."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from slm_analysis.analyses.near_target import near_target

SHAPES = {
    "exponential": lambda rng, n: rng.exponential(0.35, n),
    "lognormal": lambda rng, n: rng.lognormal(np.log(0.4), 1.0, n),
    "gamma": lambda rng, n: rng.gamma(3, 0.2, n),
    "weibull": lambda rng, n: 0.7 * rng.weibull(2, n),
    "two kinds": lambda rng, n: np.where(
        rng.random(n) < 0.2, rng.uniform(0, 2, n), rng.exponential(0.2, n)
    ),
}
SERIES = 200


@pytest.mark.parametrize("n", [150, 3_000])
@pytest.mark.parametrize("shape", SHAPES)
def test_smooth_curves_seldom_show_a_pile_up(shape, n):
    rng = np.random.default_rng(20261)
    found = []
    for _ in range(SERIES):
        used = SHAPES[shape](rng, n)
        found.append(near_target(used, used).p < 0.05)
    # At a chance of 5 % more would happen once in a thousand times.
    assert sum(found) <= stats.binom.ppf(0.999, SERIES, 0.05)


def test_the_number_expected_is_that_of_the_curve():
    rng = np.random.default_rng(7)
    used = rng.exponential(0.35, 200_000)
    near = near_target(used, used)
    truth = 200_000 * (np.exp(-0.9 / 0.35) - np.exp(-1 / 0.35))
    assert near.expected == pytest.approx(truth, rel=0.03)
    assert near.count == np.count_nonzero((used > 0.9) & (used <= 1))


@pytest.mark.parametrize("seed", range(10))
def test_half_of_the_late_ones_pulled_before_the_target_are_found(seed):
    rng = np.random.default_rng(seed)
    used = rng.exponential(0.35, 1_000)
    pulled = (used > 1) & (rng.random(1_000) < 0.5)
    used = np.where(pulled, rng.uniform(0.9, 1.0, 1_000), used)
    near = near_target(used, used)
    assert near.p < 0.01
    # The curve's own count varies by its root.
    assert near.count - near.expected == pytest.approx(pulled.sum(), abs=20)


def test_open_tickets_are_at_risk_as_far_as_they_are_followed():
    # One event per unit of time at risk, whoever is followed how long.
    rng = np.random.default_rng(3)
    until = rng.uniform(0.5, 2.0, 200_000)
    first = rng.exponential(1.0, 200_000)
    near = near_target(first[first < until], np.minimum(first, until))
    followed = np.clip(np.minimum(first, until) - 0.9, 0, 0.1).sum()
    assert near.expected == pytest.approx(followed, rel=0.05)


def test_what_ends_at_the_target_is_in_time():
    used = np.concatenate([np.repeat(np.arange(1, 40) / 40, 5), np.full(50, 1.0)])
    assert near_target(used, used).count == 50 + 3 * 5


@pytest.mark.parametrize("events", [np.array([]), np.full(19, 0.7), np.full(500, 0.2)])
def test_without_a_curve_nothing_is_expected(events):
    near = near_target(events, np.full(500, 1.2))
    assert np.isnan([near.expected, near.p]).all()
    assert near.count == 0


@settings(max_examples=60)
@given(
    st.lists(st.floats(0, 3), max_size=80),
    st.lists(st.floats(0, 3), max_size=80),
)
def test_a_chance_is_a_chance(events, more):
    near = near_target(np.array(events, float), np.array(events + more, float))
    assert np.isnan(near.p) or (0 <= near.p <= 1 and near.expected >= 0)
