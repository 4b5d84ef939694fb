"""What to say about the satisfaction of all units side by side."""

from __future__ import annotations

import numpy as np
import pandas as pd

from slm_analysis.presentation.chart import Caption
from slm_analysis.presentation.language import _, joined, ngettext
from slm_analysis.presentation.numbers import (
    capitalised,
    count,
    counted,
    in_words,
    listed,
    period,
    plain_number,
    score,
    span,
    with_interval,
)
from slm_analysis.questions.portfolio import Portfolio, agreed_scores, unhappy_users

MOST_NAMED = 3


def of_units(result: Portfolio) -> pd.DataFrame:
    """Return one record per unit: all its services together."""
    scores = result.satisfaction
    return scores[scores["service"].isna()] if len(scores) else scores


def dissatisfied(result: Portfolio) -> list[str]:
    """Return the units whose agreement is kept while satisfaction is low or falling."""
    found = unhappy_users(result.watermelon)
    return [str(unit) for unit in dict.fromkeys(found["business_unit"])] if len(found) else []


def common_goal(result: Portfolio) -> float:
    """Return the goal that all units have; missing where they differ, or have none."""
    goals = [*set(agreed_scores(result).values())]
    return goals[0] if len(goals) == 1 else np.nan


def goal_label(goal: float) -> str:
    """Return the name of the line of the goal."""
    return _("Goal {goal}").format(goal=plain_number(goal))


def hidden() -> str:
    """Return why a rating is not shown."""
    return _("hidden: fewer than five people")


def axis_label() -> str:
    """Return what the scale measures."""
    return _("mean rating, points")


def caption(result: Portfolio) -> Caption:
    """Return the words of the figure."""
    units = of_units(result)
    when = period(result.period_start, result.period_end)
    if units.empty or units["value"].isna().all():
        return Caption(
            title=_("No satisfaction can be shown"),
            subtitle=_("Surveys of {when}").format(when=when),
            sentence=_("No unit has enough answers in the period."),
        )
    low = dissatisfied(result)
    names = listed(low, MOST_NAMED)
    title = _("No unit stands out as green on paper with dissatisfied users")
    said = _("Where the agreement is kept, satisfaction is neither low nor falling.")
    if low:
        title = ngettext(
            "{names}: users are not satisfied, although the agreement is kept",
            "{names}: users are not satisfied, although the agreements are kept",
            len(low),
        ).format(names=names)
        said = _(
            "The agreement is kept on paper in {names}, while satisfaction over the last year is "
            "low or falling."
        ).format(names=names)
    subtitle = _("Mean rating in {when} with 95% interval; answers to tickets resolved")
    return Caption(
        title=title,
        subtitle=subtitle.format(when=when),
        sentence=joined([said, _below(result, units, low)]),
        caveats=_caveats(units),
        how_to_read=_(
            "Each dot is the mean rating of a unit's users, the line its 95% interval. A coloured "
            "diamond: low or falling over the last year, by more than chance explains."
        ),
    )


def _below(result: Portfolio, units: pd.DataFrame, low: list[str]) -> str:
    """Return which other units lie below their goal, and that a month may be chance."""
    goals = units["business_unit"].map(agreed_scores(result))
    under = units[(units["value"] < goals) & ~units["business_unit"].isin(low)]
    if under.empty:
        return ""
    text = ngettext(
        "{names} is below its goal this month, which may be chance.",
        "{names} are below their goals this month, which may be chance.",
        len(under),
    )
    return text.format(names=listed([str(name) for name in under["business_unit"]], MOST_NAMED))


def _caveats(units: pd.DataFrame) -> list[str]:
    hidden_units = int(units["hidden"].sum())
    notes = []
    if hidden_units:
        text = ngettext(
            "{Some} of {n} units is hidden.", "{Some} of {n} units are hidden.", hidden_units
        )
        notes.append(text.format(Some=capitalised(in_words(hidden_units)), n=in_words(len(units))))
    notes.append(_("Totals over all units are left out, so that hidden ones cannot be worked out."))
    return notes


def answered(row: pd.Series) -> str:
    """Return ``56 of 200 answered``, or the number of answers."""
    if pd.isna(row["sent"]) or not row["sent"]:
        return counted(int(row["answers"]), "{n} answer", "{n} answers")
    return _("{answered} of {sent} answered").format(
        answered=count(row["answered"]), sent=count(row["sent"])
    )


def rating(row: pd.Series) -> str:
    """Return a rating with its interval: ``3.5 (3.3 to 3.8)``."""
    return with_interval(score(row["value"]), span(score(row["low"]), score(row["high"])))
