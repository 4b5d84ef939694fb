"""The plan: every unit and notebook a job, every fault told before the first job starts."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from slm_analysis.batch.plan import Plan, plan
from slm_analysis.errors import InputError
from slm_analysis.project import slug
from tests.batch.projects import PARAMETERS, UNITS, WORK, write_notebook, write_project


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_project(tmp_path)


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    """Return a project that no test changes."""
    return write_project(tmp_path_factory.mktemp("project"))


def faults(root: Path, *args, **kwargs) -> list[str]:
    with pytest.raises(InputError) as e:
        plan(root, *args, **kwargs)
    return [str(fault).replace(f"{root}/", "") for fault in e.value.faults]


def keys(planned: Plan) -> dict[str, str]:
    return {job.business_unit: job.key for job in planned.jobs}


def append(file: Path, text: str) -> None:
    file.write_text(file.read_text(encoding="utf-8") + text, encoding="utf-8")


def test_every_unit_and_the_portfolio_for_the_last_complete_month(project):
    planned = plan(project)
    assert planned.period == "2026-10"
    assert planned.folder == project / "reports" / "2026-10"
    assert [(job.business_unit, job.name, job.title) for job in planned.jobs] == [
        (unit, "01_levels", "Levels") for unit in UNITS
    ]
    days = {"period_start": "2026-10-01", "period_end": "2026-10-31"}
    assert [job.parameters for job in planned.jobs] == [
        {"business_unit": unit} | days for unit in UNITS
    ]
    assert [job.folder for job in planned.jobs] == [planned.folder / slug(unit) for unit in UNITS]
    assert planned.portfolio.parameters == {
        "key_figures": "reports/2026-10/key_figures.json"
    } | days  # fmt: skip
    assert planned.portfolio.folder == planned.folder
    assert planned.whole
    assert planned.entry == planned.folder / "index.html"
    assert planned.units == list(UNITS)


def test_units_in_order_each_with_all_its_notebooks(root):
    write_notebook(root / "notebooks" / "02_more.ipynb", "More", PARAMETERS, WORK)
    assert [(job.business_unit, job.name) for job in plan(root).jobs] == [
        (unit, name) for unit in UNITS for name in ("01_levels", "02_more")
    ]


def test_another_month(project):
    planned = plan(project, "2026-09")
    assert planned.period == "2026-09"
    assert planned.jobs[0].parameters["period_end"] == "2026-09-30"


def test_only_the_units_asked_for_each_once(project):
    planned = plan(project, units=[UNITS[1], UNITS[1]])
    assert [job.business_unit for job in planned.jobs] == [UNITS[1]]
    assert planned.portfolio is None
    assert not planned.whole
    assert planned.entry == planned.jobs[0].folder
    assert plan(project, units=UNITS).entry == planned.folder


def test_without_a_portfolio_notebook_there_is_still_an_index(tmp_path):
    planned = plan(write_project(tmp_path, portfolio=False))
    assert planned.portfolio is None
    assert planned.whole


def test_a_unit_file_overrides_for_its_unit_only(root):
    file = root / "parameters" / "units" / "east.yaml"
    file.write_text("business_unit: 华东销售部\nminimum: 9\n", encoding="utf-8")
    assert [job.parameters.get("minimum") for job in plan(root).jobs] == [None, 9]


@pytest.mark.parametrize(
    ("unit", "said"),
    [
        ("Head Ofice", "There is no business unit 'Head Ofice' in the data. "
         "Did you mean 'Head Office'?"),
        ("Legal", "There is no business unit 'Legal' in the data. "
         "Known: Head Office, 华东销售部."),
    ],
)  # fmt: skip
def test_an_unknown_unit(project, unit, said):
    assert faults(project, units=[unit]) == [said]


def test_a_file_for_an_unknown_unit(root):
    file = root / "parameters" / "units" / "legal.yaml"
    file.write_text("business_unit: Head Ofice\n", encoding="utf-8")
    assert faults(root) == [
        "parameters/units/legal.yaml: There is no business unit 'Head Ofice' in the data. "
        "Did you mean 'Head Office'?"
    ]


@pytest.mark.parametrize(
    ("period", "said"),
    [
        (text, f"The period '{text}' is no month such as 2026-10.")
        for text in ("2026", "2026-13", "2026-00", "2026-10-15", "10/2026", "October", "0000-01",
                     "2026-1", " 2026-10", "../../etc", "２０２６-10")
    ]
    + [
        ("2026-12", "The period 2026-12 begins after the export of 2026-11-02."),
        ("2026-08", "The data begin on 2026-09-08, after 2026-08."),
    ],
)  # fmt: skip
def test_a_bad_period(project, period, said):
    assert faults(project, period) == [said]


def test_the_month_of_the_export_can_be_asked_for(project):
    assert plan(project, "2026-11").jobs[0].parameters["period_end"] == "2026-11-30"


def test_all_faults_are_told_at_once(root):
    write_notebook(root / "notebooks" / "02_none.ipynb", "None", None)
    write_notebook(root / "notebooks" / "03_two.ipynb", "Two", PARAMETERS, more=1)
    append(root / "parameters" / "sources.yaml", "  layuot: rows\n")
    said = faults(root)
    assert [line.split(":")[0] for line in said] == [
        "notebooks/02_none.ipynb", "notebooks/03_two.ipynb", "parameters/sources.yaml, line 7",
    ]  # fmt: skip


def test_faults_of_all_parameters_files_are_told_at_once(root):
    (root / "parameters" / "defaults.yaml").write_text("minimun: 1\n", encoding="utf-8")
    (root / "parameters" / "units" / "a.yaml").write_text("label: NO\n", encoding="utf-8")
    assert [line.split(",")[0] for line in faults(root)] == [
        "parameters/defaults.yaml", "parameters/units/a.yaml",
    ]  # fmt: skip


def test_unit_and_period_are_told_together(project):
    assert faults(project, "2026-13", ["Legal"]) == [
        "There is no business unit 'Legal' in the data. Known: Head Office, 华东销售部.",
        "The period '2026-13' is no month such as 2026-10.",
    ]


def test_the_same_project_has_the_same_keys(project):
    first, second = plan(project), plan(project)
    assert keys(first) == keys(second)
    assert first.portfolio.key == second.portfolio.key


def test_changed_tickets_change_the_keys_of_their_unit_only(root):
    before = keys(plan(root))
    append(root / "data" / "tickets.csv", "5,华东销售部,Payments,2026-10-09 10:00,\n")
    after = keys(plan(root))
    assert after[UNITS[0]] == before[UNITS[0]]
    assert after[UNITS[1]] != before[UNITS[1]]


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("notebooks/01_levels.ipynb", "\n"),
        ("parameters/defaults.yaml", "minimum: 6\n"),
        ("parameters/agreements/a.yaml", "# signed\n"),
    ],
)
def test_what_all_pages_depend_on_changes_all_keys(root, file, text):
    before = keys(plan(root))
    (root / file).touch()
    append(root / file, text)
    after = keys(plan(root))
    assert all(after[unit] != before[unit] for unit in UNITS)


def test_a_later_export_changes_all_keys(root):
    before = keys(plan(root))
    file = root / "parameters" / "sources.yaml"
    text = file.read_text(encoding="utf-8").replace("2026-11-02 08:00", "2026-11-02 09:00")
    file.write_text(text, encoding="utf-8")
    assert not set(before.values()) & set(keys(plan(root)).values())


@pytest.mark.parametrize("damage", ["cut", "missing file", "missing unit", "no comparison"])
def test_damaged_prepared_data_are_made_anew(root, damage):
    planned = plan(root)
    folder = planned.prepared.unit_folder(UNITS[0])
    table = folder / "tickets.parquet"
    whole = table.read_bytes()
    if damage == "cut":
        table.write_bytes(whole[:100])
    elif damage == "missing file":
        table.unlink()
    elif damage == "missing unit":
        shutil.rmtree(folder)
    else:
        (planned.prepared.folder / "comparison.parquet").unlink()
    assert keys(plan(root)) == keys(planned)
    assert table.read_bytes() == whole
    assert (planned.prepared.folder / "comparison.parquet").is_file()


def test_prepared_data_that_are_not_ours_are_made_anew(root):
    before = keys(plan(root))
    (root / "data" / "prepared" / "current.json").write_text("[]", encoding="utf-8")
    assert keys(plan(root)) == before
