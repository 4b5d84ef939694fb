"""Numbers and dates as readers see them; shown digits never contradict a verdict."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

MINUS = "−"
MOST_DIGITS = 4
HOURS_SHOWN_WHOLE = 100
NO_VALUE = "–"
"""Stands where there is no figure."""


def percent(share: float, digits: int = 1) -> str:
    """Return 0.9185 as ``91.9%``; whole percents stay whole at 0 and 1."""
    if pd.isna(share):
        return NO_VALUE
    return f"{_signed(100 * share, digits)}%"


def percent_beside(share: float, goal: float) -> str:
    """Return a share with as many digits as it takes to stay on its side of the goal."""
    for digits in range(1, MOST_DIGITS):
        if (round(100 * share, digits) < 100 * goal) == (share < goal):
            break
    return percent(share, digits)


def plain_percent(share: float) -> str:
    """Return a goal as it was written: 95%, 99.5%."""
    return f"{round(100 * share, MOST_DIGITS):g}%"


def plain_number(value: float) -> str:
    """Return a number on a scale: ``4.5``."""
    return f"{round(value, MOST_DIGITS):g}".replace("-", MINUS)


def plain_hours(value: float) -> str:
    """Return hours on a scale: ``4 h``."""
    return f"{plain_number(value)} h"


def score(value: float, digits: int = 1) -> str:
    """Return a mean score."""
    return NO_VALUE if pd.isna(value) else _signed(value, digits)


def score_beside(value: float, goal: float) -> str:
    """Return a score with as many digits as it takes to stay on its side of the goal."""
    for digits in range(1, MOST_DIGITS):
        if (round(value, digits) < goal) == (value < goal):
            break
    return score(value, digits)


def digits_to_tell(values: Iterable[float], bounds: Iterable[float], least: int = 1) -> int:
    """Return how many digits keep every value on its own side of every bound."""
    pairs = [(value, bound) for value in values for bound in bounds]
    for digits in range(least, MOST_DIGITS):
        shown = [(round(value, digits), bound) for value, bound in pairs]
        if all(
            (s < b, s > b) == (v < b, v > b) for (s, b), (v, _) in zip(shown, pairs, strict=True)
        ):
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
    return f"{value:.0f} h" if value >= HOURS_SHOWN_WHOLE else f"{value:.1f} h"


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


def date(day: pd.Timestamp, *, year: bool = True) -> str:
    """Return ``2 March 2026``, or ``2 March``."""
    return f"{day.day} {day:%B %Y}" if year else f"{day.day} {day:%B}"


def period(start: pd.Timestamp, end: pd.Timestamp) -> str:
    """Return ``October 2026`` for a whole month, else both ends."""
    month = start.to_period("M")
    if start == month.start_time and end == month.end_time.normalize():
        return f"{start:%B %Y}"
    return f"{date(start)} to {date(end)}"


def listed(items: list[str], most: int | None = None) -> str:
    """Return ``a``, ``a and b``, ``a, b and c``, ``a, b and 3 more``."""
    if most is not None and len(items) > most:
        items = [*items[:most], f"{len(items) - most} more"]
    if len(items) < 2:  # noqa: PLR2004
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def _signed(value: float, digits: int) -> str:
    text = f"{value:.{digits}f}"
    if float(text) == 0:
        text = text.lstrip("-")
    return text.replace("-", MINUS)


def _with_sign(value: float, digits: int) -> str:
    if pd.isna(value):
        return NO_VALUE
    text = _signed(value, digits)
    return text if text.startswith(MINUS) or float(text.replace(MINUS, "-")) == 0 else f"+{text}"
