"""Control charts against published cases, planted truth, degenerate data and bad input."""

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from slm_analysis.analyses.control_charts import ControlChart, control_chart
from slm_analysis.analyses.run_rules import signals
from slm_analysis.errors import InputError

KIND_OF_CODE = {"pp": "p'", "up": "u'", "xmr_mdc": "i"}


@pytest.fixture(scope="module")
def reference(shared: Path) -> dict:
    path = shared / "reference" / "control_charts.json"
    cases = json.loads(path.read_text(encoding="utf-8"))
    return {case["id"]: case for case in [*cases["cases"], *cases["edge_cases"]]}


def frame(data: dict) -> pd.DataFrame:
    """Return a case's data with its 0-based index as time."""
    columns = {"y": data.get("y", data.get("count"))} | ({"n": data["n"]} if "n" in data else {})
    return pd.DataFrame(columns, dtype=float).rename_axis("t").reset_index()


def chart(data: pd.DataFrame | dict, **options) -> ControlChart:
    df = frame(data) if isinstance(data, dict) else data
    n = "n" if "n" in df else None
    return control_chart(df, **{"value": "y", "time": "t", "n": n, **options})


def beyond(result: ControlChart) -> list[int]:
    """Return the points that are members of a rule of one point beyond the limits."""
    first = {"beyond_limits", "nelson_1", "western_electric_1", "mdc_beyond_limits"}
    return [i for i, codes in enumerate(result.points["rules"]) if first & set(codes)]


def assert_lines(result: ControlChart, expected: dict, rel: float, rows=slice(None)) -> None:
    for line in ("center", "lcl", "ucl"):
        if line in expected:
            found = result.points[line].to_numpy()[rows]
            wanted = np.broadcast_to(np.array(expected[line], float), found.shape)
            np.testing.assert_allclose(found, wanted, rtol=rel, atol=1e-12, err_msg=line)


def codes(result: ControlChart) -> set[str]:
    return {said.code for said in result.notes}


# --- Published cases --------------------------------------------------------------------------


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


# --- Edge cases -------------------------------------------------------------------------------


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


def with_dates(df: pd.DataFrame, freq: str = "MS", tz: str | None = None) -> pd.DataFrame:
    return df.assign(t=pd.date_range("2025-01-01", periods=len(df), freq=freq, tz=tz))


# --- Textbook formulas of the other kinds -----------------------------------------------------


def test_cases_between_events():
    """Limits 3 sqrt(m (m + 1)) about the mean, Montgomery 7.27; runs about the median."""
    between = [10.0, 3, 0, 25, 7, 14, 2, 40, 5, 9, 1, 12]
    mean = np.mean(between)
    result = chart(pd.DataFrame({"t": range(12), "y": between}), kind="g")
    points = result.points
    assert (points["center"] == np.median(between)).all()
    np.testing.assert_allclose(points["ucl"], mean + 3 * np.sqrt(mean * (mean + 1)))
    assert (points["lcl"] == 0).all()
    np.testing.assert_allclose(points["z"], (between - mean) / np.sqrt(mean * (mean + 1)))


def test_times_between_events_are_judged_on_nelsons_scale():
    times = np.array([5.0, 80, 33, 12, 150, 60, 7, 41, 95, 20])
    power = times ** (1 / 3.6)
    sigma = np.abs(np.diff(power)).mean() / 1.128
    points = chart(pd.DataFrame({"t": range(10), "y": times}), kind="t").points
    np.testing.assert_allclose(points["value"], times)
    np.testing.assert_allclose(points["center"], power.mean() ** 3.6)
    np.testing.assert_allclose(points["ucl"], (power.mean() + 3 * sigma) ** 3.6)
    np.testing.assert_allclose(
        points["lcl"], np.maximum(power.mean() - 3 * sigma, 0) ** 3.6, atol=1e-12
    )


def test_subgroups_of_varying_size():
    """Ranges over d2(n), deviations over c4(n), limits by each subgroup's own size."""
    groups = [[10.0, 12, 11], [9, 13], [11, 10, 12, 14], [8, 9, 13], [12.0]]
    df = pd.DataFrame(
        {"t": np.repeat(range(5), [len(g) for g in groups]), "y": np.concatenate(groups)}
    )
    d2, c4 = {2: 1.128, 3: 1.693, 4: 2.059}, {2: 0.7979, 3: 0.8862, 4: 0.9213}
    sigma = np.mean([np.ptp(g) / d2[len(g)] for g in groups[:4]])
    points = chart(df, kind="xbar").points
    np.testing.assert_allclose(points["n"], [3, 2, 4, 3, 1])
    np.testing.assert_allclose(points["center"], df["y"].mean())
    np.testing.assert_allclose(points["sigma"], sigma / np.sqrt(points["n"]))
    np.testing.assert_allclose(points["value"], [np.mean(g) for g in groups])
    ranges = chart(df, kind="r").points
    np.testing.assert_allclose(ranges["center"][:4], [sigma * d2[len(g)] for g in groups[:4]])
    assert ranges.loc[4, ["value", "center", "ucl"]].isna().all()
    by_s = np.mean([np.std(g, ddof=1) / c4[len(g)] for g in groups[:4]])
    spreads = chart(df, kind="s").points
    np.testing.assert_allclose(
        spreads["center"][:4], [by_s * c4[len(g)] for g in groups[:4]], rtol=2e-4
    )


def test_large_subgroups_are_judged_by_their_standard_deviations():
    rng = np.random.default_rng(5)
    df = pd.DataFrame({"t": np.repeat(range(30), 60), "y": rng.normal(100, 6, 1800)})
    points = chart(df, kind="xbar").points
    assert points["sigma"].iloc[0] * np.sqrt(60) == pytest.approx(6, rel=0.05)


def test_moving_ranges_are_drawn_beyond_the_baseline_that_fixes_their_limits():
    df = frame({"y": [1.0, 2, 1, 2, 1, 9, 1]})
    points = chart(df, kind="mr", baseline=(0, 4)).points
    assert points["value"].tolist()[1:] == [1, 1, 1, 1, 8, 8]
    assert (points["center"] == 1).all()


def test_a_known_sigma_replaces_the_estimate():
    df = frame({"y": [1.0, 2, 1, 3, 2]})
    assert chart(df, kind="i", sigma=4).points["ucl"].iloc[0] == pytest.approx(1.8 + 12)
    assert chart(df, kind="i", sigma=4).phases["limits_kind"].tolist() == ["known_sigma"]
    assert chart(df, kind="mr", sigma=4).points["center"].iloc[0] == pytest.approx(4 * 1.128)


def test_screening_drops_large_moving_ranges_once():
    y = [10.0, 11, 10, 11, 10, 11, 30, 11, 10, 11, 10, 11]
    plain = chart(frame({"y": y}), kind="i").points["sigma"].iloc[0]
    screened = chart(frame({"y": y}), kind="i", screen_mr=True).points["sigma"].iloc[0]
    ranges = np.abs(np.diff(y))
    assert plain == pytest.approx(ranges.mean() / 1.128)
    assert screened == pytest.approx(ranges[ranges <= 3.267 * ranges.mean()].mean() / 1.128)


# --- Which kind -------------------------------------------------------------------------------


def test_auto_chooses_by_the_numbers():
    rng = np.random.default_rng(3)
    n = rng.integers(80, 120, 60)
    df = pd.DataFrame({"t": range(60), "n": n, "out_of": rng.binomial(n, 0.9), "hours": n / 7,
                       "skewed": rng.lognormal(size=60), "score": rng.normal(4.2, 0.1, 60),
                       "signed": rng.normal(size=60), "many": n + rng.poisson(20, 60)})  # fmt: skip
    kinds = {("out_of", "n"): "p'", ("out_of", "hours"): "u'", ("many", "n"): "u'",
             ("skewed", None): "i_log", ("score", None): "i", ("signed", None): "i"}  # fmt: skip
    for (value, size), kind in kinds.items():
        result = control_chart(df, value=value, n=size, time="t")
        assert result.summary["kind"].tolist() == [kind]
        assert ("log_scale" in codes(result)) == (kind == "i_log")


def test_the_log_scale_is_shown_in_the_callers_units():
    times = np.random.default_rng(4).lognormal(3, 0.8, 40)
    points = chart(pd.DataFrame({"t": range(40), "y": times})).points
    logs = np.log(times)
    sigma = np.abs(np.diff(logs)).mean() / 1.128
    np.testing.assert_allclose(points["value"], times)
    np.testing.assert_allclose(points["center"], np.exp(logs.mean()))
    np.testing.assert_allclose(points["ucl"], np.exp(logs.mean() + 3 * sigma))
    np.testing.assert_allclose(points["lcl"], np.exp(logs.mean() - 3 * sigma))
    np.testing.assert_allclose(points["z"], (logs - logs.mean()) / sigma)


def test_series_of_one_frame_may_be_of_different_kinds():
    rng = np.random.default_rng(6)
    rows = {"skewed": rng.lognormal(size=30), "plain": rng.normal(size=30)}
    df = pd.concat([pd.DataFrame({"s": s, "t": range(30), "y": y}) for s, y in rows.items()])
    together = chart(df, by="s")
    assert together.summary.set_index("s")["kind"].to_dict() == {"plain": "i", "skewed": "i_log"}
    for name, kind in (("plain", "i"), ("skewed", "i_log")):
        own = chart(df[df["s"] == name], kind=kind).points
        part = together.points[together.points["s"] == name]
        for column in ("value", "center", "sigma", "lcl", "ucl", "z"):
            np.testing.assert_array_equal(part[column], own[column])


def test_few_expected_cases_need_the_exact_limits_too():
    """Under auto a point is beyond limits if beyond the exact binomial and the Laney ones."""
    n = np.full(40, 30)
    failed = np.tile([0, 1, 0, 0, 1], 8)
    failed[7], failed[20] = 4, 6
    df = pd.DataFrame({"t": range(40), "y": n - failed, "n": n})
    auto, named = chart(df), chart(df, kind="p'")
    np.testing.assert_array_equal(auto.points["z"], named.points["z"])
    pbar = (n - failed).sum() / n.sum()
    tail = np.array([binom_cdf(n[0] - f, n[0], pbar) for f in failed])
    assert beyond(named) == np.flatnonzero(named.points["z"] < -3).tolist() == [7, 20]
    assert beyond(auto) == np.flatnonzero((tail < 0.00135) & (named.points["z"] < -3)).tolist()
    assert beyond(auto) == [20]
    assert (auto.points["lcl"] < named.points["lcl"]).all()
    assert "exact_limits" in codes(auto)
    assert auto.phases["limits_kind"].tolist() == ["laney_and_exact"]
    assert "exact_limits" not in codes(named)
    many = pd.DataFrame({"t": range(40), "y": 100 * (n - failed), "n": 100 * n})
    assert "exact_limits" not in codes(chart(many))


def binom_cdf(k: int, n: int, p: float) -> float:
    return sum(math.comb(n, i) * p**i * (1 - p) ** (n - i) for i in range(k + 1))


# --- Gaps, exclusions, incomplete periods, baselines ------------------------------------------


@pytest.mark.parametrize(
    ("freq", "alias", "tz"),
    [
        ("week", "W-MON", None),
        ("week", "W-MON", "Europe/Berlin"),
        ("month", "MS", "Asia/Shanghai"),
        ("day", "D", "America/New_York"),
        ("quarter", "QS", "UTC"),
    ],
)
def test_missing_periods_become_gaps_at_their_own_start(freq, alias, tz):
    times = pd.date_range("2025-01-01", periods=20, freq=alias, tz=tz)
    y = np.random.default_rng(1).normal(size=20)
    df = pd.DataFrame({"t": times, "y": y})
    gone = [4, 9, 10, 11]
    result = chart(df.drop(index=gone), kind="i", freq=freq)
    assert result.points["time"].tolist() == times.tolist()
    assert np.flatnonzero(result.points["value"].isna()).tolist() == gone
    assert result.points["time"].dtype == df["t"].dtype
    known = df["y"].drop(index=gone)
    ranges = [abs(y[i] - y[i - 1]) for i in range(1, 20) if not {i, i - 1} & set(gone)]
    assert result.points["center"].iloc[0] == pytest.approx(known.mean())
    assert result.points["sigma"].iloc[0] == pytest.approx(np.mean(ranges) / 1.128)
    said = next(n for n in result.notes if n.code == "gaps")
    assert said.values["points"] == 4


def test_a_run_ends_at_a_missing_period():
    y = np.concatenate([np.tile([1.0, -1.0], 8), np.full(9, 1.0)]) + 1e-3 * np.arange(25)
    df = with_dates(frame({"y": y}))
    assert "anhoej_runs" in set(chart(df, kind="run", freq="month").signals["rule"])
    broken = chart(df.drop(index=20), kind="run", freq="month")
    assert "anhoej_runs" not in set(broken.signals["rule"])


def test_excluded_points_are_drawn_and_compared_but_take_no_part():
    y = np.random.default_rng(2).normal(10, 1, 30)
    y[12] = 40.0
    df = with_dates(frame({"y": y})).assign(odd=np.arange(30) == 12)
    for exclude in (["2026-01-01"], "odd", [df["t"].iloc[12]]):
        result = chart(df, kind="i", exclude=exclude)
        point = result.points.iloc[12]
        assert point["excluded"]
        assert point["value"] == 40
        assert point["rules"] == ("beyond_limits",)
        assert point["ucl"] == result.points["ucl"].iloc[0]
        assert 12 not in {list(df["t"]).index(start) for start in result.signals["start"]}
        kept = np.delete(y, 12)
        assert result.points["center"].iloc[0] == pytest.approx(kept.mean())
        ranges = np.delete(np.abs(np.diff(y)), [11, 12])
        assert point["sigma"] == pytest.approx(ranges.mean() / 1.128)
    bridged = chart(df, kind="i", exclude="odd", bridge=True)
    assert bridged.points["sigma"].iloc[0] == pytest.approx(np.abs(np.diff(kept)).mean() / 1.128)


def test_a_bridge_does_not_join_across_a_missing_value():
    y = [1.0, 2, np.nan, 4, 9, 4, 5]
    result = chart(frame({"y": y}), kind="mr", exclude=[4], bridge=True)
    assert result.points["center"].iloc[0] == pytest.approx(np.mean([1, 0, 1]))


def test_incomplete_periods_are_drawn_and_take_no_part():
    y = np.append(np.random.default_rng(7).normal(10, 1, 20), 3.0)
    df = frame({"y": y}).assign(complete=[True] * 20 + [False])
    result = chart(df, kind="i")
    without = chart(df.head(20), kind="i")
    last = result.points.iloc[20]
    assert last["value"] == 3
    assert last["lcl"] == without.points["lcl"].iloc[0]
    assert last["rules"] == ()
    assert not last["complete"]
    pd.testing.assert_frame_equal(result.signals, without.signals)
    assert result.summary["n_points"].tolist() == [20]
    assert "incomplete_periods" in codes(result)


def test_a_baseline_freezes_the_phases_that_hold_any_of_it():
    y = np.random.default_rng(8).normal(10, 1, 40)
    df = with_dates(frame({"y": y}))
    start = df["t"].iloc[20]
    result = chart(df, kind="i", phases=[start], baseline=(df["t"].iloc[24], df["t"].iloc[35]))
    frozen = y[24:36]
    assert result.phases["frozen"].tolist() == [False, True]
    assert result.phases["n_estimating"].tolist() == [20, 12]
    assert result.phases["center"].tolist() == pytest.approx([y[:20].mean(), frozen.mean()])
    assert result.points["sigma"].iloc[30] == pytest.approx(np.abs(np.diff(frozen)).mean() / 1.128)


def test_a_series_without_points_in_the_baseline_is_named():
    df = pd.DataFrame({"s": ["a"] * 20 + ["b"] * 10, "t": [*range(20), *range(10, 20)],
                       "y": np.random.default_rng(9).normal(size=30)})  # fmt: skip
    result = chart(df, kind="i", by="s", baseline=(0, 5))
    said = next(n for n in result.notes if n.code == "limits_frozen")
    assert said.values["series_without_baseline"] == ("b",)
    assert result.phases["frozen"].tolist() == [True, False]


# --- Phases -----------------------------------------------------------------------------------


def two_units() -> pd.DataFrame:
    rng = np.random.default_rng(10)
    times = pd.date_range("2024-01-01", periods=36, freq="MS", tz="Asia/Shanghai")
    return pd.concat([
        pd.DataFrame({"business_unit": unit, "service": service, "t": times,
                      "y": rng.normal(10, 1, 36)})
        for unit in ("Vertrieb", "财务部") for service in ("Reise", "Rechnung")
    ], ignore_index=True)  # fmt: skip


def test_process_changes_start_phases_where_they_apply():
    changes = pd.DataFrame({
        "change_id": ["C1", "C2", "C3"],
        "business_unit": ["财务部", "财务部", "Vertrieb"],
        "service": [None, "Reise", "Reise"],
        # 28 February in UTC is 1 March in Shanghai; 09:00 counts from the start of its day.
        "implemented_at": pd.to_datetime(
            ["2025-02-28 16:00", "2026-06-01 01:00", "2025-08-11 00:00"], utc=True),
        "description": ["E-invoicing", "Portal", "New desk"],
    })  # fmt: skip
    phases = chart(two_units(), by=["business_unit", "service"], kind="i", phases=changes).phases
    found = phases.groupby(["business_unit", "service"])[["start", "label"]].agg(list)
    starts = {key: [f"{s:%Y-%m}" for s in row["start"]] for key, row in found.iterrows()}
    assert starts == {
        ("财务部", "Reise"): ["2024-01", "2025-03", "2026-06"],
        ("财务部", "Rechnung"): ["2024-01", "2025-03"],
        ("Vertrieb", "Reise"): ["2024-01", "2025-09"],
        ("Vertrieb", "Rechnung"): ["2024-01"],
    }
    assert found.loc[("财务部", "Reise"), "label"] == ["", "E-invoicing", "Portal"]


def test_limits_and_rules_begin_anew_in_each_phase():
    y = np.concatenate([np.tile([1.0, 2.0], 10), np.tile([11.0, 12.0], 10)])
    df = frame({"y": y})
    assert not chart(df, kind="i").signals.empty
    result = chart(df, kind="i", phases=[20])
    assert result.signals.empty
    assert result.phases["center"].tolist() == [1.5, 11.5]
    assert result.summary["center"].tolist() == [11.5]


def test_phases_are_independent_of_each_other():
    rng = np.random.default_rng(11)
    df = frame({"y": rng.normal(size=40)})
    first = chart(df, kind="i", phases=[20]).points.head(20)
    other = df.assign(y=np.where(df["t"] < 20, df["y"], 50 + 9 * df["y"]))
    pd.testing.assert_frame_equal(chart(other, kind="i", phases=[20]).points.head(20), first)
    alone = chart(df.head(20), kind="i").points
    pd.testing.assert_frame_equal(first, alone)


# --- Signals and summary ----------------------------------------------------------------------


def shifted(better: str) -> ControlChart:
    y = np.random.default_rng(12).normal(50, 1, 40)
    y[24:] += 3
    return chart(with_dates(frame({"y": y})), kind="i", better=better)


def test_one_row_per_unbroken_pattern_with_its_meaning():
    result = shifted("low")
    runs = result.signals[result.signals["rule"] == "anhoej_runs"]
    last = runs.iloc[-1]
    points = result.points
    members = points["rules"].map(lambda rules: "anhoej_runs" in rules)
    start, end = points["time"].iloc[24], points["time"].iloc[39]
    assert (last["start"], last["end"], last["side"]) == (start, end, "above")
    assert (last["meaning"], last["standing"], last["n_members"]) == ("unfavourable", True, 16)
    assert members.iloc[24:].all()
    # 40 points off the line: runs of 9 and more are unusual.
    assert last["completed"] == points["time"].iloc[32]
    first = runs.iloc[0]
    assert (first["meaning"], first["standing"]) == ("favourable", False)


@pytest.mark.parametrize(("better", "direction"), [("high", "better"), ("low", "worse")])
def test_direction_is_the_side_of_the_signals_that_stand(better, direction):
    summary = shifted(better).summary.iloc[0]
    assert summary["direction"] == direction
    assert summary["side"] == "above"
    assert summary["since"] == pd.Timestamp("2027-01-01")
    assert summary["change_suggested"] == pd.Timestamp("2027-01-01")


def test_a_quiet_chart_is_steady_and_a_short_one_not_judged():
    y = np.tile([1.0, -1.0, -0.5, 0.7], 6)
    assert chart(frame({"y": y}), kind="i").summary["direction"].tolist() == ["steady"]
    short = chart(frame({"y": y[:9]}), kind="i")
    assert short.summary["direction"].tolist() == ["not_judged"]
    assert "few_points" in codes(short)


def test_a_gap_or_an_unfinished_period_at_the_end_does_not_end_a_signal():
    y = np.append(np.tile([1.0, -1.0], 8), [2.0] * 10 + [np.nan, -5.0])
    df = frame({"y": y}).assign(complete=[True] * 27 + [False])
    assert chart(df, kind="i").summary["direction"].tolist() == ["better"]


@pytest.mark.parametrize(
    ("target", "better", "assurance"),
    [
        (60.0, "high", "will_miss"),
        (40.0, "high", "will_meet"),
        (50.0, "high", "hit_and_miss"),
        (60.0, "low", "will_meet"),
        (40.0, "low", "will_miss"),
        (50.0, "low", "hit_and_miss"),
    ],
)
def test_assurance_compares_the_limits_with_the_target(target, better, assurance):
    y = np.random.default_rng(13).normal(50, 1, 40)
    summary = chart(frame({"y": y}), kind="i", target=target, better=better).summary.iloc[0]
    assert summary["assurance"] == assurance
    assert (summary["chance_meets_target"] > 0.5) == (
        assurance == "will_meet"
    ) or assurance == "hit_and_miss"


def test_targets_may_differ_between_series():
    df = two_units().assign(goal=lambda d: np.where(d["service"] == "Reise", 5.0, 20.0))
    summary = chart(df, by=["business_unit", "service"], kind="i", target="goal").summary
    by_service = summary.groupby("service")["assurance"].unique().map(list).to_dict()
    assert by_service == {"Rechnung": ["will_miss"], "Reise": ["will_meet"]}


@pytest.mark.parametrize("share", [0.95, 0.9])
def test_the_chance_of_the_next_period_is_what_happens(share):
    """Of many stable series, the share whose next period meets the target is as announced."""
    rng = np.random.default_rng(14)
    series, points, cases = 1500, 41, 40
    # Months differ beyond the binomial: beta-distributed rates, intra-period correlation 0.02.
    rates = rng.beta(share * 49, (1 - share) * 49, (series, points))
    count = rng.binomial(cases, rates)
    known = pd.DataFrame({"s": np.repeat(range(series), points - 1),
                          "t": np.tile(range(points - 1), series),
                          "y": count[:, :-1].ravel(), "n": cases})  # fmt: skip
    summary = chart(known, by="s", target=0.92).summary
    met = count[:, -1] / cases >= 0.92
    assert summary["chance_meets_target"].mean() == pytest.approx(met.mean(), abs=0.03)


def test_capability_of_times():
    """The target kept in 95 % of periods is met so often, and shares missed have intervals."""
    rng = np.random.default_rng(15)
    series, points = 2000, 40
    times = rng.lognormal(1.0, 0.5, (series, points + 1))
    known = pd.DataFrame({"s": np.repeat(range(series), points),
                          "t": np.tile(range(points), series),
                          "y": times[:, :-1].ravel()})  # fmt: skip
    summary = chart(known, by="s", kind="i_log", better="low", target=6.0).summary
    assert (times[:, -1] <= summary["target_kept"]).mean() == pytest.approx(0.95, abs=0.015)
    truth = (times > 6).mean()
    covered = (summary["share_missed_low"] <= truth) & (truth <= summary["share_missed_high"])
    assert covered.mean() > 0.93
    np.testing.assert_allclose(
        summary["share_missed"], (times[:, :-1] > 6).mean(axis=1), atol=1e-12
    )
    met = (times[:, -1] <= 6).mean()
    assert summary["chance_meets_target"].mean() == pytest.approx(met, abs=0.02)


def test_the_page_can_say_how_many_false_signals_to_expect():
    df = two_units()
    result = chart(df, by=["business_unit", "service"], kind="i")
    said = next(n for n in result.notes if n.code == "charts_read").values
    assert said["charts"] == 4
    assert said["expected_false"] == pytest.approx(result.summary["false_signal_chance"].sum())
    assert 0.3 < said["expected_false"] < 0.7
    assert said["with_signals"] == (result.summary["n_signals"] > 0).sum()
    own = chart(df, by=["business_unit", "service"], kind="i", rules={"nelson_2": 8})
    assert next(n for n in own.notes if n.code == "charts_read").values["expected_false"] is None
    longer = chart(frame({"y": np.arange(600.0) % 7}), kind="i").summary["false_signal_chance"]
    assert 0.7 < longer.iloc[0] < 1


# --- Dependence and season --------------------------------------------------------------------


def test_correlated_neighbours_are_measured_and_their_consequence_stated():
    rng = np.random.default_rng(16)
    noise = rng.normal(size=200)
    y = noise.copy()
    for i in range(1, 200):
        y[i] = 0.6 * y[i - 1] + 0.8 * noise[i]
    result = chart(frame({"y": y}), kind="i")
    assert result.summary["autocorrelation"].iloc[0] == pytest.approx(0.6, abs=0.15)
    said = next(n for n in result.notes if n.code == "autocorrelation").values
    assert said["false_signal_chance"] > 0.7
    assert said["otherwise"] < 0.2
    quiet = chart(frame({"y": noise}), kind="i")
    assert "autocorrelation" not in codes(quiet)


def seasonal(years: int = 3) -> tuple[pd.DataFrame, np.ndarray]:
    times = pd.date_range("2023-01-02", periods=52 * years, freq="W-MON")
    wave = 2 * np.sin(2 * np.pi * times.day_of_year / 365.25)
    noise = np.random.default_rng(17).normal(size=len(times))
    return pd.DataFrame({"t": times, "y": 20 + wave + noise}), 20 + noise


def test_a_yearly_season_is_measured_and_can_be_taken_out():
    df, without = seasonal()
    plain = chart(df, kind="i")
    assert plain.summary["season_amplitude"].iloc[0] == pytest.approx(2, rel=0.25)
    said = next(n for n in plain.notes if n.code == "yearly_season").values
    assert said["false_signal_chance"] > 0.9
    assert not plain.signals.empty
    adjusted = chart(df, kind="i", season=1)
    np.testing.assert_allclose(adjusted.points["observed"], df["y"])
    assert np.abs(adjusted.points["value"] - without).max() < 0.5
    assert adjusted.signals.empty
    assert "season_removed" in codes(adjusted)
    assert "yearly_season" not in codes(adjusted)


def test_a_change_of_level_is_not_taken_for_a_season():
    df, _ = seasonal(2)
    df["y"] += np.where(df.index >= 60, 8.0, 0.0)
    result = chart(df, kind="i", season=1, phases=[df["t"].iloc[60]])
    assert np.diff(result.phases["center"])[0] == pytest.approx(8, abs=0.6)


def test_one_year_shows_no_season():
    df, _ = seasonal(1)
    assert np.isnan(chart(df, kind="i").summary["season_amplitude"].iloc[0])


# --- Degenerate data --------------------------------------------------------------------------


def test_a_constant_series_is_said_to_have_no_variation():
    result = chart(frame({"y": [0.1] * 15}), kind="i", rules="nelson", target=0.05)
    assert result.signals.empty
    assert "no_variation" in codes(result)
    said = next(n for n in result.notes if n.code == "no_variation").values
    assert said["center"] == pytest.approx(0.1)
    assert result.summary["direction"].tolist() == ["not_judged"]
    assert result.points["lcl"].tolist() == result.points["ucl"].tolist()


@pytest.mark.parametrize("kind", ["i", "run", "mr", "c", "g", "t", "ewma", "cusum", "auto"])
def test_one_point_has_words(kind):
    result = chart(frame({"y": [3.0]}), kind=kind)
    assert result.signals.empty
    assert len(result.points) == 1
    assert "few_points" in codes(result)
    assert result.summary["direction"].tolist() == ["not_judged"]
    if kind in ("i", "mr", "t", "ewma", "cusum", "auto"):
        assert "too_few_points" in codes(result)


def test_one_proportion_has_binomial_limits():
    result = chart(pd.DataFrame({"t": [1], "y": [90], "n": [100]}))
    assert result.points["ucl"].iloc[0] == pytest.approx(0.9 + 3 * 0.03)
    assert "few_points" in codes(result)


def test_no_data_has_words():
    empty = pd.DataFrame({"s": pd.Series(dtype=str), "t": pd.Series(dtype="datetime64[ns]"),
                          "y": pd.Series(dtype=float)})  # fmt: skip
    for by in (None, "s"):
        result = chart(empty, by=by)
        assert "no_data" in codes(result)
        for name in ("points", "phases", "signals", "summary"):
            assert getattr(result, name).empty
    all_missing = chart(frame({"y": [np.nan] * 5}), kind="i")
    assert "no_data" in codes(all_missing)
    assert len(all_missing.points) == 5
    assert all_missing.summary["direction"].tolist() == ["not_judged"]


def test_a_series_without_data_does_not_disturb_the_others():
    df = two_units()
    df.loc[df["business_unit"] == "Vertrieb", "y"] = np.nan
    result = chart(df, by=["business_unit", "service"], kind="i")
    said = next(n for n in result.notes if n.code == "no_data").values
    assert said["series"] == (("Vertrieb", "Rechnung"), ("Vertrieb", "Reise"))
    whole = df[df["business_unit"] == "财务部"]
    alone = chart(whole, by=["business_unit", "service"], kind="i")
    kept = result.points[result.points["business_unit"] == "财务部"].reset_index(drop=True)
    pd.testing.assert_frame_equal(kept, alone.points)


def test_nullable_columns_will_do():
    df = pd.DataFrame({"t": pd.array([1, 2, 3, 4], dtype="Int64"),
                       "y": pd.array([1, None, 3, 2], dtype="Int64"),
                       "complete": pd.array([True] * 3 + [False], dtype="boolean")})  # fmt: skip
    points = chart(df, kind="i").points
    assert points["value"].isna().tolist() == [False, True, False, False]
    assert points["time"].tolist() == [1, 2, 3, 4]


def test_periods_as_times():
    months = pd.period_range("2025-01", periods=12, freq="M")
    df = pd.DataFrame({"t": months, "y": np.arange(12.0) % 5})
    points = chart(df, kind="i", phases=["2025-07"], freq="month").points
    assert points["time"].tolist() == months.to_timestamp().tolist()
    assert points["phase"].tolist() == [0] * 6 + [1] * 6


# --- Properties -------------------------------------------------------------------------------

values = hnp.arrays(
    float, st.integers(2, 30), elements=st.floats(-1e3, 1e3).map(lambda x: round(x, 2))
)
LINES = ["value", "center", "lcl", "ucl"]


@given(y=values, shift=st.floats(-1e3, 1e3))
def test_adding_a_constant_shifts_the_lines(y, shift):
    before, after = (chart(frame({"y": v}), kind="i").points for v in (y, y + shift))
    np.testing.assert_allclose(after[LINES], before[LINES] + shift, rtol=1e-9, atol=1e-6)


@given(y=values, scale=st.floats(0.1, 100))
def test_scaling_scales_the_lines(y, scale):
    before, after = (chart(frame({"y": v}), kind="i").points for v in (y, y * scale))
    np.testing.assert_allclose(after[LINES], before[LINES] * scale, rtol=1e-9, atol=1e-6)


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


@given(y=values, cut=st.integers(1, 29))
def test_every_phase_is_as_it_would_be_alone(y, cut):
    df = frame({"y": y})
    points = chart(df, kind="i", phases=[cut]).points
    parts = [chart(df[part], kind="i").points for part in (df["t"] < cut, df["t"] >= cut)
             if part.any()]  # fmt: skip
    alone = pd.concat(parts, ignore_index=True).drop(columns="phase")
    pd.testing.assert_frame_equal(points.drop(columns="phase"), alone)


@given(y=hnp.arrays(np.int64, st.integers(1, 30), elements=st.integers(0, 12)))
def test_proportions_stay_within_their_bounds(y):
    for kind in ("p", "p'", "auto"):
        points = chart(pd.DataFrame({"t": range(len(y)), "y": y, "n": 12}), kind=kind).points
        assert points["lcl"].between(0, 1).all()
        assert points["ucl"].between(0, 1).all()


# --- Bad input --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"value": "yy"}, "`value` names a column that the frame does not have. Did you mean 'y'"),
        ({"by": "unitt"}, "Did you mean 'unit'"),
        ({"value": "unit"}, "not numeric"),
        ({"time": "unit"}, "neither dates nor numbers"),
        ({"kind": "xbarr"}, "Did you mean 'xbar'"),
        ({"kind": "p"}, "needs `n`"),
        ({"kind": "c", "n": "n"}, "takes no `n`"),
        ({"better": "higher"}, "Give 'high' or 'low'"),
        ({"rules": "nelsn"}, "Did you mean 'nelson'"),
        ({"kind": "p", "n": "small"}, "larger than its n"),
        ({"value": "negative", "kind": "c"}, "negative count"),
        ({"value": "negative", "kind": "t"}, "Not above 0"),
        ({"value": "endless"}, "Not a finite number"),
        ({"baseline": (50, 60)}, "No period lies in the baseline"),
        ({"baseline": 12}, "pair of times"),
        ({"baseline": ("soon", "later")}, "cannot be compared"),
        ({"exclude": [99]}, "not in the data"),
        ({"exclude": [True] * 6}, "cannot be compared"),
        ({"exclude": 3}, "Give a list of times"),
        ({"phases": 3}, "Give a list of times"),
        ({"phases": ["2025-01-01"]}, "cannot be compared"),
        ({"target": [1.0]}, "`target` is [1.0]"),
        ({"kind": "ewma", "target": "y"}, "is its centre"),
        ({"sigma_z_floor": -1}, "`sigma_z_floor` is -1"),
        ({"exclude": "y"}, "not true or false"),
        ({"phases": pd.DataFrame({"implemented": [1]})}, "Did you mean 'implemented'"),
        ({"phases": "phse"}, "`phases` names a column"),
        ({"freq": "month"}, "needs dates"),
        ({"sigma": 2.0}, "takes no `sigma`"),
        ({"kind": "i", "sigma": -1.0}, "`sigma` is -1.0"),
        ({"kind": "ewma", "ewma_lambda": 1.5}, "`ewma_lambda` is 1.5"),
        ({"season": 1}, "`season` needs dates"),
        ({"season": 0}, "harmonic pairs"),
        ({"kind": "g", "season": 1}, "takes no `season`"),
        ({"by": "phase"}, "name of a column of the result"),
    ],
)
def test_bad_input_is_named_with_a_remedy(options, said):
    df = pd.DataFrame({"t": range(6), "y": [1.0, 2, 3, 2, 1, 2], "n": 10, "small": 1,
                       "unit": "a", "negative": -1.0, "endless": np.inf, "phase": 1})  # fmt: skip
    with pytest.raises(InputError) as caught:
        control_chart(df, **{"value": "y", "time": "t"} | options)
    assert said in str(caught.value)


def test_all_faults_are_named_at_once():
    with pytest.raises(InputError) as caught:
        control_chart(frame({"y": [1.0]}), value="a", time="b", n="c")
    assert len(caught.value.faults) == 3


def test_repeated_times_are_an_error_that_names_the_series():
    df = pd.DataFrame({"s": ["a", "b", "b"], "t": [1, 2, 2], "y": [1.0, 2, 3]})
    with pytest.raises(InputError, match=r"several rows of the same time in 1 rows, first b, 2"):
        chart(df, by="s")
    dates = pd.DataFrame({"t": pd.to_datetime(["2025-01-01", "2025-01-15"]), "y": [1.0, 2]})
    with pytest.raises(InputError, match="several rows in the month"):
        chart(dates, freq="month")
    with pytest.raises(InputError, match="Did you mean 'month'"):
        chart(dates, freq="months")
