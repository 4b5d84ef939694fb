"""Figures of control charts: what is drawn, in both widths, nothing cut off or overlapping."""

import numpy as np
import pandas as pd
import pytest

from slm_analysis.analyses.control_charts import control_chart
from slm_analysis.presentation import plot
from slm_analysis.presentation.plots.small_multiples import MOST
from slm_analysis.presentation.plots.stability import small_multiples
from slm_analysis.presentation.theme import PALETTE

from .drawn import assert_readable, drawn, texts
from .made_up_charts import START, chart, made_up_stability, nothing_promised, once, shares

RNG = np.random.default_rng(8)
NOISE = RNG.normal(0, 1, 80)
LONG = ["华东销售部发票过账服务与供应商主数据维护以及付款", "Travel reimbursement for executives"]


def rates(values, n=60, weeks=None, **options):
    values = np.asarray(values)
    time = pd.date_range(START, periods=len(values), freq="7D") if weeks is None else weeks
    df = pd.DataFrame({"time": time, "value": np.round(values * n), "n": float(n)})
    return control_chart(
        df, **{"value": "value", "n": "n", "time": "time", "target": 0.95} | options
    )


def phased(*labels):
    days = pd.to_datetime(["2025-08-06", "2025-09-10", "2026-03-04", "2026-10-01"])[: len(labels)]
    changes = pd.DataFrame({"implemented_at": days, "description": labels})
    return rates(shares((30, 0.9)), phases=changes)


def incomplete():
    df = pd.DataFrame(
        {"time": pd.date_range(START, periods=40, freq="7D"), "value": 40 + NOISE[:40]}
    )
    df["complete"] = df.index < 39
    df.loc[[10, 11], "value"] = np.nan
    df.loc[20, "value"] = 60.0
    return control_chart(df, value="value", time="time", kind="i", target=40.2,
                         exclude=[df.loc[20, "time"]])  # fmt: skip


ONE = {
    "run below": rates(shares((-12, 0.86))),
    "run above": rates(shares((-14, 1.0))),
    "steady": rates(shares()),
    "always": rates(np.ones(30)),
    "one point": rates([0.9]),
    "phases": phased("Portal", "三单匹配自动化上线并取消第二次人工审批", LONG[1], "Last"),
    "a phase without a name": rates(shares(), phases=["2026-01-05"]),
    "incomplete": incomplete(),
    "large numbers": chart(1_000_000 + 30_000 * NOISE, target=1_000_500.0),
    "small numbers": chart(0.001 * NOISE, target=0.0),
    "days": control_chart(
        pd.DataFrame({"t": pd.date_range("2026-09-20", periods=40), "y": NOISE[:40]}),
        value="y", time="t", kind="i",
    ),
    "months": rates(shares()[:26], weeks=pd.date_range("2024-09-01", periods=26, freq="MS")),
    "numbers": control_chart(
        pd.DataFrame({"t": np.arange(40.0), "y": NOISE[:40]}), value="y", time="t", kind="run"
    ),
    "log scale": chart(np.exp(NOISE), kind="i_log"),
    "cusum": chart(np.append(NOISE[:30], NOISE[:30] + 2), kind="cusum", target=0.0),
    "all nelson": chart(np.append(NOISE[:30], NOISE[:8] / 4 + np.arange(8)), rules="nelson"),
}  # fmt: skip


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("name", ONE)
def test_one_series_is_readable_in_both_widths(name, narrow):
    assert_readable(drawn(plot(ONE[name]), narrow=narrow))


def many(count):
    names = [*LONG, *[f"服务 {i}" for i in range(count)]][:count]
    levels = [(-12, 0.86), (-14, 1.0), None]
    values = [shares() if level is None else shares(level) for level in levels]
    return {name: values[min(at, 2)] for at, name in enumerate(names)}


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("count", [1, 2, 5, 9, 10, 24])
def test_small_multiples_are_readable_in_both_widths(count, narrow):
    figure = drawn(small_multiples(made_up_stability(many(count), n=60)), narrow=narrow)
    assert_readable(figure)
    panels = [
        text for text in texts(figure) if text.startswith("服务") or text[:4] in "华东销售Trav"
    ]
    assert len(panels) == (count if count <= MOST else MOST - 1)
    assert ("16 more in the table" in texts(figure)) == (count == 24)


def test_many_series_stand_on_one_scale_the_most_worrying_first():
    figure = drawn(small_multiples(made_up_stability(many(6), n=60)), narrow=False)
    panels = [ax for ax in figure.axes if ax.axison]
    assert len({ax.get_ylim() for ax in panels}) == 1
    shown = texts(figure)
    assert shown.index("worse since 10 Aug") < shown.index("better since 27 Jul")
    assert shown.index("better since 27 Jul") < shown.index("steady")


def test_lines_are_named_at_their_ends():
    shown = texts(drawn(plot(ONE["run below"]), narrow=False))
    assert {"Average 94.4%", "Target 95%", "Lower limit"} <= set(shown)
    assert {"12 weeks running", "below average"} <= set(shown)
    shown = texts(drawn(plot(ONE["run below"]), narrow=True))
    assert {"Average", "94.4%", "Target", "95%"} <= set(shown)


def test_breaks_carry_the_name_of_the_change_and_earlier_phases_their_average():
    shown = texts(drawn(plot(phased("Portal")), narrow=False))
    assert "Portal, from 11 August 2025" in shown
    assert any(text.startswith("Average") for text in shown)
    unnamed = texts(drawn(plot(ONE["a phase without a name"]), narrow=False))
    assert "From 5 January 2026" in unnamed


def test_the_accent_means_worse_and_nothing_else():
    for narrow in (False, True):
        assert "var(--acc)" in plot(ONE["run below"]).svg(narrow=narrow)
        for calm in ("run above", "steady", "always", "incomplete"):
            assert "var(--acc)" not in plot(ONE[calm]).svg(narrow=narrow)


def marks(figure, marker):
    lines = [line for line in figure.axes[0].get_lines() if line.get_marker() == marker]
    return {
        line.get_markeredgecolor(): len(line.get_xdata()) for line in lines if len(line.get_xdata())
    }


def test_signals_are_told_apart_by_shape_and_filling():
    figure = drawn(plot(ONE["run below"]), narrow=False)
    diamonds = sum(n for colour, n in marks(figure, "D").items() if colour == PALETTE["acc"])
    squares = sum(n for colour, n in marks(figure, "s").items() if colour == PALETTE["acc"])
    assert (diamonds + squares, squares > 0) == (12, True)
    better = drawn(plot(ONE["run above"]), narrow=False).axes[0].get_lines()
    hollow = [line for line in better if line.get_marker() == "s" and len(line.get_xdata())]
    assert {line.get_markerfacecolor() for line in hollow} == {PALETTE["paper"]}


def test_what_takes_no_part_is_drawn_as_such():
    figure = drawn(plot(incomplete()), narrow=False)
    assert marks(figure, "x") == {PALETTE["ink"]: 1}
    assert "excluded" in texts(figure)
    assert "unfinished" in texts(figure)
    joined = [line for line in figure.axes[0].get_lines() if line.get_marker() == "o"]
    values = max(joined, key=lambda line: len(line.get_xdata())).get_ydata()
    assert np.isnan(values[[10, 11, 20, 39]]).all()


def test_a_value_off_the_common_scale_is_marked_at_its_edge():
    usual = np.resize([0.5, 1.0, 0.75], 69)
    result = made_up_stability({"A": usual, "B": usual, "C": once(-5, 0.0, usual)}, n=4)
    assert not len(result.chart.signals)
    figure = drawn(small_multiples(result), narrow=False)
    carets = [line for ax in figure.axes for line in ax.get_lines() if line.get_marker() == 7]
    assert sum(len(line.get_xdata()) for line in carets) == 1


def test_the_most_worrying_service_stands_in_the_main_figure():
    result = made_up_stability({"A": shares(), "B": shares((-12, 0.86))})
    chart = plot(result)
    assert chart.caption.title == "B: worse since 10 August 2026"
    assert chart.numbers.folded
    assert chart.numbers.rows[0][:2] == ["26 October 2026", "86 of 100, 86.0%"]


def test_nothing_to_draw():
    for figure in (plot, small_multiples):
        page = figure(nothing_promised()).page()
        assert (page["title"], page["wide"]) == ("Nothing was promised that could be charted", "")
    empty = pd.DataFrame({"time": pd.Series(dtype=float), "value": pd.Series(dtype=float)})
    page = plot(control_chart(empty, value="value", time="time", kind="i")).page()
    assert (page["title"], page["wide"]) == ("There is no series to judge", "")


def test_series_of_several_columns_show_themselves_side_by_side():
    df = pd.concat([
        pd.DataFrame({"unit": unit, "service": service, "time": range(30), "value": NOISE[:30]})
        for unit in ("Vertrieb", "财务部") for service in ("Reise", "Rechnung")
    ])  # fmt: skip
    chart = plot(control_chart(df, value="value", time="time", by=["unit", "service"], kind="i"))
    assert {"Vertrieb, Reise", "财务部, Rechnung"} <= set(texts(drawn(chart, narrow=True)))
