"""What could be promised: known times in, the shortest safe target out; none while unstable."""

import numpy as np
import pandas as pd
import pytest

from slm_analysis import achievable_targets, open_unit
from slm_analysis.errors import InputError
from slm_analysis.intervals import wilson
from slm_analysis.presentation import say, table
from slm_analysis.presentation.tables.achievable_targets import shorter_times
from slm_analysis.questions.achievable_targets import LADDER
from slm_analysis.sample.truth import TRUTH
from tests.sla.agreement_texts import agreement_text
from tests.small_projects import project

WEEKS, A_WEEK = 40, 50
HEAD = "ticket_id,business_unit,service,opened_at,resolved_at,priority\n"


def rows(hours, start="2026-01-05", priority=""):
    """Return tickets, ten a working day, that took these hours."""
    days = pd.bdate_range(start, periods=len(hours) // 10)
    opened = np.repeat(days, 10) + pd.to_timedelta(np.tile(np.arange(10), len(days)), unit="h")
    return "".join(
        f"{priority}{start}{at},U,S,{since},{'' if np.isnan(h) else since + pd.Timedelta(hours=h)},"
        f"{priority}\n"
        for at, (since, h) in enumerate(zip(opened, hours, strict=True))
    )


@pytest.fixture
def ask(tmp_path, monkeypatch):
    def ask(text, goal="95% within 10h", **terms):
        agreed = agreement_text(f"- {{metric: resolution_time, goal: {goal}}}", **terms)
        root = project(tmp_path / "p", agreement=agreed, tickets_csv=HEAD + text)
        monkeypatch.chdir(root)
        return achievable_targets(open_unit("U", "data"))

    return ask


def steady(within, beyond, share, seed=3):
    rng = np.random.default_rng(seed)
    hours = rng.choice([within, beyond], WEEKS * A_WEEK, p=[share, 1 - share])
    return hours.astype(float)


def test_the_shortest_safe_target_is_found_with_its_bound(ask):
    hours = steady(5.5, 30.0, 0.97)
    result = ask(rows(hours))
    (found,) = result.services.to_dict("records")
    # All that was within 5.5 hours was within 6, the next that can be promised.
    assert (found["answer"], found["hours"], found["agreed_hours"]) == ("answered", 6.0, 10.0)
    assert found["share"] == np.mean(hours < 6)
    at_most, _ = wilson(found["share"], len(hours), 1.645)
    assert 0.95 <= found["low"] <= at_most + 1e-4
    months = (pd.Timestamp("2026-11-01") - found["since"]) / pd.Timedelta(days=365.25 / 12)
    assert found["late_a_month"] == pytest.approx((hours > 6).sum() / months)
    assert found["agreed_late_a_month"] == pytest.approx(found["late_a_month"])


def test_no_shorter_target_is_safe(ask):
    hours = np.random.default_rng(5).gamma(2, 3, WEEKS * A_WEEK)
    result = ask(rows(hours), goal="95% within 20h")
    found = result.services.iloc[0]
    shorter = LADDER[found["hours"] > LADDER][-1]
    bound, _ = wilson(np.mean(hours <= shorter), len(hours), 1.645)
    assert found["low"] >= 0.95 > bound
    rungs = result.ladder.set_index("hours")
    assert rungs.loc[found["hours"], "more_late"] == 0
    assert (rungs["met"].to_numpy() == [(hours <= h + 1e-9).sum() for h in LADDER]).all()
    assert rungs["more_late"].is_monotonic_decreasing


def test_an_unstable_service_gets_no_answer(ask):
    hours = np.concatenate([np.full(1200, 5.0), steady(5.0, 30.0, 0.7)[:800]])
    result = ask(rows(hours))
    found = result.services.iloc[0]
    assert (found["answer"], found["direction"]) == ("unstable", "worse")
    assert pd.isna(found["hours"])
    assert result.ladder.empty
    assert say(result).sentences == [
        "For no service a time is known that would be kept surely enough.",
        "No promise can be told from a process that is changing: S.",
    ]
    assert table(result).rows[0][2] == "No answer, its share in time is worse than before"


def test_open_tickets_count_as_late(ask):
    hours = steady(5.5, 30.0, 0.99)
    hours[::40] = np.nan
    result = ask(rows(hours))
    found = result.services.iloc[0]
    assert found["still_open"] == 50
    assert found["share"] == (hours < 6).mean() < 0.97
    assert say(result).caveats[-1].startswith("A ticket still open counts as not within any time")


def test_each_priority_with_a_goal_of_its_own_has_an_answer(ask):
    text = rows(steady(2.0, 30.0, 0.99), priority="P1") + rows(steady(7.0, 30.0, 0.97))
    result = ask(text, goal="{P1: 98% within 4h, default: 95% within 10h}")
    assert result.services.set_index("priority")["hours"].to_dict() == {"P1": 2.0, "default": 7.0}
    assert [row[:3] for row in table(result).rows] == [
        ["S, P1", "98% within 4h", "98% within 2 h"], ["S", "95% within 10h", "95% within 7 h"],
    ]  # fmt: skip
    assert result.changes[0]["goal"] == {"P1": "98% within 2h", "default": "95% within 7h"}


def test_few_tickets(ask):
    result = ask(rows(np.full(10, 2.0), start="2026-10-05"))
    assert result.services["answer"].tolist() == ["not_judged"]
    assert say(result).sentences == [
        "For no service a time is known that would be kept surely enough."
    ]
    assert say(result).caveats == []
    assert table(result).rows == [
        ["S", "95% within 10h", "No answer, too few periods to call it stable", "–",
         "5 October 2026", "–", "–"],
    ]  # fmt: skip


def test_the_service_of_the_planted_cause_is_unstable(sample_project, monkeypatch):
    monkeypatch.chdir(sample_project)
    result = achievable_targets(open_unit(TRUTH.cause.business_unit))
    answers = result.services.set_index("service")["answer"]
    assert set(answers[TRUTH.cause.service]) == {"unstable"}
    assert (answers.drop(TRUTH.cause.service) == "answered").all()
    # The date of what is worse is that of its chart.
    since = result.services.set_index("service").loc[TRUTH.cause.service, "since"]
    assert set(since) == {pd.Timestamp(TRUTH.cause.since)}


def test_where_nothing_varies_that_is_the_reason(sample_project, monkeypatch):
    monkeypatch.chdir(sample_project)
    result = achievable_targets(open_unit("Head Office"))
    answers = result.services.set_index("service")["answer"]
    assert set(answers[["Payments", "Master data"]]) == {"no_variation"}
    told = {row[2] for row in table(result).rows if row[0].startswith("Payments")}
    assert told == {"No answer, its share in time is always 100% and says no more"}


def test_it_is_told_with_bound_denominator_and_cost(ask):
    result = ask(rows(steady(5.5, 30.0, 0.97)))
    assert say(result).sentences == [
        "Shorter than agreed could be promised: S (6 h instead of 10 h)."
    ]
    assert say(result).caveats[0].startswith("This is what the tickets of a stable process took")
    (row,) = table(result).rows
    assert row[:3] == ["S", "95% within 10h", "95% within 6 h"]
    assert row[3].startswith("97.")
    assert "% of 2,000, at least 96." in row[3]
    assert row[-2:] == [row[-1]] * 2  # nothing lies between 6 and 10 hours
    ladder = shorter_times(result)
    assert [row[1] for row in ladder.rows] == ["6 h", "5 h", "4 h", "3.5 h", "3 h"]
    assert ladder.rows[0][-1] == "–"
    assert ladder.folded


def test_what_could_be_promised_can_be_scored(ask):
    result = ask(rows(steady(5.5, 30.0, 0.97)))
    assert result.changes == [
        {"service": "S", "target": "resolution_time", "goal": {"default": "95% within 6h"}}
    ]
    same = ask(rows(steady(9.5, 30.0, 0.97)))
    assert same.services["hours"].tolist() == [10.0]
    assert same.changes == []


def test_a_longer_time_is_told_as_such(ask):
    rng = np.random.default_rng(3)
    result = ask(rows(rng.choice([9.5, 14.5, 30.0], WEEKS * A_WEEK, p=[0.6, 0.37, 0.03])))
    assert say(result).sentences == [
        "Only a longer time than agreed could be promised: S (15 h instead of 10 h)."
    ]


def test_a_unit_without_such_tickets(ask):
    result = ask("T0,U,S,2026-10-05,2026-10-06,\n", service="Other")
    assert result.services.empty
    assert say(result).text() == "No service has a target that could be told from its tickets."
    assert table(result).rows == []


def test_an_unknown_target_is_named(sample_project, monkeypatch):
    monkeypatch.chdir(sample_project)
    with pytest.raises(InputError, match="Did you mean 'resolution_time'"):
        achievable_targets(open_unit(TRUTH.cause.business_unit), "resolution")
