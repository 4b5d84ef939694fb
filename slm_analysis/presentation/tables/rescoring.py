"""Tickets judged by other terms, step by step, as a table."""

from __future__ import annotations

from slm_analysis.presentation import numbers
from slm_analysis.presentation.views import Column, Table
from slm_analysis.presentation.words import rescoring as words
from slm_analysis.questions.rescoring import Rescoring

COLUMNS = (
    Column("Changed term"),
    Column("Late instead", numeric=True),
    Column("In time instead", numeric=True),
    Column("Other states", numeric=True, minor=True),
)


def table(result: Rescoring) -> Table:
    """Return one row per changed term, in the order in which they were changed."""
    counts = ("to_late", "to_met", "to_other")
    rows = [
        [words.change(row), *[numbers.count(row[name]) for name in counts]]
        for _, row in result.changes.iterrows()
    ]
    return Table("What each changed term does to the tickets, after those above it", COLUMNS, rows)
