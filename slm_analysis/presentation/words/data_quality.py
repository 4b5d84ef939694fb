"""What to say about rows that were rejected and values that were assumed."""

from __future__ import annotations

from slm_analysis.dataset.data_quality import DataQuality

REASONS = {
    "too_many_fields": "too many fields",
    "unknown_ticket": "of a ticket that is not among those used",
    "unknown_business_unit": "of a business unit without tickets",
    "event_after_as_of": "an event after the export",
    "ends_before_start": "an end before its start",
    "out_of_scale": "a score off its scale",
}
NOTES = {
    "date_format_settled": "{table}: {column} read as {date_format}, the only format that fits "
    "every value",
    "repeated_hour": "{table}: {n:,} times of {column} in an hour that stands twice when clocks "
    "go back, taken as the first",
    "skipped_hour": "{table}: {n:,} times of {column} in an hour that the clocks skip, taken as an "
    "hour later",
    "defaulted": "{table}: {n:,} rows without {column}, kept under {label!r}",
    "unreadable": "{table}: {n:,} values of {column} could not be read and count as missing",
    "taken_from_ticket": "{table}: {column} of {n:,} rows taken from their ticket",
    "due_at_before_opening": "{n:,} due times before the opening",
    "response_due_at_before_opening": "{n:,} response due times before the opening",
    "first_response_at_before_opening": "{n:,} first responses before the opening",
    "resolved_at_before_opening": "{n:,} resolutions before the opening",
    "closed_at_before_opening": "{n:,} closings before the opening",
    "closed_in_opening_second": "{n:,} tickets closed in their opening second",
}


def rejections(quality: DataQuality) -> str:
    """Return ``tickets: 135 without opened_at; …``."""
    return "; ".join(
        f"{row.table}: {row.n:,} {reason(str(row.reason))}"
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
    """Return what was assumed or odd."""
    return "; ".join(NOTES[note.code].format(**note.values) for note in quality.notes)
