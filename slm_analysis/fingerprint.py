"""Hashes that say whether something must be made again."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from importlib import metadata, resources
from pathlib import Path

DEPENDENCIES = (
    "pandas", "numpy", "pyarrow", "scipy", "statsmodels", "matplotlib", "seaborn", "nbconvert",
    "holidays", "tzdata",
)  # fmt: skip
"""Packages whose version can change a figure or a page; `holidays` changes due times."""


def digest(content: object) -> str:
    """Return the SHA-256 of anything that JSON can hold."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def file_digest(file: Path) -> str:
    """Return the SHA-256 of a file's bytes."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@cache
def program_digest() -> str:
    """Return the hash of this package's source and of the versions it runs with."""
    package = Path(str(resources.files("slm_analysis")))
    files = sorted(f for f in package.rglob("*") if f.is_file() and f.suffix != ".pyc")
    source = {f.relative_to(package).as_posix(): file_digest(f) for f in files}
    return digest([source, {name: metadata.version(name) for name in DEPENDENCIES}])
