"""The figure of satisfaction, one row per unit."""

from __future__ import annotations

import numpy as np
import pandas as pd

from slm_analysis.presentation.chart import Chart
from slm_analysis.presentation.numbers import plain_number
from slm_analysis.presentation.plots.rows import Row, draw_rows
from slm_analysis.presentation.tables.portfolio_scales import of_scores
from slm_analysis.presentation.words import portfolio_satisfaction as words
from slm_analysis.questions.portfolio import Portfolio, agreed_scores

MOST = 24
"""Units drawn, the lowest ratings first; the table of units by services holds all."""


def user_scores(result: Portfolio) -> Chart:
    """Return the mean rating of each unit with its interval; hidden units stay, with the reason."""
    caption = words.caption(result)
    units = words.of_units(result)
    if units.empty or units["value"].isna().all():
        return Chart(caption)
    low, goal, goals = words.dissatisfied(result), words.common_goal(result), agreed_scores(result)
    shared = not np.isnan(goal)
    units = units.sort_values("value", kind="stable", na_position="last").head(MOST)
    rows = [
        Row(
            label=str(row["business_unit"]),
            value=_number(row["value"]),
            low=_number(row["low"]),
            high=_number(row["high"]),
            words=words.hidden() if row["hidden"] else words.rating(row),
            under=words.answered(row),
            goal=None if shared else goals.get(str(row["business_unit"])),
            mark="hidden" if row["hidden"] else "bad" if row["business_unit"] in low else "plain",
        )
        for _at, row in units.iterrows()
    ]
    draw = draw_rows(
        rows,
        of_scores(result),
        plain_number,
        line=goal if shared else None,
        line_label=words.goal_label(goal) if shared else "",
        axis_label=words.axis_label(),
    )
    return Chart(caption, draw)


def _number(value: object) -> float:
    return np.nan if pd.isna(value) else float(value)  # type: ignore[call-overload, arg-type]
