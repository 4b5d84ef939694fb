"""Which pages there are: one per good report, the index of a period, the list of periods."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from importlib import metadata
from pathlib import Path

import pandas as pd

from slm_analysis.batch.execute import DIED, DONE, FAILED, TIMED_OUT, Record, executed
from slm_analysis.batch.pages import Frame, blocks, page
from slm_analysis.batch.pdf import PDF
from slm_analysis.batch.plan import INDEX, Job, Plan
from slm_analysis.files import write_whole
from slm_analysis.fingerprint import file_digest
from slm_analysis.presentation import numbers

ABOUT = "About this report"
PAGES = ".pages.json"
"""Every unit's page to the hash of what was written."""
EVERY_UNIT, EVERY_MONTH = "All business units", "All months"
KPIS = {"kpis.csv": "CSV, for a spreadsheet", "kpis.parquet": "Parquet, for a program"}
"""Every promise of every unit as a table, beside the index."""
PERIOD = re.compile(r"\d{4}-\d{2}")
MADE_BY = f"slm-analysis {metadata.version('slm-analysis')}"
STATUS = {
    FAILED: "failed",
    DIED: "the kernel died",
    TIMED_OUT: "took too long",
}


def publish(plan: Plan, records: Mapping[Job, Record], ran: Collection[Job]) -> None:
    """Write the pages of a period.

    Parameters
    ----------
    plan : Plan
    records : mapping
        Of every job, the portfolio's included.
    ran : collection of Job
        Jobs that ran now. Pages name the unit's other reports, so all pages of their units are
        written; those of other units only where they are not as they were written.
    """
    changed = {job.business_unit for job in ran}
    index = plan.folder / INDEX
    if plan.whole and not index.exists():
        # Pages made before there was an index do not link to it.
        changed.update(plan.units)
    home = {"href": f"../{INDEX}", "title": EVERY_UNIT} if plan.whole or index.exists() else None
    written = _written(plan)
    for job, record in records.items():
        target = _page_of(job)
        name = target.relative_to(plan.folder).as_posix()
        if not job.business_unit:
            continue
        if record.status != DONE:
            for file in (target, target.with_suffix(PDF)):
                file.unlink(missing_ok=True)
            written.pop(name, None)
        elif job.business_unit in changed or not _is_as_written(target, written.get(name)):
            frame = _unit_frame(plan, job, records, home)
            _write(target, page(blocks(executed(job)), frame))
            written[name] = file_digest(target)
    write_whole(plan.folder / PAGES, json.dumps(written, ensure_ascii=False, indent=1))
    if plan.whole:
        _write(index, page(_index_blocks(plan, records), _index_frame(plan)))
        _write_periods(plan.folder.parent)


def published(plan: Plan, records: Mapping[Job, Record]) -> list[Path]:
    """Return the pages of a period: the index, if there is one, and those of all good reports."""
    good = [
        _page_of(job)
        for job, record in records.items()
        if job.business_unit and record.status == DONE
    ]
    return [plan.folder / INDEX, *good] if plan.whole else good


def _page_of(job: Job) -> Path:
    return job.folder / f"{job.name}.html"


def _write(target: Path, content: str) -> None:
    """Write a page; what was printed of it before would no longer be the same."""
    target.with_suffix(PDF).unlink(missing_ok=True)
    write_whole(target, content)


def _written(plan: Plan) -> dict[str, str]:
    """Return the pages of earlier runs with their hashes."""
    try:
        return dict(json.loads((plan.folder / PAGES).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return {}


def _is_as_written(target: Path, known: str | None) -> bool:
    return target.is_file() and file_digest(target) == known


def _month(period: str) -> str:
    return f"{pd.Period(period).start_time:%B %Y}"


def _as_of(plan: Plan) -> str:
    as_of = plan.prepared.as_of.tz_convert(plan.prepared.timezone)
    return f"As of {numbers.date(as_of)}, {as_of:%H:%M}, {plan.prepared.timezone}"


def _unit_frame(
    plan: Plan, job: Job, records: Mapping[Job, Record], home: Mapping[str, str] | None
) -> Frame:
    unit, month = job.business_unit, _month(plan.period)
    tabs: list[Mapping[str, object]] = []
    links: dict[str, Mapping[str, str]] = {}
    for other, record in records.items():
        if other.business_unit == unit:
            good = record.status == DONE
            href = f"{other.name}.html" if good else ""
            status = STATUS.get(record.status, "")
            tabs.append(
                {"title": other.title, "href": href, "current": other is job, "status": status}
            )
            if good:
                links[other.name] = {"href": href, "title": f"See {other.title.lower()}"}
    return Frame(
        title=f"{unit}: {job.title.lower()}, {month}",
        kicker=f"{unit}, {job.title.lower()}",
        period=month,
        as_of=_as_of(plan),
        home=home,
        tabs=tabs,
        links=links,
        footer=f"Figures on this page belong to {unit} only. Made by {MADE_BY}",
    )


def _index_frame(plan: Plan) -> Frame:
    month = _month(plan.period)
    return Frame(
        title=f"{EVERY_UNIT}, {month}",
        kicker=EVERY_UNIT,
        period=month,
        as_of=_as_of(plan),
        home={"href": f"../{INDEX}", "title": EVERY_MONTH},
        tabs=(),
        links={},
        footer=f"Made by {MADE_BY}",
    )


def _index_blocks(plan: Plan, records: Mapping[Job, Record]) -> Iterator[Mapping[str, object]]:
    """Yield the portfolio's blocks, and before its About the list of all reports."""
    shown = _portfolio_blocks(plan, records)
    about = {"type": "question", "text": ABOUT}
    at = shown.index(about) if about in shown else len(shown)
    yield from shown[:at]
    yield {"type": "question", "text": "All reports of this month"}
    yield _reports(plan, records)
    files = [{"href": n, "title": t} for n, t in KPIS.items() if (plan.folder / n).is_file()]
    yield {"type": "files", "text": "The figures of every promise as a table:", "files": files}
    yield from shown[at:]


def _portfolio_blocks(plan: Plan, records: Mapping[Job, Record]) -> list[Mapping[str, object]]:
    """Return what the portfolio shows; where it failed, a headline that says so."""
    for job, record in records.items():
        if not job.business_unit and record.status == DONE:
            return list(blocks(executed(job)))
        if not job.business_unit:
            return [
                {
                    "type": "headline",
                    "title": f"The portfolio of {_month(plan.period)} could not be made",
                    "lead": "The reports of the business units are below.",
                    "what": f"The portfolio: {STATUS[record.status]}. {record.error}",
                    "sure": "Nothing is said about all units together.",
                    "next": "Mend what failed and run again.",
                }
            ]
    return []


def _reports(plan: Plan, records: Mapping[Job, Record]) -> Mapping[str, object]:
    """Return the table of all reports, failed ones with the reason."""
    titles = {job.notebook: job.title for job in plan.jobs}
    rows: dict[str, list[Mapping[str, str]]] = {}
    for job in plan.jobs:
        record = records[job]
        done = record.status == DONE
        rows.setdefault(job.business_unit, []).append(
            {
                "title": job.title,
                "href": f"{job.folder.name}/{job.name}.html" if done else "",
                "error": "" if done else f"{STATUS[record.status]}. {record.error}",
            }
        )
    good = sum(records[job].status == DONE for job in plan.jobs)
    return {
        "type": "reports",
        "first": "Unit",
        "caption": f"{good} of {len(plan.jobs)} reports made",
        "columns": [*titles.values()],
        "rows": [{"name": unit, "cells": cells} for unit, cells in rows.items()],
    }


def _write_periods(reports: Path) -> None:
    """Write the list of all periods that have an index."""
    found = (file.parent.name for file in reports.glob(f"*/{INDEX}"))
    periods = sorted((name for name in found if PERIOD.fullmatch(name)), reverse=True)
    rows = [
        {"name": _month(p), "cells": [{"title": "Open", "href": f"{p}/{INDEX}"}]} for p in periods
    ]
    block = {
        "type": "reports",
        "first": "Month",
        "caption": "Latest first",
        "columns": ["Report"],
        "rows": rows,
    }
    frame = Frame(EVERY_MONTH, "", "", "", None, (), {}, f"Made by {MADE_BY}")
    write_whole(reports / INDEX, page([block], frame))
