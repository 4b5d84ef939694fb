"""When tickets were paused, done and reopened, counted by hand in parts of the target."""

import pandas as pd
import pytest

from slm_analysis.sla.clock_events import clock_events
from slm_analysis.sla.scoring import score
from tests.sla.agreement_texts import agreements
from tests.sla.tickets import history, statuses, tickets, utc

AS_OF = utc("2026-03-20 00:00")
TARGET = "- {{metric: resolution_time, goal: {goal}, pauses_on: [Waiting], reopen: {reopen}}}"
OPENED = {"opened_at": "2026-03-02 09:00"}
PAST = statuses(
    "T0",
    ("New", "2026-03-02 09:00"),
    ("Work", "2026-03-02 10:00"),
    ("Waiting", "2026-03-02 11:00"),
    ("Work", "2026-03-02 14:00"),
    ("Resolved", "2026-03-02 15:00"),
    ("Closed", "2026-03-02 16:00"),
    ("Work", "2026-03-03 10:00"),
    ("Waiting", "2026-03-03 11:00"),
    ("Resolved", "2026-03-03 12:00"),
)


@pytest.fixture
def events(tmp_path):
    def events(
        frame, past, goal="95% within 4h", reopen="resume", calendar="always", service="all"
    ):
        agreed = agreements(
            tmp_path,
            TARGET.format(goal=goal, reopen=reopen),
            calendar=calendar,
            service=service,
        )
        past = history(*past)
        scored = score(frame, past, agreed, AS_OF)
        found = clock_events(scored, frame, past, agreed)
        return [
            (row.event, f"{row.at:%d %H:%M}", row.used)
            for row in found.sort_values("at").itertuples()
        ]

    return events


def test_pauses_resolutions_and_reopenings_in_parts_of_the_target(events):
    frame = tickets(OPENED | {"resolved_at": "2026-03-03 12:00"})
    # Two hours, a pause of three, one more hour; from the first resolution to the reopening the
    # clock stands, then one hour until the second pause.
    assert events(frame, PAST) == [
        ("paused", "02 11:00", 0.5),
        ("done", "02 15:00", 0.75),
        ("reopened", "03 10:00", 0.75),
        ("paused", "03 11:00", 1.0),
        ("done", "03 12:00", 1.0),
    ]


def test_a_restarted_clock_starts_with_the_reopening(events):
    frame = tickets(OPENED | {"resolved_at": "2026-03-03 12:00"})
    used = {(event, at): part for event, at, part in events(frame, PAST, reopen="restart")}
    assert used["paused", "03 11:00"] == 0.25
    assert used["reopened", "03 10:00"] == 0


def test_hours_are_those_of_the_service(events):
    frame = tickets(OPENED | {"resolved_at": "2026-03-03 12:00"})
    told = events(frame, PAST, calendar="office", service="S")
    # The pause takes the hour from eleven, and that of the afternoon; noon does not count.
    assert told[0] == ("paused", "02 11:00", 0.5)
    assert told[1] == ("done", "02 15:00", 0.75)


def test_a_goal_that_is_a_moment_has_no_parts(events):
    frame = tickets(OPENED | {"resolved_at": "2026-03-03 12:00", "due_at": "2026-03-04 12:00"})
    told = events(frame, PAST, goal="95% by due date")
    assert {event for event, _, _ in told} == {"paused", "done", "reopened"}
    assert all(pd.isna(part) for _, _, part in told)


def test_tickets_without_a_history_have_no_events(events):
    frame = tickets(OPENED | {"resolved_at": "2026-03-02 12:00"})
    assert events(frame, []) == []


def test_a_history_of_work_alone_has_no_events(events):
    frame = tickets(OPENED | {"resolved_at": "2026-03-02 12:00"})
    assert events(frame, statuses("T0", ("Work", "2026-03-02 10:00"))) == []


def test_each_ticket_has_its_own_pauses(events):
    frame = tickets(
        OPENED | {"resolved_at": "2026-03-02 13:00"}, OPENED | {"resolved_at": "2026-03-02 12:00"}
    )
    past = [
        *statuses("T0", ("Waiting", "2026-03-02 10:00"), ("Resolved", "2026-03-02 13:00")),
        *statuses("T1", ("Work", "2026-03-02 09:00"), ("Resolved", "2026-03-02 12:00")),
    ]
    assert sorted(events(frame, past)) == [
        ("done", "02 12:00", 0.75),
        ("done", "02 13:00", 0.25),
        ("paused", "02 10:00", 0.25),
    ]
