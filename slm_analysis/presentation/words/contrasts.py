"""Where service levels and satisfaction tell different stories, in words."""

from __future__ import annotations

import pandas as pd

from slm_analysis.analyses.watermelon import REVERSE, WATERMELON
from slm_analysis.presentation import numbers
from slm_analysis.presentation.numbers import (
    capitalised,
    continued,
    counted,
    digits_to_tell,
    in_words,
    listed,
    percent,
)
from slm_analysis.questions.user_satisfaction import ALL_SERVICES, UserSatisfaction

MOST_NAMED = 3


def of_unit(result: UserSatisfaction) -> pd.Series | None:
    """Return how the unit's service levels and satisfaction compare; None without answers."""
    if result.watermelon is None:
        return None
    groups = result.watermelon.groups
    return groups[groups["service"] == ALL_SERVICES].iloc[0]


def finding(result: UserSatisfaction) -> str:
    """Return whether service levels and satisfaction part: ``watermelon``, ``reverse``, empty."""
    group = of_unit(result)
    return "" if group is None else str(group["finding"])


def contrast(group: pd.Series) -> str:
    """Return in one line how service levels and satisfaction part, of a unit or a service."""
    place = f"{group['service']}: " if group["service"] else ""
    told = _reverse(group) if group["finding"] == REVERSE else _green(group)
    return f"{place}{continued(told) if place else told}"


def _reverse(group: pd.Series) -> str:
    judged = group["met"] + group["missed"]
    levels = f"of {in_words(judged)} service levels" if judged > 1 else "service level"
    missed = f"{capitalised(in_words(group['missed']))} {levels} missed"
    what = "as satisfied as agreed" if group["goal_agreed"] else "above the middle of the scale"
    return f"{missed}, and yet users are {what}"


def _green(group: pd.Series) -> str:
    if not group["poor"]:
        return "Green on paper, but users are less and less satisfied"
    if group["goal_agreed"]:
        return "Green on paper, but users less satisfied than agreed"
    return "Green on paper, but users give less than the middle of the scale"


def in_full(result: UserSatisfaction, group: pd.Series) -> str:
    """Return the service levels, then where satisfaction stands and where it goes."""
    assert result.watermelon is not None  # noqa: S101  else there is no finding
    told = result.watermelon.interval_level
    levels = counted(int(group["met"] + group["missed"]), "service level")
    kept = "all were met" if group["finding"] == WATERMELON else f"{group['missed']} missed"
    goals = "agreed" if group["goal_agreed"] else "middle of the scale:"
    digits = digits_to_tell([group["level_low"], group["level_high"]], [group["goal"]])
    level, low, high = (
        numbers.score(group[column], digits) for column in ("level", "level_low", "level_high")
    )
    sentences = [
        f"Of {levels} judged, {kept}; the monthly mean score has come to {level} ({low} to {high}; "
        f"{percent(told, 0)} interval), against the {goals} {group['goal']:g}."
    ]
    if group["falling"]:
        digits = digits_to_tell([group["slope_high"]], [0.0])
        slope, least, most = (
            numbers.score(-group[column], digits) for column in ("slope", "slope_high", "slope_low")
        )
        sentences.append(f"It fell by {slope} a month over the last year ({least} to {most}).")
    return " ".join(sentences)


def contrasts(result: UserSatisfaction) -> list[str]:
    """Return where service levels and satisfaction part: the unit in full, then its services."""
    group = of_unit(result)
    if group is None or result.watermelon is None:
        return []
    groups = result.watermelon.groups
    services = groups[(groups["finding"] != "") & (groups["service"] != ALL_SERVICES)]
    if not group["finding"]:
        return [f"{contrast(own)}. {in_full(result, own)}" for _, own in services.iterrows()]
    told = [f"{contrast(group)}. {in_full(result, group)}"]
    same = services.loc[services["finding"] == group["finding"], "service"]
    if len(same):
        told.append(f"It shows in {listed([str(name) for name in same], MOST_NAMED)}.")
    return told
