"""The figure of the scores of teams."""

from __future__ import annotations

import numpy as np
import pandas as pd

from slm_analysis.analyses.score_verdicts import HIGHER, LOWER
from slm_analysis.presentation.chart import Chart
from slm_analysis.presentation.language import pgettext
from slm_analysis.presentation.numbers import plain_number
from slm_analysis.presentation.plots.rows import Row, draw_rows
from slm_analysis.presentation.plots.user_satisfaction import scale_marks, scale_start
from slm_analysis.presentation.tables import team_scores as tables
from slm_analysis.presentation.words import team_scores as words
from slm_analysis.questions.team_scores import TeamScores

MARKS = {LOWER: "bad", HIGHER: "good"}
STEP = 0.5


def plot(result: TeamScores) -> Chart:
    """Return dots with intervals, lowest first; what is hidden is one row with its reason."""
    teams, numbers = words.shown(result), tables.table(result)
    if teams.empty:
        caption = words.caption(result, "")
        return Chart(caption, numbers=numbers)
    low, high = result.scale
    start = scale_start(teams[["low", "value"]].min().min(), low, high, STEP)
    rows = [_row(row) for _at, row in teams.iterrows()]
    hidden = words.hidden(result)
    if len(hidden):
        rows.append(
            Row(
                words.hidden_teams(result),
                np.nan,
                np.nan,
                np.nan,
                words.why_hidden(),
                figures=words.responses(hidden[["answers", "sent"]].sum(min_count=1)),
                mark="hidden",
            )
        )
    draw = draw_rows(
        rows,
        (start, high),
        plain_number,
        axis_label=pgettext("score", "points"),
        marks=scale_marks(start, high, STEP),
    )
    return Chart(words.caption(result, plain_number(start) if start > low else ""), draw, numbers)


def _row(row: pd.Series) -> Row:
    return Row(
        label=str(row["team"]),
        value=row["value"],
        low=row["low"],
        high=row["high"],
        words=words.rating(row),
        figures=words.responses(row),
        mark=MARKS.get(row["verdict"], "plain"),
    )
