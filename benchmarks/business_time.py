"""Speed of the business-time clock against other packages, in one run, as ratios per row.

    python benchmarks/business_time.py

The same calendar (Monday to Friday, 09:00-12:00 and 13:00-18:00, Chinese public holidays) and the
same intervals for all; a peer gets as many rows as it does in a few seconds. CPU time is compared.
business_duration knows no lunch break, so few of its results agree.
"""

from __future__ import annotations

import datetime as dt
import resource
import sys
import time
from collections.abc import Callable

import business_duration
import businesstimedelta
import holidays
import numpy as np
import pandas as pd
import pytz
import workclock

from slm_analysis.sla.business_time import BusinessCalendar

ZONE = "Asia/Shanghai"
ROWS = 1_000_000
MOST_ROWS = 10_000_000
PAUSES = 1_500_000
LEAST_RATIO = {"workclock": 25, "business_duration": 500, "businesstimedelta": 5000}
MEMORY_GIB = 1.0
SEED = 20260101
OFFICE = [["09:00", "12:00"], ["13:00", "18:00"]]
DAYS = ("mon", "tue", "wed", "thu", "fri")
DAYS_OFF = sorted(holidays.country_holidays("CN", years=range(2020, 2030)))


def intervals(rows: int) -> tuple[pd.Series, pd.Series]:
    rng = np.random.default_rng(SEED)
    start = pd.Timestamp("2022-01-01", tz="UTC") + pd.to_timedelta(
        rng.integers(0, 4 * 365 * 86_400, rows), unit="s"
    )
    end = start + pd.to_timedelta(rng.integers(0, 20 * 86_400, rows), unit="s")
    return pd.Series(start), pd.Series(end)


def pauses_of(start: pd.Series) -> pd.DataFrame:
    rng = np.random.default_rng(SEED)
    key = np.sort(rng.integers(0, len(start), PAUSES))
    since = pd.DatetimeIndex(start.iloc[key]) + pd.to_timedelta(
        rng.integers(0, 5 * 86_400, PAUSES), unit="s"
    )
    until = since + pd.to_timedelta(rng.integers(0, 86_400, PAUSES), unit="s")
    return pd.DataFrame({"key": key, "from_time": since, "to_time": until})


def cpu(task: Callable[[], object]) -> tuple[float, object]:
    best, result = np.inf, None
    for _ in range(3):
        begun = time.process_time()
        result = task()
        best = min(best, time.process_time() - begun)
    return best, result


def peers(start: pd.Series, end: pd.Series) -> dict[str, tuple[int, Callable[[], list[float]]]]:
    """Return, per package, how many rows it gets and a function that gives their seconds."""
    zone = pytz.timezone(ZONE)
    schedule = workclock.Schedule(
        [
            workclock.WorkDay(dt.time(9), dt.time(18)),
            workclock.Break(dt.time(12), dt.time(13)),
            workclock.Holidays(DAYS_OFF),
        ],
        time_zone=ZONE,
    )
    days = [0, 1, 2, 3, 4]
    rules = businesstimedelta.Rules(
        [
            businesstimedelta.WorkDayRule(dt.time(9), dt.time(18), days, tz=zone),
            businesstimedelta.LunchTimeRule(dt.time(12), dt.time(13), days, tz=zone),
            businesstimedelta.HolidayRule(dict.fromkeys(DAYS_OFF, ""), tz=zone),
        ]
    )
    local = [s.dt.tz_convert(ZONE).dt.tz_localize(None) for s in (start, end)]
    naive = [s.dt.tz_localize(None).to_numpy() for s in (start, end)]
    off = dict.fromkeys(DAYS_OFF, "")

    def with_workclock(n: int) -> list[float]:
        spans = schedule.between_many(naive[0][:n], naive[1][:n])
        return list(pd.Series(spans).dt.total_seconds())

    def with_business_duration(n: int) -> list[float]:
        return [
            float(
                business_duration.businessDuration(
                    a, b, dt.time(9), dt.time(18), holidaylist=off, unit="sec"
                )
            )
            for a, b in zip(local[0][:n], local[1][:n], strict=True)
        ]

    def with_businesstimedelta(n: int) -> list[float]:
        return [
            rules.difference(a, b).timedelta.total_seconds()
            for a, b in zip(start[:n].dt.to_pydatetime(), end[:n].dt.to_pydatetime(), strict=True)
        ]

    return {
        "workclock": (100_000, lambda: with_workclock(100_000)),
        "business_duration": (500, lambda: with_business_duration(500)),
        "businesstimedelta": (200, lambda: with_businesstimedelta(200)),
    }


def main() -> int:
    calendar = BusinessCalendar(ZONE, dict.fromkeys(DAYS, OFFICE), DAYS_OFF)
    start, end = intervals(ROWS)
    ours, seconds = cpu(lambda: calendar.elapsed(start, end))
    print(f"{ROWS:,} intervals: {ours:.3f} s CPU (guide 0.15)")
    failed = False
    for name, (rows, task) in peers(start, end).items():
        theirs, result = cpu(task)
        ratio = theirs / rows / (ours / ROWS)
        agree = np.mean(np.abs(np.array(result) - seconds[:rows]) < 1)
        failed |= ratio < LEAST_RATIO[name]
        print(
            f"{name}: {1e6 * theirs / rows:.2f} µs a row, {ratio:,.0f} times ours "
            f"(at least {LEAST_RATIO[name]:,}); {agree:.0%} of {rows:,} results agree"
        )
    pauses = pauses_of(start)
    paused, _ = cpu(lambda: calendar.elapsed(start, end, pauses))
    print(f"{ROWS:,} tickets with {PAUSES:,} pauses: {paused:.2f} s CPU (guide 0.75)")
    start, end = intervals(MOST_ROWS)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    calendar.elapsed(start, end)
    used = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 2**20
    failed |= used > MEMORY_GIB
    print(f"{MOST_ROWS:,} intervals: {used:.2f} GiB beyond the input (at most {MEMORY_GIB:g})")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
