"""Jobs on this machine: threads of this process, each with one job at a time."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

from slm_analysis.batch.plan import Job
from slm_analysis.batch.records import Record

if TYPE_CHECKING:
    from slm_analysis.batch.kernels import Kernels
    from slm_analysis.dataset.parts import Each

# What runs notebooks is imported with the first job: a run that finds nothing to do is quick.


class LocalWorkers:
    """Where jobs run on this machine; a context, at whose end all stops.

    Parameters
    ----------
    number : int
        Jobs at a time.
    """

    each: Each = staticmethod(map)

    def __init__(self, number: int) -> None:
        self._number = number
        self._opened = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()

    @cached_property
    def _kernels(self) -> Kernels:
        from slm_analysis.batch.kernels import Kernels  # noqa: PLC0415

        return Kernels()

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        pool = self._opened.enter_context(ThreadPoolExecutor(max_workers=self._number))
        self._opened.enter_context(self._kernels)  # they end first, and with them the jobs
        self._opened.callback(pool.shutdown, wait=False, cancel_futures=True)
        return pool

    def execute(self, jobs: Sequence[Job], root: Path) -> Generator[tuple[Job, Record]]:
        """Run jobs, yielding each with its record as it ends."""
        if not jobs:
            return
        from slm_analysis.batch.execute import run_job  # noqa: PLC0415

        running = {self._pool.submit(run_job, job, root, self._kernels): job for job in jobs}
        for future in as_completed(running):
            yield running[future], future.result()
