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
from pathlib import Path

import pandas as pd
from filelock import FileLock

from slm_analysis.dataset.comparison import comparison
from slm_analysis.dataset.data_quality import DataQuality, data_quality, from_json, to_json
from slm_analysis.dataset.expectation_gaps import CURVES, GAPS, expectation_gaps
from slm_analysis.files import csv_text, write_whole
from slm_analysis.fingerprint import digest, file_digest, program_digest
from slm_analysis.intake import contract
from slm_analysis.intake.source_yaml import Sources, read_sources
from slm_analysis.intake.sources import Loaded, load_tables
from slm_analysis.project import AGREEMENTS, SOURCES, slug
from slm_analysis.sla.agreement_yaml import read_agreements
from slm_analysis.sla.agreements import Agreements
from slm_analysis.sla.reporting_periods import local_dates
from slm_analysis.sla.scoring import score

CURRENT = "current.json"
COMPARISON = "comparison.parquet"
LOCK = ".lock"
BUILDING = ".building-"
OWN_FOLDER = re.compile(rf"[0-9a-f]{{64}}|{re.escape(BUILDING)}.*")
"""What is cleared away among prepared data: earlier states, and what an interruption left."""
UNIT_TABLES = (
    "tickets", "targets", "status_history", "surveys", "process_changes", "actions", "outages",
    "recorded_targets", GAPS, CURVES,
)  # fmt: skip


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


def prepare(root: Path, data: Path) -> Prepared:
    """Return the prepared data of a project, made now if they are missing or stale.

    Parameters
    ----------
    root : Path
        The project's folder.
    data : Path
        Where prepared data go.

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
            current = _write(data / key, sources, agreements, load_tables(sources)) | {"key": key}
        write_whole(data / CURRENT, json.dumps(current | {"stamps": _stamps(inputs)}, indent=1))
        for old in data.iterdir():
            if old.name != key and OWN_FOLDER.fullmatch(old.name):
                shutil.rmtree(old, ignore_errors=True)
        return _opened(data, current)


def prepare_whole(root: Path, data: Path) -> Prepared:
    """As `prepare`, but what was lost or changed since it was written is made anew."""
    prepared = prepare(root, data)
    whole = (prepared.folder / COMPARISON).is_file() and all(
        _unit_digest(prepared.unit_folder(unit)) == known for unit, known in prepared.units.items()
    )
    if not whole:
        shutil.rmtree(prepared.folder)
        prepared = prepare(root, data)
    return prepared


def timezone_of(agreement: Agreements, of_source: str) -> str:
    """Return the zone in which a unit's periods are cut: its agreement's, else the source's."""
    return agreement.versions[-1].timezone if agreement.versions else of_source


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
    folder: Path, sources: Sources, agreements: Agreements, loaded: Mapping[str, Loaded]
) -> dict[str, object]:
    """Write all tables of all units, and return what `current.json` says of them."""
    tables = {
        name: loaded[name].accepted if name in loaded else contract.empty(name)
        for name in contract.TABLES
    }
    tickets = tables["tickets"]
    tables["targets"] = score(
        tickets, tables["status_history"], agreements, sources.as_of, sources.timezone
    )
    zones = {
        str(unit): timezone_of(agreements.of_unit(str(unit)), sources.timezone)
        for unit in tickets["business_unit"].unique()
    }
    local_as_of = sources.as_of.tz_convert(sources.timezone).tz_localize(None)
    tables |= expectation_gaps(tables["targets"], tables["surveys"], tickets, zones, local_as_of)
    building = Path(tempfile.mkdtemp(prefix=BUILDING, dir=folder.parent))
    try:
        units = {
            str(unit): _write_unit(building / "units" / slug(str(unit)), own)
            for unit, own in _by_unit(tables).items()
        }
        comparison(
            tables["targets"], tables["surveys"], tickets, zones, tables["process_changes"]
        ).to_parquet(building / COMPARISON)
        (building / "rejected").mkdir()
        for name, table in loaded.items():
            rejected = csv_text(table.checked.rejected.astype("str"))
            (building / "rejected" / f"{name}.csv").write_text(rejected, encoding="utf-8-sig")
        if folder.exists():
            shutil.rmtree(folder)
        building.replace(folder)
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return {
        "as_of": sources.as_of.isoformat(),
        "timezone": sources.timezone,
        "data_from": local_dates(tickets["opened_at"], sources.timezone).min().isoformat(),
        "units": units,
        "quality": to_json(data_quality(loaded)),
    }


def _by_unit(tables: Mapping[str, pd.DataFrame]) -> dict[str, dict[str, pd.DataFrame]]:
    """Split every table by business unit; what concerns all units goes to each."""
    tickets = tables["tickets"]
    unit_of = tickets.set_index("ticket_id")["business_unit"]
    split: dict[str, dict[object, pd.DataFrame]] = {}
    for name in UNIT_TABLES:
        table = tables[name]
        if name in {"status_history", "recorded_targets"}:
            owner = unit_of.reindex(table["ticket_id"]).to_numpy()
        else:
            owner = table["business_unit"].to_numpy()
        split[name] = dict(iter(table.groupby(owner)))
    shared = tables["outages"][tables["outages"]["business_unit"].isna()]
    return {
        unit: {name: split[name].get(unit, tables[name].iloc[:0]) for name in UNIT_TABLES}
        | {"outages": pd.concat([split["outages"].get(unit, shared.iloc[:0]), shared])}
        for unit in sorted(tickets["business_unit"].unique())
    }


def _write_unit(folder: Path, tables: Mapping[str, pd.DataFrame]) -> str:
    """Write one unit's tables and return the hash of what was written."""
    folder.mkdir(parents=True)
    for name, table in tables.items():
        table.reset_index(drop=True).to_parquet(folder / f"{name}.parquet")
    return _unit_digest(folder)


def _unit_digest(folder: Path) -> str:
    """Return the hash of one unit's tables; empty where one cannot be read."""
    try:
        return digest({name: file_digest(folder / f"{name}.parquet") for name in UNIT_TABLES})
    except OSError:
        return ""
