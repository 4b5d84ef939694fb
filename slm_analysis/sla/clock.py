"""Working time as disjoint UTC segments: how much lies before an instant, and the inverse."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

SECOND = 1_000_000
"""The clock counts whole microseconds."""
DAY_SECONDS = 86_400
DAY = DAY_SECONDS * SECOND
MISSING = np.iinfo(np.int64).min
"""NaT as pandas stores it."""
FOREVER = np.iinfo(np.int64).max // 4
"""More working time than any clock holds: the end of a pause that is still open."""
CHUNK = 1 << 16
"""Rows looked up at once: intermediate arrays stay in the processor's cache."""
BUCKET = 3600 * SECOND
"""Segments are found by the hour that an instant lies in: faster than a binary search."""


@dataclass(frozen=True)
class Clock:
    """The working segments of the days `first` up to `last`, in UTC microseconds."""

    first: int
    last: int
    starts: np.ndarray
    lengths: np.ndarray
    before: np.ndarray
    """Working time before each segment."""

    @property
    def total(self) -> int:
        """All working time of the days."""
        return int(self.lengths.sum())

    @cached_property
    def _by_bucket(self) -> tuple[np.ndarray, int]:
        """Return the segment in force at the start of each bucket, and most begun within one."""
        buckets = np.arange(self.first * DAY, self.last * DAY + 1, BUCKET)
        segment = np.maximum(np.searchsorted(self.starts, buckets, side="right") - 1, 0)
        return segment, int(np.diff(segment).max())

    def worked(self, instants: np.ndarray) -> np.ndarray:
        """F: the working time before each instant; outside the days, as at their ends."""
        worked = np.zeros(len(instants), dtype=np.int64)
        if not len(self.starts):
            return worked
        in_bucket, most = self._by_bucket
        origin = self.first * DAY
        following = np.append(self.starts[1:], FOREVER)
        for at in range(0, len(instants), CHUNK):
            chunk = slice(at, at + CHUNK)
            instant = np.clip(instants[chunk], self.starts[0], self.last * DAY)
            segment = in_bucket[(instant - origin) // BUCKET]
            for _ in range(most):
                segment += following[segment] <= instant
            worked[chunk] = self.before[segment] + np.minimum(
                instant - self.starts[segment], self.lengths[segment]
            )
        return worked

    def reached(self, worked: np.ndarray) -> np.ndarray:
        """G: the earliest instant before which so much has been worked, at most `total`."""
        if not len(self.starts):
            return np.full(len(worked), MISSING)
        segment = np.searchsorted(self.before + self.lengths, worked, side="left")
        return self.starts[segment] + (worked - self.before[segment])


def disjoint(starts: np.ndarray, ends: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the union of intervals as sorted, disjoint, non-touching ones."""
    order = np.argsort(starts, kind="stable")
    starts, ends = starts[order], np.maximum.accumulate(ends[order])
    new = np.ones(len(starts), dtype=bool)
    new[1:] = starts[1:] > ends[:-1]
    last = np.roll(new, -1)
    return starts[new], ends[last]


def to_utc(
    starts: np.ndarray, ends: np.ndarray, timezone: str, first: int, last: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return local wall-clock intervals (seconds) as UTC intervals, over every change of offset.

    Between two changes local time is UTC plus a constant, so each stretch takes the intervals
    that its own wall clock shows: none in a skipped hour, both in a repeated one.
    """
    changes, offsets = _offsets(timezone, first - 1, last + 1)
    utc_starts, utc_ends = [], []
    for since, until, offset in zip(changes[:-1], changes[1:], offsets, strict=True):
        a = np.searchsorted(ends, since + offset, side="right")
        b = np.searchsorted(starts, until + offset, side="left")
        utc_starts.append(np.maximum(starts[a:b] - offset, since))
        utc_ends.append(np.minimum(ends[a:b] - offset, until))
    return np.concatenate(utc_starts), np.concatenate(utc_ends)


def _offsets(timezone: str, first: int, last: int) -> tuple[np.ndarray, np.ndarray]:
    """Return UTC seconds at which the offset changes (ends included), and the offsets between."""

    def offset(utc: np.ndarray) -> np.ndarray:
        aware = pd.DatetimeIndex(utc.astype("M8[s]")).tz_localize("UTC").tz_convert(timezone)
        return aware.tz_localize(None).as_unit("s").asi8 - utc

    days = np.arange(first, last + 1) * DAY_SECONDS
    at_days = offset(days)
    changed = np.flatnonzero(np.diff(at_days))
    low, high = days[changed], days[changed + 1]
    while len(low) and (high - low).max() > 1:
        middle = (low + high) // 2
        before = offset(middle) == at_days[changed]
        low, high = np.where(before, middle, low), np.where(before, high, middle)
    return (
        np.concatenate([days[:1], high, days[-1:]]),
        np.concatenate([at_days[:1], at_days[changed + 1]]),
    )
