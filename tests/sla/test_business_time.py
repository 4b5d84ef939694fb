import json
import re
from datetime import UTC, datetime, time

import businesstimedelta as btd
import numpy as np
import pandas as pd
import pytest
import pytz
from hypothesis import given
from hypothesis import strategies as st

from slm_analysis.errors import InputError
from slm_analysis.sla.business_time import WEEKDAYS, BusinessCalendar


def frames(cases):
    start = pd.Series({c["id"]: pd.Timestamp(c["start"]) for c in cases})
    pauses = pd.DataFrame(
        [(c["id"], *map(pd.Timestamp, p)) for c in cases for p in c["pauses"]],
        columns=["key", "from_time", "to_time"],
    ).astype({"from_time": "datetime64[us, UTC]", "to_time": "datetime64[us, UTC]"})
    return start, pauses


@pytest.fixture(scope="session")
def vectors(shared):
    return json.loads((shared / "reference/business_time.json").read_text(encoding="utf-8"))


def calendar(spec):
    return BusinessCalendar(
        spec["timezone"],
        spec["weekly_hours"],
        spec["holidays"],
        spec["makeup_workdays"],
        spec["special_hours"],
        spec["holiday_scope"],
    )


def test_every_reference_case(vectors):
    """200 cases of an independent minute-by-minute oracle, all at once per calendar."""
    seen = 0
    for name, spec in vectors["calendars"].items():
        cases = [c for c in vectors["cases"] if c["calendar"] == name]
        elapsed = [c for c in cases if c["kind"] == "elapsed"]
        start, pauses = frames(elapsed)
        end = pd.Series({c["id"]: pd.Timestamp(c["end"]) for c in elapsed})
        clock = calendar(spec)
        got = clock.elapsed(start, end, pauses)
        assert got.to_dict() == {c["id"]: c["expected_business_seconds"] for c in elapsed}
        plain = clock.elapsed(start, end)
        assert plain.to_dict() == {
            c["id"]: c["expected_business_seconds_ignoring_pauses"] for c in elapsed
        }
        due = [c for c in cases if c["kind"] == "due"]
        seen += len(cases)
        if due:
            start, pauses = frames(due)
            seconds = pd.Series({c["id"]: c["target_business_seconds"] for c in due})
            got = clock.due(start, seconds, pauses)
            assert got.to_dict() == {c["id"]: pd.Timestamp(c["expected_due"]) for c in due}
    assert seen == 200


OFFICE = {
    day: [["09:00", "12:00"], ["13:00", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri")
}
NIGHT = {day: [["22:00", "06:00"]] for day in ("sun", "mon", "tue", "wed", "thu")}
ALWAYS = {day: [["00:00", "24:00"]] for day in WEEKDAYS}
CLOCKS = {
    "office": BusinessCalendar(
        "Asia/Shanghai",
        OFFICE,
        holidays=["2024-10-01", "2024-10-02", "2024-10-03"],
        makeup_workdays={"2024-10-12": "mon"},
        special_hours={"2024-12-31": [["09:00", "12:00"]]},
    ),
    "night": BusinessCalendar("Europe/Berlin", NIGHT, holidays=["2024-10-03", "2024-12-25"]),
    "always": BusinessCalendar("America/New_York", ALWAYS),
}
instants = st.datetimes(datetime(2024, 1, 1), datetime(2025, 12, 31), timezones=st.just(UTC)).map(
    lambda t: pd.Timestamp(t).floor("s")
)
clocks = st.sampled_from(sorted(CLOCKS)).map(CLOCKS.get)
pause_lists = st.lists(st.tuples(instants, instants).map(sorted), max_size=4).map(
    lambda spans: pd.DataFrame(
        [(0, *span) for span in spans], columns=["key", "from_time", "to_time"]
    ).astype({"from_time": "datetime64[us, UTC]", "to_time": "datetime64[us, UTC]"})
)


@given(clocks, st.tuples(instants, instants, instants).map(sorted), pause_lists)
def test_elapsed_is_additive(clock, times, pauses):
    a, b, c = times
    whole = clock.elapsed(a, c, pauses)
    assert clock.elapsed(a, b, pauses) + clock.elapsed(b, c, pauses) == whole
    assert 0 <= whole <= clock.elapsed(a, c)


@given(clocks, instants, st.integers(0, 60 * 86_400), st.integers(0, 60 * 86_400), pause_lists)
def test_due_inverts_elapsed_and_is_monotone(clock, start, one, other, pauses):
    sooner, later = sorted([one, other])
    due = clock.due(start, sooner, pauses)
    assert clock.elapsed(start, due, pauses) == sooner
    assert due <= clock.due(start, later, pauses)
    if sooner > 0:
        assert clock.elapsed(start, due - pd.Timedelta("1s"), pauses) == sooner - 1


@given(instants)
def test_nothing_elapses_outside_hours(start):
    night = start.tz_convert("Asia/Shanghai").normalize() + pd.Timedelta("18h")
    assert CLOCKS["office"].elapsed(night, night + pd.Timedelta("15h")) == 0


@pytest.mark.parametrize("name", ["office", "always"])
def test_agrees_with_an_independent_library(name):
    """Business time as the package businesstimedelta counts it, over plain hours."""
    zone = pytz.timezone("Asia/Shanghai")
    if name == "office":
        calendar = BusinessCalendar("Asia/Shanghai", OFFICE)
        hours = btd.WorkDayRule(
            start_time=time(9), end_time=time(18), working_days=[0, 1, 2, 3, 4], tz=zone
        )
        lunch = btd.LunchTimeRule(
            start_time=time(12), end_time=time(13), working_days=[0, 1, 2, 3, 4], tz=zone
        )
        rules = btd.Rules([hours, lunch])
    else:
        calendar = BusinessCalendar("Asia/Shanghai", ALWAYS)
        rules = btd.Rules(
            [
                btd.WorkDayRule(
                    start_time=time(0), end_time=time(23, 59, 59), working_days=range(7), tz=zone
                )
            ]
        )
    rng = np.random.default_rng(20260101)
    start = pd.Timestamp("2025-01-01", tz="UTC") + pd.to_timedelta(
        rng.integers(0, 300 * 1440, 60), unit="min"
    )
    end = start + pd.to_timedelta(rng.integers(0, 12 * 1440, 60), unit="min")
    got = calendar.elapsed(start, end)
    for seconds, a, b in zip(got, start, end, strict=True):
        peer = rules.difference(a.to_pydatetime(), b.to_pydatetime()).timedelta.total_seconds()
        # The peer's whole day ends at 23:59:59: it loses one second a midnight.
        midnights = (b.tz_convert(zone).normalize() - a.tz_convert(zone).normalize()).days
        assert seconds == peer + (midnights if name == "always" else 0)


def test_missing_times_give_missing_results():
    start = pd.Series(pd.to_datetime(["2024-03-01T01:00Z", None], utc=True), index=["a", "b"])
    end = pd.Series(pd.to_datetime([None, "2024-03-01T02:00Z"], utc=True), index=["a", "b"])
    assert CLOCKS["office"].elapsed(start, end).isna().all()
    due = CLOCKS["office"].due(start, pd.Series([np.nan, 60.0], index=["a", "b"]))
    assert due.isna().all()


def test_an_open_pause_leaves_the_due_time_unknown_unless_it_comes_too_late():
    start = pd.Timestamp("2024-03-01T01:00Z")  # Friday 09:00 in Shanghai
    pause = pd.DataFrame(
        {
            "key": [0],
            "from_time": [start + pd.Timedelta("1h")],
            "to_time": pd.to_datetime([None], utc=True),
        }
    )
    clock = CLOCKS["office"]
    assert clock.due(start, 3600, pause) == start + pd.Timedelta("1h")
    assert clock.due(start, 3601, pause) is pd.NaT
    assert clock.elapsed(start, start + pd.Timedelta("3h"), pause) == 3600


def test_a_pause_longer_than_the_horizon_moves_the_due_time():
    start = pd.Timestamp("2001-01-01T00:00Z")
    pause = pd.DataFrame(
        {"key": [0], "from_time": [start], "to_time": [pd.Timestamp("2020-06-01T00:00Z")]}
    )
    assert CLOCKS["always"].due(start, 60, pause) == pd.Timestamp("2020-06-01T00:01Z")


def test_times_outside_the_horizon_extend_it_or_raise():
    clock = BusinessCalendar("UTC", OFFICE)
    near = clock.elapsed(pd.Timestamp("2024-01-01T09:00Z"), pd.Timestamp("2024-01-01T10:00Z"))
    far = clock.elapsed(pd.Timestamp("2059-01-01T09:00Z"), pd.Timestamp("2059-01-01T10:00Z"))
    assert near == far == 3600
    with pytest.raises(InputError, match="1900 to 2100"):
        clock.elapsed(pd.Timestamp("2024-01-01T09:00Z"), pd.Timestamp("2204-01-01T10:00Z"))
    closed = BusinessCalendar("UTC", {})
    assert closed.elapsed(pd.Timestamp("2024-01-01T00Z"), pd.Timestamp("2025-01-01T00Z")) == 0
    with pytest.raises(InputError, match="too little working time"):
        closed.due(pd.Timestamp("2024-01-01T09:00Z"), 60)


def test_the_frame_of_pauses_is_unchanged():
    start = pd.Series([pd.Timestamp("2024-03-01T01:00Z")] * 2)
    pauses = pd.DataFrame(
        {
            "key": [1, 0, 7],
            "from_time": pd.to_datetime(["2024-03-01T02:00Z"] * 3),
            "to_time": pd.to_datetime(["2024-03-01T03:00Z"] * 3),
        }
    )
    before = pauses.copy()
    CLOCKS["office"].elapsed(start, start + pd.Timedelta("3h"), pauses)
    pd.testing.assert_frame_equal(pauses, before)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"timezone": "Mars/Phobos"}, "Time zone 'Mars/Phobos'"),
        ({"hours": {"monday": [["09:00", "12:00"]]}}, "Did you mean 'mon'"),
        ({"hours": {"mon": [["540", "12:00"]]}}, "'540' is not a time of day"),
        ({"hours": {"mon": [["09:00", "24:30"]]}}, "'24:30' is not a time of day"),
        ({"holidays": ["2024-02-30"]}, "'2024-02-30' is not an ISO date"),
        ({"holiday_scope": "day"}, "holiday_scope 'day'"),
    ],
)
def test_bad_input_is_named(arguments, message):
    with pytest.raises(InputError, match=re.escape(message)):
        BusinessCalendar(**{"timezone": "UTC", "hours": OFFICE} | arguments)


def test_times_without_a_zone_are_refused():
    naive = pd.Series(pd.to_datetime(["2024-03-01 09:00"]))
    with pytest.raises(InputError, match="need a time zone"):
        CLOCKS["office"].elapsed(naive, naive)
