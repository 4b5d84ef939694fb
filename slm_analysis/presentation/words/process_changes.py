"""What to say about the process changes of a unit."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

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
    MEASURES,
    VERDICTS,
    Wording,
    confidence,
    effect_notes,
    smallest,
    verdict,
    verdict_sentence,
)
from slm_analysis.presentation.words.improvement_actions import BROUGHT, overdue, promised
from slm_analysis.questions.process_changes import (
    EARLIER,
    LATER,
    MIXED,
    NOT_MEASURED,
    ChangeOutcomes,
)
from slm_analysis.result import note

MOST_NAMED = 3
ORDER = (WORSE, MIXED, BETTER, CANNOT_TELL, NO_MEANINGFUL_CHANGE, LATER, NOT_MEASURED, EARLIER)
"""Outcomes, the one that asks for action first."""
NEXT = {
    WORSE: "Look at {name} first: what got worse, and should it be taken back?",
    MIXED: "Look at {name} first: can its gain be had without its loss?",
    BETTER: "Keep {name}, and see in the trends whether it lasts.",
    CANNOT_TELL: "Leave {name} as it is, and ask again when more {periods} are in.",
    NO_MEANINGFUL_CHANGE: "Do not count on {name} for the goals; weigh it by its cost.",
    LATER: "Come back to {name} when at least eight {periods} are in.",
    NOT_MEASURED: "Check how the records name the service that {name} concerns.",
    EARLIER: "Let {name} rest: there is nothing to compare with.",
}

Judged = tuple[pd.Series, ChangeEffect]
"""One row of `effects` with its single result."""


def judged(result: ChangeOutcomes) -> list[Judged]:
    """Return the effects, each with its single result."""
    return [
        (row, effect)
        for (_, row), effect in zip(result.effects.iterrows(), result.single, strict=True)
    ]


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
    if change["outcome"] == EARLIER:
        return f"{dated(change)} was made before the figures begin: nothing to compare with."
    where = f"of {change['service']}" if change["service"] else "of this unit"
    return f"{dated(change)} cannot be judged: there are no figures {where}."


def by_evidence(result: ChangeOutcomes) -> list[Judged]:
    """Return the effects, those that are better or worse first, the surest of them leading."""

    def rank(one: Judged) -> tuple[bool, float]:
        row, effect = one
        told = effect.verdict in {BETTER, WORSE}
        return not told, float(row["p"]) if told else 0.0

    return sorted(judged(result), key=rank)


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
    first = _most_pressing(result)
    ranked = by_evidence(result)
    return Headline(
        title=answer(result),
        lead=sentence(*ranked[0]) if ranked else not_judged(first),
        what=_joined(*_summaries(result), promised(result.actions)),
        sure=_sure(result),
        next=_joined(
            NEXT[first["outcome"]].format(name=first["description"], periods=f"{result.freq}s"),
            overdue(result.actions),
        ),
        link="02_trends" if first["outcome"] == BETTER else "",
    )


def _joined(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def _most_pressing(result: ChangeOutcomes) -> pd.Series:
    places = result.changes["outcome"].map(ORDER.index)
    return result.changes.loc[places.idxmin()]


def answer(result: ChangeOutcomes) -> str:
    """Return what the changes were followed by, in one line."""
    changes = result.changes
    if changes.empty:
        return "No process change is on record"
    if len(changes) == 1:
        only = changes.iloc[0]
        return f"{dated(only)}: {BROUGHT[only['outcome']]}"
    number = changes["outcome"].value_counts()
    told = [
        f"{in_words(int(number[code]))} {'was' if number[code] == 1 else 'were'} {BROUGHT[code]}"
        for code in (BETTER, WORSE, MIXED)
        if code in number
    ]
    if not told:
        return f"None of {in_words(len(changes))} changes was followed by better or worse results"
    return f"Of {in_words(len(changes))} changes, {listed(told)}"


def _summaries(result: ChangeOutcomes) -> list[str]:
    """Return each change with its verdicts, and a count of those not named."""
    named = [_summary(change, result) for _, change in result.changes.iterrows()]
    if len(named) <= MOST_NAMED:
        return named
    return [*named[:MOST_NAMED], f"{len(named) - MOST_NAMED} earlier changes are in the table."]


def _summary(change: pd.Series, result: ChangeOutcomes) -> str:
    own = [(r, e) for r, e in judged(result) if r["change_id"] == change["change_id"]]
    if not own:
        return not_judged(change)
    services = {row["service"] for row, _ in own}
    groups: dict[str, list[str]] = {}
    for row, effect in own:
        label = wording(row).name if len(services) == 1 else subject(row)
        groups.setdefault(verdict(effect).lower(), []).append(label)
    parts = [f"{words} ({listed(names, MOST_NAMED)})" for words, names in groups.items()]
    return f"{change['description']}: {listed(parts)}."


def _sure(result: ChangeOutcomes) -> str:
    if not result.family_size:
        return "There are too few figures to be sure of anything."
    parts = [
        caveats(_family(result))[0]
        if result.family_size > 1
        else f"One comparison was made; its interval is at {confidence(result.level)}."
    ]
    if result.effects["others_near"].any():
        parts.append("Other changes lay near and cannot be told apart.")
    if any(n.code == "season_not_separable" for e in result.single for n in e.notes):
        parts.append("Under two years of figures, a season cannot be told apart either.")
    return _joined(*parts, "What follows a change need not come from it.")


def _family(result: ChangeOutcomes) -> list:
    number = in_words(result.family_size).capitalize()
    return [note("change_family", n=number, level=confidence(result.level))]


def say(result: ChangeOutcomes) -> Prose:
    """Return a sentence for each change and measure, then the caveats."""
    if result.changes.empty:
        return Prose([f"No process change is on record for {result.business_unit}."])
    sentences = [sentence(row, effect) for row, effect in judged(result)]
    unjudged = ~result.changes["change_id"].isin(result.effects["change_id"])
    sentences += [not_judged(change) for _, change in result.changes[unjudged].iterrows()]
    return Prose(sentences, [*_caveats(result, judged(result))])


def _caveats(result: ChangeOutcomes, effects: list[Judged]) -> Iterator[str]:
    """Yield each caveat once, with the effects that it concerns unless it concerns all."""
    if result.family_size > 1:
        yield from caveats(_family(result))
    concerned: dict[str, list[str]] = {}
    names = [_short(row, effects) for row, _ in effects]
    for name, (row, effect) in zip(names, effects, strict=True):
        for text in caveats(effect_notes(effect, wording(row))):
            concerned.setdefault(text, []).append(name)
    for text, which in concerned.items():
        everywhere = len(which) == len(effects)
        yield text if everywhere else f"{_capitalised(listed(which, MOST_NAMED))}: {text}"


def _short(row: pd.Series, effects: list[Judged]) -> str:
    """Return what tells an effect from the others, and no more."""
    parts = [
        str(row[column])
        for column in ("description", "service")
        if len({other[column] for other, _ in effects}) > 1
    ]
    return ", ".join([*parts, wording(row).name])


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def _figures(result: ChangeOutcomes) -> str:
    return f"{result.freq.capitalize()}s by opening, satisfaction by resolution"


def caption(result: ChangeOutcomes) -> Caption:
    """Return the words of the figure of all effects."""
    prose = say(result)
    matters = listed(
        [f"{smallest(size, MEASURES[name])}" for name, size in result.min_effect.items()]
    )
    return Caption(
        title=answer(result),
        subtitle=f"Effect as a multiple of the smallest that matters ({matters}), with "
        f"{confidence(result.level)} interval. {counted(len(result.effects), 'effect')}",
        sentence=" ".join(prose.sentences),
        caveats=prose.caveats,
        how_to_read="Each mark is one effect, the line its interval; to the right is better, "
        "whatever the measure. Inside the band an effect is too small to matter. ▲ better, "
        "▼ worse (coloured), ■ no meaningful change, ○ with a dotted line: cannot tell yet.",
    )


def before_and_after_caption(result: ChangeOutcomes, drawn: list[Judged]) -> Caption:
    """Return the words of the figure of what happened and what would have been expected."""
    told = [one for one in drawn if one[1].verdict in {BETTER, WORSE}]
    if told:
        row, effect = told[0]
        title = f"{row['description']}, {subject(row)}: {VERDICTS[effect.verdict].lower()}"
    elif drawn:
        title = "In no series is what happened told apart from what was expected"
    else:
        title = "No series to show"
    left_out = len(result.effects) - len(drawn)
    more = [f"{counted(left_out, 'effect')} not drawn; see the table."] if left_out else []
    return Caption(
        title=title,
        subtitle=f"What happened per {result.freq}, and what would have been expected without "
        f"the change. {_figures(result)}; cut axes",
        sentence=" ".join(sentence(row, effect) for row, effect in drawn) or "No series to show.",
        caveats=[*_caveats(result, drawn), *more],
        how_to_read="Dots are what was seen. The dashed line is what would have been expected "
        "without the change, the band its interval. ○ an unfinished period or one in which the "
        "change took hold, left out. At the side, or below, the effect; shaded: too small to "
        "matter.",
    )
