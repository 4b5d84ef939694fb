"""Every promise with its verdict: from small projects whose figures can be counted by hand."""

import pandas as pd
import pytest

from slm_analysis.dataset.unit import open_unit
from slm_analysis.errors import InputError
from slm_analysis.questions.service_levels import service_levels
from slm_analysis.sla.scoring import STATES
from tests.sla.agreement_texts import agreement_text
from tests.small_projects import project

TWO = """
- {metric: response_time, goal: 95% within 1h}
- metric: resolution_time
  goal: {P1: 98% within 2h, default: 90% within 8h}
"""


def tickets(*rows):
    """Return tickets from (opened, hours to resolve or None, further columns)."""
    frame = []
    for at, (opened, hours, *more) in enumerate(rows):
        start = pd.Timestamp(opened)
        end = None if hours is None else f"{start + pd.Timedelta(hours=hours):%Y-%m-%d %H:%M}"
        frame.append(
            {
                "ticket_id": f"T{at}",
                "business_unit": "U",
                "service": "S",
                "opened_at": f"{start:%Y-%m-%d %H:%M}",
                "first_response_at": None,
                "resolved_at": end,
                "priority": None,
                "status": None,
                "error_found": None,
                "breached": None,
            }
            | (more[0] if more else {})
        )
    return pd.DataFrame(frame)


@pytest.fixture
def ask(tmp_path, monkeypatch):
    """Return a function: tickets, agreements and more tables to the service levels of unit U."""

    def ask(frame, *agreements, tables="", as_of="2026-11-02 08:00", start="", end="", **files):
        first, *others = agreements or (agreement_text(service="S"),)
        root = project(
            tmp_path / "p",
            f"tickets: {{file: tickets.csv}}\n{tables}",
            first,
            as_of=as_of,
            tickets_csv=frame,
            **files,
        )
        for at, text in enumerate(others):
            (root / "parameters" / "agreements" / f"b{at}.yaml").write_text(text, encoding="utf-8")
        monkeypatch.chdir(root)
        return service_levels(open_unit("U", period_start=start, period_end=end))

    return ask


def rows(answer, *columns):
    return [tuple(row) for row in answer.levels[list(columns)].itertuples(index=False)]


def notes(answer):
    return {note.code: dict(note.values) for note in answer.notes}


class TestTicketPromises:
    def test_one_row_per_goal_with_states_that_sum_to_its_tickets(self, ask):
        frame = tickets(
            *[("2026-10-05 09:00", 1, {"priority": "P1"})] * 3,
            ("2026-10-05 09:00", 3, {"priority": "P1"}),
            *[("2026-10-06 09:00", 7)] * 9,
            ("2026-10-06 09:00", 9, {"first_response_at": "2026-10-06 09:30"}),
            ("2026-11-01 09:00", 9),  # not in October
        )
        answer = ask(frame, agreement_text(TWO, service="S"))
        columns = ("target", "priority", "met", "counted", "value", "result", "count_by")
        assert rows(answer, *columns) == [
            ("resolution_time", "P1", 3, 4, 0.75, "missed", "due"),
            ("resolution_time", "default", 9, 10, 0.9, "met", "due"),
            ("response_time", "default", 1, 1, 1.0, "met", "due"),
        ]
        assert (answer.levels[list(STATES)].sum(axis=1) == answer.levels["tickets"]).all()
        assert answer.levels["tickets"].tolist() == [4, 10, 14]
        assert answer.levels["missing_data"].tolist() == [0, 0, 13]
        assert answer.levels["days"].tolist() == [1, 1, 1]
        assert (answer.levels["goal_value"] == [0.98, 0.9, 0.95]).all()

    def test_57_of_60_meet_95_percent_and_56_do_not(self, ask):
        for late, result in ((3, "met"), (4, "missed")):
            frame = tickets(*(("2026-10-05 09:00", 9 if at < late else 1) for at in range(60)))
            answer = ask(frame)
            assert rows(answer, "counted", "result", "evidence") == [(60, result, "uncertain")]

    def test_a_promise_without_a_ticket_says_so_if_the_unit_ever_asked_for_the_service(self, ask):
        text = agreement_text(TWO, service="S").replace("services:\n", OTHER_SERVICES)
        frame = tickets(("2026-08-05 09:00", 1), ("2026-10-05 09:00", 1, {"service": "Used"}))
        answer = ask(frame, text)
        assert rows(answer, "service", "target", "priority", "tickets", "counted", "result") == [
            ("S", "resolution_time", "P1", 0, 0, "no_cases"),
            ("S", "resolution_time", "default", 0, 0, "no_cases"),
            ("S", "response_time", "default", 0, 0, "no_cases"),
            ("Used", "resolution_time", "default", 1, 1, "met"),
        ]
        assert answer.levels["goal"].tolist()[0] == "98% within 2h"
        quiet = ask(frame, text, start="2026-09-01", end="2026-09-30")
        assert quiet.levels["result"].unique().tolist() == ["no_cases"]
        assert len(quiet.levels) == 4

    def test_open_and_too_few(self, ask):
        terms = {"terms": "minimum_tickets: 5", "service": "S"}
        running = ("2026-10-31 23:00", None)
        on_time = [("2026-10-31 12:00", 1)]
        as_of = "2026-10-31 23:30"
        within = {"start": "2026-10-01", "end": "2026-11-01", "as_of": as_of}
        cases = {
            "too_few": [*on_time * 4],
            "met": on_time * 5,
            "open": [*on_time * 4, running],
        }
        for result, drawn in cases.items():
            answer = ask(tickets(*drawn), agreement_text(**terms), **within)
            assert rows(answer, "minimum", "result") == [(5, result)]

    def test_versions_stand_apart_in_the_month_that_they_meet(self, ask):
        frame = tickets(("2026-10-05 09:00", 1), ("2026-10-20 09:00", 1), ("2026-10-20 09:00", 9))
        answer = ask(
            frame,
            agreement_text(service="S", version="1"),
            agreement_text(
                "- {metric: resolution_time, goal: 90% within 8h}",
                service="S", version="2", start="2026-10-15",
            ),
        )  # fmt: skip
        columns = ("version", "goal", "met", "counted", "result")
        assert rows(answer, *columns) == [
            ("1", "95% within 4h", 1, 1, "met"),
            ("2", "90% within 8h", 1, 2, "missed"),
        ]

    def test_excluded_tickets_are_counted_apart(self, ask):
        frame = tickets(("2026-10-05", 1), ("2026-10-05", 99, {"status": "duplicate"}))
        answer = ask(frame, agreement_text(service="S", terms="excluded: [Duplicate]"))
        assert rows(answer, "tickets", "excluded", "counted", "result") == [(2, 1, 1, "met")]

    def test_no_agreement_at_all(self, ask):
        answer = ask(tickets(("2026-10-05", 1)), agreement_text(terms="business_units: [V]"))
        assert answer.levels.empty
        assert {"result", "evidence", "value", "minimum"} <= set(answer.levels.columns)
        assert notes(answer)["uncovered"] == {"n": 1}
        assert dict(answer.sections())["service_levels"] is answer.levels


OTHER_SERVICES = """services:
  Used:
    calendar: always
    targets: [{metric: resolution_time, goal: 95% within 4h}]
  Unused:
    calendar: always
    targets: [{metric: resolution_time, goal: 95% within 4h}]
"""


class TestNotes:
    def test_what_was_assumed_is_told(self, ask):
        frame = tickets(
            ("2026-10-05", 1),
            ("2026-10-05", 1, {"service": "Other"}),
            ("2026-10-05", None, {"closed_at": "2026-10-05 02:00"}),
            ("2026-10-05", None, {"closed_at": "2026-10-05 02:00", "status": "Cancelled"}),
        )
        agreed = agreement_text(service="S", terms="excluded: [Cancelled]")
        assert notes(ask(frame, agreed)) == {
            "uncovered": {"n": 1},
            "stop_is_closing": {"n": 1},
            "no_status_history": {},
        }

    def test_tickets_without_history_are_counted(self, ask):
        answer = ask(
            tickets(*[("2026-10-05", 1)] * 3),
            tables="status_history: {file: history.csv}\n",
            history_csv="ticket_id,status,from_time\nT1,New,2026-10-05\n",
        )
        assert notes(answer) == {"tickets_without_history": {"n": 2, "tickets": 3}}

    @pytest.mark.parametrize(("way", "told"), [("due", {"n": 2}), ("opened", None)])
    def test_counting_by_opening_is_told_only_where_it_stands_for_the_due_time(
        self, ask, way, told
    ):
        frame = tickets(*[("2026-10-05", 1, {"breached": False})] * 2)
        answer = ask(
            frame,
            agreement_text(
                "- {metric: resolution_time, goal: 95% as recorded}",
                service="S",
                terms=f"count_by: {way}",
            ),
        )
        assert notes(answer).get("counted_by_opening") == told
        assert answer.levels["count_by"].tolist() == ["opened"]

    def test_periods_by_due_time_and_by_opening_are_called_mixed(self, ask):
        frame = tickets(
            ("2026-10-05", 1, {"due_at": "2026-10-06", "breached": False}),
            ("2026-10-05", 1, {"breached": False}),
        )
        goal = "- {metric: resolution_time, goal: 95% as recorded}"
        answer = ask(frame, agreement_text(goal, service="S"))
        assert answer.levels["count_by"].tolist() == ["mixed"]

    def test_a_year_without_published_make_up_days_is_provisional(self, ask):
        calendar = '  office:\n    hours: {Mon-Fri: "09:00-18:00"}\n    public_holidays: CN\n'
        old = '  office:\n    hours: {Mon-Fri: "09:00-12:00, 13:00-18:00"}\n'
        text = agreement_text(service="S", calendar="office")
        assert text.count(old) == 1
        text = text.replace(old, calendar)
        frame = tickets(("2090-10-05", 1))
        answer = ask(frame, text, as_of="2090-11-02")
        assert notes(answer)["provisional_calendar"] == {"year": 2090}
        earlier = ask(tickets(("2020-10-05", 1)), text, as_of="2020-11-02")
        assert "provisional_calendar" not in notes(earlier)

    @pytest.mark.parametrize(
        ("as_of", "maturing"), [("2026-11-02", True), ("2026-12-01 00:00", False)]
    )
    def test_errors_of_the_last_month_may_still_come_to_light(self, ask, as_of, maturing):
        frame = tickets(("2026-10-05", 1, {"error_found": False}))
        text = agreement_text("- {metric: error_rate, goal: at most 2%}", service="S")
        answer = ask(frame, text, as_of=as_of, start="2026-10-01", end="2026-10-31")
        assert ("errors_maturing" in notes(answer)) == maturing


class TestRecorded:
    """The source's own judgement stands beside ours and changes nothing in it."""

    FRAME = tickets(
        ("2026-10-05", 1, {"breached": True}),
        ("2026-10-05", 9, {"breached": True}),
        ("2026-10-05", 9, {"breached": False}),
        ("2026-10-05", 1),
        ("2026-09-05", 1, {"breached": True}),
    )

    def counts(self, answer):
        columns = ["source", "metric", "target_name", "target", "state", "recorded_breached", "n"]
        assert list(answer.recorded.columns) == columns
        frame = answer.recorded.astype(object).where(answer.recorded.notna(), None)
        return sorted(map(tuple, frame.drop(columns="metric").to_numpy().tolist()), key=str)

    def test_flags_of_the_tickets(self, ask):
        answer = ask(self.FRAME)
        assert self.counts(answer) == [
            ("tickets", None, "resolution_time", "breached_closed", False, 1),
            ("tickets", None, "resolution_time", "breached_closed", True, 1),
            ("tickets", None, "resolution_time", "met", True, 1),
        ]
        assert rows(answer, "met", "counted") == [(2, 4)]

    def test_several_recorded_targets_per_ticket(self, ask):
        plain = ask(self.FRAME.drop(columns="breached"))
        answer = ask(
            self.FRAME.drop(columns="breached"),
            tables="recorded_targets: {file: sla.csv}\n",
            sla_csv="ticket_id,metric,target_name,breached,stage\n"
            "T0,resolution_time,P3 resolution,true,Completed\n"
            "T1,resolution_time,P3 resolution,true,Completed\n"
            "T2,resolution_time,P3 resolution,,Completed\n"
            "T2,resolution_time,P3 resolution,false,Cancelled\n"
            "T0,response_time,P3 response,false,Completed\n"
            "T4,resolution_time,P3 resolution,true,Completed\n",
        )
        assert self.counts(answer) == [
            ("recorded_targets", "P3 resolution", "resolution_time", "breached_closed", True, 1),
            ("recorded_targets", "P3 resolution", "resolution_time", "met", True, 1),
            ("recorded_targets", "P3 response", None, None, False, 1),
        ]
        pd.testing.assert_frame_equal(answer.levels, plain.levels)

    def test_nothing_recorded(self, ask):
        answer = ask(self.FRAME.drop(columns="breached"))
        assert answer.recorded.empty


def test_a_goal_on_another_scale_than_the_answers_is_an_error(ask):
    text = agreement_text("- {metric: satisfaction, goal: at least 8.5 of 10}", service="S")
    with pytest.raises(InputError, match=r"'at least 8\.5 of 10' for 'S' is on another scale"):
        ask(
            tickets(("2026-10-05", 1)),
            text,
            tables="surveys: {file: surveys.csv}\n",
            surveys_csv="business_unit,service,score,scale_min,scale_max,responded_at\n"
            "U,S,4,1,5,2026-10-06\n",
        )


def test_the_sample_unit_misses_what_was_planted(sample_project, monkeypatch):
    monkeypatch.chdir(sample_project)
    levels = service_levels(open_unit("华东销售部")).levels
    missed = levels[(levels["result"] == "missed") & (levels["evidence"] == "clear")]
    assert missed[["service", "target", "priority"]].to_numpy().tolist() == [
        ["Invoice posting", "resolution_time", "default"]
    ]
    assert missed["high"].iloc[0] < 0.95
