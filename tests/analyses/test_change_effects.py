"""Many changes as one family."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from slm_analysis.analyses.change_effect import change_effect
from slm_analysis.analyses.change_effects import between_changes, change_effects, judged_together
from slm_analysis.analyses.change_fit import fit_change
from slm_analysis.errors import InputError

ON = "2025-10-13"  # week 40
TREATED = [f"unit {i}" for i in range(8)]


def panel(effects, seed=0, unchanged=6):
    """Return weekly values of units with the stated effects from week 40, and unchanged ones."""
    rng = np.random.default_rng(seed)
    time = pd.date_range("2025-01-06", periods=80, freq="7D")
    after = np.arange(80) >= 40
    common = rng.normal(0, 1, 80)
    planted = [*effects, *[0.0] * unchanged]
    return pd.concat(
        pd.DataFrame(
            {
                "unit": f"unit {i}",
                "time": time,
                "value": 50 + i + common + effect * after + rng.normal(0, 1, 80),
            }
        )
        for i, effect in enumerate(planted)
    )


CALL = {"value": "value", "time": "time", "unit": "unit", "on": ON}


def test_finds_the_planted_effects_and_no_others():
    found = change_effects(panel([3, 3, -3, 0, 0, 0, 0, 0]), **CALL, treated=TREATED)
    verdicts = found.table.set_index("unit")["verdict"]
    assert list(verdicts) == ["better", "better", "worse", *["cannot_tell"] * 5]
    assert list(found.table["unit"]) == TREATED
    assert [e.unit for e in found.effects] == TREATED
    assert found.family_size == 8
    assert (found.table["comparison"] == "controls").all()


def test_columns_of_the_table():
    found = change_effects(panel([3.0]), **CALL, treated="unit 0")
    assert list(found.table.columns) == [
        "unit",
        "on",
        "estimate",
        "low",
        "high",
        "p",
        "q",
        "verdict",
        "reason",
        "smallest_detectable",
        "n_before",
        "n_after",
        "comparison",
    ]


@pytest.mark.parametrize("seed", range(5))
def test_intervals_and_corrected_tests_agree(seed):
    effects = np.random.default_rng(seed).choice([0, 0.5, 1, 3], 8)
    found = change_effects(panel(effects, seed), **CALL, treated=TREATED)
    table = found.table
    np.testing.assert_allclose(table["q"], stats.false_discovery_control(table["p"]))
    finds = table["q"] <= 0.05
    assert ((table["low"] > 0) | (table["high"] < 0)).equals(finds)
    # Benjamini and Yekutieli 2005: intervals at 1 - R q / m.
    assert found.level == pytest.approx(1 - max(finds.sum(), 1) * 0.05 / 8)


def test_changed_units_never_serve_as_controls():
    df = panel([3.0] * 3, unchanged=3)
    found = change_effects(df, **CALL, treated=["unit 0", "unit 1", "unit 2"])
    for effect in found.effects:
        assert effect.controls == ("unit 3", "unit 4", "unit 5")
    staggered = dict(zip(TREATED[:3], ["2025-06-02", ON, "2026-02-02"], strict=True))
    found = change_effects(df, value="value", time="time", unit="unit", on=staggered)
    assert [e.controls for e in found.effects] == [("unit 3", "unit 4", "unit 5")] * 3
    assert list(found.table["on"]) == list(pd.to_datetime(list(staggered.values())))
    with pytest.raises(InputError, match="not another unit"):
        change_effects(df, **CALL, treated=TREATED[:2], controls=["unit 1", "unit 3", "unit 4"])


def test_one_unit_is_the_single_answer():
    df = panel([2.0])
    many = change_effects(df, **CALL, treated=["unit 0"], min_effect=0.5)
    single = change_effect(df, **CALL, treated="unit 0", min_effect=0.5)
    assert (many.table["low"][0], many.table["high"][0]) == (single.low, single.high)
    assert many.table["verdict"][0] == single.verdict


def test_units_without_an_estimate_are_no_tests():
    on = {"unit 0": ON, "unit 1": "2026-07-06"}
    found = change_effects(panel([3, 3]), value="value", time="time", unit="unit", on=on)
    assert found.family_size == 1
    assert list(found.table["reason"])[1] == "too_few_points"
    assert found.table.loc[1, ["estimate", "low", "high", "p", "q"]].isna().all()
    assert found.table["verdict"][1] == "cannot_tell"


def test_several_changes_of_one_series_each_between_its_neighbours():
    rng = np.random.default_rng(3)
    t = np.arange(120)
    value = 50 + 4 * (t >= 40) - 4 * (t >= 80) + rng.normal(0, 0.5, 120)
    df = pd.DataFrame({"time": pd.date_range("2024-01-01", periods=120, freq="7D"), "value": value})
    dates = [df["time"][80], df["time"][40]]
    found = change_effects(df, value="value", time="time", on=dates)
    assert list(found.table["verdict"]) == ["worse", "better"]
    assert list(found.table["n_before"]) == [40, 40]
    assert list(found.table["n_after"]) == [40, 40]
    assert list(found.table["on"]) == dates


def test_the_callers_frame_is_unchanged():
    df = panel([3.0])
    before = df.copy(deep=True)
    change_effects(df, **CALL, treated=["unit 0"])
    pd.testing.assert_frame_equal(df, before)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"treated": None}, "on=\\{unit: date\\}"),
        ({"treated": ["unit 0", "unit x"]}, "no such unit"),
        ({"treated": ["unit 0"], "on": {"unit 1": ON}}, "has no date"),
        ({"treated": ["unit 0"], "min_efect": 1}, "Did you mean 'min_effect'"),
        ({"treated": ["unit 0"], "level": 0.9}, "no keyword 'level'"),
        ({"treated": ["unit 0"], "q": 5}, "q must lie between"),
        ({"treated": ["unit 0"], "unit": "team"}, "no column 'team'"),
        ({"treated": ["unit 0"], "value": "valeu"}, "Did you mean 'value'"),
    ],
)
def test_bad_input_is_named(change, message):
    with pytest.raises(InputError, match=message):
        change_effects(panel([3.0]), **(CALL | change))


def test_fits_of_different_series_are_judged_as_one_family():
    rng = np.random.default_rng(8)
    time = pd.date_range("2025-01-06", periods=80, freq="7D")
    fits = [
        fit_change(
            pd.DataFrame({"time": time, "value": step * (np.arange(80) >= 40) + noise}),
            value="value",
            time="time",
            on=ON,
            better=better,
        )
        for step, better, noise in (
            (3.0, "high", rng.normal(0, 1, 80)),
            (-30.0, "low", rng.normal(0, 10, 80)),
            (0.0, "high", rng.normal(0, 1, 80)),
            (0.0, "high", np.zeros(80)),  # no variation, no test
        )
    ]
    judged = judged_together(fits, 0.05)
    assert judged.family_size == 3
    assert list(judged.table["verdict"]) == ["better", "better", "cannot_tell", "cannot_tell"]
    assert judged.level == pytest.approx(1 - 2 * 0.05 / 3)
    assert {e.level for e in judged.effects} == {judged.level}
    np.testing.assert_allclose(
        judged.table["q"][:3], stats.false_discovery_control([f.p for f in fits[:3]])
    )
    assert np.isnan(judged.table["q"][3])


def test_no_fits_are_an_empty_family():
    judged = judged_together([], 0.05)
    assert (judged.family_size, judged.effects, len(judged.table)) == (0, (), 0)


def test_periods_between_changes():
    df = pd.DataFrame({"time": pd.date_range("2025-01-06", periods=10, freq="7D")})
    time = df["time"]
    dates = [time[7], time[3], time[3] + pd.Timedelta(days=2)]
    spans = [(w.index[0], w.index[-1]) for w in between_changes(df, "time", dates)]
    # Changes of one week share their periods.
    assert spans == [(3, 9), (0, 6), (0, 6)]
    with pytest.raises(InputError, match="no periods round this change"):
        list(between_changes(df, "time", [time[0] - pd.Timedelta(weeks=4), time[0]]))
