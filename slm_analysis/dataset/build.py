"""Checked exports to the folder of prepared data, written whole or not at all."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from slm_analysis.dataset.comparison import together
from slm_analysis.dataset.data_quality import data_quality, to_json
from slm_analysis.dataset.expectation_gaps import expectation_gaps, pooled
from slm_analysis.dataset.parts import Each, Earlier, Whole, by_unit, prepare_part
from slm_analysis.dataset.stored import BUILDING, COMPARISON, write_tables
from slm_analysis.errors import InputError
from slm_analysis.files import csv_text
from slm_analysis.fingerprint import digest, file_digest
from slm_analysis.intake.source_yaml import Sources
from slm_analysis.intake.sources import Loaded, load_tables
from slm_analysis.project import slug
from slm_analysis.sla.agreements import Agreements

ROWS = "rows"
"""What lies in the folder only while it is made: the rows on their way."""


def build(
    folder: Path,
    sources: Sources,
    agreements: Agreements,
    current: Mapping[str, Any] | None,
    each: Each,
) -> dict[str, Any]:
    """Write all tables of all units, and return what `current.json` says of them.

    Parameters
    ----------
    folder : Path
    sources : Sources
    agreements : Agreements
    current : mapping or None
        What `current.json` says of the data in force, whose scores are kept where they can be.
    each : callable
        As `map`.
    """
    earlier = Earlier.of(folder.parent, current)
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
        compared = file_digest(building / COMPARISON)
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
        "comparison": compared,
        "quality": to_json(data_quality(loaded)),
    }


def _write_rejected(folder: Path, loaded: Mapping[str, Loaded]) -> None:
    folder.mkdir()
    for name, table in loaded.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8-sig", newline="") as file:
            for at, rows in enumerate(table.rejected()):
                file.write(csv_text(rows, header=not at))
