"""Outages and time to restore, for services with a promise of availability."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

from slm_analysis.presentation import numbers
from slm_analysis.presentation.language import _
from slm_analysis.presentation.views import Column, Table
from slm_analysis.questions.service_levels import ServiceLevels


def downtime(result: ServiceLevels) -> Table:
    """Return one row per service that was down or promised to be up; times in service hours."""
    columns = (
        Column(_("Service")),
        Column(_("Available"), numeric=True),
        Column(_("Service time"), numeric=True, minor=True),
        Column(_("Down, not planned"), numeric=True),
        Column(_("Outages"), numeric=True),
        Column(_("Mean time to restore"), numeric=True),
        Column(_("Planned outage"), numeric=True, minor=True),
    )
    rows = [
        [
            _service(row),
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
    caption = _("Outages in {when}, in hours of agreed service time").format(when=when)
    nothing = _("No availability was promised, and no outage is on record")
    return Table(caption if rows else nothing, columns, rows)


def _service(row: Mapping[Hashable, Any]) -> str:
    name = str(row["service"])
    return name if row["promised"] else _("{service}, without a promise").format(service=name)
