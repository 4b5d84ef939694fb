"""Numbers, dates and lists in Chinese: no spaces, 10月 and 2026年3月2日, ranges with 至."""

from __future__ import annotations

import pandas as pd
import pytest

from slm_analysis.presentation import numbers, periods
from slm_analysis.presentation.language import in_language
from slm_analysis.presentation.words.goals import FORMS, goal_in_words
from slm_analysis.sla.goals import parse_goal

pytestmark = pytest.mark.usefixtures("chinese")

DAY = pd.Timestamp("2026-03-02")


def test_dates():
    assert numbers.date(DAY) == "2026年3月2日"
    assert numbers.date(DAY, year=False) == "3月2日"
    assert numbers.brief_date(DAY) == "3月2日"
    assert numbers.brief_date(DAY, year=True) == "2026年3月2日"
    assert numbers.month(DAY) == "2026年3月"
    assert numbers.month(DAY, year=False) == "3月"
    assert numbers.brief_month(DAY) == "3月"
    assert numbers.brief_month(DAY, year=True) == "2026年3月"


@pytest.mark.parametrize(
    ("start", "end", "period", "months"),
    [
        ("2026-10-01", "2026-10-31", "2026年10月", "2026年10月"),
        ("2026-05-01", "2026-10-31", "2026年5月1日至2026年10月31日", "2026年5月至10月"),
        ("2025-11-01", "2026-10-31", "2025年11月1日至2026年10月31日", "2025年11月至2026年10月"),
        ("2026-10-05", "2026-10-05", "2026年10月5日", "2026年10月5日"),
    ],
)
def test_periods(start, end, period, months):
    start, end = pd.Timestamp(start), pd.Timestamp(end)
    assert numbers.period(start, end) == period
    assert numbers.months(start, end) == months


def test_spans_keep_the_sign_of_percent_on_both_ends():
    assert numbers.span("2.5", "5.1") == "2.5至5.1"
    assert numbers.span("−0.6", "+0.8") == "−0.6至+0.8"
    assert numbers.span("86.9%", "93.7%") == "86.9%至93.7%"


def test_figures():
    assert numbers.hours(4.74) == "4.7小时"
    assert numbers.hours(132.4) == "132小时"
    assert numbers.plain_hours(8) == "8小时"
    assert numbers.count(8412) == "8,412"
    assert numbers.part_of(158, 1519) == "158/1,519"
    assert numbers.share_of(276, 312, "88.5%") == "276/312（88.5%）"
    assert numbers.counted(1200, "{n} month", "{n} months") == "1,200个月"
    assert [numbers.in_words(n) for n in (0, 2, 9, 12)] == ["0", "2", "9", "12"]
    assert [numbers.times(n) for n in (0, 1, 2, 5)] == ["0次", "1次", "2次", "5次"]
    assert numbers.about_one_in(0.19) == "约5次中有1次"


@pytest.mark.parametrize(
    ("items", "most", "text"),
    [([], None, ""), (["甲"], None, "甲"), (["甲", "乙", "丙"], None, "甲、乙和丙"),
     (["甲", "乙", "丙", "丁"], 2, "甲、乙和另外2项")],
)  # fmt: skip
def test_listed(items, most, text):
    assert numbers.listed(items, most) == text


def test_lists():
    assert numbers.enumerated(["甲", "乙"]) == "甲、乙"
    assert numbers.in_phrases(["甲变好", "乙变差"]) == "甲变好，乙变差"
    assert numbers.itemised(["甲，乙", "丙"]) == "甲，乙；丙"


@pytest.mark.parametrize(
    ("kind", "one", "every", "several", "on"),
    [
        ("day", "天", "天", "12天", "2026年3月2日"),
        ("week", "周", "周", "12周", "2026年3月2日当周"),
        ("month", "个月", "月份", "12个月", "2026年3月"),
        ("quarter", "个季度", "季度", "12个季度", "2026年3月"),
        ("point", "个点", "点", "12个点", "2026年3月2日"),
        (None, "个时段", "时段", "12个时段", "2026年3月2日"),
    ],
)
def test_periods_of_a_series(kind, one, every, several, on):
    assert periods.one_period(kind) == one
    assert periods.all_periods(kind) == every
    assert periods.so_many_periods(12, kind) == several
    assert periods.on(DAY, kind) == on
    with in_language("en"):
        assert periods.so_many_periods(1, kind) == f"1 {kind or 'period'}"
        assert periods.all_periods(kind) == f"{kind or 'period'}s"


def test_numbered_periods():
    assert periods.since(19.0, "point") == "第19个点"
    assert periods.on(19.0, None) == "第19个时段"


@pytest.mark.parametrize(
    ("written", "translated"),
    [
        ("95% within 4h", "4小时内达95%"),
        ("99.5% within 30 minutes", "30分钟内达99.5%"),
        ("98% within 1 working day", "1个工作日内达98%"),
        ("95% within 2 working days", "2个工作日内达95%"),
        ("98% by due date", "到期前达98%"),
        ("60% as recorded", "按来源记录达60%"),
        ("95% by end of next working day", "次一工作日结束前达95%"),
        ("98% by working day 10 of the same month", "当月第10个工作日结束前达98%"),
        ("100% by working day 3 of the following month, 18:00", "次月第3个工作日18:00前达100%"),
        ("at most 0.5%", "不超过0.5%"),
        ("at least 99.5%", "不低于99.5%"),
        ("at least 4.2 of 5", "不低于4.2（满分5）"),
        ("at least -10", "不低于-10"),
        ("as agreed {a}", "as agreed {a}"),
        ("95  %  within 4 h", "95  %  within 4 h"),
    ],
)
def test_goals(written, translated):
    assert goal_in_words(written) == translated
    with in_language("en"):
        assert goal_in_words(written) == written


def test_every_form_is_a_goal():
    for form in FORMS:
        assert parse_goal(form.format(a=4, b=5, c="18:00"), working_day=3600)
