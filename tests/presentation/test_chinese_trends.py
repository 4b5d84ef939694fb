"""What is said of trends and forecasts in Chinese: every verdict in its exact words."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from slm_analysis.presentation import plot, say, table
from slm_analysis.presentation.words import outlook as outlook_words
from slm_analysis.presentation.words import trend as words

from .drawn import assert_readable, drawn, texts
from .test_words_trend import FALLING, FIGURES, NOTHING, STILL, made_up, sentence

pytestmark = pytest.mark.usefixtures("chinese")

SHIFT = {"time": pd.Timestamp("2026-06-01"), "size": -0.056, "low": -0.078, "high": -0.039}
RISING = {"verdict": "rising", "slope": 0.004, "slope_low": 0.0021, "slope_high": 0.0061}
FORECAST = "2026年11月预计为88%（82%至93%）；10次中约9次达不到95%。"
RECORD = "最近12次此类预测中，有11次的区间包含了实际值。"


@pytest.mark.parametrize(
    ("row", "text"),
    [
        ({}, f"每个月下降0.4个百分点（0.2至0.6）。{FORECAST}{RECORD}"),
        (RISING, f"每个月上升0.4个百分点（0.2至0.6）。{FORECAST}{RECORD}"),
        (STILL, f"没有明确趋势（每个月−0.6至+0.3个百分点）。{FORECAST}{RECORD}"),
        (STILL | {"shifts": [SHIFT]}, "自2026年6月起低了5.6个百分点（3.9至7.8）；此外没有明确趋势"
         f"（每个月−0.6至+0.3个百分点）。{FORECAST}{RECORD}"),
        ({"shifts": [SHIFT]}, "自2026年6月起低了5.6个百分点（3.9至7.8）；此外每个月下降0.4个百分点"
         f"（0.2至0.6）。{FORECAST}{RECORD}"),
        ({"backtested": 0, "held": 0}, f"每个月下降0.4个百分点（0.2至0.6）。{FORECAST}"
         "此类预测尚未能用过去检验。"),
        ({"backtested": 1, "held": 0}, f"每个月下降0.4个百分点（0.2至0.6）。{FORECAST}"
         "用过去检验过的一次此类预测，区间没有包含实际值。"),
        ({"target": np.nan, "chance_missed": np.nan}, "每个月下降0.4个百分点（0.2至0.6）。"
         f"2026年11月预计为88%（82%至93%）。{RECORD}"),
        (NOTHING | {"verdict": "cannot_tell", "reason": "too_few_points", "n_points": 8},
         "完整数据只有8个月，尚无法判断；至少需要12个月。"),
        (NOTHING | {"verdict": "cannot_tell", "reason": "no_variation"},
         "无法判断；月份之间没有波动，就无从判断。"),
    ],
)  # fmt: skip
def test_sentences(row, text):
    assert sentence(**row) == f"Invoice posting：{text}"


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.0, "100次中不到1次"),
        (0.02, "50次中约1次"),
        (0.12, "10次中约1次"),
        (0.91, "10次中约9次"),
        (0.95, "20次中约19次"),
        (1.0, "100次中超过99次"),
    ],
)
def test_chances_in_round_counts(share, text):
    assert words.chance(share) == text


def test_many_series():
    result = made_up(*[FALLING | {"service": f"S{i}"} for i in range(8)])
    assert say(result).sentences[-1] == "表中还有3项。"
    assert say(result).caveats == [
        "预测的前提是一切照旧；今后的改变不在其中。",
        "假定下一个月的数量等于最近12个月的中位数。",
        "8个序列的斜率是一并判断的；其区间（99.4%）已考虑这一点。",
    ]
    assert words.caption(result).title == "S0、S1、S2和另外5项在下降"
    shown = table(result)
    assert shown.caption == "2026年11月的预期"
    assert [column.title for column in shown.columns] == [
        "序列", "趋势", "每个月，百分点", "照此一年，百分点", "2026年11月预期", "目标",
        "达不到目标的可能", "应验的预测",
    ]  # fmt: skip
    assert shown.rows[0] == [
        "S0", "每个月下降0.4个百分点", "−0.4（−0.6至−0.2）", "−4.8（−7.3至−2.5）",
        "88%（82%至93%）", "95%", "10次中约9次", "11/12",
    ]  # fmt: skip


def headings(*chances: float) -> list:
    rows = [FALLING | {"service": f"S{i}", "chance_missed": c} for i, c in enumerate(chances)]
    return words.headings(made_up(*rows))


@pytest.mark.parametrize(
    ("chances", "title"),
    [
        ((0.95,), "S0在2026年11月很可能达不到目标"),
        ((0.95, 0.92), "S0和S1在2026年11月很可能达不到目标"),
        ((0.6, 0.1), "S0在2026年11月有可能达不到目标"),
        ((0.2,), "2026年11月没有哪项服务很可能达不到目标"),
    ],
)
def test_titles_of_the_outlook(chances, title):
    assert outlook_words.title(headings(*chances)) == title


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("name", FIGURES)
def test_figures_are_readable(name, narrow):
    assert_readable(drawn(plot(FIGURES[name]), narrow=narrow))


def test_the_names_at_the_ends_of_lines():
    shown = texts(drawn(plot(FIGURES["one"]), narrow=False))
    assert {"88%", "82%至93%", "目标", "95%"} <= set(shown)
