"""Reads an export as text: CSV, Excel, Parquet or a database query.

Nothing is interpreted here, so nothing can be misread: every value stays the text that stands in
the export, and a missing-value mark becomes missing.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import warnings
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
from charset_normalizer import from_bytes

from slm_analysis.errors import Fault, InputError
from slm_analysis.intake.source_yaml import SourceTable

HEADER_ROWS = 1
"""The first row of data is row 2 for whoever opens the file."""
SAMPLE_BYTES = 1 << 20
"""How much of a file that is not UTF-8 is looked at to find its encoding."""
EXCEL = (".xlsx", ".xlsm")
PARQUET = (".parquet", ".pq")


@dataclass(frozen=True)
class Export:
    """The text of one export and where it came from.

    Attributes
    ----------
    text : DataFrame
        Columns as named in the source, all text; the index holds row numbers of the source.
    malformed : tuple of int
        Row numbers that had too many fields.
    origin : str
        File name, or what the query was run on.
    sha256 : str
        Of the file's bytes; empty for a query.
    encoding : str
        Of a CSV file.
    """

    text: pd.DataFrame
    malformed: tuple[int, ...]
    origin: str
    sha256: str
    encoding: str


def read_export(source: SourceTable) -> Export:
    """Return the text of the export.

    Raises
    ------
    InputError
        Where the file is missing, empty, or of no known kind or encoding; or where the database
        cannot be read (its URL is never part of the message).
    """
    if source.query is not None:
        return _read_query(source)
    file = source.file
    if file is None or not file.is_file():
        raise InputError(
            Fault(
                "The file does not exist.", "Check 'file' in sources.yaml.", file, key=source.table
            )
        )
    if not file.stat().st_size:
        raise InputError(Fault("The file is empty.", "Export it again.", file, key=source.table))
    digest = file_sha256(file)
    suffix = file.suffix.lower()
    encoding = ""
    malformed: tuple[int, ...] = ()
    if suffix in EXCEL:
        text = _read_excel(file, source)
    elif suffix in PARQUET:
        text = _as_text(pd.read_parquet(file))
    else:
        encoding = source.encoding or _encoding(file)
        text, malformed = _read_csv(file, encoding)
    text.columns = [str(name).strip() for name in text.columns]
    text = text.mask(text.isin(["", *source.missing]))
    rows = text.index + HEADER_ROWS + 1
    if malformed:
        # Rows that could not be read are missing from the index: number the others around them.
        rows = pd.Index(sorted(set(range(2, len(text) + len(malformed) + 2)) - set(malformed)))
    return Export(text.set_index(rows), malformed, source.origin, digest, encoding)


def file_sha256(file: Path) -> str:
    """Return the hash of a file's bytes."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _encoding(file: Path) -> str:
    """Return UTF-8 where the file is that, else what its bytes look like most."""
    opener = gzip.open if file.suffix == ".gz" else open
    with opener(file, "rb") as stream:
        sample = stream.read(SAMPLE_BYTES)
    try:
        sample[: sample.rfind(b"\n") + 1 or None].decode("utf-8")
    except UnicodeDecodeError:
        best = from_bytes(sample).best()
        if best is None:
            raise InputError(
                Fault("The encoding cannot be told.", "State 'encoding' in sources.yaml.", file)
            ) from None
        return best.encoding
    return "utf-8-sig"


def _read_csv(file: Path, encoding: str) -> tuple[pd.DataFrame, tuple[int, ...]]:
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", pd.errors.ParserWarning)
            text = pd.read_csv(
                file,
                dtype="str",
                keep_default_na=False,
                encoding=encoding,
                on_bad_lines="warn",
                index_col=False,
            )
    except (UnicodeDecodeError, LookupError):
        raise InputError(
            Fault(f"The file is not in {encoding}.", "State its 'encoding' in sources.yaml.", file)
        ) from None
    except (pd.errors.ParserError, pd.errors.EmptyDataError, ValueError) as e:
        raise InputError(Fault(f"The file cannot be read as CSV: {e}.", "", file)) from None
    skipped = re.findall(r"line (\d+)", " ".join(str(w.message) for w in caught))
    return text, tuple(map(int, skipped))


def _read_excel(file: Path, source: SourceTable) -> pd.DataFrame:
    try:
        cells = pd.read_excel(
            file, sheet_name=source.sheet or 0, dtype="object", keep_default_na=False
        )
    except ValueError as e:
        raise InputError(Fault(f"The workbook cannot be read: {e}.", "", file)) from None
    return _as_text(cells)


def _read_query(source: SourceTable) -> Export:
    try:
        import sqlalchemy  # noqa: PLC0415  an extra that only queries need
    except ImportError:
        raise InputError("A query needs SQLAlchemy: pip install 'slm-analysis[sql]'.") from None
    url = os.environ.get(source.database or "")
    if not url:
        raise InputError(
            Fault(
                f"The environment variable {source.database} is not set.",
                "It holds the database URL, which is kept in no file.",
                key=f"{source.table}.database",
            )
        )
    try:
        with sqlalchemy.create_engine(url).connect() as connection:
            cells = pd.read_sql_query(
                sqlalchemy.text(str(source.query)), connection, dtype="object"
            )
    except sqlalchemy.exc.SQLAlchemyError as e:
        # The message of a driver can hold the URL, so only its kind is told.
        raise InputError(
            Fault(
                f"The query failed ({type(e).__name__}).",
                "Try it in a database client.",
                key=f"{source.table}.query",
            )
        ) from None
    text = _as_text(cells)
    text = text.mask(text.isin(["", *source.missing]))
    return Export(text.set_index(text.index + 1), (), source.origin, "", "")


def _as_text(cells: pd.DataFrame) -> pd.DataFrame:
    """Return cells of any type as text; dates and times in ISO form, whole numbers without .0."""

    def written(value: Any) -> object:
        if pd.isna(value):
            return None
        if isinstance(value, datetime | date):
            return value.isoformat()
        if isinstance(value, float) and value.is_integer():
            return str(int(value))
        return str(value)

    return cells.astype("object").map(written).astype("str")
