"""What became of the rows of one table, gathered while they are read and checked part by part."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd

from slm_analysis.intake.contract import REJECTED, reject
from slm_analysis.intake.spill import Spill
from slm_analysis.result import Note, note

OVERLONG, NAMELESS, UNREADABLE, CHECKED, UNKNOWN, CANCELLED = range(0, 600, 100)
"""Where in the list of rejected rows those of each step begin; a step has up to 100 reasons."""


class Findings:
    """Counts of what was assumed, and the rejected rows, on disk.

    The order in which parts come plays no part: notes stand in the order in which they are first
    counted, also where nothing was found, and rejected rows by step, then by row.

    Parameters
    ----------
    folder : Path
        Where rejected rows are kept.
    """

    def __init__(self, folder: Path) -> None:
        self._rejected = Spill(folder)
        self._reasons: dict[int, tuple[str, int]] = {}
        self._counts: dict[tuple[str, tuple[tuple[str, object], ...]], int] = {}
        self._given: set[tuple[str, tuple[tuple[str, object], ...]]] = set()

    def tell(self, code: str, **values: object) -> None:
        """Note what holds for the whole table; once is enough."""
        key = (code, tuple(values.items()))
        self._counts.setdefault(key, 0)
        self._given.add(key)

    def count(self, code: str, n: float, **values: object) -> None:
        """Add to the number of rows of which something must be noted."""
        key = (code, tuple(values.items()))
        self._counts[key] = self._counts.get(key, 0) + int(n)

    def reject(self, place: int, rows: pd.DataFrame) -> None:
        """Add rejected rows, as `contract.reject` gives them, all for the same reason."""
        if rows.empty:
            return
        known = self._reasons.get(place, (str(rows["reason"].iloc[0]), 0))
        self._reasons[place] = (known[0], known[1] + len(rows))
        texts = rows.set_index("source_row").astype("str")
        self._rejected.add(texts, place)

    def reject_checked(self, found: Sequence[pd.DataFrame]) -> None:
        """Add what the checks of the contract found."""
        for at, rows in enumerate(found):
            self.reject(CHECKED + at, rows)

    def close(self) -> None:
        """Have everything on disk."""
        self._rejected.close()

    @property
    def notes(self) -> tuple[Note, ...]:
        """What was assumed or odd."""
        return tuple(
            note(code, **dict(values), **({} if (code, values) in self._given else {"n": n}))
            for (code, values), n in self._counts.items()
            if n or (code, values) in self._given
        )

    @property
    def reasons(self) -> dict[str, int]:
        """How many rows were rejected for each reason, in the order of the list."""
        counts: dict[str, int] = {}
        for _, (reason, n) in sorted(self._reasons.items()):
            counts[reason] = counts.get(reason, 0) + n
        return counts

    def rejected(self) -> Iterator[pd.DataFrame]:
        """Yield the rejected rows, as text: `source_row`, `reason`, `column`, `value`."""
        yield reject([], "").astype({"source_row": "int64"} | dict.fromkeys(REJECTED[1:], "str"))
        for place in self._rejected.parts():
            rows = self._rejected.read(place)
            if rows is not None:
                yield rows.sort_index(kind="stable").rename_axis("source_row").reset_index()
