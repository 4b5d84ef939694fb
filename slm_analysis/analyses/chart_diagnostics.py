"""What bends a chart's false-alarm rate: dependence of neighbours, a yearly season, many charts.

The chances of a false signal are simulated; `benchmarks/control_charts.py` prints and checks
the tables that stand here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy import special

from slm_analysis.analyses.chart_kinds import KINDS
from slm_analysis.analyses.chart_layout import Layout
from slm_analysis.analyses.chart_limits import Limits
from slm_analysis.analyses.chart_points import Points
from slm_analysis.analyses.run_patterns import Flags, Numbers, Whole
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
    "core": (0.012, 0.037, 0.062, 0.088, 0.129, 0.166, 0.231, 0.275, 0.379, 0.534),
    "western_electric": (0.016, 0.048, 0.101, 0.147, 0.241, 0.364, 0.508, 0.625, 0.782, 0.928),
    "nelson": (0.016, 0.060, 0.127, 0.191, 0.306, 0.451, 0.609, 0.728, 0.870, 0.971),
    "mdc": (0.013, 0.043, 0.097, 0.149, 0.251, 0.377, 0.534, 0.651, 0.804, 0.942),
}
# Share of series of 52 points with any core signal, by the correlation of neighbours.
CORRELATIONS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
CORRELATED_CHANCE = (0.167, 0.270, 0.407, 0.577, 0.751, 0.884, 0.960, 0.988, 0.997)
# Share of series of 104 weeks with any core signal, by the season's amplitude in sigma.
AMPLITUDES = (0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0)
SEASONAL_CHANCE = (0.275, 0.339, 0.514, 0.760, 0.930, 0.999, 1.000)


def false_signal_chance(layout: Layout, n_points: Whole, rules: object) -> Numbers:
    """Return the chance that a stable series shows any signal; NaN for rules of one's own.

    Phases are judged apart, so a series stays quiet if all its phases do.
    """
    if not isinstance(rules, str):
        return np.full(len(layout.keys), np.nan)
    longest = FALSE_SIGNAL_POINTS[-1]
    chance = np.interp(n_points, (0, *FALSE_SIGNAL_POINTS), (0, *FALSE_SIGNAL_CHANCE[rules]))
    # Beyond the table a series counts as several of its greatest length.
    quiet = np.log1p(-chance) * np.maximum(1, n_points / longest)
    return -np.expm1(layout.per_series(quiet))


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
    n, pairs, squares, products = (
        layout.per_series(grid.sum(axis=1)) for grid in (known, pair, z**2, z[:, 1:] * z[:, :-1])
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        rho = (products / pairs) / (squares / n)
        more = (n >= MIN_POINTS) & (rho + 1 / n > CORRELATION_SIGMAS / np.sqrt(n))
    return np.where(n >= MIN_POINTS, rho, np.nan), more


def _year_angle(points: Points) -> Numbers:
    return 2 * np.pi * ((points.moments - np.datetime64("2000-01-01")) / YEAR)


_UPPER = np.triu_indices(3)


def yearly_season(layout: Layout, limits: Limits) -> tuple[Numbers, Flags]:
    """Return the amplitude in sigma of each series' yearly wave, and whether it is established.

    One harmonic pair is fitted to z; NaN without dates or nearly two years.
    """
    points, count = layout.points, len(layout.keys)
    amplitude, chance = np.full(count, np.nan), np.ones(count)
    if not points.dated or not count:
        return amplitude, chance < SEASON_TEST
    first = layout.first[layout.phase == 0]
    last = np.append(first[1:], len(points)) - 1
    long = (points.moments[last] - points.moments[first]) / YEAR >= SEASON_YEARS
    z, known = (layout.flat(grid) for grid in _centred(limits))
    n = layout.per_series(known, points.series)
    fitted = long & (n >= MIN_POINTS)
    if not fitted.any():
        return amplitude, chance < SEASON_TEST
    angle = _year_angle(points)
    waves = np.stack([np.ones_like(angle), np.cos(angle), np.sin(angle)]) * known
    pairs = waves[_UPPER[0]] * waves[_UPPER[1]]
    sums = np.stack(
        [layout.per_series(flat, points.series)[fitted] for flat in (*pairs, *waves * z)]
    )
    normal = np.empty((fitted.sum(), 3, 3))
    normal[:, _UPPER[0], _UPPER[1]] = normal[:, _UPPER[1], _UPPER[0]] = sums[: len(pairs)].T
    right = sums[len(pairs) :].T
    # Least squares; minimum norm where the periods cannot tell the waves apart.
    solved = (np.linalg.pinv(normal) @ right[:, :, None])[:, :, 0]
    amplitude[fitted] = np.hypot(solved[:, 1], solved[:, 2])
    explained = (solved * right).sum(axis=1)
    left = layout.per_series(z**2, points.series)[fitted] - explained
    freedom = n[fitted] - waves.shape[0]
    with np.errstate(divide="ignore", invalid="ignore"):
        chance[fitted] = special.fdtrc(2, freedom, explained / 2 / (left / freedom))
    return amplitude, chance < SEASON_TEST


def without_season(layout: Layout, kinds: NDArray[np.object_], pairs: int) -> Layout:
    """Return the layout with `pairs` yearly harmonics taken out of every series' values.

    The wave is fitted beside the levels of the phases, so that a change of level is not taken
    for a season; it is taken out on the scale on which the kind judges.
    """
    points = layout.points
    if not points.dated:
        raise InputError("`season` needs dates. Leave it out, or give dates as times.")
    angle = _year_angle(points)
    harmonics = [wave(k * angle) for k in range(1, pairs + 1) for wave in (np.cos, np.sin)]
    waves = np.stack(harmonics, axis=1)
    value, useful = points.value.copy(), points.complete & ~points.excluded & ~points.gap
    for number, kind in enumerate(kinds):
        part = np.flatnonzero(points.series == number)
        scale, used = KINDS[kind].scale, useful[part]
        per = np.where(np.isnan(points.n[part]), 1.0, points.n[part])
        levels = layout.row[part][:, None] == np.unique(layout.row[part])
        design = np.hstack([levels, waves[part]])
        if used.sum() <= design.shape[1]:
            name = f" {layout.names[number]!r}" if layout.names else ""
            raise InputError(
                f"The series{name} has {used.sum()} points, too few for `season={pairs}`. Choose "
                "fewer pairs, or leave it out."
            )
        with np.errstate(divide="ignore", invalid="ignore"):
            judged = scale.forward(value[part] / per)
        effect = np.linalg.lstsq(design[used], judged[used], rcond=None)[0][-waves.shape[1] :]
        wave = waves[part] @ effect
        value[part] = scale.back(judged - (wave - wave[used].mean())) * per
    return replace(layout, points=replace(points, value=value))


def suggested_changes(layout: Layout, limits: Limits, last: Whole) -> Whole:
    """Return for each series the point at which its last phase splits best into two levels.

    The most likely single change of a normal mean (Hinkley, Biometrika 1970;57:1-17), the first
    step of binary segmentation. A suggestion only, never applied; -1 without two points.
    """
    z, known = _centred(limits)
    z, known = z[last], known[last]
    so_far: Whole = np.cumsum(known, axis=1)
    rest: Whole = so_far[:, -1:] - so_far
    with np.errstate(divide="ignore", invalid="ignore"):
        gain = np.where(known & (rest > 0), np.cumsum(z, axis=1) ** 2 / (so_far * rest), -1.0)
    after = known & (np.arange(known.shape[1]) > np.argmax(gain, axis=1)[:, None])
    found = after.any(axis=1) & (gain.max(axis=1, initial=-1.0) >= 0)
    return np.where(found, layout.first[last] + np.argmax(after, axis=1), -1)
