"""Noise that shares have by sampling alone, and what it makes of trends that vary less by luck."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from slm_analysis.analyses.ar1_regression import fit_ar1
from slm_analysis.analyses.sampling_noise import sampling_variance
from slm_analysis.analyses.trend import trend

MONTHS = 24
CASES = 90
LATE = np.array([0, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 1, 1, 2])
"""Late tickets a month: so even that least squares sees a trend, binomial noise none."""
LINE = np.column_stack([np.ones(MONTHS), np.arange(MONTHS)])
SLOPE = np.array([0.0, 1.0])


def of_months(favourable, cases, **how):
    time = pd.date_range("2024-01-01", periods=len(favourable), freq="MS")
    df = pd.DataFrame({"time": time, "value": favourable, "n": cases})
    return trend(df, value="value", time="time", season=None, **how)


# --- The noise --------------------------------------------------------------------------------


def test_the_variance_is_that_of_a_logistic_regression():
    rng = np.random.default_rng(3)
    cases = rng.integers(400, 900, MONTHS + 1).astype(float)
    columns = np.column_stack([np.ones(MONTHS + 1), np.arange(MONTHS + 1)])
    late = rng.binomial(cases[:-1].astype(int), np.linspace(0.05, 0.2, MONTHS))
    counts = np.column_stack([late, cases[:-1] - late])
    reference = sm.GLM(counts, columns[:-1], family=sm.families.Binomial()).fit()
    p = reference.predict(columns)
    found = sampling_variance(late / cases[:-1], cases, columns)
    np.testing.assert_allclose(found, p * (1 - p) / cases, rtol=0.01)


@pytest.mark.parametrize("late", [LATE * 0, LATE * 0 + CASES, CASES * (np.arange(MONTHS) >= 12)])
def test_without_any_late_or_any_other_case_it_stays_finite_and_above_0(late):
    step = np.column_stack([LINE, np.arange(MONTHS) >= 12])
    found = sampling_variance(late / CASES, np.full(MONTHS, float(CASES)), step)
    assert np.isfinite(found).all()
    assert (found > 0).all()
    assert found.max() < 0.01 / CASES


# --- The floor --------------------------------------------------------------------------------


def test_no_contrast_is_surer_than_weighted_least_squares_with_the_variances_given():
    value = 1 - LATE / CASES
    least = np.linspace(1, 3, MONTHS) * 1e-4
    reference = sm.WLS(value, LINE, weights=1 / least).fit(cov_type="fixed scale")
    fit = fit_ar1(value, LINE, least=least)
    np.testing.assert_allclose(np.linalg.norm(fit.least @ SLOPE), reference.bse[1])
    plain, floored = (one.estimate(SLOPE, 0.95) for one in (fit_ar1(value, LINE), fit))
    assert floored.high - floored.low > 2 * 1.96 * reference.bse[1] > plain.high - plain.low


def test_a_floor_below_the_noise_changes_nothing():
    value = np.random.default_rng(1).normal(0, 1, MONTHS)
    with_floor = fit_ar1(value, LINE, least=np.full(MONTHS, 1e-6))
    assert with_floor.estimate(SLOPE, 0.95) == fit_ar1(value, LINE).estimate(SLOPE, 0.95)


def test_months_that_differ_less_than_by_sampling_have_no_trend():
    result = of_months(CASES - LATE, CASES, n="n")
    found, ahead = result.summary.iloc[0], result.forecasts.iloc[0]
    counts = np.column_stack([CASES - LATE, LATE])
    logistic = sm.GLM(counts, LINE, family=sm.families.Binomial()).fit()
    assert logistic.pvalues[1] > 0.2
    assert found["verdict"] == "no_clear_trend"
    assert found["p"] == pytest.approx(logistic.pvalues[1], abs=0.05)
    # One further month alone, at its expected share, is no surer than this.
    alone = 1.96 * np.sqrt(ahead["expected"] * (1 - ahead["expected"]) / CASES)
    assert ahead["expected"] - ahead["low"] > alone


def test_means_have_no_such_floor():
    means = of_months(1 - LATE / CASES, CASES, weights="n")
    shares = of_months(CASES - LATE, CASES, n="n")
    assert means.summary["p"].iloc[0] < 0.05 < shares.summary["p"].iloc[0]


def test_fewer_cases_to_come_widen_the_forecast():
    cases = np.where(np.arange(MONTHS) < MONTHS - 7, 360, 40)
    late = np.where(np.arange(MONTHS) % 2, cases // 40, cases // 20)
    ahead = of_months(cases - late, cases, n="n").forecasts.iloc[0]
    assert ahead["n"] == 40
    planted = 1 - (1 / 40 + 2 / 40) / 2
    alone = 1.96 * np.sqrt(planted * (1 - planted) / 40)
    assert ahead["expected"] - ahead["low"] > alone
