"""Numbers and dates as readers see them; shown digits never contradict a verdict."""

from __future__ import annotations

from calendar import month_name
from collections.abc import Iterable, Sequence

import pandas as pd
from babel.dates import format_date

from slm_analysis.presentation.language import _, language, ngettext, pgettext

MINUS = "−"
MOST_DIGITS = 4
ROUNDING = 1e-10
"""Percents and scores closer than this are equal, as for the verdicts on shares."""
TRUE_DIGITS = 10
"""What comes behind is noise of binary fractions: 100 * (23 / 80) is 28.75."""
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
    return _("{hours} h").format(hours=plain_number(value))


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
    return _("{hours} h").format(hours=_in_hours(value))


def hours_span(low: float, high: float) -> str:
    """Return from how many hours to how many: ``4.9 to 5.3 h``."""
    return _("{low} to {high} h").format(low=_in_hours(low), high=_in_hours(high))


def _in_hours(value: float) -> str:
    return _signed(value, 0 if round(value, 1) >= HOURS_SHOWN_WHOLE else 1)


def count(number: float) -> str:
    """Return a whole number with thousands marked: ``8,412``."""
    return NO_VALUE if pd.isna(number) else f"{number:,.0f}"


def part_of(part: float, whole: float) -> str:
    """Return a count with its denominator: ``158 of 519``."""
    return _("{part} of {all}").format(part=count(part), all=count(whole))


def share_of(part: float, whole: float, share: str) -> str:
    """Return a share behind its counts: ``158 of 519, 30.4%``."""
    return _("{part} of {all}, {share}").format(part=count(part), all=count(whole), share=share)


def counted(number: int, one: str, many: str | None = None) -> str:
    """Return ``1 ticket``, ``2 tickets``, from ``{n} ticket`` and ``{n} tickets``."""
    if "{n}" not in (many or one):
        return f"{number:,} {one if number == 1 else many or one + 's'}"
    return ngettext(one, many or one, number).format(n=count(number))


def in_words(number: int) -> str:
    """Return small numbers as words: ``three``, ``12``."""
    words = (
        pgettext("number", "no"), pgettext("number", "one"), pgettext("number", "two"),
        pgettext("number", "three"), pgettext("number", "four"), pgettext("number", "five"),
        pgettext("number", "six"), pgettext("number", "seven"), pgettext("number", "eight"),
        pgettext("number", "nine"),
    )  # fmt: skip
    return words[number] if number < len(words) else count(number)


def times(number: int) -> str:
    """Return ``never``, ``once``, ``twice``, ``three times``."""
    few = (_("never"), _("once"), _("twice"))
    return few[number] if number < len(few) else _("{n} times").format(n=in_words(number))


def capitalised(text: str) -> str:
    """Return a text with a capital first letter, the rest as it is."""
    return f"{text[:1].upper()}{text[1:]}"


def continued(text: str) -> str:
    """Return a sentence as it goes on after a colon; the name of a month keeps its capital."""
    return text if text.startswith(MONTHS) else f"{text[:1].lower()}{text[1:]}"


def about_one_in(chance: float) -> str:
    """Return a chance in round counts: ``about 1 case in 4``."""
    nearest = min(ROUND_COUNTS, key=lambda count: abs(chance - 1 / count))
    return _("about 1 case in {count}").format(count=nearest)


def date(day: pd.Timestamp, *, year: bool = True) -> str:
    """Return ``2 March 2026``, or ``2 March``."""
    return _dated(day, pgettext("date", "d MMMM y") if year else pgettext("date", "d MMMM"))


def brief_date(day: pd.Timestamp, *, year: bool = False) -> str:
    """Return ``2 Mar``, or ``2 Mar 2026``."""
    return _dated(day, pgettext("date", "d MMM y") if year else pgettext("date", "d MMM"))


def month(day: pd.Timestamp, *, year: bool = True) -> str:
    """Return ``March 2026``, or ``March``."""
    return _dated(day, pgettext("date", "MMMM y") if year else pgettext("date", "MMMM"))


def brief_month(day: pd.Timestamp, *, year: bool = False) -> str:
    """Return ``Mar``, or ``Mar 2026``."""
    return _dated(day, pgettext("date", "MMM y") if year else pgettext("date", "MMM"))


def _dated(day: pd.Timestamp, pattern: str) -> str:
    """Return a day by a pattern of the Unicode CLDR (Technical Standard 35, part 4)."""
    return format_date(day, pattern, locale=language())


def period(start: pd.Timestamp, end: pd.Timestamp) -> str:
    """Return ``October 2026`` for a whole month, one date for one day, else both ends."""
    only = start.to_period("M")
    if start == only.start_time and end == only.end_time.normalize():
        return month(start)
    if start == end:
        return date(start)
    return span(date(start), date(end))


def months(start: pd.Timestamp, end: pd.Timestamp) -> str:
    """Return ``May to October 2026`` for whole months, else both ends."""
    first, last = start.to_period("M"), end.to_period("M")
    whole = start == first.start_time and end == last.end_time.normalize()
    if first == last or not whole:
        return period(start, end)
    if first.year != last.year:
        return span(month(start), month(end))
    return _("{first_month} to {last_month} {year}").format(
        first_month=month(start, year=False), last_month=month(end, year=False), year=last.year
    )


def span(low: str, high: str) -> str:
    """Return from where to where: ``2.5 to 5.1``, ``86.9 to 93.7%``."""
    if high.endswith("%"):
        return _("{low} to {high}%").format(low=low.removesuffix("%"), high=high.removesuffix("%"))
    return _("{low} to {high}").format(low=low, high=high)


def with_interval(figure: str, interval: str) -> str:
    """Return a figure and how sure it is: ``88% (82 to 93%)``."""
    return _("{figure} ({interval})").format(figure=figure, interval=interval)


def enumerated(items: Iterable[str]) -> str:
    """Return ``a, b, c``."""
    return pgettext("in a list", ", ").join(items)


def in_phrases(items: Iterable[str]) -> str:
    """Return ``a is so, b is so``: what could stand as sentences of their own."""
    return pgettext("between phrases", ", ").join(items)


def itemised(items: Iterable[str]) -> str:
    """Return ``a; b; c``, where the items hold commas of their own."""
    return pgettext("between entries", "; ").join(items)


def listed(items: Sequence[str], most: int | None = None) -> str:
    """Return ``a``, ``a and b``, ``a, b and c``, ``a, b and 3 more``."""
    if most is not None and len(items) > most:
        items = [*items[:most], _("{n} more").format(n=len(items) - most)]
    if len(items) < 2:  # noqa: PLR2004
        return "".join(items)
    return _("{items} and {last}").format(items=enumerated(items[:-1]), last=items[-1])


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
    text = f"{round(value, TRUE_DIGITS):{thousands}.{digits}f}"
    if float(text.replace(",", "")) == 0:
        text = text.lstrip("-")
    return text.replace("-", MINUS)


def _with_sign(value: float, digits: int) -> str:
    if pd.isna(value):
        return NO_VALUE
    text = _signed(value, digits)
    return text if text.startswith(MINUS) or float(text.replace(MINUS, "-")) == 0 else f"+{text}"
