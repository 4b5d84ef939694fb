"""Which kind of chart suits a series, where the caller leaves it open."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from slm_analysis.analyses.chart_frame import Layout, Request
from slm_analysis.analyses.chart_kinds import AUTO
from slm_analysis.analyses.run_patterns import Flags, Numbers, Whole

SKEWED = 0.5
"""Positive values more skewed than this are judged on the log scale (Bulmer 1979, p. 63)."""


def choose_kinds(layout: Layout, request: Request) -> NDArray[np.object_]:
    """Return the kind of every series.

    With n: `p'` for whole counts that never exceed a whole n, else `u'`. Without: `i_log` for
    positive values with a skewness over `SKEWED` that the logarithm lessens, else `i`.
    """
    count = len(layout.keys)
    if request.kind != AUTO:
        return np.full(count, request.kind, dtype=object)
    points = layout.points
    series, value = points["series"].to_numpy(), points["value"].to_numpy()
    n, used = points["n"].to_numpy(), points["complete"].to_numpy() & ~points["excluded"].to_numpy()
    if request.n is not None:
        with np.errstate(invalid="ignore"):
            proper = (
                np.isnan(value) | np.isnan(n) | ((value <= n) & (value % 1 == 0) & (n % 1 == 0))
            )
        out_of_n = np.bincount(series, ~proper, minlength=count) == 0
        return np.where(out_of_n, "p'", "u'").astype(object)
    used = used & ~np.isnan(value)
    positive = np.bincount(series, used & (value <= 0), minlength=count) == 0
    logs = np.log(np.where(used & (value > 0), value, 1.0))
    plain = _skewness(value, layout.row, used, series, count)
    on_logs = _skewness(logs, layout.row, used, series, count)
    log_scale = positive & (plain > SKEWED) & (np.abs(on_logs) < plain)
    return np.where(log_scale, "i_log", "i").astype(object)


def _skewness(x: Numbers, stretch: Whole, used: Flags, series: Whole, count: int) -> Numbers:
    """Return each series' skewness about the means of its stretches."""
    x, weight = np.where(used, x, 0.0), used.astype(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.bincount(stretch, x) / np.bincount(stretch, weight)
        off = np.where(used, x - mean[stretch], 0.0)
        cases = np.bincount(series, weight, minlength=count)
        second = np.bincount(series, off**2, minlength=count) / cases
        third = np.bincount(series, off**3, minlength=count) / cases
        return third / second**1.5
