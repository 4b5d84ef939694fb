"""Files written whole, and text that a spreadsheet does not run."""

from __future__ import annotations

import os
import uuid
from pathlib import Path

import pandas as pd

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def part_of(file: Path) -> Path:
    """Return a name to write a file under until it is whole; no process of any machine has it."""
    return file.with_name(f".{file.stem}.{uuid.uuid4().hex}.part{file.suffix}")


def write_whole(file: Path, content: str | bytes) -> None:
    """Write a file so that it is whole or not there: temporary file, fsync, rename."""
    part = part_of(file)
    try:
        part.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
        put_whole(part, file)
    except OSError:  # the disk is full
        part.unlink(missing_ok=True)
        raise


def put_whole(part: Path, file: Path) -> None:
    """Give a file that is written its name, once the disk has it."""
    with part.open("rb+") as stream:
        os.fsync(stream.fileno())
    part.replace(file)


def csv_text(frame: pd.DataFrame, *, header: bool = True) -> str:
    """Return a frame as CSV in which no text can run as a formula."""
    safe = frame.apply(
        lambda column: column.map(_defused) if column.dtype.kind in "OTU" else column
    )
    return safe.to_csv(index=False, header=header, lineterminator="\n")


def _defused(value: object) -> object:
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    return value
