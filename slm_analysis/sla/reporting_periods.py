"""Local dates and reporting periods: calendar months and ISO weeks, and which are complete."""

from __future__ import annotations

from datetime import date

import pandas as pd

from slm_analysis.errors import InputError

FREQUENCIES = {"week": "W-SUN", "month": "M"}
"""Pandas' period codes: weeks run from Monday to Sunday."""
BEFORE_TAIL = 8
"""Complete periods that a thinning tail is compared with."""
THIN = 0.5
"""A closing period with less than this part of their median is thinning out."""
MONTH = pd.Timedelta(days=365.25 / 12)
"""What figures a month are of."""


def local_dates(times: pd.Series, timezone: str) -> pd.Series:
    """Return the date that each moment has on the clocks of a zone, as a local midnight."""
    return times.dt.tz_convert(timezone).dt.tz_localize(None).dt.normalize()


def midnight(day: pd.Timestamp, timezone: str) -> pd.Timestamp:
    """Return the moment at which a local date begins; clocks may change just then."""
    return day.tz_localize(timezone, ambiguous=True, nonexistent="shift_forward")


def period_start(days: pd.Series, freq: str) -> pd.Series:
    """Return the first day of the week or month that holds each local date."""
    return days.dt.to_period(FREQUENCIES[freq]).dt.start_time.dt.as_unit("us")


def period_range(first: pd.Timestamp, last: pd.Timestamp, freq: str) -> pd.DatetimeIndex:
    """Return the starts of all periods from that of `first` to that of `last`."""
    return pd.period_range(first, last, freq=FREQUENCIES[freq]).start_time.as_unit("us")


def reported_period(
    start: str, end: str, local_as_of: pd.Timestamp
) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Return first and last day of the period; by default the last month before the export."""
    month = local_as_of.to_period("M") - 1
    days = []
    for name, text, default in (
        ("period_start", start, month.start_time),
        ("period_end", end, month.end_time),
    ):
        try:
            days.append(pd.Timestamp(date.fromisoformat(text) if text else default))
        except (TypeError, ValueError):
            raise InputError(f"{name} {text!r} is not a date such as 2026-10-31.") from None
    first, last = (day.normalize().as_unit("us") for day in days)
    if last < first:
        raise InputError(f"The period ends ({last:%Y-%m-%d}) before it starts ({first:%Y-%m-%d}).")
    if first > local_as_of:
        raise InputError(
            f"The period begins ({first:%Y-%m-%d}) after the export of {local_as_of:%Y-%m-%d}."
        )
    return first, last


def complete_periods(
    counts: pd.Series, freq: str, data_from: pd.Timestamp, as_of: pd.Timestamp
) -> pd.Series:
    """Answer which periods can be taken at face value.

    Parameters
    ----------
    counts : Series
        Cases per period, on consecutive period starts.
    freq : {"week", "month"}
    data_from : Timestamp
        Local date of the first opening in the data: a period that starts before it lacks cases.
    as_of : Timestamp
        Local time of the export: a period that ends after it is not over.

    Returns
    -------
    Series of bool
        False also for the thinning tail: the closing run of periods with under half the median
        count of the eight complete ones before it.
    """
    starts = pd.DatetimeIndex(counts.index)
    ends = starts.to_period(FREQUENCIES[freq]).end_time.ceil("D")
    complete = pd.Series((starts >= data_from.normalize()) & (ends <= as_of), index=counts.index)
    over = counts[complete]
    for at in range(len(over) - 1, BEFORE_TAIL - 1, -1):
        # The whole closing run must be thin against what came before the run.
        before = over.iloc[at - BEFORE_TAIL : at].median()
        if not (over.iloc[at:] < THIN * before).all():
            break
        complete[over.index[at]] = False
    return complete
