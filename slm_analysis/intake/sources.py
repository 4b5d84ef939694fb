"""Reads exports into contract tables: layout folded, columns mapped, values read, rows checked.

Rows go through in chunks and lie on disk between the steps, so that memory does not grow with the
exports: an export's text; then its values, in parts by the hash of the ticket, so that what names
the same ticket is checked together; then the accepted rows, in parts by the hash of the business
unit. What concerns a whole column, such as its date format, is settled over all chunks first.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd

from slm_analysis.errors import Fault, InputError
from slm_analysis.intake.contract import (
    TABLES,
    check,
    empty,
    reject,
)
from slm_analysis.intake.export_rows import DEFAULTED, Reading, read_rows
from slm_analysis.intake.findings import (
    CANCELLED,
    UNKNOWN,
    Findings,
)
from slm_analysis.intake.row_values import OF_TICKETS, UNREAD, read_values
from slm_analysis.intake.source_yaml import Sources
from slm_analysis.intake.spill import Spill, part_of, parts_for
from slm_analysis.intake.values import is_among
from slm_analysis.result import Note

CANCELLED_STAGES = ("cancelled", "canceled")
"""The stage of a recorded target that was taken back."""
OF_TICKETS_ONLY = ("recorded_targets", "status_history")
"""Tables whose rows belong to the unit of their ticket."""


@dataclass(frozen=True)
class Loaded:
    """One contract table, checked, on disk, with what must be told about its source.

    Attributes
    ----------
    table : str
    origin, sha256, encoding : str
        The file, its hash and how it was decoded.
    rows_in_file : int
        Rows of the export; more than `read` where updates or events were folded.
    accepted : int
        Rows that can be used.
    notes : tuple of Note
        What was assumed, defaulted or odd.
    reasons : mapping
        Rows rejected for each reason.
    parts : int
        Parts that the units are spread over.
    """

    table: str
    origin: str
    sha256: str
    encoding: str
    rows_in_file: int
    accepted: int
    notes: tuple[Note, ...]
    reasons: Mapping[str, int]
    parts: int
    _rows: Spill = field(repr=False)
    _findings: Findings = field(repr=False)

    @property
    def read(self) -> int:
        """How many rows were read: accepted or rejected, each of them."""
        return self.accepted + sum(self.reasons.values())

    def part(self, number: int) -> pd.DataFrame:
        """Return the accepted rows of the units of one part, and those of all units."""
        return _in_order(self.table, self._rows.read(number, self.parts))

    def rejected(self) -> Iterator[pd.DataFrame]:
        """Yield the rejected rows: `source_row`, `reason`, `column`, `value`."""
        return self._findings.rejected()


def load_tables(sources: Sources, folder: Path) -> dict[str, Loaded]:
    """Return every contract table that `sources` names, in the order of the contract.

    Parameters
    ----------
    sources : Sources
    folder : Path
        Where rows are kept; what was returned reads from there.

    Raises
    ------
    InputError
        Listing the faults of all tables: files, columns, date formats.
    """
    readings: dict[str, Reading] = {}
    faults: list[Fault] = []
    for table in TABLES:
        if table in sources.tables:
            source = sources.tables[table]
            try:
                readings |= read_rows(source, folder / table)
            except InputError as e:
                faults += [replace(f, file=f.file or source.origin, key=f.key or table)
                           for f in e.faults]  # fmt: skip
    if faults:
        raise InputError(faults)
    parts = parts_for(sum(r.rows for name, r in readings.items() if name in OF_TICKETS))
    for reading in readings.values():
        read_values(reading, parts)
    tickets = _KnownTickets(Spill(folder / "known"))
    return {
        name: _checked(reading, tickets, sources.as_of, parts) for name, reading in readings.items()
    }


class _KnownTickets:
    """The accepted tickets: what other tables must know of them, in the same parts."""

    def __init__(self, spill: Spill) -> None:
        self._spill = spill
        self.units: set[str] = set()

    def add(self, tickets: pd.DataFrame, part: int) -> None:
        self._spill.add(tickets[["ticket_id", *DEFAULTED]], part)
        self.units |= set(tickets["business_unit"].unique())

    def done(self) -> None:
        self._spill.close()

    def of(self, part: int) -> pd.DataFrame:
        rows = self._spill.read(part)
        known = empty("tickets") if rows is None else rows
        return known.set_index("ticket_id")[list(DEFAULTED)]


def _checked(reading: Reading, tickets: _KnownTickets, as_of: pd.Timestamp, parts: int) -> Loaded:
    """Check all rows, and put those that can be used into parts by business unit."""
    table, findings = reading.table, reading.findings
    accepted = 0
    with Spill(reading.folder / "rows") as rows:
        for part in reading.values.parts():
            frame = reading.values.read(part)
            if frame is None:
                continue
            if table == "surveys":
                frame = _with_tickets(frame, tickets.of(part), findings)
            checked = check(table, frame[~frame[UNREAD]].drop(columns=UNREAD), as_of)
            findings.reject_checked(checked.found)
            good = checked.accepted
            if table == "tickets":
                tickets.add(good, part)
                owner = good["business_unit"]
            elif table in OF_TICKETS_ONLY:
                known = tickets.of(part)["business_unit"]
                good = _of_known(good, "ticket_id", known.index, "unknown_ticket", findings)
                good = _without_cancelled(good, findings)
                owner = known.reindex(good["ticket_id"]).set_axis(good.index)
            else:
                good = _of_known(
                    good, "business_unit", tickets.units, "unknown_business_unit", findings
                )
                owner = good["business_unit"]
            of_all = owner.isna().to_numpy()
            rows.add(good, np.where(of_all, parts, part_of(owner, parts)))
            accepted += len(good)
    if table == "tickets":
        tickets.done()
    findings.close()
    shutil.rmtree(reading.values.folder, ignore_errors=True)
    return Loaded(
        table,
        reading.export.origin,
        reading.export.sha256,
        reading.export.encoding,
        reading.rows_in_file,
        accepted,
        findings.notes,
        findings.reasons,
        parts,
        rows,
        findings,
    )


def _with_tickets(frame: pd.DataFrame, known: pd.DataFrame, findings: Findings) -> pd.DataFrame:
    """Take unit and service of an answer from its ticket where the survey does not say."""
    if "ticket_id" not in frame:
        return frame
    for name in DEFAULTED:
        linked = known[name].reindex(frame["ticket_id"]).set_axis(frame.index)
        own = frame[name] if name in frame else pd.Series(None, frame.index, dtype="str")
        taken = own.isna() & linked.notna()
        findings.count("taken_from_ticket", taken.sum(), column=name)
        frame = frame.assign(**{name: own.fillna(linked)})
    return frame


def _of_known(
    rows: pd.DataFrame, column: str, known: Iterable[str], reason: str, findings: Findings
) -> pd.DataFrame:
    """Reject the rows that name a ticket or unit which is not among the accepted tickets."""
    unknown = rows.loc[rows[column].notna() & ~is_among(rows[column], known), column]
    findings.reject(UNKNOWN, reject(unknown.index, reason, column, unknown))
    return rows.drop(index=unknown.index)


def _without_cancelled(rows: pd.DataFrame, findings: Findings) -> pd.DataFrame:
    """Reject recorded targets that the source itself took back."""
    if "stage" not in rows:
        return rows
    cancelled = rows.loc[rows["stage"].str.casefold().isin(CANCELLED_STAGES), "stage"]
    findings.reject(CANCELLED, reject(cancelled.index, "cancelled_target", "stage", cancelled))
    return rows.drop(index=cancelled.index)


def _in_order(table: str, rows: pd.DataFrame | None) -> pd.DataFrame:
    """Return rows in the order of the file; a status history by ticket and time, ends filled in."""
    if rows is None:
        return empty(table)
    rows = rows.sort_index()
    if table != "status_history":
        return rows
    rows = rows.sort_values(["ticket_id", "from_time"], kind="stable")
    following = rows.groupby("ticket_id")["from_time"].shift(-1)
    return rows.assign(to_time=rows["to_time"].fillna(following))
