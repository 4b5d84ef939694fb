"""How jobs ended: a record beside each executed notebook, written last, as its commit mark."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from slm_analysis.batch.plan import Job
from slm_analysis.files import write_whole
from slm_analysis.fingerprint import file_digest

DONE, FAILED, DIED, TIMED_OUT = "done", "failed", "died", "timed_out"
LONGEST_ERROR = 500
"""Letters of an error that the record keeps."""


@dataclass(frozen=True)
class Record:
    """How a job ended.

    Attributes
    ----------
    notebook, business_unit, key : str
        Of the job.
    status : str
        ``done``, ``failed`` (a cell raised, or a file could not be written), ``died`` (the kernel
        did) or ``timed_out``.
    seconds : float
    error : str
        What went wrong, on one line.
    sha256 : str
        Of the executed notebook.
    key_figures : mapping
        What the report emitted for the portfolio.
    comparison : str
        Hash of the figures of all units, if it has read them.
    """

    notebook: str
    business_unit: str
    key: str
    status: str
    seconds: float
    error: str
    sha256: str
    key_figures: Mapping[str, object]
    comparison: str


def ended(
    job: Job,
    status: str,
    seconds: float,
    error: str = "",
    sha256: str = "",
    key_figures: Mapping[str, object] | None = None,
    *,
    compares: bool = False,
) -> Record:
    """Return the record of a job that has ended."""
    return Record(
        notebook=job.name,
        business_unit=job.business_unit,
        key=job.key,
        status=status,
        seconds=round(seconds, 1),
        error=" ".join(error.split())[:LONGEST_ERROR],
        sha256=sha256,
        key_figures=key_figures or {},
        comparison=job.comparison if compares else "",
    )


def executed(job: Job) -> Path:
    """Return where the executed notebook of a job lies."""
    return job.folder / f"{job.name}.ipynb"


def partial(job: Job) -> Path:
    """Return where the notebook of a failed job lies, the error visible in it."""
    return job.folder / f"{job.name}.failed.ipynb"


def record_file(job: Job) -> Path:
    """Return where the record of a job lies."""
    return job.folder / f"{job.name}.json"


def write_record(job: Job, record: Record) -> None:
    """Write the record of a job: from now on it counts."""
    write_whole(record_file(job), json.dumps(asdict(record), ensure_ascii=False, indent=1))


def recorded(job: Job) -> Record | None:
    """Return how a job ended before, its notebook being whole, and all as it was that it read."""
    try:
        record = Record(**json.loads(record_file(job).read_text(encoding="utf-8")))
        if record.key != job.key or record.comparison not in ("", job.comparison):
            return None
        whole = record.status != DONE or record.sha256 == file_digest(executed(job))
    except (OSError, ValueError, TypeError):
        return None
    return record if whole else None


def finished(job: Job) -> Record | None:
    """Return the record of a job that was done before and need not be done again."""
    record = recorded(job)
    return record if record is not None and record.status == DONE else None
