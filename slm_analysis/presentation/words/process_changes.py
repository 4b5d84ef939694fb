"""What to say about the process changes of a unit."""

from __future__ import annotations

import pandas as pd

from slm_analysis.analyses.change_checks import MIN_POINTS
from slm_analysis.analyses.change_effect import (
    BETTER,
    CANNOT_TELL,
    NO_MEANINGFUL_CHANGE,
    WORSE,
)
from slm_analysis.presentation.language import N_, _, joined, ngettext
from slm_analysis.presentation.numbers import (
    capitalised,
    in_phrases,
    in_words,
    listed,
    with_interval,
)
from slm_analysis.presentation.periods import all_periods
from slm_analysis.presentation.views import Headline, Prose
from slm_analysis.presentation.words.change_caveats import (
    BASIS,
    DOUBTS,
    SERIES,
    family,
    told_once,
)
from slm_analysis.presentation.words.change_effect import confidence
from slm_analysis.presentation.words.improvement_actions import BROUGHT, overdue, promised
from slm_analysis.presentation.words.judged_changes import (
    by_evidence,
    dated,
    judged,
    not_judged,
    sentence,
    told_apart,
    unjudged,
    verdict,
)
from slm_analysis.questions.process_changes import (
    EARLIER,
    LATER,
    MIXED,
    NOT_MEASURED,
    UNDECIDABLE,
    ChangeOutcomes,
)

MOST_NAMED = 3
ORDER = (
    WORSE, MIXED, BETTER, CANNOT_TELL, NO_MEANINGFUL_CHANGE, UNDECIDABLE, LATER, NOT_MEASURED,
    EARLIER,
)  # fmt: skip
"""Outcomes of a change, the one that asks for action first."""
NEXT = {
    WORSE: N_("Look at “{name}” first: what got worse, and should it be taken back?"),
    MIXED: N_("Look at “{name}” first: can its gain be had without its loss?"),
    BETTER: N_("Keep “{name}”, and see in the trends whether it lasts."),
    CANNOT_TELL: N_("Leave “{name}” as it is, and ask again when more {periods} are in."),
    NO_MEANINGFUL_CHANGE: N_("Do not count on “{name}” for the goals; weigh it by its cost."),
    UNDECIDABLE: N_("Let “{name}” rest: waiting will not tell. Leave room around the next change."),
    LATER: N_("Come back to “{name}” when at least {needed} {periods} are in."),
    NOT_MEASURED: N_("Check how the records name the service that “{name}” concerns."),
    EARLIER: N_("Let “{name}” rest: no waiting brings figures from before it."),
}
RECORD_CHANGES = N_("Record each change with its date when it is made, so that it can be judged.")
FOLLOWED_BY = {
    BETTER: N_("better results"),
    WORSE: N_("worse results"),
    MIXED: N_("better and worse results"),
    NO_MEANINGFUL_CHANGE: N_("no meaningful change"),
}


def headline(result: ChangeOutcomes) -> Headline:
    """Return the top of the page on process changes."""
    if result.changes.empty:
        return Headline(
            title=_("No process change is on record for {unit}").format(unit=result.business_unit),
            lead=_("Without a change there is no effect to judge."),
            what=joined([_("No change on record."), promised(result.actions)]),
            sure=_("There is nothing to be sure of."),
            next=joined([_(RECORD_CHANGES), overdue(result.actions)]),
        )
    first = _most_pressing(result.changes)
    ranked = by_evidence(result)
    advice = _(NEXT[first["outcome"]]).format(
        name=first["description"], periods=all_periods(result.freq), needed=in_words(MIN_POINTS)
    )
    return Headline(
        title=answer(result),
        lead=sentence(*ranked[0]) if ranked else not_judged(first),
        what=joined([*summaries(result), promised(result.actions)]),
        sure=_sure(result),
        next=joined([advice, overdue(result.actions)]),
        link="02_trends" if first["outcome"] == BETTER else "",
    )


def _most_pressing(changes: pd.DataFrame) -> pd.Series:
    places = [ORDER.index(outcome) for outcome in changes["outcome"]]
    return changes.iloc[places.index(min(places))]


def answer(result: ChangeOutcomes) -> str:
    """Return what the changes were followed by, in one line."""
    changes = result.changes
    if changes.empty:
        return _("No process change is on record")
    if len(changes) == 1:
        only = changes.iloc[0]
        return _("{name}: {text}").format(name=dated(only), text=_(BROUGHT[only["outcome"]]))
    total = in_words(len(changes))
    number = changes["outcome"].value_counts()
    told = [(int(number[code]), _(words)) for code, words in FOLLOWED_BY.items() if code in number]
    if not told:
        said = (
            _("Whether any of {total} changes worked cannot be told yet")
            if CANNOT_TELL in number
            else _("Whether any of {total} changes worked cannot be told")
        )
        return said.format(total=total)
    (many, words), *others = told
    first = ngettext(
        "{Some} of {total} changes was followed by {what}",
        "{Some} of {total} changes were followed by {what}",
        many,
    ).format(Some=capitalised(in_words(many)), total=total, what=words)
    further = [_("{some} by {what}").format(some=in_words(n), what=what) for n, what in others]
    return in_phrases([first, *further])


def summaries(result: ChangeOutcomes) -> list[str]:
    """Return each change with its verdicts, and a count of those not named."""
    named = [_summary(change, result) for at, change in result.changes.iterrows()]
    if len(named) <= MOST_NAMED + 1:
        return named
    earlier = _("{n} earlier changes are in the table.").format(n=len(named) - MOST_NAMED)
    return [*named[:MOST_NAMED], earlier]


def _summary(change: pd.Series, result: ChangeOutcomes) -> str:
    own = [one for one in judged(result) if one[0]["change_id"] == change["change_id"]]
    if not own:
        return not_judged(change)
    groups: dict[str, list[str]] = {}
    for row, effect in own:
        groups.setdefault(verdict(row, effect).lower(), []).append(told_apart(row, own))
    parts = [with_interval(words, listed(names, MOST_NAMED)) for words, names in groups.items()]
    return _("{name}: {text}.").format(name=change["description"], text=listed(parts))


def _sure(result: ChangeOutcomes) -> str:
    if not result.family_size:
        return _("There are too few figures to be sure of anything.")
    parts = family(result) or [
        _("One comparison was made; its interval is at {level}.").format(
            level=confidence(result.level)
        )
    ]
    if result.effects["others_near"].any():
        parts.append(_("Other changes lay near: part of what is seen may be their work."))
    if any(n.code == "season_not_separable" for e in result.single for n in e.notes):
        parts.append(_("With under two full years of figures, a season cannot be told apart."))
    return joined([*parts, _("What follows a change need not come from it.")])


def say(result: ChangeOutcomes) -> Prose:
    """Return a sentence for each change and measure, then the caveats."""
    effects = judged(result)
    sentences = [sentence(*one) for one in effects] + unjudged(result)
    if result.changes.empty:
        said = _("No process change is on record for {unit}.")
        sentences = [said.format(unit=result.business_unit)]
    return Prose(sentences, [*family(result), *told_once(effects, (*DOUBTS, *BASIS, *SERIES))])
