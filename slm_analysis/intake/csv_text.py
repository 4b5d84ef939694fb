"""Reads CSV files as they come: any encoding, any delimiter of spreadsheets, rows of wrong length.

Rows are numbered as a spreadsheet shows them: the header is row 1, a cell with line breaks is part
of one row, and blank rows count but are no data.
"""

from __future__ import annotations

import csv
import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import TextIO

import pandas as pd
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
CHUNK = 1 << 15
"""Rows turned into columns at a time, so that few are held as single texts."""


@dataclass(frozen=True)
class CsvText:
    """The cells of a CSV file.

    Attributes
    ----------
    cells : DataFrame
        All text, on row numbers.
    encoding : str
    overlong : tuple of int
        Rows with more fields than the header, which cannot be told apart: they are left out.
    cut_short : int
        Rows with fewer fields than the header; the missing ones are empty.
    """

    cells: pd.DataFrame
    encoding: str
    overlong: tuple[int, ...]
    cut_short: int


def read_csv(file: Path, encoding: str | None = None) -> CsvText:
    """Return the text of a CSV file, packed (.gz) or not.

    Raises
    ------
    InputError
        Where the encoding cannot be told or does not fit, or the file is damaged.
    """
    opener = gzip.open if file.suffix.lower() == ".gz" else open
    try:
        with opener(file, "rb") as stream:
            encoding = encoding or _encoding(stream.read(SAMPLE_BYTES))
        if encoding is None:
            raise InputError(
                Fault("The encoding cannot be told.", "State 'encoding' in sources.yaml.", file)
            )
        with opener(file, "rt", encoding=encoding, newline="") as stream:
            return _cells(stream, encoding)
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


def _cells(stream: TextIO, encoding: str) -> CsvText:
    header_line = next((line for line in stream if line.strip()), "")
    delimiter = max(DELIMITERS, key=header_line.count)
    stream.seek(0)
    rows = _rows(stream, delimiter)
    _, header = next(rows, (0, []))
    if not header:
        raise csv.Error("it has no header")
    width = len(header)
    chunks = [pd.DataFrame(columns=range(width), index=pd.RangeIndex(0), dtype="str")]
    overlong: list[int] = []
    cut_short = 0
    while chunk := list(islice(rows, CHUNK)):
        overlong += [number for number, fields in chunk if any(fields[width:])]
        cut_short += sum(len(fields) < width for _, fields in chunk)
        numbers, cells = [], []
        for number, fields in chunk:
            if not any(fields[width:]):
                numbers.append(number)
                cells.append(fields[:width] + [""] * (width - len(fields)))
        chunks.append(pd.DataFrame(cells, numbers, range(width), dtype="str"))
    return CsvText(pd.concat(chunks).set_axis(header, axis=1), encoding, tuple(overlong), cut_short)


def _rows(stream: TextIO, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that are not blank, with their numbers."""
    fields: list[str] = []
    # A quotation mark that is never closed swallows the mark of the end.
    for number, fields in enumerate(csv.reader(chain(stream, [END]), delimiter=delimiter), start=1):
        if any(map(str.strip, fields)) and fields != [END]:
            yield number, fields
    if fields != [END]:
        raise csv.Error("a quotation mark is never closed")
