"""Goals as they were agreed, in the reader's language."""

from __future__ import annotations

import re

from slm_analysis.presentation.language import N_, _

NUMBER = re.compile(r"-?\d+(?:[.:]\d+)?")
PLACES = ("{a}", "{b}", "{c}")
FORMS = frozenset({
    N_("{a}% within {b}m"),
    N_("{a}% within {b}min"),
    N_("{a}% within {b} minutes"),
    N_("{a}% within {b}h"),
    N_("{a}% within {b} hour"),
    N_("{a}% within {b} hours"),
    N_("{a}% within {b} working day"),
    N_("{a}% within {b} working days"),
    N_("{a}% by due date"),
    N_("{a}% as recorded"),
    N_("{a}% by end of next working day"),
    N_("{a}% by working day {b} of the same month"),
    N_("{a}% by working day {b} of the same month, {c}"),
    N_("{a}% by working day {b} of the following month"),
    N_("{a}% by working day {b} of the following month, {c}"),
    N_("at most {a}%"),
    N_("at least {a}%"),
    N_("at least {a}"),
    N_("at least {a} of {b}"),
})  # fmt: skip
"""How a goal can be written (see `slm_analysis.sla.goals`), without its numbers."""


def goal_in_words(written: str) -> str:
    """Return a goal as it was written, or the same in another language."""
    places = iter(PLACES)
    numbers = NUMBER.findall(written)[: len(PLACES)]
    form = NUMBER.sub(lambda found: next(places, found[0]), written)
    return _(form).format(**dict(zip("abc", numbers, strict=False))) if form in FORMS else written
