"""What drivers and their levels are called."""

from __future__ import annotations

from slm_analysis.analyses.breach_drivers import NOT_STATED
from slm_analysis.questions.root_causes import SERVICE
from slm_analysis.questions.ticket_drivers import NEVER, STATUS

DRIVERS = {
    "priority": "priority",
    "ticket_type": "type",
    "channel": "channel",
    "assignment_group": "last team",
    "opening_team": "team at opening",
    "reassignment_count": "hand-offs",
    "reopen_count": "reopenings",
    "amount": "amount",
    "opening_weekday": "weekday of opening",
    "opening_hour": "hour of opening",
    "opening_backlog": "open tickets at opening",
}
"""Columns of the contract in words; further columns are named as in the export."""
ON_THE_WAY = "status on the way"


def driver(name: str) -> str:
    """Return a driver in words."""
    return ON_THE_WAY if name.startswith(STATUS) else DRIVERS.get(name, name)


def reason(name: str, level: str) -> str:
    """Return a level with its driver: ``Missing purchase order (hold_reason)``."""
    if name.startswith(STATUS):
        return f"{label(name, level)} ({ON_THE_WAY})"
    return level if name == SERVICE else f"{level_name(level)} ({driver(name)})"


def label(name: str, level: str) -> str:
    """Return a level without its driver; a status is named."""
    if name.startswith(STATUS):
        return f"{'Never ' if level == NEVER else ''}“{name.removeprefix(STATUS)}”"
    return level_name(level)


def level_name(level: str) -> str:
    """Return a level as in the data."""
    return "Not stated" if level == NOT_STATED else level
