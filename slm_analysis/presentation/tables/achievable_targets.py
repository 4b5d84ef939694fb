"""The targets that could be promised, and what shorter ones would cost, as tables."""

from __future__ import annotations

import pandas as pd

from slm_analysis.presentation import numbers
from slm_analysis.presentation.language import _
from slm_analysis.presentation.numbers import NO_VALUE, percent, plain_hours
from slm_analysis.presentation.views import Column, Table
from slm_analysis.presentation.words import achievable_targets as words
from slm_analysis.presentation.words.goals import goal_in_words
from slm_analysis.questions.achievable_targets import ANSWERED, AchievableTargets

TIGHTER = 4
"""Shorter lengths of time shown under each promise."""


def table(result: AchievableTargets) -> Table:
    """Return what each service could promise beside what is agreed."""
    columns = (
        Column(_("Service")),
        Column(_("Agreed")),
        Column(_("Could be promised")),
        Column(_("In time, one-sided 95% bound"), numeric=True, minor=True),
        Column(_("Since"), numeric=True, minor=True),
        Column(_("Late a month as agreed"), numeric=True),
        Column(_("Late a month as promised"), numeric=True),
    )
    rows = [
        [
            words.name(row),
            goal_in_words(row["goal"]),
            numbers.capitalised(words.answer(row)),
            words.reached(row),
            NO_VALUE if pd.isna(row["since"]) else numbers.date(row["since"]),
            numbers.score(row["agreed_late_a_month"]),
            numbers.score(row["late_a_month"]),
        ]
        for __, row in result.services.iterrows()
    ]
    return Table(_("What each service could promise, from its own stable weeks"), columns, rows)


def shorter_times(result: AchievableTargets) -> Table:
    """Return each promise, then the next shorter times and what they would cost."""
    columns = (
        Column(_("Service")),
        Column(_("Within"), numeric=True),
        Column(_("Tickets in time"), numeric=True),
        Column(_("Late a month"), numeric=True),
        Column(_("More than at the promise"), numeric=True, minor=True),
    )
    answered = result.services[result.services["answer"] == ANSWERED]
    rows = [row for __, service in answered.iterrows() for row in _rows(service, result.ladder)]
    return Table(
        _("What shorter times would cost, from the promise that could be kept downwards"),
        columns,
        rows,
        folded=True,
    )


def _rows(service: pd.Series, ladder: pd.DataFrame) -> list[list[str]]:
    own = ladder[
        ladder["service"].eq(service["service"])
        & ladder["priority"].eq(service["priority"])
        & ladder["hours"].le(service["hours"])
    ].nlargest(1 + TIGHTER, "hours")
    return [
        [
            words.name(service),
            plain_hours(rung["hours"]),
            numbers.with_interval(
                percent(rung["share"]), numbers.part_of(rung["met"], rung["counted"])
            ),
            numbers.score(rung["late_a_month"]),
            NO_VALUE if rung["hours"] == service["hours"] else numbers.signed(rung["more_late"]),
        ]
        for __, rung in own.iterrows()
    ]
