"""What to say about many changes judged as one family, and about all of them together."""

from __future__ import annotations

from slm_analysis.analyses.change_effect import (
    BETTER,
    CANNOT_TELL,
    NO_MEANINGFUL_CHANGE,
    WORSE,
)
from slm_analysis.analyses.change_effects import ChangeEffects
from slm_analysis.presentation.language import _
from slm_analysis.presentation.numbers import (
    counted,
    digits_to_tell,
    in_words,
    listed,
    signed,
    span,
)
from slm_analysis.presentation.views import Prose
from slm_analysis.presentation.words.caveats import caveats
from slm_analysis.presentation.words.change_effect import VERDICTS, confidence
from slm_analysis.presentation.words.effect_measures import of_scale
from slm_analysis.result import note

ORDER = (BETTER, WORSE, NO_MEANINGFUL_CHANGE, CANNOT_TELL)


def say(result: ChangeEffects) -> Prose:
    """Return how many changes had which verdict, and what they have in common."""
    number = result.table["verdict"].value_counts()
    counts = [
        _("{n} {verdict}").format(n=in_words(int(number[v])), verdict=_(VERDICTS[v]).lower())
        for v in ORDER
        if v in number
    ]
    changes = counted(len(result.table), "{n} change", "{n} changes")
    told = [_("Of {changes}: {counts}.").format(changes=changes, counts=listed(counts))]
    pooled = together(result)
    family = in_words(result.family_size).capitalize()
    beside = caveats([note("change_family", n=family, level=confidence(result.level))])
    return Prose([*told, *([pooled] if pooled else [])], beside if result.family_size > 1 else [])


def together(result: ChangeEffects) -> str:
    """Return the mean effect over all changed units; empty where there is none."""
    pooled = result.pooled
    if pooled is None or result.pooled_verdict is None:
        return ""
    wording = of_scale(result.fits[0].series.scale)
    estimate, low, high = (wording.scale * v for v in (pooled.estimate, pooled.low, pooled.high))
    digits = digits_to_tell([estimate, low, high], [0.0], wording.digits)
    return _("All {n} together: {verdict}, {size} ({interval}), against {others}.").format(
        n=pooled.n_treated,
        verdict=_(VERDICTS[result.pooled_verdict]).lower(),
        size=wording.short.format(size=signed(estimate, digits)),
        interval=span(signed(low, digits), signed(high, digits)),
        others=counted(pooled.n_controls, "{n} unchanged unit", "{n} unchanged units"),
    )
