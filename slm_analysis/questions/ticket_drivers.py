"""What is recorded of each ticket and may go with its being late."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from slm_analysis.analyses.breach_drivers import level_names
from slm_analysis.dataset.unit import Unit
from slm_analysis.intake.contract import TABLES

OPENING_TEAM, OPENING_WEEKDAY, OPENING_HOUR = "opening_team", "opening_weekday", "opening_hour"
OPENING_BACKLOG = "opening_backlog"
STATUS = "status: "
"""Before the name of a status: whether a ticket went through it."""
WENT, NEVER = "yes", "no"
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
        the status history: `opening_weekday`, `opening_hour`, `opening_team`, `opening_backlog`
        (tickets of the service open at that moment), and per status that some tickets went through
        and others not ``status: …`` (`yes` or `no`). Drivers hold the names of levels: numbers of
        many values are bands.
    drivers : tuple of str
        Columns with at least two levels.
    further : tuple of str
        Those of them that the contract does not know; when they were filled in is not on record.
    statuses : tuple of str
        Those of them that tell of a status: signs, for a ticket gathers them on its way.
    """

    tickets: pd.DataFrame
    drivers: tuple[str, ...]
    further: tuple[str, ...]
    statuses: tuple[str, ...]


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
            OPENING_BACKLOG: _opening_backlog(tickets, unit.tickets),
        },
    )
    went = _went_through(tickets["ticket_id"], unit.status_history)
    tickets = tickets.assign(**went)
    contract = {column.name for column in TABLES["tickets"]}
    further = [
        column
        for column in unit.tickets.columns
        if column not in contract
        and pd.api.types.is_string_dtype(unit.tickets[column])
        and tickets[column].nunique() <= MOST_LEVELS
    ]
    scores = _repeating_scores(unit, further)
    further = [column for column in further if column not in scores]
    own = [OPENING_TEAM, OPENING_WEEKDAY, OPENING_HOUR, OPENING_BACKLOG, *went]
    varied = [c for c in [*CONTRACT, *own, *further] if len(tickets[c].unique()) > 1]
    return TicketDrivers(
        tickets=tickets.assign(**{c: level_names(tickets[c]) for c in varied}),
        drivers=tuple(varied),
        further=tuple(c for c in further if c in varied),
        statuses=tuple(c for c in went if c in varied),
    )


def _opening_team(history: pd.DataFrame) -> pd.Series:
    """Return the team of each ticket's first status."""
    first = history.sort_values("from_time", kind="stable").drop_duplicates("ticket_id")
    return first.set_index("ticket_id")["assignment_group"]


def _opening_backlog(tickets: pd.DataFrame, every: pd.DataFrame) -> pd.Series:
    """Return how many tickets of its service were open when each ticket was opened."""
    backlog = pd.Series(0, tickets.index)
    for service, own in tickets.groupby("service"):
        same = every[every["service"] == service]
        moment = own["opened_at"].dt.tz_convert("UTC")
        stopped = same["resolved_at"].fillna(same["closed_at"]).dropna().sort_values()
        opened = same["opened_at"].sort_values()
        backlog[own.index] = opened.searchsorted(moment) - stopped.searchsorted(moment, "right")
    return backlog


def _went_through(ticket_ids: pd.Series, history: pd.DataFrame) -> dict[str, pd.Series]:
    """Return for each status whether each ticket went through it; missing without a history."""
    ticket, known = pd.factorize(history["ticket_id"])
    at = pd.Index(known).get_indexer(pd.Index(ticket_ids))
    went = {}
    for status, rows in history.groupby("status").indices.items():
        has = np.bincount(ticket[rows], minlength=len(known)).astype(bool)[at]
        told = np.where(at < 0, None, np.where(has, WENT, NEVER))  # type: ignore[call-overload]
        went[f"{STATUS}{status}"] = pd.Series(told, ticket_ids.index, dtype="str")
    return went


def _repeating_scores(unit: Unit, columns: list[str]) -> set[str]:
    """Return the columns of tickets that say what their requesters answered."""
    at = pd.Index(unit.tickets["ticket_id"]).get_indexer(pd.Index(unit.surveys["ticket_id"]))
    score = unit.surveys["score"].to_numpy()[at >= 0]
    told = unit.tickets[columns].iloc[at[at >= 0]].apply(pd.to_numeric, errors="coerce")
    if not len(score):
        return set()
    return {column for column in columns if (told[column].to_numpy() == score).all()}
