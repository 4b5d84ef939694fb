"""Weeks and months as whole positions, so that an absent period stays a gap."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo

import numpy as np
import pandas as pd

from slm_analysis.errors import Fault, InputError, nearest

PERIODS_PER_YEAR = {"week": 365.25 / 7, "month": 12.0}
FULL_YEAR = {"week": 52, "month": 12}
YEARS_FOR_SEASON = 2
"""With fewer full years a season cannot be told from a change."""

WEEK = pd.Timedelta(days=7)


@dataclass(frozen=True)
class PeriodAxis:
    """The periods of one series: week, month, or plain numbers without a calendar.

    Attributes
    ----------
    freq : str or None
        `week`, `month`; None for numbered periods.
    origin : Timestamp
        Start of position 0 of weekly and monthly periods.
    tz : tzinfo or None
        Zone of the period labels.
    """

    freq: str | None
    origin: pd.Timestamp | None = None
    tz: tzinfo | None = None

    def positions(self, time: pd.Series) -> np.ndarray:
        """Return the position of the period that holds each time."""
        if self.origin is None:
            return _whole_numbers(time)
        date = _dates(time, self.tz)
        if self.freq == "week":
            return ((date - self.origin) // WEEK).to_numpy(dtype=int)
        months = (date.dt.year - self.origin.year) * 12 + date.dt.month - self.origin.month
        return months.to_numpy(dtype=int)

    def position(self, when: object, name: str) -> int:
        """Return the position of the period that holds one moment, the argument `name`.

        Raises
        ------
        InputError
            Not a date (for numbered periods a number), or a zone where the periods have none.
        """
        moment = pd.Series([when], name=name)
        if isinstance(moment.dtype, pd.DatetimeTZDtype) and self.tz is None:
            raise InputError(
                f"{name} has a time zone, the periods have none: its day is not sure. "
                f"Give the local date, for example {moment.dt.strftime('%Y-%m-%d')[0]!r}."
            )
        return int(self.positions(moment)[0])

    def is_start(self, when: object) -> bool:
        """Say whether a moment lies on the first day of its period."""
        if self.origin is None:
            return True
        day = _dates(pd.Series([when]), self.tz)[0]
        start = self.labels(self.positions(pd.Series([when])))[0]
        return bool(day == start.tz_localize(None))

    def labels(self, positions: np.ndarray) -> pd.Series:
        """Return the start of each period; numbered periods are their own label."""
        if self.origin is None:
            return pd.Series(positions)
        if self.freq == "week":
            start = pd.Series(self.origin + WEEK * positions)
        else:
            months = self.origin.to_period("M") + positions
            start = pd.Series(pd.PeriodIndex(months, freq="M").to_timestamp())
        start = start.astype("datetime64[us]")
        if self.tz is None:
            return start
        # A midnight that the clocks skip or repeat is still the start of its day.
        first = np.full(len(start), True)
        return start.dt.tz_localize(self.tz, ambiguous=first, nonexistent="shift_forward")

    def full_years(self, periods: int) -> float:
        """Return how many years so many periods span; 0 for numbered ones."""
        return periods / FULL_YEAR[self.freq] if self.freq else 0.0

    def season_pairs(self, season: int | str | None, periods: int) -> int:
        """Return the number of harmonic pairs: as stated, or one from two full years on.

        Raises
        ------
        InputError
            A stated season that is not a whole number from 0, or without weeks or months.
        """
        if season is None:
            return 0
        if isinstance(season, str) and season == "auto":
            return int(self.full_years(periods) >= YEARS_FOR_SEASON)
        if isinstance(season, bool) or not isinstance(season, int | np.integer) or season < 0:
            raise InputError(f"season must be 'auto', None or a number of pairs, not {season!r}.")
        if season and self.freq is None:
            raise InputError("A season needs a year: state freq='week' or freq='month'.")
        return int(season)

    def harmonics(self, positions: np.ndarray, pairs: int) -> dict[str, np.ndarray]:
        """Return columns `sin_1`, `cos_1`, … of the year at each position."""
        if not pairs or self.freq is None:
            return {}
        angle = 2 * np.pi * positions / PERIODS_PER_YEAR[self.freq]
        waves = {"sin": np.sin, "cos": np.cos}
        return {f"{w}_{k}": f(k * angle) for k in range(1, pairs + 1) for w, f in waves.items()}


def period_axis(time: pd.Series, freq: str | None = None) -> PeriodAxis:
    """Return the axis of a series with one row per period.

    Parameters
    ----------
    time : Series
        Start of each period: dates, ISO text, or whole numbers.
    freq : {"week", "month"}, optional
        Read off the dates where it is not stated: every first of a month, or always the same day
        of the week.

    Raises
    ------
    InputError
        Unknown `freq`, unreadable dates, or dates that are neither weeks nor months.
    """
    if freq is not None and freq not in FULL_YEAR:
        raise InputError(Fault(f"There is no freq {freq!r}.", nearest(str(freq), FULL_YEAR)))
    if time.empty:
        raise InputError(Fault("There are no rows.", "Give one row per period."))
    if pd.api.types.is_numeric_dtype(time):
        _whole_numbers(time)
        return PeriodAxis(freq)
    date = _dates(time, None)
    months, weekdays = (
        (date.dt.day == 1).all(),
        (date.dt.day_of_week == date.dt.day_of_week.iloc[0]).all(),
    )
    if freq is None and not (months or weekdays):
        raise InputError(
            Fault(
                "The times are neither months nor weeks that begin on the same day.",
                "Give the start of each period, one row per period.",
                column=str(time.name),
            )
        )
    freq = freq or ("month" if months else "week")
    if freq == "week" and not weekdays:
        raise InputError(
            Fault(
                "The weeks do not begin on the same day of the week.",
                "Give the first day of each week.",
                column=str(time.name),
            )
        )
    tz = time.dt.tz if isinstance(time.dtype, pd.DatetimeTZDtype) else None
    origin = date.min()
    return PeriodAxis(freq, origin if freq == "week" else origin.replace(day=1), tz)


def _dates(time: pd.Series, tz: tzinfo | None) -> pd.Series:
    """Return local dates without zone; a zone of its own is turned into `tz` first."""
    try:
        if pd.api.types.is_numeric_dtype(time):
            raise TypeError
        date = pd.to_datetime(time, format="ISO8601")
    except (ValueError, TypeError) as error:
        raise InputError(
            Fault(
                "There are times that cannot be read.",
                "Write dates as YYYY-MM-DD.",
                column=str(time.name),
            )
        ) from error
    if date.isna().any():
        raise InputError(
            Fault("There are rows without a time.", "Leave them out.", column=str(time.name))
        )
    if date.dt.tz is not None:
        date = (date if tz is None else date.dt.tz_convert(tz)).dt.tz_localize(None)
    return date.dt.normalize()


def _whole_numbers(time: pd.Series) -> np.ndarray:
    if not pd.api.types.is_numeric_dtype(time) or pd.api.types.is_bool_dtype(time):
        raise InputError(
            Fault("The periods are numbers, so this must be one too.", column=str(time.name))
        )
    number = time.to_numpy(dtype=float, na_value=np.nan)
    if not np.isfinite(number).all() or (number != np.round(number)).any():
        raise InputError(
            Fault(
                "Numbered periods must be whole numbers.",
                "Give 1, 2, 3, … or the date on which each period begins.",
                column=str(time.name),
            )
        )
    return number.astype(int)
