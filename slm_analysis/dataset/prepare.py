"""Exports to checked, scored Parquet, partitioned by business unit.

Prepared data lie in a folder named after the hash of all that went into them, and `current.json`
names the folder in force: readers never see a half-written state, and nothing is prepared twice.
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pandas as pd
from filelock import FileLock

from slm_analysis.dataset.comparison import together
from slm_analysis.dataset.data_quality import DataQuality, data_quality, from_json, to_json
from slm_analysis.dataset.expectation_gaps import expectation_gaps, pooled
from slm_analysis.dataset.parts import (
    Each,
    Earlier,
    Whole,
    by_unit,
    prepare_part,
    unit_digest,
    write_tables,
)
from slm_analysis.errors import InputError
from slm_analysis.files import csv_text, write_whole
from slm_analysis.fingerprint import digest, file_digest, program_digest
from slm_analysis.intake.source_yaml import Sources, read_sources
from slm_analysis.intake.sources import Loaded, load_tables
from slm_analysis.project import AGREEMENTS, SOURCES, slug
from slm_analysis.sla.agreement_yaml import read_agreements
from slm_analysis.sla.agreements import Agreements

CURRENT = "current.json"
COMPARISON = "comparison.parquet"
ROWS = "rows"
"""What lies in a folder only while it is made: the rows on their way."""
LOCK = ".lock"
BUILDING = ".building-"
OWN_FOLDER = re.compile(rf"[0-9a-f]{{64}}|{re.escape(BUILDING)}.*")
"""What is cleared away among prepared data: earlier states, and what an interruption left."""


@dataclass(frozen=True)
class Prepared:
    """Prepared data: where they lie and what they hold.

    Attributes
    ----------
    folder : Path
    as_of : Timestamp
    timezone : str
        Of the source.
    data_from : Timestamp
        Local date of the first opening.
    units : mapping
        Business unit to the hash of its data.
    quality : DataQuality
    """

    folder: Path
    as_of: pd.Timestamp
    timezone: str
    data_from: pd.Timestamp
    units: Mapping[str, str]
    quality: DataQuality

    def unit_folder(self, business_unit: str) -> Path:
        """Return the folder of one unit's tables."""
        return self.folder / "units" / slug(business_unit)


def prepare(root: Path, data: Path, each: Each = map) -> Prepared:
    """Return the prepared data of a project, made now if they are missing or stale.

    Parameters
    ----------
    root : Path
        The project's folder.
    data : Path
        Where prepared data go.
    each : callable
        As `map`: calls a function of each part of the units, here or on a cluster that shares the
        folder `data`, and returns what it returns in any order.

    Raises
    ------
    InputError
        Where sources, agreements or exports cannot be used; the earlier data stay in force.
    """
    data.mkdir(parents=True, exist_ok=True)
    with FileLock(data / LOCK):
        sources = read_sources(root / SOURCES, root)
        inputs = _inputs(root, sources)
        current = _current(data)
        if current is not None and current["stamps"] == _stamps(inputs):
            return _opened(data, current)
        hashes = {str(file): file_digest(file) for file in inputs if file.is_file()}
        key = digest([program_digest(), hashes])
        if current is None or current["key"] != key:
            agreements = read_agreements(root / AGREEMENTS)
            earlier = Earlier.of(data, current)
            current = _write(data / key, sources, agreements, earlier, each) | {"key": key}
        write_whole(data / CURRENT, json.dumps(current | {"stamps": _stamps(inputs)}, indent=1))
        for old in data.iterdir():
            if old.name != key and OWN_FOLDER.fullmatch(old.name):
                shutil.rmtree(old, ignore_errors=True)
        return _opened(data, current)


def prepare_whole(root: Path, data: Path) -> Prepared:
    """As `prepare`, but what was lost or changed since it was written is made anew."""
    prepared = prepare(root, data)
    whole = (prepared.folder / COMPARISON).is_file() and all(
        unit_digest(prepared.unit_folder(unit)) == known for unit, known in prepared.units.items()
    )
    if not whole:
        shutil.rmtree(prepared.folder)
        prepared = prepare(root, data)
    return prepared


def _inputs(root: Path, sources: Sources) -> list[Path]:
    files = {source.file for source in sources.tables.values() if source.file is not None}
    return [root / SOURCES, *sorted((root / AGREEMENTS).glob("*.y*ml")), *sorted(files)]


def _stamps(inputs: list[Path]) -> dict[str, object]:
    """Return what tells cheaply that nothing has changed."""
    stats = {str(file): file.stat() if file.exists() else None for file in inputs}
    return {"program": program_digest()} | {
        name: [stat.st_size, stat.st_mtime_ns] if stat else None for name, stat in stats.items()
    }


def _current(data: Path) -> dict | None:
    try:
        current = json.loads((data / CURRENT).read_text(encoding="utf-8"))
        return current if (data / current["key"]).is_dir() else None
    except (OSError, ValueError, LookupError, TypeError):
        return None


def _opened(data: Path, current: Mapping) -> Prepared:
    return Prepared(
        folder=data / current["key"],
        as_of=pd.Timestamp(current["as_of"]),
        timezone=current["timezone"],
        data_from=pd.Timestamp(current["data_from"]),
        units=current["units"],
        quality=from_json(current["quality"]),
    )


def _write(
    folder: Path, sources: Sources, agreements: Agreements, earlier: Earlier, each: Each
) -> dict[str, object]:
    """Write all tables of all units, and return what `current.json` says of them."""
    building = Path(tempfile.mkdtemp(prefix=BUILDING, dir=folder.parent))
    try:
        loaded = load_tables(sources, building / ROWS)
        whole = Whole(
            building / "units", loaded, agreements, sources.as_of, sources.timezone, earlier
        )
        made = list(each(partial(prepare_part, whole), range(loaded["tickets"].parts)))
        faults = dict(sorted((unit, own) for part in made for unit, own in part.faults.items()))
        if faults:
            raise InputError([fault for own in faults.values() for fault in own])
        units = dict(sorted((unit, own) for part in made for unit, own in part.units.items()))
        together([part.comparison for part in made], list(units)).to_parquet(building / COMPARISON)
        gaps = expectation_gaps(pooled([part.answers for part in made]), whole.local_as_of)
        split = {name: by_unit(table, table["business_unit"]) for name, table in gaps.items()}
        for unit, own in units.items():
            of_unit = {name: table.of.get(unit, table.none) for name, table in split.items()}
            own.digests.update(write_tables(building / "units" / slug(unit), of_unit))
        _write_rejected(building / "rejected", loaded)
        shutil.rmtree(building / ROWS)
        if folder.exists():
            shutil.rmtree(folder)
        building.replace(folder)
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return {
        "as_of": sources.as_of.isoformat(),
        "timezone": sources.timezone,
        "data_from": pd.Series([part.data_from for part in made]).min().isoformat(),
        "units": {unit: digest(own.digests) for unit, own in units.items()},
        "scored": {unit: own.scored for unit, own in units.items()},
        "quality": to_json(data_quality(loaded)),
    }


def _write_rejected(folder: Path, loaded: Mapping[str, Loaded]) -> None:
    folder.mkdir()
    for name, table in loaded.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8-sig", newline="") as file:
            for at, rows in enumerate(table.rejected()):
                file.write(csv_text(rows, header=not at))
