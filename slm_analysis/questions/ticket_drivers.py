"""What is recorded of each ticket and may go with its being late."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from slm_analysis.analyses.breach_drivers import level_names
from slm_analysis.dataset.unit import Unit
from slm_analysis.intake.contract import TABLES

OPENING_TEAM, OPENING_WEEKDAY, OPENING_HOUR = "opening_team", "opening_weekday", "opening_hour"
CONTRACT = (
    "priority", "ticket_type", "channel", "assignment_group", "reassignment_count",
    "reopen_count", "amount",
)  # fmt: skip
"""Columns of the data contract that can go with breaches; the others are times, ids, outcomes."""
MOST_LEVELS = 50
"""A further column of the export with more values than this names single tickets or people."""


@dataclass(frozen=True)
class TicketDrivers:
    """Tickets with what may go with their being late.

    Attributes
    ----------
    tickets : DataFrame
        As given, with `opened_at` on the unit's clock and the columns derived from it and from
        the status history: `opening_weekday`, `opening_hour`, `opening_team`. Drivers hold the
        names of levels: numbers of many values are bands.
    drivers : tuple of str
        Columns with at least two levels.
    further : tuple of str
        Those of them that the contract does not know; when they were filled in is not on record.
    """

    tickets: pd.DataFrame
    drivers: tuple[str, ...]
    further: tuple[str, ...]


def ticket_drivers(unit: Unit, tickets: pd.DataFrame) -> TicketDrivers:
    """Return the tickets with every column that may serve as a driver.

    Parameters
    ----------
    unit : Unit
    tickets : DataFrame
        As `Unit.judged` gives them.

    Notes
    -----
    `assignment_group` is the last team, which long tickets gather; `opening_team` is that of the
    first row of the status history. A column that repeats survey scores is left out, for the
    answers of few people must not be read from it.
    """
    local = tickets["opened_at"].dt.tz_convert(unit.timezone)
    tickets = tickets.assign(
        opened_at=local,
        **{
            OPENING_TEAM: tickets["ticket_id"].map(_opening_team(unit.status_history)),
            OPENING_WEEKDAY: local.dt.day_name(),
            OPENING_HOUR: local.dt.hour,
        },
    )
    contract = {column.name for column in TABLES["tickets"]}
    further = [
        column
        for column in unit.tickets.columns
        if column not in contract
        and pd.api.types.is_string_dtype(unit.tickets[column])
        and tickets[column].nunique() <= MOST_LEVELS
        and not _repeats_scores(unit, column)
    ]
    own = [OPENING_TEAM, OPENING_WEEKDAY, OPENING_HOUR]
    varied = [c for c in [*CONTRACT, *own, *further] if len(tickets[c].unique()) > 1]
    return TicketDrivers(
        tickets=tickets.assign(**{c: level_names(tickets[c]) for c in varied}),
        drivers=tuple(varied),
        further=tuple(c for c in further if c in varied),
    )


def _opening_team(history: pd.DataFrame) -> pd.Series:
    """Return the team of each ticket's first status."""
    first = history.sort_values("from_time", kind="stable").drop_duplicates("ticket_id")
    return first.set_index("ticket_id")["assignment_group"]


def _repeats_scores(unit: Unit, column: str) -> bool:
    """Whether a column of tickets says what their requesters answered."""
    answered = unit.surveys[unit.surveys["ticket_id"].isin(unit.tickets["ticket_id"])]
    told = answered["ticket_id"].map(unit.tickets.set_index("ticket_id")[column])
    same = pd.to_numeric(told, errors="coerce") == answered["score"]
    return bool(len(same)) and bool(same.all())
