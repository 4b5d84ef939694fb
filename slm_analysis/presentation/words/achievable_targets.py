"""What to say about the targets that could be promised."""

from __future__ import annotations

import pandas as pd

from slm_analysis.presentation import numbers
from slm_analysis.presentation.numbers import (
    percent,
    percent_beside,
    plain_hours,
    plain_percent,
)
from slm_analysis.presentation.views import Prose
from slm_analysis.presentation.words.caveats import caveats
from slm_analysis.questions.achievable_targets import (
    ANSWERED,
    OUT_OF_REACH,
    TOO_FEW,
    UNSTABLE,
    AchievableTargets,
)
from slm_analysis.sla.agreements import DEFAULT

HEADING = {
    "worse": "its share in time is getting worse",
    "better": "its share in time is getting better",
    "mixed": "its share in time moves both ways",
}
NO_ANSWER = {
    TOO_FEW: "too few tickets since {since}",
    OUT_OF_REACH: "no length of time was kept surely enough by {counted} tickets since {since}",
}
NOT_JUDGED = "too few periods to call it stable"
NONE = "No service has a target that could be told from its tickets."
PAST = "This is what the tickets of a stable process took; a promise also needs it to stay so."


def name(row: pd.Series) -> str:
    """Return a service, with the priority where it has a goal of its own."""
    return row["service"] if row["priority"] == DEFAULT else f"{row['service']}, {row['priority']}"


def answer(row: pd.Series) -> str:
    """Return the target that could be promised, or why there is none."""
    if row["answer"] == ANSWERED:
        return f"{plain_percent(row['goal_share'])} within {plain_hours(row['hours'])}"
    if row["answer"] == UNSTABLE:
        return f"no answer, {HEADING[row['direction']]}"
    since = numbers.date(row["since"])
    why = NO_ANSWER.get(row["answer"], NOT_JUDGED)
    return f"no answer, {why.format(since=since, counted=numbers.count(row['counted']))}"


def reached(row: pd.Series) -> str:
    """Return the share within the target and its lower bound, with the tickets behind them."""
    low = percent_beside(row["low"], row["goal_share"])
    return f"{percent(row['share'])} of {row['counted']:,}, at least {low}"


def sentence(row: pd.Series) -> str:
    """Return what could be promised, how surely, and what the agreed target would cost."""
    told = f"{name(row)}: {answer(row)}"
    if row["answer"] != ANSWERED:
        return f"{told}."
    told += f" ({reached(row)}, since {numbers.date(row['since'])})."
    agreed, hours = row["agreed_hours"], row["hours"]
    if pd.isna(agreed):
        return told
    if agreed == hours:
        return f"{told} That is the agreed time."
    late, agreed_late = (
        numbers.score(row[column]) for column in ("late_a_month", "agreed_late_a_month")
    )
    return (
        f"{told} The agreed {plain_hours(agreed)} would be about {agreed_late} late tickets a "
        f"month, these {late}."
    )


def say(result: AchievableTargets) -> Prose:
    """Return one sentence per service, then the caveats."""
    if result.services.empty:
        return Prose([NONE])
    told = [sentence(row) for _, row in result.services.iterrows()]
    return Prose(told, [PAST, *caveats(result.notes)])
