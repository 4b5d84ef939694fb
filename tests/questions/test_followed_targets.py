"""Which service levels satisfaction goes with: planted truth, the negative control, words."""

import dataclasses

import pandas as pd
import pytest

from slm_analysis import followed_targets, open_unit
from slm_analysis.errors import InputError
from slm_analysis.presentation import plot, say, table
from slm_analysis.presentation.methods import method
from slm_analysis.questions.answer import key_figures_of
from slm_analysis.questions.followed_targets import TABLE, FollowedTargets
from slm_analysis.result import note
from slm_analysis.sample.centre import UNITS
from slm_analysis.sample.surveys import COST_OF_LATENESS
from slm_analysis.sample.truth import TRUTH

NAN = float("nan")


@pytest.fixture
def unit(sample_project, monkeypatch):
    """Return a function that opens a unit of the sample."""
    monkeypatch.chdir(sample_project)
    return open_unit


def rows(result):
    return result.table.set_index(["service", "target"])


# --- Planted truth -------------------------------------------------------------------------------


def test_what_a_late_ticket_costs_is_found(unit):
    result = followed_targets(unit(TRUTH.cause.business_unit))
    row = rows(result).loc[("Invoice posting", "resolution_time")]
    assert row["verdict"] == "lower"
    assert row["low"] < -COST_OF_LATENESS < row["high"] < 0
    errors = rows(result).loc[("Invoice posting", "error_rate")]
    assert errors["verdict"] == "cannot_tell"  # errors cost nothing in the sample
    (first, *_) = key_figures_of(result)["followed"]
    assert first["verdict"] == "lower"


@pytest.mark.parametrize("name", UNITS)
def test_only_lateness_is_found_and_never_where_nobody_minds(unit, name):
    result = followed_targets(unit(name))
    found = result.table[result.table["verdict"].isin(["lower", "higher"])]
    assert set(found["metric"]) <= {"resolution_time"}
    assert not len(found) or name != TRUTH.noise
    assert not result.table["moves"].any()
    shown = result.table[result.table["difference"].notna()]
    assert (shown[["broken_people", "kept_people"]] >= 10).all(axis=None)


def test_counts_agree_with_plain_counting(unit):
    opened = unit("Manufacturing")
    row = rows(followed_targets(opened)).loc[("Invoice posting", "resolution_time")]
    judged = opened.judged("resolution_time")
    judged = judged[judged["service"] == "Invoice posting"]
    answers = opened.surveys[opened.survey_days.between("2024-11-01", "2026-10-31")]
    late = answers["ticket_id"].isin(judged.loc[judged["breached"], "ticket_id"])
    kept = answers["ticket_id"].isin(judged.loc[~judged["breached"], "ticket_id"])
    assert (row["broken"], row["kept"]) == (late.sum(), kept.sum())
    assert row["broken_people"] == answers.loc[late, "respondent_id"].nunique()
    means = answers.loc[late, "score"].mean() - answers.loc[kept, "score"].mean()
    assert row["difference"] == pytest.approx(means)


def test_too_little_is_said_to_be_too_little(unit):
    result = followed_targets(unit(TRUTH.small))
    assert set(result.table["verdict"]) == {"not_compared"}
    chart = plot(result)
    assert chart.caption.title == "Too few broken promises to tell which satisfaction goes with"
    assert chart.caption.sentence == (
        "Each promise has answers of fewer than 10 people on one side."
    )
    opened = unit("Logistics")
    silent = followed_targets(dataclasses.replace(opened, surveys=opened.surveys[:0]))
    assert silent.table.empty
    assert say(silent).sentences == ["No promise to this unit is kept or broken by single tickets."]
    with pytest.raises(InputError, match="months is 0"):
        followed_targets(opened, months=0)
    with pytest.raises(InputError, match="min_effect is -1"):
        followed_targets(opened, min_effect=-1)


def test_the_negative_control_claims_nothing(real_project, monkeypatch):
    monkeypatch.chdir(real_project("tech_support"))
    for name in ("Austria", "United Kingdom", "Italy"):
        opened = open_unit(name, period_start="2023-01-01", period_end="2023-12-31")
        result = followed_targets(opened)
        assert set(result.table["verdict"]) <= {"cannot_tell", "not_compared", "same"}
        assert not result.table["moves"].any()
        assert key_figures_of(result)["followed"] == []


# --- Words ---------------------------------------------------------------------------------------


def promise(service, verdict, difference=NAN, low=NAN, high=NAN, **values):
    row = dict.fromkeys(TABLE, NAN) | {
        "service": service, "target": "resolution_time", "metric": "resolution_time",
        "broken": 116, "broken_people": 88, "kept": 2457, "kept_people": 190,
        "difference": difference, "low": low, "high": high, "verdict": verdict, "months": 24,
        "moves": False,
    }  # fmt: skip
    return row | values


LOWER = promise("Invoices", "lower", -0.65, -0.92, -0.39)
HIGHER = promise("Travel", "higher", 0.3, 0.04, 0.56)
SAME = promise("Payments", "same", 0.01, -0.06, 0.09, metric="response_time")
UNSURE = promise("Reports", "cannot_tell", 0.4, -0.2, 1.0, metric="error_rate", broken=17)
FEW = promise("Master data", "not_compared", broken=4, broken_people=4)
MOVES = {"moves": True, "slope": 0.31, "slope_low": 0.04, "slope_high": 0.6}


def result(*promises, **values):
    given = {
        "business_unit": "Head Office",
        "period_start": pd.Timestamp("2026-10-01"),
        "period_end": pd.Timestamp("2026-10-31"),
        "window_start": pd.Timestamp("2024-11-01"),
        "window_end": pd.Timestamp("2026-10-31"),
        "table": pd.DataFrame(promises, columns=TABLE),
        "min_effect": 0.1,
        "families": (3, 2),
        "q": 0.05,
        "interval_level": 0.983,
        "slope_level": 0.9875,
    }
    return FollowedTargets(**(given | values))


@pytest.mark.parametrize(
    ("promises", "title"),
    [
        (
            [LOWER, HIGHER],
            "Scores are lower where a promise was broken: Invoices (time to resolve)",
        ),
        ([HIGHER], "Scores are higher where a promise was broken: Travel (time to resolve)"),
        ([SAME], "Satisfaction does not go with the promises that could be compared"),
        ([SAME, UNSURE], "Whether satisfaction goes with the promises cannot be told"),
        ([FEW], "Too few broken promises to tell which satisfaction goes with"),
    ],
)
def test_every_verdict_has_its_title(promises, title):
    assert plot(result(*promises)).caption.title == title


def test_the_sentences_of_each_verdict():
    said = say(result(LOWER, HIGHER, SAME, UNSURE, FEW))
    assert said.sentences == [
        "Invoices (time to resolve): 0.7 lower (0.4 to 0.9) in 116 answers about broken promises "
        "(98.3% interval).",
        "Travel (time to resolve): 0.30 higher (0.04 to 0.56) in 116 answers about broken promises "
        "(98.3% interval).",
        "Not with Payments (first response): whether it was kept or broken, scores differ by less "
        "than 0.1.",
    ]
    assert said.caveats == ["Hard tickets are late and please less: lateness alone need not do it."]
    assert say(result(UNSURE)).sentences == [
        "Reports (errors): the interval holds no difference and one that matters."
    ]
    assert say(result(UNSURE)).caveats == []


def test_months_are_told_where_the_score_moves_with_them():
    said = say(result(UNSURE | MOVES)).sentences
    assert said == [
        "Reports (errors): in months with 10 points more kept the score was +0.31 points (+0.04 to "
        "+0.60; 98.8% interval)."
    ]
    assert table(result(UNSURE | MOVES)).rows[0][4] == "+0.31 (+0.04 to +0.60)"


def test_what_belongs_to_no_ticket_is_named():
    left_out = result(SAME, notes=(note("not_of_a_ticket", metrics=("availability",)),))
    assert say(left_out).caveats == ["Left out, as it belongs to no single ticket: availability."]


def test_the_figure_and_table():
    found = result(LOWER, SAME, UNSURE, FEW, FEW)
    for narrow in (False, True):
        drawn = plot(found).svg(narrow=narrow)
        for text in ("0.7 lower (0.4 to 0.9)", "116 broken, 2,457 kept", "+0.01 (−0.06 to +0.09)",
                     "Two other promises", "fewer than 10 people on one side",
                     "too small to matter"):  # fmt: skip
            assert text in drawn
        assert "Master data" not in drawn
    assert table(found).rows[0] == [
        "Invoices (time to resolve)", "Goes with lower scores", "0.7 lower (0.4 to 0.9)",
        "116 broken, 2,457 kept", "–",
    ]  # fmt: skip
    assert table(found).rows[3][1:3] == ["Too few to compare", "–"]
    assert table(found).accented == [0]


def test_the_method_is_told():
    ((name, told),) = method(result(LOWER))
    assert name == "Service levels that scores go with"
    assert told.startswith("3 differences of means")
