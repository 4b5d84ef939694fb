"""Which pages there are: one per good report, the index of a period, the list of periods.

A page is written where it is missing, is not as it was written, or was made from something else.
What draws pages is imported only then, so that a run that finds all as it should be is quick.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

from slm_analysis.batch.plan import INDEX, Job, Plan
from slm_analysis.batch.records import DONE, FAILED, Record
from slm_analysis.files import write_whole
from slm_analysis.fingerprint import digest, file_digest, program_digest

PAGES = ".pages.json"
"""Every page of a period to two hashes: of what was written, and of what it was made from."""
PERIOD = re.compile(r"\d{4}-\d{2}")
PDF = ".pdf"


def publish(plan: Plan, records: Mapping[Job, Record], *, anew: bool = False) -> dict[Job, Record]:
    """Write the pages of a period.

    Parameters
    ----------
    plan : Plan
    records : mapping
        Of every job, the portfolio's included.
    anew : bool
        Write every page.

    Returns
    -------
    dict
        The records; a report whose page could not be written has failed.

    Raises
    ------
    OSError
        Where the index or what lists the pages could not be written.
    """
    pages = _Pages(plan.folder, anew=anew)
    has_index = plan.whole or (plan.folder / INDEX).exists()
    told = dict(records)
    for reports in _by_unit(records).values():
        for job, record in reports.items():
            page = _page_of(job)
            if record.status != DONE:
                pages.remove(page)
                continue
            source = _source(plan, job, reports, has_index=has_index)
            content = partial(_unit_page, plan, job, reports, has_index=has_index)
            try:
                pages.write(page, source, job.language, content)
            except OSError as e:
                error = f"The page could not be written: {e.strerror or e}."
                told[job] = replace(record, status=FAILED, error=error)
                pages.remove(page)
    if plan.whole:
        found = {file.parent.name for file in plan.folder.parent.glob(f"*/{INDEX}")} | {plan.period}
        periods = sorted((name for name in found if PERIOD.fullmatch(name)), reverse=True)
        before = next((period for period in periods if period < plan.period), "")
        shown = [[job.key, job.title, r.status, r.error, r.sha256] for job, r in told.items()]
        index, source = plan.folder / INDEX, digest([shown, before, plan.with_code])
        pages.write(index, source, plan.language, partial(_index_page, plan, told, before))
        source = digest([periods, plan.language, program_digest()])
        every = plan.folder.parent / INDEX
        pages.write(every, source, plan.language, partial(_periods_page, periods))
    pages.save()
    return told


def published(plan: Plan, records: Mapping[Job, Record]) -> list[Path]:
    """Return the pages of a period: the index, if there is one, and those of all good reports."""
    good = [
        _page_of(job)
        for job, record in records.items()
        if job.business_unit and record.status == DONE
    ]
    return [plan.folder / INDEX, *good] if plan.whole else good


class _Pages:
    """The pages of a period, and what is known of those written before."""

    def __init__(self, folder: Path, *, anew: bool) -> None:
        self._file = folder / PAGES
        self._anew = anew
        try:
            self._known = dict(json.loads(self._file.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            self._known = {}

    def write(self, page: Path, source: str, language: str, content: Callable[[], str]) -> None:
        """Write a page, unless it is as it should be."""
        name = self._name(page)
        if not self._anew and self._known.get(name) == [_digest_of(page), source]:
            return
        from slm_analysis.presentation.language import in_language  # noqa: PLC0415

        self._known.pop(name, None)
        with in_language(language):
            text = content()
        # What was printed of it before would no longer be the same.
        page.with_suffix(PDF).unlink(missing_ok=True)
        write_whole(page, text)
        self._known[name] = [_digest_of(page), source]

    def remove(self, page: Path) -> None:
        """Leave no page of a report that failed, if the disk lets us; nothing links to it."""
        self._known.pop(self._name(page), None)
        with suppress(OSError):
            for file in (page, page.with_suffix(PDF)):
                file.unlink(missing_ok=True)

    def save(self) -> None:
        """Write down what is known."""
        write_whole(self._file, json.dumps(self._known, ensure_ascii=False, indent=1))

    def _name(self, page: Path) -> str:
        return page.relative_to(self._file.parent.parent).as_posix()


def _page_of(job: Job) -> Path:
    return job.folder / f"{job.name}.html"


def _digest_of(page: Path) -> str:
    """Return the hash of a page; empty where there is none."""
    return file_digest(page) if page.is_file() else ""


def _by_unit(records: Mapping[Job, Record]) -> dict[str, dict[Job, Record]]:
    """Return the records of each business unit, without the portfolio's."""
    units: dict[str, dict[Job, Record]] = {}
    for job, record in records.items():
        if job.business_unit:
            units.setdefault(job.business_unit, {})[job] = record
    return units


def _source(plan: Plan, job: Job, reports: Mapping[Job, Record], *, has_index: bool) -> str:
    """Return the hash of what a page is made from: the report, and what it says of the others."""
    others = [[other.name, other.title, record.status] for other, record in reports.items()]
    return digest([job.key, reports[job].sha256, others, has_index, plan.with_code])


def _unit_page(plan: Plan, job: Job, reports: Mapping[Job, Record], *, has_index: bool) -> str:
    from slm_analysis.batch.page_frames import unit_page  # noqa: PLC0415

    return unit_page(plan, job, reports, has_index=has_index)


def _index_page(plan: Plan, records: Mapping[Job, Record], before: str) -> str:
    from slm_analysis.batch.page_frames import index_page  # noqa: PLC0415

    return index_page(plan, records, before)


def _periods_page(periods: list[str]) -> str:
    from slm_analysis.batch.page_frames import periods_page  # noqa: PLC0415

    return periods_page(periods)
