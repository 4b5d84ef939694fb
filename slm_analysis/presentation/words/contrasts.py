"""Where service levels and satisfaction tell different stories, in words."""

from __future__ import annotations

import pandas as pd

from slm_analysis.analyses.watermelon import REVERSE, WATERMELON
from slm_analysis.presentation import numbers
from slm_analysis.presentation.language import _, joined, ngettext
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
    told = _reverse(group) if group["finding"] == REVERSE else _green(group)
    if not group["service"]:
        return told
    return _("{service}: {told}").format(service=group["service"], told=continued(told))


def _reverse(group: pd.Series) -> str:
    judged, missed = int(group["met"] + group["missed"]), int(group["missed"])
    text = (
        ngettext(
            "{missed} service level missed, and yet users are as satisfied as agreed",
            "{missed} of {judged} service levels missed, and yet users are as satisfied as agreed",
            judged,
        )
        if group["goal_agreed"]
        else ngettext(
            "{missed} service level missed, and yet users are above the middle of the scale",
            "{missed} of {judged} service levels missed, and yet users are above the middle of the "
            "scale",
            judged,
        )
    )
    return text.format(missed=capitalised(in_words(missed)), judged=in_words(judged))


def _green(group: pd.Series) -> str:
    if not group["poor"]:
        return _("Targets met, but users are less and less satisfied")
    if group["goal_agreed"]:
        return _("Targets met, but users score below the goal")
    return _("Targets met, but users give less than the middle of the scale")


def in_full(result: UserSatisfaction, group: pd.Series) -> str:
    """Return the service levels, then where satisfaction stands and where it goes."""
    assert result.watermelon is not None  # noqa: S101  else there is no finding
    told = result.watermelon.interval_level
    judged = int(group["met"] + group["missed"])
    levels = counted(judged, "{n} service level", "{n} service levels")
    kept = (
        _("Of {levels} judged, all were met").format(levels=levels)
        if group["finding"] == WATERMELON
        else _("Of {levels} judged, {n} missed").format(levels=levels, n=group["missed"])
    )
    against = (
        _("the goal of {goal:g}")
        if group["goal_agreed"]
        else _("the middle of the scale: {goal:g}")
    )
    digits = digits_to_tell([group["level_low"], group["level_high"]], [group["goal"]])
    level, low, high = (
        numbers.score(group[column], digits) for column in ("level", "level_low", "level_high")
    )
    sentences = [
        _(
            "{kept}; the trend of the monthly scores has come to {level} ({low} to {high}; {sure} "
            "interval), against {against}."
        ).format(
            kept=kept,
            level=level,
            low=low,
            high=high,
            sure=percent(told, 0),
            against=against.format(goal=group["goal"]),
        )
    ]
    if group["falling"]:
        digits = digits_to_tell([group["slope_high"]], [0.0])
        slope, least, most = (
            numbers.score(-group[column], digits) for column in ("slope", "slope_high", "slope_low")
        )
        sentences.append(
            _("It fell by {slope} a month over the last year ({least} to {most}).").format(
                slope=slope, least=least, most=most
            )
        )
    return joined(sentences)


def contrasts(result: UserSatisfaction) -> list[str]:
    """Return where service levels and satisfaction part: the unit in full, then its services."""
    group = of_unit(result)
    if group is None or result.watermelon is None:
        return []
    groups = result.watermelon.groups
    services = groups[(groups["finding"] != "") & (groups["service"] != ALL_SERVICES)]
    if not group["finding"]:
        return [_told(result, own) for _at, own in services.iterrows()]
    told = [_told(result, group)]
    same = services.loc[services["finding"] == group["finding"], "service"]
    if len(same):
        names = listed([str(name) for name in same], MOST_NAMED)
        told.append(_("It shows in {names}.").format(names=names))
    return told


def _told(result: UserSatisfaction, group: pd.Series) -> str:
    return joined([_("{text}.").format(text=contrast(group)), in_full(result, group)])
