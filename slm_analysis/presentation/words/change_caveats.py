"""What else could explain the effects of a unit's process changes, and what they assume."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import pandas as pd

from slm_analysis.presentation.language import N_, _, ngettext
from slm_analysis.presentation.numbers import capitalised, continued, in_words, itemised, listed
from slm_analysis.presentation.views import Prose
from slm_analysis.presentation.words.caveats import caveats
from slm_analysis.presentation.words.change_effect import confidence, effect_notes
from slm_analysis.presentation.words.judged_changes import Judged, judged, wording
from slm_analysis.questions.process_changes import ChangeOutcomes
from slm_analysis.result import Note, note

DOUBTS = (
    "other_change", "mix", "response", "ordered", "placebo_date", "placebo_units", "pre_trend",
    "drift", "autocorrelation", "season_not_separable", "few_points",
)  # fmt: skip
"""What could explain an effect otherwise, or weakens it."""
BASIS = ("power", "against_controls", "too_few_controls")
"""What effects are judged by."""
SERIES = (
    "assumption", "ramp_periods", "change_within_period", "incomplete_periods", "missing_periods",
)  # fmt: skip
"""What must be known of what is drawn over time."""
MOST_NAMED = 3
NO_DOUBT = N_(
    "No check found another explanation. One that leaves no trace in these figures stays possible."
)
NOTHING_JUDGED = N_("Without an effect there is nothing to explain.")


def what_else(result: ChangeOutcomes) -> Prose:
    """Return what else could explain the effects, as far as the checks found anything."""
    effects = [one for one in judged(result) if one[1].estimate is not None]
    if not effects:
        return Prose([_(NOTHING_JUDGED)])
    return Prose(told_once(effects, DOUBTS) or [_(NO_DOUBT)])


def family(result: ChangeOutcomes) -> list[str]:
    """Return how many comparisons were allowed for; nothing where there was but one."""
    if result.family_size <= 1:
        return []
    number = in_words(result.family_size).capitalize()
    return caveats([note("change_family", n=number, level=confidence(result.level))])


def told_once(effects: Sequence[Judged], codes: Collection[str]) -> list[str]:
    """Return each caveat of these codes once, with the effects that it concerns unless all."""
    concerned: dict[str, list[tuple[pd.Series, Note]]] = {}
    for row, effect in effects:
        for given in effect_notes(effect, wording(row)):
            concerned.setdefault(given.code, []).append((row, given))
    return [
        _said_of(
            [row for row, given in concerned[code]],
            effects,
            caveats([_merged([given for row, given in concerned[code]])])[0],
        )
        for code in (f"change_{name}" for name in codes)
        if code in concerned
    ]


def _merged(notes: Sequence[Note]) -> Note:
    """Return notes of one code as one that says what all of them say."""
    first = notes[0]
    if len(set(caveats(notes))) == 1:
        return first
    values = {
        name: listed(list(dict.fromkeys(str(n.values[name]) for n in notes)), MOST_NAMED)
        for name in ("change", "size")
        if name in first.values
    }
    gaps = itemised(dict.fromkeys(str(n.values["gap"]) for n in notes))
    few_sizes = first.code == "change_power" and len(notes) <= MOST_NAMED
    code = first.code if few_sizes else f"{first.code}_various"
    return note(code, **{**first.values, **values, "gap": gaps})


def _said_of(rows: Sequence[pd.Series], effects: Sequence[Judged], text: str) -> str:
    """Return a caveat with the effects that it concerns, unless it concerns all."""
    if len(rows) == len(effects):
        return text
    alike = all(len({row[c] for row, one in effects}) == 1 for c in ("description", "service"))
    if alike:
        whom = capitalised(listed([wording(row).name for row in rows]))
    else:
        whom = ngettext("{part} of {n} effect", "{part} of {n} effects", len(effects)).format(
            part=len(rows), n=len(effects)
        )
    return _("{name}: {text}").format(name=whom, text=continued(text))
