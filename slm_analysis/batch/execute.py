"""Runs jobs with papermill; every job ends with a record, and a failed one stops no other."""

from __future__ import annotations

import json
import logging
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed, wait
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

import nbformat
from jupyter_core.utils import ensure_event_loop
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from papermill import PapermillExecutionError, execute_notebook
from papermill.log import logger

from slm_analysis.batch.kernels import STANDARD, WARM, LocalKernelManager, stop_all
from slm_analysis.batch.plan import Job
from slm_analysis.batch.warm_kernels import warm_parent
from slm_analysis.files import write_whole
from slm_analysis.fingerprint import file_digest
from slm_analysis.presentation.views import KEY_FIGURES

DONE, FAILED, DIED, TIMED_OUT = "done", "failed", "died", "timed_out"
CELL_TIMEOUT, NOTEBOOK_TIMEOUT = 600, 1800
"""Seconds that one cell may take, and after which a notebook begins no further cell."""
ATTEMPTS = 2
"""A kernel may die of what its neighbours took; a cell that raises would raise again."""
STOP_EVERY = 0.2
"""Seconds between looks for kernels that a stopped run has left."""
QUIET = ["--log-level=CRITICAL", "--HistoryManager.enabled=False"]
"""Every kernel would report being shut down, and note down what it ran."""
SEED_DIGITS = 16
LONGEST_ERROR = 500
"""Letters of an error that the record keeps."""


@dataclass(frozen=True)
class Record:
    """How a job ended; written last, as its commit mark.

    Attributes
    ----------
    notebook, business_unit, key : str
        Of the job.
    status : str
        ``done``, ``failed`` (a cell raised), ``died`` (the kernel did) or ``timed_out``.
    seconds : float
    error : str
        What went wrong, on one line.
    sha256 : str
        Of the executed notebook.
    key_figures : mapping
        What the report emitted for the portfolio.
    """

    notebook: str
    business_unit: str
    key: str
    status: str
    seconds: float
    error: str
    sha256: str
    key_figures: Mapping[str, object]


def executed(job: Job) -> Path:
    """Return where the executed notebook of a job lies."""
    return job.folder / f"{job.name}.ipynb"


def partial(job: Job) -> Path:
    """Return where the notebook of a failed job lies, the error visible in it."""
    return job.folder / f"{job.name}.failed.ipynb"


def record_file(job: Job) -> Path:
    """Return where the record of a job lies."""
    return job.folder / f"{job.name}.json"


def recorded(job: Job) -> Record | None:
    """Return how a job ended before, with the same key; its notebook still being whole."""
    try:
        record = Record(**json.loads(record_file(job).read_text(encoding="utf-8")))
        whole = record.status != DONE or record.sha256 == file_digest(executed(job))
    except (OSError, ValueError, TypeError):
        return None
    return record if whole and record.key == job.key else None


def finished(job: Job) -> Record | None:
    """Return the record of a job that was done before and need not be done again."""
    record = recorded(job)
    return record if record is not None and record.status == DONE else None


def execute(jobs: Sequence[Job], root: Path, workers: int) -> Iterator[tuple[Job, Record]]:
    """Run jobs, yielding each with its record as it ends; stop all where the caller stops."""
    logger.setLevel(logging.CRITICAL)  # what papermill would log, the records tell
    if not jobs:
        return
    with warm_parent() as warm:
        kernel = WARM if warm else STANDARD
        pool = ThreadPoolExecutor(max_workers=workers)
        running = {pool.submit(run_job, job, root, kernel): job for job in jobs}
        try:
            for future in as_completed(running):
                yield running[future], future.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
            while wait(running, timeout=STOP_EVERY).not_done:
                stop_all()


def run_job(
    job: Job, root: Path, kernel: str = STANDARD, cell_timeout: int = CELL_TIMEOUT
) -> Record:
    """Run one job and write its notebook and record."""
    job.folder.mkdir(parents=True, exist_ok=True)
    for stale in (record_file(job), partial(job)):
        stale.unlink(missing_ok=True)
    part = job.folder / f".{job.name}.{os.getpid()}.part.ipynb"
    begun = time.monotonic()
    for _ in range(ATTEMPTS):
        status, error, figures = _attempt(job, part, root, kernel, cell_timeout)
        if status != DIED:
            break
    sha256 = ""
    if status == DONE:
        part.replace(executed(job))
        sha256 = file_digest(executed(job))
    else:
        executed(job).unlink(missing_ok=True)
        if part.exists():
            part.replace(partial(job))
    record = Record(
        notebook=job.name,
        business_unit=job.business_unit,
        key=job.key,
        status=status,
        seconds=round(time.monotonic() - begun, 1),
        error=" ".join(error.split())[:LONGEST_ERROR],
        sha256=sha256,
        key_figures=figures,
    )
    write_whole(record_file(job), json.dumps(asdict(record), ensure_ascii=False, indent=1))
    return record


def _attempt(
    job: Job, part: Path, root: Path, kernel: str, cell_timeout: int
) -> tuple[str, str, Mapping[str, object]]:
    """Execute a job's notebook; return how it ended, what went wrong, and its key figures."""
    try:
        _execute(job, part, root, kernel, cell_timeout)
        return DONE, "", _key_figures(part)
    except (PapermillExecutionError, CellExecutionError) as e:
        return FAILED, f"{e.ename}: {e.evalue}", {}
    except NotebookTimeoutError:
        return TIMED_OUT, f"the notebook took longer than {NOTEBOOK_TIMEOUT} seconds", {}
    except CellTimeoutError:
        return TIMED_OUT, f"a cell took longer than {cell_timeout} seconds", {}
    except DeadKernelError:
        return DIED, "the kernel died", {}
    except Exception as e:  # noqa: BLE001  whatever happens, the others go on and the table tells
        return FAILED, f"{type(e).__name__}: {e}", {}


class NotebookTimeoutError(TimeoutError):
    """A notebook has used up its time."""


def _execute(job: Job, part: Path, root: Path, kernel: str, cell_timeout: int) -> None:
    """Execute a job's notebook into a file, on an event loop that ends with it."""
    manager = type("JobKernelManager", (LocalKernelManager,), {"seed": job.key[:SEED_DIGITS]})
    deadline = time.monotonic() + NOTEBOOK_TIMEOUT

    def in_time(**_: object) -> None:
        if time.monotonic() > deadline:
            raise NotebookTimeoutError

    with closing(ensure_event_loop()):
        execute_notebook(
            _as_it_is(job.notebook),
            _as_it_is(part),
            parameters=dict(job.parameters),
            kernel_name=kernel,
            resources={"metadata": {"path": str(root)}},  # the kernel's working directory
            progress_bar=False,
            log_output=False,
            execution_timeout=cell_timeout,
            on_cell_start=in_time,
            kernel_manager_class=manager,
            extra_arguments=QUIET,
        )


def _as_it_is(path: Path) -> str:
    """Return a path for papermill, which fills in parameters between braces."""
    return str(path).replace("{", "{{").replace("}", "}}")


def _key_figures(notebook: Path) -> Mapping[str, object]:
    """Return the key figures that the notebook's cells emitted."""
    figures: dict[str, object] = {}
    for cell in nbformat.read(notebook, as_version=4).cells:
        for output in cell.get("outputs", ()):
            figures |= output.get("data", {}).get(KEY_FIGURES, {})
    return figures
