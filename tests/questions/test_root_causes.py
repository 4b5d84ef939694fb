"""What goes with late tickets: the sample's planted truth, made-up tickets, real hand-offs."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from slm_analysis import open_unit, root_causes
from slm_analysis.analyses.breach_drivers import ARISES, AT_OPENING, DURING, MIN_CASES
from slm_analysis.errors import InputError
from slm_analysis.questions.answer import key_figures_of
from slm_analysis.questions.cause_findings import MOST_FINDINGS
from slm_analysis.questions.root_causes import LOOKS, MOST_BARS
from slm_analysis.questions.ticket_drivers import STATUS, ticket_drivers
from slm_analysis.sample.truth import TRUTH

CAUSE = TRUTH.cause


@pytest.fixture
def unit(sample_project, monkeypatch):
    """Return a function that opens a unit of the sample."""
    monkeypatch.chdir(sample_project)
    return open_unit


@pytest.fixture(scope="module")
def planted(sample_project):
    """Return what is found where the cause is planted."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(sample_project)
        return root_causes(open_unit(CAUSE.business_unit))


def codes(result):
    return {note.code: dict(note.values) for note in result.notes}


def of_driver(result, name):
    levels = result.within.levels
    return levels[levels["driver"] == name]


# --- Planted truth -------------------------------------------------------------------------------


def test_the_planted_cause_is_first_with_its_month_and_team(planted):
    first = planted.findings.iloc[0]
    assert first["service"] == CAUSE.service == planted.service
    assert (first["driver"], first["level"]) == ("hold_reason", CAUSE.hold_reason)
    assert first["known"] == AT_OPENING
    assert first["since"] == pd.Timestamp(CAUSE.since)
    assert (first["with_driver"], first["with_level"]) == ("opening_team", CAUSE.assignment_group)
    # Team and reason are about the same tickets, and told as one finding.
    assert first["with_breaches"] > 0.8 * first["breaches"]
    assert CAUSE.assignment_group not in planted.findings["level"].tolist()


def test_its_numbers_agree_with_plain_counting(unit, planted):
    opened, result = unit(CAUSE.business_unit), planted
    judged = opened.judged()
    judged = judged[judged["counted_on"].between("2026-05-01", "2026-10-31")]
    assert (result.cases, result.breaches) == (len(judged), judged["breached"].sum())
    own = judged[judged["service"] == CAUSE.service]
    has = own["hold_reason"] == CAUSE.hold_reason
    first = result.findings.iloc[0]
    assert (first["n"], first["breaches"]) == (has.sum(), own["breached"][has].sum())
    expected = has.sum() * own["breached"][~has].mean()
    assert first["expected"] == pytest.approx(expected)
    both = has & (own["assignment_group"].notna()) & own["breached"]
    opening = opened.status_history.sort_values("from_time").groupby("ticket_id").first()
    team = own["ticket_id"].map(opening["assignment_group"])
    assert first["with_breaches"] == (both & (team == CAUSE.assignment_group)).sum()


@pytest.mark.parametrize("name", [TRUTH.noise, TRUTH.small, "Head Office", "Logistics"])
def test_where_nothing_is_planted_nothing_is_found(unit, name):
    result = root_causes(unit(name))
    assert result.findings.empty
    assert result.sections()["drivers"].empty
    # The figure then shows the services of the unit.
    assert (result.pareto_driver, result.pareto_service) == ("service", "")
    assert result.pareto["breaches"].sum() == result.breaches


def test_few_breaches_are_not_looked_into(unit):
    result = root_causes(unit(TRUTH.small))
    assert result.breaches < 10
    assert result.service == ""
    assert result.within is None


def test_cause_and_team_are_found_together_on_held_out_days(unit, planted):
    (found,) = [row for _, row in planted.pairs.pairs.iterrows() if row["found"]]
    assert {found["level"], found["with_level"]} == {CAUSE.hold_reason, CAUSE.assignment_group}
    assert found["excess_low"] > 0.5 * found["breaches"]
    assert root_causes(unit(TRUTH.noise)).pairs is None


def test_the_planted_cause_stands_with_the_mix_held_fixed(planted):
    adjusted = planted.within.adjusted.set_index("level")
    assert adjusted.loc[CAUSE.hold_reason, "modelled_low"] > 4
    # The signs are compared, and never held fixed.
    assert set(adjusted["driver"]) >= {"reassignment_count", "opening_team"}


def test_every_group_that_is_marked_is_named(planted):
    marked = {
        (row["driver"], row["level"])
        for look in (planted.drivers, planted.within)
        for _, row in look.levels[look.levels["finding"]].iterrows()
    }
    first = planted.findings.iloc[0]
    named = {(first["driver"], first["level"]), (first["with_driver"], first["with_level"])}
    further = set(planted.further[["driver", "level"]].itertuples(index=False, name=None))
    assert named | further == marked
    assert not named & further
    # All of it is about the tickets of the planted cause.
    assert planted.further["same_breaches"].all()


def test_the_last_team_is_not_acquitted_of_what_the_team_at_opening_is_named_for(planted):
    adjusted = planted.within.adjusted.set_index(["driver", "level"])
    last = adjusted.loc[("assignment_group", CAUSE.assignment_group)]
    assert last[["reading", "same_driver", "same_level"]].tolist() == [
        "same_tickets", "opening_team", CAUSE.assignment_group,
    ]  # fmt: skip


def test_what_the_number_of_comparisons_takes_away_is_kept(unit):
    result = root_causes(unit("Manufacturing"))
    (near,) = result.nearly.to_dict("records")
    levels = result.drivers.levels.set_index("level")
    assert result.findings.empty
    assert near["excess_low"] > 0
    assert levels.loc[near["level"], "q"] > result.drivers.q


# --- Window, target, correction ------------------------------------------------------------------


def test_the_window_ends_with_the_reported_period(unit):
    opened = unit(CAUSE.business_unit, period_start="2026-08-01", period_end="2026-08-31")
    result = root_causes(opened, months=3)
    assert result.window_start == pd.Timestamp("2026-06-01")
    assert result.window_end == pd.Timestamp("2026-08-31")
    assert result.findings["since"].iloc[0] == pd.Timestamp(CAUSE.since)
    whole_year = unit(CAUSE.business_unit, period_start="2026-01-01", period_end="2026-08-31")
    assert root_causes(whole_year, months=3).window_start == pd.Timestamp("2026-01-01")


def test_before_the_planted_month_there_is_no_cause(unit):
    opened = unit(CAUSE.business_unit, period_start="2026-05-01", period_end="2026-05-31")
    assert root_causes(opened).findings.empty


def test_the_response_can_be_looked_at_too(unit):
    result = root_causes(unit(CAUSE.business_unit), target="response_time")
    assert result.metric == "response_time"
    assert set(result.drivers.levels["level"]) == {"Travel reimbursement"}
    assert result.findings.empty


def test_both_families_share_the_false_findings_that_are_accepted(unit):
    result = root_causes(unit(CAUSE.business_unit), q=0.1)
    assert result.drivers.q == result.within.q == 0.1 / LOOKS
    assert result.family == result.drivers.family + result.within.family
    assert codes(result)["comparisons"] == {"tests": result.family}


def test_a_unit_without_judged_tickets_has_an_empty_answer(unit):
    opened = unit(CAUSE.business_unit)
    nothing = dataclasses.replace(opened, targets=opened.targets[:0])
    result = root_causes(nothing)
    assert (result.cases, result.breaches, result.family) == (0, 0, 0)
    assert result.drivers is None
    assert result.findings.empty
    assert result.pareto.empty
    assert key_figures_of(result)["drivers"] == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"target": "resolution"}, "Did you mean 'resolution_time'"),
        ({"months": 0}, "at least 1"),
        ({"q": 1.5}, "between 0 and 1"),
        ({"arises": ["hold_reasn"]}, "Did you mean 'hold_reason'"),
    ],
)
def test_bad_input_is_told(unit, arguments, message):
    with pytest.raises(InputError, match=message):
        root_causes(unit(CAUSE.business_unit), **arguments)


# --- What serves as a driver ---------------------------------------------------------------------


def test_known_at_opening_and_arising_are_told_apart(planted):
    known = planted.within.levels.drop_duplicates("driver").set_index("driver")["known"]
    signs = {"assignment_group", "reassignment_count", "reopen_count"}
    arising = {name for name in known.index[known == DURING] if not name.startswith(STATUS)}
    assert arising == signs <= ARISES
    assert {"opening_team", "opening_weekday", "opening_hour", "priority", "ticket_type"} <= set(
        known.index[known == AT_OPENING]
    )
    further = {"hold_reason", "supplier_country", "requester_team"}
    assert set(codes(planted)["taken_as_known"]["columns"].split(", ")) == further


def test_the_user_says_which_further_columns_arise(unit):
    result = root_causes(unit(CAUSE.business_unit), arises=["hold_reason"])
    first = result.findings.iloc[0]
    assert (first["driver"], first["level"]) == ("opening_team", CAUSE.assignment_group)
    assert (of_driver(result, "hold_reason")["known"] == DURING).all()
    assert "hold_reason" not in codes(result)["taken_as_known"]["columns"]


def test_hours_and_weekdays_are_those_of_the_units_clock(unit):
    opened = unit(CAUSE.business_unit)
    recorded = ticket_drivers(opened, opened.judged())
    local = opened.judged()["opened_at"].dt.tz_convert("Asia/Shanghai")
    assert (recorded.tickets["opening_weekday"] == local.dt.day_name()).all()
    assert recorded.tickets["opening_hour"].str.fullmatch(r"\d+(–\d+)?").all()


def test_open_tickets_at_opening_are_those_of_the_service(unit):
    opened = unit("Logistics")
    recorded = ticket_drivers(opened, opened.judged())
    tickets, every = opened.judged(), opened.tickets
    at = len(tickets) // 2
    one = tickets.iloc[at]
    same = every[every["service"] == one["service"]]
    stopped = same["resolved_at"].fillna(same["closed_at"])
    open_then = (same["opened_at"] < one["opened_at"]) & ~(stopped <= one["opened_at"])
    shown = recorded.tickets["opening_backlog"].iloc[at]
    low, _, high = shown.partition("–")
    assert int(low) <= open_then.sum() <= int(high or low)


def test_statuses_on_the_way_are_signs(unit, planted):
    waited = of_driver(planted, "status: Awaiting requester")
    assert sorted(waited["level"]) == ["no", "yes"]
    assert (waited["known"] == DURING).all()
    opened = unit(CAUSE.business_unit)
    history = opened.status_history
    own = opened.judged()
    own = own[
        own["service"].eq(CAUSE.service) & own["counted_on"].between("2026-05-01", "2026-10-31")
    ]
    ids = history.loc[history["status"] == "Awaiting requester", "ticket_id"]
    assert waited.set_index("level").loc["yes", "n"] == own["ticket_id"].isin(ids).sum()


def test_columns_that_single_out_tickets_or_repeat_scores_are_left_out(unit):
    opened = unit("Manufacturing")
    scores = opened.surveys.drop_duplicates("ticket_id").set_index("ticket_id")["score"]
    told = opened.tickets["ticket_id"].map(scores)
    tickets = opened.tickets.assign(
        survey_result=told.map("{:.0f}".format, na_action="ignore").fillna("not rated"),
        note=opened.tickets["ticket_id"],
        same=pd.Series("x", opened.tickets.index, dtype="str"),
    )
    changed = dataclasses.replace(opened, tickets=tickets)
    recorded = ticket_drivers(changed, changed.judged())
    assert not {"survey_result", "note", "same"} & set(recorded.drivers)
    assert "requester_team" in recorded.further


def test_without_history_the_team_at_opening_is_no_driver(unit):
    opened = unit(CAUSE.business_unit)
    without = dataclasses.replace(opened, status_history=opened.status_history[:0])
    recorded = ticket_drivers(without, without.judged())
    assert "opening_team" not in recorded.drivers
    assert "assignment_group" in recorded.drivers


# --- Findings and figure -------------------------------------------------------------------------


def with_tickets(opened, late_of):
    """Return the unit with a further column `kind` whose levels are late as often as stated."""
    random = np.random.default_rng(1)
    targets, tickets = opened.targets, opened.tickets
    kind = pd.Series(random.choice(list(late_of), len(tickets)), tickets.index, dtype="str")
    tickets = tickets.assign(kind=kind)
    late = random.random(len(tickets)) < kind.map(late_of).astype(float)
    state = tickets["ticket_id"].where(late.to_numpy())
    judged = targets["target"].eq("resolution_time") & targets["state"].isin(
        ["met", "breached_closed"]
    )
    is_late = targets["ticket_id"].isin(state.dropna())
    targets = targets.assign(
        state=targets["state"].mask(judged, "met").mask(judged & is_late, "breached_closed")
    )
    return dataclasses.replace(opened, tickets=tickets, targets=targets)


def test_at_most_three_findings_by_excess(unit):
    rates = {"a": 0.6, "b": 0.5, "c": 0.4, "d": 0.35, "e": 0.01, "f": 0.01, "g": 0.01, "h": 0.01}
    result = root_causes(with_tickets(unit(CAUSE.business_unit), rates))
    assert len(result.findings) == MOST_FINDINGS
    assert result.findings["level"].tolist() == ["a", "b", "c"]
    assert result.findings["excess"].is_monotonic_decreasing
    # The lead is as old as the figures: no month can be named.
    assert result.findings["since"].isna().all()


def test_levels_beyond_the_eighth_are_taken_together(unit):
    rates = dict.fromkeys("abcdefghijkl", 0.02) | {"z": 0.5}
    result = root_causes(with_tickets(unit(CAUSE.business_unit), rates))
    assert result.pareto_driver == "kind"
    assert len(result.pareto) == MOST_BARS + 1
    together = result.pareto.iloc[-1]
    assert together["levels"] == len(rates) - MOST_BARS
    own = of_driver(result, "kind")
    assert result.pareto["breaches"].sum() == own["breaches"].sum()
    assert result.pareto["n"].sum() == own["n"].sum()
    assert result.pareto["running_share"].iloc[-1] == pytest.approx(1)
    assert result.pareto["finding"].tolist() == [True] + [False] * MOST_BARS


def test_key_figures_hold_the_findings(planted):
    records = key_figures_of(planted)["drivers"]
    assert [r["level"] for r in records] == [CAUSE.hold_reason]
    assert records[0]["since"].startswith("2026-06-01")


def test_the_units_tables_are_left_as_they_were(unit):
    opened = unit("Logistics")
    before = opened.tickets.copy()
    root_causes(opened)
    pd.testing.assert_frame_equal(opened.tickets, before)


# --- Real data -----------------------------------------------------------------------------------

FURTHER = [
    "sys_mod_count", "closed_code", "sys_updated_by", "knowledge", "u_priority_confirmation",
    "sys_created_by", "opened_by", "u_symptom", "cmdb_ci", "notify", "problem_id",
]  # fmt: skip


@pytest.fixture(scope="module")
def incidents(real_project):
    return real_project("uci")


@pytest.fixture(scope="module")
def incident_causes(incidents):
    """Return one category of the incidents, and what goes with its late ones."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(incidents)
        opened = open_unit("Category 26", period_start="2016-05-01", period_end="2016-05-31")
        return opened, root_causes(opened, arises=FURTHER)


def test_hand_offs_of_real_incidents_are_signs_not_causes(incident_causes):
    opened, result = incident_causes
    hand_offs = of_driver(result, "reassignment_count")
    assert (hand_offs["known"] == DURING).all()
    found = hand_offs[hand_offs["finding"]].set_index("level")
    assert len(found) >= 3
    assert "0" not in found.index
    # Plain counting agrees.
    judged = opened.judged()
    judged = judged[judged["counted_on"].between("2015-12-01", "2016-05-31")]
    judged = judged[judged["service"] == result.service]
    once = judged[judged["reassignment_count"] == 1]
    assert (found.loc["1", "n"], found.loc["1", "breaches"]) == (
        len(once),
        once["breached"].sum(),
    )
    assert len(once) >= MIN_CASES
    causes = result.findings[result.findings["known"] == AT_OPENING]
    assert not set(causes["driver"]) & {"reassignment_count", "assignment_group"}
    signs = result.findings[result.findings["known"] == DURING]
    assert len(signs)
    assert causes.index.max() < signs.index.min() if len(causes) else True


def test_waiting_for_the_user_is_a_sign(incident_causes):
    opened, result = incident_causes
    waited = of_driver(result, "status: Awaiting User Info").set_index("level")
    assert (waited["known"] == DURING).all()
    assert waited.loc["yes", "finding"]
    judged = opened.judged()
    judged = judged[judged["counted_on"].between("2015-12-01", "2016-05-31")]
    judged = judged[judged["service"] == result.service]
    history = opened.status_history
    ids = history.loc[history["status"] == "Awaiting User Info", "ticket_id"]
    own = judged[judged["ticket_id"].isin(ids)]
    assert waited.loc["yes", ["n", "breaches"]].tolist() == [len(own), own["breached"].sum()]
    causes = result.findings.loc[result.findings["known"] == AT_OPENING, "driver"]
    assert "status: Awaiting User Info" not in set(causes)
