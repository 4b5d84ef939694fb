"""A run: what fails stops nothing else, what is done is not done again, nothing is half-written."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from filelock import FileLock

from slm_analysis.batch import execute
from slm_analysis.batch.local import LocalWorkers
from slm_analysis.batch.plan import plan
from slm_analysis.batch.records import DIED, DONE, FAILED, TIMED_OUT, Record, finished
from slm_analysis.batch.run import republish, run
from slm_analysis.errors import InputError
from slm_analysis.project import slug
from tests.batch.projects import (
    PARAMETERS,
    TICKETS,
    UNITS,
    WORK,
    run_all,
    set_tasks,
    shared_workers,
    write_notebook,
    write_project,
)

HERE, THERE = UNITS
MONTH = Path("reports/2026-10")
PAGE = {unit: MONTH / slug(unit) / "01_levels.html" for unit in UNITS}
LEVELS = {unit: f"{slug(unit)}/01_levels" for unit in UNITS}
PORTFOLIO = "2026-10/00_portfolio"
NOTEBOOK = {unit: MONTH / slug(unit) / "01_levels.ipynb" for unit in UNITS}


@pytest.fixture(scope="module")
def first_run(tmp_path_factory) -> tuple[Path, list[Record]]:
    """Return a project after its first run, and what the run told as it went."""
    root = write_project(tmp_path_factory.mktemp("project"))
    told: list[Record] = []
    run_all(root, told.append)
    return root, told


@pytest.fixture
def done(first_run, tmp_path: Path) -> Path:
    """Return a copy of the project after its first run."""
    return shutil.copytree(first_run[0], tmp_path / "project")


def again(root: Path) -> dict[str, str]:
    """Run; return the status by business unit, the portfolio's under an empty name."""
    records = run_all(root)
    return {record.business_unit: record.status for record in records.values()}


def made(root: Path) -> dict[str, int]:
    """Return when each report was last made, by its folder and name."""
    return {
        f"{f.parent.name}/{f.stem}": f.stat().st_mtime_ns for f in root.glob("reports/*/**/0*.json")
    }


def remade(before: dict[str, int], after: dict[str, int]) -> set[str]:
    return {name for name in after if after[name] != before.get(name)}


def soup(file: Path) -> BeautifulSoup:
    return BeautifulSoup(file.read_text(encoding="utf-8"), "html.parser")


def test_a_first_run_makes_everything(first_run):
    root, told = first_run
    assert sorted((r.business_unit, r.notebook, r.status, r.error) for r in told) == [
        ("", "00_portfolio", DONE, ""),
        (HERE, "01_levels", DONE, ""),
        (THERE, "01_levels", DONE, ""),
    ]
    assert told[-1].business_unit == ""
    assert sorted(p.name for p in (root / MONTH).iterdir()) == sorted(
        [".lock", ".pages.json", "00_portfolio.ipynb", "00_portfolio.json", "index.html",
         "key_figures.json", "kpis.csv", "kpis.parquet", slug(HERE), slug(THERE)]
    )  # fmt: skip
    for unit in UNITS:
        names = sorted(p.name for p in (root / MONTH / slug(unit)).iterdir())
        assert names == ["01_levels.html", "01_levels.ipynb", "01_levels.json"]
        assert soup(root / PAGE[unit]).h1.get_text() == f"{unit}: 5"


def test_the_portfolio_reads_what_the_reports_told(first_run):
    root, _ = first_run
    assert soup(root / MONTH / "index.html").pre.get_text() == "2 reports done done\n"
    told = json.loads((root / MONTH / "key_figures.json").read_text(encoding="utf-8"))
    assert told["period"] == "2026-10"
    assert [
        (r["business_unit"], r["folder"], r["notebook"], r["status"]) for r in told["reports"]
    ] == [(unit, slug(unit), "01_levels", "done") for unit in UNITS]


def test_key_performance_indicators_as_tables(first_run):
    root, _ = first_run
    expected = pd.DataFrame(
        {
            "business_unit": UNITS, "period": "2026-10", "service": "=1+1",
            "target": "resolution_time", "value": 0.9, "label": "plain",
        }
    )  # fmt: skip
    pd.testing.assert_frame_equal(pd.read_parquet(root / MONTH / "kpis.parquet"), expected)
    csv = (root / MONTH / "kpis.csv").read_bytes()
    assert csv.startswith("\ufeff".encode())
    assert csv.decode("utf-8-sig").splitlines() == [
        "business_unit,period,service,target,value,label",
        "Head Office,2026-10,'=1+1,resolution_time,0.9,plain",
        "华东销售部,2026-10,'=1+1,resolution_time,0.9,plain",
    ]


def test_pages_lead_to_each_other(first_run):
    root, _ = first_run
    for page in root.glob("reports/**/*.html"):
        for link in soup(page).find_all("a"):
            if not link["href"].startswith("#"):
                assert (page.parent / link["href"]).is_file(), (page, link)
    months = soup(root / "reports" / "index.html")
    assert [(row.th.get_text(), row.a["href"]) for row in months.tbody.find_all("tr")] == [
        ("October 2026", "2026-10/index.html")
    ]


def test_kernels_leave_nothing_behind(done, tmp_path, monkeypatch):
    private = tmp_path / "t"
    private.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(private))
    set_tasks(done, {HERE: "die"})
    write_notebook(done / "notebooks" / "01_levels.ipynb", "Levels", PARAMETERS, WORK, "2")
    with LocalWorkers(2) as workers:
        records = run(plan(done), workers, lambda _: None)
    assert {r.business_unit: r.status for r in records.values()} == {
        HERE: DIED, THERE: DONE, "": DONE,
    }  # fmt: skip
    assert not list(private.iterdir())
    assert not list(done.glob("kernel-*"))


def test_kernels_leave_nothing_in_the_project(first_run):
    assert not list(first_run[0].glob("kernel-*"))


@pytest.mark.parametrize("damage", ["cut", "edited", "lost"])
def test_a_page_that_is_not_as_written_is_written_again(done, damage):
    page, other = (done / PAGE[unit] for unit in UNITS)
    content, untouched = page.read_bytes(), other.stat().st_mtime_ns
    before = made(done)
    if damage == "lost":
        page.unlink()
    else:
        page.write_bytes(content[:-50] if damage == "cut" else content.replace(b"w", b"v", 1))
    again(done)
    assert page.read_bytes() == content
    assert other.stat().st_mtime_ns == untouched
    assert made(done) == before


def test_a_second_run_does_nothing(done):
    before = made(done)
    assert again(done) == {HERE: DONE, THERE: DONE, "": DONE}
    assert made(done) == before


def test_changed_tickets_make_their_unit_and_the_portfolio_anew(done):
    tickets = done / "data" / "tickets.csv"
    before = made(done)
    tickets.write_text(f"{TICKETS}5,{THERE},Payments,2026-10-09 10:00,\n", encoding="utf-8")
    again(done)
    # The portfolio only where the unit's reports tell something else than before.
    assert remade(before, made(done)) == {LEVELS[THERE]}
    file = done / "parameters" / "units" / "east.yaml"
    file.write_text(f"business_unit: {THERE}\nlabel: other\n", encoding="utf-8")
    between = made(done)
    again(done)
    assert remade(between, made(done)) == {LEVELS[THERE], PORTFOLIO}
    assert pd.read_parquet(done / MONTH / "kpis.parquet")["label"].tolist() == ["plain", "other"]


def test_reports_that_read_the_figures_of_all_units_are_made_anew_with_them(done):
    reads = "import slm_analysis as slm\nlen(slm.open_unit(business_unit).comparison)"
    write_notebook(done / "notebooks" / "05_compared.ipynb", "Compared", PARAMETERS, reads)
    again(done)
    before = made(done)
    with (done / "data" / "tickets.csv").open("a", encoding="utf-8") as file:
        file.write(f"5,{THERE},Payments,2026-10-09 10:00,2026-10-12 10:00\n")
    again(done)
    compared = {f"{slug(unit)}/05_compared" for unit in UNITS}
    assert remade(before, made(done)) == {LEVELS[THERE], *compared}
    assert republish(plan(done))


@pytest.mark.parametrize("damage", ["cut", "lost", "no record", "record cut", "record odd"])
def test_what_is_not_whole_is_not_finished(done, damage):
    job, other = plan(done).jobs
    notebook = done / NOTEBOOK[HERE]
    record = notebook.with_suffix(".json")
    if damage == "cut":
        notebook.write_bytes(notebook.read_bytes()[:-20])
    elif damage == "lost":
        notebook.unlink()
    elif damage == "no record":
        record.unlink()
    elif damage == "record cut":
        record.write_bytes(record.read_bytes()[:-20])
    else:
        record.write_text('["not", "a record"]', encoding="utf-8")
    assert finished(job) is None
    assert finished(other).status == DONE


def test_what_is_not_whole_is_made_again(done):
    whole = (done / NOTEBOOK[HERE]).read_bytes()
    (done / NOTEBOOK[HERE]).write_bytes(whole[:-20])
    before = made(done)
    again(done)
    assert remade(before, made(done)) == {LEVELS[HERE]}
    assert (done / NOTEBOOK[HERE]).read_bytes().endswith(whole[-20:])


def test_what_an_interrupted_run_left_half_written_is_removed(done):
    parts = [
        done / MONTH / ".kpis.csv.99.part",
        (done / NOTEBOOK[HERE]).with_name(".01_levels.99.part.ipynb"),
    ]
    for part in parts:
        part.write_text("half", encoding="utf-8")
    again(done)
    assert not any(part.exists() for part in parts)


@pytest.fixture(scope="module")
def failed_run(first_run, tmp_path_factory) -> tuple[Path, dict[str, Record]]:
    """Return a project in which one unit's cell raises and the other's kernel dies."""
    root = shutil.copytree(first_run[0], tmp_path_factory.mktemp("failed") / "project")
    set_tasks(root, {HERE: "raise", THERE: "die"})
    (root / "parameters" / "defaults.yaml").write_text("minimum: 7\n", encoding="utf-8")
    write_notebook(
        root / "notebooks" / "02_more.ipynb",
        "More",
        PARAMETERS,
        WORK.replace("task ==", "False and task =="),
    )
    records = run_all(root)
    return root, {f"{r.business_unit} {r.notebook}".strip(): r for r in records.values()}


def test_what_fails_stops_nothing_else(failed_run):
    _, records = failed_run
    assert {name: record.status for name, record in records.items()} == {
        f"{HERE} 01_levels": FAILED, f"{HERE} 02_more": DONE, f"{THERE} 01_levels": DIED,
        f"{THERE} 02_more": DONE, "00_portfolio": DONE,
    }  # fmt: skip
    assert records[f"{HERE} 01_levels"].error == "ValueError: no luck with Head Office and more"
    assert records[f"{THERE} 01_levels"].error == "the kernel died"


def test_failed_reports_have_no_page_and_stand_in_the_index(failed_run):
    root, _ = failed_run
    assert not any((root / PAGE[unit]).exists() for unit in UNITS)
    assert not any((root / NOTEBOOK[unit]).exists() for unit in UNITS)
    failed = (root / NOTEBOOK[HERE]).with_name("01_levels.failed.ipynb")
    assert "no luck with Head Office" in failed.read_text(encoding="utf-8")
    index = soup(root / MONTH / "index.html")
    assert index.pre.get_text() == "4 reports failed done died done\n"
    table = index.find("caption", string="2 of 4 reports made").parent
    assert [cell.get_text() for cell in table.tbody.find_all("td")] == [
        "Levels failed: failed. ValueError: no luck with Head Office and more", "More",
        "Levels failed: the kernel died. the kernel died", "More",
    ]  # fmt: skip


def test_other_pages_of_the_unit_say_what_failed(failed_run):
    root, _ = failed_run
    page = soup((root / PAGE[HERE]).with_name("02_more.html"))
    assert [tab.get_text() for tab in page.nav.find_all("li")] == ["Levels (failed)", "More"]


def test_failed_reports_tell_no_key_figures(failed_run):
    root, _ = failed_run
    assert pd.read_parquet(root / MONTH / "kpis.parquet")["business_unit"].tolist() == [*UNITS]


def test_the_next_run_makes_what_failed_and_all_pages_of_its_unit(failed_run, tmp_path):
    root = shutil.copytree(failed_run[0], tmp_path / "project")
    set_tasks(root, {})
    before = made(root)
    other = (root / PAGE[HERE]).with_name("02_more.html")
    assert set(again(root).values()) == {DONE}
    assert {f.name for f in root.glob("reports/*/*/01*")} == {
        "01_levels.html", "01_levels.ipynb", "01_levels.json",
    }  # fmt: skip
    assert remade(before, made(root)) == {*LEVELS.values(), PORTFOLIO}
    assert [tab.get_text() for tab in soup(other).nav.find_all("li")] == ["Levels", "More"]


def test_failed_reports_can_be_published_again(failed_run, tmp_path):
    root = shutil.copytree(failed_run[0], tmp_path / "project")
    index = (root / MONTH / "index.html").read_bytes()
    for page in root.glob("reports/**/*.html"):
        page.unlink()
    republish(plan(root))
    assert (root / MONTH / "index.html").read_bytes() == index
    assert not (root / PAGE[HERE]).exists()


def test_a_portfolio_that_fails_leaves_an_index(done):
    write_notebook(
        done / "notebooks" / "00_portfolio.ipynb", "All",
        'period_start = ""\nperiod_end = ""\n', "1 / 0",
    )  # fmt: skip
    assert again(done) == {HERE: DONE, THERE: DONE, "": FAILED}
    index = soup(done / MONTH / "index.html")
    assert index.h1.get_text() == "The portfolio of October 2026 could not be made"
    assert "ZeroDivisionError: division by zero" in index.get_text()
    assert len(index.find("caption", string="2 of 2 reports made").parent.find_all("a")) == 2


def test_without_a_portfolio_the_index_lists_the_reports(done):
    (done / "notebooks" / "00_portfolio.ipynb").unlink()
    assert again(done) == {HERE: DONE, THERE: DONE}
    index = soup(done / MONTH / "index.html")
    assert index.h1.get_text() == "All business units, October 2026"
    assert len(index.tbody.find_all("a")) == 2


def test_a_cell_that_takes_too_long(done, monkeypatch):
    set_tasks(done, {HERE: "sleep"})
    monkeypatch.setattr(execute, "CELL_TIMEOUT", 2)
    (job, _) = plan(done).jobs
    ((_, record),) = shared_workers().execute([job], done)
    assert (record.status, record.error) == (TIMED_OUT, "a cell took longer than 2 seconds")
    assert not (done / NOTEBOOK[HERE]).exists()


def test_a_report_whose_key_figures_are_none_fails_alone(done):
    broken = WORK.replace(
        '"application/vnd.slm.key-figures+json": figures',
        '"application/vnd.slm.key-figures+json": [1]',
    )
    write_notebook(done / "notebooks" / "01_levels.ipynb", "Levels", PARAMETERS, broken)
    (job, _) = plan(done).jobs
    ((_, record),) = shared_workers().execute([job], done)
    assert record.status == FAILED
    assert record.key_figures == {}


def test_two_runs_of_a_month_do_not_meet(done):
    planned = plan(done)
    with FileLock(done / MONTH / ".lock"):
        for command in (lambda: run_all(done), lambda: republish(planned)):
            with pytest.raises(InputError, match="Another run is at work on 2026-10"):
                command()
    assert again(done) == {HERE: DONE, THERE: DONE, "": DONE}


def test_pages_can_be_published_again(done):
    pages = {page: page.read_bytes() for page in done.glob("reports/**/*.html")}
    for page in pages:
        page.unlink()
    before = made(done)
    republish(plan(done))
    assert {page: page.read_bytes() for page in done.glob("reports/**/*.html")} == pages
    assert made(done) == before


def test_what_is_stale_is_not_published(done):
    (done / "parameters" / "defaults.yaml").write_text("minimum: 7\n", encoding="utf-8")
    with pytest.raises(InputError, match="Of 2 reports of 2026-10, 2 are missing or stale"):
        republish(plan(done))


def test_a_stale_portfolio_is_not_published(done):
    write_notebook(
        done / "notebooks" / "00_portfolio.ipynb", "All", 'period_start = ""\nperiod_end = ""\n'
    )
    with pytest.raises(InputError, match="The portfolio of 2026-10 is missing or stale"):
        republish(plan(done))


def test_one_unit_leaves_index_and_tables_of_all_alone(done):
    kept = ["index.html", "kpis.csv", "kpis.parquet", "key_figures.json"]
    before = {name: (done / MONTH / name).read_bytes() for name in kept}
    (done / "parameters" / "defaults.yaml").write_text("label: other\n", encoding="utf-8")
    records = run_all(done, units=[HERE])
    assert [record.business_unit for record in records.values()] == [HERE]
    assert {name: (done / MONTH / name).read_bytes() for name in kept} == before
    assert soup(done / PAGE[HERE]).header.a["href"] == "../index.html"


def test_one_unit_before_the_others(done):
    shutil.rmtree(done / "reports")
    run_all(done, units=[HERE])
    assert sorted(p.name for p in (done / MONTH).iterdir()) == [".lock", ".pages.json", slug(HERE)]
    assert soup(done / PAGE[HERE]).header.a is None
    # Its page gets its way home as soon as there is one.
    again(done)
    assert soup(done / PAGE[HERE]).header.a["href"] == "../index.html"


def test_folders_of_others_among_the_reports_are_no_months(done):
    other = done / "reports" / "old stuff" / "index.html"
    other.parent.mkdir()
    other.write_text("mine", encoding="utf-8")
    again(done)
    months = soup(done / "reports" / "index.html")
    assert [row.th.get_text() for row in months.tbody.find_all("tr")] == ["October 2026"]


def test_a_folder_with_braces_in_its_name(done):
    root = done.rename(done.with_name("{unit} 100% 部"))
    (root / "parameters" / "defaults.yaml").write_text("label: other\n", encoding="utf-8")
    (record,) = run_all(root, units=[HERE]).values()
    assert (record.status, record.error) == (DONE, "")


@pytest.fixture
def asleep(done: Path) -> Iterator[tuple[subprocess.Popen, Path]]:
    """Return a run, started in a folder below the project, whose second unit never ends."""
    set_tasks(done, {THERE: "sleep"})
    (done / "parameters" / "defaults.yaml").write_text("label: other\n", encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, "-c", "import sys; from slm_analysis.cli import main; sys.exit(main())",
         "run", "--workers", "1"],
        cwd=done / "notebooks", stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    while not (done / "asleep").exists() and process.poll() is None:
        time.sleep(0.1)
    yield process, done
    process.kill()
    process.communicate()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals for a child process")
@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_leaves_a_state_to_go_on_from(asleep, end):
    process, root = asleep
    process.send_signal(end)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 1, err
    assert err == "stopped; finished reports are kept, the next run goes on from there\n"
    assert "Traceback" not in out
    set_tasks(root, {})
    before = made(root)
    assert again(root) == {HERE: DONE, THERE: DONE, "": DONE}
    assert LEVELS[HERE] not in remade(before, made(root))
