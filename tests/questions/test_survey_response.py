"""Who answers: counts, real data, what cannot be compared, and what is said of it."""

import dataclasses

import pandas as pd
import pytest

from slm_analysis import open_unit, survey_response
from slm_analysis.errors import InputError
from slm_analysis.presentation import plot, say, table
from slm_analysis.questions.survey_response import FUNNEL, RATE, SurveyResponse
from slm_analysis.sample.centre import UNITS

NAN = float("nan")


@pytest.fixture
def unit(sample_project, monkeypatch):
    """Return a function that opens a unit of the sample."""
    monkeypatch.chdir(sample_project)
    return open_unit


def test_counts_agree_with_plain_counting(unit):
    opened = unit("Logistics")
    result = survey_response(opened)
    judged = opened.judged("resolution_time")
    resolved = judged["resolved_at"].dt.tz_convert("Asia/Shanghai").dt.strftime("%Y-%m")
    window = judged[resolved.between("2025-11", "2026-10")]
    answered = window["ticket_id"].isin(opened.surveys["ticket_id"])
    rates = result.rates.set_index("state")
    for state, late in (("in_time", False), ("late", True)):
        own = window["breached"] == late
        assert rates.loc[state, "tickets"] == own.sum()
        assert rates.loc[state, "answered"] == (answered & own).sum()
        assert rates.loc[state, "low"] < rates.loc[state, "rate"] < rates.loc[state, "high"]


@pytest.mark.parametrize("name", UNITS)
def test_no_difference_is_claimed_in_the_sample(unit, name):
    result = survey_response(unit(name))
    assert pd.isna(result.difference_low) or result.difference_low < 0 < result.difference_high


def test_one_kind_of_ticket_alone_cannot_be_compared(unit):
    opened = unit("Logistics")
    kept = opened.targets.assign(state=opened.targets["state"].replace("breached_closed", "met"))
    result = survey_response(dataclasses.replace(opened, targets=kept))
    assert result.rates["state"].tolist() == ["in_time"]
    assert pd.isna([result.difference, result.difference_low, result.difference_high]).all()
    assert say(result).sentences[0].startswith("Late tickets or those in time are too few")


def test_answers_without_tickets_and_bad_input(unit):
    opened = unit("Logistics")
    surveys = opened.surveys.assign(ticket_id=pd.Series(pd.NA, opened.surveys.index, dtype="str"))
    result = survey_response(dataclasses.replace(opened, surveys=surveys))
    assert result.rates.empty
    assert table(result).rows == []
    assert list(say(result).sentences) == [
        "Which resolved tickets were answered about, and which of them were late, is not on record."
    ]
    assert plot(result).caption.title == "Who was asked is not on record"
    with pytest.raises(InputError, match="months is 0"):
        survey_response(opened, months=0)


def test_no_difference_is_claimed_at_the_help_desk(real_project, monkeypatch):
    monkeypatch.chdir(real_project("tech_support"))
    for name in ("Austria", "United Kingdom", "Italy"):
        opened = open_unit(name, period_start="2023-01-01", period_end="2023-12-31")
        result = survey_response(opened)
        done = opened.tickets["resolved_at"].notna() & opened.tickets["status"].isin(
            ["Closed", "Resolved"]
        )
        assert result.rates["tickets"].sum() == done.sum()
        assert pd.isna(result.difference_low) or result.difference_low < 0 < result.difference_high


# --- Words ---------------------------------------------------------------------------------------


FUNNEL_ROWS = [("in_time", 0, 5515, 0, 5515, 1655), ("late", 6, 312, 0, 312, 89)]


def result(difference, low, high, **values):
    rates = [("in_time", 5515, 1655, 0.3001, 0.288, 0.3125), ("late", 312, 89, 0.285, 0.236, 0.34)]
    given = {
        "business_unit": "Head Office",
        "period_start": pd.Timestamp("2026-10-01"),
        "period_end": pd.Timestamp("2026-10-31"),
        "window_start": pd.Timestamp("2025-11-01"),
        "window_end": pd.Timestamp("2026-10-31"),
        "rates": pd.DataFrame(rates, columns=RATE),
        "funnel": pd.DataFrame(FUNNEL_ROWS, columns=FUNNEL),
        "unasked": pd.DataFrame({"status": pd.Series(dtype="str"), "tickets": []}),
        "difference": difference,
        "difference_low": low,
        "difference_high": high,
    }
    return SurveyResponse(**(given | values))


@pytest.mark.parametrize(
    ("figures", "sentence"),
    [
        (
            (-0.015, -0.066, 0.042),
            "No difference that chance could not make between late tickets and others: −1.5 points "
            "(−6.6 to +4.2).",
        ),
        (
            (-0.08, -0.12, -0.0004),
            "Late tickets are answered less often than the others: −8.00 points (−12.00 to −0.04). "
            "The scores tell too little of them.",
        ),
        (
            (0.08, 0.04, 0.12),
            "Late tickets are answered more often than the others: +8.0 points (+4.0 to +12.0). "
            "The scores tell too much of them.",
        ),
        (
            (0.08, NAN, NAN),
            "Late tickets or those in time are too few to compare (30 of either, opened on 10 "
            "days, are needed).",
        ),
    ],
)
def test_each_verdict_in_words(figures, sentence):
    said = say(result(*figures))
    assert list(said.sentences) == [
        sentence,
        "Answered, of those resolved: in time 1,655 of 5,515, 30.0% (28.8 to 31.2%); late 89 of "
        "312, 28.5% (23.6 to 34.0%).",
        "Nobody could be asked about 6 late tickets still open.",
    ]
    assert list(said.caveats) == ["Every ticket resolved counts as asked."]
    assert table(result(*figures)).rows[1] == [
        "Late", "6", "312", "312", "89", "28.5% (23.6 to 34.0%)"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("figures", "title"),
    [
        ((-0.015, -0.066, 0.042), "No difference in who answers, late or in time, beyond chance"),
        (
            (-0.08, -0.12, -0.01),
            "Late tickets are answered less often: the scores tell too little of them",
        ),
        (
            (0.08, 0.04, 0.12),
            "Late tickets are answered more often: the scores tell too much of them",
        ),
        ((0.08, NAN, NAN), "Too few late tickets to tell whether they are answered as often"),
    ],
)
def test_the_funnel_shows_what_is_left_and_why(figures, title):
    chart = plot(result(*figures))
    assert chart.caption.title == title
    drawn = chart.svg(narrow=False)
    for text in ("In time", "Late", "Resolved", "312 (98.1%); 6 still open", "89 (28.0%)"):
        assert f">{text}<" in drawn
    assert "Could be asked" not in drawn  # nobody was left out there
    narrow = chart.svg(narrow=True)
    assert "312 (98.1%)" in narrow
    assert "still open" not in narrow  # said below


def test_statuses_that_nobody_answered_are_a_step():
    rows = [("in_time", 0, 1546, 598, 948, 948), ("late", 417, 366, 141, 225, 225)]
    silent = result(
        0.002,
        -0.05,
        0.06,
        funnel=pd.DataFrame(rows, columns=FUNNEL),
        unasked=pd.DataFrame({"status": ["Resolved"], "tickets": [739]}),
    )
    drawn = plot(silent).svg(narrow=False)
    assert ">225 (28.7%); 141 with status Resolved<" in drawn
    assert ">366 (46.7%); 417 still open<" in drawn
    assert [s for s in say(silent).sentences if "739 of" in s] == [
        "No ticket with status Resolved has an answer (739 of 5,827 resolved): these could not be "
        "rated, or nobody asked."
    ]
