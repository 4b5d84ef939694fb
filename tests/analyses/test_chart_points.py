"""Degenerate data has words, unusual types will do, bad input is named with a remedy."""

import numpy as np
import pandas as pd
import pytest

from slm_analysis.analyses.control_charts import control_chart
from slm_analysis.errors import InputError
from tests.analyses.charts import chart, codes, frame, two_units


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
    with pytest.raises(InputError, match=r"rows of the same time \(rows: 1, first: b, 2\)"):
        chart(df, by="s")
    dates = pd.DataFrame({"t": pd.to_datetime(["2025-01-01", "2025-01-15"]), "y": [1.0, 2]})
    with pytest.raises(InputError, match="several rows in the month"):
        chart(dates, freq="month")
    with pytest.raises(InputError, match="Did you mean 'month'"):
        chart(dates, freq="months")
