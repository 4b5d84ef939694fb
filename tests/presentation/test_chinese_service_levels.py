"""What is said about service levels in Chinese: exact sentences for every verdict."""

from __future__ import annotations

import pandas as pd
import pytest

from slm_analysis.presentation import headline, plot, say, table
from slm_analysis.presentation.words import service_levels as words
from slm_analysis.presentation.words.recorded import beside_the_source
from slm_analysis.result import note
from tests.presentation.drawn import assert_readable, drawn
from tests.presentation.made_up_levels import (
    availability,
    errors,
    frame,
    kept,
    level,
    satisfaction,
    service_levels,
    unsure,
)
from tests.presentation.test_words_recorded import CLOSED, LATE_HERE, MET, RUNNING, levels
from tests.presentation.test_words_service_levels import NO_CASES, TOO_FEW, UNDECIDED

pytestmark = pytest.mark.usefixtures("chinese")


@pytest.mark.parametrize(
    ("row", "promise", "verdict", "figure", "interval", "goal"),
    [
        (level(), "Invoices（解决）", "未达标", "278/306（90.8%）", "86.9%至93.7%", "95%"),
        (unsure(), "Travel（解决）", "未达标（不确定）", "46/49（93.9%）", "83.5%至97.9%", "95%"),
        (kept(), "Payments（解决）", "达标", "990/1,000（99.0%）", "98.1%至99.5%", "95%"),
        (level("A", 63, 63, low=0.943, high=1.0), "A（解决）", "达标（不确定）", "63/63（100%）",
         "94.3%至100%", "95%"),
        (UNDECIDED, "Reports（解决）", "尚未定论", "5/5（100%）", "57.0%至100%", "95%"),
        (NO_CASES, "Reports（解决）", "没有工单", "–", "–", "95%"),
        (TOO_FEW, "Reports（解决）", "工单太少", "3/3（100%）", "44.0%至100%", "95%"),
        (availability(), "Portal（可用率）", "达标", "99.7%", "–", "99.5%"),
        (satisfaction(), "Travel（满意度）", "未达标", "3.8（96人）", "3.6至4.0", "4.2"),
        (satisfaction(counted=12), "Travel（满意度）", "答复太少", "3.8（12人）", "3.6至4.0",
         "4.2"),
        (errors(), "Invoices（差错）", "未达标", "12/300有差错（4.0%）", "2.3%至6.9%", "不超过2%"),
        (level(priority="P1", metric="response_time"), "Invoices（P1首次响应）", "未达标",
         "278/306（90.8%）", "86.9%至93.7%", "95%"),
    ],
)  # fmt: skip
def test_one_promise(row, promise, verdict, figure, interval, goal):
    found = frame(row).iloc[0]
    assert words.promise(found) == promise
    assert words.verdict(found) == verdict
    assert words.figure(found) == figure
    assert words.interval(found) == interval
    assert words.goal(found) == goal


def test_headline_with_misses():
    top = headline(service_levels(unsure(), level(), kept(), UNDECIDED))
    assert top.title == "2026年10月，3项承诺中有2项未达标"
    assert top.lead == (
        "Invoices（解决）：未达标。278/306（90.8%），目标为2个工作日内达95%，区间为86.9%至93.7%。"
    )
    assert top.what == (
        "未达标：Invoices（解决）和Travel（解决）。达标：1项。尚无结论（未定或数量太少）：1项。"
    )
    assert top.sure == "2项未达标的承诺中，1项可能只是偶然。1项达标的案例数足以确定。"
    assert top.next == "请查看Invoices的逾期工单与哪些因素相关。"
    assert top.text().splitlines()[2] == f"发生了什么：{top.what}"


def test_headline_with_a_miss_that_could_be_chance():
    top = headline(service_levels(unsure(), kept(), kept("Reports")))
    assert top.title == "2026年10月，3项承诺中有1项未达标"
    assert top.sure == "1项未达标可能是偶然。2项达标的案例数足以确定。"
    assert top.next == "不要只凭这一个月就做改变；先看趋势是否一致。"


def test_headline_of_a_quiet_month():
    top = headline(service_levels(kept(), kept("Reports"), satisfaction(4.25)))
    assert top.title == "2026年10月，3项可评判的承诺全部达标"
    assert (
        top.lead == "最接近目标的是Payments（解决）：990/1,000（99.0%），目标为2个工作日内达95%。"
    )
    assert top.sure == "3项达标的承诺中，1项数量太少，不足以定论。"
    assert top.next == "没有服务水平需要采取行动。早期预警请看趋势。"


@pytest.mark.parametrize(
    ("rows", "title", "lead"),
    [
        ([kept()], "2026年10月，唯一可评判的承诺达标",
         "最接近目标的是Payments（解决）：990/1,000（99.0%），目标为2个工作日内达95%。"),
        ([satisfaction(4.5)], "2026年10月，唯一可评判的承诺达标",
         "Travel（满意度）：4.5（96人），目标为4.2。"),
        ([availability(0.99)], "2026年10月，唯一可评判的承诺未达标",
         "Portal（可用率）：未达标。99.0%，目标为不低于99.5%。"),
        ([NO_CASES, TOO_FEW], "2026年10月数量太少，无法评判任何承诺",
         "没有工单或答复，或数量少于协议的要求。"),
        ([], "2026年10月没有可评判的承诺", "本期没有协议涵盖该单位的工单。"),
    ],
)  # fmt: skip
def test_headlines_of_few_promises(rows, title, lead):
    top = headline(service_levels(*rows))
    assert (top.title, top.lead) == (title, lead)


def test_sentences_name_each_miss_with_denominator_and_interval():
    assert say(service_levels(kept(), unsure(), level(), errors())).sentences == [
        "Invoices（解决）：未达标。278/306（90.8%），目标为95%，区间为86.9%至93.7%。",
        "Invoices（差错）：未达标。12/300有差错（4.0%），目标为不超过2%，区间为2.3%至6.9%。",
        "Travel（解决）：未达标（不确定）。46/49（93.9%），目标为95%，区间为83.5%至97.9%。",
    ]
    assert say(service_levels(kept(), kept("B"))).sentences == ["没有一项承诺未达标；2项达标。"]


def test_caveats():
    notes = (note("uncovered", n=1200), note("no_status_history"), note("errors_maturing"))
    assert say(service_levels(kept(count_by="opened"), kept("B", count_by="mixed"), notes=notes)
               ).caveats == [
        "计入的是本期开单和本期到期（没有到期时间的，按本期开单）、并已判定按时或逾期的工单；"
        "进行中和暂停的不计。“不确定”指95%区间跨过目标。",
        "没有协议涵盖、因此未作评判的工单：1,200单。",
        "没有状态历史，暂停和重新打开无从得知：时间包含等待客户的部分。",
        "本期结束距导出不足一个月：本期工单的差错可能还会陆续发现。",
    ]  # fmt: skip


def test_beside_the_source():
    assert beside_the_source(levels(MET, CLOSED)) == [
        "数据来源自身的记录为1,546/1,912按时（解决）；此处为1,546/1,912，逐单一致。"
    ]
    assert beside_the_source(levels(MET, LATE_HERE, RUNNING)) == [
        "数据来源自身的记录为1,559/1,559按时（解决）；此处为1,546/1,558。"
        "不同之处：12单来源记为“按时”而此处为“逾期”和1单来源记为“按时”而此处为“尚未定论”。"
    ]


@pytest.mark.parametrize(
    ("rows", "title"),
    [
        ([level(), kept()], "未达标且超出偶然：Invoices（解决）"),
        ([level(s) for s in "ABCDE"], "未达标且超出偶然：A（解决）、B（解决）、C（解决）和另外2项"),
        ([unsure(), kept()], "没有一项未达标超出偶然"),
        ([kept()], "没有一项承诺未达标"),
        ([NO_CASES], "没有可评判的承诺"),
    ],
)
def test_the_title_of_the_figure(rows, title):
    caption = words.caption(service_levels(*rows))
    assert caption.title == title
    assert caption.subtitle.startswith("2026年10月的达标比例，附95%区间和目标。共评判")


def test_the_table():
    shown = table(service_levels(kept("A"), level("C", undecided=1, excluded=2)))
    assert shown.caption == "2026年10月的全部承诺"
    assert [c.title for c in shown.columns] == [
        "承诺", "目标", "结果", "实际", "95%区间", "进行中", "未计入",
    ]  # fmt: skip
    assert shown.rows[0] == [
        "C（解决）", "2个工作日内达95%", "未达标", "278/306（90.8%）", "86.9%至93.7%", "1", "2",
    ]  # fmt: skip


@pytest.mark.parametrize("narrow", [False, True])
def test_the_figure_is_readable(narrow):
    result = service_levels(level("应付账款发票过账"), unsure(), kept("付款"), NO_CASES)
    assert_readable(drawn(plot(result), narrow=narrow))


def test_an_outage_table_without_a_promise():
    from slm_analysis.presentation.tables.downtime import downtime  # noqa: PLC0415

    empty = service_levels()
    assert isinstance(empty.outages, pd.DataFrame)
    assert downtime(empty).caption == "没有承诺可用率，也没有中断的记录"
