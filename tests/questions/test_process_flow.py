"""Where a service's time goes: the sample's planted cause, real declarations in plain pandas."""

import numpy as np
import pandas as pd
import pytest

from slm_analysis import bottlenecks, open_unit, process_flow
from slm_analysis.errors import InputError
from slm_analysis.sample.truth import TRUTH

CAUSE = TRUTH.cause
EVER = {"period_start": "2000-01-01", "period_end": "2099-12-31"}
REJECTED = "Declaration REJECTED by EMPLOYEE"
SUBMITTED = "Declaration SUBMITTED by EMPLOYEE"


@pytest.fixture
def unit(sample_project, monkeypatch):
    monkeypatch.chdir(sample_project)
    return open_unit(CAUSE.business_unit)


@pytest.fixture(scope="module")
def declarations(real_project):
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(real_project("declarations"))
        yield open_unit("University", **EVER)


def test_the_team_of_the_planted_cause_is_where_late_tickets_are(unit):
    result = process_flow(unit)
    assert result.service == CAUSE.service
    assert (result.window_start, result.window_end) == (
        pd.Timestamp("2026-05-01"),
        pd.Timestamp("2026-10-31"),
    )
    first = result.flow.findings.iloc[0]
    assert (first["what"], first["name"]) == ("team", CAUSE.assignment_group)


def test_waiting_on_the_requester_and_reopenings_stand_apart(unit):
    flow = process_flow(unit).flow
    assert set(flow.paused["status"]) == {"Awaiting requester", "Resolved"}
    assert set(flow.statuses["kind"]) == {"waiting", "working"}
    scored = unit.targets[
        unit.targets["target"].eq("resolution_time")
        & unit.targets["service"].eq(CAUSE.service)
        & unit.targets["state"].isin(["met", "breached_closed", "breached_open"])
        & unit.targets["counted_on"].between("2026-05-01", "2026-10-31")
    ]
    # The same clock as that of the service level: what it paused is paused here.
    assert flow.hours == pytest.approx(scored["elapsed_seconds"].sum() / 3600)
    assert flow.paused["hours"].sum() == pytest.approx(scored["paused_seconds"].sum() / 3600)
    assert (flow.tickets, flow.late) == (len(scored), scored["state"].ne("met").sum())


def test_shares_agree_with_plain_pandas(declarations):
    flow = process_flow(declarations).flow
    past = declarations.status_history.sort_values(["ticket_id", "from_time"], kind="stable")
    scored = declarations.targets.set_index("ticket_id")
    ended = scored["stopped_at"].fillna(declarations.as_of).reindex(past["ticket_id"]).to_numpy()
    ended = pd.Series(ended, past.index)
    following = past.groupby("ticket_id")["from_time"].shift(-1)
    until = np.minimum(following.fillna(declarations.as_of), ended)
    past["seconds"] = (until - past["from_time"]).dt.total_seconds().clip(lower=0)
    late = past["ticket_id"].map(scored["state"] != "met")
    for table, column in ((flow.statuses, "status"), (flow.teams, "assignment_group")):
        plain = past.groupby(column)["seconds"].sum() / past["seconds"].sum()
        own = past[late].groupby(column)["seconds"].sum() / past.loc[late, "seconds"].sum()
        frame = table.set_index(table.columns[0])
        np.testing.assert_allclose(frame["share"], plain[frame.index], atol=1e-12)
        np.testing.assert_allclose(frame["late_share"], own[frame.index], atol=1e-12)


def test_the_rejection_loop_is_the_bottleneck(declarations):
    flow = process_flow(declarations).flow
    assert flow.statuses["status"].iloc[0] == REJECTED
    first = flow.findings.iloc[0]
    assert (first["what"], first["name"]) == ("status", REJECTED)
    assert first["late_share"] > 0.5
    assert first["kept_share"] < 0.01
    found = flow.findings.set_index("what")
    assert found.loc["loop", ["name", "other"]].tolist() == [
        "Declaration REJECTED by ADMINISTRATION",
        SUBMITTED,
    ]
    assert found.loc["handoff", ["name", "other"]].tolist() == ["ADMINISTRATION", "EMPLOYEE"]
    assert flow.handoffs["way"].iloc[0] == "back"
    assert set(flow.loops["back_to"]) == {SUBMITTED}


def test_loops_are_the_cases_that_came_back_to_a_status(declarations):
    flow = process_flow(declarations).flow
    past = declarations.status_history.sort_values(["ticket_id", "from_time"], kind="stable")
    stopped = declarations.targets.set_index("ticket_id")["stopped_at"]
    within = ~(past["from_time"] > past["ticket_id"].map(stopped))
    past = past[within]
    visits = past[past["status"] != past.groupby("ticket_id")["status"].shift()]
    counts = visits.groupby("ticket_id")["status"].agg(["size", "nunique"])
    went_back = (counts["size"] > counts["nunique"]).sum()
    loops = flow.loops["tickets"].sum()
    assert went_back <= loops <= 1.05 * went_back  # few have two loops apart


def test_the_public_function_takes_the_tables_of_the_contract(declarations):
    calendar = declarations.agreement.versions[0].services["all"].calendar
    result = bottlenecks(
        declarations.status_history, declarations.tickets, calendar, as_of=declarations.as_of
    )
    assert result.statuses.nlargest(1, "share")["status"].tolist() == [REJECTED]
    assert {note.code for note in result.notes} >= {"outcomes_unknown", "followed_while_open"}


def test_a_month_without_tickets(unit, sample_project, monkeypatch):
    monkeypatch.chdir(sample_project)
    early = open_unit(CAUSE.business_unit, period_start="2020-01-01", period_end="2020-01-31")
    result = process_flow(early)
    assert (result.service, result.flow) == ("", None)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"service": "Invoice postings"}, "Did you mean 'Invoice posting'"),
        ({"target": "resolution"}, "Did you mean 'resolution_time'"),
        ({"months": 0}, "at least 1"),
    ],
)
def test_bad_input_is_named(unit, given, said):
    with pytest.raises(InputError, match=said):
        process_flow(unit, **given)
