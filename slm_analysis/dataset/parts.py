"""One part of the units at a time: scored, and written as Parquet, a folder for each unit."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pandas as pd
import pyarrow as pa
from pandas._libs.tslibs.nattype import NaTType

from slm_analysis.dataset.comparison import comparison
from slm_analysis.dataset.expectation_gaps import timed_answers
from slm_analysis.dataset.stored import TARGETS, unit_digest, write_tables
from slm_analysis.errors import Fault, InputError
from slm_analysis.fingerprint import digest, file_digest, program_digest
from slm_analysis.intake import contract
from slm_analysis.intake.sources import OF_TICKETS_ONLY, Loaded
from slm_analysis.project import slug
from slm_analysis.sla.agreements import Agreements
from slm_analysis.sla.reporting_periods import local_dates
from slm_analysis.sla.scoring import score, undecided_at_export

TARGETS_FILE = f"{TARGETS}.parquet"
SCORED_FROM = ("tickets", "status_history")
"""The tables that the scores of a unit follow from, beside its agreements."""


class Each(Protocol):
    """What calls a function of each part, as `map` does; the order of the answers is free."""

    def __call__(
        self, function: Callable[[int], PreparedPart], parts: Iterable[int], /
    ) -> Iterable[PreparedPart]:
        """Return what the function returns."""


@dataclass(frozen=True)
class Earlier:
    """The data in force until now, whose scores are kept where they would come out the same.

    Attributes
    ----------
    folder : Path
        Of its units.
    units : mapping
        Business unit to the hash of its tables.
    scored : mapping
        Business unit to the hash of what its scores follow from.
    """

    folder: Path
    units: Mapping[str, str]
    scored: Mapping[str, str]

    @classmethod
    def of(cls, data: Path, current: Mapping[str, Any] | None) -> Earlier:
        """Return what `current.json` says; nothing where it does not say it."""
        known = current or {}
        folder = data / str(known.get("key", "")) / "units"
        return cls(folder, known.get("units", {}), known.get("scored", {}))


@dataclass(frozen=True)
class Whole:
    """What every part needs to know.

    Attributes
    ----------
    folder : Path
        Where units are written.
    loaded : mapping
        The contract tables, in parts.
    agreements : Agreements
    as_of : Timestamp
    timezone : str
        Of the source.
    earlier : Earlier
    """

    folder: Path
    loaded: Mapping[str, Loaded]
    agreements: Agreements
    as_of: pd.Timestamp
    timezone: str
    earlier: Earlier

    @property
    def local_as_of(self) -> pd.Timestamp:
        """The moment of the export on the clocks of the source."""
        return self.as_of.tz_convert(self.timezone).tz_localize(None)


@dataclass(frozen=True)
class WrittenUnit:
    """A unit as written: the hash of each table, and of what its scores follow from."""

    digests: dict[str, str]
    scored: str


@dataclass(frozen=True)
class PreparedPart:
    """What is known of a part's units once they are written, and all that other units need of them.

    Attributes
    ----------
    units : mapping
        Business unit to what was written.
    comparison : DataFrame
        See `slm_analysis.dataset.comparison.comparison`.
    answers : DataFrame
        See `slm_analysis.dataset.expectation_gaps.timed_answers`.
    data_from : Timestamp
        Local date of the first opening.
    faults : mapping
        Business unit to what its agreements contradict each other in; nothing is written then.
    """

    units: Mapping[str, WrittenUnit]
    comparison: pd.DataFrame = field(default_factory=pd.DataFrame)
    answers: pd.DataFrame = field(default_factory=pd.DataFrame)
    data_from: pd.Timestamp | NaTType = pd.NaT
    faults: Mapping[str, Sequence[Fault]] = field(default_factory=dict)


def timezone_of(agreement: Agreements, of_source: str) -> str:
    """Return the zone in which a unit's periods are cut: its agreement's, else the source's."""
    return agreement.versions[-1].timezone if agreement.versions else of_source


def prepare_part(whole: Whole, number: int) -> PreparedPart:
    """Score the tickets of one part of the units, and write all tables of each unit.

    Parameters
    ----------
    whole : Whole
    number : int
        Of the part. It can be made again, or twice at the same time.

    Returns
    -------
    PreparedPart
    """
    tables = {
        name: whole.loaded[name].part(number) if name in whole.loaded else contract.empty(name)
        for name in contract.TABLES
    }
    tickets, surveys = tables["tickets"], tables["surveys"]
    owners = _owners(tables)
    split = {name: by_unit(table, owners[name]) for name, table in tables.items()}
    units = sorted(split["tickets"].of)
    agreed = {unit: whole.agreements.of_unit(unit) for unit in units}
    whole.folder.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".", dir=whole.folder) as name:
        folders = {unit: Path(name) / slug(unit) for unit in units}
        written = {
            unit: write_tables(folder, _tables_of(unit, split)) for unit, folder in folders.items()
        }
        keys = {unit: _score_keys(agreed[unit], written[unit], whole) for unit in units}
        kept = [unit for unit in units if _kept(unit, keys[unit], whole.earlier)]
        to_score = {name: tables[name][~owners[name].isin(kept)] for name in SCORED_FROM}
        try:
            fresh = _scored(to_score, whole)
        except InputError:
            return PreparedPart({}, faults=_faults(units, tables, owners, whole))
        undecided = set(fresh.loc[undecided_at_export(fresh, tickets), "business_unit"])
        scored = {unit: keys[unit][unit in undecided] for unit in units}
        scores = by_unit(fresh, fresh["business_unit"])
        for unit, folder in folders.items():
            if unit in kept:
                _link(whole.earlier.folder / slug(unit) / TARGETS_FILE, folder / TARGETS_FILE)
                scored[unit] = whole.earlier.scored[unit]
                written[unit][TARGETS] = file_digest(folder / TARGETS_FILE)
            else:
                own = scores.of.get(unit, scores.none)  # none where no promise is about tickets
                written[unit] |= write_tables(folder, {TARGETS: own})
        targets = pd.concat(
            [fresh, *(pd.read_parquet(folders[unit] / TARGETS_FILE) for unit in kept)],
            ignore_index=True,
        )
        for folder in folders.values():
            _put(folder, whole.folder / folder.name)
    zones = {unit: timezone_of(agreed[unit], whole.timezone) for unit in units}
    return PreparedPart(
        {unit: WrittenUnit(written[unit], scored[unit]) for unit in units},
        comparison(targets, surveys, tickets, zones, tables["process_changes"]),
        timed_answers(targets, surveys, tickets, zones, whole.local_as_of),
        local_dates(tickets["opened_at"], whole.timezone).min(),
    )


def _owners(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.Series]:
    """Return the business unit of every row of every table; missing where it concerns all."""
    unit_of = tables["tickets"].set_index("ticket_id")["business_unit"]
    return {
        name: unit_of.reindex(table["ticket_id"]).set_axis(table.index)
        if name in OF_TICKETS_ONLY
        else table["business_unit"]
        for name, table in tables.items()
    }


@dataclass(frozen=True)
class Split:
    """The rows of one table by business unit: of each, of all, and none."""

    of: Mapping[str, pa.Table]
    of_all: pa.Table
    none: pa.Table


def by_unit(table: pd.DataFrame, owner: pd.Series) -> Split:
    """Split a table by the unit that owns each row, in the order of its rows."""
    codes, names = pd.factorize(owner)
    order = np.argsort(codes, kind="stable")
    rows = pa.Table.from_pandas(table.iloc[order], preserve_index=False)
    starts = np.searchsorted(codes[order], np.arange(len(names) + 1))
    sizes = np.diff(starts)
    return Split(
        {
            str(name): rows.slice(start, size)
            for name, start, size in zip(names, starts, sizes, strict=False)
        },
        rows.slice(0, starts[0]),
        rows.slice(0, 0),
    )


def _tables_of(unit: str, split: Mapping[str, Split]) -> dict[str, pa.Table]:
    """Return one unit's tables; outages of all units are among its own."""
    own = {name: table.of.get(unit, table.none) for name, table in split.items()}
    return own | {"outages": pa.concat_tables([own["outages"], split["outages"].of_all])}


def _score_keys(agreed: Agreements, digests: Mapping[str, str], whole: Whole) -> tuple[str, str]:
    """Return the hash of all that a unit's scores follow from: without the export's time, with."""
    terms = [(a.name, a.version, file_digest(a.file)) for a in agreed.versions]
    rows = [digests[name] for name in SCORED_FROM]
    always = digest([program_digest(), whole.timezone, terms, rows])
    return always, digest([always, whole.as_of.isoformat()])


def _kept(unit: str, keys: tuple[str, str], earlier: Earlier) -> bool:
    """Whether the scores there are would come out the same, and are as they were written."""
    return earlier.scored.get(unit) in keys and (
        unit_digest(earlier.folder / slug(unit)) == earlier.units.get(unit)
    )


def _scored(tables: Mapping[str, pd.DataFrame], whole: Whole) -> pd.DataFrame:
    """Score the tickets of all units together, which takes less than one by one."""
    tickets, history = (tables[name] for name in SCORED_FROM)
    return score(tickets, history, whole.agreements, whole.as_of, whole.timezone)


def _faults(
    units: Sequence[str],
    tables: Mapping[str, pd.DataFrame],
    owners: Mapping[str, pd.Series],
    whole: Whole,
) -> dict[str, Sequence[Fault]]:
    """Return what is wrong with the agreements of each unit."""
    faults: dict[str, Sequence[Fault]] = {}
    for unit in units:
        try:
            _scored({name: tables[name][owners[name] == unit] for name in SCORED_FROM}, whole)
        except InputError as e:
            faults[unit] = e.faults
    return faults


def _link(file: Path, link: Path) -> None:
    """Let a file have a second name; where a file has but one, a copy."""
    try:
        link.hardlink_to(file)
    except OSError:
        shutil.copyfile(file, link)


def _put(folder: Path, place: Path) -> None:
    """Give a folder that is written its place, unless the same has been put there."""
    try:
        folder.rename(place)
    except OSError:
        if not place.is_dir():
            raise
