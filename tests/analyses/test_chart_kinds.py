"""Kinds of chart against their textbook formulas, and which kind the numbers ask for."""

import math

import numpy as np
import pandas as pd
import pytest

from slm_analysis.analyses.control_charts import control_chart
from tests.analyses.charts import beyond, chart, codes, frame


def test_cases_between_events():
    """Limits 3 sqrt(m (m + 1)) about the mean, Montgomery 7.27; runs about the median."""
    between = [10.0, 3, 0, 25, 7, 14, 2, 40, 5, 9, 1, 12]
    mean = np.mean(between)
    result = chart(pd.DataFrame({"t": range(12), "y": between}), kind="g")
    points = result.points
    assert (points["center"] == np.median(between)).all()
    np.testing.assert_allclose(points["ucl"], mean + 3 * np.sqrt(mean * (mean + 1)))
    assert (points["lcl"] == 0).all()
    np.testing.assert_allclose(points["z"], (between - mean) / np.sqrt(mean * (mean + 1)))


def test_times_between_events_are_judged_on_nelsons_scale():
    times = np.array([5.0, 80, 33, 12, 150, 60, 7, 41, 95, 20])
    power = times ** (1 / 3.6)
    sigma = np.abs(np.diff(power)).mean() / 1.128
    points = chart(pd.DataFrame({"t": range(10), "y": times}), kind="t").points
    np.testing.assert_allclose(points["value"], times)
    np.testing.assert_allclose(points["center"], power.mean() ** 3.6)
    np.testing.assert_allclose(points["ucl"], (power.mean() + 3 * sigma) ** 3.6)
    np.testing.assert_allclose(
        points["lcl"], np.maximum(power.mean() - 3 * sigma, 0) ** 3.6, atol=1e-12
    )


def test_subgroups_of_varying_size():
    """Ranges over d2(n), deviations over c4(n), limits by each subgroup's own size."""
    groups = [[10.0, 12, 11], [9, 13], [11, 10, 12, 14], [8, 9, 13], [12.0]]
    df = pd.DataFrame(
        {"t": np.repeat(range(5), [len(g) for g in groups]), "y": np.concatenate(groups)}
    )
    d2, c4 = {2: 1.128, 3: 1.693, 4: 2.059}, {2: 0.7979, 3: 0.8862, 4: 0.9213}
    sigma = np.mean([np.ptp(g) / d2[len(g)] for g in groups[:4]])
    points = chart(df, kind="xbar").points
    np.testing.assert_allclose(points["n"], [3, 2, 4, 3, 1])
    np.testing.assert_allclose(points["center"], df["y"].mean())
    np.testing.assert_allclose(points["sigma"], sigma / np.sqrt(points["n"]))
    np.testing.assert_allclose(points["value"], [np.mean(g) for g in groups])
    ranges = chart(df, kind="r").points
    np.testing.assert_allclose(ranges["center"][:4], [sigma * d2[len(g)] for g in groups[:4]])
    assert ranges.loc[4, ["value", "center", "ucl"]].isna().all()
    by_s = np.mean([np.std(g, ddof=1) / c4[len(g)] for g in groups[:4]])
    spreads = chart(df, kind="s").points
    np.testing.assert_allclose(
        spreads["center"][:4], [by_s * c4[len(g)] for g in groups[:4]], rtol=2e-4
    )


def test_large_subgroups_are_judged_by_their_standard_deviations():
    rng = np.random.default_rng(5)
    df = pd.DataFrame({"t": np.repeat(range(30), 60), "y": rng.normal(100, 6, 1800)})
    points = chart(df, kind="xbar").points
    assert points["sigma"].iloc[0] * np.sqrt(60) == pytest.approx(6, rel=0.05)


def test_moving_ranges_are_drawn_beyond_the_baseline_that_fixes_their_limits():
    df = frame({"y": [1.0, 2, 1, 2, 1, 9, 1]})
    points = chart(df, kind="mr", baseline=(0, 4)).points
    assert points["value"].tolist()[1:] == [1, 1, 1, 1, 8, 8]
    assert (points["center"] == 1).all()


def test_a_known_sigma_replaces_the_estimate():
    df = frame({"y": [1.0, 2, 1, 3, 2]})
    assert chart(df, kind="i", sigma=4).points["ucl"].iloc[0] == pytest.approx(1.8 + 12)
    assert chart(df, kind="i", sigma=4).phases["limits_kind"].tolist() == ["known_sigma"]
    assert chart(df, kind="mr", sigma=4).points["center"].iloc[0] == pytest.approx(4 * 1.128)


def test_screening_drops_large_moving_ranges_once():
    y = [10.0, 11, 10, 11, 10, 11, 30, 11, 10, 11, 10, 11]
    plain = chart(frame({"y": y}), kind="i").points["sigma"].iloc[0]
    screened = chart(frame({"y": y}), kind="i", screen_mr=True).points["sigma"].iloc[0]
    ranges = np.abs(np.diff(y))
    assert plain == pytest.approx(ranges.mean() / 1.128)
    assert screened == pytest.approx(ranges[ranges <= 3.267 * ranges.mean()].mean() / 1.128)


def test_auto_chooses_by_the_numbers():
    rng = np.random.default_rng(3)
    n = rng.integers(80, 120, 60)
    df = pd.DataFrame({"t": range(60), "n": n, "out_of": rng.binomial(n, 0.9), "hours": n / 7,
                       "skewed": rng.lognormal(size=60), "score": rng.normal(4.2, 0.1, 60),
                       "signed": rng.normal(size=60), "many": n + rng.poisson(20, 60)})  # fmt: skip
    kinds = {("out_of", "n"): "p'", ("out_of", "hours"): "u'", ("many", "n"): "u'",
             ("skewed", None): "i_log", ("score", None): "i", ("signed", None): "i"}  # fmt: skip
    for (value, size), kind in kinds.items():
        result = control_chart(df, value=value, n=size, time="t")
        assert result.summary["kind"].tolist() == [kind]
        assert ("log_scale" in codes(result)) == (kind == "i_log")


def test_the_log_scale_is_shown_in_the_callers_units():
    times = np.random.default_rng(4).lognormal(3, 0.8, 40)
    points = chart(pd.DataFrame({"t": range(40), "y": times})).points
    logs = np.log(times)
    sigma = np.abs(np.diff(logs)).mean() / 1.128
    np.testing.assert_allclose(points["value"], times)
    np.testing.assert_allclose(points["center"], np.exp(logs.mean()))
    np.testing.assert_allclose(points["ucl"], np.exp(logs.mean() + 3 * sigma))
    np.testing.assert_allclose(points["lcl"], np.exp(logs.mean() - 3 * sigma))
    np.testing.assert_allclose(points["z"], (logs - logs.mean()) / sigma)


def test_series_of_one_frame_may_be_of_different_kinds():
    rng = np.random.default_rng(6)
    rows = {"skewed": rng.lognormal(size=30), "plain": rng.normal(size=30)}
    df = pd.concat([pd.DataFrame({"s": s, "t": range(30), "y": y}) for s, y in rows.items()])
    together = chart(df, by="s")
    assert together.summary.set_index("s")["kind"].to_dict() == {"plain": "i", "skewed": "i_log"}
    for name, kind in (("plain", "i"), ("skewed", "i_log")):
        own = chart(df[df["s"] == name], kind=kind).points
        part = together.points[together.points["s"] == name]
        for column in ("value", "center", "sigma", "lcl", "ucl", "z"):
            np.testing.assert_array_equal(part[column], own[column])


def test_few_expected_cases_need_the_exact_limits_too():
    """Under auto a point is beyond limits if beyond the exact binomial and the Laney ones."""
    n = np.full(40, 30)
    failed = np.tile([0, 1, 0, 0, 1], 8)
    failed[7], failed[20] = 4, 6
    df = pd.DataFrame({"t": range(40), "y": n - failed, "n": n})
    auto, named = chart(df), chart(df, kind="p'")
    np.testing.assert_array_equal(auto.points["z"], named.points["z"])
    pbar = (n - failed).sum() / n.sum()
    tail = np.array([binom_cdf(n[0] - f, n[0], pbar) for f in failed])
    assert beyond(named) == np.flatnonzero(named.points["z"] < -3).tolist() == [7, 20]
    assert beyond(auto) == np.flatnonzero((tail < 0.00135) & (named.points["z"] < -3)).tolist()
    assert beyond(auto) == [20]
    assert (auto.points["lcl"] < named.points["lcl"]).all()
    assert "exact_limits" in codes(auto)
    assert auto.phases["limits_kind"].tolist() == ["laney_and_exact"]
    assert "exact_limits" not in codes(named)
    many = pd.DataFrame({"t": range(40), "y": 100 * (n - failed), "n": 100 * n})
    assert "exact_limits" not in codes(chart(many))


def binom_cdf(k: int, n: int, p: float) -> float:
    return sum(math.comb(n, i) * p**i * (1 - p) ** (n - i) for i in range(k + 1))


@pytest.mark.parametrize(("cases", "share"), [(10, 0.98), (20, 0.95), (20, 0.98)])
def test_a_stable_share_of_few_cases_seldom_signals_under_auto(cases, share):
    """Most periods of few cases are full ones: neither a run nor few crossings."""
    good = np.random.default_rng(18).binomial(cases, share, (400, 52))
    df = pd.DataFrame({"s": np.repeat(range(400), 52), "t": np.tile(range(52), 400),
                       "y": good.ravel(), "n": cases})  # fmt: skip
    assert (chart(df, by="s").summary["n_signals"] > 0).mean() < 0.18


def test_a_shift_among_few_cases_is_found_under_auto():
    rng = np.random.default_rng(19)
    share = np.where(np.arange(52) < 30, 0.97, 0.8)
    df = pd.DataFrame({"s": np.repeat(range(200), 52), "t": np.tile(range(52), 200),
                       "y": rng.binomial(20, share, (200, 52)).ravel(), "n": 20})  # fmt: skip
    direction = chart(df, by="s").summary["direction"]
    assert (direction == "worse").mean() > 0.7
    assert not direction.eq("better").any()
