"""The rows of an export as text: columns named by the contract, layout folded, formats settled.

Where an export tells updates or events, one row per ticket is made of them, and the same text is
read a second time as its status history.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pandas as pd

from slm_analysis.errors import Fault, InputError, nearest
from slm_analysis.intake.contract import TABLES, reject
from slm_analysis.intake.exports import Export, read_export
from slm_analysis.intake.findings import NAMELESS, OVERLONG, Findings
from slm_analysis.intake.source_yaml import Rule, SourceTable
from slm_analysis.intake.spill import Spill, part_of, parts_for
from slm_analysis.intake.values import TIMES, parse, parse_times, settled_format

DEFAULTED = ("business_unit", "service")
"""Columns of a ticket that get a label where the source has nothing."""
PICKED = " "
"""Begins the name of a column of picked event times; no column of an export begins so."""


@dataclass(frozen=True)
class Reading:
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


def read_rows(source: SourceTable, folder: Path) -> dict[str, Reading]:
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
    make = partial(Reading, source=source, export=export, rows=rows, rows_in_file=rows_in_file)
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
    for chunk in chunks(text, needed):
        told = written(name, rule, chunk).rename(name)
        yield told if rule.default is None else told.fillna(rule.default)


def written(name: str, rule: Rule | None, text: pd.DataFrame) -> pd.Series:
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


def chunks(text: Spill, columns: list[str] | None = None) -> Iterator[pd.DataFrame]:
    """Yield the text of all parts."""
    for part in text.parts():
        yield from text.chunks(part, columns)


def _folded(
    text: Spill, source: SourceTable, rules: Mapping[str, Rule], findings: Findings, rows: int
) -> Spill:
    """Return one row per ticket (its last in file order); rows without a ticket are rejected."""
    key = str(rules["ticket_id"].column)
    parts = parts_for(rows)
    with Spill(text.folder.with_name("by_ticket")) as by_ticket:
        for chunk in chunks(text):
            nameless = chunk.index[chunk[key].isna()]
            findings.reject(NAMELESS, reject(nameless, "missing_ticket_id", "ticket_id"))
            named = chunk.drop(index=nameless)
            by_ticket.add(named, part_of(named[key], parts))
    date_format = None
    if source.layout == "events":
        time = str(rules["time"].column)

        def times() -> Iterator[pd.Series]:
            return (chunk[time] for chunk in chunks(by_ticket, [time]))

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
