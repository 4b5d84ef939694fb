"""Every text of ours that a catalogue must hold: marked in modules and templates, or a heading."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import nbformat
from jinja2.ext import babel_extract

import slm_analysis
from slm_analysis.batch.new_notebook import TEMPLATE
from slm_analysis.batch.pages import H2
from slm_analysis.batch.parameters import report_title
from slm_analysis.presentation.words.caveats import SENTENCES
from tests.conftest import PROJECT

Text = tuple[str | None, str | tuple[str, str]]
"""Context, and the text or its singular and plural."""

PACKAGE = Path(slm_analysis.__file__).parent
MARKS = {"_": (0,), "N_": (0,), "ngettext": (0, 1), "counted": (1, 2), "pgettext": (1,)}
"""Functions that a text is given to, and at which places."""


def marked_texts() -> dict[Text, str]:
    """Return every text with the file that it stands in."""
    return dict(_texts())


def _texts() -> Iterator[tuple[Text, str]]:
    for file in sorted(PACKAGE.rglob("*.py")):
        for text in _of_module(file):
            yield text, file.relative_to(PACKAGE).as_posix()
    for sentence in SENTENCES.values():
        yield (None, sentence), "presentation/words/caveats.py"
    for file in sorted(PACKAGE.rglob("*.j2")):
        with file.open("rb") as source:
            for _, mark, found, _ in babel_extract(source, ("_", "pgettext"), (), {}):
                text = (None, found) if mark == "_" else tuple(found)
                yield text, file.relative_to(PACKAGE).as_posix()
    for file in (*sorted((PROJECT / "notebooks").glob("*.ipynb")), TEMPLATE):
        yield (None, report_title(file)), file.name
        for cell in nbformat.read(file, as_version=4).cells:
            if cell.cell_type == "markdown" and (heading := H2.match(cell.source)):
                yield (None, heading[1].strip()), file.name


def _of_module(file: Path) -> Iterator[Text]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if not (isinstance(node, ast.Call) and getattr(node.func, "id", "") in MARKS):
            continue
        given = [arg.value if isinstance(arg, ast.Constant) else None for arg in node.args]
        found = [given[at] for at in MARKS[node.func.id] if at < len(given)]
        if not all(isinstance(text, str) for text in found):
            continue
        if node.func.id == "counted" and "{n}" not in str(found[-1]):
            continue  # a bare noun, not marked yet
        context = given[0] if node.func.id == "pgettext" else None
        yield context, found[0] if len(found) == 1 else tuple(found)
