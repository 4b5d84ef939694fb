"""One part of the units at a time: scored, and written as Parquet, a folder for each unit."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import pandas as pd
from pandas._libs.tslibs.nattype import NaTType

from slm_analysis.dataset.comparison import comparison
from slm_analysis.dataset.expectation_gaps import CURVES, GAPS, timed_answers
from slm_analysis.errors import Fault, InputError
from slm_analysis.fingerprint import digest, file_digest, program_digest
from slm_analysis.intake import contract
from slm_analysis.intake.sources import OF_TICKETS_ONLY, Loaded
from slm_analysis.project import slug
from slm_analysis.sla.agreements import Agreements
from slm_analysis.sla.reporting_periods import local_dates
from slm_analysis.sla.scoring import score, settled

UNIT_TABLES = (
    "tickets", "targets", "status_history", "surveys", "process_changes", "actions", "outages",
    "recorded_targets", GAPS, CURVES,
)  # fmt: skip
TARGETS = "targets"
TARGETS_FILE = f"{TARGETS}.parquet"
SCORED_FROM = ("tickets", "status_history")
"""The tables that the scores of a unit follow from, beside its agreements."""


class Each(Protocol):
    """What calls a function of each part, as `map` does; the order of the answers is free."""

    def __call__(
        self, function: Callable[[int], PreparedPart], parts: Iterable[int], /
    ) -> Iterable[PreparedPart]: ...


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
    units = _by_unit(tables)
    whole.folder.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".", dir=whole.folder) as name:
        folders = {unit: Path(name) / slug(unit) for unit in units}
        written = {unit: write_tables(folders[unit], own) for unit, own in units.items()}
        keys = {unit: _score_keys(unit, digests, whole) for unit, digests in written.items()}
        kept = {unit for unit in units if _kept(unit, keys[unit], whole.earlier)}
        try:
            fresh = _scored({unit: own for unit, own in units.items() if unit not in kept}, whole)
        except InputError:
            return PreparedPart({}, faults=_faults(units, whole))
        scored = {}
        for unit, folder in folders.items():
            if unit in kept:
                _link(whole.earlier.folder / slug(unit) / TARGETS_FILE, folder / TARGETS_FILE)
                scored[unit] = whole.earlier.scored[unit]
            else:
                own = fresh[fresh["business_unit"] == unit]
                write_tables(folder, {TARGETS: own})
                scored[unit] = keys[unit][not settled(own, units[unit]["tickets"])]
            written[unit][TARGETS] = file_digest(folder / TARGETS_FILE)
        targets = pd.concat(
            [fresh, *(pd.read_parquet(folders[unit] / TARGETS_FILE) for unit in sorted(kept))],
            ignore_index=True,
        )
        for folder in folders.values():
            _put(folder, whole.folder / folder.name)
    zones = {unit: timezone_of(whole.agreements.of_unit(unit), whole.timezone) for unit in units}
    tickets, surveys = tables["tickets"], tables["surveys"]
    return PreparedPart(
        {unit: WrittenUnit(written[unit], scored[unit]) for unit in units},
        comparison(targets, surveys, tickets, zones, tables["process_changes"]),
        timed_answers(targets, surveys, tickets, zones, whole.local_as_of),
        local_dates(tickets["opened_at"], whole.timezone).min(),
    )


def _by_unit(tables: Mapping[str, pd.DataFrame]) -> dict[str, dict[str, pd.DataFrame]]:
    """Split every table by business unit; what concerns all units goes to each."""
    tickets = tables["tickets"]
    unit_of = tickets.set_index("ticket_id")["business_unit"]
    split: dict[str, dict[object, pd.DataFrame]] = {}
    for name, table in tables.items():
        if name in OF_TICKETS_ONLY:
            owner = unit_of.reindex(table["ticket_id"]).to_numpy()
        else:
            owner = table["business_unit"].to_numpy()
        split[name] = dict(iter(table.groupby(owner)))
    shared = tables["outages"][tables["outages"]["business_unit"].isna()]
    return {
        unit: {name: split[name].get(unit, tables[name].iloc[:0]) for name in tables}
        | {"outages": pd.concat([split["outages"].get(unit, shared.iloc[:0]), shared])}
        for unit in sorted(map(str, tickets["business_unit"].unique()))
    }


def _score_keys(unit: str, digests: Mapping[str, str], whole: Whole) -> tuple[str, str]:
    """Return the hash of all that a unit's scores follow from: without the export's time, with."""
    agreed = whole.agreements.of_unit(unit).versions
    terms = [(a.name, a.version, file_digest(a.file)) for a in agreed]
    rows = [digests[name] for name in SCORED_FROM]
    always = digest([program_digest(), whole.timezone, terms, rows])
    return always, digest([always, whole.as_of.isoformat()])


def _kept(unit: str, keys: tuple[str, str], earlier: Earlier) -> bool:
    """Whether the scores there are would come out the same, and are as they were written."""
    return earlier.scored.get(unit) in keys and (
        unit_digest(earlier.folder / slug(unit)) == earlier.units.get(unit)
    )


def _scored(units: Mapping[str, Mapping[str, pd.DataFrame]], whole: Whole) -> pd.DataFrame:
    """Score the tickets of units together, which takes less than one by one."""
    tickets, history = (
        pd.concat([contract.empty(name), *(own[name] for own in units.values())])
        for name in SCORED_FROM
    )
    return score(tickets, history, whole.agreements, whole.as_of, whole.timezone)


def _faults(
    units: Mapping[str, Mapping[str, pd.DataFrame]], whole: Whole
) -> dict[str, Sequence[Fault]]:
    """Return what is wrong with the agreements of each unit."""
    faults: dict[str, Sequence[Fault]] = {}
    for unit, own in units.items():
        try:
            _scored({unit: own}, whole)
        except InputError as e:
            faults[unit] = e.faults
    return faults


def write_tables(folder: Path, tables: Mapping[str, pd.DataFrame]) -> dict[str, str]:
    """Write tables of one unit, and return the hash of each."""
    folder.mkdir(exist_ok=True)
    for name, table in tables.items():
        table.reset_index(drop=True).to_parquet(folder / f"{name}.parquet")
    return {name: file_digest(folder / f"{name}.parquet") for name in tables}


def unit_digest(folder: Path) -> str:
    """Return the hash of one unit's tables; empty where one cannot be read."""
    try:
        return digest({name: file_digest(folder / f"{name}.parquet") for name in UNIT_TABLES})
    except OSError:
        return ""


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
