"""How long the work on each ticket takes, in working time, with the truth planted in it."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from slm_analysis.sample.centre import (
    HOUR,
    MONTH_END,
    RESPONSE_GOAL,
    RESPONSE_HOURS,
    RESPONSE_LATE,
    SERVICES,
    TIMEZONE,
    UNITS,
    URGENT,
    URGENT_INVOICE_GOAL,
    URGENT_INVOICE_HOURS,
    URGENT_INVOICE_LATE,
    office_calendar,
    report_due,
)
from slm_analysis.sample.shared import concerns, each, opened_since, trait
from slm_analysis.sample.truth import TRUTH

RESOLUTION_SD, REPORT_SD, RESPONSE_SD = 0.7, 0.5, 0.8
"""Standard deviations of log time."""
DAY_SHARE = 0.12
"""Share of the variance of log time that a unit's tickets of one service and day have in common:
it gives rates of late tickets design effects of 1 to 2."""
RESPONSE_AT_MOST = 0.7
"""A response comes before so much of the working time has passed."""
KEPT_BACK = 0.5
"""In the unit whose service levels stay green, late tickets use up at most so much of what the
agreement allows in a month; the rest are finished just in time."""
JUST_IN_TIME = (0.80, 0.97)


def worked_tickets(opened: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return the tickets with their working time, as the columns of `_allowed` and `_times`."""
    tickets = opened.assign(**_allowed(opened, rng))
    return tickets.assign(**_times(tickets, rng))


def _allowed(tickets: pd.DataFrame, rng: np.random.Generator) -> dict[str, pd.Series]:
    """Return when tickets are `due`, the working seconds `allowed` till then, and their `pace`.

    The pace is what their times are multiples of: the same as allowed, but for month-end reports.
    """
    opened_at, service = tickets["opened_at"], tickets["service"]
    hours = each(service, lambda name, rows: rng.choice(SERVICES[name].hours, len(rows)))
    pace = HOUR * hours.mask(_urgent_invoice(tickets), URGENT_INVOICE_HOURS)
    calendar = office_calendar()
    due = calendar.due(opened_at, pace).mask(service == MONTH_END, report_due(opened_at))
    return {"due": due, "allowed": calendar.elapsed(opened_at, due), "pace": pace}


def _times(tickets: pd.DataFrame, rng: np.random.Generator) -> dict[str, pd.Series]:
    """Return working seconds from the opening to the response and to the resolution.

    Log times are normal around a median that makes the planned share exceed the pace.
    """
    n = len(tickets)
    unit, service = tickets["business_unit"], tickets["service"]
    own_late = trait(unit, UNITS, "late")
    late = trait(service, SERVICES, "late").mask(_urgent_invoice(tickets), URGENT_INVOICE_LATE)
    late = own_late.mask(service == MONTH_END).fillna(late).mask(_caused(tickets), TRUTH.cause.late)

    day = tickets.groupby(["business_unit", "service", tickets["opened_at"].dt.normalize()])
    common = rng.standard_normal(day.ngroups)[day.ngroup()]
    z = np.sqrt(DAY_SHARE) * common + np.sqrt(1 - DAY_SHARE) * rng.standard_normal(n)
    z = _typical_months(tickets, pd.Series(z, tickets.index), rng)
    sd = np.where(service == MONTH_END, REPORT_SD, RESOLUTION_SD)
    taken = tickets["pace"] * np.exp(sd * (z - stats.norm.isf(late)))
    change = TRUTH.improvement
    improved = concerns(change, tickets) & opened_since(tickets, change.on)
    taken = taken.mask(improved, taken * change.time_factor)
    goal = trait(service, SERVICES, "goal").mask(_urgent_invoice(tickets), URGENT_INVOICE_GOAL)
    taken = _kept_green(tickets, taken, tickets["allowed"], tickets["due"], goal, rng)

    slow = stats.norm.isf(own_late.fillna(RESPONSE_LATE))
    response = HOUR * RESPONSE_HOURS * np.exp(RESPONSE_SD * (rng.standard_normal(n) - slow))
    response = np.minimum(response, RESPONSE_AT_MOST * taken)
    allowed = pd.Series(HOUR * RESPONSE_HOURS, tickets.index)
    response = _kept_green(tickets, response, allowed, tickets["opened_at"], RESPONSE_GOAL, rng)
    return {"taken": taken, "response": response, "late": taken > tickets["allowed"]}


def _typical_months(tickets: pd.DataFrame, z: pd.Series, rng: np.random.Generator) -> pd.Series:
    """Return normal scores that spread evenly over every month, where cause and idle change are.

    So a month has as many late tickets and as long times as planned, whatever the seed; days
    still differ.
    """
    month = [tickets["business_unit"], tickets["service"], _caused(tickets), _month(tickets["due"])]
    scores = z.groupby(month)
    even = (scores.rank() - rng.random(len(z))) / scores.transform("size")
    typical = concerns(TRUTH.cause, tickets) | concerns(TRUTH.idle_change, tickets)
    return z.mask(typical, stats.norm.ppf(even))


def _kept_green(
    tickets: pd.DataFrame,
    taken: pd.Series,
    allowed: pd.Series,
    due: pd.Series,
    goal: pd.Series | float,
    rng: np.random.Generator,
) -> pd.Series:
    """Return times of which one unit's late ones never use up what the agreement allows a month."""
    late = taken > allowed
    month = [
        tickets["business_unit"],
        tickets["service"],
        _urgent_invoice(tickets),
        _month(due),
    ]
    most = np.floor(KEPT_BACK * (1 - goal) * late.groupby(month).transform("size"))
    green = tickets["business_unit"] == TRUTH.decline.business_unit
    too_many = green & late & (late.groupby(month).cumsum() > most)
    return taken.mask(too_many, allowed * rng.uniform(*JUST_IN_TIME, len(tickets)))


def _month(times: pd.Series) -> pd.Series:
    return times.dt.tz_convert(TIMEZONE).dt.strftime("%Y-%m")


def _urgent_invoice(tickets: pd.DataFrame) -> pd.Series:
    invoice = tickets["service"] == "Invoice posting"
    return invoice & (tickets["priority_at_opening"] == URGENT)


def _caused(tickets: pd.DataFrame) -> pd.Series:
    cause = TRUTH.cause
    return (
        concerns(cause, tickets)
        & (tickets["hold_reason"] == cause.hold_reason)
        & (tickets["group_at_opening"] == cause.assignment_group)
        & opened_since(tickets, cause.since)
    )
