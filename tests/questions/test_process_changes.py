"""What process changes were followed by, on the sample's planted truth and on made-up changes."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from slm_analysis import change_outcomes, open_unit, series
from slm_analysis.dataset.comparison import anonymous
from slm_analysis.errors import InputError
from slm_analysis.presentation.words.change_effect import on_its_scale
from slm_analysis.questions.answer import key_figures_of
from slm_analysis.questions.comparable_units import OWN, beside_comparable, other_units
from slm_analysis.sample.truth import TRUTH

MEASURES = ["resolution_time", "resolution_hours", "satisfaction"]
ZONE = "Asia/Shanghai"


@pytest.fixture
def unit(sample_project, monkeypatch):
    """Return a function that opens a unit of the sample."""
    monkeypatch.chdir(sample_project)
    return open_unit


def with_changes(unit, *changes):
    """Return the unit with other process changes: id, service, day, day of full effect."""
    table = pd.DataFrame(
        {
            "change_id": [c[0] for c in changes],
            "business_unit": unit.business_unit,
            "implemented_at": utc([c[2] for c in changes]),
            "service": pd.Series([c[1] for c in changes], dtype="str"),
            "full_effect_at": utc([c[3] if len(c) > 3 else None for c in changes]),
            "description": [f"Change {c[0]}" for c in changes],
            "expected_effect": pd.Series([None] * len(changes), dtype="str"),
        }
    )
    return dataclasses.replace(unit, process_changes=table)


def utc(days):
    local = pd.to_datetime(pd.Series(days)).dt.tz_localize(ZONE)
    return local.dt.tz_convert("UTC").dt.as_unit("us")


def test_the_planted_improvement_is_found(unit):
    result = change_outcomes(unit("Manufacturing"))
    effects = result.effects
    assert effects["change_id"].unique().tolist() == [TRUTH.improvement.change_id]
    assert effects["measure"].tolist() == MEASURES
    found = effects.set_index("measure")
    assert found.loc["resolution_hours", "verdict"] == "better"
    assert found.loc["satisfaction", "verdict"] == "better"
    assert found.loc["resolution_time", "verdict"] in {"better", "cannot_tell"}
    # Planted: a third less time, 0.4 points more.
    assert found.loc["resolution_hours", "estimate"] < 0
    low, high = found.loc["satisfaction", ["low", "high"]]
    assert low < TRUTH.improvement.satisfaction < high
    assert result.changes["outcome"].tolist() == ["better"]


@pytest.mark.parametrize("change", [TRUTH.idle_change, TRUTH.noise_change])
def test_changes_that_did_nothing_are_neither_better_nor_worse(unit, change):
    result = change_outcomes(unit(change.business_unit))
    assert set(result.effects["change_id"]) == {change.change_id}
    assert not set(result.effects["verdict"]) & {"better", "worse"}
    assert result.changes["outcome"].tolist() in [["cannot_tell"], ["no_meaningful_change"]]


def test_a_unit_without_changes_has_an_empty_answer(unit):
    result = change_outcomes(unit("Research & Development"))
    assert result.changes.empty
    assert result.effects.empty
    assert result.single == ()
    assert result.family_size == 0
    assert len(result.actions) == 1


def test_days_are_those_of_the_units_clock(unit):
    result = change_outcomes(unit("Manufacturing"))
    # Midnight in Shanghai is 16:00 of the day before in UTC.
    assert result.effects["on"].unique().tolist() == [pd.Timestamp("2026-03-02")]
    assert [e.on for e in result.single] == [pd.Timestamp("2026-03-02")] * 3
    assert not any(n.code == "change_within_period" for e in result.single for n in e.notes)


def test_all_tests_of_a_call_are_one_family(unit):
    changed = with_changes(unit("Manufacturing"), ("A", None, "2026-03-02"))
    effects = change_outcomes(changed).effects
    tested = effects.dropna(subset="p")
    assert len(effects) == 15  # five services, three measures
    np.testing.assert_allclose(tested["q"], stats.false_discovery_control(tested["p"]))
    finds = tested["q"] <= 0.05
    assert finds.any()
    # Benjamini and Yekutieli 2005: intervals at 1 - R q / m exclude 0 for finds, and only for them.
    np.testing.assert_allclose(effects["level"], 1 - finds.sum() * 0.05 / len(tested))
    assert ((tested["low"] > 0) | (tested["high"] < 0)).equals(finds)


def test_times_are_dated_by_opening(unit):
    manufacturing = unit("Manufacturing")
    points = series(
        manufacturing, "resolution_time", "week", "opened", by="service", months=26
    ).query("service == 'Invoice posting'")
    seen = change_outcomes(manufacturing).single[0].table
    np.testing.assert_array_equal(seen["n"], points["n"])


def hours_of(result):
    return result.single[result.effects["measure"].tolist().index("resolution_hours")]


def compared_with(opened, others, folder):
    """Return a unit that is compared with other units than there are."""
    file = folder / "comparison.parquet"
    others.to_parquet(file)
    return dataclasses.replace(opened, comparison_file=file)


def test_other_units_serve_as_controls_unless_they_changed_too(unit, tmp_path):
    sales = unit("Sales West")
    hours = hours_of(change_outcomes(sales))
    assert hours.comparison == "controls"
    every = sales.comparison
    assert set(hours.controls) < set(every["unit"]) - {anonymous("Sales West")}
    changed = every.assign(
        changed_on=every["changed_on"].mask(
            every["unit"] == hours.controls[0], pd.Timestamp("2025-01-06")
        )
    )
    fewer = hours_of(change_outcomes(compared_with(sales, changed, tmp_path)))
    assert set(fewer.controls) == set(hours.controls[1:])
    alone = compared_with(sales, every.iloc[:0], tmp_path)
    assert {e.comparison for e in change_outcomes(alone).single} == {"own_series"}


def test_a_unit_that_moved_for_a_reason_of_its_own_is_not_comparable(unit):
    """The invoices of 华东销售部 are slower from June 2026 on; the automation saves 1.9 hours."""
    manufacturing = unit("Manufacturing")
    every = manufacturing.comparison.query("service == 'Invoice posting' and freq == 'week'")
    window = every[
        every["unit"].eq(anonymous("Manufacturing")) & every["metric"].eq("resolution_hours")
    ]
    others = other_units(manufacturing, "resolution_hours", "week", "weights")
    others = others[others["service"] == "Invoice posting"]
    beside = beside_comparable(window[["time", "value"]], others, "week")
    assert anonymous("华东销售部") in set(others["unit"])
    assert anonymous("华东销售部") not in set(beside["unit"])
    assert set(beside["unit"]) > {OWN}
    hours = hours_of(change_outcomes(manufacturing))
    assert hours.low <= -1.9 <= hours.high


def test_nothing_is_expected_off_the_scale(unit):
    result = change_outcomes(unit("Sales West"))
    assert result.ends["satisfaction"] == (1, 5)
    beyond = 0
    for effect, measure in zip(result.single, result.effects["measure"], strict=True):
        low, high = result.ends[measure]
        lines = ["expected", "expected_low", "expected_high"]
        shown = on_its_scale(effect, (low, high))[lines].to_numpy()
        assert low <= np.nanmin(shown) <= np.nanmax(shown) <= high
        beyond += int((effect.table[lines].max().max() > high) and measure == "satisfaction")
    assert beyond  # its interval would reach over 5


def test_figures_of_other_units_are_dated_like_the_units_own(unit):
    for name in ("Manufacturing", "Sales West"):
        opened = unit(name)
        for metric, count_by in (("resolution_time", "opened"), ("resolution_hours", None)):
            own = series(opened, metric, "week", count_by, by="service", months=12)
            own = own[own["complete"]].set_index(["service", "time"])["value"]
            every = opened.comparison
            same = every[
                every["unit"].eq(anonymous(name))
                & every["metric"].eq(metric)
                & every["freq"].eq("week")
            ]
            same = same.set_index(["service", "time"])["value"].reindex(own.index)
            known = same.notna() & own.notna()
            assert known.mean() > 0.8
            np.testing.assert_allclose(own[known], same[known])


def test_each_change_is_judged_between_its_neighbours(unit):
    changed = with_changes(
        unit("Manufacturing"),
        ("A", "Invoice posting", "2025-06-02"),
        ("B", "Invoice posting", "2026-03-02"),
        ("C", "Payments", "2026-04-06"),
    )
    result = change_outcomes(changed, freq="week")
    spans = {
        (row.change_id, row.measure): (effect.table["time"].min(), effect.table["time"].max())
        for row, effect in zip(result.effects.itertuples(), result.single, strict=True)
    }
    assert spans["A", "resolution_hours"][1] == pd.Timestamp("2026-02-23")
    assert spans["B", "resolution_hours"][0] == pd.Timestamp("2025-06-02")
    assert spans["C", "resolution_hours"][0] < pd.Timestamp("2025-06-02")
    final = result.effects.drop_duplicates("change_id").set_index("change_id")["final"]
    assert final.to_dict() == {"C": False, "B": False, "A": True}
    near = result.effects.set_index(["change_id", "measure"])["others_near"]
    assert near["B", "satisfaction"] == near["C", "satisfaction"] == 1
    assert near["A", "satisfaction"] == 0
    found = result.effects.set_index(["change_id", "measure"])["verdict"]
    assert found["B", "resolution_hours"] == "better"


def test_the_latest_change_stands_first(unit):
    changed = with_changes(
        unit("Logistics"), ("A", "Payments", "2025-06-02"), ("B", None, "2026-03-02")
    )
    result = change_outcomes(changed)
    assert result.changes["change_id"].tolist() == ["B", "A"]
    assert result.effects["change_id"].drop_duplicates().tolist() == ["B", "A"]
    own = result.effects[result.effects["change_id"] == "B"]
    assert own["service"].tolist() == sorted(own["service"])


@pytest.mark.parametrize(
    ("full_effect", "left_out"),
    [("2026-03-02", 0), ("2026-03-30", 4), ("2026-04-01", 5), ("2026-02-02", 0), (None, 0)],
)
def test_periods_before_the_full_effect_are_left_out(unit, full_effect, left_out):
    changed = with_changes(
        unit("Manufacturing"), ("A", "Invoice posting", "2026-03-02", full_effect)
    )
    phases = change_outcomes(changed).single[1].table["phase"]
    assert (phases == "ramp").sum() == left_out


def test_an_earlier_change_must_have_settled(unit):
    changed = with_changes(
        unit("Manufacturing"),
        ("A", "Invoice posting", "2025-06-02", "2025-07-28"),
        ("B", "Invoice posting", "2026-03-02"),
    )
    result = change_outcomes(changed)
    hours = result.single[result.effects["measure"].tolist().index("resolution_hours")]
    assert hours.on == pd.Timestamp("2026-03-02")
    assert hours.table["time"].min() == pd.Timestamp("2025-07-28")


def test_merged_answers_that_reach_across_a_change_count_on_neither_side(unit):
    logistics = unit("Logistics")
    points = series(logistics, "satisfaction", "week", by="service", months=26)
    points = points[points["service"] == "Payments"].reset_index(drop=True)
    gap = points.index[points["value"].isna() & (points["time"] > "2025-06-01")][0]
    on, merged = points["time"][gap], points["time"][gap - 1]
    assert points["weights"][gap - 1] >= 5
    table = (
        change_outcomes(with_changes(logistics, ("A", "Payments", f"{on:%Y-%m-%d}")))
        .single[2]
        .table.set_index("time")
    )
    assert np.isnan(table.loc[merged, "value"])
    assert table["value"].notna().sum() == points["value"].notna().sum() - 1


def test_what_cannot_be_judged_is_said(unit):
    changed = with_changes(
        unit("Manufacturing"),
        ("later", "Payments", "2026-11-01"),
        ("early", "Payments", "2024-03-04"),
        ("nowhere", "Paymnts", "2026-03-02"),
        ("too soon", "Master data", "2024-11-25"),
        ("too late", "Travel reimbursement", "2026-09-28"),
    )
    result = change_outcomes(changed)
    outcomes = result.changes.set_index("change_id")["outcome"].to_dict()
    assert outcomes == {
        "later": "later",
        "early": "earlier",
        "nowhere": "not_measured",
        "too soon": "undecidable",
        "too late": "cannot_tell",
    }
    assert set(result.effects["change_id"]) == {"too soon", "too late"}
    assert set(result.effects["reason"]) == {"too_few_points"}
    assert result.effects["estimate"].isna().all()


def test_the_smallest_effect_that_matters_decides(unit):
    logistics = unit("Logistics")
    wide = {"resolution_time": 0.5, "resolution_hours": 50.0, "satisfaction": 3.0}
    result = change_outcomes(logistics, min_effect=wide)
    assert set(result.effects["verdict"]) == {"no_meaningful_change"}
    assert result.effects["min_effect"].tolist() == [0.5, 50.0, 3.0]
    assert result.changes["outcome"].tolist() == ["no_meaningful_change"]
    one = change_outcomes(logistics, min_effect={"satisfaction": 3.0})
    assert one.min_effect == {
        "resolution_time": 0.01,
        "resolution_hours": 1.0,
        "satisfaction": 3.0,
    }


def test_months_serve_as_well(unit):
    result = change_outcomes(unit("Logistics"), freq="month")
    assert {e.freq for e in result.single} == {"month"}
    assert not set(result.effects["verdict"]) & {"better", "worse"}


def test_a_unit_without_agreement_or_answers_is_judged_on_what_it_has(unit):
    bare = unit("Manufacturing")
    unscored = dataclasses.replace(bare, targets=bare.targets.iloc[:0])
    assert set(change_outcomes(unscored).effects["measure"]) == {"satisfaction"}
    silent = dataclasses.replace(unscored, surveys=bare.surveys.iloc[:0])
    result = change_outcomes(silent)
    assert result.effects.empty
    assert result.changes["outcome"].tolist() == ["not_measured"]
    assert pd.isna(result.since)


def test_a_small_unit_shows_no_satisfaction(unit):
    changed = with_changes(unit("Research & Development"), ("A", "Invoice posting", "2026-01-12"))
    result = change_outcomes(changed)
    hidden = result.single[result.effects["measure"].tolist().index("satisfaction")]
    assert hidden.table["value"].isna().all()
    assert hidden.reason == "too_few_points"


def test_actions_say_what_was_promised_and_what_it_brought(unit):
    actions = change_outcomes(unit("Manufacturing")).actions.set_index("action_id")
    assert actions["standing"].to_dict() == {"ACT-04": "done", "ACT-05": "done"}
    assert actions["brought"].to_dict() == {"ACT-04": "better", "ACT-05": "no_change_recorded"}
    assert actions.loc["ACT-04", "due_on"] == pd.Timestamp("2026-02-27")
    assert actions.loc["ACT-04", "description"] == TRUTH.improvement.description
    logistics = change_outcomes(unit("Logistics")).actions.set_index("action_id")
    assert logistics["standing"].to_dict() == {"ACT-03": "done", "ACT-09": "overdue"}
    assert logistics.loc["ACT-09", "brought"] == "not_yet"


@pytest.mark.parametrize(
    ("status", "due", "change", "standing", "brought"),
    [
        ("open", "2026-12-01", None, "open", "not_yet"),
        ("open", "2026-11-02", None, "open", "not_yet"),  # the day of the export itself
        ("open", "2026-11-01", None, "overdue", "not_yet"),
        ("late", "2026-12-01", None, "overdue", "not_yet"),
        (" Done ", "2026-01-01", None, "done", "no_change_recorded"),
        ("cancelled", "2026-01-01", None, "dropped", "not_yet"),
        ("open", None, None, "open", "not_yet"),
        ("done", "2026-01-01", "CHG-999", "done", "unknown_change"),
        ("open", "2026-12-01", "CHG-101", "open", "cannot_tell"),
    ],
)
def test_an_action_by_status_and_due_date(unit, status, due, change, standing, brought):
    logistics = unit("Logistics")
    actions = logistics.actions.iloc[:1].assign(
        status=status, due_on=utc([due]).to_numpy(), change_id=change
    )
    actions["due_on"] = pd.to_datetime(actions["due_on"], utc=True)
    answer = change_outcomes(
        dataclasses.replace(logistics, actions=actions.astype({"change_id": "str"}))
    )
    found = answer.actions.iloc[0]
    assert (found["standing"], found["brought"]) == (standing, brought)


def test_key_figures_are_what_the_portfolio_reads(unit):
    figures = key_figures_of(change_outcomes(unit("Manufacturing")))
    assert figures["business_unit"] == "Manufacturing"
    first = figures["changes"][0]
    assert {
        "change_id", "description", "service", "measure", "on", "estimate", "low", "high", "p",
        "q", "verdict", "reason", "smallest_detectable", "n_before", "n_after", "level",
        "others_near",
    } <= set(first)  # fmt: skip
    assert first["reason"] is None
    assert first["on"].startswith("2026-03-02")
    assert [a["standing"] for a in figures["actions"]] == ["done", "done"]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ({"min_effect": {"satisfction": 0.1}}, "Did you mean 'satisfaction'"),
        ({"min_effect": {"satisfaction": -1}}, "min_effect is a number above 0"),
        ({"freq": "weeks"}, "Did you mean 'week'"),
    ],
)
def test_bad_input_is_named(unit, call, message):
    with pytest.raises(InputError, match=message):
        change_outcomes(unit("Logistics"), **call)
