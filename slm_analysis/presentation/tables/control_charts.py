"""Control charts as tables: one row per series, and the numbers behind a chart."""

from __future__ import annotations

import pandas as pd

from slm_analysis.analyses.chart_summary import WORSE
from slm_analysis.analyses.control_charts import ControlChart
from slm_analysis.analyses.run_patterns import ABOVE, BELOW
from slm_analysis.analyses.run_rules import RULES
from slm_analysis.presentation.chart_series import ChartSeries
from slm_analysis.presentation.language import N_, _
from slm_analysis.presentation.numbers import NO_VALUE, capitalised, enumerated, share_of, span
from slm_analysis.presentation.periods import WEEK
from slm_analysis.presentation.views import Column, Table
from slm_analysis.presentation.words import chart_series as series_words
from slm_analysis.presentation.words import control_charts as words

LATEST = 26
"""Periods among the numbers behind a chart."""
MARKS = {
    "beyond": N_("beyond a limit"),
    "near_limits": N_("one of several near a limit"),
    "trend": N_("steady climb or fall"),
    "alternating": N_("up and down in turn"),
    "hugging": N_("unusually close to the {middle}"),
    "avoiding": N_("unusually far from the {middle}"),
}
"""What is marked at a point, by the pattern that it belongs to."""
RUN = {ABOVE: N_("long run above the {middle}"), BELOW: N_("long run below the {middle}")}
FAR = {
    ABOVE: N_("one of several far above the {middle}"),
    BELOW: N_("one of several far below the {middle}"),
}
MARKS_OF_SIDE = {"longest_run": RUN, "same_side": RUN, "all_but_one": FAR}
"""The same of patterns that differ by the point's side."""


def series_columns(kind: str) -> tuple[Column, ...]:
    """Return the columns of `row`, the first headed by what kind of series there are."""
    return (
        Column(kind),
        Column(_("State")),
        Column(_("Average"), numeric=True),
        Column(_("Normal range"), numeric=True),
        Column(_("Target"), numeric=True, minor=True),
        Column(_("Judged"), numeric=True, minor=True),
        Column(_("Latest"), numeric=True),
    )


def table(chart: ControlChart) -> Table:
    """Return one row per series, the most worrying first."""
    every = words.by_worry(chart)
    worse = [at for at, one in enumerate(every) if one.summary["direction"] == WORSE]
    rows = [row(one) for one in every]
    return Table(_("What each chart says"), series_columns(_("Series")), rows, accented=worse)


def row(series: ChartSeries) -> list[str]:
    """Return what the chart of a series says, and its latest value beside the limits for it."""
    summary = series.summary
    judged = series.judged
    goal = summary["target"]
    return [
        series.name or NO_VALUE,
        capitalised(series_words.direction(series)),
        series_words.average(series),
        limits(series, judged.iloc[-1] if len(judged) else summary),
        NO_VALUE if pd.isna(goal) else series.tick(goal),
        series.count(len(judged)),
        latest(series),
    ]


def limits(series: ChartSeries, lines: pd.Series) -> str:
    """Return both limits: ``86.9 to 100%``."""
    if pd.isna(lines["lcl"]) or lines["lcl"] == lines["ucl"]:
        return NO_VALUE
    return span(*series.figures(lines["lcl"], lines["ucl"]))


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
    return share_of(point["value"] * point["n"], point["n"], figure)


def points(series: ChartSeries) -> Table:
    """Return the latest points of a series, the last one first, with its lines and marks."""
    shown = series.points.tail(LATEST).iloc[::-1]
    columns = (
        Column(_("Week of") if series.period == WEEK else _("When")),
        Column(_("Value"), numeric=True),
        Column(capitalised(series.middle), numeric=True, minor=True),
        Column(_("Normal range"), numeric=True),
        Column(_("Mark")),
    )
    rows = [
        [capitalised(series.since(point["time"])), *_figures(series, point), mark(series, point)]
        for __, point in shown.iterrows()
    ]
    caption = _("Latest {n} of {periods}").format(
        n=len(shown), periods=series.count(len(series.points))
    )
    return Table(caption, columns, rows, folded=True)


def _figures(series: ChartSeries, point: pd.Series) -> list[str]:
    """Return value, centre line and limits, with digits that tell the value from the limits."""
    center = series.figure(point["center"])
    if pd.isna(point["value"]):
        return [NO_VALUE, center, NO_VALUE]
    value, low, high = series.figures(point["value"], point["lcl"], point["ucl"])
    drawn = not pd.isna(point["lcl"]) and point["lcl"] < point["ucl"]
    return [_of(series, point, value), center, span(low, high) if drawn else NO_VALUE]


def mark(series: ChartSeries, point: pd.Series) -> str:
    """Return what is marked at a point, in words."""
    if point["excluded"]:
        return _("excluded")
    if pd.isna(point["value"]):
        return _("no figure")
    if not point["complete"]:
        return _("not complete")
    patterns = [RULES[code].pattern for code in point["rules"]]
    marks = [_mark_of(pattern, point["side"]) for pattern in patterns]
    return enumerated(_(text).format(middle=series.middle) for text in dict.fromkeys(marks) if text)


def _mark_of(pattern: str, side: str) -> str:
    """Return what a pattern is called at a point on a side; empty where it marks no points."""
    if pattern in MARKS_OF_SIDE:
        return MARKS_OF_SIDE[pattern].get(side, "")
    return MARKS.get(pattern, "")
