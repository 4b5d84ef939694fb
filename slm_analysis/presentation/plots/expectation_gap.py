"""The figures of what users expect: gaps to comparable units, and scores by time to resolve."""

from __future__ import annotations

import numpy as np
import pandas as pd

from slm_analysis.analyses.score_verdicts import NOT_COMPARED
from slm_analysis.presentation.chart import Chart
from slm_analysis.presentation.language import _, pgettext
from slm_analysis.presentation.numbers import plain_number
from slm_analysis.presentation.plots.rows import Row, draw_rows
from slm_analysis.presentation.plots.score_gaps import MARKS, draw_gaps
from slm_analysis.presentation.plots.user_satisfaction import scale_marks, scale_start
from slm_analysis.presentation.tables import expectation_gap as tables
from slm_analysis.presentation.words import expectation_gap as words
from slm_analysis.presentation.words.score_gaps import gap
from slm_analysis.questions.expectation_gap import ExpectationGap

STEP = 0.5


def plot(result: ExpectationGap) -> Chart:
    """Return one mark with its interval per service, findings first."""
    caption, numbers = words.caption(result), tables.table(result)
    if (result.gaps["verdict"] == NOT_COMPARED).all():
        return Chart(caption, numbers=numbers)
    rows = [_row(row, result) for _at, row in result.gaps.iterrows()]
    return Chart(caption, draw_gaps(rows, result.min_effect, pgettext("score", "points")), numbers)


def _row(row: pd.Series, result: ExpectationGap) -> Row:
    compared = row["verdict"] != NOT_COMPARED
    return Row(
        label=str(row["service"]),
        value=row["difference"],
        low=row["low"],
        high=row["high"],
        words=gap(row, result.min_effect) if compared else words.reason(row),
        figures=words.counts(row) if compared else "",
        mark=MARKS[row["verdict"]],
    )


def scores_by_time(result: ExpectationGap) -> Chart:
    """Return the scores of one service by time to resolve, beside those of comparable units."""
    service = words.told_by_time(result)
    if not service:
        caption = words.no_times_caption(result)
        return Chart(caption)
    found = result.by_time[service]
    low, high = result.scale
    needed = min(found.table[["low", "score", "others"]].min().min(), found.goal)
    start = scale_start(needed, low, high, STEP)
    draw = draw_rows(
        [_band(row, found.goal) for _at, row in found.table.iterrows()],
        (start, high),
        plain_number,
        line=None if np.isnan(found.goal) else found.goal,
        line_label="" if np.isnan(found.goal) else _("Goal {goal:g}").format(goal=found.goal),
        axis_label=pgettext("score", "points"),
        marks=scale_marks(start, high, STEP),
    )
    caption = words.by_time_caption(result, service, plain_number(start) if start > low else "")
    return Chart(caption, draw, tables.by_time(result))


def _band(row: pd.Series, goal: float) -> Row:
    return Row(
        label=words.band(row),
        value=row["score"],
        low=row["low"],
        high=row["high"],
        words=words.rating(row),
        figures=words.band_counts(row),
        goal=None if pd.isna(row["others"]) else row["others"],
        mark="bad" if row["high"] < goal else "plain",
    )
