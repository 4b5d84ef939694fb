"""Faults as they come, with real signals: the others finish, and what is told is true."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
import psutil
import pytest

from slm_analysis.batch import execute
from slm_analysis.batch.plan import Plan, plan
from slm_analysis.batch.records import DIED, DONE, FAILED, TIMED_OUT, Record
from slm_analysis.batch.run import run
from slm_analysis.batch.warm_kernels import PARENT
from slm_analysis.cli import BAD_REPORTS, OK, main
from slm_analysis.project import slug
from tests.batch.processes import (
    LONG,
    NOTE,
    WAIT,
    all_gone,
    family,
    kernels,
    kill,
    started,
    until,
)
from tests.batch.projects import (
    PARAMETERS,
    UNITS,
    WORK,
    shared_workers,
    write_notebook,
    write_project,
)

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="signals and limits of Linux")
HERE, THERE = UNITS
MONTH = Path("reports/2026-10")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write_project(tmp_path / "project")


def faulty(root: Path, fault: str) -> None:
    """Put code before the work of the notebook, for the first unit only."""
    lines = "\n".join(f"    {line}" for line in fault.strip().splitlines())
    code = f"if business_unit == {HERE!r}:\n{lines}\n"
    write_notebook(root / "notebooks" / "01_levels.ipynb", "Levels", PARAMETERS, code, WORK)


def waiting(root: Path) -> None:
    """Let every unit's notebook wait to be told to go on."""
    write_notebook(root / "notebooks" / "01_levels.ipynb", "Levels", PARAMETERS, WAIT, WORK)


def ran(root: Path, planned: Plan | None = None) -> dict[str, Record]:
    """Run all in this process, where no kernel may be left; what they are forked from stays."""
    before = set(psutil.Process().children(recursive=True))
    records = run(planned or plan(root), shared_workers(), lambda _: None)
    left = set(psutil.Process().children(recursive=True)) - before
    # A kernel is forked from that process, and so has the same command line, but it as its parent.
    assert all(p.ppid() == os.getpid() and p.cmdline()[-2] == PARENT for p in left)
    return {record.business_unit: record for record in records.values()}


def told(records: dict[str, Record]) -> dict[str, str]:
    return {unit: record.status for unit, record in records.items()}


def ended(process: subprocess.Popen) -> tuple[int, dict[str, str]]:
    """Return the exit code of a run with ``--json``, and the status of each unit's report."""
    out, err = process.communicate(timeout=LONG)
    assert "Traceback" not in err, err
    lines = [json.loads(line) for line in out.splitlines()]
    return process.returncode, {line["business_unit"]: line["status"] for line in lines}


def nothing_torn(root: Path) -> None:
    """Every report that is there is whole, has a record that says so, and a page."""
    assert [*root.glob("reports/**/*.part*")] == []
    for record in root.glob("reports/*/**/0*.json"):
        status = json.loads(record.read_text(encoding="utf-8"))["status"]
        notebook = record.with_suffix(".ipynb")
        assert notebook.exists() == (status == DONE)
        if status == DONE:
            nbformat.validate(nbformat.read(notebook, as_version=4))
        if not record.name.startswith("00_"):
            page = record.with_suffix(".html")
            assert page.exists() == (status == DONE)
            assert status != DONE or page.read_text(encoding="utf-8").endswith("</html>")


@pytest.fixture
def running(project: Path) -> Iterator[tuple[subprocess.Popen, Path]]:
    """Return a run whose kernels both wait to be told to go on."""
    waiting(project)
    with started(project, "run", "--json", "--workers", "2") as process:
        until(lambda: all(kernels(project, unit) for unit in UNITS), "both at work", process)
        yield process, project


def test_a_kernel_that_is_killed(running):
    process, root = running
    started_by_run = family(process.pid)
    kill(kernels(root, HERE)[0])
    until(lambda: len(kernels(root, HERE)) == 2, "a second kernel", process)
    (root / "go").touch()
    assert ended(process) == (OK, {HERE: DONE, THERE: DONE, "": DONE})
    assert len(kernels(root, THERE)) == 1
    nothing_torn(root)
    assert all_gone(started_by_run)


def test_a_kernel_that_is_killed_again(running):
    process, root = running
    kill(kernels(root, HERE)[0])
    until(lambda: len(kernels(root, HERE)) == 2, "a second kernel", process)
    kill(kernels(root, HERE)[1])
    (root / "go").touch()
    assert ended(process) == (BAD_REPORTS, {HERE: DIED, THERE: DONE, "": DONE})
    nothing_torn(root)


def test_the_process_that_kernels_are_forked_from_is_killed(running):
    process, root = running
    parent = psutil.Process(kernels(root, HERE)[0]).parent()
    assert parent.pid != process.pid
    started_by_run = family(process.pid)
    kill(parent.pid)
    until(lambda: all(len(kernels(root, unit)) == 2 for unit in UNITS), "new kernels", process)
    assert all_gone(p for p in started_by_run if p.pid != process.pid)
    (root / "go").touch()
    assert ended(process) == (OK, {HERE: DONE, THERE: DONE, "": DONE})
    nothing_torn(root)


def test_the_run_itself_is_killed_and_started_again(project):
    waiting(project)
    with started(project, "run", "--json", "--workers", "1") as process:
        until(lambda: kernels(project, HERE), "a kernel at work", process)
        (project / "go").touch()
        until(lambda: kernels(project, THERE), "the second", process)
        (project / "go").unlink()
        started_by_run = family(process.pid)
        kill(process.pid)
    until(lambda: all_gone(started_by_run), "no process left")
    (project / "go").touch()
    assert told(ran(project)) == {HERE: DONE, THERE: DONE, "": DONE}
    assert len(kernels(project, HERE)) in {1, 2}  # killed before or after it was committed
    nothing_torn(project)


def test_a_page_of_a_run_that_was_killed_before_publishing_is_written(project):
    ran(project)
    page = project / MONTH / slug(HERE) / "01_levels.html"
    assert "plain" not in page.read_text(encoding="utf-8")
    write_notebook(
        project / "notebooks" / "01_levels.ipynb", "Levels", PARAMETERS,
        WORK.replace('"lead": period_start', '"lead": label'),
    )  # fmt: skip
    planned = plan(project)
    before_publishing = shared_workers().execute(planned.jobs, project)
    assert {r.status for _, r in before_publishing} == {DONE}
    ran(project)
    assert "plain" in page.read_text(encoding="utf-8")


IN_PYTHON = "import time\ntime.sleep(3600)"
IN_C = "import ctypes\nctypes.PyDLL(None).sleep(3600)  # holds the interpreter all the while"
DEAF = """
import signal, time
for number in (signal.SIGTERM, signal.SIGINT):
    signal.signal(number, signal.SIG_IGN)
import ctypes
ctypes.PyDLL(None).sleep(3600)
"""


@pytest.mark.parametrize("hang", [IN_PYTHON, IN_C, DEAF], ids=["python", "C", "deaf"])
def test_a_cell_that_never_ends(project, monkeypatch, hang):
    faulty(project, NOTE + hang)
    monkeypatch.setattr(execute, "CELL_TIMEOUT", 5)
    records = ran(project)
    assert told(records) == {HERE: TIMED_OUT, THERE: DONE, "": DONE}
    assert records[HERE].error == "a cell took longer than 5 seconds"
    assert len(kernels(project, HERE)) == 1
    nothing_torn(project)


def test_a_notebook_that_takes_too_long_in_all(project, monkeypatch):
    faulty(project, IN_PYTHON)
    monkeypatch.setattr(execute, "NOTEBOOK_TIMEOUT", 8)
    records = ran(project)
    assert told(records) == {HERE: TIMED_OUT, THERE: DONE, "": DONE}
    assert records[HERE].error == "the notebook took longer than 8 seconds"


TOO_MUCH = """
import resource, numpy
used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + 2**30, used + 2**30))
numpy.ones(2**31, dtype="uint8")
"""


def test_two_gigabytes_where_one_is_left(project):
    faulty(project, TOO_MUCH)
    records = ran(project)
    assert told(records) == {HERE: FAILED, THERE: DONE, "": DONE}
    assert "Unable to allocate 2.00 GiB" in records[HERE].error
    nothing_torn(project)


def test_a_crash_in_a_library(project):
    faulty(project, f"{NOTE}import ctypes\nctypes.string_at(0)")
    assert told(ran(project)) == {HERE: DIED, THERE: DONE, "": DONE}
    assert len(kernels(project, HERE)) == 2
    nothing_torn(project)


def test_what_a_kernel_has_started_ends_with_it(project, monkeypatch):
    child = "import subprocess\np = subprocess.Popen(['sleep', '3600'])\nprint(p.pid)\n"
    note = "open('child', 'w').write(str(p.pid))\n"
    faulty(project, child + note + IN_PYTHON)
    monkeypatch.setattr(execute, "CELL_TIMEOUT", 5)
    assert told(ran(project))[HERE] == TIMED_OUT
    pid = int((project / "child").read_text())
    until(lambda: not psutil.pid_exists(pid), "no child left")


def test_a_folder_that_cannot_be_written_into(project):
    (project / MONTH).mkdir(parents=True)
    (project / MONTH / slug(HERE)).write_text("a file where a folder should be")
    records = ran(project)
    assert told(records) == {HERE: FAILED, THERE: DONE, "": DONE}
    assert "File exists" in records[HERE].error


LARGE = "import os\nprint(os.urandom(400_000).hex())"


def test_a_file_that_may_not_grow(project):
    faulty(project, LARGE)
    limit = (500_000, 500_000)
    with started(
        project, "run", "--json", "--workers", "2",
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limit),
    ) as process:  # fmt: skip
        assert ended(process) == (BAD_REPORTS, {HERE: FAILED, THERE: DONE, "": DONE})
    nothing_torn(project)


@pytest.fixture
def small_disk(project: Path) -> Iterator[Path]:
    """Return the project, its reports on a disk of 1 MB."""
    reports = project / "reports"
    reports.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "none", str(reports)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False).returncode:  # noqa: S603
        pytest.skip("only root may mount a small disk")
    yield project
    subprocess.run(["umount", str(reports)], check=True)  # noqa: S603, S607


def test_a_full_disk_loses_no_finished_report(small_disk, capsys, monkeypatch):
    monkeypatch.chdir(small_disk)
    assert main(["run", "--quiet"]) == OK
    finished = {f: f.read_bytes() for f in (small_disk / MONTH).rglob("0*") if f.is_file()}
    write_notebook(
        small_disk / "notebooks" / "02_more.ipynb",
        "More",
        PARAMETERS,
        LARGE.replace("4", "8"),
        WORK,
    )
    capsys.readouterr()
    assert main(["run", "--json"]) == BAD_REPORTS
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    status = {(line["business_unit"], line["notebook"]): line for line in lines}
    for unit in UNITS:
        assert status[unit, "01_levels"]["status"] == DONE
        assert status[unit, "02_more"]["status"] == FAILED
        assert "No space left on device" in status[unit, "02_more"]["error"]
    assert {f: f.read_bytes() for f in finished} == finished
    nothing_torn(small_disk)


def test_an_index_that_cannot_be_written(project, capsys, monkeypatch):
    monkeypatch.chdir(project)
    (project / MONTH / "index.html").mkdir(parents=True)
    assert main(["run"]) == BAD_REPORTS
    out, err = capsys.readouterr()
    assert err.startswith("error: ")
    assert err.endswith("Is a directory.\n")
    assert "3 of 3 reports are good" in " ".join(out.split())
    nothing_torn(project)


OPEN = """
import slm_analysis as slm
print(len(slm.open_unit(business_unit).tickets))
"""


@pytest.mark.parametrize("damage", ["cut", "zeros"])
def test_a_corrupt_partition_of_one_unit(project, damage):
    write_notebook(project / "notebooks" / "01_levels.ipynb", "Levels", PARAMETERS, OPEN, WORK)
    planned = plan(project)
    tickets = planned.prepared.unit_folder(HERE) / "tickets.parquet"
    content = tickets.read_bytes()
    tickets.write_bytes(content[:-20] if damage == "cut" else bytes(len(content)))
    records = ran(project, planned)
    assert told(records) == {HERE: FAILED, THERE: DONE, "": DONE}
    assert "Parquet" in records[HERE].error
    nothing_torn(project)
    assert told(ran(project)) == {HERE: DONE, THERE: DONE, "": DONE}  # prepared anew


def test_a_scheduler_ends_the_run(running):
    process, root = running
    started_by_run = family(process.pid)
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=LONG)
    assert process.returncode == BAD_REPORTS
    assert err == "stopped; finished reports are kept, the next run goes on from there\n"
    assert all_gone(started_by_run)
    assert not [*root.glob("reports/*/*/0*")]  # a job that was stopped tells nothing
