"""Reads an export as text: CSV, Excel, Parquet or a database query.

Nothing is interpreted here, so nothing can be misread: every value stays the text that stands in
the export, and a missing-value mark becomes missing.
"""

from __future__ import annotations

import hashlib
import os
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import pandas as pd
import pyarrow.parquet as pq

from slm_analysis.errors import Fault, InputError
from slm_analysis.fingerprint import file_digest
from slm_analysis.intake.csv_text import CHUNK, UTF8, read_csv
from slm_analysis.intake.source_yaml import SourceTable
from slm_analysis.result import Note, note

CSV = (".csv", ".txt", ".tsv", ".csv.gz", ".txt.gz", ".tsv.gz")
EXCEL = (".xlsx", ".xlsm")
PARQUET = (".parquet", ".pq")


@dataclass(frozen=True)
class ExportRows:
    """Some rows of an export.

    Attributes
    ----------
    text : DataFrame
        Columns as named in the source, all text; the index holds row numbers of the source.
    overlong : tuple of int
        Row numbers that had too many fields.
    cut_short : int
        Rows that had too few.
    """

    text: pd.DataFrame
    overlong: tuple[int, ...] = ()
    cut_short: int = 0


@dataclass(frozen=True)
class Export:
    """The text of one export and where it came from.

    Attributes
    ----------
    chunks : iterator of ExportRows
        To be read once; at least one, so that the columns are known of an export without rows.
    origin : str
        File name, or what the query was run on.
    sha256 : str
        Of the file's bytes, or of what the query returned.
    encoding : str
        Of a CSV file.
    notes : tuple of Note
        What was taken for granted in opening it.
    """

    chunks: Iterator[ExportRows]
    origin: str
    sha256: str
    encoding: str
    notes: tuple[Note, ...] = ()


def read_export(source: SourceTable) -> Export:
    """Return the text of the export, to be read chunk by chunk.

    Raises
    ------
    InputError
        Here, or with a later chunk: where the file is missing, empty, damaged, or of no known kind
        or encoding; or where the database cannot be read (its URL is never part of the message).
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
    name = file.name.lower()
    chunks: Iterator[ExportRows]
    encoding = ""
    notes: tuple[Note, ...] = ()
    if name.endswith(CSV):
        csv = read_csv(file, source.encoding)
        encoding = csv.encoding
        if encoding not in {UTF8, source.encoding}:
            notes = (note("encoding_settled", encoding=encoding),)
        chunks = (
            ExportRows(_tidy(rows.cells, source), rows.overlong, rows.cut_short)
            for rows in csv.chunks
        )
    elif name.endswith(EXCEL):
        chunks = _parts(_tidy(_read_excel(file, source), source))
    elif name.endswith(PARQUET):
        chunks = (ExportRows(_tidy(cells, source)) for cells in _read_parquet(file))
    else:
        raise InputError(
            Fault(
                "A file of this kind cannot be read.",
                f"Save it as one of {', '.join((*CSV, *EXCEL, *PARQUET))}.",
                file,
                key=source.table,
            )
        )
    return Export(chunks, source.origin, file_digest(file), encoding, notes)


def _parts(text: pd.DataFrame) -> Iterator[ExportRows]:
    """Yield what could only be read whole in chunks all the same: what follows takes less then."""
    for start in range(0, max(len(text), 1), CHUNK):
        yield ExportRows(text.iloc[start : start + CHUNK])


def _tidy(cells: pd.DataFrame, source: SourceTable) -> pd.DataFrame:
    """Return trimmed cells under distinct names, missing where nothing is meant, no blank rows."""
    nothing = ["", *source.missing]
    text = cells.set_axis(_distinct(cells.columns), axis=1).apply(
        lambda column: (trimmed := column.str.strip()).mask(trimmed.isin(nothing))
    )
    return text.dropna(how="all")


def _distinct(names: Iterable[object]) -> list[str]:
    """Return column names, a repeated one with .1, .2, …, one without a name by its place."""
    distinct: list[str] = []
    for place, name in enumerate(names, start=1):
        plain = str(name).strip("\ufeff \t\r\n\u3000") or f"column {place}"
        copies = (plain, *(f"{plain}.{copy}" for copy in range(1, place)))
        distinct.append(next(copy for copy in copies if copy not in distinct))
    return distinct


def _read_excel(file: Path, source: SourceTable) -> pd.DataFrame:
    """Return the text of a sheet; its first row that is not blank names the columns."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # about styles and other looks
            sheet = pd.read_excel(file, sheet_name=source.sheet or 0, header=None, dtype="object")
    except (ValueError, KeyError, OSError, BadZipFile) as e:
        raise InputError(Fault(f"The workbook cannot be read: {e}.", "", file)) from None
    cells = _as_text(sheet).set_axis(sheet.index + 1).dropna(how="all")
    if cells.empty:
        raise InputError(Fault("The sheet is empty.", "Name another under 'sheet'.", file))
    return cells.iloc[1:].set_axis(cells.iloc[0].fillna(""), axis=1)


def _read_parquet(file: Path) -> Iterator[pd.DataFrame]:
    try:
        with pq.ParquetFile(file) as parquet:
            yield _as_text(parquet.schema_arrow.empty_table().to_pandas())
            number = 1
            for batch in parquet.iter_batches(CHUNK):
                rows = _as_text(batch.to_pandas())
                yield _numbered(rows, number)
                number += len(rows)
    except (ValueError, OSError) as e:
        raise InputError(Fault(f"This is no Parquet file: {e}.", "", file)) from None


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
        engine = sqlalchemy.create_engine(url, poolclass=sqlalchemy.NullPool)
        with engine.connect() as connection:
            cells = pd.read_sql_query(
                sqlalchemy.text(str(source.query)), connection, dtype="object"
            )
    except Exception as e:  # noqa: BLE001  whatever a driver raises
        # The message of a driver can hold the URL, so only its kind is told.
        raise InputError(
            Fault(
                f"The query failed ({type(e).__name__}).",
                "Try it in a database client.",
                key=f"{source.table}.query",
            )
        ) from None
    text = _tidy(_numbered(_as_text(cells)), source)
    digest = hashlib.sha256(text.to_csv().encode()).hexdigest()
    return Export(_parts(text), source.origin, digest, "")


def _numbered(rows: pd.DataFrame, first: int = 1) -> pd.DataFrame:
    """Return rows that have no place in a sheet, counted on from the first."""
    return rows.set_axis(range(first, first + len(rows)))


def _as_text(cells: pd.DataFrame) -> pd.DataFrame:
    """Return cells of any type as text; dates and times in ISO form, whole numbers without .0."""

    def written(value: Any) -> object:
        if pd.api.types.is_scalar(value) and pd.isna(value):
            return None
        if isinstance(value, datetime | date):
            return value.isoformat()
        if isinstance(value, float) and value.is_integer():
            return str(int(value))
        return str(value)

    return cells.astype("object").map(written).astype("str")
