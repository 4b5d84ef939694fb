"""What is said of what a process can keep: every verdict in its exact words, in both languages."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from slm_analysis.analyses.capability import Capability, capability
from slm_analysis.presentation import say, table
from slm_analysis.presentation.language import LANGUAGES, in_language

HOURS = np.tile(np.arange(1.0, 21.0), 10)
"""200 tickets: ten of 1 h, ten of 2 h … ten of 20 h."""


def kept(target: float, hours: np.ndarray = HOURS, **columns: object) -> Capability:
    options = {"done": {"ended": "done"}, "service": {"by": "service"}}
    how = {name: value for column in columns for name, value in options[column].items()}
    return capability(pd.DataFrame({"hours": hours, **columns}), time="hours", target=target, **how)


SOME_OPEN = kept(10.0, HOURS[:30], done=np.arange(30) % 3 == 0)
ALL_OPEN = kept(30.0, HOURS[:6], done=False)


@pytest.mark.parametrize(
    ("result", "english", "chinese"),
    [
        (kept(8.0, service="付款"),
         "付款: 8 h for 95%: not kept. 60.0% of 200 tickets took longer (53.0 to 66.6%). 95% of "
         "them are done within 19.0 h (19.0 h to 20.0 h).",
         "付款：8小时内完成95%：未做到。200单中有60.0%用时更长（53.0%至66.6%）。"
         "其中95%在19.0小时内完成（19.0小时至20.0小时）。"),
        (kept(40.0),
         "40 h for 95%: kept. 0% of 200 tickets took longer (0 to 1.9%). 95% of them are done "
         "within 19.0 h (19.0 h to 20.0 h).",
         "40小时内完成95%：做到。200单中有0%用时更长（0%至1.9%）。"
         "其中95%在19.0小时内完成（19.0小时至20.0小时）。"),
        (SOME_OPEN,
         "10 h for 95%: not kept. 58.8% of 17 tickets took longer (33.8 to 80.0%). By when 95% "
         "are done is not known yet: too many are still open.",
         "10小时内完成95%：未做到。17单中有58.8%用时更长（33.8%至80.0%）。"
         "95%何时完成尚不得知：未结的太多。"),
        (ALL_OPEN,
         "30 h for 95%: cannot tell. By when 95% are done is not known yet: too many are still "
         "open.",
         "30小时内完成95%：无法判断。95%何时完成尚不得知：未结的太多。"),
    ],
)  # fmt: skip
def test_sentences(result, english, chinese):
    for code, sentence in zip(LANGUAGES, (english, chinese), strict=True):
        with in_language(code):
            assert say(result).sentences == [sentence]


def test_caveats():
    assert say(SOME_OPEN).caveats == [
        "Still open and within their target, and so left out of the shares: 13 of the tickets. "
        "The times count them as open.",
        "With so few or so many open tickets the longest time kept is not known; groups "
        "concerned: 1.",
    ]
    with in_language("zh"):
        assert say(SOME_OPEN).caveats == [
            "未结且仍在目标时间内、因此不计入比例的工单：13单。在用时中按未结计。",
            "工单太少或未结太多，能做到的最长时间无从得知；涉及分组：1个。",
        ]


def test_the_table():
    shown = table(kept(8.0, service="付款"))
    assert shown.rows == [
        ["付款", "8 h for 95%: not kept", "200", "0", "120 of 200, 60.0%", "53.0 to 66.6%",
         "19.0 h", "19.0 h to 20.0 h"],
    ]  # fmt: skip
    assert shown.columns[6].title == "95% done within"
    assert shown.accented == [0]
    with in_language("zh"):
        shown = table(kept(8.0, service="付款"))
        assert shown.columns[6].title == "95%完成用时"
        assert shown.rows[0][4:6] == ["120/200（60.0%）", "53.0%至66.6%"]
