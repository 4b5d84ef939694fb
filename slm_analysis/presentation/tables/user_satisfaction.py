"""Scores, goals and answers as a table."""

from __future__ import annotations

import pandas as pd

from slm_analysis.presentation import numbers
from slm_analysis.presentation.language import _
from slm_analysis.presentation.views import Column, Table
from slm_analysis.presentation.words import user_scores as words
from slm_analysis.presentation.words.user_satisfaction import MEASURES
from slm_analysis.questions.user_satisfaction import UserSatisfaction


def table(result: UserSatisfaction) -> Table:
    """Return one row per service, the unit last."""
    rows = [
        [
            words.name(level),
            words.goal(level),
            words.verdict(level),
            words.not_shown(level, result.min_group)
            if pd.isna(level["value"])
            else words.rating(level),
            numbers.count(level["respondents"]),
            words.responses(level),
        ]
        for _, level in result.levels.iterrows()
    ]
    bad = (result.levels["result"] == "missed") & (result.levels["evidence"] == "clear")
    when = numbers.months(result.period_start, result.period_end)
    return Table(
        _("{measure} in {when}").format(measure=_(MEASURES[result.measure]), when=when),
        _columns(),
        rows,
        accented=[int(i) for i in bad.to_numpy().nonzero()[0]],
    )


def _columns() -> tuple[Column, ...]:
    return (
        Column(_("Service")),
        Column(_("Goal"), minor=True),
        Column(_("Result")),
        Column(_("Score, 95% interval"), numeric=True),
        Column(_("People"), numeric=True, minor=True),
        Column(_("Tickets resolved"), numeric=True),
    )
