"""Gaps, exclusions, unfinished periods, baselines and phases."""

import numpy as np
import pandas as pd
import pytest

from tests.analyses.charts import chart, codes, frame, two_units, with_dates


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
