"""The frames of a trend: one row per series, forecast, change of level or period."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from slm_analysis.analyses.ar1_regression import AR1Estimate
from slm_analysis.analyses.change_panel import Panel
from slm_analysis.analyses.periods import PERIODS_PER_YEAR, PeriodAxis
from slm_analysis.analyses.trend_forecast import Heading

MOMENTS = ("time", "first", "last", "made_after")
"""Columns that hold positions until they are labelled."""
SUMMARY = {
    "verdict": "str", "reason": "str", "meaning": "str", "n_points": "int", "first": None,
    "last": None, "last_value": "float", "last_n": "float", "slope": "float",
    "slope_low": "float", "slope_high": "float", "year": "float", "year_low": "float",
    "year_high": "float", "p": "float", "q": "float", "rho": "float", "season": "int",
    "shifts": "int",
}  # fmt: skip
FORECASTS = {
    "time": None, "ahead": "float", "n": "float", "expected": "float", "low": "float",
    "high": "float", "target": "float", "chance_missed": "float", "backtested": "int",
    "held": "int",
}  # fmt: skip
BACKTEST = {
    "made_after": None, "time": None, "expected": "float", "low": "float", "high": "float",
    "value": "float", "held": "bool",
}  # fmt: skip
SHIFTS = {"time": None, "size": "float", "low": "float", "high": "float"}
POINTS = {"time": None, "value": "float", "n": "float", "used": "bool", "line": "float"}
COLUMNS = {*SUMMARY, *FORECASTS, *BACKTEST, *SHIFTS, *POINTS}
"""Names that no by-column can have."""

Row = Mapping[Any, Any]


@dataclass(frozen=True, eq=False, kw_only=True)
class Frames:
    """Series as judged, to be laid out.

    Attributes
    ----------
    every : sequence of Heading
    names : DataFrame
        The by-columns, one row per series.
    axis : PeriodAxis
    """

    every: Sequence[Heading]
    names: pd.DataFrame
    axis: PeriodAxis

    def summary(self, judged: pd.DataFrame, level: float) -> pd.DataFrame:
        """Return where each series is heading, slopes at `level`."""
        per_year = PERIODS_PER_YEAR[self.axis.freq] if self.axis.freq else np.nan
        rows = []
        for one, verdict in zip(self.every, judged.to_dict("records"), strict=True):
            points, line = one.points, one.line
            row: dict[Any, Any] = {**verdict, "n_points": len(points), "season": 0, "shifts": 0}
            if len(points):
                row |= {
                    "first": points.position[0],
                    "last": points.position[-1],
                    "last_value": points.value[-1],
                    "last_n": np.nan if points.cases is None else points.cases[-1],
                }
            if line is not None:
                slope = line.slope(level)
                row |= {"rho": slope.rho, "season": line.pairs, "shifts": len(line.shifts)}
                row |= _interval("slope", slope, 1.0) | _interval("year", slope, per_year)
            rows.append([row])
        return self._frame(rows, SUMMARY)

    def forecasts(self) -> pd.DataFrame:
        """Return what is expected of each series, and how such forecasts fared."""
        rows = []
        for one in self.every:
            held = [forecast.holds(value) for forecast, value in one.backtest]
            row: dict[Any, Any] = {"backtested": len(held), "held": sum(held)}
            row |= {"time": one.asked.position, "target": one.asked.target}
            if one.forecast is not None:
                made = asdict(one.forecast)
                row |= made | {"ahead": made["position"] - made["made_after"]}
            rows.append([row])
        return self._frame(rows, FORECASTS)

    def backtest(self) -> pd.DataFrame:
        """Return the forecasts made again."""
        return self._frame(
            [
                [
                    asdict(made)
                    | {"time": made.position, "value": value, "held": made.holds(value)}
                    for made, value in one.backtest
                ]
                for one in self.every
            ],
            BACKTEST,
        )

    def shifts(self, level: float) -> pd.DataFrame:
        """Return the changes of level."""
        return self._frame([list(_shifts(one, level)) for one in self.every], SHIFTS)

    def points(self, panel: Panel) -> pd.DataFrame:
        """Return every period of each series, with its line."""
        rows = []
        for series, one in enumerate(self.every):
            there = np.flatnonzero(panel.present[:, series])
            index = np.arange(there[0], there[-1] + 1) if len(there) else there
            position = panel.start + index
            line = np.full(len(index), np.nan) if one.line is None else one.line.means(position)
            table = pd.DataFrame(
                {
                    "time": position,
                    "value": panel.value[index, series],
                    "n": panel.n[index, series],
                    "used": np.isin(position, one.points.position),
                    "line": line,
                }
            )
            rows.append(table.to_dict("records"))
        return self._frame(rows, POINTS)

    def _frame(
        self, rows: Sequence[Sequence[Row]], columns: Mapping[str, str | None]
    ) -> pd.DataFrame:
        """Return rows under the names of their series, positions as the start of their period."""
        series = np.repeat(np.arange(len(rows)), [len(own) for own in rows])
        frame = pd.DataFrame([row for own in rows for row in own], columns=list(columns))
        frame = frame.astype({name: kind for name, kind in columns.items() if kind})
        for name in set(MOMENTS) & set(columns):
            known = frame[name].dropna().astype(int)
            labels = self.axis.labels(known.to_numpy())
            frame[name] = labels.set_axis(known.index).reindex(frame.index)
        return pd.concat([self.names.iloc[series].reset_index(drop=True), frame], axis=1)


def _interval(name: str, found: AR1Estimate, scale: float) -> dict[str, object]:
    return {
        name: scale * found.estimate,
        f"{name}_low": scale * found.low,
        f"{name}_high": scale * found.high,
    }


def _shifts(one: Heading, level: float) -> Iterator[Row]:
    if one.line is not None:
        for number, position in enumerate(one.line.shifts):
            found = one.line.shift(number, level)
            yield {
                "time": position, "size": found.estimate, "low": found.low, "high": found.high
            }  # fmt: skip
