"""What to say about service levels."""

from __future__ import annotations

import pandas as pd

from slm_analysis.presentation import numbers
from slm_analysis.presentation.chart import Caption
from slm_analysis.presentation.numbers import counted, in_words, listed, plain_percent
from slm_analysis.presentation.views import Headline, Prose
from slm_analysis.presentation.words.caveats import caveats
from slm_analysis.presentation.words.recorded import beside_the_source
from slm_analysis.questions.service_levels import ServiceLevels

VERDICTS = {
    "met": "Met",
    "missed": "Missed",
    "open": "Not decided yet",
    "too_few": "Too few tickets",
    "no_cases": "No tickets",
}
COUNT_BY = {
    "due": "due in the period",
    "opened": "opened in the period",
    "resolved": "resolved in the period",
    "closed": "closed in the period",
    "mixed": "due in the period, or opened in it where there is no due time",
}
METRICS = {
    "resolution_time": "resolution",
    "response_time": "first response",
    "error_rate": "errors",
    "availability": "availability",
    "satisfaction": "satisfaction",
    "recovery_time": "recovery",
}
MOST_NAMED = 3


def verdict(level: pd.Series) -> str:
    """Return ``Missed``, ``Met, uncertain``, ``Not decided yet``, …."""
    if level["metric"] == "satisfaction" and level["result"] in {"too_few", "no_cases"}:
        return "Too few answers"
    words = VERDICTS[level["result"]]
    unsure = level["result"] in {"met", "missed"} and level["evidence"] == "uncertain"
    return f"{words}, uncertain" if unsure else words


def promise(level: pd.Series) -> str:
    """Return what was promised: ``Invoice posting, P1 resolution``."""
    return f"{level['service']}, {kind(level)}"


def kind(level: pd.Series) -> str:
    """Return which promise about a service it is: ``P1 resolution``."""
    priority = "" if level["priority"] == "default" else f"{level['priority']} "
    return f"{priority}{METRICS[level['metric']]}"


def figure(level: pd.Series) -> str:
    """Return the value with its denominator: ``278 of 306, 90.8%``."""
    if pd.isna(level["value"]):
        return numbers.NO_VALUE
    if level["metric"] == "satisfaction":
        value = numbers.score_beside(level["value"], level["goal_value"])
        return f"{value} from {counted(int(level['counted']), 'person', 'people')}"
    value = numbers.percent_beside(level["value"], level["goal_value"])
    if level["metric"] == "availability":
        return value
    wrong = " with errors" if level["metric"] == "error_rate" else ""
    return (
        f"{round(level['value'] * level['counted']):,} of {level['counted']:,.0f}{wrong}, {value}"
    )


def interval(level: pd.Series) -> str:
    """Return the 95 % interval, each end on its side of the goal: ``86.9 to 93.7%``."""
    ends, goal_value = [level["low"], level["high"]], level["goal_value"]
    if pd.isna(ends[0]) or ends[0] == ends[1]:
        return numbers.NO_VALUE
    if level["metric"] == "satisfaction":
        low, high = (numbers.score_beside(end, goal_value) for end in ends)
    else:
        low, high = (numbers.percent_beside(end, goal_value) for end in ends)
    return f"{low.removesuffix('%')} to {high}"


def goal(level: pd.Series) -> str:
    """Return the goal as a number: ``95%``, ``4.2``, ``at most 2%``."""
    if level["metric"] == "satisfaction":
        return f"{level['goal_value']:g}"
    return f"{'at most ' if level['at_most'] else ''}{plain_percent(level['goal_value'])}"


def goal_in_full(level: pd.Series) -> str:
    """Return the goal as it was agreed, with its number where the words do not hold it."""
    number, words = goal(level), str(level["goal"])
    return words if number in words else f"{number} ({words})"


def compared(level: pd.Series, with_goal: str) -> str:
    """Return ``276 of 312, 88.5%, against 95%; interval 84.2 to 91.7%``."""
    sure = interval(level)
    known = "" if sure == numbers.NO_VALUE else f"; interval {sure}"
    return f"{figure(level)}, against {with_goal}{known}"


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
            title=f"Nothing was promised that could be judged in {when}",
            lead="No agreement covers the tickets of this unit in the period.",
            what="No promise to judge.",
            sure="Nothing can be said.",
            next="Check which business units and services the agreements name.",
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
        return f"Too few cases to judge any promise in {when}"
    if judged == 1:
        verb = "kept" if missed.empty else "missed"
        return f"The one promise that could be judged was {verb} in {when}"
    if missed.empty:
        return f"All {in_words(judged)} promises that could be judged were kept in {when}"
    were = "was" if len(missed) == 1 else "were"
    number = in_words(len(missed)).capitalize()
    return f"{number} of {in_words(judged)} promises {were} missed in {when}"


def _lead(missed: pd.DataFrame, kept: pd.DataFrame) -> str:
    if len(missed):
        first = missed.iloc[0]
        return (
            f"{promise(first)}: {verdict(first).lower()}. {compared(first, goal_in_full(first))}."
        )
    shares = kept[kept["metric"] != "satisfaction"]
    if len(shares):
        nearest = shares.loc[[(shares["value"] - shares["goal_value"]).abs().idxmin()]].iloc[0]
        return (
            f"Nearest to its goal: {promise(nearest)}, {figure(nearest)}, against "
            f"{goal_in_full(nearest)}."
        )
    if len(kept):
        return f"{promise(kept.iloc[0])}: {figure(kept.iloc[0])}, against {goal(kept.iloc[0])}."
    return "There were no cases, or fewer than the agreement asks for."


def _what(missed: pd.DataFrame, kept: pd.DataFrame, undecided: int) -> str:
    parts = []
    if len(missed):
        parts.append(f"Missed: {listed([promise(m) for _, m in missed.iterrows()], MOST_NAMED)}.")
    parts.append(f"Kept: {counted(len(kept), 'promise')}.")
    if undecided:
        parts.append(f"Without a verdict (open, or too few cases): {in_words(undecided)}.")
    return " ".join(parts)


def _sure(missed: pd.DataFrame, kept: pd.DataFrame) -> str:
    parts = []
    for rows, verb in ((missed, "missed"), (kept, "kept")):
        unsure = int((rows["evidence"] == "uncertain").sum())
        which = f"the one promise {verb}" if len(rows) == 1 else f"all {len(rows)} promises {verb}"
        if len(rows) and not unsure:
            parts.append(f"More than chance: {which}.")
        elif len(rows) and unsure == len(rows):
            parts.append(f"It could be chance: {which}.")
        elif len(rows):
            parts.append(f"Of {len(rows)} promises {verb}, {unsure} could be chance.")
    return " ".join(parts) or "Without cases nothing can be said."


def _next(missed: pd.DataFrame) -> str:
    clear = missed[missed["evidence"] == "clear"]
    if len(clear):
        return f"See what goes with the breaches of {clear.iloc[0]['service']}."
    if len(missed):
        return "Change nothing on this month alone; see whether the trend agrees."
    return "No action is needed here. See the trends for early warnings."


def say(result: ServiceLevels) -> Prose:
    """Return a sentence for each missed promise, then the caveats."""
    missed = missed_promises(result)
    sentences = [
        f"{promise(m)}: {verdict(m).lower()}. {compared(m, goal(m))}." for _, m in missed.iterrows()
    ]
    if missed.empty:
        kept = counted(len(kept_promises(result)), "promise")
        sentences = [f"No promise was missed; {kept} kept."]
    notes = [*_method(result), *beside_the_source(result), *caveats(result.notes)]
    return Prose(sentences, notes)


def _method(result: ServiceLevels) -> list[str]:
    ways = [COUNT_BY[name] for name in result.levels["count_by"].dropna().unique()]
    if not ways:
        return []
    return [
        f"Counted are tickets {listed(ways)} that were met or breached; running and paused ones "
        "are not. Uncertain: the 95% interval reaches across the goal."
    ]


def caption(result: ServiceLevels) -> Caption:
    """Return the words of the figure."""
    missed = missed_promises(result)
    clear = missed[missed["evidence"] == "clear"]
    when = numbers.period(result.period_start, result.period_end)
    cases = result.levels[result.levels["metric"] != "availability"]
    if len(clear):
        names = listed([promise(m) for _, m in clear.iterrows()], MOST_NAMED)
        title = f"Missed by more than chance: {names}"
    elif len(missed):
        title = "No promise was missed by more than chance"
    elif len(kept_promises(result)):
        title = "No promise was missed"
    else:
        title = "No promise could be judged"
    prose = say(result)
    return Caption(
        title=title,
        subtitle=f"Share kept in {when}, with 95% interval and goal. "
        f"{counted(int(cases['counted'].sum()), 'case')} judged",
        sentence=" ".join(prose.sentences),
        caveats=prose.caveats,
        how_to_read="Each dot is the share that was kept, the line its 95% interval, the upright "
        "stroke the goal. A coloured diamond lies below its goal by more than chance explains.",
    )
