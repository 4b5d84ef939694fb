"""Other terms for the same tickets: what is unchanged changes nothing, else as from scratch."""

import dataclasses

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from slm_analysis import BusinessCalendar, open_unit, rescore
from slm_analysis.errors import InputError
from slm_analysis.presentation import say, table
from slm_analysis.presentation.tables.rescoring import steps
from slm_analysis.sla.scoring import score
from tests.sla.agreement_texts import agreements
from tests.sla.tickets import history, statuses, tickets, utc
from tests.small_projects import project

TEXT = """
agreement: Test
version: {version}
effective_from: {start}
timezone: UTC
calendars:
  always:
    hours: {{Mon-Sun: "00:00-24:00"}}
  office:
    hours: {{Mon-Fri: "09:00-12:00, 13:00-18:00"}}
services:
  S:
    calendar: {calendar}
    working_day: 8h
    targets:
      - {{metric: resolution_time, goal: {goal}, pauses_on: [{pauses}], reopen: {reopen}}}
  Other:
    calendar: office
    working_day: 8h
    targets:
      - {{metric: response_time, goal: 95% within 1h}}
"""
AGREED = {
    "version": "1", "start": "2000-01-01", "calendar": "always", "goal": "95% within 4h",
    "pauses": "Waiting", "reopen": "resume",
}  # fmt: skip
TABLES = "tickets: {file: tickets.csv}\nstatus_history: {file: history.csv}\n"
TICKETS = """\
ticket_id,business_unit,service,opened_at,first_response_at,resolved_at,priority
T0,U,S,2026-10-05 09:00,,2026-10-05 11:00,P1
T1,U,S,2026-10-05 10:00,,2026-10-05 15:00,P2
T2,U,S,2026-10-06 16:00,,2026-10-07 10:00,P3
T3,U,S,2026-10-07 09:00,,2026-10-07 16:00,P2
T4,U,S,2026-10-30 20:00,,,P1
T5,U,Other,2026-10-06 09:00,2026-10-06 09:30,2026-10-06 12:00,P1
T6,U,Unheard of,2026-10-06 09:00,,2026-10-06 12:00,P1
"""
HISTORY = """\
ticket_id,status,from_time,to_time
T3,Work,2026-10-07 09:00,
T3,Waiting,2026-10-07 10:00,
T3,Work,2026-10-07 14:00,
T3,Resolved,2026-10-07 16:00,
T1,Work,2026-10-05 10:00,
T1,Resolved,2026-10-05 11:00,
T1,Work,2026-10-05 14:30,
T1,Resolved,2026-10-05 15:00,
"""


@pytest.fixture(scope="module")
def unit(tmp_path_factory):
    root = project(
        tmp_path_factory.mktemp("rescoring") / "p",
        TABLES,
        TEXT.format(**AGREED),
        timezone="Asia/Shanghai",
        tickets_csv=TICKETS,
        history_csv=HISTORY,
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        yield open_unit("U", "data")


def states(scored):
    return scored.set_index(["ticket_id", "target"])["state"].to_dict()


def test_no_change_changes_nothing(unit):
    result = rescore(unit, [])
    pd.testing.assert_frame_equal(
        result.scored,
        unit.targets.sort_values(["ticket_id", "target"], ignore_index=True),
    )
    assert result.tickets.empty
    assert say(result).text() == "No other terms than agreed are tried here."


@pytest.mark.parametrize(
    "change",
    [
        {"goal": "95% within 4h", "service": "S"},
        {"calendar": "always", "service": "S"},
        {"pauses_on": ["Waiting"], "target": "resolution_time"},
        {"reopen": "resume", "service": "S"},
        {"priorities": {"P1": "P2"}},
    ],
)
def test_the_same_terms_change_nothing(unit, change):
    result = rescore(unit, [change])
    pd.testing.assert_frame_equal(
        result.scored, unit.targets.sort_values(["ticket_id", "target"], ignore_index=True)
    )
    assert result.crossed["before"].equals(result.crossed["after"])
    assert say(result).sentences == ["The changed terms move no ticket."]


def test_a_shorter_target_and_what_it_moves(unit):
    before = states(unit.targets)
    assert before["T1", "resolution_time"] == "met"  # five hours less 3.5 resolved in between
    result = rescore(unit, [{"service": "S", "goal": "95% within 1h"}])
    assert result.changes.to_dict("records") == [
        {"step": 1, "service": "S", "target": "", "term": "goal", "value": "95% within 1h",
         "to_met": 0, "to_late": 3, "to_other": 0},
    ]  # fmt: skip
    assert result.tickets["ticket_id"].tolist() == ["T0", "T1", "T3"]
    assert set(result.tickets["after"]) == {"breached_closed"}
    assert result.tickets["target_seconds_before"].tolist() == [4 * 3600] * 3
    assert result.tickets["target_seconds_after"].tolist() == [3600] * 3
    level = result.levels.iloc[0]
    assert (level["met_before"], level["met_after"]) == (3, 0)
    assert result.crossed["tickets"].sum() == len(unit.targets)


def test_each_step_says_what_it_does_after_those_before(unit):
    result = rescore(
        unit,
        [{"service": "S", "goal": "95% within 3h"}, {"service": "S", "pauses_on": []}],
    )
    assert result.changes[["to_late", "to_met"]].to_numpy().tolist() == [[0, 0], [1, 0]]
    assert result.tickets[["ticket_id", "step"]].to_numpy().tolist() == [["T3", 2]]


def test_priorities_are_judged_as_others(unit):
    goals = {"P1": "95% within 1h", "default": "95% within 24h"}
    result = rescore(unit, [{"service": "S", "goal": goals, "priorities": {"P2": "P1"}}])
    found = states(result.scored)
    assert found["T0", "resolution_time"] == found["T1", "resolution_time"] == "breached_closed"
    assert found["T2", "resolution_time"] == "met"
    assert result.changes["value"].tolist() == [
        "P1: 95% within 1h, default: 95% within 24h", "P2: P1",
    ]  # fmt: skip


def test_a_calendar_of_ones_own(unit):
    mornings = BusinessCalendar("UTC", {"tue": [["09:00", "10:00"]]})
    result = rescore(unit, [{"service": "S", "calendar": mornings}])
    assert result.scored.set_index("ticket_id").loc["T0", "elapsed_seconds"] == 0
    assert result.changes["value"].tolist() == ["another calendar"]
    assert set(result.levels["service"]) == {"S"}


TERMS = st.fixed_dictionaries(
    {
        "goal": st.sampled_from(
            [
                "95% within 1h",
                "90% within 3h",
                "95% within 2 working days",
                "95% by due date",
                "{P1: 95% within 1h, default: 95% within 6h}",
                "95% by end of next working day",
            ]
        ),
        "calendar": st.sampled_from(["always", "office"]),
        "pauses": st.sampled_from(["Waiting", "Work", "Nothing"]),
        "reopen": st.sampled_from(["resume", "first_resolution", "restart"]),
    }
)
MINUTES = st.integers(0, 6 * 1440)
TICKET = st.fixed_dictionaries(
    {
        "opened": MINUTES,
        "lasted": st.none() | MINUTES,
        "priority": st.sampled_from(["P1", "P2"]),
        "due": st.none() | MINUTES,
        "past": st.lists(
            st.tuples(st.sampled_from(["Work", "Waiting", "Resolved"]), MINUTES),
            max_size=4,
            unique_by=lambda row: row[1],
        ),
    }
)
BASE = pd.Timestamp("2026-03-05")


def moment(minute):
    return None if minute is None else f"{BASE + pd.Timedelta(minutes=minute):%Y-%m-%d %H:%M}"


def contract_tables(drawn):
    rows = [
        {
            "opened_at": moment(one["opened"]),
            "resolved_at": moment(None if one["lasted"] is None else one["opened"] + one["lasted"]),
            "due_at": moment(one["due"]),
            "priority": one["priority"],
        }
        for one in drawn
    ]
    past = [
        row
        for at, one in enumerate(drawn)
        if one["past"]
        for row in statuses(
            f"T{at}", *((name, moment(m)) for name, m in sorted(one["past"], key=lambda r: r[1]))
        )
    ]
    return tickets(*rows), history(*past)


def of_terms(folder, terms):
    text = "- {{metric: resolution_time, goal: {goal}, pauses_on: [{pauses}], reopen: {reopen}}}"
    return agreements(folder, text.format(**terms), service="S", calendar=terms["calendar"])


def as_change(terms):
    goal = terms["goal"]
    if goal.startswith("{"):
        goal = dict(part.split(": ") for part in goal.strip("{}").split(", "))
    return {
        "service": "S", "goal": goal, "calendar": terms["calendar"],
        "pauses_on": [terms["pauses"]], "reopen": terms["reopen"],
    }  # fmt: skip


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=st.lists(TICKET, min_size=1, max_size=5), was=TERMS, now=TERMS)
def test_random_changes_equal_scoring_from_scratch(unit, tmp_path, drawn, was, now):
    frame, past = contract_tables(drawn)
    as_of = utc(moment(14 * 1440))
    agreed, wanted = of_terms(tmp_path, was), of_terms(tmp_path, now)
    own = dataclasses.replace(
        unit,
        tickets=frame.assign(opened_on=frame["opened_at"].dt.tz_localize(None).dt.normalize()),
        status_history=past,
        agreement=agreed,
        as_of=as_of,
        targets=score(frame, past, agreed, as_of),
    )
    change = as_change(now) | {"calendar": wanted.versions[0].services["S"].calendar}
    result = rescore(own, [change])
    scratch = score(frame, past, wanted, as_of)
    pd.testing.assert_frame_equal(
        result.scored, scratch.sort_values(["ticket_id", "target"], ignore_index=True)
    )
    moved = result.tickets.set_index("ticket_id")["after"].to_dict()
    before, after = states(own.targets), states(scratch)
    assert moved == {t: after[t, n] for t, n in after if after[t, n] != before[t, n]}


def test_it_is_told_with_denominators(unit):
    result = rescore(unit, [{"service": "S", "goal": "95% within 1h"}])
    said = say(result)
    assert said.sentences == [
        "S (resolution): 0% (0 of 5) in time instead of 60.0% (3 of 5); late tickets a month 5.9 "
        "instead of 2.3."
    ]
    assert said.caveats == [
        "All tickets opened 5 October 2026 to 30 October 2026.",
        "The same tickets, judged by other terms: what people would have done under them is not "
        "known.",
    ]
    assert [*map(list, table(result).rows)] == [
        ["S (resolution)", "The goal 95% within 1h", "60.0% (3 of 5)", "0% (0 of 5)", "2.3", "5.9",
         "3", "0"],
    ]  # fmt: skip
    assert [*map(list, steps(result).rows)] == [["S: the goal 95% within 1h", "3", "0", "0"]]


def test_late_tickets_are_told_a_month(unit):
    level = rescore(unit, [{"service": "S", "goal": "95% within 1h"}]).levels.iloc[0]
    # 26 days of openings.
    months = 26 / (365.25 / 12)
    assert level["late_a_month_before"] == pytest.approx(2 / months)
    assert level["late_a_month_after"] == pytest.approx(5 / months)


def test_terms_are_told_with_the_promise_that_they_are_for(unit):
    changes = [{"reopen": "restart"}, {"service": "S", "goal": "95% within 1h", "pauses_on": []}]
    result = rescore(unit, changes)
    told = {row[0]: row[1] for row in table(result).rows}
    assert told == {
        "Other (response)": "Reopening: restart",
        "S (resolution)": "Reopening: restart; the goal 95% within 1h; pauses on: none",
    }
    assert [row[0] for row in steps(result).rows] == [
        "All services: reopening: restart", "S: the goal 95% within 1h", "S: pauses on: none",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"service": "Otter", "goal": "95% within 1h"}, "no service 'Otter'. Did you mean 'Other'"),
        (
            {"service": "S", "target": "response_time", "goal": "x"},
            "no target of S 'response_time'",
        ),
        ({"gaol": "95% within 1h"}, "no agreement change 'gaol'. Did you mean 'goal'"),
        ({"service": "S"}, "names no term"),
        ({"goal": "within an hour"}, "goal 'within an hour' cannot be read. A goal reads like"),
        ({"goal": "at most 5%"}, "does not fit resolution_time"),
        ({"calendar": "offices"}, "no calendar 'offices'. Did you mean 'office'"),
        ({"reopen": "resumed"}, "Did you mean 'resume'"),
        ({"priorities": "P1"}, "maps one priority to another"),
        ({"goal": "95% within 2h", "working_day": "long"}, "working_day 'long' cannot be read"),
    ],
)
def test_bad_changes_are_named(unit, change, said):
    with pytest.raises(InputError, match=said):
        rescore(unit, [change])
