"""Sentences for the notes that travel with results."""

from __future__ import annotations

from collections.abc import Iterable

from slm_analysis.result import Note

SENTENCES = {
    # portfolio
    "asked_here": "The figures were worked out here and not read from a run of all reports.",
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
    # effects of changes
    "change_family": "{n} comparisons were made here; the intervals ({level}) allow for that.",
    "change_assumption": "What was expected without the change follows {line} through all "
    "{periods}; whatever else set in at its date is counted with it.",
    "change_other_change": "Another change lay near: {description}, {implemented_at}. Part of what "
    "is seen may be its work.",
    "change_season_not_separable": "With under two full years of figures, a yearly season "
    "cannot be told from the change.",
    "change_few_points": "The answer rests on {counted} only.",
    "change_power": "An effect of {size} or more would show in four of five such series; a smaller "
    "one can stay hidden.",
    "change_against_controls": "Expected values come from {n} comparable units.",
    "change_too_few_controls": "Too few comparable units ({n}, {needed} are needed): the unit is "
    "compared with its own past.",
    "change_incomplete_periods": "{counted} left out as incomplete.",
    "change_missing_periods": "{counted} without a figure of their own ({gap}).",
    "change_ramp_periods": "{counted} left out while the change took hold.",
    "change_change_within_period": "The change came within the {period} of {start}, which counts "
    "as after it.",
    "change_placebo_date": "An effect also shows in the middle of the {periods} before, where no "
    "change was made: take this one with care.",
    "change_autocorrelation": "Neighbouring {periods} go together more than the method has been "
    "tried for; the interval may be too narrow.",
}


def caveats(notes: Iterable[Note]) -> list[str]:
    """Return the sentence of each note.

    Raises
    ------
    KeyError
        For a note without a sentence: a caveat must not get lost.
    """
    return [SENTENCES[note.code].format(**note.values) for note in notes]
