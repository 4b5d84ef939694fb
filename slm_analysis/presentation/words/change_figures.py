"""The words of the figures of a unit's process changes."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from slm_analysis.analyses.change_effect import ChangeEffect
from slm_analysis.presentation.chart import Caption
from slm_analysis.presentation.numbers import capitalised, counted, listed
from slm_analysis.presentation.words import change_effect as effect_words
from slm_analysis.presentation.words.change_caveats import BASIS, SERIES, family, told_once
from slm_analysis.presentation.words.change_checks import lasting
from slm_analysis.presentation.words.change_effect import (
    HOW_TO_READ_SERIES,
    MEASURES,
    confidence,
    smallest,
)
from slm_analysis.presentation.words.judged_changes import (
    Judged,
    joined,
    judged,
    subject,
    told_apart,
    verdict,
    wording,
)
from slm_analysis.presentation.words.process_changes import answer, summaries
from slm_analysis.questions.process_changes import ChangeOutcomes


def nothing_to_draw(result: ChangeOutcomes) -> str:
    """Return what stands in a figure without effects."""
    if result.changes.empty:
        return "No process change is on record."
    return "No change has figures to judge it by."


def caption(result: ChangeOutcomes) -> Caption:
    """Return the words of the figure of all effects."""
    matters = [smallest(size, MEASURES[name]) for name, size in result.min_effect.items()]
    return Caption(
        title=answer(result),
        subtitle=f"Each effect against the smallest that matters ({listed(matters)}), with "
        f"{confidence(result.level)} interval. {counted(len(result.effects), 'effect')}",
        sentence="\n".join(summaries(result)) or nothing_to_draw(result),
        caveats=[*family(result), *told_once(judged(result), BASIS)],
        how_to_read="Each mark is one effect, the line its interval; to the right is better, "
        "whatever the measure, and 1× is the smallest effect that matters. Triangle: better, or "
        "worse (coloured, pointing down). Square: no meaningful change. Circle and dotted line: "
        "cannot tell yet.",
    )


def before_and_after_caption(result: ChangeOutcomes, drawn: Sequence[Judged]) -> Caption:
    """Return the words of the figure of what happened and what was expected without a change."""
    left_out = len(result.effects) - len(drawn)
    more = [f"{counted(left_out, 'effect')} not drawn here; see the table."] if left_out else []
    return Caption(
        title=_series_title(*drawn[0]) if drawn else nothing_to_draw(result).rstrip("."),
        subtitle=f"What happened per {result.freq}, and what would have been expected without the "
        f"change. {result.freq.capitalize()}s by opening, for satisfaction by resolution; the "
        "scales do not start at 0",
        sentence="\n".join(_panel(*one, drawn) for one in drawn) or nothing_to_draw(result),
        caveats=[*told_once(drawn, SERIES), *more],
        how_to_read=HOW_TO_READ_SERIES,
    )


def _series_title(row: pd.Series, effect: ChangeEffect) -> str:
    return f"{row['description']}, {subject(row)}: {verdict(row, effect).lower()}"


def _panel(row: pd.Series, effect: ChangeEffect, drawn: Sequence[Judged]) -> str:
    """Return what tells a series from the others, its verdict, and whether the effect lasted."""
    told = effect_words.verdict_sentence(effect, wording(row), final=bool(row["final"]))
    name = told_apart(row, drawn)
    return joined(
        f"{name if name[:1].isupper() else capitalised(name)}. {told}",
        lasting(effect, wording(row)),
    )
