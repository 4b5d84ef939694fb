"""Sentences for the notes that travel with results."""

from __future__ import annotations

from collections.abc import Iterable

from slm_analysis.result import Note

SENTENCES = {
    # service levels
    "uncovered": "{n:,} tickets are covered by no agreement and are not judged.",
    "stop_is_closing": "Of the tickets judged, {n:,} have no resolution time; their closing stands "
    "for it.",
    "counted_by_opening": "{n:,} tickets have no due time and are counted where they were opened.",
    "no_status_history": "Without a status history, pauses and reopenings are unknown: the times "
    "include waiting on the customer.",
    "tickets_without_history": "{n:,} of {tickets:,} tickets have no status history; their pauses "
    "are unknown.",
    "provisional_calendar": "The make-up working days of {year} are not published yet; times that "
    "touch it are provisional.",
}


def caveats(notes: Iterable[Note]) -> list[str]:
    """Return the sentence of each note.

    Raises
    ------
    KeyError
        For a note without a sentence: a caveat must not get lost.
    """
    return [SENTENCES[note.code].format(**note.values) for note in notes]
