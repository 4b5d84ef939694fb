"""The targets that could be promised, and what shorter ones would cost, as a table."""

from __future__ import annotations

import pandas as pd

from slm_analysis.presentation import numbers
from slm_analysis.presentation.numbers import NO_VALUE, percent, plain_hours
from slm_analysis.presentation.views import Column, Table
from slm_analysis.presentation.words import achievable_targets as words
from slm_analysis.questions.achievable_targets import ANSWERED, AchievableTargets

COLUMNS = (
    Column("Service"),
    Column("Within", numeric=True),
    Column("Tickets in time", numeric=True),
    Column("Late a month", numeric=True),
    Column("More than at the promise", numeric=True, minor=True),
)
TIGHTER = 4
"""Shorter lengths of time shown under each promise."""


def table(result: AchievableTargets) -> Table:
    """Return each promise, then the next shorter times and what they would cost."""
    answered = result.services[result.services["answer"] == ANSWERED]
    rows = [row for _, service in answered.iterrows() for row in _rows(service, result.ladder)]
    return Table(
        "What shorter times would cost, from the promise that could be kept downwards",
        COLUMNS,
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
            f"{percent(rung['share'])} ({rung['met']:,} of {rung['counted']:,})",
            numbers.score(rung["late_a_month"]),
            NO_VALUE if rung["hours"] == service["hours"] else numbers.signed(rung["more_late"]),
        ]
        for _, rung in own.iterrows()
    ]
