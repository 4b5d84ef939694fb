import pandas as pd
import pytest

from slm_analysis.sla.business_time import BusinessCalendar
from slm_analysis.sla.due_times import due_times
from slm_analysis.sla.goals import parse_goal

OFFICE = {
    day: [["09:00", "12:00"], ["13:00", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri")
}
NO_PAUSES = pd.DataFrame({"key": [], "from_time": [], "to_time": []})


def due(goal, started, calendar, source_due=None):
    """Return local due times of local starts, as text; missing as an empty text."""
    started = pd.Series(pd.to_datetime(started)).dt.tz_localize(calendar.timezone)
    source = pd.Series(pd.to_datetime([source_due] * len(started)), started.index)
    times = due_times(
        parse_goal(goal, 8 * 3600), started.dt.tz_convert("UTC"), calendar, NO_PAUSES,
        source.dt.tz_localize("UTC"),
    )  # fmt: skip
    assert times.index.equals(started.index)
    return times.dt.tz_convert(calendar.timezone).dt.strftime("%Y-%m-%d %H:%M").fillna("").tolist()


@pytest.fixture
def china():
    """Office hours in Shanghai around the National Day of 2024, with its make-up Saturday."""
    return BusinessCalendar(
        "Asia/Shanghai",
        OFFICE,
        holidays=[f"2024-10-0{day}" for day in range(1, 8)],
        makeup_workdays={"2024-10-12": "mon"},
        special_hours={"2024-12-31": [["09:00", "12:00"]]},
    )


def test_the_end_of_the_next_working_day_lies_beyond_weekends_and_holidays(china):
    starts = {
        "2024-09-27 10:00": "2024-09-30 18:00",  # Friday
        "2024-09-30 23:59": "2024-10-08 18:00",  # before a week of holidays
        "2024-10-03 10:00": "2024-10-08 18:00",  # on a holiday
        "2024-10-11 10:00": "2024-10-12 18:00",  # the make-up Saturday
        "2024-10-12 10:00": "2024-10-14 18:00",
        "2024-12-30 08:00": "2024-12-31 12:00",  # short hours
        "2024-12-31 11:00": "2025-01-01 18:00",
    }
    goal = "95% by end of next working day"
    assert due(goal, list(starts), china) == list(starts.values())


def test_the_end_of_a_night_shift_is_the_next_morning():
    night = BusinessCalendar("Europe/Berlin", {"mon": [["22:00", "06:00"]]})
    goal = "95% by end of next working day"
    assert due(goal, ["2026-03-27 10:00"], night) == ["2026-03-31 06:00"]


def test_working_day_n_of_the_month_at_a_time_or_its_close(china):
    starts = ["2024-09-01 00:00", "2024-09-30 23:59", "2024-10-01 00:00", "2024-10-31 12:00"]
    goal = "100% by working day 3 of the following month"
    # The 8th to 10th of October are its first working days; 1, 4 and 5 November.
    assert due(goal, starts, china) == [
        "2024-10-10 18:00", "2024-10-10 18:00", "2024-11-05 18:00", "2024-11-05 18:00",
    ]  # fmt: skip
    at_noon = "100% by working day 3 of the following month, 12:30"
    assert due(at_noon, starts[:1], china) == ["2024-10-10 12:30"]
    same = "100% by working day 5 of the same month, 24:00"
    assert due(same, starts[2:], china) == ["2024-10-13 00:00", "2024-10-13 00:00"]


def test_the_month_is_that_of_the_local_clock(china):
    starts = pd.Series(pd.to_datetime(["2024-09-30 15:59Z", "2024-09-30 16:00Z"]))
    goal = parse_goal("100% by working day 1 of the following month, 09:00", None)
    got = due_times(goal, starts, china, NO_PAUSES, starts)
    assert got.tolist() == [pd.Timestamp("2024-10-08 01:00Z"), pd.Timestamp("2024-11-01 01:00Z")]


def test_december_and_a_span_of_years(china):
    starts = ["2019-12-31 10:00", "2024-01-31 10:00", "2024-12-01 10:00"]
    goal = "100% by working day 1 of the following month, 18:00"
    assert due(goal, starts, china) == ["2020-01-01 18:00", "2024-02-01 18:00", "2025-01-01 18:00"]


def test_a_month_without_so_many_working_days_leaves_no_due_time(china):
    goal = "100% by working day 20 of the same month"
    assert due(goal, ["2024-10-01 10:00", "2024-11-01 10:00"], china) == ["", "2024-11-28 18:00"]
    assert due("100% by working day 31 of the same month", ["2024-10-01 10:00"], china) == [""]


def test_a_time_that_the_clocks_skip_or_show_twice_is_taken_as_one():
    berlin = BusinessCalendar("Europe/Berlin", {"sun": [["00:00", "24:00"]]})
    goal = "100% by working day 5 of the same month, 02:30"
    assert due(goal, ["2026-03-01 10:00"], berlin) == ["2026-03-29 03:00"]
    goal = "100% by working day 4 of the same month, 02:30"
    started = pd.Series([pd.Timestamp("2026-10-01T10:00Z")])
    got = due_times(parse_goal(goal, None), started, berlin, NO_PAUSES, started)
    assert got.tolist() == [pd.Timestamp("2026-10-25T01:30Z")]  # the second half past two


@pytest.mark.parametrize("goal", ["95% by due date", "95% as recorded"])
def test_the_source_names_the_due_time(china, goal):
    assert due(goal, ["2024-10-01 10:00"], china, "2059-01-01 04:00") == ["2059-01-01 12:00"]
    assert due(goal, ["2024-10-01 10:00"], china) == [""]


def test_within_counts_business_time_without_pauses(china):
    started = pd.Series([pd.Timestamp("2024-09-30 17:00", tz="Asia/Shanghai")], index=["T"])
    pause = pd.DataFrame(
        {
            "key": ["T"],
            "from_time": [pd.Timestamp("2024-10-08 09:30", tz="Asia/Shanghai")],
            "to_time": [pd.Timestamp("2024-10-08 15:00", tz="Asia/Shanghai")],
        }
    )
    goal = parse_goal("95% within 4h", None)
    got = due_times(goal, started, china, pause, started)
    # One hour on the day, half an hour in the morning, 2.5 hours from 15:00.
    assert got.tolist() == [pd.Timestamp("2024-10-08 17:30", tz="Asia/Shanghai")]


def test_a_goal_about_no_time_is_refused(china):
    started = pd.Series([pd.Timestamp("2024-10-01T10:00Z")])
    with pytest.raises(TypeError, match="no goal about time"):
        due_times(parse_goal("at most 2%", None), started, china, NO_PAUSES, started)
