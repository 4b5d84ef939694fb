"""What pages show: a report and what stands around it, the index of a period, all periods."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib import metadata

import pandas as pd

from slm_analysis.batch.pages import Frame, blocks, page
from slm_analysis.batch.plan import INDEX, Job, Plan
from slm_analysis.batch.records import DIED, DONE, FAILED, TIMED_OUT, Record, executed
from slm_analysis.presentation import numbers
from slm_analysis.presentation.language import N_, _, joined, pgettext

ABOUT = N_("About this report")
EVERY_UNIT, EVERY_MONTH = N_("All business units"), N_("All months")
KPIS = {
    "kpis.csv": N_("CSV, for a spreadsheet"),
    "kpis.parquet": N_("Parquet, for a program"),
}
"""Every promise of every unit as a table, beside the index."""
PROGRAM = f"slm-analysis {metadata.version('slm-analysis')}"
STATUS = {
    FAILED: N_("failed"),
    DIED: N_("the kernel died"),
    TIMED_OUT: N_("took too long"),
}


def _month(period: str) -> str:
    return numbers.month(pd.Period(period).start_time)


def _as_of(plan: Plan) -> str:
    as_of = plan.prepared.as_of.tz_convert(plan.prepared.timezone)
    return _("As of {date}, {time}, {timezone}").format(
        date=numbers.date(as_of), time=f"{as_of:%H:%M}", timezone=plan.prepared.timezone
    )


def _made_by() -> str:
    return _("Made by {program}").format(program=PROGRAM)


def _unit_frame(plan: Plan, job: Job, reports: Mapping[Job, Record], *, has_index: bool) -> Frame:
    """Return what stands around one of a unit's reports."""
    unit, month, report = job.business_unit, _month(plan.period), _(job.title)
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


def unit_page(plan: Plan, job: Job, reports: Mapping[Job, Record], *, has_index: bool) -> str:
    """Return the page of one of a unit's reports."""
    shown = blocks(executed(job), with_code=plan.with_code)
    return page(shown, _unit_frame(plan, job, reports, has_index=has_index))


def index_page(plan: Plan, records: Mapping[Job, Record], before: str) -> str:
    """Return the index of a period; `before` is the one before it, empty where there is none."""
    return page(_index_blocks(plan, records), _index_frame(plan, records, before))


def _index_frame(plan: Plan, records: Mapping[Job, Record], before: str) -> Frame:
    month = _month(plan.period)
    failed = sum(records[job].status != DONE for job in plan.jobs)
    return Frame(
        title=_("All business units, {month}").format(month=month),
        kicker=_kicker(records),
        period=month,
        as_of=_as_of(plan),
        home={"href": f"../{INDEX}", "title": _(EVERY_MONTH)},
        previous={"href": f"../{before}/{INDEX}", "title": _month(before)} if before else None,
        status=_made(len(plan.jobs) - failed, len(plan.jobs)),
        failed=_("{n} failed").format(n=failed) if failed else "",
        footer=_made_by(),
    )


def _made(good: int, number: int) -> str:
    return _("{good} of {all} reports made").format(good=good, all=number)


def _kicker(records: Mapping[Job, Record]) -> str:
    """Return what stands above the headline, with the agreement where all units have the same."""
    told = (record.key_figures.get("service_levels", ()) for record in records.values())
    names = {level.get("agreement") for levels in told for level in levels}  # type: ignore[attr-defined]
    names.discard(None)
    if len(names) != 1:
        return _(EVERY_UNIT)
    return _("{agreement}, all business units").format(agreement=names.pop())


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
            return list(blocks(executed(job), with_code=plan.with_code))
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
        "caption": _made(good, len(plan.jobs)),
        "columns": [*titles.values()],
        "rows": [{"name": unit, "cells": cells} for unit, cells in rows.items()],
    }


def _failure(record: Record) -> str:
    return _("{status}. {error}").format(status=_(STATUS[record.status]), error=record.error)


def periods_page(periods: Sequence[str]) -> str:
    """Return the list of all periods that have an index."""
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
    frame = Frame(_(EVERY_MONTH), "", "", "", _made_by())
    return page([block], frame)
