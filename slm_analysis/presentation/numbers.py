"""Numbers and dates as readers see them; shown digits never contradict a verdict."""

from __future__ import annotations

from calendar import month_name
from collections.abc import Iterable

import pandas as pd

MINUS = "−"
MOST_DIGITS = 4
ROUNDING = 1e-10
"""Percents and scores closer than this are equal, as for the verdicts on shares."""
HOURS_SHOWN_WHOLE = 100
ROUND_COUNTS = (2, 3, 4, 5, 10, 20, 50, 100)
MONTHS = tuple(month_name)[1:]
NO_VALUE = "–"
"""Stands where there is no figure."""


def percent(share: float, digits: int = 1) -> str:
    """Return 0.9185 as ``91.9%``; none and all are whole: ``0%``, ``100%``."""
    if pd.isna(share):
        return NO_VALUE
    if share in {0, 1}:
        digits = 0
    return f"{_signed(100 * share, digits)}%"


def percent_beside(share: float, goal: float) -> str:
    """Return a share with as many digits as it takes to stay on its side of the goal."""
    if pd.isna(share) or share in {0, 1}:
        return percent(share)
    return f"{_beside(100 * share, 100 * goal)}%"


def plain_percent(share: float) -> str:
    """Return a goal as it was written: 95%, 99.5%."""
    return f"{round(100 * share, MOST_DIGITS):g}%"


def plain_number(value: float) -> str:
    """Return a number on a scale: ``4.5``."""
    return f"{round(value, MOST_DIGITS):g}".replace("-", MINUS)


def plain_hours(value: float) -> str:
    """Return hours on a scale: ``4 h``."""
    return f"{plain_number(value)} h"


def number(value: float, digits: int) -> str:
    """Return a number with thousands marked: ``1,250.5``."""
    return NO_VALUE if pd.isna(value) else _signed(value, digits, ",")


def score(value: float, digits: int = 1) -> str:
    """Return a mean score."""
    return NO_VALUE if pd.isna(value) else _signed(value, digits)


def score_beside(value: float, goal: float) -> str:
    """Return a score with as many digits as it takes to stay on its side of the goal."""
    return NO_VALUE if pd.isna(value) else _beside(value, goal)


def digits_to_tell(values: Iterable[float], bounds: Iterable[float], least: int = 1) -> int:
    """Return how many digits keep every value on its own side of every bound."""
    pairs = [(value, bound) for value in values for bound in bounds]
    for digits in range(least, MOST_DIGITS):
        if all(_side(round(value, digits), bound) == _side(value, bound) for value, bound in pairs):
            return digits
    return MOST_DIGITS


def points(difference: float, digits: int = 1) -> str:
    """Return a difference of shares in percentage points, with its sign: ``+3.8``."""
    return _with_sign(100 * difference, digits)


def signed(value: float, digits: int = 1) -> str:
    """Return a number with its sign: ``−0.4``."""
    return _with_sign(value, digits)


def hours(value: float) -> str:
    """Return business hours: ``4.7 h``, ``132 h``."""
    if pd.isna(value):
        return NO_VALUE
    return f"{value:.0f} h" if round(value, 1) >= HOURS_SHOWN_WHOLE else f"{value:.1f} h"


def count(number: float) -> str:
    """Return a whole number with thousands marked: ``8,412``."""
    return NO_VALUE if pd.isna(number) else f"{number:,.0f}"


def counted(number: int, one: str, many: str | None = None) -> str:
    """Return ``1 ticket``, ``2 tickets``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


NUMBER_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def in_words(number: int) -> str:
    """Return small numbers as words: ``three``, ``12``."""
    return NUMBER_WORDS[number] if number < len(NUMBER_WORDS) else f"{number:,}"


def times(number: int) -> str:
    """Return ``never``, ``once``, ``twice``, ``three times``."""
    return ("never", "once", "twice")[number] if number < 3 else f"{in_words(number)} times"  # noqa: PLR2004


def capitalised(text: str) -> str:
    """Return a text with a capital first letter, the rest as it is."""
    return f"{text[:1].upper()}{text[1:]}"


def continued(text: str) -> str:
    """Return a sentence as it goes on after a colon; the name of a month keeps its capital."""
    return text if text.startswith(MONTHS) else f"{text[:1].lower()}{text[1:]}"


def about_one_in(chance: float) -> str:
    """Return a chance in round counts: ``about 1 case in 4``."""
    nearest = min(ROUND_COUNTS, key=lambda count: abs(chance - 1 / count))
    return f"about 1 case in {nearest}"


def date(day: pd.Timestamp, *, year: bool = True) -> str:
    """Return ``2 March 2026``, or ``2 March``."""
    return f"{day.day} {day:%B %Y}" if year else f"{day.day} {day:%B}"


def period(start: pd.Timestamp, end: pd.Timestamp) -> str:
    """Return ``October 2026`` for a whole month, one date for one day, else both ends."""
    month = start.to_period("M")
    if start == month.start_time and end == month.end_time.normalize():
        return f"{start:%B %Y}"
    if start == end:
        return date(start)
    return f"{date(start)} to {date(end)}"


def months(start: pd.Timestamp, end: pd.Timestamp) -> str:
    """Return ``May to October 2026`` for whole months, else both ends."""
    first, last = start.to_period("M"), end.to_period("M")
    whole = start == first.start_time and end == last.end_time.normalize()
    if first == last or not whole:
        return period(start, end)
    return f"{start:{'%B' if first.year == last.year else '%B %Y'}} to {end:%B %Y}"


def listed(items: list[str], most: int | None = None) -> str:
    """Return ``a``, ``a and b``, ``a, b and c``, ``a, b and 3 more``."""
    if most is not None and len(items) > most:
        items = [*items[:most], f"{len(items) - most} more"]
    if len(items) < 2:  # noqa: PLR2004
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def _beside(value: float, goal: float) -> str:
    """Return a value on its own side of a goal, or equal to it where it is."""
    goal = round(goal, MOST_DIGITS)
    side = _side(value, goal)
    for digits in range(1, MOST_DIGITS + 1):
        if _side(round(value, digits), goal) == side:
            return _signed(value, digits)
    # Nearer than any digit shown: the next shown number on its side.
    return _signed(goal + side * 10.0**-MOST_DIGITS, MOST_DIGITS)


def _side(value: float, goal: float) -> int:
    """Return -1 under the goal, 0 at it, 1 above; rounding of binary fractions is no distance."""
    return 0 if abs(value - goal) <= ROUNDING else (1 if value > goal else -1)


def _signed(value: float, digits: int, thousands: str = "") -> str:
    text = f"{value:{thousands}.{digits}f}"
    if float(text.replace(",", "")) == 0:
        text = text.lstrip("-")
    return text.replace("-", MINUS)


def _with_sign(value: float, digits: int) -> str:
    if pd.isna(value):
        return NO_VALUE
    text = _signed(value, digits)
    return text if text.startswith(MINUS) or float(text.replace(MINUS, "-")) == 0 else f"+{text}"
