"""What to say about what calls for attention first."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from slm_analysis.presentation.language import _, joined, ngettext
from slm_analysis.presentation.numbers import (
    count,
    counted,
    percent,
    percent_beside,
    plain_number,
    plain_percent,
    score,
)
from slm_analysis.presentation.words import portfolio as words
from slm_analysis.presentation.words import service_levels as levels_words
from slm_analysis.questions.portfolio import Portfolio, kept_shares

GO = {
    "missed_worsening": "02_trends",
    "missed_steady": "03_root_causes",
    "dissatisfied": "04_satisfaction",
    "early_warning": "02_trends",
}
"""The report that says more, by what calls for attention."""


def title(row: pd.Series, level: pd.Series | None) -> str:
    """Return what the matter is, in a few words."""
    if row["kind"] == "dissatisfied":
        if level is None:
            return _("Its targets are met, but its users are not satisfied")
        return _("Users are less satisfied than agreed")
    if row["kind"] == "missed_worsening":
        return _("Missed its goal, and worse than before")
    if row["kind"] == "early_warning":
        return _("Early warning: no clear miss, but worse than before")
    return _missed(level)


def _missed(level: pd.Series | None) -> str:
    if level is None:
        return _("Missed its goal")
    if level["steadily_missed"]:
        return _("Missed its goal, as most of the time; waiting will not help")
    if level["direction"] == "better":
        return _("Missed its goal, but better than before")
    return _("Missed its goal")


def text(level: pd.Series | None, unhappy: pd.Series | None) -> str:
    """Return verdict, figures and direction; of unhappy users how far from their goal."""
    if level is None:
        return _unhappy(unhappy) if unhappy is not None else ""
    figures = words.figures(level, levels_words.goal(level))
    said = [_("{verdict}: {figures}.").format(verdict=levels_words.verdict(level), figures=figures),
            words.heading(level)]  # fmt: skip
    if level["steadily_missed"]:
        usual = percent_beside(level["center"], level["goal_value"])
        said.append(
            _(
                "Steady at about {usual}: this is what the process can do, so the process or the "
                "goal must change."
            ).format(usual=usual)
        )
    return joined(said)


def _unhappy(row: pd.Series) -> str:
    """Return where satisfaction stands although the service levels are kept."""
    places = {
        "level": score(row["level"]),
        "low": score(row["level_low"]),
        "high": score(row["level_high"]),
        "goal": plain_number(row["goal"]),
        "slope": score(abs(row["slope"]), 2),
        "sure": percent(row["interval_level"], 0),
    }
    if row["poor"] and row["falling"]:
        said = _(
            "Users' scores have fallen, on their trend, to about {level} ({sure} interval {low} "
            "to {high}), below the goal of {goal}."
        )
    elif row["poor"]:
        said = _(
            "Users' scores lie, on their trend, at about {level} ({sure} interval {low} to "
            "{high}), below the goal of {goal}."
        )
    else:
        said = _(
            "Users' scores fall by about {slope} a month, to about {level} ({sure} interval {low} "
            "to {high}) now."
        )
    kept = _("No service level was missed; the targets may measure the wrong thing.")
    return joined([said.format(**places), kept])


def go(row: pd.Series, reports: set[str]) -> tuple[str, str]:
    """Return the report that says more and what it shows; the service levels where it failed."""
    own = GO[row["kind"]]
    said = {
        "02_trends": _("See the trend"),
        "03_root_causes": _("See what goes with the breaches"),
        "04_satisfaction": _("See how satisfied users are"),
        words.LEVELS: _("See the service levels"),
    }
    return next(((name, said[name]) for name in (own, words.LEVELS) if name in reports), ("", ""))


def notes(result: Portfolio, shown: Sequence[object]) -> list[str]:
    """Return in which order they stand, how many more there are, and what is no finding."""
    if not len(shown):
        return [
            _(
                "Nothing calls for attention: no promise was missed beyond chance, no trend is "
                "worse."
            )
        ]
    said = [_("In order of evidence, not of raw rate.")]
    lowest = _lowest(result)
    if lowest is not None:
        said.append(
            _(
                "The largest shortfall of all, {figure} against {goal} ({who}), rests on {tickets} "
                "and may be chance."
            ).format(
                figure=percent_beside(lowest["share"], lowest["goal_share"]),
                goal=plain_percent(lowest["goal_share"]),
                who=words.who(lowest),
                tickets=counted(int(lowest["counted"]), "{n} case", "{n} cases"),
            )
        )
    more = len(result.attention) - len(shown)
    if more:
        text = ngettext(
            "{n} more calls for attention and is marked in the table below.",
            "{n} more call for attention and are marked in the table below.",
            more,
        )
        said.append(text.format(n=count(more)))
    return [joined(said)]


def _lowest(result: Portfolio) -> pd.Series | None:
    """Return the promise that falls shortest of its goal, unless that is clear."""
    judged = kept_shares(result)
    judged = judged[judged["p"].notna()]
    if judged.empty:
        return None
    away = judged["share"] - judged["goal_share"]
    lowest = judged.sort_values("share", key=lambda _at: away).iloc[0]
    short = lowest["share"] < lowest["goal_share"]
    return None if lowest["clearly"] or not short else lowest
