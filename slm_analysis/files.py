"""Files written whole, and text that a spreadsheet does not run."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def write_whole(file: Path, content: str | bytes) -> None:
    """Write a file so that it is whole or not there: temporary file, fsync, rename."""
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    with part.open("wb") as stream:
        stream.write(content.encode("utf-8") if isinstance(content, str) else content)
        stream.flush()
        os.fsync(stream.fileno())
    part.replace(file)


def csv_text(frame: pd.DataFrame) -> str:
    """Return a frame as CSV in which no text can run as a formula."""
    safe = frame.apply(
        lambda column: column.map(_defused) if column.dtype.kind in "OTU" else column
    )
    return safe.to_csv(index=False, lineterminator="\n")


def _defused(value: object) -> object:
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    return value
