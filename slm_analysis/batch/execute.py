"""Runs a job with papermill; whatever happens, it ends with a record."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from contextlib import closing, suppress
from pathlib import Path

import nbformat
from jupyter_core.utils import ensure_event_loop
from nbclient.exceptions import CellExecutionError, CellTimeoutError
from papermill import PapermillExecutionError, execute_notebook
from papermill.engines import NBClientEngine, NotebookExecutionManager, papermill_engines
from papermill.log import logger

from slm_analysis.batch.kernels import Kernels, StoppedError
from slm_analysis.batch.plan import Job
from slm_analysis.batch.records import (
    DIED,
    DONE,
    FAILED,
    TIMED_OUT,
    Record,
    ended,
    executed,
    partial,
    record_file,
    write_record,
)
from slm_analysis.dataset.told_batch import COMPARISON_READ
from slm_analysis.files import part_of, put_whole
from slm_analysis.fingerprint import file_digest
from slm_analysis.presentation.views import KEY_FIGURES

CELL_TIMEOUT, NOTEBOOK_TIMEOUT = 600, 1800
"""Seconds that one cell, and all cells of a notebook together, may take."""
START_TIMEOUT, OUTPUT_TIMEOUT = 300, 60
"""Seconds that a kernel may take to begin, and its outputs to arrive after a cell has ended."""
ATTEMPTS = 2
"""A kernel may die of what its neighbours took; a cell that raises would raise again."""
QUIET = ["--log-level=CRITICAL", "--HistoryManager.enabled=False"]
"""Every kernel would report being shut down, and note down what it ran."""
SEED_DIGITS = 16
ENGINE = "slm"
TOLD_BATCH = {KEY_FIGURES, COMPARISON_READ}
"""MIME types of what no page shows."""
Emitted = Mapping[str, Mapping[str, object]]
"""What a notebook told, by MIME type."""


def run_job(job: Job, root: Path, kernels: Kernels) -> Record:
    """Run one job, and write its notebook and its record.

    Whatever fails, the record tells; where not even that can be written, it is only returned.

    Raises
    ------
    StoppedError
        Where the kernels were stopped meanwhile: nothing is written then.
    """
    logger.setLevel(logging.CRITICAL)  # what papermill would log, the record tells
    begun = time.monotonic()
    part = part_of(executed(job))
    try:
        job.folder.mkdir(parents=True, exist_ok=True)
        for stale in (record_file(job), partial(job)):
            stale.unlink(missing_ok=True)
        status, error, emitted = _tried(job, part, root, kernels)
        record = _kept(job, part, status, time.monotonic() - begun, error, emitted)
    except OSError as e:  # the disk is full, or the folder not ours
        record = ended(job, FAILED, time.monotonic() - begun, _told(e))
        with suppress(OSError):
            executed(job).unlink(missing_ok=True)
            write_record(job, record)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return record


def _tried(job: Job, part: Path, root: Path, kernels: Kernels) -> tuple[str, str, Emitted]:
    """Execute a job's notebook, once more where its kernel died."""
    for _ in range(ATTEMPTS):
        status, error, emitted = _attempt(job, part, root, kernels)
        if kernels.stopped:
            raise StoppedError
        if status != DIED:
            break
    return status, error, emitted


def _kept(
    job: Job,
    part: Path,
    status: str,
    seconds: float,
    error: str,
    emitted: Emitted,
) -> Record:
    """Give the notebook its name, then write the record."""
    sha256 = ""
    if status == DONE:
        put_whole(part, executed(job))
        sha256 = file_digest(executed(job))
    else:
        executed(job).unlink(missing_ok=True)
        if part.exists():
            put_whole(part, partial(job))
    figures, compares = emitted.get(KEY_FIGURES), COMPARISON_READ in emitted
    record = ended(job, status, seconds, error, sha256, figures, compares=compares)
    write_record(job, record)
    return record


def _attempt(job: Job, part: Path, root: Path, kernels: Kernels) -> tuple[str, str, Emitted]:
    """Execute a job's notebook; return how it ended, what went wrong, and what it emitted."""
    deadline = time.monotonic() + NOTEBOOK_TIMEOUT
    try:
        _execute(job, part, root, kernels, deadline)
        return DONE, "", _emitted(part)
    except (PapermillExecutionError, CellExecutionError) as e:
        return FAILED, f"{e.ename}: {e.evalue}", {}
    except CellTimeoutError:
        if time.monotonic() >= deadline:
            return TIMED_OUT, f"the notebook took longer than {NOTEBOOK_TIMEOUT} seconds", {}
        return TIMED_OUT, f"a cell took longer than {CELL_TIMEOUT} seconds", {}
    except RuntimeError:  # nbclient's DeadKernelError, and what Jupyter says of one never ready
        return DIED, "the kernel died", {}
    except Exception as e:  # noqa: BLE001  whatever happens, the others go on and the table tells
        return FAILED, _told(e), {}


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def _execute(job: Job, part: Path, root: Path, kernels: Kernels, deadline: float) -> None:
    """Execute a job's notebook into a file, on an event loop that ends with it."""
    with closing(ensure_event_loop()):
        execute_notebook(
            _as_it_is(job.notebook),
            _as_it_is(part),
            parameters=dict(job.parameters),
            engine_name=ENGINE,
            kernel_name=kernels.start(),
            kernel_manager_class=kernels.manager(job.key[:SEED_DIGITS]),
            extra_arguments=QUIET,
            resources={"metadata": {"path": str(root)}},  # the kernel's working directory
            start_timeout=START_TIMEOUT,
            timeout_func=lambda _: max(min(CELL_TIMEOUT, deadline - time.monotonic()), 0.001),
            iopub_timeout=OUTPUT_TIMEOUT,
            raise_on_iopub_timeout=True,  # otherwise what had not arrived would be missing unseen
            progress_bar=False,
            log_output=False,
        )


class OnceSaved(NotebookExecutionManager):
    """Keeps a notebook in memory until its end; papermill's own saves it twice per cell."""

    def save(self, **_: object) -> None:
        """Write the notebook, if it has ended."""
        if self.end_time is not None:
            super().save()


class BatchEngine(NBClientEngine):
    """Papermill's engine, but for how often it saves."""

    @classmethod
    def execute_notebook(
        cls,
        nb: nbformat.NotebookNode,
        kernel_name: str,
        output_path: str,
        progress_bar: bool = False,
        **options: object,
    ) -> nbformat.NotebookNode:
        """Execute a notebook that parameters were put into."""
        manager = OnceSaved(nb, output_path, progress_bar=progress_bar)
        manager.notebook_start()
        try:
            cls.execute_managed_notebook(manager, kernel_name, **options)
        finally:
            manager.notebook_complete()
        return manager.nb


papermill_engines.register(ENGINE, BatchEngine)


def _as_it_is(path: Path) -> str:
    """Return a path for papermill, which fills in parameters between braces."""
    return str(path).replace("{", "{{").replace("}", "}}")


def _emitted(notebook: Path) -> Emitted:
    """Return what the notebook's cells told the batch, by MIME type."""
    emitted: dict[str, dict[str, object]] = {}
    for cell in nbformat.read(notebook, as_version=4).cells:
        for output in cell.get("outputs", ()):
            for mime in TOLD_BATCH & output.get("data", {}).keys():
                emitted.setdefault(mime, {}).update(output["data"][mime])
    return emitted
