"""Which pages there are: one per good report, the index of a period, the list of periods."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from importlib import metadata
from pathlib import Path

import pandas as pd

from slm_analysis.batch.pages import Frame, blocks, page
from slm_analysis.batch.pdf import PDF
from slm_analysis.batch.plan import INDEX, Job, Plan
from slm_analysis.batch.records import DIED, DONE, FAILED, TIMED_OUT, Record, executed
from slm_analysis.files import write_whole
from slm_analysis.fingerprint import digest, file_digest
from slm_analysis.presentation import numbers
from slm_analysis.presentation.language import N_, _, in_language, joined, pgettext

ABOUT = N_("About this report")
PAGES = ".pages.json"
"""Every unit's page to two hashes: of what was written, and of what it was made from."""
EVERY_UNIT, EVERY_MONTH = N_("All business units"), N_("All months")
KPIS = {
    "kpis.csv": N_("CSV, for a spreadsheet"),
    "kpis.parquet": N_("Parquet, for a program"),
}
"""Every promise of every unit as a table, beside the index."""
PERIOD = re.compile(r"\d{4}-\d{2}")
PROGRAM = f"slm-analysis {metadata.version('slm-analysis')}"
STATUS = {
    FAILED: N_("failed"),
    DIED: N_("the kernel died"),
    TIMED_OUT: N_("took too long"),
}


def publish(plan: Plan, records: Mapping[Job, Record], *, anew: bool = False) -> dict[Job, Record]:
    """Write the pages of a period.

    Parameters
    ----------
    plan : Plan
    records : mapping
        Of every job, the portfolio's included.
    anew : bool
        Write every page, not only those that are not as they were written, or were made from
        something else. A page names the unit's other reports: they are part of what it is made
        from.

    Returns
    -------
    dict
        The records; a report whose page could not be written has failed.

    Raises
    ------
    OSError
        Where the index or what lists the pages could not be written.
    """
    index = plan.folder / INDEX
    has_index = plan.whole or index.exists()
    before = {} if anew else _written(plan)
    written = _written(plan)
    told = dict(records)
    for unit, reports in _by_unit(records).items():
        for job, record in reports.items():
            target = _page_of(job)
            name = target.relative_to(plan.folder).as_posix()
            written.pop(name, None)
            if record.status != DONE:
                _remove(target)
                continue
            source = _source(job, reports, has_index=has_index)
            if before.get(name) != [_digest_of(target), source]:
                try:
                    with in_language(job.language):
                        frame = _unit_frame(plan, unit, job, reports, has_index=has_index)
                        _write(target, page(blocks(executed(job)), frame))
                except OSError as e:
                    error = f"The page could not be written: {e.strerror or e}."
                    told[job] = replace(record, status=FAILED, error=error)
                    _remove(target)
                    continue
            written[name] = [_digest_of(target), source]
    write_whole(plan.folder / PAGES, json.dumps(written, ensure_ascii=False, indent=1))
    if plan.whole:
        with in_language(plan.language):
            _write(index, page(_index_blocks(plan, told), _index_frame(plan)))
            _write_periods(plan.folder.parent)
    return told


def _by_unit(records: Mapping[Job, Record]) -> dict[str, dict[Job, Record]]:
    """Return the records of each business unit, without the portfolio's."""
    units: dict[str, dict[Job, Record]] = {}
    for job, record in records.items():
        if job.business_unit:
            units.setdefault(job.business_unit, {})[job] = record
    return units


def _source(job: Job, reports: Mapping[Job, Record], *, has_index: bool) -> str:
    """Return the hash of what a page is made from: the report, and what it says of the others."""
    others = [[other.name, other.title, record.status] for other, record in reports.items()]
    return digest([job.key, reports[job].sha256, others, has_index])


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


def _remove(target: Path) -> None:
    """Leave no page of a report that failed, if the disk lets us; nothing links to it."""
    with suppress(OSError):
        for file in (target, target.with_suffix(PDF)):
            file.unlink(missing_ok=True)


def _written(plan: Plan) -> dict[str, list[str]]:
    """Return the pages of earlier runs with their hashes."""
    try:
        return dict(json.loads((plan.folder / PAGES).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return {}


def _digest_of(target: Path) -> str:
    """Return the hash of a page; empty where there is none."""
    return file_digest(target) if target.is_file() else ""


def _month(period: str) -> str:
    return numbers.month(pd.Period(period).start_time)


def _as_of(plan: Plan) -> str:
    as_of = plan.prepared.as_of.tz_convert(plan.prepared.timezone)
    return _("As of {date}, {time}, {timezone}").format(
        date=numbers.date(as_of), time=f"{as_of:%H:%M}", timezone=plan.prepared.timezone
    )


def _made_by() -> str:
    return _("Made by {program}").format(program=PROGRAM)


def _unit_frame(
    plan: Plan, unit: str, job: Job, reports: Mapping[Job, Record], *, has_index: bool
) -> Frame:
    """Return what stands around one of a unit's reports."""
    month, report = _month(plan.period), _(job.title)
    tabs: list[Mapping[str, object]] = []
    links: dict[str, Mapping[str, str]] = {}
    for other, record in reports.items():
        good = record.status == DONE
        href = f"{other.name}.html" if good else ""
        title, status = _(other.title), "" if good else _(STATUS[record.status])
        tabs.append({"title": title, "href": href, "current": other is job, "status": status})
        if good:
            see = _("See {report}").format(report=title.lower())
            links[other.name] = {"href": href, "title": see}
    footer = _("Figures on this page belong to {unit} only.").format(unit=unit)
    return Frame(
        title=_("{unit}: {report}, {month}").format(unit=unit, report=report.lower(), month=month),
        kicker=_("{unit}, {report}").format(unit=unit, report=report.lower()),
        period=month,
        as_of=_as_of(plan),
        home={"href": f"../{INDEX}", "title": _(EVERY_UNIT)} if has_index else None,
        tabs=tabs,
        links=links,
        footer=joined([footer, _made_by()]),
    )


def _index_frame(plan: Plan) -> Frame:
    month = _month(plan.period)
    return Frame(
        title=_("All business units, {month}").format(month=month),
        kicker=_(EVERY_UNIT),
        period=month,
        as_of=_as_of(plan),
        home={"href": f"../{INDEX}", "title": _(EVERY_MONTH)},
        tabs=(),
        links={},
        footer=_made_by(),
    )


def _index_blocks(plan: Plan, records: Mapping[Job, Record]) -> Iterator[Mapping[str, object]]:
    """Yield the portfolio's blocks, and before its About the list of all reports."""
    shown = _portfolio_blocks(plan, records)
    about = {"type": "question", "text": _(ABOUT)}
    at = shown.index(about) if about in shown else len(shown)
    yield from shown[:at]
    yield {"type": "question", "text": _("All reports of this month")}
    yield _reports(plan, records)
    files = [{"href": n, "title": _(t)} for n, t in KPIS.items() if (plan.folder / n).is_file()]
    yield {"type": "files", "text": _("The figures of every promise as a table:"), "files": files}
    yield from shown[at:]


def _portfolio_blocks(plan: Plan, records: Mapping[Job, Record]) -> list[Mapping[str, object]]:
    """Return what the portfolio shows; where it failed, a headline that says so."""
    for job, record in records.items():
        if not job.business_unit and record.status == DONE:
            return list(blocks(executed(job)))
        if not job.business_unit:
            return [_headline_without_portfolio(plan, record)]
    return []


def _headline_without_portfolio(plan: Plan, record: Record) -> Mapping[str, object]:
    title = _("The portfolio of {month} could not be made").format(month=_month(plan.period))
    return {
        "type": "headline",
        "title": title,
        "lead": _("The reports of the business units are below."),
        "what": _("The portfolio: {failure}").format(failure=_failure(record)),
        "sure": _("Nothing is said about all units together."),
        "next": _("Mend what failed and run again."),
    }


def _reports(plan: Plan, records: Mapping[Job, Record]) -> Mapping[str, object]:
    """Return the table of all reports, failed ones with the reason."""
    titles = {job.notebook: _(job.title) for job in plan.jobs}
    rows: dict[str, list[Mapping[str, str]]] = {}
    for job in plan.jobs:
        record = records[job]
        done = record.status == DONE
        rows.setdefault(job.business_unit, []).append(
            {
                "title": titles[job.notebook],
                "href": f"{job.folder.name}/{job.name}.html" if done else "",
                "error": "" if done else _failure(record),
            }
        )
    good = sum(records[job].status == DONE for job in plan.jobs)
    return {
        "type": "reports",
        "first": _("Unit"),
        "caption": _("{good} of {all} reports made").format(good=good, all=len(plan.jobs)),
        "columns": [*titles.values()],
        "rows": [{"name": unit, "cells": cells} for unit, cells in rows.items()],
    }


def _failure(record: Record) -> str:
    return _("{status}. {error}").format(status=_(STATUS[record.status]), error=record.error)


def _write_periods(reports: Path) -> None:
    """Write the list of all periods that have an index."""
    found = (file.parent.name for file in reports.glob(f"*/{INDEX}"))
    periods = sorted((name for name in found if PERIOD.fullmatch(name)), reverse=True)
    to_open = pgettext("a link", "Open")
    rows = [
        {"name": _month(p), "cells": [{"title": to_open, "href": f"{p}/{INDEX}"}]} for p in periods
    ]
    block = {
        "type": "reports",
        "first": _("Month"),
        "caption": _("Latest first"),
        "columns": [_("Report")],
        "rows": rows,
    }
    frame = Frame(_(EVERY_MONTH), "", "", "", None, (), {}, _made_by())
    write_whole(reports / INDEX, page([block], frame))
