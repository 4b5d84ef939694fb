"""What is said of satisfaction, from results built by hand."""

import re

import pandas as pd
import pytest

from slm_analysis import scores_over_time
from slm_analysis.analyses.control_charts import control_chart
from slm_analysis.analyses.watermelon import Watermelon
from slm_analysis.presentation import headline, plot, say, table
from slm_analysis.presentation.methods import method
from slm_analysis.presentation.words import user_satisfaction as words
from slm_analysis.presentation.words import user_scores
from slm_analysis.questions.answer import key_figures_of
from slm_analysis.questions.user_satisfaction import LEVEL, UserSatisfaction
from slm_analysis.result import note

NOT_SAID = re.compile(r"\b(because|proves|certainly|clearly)\b|p-value|p = ", re.IGNORECASE)
NAN = float("nan")
STEADY = [4.3, 4.2, 4.35, 4.25, 4.3, 4.2, 4.4, 4.3, 4.25, 4.35, 4.2, 4.3]
FALLEN = [*STEADY, *STEADY, 3.0, 2.9, 2.8]


def level(service, value=4.1, low=3.9, high=4.3, **values):
    """Return one row: 60 people, 71 of 212 tickets answered, no goal."""
    row = {
        "service": service, "measure": "mean", "value": value, "low": low, "high": high,
        "respondents": 60, "answers": 71, "answered": 71.0, "sent": 212.0, "goal": None,
        "goal_value": NAN, "minimum": NAN, "result": "no_goal", "evidence": None, "hidden": False,
        "reason": "", "direction": None,
    }  # fmt: skip
    return row | values


def judged(service, result, evidence="clear", **values):
    agreed = {"goal": "at least 4.2 of 5", "goal_value": 4.2, "minimum": 30.0}
    return level(service, **({"result": result, "evidence": evidence} | agreed | values))


def hidden(service, reason="few_respondents", **values):
    few = {"value": NAN, "low": NAN, "high": NAN, "respondents": 3, "answers": 4, "answered": 4.0}
    return level(
        service, **(few | {"sent": 12.0, "hidden": True, "result": "hidden", "reason": reason})
    ) | (values)


def chart(values=STEADY):
    time = pd.date_range("2025-11-01", periods=len(values), freq="MS")
    return control_chart(
        pd.DataFrame({"time": time, "value": values}), value="value", time="time", kind="i"
    )


def told(**values):
    """Return what `watermelon` says of the unit: green, at 3.64 against 4.2, falling."""
    row = {
        "service": "", "sla": "green", "met": 9, "missed": 0, "goal": 4.2,
        "goal_agreed": True, "level": 3.638, "level_low": 3.325, "level_high": 3.885,
        "slope": -0.0678, "slope_low": -0.0968, "slope_high": -0.0355, "poor": True,
        "falling": True, "reason": "", "finding": "watermelon",
    }  # fmt: skip
    groups = pd.DataFrame([row | values])
    return Watermelon(groups=groups, family=2, q=0.05, interval_level=0.9)


NOTHING = {"finding": "", "poor": False, "falling": False}


def scores(*levels, unit=None, direction="steady", **values):
    """Return a result with these rows, the unit's last, whose months have fallen if `worse`."""
    rows = [*levels, (unit or level(None)) | {"direction": direction}]
    given = {
        "business_unit": "Head Office",
        "period_start": pd.Timestamp("2026-10-01"),
        "period_end": pd.Timestamp("2026-10-31"),
        "measure": "mean",
        "scale": (1.0, 5.0),
        "min_group": 5,
        "levels": pd.DataFrame(rows, columns=LEVEL),
        "silent": pd.DataFrame({"status": pd.Series(dtype="str"), "tickets": []}),
        "unresolved": 0,
        "chart": chart(FALLEN if direction == "worse" else STEADY),
        "watermelon": told(**NOTHING),
    }
    return UserSatisfaction(**(given | values))


# --- Verdicts ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "title", "verdict"),
    [
        (
            judged("Payments", "missed", value=3.7, low=3.5, high=3.9),
            "Users rate Payments below the goal",
            "Missed",
        ),
        (
            judged("Payments", "missed", "uncertain"),
            "Payments: rated below the goal, uncertain",
            "Missed, uncertain",
        ),
        (
            judged("Payments", "met", value=4.6, low=4.5, high=4.7),
            "Payments: rated as agreed",
            "Met",
        ),
        (
            judged("Payments", "met", "uncertain", value=4.3, low=4.1),
            "Payments: rated as agreed, uncertain",
            "Met, uncertain",
        ),
        (
            judged("Payments", "too_few"),
            "Users give 4.1 of 5 in October 2026; too few answers to judge the goal of Payments",
            "Too few answers",
        ),
        (
            judged("Payments", "no_cases", value=NAN, answers=0),
            "Users give 4.1 of 5 in October 2026; too few answers to judge the goal of Payments",
            "Too few answers",
        ),
        (
            level("Payments"),
            "Users give 4.1 of 5 in October 2026; no goal is agreed",
            "No goal",
        ),
    ],
)
def test_every_verdict_has_its_title(row, title, verdict):
    result = scores(row)
    assert headline(result).title == title.replace(" in October 2026", "")
    assert plot(result).caption.title == title
    assert table(result).rows[0][2] == verdict


def test_a_missed_goal_in_full():
    result = scores(judged("Payments", "missed", value=3.7, low=3.5, high=3.9))
    assert say(result).sentences == [
        "Payments: missed. 3.7 of 5 (3.5 to 3.9), agreed: at least 4.2 of 5; from 60 people; 71 of "
        "212 answered (33%).",
        "All services: 4.1 of 5 (3.9 to 4.3), from 60 people; 71 of 212 answered (33%).",
        "The monthly score is steady.",
    ]
    assert headline(result).next == "Ask those who gave Payments a low score what they miss."
    assert headline(result).what == "Below the goal: Payments. The monthly score is steady."
    assert headline(result).sure == (
        "The score is likely between 3.9 and 4.3, if those who did not answer feel the same: 67% "
        "of the tickets resolved."
    )


def test_the_surest_miss_is_named_and_acted_on_first():
    result = scores(
        judged("Travel", "missed", "uncertain", answers=500),
        judged("Payments", "missed", value=3.7, low=3.5, high=3.9),
    )
    assert headline(result).title == "Users rate Payments below the goal"
    assert headline(result).next == "Ask those who gave Payments a low score what they miss."
    assert headline(result).what.startswith("Below the goal: Payments and Travel.")


@pytest.mark.parametrize(
    ("rows", "direction", "step"),
    [
        ([judged("A", "missed", "uncertain")], "steady", "Change nothing on this period alone; see "
         "whether the next ones agree."),
        ([judged("A", "met")], "worse", "Look at what changed when the score began to fall."),
        ([level("A")], "steady", "Agree on a goal for satisfaction, so that it can be judged."),
        ([judged("A", "too_few", sent=20.0)], "steady", "Judge the goal over a longer period: "
         "fewer tickets were resolved than answers are needed."),
        ([judged("A", "too_few")], "steady", "Ask more of those who had a ticket resolved, so that "
         "the goal can be judged."),
        ([judged("A", "met")], "steady", "No action is needed here."),
    ],
)  # fmt: skip
def test_what_to_do_next(rows, direction, step):
    assert headline(scores(*rows, direction=direction)).next == step


@pytest.mark.parametrize(
    ("value", "low", "high", "verdict", "shown"),
    [
        (4.19, 3.7, 4.7, "missed", "4.19 (3.7 to 4.7)"),
        (4.16, 4.0, 4.1996, "missed", "4.16 (4.0000 to 4.1996)"),
        (4.2, 4.1, 4.3, "met", "4.2 (4.1 to 4.3)"),
        (4.23, 4.1, 4.4, "met", "4.23 (4.1 to 4.4)"),
    ],
)
def test_digits_never_contradict_a_verdict(value, low, high, verdict, shown):
    row = pd.Series(judged("Payments", verdict, value=value, low=low, high=high))
    assert user_scores.rating(row) == shown


# --- Direction -----------------------------------------------------------------------------------


def test_where_the_months_are_heading():
    result = scores(judged("Payments", "met"), direction="worse")
    since = result.chart.summary["since"].iloc[0]
    assert headline(result).title == "Payments: rated as agreed; lately lower than usual"
    assert words.trend(result) == [f"The monthly score is lower than usual since {since:%B %Y}."]
    risen = chart([*STEADY, *STEADY, 5.0, 5.0, 5.0])
    better = scores(judged("Payments", "met"), direction="better", chart=risen)
    assert headline(better).title == "Payments: rated as agreed; lately higher than usual"
    assert words.trend(scores(direction="mixed")) == ["The monthly score is unsteady."]
    assert words.trend(scores(direction="not_judged")) == []


def test_the_figure_over_time_names_what_it_shows_and_its_unit():
    low = [score - 0.6 for score in STEADY]
    figure = scores_over_time(scores(chart=chart([*STEADY, *STEADY, *low])))
    assert figure.caption.title == "Satisfaction: worse since November 2027"
    assert figure.caption.subtitle == (
        "Mean rating from 1 to 5 per month, with the limits of normal variation. 36 months"
    )
    for narrow in (False, True):
        assert ">points</text>" in figure.svg(narrow=narrow)


def test_months_of_few_people_are_said_to_be_hidden():
    figure = scores_over_time(scores(hidden("Payments"), unit=hidden(None), chart=chart([])))
    assert figure.caption.title == "Satisfaction by month stays hidden"
    assert figure.caption.sentence == (
        "No month has answers of five people; of fewer, none is shown."
    )
    assert figure.svg(narrow=True) == ""
    none = {"answers": 0, "answered": 0.0, "respondents": 0}
    figure = scores_over_time(scores(unit=level(None, NAN, NAN, NAN, **none), chart=chart([])))
    assert figure.caption.title == "Satisfaction: there is no series to judge"


# --- Targets met ---------------------------------------------------------------------------------


def test_green_targets_and_unhappy_users():
    result = scores(level("Payments"), direction="worse", watermelon=told())
    top = headline(result)
    assert top.title == "Targets met, but users score below the goal"
    assert top.lead == (
        "Of 9 service levels judged, all were met; the trend of the monthly scores has come to "
        "3.6 (3.3 to "
        "3.9; 90% interval), against the goal of 4.2. It fell by 0.07 a month over the last year "
        "(0.04 to 0.10)."
    )
    assert top.what.startswith("All services: 4.1 of 5 (3.9 to 4.3), from 60 people")
    assert top.next == (
        "Ask users what the targets do not measure, those who scored low first; then agree on a "
        "target for it."
    )
    assert f"{top.title}. {top.lead}" in say(result).sentences


@pytest.mark.parametrize(
    ("values", "title", "against"),
    [
        ({"goal_agreed": False, "goal": 4.0}, "Targets met, but users give less than the middle "
         "of the scale", "against the middle of the scale: 4."),
        ({"poor": False}, "Targets met, but users are less and less satisfied",
         "against the goal of 4.2."),
        ({"finding": "reverse", "sla": "red", "met": 7, "missed": 2, "falling": False},
         "Two of nine service levels missed, and yet users are as satisfied as agreed",
         "against the goal of 4.2."),
        ({"finding": "reverse", "sla": "red", "met": 7, "missed": 2, "falling": False,
          "goal_agreed": False},
         "Two of nine service levels missed, and yet users are above the middle of the scale",
         "against the middle of the scale: 4.2."),
    ],
)  # fmt: skip
def test_every_contrast_has_its_words(values, title, against):
    result = scores(level("Payments"), watermelon=told(**values))
    (sentence,) = [s for s in say(result).sentences if s.startswith(title)]
    assert against in sentence
    assert headline(result).title == title


REVERSE = {"finding": "reverse", "sla": "red", "met": 8, "missed": 1, "poor": False,
           "falling": False, "level": 4.5, "level_low": 4.3, "level_high": 4.7}  # fmt: skip


def test_content_users_of_a_missed_service_level():
    top = headline(scores(level("Payments"), watermelon=told(**REVERSE)))
    assert (
        top.title == "One of nine service levels missed, and yet users are as satisfied as agreed"
    )
    assert top.lead == (
        "Of 9 service levels judged, 1 missed; the trend of the monthly scores has come to "
        "4.5 (4.3 to 4.7; "
        "90% interval), against the goal of 4.2."
    )
    assert top.next == (
        "Before spending on the missed target, ask users whether they noticed; it may be stricter "
        "than they need."
    )
    # A score surely below its goal is more than that.
    missed = scores(judged("Payments", "missed"), watermelon=told(**REVERSE))
    assert headline(missed).title == "Users rate Payments below the goal"


def several(*rows):
    """Return what `watermelon` says of the unit and its services."""
    groups = [told(**row).groups for row in rows]
    return Watermelon(groups=pd.concat(groups), family=9, q=0.05, interval_level=0.95)


def test_services_in_which_it_shows():
    both = several({}, {"service": "Payments", "met": 2}, {"service": "Travel", **NOTHING})
    said = say(scores(level("Payments"), watermelon=both)).sentences
    assert "It shows in Payments." in said
    only = several(NOTHING, {"service": "Payments", "met": 2, "poor": False})
    result = scores(level("Payments"), watermelon=only)
    assert say(result).sentences[1] == (
        "Payments: targets met, but users are less and less satisfied. Of 2 service levels "
        "judged, all were met; the trend of the monthly scores has come to 3.6 (3.3 to 3.9; 95% "
        "interval), "
        "against the goal of 4.2. It fell by 0.07 a month over the last year (0.04 to 0.10)."
    )
    assert headline(result).title == "Users give 4.1 of 5; no goal is agreed"


@pytest.mark.parametrize(
    ("rows", "services"),
    [
        ([{}], [None]),
        ([REVERSE], [None]),
        ([NOTHING], []),
        ([NOTHING, {"service": "Payments"}], ["Payments"]),
        ([{}, {"service": "Payments"}], [None]),
    ],
)
def test_what_the_portfolio_reads(rows, services):
    records = several(*rows).groups.assign(periods=24, answers=900)
    found = Watermelon(groups=records, family=2, q=0.05, interval_level=0.9)
    told_on = key_figures_of(scores(watermelon=found))["watermelon"]
    assert [record["service"] for record in told_on] == services


# --- Hidden, missing -----------------------------------------------------------------------------


def test_hidden_rows_stay_with_their_reason():
    result = scores(level("Payments"), hidden("Reports"), hidden("Travel", "complement"))
    rows = {row[0]: row for row in table(result).rows}
    assert rows["Reports"][2:4] == ["Hidden", "hidden (fewer than 5 people)"]
    assert rows["Travel"][2:4] == ["Hidden", "hidden (would reveal another)"]
    assert rows["Travel"][5] == "4 of 12 answered (33%)"
    assert "Hidden: Reports and Travel." in headline(result).what
    for narrow in (False, True):
        drawn = plot(result).svg(narrow=narrow)
        assert "hidden (fewer than 5 people)" in drawn
        assert "hidden (would reveal another)" in drawn


def test_a_hidden_unit_says_why():
    result = scores(hidden("Payments"), unit=hidden(None), direction="not_judged")
    top = headline(result)
    assert top.title == "Too few people answered in October 2026 to show how satisfied they are"
    assert top.lead == (
        "Scores of fewer than 5 people are not shown, so that nobody's answer can be read."
    )
    assert top.what == "3 people gave 4 answers; every score is hidden."
    assert top.sure == "Nothing can be said from so few answers."
    assert say(result).sentences == [
        "All services, hidden (fewer than 5 people); 4 of 12 answered (33%)."
    ]


def test_nobody_answered():
    silent = {"value": NAN, "low": NAN, "high": NAN, "respondents": 0, "answers": 0}
    result = scores(unit=level(None, **silent, answered=0.0), direction="not_judged")
    assert headline(result).title == "Nobody answered in October 2026"
    assert headline(result).lead == "None of 212 tickets resolved in the period has an answer."
    unknown = level(None, **silent, answered=NAN, sent=NAN)
    result = scores(unit=unknown, direction="not_judged", scale=(NAN, NAN), watermelon=None)
    assert headline(result).lead == (
        "There are no answers of this unit from the period in the data."
    )
    assert "<svg" in plot(result).svg(narrow=True)


def test_who_could_not_answer_is_said():
    result = scores(unresolved=10, silent=pd.DataFrame({"status": ["Resolved"], "tickets": [1157]}))
    assert say(result).caveats == [
        "Every ticket resolved in the period counts as asked. Those who did not answer may feel "
        "otherwise.",
        "Nobody could be asked about 10 tickets still open at the end of the period.",
        "No ticket with status Resolved has an answer (1,157 of 212 resolved): these could not be "
        "rated, or nobody asked.",
    ]


def test_without_tickets_there_is_no_response_rate():
    unknown = level(None, answered=NAN, sent=NAN)
    result = scores(unit=unknown)
    assert say(result).sentences[0] == (
        "All services: 4.1 of 5 (3.9 to 4.3), from 60 people; 71 answers."
    )
    assert headline(result).sure == (
        "The score is likely between 3.9 and 4.3, if those who did not answer feel the same."
    )


def test_every_note_has_its_sentence():
    notes = (
        note("hidden_groups", groups=2, min_group=5),
        note("answers_as_respondents", answers=1173),
        note("repeated_respondents", respondents=36, answers=56),
        note("response_rate_unknown"),
        note("targets_undecided"),
        note("too_few_months", needed=8),
        note("goal_assumed", goal=3.0),
        note("goal_of", goal=4.2, services="Travel"),
    )
    assert say(scores(notes=notes)).caveats[1:] == [
        "Scores that rest on fewer than 5 people are hidden, and one more where it would give them "
        "away: 2 here.",
        "Who answered is not on record for 1,173 answers; each counts as a person of its own.",
        "56 answers come from 36 people; answers of one person count as going together.",
        "Who was asked is not on record.",
        "No service level of the period could be judged, so they cannot be set against "
        "satisfaction.",
        "Satisfaction is not set against the service levels: of the last 12 months fewer than 8 "
        "have a score that can be shown.",
        "No one goal is agreed for satisfaction; the middle of the scale, 3, stands for it.",
        "The goal of 4.2 is agreed for Travel; the unit is seen against it too.",
    ]


# --- Measures and figure -------------------------------------------------------------------------


def test_shares_and_net_promoter_scores_have_their_own_form():
    share = pd.Series(level("A", 0.7945, 0.72, 0.853, measure="top_box"))
    assert user_scores.rating(share) == "79.5% (72.0 to 85.3%)"
    promoters = pd.Series(level("A", -12.4, -30.0, 5.2, measure="nps"))
    assert user_scores.rating(promoters) == "−12 (−30 to 5)"
    rows = [share.to_dict()]
    result = scores(*rows, unit=share.to_dict() | {"service": None}, measure="top_box")
    assert headline(result).title == "79.5% of the answers are satisfied; no goal is agreed"
    assert "70%" in plot(result).svg(narrow=False)
    whole = promoters.to_dict() | {"service": None}
    result = scores(unit=whole, measure="nps", scale=(0.0, 10.0))
    assert headline(result).title == "The net promoter score is −12; no goal is agreed"
    assert "points" in plot(result).svg(narrow=False)


def test_the_figure_shows_goal_axis_and_answers():
    missed = judged("Payments", "missed", value=3.7, low=3.5, high=3.9)
    chart = plot(scores(missed, level("Travel")))
    assert chart.caption.subtitle == (
        "Mean rating from 1 to 5 with 95% interval, October 2026; answers to tickets resolved; "
        "axis starts at 3.5"
    )
    for narrow in (False, True):
        drawn = chart.svg(narrow=narrow)
        for text in ("Goal 4.2", "agreed: at least 4.2 of 5", "no goal agreed", "points"):
            assert text in drawn
        assert "71 of 212 answered (33%)" in drawn
        assert "var(--acc)" in drawn
    assert "var(--acc)" not in plot(scores(level("Travel"))).svg(narrow=False)


def test_different_goals_are_drawn_row_by_row():
    other = {"goal": "at least 4.5 of 5", "goal_value": 4.5}
    result = scores(judged("A", "missed"), judged("B", "missed", **other))
    assert "Goal 4" not in plot(result).svg(narrow=False)


def test_no_sentence_claims_a_cause():
    for result in (scores(watermelon=told()), scores(judged("A", "missed"))):
        assert not NOT_SAID.search(f"{headline(result)} {say(result)} {plot(result).caption}")


def test_the_method_names_tests_and_hiding():
    entries = dict(method(scores(watermelon=told())))
    assert "scores of fewer than 5 people are hidden" in entries["Satisfaction"]
    assert entries["Service levels against satisfaction"].startswith("2 one-sided tests")
    assert [name for name, _ in method(scores(watermelon=None))] == ["Satisfaction"]
