"""One run: jobs, portfolio, key figures, pages; what was done before is not done again."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace

import pandas as pd
from filelock import FileLock, Timeout

from slm_analysis.batch.execute import Record, execute, finished, run_job
from slm_analysis.batch.plan import Job, Plan
from slm_analysis.batch.publish import publish
from slm_analysis.errors import InputError
from slm_analysis.files import csv_text, write_whole
from slm_analysis.fingerprint import digest

LOCK = ".lock"
KEY_FIGURES = "key_figures.json"
BYTE_ORDER_MARK = "\ufeff"
"""Tells Excel that a CSV file is UTF-8."""


def run(plan: Plan, workers: int, on_record: Callable[[Record], None]) -> dict[Job, Record]:
    """Run what is missing or changed, and publish.

    Parameters
    ----------
    plan : Plan
    workers : int
        Notebooks at a time.
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
    """
    plan.folder.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(plan.folder / LOCK, timeout=0):
            records = {job: record for job in plan.jobs if (record := finished(job)) is not None}
            for record in records.values():
                on_record(record)
            stale = [job for job in plan.jobs if job not in records]
            for job, record in execute(stale, plan.root, workers):
                records[job] = record
                on_record(record)
            records = {job: records[job] for job in plan.jobs}
            _write_key_figures(plan, records)
            if plan.portfolio is not None:
                portfolio = _settled(plan.portfolio, records)
                record = finished(portfolio)
                if record is None:
                    stale.append(portfolio)
                    record = run_job(portfolio, plan.root)
                records[portfolio] = record
                on_record(record)
            publish(plan, records, stale)
            return records
    except Timeout:
        raise InputError(f"Another run is at work on {plan.period}; wait for it to end.") from None


def republish(plan: Plan) -> dict[Job, Record]:
    """Write all pages of a period anew from the notebooks that were run before.

    Raises
    ------
    InputError
        Where a report has not been run with the data and parameters of today.
    """
    records = {job: record for job in plan.jobs if (record := finished(job)) is not None}
    missing = len(plan.jobs) - len(records)
    if missing:
        raise InputError(f"{missing} reports of {plan.period} are missing or stale; use 'slm run'.")
    if plan.portfolio is not None:
        portfolio = _settled(plan.portfolio, records)
        record = finished(portfolio)
        if record is None:
            raise InputError(f"The portfolio of {plan.period} is missing or stale; use 'slm run'.")
        records[portfolio] = record
    publish(plan, records, list(records))
    return records


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
    content = {"period": plan.period, "reports": reports}
    write_whole(plan.folder / KEY_FIGURES, json.dumps(content, ensure_ascii=False, indent=1))
    kpis = pd.DataFrame(
        [
            {"business_unit": job.business_unit, "period": plan.period} | level
            for job, record in records.items()
            for level in record.key_figures.get("service_levels", ())
        ]
    )
    write_whole(plan.folder / "kpis.csv", BYTE_ORDER_MARK + csv_text(kpis))
    kpis.to_parquet(plan.folder / "kpis.parquet")
