"""Control charts against published cases, edge cases and properties."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from slm_analysis.analyses.control_charts import ControlChart
from slm_analysis.analyses.run_rules import signals
from tests.analyses.charts import beyond, chart, codes, frame, quick, with_dates


@pytest.fixture(scope="module")
def reference(shared: Path) -> dict:
    path = shared / "reference" / "control_charts.json"
    cases = json.loads(path.read_text(encoding="utf-8"))
    return {case["id"]: case for case in [*cases["cases"], *cases["edge_cases"]]}


def assert_lines(result: ControlChart, expected: dict, rel: float, rows=slice(None)) -> None:
    for line in ("center", "lcl", "ucl"):
        if line in expected:
            found = result.points[line].to_numpy()[rows]
            wanted = np.broadcast_to(np.array(expected[line], float), found.shape)
            np.testing.assert_allclose(found, wanted, rtol=rel, atol=1e-12, err_msg=line)


def completing(result: ControlChart, rules: str) -> dict[str, list[int]]:
    """Return the completing indices by rule number, from the chart's own z."""
    found = signals(result.points["z"].to_numpy(), rules)
    return {code.rsplit("_", 1)[1]: g["index"].tolist() for code, g in found.groupby("rule")}


@pytest.mark.parametrize(
    ("case", "kind", "options"),
    [
        ("nist_individuals_flowrate", "i", {}),
        ("qcc_orangejuice_p", "p", {"baseline": (0, 29)}),
        ("qcc_dyedcloth_u", "u", {}),
        ("qcc_circuit_c", "c", {"baseline": (0, 25)}),
        ("nist_wafer_c", "c", {}),
        ("nhs_accidents_laney_p", "p'", {}),
        ("qcc_viscosity_i", "i", {"baseline": (0, 19)}),
    ],
)
def test_lines_and_signals_of_published_cases(reference, case, kind, options):
    published = reference[case]
    expected, rel = published["expected"], published["tolerance_rel"]
    result = chart(published["data"], kind=kind, **options)
    assert_lines(result, expected | expected.get("full_precision", {}), rel)
    assert beyond(result) == expected["beyond_limits"]
    if "sigma" in expected:
        assert result.points["sigma"].iloc[0] == pytest.approx(expected["sigma"], rel=rel)
    for rules in ("nelson", "western_electric"):
        judged = chart(published["data"], kind=kind, rules=rules, **options)
        assert completing(judged, rules) == expected[f"{rules}_signal"]
        fired = {code.rsplit("_", 1)[1] for code in judged.signals["rule"]}
        assert fired == set(expected[f"{rules}_signal"])


def test_nist_moving_ranges(reference):
    case = reference["nist_individuals_flowrate"]
    points = chart(case["data"], kind="mr").points
    assert points["center"].iloc[0] == pytest.approx(1.877777777777778, rel=1e-12)
    assert points["ucl"].iloc[1] == pytest.approx(case["expected"]["mr_ucl"], rel=1e-5)
    assert points["ucl"].iloc[1] == pytest.approx(3.267 * 1.877777777777778, rel=1e-12)
    assert np.isnan(points["value"].iloc[0])
    assert points["lcl"].iloc[1] == 0


def test_piston_rings(reference):
    case = reference["qcc_pistonrings_xbar"]
    groups = np.array(case["data"]["groups"])
    df = pd.DataFrame({"t": np.repeat(np.arange(40), 5), "y": groups.ravel()})
    expected, rel = case["expected"], case["tolerance_rel"]
    xbar = chart(df, kind="xbar", baseline=(0, 24), rules="western_electric")
    assert_lines(xbar, expected, rel)
    np.testing.assert_allclose(xbar.points["value"], expected["points"], rtol=rel)
    sigma = xbar.points["sigma"].iloc[0] * np.sqrt(5)
    assert sigma == pytest.approx(expected["sigma"], rel=rel)
    assert beyond(xbar) == expected["beyond_limits"]
    assert completing(xbar, "western_electric") == expected["western_electric_signal"]
    nelson = chart(df, kind="xbar", baseline=(0, 24), rules="nelson")
    assert completing(nelson, "nelson") == expected["nelson_signal"]
    assert_lines(chart(df, kind="r", baseline=(0, 24)), expected["R"], rel)
    assert_lines(chart(df, kind="s", baseline=(0, 24)), expected["S"], rel)


def test_orange_juice_as_numbers_and_with_two_samples_excluded(reference):
    case = reference["qcc_orangejuice_p"]
    df, expected = frame(case["data"]), case["expected"]
    assert_lines(chart(df, kind="np", baseline=(0, 29)), expected["np"], 1e-9)
    without = chart(df.head(30), kind="p", exclude=[14, 22])
    assert_lines(without, expected["exclude_14_22"], 1e-9)
    assert beyond(without) == expected["exclude_14_22"]["beyond_limits"]
    assert without.signals["start"].tolist() == [20]
    assert without.points.loc[without.points["excluded"], "time"].tolist() == [14, 22]


def test_laney_against_the_plain_and_the_screened_chart(reference):
    case = reference["nhs_accidents_laney_p"]
    expected = case["expected"]
    laney = chart(case["data"], kind="p'")
    assert laney.phases["sigma_z"].iloc[0] == pytest.approx(expected["sigma_z"], rel=1e-9)
    screened = chart(case["data"], kind="p'", screen_mr=True)
    assert_lines(screened, expected["screened"], 1e-9)
    plain = chart(case["data"], kind="p")
    assert_lines(plain, expected["plain_p"], 1e-9)
    assert beyond(plain) == expected["plain_p"]["beyond_limits"]
    assert chart(case["data"]).summary["kind"].tolist() == ["p'"]


def infections(reference) -> pd.DataFrame:
    """Return the case's data with months as time and n in units of 10,000 risk days."""
    case = reference["cdi_u_phases"]
    df = frame(case["data"]).assign(t=pd.to_datetime(case["data"]["month"]))
    df["n"] /= case["options"]["per"]
    return df.assign(period=case["data"]["notes_period"])


def test_infections_in_two_phases_however_these_are_given(reference):
    expected, df = reference["cdi_u_phases"]["expected"], infections(reference)
    change = df["t"].iloc[24]
    changes = pd.DataFrame(
        {"implemented_at": [change, pd.NaT], "description": ["New cleaning", "Not yet"]}
    )
    for phases in (
        [df["t"].iloc[0], change],
        ["2014-11-01"],
        df["t"].iloc[[24]],
        "period",
        changes,
    ):
        result = chart(df, kind="u", phases=phases)
        assert_lines(result, expected, 1e-9)
        assert result.points["phase"].tolist() == expected["phase"]
        assert beyond(result) == expected["beyond_limits"]
    assert result.phases["label"].tolist() == ["", "New cleaning"]
    assert result.phases["start"].tolist() == [df["t"].iloc[0], change]
    assert result.phases["n_points"].tolist() == [24, 12]
    laney = chart(df, kind="u'", phases=[change], sigma_z_floor=0)
    assert_lines(laney, expected["laney_u_phases"], 1e-9)


def test_infections_against_a_frozen_baseline(reference):
    df = infections(reference)
    expected = reference["cdi_u_phases"]["expected"]["frozen_on_first_24"]
    result = chart(df, kind="u", baseline=("2012-11-01", "2014-10-01"))
    assert_lines(result, expected, 1e-9)
    assert beyond(result) == expected["beyond_limits"]
    assert_runs(result, expected["runs"])


def test_infections_as_a_run_chart(reference):
    expected = reference["cdi_u_phases"]["expected"]["run_chart"]
    result = chart(infections(reference).drop(columns="n"), kind="run")
    assert result.points["center"].iloc[0] == expected["median"]
    assert_runs(result, expected)
    assert result.points[["lcl", "ucl", "sigma"]].isna().all(axis=None)


def assert_runs(result: ControlChart, expected: dict) -> None:
    phase = result.phases.iloc[0]
    assert phase["n_useful"] == expected["n_useful"]
    assert phase["longest_run"] == expected["longest_run"]
    assert phase["longest_run_max"] == expected["longest_run_max"]
    assert phase["crossings"] == expected["n_crossings"]
    assert phase["crossings_min"] == expected["n_crossings_min"]
    fired = result.signals["rule"].str.startswith("anhoej").any()
    assert fired == expected["signal"]


def test_nist_ewma(reference):
    case = reference["nist_ewma"]
    expected = case["expected"]
    result = chart(case["data"], kind="ewma", target=50, sigma=2.0539, ewma_lambda=0.3)
    np.testing.assert_allclose(result.points["value"], expected["points"], rtol=1e-9)
    np.testing.assert_allclose(
        result.points["value"], expected["points_published_2dp"], atol=0.0051
    )
    lines = {"center": 50, "lcl": expected["lcl_exact"], "ucl": expected["ucl_exact"]}
    assert_lines(result, lines, 1e-9)
    assert beyond(result) == expected["beyond_limits"]


def test_nist_cusum(reference):
    case = reference["nist_cusum"]
    expected, sigma = case["expected"], 0.635
    result = chart(
        case["data"],
        kind="cusum",
        target=325,
        sigma=sigma,
        cusum_k=0.3175 / sigma,
        cusum_h=4.1959 / sigma,
    )
    for side in ("high", "low"):
        np.testing.assert_allclose(result.points[side], expected[side], rtol=1e-9, atol=1e-11)
    assert beyond(result) == expected["signals"]
    assert result.signals["start"].tolist() == [13]
    assert result.signals["end"].tolist() == [19]
    assert (result.points["center"] == 325).all()


def test_making_data_count(reference):
    case = reference["mdc_cdi_rebase"]
    df = frame(case["data"]).assign(t=pd.to_datetime(case["data"]["month"]))
    expected = case["expected"]
    result = chart(
        df, kind="i", rules="mdc", screen_mr=True, phases=["2014-11-01"], target=15, better="low"
    )
    assert_lines(result, expected, case["tolerance_rel"])
    assert result.points["phase"].tolist() == expected["phase"]
    assert beyond(result) == expected["outside"]
    assert [bool(rules) for rules in result.points["rules"]] == [
        label != "Common Cause" for label in expected["label"]
    ]
    assert result.signals["meaning"].tolist() == ["favourable"]
    assert result.summary["assurance"].tolist() == ["hit_and_miss"]
    fixed, labels = expected["fixed_first_24"], expected["fixed_first_24"]["label"]
    frozen = chart(
        df, kind="i", rules="mdc", baseline=("2012-11-01", "2014-10-01"), target=15, better="low"
    )
    assert_lines(frozen, fixed, case["tolerance_rel"])
    code = {
        "7 Points Below CL": "mdc_shift",
        "2 in 3 Below CL": "mdc_two_of_three",
        "Below LCL": "mdc_beyond_limits",
    }
    for rules, label in zip(frozen.points["rules"], labels, strict=True):
        assert (label == "Common Cause") == (not rules)
        assert label == "Common Cause" or code[label] in rules
    assert frozen.summary["assurance"].tolist() == ["hit_and_miss"]


def test_all_met_has_no_variation_in_words_and_no_signal(reference):
    for kind in ("p'", "p", "auto"):
        result = chart(reference["all_met"]["data"], kind=kind, rules="nelson", target=0.95)
        assert (result.points[["center", "lcl", "ucl"]] == 1).all(axis=None)
        assert (result.points["sigma"] == 0).all()
        assert result.signals.empty
        assert not any(result.points["rules"])
        assert result.phases["limits_kind"].tolist() == ["no_variation"]
        assert result.summary[["direction", "assurance"]].to_numpy().tolist() == [
            ["not_judged", "not_judged"]
        ]
        assert "no_variation" in codes(result)


def test_one_miss_is_below_the_lower_limit(reference):
    case = reference["one_miss"]
    result = chart(case["data"], kind="p")
    # The peer program prints seven decimals.
    assert round(result.points["lcl"].iloc[0], 7) == round(case["lcl"], 7)
    assert (result.points["ucl"] == 1).all()
    assert beyond(result) == [11]


def test_a_zero_denominator_is_a_gap(reference):
    result = chart(reference["zero_denominator"]["data"], kind="p")
    gap = result.points.iloc[2]
    assert gap[["value", "lcl", "ucl", "z"]].isna().all()
    assert gap["n"] == 0
    assert gap["rules"] == ()
    assert result.phases[["center", "n_points"]].to_numpy().tolist() == [[pytest.approx(0.82), 5]]
    assert "gaps" in codes(result)


def test_a_missing_denominator_is_a_gap():
    df = pd.DataFrame({"t": range(4), "y": [9, 8, 5, 9], "n": [10, 10, np.nan, 10]})
    result = chart(df, kind="p")
    assert result.points["value"].isna().tolist() == [False, False, True, False]
    assert result.points["center"].iloc[0] == pytest.approx(26 / 30)


def test_underdispersion_is_stated_and_the_floor_can_be_lifted(reference):
    data = reference["underdispersed"]["data"]
    floored, narrow = chart(data, kind="p'"), chart(data, kind="p'", sigma_z_floor=0)
    for result, half_width in ((floored, 0.0206), (narrow, 0.00266)):
        width = result.points["ucl"] - result.points["lcl"]
        assert width.iloc[0] / 2 == pytest.approx(half_width, rel=3e-3)
    assert floored.phases["sigma_z"].iloc[0] == narrow.phases["sigma_z"].iloc[0] < 1
    assert floored.phases["sigma_z_used"].iloc[0] == 1
    said = next(n for n in floored.notes if n.code == "sigma_z_floored")
    assert said.values["lowest"] == floored.phases["sigma_z"].iloc[0]
    assert "sigma_z_floored" not in codes(narrow)


def test_two_of_three_takes_each_points_own_limit(reference):
    result = chart(reference["varying_limits_lag"]["data"], kind="p", rules="western_electric")
    assert "western_electric_2" not in result.points["rules"].iloc[11]
    assert result.points["z"].iloc[10] < 2 < result.points["z"].iloc[11]


def test_no_moving_range_across_a_missing_period(reference):
    df = frame(reference["missing_period"]["data"])
    for data, freq in ((df, None), (with_dates(df).dropna(), "month")):
        result = chart(data, kind="i", freq=freq)
        assert len(result.points) == 7
        assert (result.points["center"] == 15).all()
        assert (result.points["sigma"].dropna() == 0).all()
        assert result.phases["limits_kind"].tolist() == ["no_variation"]
        assert chart(data, kind="mr", freq=freq).points["center"].iloc[0] == 0
    # Without the row and without `freq` nothing tells that a period is missing.
    assert chart(df.dropna(), kind="mr").points["center"].iloc[0] == 2


values = hnp.arrays(
    float, st.integers(2, 30), elements=st.floats(-1e3, 1e3).map(lambda x: round(x, 2))
)
LINES = ["value", "center", "lcl", "ucl"]


@quick
@given(y=values, shift=st.floats(-1e3, 1e3))
def test_adding_a_constant_shifts_the_lines(y, shift):
    before, after = (chart(frame({"y": v}), kind="i").points for v in (y, y + shift))
    np.testing.assert_allclose(after[LINES], before[LINES] + shift, rtol=1e-9, atol=1e-6)


@quick
@given(y=values, scale=st.floats(0.1, 100))
def test_scaling_scales_the_lines(y, scale):
    before, after = (chart(frame({"y": v}), kind="i").points for v in (y, y * scale))
    np.testing.assert_allclose(after[LINES], before[LINES] * scale, rtol=1e-9, atol=1e-6)


@quick
@given(data=st.data())
def test_order_of_rows_does_not_matter_and_the_input_is_unchanged(data):
    rows = data.draw(st.integers(1, 25))
    df = pd.DataFrame({
        "s": data.draw(st.lists(st.sampled_from("abc"), min_size=rows, max_size=rows)),
        "t": range(rows),
        "y": data.draw(st.lists(st.integers(0, 20), min_size=rows, max_size=rows)),
        "n": 20,
    })  # fmt: skip
    before = df.copy(deep=True)
    shuffled = df.sample(frac=1, random_state=data.draw(st.integers(0, 99)))
    one, other = chart(df, by="s", rules="nelson"), chart(shuffled, by="s", rules="nelson")
    for name in ("points", "phases", "signals", "summary"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name))
    assert one.notes == other.notes
    pd.testing.assert_frame_equal(df, before)


@quick
@given(y=values, cut=st.integers(1, 29))
def test_every_phase_is_as_it_would_be_alone(y, cut):
    df = frame({"y": y})
    points = chart(df, kind="i", phases=[cut]).points
    parts = [chart(df[part], kind="i").points for part in (df["t"] < cut, df["t"] >= cut)
             if part.any()]  # fmt: skip
    alone = pd.concat(parts, ignore_index=True).drop(columns="phase")
    pd.testing.assert_frame_equal(points.drop(columns="phase"), alone)


@quick
@given(y=hnp.arrays(np.int64, st.integers(1, 30), elements=st.integers(0, 12)))
def test_proportions_stay_within_their_bounds(y):
    for kind in ("p", "p'", "auto"):
        points = chart(pd.DataFrame({"t": range(len(y)), "y": y, "n": 12}), kind=kind).points
        assert points["lcl"].between(0, 1).all()
        assert points["ucl"].between(0, 1).all()
