"""Jobs on a Dask cluster: the same function per job, with warm kernels beside every worker.

Workers need the project's folder at the same path, on storage that all share, and the same
versions of this package and its libraries; both are checked. Results are written by the worker,
whole or not at all; only the record comes back. Dask runs the jobs of a worker that was killed
again on another; what had been committed by then is not run again.
"""

from __future__ import annotations

import asyncio
import logging
import re
import uuid
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, Self, TypeVar

from slm_analysis.batch.execute import run_job
from slm_analysis.batch.kernels import Kernels, StoppedError
from slm_analysis.batch.plan import Job
from slm_analysis.batch.records import DIED, FAILED, Record, ended, finished, write_record
from slm_analysis.errors import Fault, InputError
from slm_analysis.fingerprint import program_digest
from slm_analysis.project import REPORTS

try:
    import distributed
    from distributed.client import ClosedClientError
except ImportError:
    raise InputError(
        Fault("A cluster needs Dask.", "Install the extra: pip install 'slm-analysis[dask]'.")
    ) from None

Part = TypeVar("Part")
Told = TypeVar("Told")
LOCAL = re.compile(r"local:([1-9]\d*)")
LOOPBACK = "127.0.0.1"
SCHEDULER_LOST = "the scheduler was lost"
PATIENCE = 60
"""Seconds to wait for a scheduler's answer, and for its first worker."""


class Cluster:
    """A Dask cluster to run jobs on; a context, at whose end all stops.

    Parameters
    ----------
    place : str
        Address of a scheduler, ``tcp://host:8786``, or ``local:4`` for so many workers here.
    root : Path
        The project's folder.

    Raises
    ------
    InputError
        On entering: where no scheduler answers, it has no worker, or a worker does not fit.
    """

    def __init__(self, place: str, root: Path) -> None:
        self._place = place
        self._name = f"slm-{uuid.uuid4().hex}"
        self._mark = root / REPORTS / f".{self._name}"
        self._opened = ExitStack()
        self._has_kernels = False

    def __enter__(self) -> Self:
        with ExitStack() as opened:
            self._mark.parent.mkdir(parents=True, exist_ok=True)
            self._mark.touch()
            opened.callback(self._mark.unlink, missing_ok=True)
            local = LOCAL.fullmatch(self._place)
            scheduler = opened.enter_context(_local(int(local[1]))) if local else self._place
            self._client = opened.enter_context(_client(scheduler))
            try:
                self._client.wait_for_workers(1, timeout=PATIENCE)
            except TimeoutError:
                problem = f"The scheduler at {self._place} has no worker."
                raise InputError(Fault(problem, "Start some: dask worker ADDRESS.")) from None
            self._check(self._client.run(fault_of, self._mark, program_digest()))
            self._opened = opened.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        with self._opened:
            if self._has_kernels and self._client.status == "running":
                with suppress(OSError, ValueError):  # the scheduler has just gone, or begun anew
                    self._client.unregister_worker_plugin(self._name)

    def each(self, function: Callable[[Part], Told], parts: Iterable[Part]) -> Iterator[Told]:
        """Call a function of each part, yielding what it returns as it comes, in any order.

        Raises
        ------
        InputError
            Where a part, or the scheduler, is lost for good.
        """
        try:
            futures = self._client.map(function, list(parts), pure=False)
            for future in distributed.as_completed(futures, loop=self._client.loop):
                yield future.result()
        except distributed.KilledWorker as e:
            problem = f"A part was lost with its worker (tries: {e.allowed_failures + 1})."
            raise InputError(Fault(problem, "Mostly it lacks memory.")) from None
        except (CancelledError, ClosedClientError):
            raise InputError(Fault("The scheduler was lost.", "Run it again.")) from None

    def execute(self, jobs: Sequence[Job], root: Path) -> Generator[tuple[Job, Record]]:
        """Run jobs, yielding each with its record as it ends."""
        running = {
            f"{self._name}-{job.folder.name}-{job.name}": job for job in jobs
        }  # names that tell something on Dask's dashboard
        futures = []
        try:
            if jobs and not self._has_kernels:
                self._client.register_plugin(RunKernels(self._name, self._mark, program_digest()))
                self._has_kernels = True
            futures = [
                self._client.submit(run_on_worker, job, root, self._name, key=key, pure=False)
                for key, job in running.items()
            ]
            for future in distributed.as_completed(futures, loop=self._client.loop):
                job = running.pop(future.key)
                yield job, _record(job, future)
        except ClosedClientError:
            for job in running.values():
                yield job, ended(job, DIED, 0, SCHEDULER_LOST)
        finally:
            with suppress(OSError, ClosedClientError):
                self._client.cancel(futures)

    def _check(self, faults: dict[str, Any]) -> None:
        told = [
            Fault(f"The worker {address} {problem}", remedy)
            for address, found in faults.items()
            for problem, remedy in found
        ]
        if told:
            raise InputError(told)


def _local(workers: int) -> distributed.LocalCluster:
    return distributed.LocalCluster(
        n_workers=workers,
        threads_per_worker=1,
        host=LOOPBACK,
        dashboard_address=None,
        silence_logs=logging.CRITICAL,
    )


def _client(scheduler: str | distributed.LocalCluster) -> distributed.Client:
    try:
        return distributed.Client(scheduler, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError) as e:
        problem = f"No Dask scheduler answers at {scheduler}: {e}."
        raise InputError(Fault(problem, "It should be like tcp://host:8786, or local:4.")) from None


def fault_of(mark: Path, program: str) -> list[tuple[str, str]]:
    """Return what is wrong with the worker that this is called on, with the remedy."""
    if not mark.is_file():
        return [
            (
                f"does not see {mark.parent}.",
                "Workers need the project's folder at the same path, on storage that all share.",
            )
        ]
    if program_digest() != program:
        return [
            (
                "has another version of slm-analysis or of a library.",
                "Install the same there, and restart it.",
            )
        ]
    return []


class RunKernels(distributed.WorkerPlugin):
    """The kernels of one run beside one worker, a warm process among them; gone with either.

    Parameters
    ----------
    name : str
        Of the run.
    mark : Path
        A file that shared storage shows.
    program : str
        Hash of the program.
    """

    def __init__(self, name: str, mark: Path, program: str) -> None:
        self.name = name
        self._expected = (mark, program)

    async def setup(self, worker: distributed.Worker) -> None:  # noqa: ARG002
        """Start a warm process: by exec, for a worker has threads and cannot be forked."""
        self.faults = fault_of(*self._expected)
        self.kernels = Kernels()
        if not self.faults:
            await asyncio.to_thread(self.kernels.start)

    async def teardown(self, worker: distributed.Worker) -> None:  # noqa: ARG002
        """End it and every kernel."""
        await asyncio.to_thread(self.kernels.stop)


def run_on_worker(job: Job, root: Path, run: str) -> Record:
    """Run one job on the worker that this is called on, unless another has done so.

    Raises
    ------
    distributed.Reschedule
        Where the worker is closing: Dask gives the job to another.
    """
    plugin = distributed.get_worker().plugins[run]
    assert isinstance(plugin, RunKernels)  # noqa: S101
    for problem, remedy in plugin.faults:  # a worker that has joined since
        return _written(job, ended(job, FAILED, 0, f"The worker {problem} {remedy}"))
    try:
        return finished(job) or run_job(job, root, plugin.kernels)
    except StoppedError:
        raise distributed.Reschedule from None


def _record(job: Job, future: distributed.Future) -> Record:
    """Return the record that came back; where none could, one that says so."""
    try:
        record: Record = future.result()
    except distributed.KilledWorker as e:
        tries = e.allowed_failures + 1
        return _written(job, ended(job, DIED, 0, f"lost with its worker (tries: {tries})"))
    except CancelledError:
        return ended(job, DIED, 0, SCHEDULER_LOST)
    except Exception as e:  # noqa: BLE001  whatever happens, the others go on and the table tells
        return _written(job, ended(job, FAILED, 0, f"{type(e).__name__}: {e}"))
    return record


def _written(job: Job, record: Record) -> Record:
    with suppress(OSError):
        job.folder.mkdir(parents=True, exist_ok=True)
        write_record(job, record)
    return record
