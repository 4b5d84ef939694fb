"""Small project folders, written as a user would write them."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from slm_analysis.intake.source_yaml import Sources, read_sources
from slm_analysis.intake.sources import Loaded, load_tables
from slm_analysis.project import AGREEMENTS, SOURCES
from slm_analysis.result import Note
from tests.sla.agreement_texts import agreement_text

HEAD = "as_of: {as_of}\ntimezone: {timezone}\n"
TICKETS = "tickets: {file: tickets.csv}\n"


def write(folder: Path, **files: str | bytes | pd.DataFrame) -> None:
    """Write files; an underscore in a name stands for the dot: tickets_csv=…."""
    for name, content in files.items():
        stem, _, suffix = name.rpartition("_")
        file = folder / f"{stem}.{suffix}"
        text = content.to_csv(index=False) if isinstance(content, pd.DataFrame) else content
        file.write_bytes(text.encode("utf-8") if isinstance(text, str) else text)


def sources(
    folder: Path, tables: str = TICKETS, as_of: str = "2026-11-02 08:00", timezone: str = "UTC"
) -> Sources:
    """Write and read sources.yaml; files in it lie in `folder`."""
    file = folder / SOURCES
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(HEAD.format(as_of=as_of, timezone=timezone) + tables, encoding="utf-8")
    return read_sources(file, folder)


@dataclass(frozen=True)
class Whole:
    """A contract table that was loaded, with all of its rows."""

    accepted: pd.DataFrame
    rejected: pd.DataFrame
    read: int
    rows_in_file: int
    notes: tuple[Note, ...]


def load(folder: Path, tables: str = TICKETS, **head: str) -> dict[str, Whole]:
    """Write sources.yaml and load what it names."""
    return loaded(sources(folder, tables, **head))


def loaded(named: Sources) -> dict[str, Whole]:
    """Load the tables that sources name."""
    with tempfile.TemporaryDirectory() as folder:
        return {name: whole(table) for name, table in load_tables(named, Path(folder)).items()}


def whole(table: Loaded) -> Whole:
    """Return all rows of a table: accepted ones in the order in which a part has them."""
    parts = [table.part(number) for number in range(table.parts)]
    order = ["ticket_id", "from_time"] if table.table == "status_history" else []
    rows = pd.concat([part for part in parts if len(part)] or parts[:1]).sort_index()
    return Whole(
        rows.sort_values(order, kind="stable") if order else rows,
        pd.concat(table.rejected(), ignore_index=True).astype("object").replace({np.nan: None}),
        table.read,
        table.rows_in_file,
        table.notes,
    )


def project(
    folder: Path,
    tables: str = TICKETS,
    agreement: str | None = None,
    *,
    as_of: str = "2026-11-02 08:00",
    timezone: str = "UTC",
    **files: str | bytes | pd.DataFrame,
) -> Path:
    """Write a whole project; without an agreement, one hour for every ticket round the clock."""
    folder.mkdir(parents=True, exist_ok=True)
    sources(folder, tables, as_of, timezone)
    agreements = folder / AGREEMENTS
    agreements.mkdir(parents=True, exist_ok=True)
    agreements.joinpath("a.yaml").write_text(agreement or agreement_text(), encoding="utf-8")
    write(folder, **files)
    return folder
