"""Scores at the same time to resolve: planted gaps, an independent check, what stays out."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from hypothesis import given, settings
from hypothesis import strategies as st

from slm_analysis import expectations
from slm_analysis.analyses.expectations import EDGES, band_ends, time_band
from slm_analysis.errors import InputError


def answers(seed=1, gaps=(0.0, 0.0, -0.5, 0.0), people=40, each=6, **values):
    """Return answers of four units that take other times; a doubling costs 0.15 points."""
    rng = np.random.default_rng(seed)
    n = people * each
    tables = []
    for at, gap in enumerate(gaps):
        hours = 2 ** (1.5 + 0.4 * at + rng.normal(0, 1, n))
        who = rng.integers(0, people, n)
        mood = rng.normal(0, 0.3, people)[who]
        score = 4.2 + gap - 0.15 * np.log2(hours) + mood + rng.normal(0, 0.7, n)
        tables.append(
            pd.DataFrame(
                {
                    "business_unit": f"Unit {at}",
                    "score": score,
                    "hours": hours,
                    "respondent_id": [f"{at}-{w}" for w in who],
                }
            )
        )
    return pd.concat(tables, ignore_index=True).assign(**values)


def gaps(result):
    return result.gaps.set_index("business_unit")


# --- Figures -------------------------------------------------------------------------------------


def test_a_planted_gap_is_found_and_time_is_no_gap():
    found = gaps(expectations(answers()))
    assert found.index[found["high"] < 0].tolist() == ["Unit 2"]
    planted = found.loc["Unit 2"]
    assert planted["low"] < -0.5 < planted["high"] < 0
    # The others are as high above the mean of their own others as that one lies below.
    others = found.drop(index="Unit 2")
    assert (others["difference"] - 0.5 / 3).abs().max() < 2.5 * others["se"].max()
    assert (found["units"] == 3).all()
    assert (found["reason"] == "").all()


def test_least_squares_and_its_sandwich_agree_with_statsmodels():
    data = answers(seed=4, channel=lambda d: np.where(d["hours"].rank() % 3 == 0, "a", "b"))
    found = gaps(expectations(data, mix=["channel"]))
    cells = data.assign(band=time_band(data["hours"]))
    people = cells.groupby(["business_unit", "band"])["respondent_id"].transform("nunique")
    cells = cells[people >= 5]
    cells = cells[cells.groupby("band")["business_unit"].transform("nunique") > 1]
    fit = smf.ols("score ~ 0 + C(business_unit) + C(band) + C(channel)", cells).fit(
        cov_type="cluster", cov_kwds={"groups": pd.factorize(cells["respondent_id"])[0]}
    )
    for at, unit in enumerate(sorted(found.index)):
        contrast = np.full(len(fit.params), 0.0)
        contrast[:4] = np.where(np.arange(4) == at, 1.0, -1 / 3)
        test = fit.t_test(contrast)
        assert found.loc[unit, "difference"] == pytest.approx(test.effect[0], abs=1e-9)
        # The jackknife is a little wider than the plain sandwich.
        assert 1.0 < found.loc[unit, "se"] / test.sd[0, 0] < 1.06


def test_the_curve_is_what_the_other_units_give():
    result = expectations(answers(gaps=(0.0, 0.0, -0.5, 0.0), people=150))
    own = result.curve[result.curve["business_unit"] == "Unit 0"].set_index("band")["others"]
    middle = {band: np.sqrt(np.prod(band_ends(band))) for band in own.index if band > 2}
    for band, hours in middle.items():
        expected = 4.2 - 0.5 / 3 - 0.15 * np.log2(hours)
        assert own[band] == pytest.approx(expected, abs=0.15)


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_answers_changes_nothing(seed):
    mix = ["channel", "priority"]
    rng = np.random.default_rng(seed)
    data = answers(people=90)
    data["channel"] = rng.choice(["a", "b", "c"], len(data))
    data["priority"] = rng.choice(["P1", "P2", "P3"], len(data))
    once = gaps(expectations(data, mix=mix))
    again = gaps(expectations(data.sample(frac=1, random_state=seed), mix=mix))
    assert again["difference"].tolist() == pytest.approx(once["difference"].tolist(), abs=1e-12)
    assert again["se"].tolist() == pytest.approx(once["se"].tolist(), abs=1e-12)


def test_by_service_each_is_compared_in_itself():
    data = pd.concat([answers(service="a"), answers(gaps=(0.0, 0.4, 0.0, 0.0), service="b")])
    result = expectations(data, by=["service"])
    found = result.gaps[result.gaps["q"] <= 0.05]
    planted = {("a", "Unit 2"), ("b", "Unit 1")}
    assert planted <= set(zip(found["service"], found["business_unit"], strict=True))
    assert result.family == 8


def test_answers_given_twice_make_nothing_surer():
    data = answers(people=60)
    once, twice = (gaps(expectations(d)) for d in (data, pd.concat([data, data])))
    assert twice["difference"].tolist() == pytest.approx(once["difference"].tolist())
    assert twice["se"].tolist() == pytest.approx(once["se"].tolist())
    alone = gaps(expectations(pd.concat([data, data]).drop(columns="respondent_id")))
    assert (alone["se"] < once["se"]).all()


@settings(max_examples=10)
@given(st.integers(0, 1000), st.floats(-2, 2), st.floats(0.5, 3))
def test_other_origins_and_units_of_the_score_change_nothing_else(seed, shift, factor):
    data = answers(seed)
    once = gaps(expectations(data))
    other = gaps(expectations(data.assign(score=shift + factor * data["score"])))
    assert other["difference"].tolist() == pytest.approx((factor * once["difference"]).tolist())
    assert other["p"].tolist() == pytest.approx(once["p"].tolist())


# --- What stays out ------------------------------------------------------------------------------


def test_three_units_cannot_be_compared():
    result = expectations(answers(gaps=(0.0, 0.0, -0.5)))
    assert set(result.gaps["reason"]) == {"few_units"}
    assert result.gaps[["difference", "low", "high", "p"]].isna().all(axis=None)
    assert result.curve.empty
    assert result.family == 0


def test_units_of_few_people_are_neither_compared_nor_compared_with():
    data = answers(gaps=(0.0, 0.0, 0.0, 0.0, -3.0))
    few = data["business_unit"].eq("Unit 4") & ~data["respondent_id"].isin(
        [f"4-{i}" for i in range(9)]
    )
    found = gaps(expectations(data[~few]))
    assert found.loc["Unit 4", "reason"] == "few_respondents"
    assert pd.isna(found.loc["Unit 4", "difference"])
    assert found.loc["Unit 4", "left_out"] > 0
    assert (found.drop(index="Unit 4")["units"] == 3).all()
    assert found.drop(index="Unit 4")["difference"].abs().max() < 0.3


def test_units_that_never_take_as_long_are_not_compared():
    data = answers(gaps=(0.0,) * 5)
    slow = data["business_unit"] == "Unit 4"
    data["hours"] = data["hours"].clip(upper=20).mask(slow, 200.0)
    found = gaps(expectations(data))
    assert found.loc["Unit 4", "reason"] == "few_units"
    assert (found.drop(index="Unit 4")["units"] == 3).all()


def test_the_curve_never_rests_on_few_people_of_others():
    """Nothing that a unit's report may read is about fewer than five people of another unit."""
    data = answers(people=30)
    lonely = pd.DataFrame(
        {"business_unit": "Unit 0", "score": 1.0, "hours": 500.0, "respondent_id": "0-1"}, index=[0]
    )
    with_one = expectations(pd.concat([data, lonely], ignore_index=True))
    assert time_band(lonely["hours"]).iloc[0] not in set(with_one.curve["band"])
    pd.testing.assert_frame_equal(with_one.curve, expectations(data).curve)


def test_answers_without_a_time_or_score_are_left_out():
    data = answers()
    gone = data.assign(hours=data["hours"].mask(data.index % 7 == 0))
    gone["score"] = gone["score"].mask(gone.index % 11 == 0)
    kept = gone.dropna()
    pd.testing.assert_frame_equal(expectations(gone).gaps, expectations(kept).gaps)


def test_no_answers_are_no_fault():
    result = expectations(answers().iloc[:0])
    assert result.gaps.empty
    assert result.curve.empty
    assert {"business_unit", "difference", "reason"} <= set(result.gaps.columns)


def test_the_frame_given_is_not_changed():
    data = answers()
    before = data.copy()
    expectations(data)
    pd.testing.assert_frame_equal(data, before)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"hours": "hour"}, "no column 'hour'. Did you mean 'hours'"),
        ({"score": "respondent_id"}, "Not a number"),
        ({"mix": ["channel"]}, "no column 'channel'"),
        ({"q": 1.0}, "between 0 and 1"),
        ({"min_group": 0}, "min_group"),
    ],
)
def test_bad_input_is_told(change, message):
    with pytest.raises(InputError, match=message):
        expectations(answers(), **change)


def test_bands_part_at_their_edges():
    assert time_band(pd.Series([0.1, 0.25, 0.26, 16, 16.1, 700])).tolist() == [0, 0, 1, 7, 8, 15]
    assert band_ends(0) == (0, 0.25)
    assert band_ends(7) == (12, 16)
    assert band_ends(len(EDGES)) == (640, np.inf)
