"""What is said of trends and forecasts: every verdict in its exact words."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from slm_analysis import plot, say, table
from slm_analysis.analyses.trend import Trend, trend
from slm_analysis.presentation.words import trend as words

from .drawn import assert_readable, drawn, texts

TIMES = {"month": pd.date_range("2024-11-01", periods=24, freq="MS"),
         "week": pd.date_range("2025-01-06", periods=24, freq="7D")}  # fmt: skip
NEXT = {"month": pd.Timestamp("2026-11-01"), "week": pd.Timestamp("2025-06-23")}


def made_up(*series: dict, freq: str = "month", **result: object) -> Trend:
    """Return the trend of quiet shares with summary, forecast and shifts as stated."""
    rng = np.random.default_rng(2)
    df = pd.concat(
        pd.DataFrame(
            {
                "service": own.get("service", "Invoice posting"),
                "time": TIMES[freq],
                "value": rng.binomial(300, 0.9, 24),
                "n": 300.0,
            }
        )
        for own in series
    )
    found = trend(df, value="value", n="n", time="time", by="service", target=0.95, season=None)
    summary, forecasts, shifts = found.summary.copy(), found.forecasts.copy(), []
    for at, own in enumerate(series):
        for name, value in own.items():
            if name == "shifts":
                shifts += [{"service": own.get("service", "Invoice posting"), **s} for s in value]
                continue
            frame = summary if name in summary else forecasts
            frame.loc[at, name] = value
    columns = ["service", "time", "size", "low", "high"]
    return dataclasses.replace(
        found, summary=summary, forecasts=forecasts,
        shifts=pd.DataFrame(shifts, columns=columns).astype({"time": "datetime64[us]"}),
        notes=(), **result,
    )  # fmt: skip


FALLING = {
    "verdict": "falling", "meaning": "unfavourable", "slope": -0.0040, "slope_low": -0.0061,
    "slope_high": -0.0021, "year": -0.048, "year_low": -0.0732, "year_high": -0.0252,
    "expected": 0.881, "low": 0.824, "high": 0.934, "chance_missed": 0.91, "backtested": 12,
    "held": 11, "target": 0.95,
}  # fmt: skip
STILL = FALLING | {
    "verdict": "no_clear_trend", "meaning": "neutral", "slope": -0.001, "slope_low": -0.0061,
    "slope_high": 0.0031,
}  # fmt: skip


def sentence(**row: object) -> str:
    freq = str(row.pop("freq", "month"))
    (text,) = say(made_up(FALLING | row, freq=freq)).sentences
    return text


def test_falling():
    assert sentence() == (
        "Invoice posting: falling by 0.4 points a month (0.2 to 0.6). November 2026 is expected at "
        "88% (82 to 93%); about 9 chances in 10 that it misses 95%. Of the last 12 such forecasts, "
        "11 contained the truth."
    )


def test_rising():
    up = {"verdict": "rising", "slope": 0.004, "slope_low": 0.0021, "slope_high": 0.0061}
    assert sentence(**up).startswith("Invoice posting: rising by 0.4 points a month (0.2 to 0.6). ")


def test_no_clear_trend():
    assert sentence(**STILL).startswith(
        "Invoice posting: no clear trend (−0.6 to +0.3 points a month). November 2026 is expected "
    )


def test_a_change_of_level():
    shift = {"time": pd.Timestamp("2026-06-01"), "size": -0.056, "low": -0.078, "high": -0.039}
    assert sentence(**STILL, shifts=[shift]).startswith(
        "Invoice posting: 5.6 points lower since June 2026 (3.9 to 7.8); beside that no clear "
        "trend (−0.6 to +0.3 points a month). "
    )
    assert sentence(shifts=[shift]).startswith(
        "Invoice posting: 5.6 points lower since June 2026 (3.9 to 7.8); beside that falling by "
        "0.4 points a month (0.2 to 0.6). "
    )


def test_two_changes_of_level():
    shifts = [
        {"time": pd.Timestamp("2025-06-01"), "size": -0.05, "low": -0.06, "high": -0.04},
        {"time": pd.Timestamp("2026-06-01"), "size": 0.04, "low": -0.01, "high": 0.09},
    ]
    assert sentence(**STILL, shifts=shifts).startswith(
        "Invoice posting: 5.0 points lower since June 2025 (4.0 to 6.0) and 4.0 points higher "
        "since June 2026 (−1.0 to 9.0); beside that no clear trend "
    )


NOTHING = dict.fromkeys(
    ("slope", "slope_low", "slope_high", "expected", "low", "high", "chance_missed"), np.nan
)


def test_cannot_tell():
    few = NOTHING | {"verdict": "cannot_tell", "reason": "too_few_points", "n_points": 8}
    assert sentence(**few) == (
        "Invoice posting: cannot tell yet from 8 complete months; at least 12 are needed."
    )
    same = NOTHING | {"verdict": "cannot_tell", "reason": "no_variation"}
    assert sentence(**same) == (
        "Invoice posting: cannot tell; where months do not vary, there is nothing to judge by."
    )


def test_weeks_are_named_by_their_first_day():
    assert "a week (0.2 to 0.6). The week of 23 June 2025 is expected at 88%" in sentence(
        freq="week"
    )


@pytest.mark.parametrize(
    ("tried", "held", "text"),
    [
        (0, 0, "No such forecast could be tried on the past yet."),
        (1, 1, "The one such forecast tried on the past held the truth."),
        (1, 0, "The one such forecast tried on the past missed the truth."),
        (3, 0, "Of the last 3 such forecasts, no contained the truth."),
        (5, 5, "Of the last 5 such forecasts, 5 contained the truth."),
    ],
)
def test_the_record(tried, held, text):
    assert sentence(backtested=tried, held=held).endswith(text)


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.0, "less than 1 chance in 100"),
        (0.0099, "less than 1 chance in 100"),
        (0.02, "about 1 chance in 50"),
        (0.05, "about 1 chance in 20"),
        (0.08, "about 1 chance in 10"),
        (0.12, "about 1 chance in 10"),
        (0.5, "about 5 chances in 10"),
        (0.91, "about 9 chances in 10"),
        (0.95, "about 19 chances in 20"),
        (0.98, "about 49 chances in 50"),
        (0.995, "more than 99 chances in 100"),
        (1.0, "more than 99 chances in 100"),
    ],
)
def test_chances_in_round_counts(share, text):
    assert words.chance(share) == text


def test_shown_digits_keep_their_side_of_the_goal():
    assert "expected at 94.8% (88.2 to 96.3%)" in sentence(expected=0.948, low=0.882, high=0.963)
    assert "expected at 94.98% (88.20 to 96.30%)" in sentence(
        expected=0.9498, low=0.882, high=0.963
    )
    assert "expected at 99.6% (94.0 to 100%)" in sentence(expected=0.9961, low=0.94, high=1.0)


def test_without_a_goal_no_chance_is_told():
    assert "is expected at 88% (82 to 93%). Of the last" in sentence(
        target=np.nan, chance_missed=np.nan
    )


def test_numbers_have_no_unit():
    df = pd.DataFrame({"time": TIMES["week"], "value": 30 - 0.5 * np.arange(24)})
    df["value"] += np.random.default_rng(1).normal(0, 1, 24)
    result = trend(df, value="value", time="time", target=24.0, better="low")
    (text,) = say(result).sentences
    assert text == (
        "Falling by 0.50 a week (0.44 to 0.55). The week of 23 June 2025 is expected at 18 "
        "(17 to 20); less than 1 chance in 100 that it misses 24. Of the last 12 such forecasts, "
        "11 contained the truth."
    )
    assert plot(result).caption.title == "Falling by 0.50 a week"


def test_many_series_are_told_of_in_part():
    result = made_up(*[FALLING | {"service": f"S{i}"} for i in range(8)])
    told = say(result)
    assert len(told.sentences) == 6
    assert told.sentences[-1] == "The table has three more."
    assert told.caveats == [
        "A forecast holds if things go on as they have; what is changed from now on is not in it.",
        "The next month is taken to have as many cases as the median of the last 12 months.",
        "Slopes of eight series were judged together; their intervals (99.4%) allow for that.",
    ]


def test_the_likeliest_to_miss_stands_first_and_is_accented():
    safe = FALLING | STILL | {"service": "A", "low": 0.96, "expected": 0.98, "high": 1.0,
                              "chance_missed": 0.01}  # fmt: skip
    lost = FALLING | {"service": "B", "high": 0.934, "chance_missed": 0.999}
    unknown = NOTHING | {"verdict": "cannot_tell", "reason": "too_few_points", "service": "C"}
    result = made_up(safe, lost, unknown)
    shown = table(result)
    assert [row[:2] for row in shown.rows] == [
        ["B", "Falling by 0.4 points a month"], ["A", "No clear trend"], ["C", "Too few months"],
    ]  # fmt: skip
    assert shown.rows[0][2:] == [
        "−0.4 (−0.6 to −0.2)", "−4.8 (−7.3 to −2.5)", "88% (82 to 93%)", "95%",
        "More than 99 chances in 100", "11 of 12",
    ]  # fmt: skip
    assert shown.accented == [0]
    assert shown.columns[4].title == "Expected in November 2026"
    assert [heading.mark for heading in words.headings(result)] == ["bad", "good", "hidden"]
    assert plot(result).caption.title == "B is falling"


def test_caveats_name_the_series_concerned():
    t = np.arange(40)
    rng = np.random.default_rng(1)
    jump = pd.DataFrame({"time": pd.date_range("2022-01-01", periods=40, freq="MS"),
                         "value": rng.normal(0, 1, 40) + 6 * (t >= 24)})  # fmt: skip
    short = jump.iloc[-18:].assign(value=rng.normal(0, 1, 18), complete=True)
    short.loc[39, "complete"] = False
    df = pd.concat([jump.assign(service="A"), short.assign(service="B")])
    df["complete"] = df["complete"].fillna(value=True).astype(bool)
    told = say(trend(df, value="value", time="time", by="service"))
    assert told.caveats[1:4] == [
        "Where the level changed at once (A), the line allows for it; a slope through both levels "
        "would mislead.",
        "With under two full years of figures a yearly season cannot be told from a trend (B).",
        "A month that is not over, or has cases not decided yet, takes no part (B).",
    ]


# --- Figures ----------------------------------------------------------------------------------

NOISE = np.random.default_rng(3).normal(size=30)
LONG = "华东销售部发票过账服务与供应商主数据维护以及付款"
FIGURES = {
    "several": made_up(
        FALLING | {"service": LONG, "high": 0.934, "chance_missed": 0.999},
        STILL | {"service": "Travel reimbursement for executives"},
        NOTHING | {"verdict": "cannot_tell", "reason": "no_variation", "service": "付款"},
    ),
    "many": made_up(*[STILL | {"service": f"服务 {i}"} for i in range(24)]),
    "one": made_up(FALLING | {"service": LONG}),
    "weeks": made_up(FALLING, freq="week"),
    "nothing": made_up(
        NOTHING | {"verdict": "cannot_tell", "reason": "too_few_points", "n_points": 8}
    ),
    "numbers": trend(
        pd.DataFrame({"t": np.arange(30), "y": 1e6 + 1e5 * NOISE}),
        value="y", time="t", target=1e6,
    ),
    "small numbers": trend(
        pd.DataFrame({"t": np.arange(30), "y": 1e-3 * NOISE}),
        value="y", time="t",
    ),
}  # fmt: skip


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("name", FIGURES)
def test_figures_are_readable_in_both_widths(name, narrow):
    assert_readable(drawn(plot(FIGURES[name]), narrow=narrow))


def test_the_figure_of_one_series_names_forecast_and_target():
    shown = texts(drawn(plot(FIGURES["one"]), narrow=False))
    assert {"88%", "82 to 93%", "Target", "95%"} <= set(shown)


def test_a_series_without_a_figure_says_so():
    df = pd.DataFrame({"time": TIMES["month"], "value": np.full(24, np.nan)})
    result = trend(df, value="value", time="time")
    assert plot(result).caption.title == "Too few months"
    assert plot(result).svg(narrow=True) == ""
