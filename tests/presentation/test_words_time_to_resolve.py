"""What is said, listed and drawn of how long tickets take."""

import re

import numpy as np
import pandas as pd
import pytest

from slm_analysis import time_to_resolve
from slm_analysis.presentation import plot, say, table
from slm_analysis.presentation.methods import method
from slm_analysis.questions.time_taken import TimeTaken
from tests.presentation.drawn import assert_readable, drawn, texts

NOT_SAID = re.compile(r"\b(because|proves|certainly|clearly|causes)\b|p-value", re.IGNORECASE)
LONG = "Reports for the department 部门主管 at the end of every single quarter of the year"


def taken(hours, team="Payments", *, ended=True, withdrawn=False):
    """Return tickets of a team that took so long."""
    return pd.DataFrame(
        {"hours": hours, "ended": ended, "withdrawn": withdrawn, "team": team}, dtype=object
    ).astype({"hours": float, "ended": bool, "withdrawn": bool})


def asked(*parts, **options):
    return time_to_resolve(
        pd.concat(parts), time="hours", ended="ended", competing="withdrawn", **options
    )


def answered(times):
    return TimeTaken(
        period_start=pd.Timestamp("2026-10-01"),
        period_end=pd.Timestamp("2026-10-31"),
        by="team",
        service="",
        times=times,
        notes=times.notes if times else (),
    )


TENTHS = np.arange(1.0, 41.0) / 2
QUICK, SLOW = taken(TENTHS), taken(3 * TENTHS, "Reports")


def test_one_group_is_told_with_its_intervals():
    told = asked(QUICK)
    caption = plot(answered(told)).caption
    assert caption.title == "All tickets: half are done within 10.0 h, nine in ten within 18.0 h"
    assert caption.subtitle == (
        "Share still open after so many business hours, tickets opened in October 2026, by team: "
        "40 tickets"
    )
    assert say(told).text() == (
        "All tickets: half of 40 tickets are done within 10.0 h (7.0 to 13.0 h), nine in ten "
        "within 18.0 h (16.0 h or more)."
    )


def test_groups_are_told_from_the_quickest_to_the_slowest():
    told = asked(QUICK, SLOW, by="team")
    assert plot(told).caption.title == (
        "Half are done within 10.0 h (Payments) to 30.0 h (Reports)"
    )
    assert [row[0] for row in table(told).rows] == ["Payments", "Reports"]


def test_beside_the_figure_stand_the_quickest_and_the_slowest():
    told = asked(SLOW, taken(2 * TENTHS, "Master data"), QUICK, by="team")
    assert plot(told).caption.sentence == (
        "Payments: half of 40 tickets are done within 10.0 h (7.0 to 13.0 h), nine in ten within "
        "18.0 h (16.0 h or more).\nReports: half of 40 tickets are done within 30.0 h (21.0 to "
        "39.0 h), nine in ten within 54.0 h (48.0 h or more)."
    )
    assert [line.split(":")[0] for line in say(told).text().splitlines()] == [
        "Payments",
        "Master data",
        "Reports",
    ]


def test_what_is_not_reached_is_not_made_up():
    open_still = taken([61.0] * 60, "Reports", ended=False)
    told = asked(QUICK, SLOW, open_still, by="team")
    assert plot(told).caption.title == "Half of the tickets are not done yet: Reports"
    assert "Reports: half of 100 tickets are not done yet." in say(told).text()
    assert table(told).rows[1][4:] == ["not yet", "not yet"]
    few = asked(QUICK, taken([30.0] * 4, ended=False))
    assert "nine in ten within 20.0 h (18.0 h or more)" in say(few).text()
    assert "Still open, and counted as open: 4 of the tickets." in say(few).text()


def test_withdrawn_tickets_are_told():
    told = asked(QUICK, taken([5.0] * 10, withdrawn=True, ended=False))
    assert (
        say(told)
        .text()
        .endswith(
            "Withdrawn, and so never to be done: 10 of the tickets; shares are of all tickets."
        )
    )
    assert table(told).rows[0][1:4] == ["50", "0", "10"]


def test_a_difference_is_told_as_a_ratio():
    told = say(asked(QUICK, SLOW, by="team", compare=True)).text()
    assert "The groups differ by more than chance (log-rank test)." in told
    assert re.search(
        r"Reports \(team\): open tickets are done 0\.\d+ times as often as those of Payments "
        r"\(0\.\d+ to 0\.\d+\)\.",
        told,
    )


def test_no_difference_is_told_as_chance():
    told = say(asked(QUICK, taken(1.05 * TENTHS, "Reports"), by="team", compare=True)).text()
    assert "The groups differ by no more than chance may bring (log-rank test)." in told
    assert ", which may be chance." in told


def test_a_ratio_that_changes_is_told():
    late_start = taken(np.linspace(12, 14, 40), "Reports")
    told = say(asked(QUICK, late_start, by="team", compare=True)).text()
    assert (
        "How often tickets are done against others changes with their age: team. Its ratio is an "
        "average over all ages." in told
    )


def test_nothing_to_tell():
    none = answered(None)
    assert say(none).text() == "No ticket was followed."
    assert table(none).rows == []
    assert plot(none).caption.title == "No ticket was followed"
    assert plot(none).svg(narrow=True) == ""


def test_the_method_is_told():
    (entry,) = method(answered(None))
    assert "Kaplan-Meier" in entry[1]


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("number", [1, 2, 5, 12])
def test_the_figure_is_readable(narrow, number):
    names = [LONG, *(f"Team {i}" for i in range(1, number))]
    parts = [taken((1 + i) * TENTHS, name) for i, name in enumerate(names)]
    chart = plot(asked(*parts, by="team"))
    figure = drawn(chart, narrow=narrow)
    assert_readable(figure)
    assert len(figure.axes) == min(number, 9)
    assert "10.0 h" in texts(figure)
    assert not NOT_SAID.search(f"{chart.caption} {say(answered(asked(*parts))).text()}")


def test_a_group_without_a_resolution_has_no_curve():
    figure = drawn(plot(asked(QUICK, taken([9.0] * 6, "Reports", ended=False), by="team")),
                   narrow=False)  # fmt: skip
    assert len(figure.axes) == 1
