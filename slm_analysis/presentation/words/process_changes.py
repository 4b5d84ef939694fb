"""What to say about the process changes of a unit."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from slm_analysis.analyses.change_checks import MIN_POINTS
from slm_analysis.analyses.change_effect import (
    BETTER,
    CANNOT_TELL,
    NO_MEANINGFUL_CHANGE,
    WORSE,
    ChangeEffect,
)
from slm_analysis.presentation.chart import Caption
from slm_analysis.presentation.numbers import counted, date, in_words, listed
from slm_analysis.presentation.views import Headline, Prose
from slm_analysis.presentation.words.caveats import caveats
from slm_analysis.presentation.words.change_effect import (
    HOW_TO_READ_SERIES,
    MEASURES,
    Wording,
    confidence,
    effect_notes,
    smallest,
    verdict,
    verdict_sentence,
)
from slm_analysis.presentation.words.improvement_actions import BROUGHT, overdue, promised
from slm_analysis.questions.process_changes import (
    LATER,
    MIXED,
    NOT_MEASURED,
    NOTHING_BEFORE,
    ChangeOutcomes,
)
from slm_analysis.result import note

MOST_NAMED = 3
ORDER = (
    WORSE, MIXED, BETTER, CANNOT_TELL, NO_MEANINGFUL_CHANGE, LATER, NOT_MEASURED, NOTHING_BEFORE,
)  # fmt: skip
"""Outcomes of a change, the one that asks for action first."""
NEXT = {
    WORSE: "Look at “{name}” first: what got worse, and should it be taken back?",
    MIXED: "Look at “{name}” first: can its gain be had without its loss?",
    BETTER: "Keep “{name}”, and see in the trends whether it lasts.",
    CANNOT_TELL: "Leave “{name}” as it is, and ask again when more {periods} are in.",
    NO_MEANINGFUL_CHANGE: "Do not count on “{name}” for the goals; weigh it by its cost.",
    LATER: "Come back to “{name}” when at least {needed} {periods} are in.",
    NOT_MEASURED: "Check how the records name the service that “{name}” concerns.",
    NOTHING_BEFORE: "Let “{name}” rest: no waiting brings figures from before it.",
}
FOLLOWED_BY = {BETTER: "better", WORSE: "worse", MIXED: "better and worse"}
BESIDE_SERIES = {
    "change_assumption", "change_incomplete_periods", "change_missing_periods",
    "change_ramp_periods", "change_change_within_period",
}  # fmt: skip
"""Caveats about what is drawn over time; the others stand beside the effects."""

Judged = tuple[pd.Series, ChangeEffect]
"""One row of `effects` with its single result."""


def judged(result: ChangeOutcomes) -> list[Judged]:
    """Return the effects, each with its single result."""
    rows = [row for _, row in result.effects.iterrows()]
    return list(zip(rows, result.single, strict=True))


def by_evidence(result: ChangeOutcomes) -> list[Judged]:
    """Return the effects, those that are better or worse first, the surest of them leading."""

    def rank(one: Judged) -> tuple[bool, float]:
        row, effect = one
        told = effect.verdict in FOLLOWED_BY
        return not told, float(row["p"]) if told else 0.0

    return sorted(judged(result), key=rank)


def wording(row: pd.Series) -> Wording:
    """Return how the measure of a row is told."""
    return MEASURES[row["measure"]]


def subject(row: pd.Series) -> str:
    """Return what an effect is on: ``Invoice posting, share in time``."""
    return f"{row['service']}, {wording(row).name}"


def dated(change: pd.Series) -> str:
    """Return a change with its date: ``Three-way match automated (2 March 2026)``."""
    return f"{change['description']} ({date(change['on'])})"


def sentence(row: pd.Series, effect: ChangeEffect) -> str:
    """Return change, service, measure and verdict."""
    return f"{row['description']}, {subject(row)}. {verdict_sentence(effect, wording(row))}"


def not_judged(change: pd.Series) -> str:
    """Return why a change has no effect to show."""
    if change["outcome"] == LATER:
        return f"{dated(change)} came after the reported period: nothing can be said yet."
    if change["outcome"] == NOTHING_BEFORE:
        return f"{dated(change)} was made before the figures begin: nothing to compare with."
    where = f"of {change['service']}" if change["service"] else "of this unit"
    return f"{dated(change)} cannot be judged: there are no figures {where}."


def headline(result: ChangeOutcomes) -> Headline:
    """Return the top of the page on process changes."""
    if result.changes.empty:
        return Headline(
            title=f"No process change is on record for {result.business_unit}",
            lead="Without a change there is no effect to judge.",
            what=_joined("No change on record.", promised(result.actions)),
            sure="There is nothing to be sure of.",
            next=_joined(
                "Record each change with its date when it is made, so that it can be judged.",
                overdue(result.actions),
            ),
        )
    first = _most_pressing(result.changes)
    ranked = by_evidence(result)
    advice = NEXT[first["outcome"]].format(
        name=first["description"], periods=f"{result.freq}s", needed=in_words(MIN_POINTS)
    )
    return Headline(
        title=answer(result),
        lead=sentence(*ranked[0]) if ranked else not_judged(first),
        what=_joined(*_summaries(result), promised(result.actions)),
        sure=_sure(result),
        next=_joined(advice, overdue(result.actions)),
        link="02_trends" if first["outcome"] == BETTER else "",
    )


def _joined(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def _most_pressing(changes: pd.DataFrame) -> pd.Series:
    places = [ORDER.index(outcome) for outcome in changes["outcome"]]
    return changes.iloc[places.index(min(places))]


def answer(result: ChangeOutcomes) -> str:
    """Return what the changes were followed by, in one line."""
    changes = result.changes
    if changes.empty:
        return "No process change is on record"
    if len(changes) == 1:
        only = changes.iloc[0]
        return f"{dated(only)}: {BROUGHT[only['outcome']]}"
    total = in_words(len(changes))
    number = changes["outcome"].value_counts()
    told = [(int(number[code]), words) for code, words in FOLLOWED_BY.items() if code in number]
    if not told:
        return f"None of {total} changes was followed by better or worse results"
    (many, words), *others = told
    first = (
        f"{in_words(many).capitalize()} of {total} changes {'was' if many == 1 else 'were'} "
        f"followed by {words} results"
    )
    return ", ".join([first, *(f"{in_words(many)} by {words}" for many, words in others)])


def _summaries(result: ChangeOutcomes) -> list[str]:
    """Return each change with its verdicts, and a count of those not named."""
    named = [_summary(change, result) for _, change in result.changes.iterrows()]
    if len(named) <= MOST_NAMED + 1:
        return named
    return [*named[:MOST_NAMED], f"{len(named) - MOST_NAMED} earlier changes are in the table."]


def _summary(change: pd.Series, result: ChangeOutcomes) -> str:
    own = [one for one in judged(result) if one[0]["change_id"] == change["change_id"]]
    if not own:
        return not_judged(change)
    groups: dict[str, list[str]] = {}
    for row, effect in own:
        groups.setdefault(verdict(effect).lower(), []).append(_told_apart(row, own))
    parts = [f"{words} ({listed(names, MOST_NAMED)})" for words, names in groups.items()]
    return f"{change['description']}: {listed(parts)}."


def _told_apart(row: pd.Series, among: Sequence[Judged]) -> str:
    """Return what tells an effect from the others, and no more."""
    parts = [
        str(row[column])
        for column in ("description", "service")
        if len({other[column] for other, _ in among}) > 1
    ]
    return ", ".join([*parts, wording(row).name])


def _sure(result: ChangeOutcomes) -> str:
    if not result.family_size:
        return "There are too few figures to be sure of anything."
    parts = _family(result) or [
        f"One comparison was made; its interval is at {confidence(result.level)}."
    ]
    if result.effects["others_near"].any():
        parts.append("Other changes lay near: part of what is seen may be their work.")
    if any(n.code == "season_not_separable" for e in result.single for n in e.notes):
        parts.append("With under two full years of figures, a season cannot be told apart.")
    return _joined(*parts, "What follows a change need not come from it.")


def _family(result: ChangeOutcomes) -> list[str]:
    """Return how many comparisons were allowed for; nothing where there was but one."""
    if result.family_size <= 1:
        return []
    number = in_words(result.family_size).capitalize()
    return caveats([note("change_family", n=number, level=confidence(result.level))])


def say(result: ChangeOutcomes) -> Prose:
    """Return a sentence for each change and measure, then the caveats."""
    effects = judged(result)
    caveats_said = [
        *_family(result),
        *_caveats(effects, beside_series=False),
        *_caveats(effects, beside_series=True),
    ]
    return Prose(_sentences(result), caveats_said)


def _sentences(result: ChangeOutcomes) -> list[str]:
    if result.changes.empty:
        return [f"No process change is on record for {result.business_unit}."]
    without = ~result.changes["change_id"].isin(result.effects["change_id"])
    return [sentence(row, effect) for row, effect in judged(result)] + [
        not_judged(change) for _, change in result.changes[without].iterrows()
    ]


def _caveats(effects: Sequence[Judged], *, beside_series: bool) -> list[str]:
    """Return each caveat once, with the effects that it concerns unless it concerns all."""
    concerned: dict[str, list[str]] = {}
    for row, effect in effects:
        for given in effect_notes(effect, wording(row)):
            if (given.code in BESIDE_SERIES) == beside_series:
                text = caveats([given])[0]
                concerned.setdefault(text, []).append(_told_apart(row, effects))
    return [
        text
        if len(which) == len(effects)
        else f"{_capitalised(listed(which, MOST_NAMED))}: {text[:1].lower()}{text[1:]}"
        for text, which in concerned.items()
    ]


def _capitalised(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def caption(result: ChangeOutcomes) -> Caption:
    """Return the words of the figure of all effects."""
    matters = [smallest(size, MEASURES[name]) for name, size in result.min_effect.items()]
    return Caption(
        title=answer(result),
        subtitle=f"Each effect against the smallest that matters ({listed(matters)}), with "
        f"{confidence(result.level)} interval. {counted(len(result.effects), 'effect')}",
        sentence=" ".join(_sentences(result)),
        caveats=[*_family(result), *_caveats(judged(result), beside_series=False)],
        how_to_read="Each mark is one effect, the line its interval; to the right is better, "
        "whatever the measure, and 1× is the smallest effect that matters. Triangle: better, or "
        "worse (coloured, pointing down). Square: no meaningful change. Circle and dotted line: "
        "cannot tell yet.",
    )


def series_caption(result: ChangeOutcomes, drawn: Sequence[Judged]) -> Caption:
    """Return the words of the figure of what happened and what was expected without a change."""
    left_out = len(result.effects) - len(drawn)
    more = [f"{counted(left_out, 'effect')} not drawn here; see the table."] if left_out else []
    return Caption(
        title=_series_title(drawn),
        subtitle=f"What happened per {result.freq}, and what would have been expected without the "
        f"change. {result.freq.capitalize()}s by opening, for satisfaction by resolution; the "
        "scales do not start at 0",
        sentence=" ".join(sentence(*one) for one in drawn) or "There is no series to show.",
        caveats=[*_caveats(drawn, beside_series=True), *more],
        how_to_read=HOW_TO_READ_SERIES,
    )


def _series_title(drawn: Sequence[Judged]) -> str:
    if not drawn:
        return "There is no series to show"
    row, effect = drawn[0]
    if effect.verdict in FOLLOWED_BY:
        return f"{row['description']}, {subject(row)}: {verdict(effect).lower()} than expected"
    return "No series parts from what was expected without the change by more than chance"
