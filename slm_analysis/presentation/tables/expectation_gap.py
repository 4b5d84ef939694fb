"""Gaps to comparable units, and scores by time to resolve, as tables."""

from __future__ import annotations

from slm_analysis.analyses.score_verdicts import LOWER, NOT_COMPARED
from slm_analysis.presentation import numbers
from slm_analysis.presentation.language import _
from slm_analysis.presentation.views import Column, Table
from slm_analysis.presentation.words import expectation_gap as words
from slm_analysis.presentation.words.score_gaps import gap
from slm_analysis.questions.expectation_gap import ExpectationGap


def table(result: ExpectationGap) -> Table:
    """Return one row per service, findings first."""
    columns = (
        Column(_("Service")),
        Column(_("Against comparable units")),
        Column(_("At the same time to resolve"), numeric=True),
        Column(_("Whatever the time"), numeric=True, minor=True),
        Column(_("Answers"), numeric=True, minor=True),
        Column(_("People"), numeric=True, minor=True),
        Column(_("Units"), numeric=True, minor=True),
    )
    rows = [
        [
            str(row["service"]),
            words.reason(row) if row["verdict"] == NOT_COMPARED else words.verdict(row),
            gap(row, result.min_effect),
            words.plain_gap(row),
            numbers.count(row["answers"]),
            numbers.count(row["respondents"]),
            numbers.count(row["units"]),
        ]
        for _at, row in result.gaps.iterrows()
    ]
    caption = _("Scores against comparable units, {when}").format(when=words.window(result))
    bad = (result.gaps["verdict"] == LOWER).to_numpy().nonzero()[0]
    return Table(caption, columns, rows, accented=[int(at) for at in bad])


def by_time(result: ExpectationGap) -> Table:
    """Return one row per service and band of time."""
    columns = (
        Column(_("Service")),
        Column(_("Time to resolve")),
        Column(_("Score, 95% interval"), numeric=True),
        Column(_("Comparable units"), numeric=True),
        Column(_("Answers"), numeric=True, minor=True),
        Column(_("People"), numeric=True, minor=True),
    )
    rows = [
        [
            service,
            words.band(row),
            words.rating(row),
            numbers.score(row["others"]),
            numbers.count(row["answers"]),
            numbers.count(row["respondents"]),
        ]
        for service, found in result.by_time.items()
        for _at, row in found.table.iterrows()
    ]
    caption = _("Scores by business hours to resolve, {when}").format(when=words.window(result))
    return Table(caption, columns, rows)
