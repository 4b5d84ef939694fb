"""Agreements with some of their terms changed: what else could have been promised."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from slm_analysis.errors import InputError, nearest
from slm_analysis.sla.agreement_yaml import EXAMPLES, GOALS_OF_METRIC, REOPEN
from slm_analysis.sla.agreements import (
    ALL,
    DEFAULT,
    TICKET_METRICS,
    Agreement,
    Agreements,
    ServiceTerms,
    Target,
)
from slm_analysis.sla.business_time import BusinessCalendar
from slm_analysis.sla.goals import Goal, parse_duration, parse_goal

GOAL, CALENDAR, PAUSES, REOPENING, PRIORITIES = (
    "goal", "calendar", "pauses_on", "reopen", "priorities",
)  # fmt: skip
TERMS = (CALENDAR, GOAL, PAUSES, REOPENING, PRIORITIES)
"""What can be changed, in the order in which the terms of one change are applied."""
KEYS = ("service", "target", "working_day", *TERMS)


@dataclass(frozen=True)
class ChangedTerm:
    """One term that is changed, in one service or in all.

    Attributes
    ----------
    service, target : str
        Empty: every service, every target that is judged ticket by ticket.
    term : str
        One of `TERMS`.
    value : object
    working_day : str
        What the value calls one working day; empty: as the agreement does.
    """

    service: str
    target: str
    term: str
    value: object
    working_day: str = ""


def read_changes(
    changes: Sequence[Mapping[str, object]], promises: Collection[tuple[str, str]]
) -> list[ChangedTerm]:
    """Return the single terms that `changes` change, in order.

    Parameters
    ----------
    changes : sequence of mapping
        Each with some of `KEYS`.
    promises : collection of (service, target)
        What has been promised.

    Raises
    ------
    InputError
        For an unknown key, service or target, or a change without a term.
    """
    terms = []
    for change in changes:
        for key in change:
            _known("agreement change", str(key), KEYS)
        service, target = str(change.get("service", "")), str(change.get("target", ""))
        if service:
            _known("service", service, sorted({name for name, _ in promises}))
        if target:
            own = sorted({name for of, name in promises if service in {"", of}})
            _known(f"target of {service}" if service else "target", target, own)
        named = [term for term in TERMS if term in change]
        if not named:
            raise InputError(f"A change names no term. Give one of {', '.join(TERMS)}.")
        day = str(change.get("working_day", ""))
        terms += [ChangedTerm(service, target, term, change[term], day) for term in named]
    return terms


def with_changed_term(agreements: Agreements, change: ChangedTerm) -> Agreements:
    """Return all versions of the agreements with one term changed.

    Raises
    ------
    InputError
        Where the value cannot be used.
    """
    versions = tuple(_changed_version(version, change) for version in agreements.versions)
    return Agreements(versions)


def _changed_version(version: Agreement, change: ChangedTerm) -> Agreement:
    services = dict(version.services)
    if change.service and change.service not in services and ALL in services:
        services[change.service] = replace(services[ALL], service=change.service)
    calendars = {terms.calendar_name: terms.calendar for terms in services.values()}
    for name, terms in services.items():
        if change.service in {"", name}:
            services[name] = _changed_service(terms, change, calendars)
    return replace(version, services=services)


def _changed_service(
    terms: ServiceTerms, change: ChangedTerm, calendars: Mapping[str, BusinessCalendar]
) -> ServiceTerms:
    if change.term == CALENDAR:
        if isinstance(change.value, BusinessCalendar):
            return replace(terms, calendar=change.value)
        name = str(change.value)
        _known("calendar", name, calendars)
        return replace(terms, calendar_name=name, calendar=calendars[name])
    targets = tuple(
        _changed_target(target, terms, change)
        if target.metric in TICKET_METRICS and change.target in {"", target.name}
        else target
        for target in terms.targets
    )
    return replace(terms, targets=targets)


def _changed_target(target: Target, terms: ServiceTerms, change: ChangedTerm) -> Target:
    value = change.value
    if change.term == GOAL:
        texts = value if isinstance(value, Mapping) else {DEFAULT: value}
        return replace(
            target,
            goals={
                str(priority): _goal(str(text), target.metric, _working_day(terms, change))
                for priority, text in texts.items()
            },
        )
    if change.term == PAUSES:
        names = (value,) if isinstance(value, str) else value
        return replace(target, pauses_on=tuple(names))  # type: ignore[arg-type]
    if change.term == REOPENING:
        _known("way to treat a reopening", str(value), REOPEN)
        return replace(target, reopen=str(value))
    return replace(target, goals=_mapped(target.goals, value))


def _working_day(terms: ServiceTerms, change: ChangedTerm) -> float | None:
    if not change.working_day:
        return terms.working_day
    try:
        return parse_duration(change.working_day)
    except ValueError as e:
        raise InputError(f"working_day {change.working_day!r} cannot be read. {e}") from None


def _goal(text: str, metric: str, working_day: float | None) -> Goal:
    try:
        goal = parse_goal(text, working_day)
    except ValueError as e:
        raise InputError(f"The goal {text!r} cannot be read. {e}") from None
    if not isinstance(goal, GOALS_OF_METRIC[metric]):
        raise InputError(
            f"The goal {text!r} does not fit {metric}. It reads like {EXAMPLES[metric]}."
        )
    return goal


def _mapped(goals: Mapping[str, Goal], priorities: object) -> dict[str, Goal]:
    """Return goals under which each priority is judged as the one that it is mapped to."""
    if not isinstance(priorities, Mapping):
        raise InputError('priorities maps one priority to another, for example {"P3": "P2"}.')
    found = dict(goals)
    for priority, other in priorities.items():
        goal = goals.get(str(other), goals.get(DEFAULT))
        if goal is None:
            raise InputError(f"There is no goal for {other!r}. {nearest(str(other), goals)}")
        if goal != goals.get(str(priority), goals.get(DEFAULT)):
            found[str(priority)] = goal
    return found


def _known(what: str, name: str, known: Collection[str]) -> None:
    if name not in known:
        raise InputError(f"There is no {what} {name!r}. {nearest(name, known)}")
