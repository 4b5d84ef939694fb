"""What drivers and their levels are called."""

from __future__ import annotations

from slm_analysis.analyses.breach_drivers import NOT_STATED
from slm_analysis.presentation.language import N_, _
from slm_analysis.questions.cause_findings import SERVICE
from slm_analysis.questions.ticket_drivers import NEVER, OPENING_WEEKDAY, STATUS

DRIVERS = {
    SERVICE: N_("service"),
    "priority": N_("priority"),
    "ticket_type": N_("type"),
    "channel": N_("channel"),
    "assignment_group": N_("last team"),
    "opening_team": N_("team at opening"),
    "reassignment_count": N_("hand-offs"),
    "reopen_count": N_("reopenings"),
    "amount": N_("amount"),
    "opening_weekday": N_("weekday of opening"),
    "opening_hour": N_("hour of opening"),
    "opening_backlog": N_("open tickets at opening"),
}
"""Columns of the contract in words; further columns are named as in the export, but for their
underscores."""
WEEKDAYS = (
    N_("Monday"), N_("Tuesday"), N_("Wednesday"), N_("Thursday"), N_("Friday"), N_("Saturday"),
    N_("Sunday"),
)  # fmt: skip
ON_THE_WAY = N_("status on the way")


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
    if name == OPENING_WEEKDAY and level in WEEKDAYS:
        return _(level)
    return level_name(level)


def level_name(level: str) -> str:
    """Return a level as in the data."""
    return _("Not stated") if level == NOT_STATED else level
