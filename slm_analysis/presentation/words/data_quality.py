"""What to say about rows that were rejected and values that were assumed."""

from __future__ import annotations

from collections.abc import Iterable

from slm_analysis.dataset.data_quality import DataQuality

REASONS = {
    "too_many_fields": "too many fields",
    "unknown_ticket": "of a ticket that is not among those used",
    "cancelled_target": "of a target that the source took back",
    "unknown_business_unit": "of a business unit without tickets",
    "event_after_as_of": "an event after the export",
    "ends_before_start": "an end before its start",
    "out_of_scale": "a score off its scale",
}
NOTES = {
    "date_format_settled": "{column} read as {date_format}, the only format that fits every value",
    "repeated_hour": "{n:,} with {column} in an hour that stands twice when clocks go back, taken "
    "as the first",
    "skipped_hour": "{n:,} with {column} in an hour that the clocks skip, taken as its end",
    "encoding_settled": "read as {encoding}, which its bytes look like most",
    "cut_short": "{n:,} with fewer fields than the header; the others count as empty",
    "defaulted": "{n:,} without {column}, kept under {label!r}",
    "unreadable": "{n:,} with a {column} that cannot be read and counts as missing",
    "taken_from_ticket": "{n:,} with {column} taken from their ticket",
    "due_at_before_opening": "{n:,} due before the opening",
    "response_due_at_before_opening": "{n:,} with a response due before the opening",
    "first_response_at_before_opening": "{n:,} with a first response before the opening",
    "resolved_at_before_opening": "{n:,} resolved before the opening",
    "closed_at_before_opening": "{n:,} closed before the opening",
    "closed_in_opening_second": "{n:,} closed in the second of their opening",
}
"""Worded so that one row and many read well."""


def rejections(quality: DataQuality) -> str:
    """Return ``tickets: 135 without opened_at, 2 with a repeated ticket_id; surveys: …``."""
    return _by_table(
        (str(row.table), f"{row.n:,} {reason(str(row.reason))}")
        for row in quality.rejections.itertuples()
    )


def reason(code: str) -> str:
    """Return a reason code in words."""
    for prefix, words in (
        ("missing_", "without"),
        ("repeated_", "with a repeated"),
        ("unreadable_", "with an unreadable"),
    ):
        if code.startswith(prefix):
            return f"{words} {code.removeprefix(prefix)}"
    return f"with {REASONS[code]}" if not REASONS[code].startswith("of ") else REASONS[code]


def quality_notes(quality: DataQuality) -> str:
    """Return what was assumed or odd: ``tickets: 2 without service, kept under 'Other'; …``."""
    return _by_table(
        (str(note.values["table"]), NOTES[note.code].format(**note.values))
        for note in quality.notes
    )


def _by_table(told: Iterable[tuple[str, str]]) -> str:
    """Return what is told of each table, the table named once."""
    tables: dict[str, list[str]] = {}
    for table, words in told:
        tables.setdefault(table, []).append(words)
    return "; ".join(f"{table}: {', '.join(words)}" for table, words in tables.items())
