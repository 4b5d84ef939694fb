"""Rows kept on disk in numbered parts, so that a table needs no more memory than its largest part.

A row goes to the part that the hash of its key says: rows of one key lie in one part, in the order
in which they came.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Self

import numpy as np
import pandas as pd
import pyarrow as pa

SOURCE_ROW = " row"
"""The name under which the index, row numbers of the source, is kept; no column begins so."""
PART_ROWS = 1 << 18
"""Rows of all tables that a part should hold."""
COMPRESSION = pa.ipc.IpcWriteOptions(compression="lz4")


class Spill:
    """Frames of one kind, written to a folder part by part; a context while it is written to.

    Parameters
    ----------
    folder : Path
        Made with the first rows. What is needed to read them is the folder alone.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._writers: dict[int, pa.ipc.RecordBatchStreamWriter] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Have all rows on disk."""
        for writer in self._writers.values():
            writer.close()
        self._writers.clear()

    def add(self, frame: pd.DataFrame, part: int | np.ndarray = 0) -> None:
        """Add rows to one part, or each row to its own."""
        table = pa.Table.from_pandas(
            frame.rename_axis(SOURCE_ROW).reset_index(), preserve_index=False
        )
        if not isinstance(part, np.ndarray):
            self._write(part, table)
            return
        order = np.argsort(part, kind="stable")
        table = table.take(order)
        numbers, starts = np.unique(part[order], return_index=True)
        for number, start, end in zip(
            numbers, starts, np.append(starts, len(part))[1:], strict=True
        ):
            self._write(int(number), table.slice(start, end - start))

    def _write(self, part: int, table: pa.Table) -> None:
        if part not in self._writers:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._writers[part] = pa.ipc.new_stream(
                str(self._file(part)), table.schema, options=COMPRESSION
            )
        self._writers[part].write_table(table)

    def _file(self, part: int) -> Path:
        return self.folder / f"{part}.arrow"

    def parts(self) -> list[int]:
        """Return the numbers of the parts that have rows."""
        return sorted(int(file.stem) for file in self.folder.glob("*.arrow"))

    def chunks(self, part: int, columns: Sequence[str] | None = None) -> Iterator[pd.DataFrame]:
        """Yield no rows, for their columns, then those of a part as they were added."""
        if not self._file(part).exists():
            return
        with pa.OSFile(str(self._file(part))) as file:
            schema = pa.ipc.open_stream(file).schema
            wanted = schema.names if columns is None else [SOURCE_ROW, *columns]
            options = pa.ipc.IpcReadOptions(
                included_fields=sorted(schema.get_field_index(name) for name in wanted)
            )
            file.seek(0)
            rows = pa.ipc.open_stream(file, options=options)
            yield _on_rows(rows.schema.empty_table())
            for batch in rows:
                yield _on_rows(pa.Table.from_batches([batch]))

    def read(self, *parts: int) -> pd.DataFrame | None:
        """Return the rows of parts, on their row numbers; None where there are none."""
        tables = []
        for part in parts:
            if self._file(part).exists():
                with pa.OSFile(str(self._file(part))) as file:
                    tables.append(pa.ipc.open_stream(file).read_all())
        return _on_rows(pa.concat_tables(tables)) if tables else None


def _on_rows(table: pa.Table) -> pd.DataFrame:
    return table.to_pandas().set_index(SOURCE_ROW).rename_axis(None)


def parts_for(rows: int) -> int:
    """Return into how many parts so many rows go."""
    return 1 + rows // PART_ROWS


def part_of(keys: pd.Series, parts: int) -> np.ndarray:
    """Return the part of each row: the same for the same key; a row without one goes by itself."""
    if parts == 1:
        return np.zeros(len(keys), dtype=np.int64)
    known = keys.notna().to_numpy()
    hashed = pd.util.hash_array(keys.fillna("").to_numpy(object), categorize=False)
    at = np.where(known, hashed, keys.index.to_numpy().astype(np.uint64))
    return (at % np.uint64(parts)).astype(np.int64)
