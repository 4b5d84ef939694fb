import pandas as pd
import pytest

from slm_analysis.sla.ticket_clock import ticket_clock
from tests.sla.agreement_texts import agreement
from tests.sla.tickets import history, statuses, tickets, utc


@pytest.fixture
def clock_of(tmp_path):
    """Return a function: tickets and history to the clock of one target."""

    def clock(frame, rows=(), target="metric: resolution_time", terms=""):
        agreed = agreement(tmp_path, f"- {{{target}, goal: 95% within 4h}}", terms=terms)
        own = agreed.services["all"]
        return ticket_clock(
            frame.set_index("ticket_id", drop=False), history(*rows), own, own.targets[0]
        )

    return clock


def times(clock, at=0):
    row = clock.times.iloc[at]
    started, stopped = (
        None if pd.isna(row[name]) else f"{row[name]:%d %H:%M}"
        for name in ("started_at", "stopped_at")
    )
    return started, stopped, bool(row["assumed"])


def pauses(clock):
    return [
        (row.key, *(None if pd.isna(t) else f"{t:%d %H:%M}" for t in (row.from_time, row.to_time)))
        for row in clock.pauses.itertuples()
    ]


OPENED = {"opened_at": "2026-03-02 08:00"}


class TestWithoutHistory:
    def test_the_resolution_stops_the_clock_or_else_the_closing(self, clock_of):
        clock = clock_of(
            tickets(
                OPENED | {"resolved_at": "2026-03-02 10:00", "closed_at": "2026-03-05 10:00"},
                OPENED | {"closed_at": "2026-03-05 10:00"},
                OPENED | {"resolved_at": "2026-03-05 10:00", "closed_at": "2026-03-05 10:00"},
                OPENED,
            )
        )
        assert [times(clock, at) for at in range(4)] == [
            ("02 08:00", "02 10:00", False),
            ("02 08:00", "05 10:00", True),
            ("02 08:00", "05 10:00", False),
            ("02 08:00", None, False),
        ]
        assert pauses(clock) == []

    def test_the_first_response_stops_the_other_clock(self, clock_of):
        clock = clock_of(
            tickets(
                OPENED | {"first_response_at": "2026-03-02 09:00", "closed_at": "2026-03-05 10:00"},
                OPENED | {"closed_at": "2026-03-05 10:00"},
            ),
            target="metric: response_time",
        )
        assert [times(clock, at) for at in range(2)] == [
            ("02 08:00", "02 09:00", False),
            ("02 08:00", None, False),
        ]

    @pytest.mark.parametrize("reopen", ["resume", "first_resolution", "restart"])
    def test_no_mode_of_reopening_changes_anything(self, clock_of, reopen):
        frame = tickets(OPENED | {"resolved_at": "2026-03-02 10:00"})
        clock = clock_of(frame, target=f"metric: resolution_time, reopen: {reopen}")
        assert times(clock) == ("02 08:00", "02 10:00", False)


REOPENED = statuses(
    "T0",
    ("New", "2026-03-02 08:00"),
    ("In progress", "2026-03-02 09:00"),
    ("Resolved", "2026-03-02 10:00"),
    ("In progress", "2026-03-03 09:00"),
    ("Awaiting requester", "2026-03-03 10:00"),
    ("In progress", "2026-03-03 11:00"),
    ("Resolved", "2026-03-03 12:00"),
    ("Closed", "2026-03-06 12:00"),
)
BOTH = OPENED | {"resolved_at": "2026-03-03 12:00", "closed_at": "2026-03-06 12:00"}
FIRST = OPENED | {"resolved_at": "2026-03-02 10:00", "closed_at": "2026-03-06 12:00"}
PAUSING = "metric: resolution_time, pauses_on: [Awaiting requester]"
WAITED = ("T0", "03 10:00", "03 11:00")


class TestReopened:
    @pytest.mark.parametrize("recorded", [BOTH, FIRST])
    def test_resume_judges_the_last_resolution_and_pauses_between(self, clock_of, recorded):
        clock = clock_of(tickets(recorded), REOPENED, PAUSING)
        assert times(clock) == ("02 08:00", "03 12:00", False)
        assert pauses(clock) == [WAITED, ("T0", "02 10:00", "03 09:00")]

    @pytest.mark.parametrize("recorded", [BOTH, FIRST])
    def test_restart_begins_anew_when_work_is_taken_up_again(self, clock_of, recorded):
        clock = clock_of(tickets(recorded), REOPENED, PAUSING + ", reopen: restart")
        assert times(clock) == ("03 09:00", "03 12:00", False)
        assert pauses(clock) == [WAITED]

    @pytest.mark.parametrize("recorded", [BOTH, FIRST])
    def test_first_resolution_stands(self, clock_of, recorded):
        clock = clock_of(tickets(recorded), REOPENED, PAUSING + ", reopen: first_resolution")
        assert times(clock) == ("02 08:00", "02 10:00", False)
        assert pauses(clock) == [WAITED]

    def test_a_ticket_still_reopened_has_no_stop(self, clock_of):
        rows = REOPENED[:4]
        for reopen, expected in (
            ("resume", ("02 08:00", None, False)),
            ("restart", ("03 09:00", None, False)),
            ("first_resolution", ("02 08:00", "02 10:00", False)),
        ):
            clock = clock_of(
                tickets(OPENED | {"resolved_at": "2026-03-02 10:00"}),
                rows,
                f"metric: resolution_time, reopen: {reopen}",
            )
            assert times(clock) == expected

    def test_a_closing_after_the_reopening_stands_where_no_resolution_is_known(self, clock_of):
        rows = [*REOPENED[:3], ("T0", "In progress", "2026-03-03 09:00", None)]
        clock = clock_of(tickets(FIRST), rows)
        assert times(clock) == ("02 08:00", "06 12:00", True)

    def test_reopened_out_of_closed_is_one_pause_of_both(self, clock_of):
        rows = statuses(
            "T0",
            ("In progress", "2026-03-02 08:00"),
            ("Resolved", "2026-03-02 10:00"),
            ("Closed", "2026-03-02 12:00"),
            ("In progress", "2026-03-03 09:00"),
            ("Resolved", "2026-03-03 12:00"),
        )
        clock = clock_of(tickets(BOTH), rows)
        assert pauses(clock) == [("T0", "02 10:00", "02 12:00"), ("T0", "02 12:00", "03 09:00")]
        assert times(clock_of(tickets(BOTH), rows, "metric: resolution_time, reopen: restart")) == (
            "03 09:00", "03 12:00", False,
        )  # fmt: skip

    def test_closed_after_resolved_is_no_reopening(self, clock_of):
        rows = statuses(
            "T0",
            ("In progress", "2026-03-02 08:00"),
            ("Resolved", "2026-03-02 10:00"),
            ("Closed", "2026-03-05 10:00"),
        )
        clock = clock_of(tickets(OPENED | {"closed_at": "2026-03-05 10:00"}), rows)
        assert times(clock) == ("02 08:00", "05 10:00", True)
        assert pauses(clock) == []

    def test_first_resolution_out_of_history_is_not_assumed(self, clock_of):
        frame = tickets(OPENED | {"closed_at": "2026-03-05 10:00"})
        rows = statuses("T0", ("New", "2026-03-02 08:00"), ("Resolved", "2026-03-02 10:00"))
        clock = clock_of(frame, rows, "metric: resolution_time, reopen: first_resolution")
        assert times(clock) == ("02 08:00", "02 10:00", False)

    def test_the_agreement_names_the_statuses_in_any_case(self, clock_of):
        rows = [(t, {"Resolved": "DONE"}.get(s, s.upper()), *when) for t, s, *when in REOPENED]
        clock = clock_of(tickets(BOTH), rows, PAUSING, terms="resolved_on: [Done, closed]")
        assert times(clock) == ("02 08:00", "03 12:00", False)
        assert pauses(clock) == [WAITED, ("T0", "02 10:00", "03 09:00")]

    def test_a_response_knows_no_reopening(self, clock_of):
        frame = tickets(BOTH | {"first_response_at": "2026-03-02 09:00"})
        target = "metric: response_time, pauses_on: [Awaiting requester]"
        clock = clock_of(frame, REOPENED, target)
        assert times(clock) == ("02 08:00", "02 09:00", False)
        assert pauses(clock) == [WAITED]


def test_only_rows_of_these_tickets_count(clock_of):
    rows = [(f"T{at}", *row[1:]) for at in (0, 7) for row in REOPENED]
    assert pauses(clock_of(tickets(BOTH), rows, PAUSING)) == [
        WAITED, ("T0", "02 10:00", "03 09:00"),
    ]  # fmt: skip


def test_a_pause_without_an_end_stays_open(clock_of):
    rows = [("T0", "Awaiting requester", "2026-03-02 09:00", None)]
    clock = clock_of(tickets(OPENED | {"status": "awaiting requester"}), rows, PAUSING)
    assert pauses(clock) == [("T0", "02 09:00", None)]
    assert clock.paused_now.tolist() == [True]
    working = clock_of(tickets(OPENED | {"status": "In progress"}), rows, PAUSING)
    assert working.paused_now.tolist() == [False]


def test_nothing_of_the_caller_is_changed(tmp_path):
    frame = tickets(BOTH).set_index("ticket_id", drop=False)
    rows = history(*REOPENED)
    before = frame.copy(), rows.copy()
    terms = agreement(tmp_path, f"- {{{PAUSING}, goal: 95% within 4h}}").services["all"]
    ticket_clock(frame, rows, terms, terms.targets[0])
    pd.testing.assert_frame_equal(frame, before[0])
    pd.testing.assert_frame_equal(rows, before[1])
    assert utc(None) is pd.NaT
