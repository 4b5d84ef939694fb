"""How prepared data lie on disk: a folder per business unit, a Parquet file for each table."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from slm_analysis.fingerprint import digest, file_digest

COMPARISON = "comparison.parquet"
"""What all units share."""
BUILDING = ".building-"
"""What the folder's name begins with while it is made."""
TARGETS, GAPS, CURVES = "targets", "expectation_gaps", "expectation_curves"
"""What is worked out; the other tables are those of the contract."""
UNIT_TABLES = (
    "tickets", TARGETS, "status_history", "surveys", "process_changes", "actions", "outages",
    "recorded_targets", GAPS, CURVES,
)  # fmt: skip


def write_tables(folder: Path, tables: Mapping[str, pa.Table]) -> dict[str, str]:
    """Write tables of one unit, and return the hash of each."""
    folder.mkdir(exist_ok=True)
    for name, table in tables.items():
        pq.write_table(table, folder / f"{name}.parquet")
    return {name: file_digest(folder / f"{name}.parquet") for name in tables}


def unit_digest(folder: Path) -> str:
    """Return the hash of one unit's tables; empty where one cannot be read."""
    try:
        return digest({name: file_digest(folder / f"{name}.parquet") for name in UNIT_TABLES})
    except OSError:
        return ""
