"""What could make an effect wrong: a bend, the same in other units, an effect that fades."""

import numpy as np
import pandas as pd
import pytest

from slm_analysis.analyses.change_effect import change_effect

WEEKS = 80
AT = np.arange(WEEKS)
SINCE = np.maximum(AT - 40, 0)
CALL = {"value": "value", "time": "time", "on": 40}


def series(effect, seed=0, sd=0.5):
    rng = np.random.default_rng(seed)
    return pd.DataFrame({"time": AT, "value": 50 + effect + rng.normal(0, sd, WEEKS)})


def panel(*effects, seed=0):
    frames = [series(e, seed + at).assign(unit=chr(65 + at)) for at, e in enumerate(effects)]
    return pd.concat(frames)


def check(found, name):
    return found.checks.set_index("check").loc[name]


STEP = 3.0 * (AT >= 40)


@pytest.mark.parametrize(
    ("effect", "state"),
    [
        (STEP, "lasted"),
        (STEP * (1 + SINCE / 20), "grew"),
        (STEP * (1 - SINCE / 80), "fading"),
        (STEP * (SINCE < 14), "faded"),
        (0.0 * STEP, "not_asked"),
    ],
)
def test_whether_an_effect_lasts(effect, state):
    found = change_effect(series(effect), **CALL, trend=False)
    assert check(found, "persistence")["state"] == state
    parts = found.thirds.set_index("part")
    first, last = effect[40:54].mean(), effect[67:].mean()
    assert parts.loc["first_third", "low"] < first < parts.loc["first_third", "high"]
    assert parts.loc["last_third", "low"] < last < parts.loc["last_third", "high"]
    difference = parts.loc["last_third", "estimate"] - parts.loc["first_third", "estimate"]
    assert parts.loc["difference", "estimate"] == pytest.approx(difference, abs=0.05)


def test_a_fading_effect_for_the_worse_is_fading_too():
    found = change_effect(series(-STEP * (1 - SINCE / 80)), **CALL, trend=False)
    assert check(found, "persistence")["state"] == "fading"


def test_too_few_periods_since_have_no_thirds():
    found = change_effect(series(STEP)[:51], **CALL)
    assert check(found, "persistence")["state"] == "not_possible"
    assert found.thirds.empty


def test_a_bend_before_the_change_is_found():
    bent = change_effect(series(0.01 * (AT - 20.0) ** 2), **CALL)
    assert check(bent, "drift")["state"] == "caution"
    # So far would the bend lead by the middle of the weeks since: 0.01 times 40 squared.
    assert check(bent, "drift")["low"] < 16 < check(bent, "drift")["high"]
    assert check(change_effect(series(STEP), **CALL), "drift")["state"] == "ok"


def test_the_rank_among_unchanged_units():
    none = 0.0 * STEP
    found = change_effect(panel(STEP, *[none] * 24), **CALL, unit="unit", treated="A")
    rank = check(found, "placebo_units")
    assert (rank["value"], rank["high"], rank["state"]) == (1, 25, "ok")
    assert rank["p"] == pytest.approx(1 / 25)
    # Three of the others moved at the same date as much as this one.
    moved = change_effect(
        panel(STEP, STEP, -STEP, STEP, *[none] * 21), **CALL, unit="unit", treated="A"
    )
    assert check(moved, "placebo_units")["state"] == "caution"
    assert check(moved, "placebo_units")["value"] >= 2
    alone = change_effect(series(STEP), **CALL)
    assert check(alone, "placebo_units")["state"] == "not_possible"


def test_the_units_behind_the_rank_are_told():
    found = change_effect(panel(STEP, *[0.0 * STEP] * 4), **CALL, unit="unit", treated="A")
    units = found.placebo_units
    assert units["unit"].tolist() == ["A", "B", "C", "D", "E"]
    assert units["estimate"].iloc[0] == pytest.approx(3.0, abs=0.5)
    assert units["estimate"].iloc[1:].abs().max() < 0.6
    assert units["size"].idxmax() == 0
    assert change_effect(series(STEP), **CALL).placebo_units.empty


def test_the_rank_of_a_unit_without_effect_is_like_any_other():
    ranks = [
        check(
            change_effect(
                panel(*[0.0 * STEP] * 10, seed=100 * s), **CALL, unit="unit", treated="A"
            ),
            "placebo_units",
        )["value"]
        for s in range(30)
    ]
    assert 4 < np.mean(ranks) < 7  # uniform on 1 to 10: 5.5, standard error 0.52
    assert min(ranks) >= 1
    assert max(ranks) <= 10
