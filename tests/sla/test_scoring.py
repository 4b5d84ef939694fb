"""States, priorities and periods one by one; random tickets are in test_scoring_oracle.py."""

import pandas as pd
import pytest

from slm_analysis.sla.agreements import Agreements
from slm_analysis.sla.scoring import SCORED, score
from tests.sla.agreement_texts import agreement, agreements
from tests.sla.tickets import history, statuses, tickets, utc

AS_OF = utc("2026-03-20 12:00")
OPENED = {"opened_at": "2026-03-02 08:00"}


@pytest.fixture
def scored(tmp_path):
    """Return a function: one kind of target applied to tickets."""

    def apply(*rows, goal="95% within 4h", target="metric: resolution_time", past=(), **terms):
        agreed = agreements(tmp_path, f"- {{{target}, goal: {goal}}}", **terms)
        return score(tickets(*rows), history(*past), agreed, AS_OF)

    return apply


def states(result):
    return result["state"].tolist()


class TestStates:
    def test_within(self, scored):
        result = scored(
            OPENED | {"resolved_at": "2026-03-02 12:00"},
            OPENED | {"resolved_at": "2026-03-02 12:00:00.000001"},
            OPENED | {"closed_at": "2026-03-02 11:00"},
            OPENED,
            {"opened_at": "2026-03-20 08:00"},
            {"opened_at": "2026-03-20 07:59"},
            OPENED | {"status": "Cancelled", "resolved_at": "2026-03-02 09:00"},
            OPENED | {"status": "Resolved"},
            OPENED | {"resolved_at": "2026-03-01 08:00"},
            terms="excluded: [cancelled]",
        )
        assert states(result) == [
            "met", "breached_closed", "met", "breached_open", "running", "breached_open",
            "excluded", "missing_data", "missing_data",
        ]  # fmt: skip
        assert result["elapsed_seconds"].tolist()[:2] == [14400, 14400.000001]
        assert result["assumed"].tolist()[:3] == [False, False, True]
        assert result["due_at"].iloc[0] == utc("2026-03-02 12:00")

    def test_paused_until_it_is_late(self, scored):
        past = [
            *statuses(
                "T0", ("New", "2026-03-20 06:00"), ("Awaiting requester", "2026-03-20 09:00")
            ),
            *statuses(
                "T1", ("New", "2026-03-20 03:00"), ("Awaiting requester", "2026-03-20 09:00")
            ),
        ]
        waiting = {"status": "Awaiting requester"}
        result = scored(
            {"opened_at": "2026-03-20 06:00"} | waiting,
            {"opened_at": "2026-03-20 03:00"} | waiting,
            {"opened_at": "2026-03-20 09:00"} | waiting,  # no history: the clock runs
            target="metric: resolution_time, pauses_on: [Awaiting requester]",
            past=past,
        )
        assert states(result) == ["paused", "breached_open", "paused"]
        assert result["elapsed_seconds"].tolist() == [3 * 3600, 6 * 3600, 3 * 3600]
        assert result["paused_seconds"].tolist() == [3 * 3600, 3 * 3600, 0]
        # With an open pause the due time is the earliest that it can still be.
        assert result["due_at"].tolist() == [
            utc("2026-03-20 13:00"), utc("2026-03-20 07:00"), utc("2026-03-20 13:00"),
        ]  # fmt: skip

    def test_by_due_date(self, scored):
        due = {"due_at": "2026-03-03 08:00"}
        result = scored(
            OPENED | due | {"resolved_at": "2026-03-03 08:00"},
            OPENED | due | {"resolved_at": "2026-03-03 08:00:00.000001"},
            OPENED | due,
            OPENED | {"due_at": "2059-03-03 08:00"},
            OPENED | {"due_at": "2026-03-20 12:00"},  # due at the very moment of the export
            OPENED | {"resolved_at": "2026-03-03 08:00"},
            OPENED | {"due_at": "2026-03-01 08:00", "resolved_at": "2026-03-02 09:00"},
            OPENED | {"due_at": "2026-03-01 08:00"},
            goal="95% by due date",
        )
        assert states(result) == [
            "met", "breached_closed", "breached_open", "running", "running", "no_target",
            "breached_closed", "breached_open",
        ]  # fmt: skip

    def test_as_recorded(self, scored):
        stop = {"resolved_at": "2026-03-03 08:00"}
        result = scored(
            OPENED | {"breached": False} | stop,
            OPENED | {"breached": True} | stop,
            OPENED | {"breached": True},
            OPENED | {"breached": False},
            OPENED | {"breached": False, "status": "Waiting"},
            OPENED | stop,
            OPENED | {"breached": False, "status": "Closed"},  # over, if not known when
            OPENED | {"breached": True, "status": "Closed"},
            goal="95% as recorded",
            target="metric: resolution_time, pauses_on: [Waiting]",
        )
        assert states(result) == [
            "met", "breached_closed", "breached_open", "running", "paused", "missing_data", "met",
            "breached_closed",
        ]  # fmt: skip
        assert result["count_by"].unique().tolist() == ["opened"]

    def test_a_response_is_missing_once_the_ticket_is_over(self, scored):
        result = scored(
            OPENED | {"first_response_at": "2026-03-02 09:00"},
            OPENED | {"resolved_at": "2026-03-02 09:00"},
            OPENED | {"status": "Closed"},
            OPENED,
            {"opened_at": "2026-03-20 11:00"},
            OPENED | {"response_due_at": "2026-03-02 09:00", "response_breached": False},
            target="metric: response_time",
        )
        assert states(result) == [
            "met", "missing_data", "missing_data", "breached_open", "running", "breached_open",
        ]  # fmt: skip
        recorded = scored(
            OPENED | {"response_breached": True, "first_response_at": "2026-03-02 09:00"},
            OPENED | {"response_breached": False, "breached": True, "closed_at": "2026-03-03"},
            target="metric: response_time",
            goal="95% as recorded",
        )
        assert states(recorded) == ["breached_closed", "met"]

    def test_by_working_day_and_next_working_day(self, scored):
        weekend = {"opened_at": "2026-03-06 17:00"}  # a Friday
        result = scored(
            weekend | {"resolved_at": "2026-03-09 18:00"},
            weekend | {"resolved_at": "2026-03-09 18:01"},
            {"opened_at": "2026-03-19 10:00"},
            goal="95% by end of next working day",
            calendar="office",
        )
        assert states(result) == ["met", "breached_closed", "running"]
        monthly = scored(
            {"opened_at": "2026-02-10", "resolved_at": "2026-03-04 18:00"},
            {"opened_at": "2026-02-10", "resolved_at": "2026-03-04 18:01"},
            {"opened_at": "2026-02-10"},
            {"opened_at": "2026-03-10"},
            goal='"100% by working day 3 of the following month, 18:00"',
            calendar="office",
        )
        assert states(monthly) == ["met", "breached_closed", "breached_open", "running"]
        none = scored(
            OPENED, goal='"100% by working day 31 of the following month"', calendar="office"
        )
        assert states(none) == ["no_target"]

    def test_a_priority_without_a_goal_has_no_target(self, scored):
        result = scored(
            OPENED | {"priority": "P1", "resolved_at": "2026-03-02 10:00"},
            OPENED | {"priority": "P2", "resolved_at": "2026-03-02 10:00"},
            OPENED | {"resolved_at": "2026-03-02 10:00"},
            goal="{P1: 95% within 1h}",
        )
        assert states(result) == ["breached_closed", "no_target", "no_target"]
        assert result["goal_priority"].tolist() == ["P1", "default", "default"]
        assert result["count_by"].tolist() == ["due", "opened", "opened"]

    def test_a_ticket_that_no_agreement_covers_is_dated_in_the_zone_of_the_source(self, tmp_path):
        agreed = agreements(tmp_path, service="Other")
        frame = tickets({"opened_at": "2026-03-31 20:00"})
        result = score(frame, history(), agreed, AS_OF, "Asia/Shanghai").iloc[0]
        assert result["state"] == "no_target"
        assert pd.isna(result["target"])
        assert result["opened_on"] == result["counted_on"] == pd.Timestamp("2026-04-01")


class TestPriority:
    GOALS = "{P1: 95% within 1h, default: 95% within 8h}"

    def test_it_is_the_one_at_opening_where_history_has_it(self, scored):
        past = [
            ("T0", "New", "2026-03-02 08:00", "2026-03-02 09:00", "P1"),
            ("T0", "In progress", "2026-03-02 09:00", None, "P3"),
            ("T1", "New", "2026-03-02 08:00", None, None),
        ]
        late = {"resolved_at": "2026-03-02 10:00"}
        result = scored(
            OPENED | late | {"priority": "P3"},
            OPENED | late | {"priority": "P1"},
            OPENED | late | {"priority": "P1"},
            goal=self.GOALS,
            past=past[::-1],
        ).sort_values("ticket_id")
        assert result["priority"].tolist() == ["P1", "P1", "P1"]
        assert result["goal"].unique().tolist() == ["95% within 1h"]
        assert states(result) == ["breached_closed"] * 3

    def test_a_priority_of_its_own_and_the_others(self, scored):
        late = {"resolved_at": "2026-03-02 10:00"}
        rows = (OPENED | late | {"priority": p} for p in ("P1", "P2", "p1"))
        result = scored(*rows, goal=self.GOALS).sort_values("ticket_id")
        assert result["goal_priority"].tolist() == ["P1", "default", "default"]
        assert result["goal_share"].tolist() == [0.95] * 3
        assert states(result) == ["breached_closed", "met", "met"]


ROW = {
    "opened_at": "2026-01-31 20:00",
    "resolved_at": "2026-03-01 20:00",
    "closed_at": "2026-03-05 20:00",
    "due_at": "2026-02-10 20:00",
}


class TestPeriods:
    @pytest.mark.parametrize(
        ("way", "day"),
        [
            ("due", "2026-02-11"),
            ("opened", "2026-02-01"),
            ("resolved", "2026-03-02"),
            ("closed", "2026-03-06"),
        ],
    )
    def test_the_period_is_that_of_the_local_date(self, scored, way, day):
        terms = {"terms": f"count_by: {way}", "timezone": "Asia/Shanghai"}
        result = scored(ROW, goal="95% by due date", **terms).iloc[0]
        assert result["counted_on"] == pd.Timestamp(day)
        assert result["count_by"] == way
        assert result["opened_on"] == pd.Timestamp("2026-02-01")

    def test_without_a_due_time_the_opening_stands_and_is_named(self, scored):
        row = ROW | {"due_at": None, "breached": False}
        result = scored(row, goal="95% as recorded").iloc[0]
        assert (result["counted_on"], result["count_by"]) == (pd.Timestamp("2026-01-31"), "opened")

    @pytest.mark.parametrize("way", ["resolved", "closed"])
    def test_what_is_open_belongs_to_the_period_of_the_export(self, scored, way):
        result = scored(OPENED, terms=f"count_by: {way}").iloc[0]
        assert (result["counted_on"], result["count_by"]) == (pd.Timestamp("2026-03-20"), way)

    def test_a_pause_that_history_leaves_open_ends_with_the_ticket(self, scored):
        past = [("T0", "Awaiting requester", "2026-03-02 09:00", None)]
        result = scored(
            OPENED | {"resolved_at": "2026-03-02 10:00", "status": "Resolved"},
            target="metric: resolution_time, pauses_on: [Awaiting requester]",
            past=past,
        ).iloc[0]
        assert (result["state"], result["elapsed_seconds"]) == ("met", 3600)
        assert result["due_at"] == utc("2026-03-02 13:00")


class TestStatusOutOfHistory:
    def test_an_export_without_statuses_takes_the_last_of_history(self, scored):
        past = [
            *statuses("T0", ("New", "2026-03-20 09:00"), ("Cancelled", "2026-03-20 10:00")),
            *statuses("T1", ("New", "2026-03-20 09:00"), ("Waiting", "2026-03-20 10:00")),
            *statuses("T2", ("Waiting", "2026-03-20 09:00"), ("New", "2026-03-20 10:00")),
        ]
        result = scored(
            *[{"opened_at": "2026-03-20 09:00"}] * 3,
            target="metric: resolution_time, pauses_on: [Waiting]",
            past=past[::-1],
            terms="excluded: [Cancelled]",
        )
        assert states(result) == ["excluded", "paused", "running"]


def test_a_ticket_has_one_row_per_target_and_versions_do_not_mix(tmp_path):
    two = """
- {metric: response_time, goal: 95% within 1h}
- {metric: resolution_time, goal: 95% within 4h}
- {metric: availability, goal: at least 99%}
"""
    agreed = Agreements(
        (
            agreement(tmp_path, two, version="1"),
            agreement(tmp_path, version="2", start="2026-03-02"),
        )
    )
    frame = tickets({"opened_at": "2026-03-01 08:00"}, {"opened_at": "2026-03-02 08:00"})
    result = score(frame, history(), agreed, AS_OF)
    assert list(result.columns) == list(SCORED)
    rows = result.set_index(["ticket_id", "target"])["version"].to_dict()
    assert rows == {
        ("T0", "response_time"): "1",
        ("T0", "resolution_time"): "1",
        ("T1", "resolution_time"): "2",
    }


def test_no_tickets_give_no_rows(tmp_path):
    empty = tickets(OPENED).iloc[:0]
    for agreed in (Agreements(()), agreements(tmp_path)):
        result = score(empty, history(), agreed, AS_OF)
        assert result.empty
        assert list(result.columns) == list(SCORED)


def test_the_callers_frames_are_unchanged(tmp_path):
    frame, past = tickets(OPENED), history(("T0", "New", "2026-03-02 08:00", None, "P1"))
    before = frame.copy(), past.copy()
    score(frame, past, agreements(tmp_path), AS_OF)
    pd.testing.assert_frame_equal(frame, before[0])
    pd.testing.assert_frame_equal(past, before[1])
