"""Values read out of the text of rows, column by column, put into parts by ticket."""

from __future__ import annotations

import hashlib
import shutil

import pandas as pd

from slm_analysis.intake.contract import NOT_STATED, TABLES, reject
from slm_analysis.intake.export_rows import DEFAULTED, PICKED, Reading, chunks, written
from slm_analysis.intake.findings import UNREADABLE
from slm_analysis.intake.spill import part_of
from slm_analysis.intake.values import TIMES, parse

OF_TICKETS = ("tickets", "recorded_targets", "status_history", "surveys")
"""Tables that grow with the number of tickets; the others are small."""
UNREAD = " unread"
"""Whether something in a row could not be read, so that it is rejected."""


def read_values(reading: Reading, parts: int) -> None:
    """Read the values of all rows, and put them into parts by ticket."""
    of_tickets = reading.table in OF_TICKETS
    with reading.values as values:
        for text in chunks(reading.text):
            frame = _read_chunk(reading, text)
            if reading.table == "surveys":
                frame = _anonymous(frame, reading.export.sha256)
            ticket = frame.get("ticket_id", pd.Series(None, frame.index, dtype="str"))
            values.add(frame, part_of(ticket, parts) if of_tickets else 0)
    shutil.rmtree(reading.text.folder, ignore_errors=True)


def _read_chunk(reading: Reading, text: pd.DataFrame) -> pd.DataFrame:
    """Read the columns of one table; an unreadable time or required value rejects its row."""
    table, source, findings = reading.table, reading.source, reading.findings
    columns: dict[str, pd.Series] = {}
    unread = pd.Series(False, text.index)
    for at, column in enumerate(TABLES[table]):
        name, rule = column.name, reading.rules.get(column.name)
        defaulted = table == "tickets" and name in DEFAULTED
        if rule is None and not defaulted:
            continue
        told = written(name, rule, text).rename(name)
        label = (rule.default if rule else None) or (NOT_STATED if defaulted else None)
        if label is not None:
            findings.count("defaulted", told.isna().sum(), column=name, label=label)
            told = told.fillna(label)
        date_format = reading.formats.get(name)
        if name in reading.formats and date_format != source.date_format:
            findings.tell("date_format_settled", date_format=date_format, column=name)
        parsed = parse(told, column.kind, date_format, source.timezone)
        for code, n in parsed.assumed.items():
            findings.count(code, n, timezone=source.timezone, column=name)
        bad = parsed.unreadable
        if column.required or column.kind in TIMES:
            fresh = told[bad & ~unread]
            findings.reject(UNREADABLE + at, reject(fresh.index, f"unreadable_{name}", name, fresh))
            unread |= bad
        else:
            findings.count("unreadable", bad.sum(), column=name)
        columns[name] = parsed.series
    frame = pd.DataFrame(columns, index=text.index)
    if table == "tickets":
        frame = _with_drivers(frame, text, reading)
    return frame.assign(**{UNREAD: unread})


def _with_drivers(frame: pd.DataFrame, text: pd.DataFrame, reading: Reading) -> pd.DataFrame:
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
