"""What charts say in the end: signals, direction, target, and what bends their false alarms."""

import numpy as np
import pandas as pd
import pytest

from slm_analysis.analyses.control_charts import ControlChart
from tests.analyses.charts import chart, codes, frame, two_units, with_dates


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


@pytest.mark.parametrize("better", ["high", "low"])
@pytest.mark.parametrize("side", [1, -1])
def test_few_crossings_tell_of_no_direction(better, side):
    """Spells of five, too short for a run of their own, whichever side the last one lies on."""
    y = side * np.repeat([1.0, -1.0] * 4, 5) + np.random.default_rng(16).normal(0, 0.1, 40)
    result = chart(with_dates(frame({"y": y})), kind="i", rules={"anhoej_crossings": None},
                   better=better)  # fmt: skip
    summary, (signal,) = result.summary.iloc[0], result.signals.to_dict("records")
    assert (signal["side"], signal["meaning"], signal["standing"]) == ("both", "neutral", True)
    assert (summary["direction"], summary["side"]) == ("mixed", "both")
    assert pd.isna(summary["since"])


def test_few_crossings_that_come_from_a_change_of_level_tell_of_its_direction():
    """Spells of five and a week between: no long run, but the second half lies lower."""
    low = np.array([*[-1.0] * 5, 1.0])
    y = np.concatenate([-low] * 3 + [low] * 3) + np.random.default_rng(18).normal(0, 0.1, 36)
    result = chart(with_dates(frame({"y": y})), kind="i",
                   rules={"anhoej_runs": None, "anhoej_crossings": None})  # fmt: skip
    summary, (signal,) = result.summary.iloc[0], result.signals.to_dict("records")
    assert (signal["rule"], signal["side"]) == ("anhoej_crossings", "below")
    assert (summary["direction"], summary["side"]) == ("worse", "below")
    assert summary["since"] == result.points["time"].iloc[17]


def test_beside_few_crossings_a_run_keeps_its_direction():
    y = np.append(np.repeat([1.0, -1.0, 1.0], 8), [-1.0] * 16)
    y += np.random.default_rng(17).normal(0, 0.1, 40)
    result = chart(with_dates(frame({"y": y})), kind="i",
                   rules={"anhoej_runs": None, "anhoej_crossings": None})  # fmt: skip
    summary = result.summary.iloc[0]
    standing = result.signals[result.signals["standing"]]
    assert set(standing["rule"]) == {"anhoej_runs", "anhoej_crossings"}
    assert (summary["direction"], summary["side"]) == ("worse", "below")
    assert summary["since"] == result.points["time"].iloc[24]


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
