"""A real Dask scheduler with real workers on this machine, and what happens when they are lost."""

from __future__ import annotations

import gc
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil
import pytest

from slm_analysis.batch.plan import Job, plan
from slm_analysis.batch.records import DIED, DONE, Record
from slm_analysis.batch.run import run
from slm_analysis.cli import BAD_INPUT, BAD_REPORTS, OK, main
from slm_analysis.dataset.prepare import prepare
from slm_analysis.errors import InputError
from slm_analysis.fingerprint import program_digest
from slm_analysis.intake import spill
from slm_analysis.project import PREPARED
from tests.batch.processes import (
    LONG,
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
    run_all,
    write_notebook,
    write_project,
)
from tests.batch.test_faults import ended, nothing_torn

pytest.importorskip("distributed", reason="the extra 'dask' is not installed")
from slm_analysis.batch import cluster

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="signals of Linux")
HERE, THERE = UNITS
ON_LOOPBACK = ["--host", "127.0.0.1", "--no-dashboard"]


@contextmanager
def process(*command: str, **environment: str) -> Iterator[subprocess.Popen]:
    """Run one of Dask's own commands beside a test."""
    running = subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", *command],
        env=os.environ | environment,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield running
    finally:
        running.kill()
        running.wait()


@contextmanager
def scheduler(folder: Path, **environment: str) -> Iterator[str]:
    """Run a scheduler and yield its address."""
    file = folder / "scheduler.json"
    command = ["distributed.cli.dask_scheduler", *ON_LOOPBACK, "--port", "0"]
    with process(*command, "--scheduler-file", str(file), **environment) as running:
        until(lambda: file.is_file() and file.stat().st_size, "a scheduler", running)
        yield json.loads(file.read_text())["address"]


def worker(address: str):
    """Run a worker, which nobody starts again where it is lost."""
    options = [*ON_LOOPBACK, "--no-nanny", "--nthreads", "1"]
    return process("distributed.cli.dask_worker", address, *options)


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    """Let clients that found no scheduler close: not later, when the next one is just starting."""
    yield
    gc.collect()


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Iterator[str]:
    """Return the address of a scheduler that has two workers, which no test kills."""
    with scheduler(tmp_path_factory.mktemp("dask")) as address, worker(address), worker(address):
        yield address


@pytest.fixture
def to_lose(tmp_path: Path) -> Iterator[Callable[..., str]]:
    """Return a function that runs a scheduler and workers, and returns its address."""
    with ExitStack() as running:

        def place(workers: int, **environment: str) -> str:
            address = running.enter_context(scheduler(tmp_path, **environment))
            for _ in range(workers):
                running.enter_context(worker(address))
            return address

        yield place


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write_project(tmp_path / "project")


@pytest.fixture
def waiting(project: Path) -> Path:
    """Return a project whose notebooks wait to be told to go on."""
    write_notebook(project / "notebooks" / "01_levels.ipynb", "Levels", PARAMETERS, WAIT, WORK)
    return project


def worker_of(kernel: int) -> psutil.Process:
    """Return the worker that a kernel belongs to: its parent's parent."""
    return psutil.Process(kernel).parent().parent()


def all_done(root: Path) -> bool:
    """Run what is left of a project on this machine; whether all reports are good then."""
    return {record.status for record in run_all(root).values()} == {DONE}


def at_work(root: Path, process: subprocess.Popen) -> None:
    """Wait until a kernel works for each unit."""
    until(lambda: all(kernels(root, unit) for unit in UNITS), "both at work", process)


def test_a_run_on_a_cluster_is_as_one_here(project, place, tmp_path):
    alone = write_project(tmp_path / "alone")
    run_all(alone)
    with started(project, "run", "--json", "--scheduler", place) as process:
        assert ended(process) == (OK, {HERE: DONE, THERE: DONE, "": DONE})
    nothing_torn(project)
    made = [
        {f.relative_to(root): f for f in root.rglob("reports/**/*") if f.is_file()}
        for root in (project, alone)
    ]
    assert made[0].keys() == made[1].keys()
    for name, file in made[0].items():
        if name.suffix in {".html", ".csv"}:
            assert file.read_bytes() == made[1][name].read_bytes(), name
    workers = [p for p in psutil.process_iter() if place in _command(p)]
    assert len(workers) == 2
    assert not [child for w in workers for child in w.children(recursive=True)]


def test_data_prepared_on_a_cluster_are_as_if_prepared_here(project, place, tmp_path, monkeypatch):
    monkeypatch.setattr(spill, "PART_ROWS", 2)
    alone = write_project(tmp_path / "alone")
    here = prepare(alone, alone / "prepared")
    monkeypatch.chdir(project)
    assert main(["prepare", "--scheduler", place]) == OK
    there = prepare(project, project / PREPARED)
    names = sorted(f.relative_to(here.folder) for f in here.folder.rglob("*.*"))
    assert names == sorted(f.relative_to(there.folder) for f in there.folder.rglob("*.*"))
    assert len([name for name in names if name.name == "tickets.parquet"]) == len(UNITS)
    assert there.units == here.units
    for name in names:
        assert (here.folder / name).read_bytes() == (there.folder / name).read_bytes(), name


def test_a_part_that_takes_its_worker_with_it_is_one_message(project, to_lose):
    address = to_lose(1, DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES="0")
    with (
        cluster.Cluster(address, project) as workers,
        pytest.raises(InputError, match=r"A part was lost with its worker \(tries: 1\)\."),
    ):
        list(workers.each(_dies, [1]))


def _dies(_: int) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def test_a_run_prepares_on_the_cluster_too(project, place):
    parts = []
    with cluster.Cluster(place, project) as workers:

        def each(function, numbers):
            for made in workers.each(function, numbers):
                parts.append(made)
                yield made

        planned = plan(project, each=each)
    assert sorted(unit for part in parts for unit in part.units) == sorted(planned.units)


def test_a_second_run_does_nothing(project, place):
    with cluster.Cluster(place, project) as workers:
        run(plan(project, each=workers.each), workers, lambda _: None)
        before = {f: f.stat().st_mtime_ns for f in project.glob("reports/*/**/0*")}
        assert {r.status for r in run(plan(project), workers, lambda _: None).values()} == {DONE}
    assert {f: f.stat().st_mtime_ns for f in project.glob("reports/*/**/0*")} == before
    assert sorted(f.name for f in (project / "reports").iterdir()) == ["2026-10", "index.html"]


def test_the_jobs_of_a_worker_that_is_killed_run_again_once(waiting, to_lose):
    place = to_lose(3)
    with started(waiting, "run", "--json", "--scheduler", place) as process:
        at_work(waiting, process)
        lost = worker_of(kernels(waiting, HERE)[0])
        beside = family(lost.pid)
        assert len(beside) == 3  # itself, the process that kernels are forked from, and a kernel
        kill(lost.pid)
        until(lambda: all_gone(beside), "nothing left of the worker")
        until(lambda: len(kernels(waiting, HERE)) == 2, "the job again", process)
        (waiting / "go").touch()
        assert ended(process) == (OK, {HERE: DONE, THERE: DONE, "": DONE})
    assert [len(kernels(waiting, unit)) for unit in UNITS] == [2, 1]
    nothing_torn(waiting)


def test_a_job_whose_worker_may_not_be_lost(waiting, to_lose):
    place = to_lose(2, DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES="0")
    with started(waiting, "run", "--json", "--scheduler", place) as process:
        at_work(waiting, process)
        kill(worker_of(kernels(waiting, HERE)[0]).pid)
        (waiting / "go").touch()
        assert ended(process) == (BAD_REPORTS, {HERE: DIED, THERE: DONE, "": DONE})
    nothing_torn(waiting)


def test_ctrl_c_ends_what_runs_on_the_workers(waiting, place):
    with started(waiting, "run", "--json", "--scheduler", place) as process:
        at_work(waiting, process)
        parents = [psutil.Process(kernels(waiting, unit)[0]).parent() for unit in UNITS]
        beside = [p for parent in parents for p in family(parent.pid)]
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=LONG)
    assert process.returncode == BAD_REPORTS
    assert err == "stopped; finished reports are kept, the next run goes on from there\n"
    until(lambda: all_gone(beside), "no kernel left")
    (waiting / "go").touch()
    assert all_done(waiting)
    nothing_torn(waiting)


def test_a_cluster_of_this_machine_ends_with_a_run_that_is_killed(waiting):
    with started(waiting, "run", "--json", "--cluster", "local:2") as process:
        at_work(waiting, process)
        all_of_it = family(process.pid)
        process.kill()
    until(lambda: all_gone(all_of_it), "no process left")
    (waiting / "go").touch()
    assert all_done(waiting)
    nothing_torn(waiting)


def test_a_scheduler_that_is_lost(waiting, to_lose, tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "PATIENCE", 5)  # so long it is looked for again
    place = to_lose(2)
    (running,) = [p for p in psutil.process_iter() if str(tmp_path) in " ".join(_command(p))]

    def run_there() -> dict[Job, Record]:
        with cluster.Cluster(place, waiting) as workers:
            return run(plan(waiting), workers, lambda _: None)

    with ThreadPoolExecutor(1) as pool:
        records = pool.submit(run_there)
        until(lambda: all(kernels(waiting, unit) for unit in UNITS), "both at work")
        running.kill()
        status = {record.business_unit: record.status for record in records.result(LONG).values()}
    assert status == {HERE: DIED, THERE: DIED, "": DIED}


# --- what does not fit


def test_no_scheduler(project, monkeypatch, capsys):
    monkeypatch.chdir(project)
    monkeypatch.setattr(cluster, "PATIENCE", 1)
    assert main(["run", "--scheduler", "tcp://127.0.0.1:9"]) == BAD_INPUT
    err = capsys.readouterr().err
    assert err.startswith("error: No Dask scheduler answers at tcp://127.0.0.1:9: ")
    assert err.endswith(" It should be like tcp://host:8786, or local:4.\n")
    assert not [*project.glob("reports/.*")]


@pytest.mark.parametrize("place", ["local:0", "local:x", "nonsense://1"])
def test_no_address(project, monkeypatch, capsys, place):
    monkeypatch.chdir(project)
    monkeypatch.setattr(cluster, "PATIENCE", 1)
    assert main(["run", "--cluster", place]) == BAD_INPUT
    assert f"No Dask scheduler answers at {place}" in capsys.readouterr().err


def test_no_worker(project, monkeypatch, to_lose):
    monkeypatch.setattr(cluster, "PATIENCE", 5)
    place = to_lose(0)
    with (
        pytest.raises(InputError, match=f"The scheduler at {place} has no worker. Start some"),
        cluster.Cluster(place, project),
    ):
        pass


def test_what_is_wrong_with_a_worker(tmp_path):
    mark = tmp_path / "mark"
    ((problem, remedy),) = cluster.fault_of(mark, program_digest())
    assert problem == f"does not see {tmp_path}."
    assert remedy.startswith("Workers need the project's folder at the same path")
    mark.touch()
    assert cluster.fault_of(mark, program_digest()) == []
    ((problem, remedy),) = cluster.fault_of(mark, "another")
    assert problem == "has another version of slm-analysis or of a library."
    assert remedy == "Install the same there, and restart it."


def test_a_worker_that_does_not_fit_is_named(project, place, monkeypatch):
    monkeypatch.setattr(cluster, "program_digest", lambda: "of another version")
    with pytest.raises(InputError) as e, cluster.Cluster(place, project):
        pass
    faults = [*map(str, e.value.faults)]
    assert faults
    assert all(f.startswith("The worker tcp://127.0.0.1:") for f in faults)
    assert all("has another version of slm-analysis or of a library." in f for f in faults)
