"""Times, backlog and waiting per service as a table."""

from __future__ import annotations

from slm_analysis.presentation import numbers
from slm_analysis.presentation.numbers import NO_VALUE
from slm_analysis.presentation.views import Column, Table
from slm_analysis.questions.workload import Workload

COLUMNS = (
    Column("Service"),
    Column("Opened", numeric=True),
    Column("Resolved", numeric=True, minor=True),
    Column("Open at the end", numeric=True),
    Column("Oldest, days", numeric=True, minor=True),
    Column("Half done within", numeric=True),
    Column("Nine in ten within", numeric=True),
    Column("Waited on customer", numeric=True, minor=True),
    Column("Reopened", numeric=True, minor=True),
)


def table(result: Workload) -> Table:
    """Return one row per service."""
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
            f"{row['reopened']:,} of {row['reopen_known']:,}" if row["reopen_known"] else NO_VALUE,
        ]
        for row in result.services.to_dict("records")
    ]
    when = numbers.period(result.period_start, result.period_end)
    return Table(f"Work in {when}; times in business hours, open tickets included", COLUMNS, rows)
