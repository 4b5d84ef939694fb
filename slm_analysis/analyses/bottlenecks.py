"""Where the time of tickets goes: by status, team, hand-off and loop, paused time apart."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from slm_analysis.analyses.status_steps import (
    DONE,
    PAUSED,
    UNRECORDED,
    WAITING,
    Calendar,
    StatusSteps,
    status_steps,
)
from slm_analysis.analyses.suppression import require_columns
from slm_analysis.analyses.ticket_paths import (
    Groups,
    grouped,
    handoffs,
    loops,
    moves,
    statuses,
    stops,
    teams,
    without_pauses,
)
from slm_analysis.analyses.time_shares import HOUR, MIN_TICKETS, time_shares
from slm_analysis.errors import Fault, InputError
from slm_analysis.result import Note, Result, note

WAITING_STATUSES = ("New", "To Do", "Queued", "Unassigned", "Assigned")
"""Statuses in which usual ticket systems hold a ticket that nobody has begun to work on."""
DONE_STATUSES = ("Resolved", "Closed")
TIMES = ("from_time", "to_time", "opened_at", "resolved_at", "closed_at")
NOTABLE = 0.01
"""Time without a status is mentioned from this share on."""

STATUS, TEAM, LOOP, HANDOFF = "status", "team", "loop", "handoff"
NAMES = {
    STATUS: ["status"],
    TEAM: ["team"],
    LOOP: ["via", "back_to"],
    HANDOFF: ["from_team", "to_team"],
}
FINDING = [
    "what", "name", "other", "times", "tickets", "visits", "hours", "share", "late_hours",
    "late_share", "late_share_low", "late_share_high", "kept_share", "difference",
    "difference_low", "difference_high",
]  # fmt: skip


@dataclass(frozen=True, eq=False, kw_only=True)
class Bottlenecks(Result):
    """Where the time of tickets goes.

    All frames have the columns of `slm_analysis.analyses.time_shares.time_shares`; those of time
    on the clock take their shares of it, the greatest share of late tickets' time first.

    Attributes
    ----------
    statuses : DataFrame
        Time on the clock by `status`, `kind` (`working` or `waiting`), with `visits`.
    teams : DataFrame
        The same by `team`; empty where no team is on record.
    handoffs : DataFrame
        Time on the clock with the receiving team, by `from_team`, `to_team`, `way` (`back` to a
        team that had the ticket before, else `onward`), with `visits` (hand-offs).
    loops : DataFrame
        Time on the clock from leaving a status until the ticket comes out of it again, the repeated
        visit included: by `back_to` (the status come back to), `via` (the first status on the
        way), with `visits` (loops). Pauses are not followed.
    kinds : DataFrame
        All business time by `kind`: `working`, `waiting`, `paused`, `done` (between a resolution
        and a reopening), `unrecorded`.
    paused : DataFrame
        The paused and done statuses, `status` and `kind`, as shares of all business time.
    stops, moves : DataFrame
        The process map, pauses left out. Statuses: `status`, `tickets`, `place` (mean number of
        visits before the first). Ways between them: `from_status`, `to_status`, `back` (to a
        status that the ticket had before), `moves`, `tickets`.
    findings : DataFrame
        Where late tickets spend more of their time than those in time by more than chance: the
        greatest difference of each `what` (`status`, `team`, `loop`, `handoff`), with `name`,
        `other` (the second name of a loop or hand-off), `times` (as great a share as in those in
        time; they are in its order) and the figures.
    tickets, late, kept : int
        Tickets followed, and those of them known to be late or in time.
    hours : float
        Their time on the clock.
    """

    statuses: pd.DataFrame = field(repr=False)
    teams: pd.DataFrame = field(repr=False)
    handoffs: pd.DataFrame = field(repr=False)
    loops: pd.DataFrame = field(repr=False)
    kinds: pd.DataFrame = field(repr=False)
    paused: pd.DataFrame = field(repr=False)
    stops: pd.DataFrame = field(repr=False)
    moves: pd.DataFrame = field(repr=False)
    findings: pd.DataFrame = field(repr=False)
    tickets: int
    late: int
    kept: int
    hours: float


def bottlenecks(
    status_history: pd.DataFrame,
    tickets: pd.DataFrame,
    calendar: Calendar,
    *,
    paused: Collection[str] = (),
    waiting: Collection[str] = WAITING_STATUSES,
    done: Collection[str] = DONE_STATUSES,
    as_of: pd.Timestamp | None = None,
) -> Bottlenecks:
    """Answer where the time of tickets goes, and where late tickets lose theirs.

    Parameters
    ----------
    status_history : DataFrame
        Contract table: `ticket_id`, `status`, `from_time`, where known `to_time` and
        `assignment_group`.
    tickets : DataFrame
        `ticket_id`, `opened_at`, `resolved_at` (missing: still open); where known `closed_at`,
        which stands in for a missing resolution, and `breached` (missing: not decided yet).
    calendar : Calendar
        What measures business time.
    paused : collection of str
        Statuses that stop the clock: waiting on the customer.
    waiting : collection of str
        Statuses in which nobody works on a ticket yet; all others are taken as work.
    done : collection of str
        Statuses of a ticket that is finished, unless it comes back.
    as_of : Timestamp, optional
        Until when open tickets are followed; by default the latest time on record.

    Returns
    -------
    Bottlenecks

    Raises
    ------
    InputError
        For a missing column, times without a zone, repeated tickets, or an outcome that is neither
        true nor false.

    Notes
    -----
    What late tickets gather on their way is a sign of where they are slow, not proof of a cause.
    """
    _check(status_history, tickets)
    ended = tickets["resolved_at"]
    if "closed_at" in tickets.columns:
        ended = ended.fillna(tickets["closed_at"])
    until = ended.fillna(_latest(status_history, tickets) if as_of is None else as_of)
    kinds = {WAITING: waiting, DONE: done, PAUSED: paused}
    measured = status_steps(status_history, tickets.assign(until=until), calendar, kinds)
    steps, followed = measured.steps, tickets.iloc[measured.followed]
    late = _outcome(followed)
    path = without_pauses(steps)
    total = np.bincount(path["ticket"], path["counted"], minlength=len(followed))
    whole = np.bincount(steps["ticket"], steps["seconds"], minlength=len(followed))
    whole = whole + measured.unrecorded["seconds"].to_numpy()
    by_status, by_team, by_handoff, by_loop = _shares(
        [statuses(path), teams(path), handoffs(path), loops(path)], total, late
    )
    by_kind, off_clock = _shares([_kinds(measured), _off_clock(steps)], whole, late)
    return Bottlenecks(
        statuses=by_status,
        teams=by_team,
        handoffs=by_handoff,
        loops=by_loop,
        kinds=by_kind,
        paused=off_clock,
        stops=stops(path),
        moves=moves(path),
        findings=_findings({STATUS: by_status, TEAM: by_team, LOOP: by_loop, HANDOFF: by_handoff}),
        tickets=len(followed),
        late=int((late == 1).sum()),
        kept=int((late == 0).sum()),
        hours=float(total.sum() / HOUR),
        notes=tuple(_notes(tickets, followed, ended, late, steps, by_kind)),
    )


def _check(history: pd.DataFrame, tickets: pd.DataFrame) -> None:
    require_columns(history, ["ticket_id", "status", "from_time"])
    require_columns(tickets, ["ticket_id", "opened_at", "resolved_at"])
    faults = [
        Fault("Times need a time zone.", "Use .dt.tz_localize(...) first.", column=column)
        for frame in (history, tickets)
        for column in TIMES
        if column in frame.columns and not isinstance(frame[column].dtype, pd.DatetimeTZDtype)
    ]
    repeated = tickets.loc[tickets["ticket_id"].duplicated(), "ticket_id"]
    if len(repeated):
        faults.append(
            Fault(
                "The ticket stands in more than one row.",
                "Keep one row per ticket.",
                column="ticket_id",
                value=repeated.iloc[0],
            )
        )
    if "breached" in tickets.columns:
        outcome = tickets["breached"].dropna()
        odd = outcome[~outcome.isin([True, False])]
        if len(odd):
            faults.append(
                Fault(
                    "The outcome is neither true nor false.",
                    "Convert it, with what is not decided yet as missing.",
                    column="breached",
                    value=odd.iloc[0],
                )
            )
    if faults:
        raise InputError(faults)


def _latest(history: pd.DataFrame, tickets: pd.DataFrame) -> pd.Timestamp:
    """Return the latest time on record."""
    times = [f[c].max() for f in (history, tickets) for c in TIMES if c in f.columns]
    return pd.Series(times).max()


def _outcome(tickets: pd.DataFrame) -> np.ndarray:
    """Return 1 for a late ticket, 0 for one in time, NaN where that is not known."""
    if "breached" not in tickets.columns:
        return np.full(len(tickets), np.nan)
    return tickets["breached"].astype("boolean").to_numpy(float, na_value=np.nan)


def _shares(every: Sequence[Groups], total: np.ndarray, late: np.ndarray) -> list[pd.DataFrame]:
    """Return the shares of each way to cut the time, all of them judged together."""
    sizes = [len(groups.names) for groups in every]
    first = np.cumsum([0, *sizes[:-1]])
    cells = pd.concat(
        [g.cells.assign(group=g.cells["group"] + at) for g, at in zip(every, first, strict=True)]
    )
    shares = time_shares(cells, total, late, sum(sizes))
    tables = []
    for groups, at, size in zip(every, first, sizes, strict=True):
        texts = groups.names.astype({c: "str" for c in groups.names.columns if c != "visits"})
        table = texts.join(shares[at : at + size].reset_index(drop=True))
        order = table["late_share"].fillna(table["share"]).sort_values(ascending=False)
        table = table.loc[order.index]
        tables.append(table[table["hours"] > 0].reset_index(drop=True))
    return tables


def _kinds(measured: StatusSteps) -> Groups:
    """Return all time by kind, with what no step covers."""
    steps = measured.steps[["ticket", "kind", "seconds"]].astype({"kind": "str"})
    every = pd.concat([steps, measured.unrecorded.assign(kind=UNRECORDED)], ignore_index=True)
    return grouped(every.rename(columns={"seconds": "counted"}), ["kind"])


def _off_clock(steps: pd.DataFrame) -> Groups:
    """Return the time of statuses in which the clock stands still."""
    still = steps[steps["kind"].isin((PAUSED, DONE))]
    return grouped(still.rename(columns={"seconds": "counted"}), ["status", "kind"])


def _findings(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the greatest difference of each kind where it is more than chance, sharpest first."""
    named = [
        table[table["finding"]]
        .nlargest(1, "difference")
        .rename(columns=dict(zip(NAMES[what], ("name", "other"), strict=False)))
        .assign(what=what)
        for what, table in tables.items()
    ]
    found = pd.concat(named, ignore_index=True)
    with np.errstate(divide="ignore"):
        found["times"] = found["late_share"].to_numpy() / found["kept_share"].to_numpy()
    found = found.reindex(columns=FINDING)
    return found.sort_values("times", ascending=False, kind="stable", ignore_index=True)


def _notes(
    tickets: pd.DataFrame,
    followed: pd.DataFrame,
    ended: pd.Series,
    late: np.ndarray,
    steps: pd.DataFrame,
    kinds: pd.DataFrame,
) -> Iterator[Note]:
    if len(followed) < len(tickets):
        left_out = len(tickets) - len(followed)
        yield note("not_followed", n=left_out, tickets=len(tickets))
    still_open = int(ended[followed.index].isna().sum())
    if still_open:
        yield note("followed_while_open", n=still_open)
    known = ~np.isnan(late)
    few = min((late == 1).sum(), (late == 0).sum())
    if not known.any():
        yield note("outcomes_unknown")
    elif few < MIN_TICKETS:
        yield note("too_few_to_compare", min_tickets=MIN_TICKETS)
    untouched = sorted(steps.loc[steps["kind"] == WAITING, "status"].unique().astype(str))
    if untouched:
        yield note("taken_as_waiting", statuses=", ".join(untouched))
    else:
        yield note("waiting_not_told")
    if steps["team"].isna().all():
        yield note("teams_unknown")
    gap = kinds.loc[kinds["kind"] == UNRECORDED, "share"].sum()
    if gap > NOTABLE:
        yield note("time_unrecorded", share=gap)
