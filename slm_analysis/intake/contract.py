"""The data contract: tables, columns, units, meaning, and what makes a row unusable.

Every row is accepted, or rejected with a reason; accepted + rejected = read, always.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

TIME = "datetime64[us, UTC]"
KINDS = {"text": "str", "time": TIME, "event": TIME, "number": "float64", "flag": "boolean"}
"""Kind of a column to its dtype. An `event` is a time that cannot lie after `as_of`."""
NOT_STATED = "(not stated)"


@dataclass(frozen=True)
class Column:
    """One column of the contract."""

    name: str
    kind: str
    meaning: str
    required: bool = False


def _columns(text: str) -> tuple[Column, ...]:
    """Read `name* kind meaning` lines; a star marks a required column."""
    parts = [line.split(maxsplit=2) for line in text.strip().splitlines()]
    return tuple(
        Column(name.rstrip("*"), kind, meaning, name.endswith("*")) for name, kind, meaning in parts
    )


TABLES: Mapping[str, tuple[Column, ...]] = {
    "tickets": _columns("""
        ticket_id*          text    identifies the ticket, once
        business_unit*      text    the customer of the service
        service*            text    the service as the agreement names it
        opened_at*          event   when the ticket was opened
        first_response_at   event   when the customer was first answered
        resolved_at         event   when it was (last) resolved
        closed_at           event   when it was closed
        status              text    its status at the export
        priority            text    its priority at the export
        ticket_type         text    incident, request, …
        channel             text    how it came in
        assignment_group    text    the team that has it at the export
        reopen_count        number  how often it was reopened
        reassignment_count  number  how often it was handed on
        error_found         flag    returned or corrected afterwards
        amount              number  the sum it is about, in the currency of the books
        response_due_at     time    when the source says the first answer is due
        response_breached   flag    the source's own judgement of the response
        due_at              time    when the source says the resolution is due
        breached            flag    the source's own judgement of the resolution
    """),
    "recorded_targets": _columns("""
        ticket_id*          text    the ticket
        metric*             text    what the system measured
        target_name         text    the system's name of the target
        due_at              time    when it was due
        breached            flag    the system's judgement
        elapsed_seconds     number  business time used, in seconds
        pause_seconds       number  paused time, in seconds
        remaining_seconds   number  business time left, in seconds; negative when breached
        stage               text    the stage that the system names
    """),
    "status_history": _columns("""
        ticket_id*          text    the ticket
        status*             text    the status entered
        from_time*          event   when it was entered
        to_time             event   when it was left; else the ticket's next from_time
        assignment_group    text    the team that had the ticket then
        priority            text    the priority then
    """),
    "surveys": _columns("""
        business_unit*      text    the unit of the respondent
        score*              number  the answer, on its scale
        scale_min*          number  the lowest answer possible
        scale_max*          number  the highest answer possible
        sent_at             event   when the question was sent
        responded_at*       event   when it was answered
        ticket_id           text    the ticket that it is about
        service             text    the service that it is about
        respondent_id       text    who answered; hashed at intake
        respondent_group    text    a group of respondents
        comment             text    free words
    """),
    "process_changes": _columns("""
        change_id*          text    identifies the change
        business_unit*      text    the unit in which it was made
        implemented_at*     time    when it took effect
        service             text    the service changed; blank means all
        full_effect_at      time    the end of its ramp
        description*        text    what was changed
        expected_effect     text    what it was meant to bring
    """),
    "actions": _columns("""
        action_id*          text    identifies the improvement action
        business_unit*      text    the unit it was agreed for
        owner               text    who sees to it
        due_on              time    when it should be done
        status*             text    open, done, late, …
        change_id           text    the process change it led to
        finding             text    the finding that it answers
    """),
    "outages": _columns("""
        service*            text    the service that was down
        started_at*         time    when it went down
        ended_at            time    when it was back; blank means still down
        planned             flag    agreed beforehand
        business_unit       text    the unit hit; blank means all
    """),
}
UNIQUE = {"tickets": "ticket_id", "process_changes": "change_id", "actions": "action_id"}
"""Tables in which a column may name a row only once; the first stands."""


RULES: Mapping[str, tuple[tuple[str, str, Callable[[pd.DataFrame], pd.Series]], ...]] = {
    "status_history": (
        ("ends_before_start", "to_time", lambda df: df["to_time"] < df["from_time"]),
    ),
    "outages": (("ends_before_start", "ended_at", lambda df: df["ended_at"] < df["started_at"]),),
    "surveys": (
        ("out_of_scale", "score", lambda df: df["score"] < df["scale_min"]),
        ("out_of_scale", "score", lambda df: df["score"] > df["scale_max"]),
    ),
}
"""Per table: the reason, the column that shows it, and what marks a bad row."""


@dataclass(frozen=True)
class Checked:
    """A table of the contract after the check.

    Attributes
    ----------
    accepted : DataFrame
        Rows in the dtypes of the contract, all its columns present.
    found : tuple of DataFrame
        What was rejected by each check, in the order of the checks: the same number of them for
        any rows of a table. One row per rejected row: `source_row`, `reason`, `column`, `value`.
    """

    accepted: pd.DataFrame
    found: tuple[pd.DataFrame, ...]

    @property
    def rejected(self) -> pd.DataFrame:
        """All rejected rows, each once."""
        return pd.concat(self.found, ignore_index=True)

    @property
    def read(self) -> int:
        """How many rows were read."""
        return len(self.accepted) + len(self.rejected)


REJECTED = ["source_row", "reason", "column", "value"]


def reject(
    source_row: pd.Index | pd.Series | list[int],
    reason: pd.Series | str | list[str],
    column: pd.Series | str | None = None,
    value: pd.Series | None = None,
) -> pd.DataFrame:
    """Return rejected rows in the shape of `Checked.rejected`."""
    rejected = pd.DataFrame(index=range(len(source_row)), columns=REJECTED, dtype="object")
    rejected["source_row"] = np.asarray(source_row, dtype=np.int64)
    for name, given in (("reason", reason), ("column", column), ("value", value)):
        rejected[name] = np.asarray(given, dtype=object)
    return rejected.astype({"value": "object"})


def empty(table: str) -> pd.DataFrame:
    """Return the table without rows."""
    return conform(table, pd.DataFrame())


def conform(table: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with every column of the contract, in order and dtype, then the others."""
    columns = {c.name: KINDS[c.kind] for c in TABLES[table]}
    others = [name for name in frame.columns if name not in columns]
    return frame.reindex(columns=[*columns, *others]).astype(columns)


def check(table: str, frame: pd.DataFrame, as_of: pd.Timestamp) -> Checked:
    """Sort the rows of a table into those that can be used and those that cannot, and why.

    Parameters
    ----------
    table : str
        A name of `TABLES`.
    frame : DataFrame
        Its columns in the contract's dtypes; the index holds the row numbers of the source.
    as_of : Timestamp
        The moment of the export; an event after it rejects the row.

    Returns
    -------
    Checked
        A row with several faults is rejected for the first: missing values, order in time, scale,
        an event after the export, repetition.
    """
    rows = conform(table, frame)
    found = []
    for reason, column, bad in _checks(table, as_of):
        faulty = bad(rows).to_numpy(bool)
        found.append(reject(rows.index[faulty], reason, column, rows.loc[faulty, column]))
        rows = rows[~faulty] if faulty.any() else rows
    return Checked(rows, tuple(found))


def _checks(
    table: str, as_of: pd.Timestamp
) -> Iterator[tuple[str, str, Callable[[pd.DataFrame], pd.Series]]]:
    """Yield the reason, the column that shows it, and what marks a bad row."""
    columns = TABLES[table]
    for name in (c.name for c in columns if c.required):
        yield f"missing_{name}", name, partial(_of_column, name, pd.Series.isna)
    yield from RULES.get(table, ())
    for name in (c.name for c in columns if c.kind == "event"):
        yield "event_after_as_of", name, partial(_of_column, name, lambda times: times > as_of)
    if table in UNIQUE:
        name = UNIQUE[table]
        yield f"repeated_{name}", name, partial(_of_column, name, pd.Series.duplicated)


def _of_column(name: str, bad: Callable[[pd.Series], pd.Series], rows: pd.DataFrame) -> pd.Series:
    return bad(rows[name])
