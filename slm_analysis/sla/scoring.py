"""Agreements applied to tickets: elapsed, due and state of every ticket and target."""

from __future__ import annotations

import numpy as np
import pandas as pd

from slm_analysis.intake.values import is_among
from slm_analysis.sla.agreements import (
    ALL,
    DEFAULT,
    TICKET_METRICS,
    Agreements,
    ServiceTerms,
    Target,
)
from slm_analysis.sla.due_times import due_times
from slm_analysis.sla.goals import AsRecorded, Goal, Within
from slm_analysis.sla.reporting_periods import local_dates
from slm_analysis.sla.ticket_clock import TicketClock, is_any, ticket_clock

STATES = (
    "met", "breached_closed", "breached_open", "running", "paused", "no_target", "missing_data",
    "excluded",
)  # fmt: skip
COUNTED = ("met", "breached_closed", "breached_open")
"""The states in the denominator of attainment."""
UNDECIDED = ("running", "paused")

DAY, TIME = "datetime64[us]", "datetime64[us, UTC]"
SCORED = {
    "ticket_id": "str", "business_unit": "str", "service": "str", "agreement": "str",
    "version": "str", "target": "str", "metric": "str", "priority": "str", "goal_priority": "str",
    "goal": "str", "goal_share": "float64", "opened_on": DAY, "counted_on": DAY, "count_by": "str",
    "started_at": TIME, "stopped_at": TIME, "due_at": TIME, "elapsed_seconds": "float64",
    "paused_seconds": "float64", "target_seconds": "float64", "recorded_breached": "boolean",
    "assumed": "boolean", "state": "str",
}  # fmt: skip
"""The columns of scored tickets and their dtypes."""
RECORDED = {
    "response_time": ("response_due_at", "response_breached"),
    "resolution_time": ("due_at", "breached"),
}
"""Where in a ticket the source names its due time and its own judgement of a metric."""


def score(
    tickets: pd.DataFrame,
    history: pd.DataFrame,
    agreements: Agreements,
    as_of: pd.Timestamp,
    timezone: str = "UTC",
) -> pd.DataFrame:
    """Answer, for every ticket and target, whether the promise was kept.

    Parameters
    ----------
    tickets : DataFrame
        Contract table `tickets`.
    history : DataFrame
        Contract table `status_history` with `to_time` filled in; may be empty.
    agreements : Agreements
        All versions; each ticket is judged by the one in force when it was opened.
    as_of : Timestamp
        The moment of the export, at which open tickets are judged.
    timezone : str
        In which tickets that no agreement covers are dated; the others are dated in that of
        their agreement.

    Returns
    -------
    DataFrame
        One row per ticket and target of its terms; a ticket that no agreement covers has one row
        with state ``no_target`` and no target. Columns: ids and terms; `goal` (as written),
        `goal_priority` (the priority that it is for, or ``default``), `goal_share`; `opened_on`,
        `counted_on` (local dates; the period is that of the latter, `count_by` names
        the time it was taken from); `started_at`, `stopped_at`, `due_at` (UTC);
        `elapsed_seconds` (business time until stop or `as_of`, without pauses),
        `paused_seconds`, `target_seconds`; `recorded_breached` (the source's own judgement);
        `assumed` (the stop is the closing); `state` (one of `STATES`).

    Raises
    ------
    InputError
        Where two agreements cover the same ticket.
    """
    tickets = tickets.set_index("ticket_id", drop=False)
    tickets = _with_history(tickets, history)
    version = agreements.in_force(tickets).to_numpy()
    scored = [_uncovered(tickets[version < 0], timezone)]
    for position in np.unique(version[version >= 0]):
        agreement = agreements.versions[position]
        covered = tickets[version == position]
        named = covered["service"].where(covered["service"].isin(list(agreement.services)), ALL)
        for service, own in covered.groupby(named):
            terms = agreement.services[str(service)]
            for target in (t for t in terms.targets if t.metric in TICKET_METRICS):
                priority = own["priority"].where(own["priority"].isin(list(target.goals)), DEFAULT)
                scored += [
                    _judge(part, history, terms, target, str(name), as_of).assign(
                        agreement=agreement.name, version=agreement.version
                    )
                    for name, part in own.groupby(priority)
                ]
    return pd.concat(scored, ignore_index=True).reindex(columns=list(SCORED)).astype(SCORED)


def undecided_at_export(scored: pd.DataFrame, tickets: pd.DataFrame) -> pd.Series:
    """Answer which scores could come out otherwise for a later export of the same tickets.

    Parameters
    ----------
    scored : DataFrame
        As `score` returns it.
    tickets : DataFrame
        The tickets that were scored.

    Returns
    -------
    Series of bool
        On the index of `scored`.
    """
    running = scored["stopped_at"].isna() & scored["target"].notna()
    still_open = tickets.loc[tickets["closed_at"].isna(), "ticket_id"]
    by_closing = scored["count_by"] == "closed"
    return running | (by_closing & is_among(scored["ticket_id"], still_open))


def _with_history(tickets: pd.DataFrame, history: pd.DataFrame) -> pd.DataFrame:
    """Take the priority at opening from history, and the status where the export has none."""
    by_ticket = history.sort_values("from_time", kind="stable").groupby("ticket_id")
    first, last = (
        known.reindex(tickets.index)
        for known in (by_ticket["priority"].first(), by_ticket["status"].last())
    )
    return tickets.assign(
        priority=first.fillna(tickets["priority"]), status=tickets["status"].fillna(last)
    )


def _uncovered(tickets: pd.DataFrame, timezone: str) -> pd.DataFrame:
    opened_on = local_dates(tickets["opened_at"], timezone)
    return tickets[["ticket_id", "business_unit", "service", "priority"]].assign(
        state="no_target", opened_on=opened_on, counted_on=opened_on, count_by="opened"
    )


def _judge(
    tickets: pd.DataFrame,
    history: pd.DataFrame,
    terms: ServiceTerms,
    target: Target,
    priority: str,
    as_of: pd.Timestamp,
) -> pd.DataFrame:
    """Score the tickets of one target whose priority has the same goal, or none."""
    calendar, goal = terms.calendar, target.goals.get(priority)
    due_column, flag_column = RECORDED[target.metric]
    clock = ticket_clock(tickets, history, terms, target)
    started, stopped = clock.times["started_at"], clock.times["stopped_at"]
    elapsed = calendar.elapsed(started, stopped.fillna(as_of), clock.pauses)
    scored = tickets[["ticket_id", "business_unit", "service", "priority"]].assign(
        target=target.name,
        metric=target.metric,
        goal_priority=priority,
        goal=goal.text if goal else None,
        goal_share=goal.share if goal else np.nan,
        target_seconds=goal.seconds if isinstance(goal, Within) else np.nan,
        started_at=started,
        stopped_at=stopped,
        due_at=pd.Series(pd.NaT, tickets.index, dtype=started.dtype),
        assumed=clock.times["assumed"],
        elapsed_seconds=elapsed,
        paused_seconds=calendar.elapsed(started, stopped.fillna(as_of)) - elapsed,
        recorded_breached=tickets[flag_column],
        opened_on=local_dates(tickets["opened_at"], calendar.timezone),
    )
    if goal is not None:
        # A pause still open ends with the ticket, or is taken to end at as_of: the earliest that
        # the due time can still be.
        ended = clock.pauses["key"].map(stopped).fillna(as_of)
        pauses = clock.pauses.assign(to_time=clock.pauses["to_time"].fillna(ended))
        scored["due_at"] = due_times(goal, started, calendar, pauses, tickets[due_column])
    scored["state"] = _states(scored, tickets, terms, target, goal, clock, as_of)
    return _with_period(scored, tickets, terms, as_of)


def _states(
    scored: pd.DataFrame,
    tickets: pd.DataFrame,
    terms: ServiceTerms,
    target: Target,
    goal: Goal | None,
    clock: TicketClock,
    as_of: pd.Timestamp,
) -> np.ndarray:
    """Return the one state of each ticket."""
    stopped = scored["stopped_at"].notna()
    finished = _finished(tickets, terms, target)
    if isinstance(goal, AsRecorded):
        # What is over was judged, also where the source does not say when it ended.
        stopped |= finished
        late = scored["recorded_breached"].fillna(False).astype(bool)
        no_target = pd.Series(False, scored.index)
        missing = scored["recorded_breached"].isna()
    else:
        if isinstance(goal, Within):
            late = scored["elapsed_seconds"] > goal.seconds
        else:
            late = scored["stopped_at"].fillna(as_of) > scored["due_at"]
        no_target = scored["due_at"].isna()
        backwards = scored["stopped_at"] < scored["started_at"]
        missing = backwards | (~stopped & finished)
    return np.select(
        [
            is_any(tickets["status"], terms.excluded),
            no_target,
            missing,
            late & stopped,
            late,
            stopped,
            clock.paused_now,
        ],
        [
            "excluded",
            "no_target",
            "missing_data",
            "breached_closed",
            "breached_open",
            "met",
            "paused",
        ],
        default="running",
    )


def _finished(tickets: pd.DataFrame, terms: ServiceTerms, target: Target) -> pd.Series:
    """Whether a ticket is over, so that a target without a stop lacks data and runs no more."""
    finished = is_any(tickets["status"], terms.resolved_on)
    if target.metric == "response_time":
        finished |= tickets["resolved_at"].notna() | tickets["closed_at"].notna()
    return finished


def _with_period(
    scored: pd.DataFrame, tickets: pd.DataFrame, terms: ServiceTerms, as_of: pd.Timestamp
) -> pd.DataFrame:
    """Add the local date that says to which period a ticket belongs."""
    counted_at = {
        "due": scored["due_at"],
        "opened": tickets["opened_at"],
        # What is still open at the export belongs to the period then running.
        "resolved": scored["stopped_at"].fillna(as_of),
        "closed": tickets["closed_at"].fillna(as_of),
    }[terms.count_by]
    known = counted_at.notna()
    counted_on = local_dates(counted_at.fillna(tickets["opened_at"]), terms.calendar.timezone)
    return scored.assign(counted_on=counted_on, count_by=np.where(known, terms.count_by, "opened"))
