"""What to say about service levels."""

from __future__ import annotations

import pandas as pd

from slm_analysis.presentation import numbers
from slm_analysis.presentation.chart import Caption
from slm_analysis.presentation.language import N_, _, joined, ngettext
from slm_analysis.presentation.numbers import (
    capitalised,
    count,
    counted,
    in_words,
    listed,
    plain_percent,
    share_of,
)
from slm_analysis.presentation.views import Headline, Prose
from slm_analysis.presentation.words.caveats import caveats
from slm_analysis.presentation.words.goals import goal_in_words
from slm_analysis.presentation.words.recorded import beside_the_source
from slm_analysis.questions.service_levels import ServiceLevels

VERDICTS = {
    "met": N_("Met"),
    "missed": N_("Missed"),
    "open": N_("Not decided yet"),
    "too_few": N_("Too few tickets"),
    "no_cases": N_("No tickets"),
}
UNSURE = {"met": N_("Met, uncertain"), "missed": N_("Missed, uncertain")}
COUNT_BY = {
    "due": N_("due in the period"),
    "opened": N_("opened in the period"),
    "resolved": N_("resolved in the period"),
    "closed": N_("closed in the period"),
    "mixed": N_("due in the period, or opened in it where there is no due time"),
}
METRICS = {
    "resolution_time": N_("resolution"),
    "response_time": N_("first response"),
    "error_rate": N_("errors"),
    "availability": N_("availability"),
    "satisfaction": N_("satisfaction"),
    "recovery_time": N_("recovery"),
}
MOST_NAMED = 3
MOST_TOLD = 2
"""Missed promises told beside the figure; the table below it holds all."""


def verdict(level: pd.Series) -> str:
    """Return ``Missed``, ``Met, uncertain``, ``Not decided yet``, …."""
    result = level["result"]
    if level["metric"] == "satisfaction" and result in {"too_few", "no_cases"}:
        return _("Too few answers")
    if result in UNSURE and level["evidence"] == "uncertain":
        return _(UNSURE[result])
    return _(VERDICTS[result])


def promise(level: pd.Series) -> str:
    """Return what was promised: ``Invoice posting, P1 resolution``."""
    return _("{service}, {promise}").format(service=level["service"], promise=kind(level))


def kind(level: pd.Series) -> str:
    """Return which promise about a service it is: ``P1 resolution``."""
    metric = _(METRICS[level["metric"]])
    if level["priority"] == "default":
        return metric
    return _("{priority} {metric}").format(priority=level["priority"], metric=metric)


def figure(level: pd.Series) -> str:
    """Return the value with its denominator: ``278 of 306, 90.8%``."""
    if pd.isna(level["value"]):
        return numbers.NO_VALUE
    if level["metric"] == "satisfaction":
        people = int(level["counted"])
        return ngettext("{score} from {n} person", "{score} from {n} people", people).format(
            score=numbers.score_beside(level["value"], level["goal_value"]), n=count(people)
        )
    value = numbers.percent_beside(level["value"], level["goal_value"])
    if level["metric"] == "availability":
        return value
    part = round(level["value"] * level["counted"])
    if level["metric"] != "error_rate":
        return share_of(part, level["counted"], value)
    return _("{part} of {all} with errors, {share}").format(
        part=count(part), all=count(level["counted"]), share=value
    )


def interval(level: pd.Series) -> str:
    """Return the 95 % interval, each end on its side of the goal: ``86.9 to 93.7%``."""
    ends, goal_value = [level["low"], level["high"]], level["goal_value"]
    if pd.isna(ends[0]) or ends[0] == ends[1]:
        return numbers.NO_VALUE
    if level["metric"] == "satisfaction":
        return numbers.span(*(numbers.score_beside(end, goal_value) for end in ends))
    return numbers.span(*(numbers.percent_beside(end, goal_value) for end in ends))


def goal(level: pd.Series) -> str:
    """Return the goal as a number: ``95%``, ``4.2``, ``at most 2%``."""
    if level["metric"] == "satisfaction":
        return f"{level['goal_value']:g}"
    share = plain_percent(level["goal_value"])
    return _("at most {share}").format(share=share) if level["at_most"] else share


def goal_in_full(level: pd.Series) -> str:
    """Return the goal as it was agreed, with its number where the words do not hold it."""
    number, words = goal(level), goal_in_words(level["goal"])
    return words if number in words else _("{goal} ({words})").format(goal=number, words=words)


def compared(level: pd.Series, with_goal: str) -> str:
    """Return ``276 of 312, 88.5%, against 95%; interval 84.2 to 91.7%``."""
    sure = interval(level)
    if sure == numbers.NO_VALUE:
        return _("{figure}, against {goal}").format(figure=figure(level), goal=with_goal)
    return _("{figure}, against {goal}; interval {interval}").format(
        figure=figure(level), goal=with_goal, interval=sure
    )


def sentence(level: pd.Series, with_goal: str) -> str:
    """Return a promise with its verdict, figure and goal."""
    return _("{promise}: {verdict}. {figures}.").format(
        promise=promise(level), verdict=verdict(level).lower(), figures=compared(level, with_goal)
    )


def missed_promises(result: ServiceLevels) -> pd.DataFrame:
    """Return the missed promises, the surest and largest first."""
    missed = result.levels[result.levels["result"] == "missed"]
    return missed.sort_values(["evidence", "counted"], ascending=[True, False], kind="stable")


def in_order(result: ServiceLevels) -> pd.DataFrame:
    """Return all promises, the missed ones first, by evidence; the others by name."""
    missed = missed_promises(result)
    return pd.concat([missed, result.levels.drop(index=missed.index)])


def kept_promises(result: ServiceLevels) -> pd.DataFrame:
    """Return the promises that were kept."""
    return result.levels[result.levels["result"] == "met"]


def headline(result: ServiceLevels) -> Headline:
    """Return the top of the service-level page."""
    missed, kept = missed_promises(result), kept_promises(result)
    when = numbers.period(result.period_start, result.period_end)
    if result.levels.empty:
        return Headline(
            title=_("Nothing was promised that could be judged in {when}").format(when=when),
            lead=_("No agreement covers the tickets of this unit in the period."),
            what=_("No promise to judge."),
            sure=_("Nothing can be said."),
            next=_("Check which business units and services the agreements name."),
        )
    return Headline(
        title=_title(missed, kept, when),
        lead=_lead(missed, kept),
        what=_what(missed, kept, len(result.levels) - len(missed) - len(kept)),
        sure=_sure(missed, kept),
        next=_next(missed),
        link="03_root_causes" if (missed["evidence"] == "clear").any() else "02_trends",
    )


def _title(missed: pd.DataFrame, kept: pd.DataFrame, when: str) -> str:
    judged = len(missed) + len(kept)
    if not judged:
        return _("Too few cases to judge any promise in {when}").format(when=when)
    if judged == 1:
        if missed.empty:
            form = _("The one promise that could be judged was kept in {when}")
        else:
            form = _("The one promise that could be judged was missed in {when}")
        return form.format(when=when)
    if missed.empty:
        return _("All {number} promises that could be judged were kept in {when}").format(
            number=in_words(judged), when=when
        )
    form = ngettext(
        "{number} of {all} promises was missed in {when}",
        "{number} of {all} promises were missed in {when}",
        len(missed),
    )
    number = capitalised(in_words(len(missed)))
    return form.format(number=number, all=in_words(judged), when=when)


def _lead(missed: pd.DataFrame, kept: pd.DataFrame) -> str:
    if len(missed):
        return sentence(missed.iloc[0], goal_in_full(missed.iloc[0]))
    shares = kept[kept["metric"] != "satisfaction"]
    if len(shares):
        nearest = shares.loc[[(shares["value"] - shares["goal_value"]).abs().idxmin()]].iloc[0]
        return _("Nearest to its goal: {promise}, {figure}, against {goal}.").format(
            promise=promise(nearest), figure=figure(nearest), goal=goal_in_full(nearest)
        )
    if len(kept):
        first = kept.iloc[0]
        return _("{promise}: {figure}, against {goal}.").format(
            promise=promise(first), figure=figure(first), goal=goal(first)
        )
    return _("There were no cases, or fewer than the agreement asks for.")


def _what(missed: pd.DataFrame, kept: pd.DataFrame, undecided: int) -> str:
    parts = []
    if len(missed):
        parts.append(_("Missed: {promises}.").format(promises=named(missed)))
    parts.append(counted(len(kept), "Kept: {n} promise.", "Kept: {n} promises."))
    if undecided:
        number = in_words(undecided)
        parts.append(
            _("Without a verdict (open, or too few cases): {number}.").format(number=number)
        )
    return joined(parts)


def named(levels: pd.DataFrame) -> str:
    """Return the names of promises, the first few."""
    return listed([promise(level) for __, level in levels.iterrows()], MOST_NAMED)


def _sure(missed: pd.DataFrame, kept: pd.DataFrame) -> str:
    sure_missed = _by_evidence(
        missed,
        clear=counted(
            len(missed),
            "The one miss is more than chance.",
            "All {n} misses are more than chance.",
        ),
        unsure=counted(
            len(missed),
            "The one miss may be chance.",
            "All {n} misses may be chance.",
        ),
        both=_("Of {n} promises missed, {unsure} could be chance."),
    )
    sure_kept = _by_evidence(
        kept,
        clear=counted(
            len(kept),
            "There are cases enough to be sure of the one promise kept.",
            "There are cases enough to be sure of all {n} promises kept.",
        ),
        unsure=counted(
            len(kept),
            "For the one promise kept there are too few cases to be sure.",
            "For none of the {n} promises kept there are cases enough to be sure.",
        ),
        both=_("For {unsure} of the {n} promises kept there are too few cases to be sure."),
    )
    return joined([sure_missed, sure_kept]) or _("Without cases nothing can be said.")


def _by_evidence(levels: pd.DataFrame, *, clear: str, unsure: str, both: str) -> str:
    """Return what fits promises that are all clear, all uncertain, or some of each."""
    number = int((levels["evidence"] == "uncertain").sum())
    if levels.empty:
        return ""
    if number in {0, len(levels)}:
        return unsure if number else clear
    return both.format(n=len(levels), unsure=number)


def _next(missed: pd.DataFrame) -> str:
    clear = missed[missed["evidence"] == "clear"]
    if len(clear):
        service = clear.iloc[0]["service"]
        return _("See what goes with the breaches of {service}.").format(service=service)
    if len(missed):
        return _("Change nothing on this month alone; see whether the trend agrees.")
    return _("No service level calls for action. See the trends for early warnings.")


def say(result: ServiceLevels) -> Prose:
    """Return a sentence for each missed promise, then the caveats."""
    missed = missed_promises(result)
    sentences = [sentence(level, goal(level)) for __, level in missed.iterrows()]
    if missed.empty:
        sentences = [
            counted(
                len(kept_promises(result)),
                "No promise was missed; {n} promise kept.",
                "No promise was missed; {n} promises kept.",
            )
        ]
    notes = [*_method(result), *beside_the_source(result), *caveats(result.notes)]
    return Prose(sentences, notes)


def _method(result: ServiceLevels) -> list[str]:
    ways = [_(COUNT_BY[name]) for name in result.levels["count_by"].dropna().unique()]
    if not ways:
        return []
    return [
        _(
            "Counted are tickets {ways} that were met or breached; running and paused ones are "
            "not. Uncertain: the 95% interval reaches across the goal."
        ).format(ways=listed(ways))
    ]


def caption(result: ServiceLevels) -> Caption:
    """Return the words of the figure."""
    missed = missed_promises(result)
    clear = missed[missed["evidence"] == "clear"]
    judged = result.levels["result"].isin(["met", "missed"])
    cases = result.levels[judged & (result.levels["metric"] != "availability")]
    if len(clear):
        title = _("Missed by more than chance: {promises}").format(promises=named(clear))
    elif len(missed):
        title = _("No promise was missed by more than chance")
    elif len(kept_promises(result)):
        title = _("No promise was missed")
    else:
        title = _("No promise could be judged")
    number = int(cases["counted"].sum())
    subtitle = ngettext(
        "Share kept in {when}, with 95% interval and goal. {n} case judged",
        "Share kept in {when}, with 95% interval and goal. {n} cases judged",
        number,
    )
    prose = say(result)
    return Caption(
        title=title,
        subtitle=subtitle.format(
            when=numbers.period(result.period_start, result.period_end), n=count(number)
        ),
        sentence=joined(prose.sentences[:MOST_TOLD]),
        caveats=prose.caveats,
        how_to_read=_(
            "Each dot is the share that was kept, the line its 95% interval, the upright stroke "
            "the goal. A coloured diamond lies below its goal by more than chance explains."
        ),
    )
