"""Times, backlog and waiting per service as a table."""

from __future__ import annotations

from slm_analysis.presentation import numbers
from slm_analysis.presentation.language import _
from slm_analysis.presentation.numbers import NO_VALUE, part_of
from slm_analysis.presentation.views import Column, Table
from slm_analysis.questions.workload import Workload


def table(result: Workload) -> Table:
    """Return one row per service."""
    columns = (
        Column(_("Service")),
        Column(_("Opened"), numeric=True),
        Column(_("Resolved"), numeric=True, minor=True),
        Column(_("Open at the end"), numeric=True),
        Column(_("Oldest, days"), numeric=True, minor=True),
        Column(_("Half done within"), numeric=True),
        Column(_("Nine in ten within"), numeric=True),
        Column(_("Clock paused"), numeric=True, minor=True),
        Column(_("Reopened"), numeric=True, minor=True),
    )
    rows = [
        [
            str(row["service"]),
            numbers.count(row["opened"]),
            numbers.count(row["resolved"]),
            numbers.count(row["backlog"]),
            numbers.count(row["oldest_days"]),
            numbers.hours(row["median_hours"]),
            numbers.hours(row["p90_hours"]),
            numbers.percent(row["waiting_share"], 0),
            part_of(row["reopened"], row["reopen_known"]) if row["reopen_known"] else NO_VALUE,
        ]
        for row in result.services.to_dict("records")
    ]
    when = numbers.period(result.period_start, result.period_end)
    caption = _("Work in {when}; times in business hours, open tickets included")
    return Table(caption.format(when=when), columns, rows)
