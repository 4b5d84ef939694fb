"""What is planted in the sample data, so that tests can ask the analyses to find it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Cause:
    """Tickets of one kind, handled by one team, are late from a date on."""

    business_unit: str
    service: str
    hold_reason: str
    assignment_group: str
    since: str
    late: float
    """Share of these tickets that is late; before, as many as of the others."""


@dataclass(frozen=True)
class Change:
    """A process change and what it did to tickets opened from its date on."""

    change_id: str
    business_unit: str
    service: str
    on: str
    description: str
    time_factor: float = 1.0
    """Working time to resolve, as a multiple of what it would have been."""
    satisfaction: float = 0.0
    """Points added to the mean score on the scale of 1 to 5."""


@dataclass(frozen=True)
class Decline:
    """Satisfaction falls in a straight line while every service level is met."""

    business_unit: str
    since: str
    until: str
    start: float
    end: float
    """Mean score on the scale of 1 to 5 at `since` and at `until`."""


@dataclass(frozen=True)
class Truth:
    """Everything planted.

    Attributes
    ----------
    cause : Cause
        One unit's late invoices come from one hold reason in one team, from one month on.
    improvement : Change
        It cut the time and raised satisfaction.
    idle_change : Change
        It did nothing: as many fast and slow tickets in each month after it as before.
    noise_change : Change
        It did nothing either; what looks like an effect is chance.
    decline : Decline
        Green service levels, falling satisfaction.
    noise : str
        The unit in which nothing goes with anything: one share late for all of its tickets.
    small : str
        The unit in which four people raise all tickets: its satisfaction can never be shown.
    """

    cause: Cause
    improvement: Change
    idle_change: Change
    noise_change: Change
    decline: Decline
    noise: str
    small: str


TRUTH = Truth(
    cause=Cause(
        business_unit="华东销售部",
        service="Invoice posting",
        hold_reason="Missing purchase order",
        assignment_group="AP Team 2",
        since="2026-06-01",
        late=0.8,
    ),
    improvement=Change(
        change_id="CHG-102",
        business_unit="Manufacturing",
        service="Invoice posting",
        on="2026-03-02",
        description="Three-way match automated",
        time_factor=0.65,
        satisfaction=0.4,
    ),
    idle_change=Change(
        change_id="CHG-101",
        business_unit="Logistics",
        service="Invoice posting",
        on="2026-01-12",
        description="New request form",
    ),
    noise_change=Change(
        change_id="CHG-100",
        business_unit="Sales West",
        service="Travel reimbursement",
        on="2025-11-10",
        description="Reminder e-mails to approvers",
    ),
    decline=Decline(
        business_unit="Head Office", since="2026-01-01", until="2026-11-01", start=4.4, end=3.7
    ),
    noise="Sales West",
    small="Research & Development",
)
