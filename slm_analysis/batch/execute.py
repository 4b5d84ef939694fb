"""Runs jobs with papermill; every job ends with a record, and a failed one stops no other."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from pathlib import Path

import nbformat
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from papermill import PapermillExecutionError, execute_notebook

from slm_analysis.batch.kernels import LocalKernelManager
from slm_analysis.batch.plan import Job
from slm_analysis.files import write_whole
from slm_analysis.fingerprint import file_digest
from slm_analysis.presentation.views import KEY_FIGURES

DONE, FAILED, DIED, TIMED_OUT = "done", "failed", "died", "timed_out"
CELL_TIMEOUT = 600
"""Seconds that one cell may take."""
KERNEL = "python3"


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
        The last line of what went wrong.
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


def finished(job: Job) -> Record | None:
    """Return the record of a job that was done before with the same key and is still whole."""
    try:
        record = Record(**json.loads(record_file(job).read_text(encoding="utf-8")))
        whole = record.sha256 == file_digest(executed(job))
    except (OSError, ValueError, TypeError):
        return None
    return record if whole and record.status == DONE and record.key == job.key else None


def execute(jobs: list[Job], root: Path, workers: int) -> Iterator[tuple[Job, Record]]:
    """Run jobs, yielding each with its record as it ends."""
    with ThreadPoolExecutor(max_workers=workers) as pool:
        running = {pool.submit(run_job, job, root): job for job in jobs}
        for future in as_completed(running):
            yield running[future], future.result()


def run_job(job: Job, root: Path) -> Record:
    """Run one job and write its notebook and record."""
    job.folder.mkdir(parents=True, exist_ok=True)
    for stale in (record_file(job), partial(job)):
        stale.unlink(missing_ok=True)
    part = job.folder / f".{job.name}.{os.getpid()}.part.ipynb"
    begun = time.monotonic()
    status, error = DONE, ""
    try:
        execute_notebook(
            str(job.notebook),
            str(part),
            parameters=dict(job.parameters),
            kernel_name=KERNEL,
            cwd=str(root),
            progress_bar=False,
            log_output=False,
            execution_timeout=CELL_TIMEOUT,
            kernel_manager_class=LocalKernelManager,
        )
    except (PapermillExecutionError, CellExecutionError) as e:
        status, error = FAILED, f"{e.ename}: {e.evalue}"
    except CellTimeoutError:
        status, error = TIMED_OUT, f"a cell took longer than {CELL_TIMEOUT // 60} minutes"
    except DeadKernelError:
        status, error = DIED, "the kernel died"
    except Exception as e:  # noqa: BLE001  whatever happens, the others go on and the table tells
        status, error = FAILED, f"{type(e).__name__}: {e}"
    figures: Mapping[str, object] = {}
    sha256 = ""
    if status == DONE:
        figures = _key_figures(part)
        part.replace(executed(job))
        sha256 = file_digest(executed(job))
    elif part.exists():
        part.replace(partial(job))
        executed(job).unlink(missing_ok=True)
    record = Record(
        notebook=job.name,
        business_unit=job.business_unit,
        key=job.key,
        status=status,
        seconds=round(time.monotonic() - begun, 1),
        error=error.splitlines()[-1][:500] if error else "",
        sha256=sha256,
        key_figures=figures,
    )
    write_whole(record_file(job), json.dumps(asdict(record), ensure_ascii=False, indent=1))
    return record


def _key_figures(notebook: Path) -> Mapping[str, object]:
    """Return the key figures that the notebook's cells emitted."""
    figures: dict[str, object] = {}
    for cell in nbformat.read(notebook, as_version=4).cells:
        for output in cell.get("outputs", ()):
            figures |= output.get("data", {}).get(KEY_FIGURES, {})
    return figures
