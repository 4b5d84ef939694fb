"""Runs and crossings where few cases are expected, so that most points are full: `auto` only."""

import numpy as np
import pandas as pd
import pytest

from slm_analysis.analyses.control_charts import ControlChart
from slm_analysis.analyses.run_patterns import Readings
from tests.analyses.charts import chart

WEEKS, SERIES = 104, 300


def charts(n: int, share: float, last: float | None = None, **options) -> ControlChart:
    """Return charts of stable series, or of series whose last 20 weeks have another share."""
    rng = np.random.default_rng(41)
    size = rng.poisson(n, (SERIES, WEEKS))
    shares = np.full(WEEKS, share)
    shares[-20:] = share if last is None else last
    df = pd.DataFrame({
        "s": np.repeat(np.arange(SERIES), WEEKS), "t": np.tile(np.arange(WEEKS), SERIES),
        "y": rng.binomial(size, shares).ravel(), "n": size.ravel(),
    })  # fmt: skip
    return chart(df, by="s", **options)


@pytest.mark.parametrize(
    ("n", "share"), [(5, 0.97), (14, 0.985), (20, 0.97), (40, 0.97), (20, 0.8)]
)
def test_stable_series_of_few_cases_seldom_signal(n, share):
    summary = charts(n, share).summary
    assert (summary["n_signals"] > 0).mean() <= summary["false_signal_chance"].mean()


def test_a_kind_asked_for_by_name_counts_points_as_they_are():
    assert (charts(5, 0.97, kind="p'").summary["n_signals"] > 0).mean() > 0.9


def test_a_fall_is_found_all_the_same():
    """By a run, a limit, or few crossings that come from a change of level."""
    summary = charts(14, 0.985, last=0.85).summary
    assert (summary["direction"] == "worse").mean() > 0.8
    assert (summary["direction"] == "better").mean() < 0.01


def test_a_run_is_as_long_as_even_points_that_are_as_unlikely():
    """Three points of chance 1/8 are as unlikely as nine of chance 1/2."""
    side = np.array([[-1, -1, -1, 1, 1, 1, 1, 1, 1, 1, 1, 1]])
    runs = Readings(
        z=side.astype(float),
        side=side,
        beyond=np.zeros_like(side),
        above=np.full(side.shape, 7 / 8),
        valid=np.ones(side.shape, dtype=bool),
    ).runs
    assert runs.length[0, :3].tolist() == [3, 6, 9]
    assert runs.length[0, -1] == int(9 * np.log2(8 / 7))
    assert runs.longest.tolist() == [9]
