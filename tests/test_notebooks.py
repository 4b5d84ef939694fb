"""Notebooks: thin, clean, one form for all, and they run from top to bottom as they stand."""

from __future__ import annotations

import ast
import io
import json
import re
import tokenize
from pathlib import Path

import nbformat
import pytest

import slm_analysis as slm
from slm_analysis.batch.parameters import TITLE, declared
from slm_analysis.dataset.told_batch import COMPARISON_READ
from slm_analysis.presentation.views import KEY_FIGURES, PAGE
from tests.conftest import PROJECT

NOTEBOOKS = sorted((PROJECT / "notebooks").glob("*.ipynb"))
CHECKED = {"keep_output", "nbval-check-output"}
UNITS = ("华东销售部", "Manufacturing", "Logistics", "Head Office", "Sales West",
         "Research & Development")  # fmt: skip
DRAWING = [
    name
    for name in slm.__all__
    if getattr(getattr(slm, name), "__annotations__", {}).get("return") == "Chart"
]
CHARTS = re.compile(rf"\bslm\.({'|'.join(DRAWING)})\(")
IMAGES = {"image/png", "image/svg+xml", "image/jpeg"}
SECRET = re.compile(r"\b[0-9a-f]{12,}\b|\d\d:\d\d:\d\d|/(home|root|work|tmp|Users)/|\d+\.\d+\.\d+")
"""Hashes, times of day, paths and versions: what differs from one run or machine to the next."""

every = pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda n: n.stem)


def cells(notebook: Path, kind: str) -> list:
    return [c for c in nbformat.read(notebook, as_version=4).cells if c.cell_type == kind]


def tags(cell) -> set[str]:
    return set(cell.metadata.get("tags", ()))


def shown(cell) -> list[str]:
    """Return the MIME types of a cell's outputs."""
    return [name for output in cell.outputs for name in output.get("data", {})]


def test_there_are_notebooks():
    assert "plot" in DRAWING
    assert [n.stem for n in NOTEBOOKS][:2] == ["00_portfolio", "01_service_levels"]


@every
def test_it_is_a_valid_notebook_of_the_standard_kernel(notebook):
    found = nbformat.read(notebook, as_version=4)
    nbformat.validate(found)
    assert found.metadata["kernelspec"]["name"] == "python3"
    ids = [cell.id for cell in found.cells]
    assert len(ids) == len(set(ids))


@every
def test_one_parameters_cell_with_a_comment_on_each_line(notebook):
    (cell,) = [c for c in cells(notebook, "code") if "parameters" in tags(c)]
    presets = declared(notebook)
    statements = ast.parse(cell.source).body
    assert len(statements) == len(presets)
    comments = {
        token.start[0]
        for token in tokenize.generate_tokens(io.StringIO(cell.source).readline)
        if token.type == tokenize.COMMENT
    }
    assert {s.end_lineno for s in statements} <= comments
    dates = [v for v in presets.values() if isinstance(v, str) and re.match(r"\d{4}-", v)]
    assert all(re.fullmatch(r"\d{4}-\d{2}-\d{2}", date) for date in dates)


@every
def test_every_parameter_is_used(notebook):
    presets = declared(notebook)
    code = "\n".join(c.source for c in cells(notebook, "code") if "parameters" not in tags(c))
    names = {node.id for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)}
    assert set(presets) <= names


@every
def test_one_title_then_questions(notebook):
    headings = [
        line
        for cell in cells(notebook, "markdown")
        for line in cell.source.splitlines()
        if line.startswith("#")
    ]
    assert [h for h in headings if h.startswith("# ")] == headings[:1]
    assert all(h.startswith("## ") for h in headings[1:])
    assert TITLE.match(cells(notebook, "markdown")[0].source)


@every
def test_it_ends_with_how_it_was_made(notebook):
    found = nbformat.read(notebook, as_version=4).cells
    at = max(i for i, c in enumerate(found) if c.cell_type == "markdown")
    assert found[at].source == "## About this report"
    code = [c.source for c in found[at + 1 :]]
    assert code[0].startswith("slm.about")
    key_figures = [source.startswith("slm.key_figures(") for source in code[1:]]
    assert key_figures == ([] if notebook.stem == "00_portfolio" else [True])


@every
def test_markdown_holds_no_figures_and_no_names_of_units(notebook):
    for cell in cells(notebook, "markdown"):
        assert not re.search(r"\d", cell.source), cell.source
        assert not any(unit in cell.source for unit in UNITS), cell.source


@every
def test_cells_are_thin(notebook):
    for cell in cells(notebook, "code"):
        body = ast.parse(cell.source).body
        kinds = (ast.FunctionDef, ast.ClassDef, ast.For, ast.While, ast.With, ast.If, ast.Try)
        assert not any(isinstance(node, kinds) for node in body), cell.source
        if "parameters" not in tags(cell):
            assert len(body) <= 2, cell.source


@every
def test_it_is_stored_as_run_from_top_to_bottom_without_images(notebook):
    code = cells(notebook, "code")
    assert [c.execution_count for c in code] == list(range(1, len(code) + 1))
    for cell in code:
        assert not IMAGES & set(shown(cell)), cell.source
        assert not any(output.output_type in {"error", "stream"} for output in cell.outputs)
        if "keep_output" not in tags(cell):
            assert cell.outputs == [], cell.source


@every
def test_only_text_that_stays_the_same_is_checked(notebook):
    for cell in cells(notebook, "code"):
        assert tags(cell) & CHECKED in (set(), CHECKED), cell.source
        if "slm.about" in cell.source or CHARTS.search(cell.source):
            assert not tags(cell) & CHECKED, cell.source


@every
def test_it_runs_and_each_chart_is_one_image(executed_notebooks, notebook):
    for cell in cells(executed_notebooks[notebook.stem], "code"):
        images = [name for name in shown(cell) if name in IMAGES]
        assert images == (["image/png"] if CHARTS.search(cell.source) else []), cell.source
        assert not any(output.output_type in {"error", "stream"} for output in cell.outputs), (
            cell.source
        )


@every
def test_what_is_checked_holds_nothing_of_the_machine(executed_notebooks, notebook):
    for cell in cells(executed_notebooks[notebook.stem], "code"):
        if tags(cell) & CHECKED:
            for output in cell.outputs:
                text = output.data.get("text/plain", "")
                assert not SECRET.search(text), (cell.source, SECRET.search(text))


@every
def test_every_answer_has_a_version_for_the_page(executed_notebooks, notebook):
    for cell in cells(executed_notebooks[notebook.stem], "code"):
        for output in cell.outputs:
            if COMPARISON_READ in output.data:
                continue  # seen by nobody but the batch
            assert {PAGE, KEY_FIGURES} & set(output.data), cell.source
            assert output.data["text/plain"].strip(), cell.source


@pytest.mark.parametrize("notebook", NOTEBOOKS[1:], ids=lambda n: n.stem)
def test_the_report_of_a_unit_names_no_other(executed_notebooks, notebook):
    own = declared(notebook)["business_unit"]
    outputs = [c.outputs for c in cells(executed_notebooks[notebook.stem], "code")]
    told = json.dumps(outputs, ensure_ascii=False)
    assert own in told
    assert [name for name in UNITS if name != own and name in told] == []


@every
def test_figures_have_words_for_those_who_do_not_see_them(executed_notebooks, notebook):
    for cell in cells(executed_notebooks[notebook.stem], "code"):
        for output in cell.outputs:
            if "image/png" in output.data:
                alt = output.metadata["image/png"]["alt"]
                assert alt == output.data["text/plain"]
                assert len(alt.split()) > 3


@every
def test_key_figures_are_told_once_by_units_and_never_by_the_portfolio(
    executed_notebooks, notebook
):
    code = cells(executed_notebooks[notebook.stem], "code")
    told = [o.data[KEY_FIGURES] for c in code for o in c.outputs if KEY_FIGURES in o.data]
    if notebook.stem == "00_portfolio":
        assert told == []
    else:
        (figures,) = told
        assert figures["business_unit"] == declared(notebook)["business_unit"]
        assert json.loads(json.dumps(figures, allow_nan=False)) == figures
