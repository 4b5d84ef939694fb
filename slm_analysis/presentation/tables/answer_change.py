"""Scores before and after a change as a table."""

from __future__ import annotations

import pandas as pd

from slm_analysis.analyses.answer_change import AnswerChange
from slm_analysis.presentation.language import _
from slm_analysis.presentation.numbers import count, plain_percent
from slm_analysis.presentation.views import Column, Table
from slm_analysis.presentation.words.answer_change import FIGURES, between, size


def table(result: AnswerChange) -> Table:
    """Return one row per figure."""
    rows = []
    for row in result.table.dropna(subset="estimate").to_dict("records"):
        figure = str(row["figure"])
        rows.append([_(FIGURES[figure]), size(figure, row["estimate"]), between(pd.Series(row))])
    columns = (
        Column(_("Figure")),
        Column(_("After against before"), numeric=True),
        Column(_("Interval"), numeric=True),
    )
    caption = _("{before} answers before, {after} after; {level} interval").format(
        before=count(result.n_before),
        after=count(result.n_after),
        level=plain_percent(result.level),
    )
    return Table(caption, columns, rows)
