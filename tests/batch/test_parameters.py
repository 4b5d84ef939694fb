"""Parameters files and notebooks: what is at fault is said, all of it, with a remedy."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from papermill.iorw import read_yaml_file

from slm_analysis.batch.parameters import declared, read_parameters, read_settings, report_title
from slm_analysis.errors import InputError
from tests.batch.projects import GIVEN, PARAMETERS, UNITS, WORK, write_notebook, write_project

KNOWN = {
    "business_unit": "x", "period_start": "", "period_end": "", "minimum": 5, "weight": 0.5,
    "label": "plain", "strict": False, "services": [], "sizes": {}, "anything": None,
}  # fmt: skip


def read(tmp_path: Path, text: str) -> dict[str, object]:
    file = tmp_path / "defaults.yaml"
    file.write_text(text, encoding="utf-8")
    return read_parameters(file, KNOWN)


def faults(tmp_path: Path, text: str) -> list[str]:
    """Return the faults of a parameters file, without its folder."""
    with pytest.raises(InputError) as e:
        read(tmp_path, text)
    return [str(fault).replace(f"{tmp_path}/", "") for fault in e.value.faults]


def test_values_are_read_as_papermill_reads_them(tmp_path):
    text = """
minimum: 7
weight: 2
label: "010"
strict: true
services: [Invoices, "NO", 3]
sizes: {day: 8.5, night: ~}
anything: text
"""
    assert read(tmp_path, text) == {
        "minimum": 7, "weight": 2, "label": "010", "strict": True,
        "services": ["Invoices", "NO", 3], "sizes": {"day": 8.5, "night": None},
        "anything": "text",
    }  # fmt: skip


def test_a_date_is_a_text_with_and_without_quotes(tmp_path):
    assert read(tmp_path, "label: 2026-10-01") == {"label": "2026-10-01"}


def test_a_missing_file_sets_nothing(tmp_path):
    assert read_parameters(tmp_path / "none.yaml", KNOWN) == {}


@pytest.mark.parametrize(
    ("written", "value", "read_as"),
    [
        ("label: NO", "NO", "false"),
        ("label: on", "on", "true"),
        ("label: 010", "010", "8"),
        ("label: 12:30", "12:30", "750"),
        ("label: 12:30.5", "12:30.5", "750.5"),
        ("label: 0x1F", "0x1F", "31"),
        ("label: 1_000", "1_000", "1000"),
        ("minimum: 010", "010", "8"),
        ("minimum: 12:30", "12:30", "750"),
        ("strict: NO", "NO", "false"),
    ],
)
def test_what_yaml_reads_as_something_else_must_be_quoted(tmp_path, written, value, read_as):
    name = written.partition(":")[0]
    assert faults(tmp_path, written) == [
        f"defaults.yaml, line 1, {name}, value '{value}': YAML reads this as {read_as}. "
        f'Write "{value}" with the quotes if it is a text, else {read_as}.'
    ]


def test_traps_inside_lists_and_mappings_are_found(tmp_path):
    said = faults(tmp_path, "services: [DE, NO]\nsizes:\n  day: 8:30\n")
    assert said == [
        "defaults.yaml, line 1, services[1], value 'NO': YAML reads this as false. "
        'Write "NO" with the quotes if it is a text, else false.',
        "defaults.yaml, line 3, sizes.day, value '8:30': YAML reads this as 510. "
        'Write "8:30" with the quotes if it is a text, else 510.',
    ]


@given(
    value=st.integers(-(10**9), 10**9)
    | st.booleans()
    | st.floats(-1e6, 1e6).map(lambda v: round(v, 3))
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_number_or_truth_value_written_plainly_passes(tmp_path, value):
    text = str(value).lower()
    assert read(tmp_path, f"anything: {text}") == {"anything": value}


@example(text="0_.")
@given(text=st.from_regex(r"[0-9:_xoNOnofyesYES.+-]{1,6}", fullmatch=True))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_plain_text_is_silently_another_value(tmp_path, text):
    file = tmp_path / "defaults.yaml"
    file.write_text(f"anything: {text}", encoding="utf-8")
    try:
        value = read_parameters(file, KNOWN)["anything"]
    except InputError:
        return
    assert isinstance(value, str) or float(text) == value
    assert read_yaml_file(str(file)) == {"anything": value}


@pytest.mark.parametrize(
    ("written", "kind", "value"),
    [
        ('minimum: "7"', "a whole number", "7"),
        ("minimum: 7.5", "a whole number", "7.5"),
        ("minimum: true", "a whole number", "True"),
        ("weight: true", "a number", "True"),
        ("weight: 1e3", "a number", "1e3"),
        ("label: 7", "a text in quotes", "7"),
        ("strict: 1", "true or false", "1"),
        ("services: Invoices", "a list", "Invoices"),
    ],
)
def test_a_value_is_of_the_kind_of_its_preset(tmp_path, written, kind, value):
    name = written.partition(":")[0]
    assert faults(tmp_path, written) == [
        f"defaults.yaml, line 1, {name}, value '{value}': This must be {kind}, as in the notebook."
    ]


def test_nothing_after_a_name_is_no_value(tmp_path):
    assert faults(tmp_path, "label:") == [
        "defaults.yaml, line 1, label: This must be a text in quotes, as in the notebook."
    ]


def test_an_unknown_name_is_told_with_the_nearest(tmp_path):
    assert faults(tmp_path, "minimun: 7") == [
        "defaults.yaml, line 1: No notebook declares the parameter 'minimun'. "
        "Did you mean 'minimum'?"
    ]


@pytest.mark.parametrize("name", ["data", "period_start", "period_end", "key_figures"])
def test_what_the_batch_sets_cannot_be_set_in_a_file(tmp_path, name):
    assert faults(tmp_path, f'{name}: "2026-10-01"') == [
        f"defaults.yaml, line 1: The parameter '{name}' is set by 'slm run'. "
        "Take it out; the month is chosen with --period."
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("minimum: [1", "This is not YAML"),
        ("- minimum", "A mapping (key: value) is expected here."),
        ("minimum: 1\nminimum: 2", "The key 'minimum' stands twice."),
        ("label: *x", "Anchors (&), aliases (*) and tags (!) are not allowed."),
        ("label: !!python/object/apply:os.system [ls]", "tags (!) are not allowed."),
        ("", "The file is empty."),
    ],
)
def test_a_file_that_is_no_list_of_names(tmp_path, text, said):
    (only,) = faults(tmp_path, text)
    assert said in only


def test_all_faults_of_a_file_are_told(tmp_path):
    said = faults(tmp_path, 'minimum: "7"\nlabel: NO\nwheight: 1\ndata: x\n')
    assert [line.split(":")[0] for line in said] == [
        "defaults.yaml, line 1, minimum, value '7'", "defaults.yaml, line 2, label, value 'NO'",
        "defaults.yaml, line 3", "defaults.yaml, line 4",
    ]  # fmt: skip


# --- what a notebook declares


def declare(tmp_path: Path, source: str | None, name: str = "01_x.ipynb", more: int = 0):
    write_notebook(tmp_path / name, "X", source, more=more)
    return declared(tmp_path / name)


def notebook_faults(tmp_path: Path, source: str | None, **options) -> list[str]:
    with pytest.raises(InputError) as e:
        declare(tmp_path, source, **options)
    return [str(fault).replace(f"{tmp_path}/", "") for fault in e.value.faults]


def test_presets_are_plain_values(tmp_path):
    more = 'text = "a # b"\nlong = [\n    1,\n    "x",\n]\ntyped: int = 3\nnone = None\nless = -1\n'
    found = declare(tmp_path, PARAMETERS + more)
    assert found == {
        "business_unit": "Head Office", "period_start": "", "period_end": "", "minimum": 5,
        "weight": 0.5, "label": "plain", "strict": False, "services": [], "text": "a # b",
        "long": [1, "x"], "typed": 3, "none": None, "less": -1,
    }  # fmt: skip


@pytest.mark.parametrize("more", [-1, 1])
def test_exactly_one_cell_is_tagged(tmp_path, more):
    cells = 1 + more
    assert notebook_faults(tmp_path, PARAMETERS, more=more) == [
        f"01_x.ipynb: The notebook has {cells} cells tagged 'parameters'. Tag exactly one."
    ]


@pytest.mark.parametrize(
    "statement",
    ["today = date.today()", "import os", "print(1)", "a = b = 1", "x: int", "pair = (1, 2)",
     "raw = b''", "x = 1 + minimum", "x += 1"],
)  # fmt: skip
def test_a_parameters_cell_holds_plain_values_only(tmp_path, statement):
    assert notebook_faults(tmp_path, f"{PARAMETERS}{statement}\n") == [
        f"01_x.ipynb, value {statement!r}: The cell tagged 'parameters' holds more than names and "
        "plain values. Move it to a later cell."
    ]


def test_a_parameters_cell_that_is_no_python(tmp_path):
    (said,) = notebook_faults(tmp_path, "minimum = = 5")
    assert said.startswith(
        "01_x.ipynb, value 'minimum = = 5': The cell tagged 'parameters' is no Python: "
    )


def test_a_report_must_follow_unit_and_period(tmp_path):
    said = notebook_faults(tmp_path, 'period_end = ""')
    assert said == [
        f"01_x.ipynb: The notebook declares no parameter '{name}'. "
        f"Write {name} = \"\" into the cell tagged 'parameters', and use it."
        for name in ("business_unit", "period_start")
    ]


def test_the_portfolio_needs_no_unit(tmp_path):
    assert set(declare(tmp_path, GIVEN, "00_portfolio.ipynb")) == {
        "period_start", "period_end", "key_figures",
    }  # fmt: skip


@pytest.mark.parametrize("content", ["", "{}", "[]", "no json", '{"cells": 3, "nbformat": 4}'])
def test_a_file_that_is_no_notebook(tmp_path, content):
    file = tmp_path / "01_x.ipynb"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=r"01_x\.ipynb: This is no notebook\."):
        declared(file)


def test_the_title_is_the_h1(tmp_path):
    write_notebook(tmp_path / "01_x.ipynb", "Service levels  ")
    assert report_title(tmp_path / "01_x.ipynb") == "Service levels"
    write_notebook(tmp_path / "02_y.ipynb", "", None)
    assert report_title(tmp_path / "02_y.ipynb") == "02_y"


# --- a whole project


def settings_faults(root: Path) -> list[str]:
    with pytest.raises(InputError) as e:
        read_settings(root)
    return [str(fault).replace(f"{root}/", "") for fault in e.value.faults]


def test_each_notebook_gets_what_it_declares(tmp_path):
    root = write_project(tmp_path)
    write_notebook(root / "notebooks" / "02_y.ipynb", "Y", PARAMETERS + "own = 1", WORK)
    (root / "parameters" / "defaults.yaml").write_text("minimum: 6\nown: 2\n", encoding="utf-8")
    (root / "parameters" / "units" / "east.yaml").write_text(
        "business_unit: 华东销售部\nminimum: 9\n", encoding="utf-8"
    )
    found = read_settings(root)
    one, two = root / "notebooks" / "01_levels.ipynb", root / "notebooks" / "02_y.ipynb"
    assert found.of(one, UNITS[0], {"label": "given"}) == {"minimum": 6, "label": "given"}
    assert found.of(two, UNITS[1], {}) == {
        "business_unit": "华东销售部", "minimum": 9, "own": 2,
    }  # fmt: skip


def test_a_unit_file_names_its_unit_and_only_one_file_does(tmp_path):
    root = write_project(tmp_path)
    units = root / "parameters" / "units"
    (units / "a.yaml").write_text("business_unit: Head Office\n", encoding="utf-8")
    (units / "b.yml").write_text("business_unit: Head Office\n", encoding="utf-8")
    (units / "c.yaml").write_text("minimum: 7\n", encoding="utf-8")
    assert settings_faults(root) == [
        "parameters/units/b.yml: a.yaml is for 'Head Office' already. Keep one file per unit.",
        "parameters/units/c.yaml: The file names no unit. Add 'business_unit: …'.",
    ]


def test_the_defaults_name_no_unit(tmp_path):
    root = write_project(tmp_path)
    (root / "parameters" / "defaults.yaml").write_text("business_unit: A\n", encoding="utf-8")
    assert settings_faults(root) == [
        "parameters/defaults.yaml: 'business_unit' belongs to a file of its own. "
        "See parameters/units."
    ]


def test_one_name_has_one_kind(tmp_path):
    root = write_project(tmp_path)
    other = PARAMETERS.replace("minimum = 5", 'minimum = "5"')
    write_notebook(root / "notebooks" / "02_y.ipynb", "Y", other)
    assert settings_faults(root) == [
        "notebooks/02_y.ipynb, value '5': The preset of 'minimum' is of another kind than in "
        "01_levels.ipynb. One file serves all notebooks."
    ]


def test_a_project_without_notebooks(tmp_path):
    root = write_project(tmp_path)
    (root / "notebooks" / "01_levels.ipynb").unlink()
    assert settings_faults(root) == ["notebooks: There is no notebook to run (01_….ipynb)."]


def test_papermill_takes_the_same_files(tmp_path):
    root = write_project(tmp_path)
    (root / "parameters" / "defaults.yaml").write_text(
        'minimum: 6\nlabel: "010"\nstrict: true\n', encoding="utf-8"
    )
    write_notebook(
        root / "notebooks" / "03_z.ipynb", "Z", PARAMETERS, "print(repr((minimum, label, strict)))"
    )
    out = tmp_path / "out.ipynb"
    subprocess.run(  # noqa: S603
        [sys.executable, "-m", "papermill", "--no-progress-bar", "--prepare-only", "-f",
         "parameters/defaults.yaml", "notebooks/03_z.ipynb", str(out)],
        cwd=root, check=True, capture_output=True,
    )  # fmt: skip
    assert 'minimum = 6\\nlabel = \\"010\\"\\nstrict = True\\n' in out.read_text(
        encoding="utf-8"
    ).replace('\\n",\n    "', "\\n")
