"""Promises that are not judged ticket by ticket."""

import pandas as pd
import pytest

from slm_analysis.dataset.unit import open_unit
from slm_analysis.presentation.tables.downtime import downtime
from slm_analysis.questions.service_levels import service_levels
from tests.sla.agreement_texts import agreement_text
from tests.small_projects import project

TABLES = """
tickets: {file: tickets.csv}
surveys: {file: surveys.csv}
outages: {file: outages.csv}
"""
TICKETS = "ticket_id,business_unit,service,opened_at,resolved_at,closed_at,status,error_found\n"
ONE = TICKETS + "T0,U,S,2026-10-05,2026-10-05,,Resolved,\n"
SURVEYS = "business_unit,service,score,scale_min,scale_max,responded_at,respondent_id\n"
OUTAGES = "service,started_at,ended_at,planned,business_unit\n"


@pytest.fixture
def level(tmp_path, monkeypatch):
    """Return a function: a goal and the rows of a table to the row of that promise."""

    def level(targets, tickets=ONE, surveys=SURVEYS, outages=OUTAGES, period=(), **terms):
        root = project(
            tmp_path / "p",
            TABLES,
            agreement_text(f"- {{{targets}}}", **{"service": "S"} | terms),
            tickets_csv=tickets,
            surveys_csv=surveys,
            outages_csv=outages,
        )
        monkeypatch.chdir(root)
        return service_levels(open_unit("U", "data", *period))

    return level


def only(answer, *columns):
    (row,) = answer.levels[list(columns)].itertuples(index=False)
    return tuple(row)


VERDICT = ("counted", "value", "result", "evidence")


class TestAvailability:
    GOAL = "metric: availability, goal: at least 99%"

    def test_counted_whole_it_has_no_sampling_error(self, level):
        """October has 744 hours, 7 of them unplanned: 99.06 %; 8 would be 98.92 %."""
        rows = (
            "S,2026-10-01 00:00,2026-10-01 07:00,false,\n"
            "S,2026-10-02 00:00,2026-10-02 09:00,false,V\n"  # another unit's
            "Other,2026-10-03 00:00,2026-10-03 09:00,false,\n"
        )
        tickets = ONE + "T1,V,S,2026-10-05,,,,\n"
        answer = level(self.GOAL, tickets, outages=OUTAGES + rows)
        assert only(answer, *VERDICT) == (1, pytest.approx(1 - 7 / 744), "met", "clear")
        assert only(answer, "interval_method", "undecided", "goal_value") == (
            "complete_record", 0, 0.99,
        )  # fmt: skip
        down = answer.outages.iloc[0]
        assert (down["service"], down["down_hours"], down["restore_hours"]) == ("S", 7, 7)
        more = rows + "S,2026-10-09 00:00,2026-10-09 01:00,false,U\n"
        missed = level(self.GOAL, tickets, outages=OUTAGES + more)
        assert only(missed, *VERDICT)[2:] == ("missed", "clear")

    def test_without_outages_a_service_was_up(self, level):
        assert only(level(self.GOAL), *VERDICT) == (1, 1.0, "met", "clear")

    def test_what_was_down_without_a_promise_is_told_too(self, level):
        rows = "S,2026-10-30 00:00,,false,\nOther,2026-10-03 00:00,2026-10-03 09:00,false,\n"
        answer = level("metric: resolution_time, goal: 95% within 1h", outages=OUTAGES + rows)
        (down,) = answer.outages.to_dict("records")
        assert (down["service"], down["promised"], down["down_hours"]) == ("S", False, 48)
        table = downtime(answer)
        assert table.rows[0][0] == "S, without a promise"
        none = downtime(level("metric: resolution_time, goal: 95% within 1h"))
        assert none.caption == "No availability was promised, and no outage is on record"

    def test_without_service_hours_there_is_nothing_to_judge(self, level):
        weekend = ("2026-10-03", "2026-10-04")
        answer = level(self.GOAL, calendar="office", period=weekend)
        assert only(answer, "counted", "result") == (0, "no_cases")

    def test_all_stands_for_every_service_that_was_asked_for(self, level):
        tickets = ONE + "T1,U,Other,2026-10-05,,,,\nT2,V,Third,2026-10-05,,,,\n"
        answer = level(self.GOAL, tickets, service="all")
        assert answer.levels["service"].tolist() == ["Other", "S"]
        assert answer.outages["service"].tolist() == ["Other", "S"]

    def test_a_month_may_begin_at_a_midnight_that_the_clocks_skip(self, level):
        """1 October 2017 began at one o'clock in Paraguay: 743 hours."""
        answer = level(
            self.GOAL,
            timezone="America/Asuncion",
            period=("2017-10-01", "2017-10-31"),
        )
        assert answer.outages["service_hours"].tolist() == [743]


class TestErrors:
    GOAL = "metric: error_rate, goal: at most 2%"

    def rows(self, *counts, resolved="2026-10-05", status="Resolved"):
        """Return tickets: so many with an error, without, and unknown."""
        flags = [f for f, n in zip(("true", "false", ""), counts, strict=True) for _ in range(n)]
        return "".join(f"R{status}{at},U,S,2026-09-05,{resolved},,{status},{f}\n"
                       for at, f in enumerate(flags))  # fmt: skip

    def test_found_of_those_known_and_resolved_in_the_period(self, level):
        tickets = TICKETS + self.rows(2, 98, 50)
        tickets += "T1,U,S,2026-10-05,,,New,true\nT2,U,S,2026-10-05,2026-11-01,,Resolved,true\n"
        answer = level(self.GOAL, tickets)
        assert only(answer, *VERDICT) == (100, 0.02, "met", "uncertain")
        assert only(answer, "at_most", "goal_value", "tickets") == (True, 0.02, 0)
        more = level(self.GOAL, tickets + "T3,U,S,2026-10-05,2026-10-06,,Resolved,true\n")
        assert only(more, *VERDICT)[2] == "missed"

    def test_excluded_tickets_take_no_part(self, level):
        tickets = TICKETS + self.rows(1, 99, 0) + self.rows(9, 0, 0, status="Duplicate")
        answer = level(self.GOAL, tickets, terms="excluded: [duplicate]")
        assert only(answer, "counted", "value") == (100, 0.01)

    def test_nothing_known_is_no_case_and_not_zero(self, level):
        answer = level(self.GOAL, TICKETS + self.rows(0, 0, 9))
        assert only(answer, "counted", "result") == (0, "no_cases")
        assert answer.levels["value"].isna().all()

    def test_a_minimum_of_tickets(self, level):
        answer = level(self.GOAL, TICKETS + self.rows(0, 9, 0), terms="minimum_tickets: 10")
        assert only(answer, "counted", "result") == (9, "too_few")


class TestSatisfaction:
    GOAL = "metric: satisfaction, goal: at least 4.2 of 5, minimum_responses: 6"

    def answers(self, *scores, service="S", who="p", scale="1,5"):
        return "".join(
            f"U,{service},{score},{scale},2026-10-06,{who}{at}\n" for at, score in enumerate(scores)
        )

    def test_a_mean_on_its_scale(self, level):
        answer = level(self.GOAL, surveys=SURVEYS + self.answers(5, 5, 4, 4, 4, 4))
        assert only(answer, *VERDICT) == (6, pytest.approx(26 / 6), "met", "uncertain")
        low, high = only(answer, "low", "high")
        assert 1 <= low < 26 / 6 < high <= 5
        missed = level(self.GOAL, surveys=SURVEYS + self.answers(1, 1, 1, 1, 2, 1))
        assert only(missed, *VERDICT)[2:] == ("missed", "clear")

    def test_under_the_minimum_of_people_there_is_no_result(self, level):
        answer = level(self.GOAL, surveys=SURVEYS + self.answers(5, 5, 4, 4, 4))
        assert only(answer, "counted", "result") == (5, "too_few")
        once_more = self.answers(5, 5, 4, 4, 4) + self.answers(1)  # the first person again
        answer = level(self.GOAL, surveys=SURVEYS + once_more)
        assert only(answer, "counted", "result") == (5, "too_few")
        assert only(level(self.GOAL), "counted", "result") == (0, "no_cases")

    def test_fewer_than_five_are_hidden_whatever_the_agreement_allows(self, level):
        goal = "metric: satisfaction, goal: at least 4.2 of 5, minimum_responses: 1"
        answer = level(goal, surveys=SURVEYS + self.answers(1, 1, 1, 1))
        assert only(answer, "counted", "result") == (4, "too_few")
        assert answer.levels[["value", "low", "high"]].isna().all(axis=None)

    def test_a_score_that_would_give_another_service_away_is_hidden_too(self, level):
        few = self.answers(1, 1, service="Other", who="q")
        answer = level(self.GOAL, surveys=SURVEYS + self.answers(5, 5, 4, 4, 4, 4) + few)
        assert only(answer, "counted", "result") == (6, "too_few")
        assert answer.levels["value"].isna().all()

    def test_a_share_of_top_boxes(self, level):
        goal = "metric: satisfaction, measure: top_box, goal: at least 60%, minimum_responses: 5"
        answer = level(goal, surveys=SURVEYS + self.answers(5, 4, 4, 3, 1))
        assert only(answer, *VERDICT) == (5, 0.6, "met", "uncertain")

    def test_promoters_minus_detractors(self, level):
        goal = "metric: satisfaction, measure: nps, goal: at least 20, minimum_responses: 5"
        answer = level(goal, surveys=SURVEYS + self.answers(10, 9, 8, 7, 6, scale="0,10"))
        assert only(answer, *VERDICT)[:3] == (5, pytest.approx(20.0), "met")


class TestRecovery:
    GOAL = "metric: recovery_time, goal: 75% within 2h"

    def test_unplanned_outages_that_began_in_the_period(self, level):
        rows = (
            "S,2026-10-01 08:00,2026-10-01 10:00,false,\n"
            "S,2026-10-02 08:00,2026-10-02 09:00,,\n"
            "S,2026-10-03 08:00,2026-10-03 10:01,false,\n"
            "S,2026-10-31 23:30,2026-11-01 00:30,false,\n"
            "S,2026-10-04 08:00,2026-10-09 08:00,true,\n"
            "S,2026-09-30 23:00,2026-10-09 08:00,false,\n"
        )
        answer = level(self.GOAL, outages=OUTAGES + rows)
        assert only(answer, *VERDICT) == (4, 0.75, "met", "uncertain")
        assert only(answer, "days", "undecided") == (4, 0)

    def test_an_outage_that_is_still_open(self, level):
        late = level(self.GOAL, outages=OUTAGES + "S,2026-10-31 08:00,,false,\n")
        assert only(late, "counted", "undecided", "result") == (1, 0, "missed")
        running = "S,2026-11-02 07:00,,false,\n"
        open_one = level(self.GOAL, outages=OUTAGES + running, period=("2026-11-01", "2026-11-02"))
        assert only(open_one, "counted", "undecided", "result") == (0, 1, "open")

    def test_only_service_hours_count(self, level):
        rows = "S,2026-10-02 17:00,2026-10-05 10:00,false,\n"  # Friday to Monday
        answer = level(self.GOAL, outages=OUTAGES + rows, calendar="office")
        assert only(answer, *VERDICT)[:3] == (1, 1.0, "met")

    def test_none(self, level):
        assert only(level(self.GOAL), "counted", "result") == (0, "no_cases")


def test_what_is_judged_is_what_is_in_force_on_the_first_day(tmp_path, monkeypatch):
    goal = "- {{metric: availability, goal: at least {}%}}"
    root = project(
        tmp_path / "p",
        TABLES,
        agreement_text(goal.format(99), service="S", version="1", start="2026-01-01"),
        tickets_csv=ONE,
        surveys_csv=SURVEYS,
        outages_csv=OUTAGES,
    )
    more = {
        "b": agreement_text(goal.format(98), service="S", version="2", start="2026-10-01"),
        "c": agreement_text(goal.format(97), service="S", version="3", start="2026-10-02"),
        "d": agreement_text(goal.format(96), service="S", version="4", start="2026-11-01",
                            terms="business_units: [V]"),
    }  # fmt: skip
    for name, text in more.items():
        (root / "parameters" / "agreements" / f"{name}.yaml").write_text(text)
    monkeypatch.chdir(root)
    for start, end, goals in (
        ("2025-12-01", "2025-12-31", []),
        ("2026-09-01", "2026-09-30", [0.99]),
        ("2026-10-01", "2026-10-31", [0.98]),
        ("2026-11-01", "2026-11-30", []),  # the unit is named no more
    ):
        levels = service_levels(open_unit("U", "data", start, end)).levels
        assert levels["goal_value"].tolist() == goals
    assert isinstance(levels, pd.DataFrame)
