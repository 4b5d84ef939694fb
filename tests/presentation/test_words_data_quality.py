"""What is said about rows: every reason and every assumption has words, for one row and many."""

from __future__ import annotations

import ast
from pathlib import Path

import pandas as pd
import pytest

from slm_analysis import intake
from slm_analysis.dataset.data_quality import TABLE_COLUMNS, DataQuality
from slm_analysis.intake.contract import RULES, TABLES
from slm_analysis.presentation.words.data_quality import (
    NOTES,
    REASONS,
    quality_notes,
    reason,
    rejections,
)
from slm_analysis.result import Note, note


def quality(rejected: list[tuple[str, str, int]] = (), *notes: Note) -> DataQuality:
    return DataQuality(
        tables=pd.DataFrame([], columns=TABLE_COLUMNS),
        rejections=pd.DataFrame(rejected, columns=["table", "reason", "n"]),
        notes=notes,
    )


def codes(function: str) -> set[str]:
    """Return the constant codes that the intake gives to a function."""
    found = set()
    for file in Path(intake.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == function:
                found |= {a.value for a in node.args if isinstance(a, ast.Constant) and a.value}
    return found


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("missing_opened_at", "without opened_at"),
        ("repeated_ticket_id", "with a repeated ticket_id"),
        ("unreadable_score", "with an unreadable score"),
        ("event_after_as_of", "with an event after the export"),
        ("unknown_ticket", "of a ticket that is not among those used"),
        ("too_many_fields", "with too many fields"),
    ],
)
def test_reasons_in_words(code, words):
    assert reason(code) == words


def test_every_reason_of_the_contract_has_words():
    for rules in RULES.values():
        for code, *_ in rules:
            assert reason(code)
    for code in ("event_after_as_of", "unknown_ticket", "unknown_business_unit", *REASONS):
        assert reason(code)


def test_every_note_of_the_intake_has_words():
    assert codes("note") <= set(NOTES)
    times = [c.name for c in TABLES["tickets"] if c.name.endswith("_at") and c.name != "opened_at"]
    assert {f"{name}_before_opening" for name in times} <= set(NOTES)


def test_rejections_by_table():
    told = quality(
        [("tickets", "missing_opened_at", 1335), ("tickets", "repeated_ticket_id", 1),
         ("surveys", "out_of_scale", 2)]
    )  # fmt: skip
    assert rejections(told) == (
        "tickets: 1,335 without opened_at, 1 with a repeated ticket_id; "
        "surveys: 2 with a score off its scale"
    )
    assert rejections(quality()) == ""


@pytest.mark.parametrize("n", [1, 2000])
def test_assumptions_by_table(n):
    told = quality(
        [],
        note("defaulted", table="tickets", column="service", label="Other", n=n),
        note("due_at_before_opening", table="tickets", n=n),
        note("closed_in_opening_second", table="tickets", n=n),
        note("taken_from_ticket", table="surveys", column="service", n=n),
    )
    assert quality_notes(told) == (
        f"tickets: {n:,} without service, kept under 'Other', {n:,} due before the opening, "
        f"{n:,} closed in the second of their opening; surveys: {n:,} with service taken from "
        "their ticket"
    )


def test_every_note_can_be_said():
    values = {"table": "tickets", "column": "opened_at", "label": "Other", "n": 1,
              "date_format": "%d/%m/%Y", "encoding": "cp1252", "timezone": "UTC"}  # fmt: skip
    for code in NOTES:
        words = quality_notes(quality([], Note(code, values)))
        assert words.startswith("tickets: ")
        assert "{" not in words


def test_names_with_braces_and_percent_stay_as_they_are():
    told = quality([], note("defaulted", table="tickets", column="{x} %s", label="{y}", n=1))
    assert quality_notes(told) == "tickets: 1 without {x} %s, kept under '{y}'"
