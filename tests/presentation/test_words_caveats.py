"""Every caveat has its sentence; none gets lost."""

from __future__ import annotations

import ast
import string
from pathlib import Path

import pytest

import slm_analysis
from slm_analysis.presentation.words.caveats import SENTENCES, caveats
from slm_analysis.result import note

PACKAGE = Path(slm_analysis.__file__).parent


def noted(module: str) -> dict[str, set[str]]:
    """Return code and value names of each note that a module writes."""
    tree = ast.parse((PACKAGE / module).read_text(encoding="utf-8"))
    return {
        node.args[0].value: {keyword.arg for keyword in node.keywords}
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") == "note"
        and isinstance(node.args[0], ast.Constant)
    }


@pytest.mark.parametrize("module", ["questions/service_levels.py", "questions/portfolio.py"])
def test_notes_of_answers_have_sentences_that_use_what_they_hold(module):
    found = noted(module)
    assert found
    for code, values in found.items():
        fields = {name for _, name, *_ in string.Formatter().parse(SENTENCES[code]) if name}
        assert fields <= values, code


def test_sentences_are_whole():
    for sentence in SENTENCES.values():
        assert sentence.endswith("."), sentence
        assert sentence[0].isupper() or sentence[0] == "{", sentence


def test_in_order_with_their_values():
    told = caveats(
        [note("uncovered", n=1200), note("tickets_without_history", n=1, tickets=30_000)]
    )
    assert told == [
        "Not judged, for no agreement covers them: 1,200 of the tickets.",
        "Without a status history, so that pauses are unknown: 1 of 30,000 tickets.",
    ]


def test_a_caveat_without_sentence_is_an_error():
    with pytest.raises(KeyError):
        caveats([note("never_heard_of")])
