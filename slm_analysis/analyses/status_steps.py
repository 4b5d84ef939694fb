"""A status history measured: one row per step of a ticket, with the business time it took."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd

WORKING, WAITING, PAUSED, DONE = "working", "waiting", "paused", "done"
UNRECORDED = "unrecorded"
ON_CLOCK = (WORKING, WAITING)
"""Time that counts; what is paused, done or not on record is told apart."""

FOREVER = np.iinfo(np.int64).max
"""The end of a step that is not stated."""


class Calendar(Protocol):
    """What measures business time, such as `slm_analysis.BusinessCalendar`."""

    def elapsed(self, start: pd.Series, end: pd.Series) -> pd.Series:
        """Return the business seconds between paired times."""


@dataclass(frozen=True)
class StatusSteps:
    """What a status history says of each ticket's time.

    Attributes
    ----------
    followed : array of int
        Positions of the tickets that have a history; only these are followed.
    steps : DataFrame
        Ordered by ticket and time: `ticket` (place in `followed`), `status`, `team`
        (categories), `kind`, `seconds` (business time).
    unrecorded : DataFrame
        One row per ticket: `ticket`, `seconds` that no step covers.
    """

    followed: np.ndarray
    steps: pd.DataFrame
    unrecorded: pd.DataFrame


def status_steps(
    history: pd.DataFrame,
    tickets: pd.DataFrame,
    calendar: Calendar,
    kinds: Mapping[str, Collection[str]],
) -> StatusSteps:
    """Answer how long each ticket stayed in each status, in business time.

    Parameters
    ----------
    history : DataFrame
        `ticket_id`, `status`, `from_time`; `to_time`, `assignment_group` where known.
    tickets : DataFrame
        `ticket_id`, `opened_at`, `until` (when it stopped, or is followed up to).
    calendar : Calendar
    kinds : mapping
        Kind of time to the statuses that are so; the other statuses are work.

    Notes
    -----
    A step lasts until its `to_time` or the ticket's next step, whichever comes first, and at most
    until the ticket stops, so that no time counts twice.
    """
    # The many rows name few tickets; a row that names none has the code -1, the last place.
    code, names = pd.factorize(history["ticket_id"])
    ticket = np.append(pd.Index(tickets["ticket_id"]).get_indexer(names), -1)[code]
    since = _microseconds(history["from_time"])
    opened, stopped = _microseconds(tickets["opened_at"]), _microseconds(tickets["until"])
    order = np.lexsort((since, ticket))
    order = order[np.searchsorted(ticket[order], 0) :]
    order = order[since[order] <= stopped[ticket[order]]]
    followed = np.flatnonzero(np.bincount(ticket[order], minlength=len(tickets)))
    opened, stopped = opened[followed], stopped[followed]
    ticket = np.searchsorted(followed, ticket[order])
    since = np.maximum(since[order], opened[ticket])

    until = stopped[ticket]
    goes_on = np.flatnonzero(ticket[1:] == ticket[:-1])
    until[goes_on] = np.minimum(until[goes_on], since[goes_on + 1])
    if "to_time" in history.columns:
        left = history["to_time"].iloc[order]
        stated = np.where(left.isna(), FOREVER, _microseconds(left))
        until = np.minimum(until, stated)

    status = history["status"].iloc[order].astype("category")
    team = history["assignment_group"].iloc[order] if "assignment_group" in history else None
    steps = pd.DataFrame(
        {
            "ticket": ticket,
            "status": status.array,
            "team": pd.Categorical([None] * len(order)) if team is None else pd.Categorical(team),
            "kind": _kinds(status, kinds),
            "seconds": _elapsed(calendar, since, np.maximum(until, since)),
        }
    )
    whole = _elapsed(calendar, opened, np.maximum(stopped, opened))
    covered = np.bincount(ticket, steps["seconds"], minlength=len(followed))
    unrecorded = {"ticket": np.arange(len(followed)), "seconds": np.maximum(whole - covered, 0.0)}
    return StatusSteps(followed, steps, pd.DataFrame(unrecorded))


def _kinds(status: pd.Series, kinds: Mapping[str, Collection[str]]) -> pd.Categorical:
    """Return the kind of each step's status, upper and lower case apart."""
    kind_of = {name.casefold(): kind for kind, names in kinds.items() for name in names}
    of_category = [kind_of.get(name.casefold(), WORKING) for name in status.cat.categories]
    codes, kinds_met = pd.factorize(np.array(of_category, dtype=object))
    return pd.Categorical.from_codes(codes[status.cat.codes], pd.Index(kinds_met))


def _microseconds(times: pd.Series) -> np.ndarray:
    return pd.DatetimeIndex(times).as_unit("us").asi8


def _elapsed(calendar: Calendar, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    since, until = (
        pd.Series(pd.DatetimeIndex(a.view("M8[us]")).tz_localize("UTC")) for a in (start, end)
    )
    return calendar.elapsed(since, until).to_numpy()
