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
from slm_analysis.presentation.numbers import (
    capitalised,
    continued,
    counted,
    date,
    in_words,
    listed,
)
from slm_analysis.presentation.views import Headline, Prose
from slm_analysis.presentation.words import change_effect as effect_words
from slm_analysis.presentation.words.caveats import caveats
from slm_analysis.presentation.words.change_checks import lasting
from slm_analysis.presentation.words.change_effect import (
    HOW_TO_READ_SERIES,
    MEASURES,
    Wording,
    confidence,
    effect_notes,
    smallest,
)
from slm_analysis.presentation.words.improvement_actions import BROUGHT, overdue, promised
from slm_analysis.questions.process_changes import (
    EARLIER,
    LATER,
    MIXED,
    NOT_MEASURED,
    UNDECIDABLE,
    ChangeOutcomes,
)
from slm_analysis.result import Note, note

MOST_NAMED = 3
ORDER = (
    WORSE, MIXED, BETTER, CANNOT_TELL, NO_MEANINGFUL_CHANGE, UNDECIDABLE, LATER, NOT_MEASURED,
    EARLIER,
)  # fmt: skip
"""Outcomes of a change, the one that asks for action first."""
NEXT = {
    WORSE: "Look at “{name}” first: what got worse, and should it be taken back?",
    MIXED: "Look at “{name}” first: can its gain be had without its loss?",
    BETTER: "Keep “{name}”, and see in the trends whether it lasts.",
    CANNOT_TELL: "Leave “{name}” as it is, and ask again when more {periods} are in.",
    NO_MEANINGFUL_CHANGE: "Do not count on “{name}” for the goals; weigh it by its cost.",
    UNDECIDABLE: "Let “{name}” rest: waiting will not tell. Leave room around the next change.",
    LATER: "Come back to “{name}” when at least {needed} {periods} are in.",
    NOT_MEASURED: "Check how the records name the service that “{name}” concerns.",
    EARLIER: "Let “{name}” rest: no waiting brings figures from before it.",
}
FOLLOWED_BY = {
    BETTER: "better results",
    WORSE: "worse results",
    MIXED: "better and worse results",
    NO_MEANINGFUL_CHANGE: "no meaningful change",
}
BESIDE_SERIES = {
    "change_assumption", "change_incomplete_periods", "change_missing_periods",
    "change_ramp_periods", "change_change_within_period",
}  # fmt: skip
"""Caveats about what is drawn over time; the others stand beside the effects."""
CAVEATS = (
    "other_change", "placebo_date", "placebo_units", "pre_trend", "drift", "autocorrelation",
    "season_not_separable", "few_points", "power", "assumption", "against_controls",
    "too_few_controls", "ramp_periods", "change_within_period", "incomplete_periods",
    "missing_periods",
)  # fmt: skip
"""Their order."""
MOST_SENTENCES = 6

Judged = tuple[pd.Series, ChangeEffect]
"""One row of `effects` with its single result."""


def judged(result: ChangeOutcomes) -> list[Judged]:
    """Return the effects, each with its single result."""
    rows = [row for _, row in result.effects.iterrows()]
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
    return MEASURES[row["measure"]]


def subject(row: pd.Series) -> str:
    """Return what an effect is on: ``Invoice posting, share in time``."""
    return f"{row['service']}, {wording(row).name}"


def dated(change: pd.Series) -> str:
    """Return a change with its date: ``Three-way match automated (2 March 2026)``."""
    return f"{change['description']} ({date(change['on'])})"


def verdict(row: pd.Series, effect: ChangeEffect) -> str:
    """Return ``Better``, ``Cannot tell yet``, …."""
    return effect_words.verdict(effect, final=bool(row["final"]))


def sentence(row: pd.Series, effect: ChangeEffect) -> str:
    """Return change, service, measure, verdict, and whether what was found lasted."""
    told = effect_words.verdict_sentence(effect, wording(row), final=bool(row["final"]))
    return _joined(f"{row['description']}, {subject(row)}. {told}", lasting(effect, wording(row)))


def not_judged(change: pd.Series) -> str:
    """Return why a change has no effect to show."""
    if change["outcome"] == LATER:
        return f"{dated(change)} came after the reported period: nothing can be said yet."
    if change["outcome"] == EARLIER:
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
        yet = " yet" if CANNOT_TELL in number else ""
        return f"Whether any of {total} changes worked cannot be told{yet}"
    (many, words), *others = told
    first = (
        f"{in_words(many).capitalize()} of {total} changes {'was' if many == 1 else 'were'} "
        f"followed by {words}"
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
        groups.setdefault(verdict(row, effect).lower(), []).append(_told_apart(row, own))
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
    sentences = [sentence(*one) for one in effects] + _unjudged(result)
    if result.changes.empty:
        sentences = [f"No process change is on record for {result.business_unit}."]
    beside = [*_caveats(effects, beside_series=False), *_caveats(effects, beside_series=True)]
    return Prose(sentences, [*_family(result), *beside])


def _unjudged(result: ChangeOutcomes) -> list[str]:
    without = result.changes[~result.changes["change_id"].isin(result.effects["change_id"])]
    return [not_judged(change) for _, change in without.iterrows()]


def _surest(effects: Sequence[Judged]) -> list[str]:
    """Return what a figure tells in words: the first effects, and how many more there are."""
    told = [sentence(*one) for one in effects[:MOST_SENTENCES]]
    more = len(effects) - len(told)
    return [*told, f"{counted(more, 'more effect')} in the table."] if more else told


def _caveats(effects: Sequence[Judged], *, beside_series: bool) -> list[str]:
    """Return each caveat once, with the effects that it concerns unless it concerns all."""
    concerned: dict[str, list[tuple[pd.Series, Note]]] = {}
    for row, effect in effects:
        for given in effect_notes(effect, wording(row)):
            concerned.setdefault(given.code, []).append((row, given))
    return [
        _said_of(
            [row for row, _ in concerned[code]],
            effects,
            caveats([_merged([given for _, given in concerned[code]])])[0],
        )
        for code in (f"change_{name}" for name in CAVEATS)
        if code in concerned and (code in BESIDE_SERIES) == beside_series
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
    gaps = "; ".join(dict.fromkeys(str(n.values["gap"]) for n in notes))
    few_sizes = first.code == "change_power" and len(notes) <= MOST_NAMED
    code = first.code if few_sizes else f"{first.code}_various"
    return note(code, **{**first.values, **values, "gap": gaps})


def _said_of(rows: Sequence[pd.Series], effects: Sequence[Judged], text: str) -> str:
    """Return a caveat with the effects that it concerns, unless it concerns all."""
    if len(rows) == len(effects):
        return text
    alike = all(len({row[c] for row, _ in effects}) == 1 for c in ("description", "service"))
    whom = (
        capitalised(listed([wording(row).name for row in rows]))
        if alike
        else f"{len(rows)} of {counted(len(effects), 'effect')}"
    )
    return f"{whom}: {continued(text)}"


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
        sentence=" ".join([*_surest(by_evidence(result)), *_unjudged(result)])
        or nothing_to_draw(result),
        caveats=[*_family(result), *_caveats(judged(result), beside_series=False)],
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
        sentence=" ".join(_surest(drawn)) or nothing_to_draw(result),
        caveats=[*_caveats(drawn, beside_series=True), *more],
        how_to_read=HOW_TO_READ_SERIES,
    )


def _series_title(row: pd.Series, effect: ChangeEffect) -> str:
    return f"{row['description']}, {subject(row)}: {verdict(row, effect).lower()}"
