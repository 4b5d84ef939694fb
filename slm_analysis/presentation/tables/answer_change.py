"""Scores before and after a change as a table."""

from __future__ import annotations

import pandas as pd

from slm_analysis.analyses.answer_change import AnswerChange
from slm_analysis.presentation.numbers import count, plain_percent
from slm_analysis.presentation.views import Column, Table
from slm_analysis.presentation.words.answer_change import FIGURES, between, size

COLUMNS = (
    Column("Figure"),
    Column("After against before", numeric=True),
    Column("Interval", numeric=True),
)


def table(result: AnswerChange) -> Table:
    """Return one row per figure."""
    rows = []
    for row in result.table.dropna(subset="estimate").to_dict("records"):
        figure = str(row["figure"])
        rows.append([FIGURES[figure], size(figure, row["estimate"]), between(pd.Series(row))])
    answers = f"{count(result.n_before)} answers before, {count(result.n_after)} after"
    return Table(f"{answers}; {plain_percent(result.level)} interval", COLUMNS, rows)
