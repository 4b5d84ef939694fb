"""The figure of satisfaction: each service's score against its goal."""

from __future__ import annotations

import numpy as np
import pandas as pd

from slm_analysis.presentation.chart import Chart
from slm_analysis.presentation.chart_series import chart_series
from slm_analysis.presentation.language import _, pgettext
from slm_analysis.presentation.numbers import plain_number, plain_percent
from slm_analysis.presentation.plots.control_charts import draw_chart
from slm_analysis.presentation.plots.rows import Row, draw_rows
from slm_analysis.presentation.tables import control_charts as chart_tables
from slm_analysis.presentation.tables import user_satisfaction as tables
from slm_analysis.presentation.words import user_satisfaction as words
from slm_analysis.presentation.words import user_scores as scores
from slm_analysis.questions.satisfaction_goals import NPS
from slm_analysis.questions.user_satisfaction import UserSatisfaction

STEP = {"mean": 0.5, "top_box": 0.1, NPS: 10.0}
"""The scale begins at a multiple of this; marks stand at multiples of it."""
MULTIPLES = (1, 2, 4, 5, 10, 20)
MOST_MARKS = 6
LEAST_STEPS = 3
TICKS = {"mean": plain_number, "top_box": plain_percent, NPS: plain_number}
ENDS = {"top_box": (0.0, 1.0), NPS: (-100.0, 100.0)}
NO_SCALE = (0.0, 1.0)
"""Where there never was an answer."""


def plot(result: UserSatisfaction) -> Chart:
    """Return dots with intervals, best first, hidden ones after them and the unit last."""
    services = result.levels[:-1].sort_values("value", ascending=False, kind="stable")
    levels = [level for _, level in services.iterrows()] + [words.unit_row(result)]
    low, high = ENDS.get(result.measure, result.scale)
    goal, tick = words.common_goal(result), TICKS[result.measure]
    if not low < high:
        rows = [_row(level, result, own_goal=False) for level in levels]
        return Chart(words.caption(result, ""), draw_rows(rows, NO_SCALE, tick, marks=()))
    shared = not np.isnan(goal)
    step = STEP[result.measure]
    start = scale_start(_needed(result), low, high, step)
    draw = draw_rows(
        [_row(level, result, own_goal=not shared) for level in levels],
        (start, high),
        tick,
        line=goal if shared else None,
        line_label=_("Goal {goal}").format(goal=tick(goal)) if shared else "",
        axis_label=unit(result),
        marks=scale_marks(start, high, step),
    )
    caption = words.caption(result, tick(start) if start > low else "")
    return Chart(caption, draw, tables.table(result))


def scores_over_time(result: UserSatisfaction) -> Chart:
    """Return the control chart of the unit's scores by month."""
    caption = words.over_time(result)
    if result.chart.summary["n_points"].sum() == 0:
        return Chart(caption)
    (series,) = chart_series(result.chart)
    return Chart(caption, draw_chart(series, unit(result)), chart_tables.points(series))


def unit(result: UserSatisfaction) -> str:
    """Return what scores are counted in; the ticks of shares carry it."""
    return "" if result.measure == "top_box" else pgettext("score", "points")


def _row(level: pd.Series, result: UserSatisfaction, *, own_goal: bool) -> Row:
    shown = not pd.isna(level["value"])
    return Row(
        label=scores.name(level),
        value=level["value"],
        low=level["low"],
        high=level["high"],
        goal=level["goal_value"] if own_goal and not pd.isna(level["goal_value"]) else None,
        mark=_mark(level),
        words=scores.rating(level) if shown else scores.not_shown(level, result.min_group),
        under=_("no goal agreed")
        if pd.isna(level["goal"])
        else _("agreed: {goal}").format(goal=scores.goal(level)),
        figures=scores.responses(level) if shown or level["sent"] > 0 else "",
    )


def _mark(level: pd.Series) -> str:
    if pd.isna(level["value"]):
        return "hidden"
    return "bad" if level["result"] == "missed" and level["evidence"] == "clear" else "plain"


def scale_start(needed: float, lowest: float, highest: float, step: float) -> float:
    """Return where the drawn scale starts: at a multiple of the step, no lower than needed."""
    if pd.isna(needed):
        return lowest
    return max(min(np.floor(needed / step) * step, highest - LEAST_STEPS * step), lowest)


def scale_marks(low: float, high: float, step: float) -> list[float]:
    """Return round numbers between two ends, as many as can be told apart on a phone."""
    wide = [m * step for m in MULTIPLES if (high - low) / (m * step) < MOST_MARKS]
    apart = wide[0] if wide else high - low
    return [float(mark) for mark in np.arange(np.ceil(low / apart) * apart, high + step / 2, apart)]


def _needed(result: UserSatisfaction) -> float:
    """Return the lowest figure that is drawn; missing where every score is hidden."""
    figures = ["low", "value", "goal_value"]
    shown = result.levels[["low", "value"]].notna().any(axis=None)
    return float(result.levels[figures].min().min()) if shown else np.nan
