"""What to say in the cells of units by services, and at the small drawings in them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from slm_analysis.presentation import numbers
from slm_analysis.presentation.language import _, ngettext
from slm_analysis.presentation.numbers import (
    count,
    counted,
    percent_beside,
    plain_number,
    plain_percent,
    score,
)
from slm_analysis.presentation.words import service_levels as levels_words

MOST_NAMED = 3


def of(level: pd.Series, *, with_interval: bool) -> str:
    """Return the denominator: ``of 312``; with the interval where it is not drawn."""
    if pd.isna(level["value"]) or level["metric"] == "availability":
        return ""
    cases = count(level["counted"])
    interval = levels_words.interval(level)
    if with_interval and interval != numbers.NO_VALUE:
        return _("of {n}, {interval}").format(n=cases, interval=interval)
    return _("of {n}").format(n=cases)


def also_missed(other: pd.Series) -> str:
    """Return which other promise about the service was missed, with its verdict."""
    return _("{promise}: {verdict}").format(
        promise=levels_words.kind(other), verdict=levels_words.verdict(other).lower()
    )


def direction(level: pd.Series) -> str:
    """Return where a service is heading, in few letters; empty where no signal tells."""
    if level["steadily_missed"]:
        return _("steady below the goal")
    if level["direction"] not in {"worse", "better"}:
        return ""
    worse = level["direction"] == "worse"
    since = numbers.date(pd.Timestamp(level["since"]), year=False)
    text = _("worse since {since}") if worse else _("better since {since}")
    return text.format(since=since)


def span(level: pd.Series) -> str:
    """Return how much time a line covers: ``26 weeks``."""
    number = len(level["recent"])
    if level["freq"] == "month":
        return counted(number, "{n} month", "{n} months")
    return counted(number, "{n} week", "{n} weeks")


def share_drawing(level: pd.Series) -> str:
    """Return what the drawing of a share shows, for those who do not see it."""
    places = {
        "interval": levels_words.interval(level),
        "goal": levels_words.goal(level),
    }
    if isinstance(level["recent"], list):
        text = _("95% interval {interval}, goal {goal}; the last {span}")
        return text.format(span=span(level), **places)
    return _("95% interval {interval}, goal {goal}").format(**places)


def score_drawing(low: float, high: float, goal: float) -> str:
    """Return what the drawing of a score shows."""
    interval = numbers.span(score(low), score(high))
    if np.isnan(goal):
        return _("95% interval {interval}").format(interval=interval)
    return _("95% interval {interval}, goal {goal}").format(
        interval=interval, goal=plain_number(goal)
    )


def goal_label(goal: str) -> str:
    """Return the label at the stroke of a goal."""
    return _("goal {goal}").format(goal=goal)


# --- Satisfaction -----------------------------------------------------------------------------


def satisfaction_column(goal: float) -> str:
    """Return the heading of the column, with the goal where all units have the same."""
    if np.isnan(goal):
        return _("Satisfaction")
    return _("Satisfaction, goal {goal}").format(goal=plain_number(goal))


def rating(row: pd.Series) -> str:
    """Return a unit's mean rating."""
    return score(row["value"])


def rating_of(row: pd.Series) -> str:
    """Return the interval of a rating."""
    return numbers.span(score(row["low"]), score(row["high"]))


def rating_verdict(row: pd.Series, goal: float) -> str:
    """Return on which side of the goal the interval of a rating lies."""
    if np.isnan(goal):
        return ""
    if row["high"] < goal:
        return _("Below the goal")
    if row["low"] >= goal:
        return _("Above the goal")
    return _("Uncertain")


def hidden() -> str:
    """Return why a rating is not shown."""
    return _("Hidden: fewer than five people")


# --- The table --------------------------------------------------------------------------------


def agreed_for(services: list[str]) -> str:
    """Return for which services the goal was agreed that a unit's rating is seen against."""
    return _(
        "The goal for satisfaction is agreed for {services}; here all answers of a unit are seen "
        "against it."
    ).format(services=numbers.listed(services, MOST_NAMED))


def caption(when: str, scale: tuple[float, float]) -> str:
    """Return what the cells show, and on which scale."""
    return _(
        "Share kept in {when}, with its 95% interval and goal above the weeks before; one scale "
        "for all drawings, {low} to {high}"
    ).format(when=when, low=plain_percent(scale[0]), high=plain_percent(scale[1]))


def failed(status: str) -> str:
    """Return why there is nothing of a unit."""
    said = {
        "failed": _("Its report of service levels failed; the list of all reports says why."),
        "timed_out": _("Its report of service levels took too long."),
        "died": _("The kernel of its report of service levels died."),
    }
    return said.get(status, _("There is no report of its service levels."))


def left_out(units: int) -> str:
    """Return how many units are not shown, for there is no room for them."""
    text = ngettext(
        "{n} more unit is in the list of all reports and in the files below.",
        "{n} more units are in the list of all reports and in the files below.",
        units,
    )
    return text.format(n=count(units))


def not_drawn(units: int) -> str:
    """Return from how many units on the cells are without drawings."""
    text = ngettext(
        "The first unit, the most pressing, is drawn; of the others the figures stand alone.",
        "The first {n} units, the most pressing, are drawn; of the others the figures stand alone.",
        units,
    )
    return text.format(n=count(units))


def promises_caption(shown: int, number: int) -> str:
    """Return the caption of the table of all promises."""
    if shown == number:
        return _("Every promise of every unit, by evidence")
    return _(
        "The {shown} least likely of {number} promises, by evidence; all are in the files below"
    ).format(shown=count(shown), number=count(number))


def percent_of(level: pd.Series) -> str:
    """Return the figure of a cell."""
    if pd.isna(level["value"]):
        return numbers.NO_VALUE
    return percent_beside(level["value"], level["goal_value"])
