"""One run: jobs, portfolio, key figures, pages; what was done before is not done again."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pandas as pd
from filelock import FileLock, Timeout

from slm_analysis.batch.plan import KEY_FIGURES, Job, Plan
from slm_analysis.batch.publish import publish
from slm_analysis.batch.records import Record, finished, recorded
from slm_analysis.errors import InputError
from slm_analysis.files import csv_text, write_whole
from slm_analysis.fingerprint import digest
from slm_analysis.sla.scoring import STATES

if TYPE_CHECKING:
    from slm_analysis.dataset.parts import Each

LOCK = ".lock"
UNFINISHED = ".*.part*"
"""Names of files that an interrupted run has left half-written."""
KPI_COLUMNS = [
    "business_unit", "period", "service", "target", "metric", "priority", "goal", "agreement",
    "version", "result", "evidence", "value", "low", "high", "goal_value", "at_most", "counted",
    *STATES,
]  # fmt: skip
"""What stands first in the tables; the rest follows by name."""
BYTE_ORDER_MARK = "\ufeff"
"""Tells Excel that a CSV file is UTF-8."""


class Workers(Protocol):
    """Where jobs run: threads of this process, or a cluster."""

    @property
    def each(self) -> Each:
        """What prepares the parts of the data, see `slm_analysis.dataset.prepare.prepare`."""
        ...

    def execute(self, jobs: Sequence[Job], root: Path) -> Generator[tuple[Job, Record]]:
        """Run jobs, yielding each with its record as it ends."""
        ...


class UnpublishedError(Exception):
    """Reports were run, but the index or the tables of all of them could not be written.

    Attributes
    ----------
    records : mapping
        Of every job that was run, as `run` returns them.
    """

    def __init__(self, records: Mapping[Job, Record], cause: OSError) -> None:
        super().__init__(f"{cause.filename or 'output'}: {cause.strerror or cause}.")
        self.records = records


def run(plan: Plan, workers: Workers, on_record: Callable[[Record], None]) -> dict[Job, Record]:
    """Run what is missing or changed, and publish.

    Parameters
    ----------
    plan : Plan
    workers : Workers
        Where jobs run.
    on_record : callable
        Told of each record as it comes, those of earlier runs first.

    Returns
    -------
    dict
        Every job, the portfolio last, to its record.

    Raises
    ------
    InputError
        Where another run is at work on the same period.
    UnpublishedError
        Where the disk is full, for example.
    """
    with _locked(plan):
        for leftover in plan.folder.rglob(UNFINISHED):
            leftover.unlink(missing_ok=True)
        records = _complete(plan.jobs, plan, workers, on_record)
        try:
            if plan.whole:
                _write_key_figures(plan, records)
            if plan.portfolio is not None:
                portfolio = [_settled(plan.portfolio, records)]
                records |= _complete(portfolio, plan, workers, on_record)
            return publish(plan, records)
        except OSError as e:
            raise UnpublishedError(records, e) from e


def republish(plan: Plan) -> dict[Job, Record]:
    """Write all pages of a period anew from the notebooks that were run before.

    Raises
    ------
    InputError
        Where a report has not been run with the data and parameters of today.
    """
    with _locked(plan):
        records = {job: record for job in plan.jobs if (record := recorded(job)) is not None}
        missing = len(plan.jobs) - len(records)
        if missing:
            raise InputError(
                f"Of {len(plan.jobs)} reports of {plan.period}, {missing} are missing or stale. "
                "Use 'slm run'."
            )
        if plan.portfolio is not None:
            portfolio = _settled(plan.portfolio, records)
            record = recorded(portfolio)
            if record is None:
                raise InputError(
                    f"The portfolio of {plan.period} is missing or stale. Use 'slm run'."
                )
            records[portfolio] = record
        return publish(plan, records, anew=True)


@contextmanager
def _locked(plan: Plan) -> Iterator[None]:
    """Keep other runs away from the period."""
    plan.folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(plan.folder / LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise InputError(f"Another run is at work on {plan.period}; wait for it to end.") from None
    try:
        yield
    finally:
        lock.release()


def _complete(
    jobs: Sequence[Job], plan: Plan, workers: Workers, on_record: Callable[[Record], None]
) -> dict[Job, Record]:
    """Return the records of jobs, taken over from earlier runs or made now."""
    records = {job: record for job in jobs if (record := finished(job)) is not None}
    for record in records.values():
        on_record(record)
    missing = [job for job in jobs if job not in records]
    with closing(workers.execute(missing, plan.root)) as running:
        for job, record in running:
            records[job] = record
            on_record(record)
    return {job: records[job] for job in jobs}


def _settled(portfolio: Job, records: Mapping[Job, Record]) -> Job:
    """Return the portfolio's job with a key that covers what the units' reports told."""
    told = [[r.business_unit, r.notebook, r.status, r.key_figures] for r in records.values()]
    return replace(portfolio, key=digest([portfolio.key, told]))


def _write_key_figures(plan: Plan, records: Mapping[Job, Record]) -> None:
    """Write what the reports told: all of it as JSON for the portfolio, the KPIs as tables."""
    reports = [
        {
            "business_unit": job.business_unit,
            "folder": job.folder.name,
            "notebook": job.name,
            "status": record.status,
            "key_figures": record.key_figures,
        }
        for job, record in records.items()
    ]
    lines = ",\n".join(json.dumps(report, ensure_ascii=False) for report in reports)
    content = f'{{"period": {json.dumps(plan.period)}, "reports": [\n{lines}\n]}}\n'
    write_whole(plan.folder / KEY_FIGURES, content)
    levels = [
        {"business_unit": job.business_unit, "period": plan.period} | level
        for job, record in records.items()
        for level in record.key_figures.get("service_levels", ())  # type: ignore[attr-defined]
    ]
    kpis = pd.DataFrame(levels, columns=None if levels else KPI_COLUMNS)
    first = [name for name in KPI_COLUMNS if name in kpis]
    kpis = kpis[[*first, *sorted(kpis.columns.difference(first))]]
    kpis = kpis.astype({name: "Int64" for name in STATES if name in kpis})
    write_whole(plan.folder / "kpis.csv", BYTE_ORDER_MARK + csv_text(kpis))
    write_whole(plan.folder / "kpis.parquet", kpis.to_parquet(index=False))
