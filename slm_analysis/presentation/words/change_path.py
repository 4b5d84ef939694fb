"""Change, service level, satisfaction: what both did after a change, side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from slm_analysis.analyses.change_effect import BETTER, WORSE, ChangeEffect
from slm_analysis.presentation.language import N_, _
from slm_analysis.presentation.numbers import NO_VALUE, enumerated
from slm_analysis.presentation.words.change_effect import brief
from slm_analysis.presentation.words.effect_measures import of_measure

SERVICE = ("resolution_time", "resolution_hours")
SATISFACTION = "satisfaction"
STEPS = (*SERVICE, SATISFACTION)

TOGETHER = {
    (BETTER, BETTER): N_(
        "Service level and satisfaction both got better; that one led to the other is not shown."
    ),
    (WORSE, WORSE): N_(
        "Service level and satisfaction both got worse; that one led to the other is not shown."
    ),
    (BETTER, WORSE): N_("The service level got better, satisfaction worse."),
    (WORSE, BETTER): N_("The service level got worse, satisfaction better."),
    (BETTER, ""): N_("The service level got better; satisfaction shows no difference as yet."),
    (WORSE, ""): N_("The service level got worse; satisfaction shows no difference as yet."),
    ("", BETTER): N_("Satisfaction got better without a shown difference in the service level."),
    ("", WORSE): N_("Satisfaction got worse without a shown difference in the service level."),
    ("", ""): N_("Neither shows a difference."),
}
"""What service level and satisfaction did; no mediation is claimed."""

Pair = Mapping[str, tuple[pd.Series, ChangeEffect]]
"""The effects of one change on one service, by measure."""


def pairs(judged: Sequence[tuple[pd.Series, ChangeEffect]]) -> list[Pair]:
    """Return the changes and services on which both a service level and satisfaction are judged."""
    found: dict[tuple[str, str], dict[str, tuple[pd.Series, ChangeEffect]]] = {}
    for row, effect in judged:
        if effect.estimate is not None:
            found.setdefault((row["change_id"], row["service"]), {})[row["measure"]] = row, effect
    return [own for own in found.values() if SATISFACTION in own and set(SERVICE) & set(own)]


def subject(pair: Pair) -> str:
    """Return ``Portal opened, Payments``."""
    row = pair[SATISFACTION][0]
    return enumerated([row["description"], row["service"]])


def figures(pair: Pair, measure: str) -> str:
    """Return the effect on one measure with its interval."""
    if measure not in pair:
        return NO_VALUE
    return brief(pair[measure][1], of_measure(measure))


def sentence(pair: Pair) -> str:
    """Return what service level and satisfaction did; no mediation is claimed."""
    service = {pair[name][1].verdict for name in SERVICE if name in pair} & {BETTER, WORSE}
    felt = {pair[SATISFACTION][1].verdict} & {BETTER, WORSE}
    if len(service) > 1:
        return _(
            "The service level got better and worse at once; satisfaction cannot be set beside."
        )
    level, liked = (next(iter(found), "") for found in (service, felt))
    return _(TOGETHER[level, liked])
