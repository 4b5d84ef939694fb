"""What one point of a series is called: a week, 12 weeks, the week of 12 October 2026."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from slm_analysis.presentation.language import _, ngettext, pgettext
from slm_analysis.presentation.numbers import count, date, month

DAY, WEEK, MONTH, QUARTER, POINT = "day", "week", "month", "quarter", "point"
MONTHLY = (MONTH, QUARTER)


def one_period(kind: str | None) -> str:
    """Return what one is called, as after "each": ``week``; ``period`` where that is not known."""
    names = {
        DAY: pgettext("period", "day"),
        WEEK: pgettext("period", "week"),
        MONTH: pgettext("period", "month"),
        QUARTER: pgettext("period", "quarter"),
        POINT: pgettext("period", "point"),
    }
    return names.get(kind or "", pgettext("period", "period"))


def all_periods(kind: str | None) -> str:
    """Return what they are called together: ``weeks``."""
    names = {
        DAY: pgettext("period", "days"),
        WEEK: pgettext("period", "weeks"),
        MONTH: pgettext("period", "months"),
        QUARTER: pgettext("period", "quarters"),
        POINT: pgettext("period", "points"),
    }
    return names.get(kind or "", pgettext("period", "periods"))


def so_many_periods(number: int, kind: str | None, write: Callable[[int], str] = count) -> str:
    """Return ``1 week``, ``21 weeks``; the number as it is told to write it."""
    names = {
        DAY: ngettext("{n} day", "{n} days", number),
        WEEK: ngettext("{n} week", "{n} weeks", number),
        MONTH: ngettext("{n} month", "{n} months", number),
        QUARTER: ngettext("{n} quarter", "{n} quarters", number),
        POINT: ngettext("{n} point", "{n} points", number),
    }
    form = names.get(kind or "", ngettext("{n} period", "{n} periods", number))
    return form.format(n=write(number))


def on(time: object, kind: str | None, *, year: bool = True) -> str:
    """Return when a period was: ``the week of 12 October 2026``, ``October 2026``."""
    if isinstance(time, pd.Timestamp) and kind == WEEK:
        return _("the week of {date}").format(date=date(time, year=year))
    return since(time, kind, year=year)


def since(time: object, kind: str | None, *, year: bool = True) -> str:
    """Return from when on: ``31 August 2026``, ``August 2026``, ``point 31``."""
    if not isinstance(time, pd.Timestamp):
        return (_("point {n}") if kind == POINT else _("period {n}")).format(n=f"{time:g}")
    return month(time, year=year) if kind in MONTHLY else date(time, year=year)
