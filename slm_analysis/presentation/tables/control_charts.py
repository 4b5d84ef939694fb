"""Control charts as tables: one row per series, and the numbers behind a chart."""

from __future__ import annotations

import pandas as pd

from slm_analysis.analyses.chart_summary import WORSE
from slm_analysis.analyses.control_charts import ControlChart
from slm_analysis.analyses.run_rules import RULES
from slm_analysis.presentation.chart_series import ChartSeries
from slm_analysis.presentation.numbers import NO_VALUE, capitalised, count
from slm_analysis.presentation.views import Column, Table
from slm_analysis.presentation.words import control_charts as words

LATEST = 26
"""Periods among the numbers behind a chart."""
SERIES = (
    Column("Series"),
    Column("State"),
    Column("Average", numeric=True),
    Column("Normal range", numeric=True),
    Column("Target", numeric=True, minor=True),
    Column("Judged", numeric=True, minor=True),
    Column("Latest", numeric=True),
)
MARKS = {
    "beyond": "beyond a limit",
    "longest_run": "long run {side} the {middle}",
    "same_side": "long run {side} the {middle}",
    "all_but_one": "one of several far {side} the {middle}",
    "near_limits": "one of several near a limit",
    "trend": "steady climb or fall",
    "alternating": "up and down in turn",
    "hugging": "unusually close to the {middle}",
    "avoiding": "unusually far from the {middle}",
}
"""What is marked at a point, by the pattern that it belongs to."""


def table(chart: ControlChart) -> Table:
    """Return one row per series, the most worrying first."""
    every = words.by_worry(chart)
    worse = [at for at, one in enumerate(every) if one.summary["direction"] == WORSE]
    return Table("What each chart says", SERIES, [row(one) for one in every], accented=worse)


def row(series: ChartSeries) -> list[str]:
    """Return what the chart of a series says, its lines and its latest value."""
    summary = series.summary
    judged = series.judged
    goal = summary["target"]
    return [
        series.name or NO_VALUE,
        capitalised(words.direction(series)),
        words.average(series),
        limits(series, summary),
        NO_VALUE if pd.isna(goal) else series.tick(goal),
        series.count(len(judged)),
        latest(series),
    ]


def limits(series: ChartSeries, lines: pd.Series) -> str:
    """Return both limits: ``86.9 to 100%``."""
    if pd.isna(lines["lcl"]) or lines["lcl"] == lines["ucl"]:
        return NO_VALUE
    return _span(*series.figures(lines["lcl"], lines["ucl"]))


def _span(low: str, high: str) -> str:
    return f"{low.removesuffix('%')} to {high}"


def latest(series: ChartSeries) -> str:
    """Return the last value judged, a share with its cases: ``86 of 95, 90.5%``."""
    if series.judged.empty:
        return NO_VALUE
    point = series.judged.iloc[-1]
    return _of(series, point, series.figure(point["value"]))


def _of(series: ChartSeries, point: pd.Series, figure: str) -> str:
    """Return a share behind its cases, any other figure as it is."""
    if not series.rate:
        return figure
    return f"{count(point['value'] * point['n'])} of {count(point['n'])}, {figure}"


def points(series: ChartSeries) -> Table:
    """Return the latest points of a series, the last one first, with its lines and marks."""
    shown = series.points.tail(LATEST).iloc[::-1]
    columns = (
        Column("Week of" if series.period == "week" else "When"),
        Column("Value", numeric=True),
        Column(capitalised(series.middle), numeric=True, minor=True),
        Column("Normal range", numeric=True),
        Column("Mark"),
    )
    rows = [
        [capitalised(series.since(point["time"])), *_figures(series, point), mark(series, point)]
        for _, point in shown.iterrows()
    ]
    caption = f"Latest {len(shown)} of {series.count(len(series.points))}"
    return Table(caption, columns, rows, folded=True)


def _figures(series: ChartSeries, point: pd.Series) -> list[str]:
    """Return value, centre line and limits, with digits that tell the value from the limits."""
    center = series.figure(point["center"])
    if pd.isna(point["value"]):
        return [NO_VALUE, center, NO_VALUE]
    value, low, high = series.figures(point["value"], point["lcl"], point["ucl"])
    drawn = not pd.isna(point["lcl"]) and point["lcl"] < point["ucl"]
    return [_of(series, point, value), center, _span(low, high) if drawn else NO_VALUE]


def mark(series: ChartSeries, point: pd.Series) -> str:
    """Return what is marked at a point, in words."""
    if point["excluded"]:
        return "excluded"
    if pd.isna(point["value"]):
        return "no figure"
    if not point["complete"]:
        return "not complete"
    patterns = (RULES[code].pattern for code in point["rules"])
    marks = dict.fromkeys(MARKS[pattern] for pattern in patterns if pattern in MARKS)
    return ", ".join(text.format(side=point["side"], middle=series.middle) for text in marks)
