"""What to say about service levels."""

from __future__ import annotations

import pandas as pd

from slm_analysis.presentation import numbers
from slm_analysis.presentation.chart import Caption
from slm_analysis.presentation.numbers import counted, in_words, listed, percent, plain_percent
from slm_analysis.presentation.views import Headline, Prose
from slm_analysis.presentation.words.caveats import caveats
from slm_analysis.sla.service_levels import ServiceLevels

VERDICTS = {
    "met": "Met",
    "missed": "Missed",
    "open": "Not decided yet",
    "too_few": "Too few tickets",
    "no_cases": "No tickets",
}
COUNT_BY = {
    "due": "tickets due in the period",
    "opened": "tickets opened in the period",
    "resolved": "tickets resolved in the period",
    "closed": "tickets closed in the period",
    "mixed": "tickets due in the period, or opened in it where there is no due time",
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
    words = VERDICTS[level["result"]]
    if level["result"] == "too_few" and level["metric"] == "satisfaction":
        words = "Too few answers"
    unsure = level["result"] in {"met", "missed"} and level["evidence"] == "uncertain"
    return f"{words}, uncertain" if unsure else words


def promise(level: pd.Series) -> str:
    """Return what was promised: ``invoice-posting, P1: resolution``."""
    priority = "" if level["priority"] == "default" else f", {level['priority']}"
    return f"{level['service']}{priority}: {METRICS[level['metric']]}"


def figure(level: pd.Series) -> str:
    """Return the value with its denominator: ``278 of 306, 90.8%``."""
    if pd.isna(level["value"]):
        return numbers.NO_VALUE
    if level["metric"] == "satisfaction":
        value = numbers.score_beside(level["value"], level["goal_value"])
        return f"{value} from {counted(level['counted'], 'person', 'people')}"
    value = numbers.percent_beside(level["value"], level["goal_value"])
    if level["metric"] == "availability":
        return value
    kept = round(level["value"] * level["counted"])
    return f"{kept:,} of {level['counted']:,}, {value}"


def interval(level: pd.Series) -> str:
    """Return the 95 % interval: ``86.9 to 93.7%``."""
    if pd.isna(level["low"]) or level["low"] == level["high"]:
        return numbers.NO_VALUE
    if level["metric"] == "satisfaction":
        return f"{numbers.score(level['low'])} to {numbers.score(level['high'])}"
    return f"{percent(level['low'])[:-1]} to {percent(level['high'])}"


def goal(level: pd.Series) -> str:
    """Return the goal as a number: ``95%``, ``4.2``."""
    if level["metric"] == "satisfaction":
        return f"{level['goal_value']:g}"
    return plain_percent(level["goal_value"])


def decided(result: ServiceLevels) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the missed promises, the surest first, and the kept ones."""
    levels = result.levels
    missed = levels[levels["result"] == "missed"].sort_values(
        ["evidence", "counted"], ascending=[True, False], kind="stable"
    )
    return missed, levels[levels["result"] == "met"]


def headline(result: ServiceLevels) -> Headline:
    """Return the top of the service-level page."""
    missed, met = decided(result)
    when = numbers.period(result.period_start, result.period_end)
    total = len(missed) + len(met)
    undecided = len(result.levels) - total
    if not len(result.levels):
        return Headline(
            f"No promises to judge in {when}",
            "No agreement covers this unit's tickets.",
            "No ticket of this unit is covered by an agreement in force.",
            "There is nothing to be sure about.",
            "Check which business units and services the agreements name.",
        )
    if total == 0:
        title = f"No promise could be judged in {when}"
    elif missed.empty:
        title = f"All {counted(total, 'promise')} that could be judged were kept in {when}"
        title = title.replace(
            "All 1 promise that could be judged were", "The one promise that could be judged was"
        )
    else:
        were = "was" if len(missed) == 1 else "were"
        title = f"{in_words(len(missed)).capitalize()} of {total} promises {were} missed in {when}"
    return Headline(
        title=title,
        lead=_lead(missed, met),
        what=_what(missed, met, undecided),
        sure=_sure(missed, met),
        next=_next(missed),
        link="03_root_causes" if len(missed) else "",
    )


def _lead(missed: pd.DataFrame, met: pd.DataFrame) -> str:
    if len(missed):
        first = missed.iloc[0]
        return f"{promise(first)} stands first: {figure(first)}, against a goal of {goal(first)} ({first['goal']})."
    if len(met):
        nearest = met.loc[(met["value"] - met["goal_value"]).abs().idxmin()]
        return (
            f"Nearest to its goal: {promise(nearest)}, {figure(nearest)}, against {goal(nearest)}."
        )
    return "There were no tickets, or too few of them."


def _what(missed: pd.DataFrame, met: pd.DataFrame, undecided: int) -> str:
    parts = []
    if len(missed):
        parts.append(f"Missed: {listed([promise(m) for _, m in missed.iterrows()], MOST_NAMED)}.")
    parts.append(f"{counted(len(met), 'promise')} kept.")
    if undecided:
        parts.append(
            f"{counted(undecided, 'promise')} without a verdict: open, too few or no tickets."
        )
    return " ".join(parts)


def _sure(missed: pd.DataFrame, met: pd.DataFrame) -> str:
    if missed.empty and met.empty:
        return "Without cases nothing can be said."
    parts = []
    for rows, name in ((missed, "missed"), (met, "kept")):
        clear = int((rows["evidence"] == "clear").sum())
        if len(rows):
            unsure = len(rows) - clear
            parts.append(
                f"Of {counted(len(rows), f'{name} promise')}, {unsure} could be chance."
                if unsure
                else f"The {name} promises differ from their goals by more than chance explains."
            )
    parts.append("Each row shows the interval in which the true level likely lies.")
    return " ".join(parts)


def _next(missed: pd.DataFrame) -> str:
    clear = missed[missed["evidence"] == "clear"]
    if len(clear):
        return f"See what goes with the breaches of {clear.iloc[0]['service']}."
    if len(missed):
        return "Watch the missed promises for another month before changing anything; see what goes with the breaches."
    return "Nothing here asks for action. See the trends for early warnings."


def say(result: ServiceLevels) -> Prose:
    """Return one sentence on the missed promises, then the caveats."""
    missed, met = decided(result)
    if missed.empty:
        sentence = f"No promise was missed; {counted(len(met), 'promise')} kept."
    else:
        sentence = " ".join(
            f"{promise(m)}: {verdict(m)}: {figure(m)} against {goal(m)}, interval {interval(m)}."
            for _, m in missed.iterrows()
        )
    return Prose([sentence], [*caveats(result.notes), *_method(result)])


def _method(result: ServiceLevels) -> list[str]:
    counts = [COUNT_BY[name] for name in result.levels["count_by"].dropna().unique()]
    if not counts:
        return []
    return [
        f"Share = met / (met + breached), {listed(counts)}. Running and paused tickets are not counted yet. "
        '"Uncertain": the 95% interval reaches across the goal.'
    ]


def caption(result: ServiceLevels) -> Caption:
    """Return the words of the figure."""
    missed, _ = decided(result)
    when = numbers.period(result.period_start, result.period_end)
    judged = int(result.levels["counted"].sum())
    if missed.empty:
        title = "No promise was missed"
    else:
        verb = "misses its goal" if len(missed) == 1 else "miss their goals"
        title = f"{listed([promise(m) for _, m in missed.iterrows()], 2)} {verb}"
    return Caption(
        title=title,
        subtitle=f"Share kept in {when} with 95% interval; the upright stroke is the goal. {judged:,} cases judged",
        sentence=" ".join(say(result).sentences),
        caveats=say(result).caveats,
        how_to_read="Each dot is the share that was kept, the line its 95% interval, the upright stroke the "
        "goal. A coloured diamond is below its goal by more than chance explains.",
    )
