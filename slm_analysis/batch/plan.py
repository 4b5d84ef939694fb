"""Parameters and data to the list of jobs, all checked before the first starts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from slm_analysis.batch.parameters import (
    PERIOD,
    PORTFOLIO,
    UNIT,
    Settings,
    read_settings,
    report_title,
)
from slm_analysis.dataset.prepare import Prepared, prepare_whole
from slm_analysis.errors import Fault, InputError, nearest
from slm_analysis.fingerprint import digest, file_digest, program_digest
from slm_analysis.project import AGREEMENTS, PREPARED, REPORTS, slug
from slm_analysis.sla.agreement_yaml import read_agreements
from slm_analysis.sla.reporting_periods import reported_period

if TYPE_CHECKING:
    from slm_analysis.dataset.parts import Each

INDEX = "index.html"
KEY_FIGURES = "key_figures.json"
MONTH = re.compile(r"[12]\d{3}-(0[1-9]|1[0-2])")


@dataclass(frozen=True, eq=False)
class Job:
    """One notebook to run for one business unit, or the portfolio.

    Attributes
    ----------
    notebook : Path
    title : str
        The name of the report.
    business_unit : str
        Empty for the portfolio.
    parameters : mapping
    language : str
        Of its page.
    folder : Path
        Where its files go.
    key : str
        Hash of all that its pages depend on; a finished job with the same key is not run again.
    comparison : str
        Hash of the figures of all units, on which the pages of a report that reads them depend.
    """

    notebook: Path
    title: str
    business_unit: str
    parameters: Mapping[str, object] = field(repr=False)
    language: str
    folder: Path
    key: str
    comparison: str = ""

    @property
    def name(self) -> str:
        """The notebook's name without its ending."""
        return self.notebook.stem


@dataclass(frozen=True)
class Plan:
    """What a run will do.

    Attributes
    ----------
    root : Path
        The project's folder.
    folder : Path
        Where the period's reports go.
    period : str
        ``2026-10``.
    jobs : tuple of Job
        One per unit and notebook.
    portfolio : Job or None
        Runs after all others; its key is settled by their records.
    whole : bool
        All units are in it: then there are an index and tables of all of them.
    language : str
        Of the index.
    prepared : Prepared
    with_code : bool
        For analysts: pages show the code, folded.
    """

    root: Path
    folder: Path
    period: str
    jobs: tuple[Job, ...]
    portfolio: Job | None
    whole: bool
    language: str
    prepared: Prepared
    with_code: bool = False

    @property
    def entry(self) -> Path:
        """Where a reader begins: the index, or the folder of the only unit, or of the period."""
        if self.whole:
            return self.folder / INDEX
        return self.jobs[0].folder if len(self.units) == 1 else self.folder

    @property
    def units(self) -> list[str]:
        """The business units reported on."""
        return list(dict.fromkeys(job.business_unit for job in self.jobs))


def plan(root: Path, period: str = "", units: Sequence[str] = (), each: Each = map) -> Plan:
    """Return the jobs of a month, after checking everything that can be checked beforehand.

    Parameters
    ----------
    root : Path
        The project's folder.
    period : str
        The month, ``2026-10``; empty: the last complete one before the export.
    units : sequence of str
        Only these business units; empty: every unit in the data.
    each : callable
        How parts of the data are prepared, see `slm_analysis.dataset.prepare.prepare`.

    Raises
    ------
    InputError
        Listing every fault: period, notebooks, parameters files, units, sources, agreements.
    """
    faults: list[Fault] = []
    with _listing(faults):
        settings = read_settings(root)
    with _listing(faults):
        prepared = prepare_whole(root, root / PREPARED, each)
    if faults:
        raise InputError(faults)
    with _listing(faults):
        _check_units(units, settings, prepared)
    with _listing(faults):
        start, end = _month(period, prepared)
    if faults:
        raise InputError(faults)
    folder = root / REPORTS / f"{start:%Y-%m}"
    days = dict(zip(PERIOD, (f"{day:%Y-%m-%d}" for day in (start, end)), strict=True))
    titles = {notebook: report_title(notebook) for notebook in settings.notebooks}
    shared = _shared_digest(root, prepared)

    def job(notebook: Path, unit: str, given: Mapping[str, str], data: str) -> Job:
        values = settings.of(notebook, unit, {**days, **given})
        key = digest([file_digest(notebook), values, data, shared])
        place = folder / slug(unit) if unit else folder
        language = settings.language(notebook, unit)
        return Job(
            notebook, titles[notebook], unit, values, language, place, key, prepared.comparison
        )

    jobs = [
        job(notebook, unit, {UNIT: unit}, prepared.units[unit])
        for unit in dict.fromkeys(units or prepared.units)
        for notebook in settings.notebooks
        if notebook.stem != PORTFOLIO
    ]
    figures = {"key_figures": (folder / KEY_FIGURES).relative_to(root).as_posix()}
    portfolio = next(
        (job(n, "", figures, "") for n in settings.notebooks if n.stem == PORTFOLIO and not units),
        None,
    )
    return Plan(
        root=root,
        folder=folder,
        period=f"{start:%Y-%m}",
        jobs=tuple(jobs),
        portfolio=portfolio,
        whole=not units,
        language=settings.index_language,
        prepared=prepared,
    )


@contextmanager
def _listing(faults: list[Fault]) -> Iterator[None]:
    """Go on after faults, so that a user sees all of them at once."""
    try:
        yield
    except InputError as e:
        faults.extend(e.faults)


def _check_units(units: Sequence[str], settings: Settings, prepared: Prepared) -> None:
    named = [(unit, None) for unit in units] + [*settings.files.items()]
    faults = [
        Fault(
            f"There is no business unit {unit!r} in the data.", nearest(unit, prepared.units), file
        )
        for unit, file in named
        if unit not in prepared.units
    ]
    if faults:
        raise InputError(faults)


def _month(period: str, prepared: Prepared) -> tuple[pd.Timestamp, pd.Timestamp]:
    as_of = prepared.as_of.tz_convert(prepared.timezone).tz_localize(None)
    if not period:
        return reported_period("", "", as_of)
    if not MONTH.fullmatch(period):
        raise InputError(f"The period {period!r} is no month such as 2026-10.")
    month = pd.Period(period, freq="M")
    if month.start_time > as_of:
        raise InputError(f"The period {period} begins after the export of {as_of:%Y-%m-%d}.")
    if month.end_time < prepared.data_from:
        raise InputError(f"The data begin on {prepared.data_from:%Y-%m-%d}, after {period}.")
    return month.start_time, month.end_time.normalize()


def _shared_digest(root: Path, prepared: Prepared) -> str:
    """Return the hash of what all jobs depend on."""
    agreements = [file_digest(a.file) for a in read_agreements(root / AGREEMENTS).versions]
    return digest([program_digest(), agreements, prepared.as_of.isoformat()])
