"""What happened to each ticket up to the export: statuses, hand-overs, pauses, reopenings."""

from __future__ import annotations

import numpy as np
import pandas as pd

from slm_analysis.sample.centre import AS_OF, HOUR, SERVICES, TIMEZONE, UNITS, office_calendar
from slm_analysis.sample.shared import draw, trait

HANDED_OVER, RETURNED = 0.08, 0.75
PAUSED, PAUSE_HOURS, PAUSE_SD = 0.15, 6.0, 0.8
REOPENED, REOPENED_AFTER_HOURS = 0.025, (2.0, 20.0)
CLOSED_AFTER_HOURS = (4.0, 24.0)
WITHDRAWN = {"Cancelled": 0.011, "Duplicate": 0.004}
CHECKED, CHECKED_AFTER_DAYS = 0.9, (5, 35)
"""Share of invoices and claims looked through for errors, and when after their resolution."""
WITH_CHECK = ("Invoice posting", "Travel reimbursement")


def status_history(tickets: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return what happened to each ticket up to the export, one row per status or hand-over.

    `ticket` (row label), `ticket_id`, `status`, `from_time`, `to_time`, `assignment_group`,
    `priority`.
    """
    history = _events(tickets, rng)
    opened_at = history["ticket"].map(tickets["opened_at"])
    from_time = office_calendar().due(opened_at, history["at"]).dt.floor("min")
    history = history.assign(
        ticket_id=history["ticket"].map(tickets["ticket_id"]),
        from_time=from_time.dt.tz_convert(TIMEZONE),
        assignment_group=history.groupby("ticket")["assignment_group"].ffill(),
    )
    withdrawn = history["status"].isin(set(WITHDRAWN))
    too_late = withdrawn.groupby(history["ticket"]).cumsum() > withdrawn
    history = history[~too_late & (history["from_time"] <= AS_OF)]
    return history.assign(to_time=history.groupby("ticket")["from_time"].shift(-1))


def _events(tickets: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return all events of each ticket in order, `at` so many working seconds after its opening.

    Events of the work are placed by the time worked; a wait for the requester, or between a
    resolution and a reopening, moves all that follows.
    """
    n, service = len(tickets), tickets["service"]
    response, taken = tickets["response"], tickets["taken"]

    def while_worked_on() -> pd.Series:
        return response + rng.random(n) * (taken - response)

    handed_over = rng.random(n) < HANDED_OVER
    handed_over_at = while_worked_on()
    returned = handed_over & (rng.random(n) < RETURNED)
    returned_at = handed_over_at + rng.random(n) * (taken - handed_over_at)
    waits = trait(service, SERVICES, "waits")
    paused = waits & (rng.random(n) < PAUSED)
    paused_at = while_worked_on().where(paused, np.inf)
    pause = HOUR * PAUSE_HOURS * rng.lognormal(0, PAUSE_SD, n)
    # A due date does not wait for a reopening, so a reopened payment would often be late.
    reopened = waits & (rng.random(n) < REOPENED)
    reopened_at = while_worked_on().where(reopened, np.inf)
    until_reopened = HOUR * rng.uniform(*REOPENED_AFTER_HOURS, n)
    withdrawn = pd.Series(draw({"": 1 - sum(WITHDRAWN.values())} | WITHDRAWN, n, rng))
    closed_after = HOUR * rng.uniform(*CLOSED_AFTER_HOURS, n)

    def reached(worked: pd.Series) -> pd.Series:
        waited = pause * (worked > paused_at) + until_reopened * (worked > reopened_at)
        return worked + waited

    everyone = pd.Series(True, tickets.index)
    group, specialist = tickets["group_at_opening"], trait(service, SERVICES, "specialist")
    events = [
        (everyone, 0 * taken, "New", group),
        (everyone, response, "In progress", group),
        (handed_over, reached(handed_over_at), "In progress", specialist),
        (returned, reached(returned_at), "In progress", group),
        (paused, reached(paused_at), "Awaiting requester", None),
        (paused, reached(paused_at) + pause, "In progress", None),
        (reopened, reached(reopened_at), "Resolved", None),
        (reopened, reached(reopened_at) + until_reopened, "In progress", None),
        (withdrawn != "", reached(while_worked_on()), withdrawn, None),
        (everyone, reached(taken), "Resolved", None),
        (everyone, reached(taken) + closed_after, "Closed", None),
    ]
    history = pd.concat(
        pd.DataFrame(
            {"at": at, "status": status, "assignment_group": team, "priority": tickets["priority"]}
        )[happens]
        for happens, at, status, team in events
    )
    is_new = history["status"] == "New"
    history["priority"] = history["priority"].mask(is_new, tickets["priority_at_opening"])
    history = history.rename_axis("ticket").reset_index()
    return history.sort_values(["ticket", "at"], kind="stable", ignore_index=True)


def outcome(tickets: pd.DataFrame, history: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return the tickets with what the export says of each, read off its history."""
    n, service = len(tickets), tickets["service"]
    at, status, ticket = history["from_time"], history["status"], history["ticket"]
    last = history.groupby("ticket").last()
    resolved_at = at[status == "Resolved"].groupby(ticket).max()
    resolved_at = resolved_at.reindex(tickets.index).where(
        last["status"].isin(["Resolved", "Closed"])
    )
    closed = last["status"].isin({"Closed", *WITHDRAWN})
    same_ticket = ticket == ticket.shift()
    reopenings = same_ticket & (status == "In progress") & (status.shift() == "Resolved")
    hand_overs = same_ticket & (history["assignment_group"] != history["assignment_group"].shift())
    wrong = trait(tickets["business_unit"], UNITS, "error") > rng.random(n)
    checked_at = resolved_at + pd.to_timedelta(rng.integers(*CHECKED_AFTER_DAYS, n), unit="D")
    checked = service.isin(WITH_CHECK) & (rng.random(n) < CHECKED) & (checked_at <= AS_OF)
    return tickets.assign(
        status=last["status"],
        priority=last["priority"],
        assignment_group=last["assignment_group"],
        first_response_at=at[status == "In progress"].groupby(ticket).min(),
        resolved_at=resolved_at,
        closed_at=last["from_time"].where(closed),
        due_at=tickets["due"].dt.tz_convert(TIMEZONE).where(service == "Payments"),
        reopen_count=reopenings.groupby(ticket).sum(),
        reassignment_count=hand_overs.groupby(ticket).sum(),
        error_found=wrong.map({True: "true", False: "false"}).where(checked),
    )
