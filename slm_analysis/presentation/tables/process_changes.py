"""The effects of process changes, and the improvement actions, as tables."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from slm_analysis.analyses.change_effect import WORSE, ChangeEffect
from slm_analysis.presentation.language import _
from slm_analysis.presentation.numbers import NO_VALUE, capitalised, count, date, span
from slm_analysis.presentation.periods import all_periods, so_many_periods
from slm_analysis.presentation.views import Column, Table
from slm_analysis.presentation.words import change_checks as check_words
from slm_analysis.presentation.words import change_effect as effect_words
from slm_analysis.presentation.words import change_path as paths
from slm_analysis.presentation.words import effect_measures as measures
from slm_analysis.presentation.words import improvement_actions as action_words
from slm_analysis.presentation.words import judged_changes as judged_words
from slm_analysis.presentation.words import process_changes as words
from slm_analysis.presentation.words.effect_measures import Wording
from slm_analysis.presentation.words.judged_changes import Judged
from slm_analysis.questions.process_changes import ChangeOutcomes

LATEST = 12
"""Periods of each series among the numbers behind the figure."""


def table(result: ChangeOutcomes) -> Table:
    """Return one row per change, service and measure; a change without figures has one too."""
    effects = judged_words.judged(result)
    without = result.changes[~result.changes["change_id"].isin(result.effects["change_id"])]
    rows = [_effect(row, effect) for row, effect in effects]
    rows += [_without(change) for at, change in without.iterrows()]
    worse = [at for at, (_, effect) in enumerate(effects) if effect.verdict == WORSE]
    columns = (
        Column(_("Change")),
        Column(_("From"), minor=True),
        Column(_("Service"), minor=True),
        Column(_("Measure")),
        Column(_("Before"), numeric=True, minor=True),
        Column(_("After"), numeric=True, minor=True),
        Column(_("Would show from"), numeric=True, minor=True),
        Column(_("Verdict")),
        Column(_("Effect"), numeric=True),
        Column(_("Interval"), numeric=True),
        Column(_("Other changes near"), numeric=True, minor=True),
    )
    if not rows:
        return Table(words.answer(result), columns, [])
    caption = _(
        "The numbers: each effect with its {level} interval, {periods} with a figure, and the "
        "smallest effect that would show in four of five such series"
    ).format(level=effect_words.confidence(result.level), periods=all_periods(result.freq))
    return Table(caption, columns, rows, accented=worse, folded=True)


def _effect(row: pd.Series, effect: ChangeEffect) -> list[str]:
    wording = judged_words.wording(row)
    return [
        row["description"],
        date(row["on"]),
        row["service"],
        wording.name,
        count(effect.n_before),
        count(effect.n_after),
        effect_words.detectable(effect, wording),
        judged_words.verdict(row, effect),
        measures.size(effect, wording),
        measures.interval(effect, wording),
        count(row["others_near"]),
    ]


def _without(change: pd.Series) -> list[str]:
    named = [change["description"], date(change["on"]), change["service"] or _("all")]
    verdict = _(action_words.BROUGHT[change["outcome"]])
    return [*named, *[NO_VALUE] * 4, capitalised(verdict), *[NO_VALUE] * 3]


def series_numbers(result: ChangeOutcomes, drawn: Sequence[Judged]) -> Table:
    """Return the latest periods of each series, with what was expected without the change."""
    rows = [
        [
            judged_words.subject(row),
            date(period["time"]),
            judged_words.wording(row).figure(period["value"]),
            judged_words.wording(row).figure(period["expected"]),
            _between(period, judged_words.wording(row)),
            count(period["n"]),
        ]
        for row, effect in drawn
        for at, period in effect_words.on_its_scale(effect, result.ends[row["measure"]])
        .tail(LATEST)
        .iterrows()
    ]
    columns = (
        Column(_("Series")),
        Column(_("From")),
        Column(_("Seen"), numeric=True),
        Column(_("Expected without the change"), numeric=True),
        Column(_("Interval"), numeric=True, minor=True),
        Column(_("Behind it"), numeric=True, minor=True),
    )
    caption = _("The latest {periods} of each series").format(
        periods=so_many_periods(LATEST, result.freq)
    )
    return Table(caption, columns, rows, folded=True)


def _between(period: pd.Series, wording: Wording) -> str:
    if pd.isna(period["expected_low"]):
        return NO_VALUE
    return span(*(wording.figure(period[f"expected_{end}"]) for end in ("low", "high")))


def what_was_checked(result: ChangeOutcomes) -> Table:
    """Return every check of every effect as question and answer."""
    rows = [
        [
            _("{name}: {text}").format(name=row["description"], text=judged_words.subject(row)),
            question,
            answer,
        ]
        for row, effect in judged_words.judged(result)
        for question, answer in check_words.sentences(effect, judged_words.wording(row))
    ]
    caption = (
        _("What could make these answers wrong, and what was found") if rows else _("No effect")
    )
    columns = (Column(_("Effect on")), Column(_("Question")), Column(_("Answer")))
    return Table(caption, columns, rows, folded=bool(rows))


def service_and_satisfaction(result: ChangeOutcomes) -> Table:
    """Return, for each change and service, what its service level and satisfaction did."""
    rows = [
        [
            paths.subject(pair),
            *(paths.figures(pair, measure) for measure in paths.STEPS),
            paths.sentence(pair),
        ]
        for pair in paths.pairs(judged_words.judged(result))
    ]
    columns = (
        Column(_("Change")),
        Column(_("Share in time"), numeric=True),
        Column(_("Time to resolve"), numeric=True),
        Column(_("Satisfaction"), numeric=True),
        Column(_("Together")),
    )
    caption = (
        _("Service level and satisfaction after each change, side by side")
        if rows
        else _("No change has both a service level and satisfaction to set beside")
    )
    return Table(caption, columns, rows)


def promised_actions(result: ChangeOutcomes) -> Table:
    """Return what was promised in earlier reviews, where it stands, and what it brought."""
    actions = result.actions
    columns = (
        Column(_("Finding and action")),
        Column(_("Owner")),
        Column(_("Due"), numeric=True),
        Column(_("State")),
        Column(_("What it brought")),
    )
    if actions.empty:
        return Table(_("No improvement action is on record"), columns, [])
    rows = [
        [
            action["finding"] or action["action_id"],
            action["owner"] or NO_VALUE,
            action_words.due(action),
            _(action_words.STANDINGS[action["standing"]]),
            action_words.brought(action),
        ]
        for at, action in actions.iterrows()
    ]
    caption = _("What was promised in reviews, as of {date}").format(date=date(result.as_of))
    return Table(caption, columns, rows)
