"""Centre and spread of stretches: means, moving ranges, subgroup constants."""

from __future__ import annotations

import numpy as np
from scipy import special

from slm_analysis.analyses.chart_cells import Cells, Options
from slm_analysis.analyses.run_patterns import LIMIT_SIGMAS, Flags, Numbers, Whole

MDC_LIMIT_RANGES = 2.66
"""NHS Making Data Count draws limits at so many mean moving ranges: 3 / 1.128, rounded."""
RANGE_UPPER = 3.267
"""D4 of two values: upper limit of a moving range in mean ranges (Montgomery, App. VI)."""

# Mean and standard deviation of the range of n normal values in sigma, n = 2 to 25: d2 as in
# Montgomery, App. VI; d3 to the seven decimals that control-chart software tabulates.
# fmt: off
RANGE_MEAN = np.array([
    1.128, 1.693, 2.059, 2.326, 2.534, 2.704, 2.847, 2.970, 3.078, 3.173, 3.258, 3.336,
    3.407, 3.472, 3.532, 3.588, 3.640, 3.689, 3.735, 3.778, 3.819, 3.858, 3.895, 3.931,
])
RANGE_SD = np.array([
    0.8525033, 0.8883697, 0.8798108, 0.8640855, 0.8480442, 0.8332108, 0.8198378, 0.8078413,
    0.7970584, 0.7873230, 0.7784873, 0.7704257, 0.7630330, 0.7562217, 0.7499188, 0.7440627,
    0.7386021, 0.7334929, 0.7286980, 0.7241851, 0.7199267, 0.7158987, 0.7120802, 0.7084528,
])
# fmt: on
LARGEST_RANGE = len(RANGE_MEAN) + 1
"""Ranges of larger subgroups are not used; standard deviations are."""


def total(x: Numbers, where: Flags) -> Numbers:
    """Return each row's sum over the flagged points."""
    return np.where(where, x, 0.0).sum(axis=1, keepdims=True)


def mean(x: Numbers, where: Flags) -> Numbers:
    """Return each row's mean over the flagged points; NaN where there are none."""
    return total(x, where) / where.sum(axis=1, keepdims=True)


def median(x: Numbers, where: Flags) -> Numbers:
    """Return each row's median over the flagged points; NaN where there are none."""
    ordered = np.sort(np.where(where, x, np.inf), axis=1)
    count = where.sum(axis=1, keepdims=True)
    low = np.take_along_axis(ordered, np.maximum(count - 1, 0) // 2, axis=1)
    high = np.take_along_axis(ordered, np.minimum(count // 2, x.shape[1] - 1), axis=1)
    return np.where(count > 0, (low + high) / 2, np.nan)


def moving_ranges(x: Numbers, previous: Whole) -> Numbers:
    """Return the distance of each point from the one before; NaN across gaps."""
    before = np.take_along_axis(x, np.maximum(previous, 0), axis=1)
    return np.where(previous >= 0, np.abs(x - before), np.nan)


def mean_moving_range(x: Numbers, cells: Cells, options: Options) -> Numbers:
    """Return each row's mean moving range, large ones left out if the caller says so."""
    ranges = moving_ranges(x, cells.previous)
    before = np.take_along_axis(cells.estimating, np.maximum(cells.previous, 0), axis=1)
    ranges = np.where(cells.estimating & before, ranges, np.nan)
    center = mean(ranges, ~np.isnan(ranges))
    if options.screen_mr:  # Nelson, JQT 1982;14:172-173: large ranges dropped once
        center = mean(ranges, ranges <= RANGE_UPPER * center)
    return center


def sigma_from_ranges(x: Numbers, cells: Cells, options: Options) -> Numbers:
    """Return each row's sigma: the known one, else from moving ranges."""
    if options.sigma is not None:
        return np.full((x.shape[0], 1), options.sigma)
    # Montgomery 6.33: the mean range over d2, which stands in `limit_ranges`.
    return mean_moving_range(x, cells, options) * options.limit_ranges / LIMIT_SIGMAS


def ratio(cells: Cells) -> Numbers:
    """Return value out of n where there is an n, else the value."""
    return np.where(np.isnan(cells.size), cells.value, cells.value / cells.size)


def c4(n: Numbers) -> Numbers:
    """Return the mean standard deviation of n normal values in sigma (Montgomery, App. VI)."""
    n = np.where(n > 1, n, np.nan)
    return np.sqrt(2 / (n - 1)) * np.exp(special.gammaln(n / 2) - special.gammaln((n - 1) / 2))


def of_range(table: Numbers, n: Numbers) -> Numbers:
    """Return the table's entry for subgroups of n; NaN where there is none."""
    known = (n > 1) & (n <= LARGEST_RANGE)
    return np.where(known, table[np.where(known, n, 2).astype(int) - 2], np.nan)
