"""What happened to tickets while the clock of a target ran, and how much of it was used up then."""

from __future__ import annotations

from typing import cast

import numpy as np
import pandas as pd

from slm_analysis.sla.agreements import ALL, Agreements
from slm_analysis.sla.business_time import BusinessCalendar
from slm_analysis.sla.ticket_clock import is_any, ticket_clock

PAUSED, DONE, REOPENED = "paused", "done", "reopened"
EVENT = ["ticket_id", "event", "at", "used"]


def clock_events(
    scored: pd.DataFrame, tickets: pd.DataFrame, history: pd.DataFrame, agreements: Agreements
) -> pd.DataFrame:
    """Answer when tickets were paused, done and reopened, in parts of the target's time used up.

    Parameters
    ----------
    scored : DataFrame
        Rows of one target, as `slm_analysis.sla.scoring.score` returns them.
    tickets, history : DataFrame
        Contract tables `tickets` and `status_history`, `to_time` filled in.
    agreements : Agreements
        Those by which the tickets were scored.

    Returns
    -------
    DataFrame
        One row per step of the status history that paused a ticket, resolved it, or followed on a
        resolution as work: `ticket_id`, `event` (`paused`, `done`, `reopened`), `at`, `used`
        (business time from the start until then, without pauses, in parts of the target; missing
        where the target is no length of time). Of the same event without any time on the clock
        between only the first is told.
    """
    versions = {(a.name, a.version): a for a in agreements.versions}
    tickets = tickets.set_index("ticket_id", drop=False)
    events = [pd.DataFrame(columns=EVENT)]
    known = scored[scored["ticket_id"].isin(history["ticket_id"])]
    for names, rows in known.groupby(["agreement", "version", "service", "target"]):
        name, version, service, target = map(str, cast("tuple[str, ...]", names))
        services = versions[name, version].services
        terms = services[service if service in services else ALL]
        promise = next(t for t in terms.targets if t.name == target)
        own = tickets.loc[rows["ticket_id"]]
        past = history[history["ticket_id"].isin(own.index)]
        past = past.sort_values(["ticket_id", "from_time"], kind="stable")
        clock = ticket_clock(own, past, terms, promise)
        steps = _events(past, promise.pauses_on, terms.resolved_on)
        seconds = _seconds(steps, clock.times["started_at"], clock.pauses, terms.calendar)
        target_seconds = rows.set_index("ticket_id")["target_seconds"].reindex(steps["ticket_id"])
        used = seconds / target_seconds.to_numpy()
        events.append(steps.assign(used=used).drop_duplicates(["ticket_id", "event", "used"]))
    return pd.concat(events[1:] or events, ignore_index=True).astype({"used": float})


def _events(
    past: pd.DataFrame, pausing: tuple[str, ...], resolving: tuple[str, ...]
) -> pd.DataFrame:
    """Return the steps of tickets in order that paused, resolved or reopened them."""
    done = is_any(past["status"], resolving)
    again = ~done & done.groupby(past["ticket_id"]).shift(fill_value=False)
    kinds = {PAUSED: is_any(past["status"], pausing), DONE: done, REOPENED: again}
    return pd.concat(
        [
            past.loc[rows, ["ticket_id", "from_time"]].assign(event=event)
            for event, rows in kinds.items()
        ],
        ignore_index=True,
    ).rename(columns={"from_time": "at"})


def _seconds(
    at: pd.DataFrame, started: pd.Series, pauses: pd.DataFrame, calendar: BusinessCalendar
) -> pd.Series:
    """Return the business time of each event's ticket until then, without pauses."""
    if at.empty:
        return pd.Series(np.nan, at.index)
    # Every event of a ticket has all of its pauses.
    numbered = pd.DataFrame({"key": at["ticket_id"], "event": at.index})
    own = pauses.merge(numbered, on="key").drop(columns="key").rename(columns={"event": "key"})
    return calendar.elapsed(at["ticket_id"].map(started), at["at"], own)
