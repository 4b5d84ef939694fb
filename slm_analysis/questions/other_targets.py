"""The promises that are not judged ticket by ticket: availability, errors, satisfaction, recovery.

Each function returns one row in the columns of `ServiceLevels.levels`.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from slm_analysis.analyses.satisfaction import satisfaction
from slm_analysis.analyses.suppression import SHOWN, hidden_reasons, respondents_of
from slm_analysis.dataset.unit import Unit
from slm_analysis.errors import InputError
from slm_analysis.intake.contract import NOT_STATED
from slm_analysis.intervals import rate_intervals
from slm_analysis.sla.agreements import DEFAULT, ServiceTerms, Target
from slm_analysis.sla.goals import AtLeastScore, AtMost, Within
from slm_analysis.sla.metrics import availability, flag_rate
from slm_analysis.sla.ticket_clock import is_any

COMPLETE_RECORD = "complete_record"
"""The interval method of a figure that is counted whole and has no sampling error."""
RESPONDENTS = "t_respondents"


def availability_level(
    unit: Unit, service: str, terms: ServiceTerms, target: Target
) -> pd.DataFrame:
    """Return the row of an availability promise."""
    down = downtime(unit, service, terms)
    value = down["value"]
    counted = int(down["service_hours"] > 0)
    return _level(service, target, counted, value, value, value, COMPLETE_RECORD, minimum=1)


def downtime(unit: Unit, service: str, terms: ServiceTerms) -> Mapping[str, float]:
    """Return for how long a service was up and down in the period (see `availability`)."""
    outages = unit.outages[unit.outages["service"] == service]
    return availability(outages, terms.calendar, *unit.period, unit.as_of)


def error_level(unit: Unit, service: str, terms: ServiceTerms, target: Target) -> pd.DataFrame:
    """Return the row of an error rate: found / resolved in the period with `error_found` known."""
    tickets = unit.tickets[unit.tickets["service"] == service]
    tickets = tickets[~is_any(tickets["status"], terms.excluded)]
    resolved = tickets[unit.in_period(unit.local_day(tickets, "resolved"))]
    rate = flag_rate(resolved, "error_found", ["service"])
    if rate.empty:
        return _level(service, target, 0, np.nan, np.nan, np.nan, "", terms.minimum_tickets)
    found = rate.iloc[0]
    return _level(
        service, target, found["counted"], found["value"], found["low"], found["high"],
        found["interval_method"], terms.minimum_tickets, found["n_effective"], found["days"],
    )  # fmt: skip


def satisfaction_level(unit: Unit, service: str, target: Target) -> pd.DataFrame:
    """Return the row of a satisfaction promise; under `minimum_responses` it has no verdict.

    A score that must stay hidden, for few respondents of its own or because it would reveal those
    of another service, is missing and counts as too few.

    Raises
    ------
    InputError
        Where the goal is on another scale than the answers.
    """
    goal = target.goal
    of_unit = unit.surveys[unit.in_period(unit.survey_days)]
    answers = of_unit[of_unit["service"].eq(service)]
    if isinstance(goal, AtLeastScore) and goal.scale_max is not None and len(answers):
        top = answers["scale_max"].max()
        if goal.scale_max != top:
            raise InputError(
                f"The goal {goal.text!r} for {service!r} is on another scale than the answers, "
                f"which go up to {top:g}. Write it on their scale."
            )
    scores = satisfaction(answers, kind="nps" if target.measure == "nps" else "csat").scores
    total = scores.iloc[-1]
    people, minimum = int(total["respondents"]), target.minimum_responses
    value, low, high = (float(total[f"{target.measure}{end}"]) for end in ("", "_low", "_high"))
    if _must_hide(of_unit, service):
        value = low = high = np.nan
        minimum = max(minimum, people + 1)
    return _level(service, target, people, value, low, high, RESPONDENTS, minimum)


def _must_hide(answers: pd.DataFrame, service: str) -> bool:
    """Whether a service's score stays hidden where the scores of all services are shown."""
    person = respondents_of(answers)
    people = person.groupby(answers["service"].fillna(NOT_STATED)).nunique()
    reasons = hidden_reasons(people, overlapping=people.sum() > person.nunique())
    return bool(reasons.get(service, SHOWN) != SHOWN)


def recovery_level(unit: Unit, service: str, terms: ServiceTerms, target: Target) -> pd.DataFrame:
    """Return the row of a recovery promise: unplanned outages over within the agreed time."""
    goal = target.goal
    assert isinstance(goal, Within)  # noqa: S101  the only form that a recovery time can have
    outages = unit.outages[
        unit.outages["service"].eq(service) & ~unit.outages["planned"].fillna(False).astype(bool)
    ]
    began = unit.local_dates(outages["started_at"])
    outages = outages[unit.in_period(began)].assign(day=began)
    lasted = terms.calendar.elapsed(outages["started_at"], outages["ended_at"].fillna(unit.as_of))
    over = outages["ended_at"].notna() | (lasted > goal.seconds)
    judged = outages[over].assign(kept=(lasted <= goal.seconds)[over])
    undecided = int((~over).sum())
    if judged.empty:
        level = _level(service, target, 0, np.nan, np.nan, np.nan, "", terms.minimum_tickets)
    else:
        rate = rate_intervals(judged, favourable="kept", day="day").iloc[0]
        level = _level(
            service, target, rate["n"], rate["rate"], rate["low"], rate["high"],
            rate["interval_method"], terms.minimum_tickets, rate["n_effective"], rate["days"],
        )  # fmt: skip
    return level.assign(undecided=undecided)


def _level(
    service: str,
    target: Target,
    counted: int,
    value: float,
    low: float,
    high: float,
    method: str,
    minimum: int,
    n_effective: float | None = None,
    days: int = 0,
) -> pd.DataFrame:
    goal = target.goal
    return pd.DataFrame(
        {
            "service": [service],
            "target": target.name,
            "metric": target.metric,
            "priority": DEFAULT,
            "goal": goal.text,
            "counted": int(counted),
            "undecided": 0,
            "value": float(value),
            "low": float(low),
            "high": float(high),
            "n_effective": float(counted if n_effective is None else n_effective),
            "days": days,
            "interval_method": method,
            "goal_value": goal.share,
            "at_most": isinstance(goal, AtMost),
            "minimum": minimum,
        }
    )
