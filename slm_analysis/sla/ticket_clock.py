"""When the clock of a target starts, pauses and stops for each ticket."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from slm_analysis.intake.values import is_among
from slm_analysis.sla.agreements import ServiceTerms, Target

PAUSE_COLUMNS = ["key", "from_time", "to_time"]


@dataclass(frozen=True)
class TicketClock:
    """Start and stop per ticket, and the pauses between.

    Attributes
    ----------
    times : DataFrame
        On the tickets' index: `started_at`, `stopped_at` (missing: still running), `assumed`
        (the stop is the closing, for want of a resolution).
    pauses : DataFrame
        `key` (ticket), `from_time`, `to_time` (missing: still open).
    paused_now : Series of bool
        Whether the ticket's last known status pauses the clock.
    """

    times: pd.DataFrame
    pauses: pd.DataFrame
    paused_now: pd.Series


def ticket_clock(
    tickets: pd.DataFrame, history: pd.DataFrame, terms: ServiceTerms, target: Target
) -> TicketClock:
    """Answer when each ticket's clock for `target` starts, pauses and stops.

    Parameters
    ----------
    tickets : DataFrame
        Contract table `tickets`, indexed by `ticket_id`.
    history : DataFrame
        Contract table `status_history`, `to_time` filled in; may be empty.
    terms, target
        What was agreed.

    Returns
    -------
    TicketClock
    """
    history = history[is_among(history["ticket_id"], tickets.index)]
    pausing = is_any(history["status"], target.pauses_on)
    pauses = history.loc[pausing, ["ticket_id", "from_time", "to_time"]]
    started = tickets["opened_at"]
    assumed = pd.Series(False, index=tickets.index)
    if target.metric == "response_time":
        stopped = tickets["first_response_at"]
    else:
        stopped = tickets["resolved_at"].fillna(tickets["closed_at"])
        resolved = history[is_any(history["status"], terms.resolved_on)]
        if target.reopen == "first_resolution":
            first = resolved.groupby("ticket_id")["from_time"].min()
            stopped = first.reindex(tickets.index).fillna(stopped)
        else:
            # Whatever was worked on after a resolution was reopened.
            working = history.drop(resolved.index).groupby("ticket_id")["from_time"].max()
            undone = resolved["from_time"] < working.reindex(resolved["ticket_id"]).array
            reopened = resolved[undone]
            stopped = _last_resolution(tickets, stopped, reopened, resolved[~undone])
            if target.reopen == "restart":
                started = _latest(reopened, "to_time", tickets).fillna(started)
            else:
                pauses = pd.concat([pauses, reopened[pauses.columns]])
        assumed = (stopped == tickets["closed_at"]) & (stopped != tickets["resolved_at"])
    return TicketClock(
        pd.DataFrame({"started_at": started, "stopped_at": stopped, "assumed": assumed}),
        pauses.set_axis(PAUSE_COLUMNS, axis=1),
        is_any(tickets["status"], target.pauses_on),
    )


def _last_resolution(
    tickets: pd.DataFrame, recorded: pd.Series, reopened: pd.DataFrame, standing: pd.DataFrame
) -> pd.Series:
    """Return the recorded stop, or the later one of history where a reopening undid it."""
    reopened_at = _latest(reopened, "to_time", tickets)
    again = standing.groupby("ticket_id")["from_time"].min().reindex(tickets.index)
    closed = tickets["closed_at"].where(tickets["closed_at"] >= reopened_at)
    return recorded.mask(recorded < reopened_at, again.fillna(closed))


def _latest(history: pd.DataFrame, column: str, tickets: pd.DataFrame) -> pd.Series:
    return history.groupby("ticket_id")[column].max().reindex(tickets.index)


def is_any(status: pd.Series, names: tuple[str, ...]) -> pd.Series:
    """Whether each status is one of `names`, upper and lower case apart."""
    return status.str.casefold().isin([name.casefold() for name in names])
