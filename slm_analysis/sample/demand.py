"""Who asks for what, and when: tickets as they are opened."""

from __future__ import annotations

import numpy as np
import pandas as pd

from slm_analysis.sample.centre import (
    CHANNELS,
    HOLD_REASONS,
    HOUR_SHAPE,
    LAST_DAY,
    MEDIAN_AMOUNTS,
    MONTH_END,
    MONTHS,
    PRIORITIES,
    SERVICES,
    SUPPLIER_COUNTRIES,
    TICKET_TYPES,
    TIMEZONE,
    UNITS,
    URGENT,
    WITH_SUPPLIER,
    calendar_days,
)
from slm_analysis.sample.shared import draw, each, trait
from slm_analysis.sample.truth import TRUTH

DAY_VOLUME_SD = 0.12
"""Of the logarithm of a day's demand."""
AMOUNT_SD = 1.0
ESCALATED = 0.02
ESCALATION = {"P4": "P3", "P3": "P2", "P2": URGENT, URGENT: URGENT}


def opened_tickets(rng: np.random.Generator) -> pd.DataFrame:
    """Return tickets by time of opening, with all that is known of them then.

    `ticket_id`, `business_unit`, `service`, `opened_at`, and the columns of `_mix`.
    """
    tickets = _arrivals(rng)
    return tickets.assign(**_mix(tickets, rng))


def _arrivals(rng: np.random.Generator) -> pd.DataFrame:
    """Return `ticket_id`, `business_unit`, `service`, `opened_at`, sorted by time."""
    days = calendar_days()
    days = days[days["day"] <= LAST_DAY]
    demand = pd.DataFrame(
        [
            (name, service, tickets)
            for name, unit in UNITS.items()
            for service, tickets in unit.tickets.items()
        ],
        columns=["business_unit", "service", "a_month"],
    ).merge(days, how="cross")
    shape = demand["shape"].where(demand["service"] != MONTH_END, demand["report_shape"])
    total = shape.groupby([demand["business_unit"], demand["service"]]).transform("sum")
    expected = demand["a_month"] * MONTHS * shape / total
    count = rng.poisson(expected * rng.lognormal(0, DAY_VOLUME_SD, len(demand)))
    tickets = demand.loc[demand.index.repeat(count), ["business_unit", "service", "day"]]
    minute = 60 * draw(HOUR_SHAPE, len(tickets), rng) + rng.integers(60, size=len(tickets))
    opened_at = (tickets["day"] + pd.to_timedelta(minute, unit="min")).dt.tz_localize(TIMEZONE)
    tickets = tickets.assign(opened_at=opened_at).sort_values("opened_at", kind="stable")
    number = pd.Series(range(1, len(tickets) + 1), index=tickets.index).astype(str).str.zfill(6)
    return tickets.assign(ticket_id="FSS-" + number).reset_index(drop=True)


def _mix(tickets: pd.DataFrame, rng: np.random.Generator) -> dict[str, pd.Series]:
    """Return what is known of tickets when they are opened; nothing depends on anything else."""
    n, index = len(tickets), tickets.index
    unit, service = tickets["business_unit"], tickets["service"]
    requester = (trait(unit, UNITS, "requesters") * rng.random(n)).astype(int)
    urgent = trait(unit, UNITS, "urgent") > rng.random(n)
    priority = pd.Series(draw(PRIORITIES, n, rng), index).mask(urgent, URGENT)
    # The noise unit has no urgent tickets: their shorter time would go with the priority.
    escalated = (rng.random(n) < ESCALATED) & ~((unit == TRUTH.noise) & (priority == "P2"))
    hold_reason = pd.Series(draw(HOLD_REASONS, n, rng), index)
    country = pd.Series(draw(SUPPLIER_COUNTRIES, n, rng), index)
    return {
        "priority_at_opening": priority,
        "priority": priority.mask(escalated, priority.map(ESCALATION)),
        "ticket_type": pd.Series(draw(TICKET_TYPES, n, rng), index),
        "channel": pd.Series(draw(CHANNELS, n, rng), index),
        "amount": service.map(MEDIAN_AMOUNTS) * rng.lognormal(0, AMOUNT_SD, n),
        "hold_reason": hold_reason.where(service == TRUTH.cause.service),
        "supplier_country": country.where(service.isin(WITH_SUPPLIER)),
        "requester": requester,
        "requester_team": each(
            unit, lambda name, rows: np.take(UNITS[name].teams, requester[rows], mode="wrap")
        ),
        "group_at_opening": each(
            service, lambda name, rows: draw(SERVICES[name].groups, len(rows), rng)
        ),
    }
