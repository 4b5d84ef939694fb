"""Small project folders, written as a user would write them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from slm_analysis.intake.source_yaml import Sources, read_sources
from slm_analysis.intake.sources import Loaded, load_tables
from slm_analysis.project import AGREEMENTS, SOURCES
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


def load(folder: Path, tables: str = TICKETS, **head: str) -> dict[str, Loaded]:
    """Write sources.yaml and load what it names."""
    return load_tables(sources(folder, tables, **head))


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
