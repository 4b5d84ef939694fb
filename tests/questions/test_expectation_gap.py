"""Expectations of a unit's users: planted truth, goals and times, what is hidden, what is said."""

import dataclasses
import json

import pandas as pd
import pytest

from slm_analysis import expectation_gap, open_unit, scores_by_time
from slm_analysis.analyses.score_by_time import Limit, ScoreByTime
from slm_analysis.errors import InputError
from slm_analysis.presentation import plot, say, table
from slm_analysis.presentation.methods import method
from slm_analysis.presentation.words import expectation_gap as words
from slm_analysis.questions.answer import key_figures_of
from slm_analysis.questions.expectation_gap import GAPS, ExpectationGap
from slm_analysis.sample.centre import UNITS
from slm_analysis.sample.truth import TRUTH

NAN = float("nan")


@pytest.fixture
def unit(sample_project, monkeypatch):
    """Return a function that opens a unit of the sample."""
    monkeypatch.chdir(sample_project)
    return open_unit


def verdicts(result):
    return result.gaps.set_index("service")["verdict"].to_dict()


# --- Planted truth -------------------------------------------------------------------------------


def test_the_unhappy_unit_scores_lower_at_the_same_time(unit):
    result = expectation_gap(unit(TRUTH.decline.business_unit))
    assert {"Invoice posting", "Travel reimbursement", "Payments"} == {
        service for service, verdict in verdicts(result).items() if verdict == "lower"
    }
    assert result.gaps["verdict"].tolist()[:3] == ["lower"] * 3
    records = key_figures_of(result)["expectations"]
    assert [r["verdict"] for r in records[:3]] == ["lower"] * 3
    assert {r["min_effect"] for r in records} == {0.1}


@pytest.mark.parametrize("name", sorted(set(UNITS) - {TRUTH.decline.business_unit}))
def test_no_other_unit_is_said_to_expect_more(unit, name):
    assert "lower" not in verdicts(expectation_gap(unit(name))).values()


def test_where_lateness_costs_satisfaction_the_promised_time_is_found(unit):
    opened = unit(TRUTH.cause.business_unit)
    found = expectation_gap(opened).by_time[TRUTH.cause.service]
    assert found.goal == 4.2  # agreed for travel, and the only one
    assert found.within.hours == found.beyond.hours == 16  # two working days


def test_the_small_unit_shows_nothing(unit):
    result = expectation_gap(unit(TRUTH.small))
    assert set(verdicts(result).values()) == {"not_compared"}
    assert all(found.table.empty for found in result.by_time.values())
    assert key_figures_of(result)["expectations"] == []
    assert plot(result).caption.title == "Too few answers to compare with other units"
    assert scores_by_time(result).caption.title == (
        "Too few answers to tell scores by time to resolve"
    )


@pytest.mark.parametrize("name", UNITS)
def test_no_other_unit_is_named_and_no_band_shows_few_people(unit, name):
    result = expectation_gap(unit(name))
    parts = [say(result), table(result)]
    parts += [part for chart in (plot(result), scores_by_time(result))
              for part in (chart.caption, chart.svg(narrow=False), chart.numbers)]  # fmt: skip
    said = " ".join(map(str, [*parts, json.dumps(key_figures_of(result))]))
    assert not [other for other in UNITS if other != name and other in said]
    for found in result.by_time.values():
        assert (found.table["respondents"] >= 5).all()


# --- Counts, periods, goals ----------------------------------------------------------------------


def test_bands_agree_with_plain_counting(unit):
    opened = unit("Logistics")
    result = expectation_gap(opened)
    times = opened.targets[opened.targets["metric"] == "resolution_time"]
    times = times.drop_duplicates("ticket_id").set_index("ticket_id")
    answers = opened.surveys[opened.survey_days.between("2025-11-01", "2026-10-31")]
    hours = answers["ticket_id"].map(times["elapsed_seconds"]) / 3600
    own = answers["ticket_id"].map(times["service"]) == "Invoice posting"
    for _, band in result.by_time["Invoice posting"].table.iterrows():
        inside = own & (hours > band["from_hours"]) & (hours <= band["until_hours"])
        assert band["answers"] == inside.sum()
        assert band["score"] == pytest.approx(answers.loc[inside, "score"].mean())


def test_an_earlier_report_reads_no_later_answers(unit):
    opened = unit(TRUTH.decline.business_unit, period_start="2025-12-01", period_end="2025-12-31")
    result = expectation_gap(opened)
    assert (result.window_start, result.window_end) == (
        pd.Timestamp("2025-01-01"),
        pd.Timestamp("2025-12-31"),
    )
    assert "lower" not in verdicts(result).values()
    months = unit("Logistics", period_start="2026-10-05", period_end="2026-10-20")
    assert expectation_gap(months).window_end == pd.Timestamp("2026-09-30")


def test_a_report_before_all_windows_says_so(unit):
    opened = unit("Logistics", period_start="2025-03-01", period_end="2025-03-31")
    result = expectation_gap(opened)
    assert pd.isna(result.window_start)
    assert result.gaps.empty
    assert result.by_time == {}
    assert plot(result).caption.title == "Too few answers to compare with other units"
    assert say(result).sentences
    assert scores_by_time(result).svg(narrow=True) == ""


def test_a_unit_without_surveys_says_so(unit):
    opened = unit("Logistics")
    empty = dataclasses.replace(
        opened,
        surveys=opened.surveys[:0],
        expectation_gaps=opened.expectation_gaps[:0],
        expectation_curves=opened.expectation_curves[:0],
    )
    result = expectation_gap(empty)
    assert result.gaps.empty
    assert plot(result).caption.sentence


def test_what_matters_must_be_something(unit):
    with pytest.raises(InputError, match="min_effect is 0"):
        expectation_gap(unit("Logistics"), min_effect=0)
    wide = expectation_gap(unit("Logistics"), min_effect=2.0)
    assert set(verdicts(wide).values()) == {"same"}


# --- Words ---------------------------------------------------------------------------------------


def gap(service, verdict, difference=NAN, low=NAN, high=NAN, **values):
    row = dict.fromkeys(GAPS, NAN) | {
        "service": service, "units": 4, "answers": 300, "respondents": 70, "left_out": 0,
        "plain_difference": difference, "difference": difference, "low": low, "high": high,
        "verdict": verdict, "reason": "",
    }  # fmt: skip
    return row | values


LOWER = gap("Invoices", "lower", -0.44, -0.63, -0.21)
HIGHER = gap("Travel", "higher", 0.3, 0.04, 0.56)
SAME = gap("Payments", "same", 0.01, -0.06, 0.09)
UNSURE = gap("Reports", "cannot_tell", 0.04, -0.05, 0.14)
FEW = gap("Master data", "not_compared", answers=0, units=0, reason="few_respondents")


def by_time(within=None, beyond=None, goal=4.2):
    table = pd.DataFrame(
        {
            "from_hours": [0.0, 8.0, 16.0],
            "until_hours": [8.0, 16.0, 640.0],
            "answers": [200, 90, 10],
            "respondents": [60, 40, 9],
            "score": [4.4, 4.3, 3.6],
            "low": [4.3, 4.1, 3.2],
            "high": [4.5, 4.5, 4.0],
            "others": [4.5, 4.4, NAN],
        }
    )
    return ScoreByTime(table=table, goal=goal, within=within, beyond=beyond)


def result(*gaps, **times):
    return ExpectationGap(
        business_unit="Head Office",
        period_start=pd.Timestamp("2026-10-01"),
        period_end=pd.Timestamp("2026-10-31"),
        window_start=pd.Timestamp("2025-11-01"),
        window_end=pd.Timestamp("2026-10-31"),
        gaps=pd.DataFrame(gaps, columns=GAPS),
        by_time=times,
        min_effect=0.1,
        family=25,
        interval_level=0.992,
        min_group=5,
        scale=(1.0, 5.0),
    )


@pytest.mark.parametrize(
    ("gaps", "title"),
    [
        ([LOWER, SAME], "At the same time to resolve, users rate Invoices lower than elsewhere"),
        ([HIGHER], "At the same time to resolve, users rate Travel higher than elsewhere"),
        (
            [LOWER, HIGHER],
            "At the same time to resolve, users rate Invoices lower than elsewhere, Travel higher",
        ),
        ([SAME, FEW], "Users here expect no more than elsewhere, as far as it matters"),
        ([SAME, UNSURE], "Whether users here expect more than elsewhere cannot be told"),
        ([FEW], "Too few answers to compare with other units"),
    ],
)
def test_every_verdict_has_its_title(gaps, title):
    assert words.answer(result(*gaps)) == title
    assert plot(result(*gaps)).caption.title == title


def test_the_sentences_of_each_verdict():
    said = say(result(LOWER, HIGHER, SAME, UNSURE, FEW))
    assert said.sentences == [
        "Invoices: at the same time to resolve users score 0.4 lower (0.2 to 0.6) than those of 4 "
        "comparable units (99.2% interval).",
        "Travel: at the same time to resolve users score 0.30 higher (0.04 to 0.56) than those of "
        "4 comparable units (99.2% interval).",
        "Payments: a gap, if any, is smaller than 0.1 points.",
        "Reports: cannot be told; the interval holds no gap and one that matters.",
    ]
    assert said.caveats == [
        "A gap can come from what users expect, from who answers, or from what is not on record; "
        "it is taken to be the same at all times."
    ]
    assert say(result(FEW)).sentences == [
        "Ten people of this unit and of three others must have answered about tickets that took as "
        "long."
    ]
    assert say(result(FEW)).caveats == []


def test_beside_the_figure_only_the_surest_gap_is_told():
    lesser = gap("Payments", "lower", -0.18, -0.34, -0.02)
    assert plot(result(lesser, LOWER)).caption.sentence.splitlines() == [
        "Invoices: at the same time to resolve users score 0.4 lower (0.2 to 0.6) than those of 4 "
        "comparable units (99.2% interval).",
        "A target that suits the others may not suit them.",
    ]
    assert "may not suit" not in plot(result(HIGHER)).caption.sentence


def test_the_figure_and_table_of_gaps():
    found = result(LOWER, UNSURE, FEW)
    for narrow in (False, True):
        drawn = plot(found).svg(narrow=narrow)
        for text in ("0.4 lower (0.2 to 0.6)", "300 answers; 4 comparable units",
                     "+0.04 (−0.05 to +0.14)", "too small to matter",
                     "too few people answered here"):  # fmt: skip
            assert text in drawn
    assert table(found).rows[0] == [
        "Invoices", "Lower than elsewhere", "0.4 lower (0.2 to 0.6)", "−0.4", "300", "70", "4"
    ]  # fmt: skip
    assert table(found).accented == [0]
    assert table(found).rows[2][1:3] == ["too few people answered here", "–"]


@pytest.mark.parametrize(
    ("within", "beyond", "goal", "title"),
    [
        (16, 16, 4.2, "Invoices: users give 4.2 of 5 or more up to 16 h, and less beyond"),
        (8, 16, 4.2, "Invoices: users give 4.2 of 5 or more up to 8 h, and less beyond 16 h"),
        (
            8,
            None,
            4.2,
            "Invoices: users give 4.2 of 5 or more up to 8 h; beyond, it cannot be told",
        ),
        (
            640,
            None,
            4.2,
            "Invoices: users give 4.2 of 5 or more, and no time shows beyond which they give less",
        ),
        (None, 0, 4.2, "Invoices: users give less than 4.2 of 5, all times together"),
        (
            None,
            8,
            4.2,
            "Invoices: users give less than 4.2 of 5 on average beyond 8 h; before, it cannot be "
            "told",
        ),
        (None, None, 4.2, "Invoices: up to which time users give 4.2 of 5 cannot be told"),
        (None, None, NAN, "Invoices: no goal is agreed to see the scores against"),
    ],
)
def test_every_limit_of_time_has_its_title(within, beyond, goal, title):
    kept = None if within is None else Limit(within, 4.36, 4.2004, 4.5)
    missed = None if beyond is None else Limit(beyond, 3.6, 3.2, 4.0)
    found = result(UNSURE | {"service": "Invoices"}, Invoices=by_time(kept, missed, goal))
    chart = scores_by_time(found)
    assert chart.caption.title == title
    if kept:
        told = f"Up to {within} h: 4.3600 on average (4.2004 to 4.5000)."
        assert told in chart.caption.sentence
    if missed:
        assert f"Beyond {beyond} h: 3.6 on average (3.2 to 4.0)." in chart.caption.sentence


def test_the_figure_of_scores_by_time():
    found = result(
        UNSURE | {"service": "Invoices"},
        SAME,
        Invoices=by_time(Limit(16, 4.3, 4.25, 4.4), Limit(16, 3.6, 3.2, 4.0)),
        Payments=by_time(),
    )
    chart = scores_by_time(found)
    assert "Cannot be told: Payments." in chart.caption.sentence
    for narrow in (False, True):
        drawn = chart.svg(narrow=narrow)
        for text in ("up to 8 h", "8 to 16 h", "16 to 640 h", "4.4 (4.3 to 4.5)",
                     "200 answers; elsewhere 4.5", "Goal 4.2"):  # fmt: skip
            assert text in drawn
        assert "var(--acc)" in drawn  # the last band lies below the goal
    assert chart.numbers.rows[0] == [
        "Invoices", "up to 8 h", "4.4 (4.3 to 4.5)", "4.5", "200", "60"
    ]  # fmt: skip


def test_the_method_is_told():
    ((name, told),) = method(result(LOWER))
    assert name == "Expectations"
    assert "25 differences of all units and services" in told
