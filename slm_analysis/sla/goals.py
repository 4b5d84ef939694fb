"""The goals that an agreement can set, and the words in which it sets them.

A goal is written as a service manager would say it: ``95% within 4h``, ``98% by due date``,
``100% by working day 3 of the following month, 18:00``, ``at most 0.5%``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from slm_analysis.sla.business_time import TIME_OF_DAY

SECONDS = {"minute": 60, "hour": 3600}
UNITS = {
    "m": "minute", "min": "minute", "minute": "minute", "minutes": "minute",
    "h": "hour", "hour": "hour", "hours": "hour",
    "working day": "working day", "working days": "working day",
}  # fmt: skip


@dataclass(frozen=True)
class Goal:
    """What was agreed for one target and priority.

    Attributes
    ----------
    text : str
        As written.
    share : float
        The share of tickets to reach (0.95 for 95 %); for `AtMost` the share not to exceed; for
        `AtLeastScore` the score to reach.
    """

    text: str
    share: float


@dataclass(frozen=True)
class Within(Goal):
    """So much business time from the start of the clock."""

    seconds: float


@dataclass(frozen=True)
class ByDueDate(Goal):
    """By the due time that the source names."""


@dataclass(frozen=True)
class AsRecorded(Goal):
    """As the source itself judged."""


@dataclass(frozen=True)
class ByEndOfNextWorkingDay(Goal):
    """By the close of the working day after the day of opening."""


@dataclass(frozen=True)
class ByWorkingDayOfMonth(Goal):
    """By the n-th working day of the month of opening or the one after, at a time or its close."""

    day: int
    following_month: bool
    time: str | None


@dataclass(frozen=True)
class AtMost(Goal):
    """A rate not to exceed."""


@dataclass(frozen=True)
class AtLeast(Goal):
    """A share to reach."""


@dataclass(frozen=True)
class AtLeastScore(Goal):
    """A score to reach, on the scale whose top is `scale_max` where that is said."""

    scale_max: float | None = None


NUMBER = r"\d+(?:\.\d+)?"
PERCENT = rf"(?P<share>{NUMBER})\s*%"
WITHIN = re.compile(rf"{PERCENT} within (?P<number>{NUMBER})\s*(?P<unit>[a-z ]+)")
BY = re.compile(rf"{PERCENT} (?P<how>by due date|as recorded|by end of next working day)")
BY_WORKING_DAY = re.compile(
    rf"{PERCENT} by working day (?P<day>\d+) of the (?P<month>same|following) month"
    r"(?:,? (?P<time>\d+:\d+))?"
)
AT_MOST = re.compile(rf"at most {PERCENT}")
AT_LEAST = re.compile(rf"at least {PERCENT}")
AT_LEAST_SCORE = re.compile(rf"at least (?P<value>-?{NUMBER})(?: of (?P<scale>{NUMBER}))?")
LONGEST_MONTH = 31
FORMS = (
    "'95% within 4h', '95% within 2 working days', '95% by due date', '95% as recorded', "
    "'95% by end of next working day', '100% by working day 3 of the following month, 18:00', "
    "'at most 0.5%', 'at least 99.5%', 'at least 4.2 of 5'"
)


def parse_goal(text: str, working_day: float | None) -> Goal:
    """Return the goal that `text` sets.

    Parameters
    ----------
    text : str
        A goal in one of the forms above.
    working_day : float or None
        Seconds of business time that the agreement calls one working day.

    Raises
    ------
    ValueError
        With the remedy, where the text is no goal.
    """
    words = " ".join(text.split())
    if m := WITHIN.fullmatch(words):
        return Within(text, _share(m), _duration(m["number"], _seconds(m["unit"], working_day)))
    if m := BY.fullmatch(words):
        form = {
            "by due date": ByDueDate,
            "as recorded": AsRecorded,
            "by end of next working day": ByEndOfNextWorkingDay,
        }[m["how"]]
        return form(text, _share(m))
    if m := BY_WORKING_DAY.fullmatch(words):
        if not 1 <= int(m["day"]) <= LONGEST_MONTH:
            raise ValueError(f"Working days of a month are counted from 1 to {LONGEST_MONTH}.")
        if m["time"] and not TIME_OF_DAY.fullmatch(m["time"]):
            raise ValueError(f"{m['time']} is not a time of day.")
        return ByWorkingDayOfMonth(
            text, _share(m), int(m["day"]), m["month"] == "following", m["time"]
        )
    if m := AT_MOST.fullmatch(words):
        return AtMost(text, _share(m))
    if m := AT_LEAST.fullmatch(words):
        return AtLeast(text, _share(m))
    if m := AT_LEAST_SCORE.fullmatch(words):
        scale_max = float(m["scale"]) if m["scale"] else None
        if scale_max is not None and float(m["value"]) > scale_max:
            raise ValueError(f"No score exceeds {m['scale']}, the top of its scale.")
        return AtLeastScore(text, float(m["value"]), scale_max)
    raise ValueError(f"A goal reads like {FORMS}.")


def parse_duration(text: str) -> float:
    """Return ``8h`` or ``30 minutes`` as seconds; raise ValueError for anything else."""
    m = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([a-z]+)", text.strip())
    if not m or UNITS.get(m[2]) not in SECONDS:
        raise ValueError("A duration reads like 8h or 30 minutes.")
    return _duration(m[1], SECONDS[UNITS[m[2]]])


def _share(m: re.Match[str]) -> float:
    # Decimal, so that 99.9 % is the nearest number to 0.999.
    share = Decimal(m["share"]) / 100
    if share > 1:
        raise ValueError("A share lies between 0% and 100%.")
    return float(share)


def _duration(number: str, unit_seconds: float) -> float:
    # Decimal, so that 4.35 h are 15660 s and a ticket of exactly that is in time.
    seconds = Decimal(number) * Decimal(unit_seconds)
    if not seconds:
        raise ValueError("A duration is longer than 0.")
    return float(seconds)


def _seconds(unit: str, working_day: float | None) -> float:
    name = UNITS.get(unit.strip())
    if name is None:
        hint = " ('1 day' could mean 24 hours or one working day.)" if "day" in unit else ""
        raise ValueError(f"Durations are in minutes, hours (h) or working days.{hint}")
    if name == "working day":
        if working_day is None:
            raise ValueError("Say how long a working day is: 'working_day: 8h' in the service.")
        return working_day
    return SECONDS[name]
