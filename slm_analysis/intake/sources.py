"""Reads exports into contract tables: layout folded, columns mapped, values read, rows checked.

Rows go through in chunks and lie on disk between the steps, so that memory does not grow with the
exports: an export's text; then its values, in parts by the hash of the ticket, so that what names
the same ticket is checked together; then the accepted rows, in parts by the hash of the business
unit. What concerns a whole column, such as its date format, is settled over all chunks first.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from slm_analysis.errors import Fault, InputError, nearest
from slm_analysis.intake.contract import (
    NOT_STATED,
    TABLES,
    check,
    empty,
    reject,
)
from slm_analysis.intake.exports import Export, read_export
from slm_analysis.intake.findings import (
    CANCELLED,
    NAMELESS,
    OVERLONG,
    UNKNOWN,
    UNREADABLE,
    Findings,
)
from slm_analysis.intake.source_yaml import Rule, Sources, SourceTable
from slm_analysis.intake.spill import Spill, part_of
from slm_analysis.intake.values import TIMES, is_among, parse, parse_times, settled_format
from slm_analysis.result import Note

DEFAULTED = ("business_unit", "service")
"""Columns of a ticket that get a label where the source has nothing."""
CANCELLED_STAGES = ("cancelled", "canceled")
"""The stage of a recorded target that was taken back."""
OF_TICKETS = ("tickets", "recorded_targets", "status_history", "surveys")
"""Tables that grow with the number of tickets; the others are small."""
OF_TICKETS_ONLY = ("recorded_targets", "status_history")
"""Tables whose rows belong to the unit of their ticket."""
PART_ROWS = 1 << 18
"""Rows of all tables that a part should hold."""
PICKED = " "
"""Begins the name of a column of picked event times; no column of an export begins so."""
UNREAD = " unread"
"""Whether something in a row could not be read, so that it is rejected."""


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
    readings: dict[str, _Reading] = {}
    faults: list[Fault] = []
    for table in TABLES:
        if table in sources.tables:
            source = sources.tables[table]
            try:
                readings |= _read(source, folder / table)
            except InputError as e:
                faults += [replace(f, file=f.file or source.origin, key=f.key or table)
                           for f in e.faults]  # fmt: skip
    if faults:
        raise InputError(faults)
    parts = _parts(sum(r.rows for name, r in readings.items() if name in OF_TICKETS))
    for reading in readings.values():
        _values(reading, parts)
    tickets = _KnownTickets(Spill(folder / "known"))
    return {
        name: _checked(reading, tickets, sources.as_of, parts) for name, reading in readings.items()
    }


def _parts(rows: int) -> int:
    return 1 + rows // PART_ROWS


@dataclass(frozen=True)
class _Reading:
    """One table on its way: the text of its rows on disk, and how that is read."""

    table: str
    source: SourceTable
    export: Export
    rows: int
    rows_in_file: int
    rules: Mapping[str, Rule]
    formats: Mapping[str, str | None]
    text: Spill
    folder: Path
    findings: Findings

    @property
    def values(self) -> Spill:
        """The values of all rows, in parts by ticket."""
        return Spill(self.folder / "values")


def _read(source: SourceTable, folder: Path) -> dict[str, _Reading]:
    """Read the text of an export, fold its layout, and settle its date formats."""
    export = read_export(source)
    findings = Findings(folder / "rejected")
    for given in export.notes:
        findings.tell(given.code, **given.values)
    rows = rows_in_file = 0
    rules: dict[str, Rule] = {}
    with Spill(folder / "text") as text:
        for chunk in export.chunks:
            rules = rules or _rules(source, chunk.text.columns)
            text.add(chunk.text)
            findings.count("cut_short", chunk.cut_short)
            findings.reject(OVERLONG, reject(list(chunk.overlong), "too_many_fields"))
            rows += len(chunk.text)
            rows_in_file += len(chunk.text) + len(chunk.overlong)
    make = partial(_Reading, source=source, export=export, rows=rows, rows_in_file=rows_in_file)
    folded = text if source.layout == "rows" else _folded(text, source, rules, findings, rows)
    readings = {
        source.table: make(
            table=source.table,
            rules=rules,
            formats=_formats(source.table, source, rules, folded),
            text=folded,
            folder=folder,
            findings=findings,
        )
    }
    if source.layout != "rows":
        history = _history_of(source, rules)
        readings["status_history"] = make(
            table="status_history",
            rules=history,
            formats=_formats("status_history", source, history, text),
            text=text,
            folder=folder / "history",
            findings=Findings(folder / "history" / "rejected"),
        )
    return readings


def _rules(source: SourceTable, columns: pd.Index) -> dict[str, Rule]:
    """Return the rule of each column; a source column named as in the contract needs none."""
    rules = {
        c.name: Rule(source.node, column=c.name) for c in TABLES[source.table] if c.name in columns
    } | {
        name: rule
        for name, rule in source.columns.items()
        if not rule.preset or rule.column is None or rule.column in columns
    }
    faults = [
        Fault(
            f"The column {rule.column!r} is not in {source.origin}.",
            nearest(str(rule.column), columns),
            rule.node.file,
            rule.node.line,
            key=rule.node.path,
        )
        for rule in rules.values()
        if rule.column is not None and rule.column not in columns
    ]
    faults += [
        Fault(
            f"{source.origin} gives no column for {c.name!r}, which {source.table} needs.",
            _expected(source.columns.get(c.name)),
            source.node.file,
            source.node.line,
            key=source.table,
        )
        for c in TABLES[source.table]
        if c.required and c.name not in rules and not _can_be_filled(source.table, c.name, rules)
    ]
    if faults:
        raise InputError(faults)
    return rules


def _expected(rule: Rule | None) -> str:
    """Return how to give a column; a rule here is one of a profile that does not fit."""
    return f"Map it under 'columns'{f'; the profile expects {rule.column!r}' if rule else ''}."


def _can_be_filled(table: str, column: str, rules: Mapping[str, Rule]) -> bool:
    """Whether a required column has a label or a linked ticket to stand in for it."""
    linked = table == "surveys" and "ticket_id" in rules
    return column in DEFAULTED and (table == "tickets" or linked)


def _folded(
    text: Spill, source: SourceTable, rules: Mapping[str, Rule], findings: Findings, rows: int
) -> Spill:
    """Return one row per ticket (its last in file order); rows without a ticket are rejected."""
    key = str(rules["ticket_id"].column)
    parts = _parts(rows)
    with Spill(text.folder.with_name("by_ticket")) as by_ticket:
        for chunk in _chunks(text):
            nameless = chunk.index[chunk[key].isna()]
            findings.reject(NAMELESS, reject(nameless, "missing_ticket_id", "ticket_id"))
            named = chunk.drop(index=nameless)
            by_ticket.add(named, part_of(named[key], parts))
    date_format = None
    if source.layout == "events":
        time = str(rules["time"].column)

        def times() -> Iterator[pd.Series]:
            return (chunk[time] for chunk in _chunks(by_ticket, [time]))

        date_format = settled_format(times, source.date_format, source.timezone)
    with Spill(text.folder.with_name("folded")) as folded:
        for part in by_ticket.parts():
            own = by_ticket.read(part)
            if own is not None:
                last = own[~own[key].duplicated(keep="last")]
                if source.layout == "events":
                    last = last.assign(**_picked_times(own, key, source, rules, date_format))
                folded.add(last)
    shutil.rmtree(by_ticket.folder, ignore_errors=True)
    return folded


def _chunks(text: Spill, columns: list[str] | None = None) -> Iterator[pd.DataFrame]:
    """Yield the text of all parts."""
    for part in text.parts():
        yield from text.chunks(part, columns)


def _picked_times(
    rows: pd.DataFrame,
    key: str,
    source: SourceTable,
    rules: Mapping[str, Rule],
    date_format: str | None,
) -> dict[str, pd.Series]:
    """Return the times of the first or last event of an activity, for the rules that ask so."""
    time = str(rules["time"].column)
    when = parse_times(rows[time], date_format, source.timezone).series
    picked = {}
    for name, rule in rules.items():
        activity = rule.first or rule.last
        if activity is not None:
            own = when[rows[str(rules["activity"].column)] == activity]
            # One that cannot be read is taken only where there is no other.
            own = own.sort_values(
                ascending=rule.first is not None, kind="stable", na_position="last"
            )
            chosen = rows.loc[own.index].drop_duplicates(key).set_index(key)[time]
            picked[_picked(name)] = rows[key].map(chosen).astype("str")
    return picked


def _picked(name: str) -> str:
    """Return the column that holds the picked event time of a contract column."""
    return f"{PICKED}{name}"


def _history_of(source: SourceTable, rules: Mapping[str, Rule]) -> dict[str, Rule]:
    """Return the rules that read the status history out of updates or events."""
    status, from_time = (
        ("activity", "time") if source.layout == "events" else ("status", "updated_at")
    )
    history = {"ticket_id": rules["ticket_id"], "from_time": rules[from_time]}
    if status in rules:
        history["status"] = rules[status]
    return history | {
        name: rules[name] for name in ("assignment_group", "priority") if name in rules
    }


def _formats(
    table: str, source: SourceTable, rules: Mapping[str, Rule], text: Spill
) -> dict[str, str | None]:
    """Return the date format of each column of times, settled over all rows."""
    formats = {}
    for column in TABLES[table]:
        rule = rules.get(column.name)
        if rule is not None and column.kind in TIMES:
            formats[column.name] = settled_format(
                partial(_written_in, text, column.name, rule),
                source.date_format,
                source.timezone,
            )
    return formats


def _written_in(text: Spill, name: str, rule: Rule) -> Iterator[pd.Series]:
    """Yield the texts of one contract column."""
    needed = [rule.column] if rule.column else [] if rule.const is not None else [_picked(name)]
    for chunk in _chunks(text, needed):
        written = _text_of(name, rule, chunk).rename(name)
        yield written if rule.default is None else written.fillna(rule.default)


def _values(reading: _Reading, parts: int) -> None:
    """Read the values of all rows, and put them into parts by ticket."""
    of_tickets = reading.table in OF_TICKETS
    with reading.values as values:
        for text in _chunks(reading.text):
            frame = _read_values(reading, text)
            if reading.table == "surveys":
                frame = _anonymous(frame, reading.export.sha256)
            ticket = frame.get("ticket_id", pd.Series(None, frame.index, dtype="str"))
            values.add(frame, part_of(ticket, parts) if of_tickets else 0)
    shutil.rmtree(reading.text.folder, ignore_errors=True)


def _read_values(reading: _Reading, text: pd.DataFrame) -> pd.DataFrame:
    """Read the columns of one table; an unreadable time or required value rejects its row."""
    table, source, findings = reading.table, reading.source, reading.findings
    columns: dict[str, pd.Series] = {}
    unread = pd.Series(False, text.index)
    for at, column in enumerate(TABLES[table]):
        name, rule = column.name, reading.rules.get(column.name)
        defaulted = table == "tickets" and name in DEFAULTED
        if rule is None and not defaulted:
            continue
        written = _text_of(name, rule, text).rename(name)
        label = (rule.default if rule else None) or (NOT_STATED if defaulted else None)
        if label is not None:
            findings.count("defaulted", written.isna().sum(), column=name, label=label)
            written = written.fillna(label)
        date_format = reading.formats.get(name)
        if name in reading.formats and date_format != source.date_format:
            findings.tell("date_format_settled", date_format=date_format, column=name)
        parsed = parse(written, column.kind, date_format, source.timezone)
        for code, n in parsed.assumed.items():
            findings.count(code, n, timezone=source.timezone, column=name)
        bad = parsed.unreadable
        if column.required or column.kind in TIMES:
            fresh = written[bad & ~unread]
            findings.reject(UNREADABLE + at, reject(fresh.index, f"unreadable_{name}", name, fresh))
            unread |= bad
        else:
            findings.count("unreadable", bad.sum(), column=name)
        columns[name] = parsed.series
    frame = pd.DataFrame(columns, index=text.index)
    if table == "tickets":
        frame = _with_drivers(frame, text, reading)
    return frame.assign(**{UNREAD: unread})


def _text_of(name: str, rule: Rule | None, text: pd.DataFrame) -> pd.Series:
    """Return the text of one contract column."""
    if rule is None:
        return pd.Series(None, text.index, dtype="str")
    if rule.const is not None:
        return pd.Series(rule.const, text.index, dtype="str")
    if rule.column is None:
        return text[_picked(name)].astype("str")
    values = text[rule.column]
    if rule.words:
        values = values.map(rule.words).fillna(values)
    if rule.negated:
        flags = parse(values, "flag", None, "UTC").series
        values = (~flags).astype("str").where(flags.notna(), values)
    return values


def _with_drivers(frame: pd.DataFrame, text: pd.DataFrame, reading: _Reading) -> pd.DataFrame:
    """Keep the columns of a ticket that the contract does not name, and count oddities."""
    used = {rule.column for rule in reading.rules.values()}
    spare = [
        c for c in text.columns if c not in used and c not in frame and not c.startswith(PICKED)
    ]
    opened = frame["opened_at"]
    for name in ("due_at", "response_due_at", "first_response_at", "resolved_at", "closed_at"):
        if name in frame:
            reading.findings.count(f"{name}_before_opening", (frame[name] < opened).sum())
    if "closed_at" in frame:
        reading.findings.count("closed_in_opening_second", (frame["closed_at"] == opened).sum())
    return frame.join(text[spare])


def _anonymous(frame: pd.DataFrame, salt: str) -> pd.DataFrame:
    """Hash respondents with a key: who answered twice is known, who it was is not."""
    if "respondent_id" not in frame:
        return frame
    ids = frame["respondent_id"]
    key = salt.encode()[: hashlib.blake2b.MAX_KEY_SIZE]
    names = {
        name: hashlib.blake2b(str(name).encode(), key=key, digest_size=8).hexdigest()
        for name in ids.dropna().unique()
    }
    return frame.assign(respondent_id=ids.map(names).astype("str"))


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


def _checked(reading: _Reading, tickets: _KnownTickets, as_of: pd.Timestamp, parts: int) -> Loaded:
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
