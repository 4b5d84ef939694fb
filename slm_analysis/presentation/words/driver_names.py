"""What drivers and their levels are called."""

from __future__ import annotations

from slm_analysis.analyses.breach_drivers import NOT_STATED
from slm_analysis.presentation.language import _
from slm_analysis.questions.root_causes import SERVICE
from slm_analysis.questions.ticket_drivers import NEVER, STATUS

DRIVERS = {
    SERVICE: "service",
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
"""Columns of the contract in words; further columns are named as in the export, but for their
underscores."""
ON_THE_WAY = "status on the way"


def driver(name: str) -> str:
    """Return a driver in words."""
    if name.startswith(STATUS):
        return _(ON_THE_WAY)
    return _(DRIVERS[name]) if name in DRIVERS else name.replace("_", " ")


def reason(name: str, level: str) -> str:
    """Return a level with its driver: ``Missing purchase order (hold reason)``."""
    if name == SERVICE:
        return level
    return _("{level} ({driver})").format(level=label(name, level), driver=driver(name))


def label(name: str, level: str) -> str:
    """Return a level without its driver; a status is named."""
    if name.startswith(STATUS):
        text = _("Never “{status}”") if level == NEVER else _("“{status}”")
        return text.format(status=name.removeprefix(STATUS))
    return level_name(level)


def level_name(level: str) -> str:
    """Return a level as in the data."""
    return _("Not stated") if level == NOT_STATED else level
