"""The effects of a unit's process changes, each with its single result, as readers see them."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from slm_analysis.analyses.change_effect import BETTER, WORSE, ChangeEffect
from slm_analysis.presentation.language import _, joined
from slm_analysis.presentation.numbers import date, with_interval
from slm_analysis.presentation.words import change_effect as effect_words
from slm_analysis.presentation.words.change_checks import lasting
from slm_analysis.presentation.words.effect_measures import Wording, of_measure
from slm_analysis.questions.process_changes import EARLIER, LATER, ChangeOutcomes

Judged = tuple[pd.Series, ChangeEffect]
"""One row of `effects` with its single result."""


def judged(result: ChangeOutcomes) -> list[Judged]:
    """Return the effects, each with its single result."""
    rows = [row for at, row in result.effects.iterrows()]
    return list(zip(rows, result.single, strict=True))


def by_evidence(result: ChangeOutcomes) -> list[Judged]:
    """Return the effects, those that are better or worse first, the surest of them leading."""

    def rank(one: Judged) -> tuple[bool, bool, float]:
        row, effect = one
        told = effect.verdict in {BETTER, WORSE}
        return not told, effect.estimate is None, float(row["p"]) if told else 0.0

    return sorted(judged(result), key=rank)


def wording(row: pd.Series) -> Wording:
    """Return how the measure of a row is told."""
    return of_measure(row["measure"])


def subject(row: pd.Series) -> str:
    """Return what an effect is on: ``Invoice posting, share in time``."""
    return _("{service}, {measure}").format(service=row["service"], measure=wording(row).name)


def dated(change: pd.Series) -> str:
    """Return a change with its date: ``Three-way match automated (2 March 2026)``."""
    return with_interval(change["description"], date(change["on"]))


def verdict(row: pd.Series, effect: ChangeEffect) -> str:
    """Return ``Better``, ``Cannot tell yet``, …."""
    return effect_words.verdict(effect, final=bool(row["final"]))


def sentence(row: pd.Series, effect: ChangeEffect) -> str:
    """Return change, service, measure, verdict, and whether what was found lasted."""
    return told_of(of_change(row, subject(row)), row, effect)


def of_change(row: pd.Series, what: str) -> str:
    """Return what a change had an effect on, behind the change's name."""
    return _("{change}, {subject}").format(change=row["description"], subject=what)


def told_of(name: str, row: pd.Series, effect: ChangeEffect) -> str:
    """Return verdict, number and interval of what has a name, and whether the effect lasted."""
    told = effect_words.verdict_sentence(effect, wording(row), final=bool(row["final"]))
    named = _("{name}. {finding}").format(name=name, finding=told)
    return joined([named, lasting(effect, wording(row))])


def told_apart(row: pd.Series, among: Sequence[Judged]) -> str:
    """Return what tells an effect from the others, and no more."""

    def differs(column: str) -> bool:
        return len({other[column] for other, effect in among}) > 1

    what = subject(row) if differs("service") else wording(row).name
    return of_change(row, what) if differs("description") else what


def not_judged(change: pd.Series) -> str:
    """Return why a change has no effect to show."""
    if change["outcome"] == LATER:
        said = _("{change} came after the reported period: nothing can be said yet.")
    elif change["outcome"] == EARLIER:
        said = _("{change} was made before the figures begin: nothing to compare with.")
    elif change["service"]:
        said = _("{change} cannot be judged: there are no figures of {service}.")
    else:
        said = _("{change} cannot be judged: there are no figures of this unit.")
    return said.format(change=dated(change), service=change["service"])


def unjudged(result: ChangeOutcomes) -> list[str]:
    """Return why changes have no effect to show, each in a sentence."""
    without = result.changes[~result.changes["change_id"].isin(result.effects["change_id"])]
    return [not_judged(change) for at, change in without.iterrows()]
