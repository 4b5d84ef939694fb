"""Which kind of chart suits a series, where the caller leaves it open."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from slm_analysis.analyses.chart_kinds import AUTO
from slm_analysis.analyses.chart_layout import Layout
from slm_analysis.analyses.chart_points import Request
from slm_analysis.analyses.run_patterns import Flags, Numbers

SKEWED = 0.5
"""Positive values more skewed than this are judged on the log scale (Bulmer 1979, p. 63)."""


def choose_kinds(layout: Layout, request: Request) -> NDArray[np.object_]:
    """Return the kind of every series.

    With n: `p'` for whole counts that never exceed a whole n, else `u'`. Without: `i_log` for
    positive values with a skewness over `SKEWED` that the logarithm lessens, else `i`.
    """
    if request.kind != AUTO:
        return np.full(len(layout.keys), request.kind, dtype=object)
    points = layout.points

    def always(flags: Flags) -> Flags:
        return layout.per_series(~flags, points.series) == 0

    if request.n is not None:
        with np.errstate(invalid="ignore"):
            proper = (points.value <= points.n) & (points.value % 1 == 0) & (points.n % 1 == 0)
        return np.where(always(proper | points.gap), "p'", "u'").astype(object)
    used = points.complete & ~points.excluded & ~points.gap
    with np.errstate(divide="ignore", invalid="ignore"):
        plain = _skewness(layout, points.value, used)
        on_logs = _skewness(layout, np.log(np.where(points.value > 0, points.value, np.nan)), used)
        log_scale = always(~used | (points.value > 0)) & (plain > SKEWED) & (abs(on_logs) < plain)
    return np.where(log_scale, "i_log", "i").astype(object)


def _skewness(layout: Layout, x: Numbers, used: Flags) -> Numbers:
    """Return each series' skewness about the means of its stretches."""
    x = np.where(used, x, 0.0)
    mean = np.bincount(layout.row, x) / np.bincount(layout.row, used)
    off = np.where(used, x - mean[layout.row], 0.0)
    cases, second, third = (
        layout.per_series(moment, layout.points.series) for moment in (used, off**2, off**3)
    )
    return third / cases / (second / cases) ** 1.5
