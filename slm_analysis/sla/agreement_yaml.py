"""Reads agreements from YAML that a service manager writes and signs.

One file is one version of one agreement. Every fault is named with its line.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from itertools import combinations
from pathlib import Path
from typing import TypeAlias, TypeVar

import holidays
import pandas as pd

from slm_analysis.errors import Fault, InputError
from slm_analysis.sla.agreements import (
    ALL,
    DEFAULT,
    TICKET_METRICS,
    Agreement,
    Agreements,
    ServiceTerms,
    Target,
)
from slm_analysis.sla.business_time import HOLIDAY_SCOPES, TIME_OF_DAY, WEEKDAYS, BusinessCalendar
from slm_analysis.sla.goals import (
    AsRecorded,
    AtLeast,
    AtLeastScore,
    AtMost,
    ByDueDate,
    ByEndOfNextWorkingDay,
    ByWorkingDayOfMonth,
    Goal,
    Within,
    parse_duration,
    parse_goal,
)
from slm_analysis.yaml_text import Node, parse_all, parse_good, read_yaml

D = TypeVar("D")
T = TypeVar("T")
Holidays: TypeAlias = tuple[frozenset[date], tuple[date, ...], int | None]
"""Days off, make-up working days, and the first year whose make-up days are not yet published."""
NO_HOLIDAYS: Holidays = (frozenset(), (), None)

COUNT_BY = ("due", "opened", "resolved", "closed")
REOPEN = ("resume", "first_resolution", "restart")
RESOLVED_ON = ("Resolved", "Closed")
MINIMUM_RESPONSES = 30
YEARS = range(1990, 2100)
"""Years for which public holidays are looked up."""

EXAMPLES: Mapping[str, str] = {
    "response_time": "95% within 4h",
    "resolution_time": "95% within 2 working days",
    "recovery_time": "95% within 2h",
    "error_rate": "at most 0.5%",
    "availability": "at least 99.5%",
    "satisfaction": "at least 4.2 of 5",
}
TIME_GOALS = (Within, ByDueDate, AsRecorded, ByEndOfNextWorkingDay, ByWorkingDayOfMonth)
GOALS_OF_METRIC: Mapping[str, tuple[type[Goal], ...]] = {
    "response_time": TIME_GOALS,
    "resolution_time": TIME_GOALS,
    "recovery_time": (Within,),
    "error_rate": (AtMost,),
    "availability": (AtLeast,),
    "satisfaction": (AtLeast, AtLeastScore),
}
GOAL_OF_MEASURE: Mapping[str, type[Goal]] = {
    "mean": AtLeastScore,
    "top_box": AtLeast,
    "nps": AtLeastScore,
}


def read_agreements(folder: Path) -> Agreements:
    """Return the agreements in `folder`, one version per YAML file.

    Raises
    ------
    InputError
        Listing the faults of every file with their lines; also where there is no file, or two
        versions of one agreement start on the same day or are called the same.
    """
    files = sorted(folder.glob("*.yaml")) + sorted(folder.glob("*.yml"))
    if not files:
        raise InputError(Fault("There is no agreement (*.yaml) in this folder.", "", folder))
    versions = sorted(parse_all(read_agreement, files), key=lambda a: (a.effective_from, a.name))
    faults = [
        Fault(
            f"{one.name!r} has another version {same} in {one.file.name}.",
            "Give each version its own 'version' and 'effective_from'.",
            other.file,
        )
        for one, other in combinations(versions, 2)
        if one.name == other.name
        for same, is_same in (
            ("from the same day", one.effective_from == other.effective_from),
            (repr(one.version), one.version == other.version),
        )
        if is_same
    ]
    if faults:
        raise InputError(faults)
    return Agreements(tuple(versions))


AGREEMENT_KEYS = (
    "agreement", "version", "effective_from", "timezone", "calendars", "services",
    "parties", "scope", "responsibilities", "review_on",
)  # fmt: skip


def read_agreement(file: Path) -> Agreement:
    """Return the agreement version in `file`."""
    root = read_yaml(file)
    keys = root.mapping(AGREEMENT_KEYS, required=AGREEMENT_KEYS[:6])
    timezone = keys["timezone"].timezone()
    start = pd.Timestamp(_date(keys["effective_from"]), tz=timezone)
    named = keys["calendars"].mapping()
    faults: list[Fault] = []
    good = parse_good(lambda item: (item[0], _calendar(item[1], timezone)), named.items(), faults)
    # Calendars at fault get a stand-in, so that the services are checked in the same go.
    calendars = dict.fromkeys(named, (BusinessCalendar(timezone, {}), None)) | dict(good)
    services = parse_good(
        lambda item: _service(*item, calendars), keys["services"].mapping().items(), faults
    )
    if faults:
        raise InputError(faults)
    provisional = [year for _, year in calendars.values() if year is not None]
    return Agreement(
        name=keys["agreement"].text(),
        version=keys["version"].text(),
        effective_from=start.tz_convert("UTC").as_unit("us"),
        timezone=timezone,
        services={terms.service: terms for terms in services},
        file=file,
        parties=_optional(keys, "parties", _texts, {}),
        scope=_optional(keys, "scope", Node.text, ""),
        responsibilities=_optional(keys, "responsibilities", _lists, {}),
        review_on=_optional(keys, "review_on", lambda node: _date(node).isoformat(), ""),
        provisional_from=min(provisional, default=None),
    )


CALENDAR_KEYS = (
    "hours", "public_holidays", "holidays", "makeup_workdays", "special_hours", "holiday_scope",
)  # fmt: skip


def _calendar(node: Node, timezone: str) -> tuple[BusinessCalendar, int | None]:
    """Return the calendar, and the first year whose make-up working days are not yet known."""
    keys = node.mapping(CALENDAR_KEYS, required=["hours"])
    hours: dict[str, list[list[str]]] = {}
    for days, shifts in keys["hours"].mapping().items():
        for day in _weekdays(days, shifts):
            if day in hours:
                raise shifts.error(f"{day.title()} stands in two entries.")
            hours[day] = _shifts(shifts)
    worked = [day for day in WEEKDAYS if hours.get(day)]
    if not worked:
        raise keys["hours"].error("The calendar has no working hours.")
    days_off, workdays, provisional = _optional(
        keys, "public_holidays", _public_holidays, NO_HOLIDAYS
    )
    # A make-up day is worked as the first working day of the week is.
    makeup: dict[str, str | list[list[str]]] = {day.isoformat(): worked[0] for day in workdays}
    for day, plan in _optional(keys, "makeup_workdays", Node.mapping, {}).items():
        weekday = plan.text().lower()
        makeup[_date(plan, day).isoformat()] = weekday if weekday in WEEKDAYS else _shifts(plan)
    calendar = BusinessCalendar(
        timezone,
        hours,
        holidays={*days_off, *map(_date, _optional(keys, "holidays", Node.items, []))},
        makeup_workdays=makeup,
        special_hours={
            _date(plan, day).isoformat(): _shifts(plan)
            for day, plan in _optional(keys, "special_hours", Node.mapping, {}).items()
        },
        holiday_scope=_optional(
            keys, "holiday_scope", lambda node: node.one_of(HOLIDAY_SCOPES), HOLIDAY_SCOPES[0]
        ),
    )
    return calendar, provisional


def _public_holidays(node: Node) -> Holidays:
    try:
        return _country(node.text())
    except (NotImplementedError, KeyError):
        raise node.error(
            "This country or region is not known.", "Use a code such as CN, US or DE-BY."
        ) from None


@lru_cache(maxsize=32)
def _country(code: str) -> Holidays:
    country, _, region = code.partition("-")
    found = holidays.country_holidays(country, subdiv=region or None, years=YEARS)
    workdays = tuple(sorted(found.weekend_workdays))
    return frozenset(found), workdays, workdays[-1].year + 1 if workdays else None


SERVICE_KEYS = (
    "business_units", "calendar", "working_day", "count_by", "excluded", "resolved_on",
    "minimum_tickets", "targets",
)  # fmt: skip


def _service(
    name: str, node: Node, calendars: Mapping[str, tuple[BusinessCalendar, int | None]]
) -> ServiceTerms:
    keys = node.mapping(SERVICE_KEYS, required=["calendar", "targets"])
    calendar = keys["calendar"].one_of(calendars)
    working_day = _optional(keys, "working_day", _duration, None)
    targets = parse_all(lambda item: _target(item, working_day), keys["targets"].items())
    seen: set[str] = set()
    for target, item in zip(targets, keys["targets"].items(), strict=True):
        if target.name in seen:
            raise item.error(
                f"The service has two targets called {target.name!r}.", "Give one a 'name:'."
            )
        seen.add(target.name)
    units = _optional(keys, "business_units", Node.texts, (ALL,))
    return ServiceTerms(
        service=name,
        business_units=None if ALL in units else units,
        calendar_name=calendar,
        calendar=calendars[calendar][0],
        working_day=working_day,
        count_by=_optional(keys, "count_by", lambda node: node.one_of(COUNT_BY), COUNT_BY[0]),
        excluded=_optional(keys, "excluded", Node.texts, ()),
        resolved_on=_optional(keys, "resolved_on", Node.texts, RESOLVED_ON),
        minimum_tickets=_optional(keys, "minimum_tickets", Node.integer, 1),
        targets=tuple(targets),
    )


TARGET_KEYS = ("metric", "goal", "name")
KEYS_OF_METRIC: Mapping[str, tuple[str, ...]] = {
    "response_time": ("pauses_on",),
    "resolution_time": ("pauses_on", "reopen"),
    "satisfaction": ("measure", "minimum_responses"),
}


def _target(node: Node, working_day: float | None) -> Target:
    keys = node.mapping(required=["metric", "goal"])
    metric = keys["metric"].one_of(GOALS_OF_METRIC)
    keys = node.mapping([*TARGET_KEYS, *KEYS_OF_METRIC.get(metric, ())])
    goal_node = keys["goal"]
    by_priority = goal_node.mapping() if isinstance(goal_node.value, dict) else {DEFAULT: goal_node}
    if metric not in TICKET_METRICS and set(by_priority) != {DEFAULT}:
        raise goal_node.error(f"The goal of {metric} cannot differ by priority.")
    goals = dict(
        parse_all(lambda item: (item[0], _goal(item[1], metric, working_day)), by_priority.items())
    )
    measure = _optional(keys, "measure", lambda node: node.one_of(GOAL_OF_MEASURE), "mean")
    if metric == "satisfaction" and not isinstance(goals[DEFAULT], GOAL_OF_MEASURE[measure]):
        raise goal_node.error(
            f"This form of goal does not fit the measure {measure!r}.",
            "A top_box is a share (at least 80%), a mean or nps a score (at least 4.2 of 5).",
        )
    return Target(
        name=_optional(keys, "name", Node.text, metric),
        metric=metric,
        goals=goals,
        pauses_on=_optional(keys, "pauses_on", Node.texts, ()),
        reopen=_optional(keys, "reopen", lambda node: node.one_of(REOPEN), REOPEN[0]),
        measure=measure,
        minimum_responses=_optional(keys, "minimum_responses", Node.integer, MINIMUM_RESPONSES),
    )


def _goal(node: Node, metric: str, working_day: float | None) -> Goal:
    try:
        goal = parse_goal(node.text(), working_day)
    except ValueError as e:
        raise node.error("This goal cannot be read.", str(e)) from None
    if not isinstance(goal, GOALS_OF_METRIC[metric]):
        raise node.error(
            f"This form of goal does not fit {metric}.", f"It reads like {EXAMPLES[metric]}."
        )
    return goal


def _weekdays(text: str, node: Node) -> list[str]:
    """Return the days of ``Mon-Fri`` or ``Sat, Sun``."""
    days: list[str] = []
    for part in text.lower().split(","):
        ends = [end.strip() for end in part.split("-")]
        if not all(end in WEEKDAYS for end in ends) or len(ends) not in {1, 2}:
            raise node.error(f"{text!r} names no weekdays.", "Write Mon-Fri, or Sat, Sun.")
        first, last = WEEKDAYS.index(ends[0]), WEEKDAYS.index(ends[-1])
        days += [WEEKDAYS[i % 7] for i in range(first, last + (7 if last < first else 0) + 1)]
    return days


def _shifts(node: Node) -> list[list[str]]:
    """Return the shifts of ``09:00-12:00, 13:00-18:00``; ``closed`` has none."""
    if node.text().strip().lower() == "closed":
        return []
    shifts = [[end.strip() for end in part.split("-")] for part in node.text().split(",")]
    if not all(len(s) == 2 and all(TIME_OF_DAY.fullmatch(end) for end in s) for s in shifts):  # noqa: PLR2004
        raise node.error("These are no hours.", 'Write "09:00-12:00, 13:00-18:00" or closed.')
    return shifts


def _date(node: Node, text: str | None = None) -> date:
    try:
        return date.fromisoformat(node.text() if text is None else text)
    except ValueError:
        raise node.error(f"{text or node.text()!r} is not a date such as 2026-01-31.") from None


def _duration(node: Node) -> float:
    try:
        return parse_duration(node.text())
    except ValueError as e:
        raise node.error("This duration cannot be read.", str(e)) from None


def _texts(node: Node) -> dict[str, str]:
    return {key: value.text() for key, value in node.mapping().items()}


def _lists(node: Node) -> dict[str, tuple[str, ...]]:
    return {key: value.texts() for key, value in node.mapping().items()}


def _optional(keys: Mapping[str, Node], name: str, read: Callable[[Node], T], default: D) -> T | D:
    return read(keys[name]) if name in keys else default
