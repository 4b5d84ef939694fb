"""Exports to checked, scored Parquet, partitioned by business unit.

Prepared data lie in a folder named after the hash of all that went into them, and `current.json`
names the folder in force: readers never see a half-written state, and nothing is prepared twice.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
from filelock import FileLock

from slm_analysis.dataset.data_quality import DataQuality, from_json
from slm_analysis.dataset.stored import BUILDING, COMPARISON, unit_digest
from slm_analysis.files import write_whole
from slm_analysis.fingerprint import digest, file_digest, program_digest
from slm_analysis.intake.source_yaml import Sources, read_sources
from slm_analysis.project import AGREEMENTS, SOURCES, slug
from slm_analysis.sla.agreement_yaml import read_agreements

if TYPE_CHECKING:
    from slm_analysis.dataset.parts import Each

CURRENT = "current.json"
LOCK = ".lock"
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
    comparison : str
        Hash of `comparison_file`.
    quality : DataQuality
    """

    folder: Path
    as_of: pd.Timestamp
    timezone: str
    data_from: pd.Timestamp
    units: Mapping[str, str]
    comparison: str
    quality: DataQuality

    @property
    def comparison_file(self) -> Path:
        """Where the figures of all units lie, to compare one with."""
        return self.folder / COMPARISON

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
            from slm_analysis.dataset.build import build  # noqa: PLC0415  mostly nothing is stale

            agreements = read_agreements(root / AGREEMENTS)
            current = build(data / key, sources, agreements, current, each) | {"key": key}
        write_whole(data / CURRENT, json.dumps(current | {"stamps": _stamps(inputs)}, indent=1))
        for old in data.iterdir():
            if old.name != key and OWN_FOLDER.fullmatch(old.name):
                shutil.rmtree(old, ignore_errors=True)
        return _opened(data, current)


def prepare_whole(root: Path, data: Path, each: Each = map) -> Prepared:
    """As `prepare`, but what was lost or changed since it was written is made anew."""
    prepared = prepare(root, data, each)
    if not _is_whole(prepared):
        shutil.rmtree(prepared.folder)
        prepared = prepare(root, data, each)
    return prepared


def _is_whole(prepared: Prepared) -> bool:
    try:
        compared = file_digest(prepared.comparison_file)
    except OSError:
        return False
    return compared == prepared.comparison and all(
        unit_digest(prepared.unit_folder(unit)) == known for unit, known in prepared.units.items()
    )


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
        comparison=current["comparison"],
        quality=from_json(current["quality"]),
    )
