"""Business time: calendars compiled to a clock that measures elapsed time and finds due times.

A calendar's working time is turned once into disjoint UTC segments, each with the working time
before it. With F(t) the working time before the instant t, elapsed = F(end) - F(start), and
due = G(F(start) + n) with G the inverse of F. Pauses are subtracted as the union of their
intervals on the F axis. The clock knows no tickets.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TypeAlias, overload
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from slm_analysis.errors import InputError, nearest
from slm_analysis.sla.clock import (
    DAY,
    DAY_SECONDS,
    FOREVER,
    MISSING,
    SECOND,
    Clock,
    disjoint,
    to_utc,
)

Shifts: TypeAlias = Sequence[Sequence[str]]
Times: TypeAlias = pd.Series | pd.DatetimeIndex | pd.Timestamp

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOLIDAY_SCOPES = ("calendar_day", "shift")

EPOCH_WEEKDAY = WEEKDAYS.index("thu")
"""The weekday of day 0, 1 January 1970."""

FIRST_DAY, LAST_DAY = (
    int(np.datetime64(day, "D").astype(int)) for day in ("1900-01-01", "2100-01-01")
)
"""Days beyond which no calendar is compiled: such a time is a misread date."""
MARGIN_DAYS = 400
"""How much further than asked a calendar is compiled, so that it is seldom done again."""
TIME_OF_DAY = re.compile(r"([01]?\d|2[0-3]):[0-5]\d|24:00")


class BusinessCalendar:
    """When work is done: weekly hours in a time zone, holidays, make-up and special days.

    Parameters
    ----------
    timezone : str
        IANA name, for example ``Asia/Shanghai``.
    hours : mapping
        Weekday (``mon`` to ``sun``) to shifts, ``{"mon": [["09:00", "12:00"]]}``. A shift that ends
        at or before its start runs over midnight; ``24:00`` is the end of the day.
    holidays : iterable of ISO dates
        Days off.
    makeup_workdays : mapping
        ISO date to the weekday whose hours apply, or to shifts.
    special_hours : mapping
        ISO date to shifts; an empty list is a closed day.
    holiday_scope : {"calendar_day", "shift"}
        A holiday blanks its local calendar day, including the tail of a shift begun the evening
        before; or it removes the shifts that start on it, whole.

    Raises
    ------
    InputError
        For an unknown zone, weekday or scope, or a time that is not HH:MM.

    Notes
    -----
    An instant is working if its local wall-clock time falls in a shift of its local date, so real
    seconds count across changes of daylight-saving time. For a date, special hours come before
    make-up days, these before holidays, these before weekly hours.
    """

    def __init__(
        self,
        timezone: str,
        hours: Mapping[str, Shifts],
        holidays: Iterable[str | date] = (),
        makeup_workdays: Mapping[str, str | Shifts] | None = None,
        special_hours: Mapping[str, Shifts] | None = None,
        holiday_scope: str = "calendar_day",
    ) -> None:
        try:
            ZoneInfo(timezone)
        except (KeyError, ValueError, OSError) as e:
            raise InputError(f"Time zone {timezone!r} is not known; give an IANA name.") from e
        if holiday_scope not in HOLIDAY_SCOPES:
            raise InputError(
                f"holiday_scope {holiday_scope!r} is not known. "
                f"{nearest(holiday_scope, HOLIDAY_SCOPES)}"
            )
        self.timezone = timezone
        weekly = {_weekday(day): _seconds(shifts) for day, shifts in hours.items()}
        makeup = {
            _day(day): weekly.get(_weekday(plan), []) if isinstance(plan, str) else _seconds(plan)
            for day, plan in (makeup_workdays or {}).items()
        }
        special = {_day(day): _seconds(plan) for day, plan in (special_hours or {}).items()}
        own_hours = makeup | special
        days_off = {_day(day) for day in holidays} - own_hours.keys()
        if holiday_scope == "shift":
            own_hours |= {day: [] for day in days_off}
        self._weekly = weekly
        self._own_hours = own_hours
        self._blank = sorted(days_off) if holiday_scope == "calendar_day" else []
        self._clock = Clock(0, 0, *[np.empty(0, dtype=np.int64)] * 3)

    @overload
    def elapsed(
        self, start: pd.Timestamp, end: pd.Timestamp, pauses: pd.DataFrame | None = None
    ) -> float: ...
    @overload
    def elapsed(
        self, start: pd.Series | pd.DatetimeIndex, end: Times, pauses: pd.DataFrame | None = None
    ) -> pd.Series: ...
    def elapsed(
        self, start: Times, end: Times, pauses: pd.DataFrame | None = None
    ) -> pd.Series | float:
        """Answer how much working time lies in [start, end) outside pauses.

        Parameters
        ----------
        start, end : Series, DatetimeIndex or Timestamp
            Timezone-aware times, paired by position; a single `end` stands for all.
        pauses : DataFrame, optional
            Columns `key` (index label of `start`), `from_time`, `to_time` (missing: still open).
            Pauses may overlap, stick out of [start, end), or belong to keys not in `start`.

        Returns
        -------
        Series of float, or float
            Seconds, on the index of `start`; NaN where a time is missing; negative where `end`
            lies before `start`.

        Raises
        ------
        InputError
            For times without a zone, beyond the years 1900 to 2100, or pauses on repeated keys.
        """
        index, begin = _instants(start)
        finish = np.broadcast_to(_instants(end)[1], begin.shape)
        missing = (begin == MISSING) | (finish == MISSING)
        clock = self._clock_over(begin, finish)
        first, last = clock.worked(begin), clock.worked(finish)
        worked = last - first
        if pauses is not None and len(pauses):
            row, since, until = _pauses(clock, pauses, index)
            _, length = _union(row, np.maximum(since, first[row]), np.minimum(until, last[row]))
            np.subtract.at(worked, row, length)
        seconds = np.where(missing, np.nan, worked / SECOND)
        return float(seconds[0]) if index is None else pd.Series(seconds, index=index)

    @overload
    def due(
        self, start: pd.Timestamp, seconds: float, pauses: pd.DataFrame | None = None
    ) -> pd.Timestamp: ...
    @overload
    def due(
        self,
        start: pd.Series | pd.DatetimeIndex,
        seconds: pd.Series | float,
        pauses: pd.DataFrame | None = None,
    ) -> pd.Series: ...
    def due(
        self, start: Times, seconds: pd.Series | float, pauses: pd.DataFrame | None = None
    ) -> pd.Series | pd.Timestamp:
        """Answer at which earliest instant so many working seconds have passed outside pauses.

        Parameters
        ----------
        start : Series, DatetimeIndex or Timestamp
            Timezone-aware times.
        seconds : number or Series
            Working seconds to pass, at least 0, paired with `start` by position.
        pauses : DataFrame, optional
            As for `elapsed`.

        Returns
        -------
        Series of UTC times, or Timestamp
            NaT where a time or number is missing, or where a pause is still open before the
            target is reached. A due time lands on the end of a shift (18:00), not on the next
            opening (09:00).

        Raises
        ------
        InputError
            As for `elapsed`; also for a negative number of seconds, or where the calendar does
            not hold so much working time before the year 2100.
        """
        index, begin = _instants(start)
        target = np.broadcast_to(np.asarray(seconds, dtype=float), begin.shape)
        missing = (begin == MISSING) | np.isnan(target)
        if (target[~missing] < 0).any():
            raise InputError("A due time needs a target of 0 seconds or more.")
        target = np.rint(np.where(missing, 0, target) * SECOND).astype(np.int64)
        # Pauses must lie within the clock: a due time may come after them.
        clock = self._clock_over(begin, *_pause_ends(pauses))
        first = clock.worked(begin)
        goal = first + target
        if pauses is not None and len(pauses):
            row, since, until = _pauses(clock, pauses, index)
            since, length = _union(row, np.maximum(since, first[row]), until)
            paused_before = pd.Series(length).groupby(row).cumsum().to_numpy() - length
            # Only a pause that begins before the target is used up moves the due time.
            counts = since - first[row] - paused_before < target[row]
            np.add.at(goal, row[counts], length[counts])
        missing = missing | (goal >= FOREVER // 2)
        goal = np.where(missing, first, goal)
        clock = self._clock_reaching(int(goal.max(initial=0)))
        # G(F(start)) of a start outside hours is the end of the shift before: never go back.
        due = np.where(missing, MISSING, np.maximum(clock.reached(goal), begin))
        times = pd.DatetimeIndex(due.view("M8[us]")).tz_localize("UTC")
        return times[0] if index is None else pd.Series(times, index=index)

    def _clock_over(self, *instants: np.ndarray) -> Clock:
        """Return the clock, compiled further where an instant lies outside its days."""
        known = [a[a != MISSING] for a in instants]
        known = [a for a in known if len(a)]
        if known:
            # A day more on either side: local dates differ from UTC dates.
            first = int(min(a.min() for a in known) // DAY) - 1
            last = int(max(a.max() for a in known) // DAY) + 2
            if first < FIRST_DAY or last > LAST_DAY:
                raise InputError("A time lies beyond the years 1900 to 2100; check its format.")
            clock = self._clock
            if clock.first == clock.last:
                self._clock = self._compile(first - MARGIN_DAYS, last + MARGIN_DAYS)
            elif first < clock.first or last > clock.last:
                self._clock = self._compile(
                    min(first - MARGIN_DAYS, clock.first), max(last + MARGIN_DAYS, clock.last)
                )
        return self._clock

    def _clock_reaching(self, worked: int) -> Clock:
        """Return the clock, its zero unmoved, compiled until it holds so much working time."""
        while self._clock.total < worked:
            first, last = self._clock.first, self._clock.last
            if last >= LAST_DAY:
                raise InputError(
                    "The calendar holds too little working time before the year 2100 to reach a "
                    "due time; check its hours and holidays."
                )
            self._clock = self._compile(first, min(last + (last - first), LAST_DAY))
        return self._clock

    def working_days(self, first: date, last: date) -> pd.Series:
        """Answer which local dates from `first` to `last` have working time, and when each closes.

        Returns
        -------
        Series of UTC times
            End of the last shift that starts on the date, on an index of local midnights.
        """
        day, _, end = self._shifts(_day(first), _day(last) + 1)
        open_day = ~np.isin(day, self._blank)
        closing = pd.Series(end[open_day]).groupby(day[open_day]).max()
        days = closing.index.to_numpy()
        local = pd.DatetimeIndex((days * DAY_SECONDS + closing.to_numpy()).astype("M8[s]"))
        return pd.Series(
            local.tz_localize(
                self.timezone, ambiguous=np.zeros(len(local), bool), nonexistent="shift_forward"
            ).tz_convert("UTC"),
            index=pd.DatetimeIndex(days.astype("M8[D]").astype("M8[s]")),
        )

    def _shifts(self, first: int, last: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return day, begin and end (seconds from midnight) of the shifts that start then."""
        days = np.arange(first, last)
        own = np.isin(days, list(self._own_hours))
        plans = [
            (days[~own & ((days + EPOCH_WEEKDAY) % 7 == weekday)], shift)
            for weekday, shifts in self._weekly.items()
            for shift in shifts
        ] + [
            (np.array([day]), shift)
            for day, shifts in self._own_hours.items()
            if first <= day < last
            for shift in shifts
        ]
        counts = [len(on) for on, _ in plans]
        day = np.concatenate([days[:0], *(on for on, _ in plans)])
        begin, end = (
            np.repeat(np.array([shift[side] for _, shift in plans], dtype=np.int64), counts)
            for side in (0, 1)
        )
        return day, begin, end

    def _compile(self, first: int, last: int) -> Clock:
        """Turn the days `first` up to `last` into working segments."""
        # The evening before may run into the first day.
        day, begin, end = self._shifts(first - 1, last)
        # Split at midnight, so that a blanked calendar day drops just its own hours.
        day = np.concatenate([day, day + 1])
        begin = np.concatenate([begin, np.zeros_like(begin)])
        end = np.concatenate([np.minimum(end, DAY_SECONDS), end - DAY_SECONDS])
        keep = (begin < end) & ~np.isin(day, self._blank) & (day >= first) & (day < last)
        midnight = day[keep] * DAY_SECONDS
        local = disjoint(midnight + begin[keep], midnight + end[keep])
        starts, ends = to_utc(*local, self.timezone, first, last)
        starts, ends = disjoint(starts * SECOND, ends * SECOND)
        lengths = ends - starts
        return Clock(first, last, starts, lengths, np.cumsum(lengths) - lengths)


def _instants(times: Times) -> tuple[pd.Index | None, np.ndarray]:
    """Return the index (None for a single time) and the UTC microseconds of aware times."""
    index = times.index if isinstance(times, pd.Series) else None
    if not isinstance(times, pd.Series | pd.DatetimeIndex):
        times = pd.DatetimeIndex([times])
    elif index is None:
        index = pd.RangeIndex(len(times))
    aware = pd.DatetimeIndex(times)
    if aware.tz is None:
        raise InputError("Times need a time zone; use .dt.tz_localize(...) first.")
    return index, aware.as_unit("us").asi8


def _pause_ends(pauses: pd.DataFrame | None) -> list[np.ndarray]:
    return [_instants(pauses["to_time"])[1]] if pauses is not None and len(pauses) else []


def _pauses(
    clock: Clock, pauses: pd.DataFrame, index: pd.Index | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return pauses as row, begin and end in working time, sorted by row and begin."""
    if index is None:
        row = np.zeros(len(pauses), dtype=np.intp)
    elif index.is_unique:
        row = index.get_indexer(pd.Index(pauses["key"]))
    else:
        raise InputError("Pauses refer to the index of the start times, which repeats labels.")
    _, begin = _instants(pauses["from_time"])
    _, end = _instants(pauses["to_time"])
    if (begin == MISSING).any():
        raise InputError("A pause has no from_time.")
    known = row >= 0
    row, begin, end = row[known], begin[known], end[known]
    since = clock.worked(begin)
    until = np.where(end == MISSING, FOREVER, clock.worked(end))
    order = np.lexsort((since, row))
    return row[order], since[order], until[order]


def _union(row: np.ndarray, begin: np.ndarray, end: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return intervals cut to what each adds to its row's earlier ones: begin and length.

    Rows are sorted; within a row, so are the begins.
    """
    covered = pd.Series(end).groupby(row).cummax().groupby(row).shift(fill_value=0).to_numpy()
    begin = np.maximum(begin, covered)
    return begin, np.maximum(end - begin, 0)


def _weekday(name: str) -> int:
    if name not in WEEKDAYS:
        raise InputError(f"Weekday {name!r} is not known. {nearest(name, WEEKDAYS)}")
    return WEEKDAYS.index(name)


def _day(day: str | date) -> int:
    try:
        return date.fromisoformat(str(day)).toordinal() - date(1970, 1, 1).toordinal()
    except ValueError as e:
        raise InputError(f"{str(day)!r} is not an ISO date such as 2026-10-01.") from e


def _seconds(shifts: Shifts) -> list[tuple[int, int]]:
    """Return shifts as seconds from midnight, ends after their starts."""
    spans = [(_wall_clock(start), _wall_clock(end)) for start, end in shifts]
    return [(start, end if end > start else end + DAY_SECONDS) for start, end in spans]


def _wall_clock(text: str) -> int:
    """Return HH:MM as seconds from midnight."""
    if not TIME_OF_DAY.fullmatch(str(text)):
        raise InputError(f"{str(text)!r} is not a time of day such as 09:00 (quote it in YAML).")
    hours, minutes = str(text).split(":")
    return int(hours) * 3600 + int(minutes) * 60
