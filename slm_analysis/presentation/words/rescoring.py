"""What to say about tickets judged by other terms."""

from __future__ import annotations

import pandas as pd

from slm_analysis.presentation import numbers
from slm_analysis.presentation.language import N_, _
from slm_analysis.presentation.numbers import digits_to_tell, percent
from slm_analysis.presentation.views import Prose
from slm_analysis.presentation.words.caveats import caveats
from slm_analysis.presentation.words.goals import goal_in_words
from slm_analysis.questions.rescoring import Rescoring
from slm_analysis.sla.changed_terms import CALENDAR, GOAL, PAUSES, PRIORITIES, REOPENING

NOTHING = N_("No other terms than agreed are tried here.")
NOWHERE = N_("The changed terms move no ticket.")


def promise(row: pd.Series) -> str:
    """Return a service with its target: ``Payments (resolution)``."""
    return _("{service} ({target})").format(service=row["service"], target=target(row["target"]))


def target(name: str) -> str:
    """Return a target as it is told."""
    return {"resolution_time": _("resolution"), "response_time": _("response")}.get(name, name)


def shares(level: pd.Series) -> tuple[str, str]:
    """Return the share in time before and after, with as many digits as it takes to tell."""
    before, after = level["value_before"], level["value_after"]
    digits = 1 if before == after else digits_to_tell([100 * before], [100 * after])
    return percent(before, digits), percent(after, digits)


def of(level: pd.Series, which: str) -> str:
    """Return a share in time with its counts: ``96.0% (1,482 of 1,544)``."""
    share = shares(level)[which == "after"]
    met, counted = level[f"met_{which}"], level[f"counted_{which}"]
    return numbers.with_interval(share, numbers.part_of(met, counted))


def term(row: pd.Series) -> str:
    """Return a changed term: ``the goal 95% within 4h``."""
    text = {
        GOAL: _("the goal {value}"),
        CALENDAR: _("the calendar: {value}"),
        PAUSES: _("pauses on: {value}"),
        REOPENING: _("reopening: {value}"),
        PRIORITIES: _("judged as another priority: {value}"),
    }[row["term"]]
    value = goal_in_words(row["value"]) if row["term"] == GOAL else row["value"]
    return text.format(value=value)


def change(row: pd.Series) -> str:
    """Return a changed term with what it is for: ``Payments: the goal 95% within 4h``."""
    if row["service"] and row["target"]:
        text = _("{service} ({target}): {term}")
    elif row["service"]:
        text = _("{service}: {term}")
    elif row["target"]:
        text = _("All services ({target}): {term}")
    else:
        text = _("All services: {term}")
    return text.format(service=row["service"], target=target(row["target"]), term=term(row))


def terms_of(result: Rescoring, level: pd.Series) -> str:
    """Return the changed terms that a promise is judged by."""
    changes = result.changes
    own = changes[
        changes["service"].isin(["", level["service"]])
        & changes["target"].isin(["", level["target"]])
    ]
    return numbers.capitalised(numbers.itemised(term(row) for __, row in own.iterrows()))


def sentence(level: pd.Series) -> str:
    """Return shares with their denominators, and the late tickets a month."""
    return _(
        "{promise}: {after} in time instead of {before}; late tickets a month {late_after} instead "
        "of {late_before}."
    ).format(
        promise=promise(level),
        after=of(level, "after"),
        before=of(level, "before"),
        late_after=numbers.score(level["late_a_month_after"]),
        late_before=numbers.score(level["late_a_month_before"]),
    )


def say(result: Rescoring) -> Prose:
    """Return what the terms would have brought, of several promises in sum, then the caveats."""
    if result.changes.empty:
        return Prose([_(NOTHING)])
    if result.tickets.empty:
        return Prose([_(NOWHERE)], _caveats(result))
    told = [sentence(level) for __, level in result.levels.iterrows()]
    return Prose(told if len(told) == 1 else [_sum(result)], _caveats(result))


def _sum(result: Rescoring) -> str:
    late, met = result.levels[["to_late", "to_met"]].sum()
    a_month = result.levels[["late_a_month_before", "late_a_month_after"]].sum()
    return _(
        "By these terms {after} tickets a month would be late instead of {before}. Turned late: "
        "{late}; turned in time: {met}."
    ).format(
        late=numbers.count(late),
        met=numbers.count(met),
        after=numbers.score(a_month["late_a_month_after"]),
        before=numbers.score(a_month["late_a_month_before"]),
    )


def _caveats(result: Rescoring) -> list[str]:
    opened = numbers.period(result.history_start, result.history_end)
    return [_("All tickets opened {period}.").format(period=opened), *caveats(result.notes)]
