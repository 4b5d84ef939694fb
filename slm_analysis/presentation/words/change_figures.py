"""The words of the figures of a unit's process changes."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from slm_analysis.analyses.change_effect import ChangeEffect
from slm_analysis.presentation.chart import Caption
from slm_analysis.presentation.language import _, ngettext
from slm_analysis.presentation.numbers import capitalised, counted, listed
from slm_analysis.presentation.periods import all_periods, one_period
from slm_analysis.presentation.words.change_caveats import BASIS, SERIES, family, told_once
from slm_analysis.presentation.words.change_effect import HOW_TO_READ_SERIES, confidence
from slm_analysis.presentation.words.effect_measures import of_measure, smallest
from slm_analysis.presentation.words.judged_changes import (
    Judged,
    judged,
    of_change,
    subject,
    told_apart,
    told_of,
    verdict,
)
from slm_analysis.presentation.words.process_changes import answer, summaries
from slm_analysis.questions.process_changes import ChangeOutcomes


def nothing_to_draw(result: ChangeOutcomes) -> str:
    """Return what stands in a figure without effects."""
    if result.changes.empty:
        return _("No process change is on record.")
    return _("No change has figures to judge it by.")


def caption(result: ChangeOutcomes) -> Caption:
    """Return the words of the figure of all effects."""
    matters = [smallest(size, of_measure(name)) for name, size in result.min_effect.items()]
    return Caption(
        title=answer(result),
        subtitle=_(
            "Each effect against the smallest that matters ({smallest}), with {level} interval. "
            "{effects}"
        ).format(
            smallest=listed(matters),
            level=confidence(result.level),
            effects=counted(len(result.effects), "{n} effect", "{n} effects"),
        ),
        sentence="\n".join(summaries(result)) or nothing_to_draw(result),
        caveats=[*family(result), *told_once(judged(result), BASIS)],
        how_to_read=_(
            "Each mark is one effect, the line its interval; to the right is better, whatever the "
            "measure, and 1× is the smallest effect that matters. Triangle: better, or worse "
            "(coloured, pointing down). Square: no meaningful change. Circle and dotted line: "
            "cannot tell yet."
        ),
    )


def before_and_after_caption(result: ChangeOutcomes, drawn: Sequence[Judged]) -> Caption:
    """Return the words of the figure of what happened and what was expected without a change."""
    left_out = len(result.effects) - len(drawn)
    more = [
        ngettext(
            "{n} effect not drawn here; see the table.",
            "{n} effects not drawn here; see the table.",
            left_out,
        ).format(n=left_out)
    ][: left_out > 0]
    return Caption(
        title=_series_title(*drawn[0]) if drawn else nothing_to_draw(result).rstrip("."),
        subtitle=_(
            "What happened per {period}, and what would have been expected without the change. "
            "{Periods} by opening, for satisfaction by resolution; the scales do not start at 0"
        ).format(period=one_period(result.freq), Periods=capitalised(all_periods(result.freq))),
        sentence="\n".join(_panel(*one, drawn) for one in drawn) or nothing_to_draw(result),
        caveats=[*told_once(drawn, SERIES), *more],
        how_to_read=_(HOW_TO_READ_SERIES),
    )


def _series_title(row: pd.Series, effect: ChangeEffect) -> str:
    name = of_change(row, subject(row))
    return _("{name}: {text}").format(name=name, text=verdict(row, effect).lower())


def _panel(row: pd.Series, effect: ChangeEffect, drawn: Sequence[Judged]) -> str:
    """Return what tells a series from the others, its verdict, and whether the effect lasted."""
    return told_of(capitalised(told_apart(row, drawn)), row, effect)
