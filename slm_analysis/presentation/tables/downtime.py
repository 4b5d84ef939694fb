"""Outages and time to restore, for services with a promise of availability."""

from __future__ import annotations

from slm_analysis.presentation import numbers
from slm_analysis.presentation.views import Column, Table
from slm_analysis.questions.service_levels import ServiceLevels

COLUMNS = (
    Column("Service"),
    Column("Available", numeric=True),
    Column("Service time", numeric=True, minor=True),
    Column("Down, not planned", numeric=True),
    Column("Outages", numeric=True),
    Column("Mean time to restore", numeric=True),
    Column("Planned outage", numeric=True, minor=True),
)


def downtime(result: ServiceLevels) -> Table:
    """Return one row per service with an availability target; times in service hours."""
    rows = [
        [
            str(row["service"]),
            numbers.percent(row["value"], 2),
            numbers.hours(row["service_hours"]),
            numbers.hours(row["down_hours"]),
            numbers.count(row["unplanned"]),
            numbers.hours(row["restore_hours"]),
            numbers.hours(row["planned_hours"]),
        ]
        for row in result.outages.to_dict("records")
    ]
    when = numbers.period(result.period_start, result.period_end)
    caption = f"Outages in {when}, in hours of agreed service time"
    return Table(caption if rows else "No availability was promised", COLUMNS, rows)
