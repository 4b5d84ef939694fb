"""What became of the data, and how a report was made, in Chinese."""

from __future__ import annotations

import pytest

from slm_analysis.presentation.about import source_entries
from slm_analysis.presentation.words.data_quality import NOTES, REASONS, quality_notes, reason
from slm_analysis.presentation.words.data_quality import rejections as rejected
from slm_analysis.result import Note, note

from .test_words_data_quality import quality

pytestmark = pytest.mark.usefixtures("chinese")


def test_rejections_by_table():
    told = quality(
        [("tickets", "missing_opened_at", 1335), ("tickets", "repeated_ticket_id", 1),
         ("surveys", "out_of_scale", 2), ("surveys", "unreadable_score", 1)]
    )  # fmt: skip
    assert rejected(told) == (
        "tickets：1,335行缺少opened_at，1行ticket_id重复；surveys：2行评分超出量表，1行score无法读取"
    )


def test_assumptions_by_table():
    told = quality(
        [],
        note("defaulted", table="tickets", column="service", label="其他", n=2),
        note("due_at_before_opening", table="tickets", n=1200),
        note("taken_from_ticket", table="surveys", column="service", n=3),
        note("date_format_settled", table="surveys", column="responded_at", date_format="%d/%m/%Y"),
    )
    assert quality_notes(told) == (
        "tickets：2行缺少service，归入“其他”，1,200行的到期早于开单；"
        "surveys：3行的service取自其工单，responded_at按%d/%m/%Y读取，这是唯一适合全部取值的格式"
    )


def test_every_reason_and_note_is_told_in_chinese():
    values = {
        "table": "t",
        "column": "c",
        "label": "x",
        "n": 1,
        "date_format": "f",
        "encoding": "e",
    }
    for code in REASONS:
        assert not reason(code).isascii()
    for code in NOTES:
        assert not quality_notes(quality([], Note(code, values))).isascii()


def test_nothing_rejected_and_nothing_assumed():
    entries = dict(source_entries(quality()))
    assert list(entries) == ["数据来源", "读入行数", "拒绝", "假定"]
    assert (entries["拒绝"], entries["假定"]) == ("无", "无")
