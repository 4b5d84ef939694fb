"""What is said of control charts and stability in Chinese: every verdict in its exact words."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from slm_analysis.presentation import headline, plot, say, table
from slm_analysis.presentation.methods import method
from slm_analysis.presentation.plots.stability import small_multiples
from slm_analysis.presentation.tables import control_charts as tables
from slm_analysis.presentation.words import chart_series as series_words
from slm_analysis.presentation.words import control_charts as words
from slm_analysis.presentation.words import stability as stability_words
from slm_analysis.result import note

from .drawn import assert_readable, drawn, texts
from .made_up_charts import START, WEEKS, chart, made_up_stability, nothing_promised, once, shares
from .test_words_control_charts import NOISE, only, sentences, several, with_last

pytestmark = pytest.mark.usefixtures("chinese")

QUIET = "只有正常波动，没有哪一周需要单独解释。"
SPELLS = np.array(np.repeat([1.0, -1.0], 6).tolist() * 3) + NOISE[:36] / 10
LOW = np.append(50 + NOISE[:30], 45 + NOISE[:12])


# --- Patterns ---------------------------------------------------------------------------------


def test_a_run_that_stands_and_one_that_is_over():
    y = np.concatenate([50 + NOISE[:30], 53 + NOISE[:12], 50 + NOISE[:20]])
    over = [s for s in sentences(chart(y, rules={"nelson_2": None})) if "连续" in s]
    assert over == [
        f"2026年2月2日至2026年4月20日当周，曾连续12周高于平均值{y.mean():.2f}。",
    ]
    assert sentences(chart(y[:42], rules={"nelson_2": None})) == [
        f"2026年2月2日以来，连续12周高于平均值{y[:42].mean():.2f}。"
    ]


def test_points_beyond_a_limit():
    assert sentences(chart(with_last(60.0), rules={"beyond_limits": None})) == [
        "2026年4月6日当周高于上限53.9：60.0。"
    ]
    assert sentences(chart(with_last(41.0, 50.0, 40.0), rules={"beyond_limits": None})) == [
        "2周低于各自的下限。最近一次：2026年4月6日当周低于下限44.8：40.0。"
    ]


def test_few_crossings():
    assert sentences(chart(SPELLS, rules={"anhoej_crossings": None})) == [
        "这些周长时间停在平均值的一侧：换边5次，而纯属偶然时通常有13次或更多。"
    ]


@pytest.mark.parametrize(
    ("rule", "tail", "sentence"),
    [
        ("nelson_3", [1, 2, 3, 4, 5, 6], "2026年3月2日以来，6周一次比一次高。"),
        ("nelson_3", [6, 5, 4, 3, 2, 1], "2026年3月2日以来，6周一次比一次低。"),
        ("nelson_5", [0, 4.2, 0.3, 4.3], "2026年3月23日以来，有2周远高于平均值。"),
        ("mdc_two_of_three", [0, -4, -0.5, -4.1], "2026年3月23日以来，有2周低于平均值并接近界限。"),
        ("nelson_4", [1, -1] * 10, "2025年11月24日以来，20周交替升降。"),
        ("nelson_7", [0.1, 0.2, 0.1, 0.3] * 5, "2025年11月24日以来，20周异常贴近平均值。"),
        ("nelson_8", [3, -3.1, 3, 3.1, -3, 3, -3.2, 3],
         "2026年2月16日以来，8周在平均值两侧，但都远离它。"),
    ],
)  # fmt: skip
def test_every_other_pattern(rule, tail, sentence):
    y = np.append(50 + 1.6 * NOISE[: 40 - len(tail)], 50 + np.array(tail, dtype=float))
    assert sentence in sentences(chart(y, rules={rule: None}))


# --- Direction --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("series", "direction", "brief", "quiet"),
    [
        (chart(LOW), "自2026年2月2日以来变差", "自2月2日以来变差", QUIET),
        (chart(LOW, better="low"), "自2026年2月2日以来变好", "自2月2日以来变好", QUIET),
        (chart(SPELLS, rules={"anhoej_crossings": None}), "不稳定", "不稳定", QUIET),
        (chart(50 + NOISE), "稳定", "稳定", QUIET),
        (chart([50.0] * 20), "始终为50.0", "始终为50.0", "每周都是50.0；没有波动，就无从判断。"),
        (chart([50.0, 51.0, 49.0]), "周数太少", "周数太少", "周数太少，分不清正常波动和变化。"),
        (chart([np.nan] * 12), "没有数据", "没有数据", "没有可判断的数据。"),
    ],
)
def test_every_direction(series, direction, brief, quiet):
    assert series_words.direction(only(series)) == direction
    assert series_words.direction(only(series), brief=True) == brief
    assert series_words.quiet(only(series)) == quiet


def test_a_steady_series_is_told_with_its_level():
    assert series_words.state(only(chart(50 + NOISE))) == "稳定在约49.93"


def test_signals_that_are_over():
    y = 50 + NOISE
    y[10] = 70.0
    result = chart(y, rules={"beyond_limits": None})
    assert words.caption(result).title == "稳定在约50.3，此前有过信号"
    assert words.caption(result).subtitle == "每周的数值，附正常波动的界限。共判断60周"
    assert say(result).sentences == [
        "期末没有仍然成立的信号，此前的信号都已结束。2025年9月15日当周高于上限55.1：70.0。"
    ]


@pytest.mark.parametrize(
    ("directions", "title"),
    [
        (["steady", "steady"], "没有序列出现信号；2项稳定"),
        (["steady", "not_judged"], "没有序列出现信号；1项稳定，1项无法判断"),
        (["worse", "steady"], "只有0出现信号；其余1项稳定"),
        (["worse", "better"], "0和1出现信号"),
        (["mixed"] * 5, "0、1、2和另外2项出现信号"),
    ],
)
def test_the_answer_counts(directions, title):
    assert words.answer([(str(i), name) for i, name in enumerate(directions)]) == title


# --- Caveats and method -----------------------------------------------------------------------


def test_how_many_charts_were_read():
    assert words.reading(words.by_worry(chart(50 + NOISE[:52]))) == [
        "即使流程稳定，52周的图也会偶然出现信号：最多约5次中有1次。"
    ]
    many = several(**{f"u{i}": 0 for i in range(12)})
    assert words.reading(words.by_worry(many)) == [
        "共看了12张图，每张最多40周；即使全部稳定，也会有最多约2张偶然出现信号。"
    ]


def test_caveats_name_the_series_where_they_do_not_concern_all():
    every = words.by_worry(several(a=0, b=0))
    notes = [note("gaps", series=("a",)), note("few_points", series=("a", "b"), enough=12)]
    assert words.chart_caveats(notes, every) == [
        "断开处是没有数据的周（a）；连续偏向不跨越断开处。",
        "阶段不足12周的，界限是暂定的。",
    ]


def test_the_method():
    ((name, text),) = method(made_up_stability({"A": shares(), "B": shares((-12, 0.9))}))
    assert name == "方法"
    assert text.startswith("每项服务一张，每周的按时率：比例的p′图（Laney）；界限取三倍标准差，")
    assert "；规则：单点超出界限、Anhøj的持续偏向一侧和换边过少；" in text
    assert text.endswith("；共看2张图，1张在任何时候出现过信号；若全部稳定，最多会有0.4张")


def test_the_numbers_behind_a_chart():
    time = pd.date_range(START, periods=42, freq="7D")
    df = pd.DataFrame({"time": time, "value": LOW, "complete": time < time[-1]})
    from slm_analysis.analyses.control_charts import control_chart  # noqa: PLC0415

    shown = tables.points(only(control_chart(df, value="value", time="time", kind="i")))
    assert shown.caption == "共42周，此处为最近26个"
    assert [c.title for c in shown.columns] == [
        "周（起始日）", "数值", "平均值", "正常范围", "标记",
    ]  # fmt: skip
    assert shown.rows[0][0] == "2026年4月20日"
    assert shown.rows[0][-1] == "尚未结束"
    assert shown.rows[1][-1] == "持续低于平均值"


# --- Stability --------------------------------------------------------------------------------

TWO_CHARTS = "共看了2张图，每张最多69周；即使全部稳定，也会偶然有一张出现信号：最多约2次中有1次。"


def test_a_quiet_month():
    result = made_up_stability({"Invoices": shares(), "Payments": shares()})
    top = headline(result)
    assert top.title == "2026年10月没有信号"
    assert top.lead == QUIET
    assert top.what == "稳定：Invoices和Payments。"
    assert top.sure == TWO_CHARTS
    assert top.next == "无需行动，也没有哪个数字需要单独解释。"
    assert stability_words.main_caption(result).title == "Invoices：稳定在约96.2%"
    assert stability_words.multiples_caption(result).title == "没有服务出现信号；2项稳定"


def test_a_signal_of_the_reported_month():
    result = made_up_stability({"Payments": shares(), "发票": shares((-12, 0.9))})
    sentence = "2026年8月10日以来，连续12周低于平均值95.1%。"
    top = headline(result)
    assert top.title == "发票自2026年8月10日以来变差"
    assert top.lead == f"发票：{sentence}"
    assert top.what == "变差：发票。稳定：Payments。"
    assert top.next == "请查看发票的逾期工单与哪些因素相关。"
    assert say(result).sentences == [f"发票：{sentence}", "稳定：Payments。"]
    caption = stability_words.main_caption(result)
    assert caption.subtitle == "每周按时解决的工单比例，附正常波动的界限。共6,900单"
    assert caption.sentence == (
        f"{sentence}大约在那时，流程中有什么变了；究竟是什么，这张图说明不了。"
        "在那前后，该业务单位没有流程变更、该服务也没有中断的记录。"
    )
    several = stability_words.multiples_caption(result)
    assert several.title == "只有发票出现信号；其余1项稳定"
    assert several.subtitle == ("每周按时解决的工单比例，最近26周，刻度统一，最令人担心的在前")
    assert table(result).caption == "每周按时解决的工单比例，截至2026年10月31日"
    assert table(result).rows[0][1] == "自2026年8月10日以来变差"


@pytest.mark.parametrize(
    ("services", "title"),
    [
        ({"Payments": shares(), "Invoices": shares((-21, 0.9))},
         "2026年10月没有新信号，但Invoices仍未好转"),
        ({"Payments": once(-3, 0.84), "Invoices": shares((-21, 0.9))},
         "Payments在2026年10月出现过信号，现已恢复稳定，Invoices仍未好转"),
        ({"A": shares((-12, 0.88)), "B": shares((-12, 0.9)), "C": shares()}, "2项服务变差：A和B"),
        ({"A": shares(), "B": shares() - 0.08}, "2026年10月没有信号，但B一直低于目标"),
        ({"A": np.ones(WEEKS)}, "工单全部按时，没有波动可供判断"),
        ({"A": np.where(np.arange(WEEKS) < WEEKS - 6, np.nan, shares())}, "尚无服务可以判断"),
    ],
)  # fmt: skip
def test_titles(services, title):
    assert headline(made_up_stability(services)).title == title


def test_better():
    top = headline(made_up_stability({"A": shares((-12, 0.988)), "B": shares()}, n=500))
    assert top.title == "A自2026年8月10日以来变好"
    assert top.next == "请查看此前是否做过变更，并让A保持下去。"


def test_a_week_that_is_over():
    result = made_up_stability({"A": once(-3, 0.85), "B": shares()})
    top = headline(result)
    assert top.title == "A在2026年10月出现过信号，现已恢复稳定"
    assert top.lead == "A：2026年10月12日当周低于下限89.0%：85/100（85.0%）。"
    assert top.next == "请查明2026年10月12日当周前后A发生了什么。"
    assert table(result).rows[0][1] == "2026年10月12日当周之后恢复稳定"


def test_steady_below_target_asks_for_a_decision():
    result = made_up_stability({"A": shares(), "B": shares() - 0.08})
    assert headline(result).next == (
        "B：稳定在约88.2%，低于目标95%。等待无济于事，须改流程或改目标。"
    )


def test_nothing_promised():
    assert headline(nothing_promised()).title == "没有可以绘图的承诺"
    assert say(nothing_promised()).sentences == ["没有可以绘图的承诺。"]


def test_months_are_counted_with_their_measure_word():
    result = made_up_stability({"A": shares()}, freq="month")
    assert say(result).sentences == ["只有正常波动，没有哪一个月需要单独解释。"]
    assert stability_words.measure(result) == "每个月按时解决的工单比例"
    assert say(result).caveats[0] == "即使流程稳定，15个月的图也会偶然出现信号：最多约20次中有1次。"


# --- Figures ----------------------------------------------------------------------------------


@pytest.mark.parametrize("narrow", [False, True])
def test_figures_are_readable(narrow):
    services = {"发票过账": shares((-12, 0.9)), "Travel reimbursement": shares(), "付款": shares()}
    result = made_up_stability(services)
    one = drawn(plot(result), narrow=narrow)
    assert_readable(one)
    assert {"连续12周", "低于平均值", "1月", "2026年"} <= set(texts(one))
    many = drawn(small_multiples(result), narrow=narrow)
    assert_readable(many)
    assert {"图例", "正常的一周", "持续偏一侧，变差", "自8月10日以来变差", "稳定"} <= set(
        texts(many)
    )
