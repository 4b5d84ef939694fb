"""The forecast of one series' next period, and how such forecasts fared before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from slm_analysis.analyses.trend_line import MIN_POINTS, Line, Next, Points, fit_line

TOO_FEW_POINTS, NO_VARIATION = "too_few_points", "no_variation"

BACKTESTS = 12
"""So many latest forecasts are made again from what was known before them."""

USUAL_CASES = 12
"""The next period is taken to have the median number of cases of so many latest ones."""

HALF_A_CASE = 0.5
"""Counts are whole: the bar lies between the last that misses and the first that meets."""

ROUNDING = 1e-9
"""Shares closer than this are equal."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is asked of a series.

    Attributes
    ----------
    position : int
        The period forecast.
    season : int, str or None
    target : float
        Missing where there is none.
    better : str
    level : float
    rate : bool
        Whether values are shares of cases.
    """

    position: int
    season: int | str | None
    target: float
    better: str
    level: float
    rate: bool


@dataclass(frozen=True, kw_only=True)
class Forecast:
    """What is expected of one period.

    Attributes
    ----------
    position : int
    made_after : int
        Position of the last period that it rests on.
    n : float
        Cases it is taken to have; missing where they are not known.
    expected, low, high : float
    chance_missed : float
        Missing without a target.
    """

    position: int
    made_after: int
    n: float
    expected: float
    low: float
    high: float
    chance_missed: float

    def holds(self, value: float) -> bool:
        """Whether the value that came lies within the interval."""
        return self.low - ROUNDING <= value <= self.high + ROUNDING


@dataclass(frozen=True, eq=False, kw_only=True)
class Heading:
    """One series as judged.

    Attributes
    ----------
    points : Points
    asked : Asked
    reason : str or None
        Why nothing can be told.
    line : Line or None
    forecast : Forecast or None
    backtest : tuple of (Forecast, float)
        The latest forecasts, each only from data before it, with what came; oldest first.
    """

    points: Points
    asked: Asked
    reason: str | None = None
    line: Line | None = None
    forecast: Forecast | None = None
    backtest: tuple[tuple[Forecast, float], ...] = ()


def heading(points: Points, asked: Asked) -> Heading:
    """Return where a series is heading."""
    if len(points) < MIN_POINTS:
        return Heading(points=points, asked=asked, reason=TOO_FEW_POINTS)
    found = _look_ahead(points, asked.position, asked)
    if found is None:
        return Heading(points=points, asked=asked, reason=NO_VARIATION)
    line, forecast = found
    return Heading(
        points=points, asked=asked, line=line, forecast=forecast, backtest=_backtest(points, asked)
    )


def _look_ahead(points: Points, position: int, asked: Asked) -> tuple[Line, Forecast] | None:
    """Return the line and its forecast of one period; None where no noise is left."""
    n = _usual_cases(points, asked.rate)
    bar = _bar(asked, n)
    ahead = Next(position=position, cases=n, bar=0.0 if np.isnan(bar) else bar)
    line = fit_line(points, asked.season, ahead)
    if line is None:
        return None
    values = line.next(asked.level)
    expected, low, high = np.clip(values, 0.0, 1.0) if asked.rate else values
    below = line.chance_below()
    missed = below if asked.better == "high" else 1 - below
    return line, Forecast(
        position=position,
        made_after=int(points.position[-1]),
        n=n,
        expected=float(expected),
        low=float(low),
        high=float(high),
        chance_missed=np.nan if np.isnan(bar) else missed,
    )


def _usual_cases(points: Points, rate: bool) -> float:
    if points.cases is None:
        return np.nan
    usual = float(np.median(points.cases[-USUAL_CASES:]))
    return max(1.0, np.round(usual)) if rate else usual


def _bar(asked: Asked, n: float) -> float:
    """Return the value beyond which a period misses its target."""
    if not asked.rate:
        return asked.target
    if asked.better == "high":
        return (np.ceil(asked.target * n - ROUNDING) - HALF_A_CASE) / n
    return (np.floor(asked.target * n + ROUNDING) + HALF_A_CASE) / n


def _backtest(points: Points, asked: Asked) -> tuple[tuple[Forecast, float], ...]:
    ahead = asked.position - int(points.position[-1])
    found: list[tuple[Forecast, float]] = []
    for position, value in zip(points.position[::-1], points.value[::-1], strict=True):
        before = points.until(position - ahead)
        if len(found) == BACKTESTS or len(before) < MIN_POINTS:
            break
        made = _look_ahead(before, int(position), asked)
        if made is not None:
            found.append((made[1], float(value)))
    return tuple(found[::-1])
