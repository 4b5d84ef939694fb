"""Counts and rates read as such: published values, planted truth, honesty, bad input."""

import json

import numpy as np
import pandas as pd
import pytest
from scipy import special

from slm_analysis.analyses.change_effect import change_effect
from slm_analysis.analyses.change_fit import fit_change
from slm_analysis.errors import InputError

BINOMIAL = {"value": "value", "time": "time", "n": "n", "family": "quasi-binomial"}
POISSON = {"value": "value", "time": "time", "family": "quasi-poisson"}


@pytest.fixture(scope="module")
def sicily(shared):
    text = (shared / "reference" / "effects.json").read_text(encoding="utf-8")
    case = next(c for c in json.loads(text)["cases"] if c["id"] == "its_sicily_smoking_ban")
    data = pd.DataFrame(case["data"])
    return case, data.assign(date=pd.to_datetime(data[["year", "month"]].assign(day=1)))


SICILY = {"value": "aces", "n": "stdpop", "time": "date", "on": "2005-01-01", "season": 2}


def test_sicily_quasi_poisson(sicily):
    case, data = sicily
    found = change_effect(data, **SICILY, family="quasi-poisson", better="low")
    ratio = found.parts.set_index("part").loc["rate_ratio"]
    reference = case["expected"]["R"]["quasipoisson_season"]
    assert np.log(ratio["estimate"]) == pytest.approx(reference["coef"], rel=case["tolerance"])
    assert ratio["p"] == pytest.approx(reference["p"], rel=1e-3)
    # R's Wald limits take the normal quantile, ours t on 52 degrees of freedom.
    assert ratio["low"] == pytest.approx(reference["RR_lo_wald"], abs=0.002)
    assert ratio["high"] == pytest.approx(reference["RR_hi_wald"], abs=0.002)
    assert (found.family, found.verdict) == ("quasi-poisson", "better")
    # 0.885 of what was expected: the effect in units of the rate, a mean over the months since.
    after = found.table[found.table["phase"] == "after"]
    expected = -(1 - ratio["estimate"]) * after["expected"].mean()
    assert found.estimate == pytest.approx(expected, rel=1e-6)


def test_sicily_quasi_poisson_with_slope(sicily):
    case, data = sicily
    found = change_effect(data, **SICILY, family="quasi-poisson", shape="level+slope")
    parts = found.parts.set_index("part")
    reference = case["expected"]["R"]["quasipoisson_season_slope"]["slope"]
    slope = parts.loc["slope_ratio"]
    assert np.log(slope["estimate"]) == pytest.approx(reference["coef"], rel=case["tolerance"])
    assert slope["p"] == pytest.approx(reference["p"], rel=1e-3)
    assert list(parts.index) == ["mean_effect", "rate_ratio", "step", "slope_ratio", "end_effect"]


def made_up_rates(seed=0, before=0.9, after=0.95, weeks=80):
    rng = np.random.default_rng(seed)
    n = rng.poisson(60, weeks) + 1
    value = rng.binomial(n, np.where(np.arange(weeks) < weeks // 2, before, after))
    return pd.DataFrame({"time": np.arange(weeks), "value": value, "n": n})


def test_a_planted_change_of_a_rate_is_found_in_its_own_units():
    found = change_effect(made_up_rates(), **BINOMIAL, on=40)
    assert found.low < 0.05 < found.high
    assert found.verdict == "better"
    odds = found.parts.set_index("part").loc["odds_ratio"]
    assert odds["low"] < (0.95 / 0.05) / (0.9 / 0.1) < odds["high"]
    lines = found.table[["expected", "expected_low", "expected_high"]].to_numpy()
    assert np.nanmin(lines) > 0
    assert np.nanmax(lines) < 1


def test_sides_of_the_effect_and_of_its_ratio_agree():
    for seed in range(10):
        found = change_effect(made_up_rates(seed, 0.9, 0.92), **BINOMIAL, on=40)
        odds = found.parts.set_index("part").loc["odds_ratio"]
        assert (found.low > 0) == (odds["low"] > 1)
        assert (found.high < 0) == (odds["high"] < 1)


def test_neighbours_that_go_together_widen_the_interval():
    rng = np.random.default_rng(4)
    movement = rng.standard_normal(80)
    for t in range(1, 80):
        movement[t] = 0.7 * movement[t - 1] + np.sqrt(1 - 0.49) * movement[t]
    df = made_up_rates()
    df["value"] = rng.binomial(df["n"], special.expit(2 + 0.8 * movement))
    fit = fit_change(df, **BINOMIAL, on=40).fit
    step = (fit.columns == "step").astype(float)
    usual, ours = fit.fit.independent.estimate(step, 0.95), fit.fit.estimate(step, 0.95)
    assert ours.estimate == pytest.approx(usual.estimate)
    assert ours.high - ours.low > 1.3 * (usual.high - usual.low)
    assert ours.rho > 0.3


def test_counts_without_exposure():
    rng = np.random.default_rng(2)
    count = rng.poisson(np.where(np.arange(60) < 30, 20, 14))
    df = pd.DataFrame({"time": np.arange(60), "value": count})
    found = change_effect(df, **POISSON, on=30, better="low", trend=False)
    ratio = found.parts.set_index("part").loc["rate_ratio"]
    assert ratio["estimate"] == pytest.approx(count[30:].mean() / count[:30].mean())
    assert found.estimate == pytest.approx(count[30:].mean() - count[:30].mean())
    assert found.verdict == "better"


def test_against_controls_odds_are_compared():
    rng = np.random.default_rng(3)
    frames = []
    for at in range(6):
        # All units fall from 95 to 90 %; the changed one stays where it was.
        rate = np.where(np.arange(60) < 30, 0.95, 0.95 if at == 0 else 0.9)
        n = rng.poisson(200, 60)
        value = rng.binomial(n, rate)
        frames.append(pd.DataFrame({"time": range(60), "value": value, "n": n, "unit": at}))
    found = change_effect(pd.concat(frames), **BINOMIAL, on=30, unit="unit", treated=0)
    assert found.comparison == "controls"
    odds = found.parts.set_index("part").loc["odds_ratio"]
    assert odds["low"] < 19 / 9 < odds["high"]
    assert found.low < 0.05 < found.high


def test_all_in_time_cannot_be_told():
    found = change_effect(made_up_rates().assign(value=60, n=60), **BINOMIAL, on=40)
    assert (found.verdict, found.reason) == ("cannot_tell", "no_variation")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"family": "quasi-binomial"}, "favourable cases as value and all cases as n"),
        ({"family": "quasi-binomial", "n": "few"}, "favourable cases as value and all cases as n"),
        ({"family": "quasi-poisson", "weights": "n"}, "counts as value"),
        ({"family": "quasi-poisson", "value": "loss"}, "counts as value"),
        ({"family": "quasi-poison"}, "Did you mean 'quasi-poisson'"),
        ({"family": "ordinal"}, "answer_change"),
    ],
)
def test_figures_that_are_no_counts_are_named(change, message):
    df = made_up_rates().assign(few=1, loss=-1.0)
    with pytest.raises(InputError, match=message):
        change_effect(df, **({"value": "value", "time": "time", "on": 40} | change))
