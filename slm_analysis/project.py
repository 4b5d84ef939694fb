"""Where a project's files stand: everything is relative to the folder that holds parameters."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from pathlib import Path

from slm_analysis.errors import InputError

SOURCES = Path("parameters/sources.yaml")
AGREEMENTS = Path("parameters/agreements")
DEFAULTS = Path("parameters/defaults.yaml")
UNITS = Path("parameters/units")
NOTEBOOKS = Path("notebooks")
REPORTS = Path("reports")
PREPARED = Path("data/prepared")

SLUG_LENGTH = 60
HASH_DIGITS = 8


def project_root(start: Path | None = None) -> Path:
    """Return the nearest folder at or above `start` that holds ``parameters/sources.yaml``.

    Raises
    ------
    InputError
        Where there is none.
    """
    start = (start or Path.cwd()).resolve()
    for folder in (start, *start.parents):
        if (folder / SOURCES).is_file():
            return folder
    raise InputError(
        f"No {SOURCES.as_posix()} in {start} or any folder above it. "
        "Go to the project's folder first."
    )


def slug(name: str) -> str:
    """Return a folder name for a business unit: safe on every system, unique without case.

    ASCII letters and digits, at most 60 characters, then 8 hex digits of the name's hash, so it
    is never empty, never a device name of Windows and never leaves its folder.
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain)[:SLUG_LENGTH].strip("-")
    digest = hashlib.sha256(name.encode()).hexdigest()[:HASH_DIGITS]
    return f"{words or 'unit'}-{digest}"
