"""A notebook for a question of the user's own, from a template that works as it stands."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

import nbformat

from slm_analysis.dataset.prepare import prepare
from slm_analysis.errors import Fault, InputError
from slm_analysis.project import NOTEBOOKS, PREPARED

TEMPLATE = Path(__file__).parent / "template" / "question.ipynb"
TITLE, UNIT = "My question", '"Manufacturing"'
"""What the template has where title and unit go."""
NAME = re.compile(r"(?:(\d\d)[ _-]+)?(\w[\w -]*)")
"""Letters of any script, digits, spaces and hyphens: nothing that leads out of the folder."""
BETWEEN_WORDS = re.compile(r"[ _-]+")
LONGEST = 60


def new_notebook(root: Path, name: str) -> Path:
    """Write a notebook into a project; return its file. It opens the first unit in the data.

    Parameters
    ----------
    root : Path
        The project's folder.
    name : str
        The question in a few words, ``my-question``. It gets the next number, or keeps the one
        that it begins with: ``07_my_question``.

    Raises
    ------
    InputError
        For a name that is none or that a notebook of the project has, and where the data cannot
        be used.
    """
    number, words = _parts(name)
    folder = root / NOTEBOOKS
    others = sorted(folder.glob("[0-9]*.ipynb"))
    _require_new(words, others)
    file = folder / f"{number or _next_number(others)}_{words}.ipynb"
    notebook = nbformat.read(TEMPLATE, as_version=4)
    title, parameters, *_ = notebook.cells
    title.source = title.source.replace(TITLE, _as_title(words), 1)
    first_unit = min(prepare(root, root / PREPARED).units, default="")
    preset = json.dumps(first_unit, ensure_ascii=False)
    parameters.source = parameters.source.replace(UNIT, preset, 1)
    folder.mkdir(exist_ok=True)
    with file.open("x", encoding="utf-8") as target:
        nbformat.write(notebook, target)
    return file


def _parts(name: str) -> tuple[str, str]:
    """Return the number that a name begins with, if it does, and its words as in a file's name."""
    found = NAME.fullmatch(name.removesuffix(".ipynb").strip())
    words = BETWEEN_WORDS.sub("_", found[2]).strip("_") if found else ""
    if not found or not words or len(words) > LONGEST:
        remedy = f"Use letters, digits and hyphens, at most {LONGEST}: my-question."
        raise InputError(Fault("This is no name for a notebook.", remedy, value=name))
    return found[1] or "", words


def _require_new(words: str, others: Sequence[Path]) -> None:
    for other in others:
        _number, _between, theirs = other.stem.partition("_")
        if theirs.casefold() == words.casefold():
            raise InputError(Fault("There is a notebook of this name.", "Choose another.", other))


def _next_number(others: Sequence[Path]) -> str:
    used = [int(digits[0]) for other in others if (digits := re.match(r"\d+", other.stem))]
    return f"{max(used, default=0) + 1:02d}"


def _as_title(words: str) -> str:
    plain = words.replace("_", " ")
    return plain[0].upper() + plain[1:]
