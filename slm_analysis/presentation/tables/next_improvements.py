"""What to improve next where the agreement is kept, as a table."""

from __future__ import annotations

from slm_analysis.presentation import numbers
from slm_analysis.presentation.language import _
from slm_analysis.presentation.views import Column, Table
from slm_analysis.presentation.words import next_improvements as words
from slm_analysis.questions.next_improvements import NextImprovements


def table(result: NextImprovements) -> Table:
    """Return the services that met the target, in the order in which to improve them."""
    columns = (
        Column(_("Service")),
        Column(_("Share in time")),
        Column(_("Still late a month"), numeric=True),
        Column(_("Hours a month"), numeric=True, minor=True),
        Column(_("Group that takes longer")),
        Column(_("Users' score"), numeric=True, minor=True),
    )
    rows = [
        [
            row["service"],
            numbers.capitalised(words.heading(row)),
            words.late(row),
            numbers.hours(row["hours_a_month"]),
            numbers.capitalised(words.slowest(row)),
            numbers.score(row["score"]),
        ]
        for __, row in result.services.iterrows()
    ]
    caption = _("Services that met their target, in the order in which to improve them")
    return Table(caption, columns, rows)
