"""What to say about the targets that could be promised."""

from __future__ import annotations

import pandas as pd

from slm_analysis.analyses.chart_limits import NO_VARIATION
from slm_analysis.presentation import numbers
from slm_analysis.presentation.language import N_, _
from slm_analysis.presentation.numbers import listed, percent, percent_beside, plain_hours
from slm_analysis.presentation.views import Prose
from slm_analysis.presentation.words.caveats import caveats
from slm_analysis.questions.achievable_targets import (
    ANSWERED,
    OUT_OF_REACH,
    TOO_FEW,
    UNSTABLE,
    AchievableTargets,
)
from slm_analysis.sla.agreements import DEFAULT

PAST = N_("This is what the tickets of a stable process took; a promise also needs it to stay so.")


def name(row: pd.Series) -> str:
    """Return a service, with the priority where it has a goal of its own."""
    if row["priority"] == DEFAULT:
        return str(row["service"])
    return _("{service}, {priority}").format(service=row["service"], priority=row["priority"])


def answer(row: pd.Series) -> str:
    """Return the target that could be promised, or why there is none."""
    if row["answer"] == ANSWERED:
        return _("{share} within {hours}").format(
            share=numbers.plain_percent(row["goal_share"]), hours=plain_hours(row["hours"])
        )
    if row["answer"] == UNSTABLE:
        return {
            "worse": _("no answer, its share in time is worse than before"),
            "better": _("no answer, its share in time is better than before"),
        }.get(row["direction"], _("no answer, its share in time moves both ways"))
    text = {
        TOO_FEW: _("no answer, too few tickets since {since}"),
        NO_VARIATION: _("no answer, its share in time is always {figure} and says no more"),
        OUT_OF_REACH: _("no answer, no length of time was kept surely enough since {since}"),
    }.get(row["answer"], _("no answer, too few periods to call it stable"))
    return text.format(
        since=numbers.date(row["since"]), figure=numbers.plain_percent(row["center"])
    )


def reached(row: pd.Series) -> str:
    """Return the share within the target and its lower bound, with the tickets behind them."""
    if row["answer"] != ANSWERED:
        return numbers.NO_VALUE
    return _("{share} of {n}, at least {low}").format(
        share=percent(row["share"]),
        n=numbers.count(row["counted"]),
        low=percent_beside(row["low"], row["goal_share"]),
    )


def sentences(result: AchievableTargets) -> list[str]:
    """Return which targets could be shorter or would have to be longer, and where none is known."""
    rows = result.services
    if rows.empty:
        return [_("No service has a target that could be told from its tickets.")]
    answered = rows[rows["answer"] == ANSWERED]
    hours, agreed = answered["hours"], answered["agreed_hours"]
    told = [
        *_named(
            answered[hours < agreed],
            _("Shorter than agreed could be promised: {services}."),
            _("{service} ({hours} instead of {agreed})"),
        ),
        *_named(
            answered[hours > agreed],
            _("Only a longer time than agreed could be promised: {services}."),
            _("{service} ({hours} instead of {agreed})"),
        ),
        *_named(
            answered[agreed.isna()],
            _("Where a moment is agreed, these lengths of time could be promised: {services}."),
            _("{service} ({hours})"),
        ),
    ]
    if answered.empty:
        told.append(_("For no service a time is known that would be kept surely enough."))
    elif not told:
        told.append(_("No other time than agreed could be promised as surely."))
    unstable = rows.loc[rows["answer"] == UNSTABLE, "service"].unique().tolist()
    if unstable:
        told.append(
            _("No promise can be told from a process that is changing: {services}.").format(
                services=listed(unstable)
            )
        )
    return told


def _named(rows: pd.DataFrame, text: str, each: str) -> list[str]:
    """Return a sentence that names the services of some rows, if there are any."""
    named = [
        each.format(
            service=name(row),
            hours=plain_hours(row["hours"]),
            agreed=plain_hours(row["agreed_hours"]),
        )
        for __, row in rows.iterrows()
    ]
    return [text.format(services=listed(named))] if named else []


def say(result: AchievableTargets) -> Prose:
    """Return what could be promised, then the caveats."""
    known = [_(PAST)] if result.services["answer"].eq(ANSWERED).any() else []
    return Prose(sentences(result), [*known, *caveats(result.notes)])
