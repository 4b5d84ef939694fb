"""Scores by team: hidden beside the scores by service, differences to the rest, words."""

import dataclasses
from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from slm_analysis import open_unit, team_scores, user_satisfaction
from slm_analysis.presentation import plot, say, table
from slm_analysis.presentation.methods import method
from slm_analysis.questions.team_scores import TEAMS, TeamScores
from slm_analysis.sample.centre import UNITS
from slm_analysis.sample.truth import TRUTH

NAN = float("nan")


@pytest.fixture
def unit(sample_project, monkeypatch):
    """Return a function that opens a unit of the sample."""
    monkeypatch.chdir(sample_project)
    return open_unit


def answers_of(opened):
    """Return the period's answers with service and last team."""
    own = opened.surveys[opened.in_period(opened.survey_days)]
    teams = opened.tickets.set_index("ticket_id")["assignment_group"]
    return own.assign(team=own["ticket_id"].map(teams))


@pytest.mark.parametrize("name", UNITS)
def test_both_tables_together_reveal_nobody(unit, name):
    """No sum of the page's scores by service and by team is about fewer than five people."""
    opened = unit(name)
    services, teams = user_satisfaction(opened).levels, team_scores(opened).teams
    answers = answers_of(opened)
    shown = [(answers["service"] == s).to_numpy(float)
             for s in services.loc[services["value"].notna(), "service"].dropna()]  # fmt: skip
    if services.iloc[-1]["value"] == services.iloc[-1]["value"]:
        shown.append(np.ones(len(answers)))
    shown += [
        (answers["team"] == t).to_numpy(float) for t in teams.loc[teams["value"].notna(), "team"]
    ]
    if not shown:
        return
    space = np.array(shown)
    who = pd.factorize(answers["respondent_id"])[0]
    # Few people are exposed only if all their answers lie where few people answered.
    cells = answers.groupby(["service", "team"])["respondent_id"].transform("nunique")
    rare = np.unique(who[cells.to_numpy() < 5])
    rank = np.linalg.matrix_rank(space)
    for few in combinations(rare[:18], min(4, len(rare))):
        others = space[:, ~np.isin(who, few)]
        assert np.linalg.matrix_rank(others) == rank


def test_figures_are_plain_means(unit):
    opened = unit("华东销售部")
    answers = answers_of(opened)
    result = team_scores(opened)
    shown = result.teams[result.teams["value"].notna()]
    assert len(shown) >= 4
    for _, row in shown.iterrows():
        own = answers["team"] == row["team"]
        assert row["value"] == pytest.approx(answers.loc[own, "score"].mean())
        assert row["answers"] == own.sum()
        if pd.notna(row["difference"]):
            rest = answers.loc[~own, "score"].mean()
            assert row["difference"] == pytest.approx(row["value"] - rest)
    assert result.family == shown["difference"].notna().sum()


@pytest.mark.parametrize("name", UNITS)
def test_no_team_is_accused_where_none_is_worse(unit, name):
    assert set(team_scores(unit(name)).teams["verdict"]) <= {"cannot_tell", "not_compared"}


def test_a_planted_team_is_found(unit):
    opened = unit("华东销售部", period_start="2026-08-01", period_end="2026-10-31")
    answers = answers_of(opened)
    unhappy = opened.surveys.index.isin(answers.index[answers["team"] == "AP Team 1"])
    score = opened.surveys["score"] - 1.2 * unhappy
    surveys = opened.surveys.assign(score=score.clip(lower=1))
    result = team_scores(dataclasses.replace(opened, surveys=surveys))
    found = result.teams.set_index("team")["verdict"]
    assert found["AP Team 1"] == "lower"
    assert plot(result).caption.title.startswith("Users of AP Team 1 are less satisfied")


def test_the_small_unit_shows_no_team(unit):
    result = team_scores(unit(TRUTH.small))
    assert result.teams["value"].isna().all()
    assert result.teams["hidden"].all()
    assert plot(result).caption.title == (
        "Too few people answered about any team to show its score"
    )


def test_without_answers_there_are_no_teams(unit):
    opened = unit("Logistics")
    early = opened.surveys[opened.surveys["responded_at"] < "2026-09-01"]
    result = team_scores(dataclasses.replace(opened, surveys=early))
    assert plot(result).caption.title == "Nobody answered"
    assert say(result).sentences


# --- Words ---------------------------------------------------------------------------------------


def team(name, verdict="cannot_tell", value=4.2, **values):
    row = {
        "team": name, "value": value, "low": value - 0.3, "high": value + 0.3, "respondents": 30,
        "answers": 40, "sent": 120.0, "hidden": False, "reason": "", "difference": 0.05,
        "difference_low": -0.4, "difference_high": 0.5, "q": 0.8, "verdict": verdict,
    }  # fmt: skip
    return row | values


UNKNOWN = dict.fromkeys(("value", "low", "high", "difference", "difference_low",
                         "difference_high", "q"), NAN)  # fmt: skip
LOWER = team("Desk A", "lower", 3.6, difference=-0.6, difference_low=-0.9, difference_high=-0.3)
HIGHER = team("Desk B", "higher", 4.7, difference=0.5, difference_low=0.2, difference_high=0.8)
SAME = team("Desk C", "same", difference_low=-0.05, difference_high=0.08)
FEW = team("Desk D", "not_compared", **{k: v for k, v in UNKNOWN.items() if "diff" in k})
HIDDEN = team("Desk E", "not_compared", hidden=True, answers=4, sent=20.0) | UNKNOWN


def result(*teams):
    return TeamScores(
        business_unit="Head Office",
        period_start=pd.Timestamp("2026-10-01"),
        period_end=pd.Timestamp("2026-10-31"),
        teams=pd.DataFrame(teams, columns=TEAMS),
        family=3,
        interval_level=0.983,
        min_effect=0.1,
        min_group=5,
        scale=(1.0, 5.0),
    )


@pytest.mark.parametrize(
    ("teams", "title"),
    [
        ([LOWER, SAME], "Users of Desk A are less satisfied than others"),
        ([HIGHER], "Users of Desk B are more satisfied than others"),
        ([LOWER, HIGHER], "Users of Desk A are less satisfied than others, those of Desk B more"),
        ([SAME, HIDDEN], "No team differs from the others by as much as matters"),
        ([SAME, team("X")], "No team stands out by more than chance"),
        ([FEW, HIDDEN], "Too few people answered to compare teams"),
        ([HIDDEN], "Too few people answered about any team to show its score"),
    ],
)
def test_every_verdict_has_its_title(teams, title):
    assert plot(result(*teams)).caption.title == title


def test_sentences():
    assert say(result(LOWER, team("X"))).sentences == [
        "Desk A: 0.6 lower (0.3 to 0.9) than the rest (98.3% interval)."
    ]
    assert say(result(SAME, team("X"))).sentences == [
        "2 teams were each compared with the rest of the unit."
    ]
    assert say(result(FEW)).sentences == [
        "Ten people must have answered about a team, and about all others, to compare it."
    ]
    assert say(result(FEW)).caveats == [
        "Teams work on other services; hard tickets end with some of them."
    ]


def test_the_figure_and_table():
    found = result(LOWER, team("Desk <F>"), HIDDEN, HIDDEN | {"team": "Desk G"})
    for narrow in (False, True):
        drawn = plot(found).svg(narrow=narrow)
        for text in ("3.6 (3.3 to 3.9)", "40 of 120 answered (33%)", "Two other teams",
                     "hidden, to reveal nobody",
                     "8 of 40 answered (20%)", "Desk &lt;F&gt;"):  # fmt: skip
            assert text in drawn
        assert "Desk G" not in drawn
    assert table(found).rows[0] == [
        "Desk A", "3.6 (3.3 to 3.9)", "0.6 lower (0.3 to 0.9)", "30", "40 of 120 answered (33%)"
    ]  # fmt: skip
    assert table(found).rows[3][:3] == ["Desk G", "hidden", "–"]
    assert table(found).accented == [0]
    assert method(found)[0][1].startswith("3 teams each against all other answers")
