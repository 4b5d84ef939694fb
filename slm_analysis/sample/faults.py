"""Rows that a check of the sample data must reject, and rows that look odd but are right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class PlantedRow:
    """A copy of a table's first row with some values of its own, put at the table's end."""

    table: str
    code: str
    """Why a bad row is rejected, or what is odd."""
    values: Mapping[str, str]


BAD_ROWS = (
    PlantedRow("tickets", "repeated_ticket_id", {}),
    PlantedRow("tickets", "repeated_ticket_id", {"channel": "Phone"}),
    PlantedRow("tickets", "missing_ticket_id", {"ticket_id": ""}),
    PlantedRow("tickets", "missing_opened_at", {"ticket_id": "FSS-900001", "opened_at": ""}),
    PlantedRow(
        "tickets",
        "unreadable_opened_at",
        {"ticket_id": "FSS-900002", "opened_at": "2025-13-04 10:20"},
    ),
    PlantedRow(
        "tickets", "unreadable_resolved_at", {"ticket_id": "FSS-900003", "resolved_at": "yesterday"}
    ),
    PlantedRow(
        "tickets",
        "event_after_as_of",
        {"ticket_id": "FSS-900004", "closed_at": "2027-01-15 11:30"},
    ),
    PlantedRow("status_history", "unknown_ticket", {"ticket_id": "FSS-990001"}),
    PlantedRow("status_history", "unknown_ticket", {"ticket_id": "FSS-990002"}),
    PlantedRow("status_history", "missing_ticket_id", {"ticket_id": ""}),
    PlantedRow("status_history", "missing_from_time", {"from_time": ""}),
    PlantedRow("status_history", "unreadable_from_time", {"from_time": "2025-02-30 09:15"}),
    PlantedRow(
        "status_history", "event_after_as_of", {"from_time": "2026-12-24 16:00", "to_time": ""}
    ),
    PlantedRow("surveys", "out_of_scale", {"score": "6"}),
    PlantedRow("surveys", "out_of_scale", {"score": "0"}),
    PlantedRow("surveys", "missing_responded_at", {"responded_at": ""}),
    PlantedRow("surveys", "missing_score", {"score": ""}),
    PlantedRow("surveys", "unreadable_score", {"score": "not rated"}),
    PlantedRow("surveys", "event_after_as_of", {"responded_at": "2027-02-03 14:00"}),
    PlantedRow(
        "process_changes",
        "missing_implemented_at",
        {"change_id": "CHG-099", "implemented_at": ""},
    ),
    PlantedRow("actions", "missing_action_id", {"action_id": ""}),
    PlantedRow(
        "outages",
        "ends_before_start",
        {"started_at": "2026-03-18 15:00", "ended_at": "2026-03-18 14:00"},
    ),
)
"""`code` is the reason that intake gives."""

_ORDINARY = {
    "business_unit": "Logistics",
    "service": "Payments",
    "ticket_type": "Request",
    "priority": "P3",
    "channel": "Portal",
    "status": "Closed",
    "assignment_group": "Treasury Operations",
    "requester_team": "Fleet",
    "hold_reason": "",
    "supplier_country": "China",
    "amount": "1250.00",
    "opened_at": "2026-09-15 10:05",
    "first_response_at": "2026-09-15 10:05",
    "resolved_at": "2026-09-15 10:05",
    "closed_at": "2026-09-15 10:05",
    "due_at": "2026-09-16 10:05",
    "reopen_count": "0",
    "reassignment_count": "0",
    "error_found": "",
}
_WORKED_ON = {
    "first_response_at": "2026-09-15 10:40",
    "resolved_at": "2026-09-15 14:20",
    "closed_at": "2026-09-16 09:30",
}
ODD_ROWS = (
    PlantedRow(
        "tickets",
        "missing_business_unit",
        _ORDINARY | _WORKED_ON | {"ticket_id": "FSS-910001", "business_unit": ""},
    ),
    PlantedRow(
        "tickets",
        "missing_business_unit",
        _ORDINARY | _WORKED_ON | {"ticket_id": "FSS-910002", "business_unit": ""},
    ),
    PlantedRow(
        "tickets",
        "missing_service",
        _ORDINARY | _WORKED_ON | {"ticket_id": "FSS-910003", "service": ""},
    ),
    PlantedRow(
        "tickets",
        "due_at_before_opening",
        _ORDINARY | _WORKED_ON | {"ticket_id": "FSS-910004", "due_at": "2026-09-14 18:00"},
    ),
    PlantedRow("tickets", "closed_in_opening_second", _ORDINARY | {"ticket_id": "FSS-910005"}),
)
"""These rows are used; intake only notes what is odd."""


def with_planted_rows(name: str, table: pd.DataFrame) -> pd.DataFrame:
    """Return the exported table `name` with its odd and bad rows at the end."""
    rows = [row for row in ODD_ROWS + BAD_ROWS if row.table == name]
    first = table.iloc[0].to_dict()
    planted = pd.DataFrame([first | dict(row.values) for row in rows], columns=table.columns)
    return pd.concat([table, planted], ignore_index=True)
