"""What to say about who answers."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from slm_analysis.analyses.level_comparison import MIN_CASES
from slm_analysis.intervals import MIN_DAYS
from slm_analysis.presentation import numbers
from slm_analysis.presentation.numbers import digits_to_tell, percent
from slm_analysis.presentation.views import Prose
from slm_analysis.questions.survey_response import IN_TIME, LATE, SurveyResponse

STATES = {IN_TIME: "In time", LATE: "Late"}
UNKNOWN = (
    "Which resolved tickets were answered about, and which of them were late, is not on record."
)
EACH_ASKED = "Every ticket resolved counts as asked."


TOO_FEW = (
    f"Late tickets or those in time are too few to compare ({MIN_CASES} of either, opened on "
    f"{MIN_DAYS} days, are needed)."
)


def shown(result: SurveyResponse) -> Iterable[tuple[str, str, str, str]]:
    """Yield state, tickets, answered and ``29.8% (27.9 to 31.7%)``."""
    for _, row in result.rates.iterrows():
        low, high = (percent(row[end])[:-1] for end in ("low", "high"))
        share = f"{percent(row['rate'])} ({low} to {high}%)"
        tickets, answered = numbers.count(row["tickets"]), numbers.count(row["answered"])
        yield STATES[str(row["state"])], tickets, answered, share


def say(result: SurveyResponse) -> Prose:
    """Return whether late tickets are answered about as often, with counts and intervals."""
    if result.rates.empty:
        return Prose([UNKNOWN])
    counts = "; ".join(
        f"{state.lower()} {answered} of {tickets}, {share}"
        for state, tickets, answered, share in shown(result)
    )
    return Prose([answer(result), f"Answered: {counts}."], [EACH_ASKED])


def answer(result: SurveyResponse) -> str:
    """Return the verdict with the difference and its interval."""
    if pd.isna(result.difference_low):
        return TOO_FEW
    ends = [100 * result.difference_low, 100 * result.difference_high]
    digits = digits_to_tell(ends, [0.0])
    low, high = (numbers.signed(end, digits) for end in ends)
    within = f"{numbers.signed(100 * result.difference, digits)} points ({low} to {high})"
    if ends[0] <= 0 <= ends[1]:
        return (
            f"No difference that chance could not make between late tickets and others: {within}."
        )
    less = ends[1] < 0
    return (
        f"Late tickets are answered {'less' if less else 'more'} often than the others: "
        f"{within}. The scores tell {'too little' if less else 'too much'} of them."
    )
