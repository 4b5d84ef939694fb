"""What the next month is likely to bring, on the sample's planted truth and on made-up units."""

import dataclasses
import json

import numpy as np
import pandas as pd
import pytest

from slm_analysis import open_unit, outlook, plot, say, table
from slm_analysis.errors import InputError
from slm_analysis.presentation.methods import method
from slm_analysis.presentation.words import outlook as words
from slm_analysis.questions.answer import key_figures_of
from slm_analysis.sample.truth import TRUTH
from tests.presentation.drawn import assert_readable, drawn
from tests.presentation.made_up_charts import made_up_unit

WEEKS = 104


@pytest.fixture
def unit(sample_project, monkeypatch):
    """Return a function that opens a unit of the sample."""
    monkeypatch.chdir(sample_project)
    return open_unit


def weekly(level, fall=0.0, seed=0, weeks=WEEKS):
    shares = level - fall * np.arange(weeks) / weeks
    return np.random.default_rng(seed).binomial(100, shares) / 100


def made_up(services, **how):
    """Return the outlook of a unit whose reported month, October 2026, is its last."""
    unit = made_up_unit(services)
    shift = unit.period_end - unit.targets["counted_on"].max()
    shift = shift.floor("7D")
    moved = {name: unit.targets[name] + shift for name in ("counted_on", "opened_on")}
    start = unit.data_from + shift
    return outlook(
        dataclasses.replace(unit, targets=unit.targets.assign(**moved), data_from=start), **how
    )


# --- Planted truth ----------------------------------------------------------------------------


def test_the_service_with_the_planted_cause_will_miss_its_goal(unit):
    cause = TRUTH.cause
    result = outlook(unit(cause.business_unit))
    first = result.services.iloc[0]
    assert first["service"] == cause.service
    assert first["time"] == pd.Timestamp("2026-11-01")
    assert first["chance_missed"] > 0.99
    assert first["high"] < first["target"] == 0.95
    shifts = result.trend.shifts
    assert shifts["service"].tolist() == [cause.service]
    assert shifts["time"].tolist() == [pd.Timestamp(cause.since)]
    assert result.services["chance_missed"].is_monotonic_decreasing


def test_no_trend_is_called_in_the_unit_of_pure_noise(unit):
    result = outlook(unit(TRUTH.noise))
    assert result.services["verdict"].isin(["no_clear_trend", "cannot_tell"]).all()
    assert result.trend.shifts.empty
    assert result.services["held"].sum() >= 0.85 * result.services["backtested"].sum()


def test_all_services_are_forecast_for_the_month_after_the_reported_one(unit):
    result = outlook(unit(TRUTH.cause.business_unit))
    assert result.services["time"].eq(pd.Timestamp("2026-11-01")).all()
    assert sorted(result.services["ahead"].unique()) == [1, 2]  # one service has open tickets


def test_the_record_for_the_portfolio(unit):
    result = outlook(unit(TRUTH.cause.business_unit))
    rows = key_figures_of(result)["outlook"]
    assert len(rows) == len(result.services)
    assert rows[0]["metric"] == "resolution_time"
    assert json.loads(json.dumps(rows, allow_nan=False)) == rows


def test_an_unknown_target_is_told(unit):
    with pytest.raises(InputError, match="Did you mean 'resolution_time'"):
        outlook(unit(TRUTH.noise), target="resolution_tim")
    with pytest.raises(InputError, match="freq 'day' is not known"):
        outlook(unit(TRUTH.noise), freq="day")


# --- Words ------------------------------------------------------------------------------------


def test_a_service_likely_to_miss_makes_the_title():
    result = made_up({"Payments": weekly(0.99), "发票": weekly(0.925, seed=1)})
    caption = words.caption(result)
    assert caption.title == "发票 is likely to miss its goal in November 2026"
    assert caption.subtitle == (
        "Share of tickets resolved in time per month: forecasts with 95% interval, from up to "
        "23 months"
    )
    assert caption.sentence.startswith("发票: no clear trend (")
    assert "Payments" not in caption.sentence
    assert say(result).sentences[0] == caption.sentence
    assert say(result).sentences[1].startswith("Payments: ")
    assert table(result).columns[0].title == "Service"


@pytest.mark.parametrize(
    ("services", "title"),
    [
        (
            {"A": weekly(0.90), "B": weekly(0.88, seed=1)},
            "B and A are likely to miss their goals in November 2026",
        ),
        ({"A": weekly(0.947, seed=5)}, "A may miss its goal in November 2026"),
        ({"A": weekly(0.99)}, "No service is likely to miss its goal in November 2026"),
        (
            {"A": weekly(0.9, weeks=30)},
            "For November 2026 no service can be forecast yet",
        ),
        ({"A": np.ones(WEEKS)}, "For November 2026 no service can be forecast yet"),
    ],
    ids=["two", "even", "none", "few months", "all in time"],
)
def test_titles(services, title):
    assert words.caption(made_up(services)).title == title


def test_weeks_can_be_forecast_too():
    result = made_up({"A": weekly(0.9)}, freq="week")
    caption = words.caption(result)
    assert caption.title == "A is likely to miss its goal in the week of 2 November 2026"


def test_nothing_promised():
    unit = made_up_unit({"A": weekly(0.9, weeks=20)})
    result = outlook(dataclasses.replace(unit, targets=unit.targets.iloc[:0]))
    assert say(result).sentences == ["Nothing was promised that could be forecast."]
    assert table(result).rows == []
    assert plot(result).caption.title == "Nothing was promised that could be forecast"
    assert key_figures_of(result)["outlook"] == []
    assert method(result) == []


def test_how_it_was_made_is_told():
    ((name, text),) = method(made_up({"A": weekly(0.9), "B": weekly(0.95)}))
    assert name == "Forecasts"
    assert "2 slopes, corrected together (Benjamini-Hochberg, 5% false trends accepted)" in text


@pytest.mark.parametrize("narrow", [False, True])
def test_the_figure_is_readable_in_both_widths(narrow):
    long = "华东销售部发票过账服务与供应商主数据维护以及付款"
    result = made_up({long: weekly(0.8), "Travel reimbursement for executives": weekly(0.99)})
    assert_readable(drawn(plot(result), narrow=narrow))
