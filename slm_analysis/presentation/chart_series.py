"""One series of a control chart, as its words, figures and tables read it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from slm_analysis.analyses.control_charts import ControlChart
from slm_analysis.presentation import numbers, periods
from slm_analysis.presentation.language import N_, _
from slm_analysis.presentation.numbers import in_words, plain_percent
from slm_analysis.presentation.periods import DAY, MONTH, MONTHLY, POINT, QUARTER, WEEK

RATES = ("p", "p'")
"""Kinds whose values are shares."""
AVERAGE = N_("average")
MIDDLES = {"run": N_("median"), "g": N_("median"), "i_log": N_("centre")}
"""What the centre line is called, where it is not an average."""
LENGTHS = {DAY: (1, 1), WEEK: (7, 7), MONTH: (28, 31), QUARTER: (90, 92)}
"""How many days lie between the starts of two periods."""
SECONDS = 86_400
SCALE = 100.0
"""Shares are told in percent."""


@dataclass(frozen=True, eq=False)
class ChartSeries:
    """One series with what its chart found.

    Attributes
    ----------
    name : str
        Empty where the chart has one series only.
    period : str
        ``week``, ``month``, …; ``point`` where the times are no periods.
    points, phases, signals : DataFrame
        Its rows of the chart's frames.
    summary : Series
    """

    name: str
    period: str
    points: pd.DataFrame
    phases: pd.DataFrame
    signals: pd.DataFrame
    summary: pd.Series

    @property
    def rate(self) -> bool:
        """Whether its values are shares."""
        return self.summary["kind"] in RATES

    @property
    def middle(self) -> str:
        """What its centre line is called."""
        return _(MIDDLES.get(self.summary["kind"], AVERAGE))

    @property
    def one(self) -> str:
        """What one point is called: ``week``."""
        return periods.one_period(self.period)

    @property
    def all(self) -> str:
        """What the points are called together: ``weeks``."""
        return periods.all_periods(self.period)

    @property
    def judged(self) -> pd.DataFrame:
        """The points that take part in runs."""
        points = self.points
        return points[points["complete"] & ~points["excluded"] & points["value"].notna()]

    def members(self, signal: pd.Series) -> pd.DataFrame:
        """Return the points that make a signal."""
        points = self.points[self.points["time"].between(signal["start"], signal["end"])]
        belongs = points["rules"].map(lambda rules: signal["rule"] in rules).astype(bool)
        return points[belongs & (points["phase"] == signal["phase"]) & ~points["excluded"]]

    def figure(self, value: float) -> str:
        """Return a value as text: ``91.9%``, ``4.7``."""
        return self.figures(value)[0]

    def figures(self, *values: float) -> list[str]:
        """Return values as text, with digits enough to tell them apart."""
        scaled = [SCALE * value if self.rate else value for value in values]
        apart = len(set(scaled))
        enough = (
            digits
            for digits in range(self._digits, numbers.MOST_DIGITS + 1)
            if len({round(value, digits) for value in scaled}) == apart
        )
        digits = next(enough, self._digits)
        write = numbers.percent if self.rate else numbers.number
        return [write(value, digits) for value in values]

    def tick(self, value: float) -> str:
        """Return a number on the scale, or a goal."""
        if self.rate:
            return plain_percent(value)
        return f"{round(value, numbers.MOST_DIGITS):,.12g}".replace("-", numbers.MINUS)

    @property
    def _digits(self) -> int:
        """Digits that tell the values apart."""
        spread = self.points["value"].max() - self.points["value"].min()
        if self.rate or not spread > 0:
            return 1
        return int(np.clip(2 - np.floor(np.log10(spread)), 0, numbers.MOST_DIGITS))

    def on(self, time: object, *, year: bool = True) -> str:
        """Return when a period was: ``the week of 12 October 2026``, ``October 2026``."""
        return periods.on(time, self.period, year=year)

    def since(self, time: object, *, year: bool = True) -> str:
        """Return from when on: ``31 August 2026``, ``August 2026``."""
        return periods.since(time, self.period, year=year)

    def brief(self, time: object) -> str:
        """Return a time in few letters: ``31 Aug``, with its year where that was long ago."""
        if not isinstance(time, pd.Timestamp):
            return self.since(time)
        write = numbers.brief_month if self.period in MONTHLY else numbers.brief_date
        long_ago = time < self.points["time"].max() - pd.DateOffset(years=1)
        return write(time, year=long_ago)

    def count(self, number: int) -> str:
        """Return ``1 week``, ``21 weeks``."""
        return periods.so_many_periods(number, self.period)

    def count_in_words(self, number: int) -> str:
        """Return ``one week``, ``21 weeks``."""
        return periods.so_many_periods(number, self.period, in_words)


def chart_series(chart: ControlChart, order: Sequence[str] = ()) -> list[ChartSeries]:
    """Return the series of a chart, by the names in `order` where it is given."""
    by = [*chart.summary.columns[: chart.summary.columns.get_loc("kind")]]
    points, phases, signals = (_split(f, by) for f in (chart.points, chart.phases, chart.signals))
    period = _period(chart.points, by)
    found = {}
    for __, summary in chart.summary.iterrows():
        key = tuple(summary[by])
        name = numbers.enumerated(map(str, key))
        found[name] = ChartSeries(
            name=name,
            period=period,
            points=_drawn(points[key]),
            phases=phases[key],
            signals=signals.get(key, chart.signals.iloc[:0]),
            summary=summary,
        )
    return [found[name] for name in (order if len(order) else found)]


def _drawn(points: pd.DataFrame) -> pd.DataFrame:
    """Return points by what is compared with the limits; of two cumulative sums the larger."""
    if "high" not in points:
        return points
    sums = points["high"].where(points["high"] >= points["low"], -points["low"])
    return points.assign(value=(points["center"] + sums).where(points["value"].notna()))


def _split(frame: pd.DataFrame, by: list[str]) -> dict[tuple[Any, ...], pd.DataFrame]:
    """Return the rows of each series by its key."""
    if not by:
        return {(): frame}
    return dict(tuple(frame.groupby(by, dropna=False, observed=True)))


def _period(points: pd.DataFrame, by: list[str]) -> str:
    """Return what the usual distance between times is called."""
    time = points["time"]
    if pd.api.types.is_numeric_dtype(time):
        return POINT
    apart = points.groupby(by)["time"].diff() if by else time.diff()
    usual = (apart.dt.total_seconds() / SECONDS).median()
    fitting = [name for name, (low, high) in LENGTHS.items() if low <= usual <= high]
    return fitting[0] if fitting else POINT
