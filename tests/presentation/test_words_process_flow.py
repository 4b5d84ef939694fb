"""What is said and drawn of where the time goes, from small histories."""

import re

import numpy as np
import pandas as pd
import pytest

from slm_analysis import BusinessCalendar, bottlenecks
from slm_analysis.presentation import plot, say, table
from slm_analysis.presentation.methods import method
from slm_analysis.questions.process_flow import ProcessFlow
from tests.presentation.drawn import assert_readable, drawn, texts

NOT_SAID = re.compile(r"\b(because|proves|certainly|clearly|causes)\b|p-value", re.IGNORECASE)
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ALWAYS = BusinessCalendar("UTC", {day: [["00:00", "24:00"]] for day in DAYS})
START = pd.Timestamp("2026-03-02", tz="UTC")
LONG = "Declaration FINAL_APPROVED by the SUPERVISOR of the department 部门主管"


def flow(late=40, kept=60, slow=9, paused=(), loops=True, statuses=("New", "Check", LONG, "Done")):
    """Return tickets that spend 1, 2 and 3 hours in three statuses; late ones `slow` in the last.

    Every third late ticket goes back from the last status to the second for an hour.
    """
    rows, ends = [], []
    for at in range(late + kept):
        last = slow if at < late else 3
        hours, path = [1, 2, last], list(statuses[:3])
        if loops and at < late and at % 3 == 0:
            hours, path = [*hours, 1, 1], [*path, *statuses[1:3]]
        since = np.cumsum([0, *hours])
        rows += [
            (f"T{at}", status, START + pd.Timedelta(hours=int(h)), f"Team {min(i, 2)}")
            for i, (status, h) in enumerate(zip([*path, statuses[3]], since, strict=True))
        ]
        ends.append(START + pd.Timedelta(hours=int(since[-1])))
    tickets = pd.DataFrame(
        {
            "ticket_id": [f"T{at}" for at in range(late + kept)],
            "opened_at": START,
            "resolved_at": ends,
            "breached": [at < late for at in range(late + kept)],
        }
    )
    columns = ["ticket_id", "status", "from_time", "assignment_group"]
    return bottlenecks(pd.DataFrame(rows, columns=columns), tickets, ALWAYS, paused=paused)


def answered(result):
    return ProcessFlow(
        service="Payments",
        target="resolution_time",
        metric="resolution_time",
        window_start=pd.Timestamp("2026-05-01"),
        window_end=pd.Timestamp("2026-10-31"),
        flow=result,
        notes=result.notes if result else (),
    )


SHORT = ("New", "Check", "Approval", "Done")


def test_findings_are_told_with_interval_and_what_they_are_not():
    result = answered(flow(statuses=SHORT))
    assert plot(result).caption.title == (
        "Late tickets spend 76.4% of their time with Team 2, those in time 50.0%"
    )
    assert say(result).sentences == [
        "Late tickets spent 76.4% (75.8 to 76.9%) of their time with Team 2; those in time 50.0%.",
        "Late tickets spent 76.4% (75.8 to 76.9%) of their time with Team 2 after Team 1 handed "
        "them on; those in time 50.0%.",
        "Late tickets spent 73.6% (73.1 to 74.2%) of their time in “Approval”; those in time "
        "50.0%.",
        "It shows where late tickets are slow, not why.",
        "In 11.5% of all business time nobody had begun to work.",
    ]
    assert say(result).caveats == [
        "Nobody works on a ticket while its status is New: that is assumed."
    ]
    assert not NOT_SAID.search(say(result).text())


def test_a_loop_is_told_by_both_its_ends():
    told = say(flow(late=120, statuses=SHORT)).sentences
    assert told[0] == (
        "Late tickets spent 28.9% (22.0 to 36.2%) of their time on the way from “Approval” back to "
        "“Check”, and there once more; those in time 0%."
    )


def test_nothing_stands_out():
    assert say(flow(slow=3, loops=False)).sentences == [
        "Late tickets spend their time where those in time do.",
        "In 16.7% of all business time nobody had begun to work.",
    ]


def test_too_few_late_tickets_to_compare():
    said = say(flow(late=10, statuses=SHORT))
    assert said.sentences[0] == "Most time is spent in “Approval”: 56.1% (52.8 to 59.2%)."
    assert said.caveats[0] == (
        "Fewer than 30 tickets were late, or in time: the two are not compared."
    )


def test_pauses_are_reported():
    said = say(flow(paused=["Check"], loops=False))
    assert said.sentences[-1] == (
        "In 11.9% of all business time nobody had begun to work and 23.8% was paused, waiting on "
        "the customer."
    )


def test_nothing_to_follow():
    result = answered(None)
    assert say(result).sentences == ["No ticket with a status history was counted."]
    assert plot(result).caption.title == "No ticket with a status history was counted"
    assert table(result).rows == []
    assert plot(result).svg(narrow=True) == ""


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("late", [0, 40, 120])
def test_the_map_is_readable(narrow, late):
    figure = drawn(plot(answered(flow(late=late))), narrow=narrow)
    assert_readable(figure)
    found = " ".join(texts(figure))
    assert "部门主管" in found.replace(" ", "")
    assert "no time counted" in found
    assert ("late tickets" in found) == (late > 0)


def test_beside_the_map_stands_how_sure_it_is_and_what_is_assumed():
    caption = plot(answered(flow(statuses=SHORT))).caption
    assert caption.sentence == (
        "Of late tickets' time it is likely 75.8 to 76.9%. It shows where late tickets are slow, "
        "not why.\nIn 11.5% of all business time nobody had begun to work."
    )
    assert caption.caveats == ["Nobody works on a ticket while its status is New: that is assumed."]
    assert caption.subtitle == (
        "Share of business time on the clock by status, Payments, May to October 2026: 100 "
        "tickets, 40 of them late"
    )


def test_teams_and_hand_offs_that_stand_out_stand_below_the_map():
    for narrow in (False, True):
        shown = texts(drawn(plot(answered(flow(statuses=SHORT))), narrow=narrow))
        assert "Late tickets spend more of their time here, too:" in shown
        assert "With Team 2" in shown
        assert shown.count("late tickets 76.4%, in time 50.0%") == 2


def test_too_few_late_tickets_are_not_drawn_beside_those_in_time():
    shown = texts(drawn(plot(answered(flow(late=10, statuses=SHORT))), narrow=False))
    assert "56.1% (52.8 to 59.2%) of the time" in shown
    assert not any("late tickets" in text for text in shown)


def test_the_table_marks_what_stands_out():
    shown = table(answered(flow(statuses=SHORT)))
    places = [row[0] for row in shown.rows]
    assert [places[i] for i in shown.accented] == [
        "In “Approval”",
        "With Team 2",
        "With Team 2 after Team 1 handed them on",
    ]
    assert shown.rows[0][1:] == [
        "100", "63.8% (61.4 to 66.0%)", "73.6% (73.1 to 74.2%)", "50.0% (50.0 to 50.0%)",
    ]  # fmt: skip


def test_about_says_how_it_was_made():
    ((name, text),) = method(answered(flow()))
    assert name == "Where the time goes"
    assert "tickets of Payments" in text
    assert "bootstrap over tickets" in text
