"""What to say about the satisfaction of all units side by side."""

from __future__ import annotations

import pandas as pd

from slm_analysis.presentation.chart import Caption
from slm_analysis.presentation.numbers import counted, in_words, listed, period
from slm_analysis.questions.portfolio import Portfolio

MOST_NAMED = 3


def of_units(result: Portfolio) -> pd.DataFrame:
    """Return one record per unit: all its services together."""
    scores = result.satisfaction
    return scores[scores["service"].isna()] if len(scores) else scores


def dissatisfied(result: Portfolio) -> list[str]:
    """Return the units whose agreement is kept while satisfaction is low or falling."""
    found = result.watermelon
    if found.empty:
        return []
    return [str(unit) for unit in found.loc[found["finding"] == "watermelon", "business_unit"]]


def caption(result: Portfolio) -> Caption:
    """Return the words of the figure."""
    units = of_units(result)
    when = period(result.period_start, result.period_end)
    low = dissatisfied(result)
    hidden = int(units["hidden"].sum()) if len(units) else 0
    if units.empty or units["value"].isna().all():
        return Caption(
            title="No satisfaction can be shown",
            subtitle=f"Surveys of {when}",
            sentence="No unit has enough answers in the period.",
        )
    if low:
        verb = "users are" if len(low) == 1 else "have users who are"
        title = f"{listed(low, MOST_NAMED)} {verb} less satisfied than agreed"
        said = (
            f"In {listed(low, MOST_NAMED)} the agreement is kept on paper, while satisfaction is "
            "low or falling."
        )
    else:
        title = "No unit stands out as green on paper with dissatisfied users"
        said = "Where the agreement is kept, satisfaction is neither low nor falling."
    notes = ["Totals over all units are left out, so that hidden ones cannot be worked out."]
    if hidden:
        notes.insert(0, f"{in_words(hidden).capitalize()} of {counted(len(units), 'unit')} hidden.")
    return Caption(
        title=title,
        subtitle=f"Mean rating in {when} with 95% interval; answers to tickets resolved",
        sentence=said,
        caveats=notes,
        how_to_read="Each dot is the mean rating of a unit's users, the line its 95% interval.",
    )


def answered(row: pd.Series) -> str:
    """Return ``56 of 200 answered``, or the number of answers."""
    if pd.isna(row["sent"]) or not row["sent"]:
        return counted(int(row["answers"]), "answer")
    return f"{int(row['answered']):,} of {int(row['sent']):,} answered"
