"""One series of a trend, as its words, figures and tables read it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from slm_analysis.analyses.trend import CANNOT_TELL, Trend
from slm_analysis.presentation import periods
from slm_analysis.presentation.numbers import (
    MOST_DIGITS,
    digits_to_tell,
    enumerated,
    number,
    percent,
    plain_number,
    plain_percent,
)

POINTS = 100.0
"""Shares are told in percent, their differences in points."""
WIDE_INTERVAL = 5.0
"""From so many points on an interval is told in whole percents."""
MORE_FIGURES = 1
"""Digits that tell a number without a unit, after the first."""
BAD, GOOD, PLAIN, HIDDEN = "bad", "good", "plain", "hidden"


@dataclass(frozen=True, eq=False)
class Heading:
    """One series of a trend, in words.

    Attributes
    ----------
    name : str
        Empty where there is one series only.
    row : Series
        Its summary and forecast.
    points, backtest, shifts : DataFrame
        Its rows of the trend's frames.
    scale, better : str
    freq : str or None
    level, interval_level : float
    """

    name: str
    row: pd.Series
    points: pd.DataFrame
    backtest: pd.DataFrame
    shifts: pd.DataFrame
    scale: str
    better: str
    freq: str | None
    level: float

    @property
    def period(self) -> str:
        """What one point is: ``month``."""
        return periods.one_period(self.freq)

    @property
    def periods(self) -> str:
        """What the points are together: ``months``."""
        return periods.all_periods(self.freq)

    @property
    def rate(self) -> bool:
        """Whether its values are shares."""
        return self.scale == "rate"

    @property
    def known(self) -> bool:
        """Whether there is a line and a forecast."""
        return bool(self.row["verdict"] != CANNOT_TELL)

    @property
    def mark(self) -> str:
        """``bad`` or ``good`` if the whole interval lies beyond the goal; ``plain``, ``hidden``."""
        row = self.row
        if not self.known:
            return HIDDEN
        below, above = row["high"] < row["target"], row["low"] > row["target"]
        bad, good = (below, above) if self.better == "high" else (above, below)
        return BAD if bad else GOOD if good else PLAIN

    def when(self, time: object) -> str:
        """Return which period: ``November 2026``, ``the week of 2 November 2026``."""
        return periods.on(time, self.freq)

    def since(self, time: object) -> str:
        """Return from when on: ``June 2026``, ``1 June 2026``."""
        return periods.since(time, self.freq)

    def tick(self, value: float) -> str:
        """Return a number on the scale, or a goal."""
        return plain_percent(value) if self.rate else plain_number(value)

    def figures(self, *values: float) -> list[str]:
        """Return values with as many digits as it takes to stay on their side of the goal."""
        goal = self.row["target"]
        if not self.rate:
            digits = digits_to_tell(values, [] if pd.isna(goal) else [goal], enough_digits(values))
            return [number(value, digits) for value in values]
        low, high = min(values), max(values)
        least = 0 if POINTS * (high - low) >= WIDE_INTERVAL else 1
        bounds = [0.0, POINTS, *([] if pd.isna(goal) else [POINTS * goal])]
        digits = digits_to_tell([POINTS * value for value in values], bounds, least)
        return [percent(value, digits) for value in values]


def enough_digits(values: Sequence[float]) -> int:
    """Return how many digits tell numbers without a unit."""
    size = max(abs(value) for value in values)
    return int(np.clip(MORE_FIGURES - np.floor(np.log10(size)), 0, MOST_DIGITS)) if size else 0


def headings(result: Trend) -> list[Heading]:
    """Return the series, the likeliest to miss its goal first."""
    keys = [*result.summary.columns[: result.summary.columns.get_loc("verdict")]]
    rows = result.by_series().sort_values("chance_missed", ascending=False, kind="stable")
    own = {name: _split(getattr(result, name), keys) for name in ("points", "backtest", "shifts")}
    return [
        Heading(
            name=enumerated(map(str, row[keys])),
            row=row,
            **{
                name: frames.get(tuple(row[keys]), getattr(result, name).iloc[:0])
                for name, frames in own.items()
            },
            scale=result.scale,
            better=result.better,
            freq=result.freq,
            level=result.level,
        )
        for __, row in rows.iterrows()
    ]


def _split(frame: pd.DataFrame, keys: list[str]) -> dict[tuple[object, ...], pd.DataFrame]:
    return dict(tuple(frame.groupby(keys, dropna=False, observed=True))) if keys else {(): frame}
