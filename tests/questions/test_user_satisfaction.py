"""How satisfied users are: the sample's planted truth, hidden groups, who could not answer."""

import dataclasses
import json

import numpy as np
import pandas as pd
import pytest

from slm_analysis import open_unit, service_levels, user_satisfaction
from slm_analysis.errors import InputError
from slm_analysis.presentation import headline, plot, say, table
from slm_analysis.questions.answer import key_figures_of
from slm_analysis.questions.user_satisfaction import ALL_SERVICES, HIDDEN, NO_GOAL
from slm_analysis.sample.centre import UNITS
from slm_analysis.sample.truth import TRUTH
from slm_analysis.sla.goals import parse_goal


@pytest.fixture
def unit(sample_project, monkeypatch):
    """Return a function that opens a unit of the sample."""
    monkeypatch.chdir(sample_project)
    return open_unit


def codes(result):
    return {note.code: dict(note.values) for note in result.notes}


def of_unit(result):
    return result.levels.iloc[-1]


def everything_said(result):
    """Return all that a page shows and the portfolio reads."""
    chart = plot(result)
    parts = [headline(result), say(result), table(result), chart.caption, plot(result.chart)]
    figures = json.dumps(key_figures_of(result))
    return " ".join([*map(str, parts), chart.svg(narrow=False), figures])


# --- Planted truth -------------------------------------------------------------------------------


def test_green_targets_and_falling_satisfaction_are_found(unit):
    result = user_satisfaction(unit(TRUTH.decline.business_unit))
    found = result.watermelon.groups.set_index("service")["finding"]
    assert found[ALL_SERVICES] == "watermelon"
    assert set(found) == {"watermelon", ""}
    assert of_unit(result)["direction"] == "worse"
    assert result.chart.summary["since"].iloc[0] >= pd.Timestamp(TRUTH.decline.since)
    (record,) = key_figures_of(result)["watermelon"]
    assert record["finding"] == "watermelon"
    assert record["falling"] is True
    assert record["level_low"] < TRUTH.decline.end < record["level_high"]
    assert record["goal"] == 4.2
    assert record["service"] is None


def test_a_period_in_which_nothing_was_resolved(unit):
    opened = unit(TRUTH.decline.business_unit)
    resolved = opened.in_period(opened.local_day(opened.tickets, "resolved"))
    result = user_satisfaction(dataclasses.replace(opened, tickets=opened.tickets[~resolved]))
    assert of_unit(result)["answers"] > 0
    assert say(result).sentences


def test_the_noise_unit_shows_nothing(unit):
    result = user_satisfaction(unit(TRUTH.noise))
    assert not result.watermelon.groups["finding"].any()
    assert of_unit(result)["direction"] == "steady"
    assert key_figures_of(result)["watermelon"] == []


def test_the_small_unit_shows_no_score_anywhere(unit):
    result = user_satisfaction(unit(TRUTH.small))
    assert result.levels["value"].isna().all()
    assert set(result.levels["result"]) == {HIDDEN}
    assert result.chart.points["value"].isna().all()
    for record in key_figures_of(result)["satisfaction"]:
        assert [record[name] for name in ("value", "low", "high", "evidence")] == [None] * 4
        assert record["hidden"] is True
    assert set(result.watermelon.groups["reason"]) == {"too_few_periods"}


@pytest.mark.parametrize("name", UNITS)
def test_what_is_hidden_tells_nothing(unit, name):
    result = user_satisfaction(unit(name))
    hidden = result.levels[result.levels["hidden"]]
    assert hidden[["value", "low", "high", "evidence"]].isna().all(axis=None)
    assert set(hidden["result"]) <= {HIDDEN}
    shown = result.levels[~result.levels["hidden"] & (result.levels["answers"] > 0)]
    assert (shown["respondents"] >= 5).all()


@pytest.mark.parametrize("name", UNITS)
def test_the_page_on_service_levels_shows_no_more(unit, name):
    opened = unit(name)
    scores = user_satisfaction(opened).levels.set_index("service")
    promises = service_levels(opened).levels
    promises = promises[promises["metric"] == "satisfaction"].set_index("service")
    assert len(promises)
    for service, promise in promises.iterrows():
        score = scores.loc[service]
        assert pd.isna(promise["value"]) == score["hidden"]
        if not score["hidden"]:
            assert promise[["value", "low", "high"]].tolist() == pytest.approx(
                score[["value", "low", "high"]].tolist()
            )
            assert (promise["result"], promise["evidence"]) == (score["result"], score["evidence"])
        else:
            assert promise["result"] not in {"met", "missed"}


def test_comments_are_never_shown(unit):
    opened = unit("华东销售部")
    said = everything_said(user_satisfaction(opened))
    comments = opened.surveys["comment"].dropna().unique()
    assert len(comments)
    assert not [comment for comment in comments if comment in said]


# --- Counts --------------------------------------------------------------------------------------


def test_scores_and_responses_agree_with_plain_counting(unit):
    opened = unit("Manufacturing")
    result = user_satisfaction(opened)
    resolved = opened.tickets["resolved_at"].dt.tz_convert("Asia/Shanghai")
    period = opened.tickets[resolved.dt.strftime("%Y-%m") == "2026-10"]
    answers = opened.surveys[opened.surveys["ticket_id"].isin(period["ticket_id"])]
    own = of_unit(result)
    assert own["sent"] == len(period)
    assert own["answered"] == answers["ticket_id"].nunique()
    assert own["answers"] == len(answers)
    assert own["value"] == pytest.approx(answers["score"].mean())
    assert own["respondents"] == answers["respondent_id"].nunique()
    by_service = result.levels.set_index("service")
    assert by_service.loc["Payments", "sent"] == (period["service"] == "Payments").sum()
    assert own["sent"] == result.levels["sent"][:-1].sum()
    opened_by_then = opened.tickets["opened_on"] <= pd.Timestamp("2026-10-31")
    done = opened.tickets["resolved_at"].fillna(opened.tickets["closed_at"])
    done = done.dt.tz_convert("Asia/Shanghai").dt.strftime("%Y-%m-%d") <= "2026-10-31"
    assert result.unresolved == (opened_by_then & ~done).sum()


def test_a_verdict_needs_the_agreed_number_of_answers(unit):
    month = user_satisfaction(unit("华东销售部")).levels.set_index("service")
    assert month.loc["Travel reimbursement", "result"] == "too_few"
    assert month.loc["Invoice posting", "result"] == NO_GOAL
    opened = unit("华东销售部", period_start="2026-05-01", period_end="2026-10-31")
    half_year = user_satisfaction(opened).levels.set_index("service")
    travel = half_year.loc["Travel reimbursement"]
    assert travel["respondents"] >= travel["minimum"] == 30
    assert travel["result"] in {"met", "missed"}
    assert travel["goal"] == "at least 4.2 of 5"


def test_more_respondents_can_be_asked_for(unit):
    result = user_satisfaction(unit("Manufacturing"), min_group=20)
    shown = result.levels[~result.levels["hidden"]]
    assert (shown["respondents"] >= 20).all()
    with pytest.raises(InputError, match="min_group"):
        user_satisfaction(unit("Manufacturing"), min_group=0)


# --- Missing parts -------------------------------------------------------------------------------


def test_a_unit_without_surveys_says_so(unit):
    opened = unit("Logistics")
    result = user_satisfaction(dataclasses.replace(opened, surveys=opened.surveys[:0]))
    assert result.watermelon is None
    assert np.isnan(result.scale).all()
    assert of_unit(result)["answers"] == 0
    assert of_unit(result)["direction"] == "not_judged"
    assert headline(result).title == "Nobody answered in October 2026"
    assert "Goal 4.2" not in everything_said(result)


def test_a_period_without_answers_says_so(unit):
    opened = unit("Logistics")
    early = opened.surveys[opened.surveys["responded_at"] < "2026-09-01"]
    result = user_satisfaction(dataclasses.replace(opened, surveys=early))
    assert headline(result).title.startswith("Nobody answered in October 2026")
    assert headline(result).lead == "None of 146 tickets resolved in the period has an answer."


def test_answers_that_name_no_ticket_have_no_response_rate(unit):
    opened = unit("Manufacturing")
    surveys = opened.surveys.assign(ticket_id=pd.Series(pd.NA, opened.surveys.index, dtype="str"))
    result = user_satisfaction(dataclasses.replace(opened, surveys=surveys))
    assert result.levels[["sent", "answered"]].isna().all(axis=None)
    assert result.silent.empty
    assert "response_rate_unknown" in codes(result)
    assert of_unit(result)["answers"] > 0


def test_answers_without_a_service_are_a_group_of_their_own(unit):
    opened = unit("Manufacturing")
    service = opened.surveys["service"].mask(opened.surveys["service"] == "Payments")
    surveys = opened.surveys.assign(service=service)
    result = user_satisfaction(dataclasses.replace(opened, surveys=surveys))
    assert "(not stated)" in result.levels["service"].tolist()
    assert result.levels["service"].isna().tolist() == [False] * (len(result.levels) - 1) + [True]


def with_goal(opened, measure, goal):
    """Return the unit with another measure and goal for satisfaction."""

    def changed(target):
        if target.metric != "satisfaction":
            return target
        goals = {"default": parse_goal(goal, None)}
        return dataclasses.replace(
            target, measure=measure, goals=goals, minimum_responses=MINIMUM_RESPONSES
        )

    versions = tuple(
        dataclasses.replace(
            version,
            services={
                name: dataclasses.replace(terms, targets=tuple(map(changed, terms.targets)))
                for name, terms in version.services.items()
            },
        )
        for version in opened.agreement.versions
    )
    return dataclasses.replace(
        opened, agreement=dataclasses.replace(opened.agreement, versions=versions)
    )


MINIMUM_RESPONSES = 5


def test_a_goal_for_the_share_of_satisfied_users(unit):
    opened = with_goal(unit("华东销售部"), "top_box", "at least 80%")
    result = user_satisfaction(opened)
    assert result.measure == "top_box"
    travel = result.levels.set_index("service").loc["Travel reimbursement"]
    assert 0 <= travel["low"] <= travel["value"] <= travel["high"] <= 1
    assert travel["result"] == "missed"
    assert result.levels["goal_value"].dropna().tolist() == [0.8]
    # A share is no score: the unit's months are seen against the middle of the scale.
    assert codes(result)["goal_assumed"] == {"goal": 3.0}
    assert "(50.5 to 89.8%)" in everything_said(result)


# --- Real data -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def help_desk(real_project):
    return real_project("tech_support")


def test_only_closed_tickets_of_the_help_desk_are_rated(help_desk, monkeypatch):
    monkeypatch.chdir(help_desk)
    for name in ("Austria", "United Kingdom", "Italy"):
        opened = open_unit(name, period_start="2023-01-01", period_end="2023-12-31")
        result = user_satisfaction(opened)
        tickets = opened.tickets[opened.tickets["resolved_at"].notna()]
        unrated = int((tickets["status"] == "Resolved").sum())
        assert result.silent.to_dict("records") == [{"status": "Resolved", "tickets": unrated}]
        assert of_unit(result)["sent"] == len(tickets)
        assert of_unit(result)["answered"] == (tickets["status"] == "Closed").sum()
        said = everything_said(result)
        assert f"No ticket with status Resolved has an answer ({unrated:,} of" in said
        assert not [word for word in ("because", "cause", "breach", "late ") if word in said]
