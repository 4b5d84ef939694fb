"""Shown digits never contradict a verdict; plurals, dates and lists read well."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from slm_analysis.presentation import numbers

GOALS = st.integers(0, 10_000).map(lambda n: n / 10_000)
"""Goals as people write them: 95%, 99.5%, 99.95%."""


def read(text: str) -> float:
    """Return the number that a reader takes from the text."""
    return float(text.rstrip("%").replace(numbers.MINUS, "-"))


def side(value: float, goal: float) -> int:
    return 0 if abs(value - goal) <= 1e-12 else int(math.copysign(1, value - goal))


@given(share=st.floats(0, 1), goal=GOALS)
@example(share=0.9499, goal=0.95)
@example(share=0.94999999, goal=0.95)
@example(share=math.nextafter(0.95, 0), goal=0.95)
@example(share=0.0200001, goal=0.02)
@example(share=57 / 60, goal=0.95)
@example(share=57 / 100, goal=0.57)
def test_a_share_is_shown_on_its_side_of_the_goal(share, goal):
    shown = read(numbers.percent_beside(share, goal))
    written = read(numbers.plain_percent(goal))
    assert side(shown, written) == side(share, goal)
    assert shown == pytest.approx(100 * share, abs=0.051)


@given(value=st.floats(-100, 100), goal=st.integers(-1000, 1000).map(lambda n: n / 10))
@example(value=4.1999, goal=4.2)
@example(value=4.2, goal=4.2)
def test_a_score_is_shown_on_its_side_of_the_goal(value, goal):
    shown = read(numbers.score_beside(value, goal))
    assert side(shown, goal) == (0 if abs(value - goal) <= numbers.ROUNDING else side(value, goal))
    assert shown == pytest.approx(value, abs=0.051)


def test_a_half_is_rounded_as_the_fraction_and_not_as_its_binary_form():
    assert 100 * (23 / 80) < 28.75
    assert numbers.percent(23 / 80) == "28.8%"


@given(
    share=st.integers(0, 2000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    goal=GOALS,
)
def test_counts_of_real_size_need_no_cut(share, goal):
    met, of = share
    if not of:
        return
    shown = numbers.percent_beside(met / of, goal)
    digits = len(shown.rstrip("%").partition(".")[2])
    assert read(shown) == round(100 * met / of, digits)


@pytest.mark.parametrize(
    ("share", "goal", "text"),
    [
        (0.9185, 0.95, "91.8%"),
        (0.9494, 0.95, "94.9%"),
        (0.9496, 0.95, "94.96%"),
        (0.99996, 0.9999, "100.0%"),
        (0.0198, 0.02, "1.98%"),
        (0.0202, 0.02, "2.02%"),
        (1.0, 0.95, "100%"),
        (0.0, 0.02, "0%"),
        (0.95, 0.95, "95.0%"),
        (float("nan"), 0.95, "–"),
    ],
)
def test_percent_beside(share, goal, text):
    assert numbers.percent_beside(share, goal) == text


@pytest.mark.parametrize(
    ("value", "goal", "text"),
    [(4.16, 4.2, "4.16"), (4.14, 4.2, "4.1"), (4.2, 4.2, "4.2"), (-3.0, 10, "−3.0"),
     (float("nan"), 4.2, "–")],
)  # fmt: skip
def test_score_beside(value, goal, text):
    assert numbers.score_beside(value, goal) == text


@pytest.mark.parametrize(
    ("share", "digits", "text"),
    [(0.9185, 1, "91.8%"), (0.155, 0, "16%"), (1, 1, "100%"), (0, 1, "0%"), (-0.0001, 1, "0.0%"),
     (-0.05, 1, "−5.0%"), (float("nan"), 1, "–")],
)  # fmt: skip
def test_percent(share, digits, text):
    assert numbers.percent(share, digits) == text


def test_a_goal_reads_as_it_was_written():
    assert [numbers.plain_percent(g) for g in (0.95, 0.995, 0.57, 1.0, 0.9999)] == [
        "95%", "99.5%", "57%", "100%", "99.99%",
    ]  # fmt: skip


@given(
    values=st.lists(st.integers(0, 10_000).map(lambda n: n / 100), min_size=1, max_size=3),
    bound=st.integers(0, 1000).map(lambda n: n / 10),
)
def test_digits_to_tell_keep_sides(values, bound):
    digits = numbers.digits_to_tell(values, [bound])
    assert [side(round(v, digits), bound) for v in values] == [side(v, bound) for v in values]


def test_digits_to_tell_are_no_more_than_needed():
    assert numbers.digits_to_tell([92.04, 95.8], [95]) == 1
    assert numbers.digits_to_tell([92.0, 94.96], [95]) == 2
    assert numbers.digits_to_tell([92.0, 94.996], [95]) == 3


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.038, "+3.8"), (-0.004, "−0.4"), (0.0, "0.0"), (-0.0001, "0.0"), (float("nan"), "–")],
)
def test_points(value, text):
    assert numbers.points(value) == text


def test_signed():
    assert [numbers.signed(v) for v in (0.44, -0.44, 0.0)] == ["+0.4", "−0.4", "0.0"]


def test_hours():
    assert [numbers.hours(v) for v in (4.74, 99.94, 132.4, float("nan"))] == [
        "4.7 h", "99.9 h", "132 h", "–",
    ]  # fmt: skip


def test_hours_change_form_where_the_shown_number_reaches_the_bound():
    assert numbers.hours(99.97) == "100 h"


def test_count():
    assert [numbers.count(v) for v in (8412, 0, float("nan"))] == ["8,412", "0", "–"]


@pytest.mark.parametrize(
    ("number", "words", "text"),
    [(0, ("ticket",), "0 tickets"), (1, ("ticket",), "1 ticket"), (2, ("ticket",), "2 tickets"),
     (1, ("person", "people"), "1 person"), (1200, ("person", "people"), "1,200 people")],
)  # fmt: skip
def test_counted(number, words, text):
    assert numbers.counted(number, *words) == text


def test_small_numbers_as_words():
    assert [numbers.in_words(n) for n in (0, 1, 9, 10, 1200)] == [
        "no",
        "one",
        "nine",
        "10",
        "1,200",
    ]


def test_dates():
    day = pd.Timestamp("2026-03-02")
    assert numbers.date(day) == "2 March 2026"
    assert numbers.date(day, year=False) == "2 March"


@pytest.mark.parametrize(
    ("start", "end", "text"),
    [
        ("2026-10-01", "2026-10-31", "October 2026"),
        ("2024-02-01", "2024-02-29", "February 2024"),
        ("2026-10-01", "2026-10-30", "1 October 2026 to 30 October 2026"),
        ("2026-09-01", "2026-10-31", "1 September 2026 to 31 October 2026"),
        ("2026-10-05", "2026-10-05", "5 October 2026"),
    ],
)
def test_period(start, end, text):
    assert numbers.period(pd.Timestamp(start), pd.Timestamp(end)) == text


def test_a_period_is_named_whatever_the_resolution_of_its_days():
    start, end = (pd.Timestamp(d).as_unit("us") for d in ("2026-10-01", "2026-10-31"))
    assert numbers.period(start, end) == "October 2026"


@pytest.mark.parametrize(
    ("items", "most", "text"),
    [([], None, ""), (["a"], None, "a"), (["a", "b"], None, "a and b"),
     (["a", "b", "c"], None, "a, b and c"), (["a", "b", "c", "d"], 2, "a, b and 2 more"),
     (["a", "b", "c"], 3, "a, b and c")],
)  # fmt: skip
def test_listed(items, most, text):
    assert numbers.listed(items, most) == text


@pytest.mark.parametrize(
    ("sentence", "goes_on"),
    [
        ("The week of 12 October 2026 lies below.", "the week of 12 October 2026 lies below."),
        ("October 2026 lies below.", "October 2026 lies below."),
        ("21 weeks in a row lie below.", "21 weeks in a row lie below."),
        ("", ""),
    ],
)
def test_a_sentence_goes_on_after_a_colon(sentence, goes_on):
    assert numbers.continued(sentence) == goes_on
