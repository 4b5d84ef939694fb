"""What is said of control charts that analysts make themselves: each pattern, kind and period."""

import numpy as np
import pandas as pd
import pytest

from slm_analysis.analyses.control_charts import control_chart
from slm_analysis.presentation import say, table
from slm_analysis.presentation.chart_series import chart_series
from slm_analysis.presentation.methods import method
from slm_analysis.presentation.tables import control_charts as tables
from slm_analysis.presentation.words import chart_series as series_words
from slm_analysis.presentation.words import control_charts as words
from slm_analysis.result import note

from .made_up_charts import START, chart

NOISE = np.resize([-1.0, 1.0, -0.6, 0.8, 0.3, -0.9], 60)


def only(result):
    (series,) = chart_series(result)
    return series


def sentences(result):
    series = only(result)
    return series_words.told(series, series.signals)


def with_last(*values):
    return np.append(50 + NOISE[: 40 - len(values)], values)


# --- Patterns ---------------------------------------------------------------------------------


def test_a_run_that_stands_and_one_that_is_over():
    y = np.concatenate([50 + NOISE[:30], 53 + NOISE[:12], 50 + NOISE[:20]])
    over = [s for s in sentences(chart(y, rules={"nelson_2": None})) if " in a row" in s]
    assert over == [
        "12 weeks in a row, from 2 February 2026 to the week of 20 April 2026, lay above the "
        f"average of {y.mean():.2f}."
    ]
    standing = sentences(chart(y[:42], rules={"nelson_2": None}))
    assert standing == [
        f"12 weeks in a row, since 2 February 2026, lie above the average of {y[:42].mean():.2f}."
    ]


def limits(y):
    """Return three-sigma limits of an individuals chart (Montgomery 6.33)."""
    reach = 3 * np.abs(np.diff(y)).mean() / 1.128
    return y.mean() - reach, y.mean() + reach


def test_one_point_beyond_a_limit_and_several():
    y = with_last(60.0)
    assert sentences(chart(y, rules={"beyond_limits": None})) == [
        f"The week of 6 April 2026 lies above the upper limit of {limits(y)[1]:.1f}: 60.0."
    ]
    y = with_last(41.0, 50.0, 40.0)
    assert sentences(chart(y, rules={"beyond_limits": None})) == [
        "Two weeks lie below their lower limits. The last: the week of 6 April 2026 lies below the "
        f"lower limit of {limits(y)[0]:.1f}: 40.0."
    ]
    y = with_last(41.0, 40.0)
    assert sentences(chart(y, rules={"beyond_limits": None})) == [
        "Two weeks in a row, since 30 March 2026, lie below their lower limits. The last: the week "
        f"of 6 April 2026 lies below the lower limit of {limits(y)[0]:.1f}: 40.0."
    ]


def test_a_share_is_told_with_its_cases():
    time = pd.date_range(START, periods=30, freq="7D")
    cases = np.append(np.resize([190, 192, 188], 29), 150)
    df = pd.DataFrame({"time": time, "value": cases, "n": 200})
    result = control_chart(df, value="value", n="n", time="time", rules={"beyond_limits": None})
    center = cases.sum() / 6000
    sigma = np.sqrt(center * (1 - center) / 200)
    low = center - 3 * sigma * max(1, np.abs(np.diff(cases / 200)).mean() / 1.128 / sigma)
    assert sentences(result) == [
        f"The week of 26 January 2026 lies below the lower limit of {low:.1%}: 150 of 200, 75.0%."
    ]


def test_few_crossings_are_told_where_no_run_says_it():
    y = np.repeat([1.0, -1.0], 6).tolist() * 3
    result = chart(np.array(y) + NOISE[:36] / 10, rules={"anhoej_crossings": None})
    assert sentences(result) == [
        "The weeks keep to one side of the average in long spells: they change sides five "
        "times, where chance alone mostly makes 13 or more."
    ]
    both = chart(50 + np.repeat([1.0, -1.0], 20) + NOISE[:40] / 10)
    assert len([s for s in sentences(both) if "long spells" in s]) == 0
    assert len([s for s in sentences(both) if " in a row" in s and "the average" in s]) == 2


@pytest.mark.parametrize(
    ("rule", "tail", "sentence"),
    [
        ("nelson_3", [1, 2, 3, 4, 5, 6], "since 2 March 2026, each lie higher than the one before"),
        ("nelson_3", [6, 5, 4, 3, 2, 1], "each lie lower than the one before"),
        ("nelson_5", [0, 4.2, 0.3, 4.3], "lie far above the average"),
        ("mdc_two_of_three", [0, -4, -0.5, -4.1], "lie close to a limit, below the average"),
        ("nelson_4", [1, -1] * 10, "go up and down in turn"),
        ("nelson_7", [0.1, 0.2, 0.1, 0.3] * 5, "stay unusually close to the average"),
        (
            "nelson_8",
            [3, -3.1, 3, 3.1, -3, 3, -3.2, 3],
            "stay away from the average, on both sides",
        ),
    ],
)
def test_every_other_pattern_has_its_words(rule, tail, sentence):
    y = np.append(50 + 1.6 * NOISE[: 40 - len(tail)], 50 + np.array(tail, dtype=float))
    told = sentences(chart(y, rules={rule: None}))
    assert any(sentence in text for text in told), told


# --- Direction --------------------------------------------------------------------------------


def test_every_direction_in_words():
    low = np.append(50 + NOISE[:30], 45 + NOISE[:12])
    assert series_words.direction(only(chart(low))) == "worse since 2 February 2026"
    assert series_words.direction(only(chart(low, better="low"))) == "better since 2 February 2026"
    assert series_words.direction(only(chart(low)), brief=True) == "worse since 2 Feb"
    assert series_words.direction(only(chart(50 + NOISE))) == "steady"
    assert series_words.state(only(chart(50 + NOISE))) == "steady at about 49.93"
    assert series_words.direction(only(chart([50.0] * 20))) == "always 50.0"
    assert series_words.direction(only(chart([50.0, 51.0, 49.0]))) == "too few weeks"
    assert series_words.direction(only(chart([np.nan] * 12))) == "no figures"


def test_signals_that_are_over_are_told_and_not_called_noise():
    y = 50 + NOISE
    y[10] = 70.0
    result = chart(y, rules={"beyond_limits": None})
    last = only(result).points["time"].iloc[10]
    assert words.caption(result).title.startswith("Steady at about ")
    assert words.caption(result).title.endswith(", after earlier signals")
    (told,) = say(result).sentences
    assert told.startswith(
        "No signal stands at the end; the earlier ones are over. "
        f"The week of {last.day} {last:%B %Y} lies above the upper limit of "
    )
    assert (
        series_words.QUIET.format(period="week")
        in say(chart(50 + NOISE, rules={"beyond_limits": None})).sentences
    )


def test_few_crossings_alone_make_it_unsteady_and_take_no_direction_from_other_signals():
    spells = np.array(np.repeat([1.0, -1.0], 6).tolist() * 3) + NOISE[:36] / 10
    alone = chart(spells, rules={"anhoej_crossings": None})
    assert series_words.direction(only(alone)) == "unsteady"
    assert words.caption(alone).title == "Unsteady"
    low = np.append(spells, -1 + NOISE[:10] / 10)
    beside = only(chart(low, rules={"anhoej_runs": None, "anhoej_crossings": None}))
    assert set(beside.signals["rule"]) == {"anhoej_runs", "anhoej_crossings"}
    start = beside.points["time"].iloc[30]
    assert series_words.direction(beside) == f"worse since {start.day} {start:%B %Y}"


def test_signals_for_better_and_worse_make_it_unsteady():
    low_but_rising = np.append(50 + NOISE[:30], 44 + np.arange(12) / 10)
    found = only(chart(low_but_rising, rules={"anhoej_runs": None, "nelson_3": None}))
    assert series_words.direction(found) == "unsteady"
    assert series_words.direction(found, brief=True) == "unsteady"


# --- Kinds and periods ------------------------------------------------------------------------


def test_periods_are_named_as_they_are():
    days = pd.DataFrame({"t": pd.date_range("2026-10-01", periods=20), "y": 5 + NOISE[:20]})
    months = days.assign(t=pd.date_range("2025-01-01", periods=20, freq="MS"))
    numbers = days.assign(t=np.arange(20.0))
    for df, one, when in (
        (days, "day", "20 October 2026"),
        (months, "month", "August 2026"),
        (numbers, "point", "point 19"),
    ):
        df.loc[19, "y"] = 30.0
        result = control_chart(df, value="y", time="t", kind="i", rules={"beyond_limits": None})
        (sentence,) = sentences(result)
        assert sentence.startswith(f"{when[0].upper()}{when[1:]} lies above the upper limit")
        assert words.caption(result).subtitle.startswith(f"Each {one} with the limits")


def test_the_centre_line_has_its_own_name():
    series = only(chart(50 + NOISE, kind="run"))
    assert series.middle == "median"
    assert "The solid line is the median of its phase" in words.how_to_read(series)


def test_a_larger_number_keeps_its_thousands_and_a_small_one_its_digits():
    assert only(chart(1_000_000 + 1000 * NOISE)).figure(1_000_250.4) == "1,000,250"
    assert only(chart(0.5 + NOISE / 100)).figure(0.5123) == "0.5123"


def test_cusum_is_told_by_what_is_compared_with_its_limits():
    drift = np.append(50 + NOISE[:20], 51.5 + NOISE[:20])
    series = only(chart(drift, kind="cusum", target=50.0))
    last = series.points.iloc[-1]
    assert "beyond_limits" in last["rules"]
    assert last["value"] > last["ucl"]


# --- Several series ---------------------------------------------------------------------------


def several(**levels):
    frames = [
        pd.DataFrame({
            "unit": name, "time": pd.date_range(START, periods=40, freq="7D"),
            "value": np.append(50 + NOISE[:28], 50 + level + NOISE[:12]),
        })
        for name, level in levels.items()
    ]  # fmt: skip
    return control_chart(pd.concat(frames), value="value", time="time", by="unit", kind="i")


def test_series_stand_in_the_order_of_worry():
    result = several(calm=0, up=6, down=-6)
    assert [one.name for one in words.by_worry(result)] == ["down", "up", "calm"]
    caption = words.caption(result)
    assert caption.title == "down and up have signals; the other one is steady"
    assert say(result).sentences[0].startswith("down: 12 weeks in a row")
    assert [row[0] for row in table(result).rows] == ["down", "up", "calm"]
    assert table(result).accented == [0]


@pytest.mark.parametrize(
    ("directions", "title"),
    [
        (["steady", "steady"], "No series has a signal; two are steady"),
        (["steady", "not_judged"],
         "No series has a signal; one is steady and one cannot be judged"),
        (["worse", "steady"], "Only 0 has a signal; the other one is steady"),
        (["worse", "steady", "not_judged"],
         "Only 0 has a signal; one is steady and one cannot be judged"),
        (["worse", "better"], "0 and 1 have signals"),
        (["mixed"] * 5, "0, 1, 2 and 2 more have signals"),
    ],
)  # fmt: skip
def test_the_answer_counts(directions, title):
    assert words.answer([(str(i), name) for i, name in enumerate(directions)]) == title


def test_names_of_several_columns_are_joined():
    df = pd.DataFrame({"a": "x", "b": ["y"] * 20, "time": range(20), "value": NOISE[:20]})
    result = control_chart(df, value="value", time="time", by=["a", "b"], kind="i")
    assert only(result).name == "x, y"


def test_nothing_to_judge():
    df = pd.DataFrame({"time": pd.Series(dtype=float), "value": pd.Series(dtype=float)})
    result = control_chart(df, value="value", time="time", kind="i")
    assert say(result).sentences == ["There is no series to judge."]
    assert words.caption(result).title == "There is no series to judge"
    assert table(result).rows == []


# --- Caveats and method -----------------------------------------------------------------------


def test_every_note_of_a_chart_has_its_sentence_or_its_place_in_the_method():
    series = only(chart(50 + NOISE))
    codes = (
        "charts_read", "only_limits_judged", "gaps", "incomplete_periods", "excluded_points",
        "no_data", "no_variation", "too_few_points", "few_points", "limits_frozen", "log_scale",
        "sigma_z", "sigma_z_floored", "exact_limits", "autocorrelation", "yearly_season",
        "season_removed",
    )  # fmt: skip
    for code in codes:
        told = words.chart_caveats([note(code, series=(), enough=12)], [series, series])
        assert bool(told) == (code not in words.ABOUT_METHOD)
        assert all("{" not in text for text in told)


def test_caveats_name_the_series_where_they_do_not_concern_all():
    result = several(a=0, b=0)
    every = words.by_worry(result)
    some = words.chart_caveats([note("gaps", series=("a",))], every)
    assert some == ["Gaps are weeks without a figure (a); no run reaches across them."]
    every_one = words.chart_caveats([note("gaps", series=("a", "b"))], every)
    assert every_one == ["Gaps are weeks without a figure; no run reaches across them."]
    assert words.chart_caveats([note("gaps", series=("a",))], every[1:]) == []


def test_how_many_charts_were_read_and_what_that_implies():
    assert words.reading(words.by_worry(chart(50 + NOISE[:52]))) == [
        "A stable chart of 52 weeks shows a signal by chance in up to about 1 case in 5."
    ]
    many = several(**{f"u{i}": 0 for i in range(12)})
    assert words.reading(words.by_worry(many)) == [
        "12 charts of up to 40 weeks were read; were all of them stable, up to about two would "
        "show a signal by chance."
    ]
    own_rules = chart(50 + NOISE, rules={"nelson_1": None})
    assert words.reading(words.by_worry(own_rules)) == []


def test_method_of_rules_and_limits_of_ones_own():
    baseline = (START, START + pd.Timedelta(weeks=30))
    result = chart(50 + NOISE, rules={"nelson_1": None, "nelson_2": 8}, baseline=baseline)
    ((_, text),) = method(result)
    assert text.startswith("individuals chart (XmR); limits from 2025-07-07")
    assert "rules: nelson_1, nelson_2" in text
    assert text.endswith("1 chart read, 0 with a signal at any time")


# --- Numbers behind the chart -----------------------------------------------------------------


def test_numbers_behind_a_chart_carry_their_marks_in_words():
    y = np.append(50 + NOISE[:30], 45 + NOISE[:12])
    y[5], y[8] = np.nan, 70.0
    time = pd.date_range(START, periods=42, freq="7D")
    df = pd.DataFrame({"time": time, "value": y, "complete": time < time[-1]})
    result = control_chart(df, value="value", time="time", kind="i", exclude=[time[8]])
    shown = tables.points(only(result))
    assert shown.folded
    assert shown.caption == "Latest 26 of 42 weeks"
    assert shown.rows[0][0] == "20 April 2026"
    assert shown.rows[0][-1] == "not complete"
    assert shown.rows[1][-1] == "long run below the average"
    marks = [tables.mark(only(result), point) for _, point in only(result).points.iterrows()]
    assert (marks[5], marks[8], marks[0]) == ("no figure", "excluded", "")


def test_a_value_beyond_a_limit_never_reads_like_one_within():
    time = pd.date_range(START, periods=30, freq="7D")
    df = pd.DataFrame({"time": time, "value": np.resize([9520, 9480], 30), "n": 10_000})
    result = control_chart(df, value="value", n="n", time="time")
    series = only(result)
    limit = series.points["lcl"].iloc[-1]
    point = series.points.iloc[-1].copy()
    point["value"] = limit - 0.00002
    value, low, _ = series.figures(point["value"], limit, point["ucl"])
    assert value < low
