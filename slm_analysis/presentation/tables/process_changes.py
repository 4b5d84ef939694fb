"""The effects of process changes, and the improvement actions, as tables."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from slm_analysis.analyses.change_effect import WORSE, ChangeEffect
from slm_analysis.presentation.numbers import NO_VALUE, capitalised, count, date
from slm_analysis.presentation.views import Column, Table
from slm_analysis.presentation.words import change_checks as check_words
from slm_analysis.presentation.words import change_effect as effect_words
from slm_analysis.presentation.words import change_path as paths
from slm_analysis.presentation.words import improvement_actions as action_words
from slm_analysis.presentation.words import judged_changes as judged_words
from slm_analysis.presentation.words import process_changes as words
from slm_analysis.presentation.words.change_effect import Wording
from slm_analysis.presentation.words.judged_changes import Judged
from slm_analysis.questions.process_changes import ChangeOutcomes

EFFECTS = (
    Column("Change"),
    Column("From", minor=True),
    Column("Service", minor=True),
    Column("Measure"),
    Column("Before", numeric=True, minor=True),
    Column("After", numeric=True, minor=True),
    Column("Would show from", numeric=True, minor=True),
    Column("Verdict"),
    Column("Effect", numeric=True),
    Column("Interval", numeric=True),
    Column("Other changes near", numeric=True, minor=True),
)
SERIES = (
    Column("Series"),
    Column("From"),
    Column("Seen", numeric=True),
    Column("Expected without the change", numeric=True),
    Column("Interval", numeric=True, minor=True),
    Column("Behind it", numeric=True, minor=True),
)
CHECKS = (Column("Effect on"), Column("Question"), Column("Answer"))
PATH = (
    Column("Change"),
    Column("Share in time", numeric=True),
    Column("Time to resolve", numeric=True),
    Column("Satisfaction", numeric=True),
    Column("Together"),
)
LATEST = 12
"""Periods of each series among the numbers behind the figure."""
ACTIONS = (
    Column("Finding and action"),
    Column("Owner"),
    Column("Due", numeric=True),
    Column("State"),
    Column("What it brought"),
)


def table(result: ChangeOutcomes) -> Table:
    """Return one row per change, service and measure; a change without figures has one too."""
    effects = judged_words.judged(result)
    without = result.changes[~result.changes["change_id"].isin(result.effects["change_id"])]
    rows = [_effect(row, effect) for row, effect in effects]
    rows += [_without(change) for _, change in without.iterrows()]
    worse = [at for at, (_, effect) in enumerate(effects) if effect.verdict == WORSE]
    if not rows:
        return Table(words.answer(result), EFFECTS, [])
    level = effect_words.confidence(result.level)
    caption = (
        f"The numbers: each effect with its {level} interval, {result.freq}s with a figure, and "
        "the smallest effect that would show in four of five such series"
    )
    return Table(caption, EFFECTS, rows, accented=worse, folded=True)


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
        effect_words.size(effect, wording),
        effect_words.interval(effect, wording),
        count(row["others_near"]),
    ]


def _without(change: pd.Series) -> list[str]:
    named = [change["description"], date(change["on"]), change["service"] or "all"]
    verdict = action_words.BROUGHT[change["outcome"]]
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
        for _, period in effect_words.on_its_scale(effect).tail(LATEST).iterrows()
    ]
    return Table(f"The latest {LATEST} {result.freq}s of each series", SERIES, rows, folded=True)


def _between(period: pd.Series, wording: Wording) -> str:
    if pd.isna(period["expected_low"]):
        return NO_VALUE
    low, high = (wording.figure(period[f"expected_{end}"]) for end in ("low", "high"))
    return f"{low} to {high}"


def what_was_checked(result: ChangeOutcomes) -> Table:
    """Return every check of every effect as question and answer."""
    rows = [
        [f"{row['description']}: {judged_words.subject(row)}", question, answer]
        for row, effect in judged_words.judged(result)
        for question, answer in check_words.sentences(effect, judged_words.wording(row))
    ]
    caption = "What could make these answers wrong, and what was found" if rows else "No effect"
    return Table(caption, CHECKS, rows, folded=bool(rows))


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
    if not rows:
        return Table("No change has both a service level and satisfaction to set beside", PATH, [])
    return Table("Service level and satisfaction after each change, side by side", PATH, rows)


def promised_actions(result: ChangeOutcomes) -> Table:
    """Return what was promised in earlier reviews, where it stands, and what it brought."""
    actions = result.actions
    if actions.empty:
        return Table("No improvement action is on record", ACTIONS, [])
    rows = [
        [
            action["finding"] or action["action_id"],
            action["owner"] or NO_VALUE,
            action_words.due(action),
            action_words.STANDINGS[action["standing"]],
            action_words.brought(action),
        ]
        for _, action in actions.iterrows()
    ]
    return Table(f"What was promised in reviews, as of {date(result.as_of)}", ACTIONS, rows)
