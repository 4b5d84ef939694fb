"""Which pages there are: one per good report, the index of a period, the list of periods."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from importlib import metadata
from pathlib import Path

import pandas as pd

from slm_analysis.batch.execute import DIED, DONE, FAILED, TIMED_OUT, Record, executed
from slm_analysis.batch.pages import Frame, blocks, page, report_title
from slm_analysis.batch.plan import Job, Plan
from slm_analysis.files import write_whole
from slm_analysis.presentation import numbers

INDEX = "index.html"
ABOUT = "About this report"
MADE_BY = f"slm-analysis {metadata.version('slm-analysis')}"
STATUS = {
    FAILED: "failed",
    DIED: "the kernel died",
    TIMED_OUT: "took too long",
}


def publish(plan: Plan, records: Mapping[Job, Record], stale: Collection[Job]) -> None:
    """Write the pages of a period.

    Parameters
    ----------
    plan : Plan
    records : mapping
        Of every job, the portfolio's included.
    stale : collection of Job
        Jobs that ran now; the other pages are written only where they are missing.
    """
    for job, record in records.items():
        target = job.folder / f"{job.name}.html"
        if not job.business_unit:
            continue
        if record.status != DONE:
            target.unlink(missing_ok=True)
        elif job in stale or not target.exists():
            write_whole(target, page(blocks(executed(job)), _unit_frame(plan, job, records)))
    if plan.portfolio is not None:
        write_whole(plan.folder / INDEX, page(_index_blocks(plan, records), _index_frame(plan)))
        _write_periods(plan.folder.parent)


def _month(period: str) -> str:
    return f"{pd.Period(period).start_time:%B %Y}"


def _as_of(plan: Plan) -> str:
    as_of = plan.prepared.as_of.tz_convert(plan.prepared.timezone)
    return f"As of {numbers.date(as_of)}, {as_of:%H:%M}, {plan.prepared.timezone}"


def _unit_frame(plan: Plan, job: Job, records: Mapping[Job, Record]) -> Frame:
    title = report_title(job.notebook)
    unit, month = job.business_unit, _month(plan.period)
    tabs: list[Mapping[str, object]] = []
    links: dict[str, Mapping[str, str]] = {}
    for other, record in records.items():
        if other.business_unit == unit:
            name = report_title(other.notebook)
            good = record.status == DONE
            href = f"{other.name}.html" if good else ""
            status = STATUS.get(record.status, "")
            tabs.append({"title": name, "href": href, "current": other is job, "status": status})
            if good:
                links[other.name] = {"href": href, "title": f"See {name.lower()}"}
    return Frame(
        title=f"{unit}: {title.lower()}, {month}",
        kicker=f"{unit}, {title.lower()}",
        period=month,
        as_of=_as_of(plan),
        home=f"../{INDEX}" if plan.portfolio else "",
        tabs=tabs,
        links=links,
        footer=f"Figures on this page belong to {unit} only. Made by {MADE_BY}",
    )


def _index_frame(plan: Plan) -> Frame:
    month = _month(plan.period)
    return Frame(
        title=f"All business units, {month}",
        kicker="All business units",
        period=month,
        as_of=_as_of(plan),
        home="",
        tabs=(),
        links={},
        footer=f"Made by {MADE_BY}",
    )


def _index_blocks(plan: Plan, records: Mapping[Job, Record]) -> Iterator[Mapping[str, object]]:
    """Yield the portfolio's blocks, and before its About the list of all reports."""
    portfolio = plan.portfolio
    record = next((r for job, r in records.items() if job.notebook == portfolio.notebook), None)  # type: ignore[union-attr]
    shown: list[Mapping[str, object]] = [
        {
            "type": "headline",
            "title": f"The portfolio of {_month(plan.period)} could not be made",
            "lead": "The reports of the business units are below.",
            "what": record.error if record else "It was not run.",
            "sure": "Nothing is said about all units together.",
            "next": "Mend what failed and run again.",
        }
    ]
    if record is not None and record.status == DONE:
        shown = list(blocks(executed(portfolio)))  # type: ignore[arg-type]
    about = {"type": "question", "text": ABOUT}
    at = shown.index(about) if about in shown else len(shown)
    yield from shown[:at]
    yield {"type": "question", "text": "All reports of this month"}
    yield _reports(plan, records)
    yield from shown[at:]


def _reports(plan: Plan, records: Mapping[Job, Record]) -> Mapping[str, object]:
    """Return the table of all reports, failed ones with the reason."""
    notebooks = list(dict.fromkeys(job.notebook for job in plan.jobs))
    rows: dict[str, list[Mapping[str, str]]] = {}
    for job in plan.jobs:
        record = records[job]
        good = record.status == DONE
        rows.setdefault(job.business_unit, []).append(
            {
                "title": report_title(job.notebook),
                "href": f"{job.folder.name}/{job.name}.html" if good else "",
                "error": "" if good else f"{STATUS[record.status]}. {record.error}",
            }
        )
    failed = sum(record.status != DONE for record in records.values())
    return {
        "type": "reports",
        "caption": f"{len(plan.jobs) - failed} of {len(plan.jobs)} reports made",
        "columns": [report_title(notebook) for notebook in notebooks],
        "rows": [{"name": unit, "cells": cells} for unit, cells in rows.items()],
    }


def _write_periods(reports: Path) -> None:
    """Write the list of all periods that have an index."""
    periods = sorted((p.parent.name for p in reports.glob(f"*/{INDEX}")), reverse=True)
    rows = [
        {"name": _month(p), "cells": [{"title": "Open", "href": f"{p}/{INDEX}"}]} for p in periods
    ]
    block = {"type": "reports", "caption": "Latest first", "columns": ["Report"], "rows": rows}
    heading = {"type": "question", "text": "All months"}
    frame = Frame("All months", "", "", "", "", (), {}, f"Made by {MADE_BY}")
    write_whole(reports / INDEX, page([heading, block], frame))
