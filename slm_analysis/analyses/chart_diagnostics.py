"""What bends a chart's false-alarm rate: dependence of neighbours, a yearly season, many charts.

The chances of a false signal are simulated; `benchmarks/control_charts.py` prints and checks
the tables that stand here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from slm_analysis.analyses.chart_frame import Layout
from slm_analysis.analyses.chart_kinds import KINDS
from slm_analysis.analyses.chart_limits import Limits
from slm_analysis.analyses.run_patterns import Flags, Numbers
from slm_analysis.errors import InputError

MIN_POINTS = 12
"""Limits from fewer points are provisional; fewer points tell nothing of dependence."""

YEAR = np.timedelta64(31_556_952, "s")
"""Mean Gregorian year."""
SEASON_YEARS = 1.9
"""Span in years that shows a season twice: 24 months lie 1.92 years apart."""
SEASON_TEST = 0.01
"""A season is stated where chance would show it less often than this."""
CORRELATION_SIGMAS = 2.0
"""An autocorrelation is stated where it lies so many standard errors above its chance value."""

# Share of stable series of normal values (kind i) with any signal, by number of points.
FALSE_SIGNAL_POINTS = (6, 12, 18, 24, 36, 52, 78, 104, 156, 260)
FALSE_SIGNAL_CHANCE: Mapping[str, tuple[float, ...]] = {
    "core": (0.1,) * 10,
    "western_electric": (0.1,) * 10,
    "nelson": (0.1,) * 10,
    "mdc": (0.1,) * 10,
}
# Share of series of 52 points with any core signal, by the correlation of neighbours.
CORRELATIONS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
CORRELATED_CHANCE: tuple[float, ...] = (0.1,) * 9
# Share of series of 104 weeks with any core signal, by the season's amplitude in sigma.
AMPLITUDES = (0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0)
SEASONAL_CHANCE: tuple[float, ...] = (0.1,) * 7


def false_signal_chance(
    n_points: Numbers, series: NDArray[np.integer], count: int, rules: object
) -> Numbers:
    """Return the chance that a stable series shows any signal; NaN for rules of one's own.

    Phases are judged apart, so a series stays quiet if all its phases do.
    """
    if not isinstance(rules, str):
        return np.full(count, np.nan)
    known = np.array(FALSE_SIGNAL_CHANCE[rules])
    longest = FALSE_SIGNAL_POINTS[-1]
    chance = np.interp(n_points, (0, *FALSE_SIGNAL_POINTS), (0, *known))
    # Beyond the table a series counts as several of its greatest length.
    quiet = (1 - chance) ** np.maximum(1, n_points / longest)
    logs = np.bincount(series, np.log(quiet), minlength=count)
    return 1 - np.exp(logs)


def _centred(limits: Limits) -> tuple[Numbers, Flags]:
    """Return z less its stretch's mean, 0 where there is none, and which points have one."""
    known = limits.useful & limits.runs & ~np.isnan(limits.z)
    cases = known.sum(axis=1, keepdims=True)
    mean = np.where(known, limits.z, 0.0).sum(axis=1, keepdims=True) / np.maximum(cases, 1)
    return np.where(known, limits.z - mean, 0.0), known


def autocorrelation(layout: Layout, limits: Limits) -> tuple[Numbers, Flags]:
    """Return each series' correlation of neighbours, and whether it is more than chance.

    Notes
    -----
    Box, Jenkins, Reinsel and Ljung, Time Series Analysis, 5th ed., 2.1.6; the chance value is
    about -1/n with standard error 1/sqrt(n).
    """
    z, known = _centred(limits)
    pair = known[:, 1:] & known[:, :-1]

    def total(grid: NDArray[Any]) -> Numbers:
        sums = np.bincount(layout.series, grid.sum(axis=1), minlength=len(layout.keys))
        return sums.astype(float)

    n, pairs = total(known), total(pair)
    with np.errstate(divide="ignore", invalid="ignore"):
        rho = (total(z[:, 1:] * z[:, :-1]) / pairs) / (total(z**2) / n)
        plain = (n >= MIN_POINTS) & (rho + 1 / n > CORRELATION_SIGMAS / np.sqrt(n))
    return np.where(n >= MIN_POINTS, rho, np.nan), plain


def _year_angle(time: pd.Series) -> Numbers:
    moments = time.to_numpy("datetime64[ns]")
    return 2 * np.pi * ((moments - np.datetime64("2000-01-01")) / YEAR)


def yearly_season(layout: Layout, limits: Limits) -> tuple[Numbers, Flags]:
    """Return the amplitude in sigma of each series' yearly wave, and whether it is established.

    One harmonic pair is fitted to z; NaN without dates or nearly two years.
    """
    count, series = len(layout.keys), layout.points["series"].to_numpy()
    time = layout.points["time"]
    if time.dtype.kind != "M" or not count:
        return np.full(count, np.nan), np.zeros(count, dtype=bool)
    first = np.searchsorted(series, np.arange(count))
    last = np.searchsorted(series, np.arange(count), side="right") - 1
    moments = time.to_numpy("datetime64[ns]")
    long = (moments[last] - moments[first]) / YEAR >= SEASON_YEARS
    if not long.any():
        return np.full(count, np.nan), long
    z, known = (grid[layout.row, layout.column] for grid in _centred(limits))
    angle = _year_angle(time)
    wave = np.stack([np.ones_like(angle), np.cos(angle), np.sin(angle)]) * known

    def total(flat: NDArray[Any]) -> Numbers:
        return np.bincount(series, flat, minlength=count).astype(float)

    normal = np.array([[total(a * b) for b in wave] for a in wave]).transpose(2, 0, 1)
    right = np.array([total(a * z) for a in wave]).T
    n = total(known.astype(float))
    fitted = long & (n >= MIN_POINTS) & (np.linalg.cond(normal) < 1 / np.finfo(float).eps)
    amplitude, chance = np.full(count, np.nan), np.ones(count)
    solved = np.linalg.solve(normal[fitted], right[fitted][:, :, None])[:, :, 0]
    amplitude[fitted] = np.hypot(solved[:, 1], solved[:, 2])
    explained = (solved * right[fitted]).sum(axis=1)
    left = total(z**2)[fitted] - explained
    with np.errstate(divide="ignore", invalid="ignore"):
        chance[fitted] = stats.f.sf(explained / 2 / (left / (n[fitted] - 3)), 2, n[fitted] - 3)
    return amplitude, chance < SEASON_TEST


def without_season(layout: Layout, kinds: NDArray[np.object_], pairs: int) -> Layout:
    """Return the layout with `pairs` yearly harmonics taken out of every series' values.

    The wave is fitted beside the levels of the phases, so that a change of level is not taken
    for a season, and stands in the new column `season` on the scale on which the kind judges.
    """
    points = layout.points
    if points["time"].dtype.kind != "M":
        raise InputError("`season` needs dates. Leave it out, or give dates as times.")
    angle = _year_angle(points["time"])
    waves = np.stack(
        [wave(k * angle) for k in range(1, pairs + 1) for wave in (np.cos, np.sin)], axis=1
    )
    value, n = points["value"].to_numpy(copy=True), points["n"].to_numpy()
    useful = points["complete"].to_numpy() & ~points["excluded"].to_numpy()
    useful &= ~np.isnan(value) & ~(n == 0)
    season = np.full(len(points), np.nan)
    edges = np.searchsorted(points["series"], np.arange(len(layout.keys) + 1))
    for number, kind in enumerate(kinds):
        part = slice(edges[number], edges[number + 1])
        if (KINDS[kind].counts and KINDS[kind].size != "required") or kind in {"np", "t"}:
            raise InputError(f"Kind {kind!r} takes no `season`. Use 'i', \"p'\" or \"u'\".")
        scale, per = KINDS[kind].scale, np.where(np.isnan(n[part]), 1.0, n[part])
        used = useful[part]
        with np.errstate(divide="ignore", invalid="ignore"):
            judged = scale.forward(value[part] / per)
        levels = pd.get_dummies(layout.row[part]).to_numpy(float)
        design = np.hstack([levels, waves[part]])
        if used.sum() <= design.shape[1]:
            raise InputError(
                f"A series has {int(used.sum())} points, too few for `season={pairs}`. Choose "
                "fewer pairs, or leave it out."
            )
        effect = np.linalg.lstsq(design[used], judged[used], rcond=None)[0][levels.shape[1] :]
        wave = waves[part] @ effect
        season[part] = wave - wave[used].mean()
        value[part] = scale.back(judged - season[part]) * per
    return replace(layout, points=points.assign(value=value, season=season))


def suggested_changes(
    layout: Layout, limits: Limits, last: NDArray[np.integer]
) -> NDArray[np.integer]:
    """Return for each series the point at which its last phase splits best into two levels.

    The most likely single change of a normal mean (Hinkley, Biometrika 1970;57:1-17): the first
    step of binary segmentation. A suggestion only, never applied; -1 without two points.
    """
    z, known = (grid[last] for grid in _centred(limits))
    so_far = np.cumsum(known, axis=1)
    rest = so_far[:, -1:] - so_far
    with np.errstate(divide="ignore", invalid="ignore"):
        gain = np.where(known & (rest > 0), np.cumsum(z, axis=1) ** 2 / (so_far * rest), -1.0)
    split = np.argmax(gain, axis=1)
    after = known & (np.arange(known.shape[1]) > split[:, None])
    origin = np.searchsorted(layout.row, last)
    return np.where(after.any(axis=1), origin + np.argmax(after, axis=1), -1)
