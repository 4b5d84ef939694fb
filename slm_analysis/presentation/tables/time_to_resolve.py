"""How long tickets take, as a table."""

from __future__ import annotations

from slm_analysis.analyses.time_to_resolve import TimeToResolve
from slm_analysis.presentation import numbers
from slm_analysis.presentation.language import _
from slm_analysis.presentation.views import Column, Table
from slm_analysis.presentation.words import time_to_resolve as words
from slm_analysis.questions.time_taken import TimeTaken


def table(result: TimeTaken | TimeToResolve) -> Table:
    """Return one row per group, quickest first."""
    columns = (
        Column(_("Tickets of")),
        Column(_("Tickets"), numeric=True),
        Column(_("Still open"), numeric=True, minor=True),
        Column(_("Withdrawn"), numeric=True, minor=True),
        Column(_("Half done within (interval)"), numeric=True),
        Column(_("Nine in ten within (interval)"), numeric=True),
    )
    times = words.times_of(result)
    rows = [] if times is None else [
        [
            row["name"],
            numbers.count(row["tickets"]),
            numbers.count(row["still_open"]),
            numbers.count(row["withdrawn"]),
            words.interval(row, "half"),
            words.interval(row, "nine"),
        ]
        for __, row in words.percentiles(times).sort_values("time_half", kind="stable").iterrows()
    ]  # fmt: skip
    caption = _("How long tickets take, in business hours")
    if times:
        caption = _("How long tickets take, in business hours; {level} intervals").format(
            level=f"{times.level:.0%}"
        )
    return Table(caption, columns, rows, folded=True)
