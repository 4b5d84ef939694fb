"""One effect over all changed units: Card and Krueger, few units, staggered dates."""

import json

import numpy as np
import pandas as pd
import pytest

from slm_analysis.analyses.change_effects import change_effects
from slm_analysis.analyses.change_panel import read_panel
from slm_analysis.analyses.pooled_effect import pooled_effect

CALL = {"value": "value", "time": "time", "unit": "unit"}


def test_card_and_krueger_with_the_right_standard_error(shared):
    reference = shared / "reference"
    cases = json.loads((reference / "effects.json").read_text(encoding="utf-8"))["cases"]
    case = next(c for c in cases if c["id"] == "did_card_krueger")
    stores = pd.read_csv(reference / case["data_file"]).assign(store=lambda d: range(len(d)))
    visits = stores.melt("store", ["fte_pre", "fte_post"], "visit", "fte")
    visits["period"] = (visits["visit"] == "fte_post").astype(int)
    found = change_effects(
        visits,
        value="fte",
        time="period",
        on=1,
        unit="store",
        treated=stores.loc[stores["nj"] == 1, "store"].tolist(),
    )
    welch = case["expected"]["R"]["welch"]
    pooled = found.pooled
    theirs = [welch["stderr"], welch["parameter"], welch["p.value"], *welch["conf.int"]]
    ours = [pooled.se, pooled.df, pooled.p, pooled.low, pooled.high]
    assert ours == pytest.approx(theirs, rel=case["tolerance"])
    balanced = case["expected"]["R"]["did_balanced"]
    assert pooled.estimate == pytest.approx(balanced[0], rel=case["tolerance"])
    assert [pooled.n_treated, pooled.n_controls] == case["expected"]["R"]["n_balanced"]
    assert (pooled.method, found.pooled_verdict) == ("welch", "better")
    # Two visits of a single store say nothing.
    assert set(found.table["reason"]) == {"too_few_points"}


def panel(rng, changed=8, unchanged=8, effect=2.0, dates=(40,)):
    """Return units with a shared shock; changed ones gain `effect` from their date on."""
    shock = rng.normal(0, 2, 80)
    frames = []
    for at in range(changed + unchanged):
        start = dates[at % len(dates)] if at < changed else 1_000
        noise = rng.normal(0, 1, 80) + rng.normal(0, 0.5) * (np.arange(80) >= 40)
        value = 50 + at + shock + effect * (np.arange(80) >= start) + noise
        frames.append(pd.DataFrame({"unit": at, "time": np.arange(80), "value": value}))
    return pd.concat(frames)


def test_many_units_are_collapsed_by_hand():
    df = panel(np.random.default_rng(1))
    pooled = change_effects(df, **CALL, on=40, treated=list(range(8))).pooled
    mean = df.assign(after=df["time"] >= 40).groupby(["unit", "after"])["value"].mean().unstack()
    change = (mean[True] - mean[False]).to_numpy()
    assert pooled.estimate == pytest.approx(change[:8].mean() - change[8:].mean())
    se = np.sqrt(change[:8].var(ddof=1) / 8 + change[8:].var(ddof=1) / 8)
    assert pooled.se == pytest.approx(se)
    assert (pooled.n_treated, pooled.n_controls) == (8, 8)


@pytest.mark.parametrize(("changed", "dates"), [(8, (40,)), (3, (40,)), (8, (30, 40, 55))])
def test_covers_the_truth(changed, dates):
    held = []
    for seed in range(200):
        df = panel(np.random.default_rng(seed), changed=changed, dates=dates)
        on = {at: dates[at % len(dates)] for at in range(changed)}
        pooled = pooled_effect(read_panel(df, **CALL), on, {})
        held.append(pooled.low <= 2 <= pooled.high)
    assert np.mean(held) >= 0.9  # binomial noise of 200 about 0.95


def test_units_that_changed_earlier_are_no_controls():
    rng = np.random.default_rng(2)
    df = panel(rng, changed=10, dates=(30, 60))
    # The effect of the early ones grows: as controls of the late ones they would hide theirs.
    early = (df["unit"] < 10) & (df["unit"] % 2 == 0)
    df.loc[early, "value"] += 0.2 * np.maximum(df.loc[early, "time"] - 30, 0)
    late = dict.fromkeys(range(1, 10, 2), 60)
    both = dict.fromkeys(range(0, 10, 2), 30) | late
    found = change_effects(df, **CALL, on=both)
    alone = change_effects(df[df["unit"].isin([*late, *range(10, 18)])], **CALL, on=late)
    own = found.table[found.table["unit"].isin(late)]
    assert own["estimate"].tolist() == pytest.approx(alone.table["estimate"].tolist())
    assert alone.pooled.low < 2 < alone.pooled.high


def test_few_changed_units_borrow_the_spread_of_the_unchanged():
    df = panel(np.random.default_rng(3), changed=2)
    pooled = change_effects(df, **CALL, on=40, treated=[0, 1]).pooled
    assert (pooled.method, pooled.n_treated, pooled.n_controls) == ("student", 2, 8)
    assert pooled.df == 8


@pytest.mark.parametrize(("changed", "unchanged"), [(1, 8), (8, 2), (8, 0)])
def test_without_enough_units_there_is_no_pooled_effect(changed, unchanged):
    df = panel(np.random.default_rng(4), changed, unchanged)
    found = change_effects(df, **CALL, on=40, treated=list(range(changed)))
    assert found.pooled is None
    assert found.pooled_verdict is None
