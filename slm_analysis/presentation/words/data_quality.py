"""What to say about rows that were rejected and values that were assumed."""

from __future__ import annotations

from collections.abc import Iterable

from slm_analysis.dataset.data_quality import DataQuality
from slm_analysis.presentation.language import N_, _
from slm_analysis.presentation.numbers import count, in_phrases, itemised
from slm_analysis.result import Note

UNIT = "business_unit"

REASONS = {
    "too_many_fields": N_("with too many fields"),
    "unknown_ticket": N_("of a ticket that is not among those used"),
    "cancelled_target": N_("of a target that the source took back"),
    "unknown_business_unit": N_("of a business unit without tickets"),
    "event_after_as_of": N_("with an event after the export"),
    "ends_before_start": N_("with an end before its start"),
    "out_of_scale": N_("with a score off its scale"),
}
REASONS_OF_COLUMN = {
    "missing_": N_("without {column}"),
    "repeated_": N_("with a repeated {column}"),
    "unreadable_": N_("with an unreadable {column}"),
}
"""Reasons that name a column, by how their code begins."""
NOTES = {
    "date_format_settled": N_(
        "{column} read as {date_format}, the only format that fits every value"
    ),
    "repeated_hour": N_(
        "{n:,} with {column} in an hour that stands twice when clocks go back, taken as the first"
    ),
    "skipped_hour": N_("{n:,} with {column} in an hour that the clocks skip, taken as its end"),
    "encoding_settled": N_("read as {encoding}, which its bytes look like most"),
    "cut_short": N_("{n:,} with fewer fields than the header; the others count as empty"),
    "defaulted": N_("{n:,} without {column}, kept under {label!r}"),
    "unreadable": N_("{n:,} with a {column} that cannot be read and counts as missing"),
    "taken_from_ticket": N_("{n:,} with {column} taken from their ticket"),
    "due_at_before_opening": N_("{n:,} due before the opening"),
    "response_due_at_before_opening": N_("{n:,} with a response due before the opening"),
    "first_response_at_before_opening": N_("{n:,} with a first response before the opening"),
    "resolved_at_before_opening": N_("{n:,} resolved before the opening"),
    "closed_at_before_opening": N_("{n:,} closed before the opening"),
    "closed_in_opening_second": N_("{n:,} closed in the second of their opening"),
}
"""Worded so that one row and many read well."""


def rejections(quality: DataQuality) -> str:
    """Return ``tickets: 135 without opened_at, 2 with a repeated ticket_id; surveys: …``."""
    return _by_table(
        (
            str(row.table),
            _("{n} {reason}").format(n=count(int(str(row.n))), reason=reason(str(row.reason))),
        )
        for row in quality.rejections.itertuples()
    )


def reason(code: str) -> str:
    """Return a reason code in words."""
    for prefix, words in REASONS_OF_COLUMN.items():
        if code.startswith(prefix):
            return _(words).format(column=code.removeprefix(prefix))
    return _(REASONS[code])


def quality_notes(quality: DataQuality, *, of_all: bool = True) -> str:
    """Return what was assumed or odd: ``tickets: 2 without service, kept under 'Other'; …``.

    Parameters
    ----------
    quality : DataQuality
    of_all : bool
        For readers of all units; the page of one names no other.
    """
    return _by_table(
        (str(note.values["table"]), _noted(note, of_all=of_all)) for note in quality.notes
    )


def _noted(note: Note, *, of_all: bool) -> str:
    if note.code == "defaulted" and note.values["column"] == UNIT and not of_all:
        return _("{n:,} without {column}, kept under one of the units").format(**note.values)
    return _(NOTES[note.code]).format(**note.values)


def _by_table(told: Iterable[tuple[str, str]]) -> str:
    """Return what is told of each table, the table named once."""
    tables: dict[str, list[str]] = {}
    for table, words in told:
        tables.setdefault(table, []).append(words)
    return itemised(
        _("{table}: {rows}").format(table=table, rows=in_phrases(words))
        for table, words in tables.items()
    )
