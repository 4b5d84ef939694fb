"""What is said about service levels: exact sentences for every verdict."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slm_analysis.presentation import headline, plot, say, table
from slm_analysis.presentation.words import service_levels as words
from slm_analysis.result import note
from slm_analysis.sla.agreement_yaml import GOALS_OF_METRIC
from tests.presentation.made_up_levels import (
    availability,
    errors,
    frame,
    kept,
    level,
    satisfaction,
    service_levels,
    unsure,
)

UNDECIDED = level("Reports", 5, 5, undecided=40, low=0.57, high=1.0)
NO_CASES = level("Reports", 0, 0, low=None, high=None)
TOO_FEW = level("Reports", 3, 3, minimum=10, low=0.44, high=1.0)


def only(row: dict):
    return frame(row).iloc[0]


@pytest.mark.parametrize(
    ("row", "verdict", "figure", "interval", "goal"),
    [
        (level(), "Missed", "278 of 306, 90.8%", "86.9 to 93.7%", "95%"),
        (unsure(), "Missed, uncertain", "46 of 49, 93.9%", "83.5 to 97.9%", "95%"),
        (kept(), "Met", "990 of 1,000, 99.0%", "98.1 to 99.5%", "95%"),
        (level("A", 63, 63, low=0.943, high=1.0), "Met, uncertain", "63 of 63, 100%",
         "94.3 to 100%", "95%"),
        (UNDECIDED, "Not decided yet", "5 of 5, 100%", "57.0 to 100%", "95%"),
        (NO_CASES, "No tickets", "–", "–", "95%"),
        (TOO_FEW, "Too few tickets", "3 of 3, 100%", "44.0 to 100%", "95%"),
        (availability(), "Met", "99.7%", "–", "99.5%"),
        (availability(0.99), "Missed", "99.0%", "–", "99.5%"),
        (satisfaction(), "Missed", "3.8 from 96 people", "3.6 to 4.0", "4.2"),
        (satisfaction(counted=1, minimum=1), "Missed", "3.8 from 1 person", "3.6 to 4.0", "4.2"),
        (satisfaction(counted=12), "Too few answers", "3.8 from 12 people", "3.6 to 4.0", "4.2"),
        (errors(), "Missed", "12 of 300 with errors, 4.0%", "2.3 to 6.9%", "at most 2%"),
    ],
)  # fmt: skip
def test_one_promise(row, verdict, figure, interval, goal):
    found = only(row)
    assert words.verdict(found) == verdict
    assert words.figure(found) == figure
    assert words.interval(found) == interval
    assert words.goal(found) == goal


@pytest.mark.parametrize(
    ("row", "figure", "interval"),
    [
        (level("A", 9496, 10_000, low=0.94, high=0.9497), "9,496 of 10,000, 94.96%",
         "94.0 to 94.97%"),
        (level("A", 9504, 10_000, low=0.9502, high=0.96), "9,504 of 10,000, 95.04%",
         "95.02 to 96.0%"),
        (satisfaction(4.16, low=4.11, high=4.199), "4.16 from 96 people", "4.1 to 4.199"),
        (errors(206, 10_000, low=0.0201, high=0.03), "206 of 10,000 with errors, 2.1%",
         "2.01 to 3.0%"),
    ],
)  # fmt: skip
def test_digits_do_not_contradict_the_verdict(row, figure, interval):
    assert words.figure(only(row)) == figure
    assert words.interval(only(row)) == interval


@given(
    met=st.integers(0, 2000), more=st.integers(0, 2000), low=st.floats(0, 1), high=st.floats(0, 1)
)
def test_no_figure_contradicts_its_verdict(met, more, low, high):
    if not met + more:
        return
    low, high = sorted([low, high])
    found = only(level("A", met, met + more, low=low, high=high))
    shown = float(words.figure(found).rpartition(" ")[2].rstrip("%"))
    assert (shown >= 95) == (found["result"] == "met")
    ends = words.interval(found)
    if ends != "–":
        low_shown, high_shown = (float(e.rstrip("%")) for e in ends.split(" to "))
        clear = low_shown > 95 or high_shown < 95
        assert clear == (found["evidence"] == "clear")


@pytest.mark.parametrize(
    ("priority", "metric", "name"),
    [("default", "resolution_time", "resolution"), ("P1", "response_time", "P1 first response"),
     ("default", "recovery_time", "recovery")],
)  # fmt: skip
def test_promises_are_named(priority, metric, name):
    row = only(level(priority=priority, metric=metric))
    assert words.promise(row) == f"Invoices, {name}"


def test_every_metric_of_an_agreement_has_a_name():
    assert set(words.METRICS) == set(GOALS_OF_METRIC)


@pytest.mark.parametrize(
    ("row", "text"),
    [
        (level(), "95% within 2 working days"),
        (errors(), "at most 2%"),
        (satisfaction(), "at least 4.2 of 5"),
        (level(goal="as agreed"), "95% (as agreed)"),
    ],
)
def test_a_goal_is_not_said_twice(row, text):
    assert words.goal_in_full(only(row)) == text


def test_headline_with_misses():
    top = headline(service_levels(unsure(), level(), kept(), UNDECIDED))
    assert top.title == "Two of three promises were missed in October 2026"
    assert top.lead == (
        "Invoices, resolution: missed. 278 of 306, 90.8%, against 95% within 2 working days; "
        "interval 86.9 to 93.7%."
    )
    assert top.what == (
        "Missed: Invoices, resolution and Travel, resolution. Kept: 1 promise. "
        "Without a verdict (open, or too few cases): one."
    )
    assert top.sure == (
        "Of 2 promises missed, 1 could be chance. There are cases enough to be sure of the one "
        "promise kept."
    )
    assert top.next == "See what goes with the breaches of Invoices."
    assert top.link == "03_root_causes"


def test_headline_with_a_miss_that_could_be_chance():
    top = headline(service_levels(unsure(), kept(), kept("Reports")))
    assert top.title == "One of three promises was missed in October 2026"
    assert top.lead.startswith("Travel, resolution: missed, uncertain. 46 of 49, 93.9%, against")
    assert top.sure == (
        "The one miss may be chance. There are cases enough to be sure of all 2 promises kept."
    )
    assert top.next == "Change nothing on this month alone; see whether the trend agrees."
    assert top.link == "02_trends"


def test_headline_of_a_quiet_month():
    top = headline(service_levels(kept(), kept("Reports"), satisfaction(4.25)))
    assert top.title == "All three promises that could be judged were kept in October 2026"
    assert top.lead == (
        "Nearest to its goal: Payments, resolution, 990 of 1,000, 99.0%, against "
        "95% within 2 working days."
    )
    assert top.what == "Kept: 3 promises."
    assert top.sure == ("For 1 of the 3 promises kept there are too few cases to be sure.")
    assert top.next == "No service level calls for action. See the trends for early warnings."
    assert top.link == "02_trends"


def test_headline_of_one_promise():
    top = headline(service_levels(kept()))
    assert top.title == "The one promise that could be judged was kept in October 2026"
    assert headline(service_levels(satisfaction(4.5))).lead == (
        "Travel, satisfaction: 4.5 from 96 people, against 4.2."
    )
    missed = headline(service_levels(level()))
    assert missed.title == "The one promise that could be judged was missed in October 2026"


def test_headline_where_an_outage_missed_a_promise_has_no_empty_interval():
    top = headline(service_levels(availability(0.99)))
    assert top.lead == "Portal, availability: missed. 99.0%, against at least 99.5%."


def test_headline_without_verdicts():
    top = headline(service_levels(NO_CASES, TOO_FEW))
    assert top.title == "Too few cases to judge any promise in October 2026"
    assert top.lead == "There were no cases, or fewer than the agreement asks for."
    assert top.what == "Kept: 0 promises. Without a verdict (open, or too few cases): two."
    assert top.sure == "Without cases nothing can be said."


def test_headline_without_promises():
    top = headline(service_levels())
    assert top.title == "Nothing was promised that could be judged in October 2026"


def test_sentences_name_each_miss_with_denominator_and_interval():
    prose = say(service_levels(kept(), unsure(), level(), errors()))
    assert prose.sentences == [
        "Invoices, resolution: missed. 278 of 306, 90.8%, against 95%; interval 86.9 to 93.7%.",
        "Invoices, errors: missed. 12 of 300 with errors, 4.0%, against at most 2%; "
        "interval 2.3 to 6.9%.",
        "Travel, resolution: missed, uncertain. 46 of 49, 93.9%, against 95%; "
        "interval 83.5 to 97.9%.",
    ]


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([kept()], "No promise was missed; 1 promise kept."),
        ([kept(), kept("Reports")], "No promise was missed; 2 promises kept."),
        ([], "No promise was missed; 0 promises kept."),
    ],
)
def test_a_quiet_month_says_so(rows, sentence):
    assert say(service_levels(*rows)).sentences == [sentence]


def test_caveats_say_how_it_was_counted():
    prose = say(service_levels(kept(), notes=(note("uncovered", n=1), note("no_status_history"))))
    assert prose.caveats == [
        "Counted are tickets due in the period that were met or breached; running and paused ones "
        "are not. Uncertain: the 95% interval reaches across the goal.",
        "Not judged, for no agreement covers them: 1 of the tickets.",
        "Without a status history, pauses and reopenings are unknown: the times include waiting "
        "on the customer.",
    ]
    mixed = say(service_levels(kept(count_by="opened"), kept("B", count_by="mixed")))
    assert mixed.caveats[0].startswith(
        "Counted are tickets opened in the period and due in the period, or opened in it"
    )
    assert say(service_levels(availability())).caveats == []


@pytest.mark.parametrize(
    ("rows", "title"),
    [
        ([level(), kept()], "Missed by more than chance: Invoices, resolution"),
        ([unsure(), kept()], "No promise was missed by more than chance"),
        ([kept()], "No promise was missed"),
        ([NO_CASES], "No promise could be judged"),
        ([level(s) for s in "ABCDE"], "Missed by more than chance: A, resolution, B, resolution, "
         "C, resolution and 2 more"),
    ],
)  # fmt: skip
def test_the_title_of_the_figure_answers_the_question(rows, title):
    assert words.caption(service_levels(*rows)).title == title


def test_the_subtitle_counts_cases_and_not_services():
    caption = words.caption(service_levels(level(), availability()))
    assert caption.subtitle == (
        "Share kept in October 2026, with 95% interval and goal. 306 cases judged"
    )
    assert words.caption(service_levels(level("A", 1, 1))).subtitle.endswith(" 1 case judged")


def test_the_table_lists_misses_first_and_marks_the_clear_ones():
    shown = table(service_levels(kept("A"), unsure("B"), level("C"), availability(0.99)))
    assert [row[0] for row in shown.rows] == [
        "C, resolution", "Portal, availability", "B, resolution", "A, resolution",
    ]  # fmt: skip
    assert list(shown.accented) == [0, 1]
    assert shown.rows[0] == [
        "C, resolution", "95% within 2 working days", "Missed", "278 of 306, 90.8%",
        "86.9 to 93.7%", "0", "0",
    ]  # fmt: skip
    assert shown.caption == "Every promise in October 2026"


def test_the_table_counts_what_is_not_counted():
    shown = table(service_levels(level(undecided=4, no_target=1, missing_data=2, excluded=3)))
    assert shown.rows[0][-2:] == ["4", "6"]


def test_an_empty_answer_has_words_figure_and_table():
    empty = service_levels()
    assert table(empty).rows == []
    assert plot(empty).caption.title == "No promise could be judged"
