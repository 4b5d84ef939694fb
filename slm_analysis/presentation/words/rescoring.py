"""What to say about tickets judged by other terms."""

from __future__ import annotations

import pandas as pd

from slm_analysis.presentation import numbers
from slm_analysis.presentation.numbers import counted, digits_to_tell, listed, percent
from slm_analysis.presentation.views import Prose
from slm_analysis.presentation.words.caveats import caveats
from slm_analysis.questions.rescoring import Rescoring
from slm_analysis.sla.changed_terms import CALENDAR, GOAL, PAUSES, PRIORITIES, REOPENING

TERM = {
    GOAL: "the goal {value}",
    CALENDAR: "the calendar: {value}",
    PAUSES: "pauses on: {value}",
    REOPENING: "reopening: {value}",
    PRIORITIES: "judged as another priority: {value}",
}
METRICS = {"resolution_time": "resolution", "response_time": "response"}
NOTHING = "No term was changed."
NOWHERE = "The changed terms move no ticket."


def promise(row: pd.Series) -> str:
    """Return a service with its target: ``Payments (resolution)``."""
    return f"{row['service']} ({METRICS.get(row['target'], row['target'])})"


def shares(level: pd.Series) -> tuple[str, str]:
    """Return the share in time before and after, with as many digits as it takes to tell."""
    before, after = level["value_before"], level["value_after"]
    digits = digits_to_tell([100 * before], [100 * after])
    return percent(before, digits), percent(after, digits)


def change(row: pd.Series) -> str:
    """Return a changed term: ``Payments: the goal 95% within 4h``."""
    of = " ".join(filter(None, [row["service"], METRICS.get(row["target"], row["target"])]))
    return f"{of or 'All services'}: {TERM[row['term']].format(value=row['value'])}"


def moved(row: pd.Series) -> str:
    """Return how many tickets turned: ``12 tickets turn late, 3 turn out in time``."""
    parts = []
    if row["to_late"]:
        parts.append(f"{counted(int(row['to_late']), 'ticket')} would be late")
    if row["to_met"]:
        parts.append(f"{counted(int(row['to_met']), 'ticket')} would be in time")
    return listed(parts) or "no ticket would turn late or in time"


def sentence(level: pd.Series) -> str:
    """Return shares with their denominators, and the tickets that turn."""
    before, after = shares(level)
    return (
        f"{promise(level)}: {after} in time ({level['met_after']:,.0f} of "
        f"{level['counted_after']:,.0f}) instead of {before} ({level['met_before']:,.0f} of "
        f"{level['counted_before']:,.0f}); {moved(level)}."
    )


def say(result: Rescoring) -> Prose:
    """Return one sentence per promise that is concerned, then the caveats."""
    if result.changes.empty:
        return Prose([NOTHING])
    opened = numbers.period(result.history_start, result.history_end)
    caveat = [f"All tickets opened {opened}."]
    if result.tickets.empty:
        return Prose([NOWHERE], [*caveat, *caveats(result.notes)])
    told = [sentence(level) for _, level in result.levels.iterrows()]
    return Prose(told, [*caveat, *caveats(result.notes)])
