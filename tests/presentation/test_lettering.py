"""Texts are cut and broken by their width, whatever the script."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slm_analysis.presentation.lettering import letters, shortened, wrapped

TEXT = st.text(st.sampled_from("abcWMil 12%–é华东销售部مرحبا🧾\n"), max_size=60)


def test_widths():
    assert letters("") == 0
    assert letters("华东") == 4
    assert letters("iiii") < letters("nnnn") < letters("WWWW")
    usual = "Invoice posting, resolution at the shared service centre"
    assert letters(usual) == pytest.approx(len(usual), rel=0.1)


@pytest.mark.parametrize(
    ("text", "most", "shown"),
    [
        ("Invoices", 20, "Invoices"),
        ("华东销售部共享服务中心", 9, "华东销售…"),
        ("two\n lines", 20, "two lines"),
        ("", 5, ""),
    ],
)
def test_shortened(text, most, shown):
    assert shortened(text, most) == shown


@given(text=TEXT, most=st.integers(2, 40))
def test_a_shortened_text_fits(text, most):
    shown = shortened(text, most)
    assert letters(shown) <= most + 1
    line = " ".join(text.split())
    assert shown == line or (shown.endswith("…") and line.startswith(shown[:-1]))


def test_lines():
    assert wrapped("Missed by more than chance: Invoices", 20) == [
        "Missed by more than", "chance: Invoices",
    ]  # fmt: skip
    assert wrapped("华东销售部共享服务中心", 8) == ["华东销售", "部共享服", "务中心"]
    assert wrapped("x" * 30, 12) == ["x" * 10] * 3
    # In Chinese a line begins with no closing mark and ends with no opening one; words stay whole.
    assert wrapped("Invoices（解决）：未达标。", 13) == ["Invoices（解", "决）：未达", "标。"]
    assert wrapped("目标为（“95%”）", 11) == ["目标为", "（“95%”）"]
    assert wrapped("", 10) == []


@given(text=TEXT, most=st.integers(4, 40))
def test_lines_fit_and_lose_nothing(text, most):
    lines = wrapped(text, most)
    assert all(letters(line) <= most for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())
