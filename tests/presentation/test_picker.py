"""Picking unit, month and service: what is offered, what a choice sets, and what undoes it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from slm_analysis.presentation import picker
from slm_analysis.presentation.language import in_language
from slm_analysis.presentation.picker import (
    PERIOD,
    SERVICE,
    UNIT,
    choices,
    keep,
    lines_to_keep,
    take_up,
)

WRITTEN = {"business_unit": "A", "period_start": "", "period_end": ""}


@pytest.fixture(autouse=True)
def nothing_picked(monkeypatch):
    monkeypatch.setattr(picker, "_picked", {})


@pytest.fixture
def in_sample(sample_project, monkeypatch):
    monkeypatch.chdir(sample_project)


def test_what_is_offered_is_what_the_data_have(in_sample):
    unit, month, service = choices({**WRITTEN, "service": ""})
    assert ("华东销售部", ("华东销售部",)) in unit.options
    assert len(unit.options) == 6
    assert month.options[:3] == [
        ("Last complete month", ("", "")),
        ("November 2026", ("2026-11-01", "2026-11-30")),
        ("October 2026", ("2026-10-01", "2026-10-31")),
    ]
    assert month.options[-1] == ("November 2024", ("2024-11-01", "2024-11-30"))
    assert [label for label, _ in service.options] == [
        "All services", "Invoice posting", "Master data", "Month-end reports", "Payments",
        "Travel reimbursement",
    ]  # fmt: skip


def test_only_parameters_of_the_notebook_are_offered(in_sample):
    assert [c.names for c in choices({"period_start": "", "period_end": ""})] == [PERIOD]
    assert [c.names for c in choices({"service": "", "period_start": ""})] == [SERVICE]


def test_it_speaks_the_reader_s_language(in_sample):
    with in_language("zh"):
        unit, month = choices(WRITTEN)
    assert (unit.title, month.title, month.options[1][0]) == ("业务单位", "月份", "2026年11月")


def test_a_choice_holds_when_all_cells_run_again():
    parameters = {**WRITTEN}
    assert take_up(parameters, UNIT) == ("A",)
    keep(parameters, UNIT, ("B",))
    assert parameters["business_unit"] == "B"
    assert take_up(parameters, UNIT) == ("B",)  # only the picker's cell ran again
    parameters = {**WRITTEN}  # the cell of parameters ran again
    assert take_up(parameters, UNIT) == ("B",)
    assert parameters["business_unit"] == "B"


def test_the_latest_choice_counts_and_can_be_taken_back():
    parameters = {**WRITTEN}
    for picked in ("B", "C", "A"):
        keep(parameters, UNIT, (picked,))
    assert take_up({**WRITTEN}, UNIT) == ("A",)


def test_parameters_written_anew_undo_a_choice():
    parameters = {**WRITTEN}
    keep(parameters, UNIT, ("B",))
    parameters["business_unit"] = "C"
    assert take_up(parameters, UNIT) == ("C",)
    keep(parameters, UNIT, ("D",))
    assert take_up({**WRITTEN, "business_unit": "C"}, UNIT) == ("D",)


def test_choices_do_not_touch_each_other():
    parameters = {**WRITTEN}
    keep(parameters, PERIOD, ("2026-03-01", "2026-03-31"))
    assert parameters == {
        "business_unit": "A", "period_start": "2026-03-01", "period_end": "2026-03-31",
    }  # fmt: skip
    assert take_up({**WRITTEN}, UNIT) == ("A",)


def test_the_lines_to_keep_it_by_are_those_of_the_cell_of_parameters():
    parameters = {**WRITTEN}
    keep(parameters, UNIT, ('华东 "B"',))
    keep(parameters, PERIOD, ("2026-03-01", "2026-03-31"))
    assert lines_to_keep() == (
        'business_unit = "华东 \\"B\\""\nperiod_start = "2026-03-01"\nperiod_end = "2026-03-31"'
    )


def test_nothing_happens_where_no_one_looks_on(sample_project):
    code = (
        "import sys, slm_analysis as slm; business_unit = 'A'; slm.pick();"
        "assert business_unit == 'A'; assert 'ipywidgets' not in sys.modules"
    )
    for interpreter in (["-c"], ["-m", "IPython", "-c"]):
        done = subprocess.run(  # noqa: S603
            [sys.executable, *interpreter, code],
            cwd=sample_project,
            capture_output=True,
            check=False,
        )
        assert (done.returncode, done.stdout) == (0, b""), done.stderr
