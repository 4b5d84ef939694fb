"""Tickets judged by other terms, as tables: promise by promise, and step by step."""

from __future__ import annotations

from slm_analysis.presentation import numbers
from slm_analysis.presentation.language import _
from slm_analysis.presentation.views import Column, Table
from slm_analysis.presentation.words import rescoring as words
from slm_analysis.questions.rescoring import Rescoring


def table(result: Rescoring) -> Table:
    """Return one row per promise that the changed terms concern."""
    columns = (
        Column(_("Promise")),
        Column(_("Judged by")),
        Column(_("In time as agreed"), numeric=True),
        Column(_("In time by these terms"), numeric=True),
        Column(_("Late a month as agreed"), numeric=True, minor=True),
        Column(_("Late a month by these terms"), numeric=True),
        Column(_("Late instead"), numeric=True, minor=True),
        Column(_("In time instead"), numeric=True, minor=True),
    )
    rows = [
        [
            words.promise(level),
            words.terms_of(result, level),
            words.of(level, "before"),
            words.of(level, "after"),
            numbers.score(level["late_a_month_before"]),
            numbers.score(level["late_a_month_after"]),
            numbers.count(level["to_late"]),
            numbers.count(level["to_met"]),
        ]
        for __, level in result.levels.iterrows()
    ]
    return Table(_("The same tickets, as agreed and by other terms"), columns, rows)


def steps(result: Rescoring) -> Table:
    """Return one row per changed term, in the order in which they were changed."""
    columns = (
        Column(_("Changed term")),
        Column(_("Late instead"), numeric=True),
        Column(_("In time instead"), numeric=True),
        Column(_("Other states"), numeric=True, minor=True),
    )
    counts = ("to_late", "to_met", "to_other")
    rows = [
        [words.change(row), *[numbers.count(row[name]) for name in counts]]
        for __, row in result.changes.iterrows()
    ]
    return Table(
        _("What each changed term does to the tickets, after those above it"),
        columns,
        rows,
        folded=True,
    )
