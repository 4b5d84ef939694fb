"""A notebook of the user's own: its name and place; it keeps to the form of the others."""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat
import pytest

from slm_analysis.batch.new_notebook import TEMPLATE, new_notebook
from slm_analysis.batch.parameters import TAG, declared, read_settings, report_title
from slm_analysis.errors import InputError
from tests import test_notebooks
from tests.batch.projects import UNITS, write_project


@pytest.fixture(scope="module")
def prepared(tmp_path_factory) -> Path:
    root = write_project(tmp_path_factory.mktemp("project"))
    new_notebook(root, "first")
    return root


@pytest.fixture
def project(prepared, tmp_path) -> Path:
    return shutil.copytree(prepared, tmp_path / "project")


def fault(project: Path, name: str) -> str:
    with pytest.raises(InputError) as e:
        new_notebook(project, name)
    (only,) = e.value.faults
    return str(only).replace(f"{project}/", "")


@pytest.mark.parametrize(
    ("name", "file", "title"),
    [
        ("my-question", "03_my_question", "My question"),
        ("Why so  late", "03_Why_so_late", "Why so late"),
        ("09_weekly.ipynb", "09_weekly", "Weekly"),
        ("报销为什么慢", "03_报销为什么慢", "报销为什么慢"),
        ("2026", "03_2026", "2026"),
    ],
)
def test_a_name_becomes_file_and_title(project, name, file, title):
    made = new_notebook(project, name)
    assert made == project / "notebooks" / f"{file}.ipynb"
    assert report_title(made) == title
    assert made in read_settings(project).notebooks


@pytest.mark.parametrize(
    "name",
    ["", "  ", "../x", "a/b", "a\\b", "C:x", ".hidden", "a.b", "x\ny", "_", "{x}", "x" * 61],
)
def test_what_is_no_name(project, name):
    before = sorted(project.rglob("*"))
    assert fault(project, name).endswith(
        "This is no name for a notebook. Use letters, digits and hyphens, at most 60: my-question."
    )
    assert sorted(project.rglob("*")) == before


@pytest.mark.parametrize("name", ["first", "First", "02_first", "07-first", "levels"])
def test_nothing_is_written_over(project, name):
    there = "01_levels" if name == "levels" else "02_first"
    assert fault(project, name) == (
        f"notebooks/{there}.ipynb: There is a notebook of this name. Choose another."
    )


def test_it_opens_the_first_unit_in_the_data(project):
    assert declared(project / "notebooks" / "02_first.ipynb")["business_unit"] == UNITS[0]


def test_a_unit_of_any_name(tmp_path):
    root, name = write_project(tmp_path), 'A "quoted" \\ unit\u2028东'
    tickets = (root / "data" / "tickets.csv").read_text(encoding="utf-8")
    quoted = '"{}"'.format(name.replace('"', '""'))
    (root / "data" / "tickets.csv").write_text(
        tickets.replace("Head Office", quoted), encoding="utf-8"
    )
    assert declared(new_notebook(root, "any"))["business_unit"] == name


def test_the_template_keeps_to_the_form_of_the_others():
    test_notebooks.test_it_is_a_valid_notebook_of_the_standard_kernel(TEMPLATE)
    test_notebooks.test_one_parameters_cell_with_a_comment_on_each_line(TEMPLATE)
    test_notebooks.test_every_parameter_is_used(TEMPLATE)
    test_notebooks.test_one_title_then_questions(TEMPLATE)
    test_notebooks.test_cells_are_thin(TEMPLATE)
    cells = nbformat.read(TEMPLATE, as_version=4).cells
    assert [TAG in cell.metadata.get("tags", ()) for cell in cells[:3]] == [False, True, False]
