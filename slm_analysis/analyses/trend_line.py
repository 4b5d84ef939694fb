"""A straight line through one series: its slope, changes of level beside it, the next period."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from slm_analysis.analyses.ar1_regression import AR1Estimate, AR1Fit, fit_ar1, fits_exactly
from slm_analysis.analyses.periods import PeriodAxis
from slm_analysis.analyses.sampling_noise import sampling_variance
from slm_analysis.intervals import LEVEL

MIN_POINTS = 12
"""Fewer periods carry no line and no forecast."""

SHORTEST_LEVEL = 4
"""A change of level is looked for where so many periods lie on either side of it."""

SHIFT_BY_CHANCE = 0.05
"""Chance that a series without any change of level is given one."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Points:
    """The periods of one series that count, in order.

    Attributes
    ----------
    axis : PeriodAxis
    position : array of int
    value : array
    cases : array or None
        Cases or responses behind each value.
    shares : bool
        Whether the values are shares of these cases, and vary at least as sampling makes them.
    """

    axis: PeriodAxis
    position: np.ndarray
    value: np.ndarray
    cases: np.ndarray | None
    shares: bool = False

    def __len__(self) -> int:
        return len(self.position)

    @property
    def span(self) -> int:
        """Periods from the first to the last."""
        return int(np.ptp(self.position)) + 1 if len(self) else 0

    def until(self, position: int) -> Points:
        """Return the points up to a position."""
        known = self.position <= position
        return replace(
            self,
            position=self.position[known],
            value=self.value[known],
            cases=None if self.cases is None else self.cases[known],
        )


@dataclass(frozen=True, kw_only=True)
class Next:
    """The period that is forecast.

    Attributes
    ----------
    position : int
    cases : float
        How many cases it is taken to have; missing where they are not known.
    bar : float
        The value with which it is compared.
    """

    position: int
    cases: float = np.nan
    bar: float = 0.0


@dataclass(frozen=True, eq=False, kw_only=True)
class Line:
    """A fitted line, read by its parts.

    Attributes
    ----------
    fit : AR1Fit
        Its coefficients: level and season (`pairs`), slope, shifts, how far the next period lies
        above its bar.
    axis : PeriodAxis
    pairs : int
        Harmonic pairs of the year.
    shifts : tuple of int
        Positions at which the level changes.
    bar : float
    """

    fit: AR1Fit
    axis: PeriodAxis
    pairs: int
    shifts: tuple[int, ...]
    bar: float

    def slope(self, level: float) -> AR1Estimate:
        """Return the change from one period to the next."""
        return self.fit.estimate(self._part(-2 - len(self.shifts)), level)

    def shift(self, number: int, level: float) -> AR1Estimate:
        """Return the size of one change of level."""
        return self.fit.estimate(self._part(number - 1 - len(self.shifts)), level)

    def next(self, level: float) -> tuple[float, float, float]:
        """Return median and limits of the value of the next period."""
        found = self.fit.estimate(self._part(-1), level)
        return self.bar + found.estimate, self.bar + found.low, self.bar + found.high

    def chance_below(self) -> float:
        """Return the chance that the next period lies below its bar."""
        found = self.fit.estimate(self._part(-1), LEVEL)
        return found.p / 2 if found.estimate > 0 else 1 - found.p / 2

    def means(self, position: np.ndarray) -> np.ndarray:
        """Return the line at positions."""
        columns = design(self.axis, position, self.pairs, self.shifts)
        padded = np.column_stack([columns, np.zeros(len(position))])
        return self.fit.quantiles(padded, [0.5])[:, 0]

    def _part(self, column: int) -> np.ndarray:
        contrast = np.zeros(self.fit.coefficients.shape[1])
        contrast[column] = 1.0
        return contrast


def fit_line(points: Points, season: int | str | None, ahead: Next) -> Line | None:
    """Return the line through `points` and on to `ahead`; None where no noise is left to judge by.

    Notes
    -----
    Regression with AR(1) errors, the autocorrelation integrated out (`ar1_regression`). The next
    period is a further row with a column of its own, whose coefficient is its forecast with the
    noise of coefficients and of that period (Salkever, Journal of Econometrics 1976;4:393-397).
    Shares are never taken to vary less than binomial sampling of their cases makes them.
    """
    pairs = points.axis.season_pairs(season, points.span)
    shifts = find_shifts(points, pairs)
    columns = design(points.axis, points.position, pairs, shifts)
    if fits_exactly(points.value, columns):
        return None
    position = np.append(points.position, ahead.position)
    extended = design(points.axis, position, pairs, shifts)
    is_next = np.append(np.zeros(len(points)), -1.0)
    cases = None if points.cases is None else np.append(points.cases, ahead.cases)
    fit = fit_ar1(
        np.append(points.value, ahead.bar),
        np.column_stack([extended, is_next]),
        position,
        cases,
        _least_noise(points, cases, extended),
    )
    return Line(fit=fit, axis=points.axis, pairs=pairs, shifts=shifts, bar=ahead.bar)


def design(
    axis: PeriodAxis, position: np.ndarray, pairs: int, shifts: tuple[int, ...]
) -> np.ndarray:
    """Return the columns level, season, slope, shifts at each position."""
    return np.column_stack([_levels(axis, position, pairs), position, _steps(position, shifts)])


def find_shifts(points: Points, pairs: int) -> tuple[int, ...]:
    """Return the positions at which the level changed rather than drifted.

    Notes
    -----
    One change is looked for after the other (binary segmentation). The best of all steps is a
    change of level if it beats a slope by the Bayesian information criterion, its date counted as
    a parameter (Schwarz, Annals of Statistics 1978;6:461-464), and if, with autocorrelated errors,
    it differs from 0 after Bonferroni over all dates. A line alone takes most steps for a trend
    (`benchmarks/forecast_coverage.py`).
    """
    found: tuple[int, ...] = ()
    while True:
        step = _next_shift(points, pairs, found)
        if step is None:
            return found
        found = tuple(sorted((*found, step)))


def _next_shift(points: Points, pairs: int, found: tuple[int, ...]) -> int | None:
    position, n = points.position, len(points)
    # Index of the first point of each level: candidates keep their distance from all of them.
    begins = np.searchsorted(position, [position[0], *found, position[-1] + 1])
    index = np.arange(n)
    allowed = (np.abs(index[:, None] - begins) >= SHORTEST_LEVEL).all(axis=1)
    candidates = position[allowed]
    levels = np.column_stack([_levels(points.axis, position, pairs), _steps(position, found)])
    if not len(candidates) or fits_exactly(points.value, levels):
        return None
    rivals = np.column_stack([position, _steps(position, tuple(candidates))])
    slope, *steps = _left_over(points.value, levels, rivals)
    best = int(np.argmin(steps))
    columns = np.column_stack([levels, position >= candidates[best]])
    if fits_exactly(points.value, np.column_stack([levels, position])) or (
        n * np.log(slope / max(steps[best], np.finfo(float).tiny)) <= np.log(n)
    ):
        return None
    if not fits_exactly(points.value, columns):
        least = _least_noise(points, points.cases, columns)
        fit = fit_ar1(points.value, columns, position, points.cases, least)
        is_step = np.eye(columns.shape[1])[-1]
        if fit.estimate(is_step, 1 - SHIFT_BY_CHANCE).p * len(candidates) >= SHIFT_BY_CHANCE:
            return None
    return int(candidates[best])


def _least_noise(
    points: Points, cases: np.ndarray | None, columns: np.ndarray
) -> np.ndarray | None:
    """Return the variance of each row by sampling alone; None where it is not known."""
    if cases is None or not points.shares:
        return None
    return sampling_variance(points.value, cases, columns)


def _left_over(y: np.ndarray, columns: np.ndarray, rivals: np.ndarray) -> np.ndarray:
    """Return the sum of squares that each rival leaves beside the columns."""
    basis, _ = np.linalg.qr(columns)
    rest, own = y - basis @ (basis.T @ y), rivals - basis @ (basis.T @ rivals)
    return rest @ rest - (rest @ own) ** 2 / (own**2).sum(axis=0)


def _levels(axis: PeriodAxis, position: np.ndarray, pairs: int) -> np.ndarray:
    waves = axis.harmonics(position, pairs).values()
    return np.column_stack([np.ones(len(position)), *waves])


def _steps(position: np.ndarray, shifts: tuple[int, ...]) -> np.ndarray:
    return (position[:, None] >= np.array(shifts, dtype=float)).astype(float)
