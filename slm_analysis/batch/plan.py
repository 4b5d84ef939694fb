"""Parameters and data to the list of jobs, all checked before the first starts."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
import pandas as pd
from papermill.inspection import inspect_notebook
from papermill.iorw import read_yaml_file

from slm_analysis.dataset.prepare import Prepared, prepare
from slm_analysis.dataset.unit import reported_period
from slm_analysis.errors import Fault, InputError, nearest
from slm_analysis.fingerprint import digest, file_digest, program_digest
from slm_analysis.project import AGREEMENTS, DEFAULTS, NOTEBOOKS, PREPARED, REPORTS, UNITS, slug
from slm_analysis.sla.agreement_yaml import read_agreements

PORTFOLIO = "00_portfolio"
GIVEN = ("business_unit", "data", "period_start", "period_end", "key_figures")
"""Parameters that the batch sets itself."""
KINDS: Mapping[type, str] = {bool: "true or false", int: "a whole number", float: "a number",
                             str: "a text in quotes", list: "a list", dict: "a mapping"}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Job:
    """One notebook to run for one business unit, or the portfolio.

    Attributes
    ----------
    notebook : Path
    business_unit : str
        Empty for the portfolio.
    parameters : mapping
    folder : Path
        Where its files go.
    key : str
        Hash of all that its pages depend on; a finished job with the same key is not run again.
    """

    notebook: Path
    business_unit: str
    parameters: Mapping[str, object] = field(repr=False)
    folder: Path
    key: str

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
    prepared : Prepared
    """

    root: Path
    folder: Path
    period: str
    jobs: tuple[Job, ...]
    portfolio: Job | None
    prepared: Prepared

    @property
    def units(self) -> list[str]:
        """The business units reported on."""
        return list(dict.fromkeys(job.business_unit for job in self.jobs))


def plan(root: Path, period: str = "", units: Sequence[str] = ()) -> Plan:
    """Return the jobs of a month, after checking everything that can be checked beforehand.

    Parameters
    ----------
    root : Path
        The project's folder.
    period : str
        The month, ``2026-10``; empty: the last complete one before the export.
    units : sequence of str
        Only these business units; empty: every unit in the data.

    Raises
    ------
    InputError
        Listing every fault: period, notebooks, parameters files, units, sources, agreements.
    """
    faults: list[Fault] = []
    notebooks = _notebooks(root)
    declared = {n.stem: _declared(n) for n in notebooks}
    known = {name: spec for names in declared.values() for name, spec in names.items()}
    defaults = _read(root / DEFAULTS, known, faults)
    overrides = {}
    for file in sorted((root / UNITS).glob("*.y*ml")):
        values = _read(file, known, faults)
        unit = values.get("business_unit")
        if not isinstance(unit, str):
            faults.append(Fault("The file names no unit.", "Add 'business_unit: …'.", file))
        else:
            overrides[unit] = (file, values)
    if faults:
        raise InputError(faults)
    prepared = prepare(root, root / PREPARED)
    wanted = list(units) or list(prepared.units)
    faults = [
        Fault(
            f"There is no business unit {unit!r} in the data.", nearest(unit, prepared.units), file
        )
        for unit, file in [
            *((u, None) for u in units),
            *((u, f) for u, (f, _) in overrides.items()),
        ]
        if unit not in prepared.units
    ]
    if faults:
        raise InputError(faults)
    start, end = _month(period, prepared)
    folder = root / REPORTS / f"{start:%Y-%m}"
    base = {"period_start": f"{start:%Y-%m-%d}", "period_end": f"{end:%Y-%m-%d}"}
    shared = _shared_digest(root, prepared)
    jobs = []
    for unit in wanted:
        own = defaults | overrides.get(unit, (None, {}))[1] | base | {"business_unit": unit}
        for notebook in notebooks:
            if notebook.stem != PORTFOLIO:
                values = {n: v for n, v in own.items() if n in declared[notebook.stem]}
                key = digest([file_digest(notebook), values, prepared.units[unit], shared])
                jobs.append(Job(notebook, unit, values, folder / slug(unit), key))
    portfolio = None
    if not units and PORTFOLIO in declared:
        own = (
            defaults | base | {"key_figures": str((folder / "key_figures.json").relative_to(root))}
        )
        values = {n: v for n, v in own.items() if n in declared[PORTFOLIO]}
        notebook = next(n for n in notebooks if n.stem == PORTFOLIO)
        portfolio = Job(
            notebook, "", values, folder, digest([file_digest(notebook), values, shared])
        )
    return Plan(root, folder, f"{start:%Y-%m}", tuple(jobs), portfolio, prepared)


def _notebooks(root: Path) -> list[Path]:
    notebooks = sorted((root / NOTEBOOKS).glob("[0-9]*.ipynb"))
    if not notebooks:
        raise InputError(Fault("There is no notebook to run (01_….ipynb).", "", root / NOTEBOOKS))
    return notebooks


def _declared(notebook: Path) -> dict[str, object]:
    """Return the parameters that a notebook declares, with their preset values."""
    cells = nbformat.read(notebook, as_version=4).cells
    tagged = [c for c in cells if "parameters" in c.metadata.get("tags", ())]
    if len(tagged) != 1:
        raise InputError(
            Fault(
                f"The notebook has {len(tagged)} cells tagged 'parameters'.",
                "Tag exactly one.",
                notebook,
            )
        )
    declared = inspect_notebook(str(notebook))
    values: dict[str, object] = {}
    for name, spec in declared.items():
        try:
            values[name] = ast.literal_eval(spec["default"])
        except (ValueError, SyntaxError):
            raise InputError(
                Fault(
                    f"The preset of {name!r} is no plain value.",
                    "",
                    notebook,
                    value=spec["default"],
                )
            ) from None
    return values


def _read(file: Path, known: Mapping[str, object], faults: list[Fault]) -> dict[str, object]:
    """Read a parameters file as papermill does, and check names and types."""
    if not file.is_file():
        return {}
    values = read_yaml_file(str(file)) or {}
    if not isinstance(values, dict):
        faults.append(Fault("The file is no list of 'name: value'.", "", file))
        return {}
    for name, value in values.items():
        if name not in known:
            faults.append(
                Fault(
                    f"No notebook declares the parameter {name!r}.", nearest(str(name), known), file
                )
            )
        elif not _same_kind(value, known[name]):
            faults.append(
                Fault(
                    f"The parameter {name!r} must be {KINDS[type(known[name])]}, as in the notebook.",
                    "Put quotes around a text that YAML reads as something else (NO, 010, 12:30).",
                    file,
                    key=str(name),
                    value=value,
                )
            )
    return values


def _same_kind(value: object, preset: object) -> bool:
    if isinstance(preset, float):
        return isinstance(value, int | float) and not isinstance(value, bool)
    return type(value) is type(preset)


def _month(period: str, prepared: Prepared) -> tuple[pd.Timestamp, pd.Timestamp]:
    as_of = prepared.as_of.tz_convert(prepared.timezone).tz_localize(None)
    if not period:
        return reported_period("", "", as_of)
    try:
        month = pd.Period(period, freq="M")
    except ValueError:
        raise InputError(f"The period {period!r} is no month such as 2026-10.") from None
    if month.start_time > as_of:
        raise InputError(f"The period {period} begins after the export of {as_of:%Y-%m-%d}.")
    if month.end_time < prepared.data_from:
        raise InputError(f"The data begin on {prepared.data_from:%Y-%m-%d}, after {period}.")
    return month.start_time, month.end_time.normalize()


def _shared_digest(root: Path, prepared: Prepared) -> str:
    """Return the hash of what all jobs depend on."""
    agreements = [file_digest(a.file) for a in read_agreements(root / AGREEMENTS).versions]
    return digest([program_digest(), agreements, prepared.as_of.isoformat()])
