"""Did the change work: published cases, planted truth, honesty of the verdict, bad input."""

import json
from dataclasses import FrozenInstanceError

import numpy as np
import pandas as pd
import pytest
from statsmodels.datasets import nile

from slm_analysis.analyses.change_effect import change_effect, verdict_of
from slm_analysis.analyses.change_model import Part
from slm_analysis.errors import InputError


def codes(effect):
    return [note.code for note in effect.notes]


def noted(effect, code):
    return next(dict(note.values) for note in effect.notes if note.code == code)


def check(effect, name):
    return effect.checks.set_index("check").loc[name]


def ar1(rng, n, rho, sd):
    errors = rng.normal(0, sd, n)
    for t in range(1, n):
        errors[t] = rho * errors[t - 1] + np.sqrt(1 - rho**2) * errors[t]
    return errors


def weeks(n=80, change=40, effect=2.0, seed=0, sd=1.0, rho=0.3, trend=0.0):
    """Return weekly values around 50 with a step after `change` weeks."""
    rng = np.random.default_rng(seed)
    t = np.arange(n)
    value = 50 + trend * t + effect * (t >= change) + ar1(rng, n, rho, sd)
    return pd.DataFrame({"time": pd.date_range("2025-01-06", periods=n, freq="7D"), "value": value})


ON = "2025-10-13"  # week 40 of `weeks`
WEEKLY = {"value": "value", "time": "time", "on": ON}


# Published cases


@pytest.fixture(scope="module")
def cases(shared):
    text = (shared / "reference" / "effects.json").read_text(encoding="utf-8")
    return {case["id"]: case for case in json.loads(text)["cases"]}


@pytest.fixture
def sicily(cases):
    data = pd.DataFrame(cases["its_sicily_smoking_ban"]["data"])
    return pd.DataFrame(
        {
            "time": pd.to_datetime(data[["year", "month"]].assign(day=1)),
            "rate": 1e5 * data["aces"] / data["stdpop"],
        }
    )


def test_sicily_smoking_ban(cases, sicily):
    case = cases["its_sicily_smoking_ban"]
    reference = case["expected"]["python_ar1_integrated_rate"]["step_only"]
    found = change_effect(
        sicily, value="rate", time="time", on="2005-01-01", season=2, better="low"
    )
    theirs = [reference[name] for name in ("estimate", "lo", "hi", "p", "rho_mean", "df")]
    ours = [found.estimate, found.low, found.high, found.p, found.rho, found.df]
    assert ours == pytest.approx(theirs, rel=case["tolerance"])
    assert (found.verdict, found.freq, found.trend, found.season) == ("better", "month", True, 2)


def test_sicily_level_and_slope(cases, sicily):
    case = cases["its_sicily_smoking_ban"]
    reference = case["expected"]["python_ar1_integrated_rate"]["step_slope_first_post_obs_is_zero"]
    found = change_effect(
        sicily, value="rate", time="time", on="2005-01-01", season=2, shape="level+slope"
    )
    parts = found.parts.set_index("part")
    for part, theirs in [
        ("mean_effect", "average_post_effect"),
        ("step", "step"),
        ("slope", "slope"),
    ]:
        expected = [reference[theirs][name] for name in ("estimate", "lo", "hi", "p")]
        assert list(parts.loc[part]) == pytest.approx(expected, rel=case["tolerance"])
    assert found.estimate == parts.loc["mean_effect", "estimate"]
    # The effect in the last of 23 months: step + 22 slopes, of the same regression.
    assert parts.loc["end_effect", "estimate"] == pytest.approx(
        parts.loc["step", "estimate"] + 22 * parts.loc["slope", "estimate"], abs=0.3
    )


def test_causal_impact(cases):
    case = cases["causalimpact_vignette"]
    reference = case["expected"]["python_ar1_integrated"]["effect"]
    found = change_effect(
        pd.DataFrame(case["data"]), value="y", time="t", on=71, covariates=["x1"], trend=False
    )
    theirs = [reference[name] for name in ("estimate", "lo", "hi", "p")]
    ours = [found.estimate, found.low, found.high, found.p]
    assert ours == pytest.approx(theirs, rel=case["tolerance"])
    assert found.table["value"][70:].mean() == pytest.approx(case["expected"]["R"]["actual_avg"])


# Planted truth


def test_finds_a_planted_step():
    found = change_effect(weeks(effect=3), **WEEKLY)
    assert found.low < 3 < found.high
    assert found.verdict == "better"
    assert change_effect(weeks(effect=3), **WEEKLY, better="low").verdict == "worse"
    assert (found.n_before, found.n_after) == (40, 40)
    assert found.on == pd.Timestamp(ON)
    assert found.comparison == "own_series"


def test_finds_no_step_where_there_is_none():
    verdicts = [change_effect(weeks(effect=0, seed=s), **WEEKLY).verdict for s in range(20)]
    assert verdicts.count("cannot_tell") >= 17


def test_rates_are_shares_of_their_cases():
    rng = np.random.default_rng(1)
    df = weeks().assign(n=rng.poisson(60, 80))
    df["value"] = rng.binomial(df["n"], np.where(np.arange(80) < 40, 0.8, 0.92))
    found = change_effect(df, **WEEKLY, n="n")
    assert found.scale == "rate"
    assert found.low < 0.12 < found.high
    assert found.verdict == "better"
    assert list(found.table["value"]) == pytest.approx(list(df["value"] / df["n"]))
    assert list(found.table["n"]) == list(df["n"])


def test_weeks_of_few_responses_count_less():
    rng = np.random.default_rng(2)
    n = np.where(rng.random(80) < 0.2, 1, 100)
    df = weeks(effect=0).assign(n=n)
    df["value"] = 4 + 0.1 * (np.arange(80) >= 40) + rng.normal(0, 1, 80) / np.sqrt(n)
    weighted = change_effect(df, **WEEKLY, weights="n")
    alike = change_effect(df, **WEEKLY)
    assert weighted.scale == "mean"
    assert weighted.low < 0.1 < weighted.high
    assert weighted.high - weighted.low < 0.6 * (alike.high - alike.low)


def test_a_slope_that_grows_after_the_change():
    df = weeks(effect=0, sd=0.5)
    df["value"] += np.maximum(np.arange(80) - 40, 0) * 0.2 + (np.arange(80) >= 40)
    found = change_effect(df, **WEEKLY, shape="level+slope", trend=False)
    truth = {"mean_effect": 1 + 0.2 * 19.5, "step": 1, "slope": 0.2, "end_effect": 1 + 0.2 * 39}
    for part in found.parts.itertuples():
        assert part.low < truth[part.part] < part.high


def test_a_trend_is_not_taken_for_an_effect():
    df = weeks(effect=0, trend=0.1, seed=3)
    assert change_effect(df, **WEEKLY).verdict == "cannot_tell"
    # Without the trend in the model the same series "improves": why auto takes it out.
    assert change_effect(df, **WEEKLY, trend=False).verdict == "better"


def test_a_season_is_not_taken_for_an_effect():
    months = pd.date_range("2022-01-01", periods=36, freq="MS")
    rng = np.random.default_rng(4)
    wave = 5 * np.sin(2 * np.pi * np.arange(36) / 12)
    df = pd.DataFrame({"time": months, "value": 50 + wave + rng.normal(0, 0.5, 36)})
    found = change_effect(df, value="value", time="time", on="2023-07-01")
    assert found.season == 1
    assert found.low < 0 < found.high
    assert found.high - found.low < 4
    assert check(found, "season")["state"] == "ok"
    short = change_effect(df[:23], value="value", time="time", on="2023-01-01")
    assert short.season == 0
    assert noted(short, "season_not_separable")["years"] == pytest.approx(23 / 12)
    assert check(short, "season")["state"] == "caution"


def test_a_stated_season_is_obeyed():
    assert change_effect(weeks(), **WEEKLY, season=2).season == 2
    assert change_effect(weeks(120), **WEEKLY, season=None).season == 0


# What is left out


def test_ramp_periods_are_left_out():
    df = weeks(effect=3)
    found = change_effect(df, **WEEKLY, ramp=4)
    wild = df.assign(value=df["value"].where(~df.index.isin(range(40, 44)), 1e3))
    assert change_effect(wild, **WEEKLY, ramp=4).estimate == found.estimate
    assert noted(found, "ramp_periods") == {"n": 4}
    assert found.n_after == 36
    assert list(found.table["phase"][39:45]) == ["before", *["ramp"] * 4, "after"]
    assert found.on == pd.Timestamp(ON)
    assert found.table.loc[40:43, "fitted"].isna().all()
    assert found.table.loc[40:43, "expected"].notna().all()


def test_incomplete_periods_are_left_out():
    df = weeks(effect=3).assign(complete=lambda d: ~d.index.isin([0, 79]))
    df.loc[79, "value"] = 1e3
    found = change_effect(df, **WEEKLY)
    assert noted(found, "incomplete_periods") == {"n": 2}
    assert found.high < 10
    assert list(found.table["phase"].iloc[[0, 79]]) == ["incomplete", "incomplete"]
    assert found.table["value"].iloc[79] == 1e3


def test_missing_periods_stay_gaps():
    df = weeks(effect=3).assign(n=50)
    df.loc[10, "value"] = np.nan
    df.loc[11, "n"] = 0
    gaps = change_effect(df.drop(index=[12, 13]), **WEEKLY, weights="n")
    assert noted(gaps, "missing_periods") == {"n": 4}
    assert list(gaps.table.index[~gaps.table["used"]]) == [10, 11, 12, 13]
    assert gaps.table["time"].diff().dropna().eq(pd.Timedelta(days=7)).all()
    closed_up = df.drop(index=[10, 11, 12, 13])
    closed_up = closed_up.assign(time=df["time"][:76].to_numpy())
    other = change_effect(closed_up, value="value", time="time", on="2025-09-15")
    assert other.rho != gaps.rho


def test_a_change_within_a_period_belongs_to_it():
    df = weeks(effect=3)
    found = change_effect(df, value="value", time="time", on="2025-10-16")
    assert found.estimate == change_effect(df, **WEEKLY).estimate
    assert noted(found, "change_within_period")["start"] == pd.Timestamp(ON)


def test_order_of_rows_text_dates_and_numbers_make_no_difference():
    df = weeks(effect=3)
    shown = change_effect(df, **WEEKLY)
    shuffled = change_effect(df.sample(frac=1, random_state=1), **WEEKLY)
    as_text = change_effect(df.assign(time=df["time"].dt.strftime("%Y-%m-%d")), **WEEKLY)
    numbered = df.assign(time=np.arange(100, 180))
    numbers = change_effect(numbered, value="value", time="time", on=140)
    for other in (shuffled, as_text, numbers):
        assert (other.low, other.high) == pytest.approx((shown.low, shown.high), rel=1e-6)
    assert list(shuffled.table["time"]) == list(df["time"])


def test_the_callers_frame_is_unchanged():
    df = weeks().assign(n=50, complete=True)
    before = df.copy(deep=True)
    change_effect(df, **WEEKLY, weights="n", ramp=2)
    pd.testing.assert_frame_equal(df, before)


def test_the_result_is_frozen():
    with pytest.raises(FrozenInstanceError):
        change_effect(weeks(), **WEEKLY).estimate = 0


# The table


def test_expected_and_effect_go_together():
    found = change_effect(weeks(effect=3), **WEEKLY)
    after = found.table[found.table["phase"] == "after"]
    before = found.table[found.table["phase"] == "before"]
    assert (after["value"] - after["expected"]).to_numpy() == pytest.approx(after["effect"])
    assert after["effect"].mean() == pytest.approx(found.estimate, rel=0.05)
    assert (after["expected_low"] < after["expected"]).all()
    assert (after["expected"] < after["expected_high"]).all()
    assert before[["effect", "expected_low", "expected_high"]].isna().all(axis=None)
    assert before["fitted"].equals(before["expected"])
    assert (after["fitted"] - after["expected"]).mean() == pytest.approx(found.estimate, rel=0.05)


# Too little to tell


@pytest.mark.parametrize(("on", "before", "after"), [("2025-02-24", 7, 73), ("2026-06-08", 74, 6)])
def test_few_points_on_a_side_give_no_estimate(on, before, after):
    found = change_effect(weeks(effect=30), value="value", time="time", on=on)
    assert (found.verdict, found.reason) == ("cannot_tell", "too_few_points")
    assert (found.estimate, found.low, found.high, found.p) == (None, None, None, None)
    assert noted(found, "too_few_points") == {"before": before, "after": after, "needed": 8}
    assert len(found.table) == 80
    assert found.parts.empty


@pytest.mark.parametrize("on", ["2020-01-06", "2030-01-07"])
def test_a_change_outside_the_data_cannot_be_told(on):
    found = change_effect(weeks(), value="value", time="time", on=on)
    assert (found.verdict, found.reason) == ("cannot_tell", "too_few_points")


def test_eight_points_on_each_side_give_an_estimate_with_a_note():
    found = change_effect(weeks(16, 8, 5.0), value="value", time="time", on="2025-03-03")
    assert found.estimate is not None
    assert noted(found, "few_points") == {"n": 16}
    assert check(found, "placebo_date")["state"] == "not_possible"


def test_no_note_from_26_points_on():
    found = change_effect(weeks(26, 13), value="value", time="time", on="2025-04-07")
    assert "few_points" not in codes(found)


def test_all_at_100_percent_cannot_be_told():
    df = weeks().assign(value=20, n=20)
    found = change_effect(df, **WEEKLY, n="n")
    assert (found.verdict, found.reason) == ("cannot_tell", "no_variation")
    assert found.estimate is None
    assert "no_variation" in codes(found)
    assert (found.table["value"] == 1).all()


# The verdict


@pytest.mark.parametrize(
    ("low", "high", "better", "min_effect", "verdict"),
    [
        (-0.5, 0.5, "high", 1, "no_meaningful_change"),
        (0.2, 0.8, "high", 1, "no_meaningful_change"),  # even though it excludes 0
        (0.2, 0.8, "high", None, "better"),
        (0.2, 1.2, "high", 1, "better"),
        (0.2, 1.2, "low", 1, "worse"),
        (-1.2, -0.2, "high", None, "worse"),
        (-1.2, -0.2, "low", None, "better"),
        (-0.5, 0.5, "high", None, "cannot_tell"),  # without min_effect never "no change"
        (-0.5, 1.5, "high", 1, "cannot_tell"),
        (0.0, 1.5, "high", 1, "cannot_tell"),
    ],
)
def test_the_order_of_the_verdict(low, high, better, min_effect, verdict):
    part = Part(estimate=(low + high) / 2, low=low, high=high, p=0.5, seen_from=1)
    assert verdict_of(part, better, min_effect) == verdict


def test_min_effect_turns_a_sure_small_change_into_no_meaningful_change():
    df = weeks(effect=0.5, sd=0.2, rho=0)
    assert change_effect(df, **WEEKLY, min_effect=2).verdict == "no_meaningful_change"
    assert change_effect(df, **WEEKLY).verdict == "better"


# Checks


def test_checks_have_one_shape():
    found = change_effect(weeks(), **WEEKLY)
    assert list(found.checks.columns) == [
        "check",
        "value",
        "low",
        "high",
        "p",
        "seen_from",
        "state",
    ]
    assert list(found.checks["check"]) == [
        "power",
        "autocorrelation",
        "pre_trend",
        "placebo_date",
        "season",
        "other_changes",
        "drift",
        "placebo_units",
        "persistence",
    ]


def test_power_says_what_could_have_been_seen():
    found = change_effect(weeks(), **WEEKLY)
    assert check(found, "power")["value"] == found.smallest_detectable
    assert check(found, "power")["state"] == "stated"
    much, little = 10 * found.smallest_detectable, 0.1 * found.smallest_detectable
    assert check(change_effect(weeks(), **WEEKLY, min_effect=much), "power")["state"] == "ok"
    assert check(change_effect(weeks(), **WEEKLY, min_effect=little), "power")["state"] == "caution"


def test_a_change_of_the_smallest_size_is_seen_in_80_percent():
    size = np.median(
        [change_effect(weeks(effect=0, seed=s), **WEEKLY).smallest_detectable for s in range(30)]
    )
    seen = [
        change_effect(weeks(effect=size, seed=s), **WEEKLY).verdict == "better" for s in range(100)
    ]
    assert 0.68 <= np.mean(seen) <= 0.92  # binomial noise of 100 about 0.8


def test_power_does_not_depend_on_the_result():
    small, large = (change_effect(weeks(effect=e), **WEEKLY) for e in (0.0, 40.0))
    assert small.smallest_detectable == pytest.approx(large.smallest_detectable, rel=1e-6)


def test_a_trend_in_the_model_is_said_to_be_taken_out():
    row = check(change_effect(weeks(trend=0.1, sd=0.5), **WEEKLY), "pre_trend")
    assert row["state"] == "taken_out"
    assert row["low"] < 0.1 * 40 < row["high"]  # the middles lie 40 weeks apart


def test_a_trend_outside_the_model_is_found():
    found = change_effect(weeks(trend=0.2, sd=0.5, rho=0), **WEEKLY, trend=False)
    assert check(found, "pre_trend")["state"] == "caution"
    calm = change_effect(weeks(sd=0.5, rho=0), **WEEKLY, trend=False)
    assert check(calm, "pre_trend")["state"] == "ok"


def test_an_earlier_step_shows_at_the_placebo_date():
    df = weeks(sd=0.5, rho=0)
    df.loc[20:, "value"] += 4
    assert check(change_effect(df, **WEEKLY), "placebo_date")["state"] == "caution"
    assert check(change_effect(weeks(), **WEEKLY), "placebo_date")["state"] == "ok"


def test_strong_autocorrelation_is_named():
    found = change_effect(weeks(rho=0.9, n=104), **WEEKLY, season=None)
    assert check(found, "autocorrelation")["state"] == "caution"
    assert check(found, "autocorrelation")["value"] == found.rho


def test_other_changes_near_are_named():
    others = pd.DataFrame(
        {
            "implemented_at": pd.to_datetime(["2025-12-08", "2025-10-20", None, "2025-12-15"]),
            "description": ["just near", "portal", "undated", "too far"],
        }
    )
    found = change_effect(weeks(), **WEEKLY, other_changes=others)
    near = [dict(n.values) for n in found.notes if n.code == "other_change"]
    assert [(n["description"], n["periods_away"]) for n in near] == [
        ("portal", 1),
        ("just near", 8),
    ]
    assert check(found, "other_changes")["value"] == 2
    assert check(found, "other_changes")["state"] == "caution"


def test_other_changes_not_given_are_not_called_none():
    assert check(change_effect(weeks(), **WEEKLY), "other_changes")["state"] == "not_checked"
    none = pd.DataFrame({"implemented_at": [], "description": []})
    found = change_effect(weeks(), **WEEKLY, other_changes=none)
    assert check(found, "other_changes")["state"] == "ok"


# Against comparable units


def panel(units=6, shock=-3.0, effect=3.0, seed=0):
    """Return units that share a shock at the moment when only "A" changes."""
    rng = np.random.default_rng(seed)
    common = shock * (np.arange(80) >= 40) + ar1(rng, 80, 0.7, 1)
    frames = [
        weeks(effect=effect if i == 0 else 0, seed=seed + i + 1).assign(unit=chr(65 + i))
        for i in range(units)
    ]
    return pd.concat([f.assign(value=f["value"] + common + 5 * i) for i, f in enumerate(frames)])


UNITS = {**WEEKLY, "unit": "unit", "treated": "A"}


def test_controls_take_out_what_all_units_share():
    found = change_effect(panel(), **UNITS)
    assert found.comparison == "controls"
    assert found.controls == ("B", "C", "D", "E", "F")
    assert noted(found, "against_controls") == {"n": 5}
    assert found.trend is False
    assert found.low < 3 < found.high
    assert found.verdict == "better"
    own = change_effect(panel(), **UNITS, controls=None)
    assert own.comparison == "own_series"
    assert own.verdict != "better"


def test_the_table_stays_on_the_units_own_scale():
    found = change_effect(panel(), **UNITS)
    after = found.table[found.table["phase"] == "after"]
    assert list(found.table["value"]) == list(panel().query("unit == 'A'")["value"])
    assert after["effect"].mean() == pytest.approx(found.estimate, rel=0.05)
    assert (after["value"] - after["expected"]).to_numpy() == pytest.approx(after["effect"])


def test_difference_to_the_control_mean_by_hand():
    df = panel()
    others = df[df["unit"] != "A"].groupby("time")["value"].mean()
    by_hand = df[df["unit"] == "A"].set_index("time")["value"] - others
    expected = change_effect(by_hand.reset_index(), **WEEKLY, trend=False)
    found = change_effect(df, **UNITS)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), rel=1e-6)


def test_a_control_that_misses_a_week_does_not_move_the_level():
    df = panel()
    far = df["unit"] == "F"  # 25 above A
    holes = df[~(far & df["time"].isin(df["time"].unique()[[41, 45, 50, 60]]))]
    assert change_effect(holes, **UNITS).estimate == pytest.approx(
        change_effect(df, **UNITS).estimate, abs=0.1
    )


def test_units_without_enough_periods_are_not_comparable():
    df = panel()
    short = df[~((df["unit"] == "F") & (df["time"] > "2026-04-01"))]
    assert change_effect(short, **UNITS).controls == ("B", "C", "D", "E")


def test_two_other_units_are_too_few():
    found = change_effect(panel(3), **UNITS)
    assert found.comparison == "own_series"
    assert found.trend is True
    assert noted(found, "too_few_controls") == {"n": 2, "needed": 3}


def test_controls_that_drift_are_found():
    df = panel()
    df["value"] += np.where(df["unit"] == "A", 0.0, -0.1) * df.groupby("unit").cumcount()
    assert check(change_effect(df, **UNITS), "pre_trend")["state"] == "caution"


def test_rates_against_controls():
    rng = np.random.default_rng(5)
    df = panel().reset_index(drop=True).assign(n=lambda d: rng.poisson(80, len(d)))
    after = np.tile(np.arange(80) >= 40, 6)
    rate = 0.85 - 0.1 * after + 0.1 * (after & (df["unit"] == "A"))
    df["value"] = rng.binomial(df["n"], rate)
    found = change_effect(df, **UNITS, n="n")
    assert found.low < 0.1 < found.high
    assert found.verdict == "better"


# Bad input


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"value": "valeu"}, "Did you mean 'value'"),
        ({"time": "tme"}, "Did you mean 'time'"),
        ({"n": "cases"}, "no column 'cases'"),
        ({"covariates": ["backlog"]}, "no column 'backlog'"),
        ({"value": "text"}, "not numbers"),
        ({"value": "endless"}, "infinite"),
        ({"weights": "negative"}, "below 0"),
        ({"n": "value", "weights": "value"}, "Give one of them"),
        ({"on": "13/10/2025"}, "YYYY-MM-DD"),
        ({"on": 40}, "YYYY-MM-DD"),
        ({"freq": "weekly"}, "Did you mean 'week'"),
        ({"ramp": -1}, "number of periods"),
        ({"ramp": 1.5}, "number of periods"),
        ({"shape": "level+slop"}, "Did you mean 'level\\+slope'"),
        ({"trend": "linear"}, "trend must be"),
        ({"season": "yearly"}, "season must be"),
        ({"family": "gausian"}, "Did you mean 'gaussian'"),
        ({"family": "binomial"}, "Did you mean 'quasi-binomial'"),
        ({"better": "higher"}, "Did you mean 'high'"),
        ({"min_effect": 0}, "above 0"),
        ({"min_effect": "1 %"}, "above 0"),
        ({"level": 95}, "between 0 and 1"),
        ({"treated": "A"}, "State unit="),
        ({"controls": ["B"]}, "State unit="),
        ({"other_changes": ["portal"]}, "implemented_at"),
        ({"other_changes": pd.DataFrame({"date": [1]})}, "no column 'implemented_at'"),
        ({"covariates": ["twice"]}, "repeat each other"),
    ],
)
def test_bad_input_is_named(change, message):
    df = weeks().assign(text="x", endless=np.inf, negative=-1, twice=1.0)
    with pytest.raises(InputError, match=message):
        change_effect(df, **(WEEKLY | change))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"unit": "team"}, "no column 'team'"),
        ({"treated": None}, "holds 6 units"),
        ({"treated": "G"}, "no such unit"),
        ({"treated": ["A", "B"]}, "change_effects"),
        ({"controls": "B"}, "a list of units"),
        ({"controls": ["B", "C", "Z"]}, "not another unit"),
        ({"controls": ["A", "B", "C"]}, "not another unit"),
        ({"controls": ["B", "C"]}, "At least 3"),
    ],
)
def test_bad_units_are_named(change, message):
    with pytest.raises(InputError, match=message):
        change_effect(panel(), **(UNITS | change))


def test_raw_rows_are_not_taken_for_periods():
    twice = pd.concat([weeks(), weeks()])
    with pytest.raises(InputError, match="several rows"):
        change_effect(twice, **WEEKLY)


def test_months_written_as_numbers_are_not_taken_for_periods():
    months = pd.date_range("2024-01-01", periods=24, freq="MS")
    df = weeks(24, 12).assign(time=months.year * 100 + months.month)
    with pytest.raises(InputError, match="24 of 112 periods"):
        change_effect(df, value="value", time="time", on=202501)


def test_an_empty_frame_is_named():
    with pytest.raises(InputError, match="no rows"):
        change_effect(weeks()[:0], **WEEKLY)


def test_the_nile_at_aswan():
    """Yearly flow 1871 to 1970: less from 1899 on, 1097.75 before and 849.97 after.

    Cobb, Biometrika 1978;65:243-251; the means as R gives them for its data set `Nile`. The
    autocorrelation moves the estimate by little.
    """
    flow = nile.load_pandas().data
    found = change_effect(flow, value="volume", time="year", on=1899, trend=False)
    assert found.verdict == "worse"
    assert found.estimate == pytest.approx(849.97 - 1097.75, abs=5)
    assert -330 < found.low < found.high < -170
    assert (found.n_before, found.n_after) == (28, 72)
