"""Which services are stable and what changed, on the sample's planted truth and on real data."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from slm_analysis import open_unit, stability
from slm_analysis.errors import InputError
from slm_analysis.questions.answer import key_figures_of
from slm_analysis.questions.stability import RECENT
from slm_analysis.sample.truth import TRUTH
from tests.presentation.made_up_charts import made_up_stability, made_up_unit, once, shares


@pytest.fixture
def unit(sample_project, monkeypatch):
    """Return a function that opens a unit of the sample."""
    monkeypatch.chdir(sample_project)
    return open_unit


def service(result, name):
    return result.services.set_index("service").loc[name]


# --- Planted truth ----------------------------------------------------------------------------


def test_the_planted_cause_shows_from_its_month_and_still_stands_in_october(unit):
    cause = TRUTH.cause
    result = stability(unit(cause.business_unit))
    assert result.services["service"].iloc[0] == cause.service
    found = service(result, cause.service)
    assert (found["direction"], found["side"]) == ("worse", "below")
    planted = pd.Timestamp(cause.since)
    assert planted - pd.Timedelta(weeks=3) <= found["since"] <= planted + pd.Timedelta(weeks=6)
    runs = result.signals[result.signals["rule"] == "anhoej_runs"]
    assert runs["standing"].all()
    assert (runs["completed"] >= planted).all()
    assert found["center"] > found["target"] - 0.01  # the phase holds the good weeks before too
    others = result.services.iloc[1:]
    assert not others["direction"].isin(["worse", "mixed"]).any()


def test_nothing_stands_in_the_unit_of_pure_noise(unit):
    result = stability(unit(TRUTH.noise))
    standing = result.services["direction"].isin(["better", "worse", "mixed"]).sum()
    assert standing <= round(result.expected_false_signals)
    assert result.charts_read == 5
    assert result.expected_false_signals == pytest.approx(
        result.chart.summary["false_signal_chance"].sum()
    )


def test_a_change_of_one_service_begins_a_phase_there_and_nowhere_else(unit):
    change = TRUTH.improvement
    result = stability(unit(change.business_unit))
    phases = result.chart.phases
    labels = phases.groupby("service")["label"].agg(list)
    assert labels[change.service] == ["", change.description]
    assert all(label == [""] for name, label in labels.items() if name != change.service)
    start = phases.loc[phases["label"] == change.description, "start"].iloc[0]
    assert start == pd.Timestamp(change.on)  # a Monday


def test_a_change_without_a_service_begins_a_phase_in_all(unit):
    opened = unit(TRUTH.improvement.business_unit)
    everywhere = opened.process_changes.assign(service=pd.NA)
    result = stability(dataclasses.replace(opened, process_changes=everywhere))
    assert result.chart.phases.groupby("service").size().eq(2).all()


def test_the_target_is_that_of_the_preset_priority(unit):
    result = stability(unit(TRUTH.cause.business_unit))
    goals = result.services.set_index("service")["target"].to_dict()
    assert goals["Invoice posting"] == 0.95  # 0.98 is that of P1
    assert goals["Payments"] == 0.98
    assert result.chart.points.groupby("service")["target"].nunique().eq(1).all()


def test_the_record_for_the_portfolio(unit):
    result = stability(unit(TRUTH.cause.business_unit))
    trends = key_figures_of(result)["trends"]
    assert len(trends) == len(result.services)
    first = trends[0]
    assert (first["service"], first["metric"], first["direction"], first["side"]) == (
        TRUTH.cause.service, "resolution_time", "worse", "below",
    )  # fmt: skip
    assert first["since"].startswith("2026-0")
    assert {"center", "target"} <= set(first)
    assert len(first["recent"]) == RECENT
    assert all(value is None or 0 <= value <= 1 for value in first["recent"])
    assert first["recent"][-1] is None  # tickets of the last week are still running
    assert trends[-1]["since"] is None


# --- Real data --------------------------------------------------------------------------------


def test_the_incident_log_changed_in_spring_2016(real_project, monkeypatch):
    """Half a year after the log begins most incidents are in time; nobody recorded a change."""
    monkeypatch.chdir(real_project("uci"))
    period = {"period_start": "2016-05-01", "period_end": "2016-05-31"}
    result = stability(open_unit("Category 26", **period))
    changed = result.services[result.services["since"].notna()]
    assert changed["direction"].eq("better").all()
    assert changed["since"].between("2016-03-01", "2016-04-30").all()
    assert len(changed) >= 1
    assert (result.chart.phases["label"] == "").all()


# --- Made-up data -----------------------------------------------------------------------------


def test_only_signals_of_the_reported_period_are_new():
    old = made_up_stability({"A": shares((-21, 0.9))})
    assert old.signals["standing"].all()
    assert not old.signals["new"].any()
    new = made_up_stability({"A": shares((-12, 0.9))})
    assert new.signals.loc[new.signals["rule"] == "anhoej_runs", "new"].all()
    gone = made_up_stability({"A": once(-3, 0.85)})
    assert gone.signals[["new", "standing"]].values.tolist() == [[True, False]]
    assert made_up_stability({"A": once(-8, 0.85)}).signals.empty


def test_few_crossings_are_never_news():
    result = made_up_stability({"A": shares((-21, 0.9))})
    crossings = result.signals[result.signals["rule"] == "anhoej_crossings"]
    assert not crossings["new"].any()


def test_services_stand_in_the_order_of_worry():
    result = made_up_stability(
        {
            "always": np.ones(69),
            "better": shares((-12, 0.995)),
            "low": shares() - 0.08,
            "over": once(-3, 0.85),
            "steady": shares(),
            "worse": shares((-12, 0.9)),
        },
        n=300,
    )
    order = ["worse", "over", "low", "better", "steady", "always"]
    assert result.services["service"].tolist() == order
    assert service(result, "over")["new_unfavourable"] == 1
    assert service(result, "better")["new_favourable"] >= 1
    assert result.services["steadily_missed"].tolist() == [name == "low" for name in order]
    assert service(result, "steady")[["periods", "tickets"]].tolist() == [69, 69 * 300]
    assert service(result, "steady")["last_time"] == pd.Timestamp("2026-10-26")


def test_only_a_quiet_service_is_steadily_below_its_target():
    restless = once(-30, 0.6, shares() - 0.08)
    result = made_up_stability({"quiet": shares() - 0.08, "restless": restless})
    assert result.services["direction"].eq("steady").all()
    missed = result.services.set_index("service")["steadily_missed"]
    assert missed.to_dict() == {"quiet": True, "restless": False}


def test_a_goal_that_was_tightened_counts_from_its_time_on():
    unit = made_up_unit({"A": shares()})
    late = unit.targets["opened_on"] >= pd.Timestamp("2026-01-05")
    goals = unit.targets["goal_share"].mask(late, 0.97)
    result = stability(dataclasses.replace(unit, targets=unit.targets.assign(goal_share=goals)))
    points = result.chart.points.set_index("time")["target"]
    assert points[:"2025-12-29"].eq(0.95).all()
    assert points["2026-01-05":].eq(0.97).all()
    assert result.services["target"].tolist() == [0.97]


def test_a_week_without_tickets_keeps_the_goal_and_is_a_gap():
    values = shares()
    values[[0, 30]] = np.nan
    result = made_up_stability({"A": values, "B": shares()})
    points = result.chart.points[result.chart.points["service"] == "A"]
    assert points["target"].eq(0.95).all()
    assert points["value"].isna().sum() == 2


def test_without_the_target_there_is_nothing_to_chart():
    unit = made_up_unit({"A": shares()})
    result = stability(unit, "response_time")
    assert result.services.empty
    assert result.charts_read == 0
    assert result.expected_false_signals == 0
    assert key_figures_of(result)["trends"] == []
    nothing_counted = unit.targets.assign(state="excluded")
    assert stability(dataclasses.replace(unit, targets=nothing_counted)).services.empty


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"target": "resolution_tim"}, "Did you mean 'resolution_time'"),
        ({"target": "error_rate"}, "is not in the agreement"),
        ({"freq": "weak"}, "Did you mean 'week'"),
    ],
)
def test_what_cannot_be_charted_is_an_error(options, message):
    with pytest.raises(InputError, match=message):
        stability(made_up_unit({"A": shares()}), **options)
