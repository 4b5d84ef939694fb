"""Regression with AR(1) errors: published cases, a dense oracle, properties, bad input."""

import json
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from slm_analysis.analyses.ar1_regression import ar1_regression, fit_ar1
from slm_analysis.errors import InputError

OURS = {"estimate": "estimate", "lo": "low", "hi": "high", "p": "p"}


@pytest.fixture(scope="module")
def cases(shared):
    text = (shared / "reference" / "effects.json").read_text(encoding="utf-8")
    return {case["id"]: case for case in json.loads(text)["cases"]}


def sicily(case):
    data = case["data"]
    time, month = np.array(data["time"]), np.array(data["month"])
    rate = 1e5 * np.array(data["aces"]) / np.array(data["stdpop"])
    waves = [f(2 * np.pi * k * month / 12) for k in (1, 2) for f in (np.sin, np.cos)]
    return rate, np.column_stack([np.ones(len(time)), time, data["smokban"], *waves]), time


def assert_reference(found, expected, tolerance):
    for theirs, ours in OURS.items():
        assert getattr(found, ours) == pytest.approx(expected[theirs], rel=tolerance), theirs


def test_sicily_step(cases):
    case = cases["its_sicily_smoking_ban"]
    reference = case["expected"]["python_ar1_integrated_rate"]["step_only"]
    rate, columns, time = sicily(case)
    found = ar1_regression(rate, columns, np.eye(7)[2], time=time)
    assert_reference(found, reference, case["tolerance"])
    assert found.rho == pytest.approx(reference["rho_mean"], rel=case["tolerance"])
    assert found.df == reference["df"]


@pytest.mark.parametrize("part", ["step", "slope", "average_post_effect"])
def test_sicily_step_and_slope(cases, part):
    case = cases["its_sicily_smoking_ban"]
    reference = case["expected"]["python_ar1_integrated_rate"]["step_slope_first_post_obs_is_zero"]
    rate, columns, time = sicily(case)
    since = np.maximum(time - 37, 0)
    step, slope = np.eye(8)[2], np.eye(8)[7]
    contrast = {
        "step": step,
        "slope": slope,
        "average_post_effect": step + slope * since[time >= 37].mean(),
    }[part]
    found = ar1_regression(rate, np.column_stack([columns, since]), contrast)
    assert_reference(found, reference[part], case["tolerance"])


def test_causal_impact(cases):
    case = cases["causalimpact_vignette"]
    data, reference = case["data"], case["expected"]["python_ar1_integrated"]
    columns = np.column_stack([np.ones(100), data["x1"], np.array(data["t"]) > 70])
    found = ar1_regression(data["y"], columns, [0, 0, 1])
    assert_reference(found, reference["effect"], case["tolerance"])
    assert found.rho == pytest.approx(reference["rho_mean"], rel=case["tolerance"])


def dense_oracle(y, columns, c, time, cases=None, nodes=100):
    """Return the quantiles 0.025, 0.5, 0.975 from full matrices, node by node, and brentq."""
    n, p = columns.shape
    apart = np.abs(np.subtract.outer(time, time))
    shares, share_weights = np.polynomial.legendre.leggauss(3)
    spreads = [(1.0, np.ones(n))]
    if cases is not None:
        sampling = (1 / cases) / np.mean(1 / cases)
        spreads = [
            (w, 1 - (s + 1) / 2 + (s + 1) / 2 * sampling)
            for s, w in zip(shares, share_weights, strict=True)
        ]
    parts = []
    for share_weight, spread in spreads:
        for rho, rho_weight in zip(*np.polynomial.legendre.leggauss(nodes), strict=True):
            correlation = rho**apart * np.sqrt(np.outer(spread, spread))
            inverse = np.linalg.inv(correlation)
            information = columns.T @ inverse @ columns
            b = np.linalg.solve(information, columns.T @ inverse @ y)
            sse = (y - columns @ b) @ inverse @ (y - columns @ b)
            log_weight = np.log(share_weight * rho_weight) - 0.5 * (
                np.linalg.slogdet(correlation)[1]
                + np.linalg.slogdet(information)[1]
                + (n - p) * np.log(sse)
            )
            scale = np.sqrt(sse / (n - p) * c @ np.linalg.solve(information, c))
            parts.append((log_weight, c @ b, scale))
    log_weight, place, scale = np.array(parts).T
    weight = np.exp(log_weight - log_weight.max())
    weight /= weight.sum()

    def excess(x, q):
        return weight @ stats.t.cdf((x - place) / scale, n - p) - q

    far = 1e4 * scale.max()
    return [optimize.brentq(excess, -far, far, args=(q,), xtol=1e-12) for q in (0.025, 0.5, 0.975)]


@pytest.mark.parametrize("with_cases", [False, True])
def test_agrees_with_full_matrices_across_gaps(with_cases):
    rng = np.random.default_rng(7)
    time = np.array([0, 1, 2, 4, 5, 6, 7, 11, 12, 13, 14, 17, 18, 19, 20, 21, 22, 25, 26, 27])
    columns = np.column_stack([np.ones(20), time, time > 13])
    y = columns @ [3, 0.1, 1] + rng.normal(size=20).cumsum() * 0.3 + rng.normal(size=20)
    cases = rng.integers(2, 60, 20).astype(float) if with_cases else None
    c = np.array([0.0, 0.0, 1.0])
    found = fit_ar1(y, columns, time, cases).quantiles(c[None], (0.025, 0.5, 0.975))[0]
    assert found == pytest.approx(dense_oracle(y, columns, c, time, cases), rel=1e-6)


def test_equal_cases_change_nothing():
    y, columns = step_series(3)
    plain = fit_ar1(y, columns).estimate(np.array([0.0, 0, 1]), 0.95)
    assert (
        fit_ar1(y, columns, cases=np.full(len(y), 30.0)).estimate(np.array([0.0, 0, 1]), 0.95)
        == plain
    )


def step_series(seed, n=40, rho=0.4, step=1.0):
    rng = np.random.default_rng(seed)
    errors = rng.normal(size=n)
    for t in range(1, n):
        errors[t] = rho * errors[t - 1] + np.sqrt(1 - rho**2) * errors[t]
    columns = np.column_stack([np.ones(n), np.arange(n), np.arange(n) >= n // 2]).astype(float)
    return columns @ [5, 0.02, step] + errors, columns


series = st.integers(0, 10_000).map(step_series)
factors = st.floats(1e-3, 1e3)


@settings(max_examples=25, deadline=None)
@given(series, st.lists(st.floats(-1e3, 1e3), min_size=3, max_size=3))
def test_adding_columns_shifts_the_estimate_only(data, b):
    y, columns = data
    before, after = (
        ar1_regression(y, columns, [0, 0, 1]),
        ar1_regression(y + columns @ b, columns, [0, 0, 1]),
    )
    for name in ("estimate", "low", "high"):
        assert getattr(after, name) == pytest.approx(getattr(before, name) + b[2], abs=1e-6)
    assert after.rho == pytest.approx(before.rho, abs=1e-6)


@settings(max_examples=25, deadline=None)
@given(series, factors)
def test_scaling_y_scales_the_answer(data, factor):
    y, columns = data
    before, after = (
        ar1_regression(y, columns, [0, 0, 1]),
        ar1_regression(factor * y, columns, [0, 0, 1]),
    )
    for name in ("estimate", "low", "high"):
        assert getattr(after, name) == pytest.approx(factor * getattr(before, name), rel=1e-6)
    assert after.p == pytest.approx(before.p, rel=1e-6)


@settings(max_examples=25, deadline=None)
@given(series, st.randoms(use_true_random=False))
def test_order_of_rows_does_not_matter_where_time_is_given(data, random):
    y, columns = data
    order = list(range(len(y)))
    random.shuffle(order)
    shuffled = ar1_regression(y[order], columns[order], [0, 0, 1], time=np.array(order))
    assert shuffled.low == pytest.approx(ar1_regression(y, columns, [0, 0, 1]).low, rel=1e-6)


@settings(max_examples=25, deadline=None)
@given(series, st.floats(0.5, 0.999))
def test_interval_excludes_0_exactly_where_p_is_below_its_tail(data, level):
    found = ar1_regression(*data, [0, 0, 1], level=level)
    assert found.low < found.estimate < found.high
    assert (found.low > 0 or found.high < 0) == (found.p < 1 - level)


def test_turned_contrast_turns_the_answer():
    y, columns = step_series(5)
    there, back = ar1_regression(y, columns, [0, 0, 1]), ar1_regression(y, columns, [0, 0, -1])
    assert (back.low, back.high) == pytest.approx((-there.high, -there.low))
    assert back.p == pytest.approx(there.p)


def test_same_input_same_answer_to_the_last_digit():
    y, columns = step_series(11)
    assert ar1_regression(y, columns, [0, 0, 1]) == ar1_regression(y, columns, [0, 0, 1])


def test_gaps_count_as_distance():
    y, columns = step_series(2, rho=0.6)
    near = ar1_regression(y, columns, [0, 0, 1])
    far = ar1_regression(y, columns, [0, 0, 1], time=1_000_000 * np.arange(len(y)))
    assert near.rho > 0.3
    # So far apart that neighbours tell nothing: the plain t interval of least squares.
    b, (sse,) = np.linalg.lstsq(columns, y)[:2]
    scale = np.sqrt(sse / far.df * np.linalg.inv(columns.T @ columns)[2, 2])
    limits = b[2] + scale * stats.t.ppf([0.025, 0.975], far.df)
    assert (far.low, far.high) == pytest.approx(tuple(limits), rel=1e-6)


def test_wider_level_wider_interval():
    y, columns = step_series(4)
    found = [ar1_regression(y, columns, [0, 0, 1], level=level) for level in (0.5, 0.9, 0.99)]
    assert all(b.low < a.low < a.high < b.high for a, b in pairwise(found))


def test_covers_a_planted_step():
    held = [
        found.low <= 1 <= found.high
        for seed in range(400)
        for found in [ar1_regression(*step_series(seed, n=24, rho=0.6), [0, 0, 1])]
    ]
    assert 0.90 <= np.mean(held) <= 0.98  # binomial noise of 400 about 0.94


@pytest.mark.parametrize("n", [4, 5])
def test_one_or_two_degrees_of_freedom_are_finite_and_wide(n):
    y, columns = step_series(1, n=n)
    found = ar1_regression(y, columns, [0, 0, 1])
    assert found.df == n - 3
    assert np.isfinite([found.low, found.estimate, found.high, found.p]).all()


def test_a_saw_tooth_is_finite():
    n = 30
    columns = np.column_stack([np.ones(n), np.arange(n) >= 15]).astype(float)
    found = ar1_regression(10 + (-1.0) ** np.arange(n), columns, [0, 1])
    assert np.isfinite([found.low, found.estimate, found.high, found.p]).all()
    assert found.rho < -0.9


THREE = np.column_stack([np.ones(10), np.arange(10.0), np.arange(10) >= 5])
Y = np.random.default_rng(0).normal(size=10)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((Y, THREE, [0, 1]), "one number per column"),
        ((Y, THREE, [0, 0, 0]), "not all 0"),
        ((Y, THREE, [0, 0, np.nan]), "finite"),
        ((Y[:9], THREE, [0, 0, 1]), "one row per period"),
        ((Y, THREE[:, 0], [1]), "one row per period"),
        ((np.where(Y > 0, np.nan, Y), THREE, [0, 0, 1]), "stay gaps"),
        ((["a"] * 10, THREE, [0, 0, 1]), "must be numbers"),
        ((Y[:3], THREE[:3], [0, 0, 1]), "cannot carry"),
        ((Y, THREE[:, [0, 1, 1]], [0, 0, 1]), "repeat each other"),
        ((Y, THREE * [1, 1, 0], [0, 0, 1]), "repeat each other"),
        ((np.full(10, 0.97), THREE, [0, 0, 1]), "without any noise"),
        ((np.zeros(10), THREE, [0, 0, 1]), "without any noise"),
        ((THREE @ [1.1, 0.3, 7.7], THREE, [0, 0, 1]), "without any noise"),
        ((Y, THREE, [0, 0, 1], np.arange(10) // 2), "repeats a period"),
        ((Y, THREE, [0, 0, 1], np.arange(10) / 2), "whole numbers"),
        ((Y, THREE, [0, 0, 1], np.arange(9)), "one whole number per row"),
        ((Y, THREE, [0, 0, 1], None, 95), "between 0 and 1"),
        ((Y, THREE, [0, 0, 1], None, "95 %"), "between 0 and 1"),
    ],
)
def test_bad_input_is_named(arguments, message):
    with pytest.raises(InputError, match=message):
        ar1_regression(*arguments)
