import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slm_analysis.sla.goals import (
    AsRecorded,
    AtLeast,
    AtLeastScore,
    AtMost,
    ByDueDate,
    ByEndOfNextWorkingDay,
    ByWorkingDayOfMonth,
    Within,
    parse_duration,
    parse_goal,
)

DAY = 8 * 3600.0


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("95% within 4h", 4 * 3600),
        ("95 %  within  4  hours", 4 * 3600),
        ("95% within 1 hour", 3600),
        ("95% within 30 minutes", 1800),
        ("95% within 30min", 1800),
        ("95% within 90m", 5400),
        ("95% within 1.5h", 5400),
        ("95% within 4.35h", 15660),  # 4.35 * 3600 is 15659.999… in binary
        ("95% within 0.1 hours", 360),
        ("95% within 1 working day", DAY),
        ("95% within 2 working days", 2 * DAY),
        ("95% within 0.5 working days", DAY / 2),
    ],
)
def test_within(text, seconds):
    assert parse_goal(text, DAY) == Within(text, 0.95, seconds)


@pytest.mark.parametrize(
    ("text", "goal"),
    [
        ("95% by due date", ByDueDate("95% by due date", 0.95)),
        ("95% as recorded", AsRecorded("95% as recorded", 0.95)),
        (
            "95% by end of next working day",
            ByEndOfNextWorkingDay("95% by end of next working day", 0.95),
        ),
        (
            "100% by working day 3 of the following month, 18:00",
            ByWorkingDayOfMonth(
                "100% by working day 3 of the following month, 18:00", 1.0, 3, True, "18:00"
            ),
        ),
        (
            "98% by working day 10 of the same month",
            ByWorkingDayOfMonth("98% by working day 10 of the same month", 0.98, 10, False, None),
        ),
        (
            "98% by working day 1 of the following month 9:30",
            ByWorkingDayOfMonth(
                "98% by working day 1 of the following month 9:30", 0.98, 1, True, "9:30"
            ),
        ),
        ("at most 0.5%", AtMost("at most 0.5%", 0.005)),
        ("at least 99.5%", AtLeast("at least 99.5%", 0.995)),
        ("at least 99.9%", AtLeast("at least 99.9%", 0.999)),
        ("at least 99.9995%", AtLeast("at least 99.9995%", 0.999995)),
        ("at least 4.2 of 5", AtLeastScore("at least 4.2 of 5", 4.2, 5)),
        ("at least 5 of 5", AtLeastScore("at least 5 of 5", 5, 5)),
        ("at least 4.2", AtLeastScore("at least 4.2", 4.2, None)),
        ("at least -10", AtLeastScore("at least -10", -10, None)),
    ],
)
def test_every_other_form(text, goal):
    assert parse_goal(text, None) == goal


@given(st.integers(0, 100_000))
def test_a_share_is_the_nearest_number(thousandths):
    text = f"at most {thousandths // 1000}.{thousandths % 1000:03d}%"
    assert parse_goal(text, None).share == float(f"{thousandths}e-5")


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        (
            "95% within 1 day",
            "Durations are in minutes, hours (h) or working days. ('1 day' could mean 24 hours or "
            "one working day.)",
        ),
        (
            "95% within 2 business days",
            "Durations are in minutes, hours (h) or working days. ('1 day' could mean 24 hours or "
            "one working day.)",
        ),
        ("95% within 30 seconds", "Durations are in minutes, hours (h) or working days."),
        ("95% within 2 weeks", "Durations are in minutes, hours (h) or working days."),
        (
            "95% within 1 working day",
            "Say how long a working day is: 'working_day: 8h' in the service.",
        ),
        ("95% within 0h", "A duration is longer than 0."),
        ("120% within 4h", "A share lies between 0% and 100%."),
        ("at least 100.1%", "A share lies between 0% and 100%."),
        ("at least 6 of 5", "No score exceeds 5, the top of its scale."),
        (
            "100% by working day 0 of the same month",
            "Working days of a month are counted from 1 to 31.",
        ),
        (
            "100% by working day 32 of the same month",
            "Working days of a month are counted from 1 to 31.",
        ),
        ("100% by working day 3 of the following month, 25:00", "25:00 is not a time of day."),
    ],
)
def test_a_goal_that_says_something_else_is_not_read_as_another(text, remedy):
    with pytest.raises(ValueError, match=f"^{re.escape(remedy)}$"):
        parse_goal(text, None)


@pytest.mark.parametrize(
    "text",
    ["", "95%", "within 4h", "95% in 4h", "95 within 4h", "-5% within 4h", "95% within -4h",
     "95% within four hours", "95% by end of day", "95% by due date or so", "at most 5",
     "at least 99.5 percent", "at least 4,2 of 5", "not 95% within 4h", "95% within 4h\nor 5h"],
)  # fmt: skip
def test_what_is_no_goal_is_answered_with_the_forms(text):
    with pytest.raises(
        ValueError, match=r"^A goal reads like '95% within 4h', .*'at least 4\.2 of 5'\.$"
    ):
        parse_goal(text, DAY)


def test_durations():
    assert parse_duration("8h") == 8 * 3600
    assert parse_duration(" 7.5 hours ") == 27_000
    assert parse_duration("450 min") == 27_000
    for text in ("8", "1 day", "1 working day", "8 h 30 m", "-8h", "eight hours"):
        with pytest.raises(ValueError, match="A duration reads like 8h or 30 minutes"):
            parse_duration(text)
    with pytest.raises(ValueError, match="longer than 0"):
        parse_duration("0h")
