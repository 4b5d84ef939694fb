"""What goes with satisfaction: published shares, planted truth, people who answer often."""

import json
from itertools import pairwise, permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slm_analysis import key_drivers, ordinal_regression
from slm_analysis.analyses.explained_shares import explained_shares
from slm_analysis.errors import InputError


@pytest.fixture(scope="module")
def attitude(shared):
    text = (shared / "reference" / "effects.json").read_text(encoding="utf-8")
    case = next(c for c in json.loads(text)["cases"] if c["id"] == "key_drivers_attitude")
    data = pd.DataFrame(case["data"])
    found = key_drivers(data, score="rating", drivers=list(data.columns.drop("rating")))
    return case, found


def answers(effect=0.7, people=60, n=600, seed=1):
    """Return answers in which only being late goes with the score, and people differ."""
    rng = np.random.default_rng(seed)
    who = rng.integers(0, people, n)
    late = rng.random(n) < 0.12
    mood = rng.normal(0, 0.4, people)
    latent = 4.2 - effect * late + mood[who] + rng.normal(0, 0.7, n)
    return pd.DataFrame(
        {
            "score": np.clip(np.round(latent), 1, 5),
            "late": late,
            "hours": rng.normal(0, 1, n) + late,
            "channel": rng.choice(["Portal", "E-mail", "Phone"], n, p=[0.6, 0.3, 0.1]),
            "reopened": rng.random(n) < 0.1,
            "respondent_id": who.astype(str),
        }
    )


DRIVERS = ["late", "hours", "channel", "reopened"]


def codes(result):
    return {note.code: dict(note.values) for note in result.notes}


# --- Reference values ----------------------------------------------------------------------------


def test_attitude(attitude):
    case, found = attitude
    expected = case["expected"]["R"]
    ours = found.shares.set_index("driver")
    assert ours["share"].to_dict() == pytest.approx(expected["lmg"], abs=case["tolerance"])
    assert found.r2 == pytest.approx(expected["r2"], abs=case["tolerance"])
    points = found.levels.set_index("driver")["difference"]
    for driver in ours.index:
        estimate = expected["coef"][driver]["Estimate"]
        assert points[driver] == pytest.approx(estimate, abs=case["tolerance"])


def test_only_complaints_are_told_apart_in_attitude(attitude):
    _, found = attitude
    ours = found.shares.set_index("driver")
    assert ours.index[ours["finding"]].tolist() == ["complaints"]
    assert ours["rank"].dropna().to_dict() == {"complaints": 1}
    assert found.levels["odds_ratio"].isna().all()
    assert "drivers_odds_unknown" in codes(found)


def test_motor_trend_cars():
    # R: relaimpo::calc.relimp(mpg ~ am + vs + cyl, data = mtcars, type = "lmg"), as printed in the
    # vignette of the package domir; the data are R's `mtcars` (Henderson and Velleman 1981).
    cars = pd.DataFrame(
        {
            "mpg": [21, 21, 22.8, 21.4, 18.7, 18.1, 14.3, 24.4, 22.8, 19.2, 17.8, 16.4, 17.3, 15.2,
                    10.4, 10.4, 14.7, 32.4, 30.4, 33.9, 21.5, 15.5, 15.2, 13.3, 19.2, 27.3, 26,
                    30.4, 15.8, 19.7, 15, 21.4],
            "am": [int(c) for c in "111" + 14 * "0" + "111" + 5 * "0" + 7 * "1"],
            "vs": [int(c) for c in "00110101" "11100000" "01111000" "01010001"],
            "cyl": [int(c) for c in "66468684" "46688888" "84444888" "84448684"],
        }
    )  # fmt: skip
    assert cars["mpg"].var() == pytest.approx(36.3241, abs=1e-4)
    found = key_drivers(cars, score="mpg", drivers=["am", "vs", "cyl"])
    assert found.shares.set_index("driver")["share"].to_dict() == pytest.approx(
        {"am": 0.1774892, "vs": 0.2027032, "cyl": 0.3817849}, abs=1e-7
    )
    assert found.r2 == pytest.approx(0.762, abs=5e-4)


def r_squared(columns, y):
    design = np.column_stack([np.ones(len(y)), *columns])
    left = y - design @ np.linalg.lstsq(design, y)[0]
    return 1 - left @ left / ((y - y.mean()) @ (y - y.mean()))


@settings(max_examples=15)
@given(st.integers(0, 10_000), st.lists(st.integers(1, 3), min_size=1, max_size=4))
def test_shares_are_the_mean_over_all_orders(seed, sizes):
    rng = np.random.default_rng(seed)
    n, m = 40, sum(sizes)
    columns = rng.normal(size=(n, m)) @ rng.normal(size=(m, m))
    y = columns @ rng.normal(size=m) + rng.normal(size=n)
    ends = np.cumsum([0, *sizes])
    groups = [columns[:, a:b] for a, b in pairwise(ends)]
    gains = np.zeros(len(sizes))
    orders = list(permutations(range(len(sizes))))
    for order in orders:
        before = 0.0
        for place, driver in enumerate(order):
            now = r_squared([groups[d] for d in order[: place + 1]], y)
            gains[driver] += (now - before) / len(orders)
            before = now
    rows = np.column_stack([np.ones(n), columns, y])
    rows[:, 1:] = (rows[:, 1:] - rows[:, 1:].mean(axis=0)) / rows[:, 1:].std(axis=0)
    ours = explained_shares((rows.T @ rows)[None], sizes)[0]
    assert ours == pytest.approx(gains, abs=1e-8)
    assert ours.sum() == pytest.approx(r_squared(groups, y), abs=1e-8)


# --- Planted truth -------------------------------------------------------------------------------


def test_the_planted_driver_is_found_alone():
    found = key_drivers(answers(), drivers=DRIVERS)
    assert found.shares.loc[found.shares["finding"], "driver"].tolist() == ["late"]
    first = found.shares.iloc[0]
    assert first["driver"] == "late"
    assert first["by_chance"] < first["low"] < first["share"] < first["high"]
    late = found.levels.set_index("driver").loc["late"]
    assert (late["level"], late["against"]) == ("True", "False")
    assert late["low"] < -0.7 < late["high"] < 0
    assert late["odds_high"] < 1


def test_nothing_is_found_where_nothing_is_planted():
    found = key_drivers(answers(effect=0.0, seed=3), drivers=DRIVERS)
    assert not found.shares["finding"].any()
    assert found.shares["rank"].isna().all()
    assert found.shares["share"].sum() == pytest.approx(found.r2)


def test_the_odds_are_those_of_the_ordinal_regression():
    data = answers()[["score", "late", "hours", "respondent_id"]]
    found = key_drivers(data, drivers=["late", "hours"])
    beside = ordinal_regression(
        data["score"],
        data[["late", "hours"]].astype(float),
        clusters=data["respondent_id"],
        level=found.interval_level,
    ).table
    assert found.levels["odds_ratio"].tolist() == pytest.approx(beside["odds_ratio"].tolist())
    assert np.log(found.levels["odds_low"]).tolist() == pytest.approx(beside["low"].tolist())


def test_answers_given_twice_make_nothing_surer():
    data = answers()
    once = key_drivers(data, drivers=DRIVERS)
    twice = key_drivers(pd.concat([data, data]), drivers=DRIVERS)
    alone = key_drivers(
        pd.concat([data, data]).drop(columns="respondent_id"), drivers=DRIVERS
    ).shares.set_index("driver")
    ours, again = (r.shares.set_index("driver") for r in (once, twice))
    for column in ("share", "low", "high", "p"):
        assert again[column].to_dict() == pytest.approx(ours[column].to_dict(), rel=1e-6)
    assert twice.respondents == once.respondents
    assert alone.loc["late", "p"] < ours.loc["late", "p"]


def test_two_found_drivers_that_are_alike_are_not_ranked():
    rng = np.random.default_rng(5)
    x = rng.normal(size=(300, 3))
    data = pd.DataFrame(x, columns=["a", "b", "c"])
    data["score"] = data["a"] + 0.95 * data["b"] + rng.normal(size=300)
    same = key_drivers(data, drivers=["a", "b", "c"]).shares.set_index("driver")
    assert same["finding"].to_dict() == {"a": True, "b": True, "c": False}
    assert same["rank"].isna().all()
    data["score"] = data["a"] + 0.3 * data["b"] + rng.normal(size=300)
    apart = key_drivers(data, drivers=["a", "b", "c"]).shares.set_index("driver")
    assert apart["rank"].dropna().to_dict() == {"a": 1, "b": 2}


# --- What cannot be told -------------------------------------------------------------------------


def test_too_few_people_show_nothing():
    data = answers(people=4)
    found = key_drivers(data, drivers=DRIVERS)
    assert found.shares.empty
    assert found.levels.empty
    assert codes(found)["drivers_too_few_respondents"]["respondents"] == 4
    assert key_drivers(answers(), drivers=DRIVERS, min_group=61).shares.empty


def test_levels_of_few_people_are_taken_together():
    data = answers()
    data["channel"] = data["channel"].where(data.index >= 9, "Fax")
    data["reopened"] = data.index < 5
    found = key_drivers(data, drivers=DRIVERS)
    assert "Fax" not in found.levels["level"].tolist()
    assert (found.levels["respondents"] >= 10).all()
    assert codes(found)["drivers_without_groups"]["drivers"] == ("reopened",)


def test_a_driver_that_others_tell_is_left_out():
    data = answers().assign(
        again=lambda d: d["channel"].map({"Portal": 1, "E-mail": 2, "Phone": 4})
    )
    found = key_drivers(data, drivers=["channel", "again"])
    assert found.shares["driver"].tolist() == ["channel"]
    assert codes(found)["drivers_without_groups"]["drivers"] == ("again",)


def test_scores_that_are_all_alike_have_no_drivers():
    found = key_drivers(answers().assign(score=5.0), drivers=DRIVERS)
    assert found.shares.empty
    assert "drivers_no_variation" in codes(found)


def test_what_is_missing_is_left_out_and_counted():
    data = answers()
    gaps = data.assign(
        hours=data["hours"].mask(data.index < 7),
        channel=data["channel"].mask(data.index >= 550),
    )
    found = key_drivers(gaps, drivers=DRIVERS)
    assert codes(found)["drivers_left_out_answers"] == {"answers": 7}
    assert found.answers == 593
    assert "(not stated)" in found.levels["level"].tolist()


def test_the_frame_given_is_not_changed():
    data = answers()
    before = data.copy()
    key_drivers(data, drivers=DRIVERS)
    pd.testing.assert_frame_equal(data, before)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"drivers": ["chanel"]}, "channel"),
        ({"drivers": []}, "one to twelve"),
        ({"drivers": "late"}, "one to twelve"),
        ({"drivers": ["late", "late"]}, "named twice"),
        ({"drivers": ["late", "score"]}, "named twice"),
        ({"drivers": ["late"], "score": "channel"}, "Not a number"),
        ({"drivers": ["day"]}, "time is no driver"),
        ({"drivers": ["late"], "q": 0}, "between 0 and 1"),
        ({"drivers": ["late"], "min_group": 0}, "min_group"),
    ],
)
def test_bad_input_is_told(change, message):
    data = answers().assign(day=pd.Timestamp("2026-10-01"))
    with pytest.raises(InputError, match=message):
        key_drivers(data, **change)
