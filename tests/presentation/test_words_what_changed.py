"""What is said and drawn of what changed, from results built by hand."""

import re

import pandas as pd
import pytest

from slm_analysis.analyses.attainment_change import attainment_change
from slm_analysis.presentation import plot, say, table
from slm_analysis.presentation.methods import method
from slm_analysis.questions.what_changed import WhatChanged

NOT_SAID = re.compile(r"\b(because|proves|certainly|clearly)\b|p-value|p = ", re.IGNORECASE)


def period(counts):
    return pd.DataFrame(
        [(name, i >= met) for name, (met, n) in counts.items() for i in range(n)],
        columns=["service", "breached"],
    )


def changed(before, after, **values):
    parts = attainment_change(period(before), period(after), by="service") if before else None
    given = {
        "business_unit": "华东销售部",
        "period_start": pd.Timestamp("2026-10-01"),
        "period_end": pd.Timestamp("2026-10-31"),
        "before_start": pd.Timestamp("2026-09-01"),
        "before_end": pd.Timestamp("2026-09-30"),
        "target": "resolution_time",
        "metric": "resolution_time",
        "by": "service",
        "parts": parts,
    }
    return WhatChanged(**(given | values))


FELL = (
    {"Invoices": (190, 200), "Travel": (90, 100)},
    {"Invoices": (160, 200), "Travel": (90, 100)},
)
SAME = (
    {"Invoices": (190, 200), "Travel": (90, 100)},
    {"Invoices": (188, 200), "Travel": (90, 100)},
)


def test_a_fall_of_one_service():
    result = changed(*FELL)
    assert plot(result).caption.title == (
        "The share in time fell 10.0 points from September 2026 to October 2026, mostly Invoices"
    )
    assert say(result).sentences == [
        "83.3% of 300 tickets were in time in October 2026, 93.3% of 300 in September 2026: "
        "−10.0 points (−15.2 to −4.9).",
        "How well the services did makes −10.0 points of it, the mix of tickets 0.0.",
        "Invoices did worse by more than chance: 80.0% of 200 after 95.0% of 200, which makes "
        "−10.0 points (−15.0 to −5.1).",
    ]
    assert say(result).caveats[:2] == [
        "2 comparisons of services with themselves, corrected for (Benjamini-Hochberg).",
        "A part says where the change lies, not why.",
    ]


def test_a_rise_is_told_as_one():
    result = changed(*reversed(FELL))
    assert plot(result).caption.title == (
        "The share in time rose 10.0 points from September 2026 to October 2026, mostly Invoices"
    )
    assert "Invoices did better by more than chance" in say(result).sentences[2]
    assert "var(--acc)" not in plot(result).svg(narrow=False)


def test_a_change_of_mix_names_no_service():
    result = changed(
        {"Invoices": (190, 200), "Travel": (80, 100)}, {"Invoices": (38, 40), "Travel": (208, 260)}
    )
    assert plot(result).caption.title == (
        "The share in time fell 8.0 points from September 2026 to October 2026"
    )
    assert say(result).sentences[1:] == [
        "How well the services did makes 0.0 points of it, the mix of tickets −8.0.",
        "None of the services changed by more than chance.",
    ]


def test_chance_is_called_that():
    result = changed(*SAME)
    assert plot(result).caption.title == (
        "The share in time changed by no more than chance since September 2026"
    )
    assert say(result).sentences[0] == (
        "92.7% of 300 tickets were in time in October 2026, 93.3% of 300 in September 2026: "
        "−0.7 points (−4.9 to +3.5), no more than chance alone can make."
    )


def test_a_service_that_changed_under_a_steady_whole():
    result = changed(
        {"Invoices": (190, 200), "Travel": (160, 200)},
        {"Invoices": (160, 200), "Travel": (190, 200)},
    )
    assert plot(result).caption.title == (
        "The share in time changed by no more than chance since September 2026, but that of "
        "Invoices and Travel did"
    )


def test_responses_and_other_groups_have_their_words():
    result = changed(*FELL, metric="response_time")
    assert "The share answered in time fell" in plot(result).caption.title
    parts = attainment_change(
        period(FELL[0]).rename(columns={"service": "opening_team"}),
        period(FELL[1]).rename(columns={"service": "opening_team"}),
        by="opening_team",
    )
    result = changed(*FELL, by="opening_team", parts=parts)
    assert say(result).sentences[1].startswith("How well the groups by team at opening did")
    assert plot(result).caption.subtitle.endswith("by team at opening")


def test_nothing_to_compare():
    result = changed(None, None)
    assert say(result).sentences == ["September 2026 or October 2026 has no ticket that counts."]
    assert plot(result).caption.title == "October 2026 cannot be compared with September 2026"
    assert table(result).rows == []
    assert plot(result).svg(narrow=True) == ""


def test_small_groups_are_said_to_be_in_the_sums():
    result = changed({"Invoices": (20, 20)}, {"Invoices": (15, 20)})
    assert say(result).sentences[-1] == (
        "No group has enough tickets in both periods to be compared with itself."
    )
    assert say(result).caveats == [
        "A part says where the change lies, not why.",
        "When tickets were opened is not on record; each counts as if on its own.",
        "Groups with fewer than 30 tickets in either period, counted in the sums and not judged: "
        "1.",
    ]


@pytest.mark.parametrize("result", [changed(*FELL), changed(*SAME)], ids=["fell", "same"])
def test_no_sentence_claims_a_cause(result):
    assert not NOT_SAID.search(f"{say(result)} {plot(result).caption}")


def test_the_table_adds_up():
    shown = table(changed(*FELL))
    assert shown.rows == [
        ["Invoices", "95.0% of 200", "80.0% of 200", "−10.0 (−15.0 to −5.1)", "0.0", "−10.0"],
        ["Travel", "90.0% of 100", "90.0% of 100", "0.0 (−3.3 to +3.3)", "0.0", "0.0"],
        ["All", "93.3% of 300", "83.3% of 300", "−10.0", "0.0", "−10.0 (−15.2 to −4.9)"],
    ]
    assert shown.accented == [0]


def texts(svg):
    return re.findall(r">([^<>]+)</text>", svg)


def test_the_figure_steps_from_one_share_to_the_other():
    chart = plot(changed(*FELL))
    for narrow in (False, True):
        said = texts(chart.svg(narrow=narrow))
        for text in ("September 2026", "93.3% of 300", "−10.0: 95.0% → 80.0%", "October 2026",
                     "83.3% of 300", "Mix of tickets"):  # fmt: skip
            assert text in said
        assert "var(--acc)" in chart.svg(narrow=narrow)
    assert "var(--acc)" not in plot(changed(*SAME)).svg(narrow=False)


def test_many_groups_beyond_the_seventh_are_one_step():
    counts = {f"S{i}": (90 + i, 100) for i in range(10)}
    chart = plot(changed(counts, {name: (met - 1, n) for name, (met, n) in counts.items()}))
    assert "3 others" in texts(chart.svg(narrow=False))


def test_the_method_is_named():
    assert "after Kitagawa" in dict(method(changed(*FELL)))["What changed"]
    assert method(changed(None, None)) == []
