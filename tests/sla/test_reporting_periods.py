import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from slm_analysis.sla.reporting_periods import (
    complete_periods,
    local_dates,
    midnight,
    period_range,
    period_start,
)


def days(*texts):
    return pd.Series(pd.to_datetime(list(texts)))


def test_weeks_begin_on_monday_and_months_on_the_first():
    got = period_start(days("2026-10-04", "2026-10-05", "2026-10-11", "2026-01-01"), "week")
    assert got.dt.strftime("%Y-%m-%d").tolist() == [
        "2026-09-28", "2026-10-05", "2026-10-05", "2025-12-29",
    ]  # fmt: skip
    got = period_start(days("2026-10-31", "2026-11-01"), "month")
    assert got.dt.strftime("%Y-%m-%d").tolist() == ["2026-10-01", "2026-11-01"]
    assert period_start(days("2026-10-31", None), "month").isna().tolist() == [False, True]


def test_a_range_holds_every_period_also_an_empty_one():
    first, last = pd.Timestamp("2025-12-30"), pd.Timestamp("2026-01-12")
    assert period_range(first, last, "week").strftime("%m-%d").tolist() == [
        "12-29",
        "01-05",
        "01-12",
    ]
    assert period_range(first, last, "month").strftime("%Y-%m").tolist() == ["2025-12", "2026-01"]
    assert period_range(last, first, "week").empty


def test_a_local_date_is_that_of_the_clocks_there():
    times = pd.Series(pd.to_datetime(["2026-10-31T15:59Z", "2026-10-31T16:00Z", None], utc=True))
    got = local_dates(times, "Asia/Shanghai")
    assert got.tolist()[:2] == [pd.Timestamp("2026-10-31"), pd.Timestamp("2026-11-01")]
    assert got.isna().tolist() == [False, False, True]


def test_a_day_begins_also_where_the_clocks_skip_or_repeat_its_midnight():
    assert midnight(pd.Timestamp("2026-10-01"), "Asia/Shanghai") == pd.Timestamp(
        "2026-09-30T16:00Z"
    )
    # Clocks skip the midnight of 1 October 2017 in Paraguay, and show that of 3 November 2024 in
    # Cuba twice (IANA tz database, America/Asuncion and America/Havana).
    assert midnight(pd.Timestamp("2017-10-01"), "America/Asuncion") == pd.Timestamp(
        "2017-10-01T04:00Z"
    )
    assert midnight(pd.Timestamp("2024-11-03"), "America/Havana") == pd.Timestamp(
        "2024-11-03T04:00Z"
    )


def complete(counts, freq="week", start="2026-01-05", data_from="2026-01-05", as_of="2027-01-01"):
    first = pd.Timestamp(start)
    periods = pd.period_range(
        first, periods=len(counts), freq={"week": "W-SUN", "month": "M"}[freq]
    )
    got = complete_periods(
        pd.Series(counts, index=periods.start_time),
        freq,
        pd.Timestamp(data_from),
        pd.Timestamp(as_of),
    )
    return "".join("x" if whole else "." for whole in got)


@pytest.mark.parametrize(
    ("freq", "data_from", "as_of", "expected"),
    [
        ("week", "2026-01-05", "2026-02-02 00:00", "xxxx"),  # four whole weeks
        ("week", "2026-01-05", "2026-02-01 23:59", "xxx."),  # a minute is missing
        ("week", "2026-01-06", "2026-02-02 00:00", ".xxx"),
        ("week", "2026-01-05 17:00", "2026-02-02 00:00", "xxxx"),  # begun on the day is whole
        ("month", "2026-01-01", "2026-05-01 00:00", "xxxx"),
        ("month", "2026-01-02", "2026-04-30 23:59", ".xx."),
    ],
)
def test_the_first_and_last_period_must_lie_within_the_data(freq, data_from, as_of, expected):
    start = {"week": "2026-01-05", "month": "2026-01-01"}[freq]
    assert complete([9] * 4, freq, start, data_from, as_of) == expected


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ([10] * 8 + [4], "xxxxxxxx."),
        ([10] * 8 + [5], "xxxxxxxxx"),  # half is not under half
        ([10] * 8 + [4, 3, 2], "xxxxxxxx..."),
        ([10] * 8 + [4, 10], "xxxxxxxxxx"),  # a thin week that was followed by a full one
        ([10] * 8 + [4, 10, 4], "xxxxxxxxxx."),
        ([10] * 7 + [1], "xxxxxxxx"),  # under eight weeks before cannot tell
        ([10] * 8 + [0], "xxxxxxxx."),
        ([0] * 12, "xxxxxxxxxxxx"),
        ([100] * 8 + [60, 40, 30, 20, 10], "xxxxxxxxx...."),
    ],
)
def test_the_thinning_tail_is_incomplete(counts, expected):
    assert complete(counts) == expected


def test_a_last_period_that_is_not_over_does_not_hide_the_tail():
    # Ten weeks, the export in the middle of the tenth.
    assert complete([10] * 8 + [4, 1], as_of="2026-03-12") == "xxxxxxxx.."


@given(st.lists(st.integers(0, 50), min_size=1, max_size=30))
def test_only_a_closing_run_is_ever_left_out(counts):
    marks = complete(counts)
    assert marks == "x" * marks.count("x") + "." * marks.count(".")
    if "." in marks:
        whole = marks.count("x")
        before = pd.Series(counts[max(whole - 8, 0) : whole]).median()
        assert max(counts[whole:]) < before / 2
