"""Trends and forecasts: planted truth, published values, properties, bad input."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from slm_analysis.analyses.ar1_regression import fit_ar1
from slm_analysis.analyses.trend import trend
from slm_analysis.analyses.trend_forecast import BACKTESTS
from slm_analysis.analyses.trend_line import MIN_POINTS
from slm_analysis.errors import InputError

MONTHS = pd.date_range("2024-01-01", periods=60, freq="MS")


def noise(n, seed=1, sd=1.0):
    return np.random.default_rng(seed).normal(0, sd, n)


def monthly(values, **columns):
    values = np.asarray(values, dtype=float)
    return pd.DataFrame({"time": MONTHS[: len(values)], "value": values, **columns})


def of(df, **how):
    return trend(df, value="value", time="time", **how)


def summary(result):
    assert len(result.summary) == 1
    return result.summary.iloc[0]


def forecast(result):
    assert len(result.forecasts) == 1
    return result.forecasts.iloc[0]


# --- Planted truth ----------------------------------------------------------------------------


def test_a_planted_slope_is_found():
    found = summary(of(monthly(100 - 0.5 * np.arange(36) + noise(36)), season=None))
    assert (found["verdict"], found["meaning"]) == ("falling", "unfavourable")
    assert found["slope_low"] < -0.5 < found["slope_high"]
    assert found["year"] == pytest.approx(12 * found["slope"])
    assert found["shifts"] == 0


def test_better_says_which_way_is_favourable():
    df = monthly(10 - 0.5 * np.arange(36) + noise(36))
    assert summary(of(df, better="low"))["meaning"] == "favourable"
    assert summary(of(df.assign(value=-df["value"]), better="low"))["meaning"] == "unfavourable"


def test_constant_series_have_no_clear_trend():
    verdicts = [summary(of(monthly(noise(30, seed))))["verdict"] for seed in range(30)]
    assert verdicts.count("no_clear_trend") >= 27


def test_a_change_of_level_is_not_called_a_trend():
    at = 24
    result = of(monthly(noise(40) + 6 * (np.arange(40) >= at)), season=None)
    assert summary(result)["verdict"] == "no_clear_trend"
    assert result.notes[0].code == "level_shift"
    (shift,) = result.shifts.to_dict("records")
    assert shift["time"] == MONTHS[at]
    assert shift["low"] < 6 < shift["high"]
    line = result.points["line"].diff()
    assert line.idxmax() == at
    assert forecast(result)["low"] > 2  # from the new level, not between the two


def test_a_spell_is_two_changes_of_level():
    t = np.arange(60)
    result = of(monthly(noise(60) - 6 * ((t >= 20) & (t < 40))), season=None)
    assert result.shifts["time"].tolist() == [MONTHS[20], MONTHS[40]]
    assert summary(result)["verdict"] == "no_clear_trend"


def test_a_steady_rise_is_not_called_a_change_of_level():
    result = of(monthly(0.4 * np.arange(36) + noise(36)), season=None)
    assert summary(result)["verdict"] == "rising"
    assert result.shifts.empty
    assert result.shifts.columns.tolist() == ["time", "size", "low", "high"]


def test_a_season_is_taken_out_from_two_full_years_on():
    wave = 6 * np.sin(2 * np.pi * np.arange(48) / 12)
    long = of(monthly(wave + noise(48)))
    assert summary(long)["season"] == 1
    assert forecast(long)["high"] - forecast(long)["low"] < 6
    short = of(monthly(noise(20)))
    assert summary(short)["season"] == 0
    assert "season_not_separable" in [note.code for note in short.notes]
    assert summary(of(monthly(wave + noise(48)), season=None))["season"] == 0


# --- Values from elsewhere --------------------------------------------------------------------


def test_with_independent_errors_the_forecast_is_near_that_of_least_squares():
    n = 200
    t, y = np.arange(n), 0.02 * np.arange(n) + noise(n, 4)
    df = pd.DataFrame({"time": t, "value": y})
    ours = forecast(trend(df, value="value", time="time", season=None))
    ols = sm.OLS(y, sm.add_constant(t)).fit().get_prediction([[1, n]]).summary_frame(alpha=0.05)
    theirs = ols.iloc[0]
    assert ours["expected"] == pytest.approx(theirs["mean"], abs=0.15)
    width = theirs["obs_ci_upper"] - theirs["obs_ci_lower"]
    assert ours["high"] - ours["low"] == pytest.approx(width, rel=0.02)


def test_the_forecast_is_the_mixture_of_the_textbook_ones_over_the_autocorrelation():
    """Given rho: x'b + rho^h e_T, variance s2 (1 - rho^2h + c'(X'R^-1 X)^-1 c).

    Goldberger, JASA 1962;57:369-375.
    """
    y, n, h = noise(20, 6), 20, 2
    X = np.column_stack([np.ones(n), np.arange(n)])  # noqa: N806
    fit = fit_ar1(y, X)
    mean, spread = np.empty((2, len(fit.rho)))
    for node, rho in enumerate(fit.rho):
        inverse = np.linalg.inv(rho ** np.abs(np.subtract.outer(np.arange(n), np.arange(n))))
        covariance = np.linalg.inv(X.T @ inverse @ X)
        b = covariance @ X.T @ inverse @ y
        e = y - X @ b
        c = np.array([1, n - 1 + h]) - rho**h * X[-1]
        mean[node] = [1, n - 1 + h] @ b + rho**h * e[-1]
        s2 = e @ inverse @ e / (n - 2)
        spread[node] = np.sqrt(s2 * (1 - rho ** (2 * h) + c @ covariance @ c))
    ours = forecast(of(monthly(y), season=None, ahead=h))
    assert ours["ahead"] == h
    for name, share in (("low", 0.025), ("expected", 0.5), ("high", 0.975)):
        below = fit.weight @ stats.t.cdf((ours[name] - mean) / spread, n - 2)
        assert below == pytest.approx(share, abs=1e-4)


# --- Targets ----------------------------------------------------------------------------------


def test_the_chance_of_missing_lies_on_the_side_of_the_interval():
    df = monthly(50 + noise(30))
    missed = [forecast(of(df, target=goal))["chance_missed"] for goal in (40, 50, 60)]
    assert missed[0] < 0.001
    assert 0.2 < missed[1] < 0.8
    assert missed[2] > 0.999
    low = forecast(of(df, target=40, better="low"))["chance_missed"]
    assert low == pytest.approx(1 - missed[0], abs=1e-9)
    assert np.isnan(forecast(of(df))["chance_missed"])


def test_a_goal_at_the_end_of_the_interval_is_missed_by_the_tail():
    df = monthly(50 + noise(30))
    end = forecast(of(df))["low"]
    assert forecast(of(df, target=end))["chance_missed"] == pytest.approx(0.025, abs=1e-4)


def test_a_share_misses_where_no_count_reaches_the_goal():
    """Of 10 cases 95 % asks for all 10: anything over 9.5 meets it, so 91 % asks for the same."""
    n, rng = np.full(30, 10.0), np.random.default_rng(3)
    df = monthly(rng.binomial(10, 0.9, 30), n=n)
    chances = [forecast(of(df, n="n", target=goal))["chance_missed"] for goal in (0.95, 0.91, 0.9)]
    assert chances[0] == chances[1] > chances[2]


def test_the_next_period_has_the_median_of_the_latest_cases():
    n = np.append(np.full(20, 400.0), np.arange(30.0, 42.0))
    df = monthly(np.round(n * (0.9 + noise(32, sd=0.02)).clip(0, 1)), n=n)
    assert forecast(of(df, n="n"))["n"] == 36  # of 30 to 41


def test_the_last_target_of_a_column_counts():
    df = monthly(50 + noise(20), goal=[48.0] * 10 + [49.0] * 9 + [np.nan])
    assert forecast(of(df, target="goal"))["target"] == 49.0


def test_shares_are_never_expected_beyond_all():
    n = np.full(30, 12.0)
    values = np.full(30, 12.0)
    values[[3, 17]] = 11
    found = forecast(of(monthly(values, n=n), n="n", target=0.95))
    assert found["expected"] <= found["high"] <= 1


# --- Periods ----------------------------------------------------------------------------------


def test_incomplete_periods_take_no_part():
    df = monthly(50 + noise(30), complete=True)
    spoilt = pd.concat([df, monthly([0.0] * 31).iloc[30:].assign(complete=False)])
    result, plain = of(spoilt), of(df)
    assert forecast(result)["time"] == MONTHS[30]
    assert forecast(result)["expected"] == pytest.approx(forecast(plain)["expected"])
    assert result.points["used"].tolist() == [True] * 30 + [False]
    assert dict(result.notes[-1].values) == {"series": (), "points": 1}


def test_all_series_are_forecast_for_the_same_period():
    a, b = monthly(50 + noise(30)), monthly(50 + noise(30, 2)).iloc[:27]
    result = of(pd.concat([a.assign(service="A"), b.assign(service="B")]), by="service")
    assert result.forecasts["time"].eq(MONTHS[30]).all()
    assert result.forecasts["ahead"].tolist() == [1, 4]


def test_an_absent_period_is_a_gap():
    df = monthly(50 + noise(30)).drop(index=[10, 11])
    result = of(df)
    assert result.points["time"].is_monotonic_increasing
    assert len(result.points) == 30
    assert summary(result)["n_points"] == 28


def test_the_time_zone_stays():
    df = monthly(50 + noise(20)).assign(time=MONTHS[:20].tz_localize("Asia/Shanghai"))
    assert str(forecast(of(df))["time"].tz) == "Asia/Shanghai"


# --- The record -------------------------------------------------------------------------------


def test_each_earlier_forecast_is_that_of_a_shorter_series():
    df = monthly(50 + noise(30))
    result = of(df)
    assert len(result.backtest) == forecast(result)["backtested"] == BACKTESTS
    for row in result.backtest.to_dict("records"):
        before = forecast(of(df[df["time"] <= row["made_after"]]))
        assert before["time"] == row["time"]
        assert before[["low", "expected", "high"]].tolist() == pytest.approx(
            [row["low"], row["expected"], row["high"]]
        )
        assert row["held"] == (row["low"] <= row["value"] <= row["high"])
    assert forecast(result)["held"] == result.backtest["held"].sum()


def test_what_comes_later_changes_no_earlier_forecast():
    df = monthly(50 + noise(30))
    later = df.assign(value=df["value"].where(df.index < 29, 90.0))
    first, second = of(df).backtest, of(later).backtest
    pd.testing.assert_frame_equal(first.iloc[:-1], second.iloc[:-1])
    assert not second["held"].iloc[-1]


def test_fewer_forecasts_can_be_tried_on_a_short_series():
    result = of(monthly(50 + noise(MIN_POINTS + 3)))
    assert forecast(result)["backtested"] == 3
    none = of(monthly(50 + noise(MIN_POINTS)))
    assert (forecast(none)["backtested"], forecast(none)["held"]) == (0, 0)
    assert none.backtest.empty


# --- Nothing to tell --------------------------------------------------------------------------


def test_too_few_points_carry_no_trend():
    result = of(monthly(noise(MIN_POINTS - 1)), target=1.0)
    found = summary(result)
    assert (found["verdict"], found["reason"]) == ("cannot_tell", "too_few_points")
    assert np.isnan(found["slope"])
    assert forecast(result)[["expected", "chance_missed"]].isna().all()
    assert dict(result.notes[0].values) == {"series": (), "needed": MIN_POINTS}


@pytest.mark.parametrize(
    "values",
    [np.full(30, 7.0), np.arange(30.0), np.repeat([1.0, 2.0], 15)],
    ids=["constant", "line", "step"],
)
def test_without_noise_nothing_can_be_told(values):
    found = summary(of(monthly(values)))
    assert (found["verdict"], found["reason"]) == ("cannot_tell", "no_variation")


def test_a_series_without_any_figure_is_told_of():
    empty = monthly(np.full(20, np.nan)).assign(service="B")
    result = of(pd.concat([monthly(noise(20)).assign(service="A"), empty]), by="service")
    assert result.summary["verdict"].tolist() == ["no_clear_trend", "cannot_tell"]
    assert pd.isna(result.summary["first"].iloc[1])
    assert of(empty).summary["n_points"].tolist() == [0]


# --- Several series ---------------------------------------------------------------------------


def test_slopes_are_judged_together():
    series = {f"S{i}": noise(30, 100 + i) for i in range(10)}
    series["S0"] = series["S0"] - 0.5 * np.arange(30)
    df = pd.concat([monthly(y).assign(service=name) for name, y in series.items()])
    result = of(df, by="service", season=None)
    assert result.summary["verdict"].eq("falling").tolist() == [True] + [False] * 9
    assert (result.summary["q"] >= result.summary["p"]).all()
    assert result.interval_level == pytest.approx(1 - 0.05 / 10)
    inside = (result.summary["slope_low"] < 0) & (result.summary["slope_high"] > 0)
    assert inside.tolist() == [False] + [True] * 9
    alone = of(df[df["service"] == "S3"], season=None)
    pd.testing.assert_series_equal(
        result.forecasts.iloc[3][["expected", "low", "high"]],
        alone.forecasts.iloc[0][["expected", "low", "high"]],
        check_names=False,
    )


def test_several_columns_name_a_series():
    df = pd.concat([monthly(noise(14, i)).assign(unit="U", service=f"S{i}") for i in range(2)])
    result = of(df, by=["unit", "service"])
    for frame in (result.summary, result.forecasts, result.backtest, result.points):
        assert frame.columns[:2].tolist() == ["unit", "service"]
    assert result.notes[-1].values["series"] == (("U", "S0"), ("U", "S1"))


# --- Properties -------------------------------------------------------------------------------

seeds = st.integers(0, 10_000)


@settings(max_examples=8)
@given(seed=seeds, shift=st.floats(-1e3, 1e3), scale=st.floats(0.01, 100))
def test_units_do_not_matter(seed, shift, scale):
    df = monthly(noise(25, seed) + np.arange(25) * 0.1)
    plain, other = of(df), of(df.assign(value=shift + scale * df["value"]))
    names = ["expected", "low", "high"]
    expected = shift + scale * plain.forecasts[names].to_numpy()
    assert other.forecasts[names].to_numpy() == pytest.approx(expected, rel=1e-4, abs=1e-3 * scale)
    assert summary(other)["verdict"] == summary(plain)["verdict"]


@settings(max_examples=8)
@given(seed=seeds)
def test_upside_down_is_the_mirror(seed):
    df = monthly(noise(25, seed) + np.arange(25) * 0.1)
    up, down = of(df, target=1.0), of(df.assign(value=-df["value"]), target=-1.0, better="low")
    assert summary(down)["slope"] == pytest.approx(-summary(up)["slope"], abs=1e-4)
    assert forecast(down)["chance_missed"] == pytest.approx(forecast(up)["chance_missed"], abs=1e-6)
    assert summary(down)["meaning"] == summary(up)["meaning"]


def test_the_order_of_rows_does_not_matter_and_the_frame_is_unchanged():
    df = monthly(50 + noise(30), n=100.0)
    given_frame = df.sample(frac=1, random_state=1)
    before = given_frame.copy()
    shuffled = of(given_frame, n="n")
    pd.testing.assert_frame_equal(given_frame, before)
    pd.testing.assert_frame_equal(shuffled.forecasts, of(df, n="n").forecasts)


def test_numbered_periods_have_no_year():
    df = pd.DataFrame({"time": np.arange(1, 31), "value": noise(30)})
    found = of(df)
    assert np.isnan(summary(found)["year"])
    assert forecast(found)["time"] == 31
    assert "season_not_separable" not in [note.code for note in found.notes]


# --- Bad input --------------------------------------------------------------------------------

GOOD = monthly(50 + noise(20), n=100.0, service="A")


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"by": "servce"}, "Did you mean 'service'"),
        ({"target": "gaol"}, "There is no column 'gaol'"),
        ({"target": "service"}, "These are not numbers"),
        ({"target": True}, "Give a number or the name of a column"),
        ({"n": "n", "target": 95}, r"Write 0.95 for 95 %"),
        ({"better": "higher"}, "Give 'high' or 'low'"),
        ({"ahead": 0}, "ahead is a number of periods from 1 on, not 0"),
        ({"ahead": 1.5}, "ahead is a number"),
        ({"level": 95}, "level must lie between 0 and 1"),
        ({"season": "yearly"}, "season must be 'auto'"),
        ({"freq": "day"}, "There is no freq 'day'"),
        ({"n": "n", "weights": "n"}, "Give one of them"),
    ],
)
def test_bad_keywords_are_told(how, message):
    with pytest.raises(InputError, match=message):
        of(GOOD, **how)


@pytest.mark.parametrize(
    ("df", "how", "message"),
    [
        (GOOD.assign(value=200.0), {"n": "n"}, "above n"),
        (pd.concat([GOOD, GOOD]), {}, "several rows"),
        (GOOD.rename(columns={"service": "slope"}), {"by": "slope"}, "Rename it"),
        (GOOD.iloc[:0], {}, "There are no rows"),
    ],
    ids=["above n", "twice", "clash", "empty"],
)
def test_bad_frames_are_told(df, how, message):
    with pytest.raises(InputError, match=message):
        of(df, **how)
