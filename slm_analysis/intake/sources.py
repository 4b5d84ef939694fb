"""Reads exports into contract tables: layout folded, columns mapped, values read, rows checked."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace

import pandas as pd

from slm_analysis.errors import Fault, InputError, nearest
from slm_analysis.intake.contract import (
    NOT_STATED,
    TABLES,
    Checked,
    check,
    reject,
)
from slm_analysis.intake.exports import Export, read_export
from slm_analysis.intake.source_yaml import Rule, Sources, SourceTable
from slm_analysis.intake.values import parse, parse_times
from slm_analysis.result import Note, note

DEFAULTED = ("business_unit", "service")
"""Columns of a ticket that get a label where the source has nothing."""
CANCELLED = ("cancelled", "canceled")
"""The stage of a recorded target that was taken back."""


@dataclass(frozen=True)
class Loaded:
    """One contract table, checked, with what must be told about its source.

    Attributes
    ----------
    checked : Checked
    origin, sha256, encoding : str
        The file, its hash and how it was decoded.
    rows_in_file : int
        Rows of the export; more than `checked.read` where updates or events were folded.
    notes : tuple of Note
        What was assumed, defaulted or odd.
    """

    checked: Checked
    origin: str
    sha256: str
    encoding: str
    rows_in_file: int
    notes: tuple[Note, ...]

    @property
    def accepted(self) -> pd.DataFrame:
        """The rows that can be used."""
        return self.checked.accepted


def load_tables(sources: Sources) -> dict[str, Loaded]:
    """Return every contract table that `sources` names, in the order of the contract.

    Raises
    ------
    InputError
        Listing the faults of all tables: files, columns, date formats.
    """
    loaded: dict[str, Loaded] = {}
    faults: list[Fault] = []
    for table in TABLES:
        if table in sources.tables:
            source = sources.tables[table]
            try:
                loaded |= _load(source, sources.as_of, loaded.get("tickets"))
            except InputError as e:
                faults += [replace(f, file=f.file or source.origin, key=f.key or table)
                           for f in e.faults]  # fmt: skip
    if faults:
        raise InputError(faults)
    tickets = loaded["tickets"].accepted
    for column, reason, tables in (
        ("ticket_id", "unknown_ticket", ("status_history", "recorded_targets")),
        ("business_unit", "unknown_business_unit",
         ("surveys", "process_changes", "actions", "outages")),
    ):  # fmt: skip
        for table in tables:
            if table in loaded:
                loaded[table] = _of_known(loaded[table], column, tickets[column], reason)
    if "recorded_targets" in loaded:
        loaded["recorded_targets"] = _without_cancelled(loaded["recorded_targets"])
    if "status_history" in loaded:
        loaded["status_history"] = _with_to_time(loaded["status_history"])
    return loaded


def _load(source: SourceTable, as_of: pd.Timestamp, tickets: Loaded | None) -> dict[str, Loaded]:
    export = read_export(source)
    rules = _rules(source, export.text)
    rows, nameless = _fold(export.text, source, rules)
    rejected = pd.concat([reject(list(export.overlong), "too_many_fields"), nameless])
    values = _read_values(source.table, rows, rules, source)
    values = replace(values, notes=(*export.notes, *values.notes))
    if source.table == "tickets":
        values = _with_drivers(values, rows, rules)
    if source.table == "surveys":
        values = _with_tickets(_anonymous(values, export.sha256), tickets)
    loaded = {source.table: _checked(source.table, values, rejected, export, as_of)}
    if source.layout != "rows":
        values = _read_values("status_history", export.text, _history_of(source, rules), source)
        loaded["status_history"] = _checked("status_history", values, reject([], ""), export, as_of)
    return loaded


def _rules(source: SourceTable, text: pd.DataFrame) -> dict[str, Rule]:
    """Return the rule of each column; a source column named as in the contract needs none."""
    rules = {
        c.name: Rule(source.node, column=c.name)
        for c in TABLES[source.table]
        if c.name in text.columns
    } | {
        name: rule
        for name, rule in source.columns.items()
        if not rule.preset or rule.column is None or rule.column in text.columns
    }
    faults = [
        Fault(
            f"The column {rule.column!r} is not in {source.origin}.",
            nearest(str(rule.column), text.columns),
            rule.node.file,
            rule.node.line,
            key=rule.node.path,
        )
        for rule in rules.values()
        if rule.column is not None and rule.column not in text.columns
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


def _fold(
    text: pd.DataFrame, source: SourceTable, rules: Mapping[str, Rule]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return one row per ticket (its last in file order), and rejected rows without a ticket."""
    if source.layout == "rows":
        return text, reject([], "")
    key = str(rules["ticket_id"].column)
    nameless = text.index[text[key].isna()]
    rows = text.drop(index=nameless)
    last = rows[~rows[key].duplicated(keep="last")]
    if source.layout == "events":
        last = last.assign(**_picked_times(rows, key, source, rules))
    return last, reject(nameless, "missing_ticket_id", "ticket_id")


def _picked_times(
    rows: pd.DataFrame, key: str, source: SourceTable, rules: Mapping[str, Rule]
) -> dict[str, pd.Series]:
    """Return the times of the first or last event of an activity, for the rules that ask so."""
    time = str(rules["time"].column)
    when = parse_times(rows[time], source.date_format, source.timezone).series
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
            picked[_picked(name)] = rows[key].map(chosen)
    return picked


def _picked(name: str) -> str:
    """Return the column that holds the picked event time of a contract column."""
    return f"\0{name}"


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


@dataclass(frozen=True)
class _Values:
    """The columns of one table in their dtypes, what could not be read, what was assumed."""

    frame: pd.DataFrame
    unreadable: pd.DataFrame
    notes: tuple[Note, ...]


def _read_values(
    table: str, text: pd.DataFrame, rules: Mapping[str, Rule], source: SourceTable
) -> _Values:
    """Read the columns of one table; an unreadable time or required value rejects its row."""
    columns: dict[str, pd.Series] = {}
    rejections = [reject([], "")]
    notes: list[Note] = []
    for column in TABLES[table]:
        name, rule = column.name, rules.get(column.name)
        defaulted = table == "tickets" and name in DEFAULTED
        if rule is None and not defaulted:
            continue
        written = _text_of(name, rule, text).rename(name)
        label = (rule.default if rule else None) or (NOT_STATED if defaulted else None)
        lacking = int(written.isna().sum())
        if label is not None and lacking:
            written = written.fillna(label)
            notes.append(note("defaulted", column=name, label=label, n=lacking))
        parsed = parse(written, column.kind, source.date_format, source.timezone)
        notes += parsed.notes
        bad = written[parsed.unreadable]
        if len(bad) and (column.required or column.kind in {"time", "event"}):
            rejections.append(reject(bad.index, f"unreadable_{name}", name, bad))
        elif len(bad):
            notes.append(note("unreadable", column=name, n=len(bad)))
        columns[name] = parsed.series
    return _Values(
        pd.DataFrame(columns, index=text.index),
        pd.concat(rejections).drop_duplicates("source_row"),
        tuple(notes),
    )


def _checked(
    table: str, values: _Values, rejected: pd.DataFrame, export: Export, as_of: pd.Timestamp
) -> Loaded:
    readable = ~values.frame.index.isin(values.unreadable["source_row"])
    checked = check(table, values.frame[readable], as_of)
    all_rejected = pd.concat([rejected, values.unreadable, checked.rejected], ignore_index=True)
    return Loaded(
        Checked(checked.accepted, all_rejected),
        export.origin,
        export.sha256,
        export.encoding,
        len(export.text) + len(export.overlong),
        values.notes,
    )


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


def _with_drivers(values: _Values, text: pd.DataFrame, rules: Mapping[str, Rule]) -> _Values:
    """Keep the columns of a ticket that the contract does not name, and count oddities."""
    frame = values.frame
    used = {rule.column for rule in rules.values()}
    spare = [c for c in text.columns if c not in used and c not in frame and not c.startswith("\0")]
    opened = frame["opened_at"]
    odd = {
        f"{name}_before_opening": (frame[name] < opened).sum()
        for name in ("due_at", "response_due_at", "first_response_at", "resolved_at", "closed_at")
        if name in frame
    }
    if "closed_at" in frame:
        odd["closed_in_opening_second"] = (frame["closed_at"] == opened).sum()
    notes = [note(code, n=int(n)) for code, n in odd.items() if n]
    return replace(values, frame=frame.join(text[spare]), notes=(*values.notes, *notes))


def _anonymous(values: _Values, salt: str) -> _Values:
    """Hash respondents with a key: who answered twice is known, who it was is not."""
    if "respondent_id" not in values.frame:
        return values
    ids = values.frame["respondent_id"]
    key = salt.encode()[: hashlib.blake2b.MAX_KEY_SIZE]
    names = {
        name: hashlib.blake2b(str(name).encode(), key=key, digest_size=8).hexdigest()
        for name in ids.dropna().unique()
    }
    return replace(values, frame=values.frame.assign(respondent_id=ids.map(names)))


def _with_tickets(values: _Values, tickets: Loaded | None) -> _Values:
    """Take unit and service of an answer from its ticket where the survey does not say."""
    frame = values.frame
    if tickets is None or "ticket_id" not in frame:
        return values
    known = tickets.accepted.set_index("ticket_id")
    notes = []
    for name in ("business_unit", "service"):
        linked = known[name].reindex(frame["ticket_id"]).set_axis(frame.index)
        own = frame[name] if name in frame else pd.Series(None, frame.index, dtype="str")
        taken = int((own.isna() & linked.notna()).sum())
        frame = frame.assign(**{name: own.fillna(linked)})
        if taken:
            notes.append(note("taken_from_ticket", column=name, n=taken))
    return replace(values, frame=frame, notes=(*values.notes, *notes))


def _of_known(loaded: Loaded, column: str, known: pd.Series, reason: str) -> Loaded:
    """Reject the rows that name a ticket or unit which is not among the accepted tickets."""
    rows = loaded.accepted
    unknown = rows.loc[rows[column].notna() & ~rows[column].isin(known), column]
    rejected = reject(unknown.index, reason, column, unknown)
    return _recheck(loaded, rows.drop(index=unknown.index), rejected)


def _without_cancelled(loaded: Loaded) -> Loaded:
    """Reject recorded targets that the source itself took back."""
    rows = loaded.accepted
    cancelled = rows.loc[rows["stage"].str.casefold().isin(CANCELLED), "stage"]
    rejected = reject(cancelled.index, "cancelled_target", "stage", cancelled)
    return _recheck(loaded, rows.drop(index=cancelled.index), rejected)


def _with_to_time(loaded: Loaded) -> Loaded:
    """Fill the end of each status with the beginning of the ticket's next one."""
    history = loaded.accepted.sort_values(["ticket_id", "from_time"], kind="stable")
    following = history.groupby("ticket_id")["from_time"].shift(-1)
    history["to_time"] = history["to_time"].fillna(following)
    return _recheck(loaded, history, reject([], ""))


def _recheck(loaded: Loaded, accepted: pd.DataFrame, rejected: pd.DataFrame) -> Loaded:
    both = pd.concat([loaded.checked.rejected, rejected], ignore_index=True)
    return replace(loaded, checked=Checked(accepted, both))
