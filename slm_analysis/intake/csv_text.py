"""Reads CSV files as they come: any encoding, any delimiter of spreadsheets, rows of wrong length.

Rows are numbered as a spreadsheet shows them: the header is row 1, a cell with line breaks is part
of one row, and blank rows count but are no data.
"""

from __future__ import annotations

import csv
import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any, TextIO

import numpy as np
import pandas as pd
import pyarrow as pa
from charset_normalizer import from_bytes
from charset_normalizer.utils import is_multi_byte_encoding

from slm_analysis.errors import Fault, InputError

UTF8 = "utf-8-sig"
CHINESE = "gb18030"
"""Holds all that GBK and GB2312 hold."""
PAIRS = "gb2312"
"""Chinese in pairs of high bytes, which words of Latin letters do not form."""
SAMPLE_BYTES = 1 << 20
"""How much of a file is looked at to find its encoding."""
DELIMITERS = ",;\t"
END = "\x1a end of file"
CHUNK = 1 << 16
"""Rows read at a time."""


@dataclass(frozen=True)
class CsvRows:
    """Some rows of a CSV file.

    Attributes
    ----------
    cells : DataFrame
        All text, on row numbers.
    overlong : tuple of int
        Rows with more fields than the header, which cannot be told apart: they are left out.
    cut_short : int
        Rows with fewer fields than the header; the missing ones are empty.
    """

    cells: pd.DataFrame
    overlong: tuple[int, ...] = ()
    cut_short: int = 0


@dataclass(frozen=True)
class CsvText:
    """The text of a CSV file.

    Attributes
    ----------
    encoding : str
    chunks : iterator of CsvRows
        At least one, so that the columns are known of a file without rows.
    """

    encoding: str
    chunks: Iterator[CsvRows]


def read_csv(file: Path, encoding: str | None = None) -> CsvText:
    """Return the text of a CSV file, packed (.gz) or not, to be read chunk by chunk.

    Raises
    ------
    InputError
        Here, or with a later chunk: where the encoding cannot be told or does not fit, or the file
        is damaged.
    """
    with _told(file, encoding), _opened(file) as stream:
        encoding = encoding or _encoding(stream.read(SAMPLE_BYTES))
    if encoding is None:
        raise InputError(
            Fault("The encoding cannot be told.", "State 'encoding' in sources.yaml.", file)
        )
    return CsvText(encoding, _chunks(file, encoding))


def _opened(file: Path, encoding: str | None = None) -> Any:
    """Return a stream of bytes, or of text where an encoding is named."""
    opener: Any = gzip.open if file.suffix.lower() == ".gz" else open
    text = {"encoding": encoding, "newline": ""} if encoding else {}
    return opener(file, "rt" if encoding else "rb", **text)


@contextmanager
def _told(file: Path, encoding: str | None) -> Iterator[None]:
    """Say what is wrong with a file as one message."""
    try:
        yield
    except (UnicodeError, LookupError):
        raise InputError(
            Fault(f"The file is not in {encoding}.", "State its 'encoding' in sources.yaml.", file)
        ) from None
    except csv.Error as e:
        raise InputError(
            Fault(f"The file cannot be read as CSV: {e}.", "Export it again.", file)
        ) from None
    except (OSError, EOFError, zlib.error) as e:
        raise InputError(Fault(f"The file is damaged: {e}.", "Export it again.", file)) from None


def _encoding(sample: bytes) -> str | None:
    """Return UTF-8 where the bytes are that, else what they look like most."""
    # Without the line that the sample cuts off; a NUL tells UTF-16 without a mark.
    whole = sample[: sample.rfind(b"\n") + 1 or None]
    if b"\0" not in sample and _decodes(whole, UTF8):
        return UTF8
    best = from_bytes(sample).best()
    if best is None:
        return None
    # A few Chinese words in much English look like Latin letters to a statistic.
    latin = not is_multi_byte_encoding(best.encoding)
    return CHINESE if latin and _decodes(whole, PAIRS) else best.encoding


def _decodes(text: bytes, encoding: str) -> bool:
    try:
        text.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _chunks(file: Path, encoding: str) -> Iterator[CsvRows]:
    with _told(file, encoding), _opened(file, encoding) as stream:
        rows = _rows(stream)
        number, header = next(rows)
        yield CsvRows(_as_text([], header))
        for number, chunk in rows:
            yield _cells(chunk, number, header)


def _rows(stream: TextIO) -> Iterator[tuple[int, list]]:
    """Yield the header, then the rows in chunks, each with the number of its first row."""
    header_line = next((line for line in stream if line.strip()), "")
    delimiter = max(DELIMITERS, key=header_line.count)
    stream.seek(0)
    # A quotation mark that is never closed swallows the mark of the end.
    rows = csv.reader(chain(stream, [END]), delimiter=delimiter)
    header: list[str] = []
    number = 0
    while not any(map(str.strip, header)):
        number, header = number + 1, next(rows)
    if header == [END]:
        raise csv.Error("it has no header")
    yield number, header
    number += 1
    last: list[str] = []
    while chunk := list(islice(rows, CHUNK)):
        last = chunk[-1]
        if last == [END]:
            chunk.pop()
        yield number, chunk
        number += len(chunk)
    if last != [END]:
        raise csv.Error("a quotation mark is never closed")


def _cells(rows: list[list[str]], first: int, header: list[str]) -> CsvRows:
    """Return rows as columns, without blank ones and those with too many fields."""
    width = len(header)
    overlong, cut_short, blank = [], 0, []
    # Few rows need a closer look: those of another width, or blank at least at their beginning.
    for at in [at for at, row in enumerate(rows) if len(row) != width or not row[0].strip()]:
        row = rows[at]
        if any(row[width:]):
            overlong.append(at)
        elif not any(map(str.strip, row)):
            blank.append(at)
        elif len(row) != width:
            cut_short += len(row) < width
            rows[at] = row[:width] + [""] * (width - len(row))
    numbers = np.arange(first, first + len(rows))
    left_out = {*overlong, *blank}
    if left_out:
        rows = [row for at, row in enumerate(rows) if at not in left_out]
        numbers = np.delete(numbers, list(left_out))
    return CsvRows(
        _as_text(rows, header).set_axis(numbers), tuple(first + at for at in overlong), cut_short
    )


def _as_text(rows: list[list[str]], header: list[str]) -> pd.DataFrame:
    columns = zip(*rows, strict=True) if rows else [()] * len(header)
    arrays = [pa.array(column, pa.large_string()) for column in columns]
    return pa.table(arrays, list(map(str, range(len(header))))).to_pandas().set_axis(header, axis=1)
