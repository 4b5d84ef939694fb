"""The finance shared service centre that the sample data describe: units, services, calendar."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import holidays
import pandas as pd

from slm_analysis.sla.business_time import BusinessCalendar

TIMEZONE = "Asia/Shanghai"
FIRST_DAY, LAST_DAY, LAST_DUE_DAY = "2024-11-01", "2026-11-01", "2026-12-31"
AS_OF = pd.Timestamp("2026-11-02 08:00", tz=TIMEZONE)
MONTHS = 24
HOUR = 3600.0
"""Seconds."""

OFFICE_HOURS = [["09:00", "12:00"], ["13:00", "18:00"]]
HALF_DAYS = ("2024-12-31", "2025-12-31", "2026-12-31")
PUBLIC_HOLIDAYS = holidays.country_holidays("CN", years=range(2024, 2027))


@dataclass(frozen=True)
class Service:
    """What one service promises, who works on it and how well.

    Attributes
    ----------
    groups : mapping
        Assignment groups and their shares of the tickets.
    specialist : str
        The group to which some tickets are handed over.
    hours : tuple of float
        Working hours until a ticket is due; one of several where the requester agrees the date.
    goal : float
        Share to be resolved in time.
    late : float
        Share that is not.
    waits : bool
        The requester is asked for missing information now and then, and the clock stops.
    """

    groups: Mapping[str, float]
    specialist: str
    hours: tuple[float, ...]
    goal: float
    late: float
    waits: bool


SERVICES = {
    "Invoice posting": Service(
        groups={"AP Team 1": 0.35, "AP Team 2": 0.45, "AP Team 3": 0.20},
        specialist="Purchasing Desk",
        hours=(16,),
        goal=0.95,
        late=0.032,
        waits=True,
    ),
    "Travel reimbursement": Service(
        groups={"Travel Desk A": 0.55, "Travel Desk B": 0.45},
        specialist="Tax Desk",
        hours=(24,),
        goal=0.95,
        late=0.028,
        waits=True,
    ),
    "Payments": Service(
        groups={"Treasury Operations": 1.0},
        specialist="Bank Relations",
        hours=(8, 16, 24, 40),
        goal=0.98,
        late=0.014,
        waits=False,
    ),
    "Month-end reports": Service(
        groups={"Reporting Team": 1.0},
        specialist="General Ledger",
        hours=(48,),
        goal=0.98,
        late=0.032,
        waits=False,
    ),
    "Master data": Service(
        groups={"Master Data Team": 1.0},
        specialist="Compliance Desk",
        hours=(8,),
        goal=0.95,
        late=0.03,
        waits=True,
    ),
}
"""Of month-end reports `late` is the share that takes longer than `hours`, the least that any has
until working day 3; most have more, so that about 17 in 1,000 are late."""

MONTH_END = "Month-end reports"
URGENT = "P1"
URGENT_INVOICE_HOURS, URGENT_INVOICE_GOAL, URGENT_INVOICE_LATE = 8, 0.98, 0.012
"""Urgent invoices have always been posted within a day; version 3 of the agreement promises it."""
RESPONSE_HOURS, RESPONSE_GOAL, RESPONSE_LATE = 4, 0.95, 0.028
"""Promised for travel claims, kept in all services."""


@dataclass(frozen=True)
class Unit:
    """A business unit that the centre serves.

    Attributes
    ----------
    tickets : mapping
        Service to mean tickets a month.
    teams : tuple of str
        Teams of its requesters.
    requesters : int
        People who raise tickets.
    urgent : float
        Share of tickets opened as P1.
    satisfaction : float
        Mean score on the scale of 1 to 5.
    late : float, optional
        Share of late tickets in every service; else each service's own.
    error : float
        Share of tickets returned or corrected.
    minds_lateness : bool
        A late ticket costs points of the score.
    """

    tickets: Mapping[str, int]
    teams: tuple[str, ...]
    requesters: int
    urgent: float
    satisfaction: float
    late: float | None = None
    error: float = 0.01
    minds_lateness: bool = True


def _tickets(invoices: int, travel: int, payments: int, reports: int, master: int) -> dict:
    return dict(zip(SERVICES, (invoices, travel, payments, reports, master), strict=True))


UNITS = {
    "华东销售部": Unit(
        tickets=_tickets(360, 66, 35, 12, 18),
        teams=("上海", "杭州", "南京", "苏州"),
        requesters=190,
        urgent=0.06,
        satisfaction=4.3,
    ),
    "Manufacturing": Unit(
        tickets=_tickets(168, 24, 34, 14, 18),
        teams=("Plant Suzhou", "Plant Wuhan", "Plant Office"),
        requesters=95,
        urgent=0.12,
        satisfaction=4.4,
    ),
    "Logistics": Unit(
        tickets=_tickets(76, 22, 22, 10, 14),
        teams=("Inbound", "Outbound", "Fleet"),
        requesters=60,
        urgent=0.10,
        satisfaction=4.35,
    ),
    "Head Office": Unit(
        tickets=_tickets(84, 46, 42, 12, 14),
        teams=("Executive Office", "Legal", "Human Resources", "Communications"),
        requesters=75,
        urgent=0.05,
        satisfaction=4.4,
        error=0.0,
    ),
    "Sales West": Unit(
        tickets=_tickets(62, 50, 20, 6, 10),
        teams=("Chengdu", "Chongqing", "Xi'an"),
        requesters=65,
        urgent=0.0,
        satisfaction=4.35,
        late=0.017,
        minds_lateness=False,
    ),
    "Research & Development": Unit(
        tickets=_tickets(7, 7, 2, 1, 3),
        teams=("Laboratory", "Engineering"),
        requesters=4,
        urgent=0.05,
        satisfaction=4.3,
    ),
}

PRIORITIES = {"P2": 0.2, "P3": 0.6, "P4": 0.2}
"""Shares among tickets that are not urgent."""
CHANNELS = {"Portal": 0.62, "E-mail": 0.30, "Phone": 0.08}
TICKET_TYPES = {"Request": 0.80, "Correction": 0.13, "Enquiry": 0.07}
HOLD_REASONS = {
    "No hold": 0.52,
    "Missing purchase order": 0.24,
    "Price mismatch": 0.10,
    "Quantity mismatch": 0.08,
    "Missing approval": 0.06,
}
SUPPLIER_COUNTRIES = {"China": 0.72, "Germany": 0.10, "Japan": 0.08, "United States": 0.10}
WITH_SUPPLIER = ("Invoice posting", "Payments", "Master data")
MEDIAN_AMOUNTS = {"Invoice posting": 18_000, "Travel reimbursement": 1_600, "Payments": 40_000}
"""In yuan."""

WEEKDAY_SHAPE = (1.15, 1.05, 1.0, 0.95, 0.9, 0.75, 0.75)
"""Monday to Sunday; the weekend's hold for make-up working days."""
MONTH_SHAPE = (0.92, 0.90, 1.06, 0.98, 0.97, 1.05, 0.98, 0.96, 1.06, 1.1, 1.02, 1.12)
"""January to December."""
CLOSING_SHAPE = 1.3
"""The last days of a month, and how many they are."""
CLOSING_DAYS = 3
DAY_OFF_SHAPE = 0.04
REPORT_REQUEST_DAYS = (3, 4)
"""Month-end reports are asked for so many working days before the month's last one."""
REPORT_DUE_DAY = 3
"""Working day of the following month, until 18:00."""
HOUR_SHAPE = {
    7: 0.01, 8: 0.03, 9: 0.13, 10: 0.16, 11: 0.12, 12: 0.03, 13: 0.09, 14: 0.14,
    15: 0.13, 16: 0.08, 17: 0.05, 18: 0.02, 20: 0.01,
}  # fmt: skip
"""Share of a day's tickets by the hour in which they are opened."""


def office_calendar() -> BusinessCalendar:
    """Return the calendar `office` of the agreements."""
    return BusinessCalendar(
        TIMEZONE,
        dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), OFFICE_HOURS),
        holidays=PUBLIC_HOLIDAYS,
        makeup_workdays={str(day): "mon" for day in PUBLIC_HOLIDAYS.weekend_workdays},
        special_hours=dict.fromkeys(HALF_DAYS, OFFICE_HOURS[:1]),
    )


def calendar_days() -> pd.DataFrame:
    """Return one row per day, to the end of the year: its working days and the shape of demand.

    `day`, `working`, `nth` (working day of the month), and `shape`, `report_shape`: the day's
    tickets as a multiple of a plain working day's, of most services and of month-end reports.
    """
    day = pd.Series(pd.date_range(FIRST_DAY, LAST_DUE_DAY))
    working = day.map(PUBLIC_HOLIDAYS.is_working_day)
    month = day.dt.to_period("M")
    nth = working.groupby(month).cumsum()
    left = nth.groupby(month).transform("max") - nth
    weekday_shape = day.dt.day_of_week.map(dict(enumerate(WEEKDAY_SHAPE)))
    month_shape = day.dt.month.map(dict(enumerate(MONTH_SHAPE, start=1)))
    closing_shape = (left < CLOSING_DAYS).map({True: CLOSING_SHAPE, False: 1.0})
    return pd.DataFrame(
        {
            "day": day,
            "working": working,
            "nth": nth,
            "shape": month_shape * (weekday_shape * closing_shape).where(working, DAY_OFF_SHAPE),
            "report_shape": month_shape * (working & left.isin(REPORT_REQUEST_DAYS)),
        }
    )


def report_due(opened_at: pd.Series) -> pd.Series:
    """Return when month-end reports asked for at `opened_at` are due."""
    days = calendar_days()
    days = days[days["working"] & (days["nth"] == REPORT_DUE_DAY)]
    due_day = days.set_index(days["day"].dt.to_period("M"))["day"]
    following = opened_at.dt.tz_localize(None).dt.to_period("M") + 1
    return following.map(due_day + pd.Timedelta(hours=18)).dt.tz_localize(TIMEZONE)
