"""What was read, rejected and assumed on the way from exports to contract tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from slm_analysis.result import Note, Result

if TYPE_CHECKING:
    from slm_analysis.intake.sources import Loaded

TABLE_COLUMNS = [
    "table", "origin", "sha256", "encoding", "rows_in_file", "read", "accepted", "rejected",
]  # fmt: skip


@dataclass(frozen=True, eq=False, kw_only=True)
class DataQuality(Result):
    """What became of every row of every export.

    Attributes
    ----------
    tables : DataFrame
        One row per contract table: `table`, `origin` (file), `sha256`, `encoding`,
        `rows_in_file` (updates or events are folded, so more than read), `read`, `accepted`,
        `rejected`.
    rejections : DataFrame
        `table`, `reason`, `n`.
    notes : tuple of Note
        Assumptions and oddities; each names its `table`.
    """

    tables: pd.DataFrame = field(repr=False)
    rejections: pd.DataFrame = field(repr=False)


def data_quality(loaded: Mapping[str, Loaded]) -> DataQuality:
    """Return what became of every row, from the tables as loaded."""
    tables = [
        (
            name, table.origin, table.sha256, table.encoding, table.rows_in_file,
            table.read, table.accepted, table.read - table.accepted,
        )
        for name, table in loaded.items()
    ]  # fmt: skip
    rejections = [
        (name, reason, n)
        for name, table in loaded.items()
        for reason, n in sorted(table.reasons.items(), key=lambda of: -of[1])
    ]
    return DataQuality(
        tables=pd.DataFrame(tables, columns=TABLE_COLUMNS),
        rejections=pd.DataFrame(rejections, columns=["table", "reason", "n"]),
        notes=tuple(
            Note(n.code, {"table": name, **n.values})
            for name, table in loaded.items()
            for n in table.notes
        ),
    )


def to_json(quality: DataQuality) -> dict[str, object]:
    """Return the data quality as JSON holds it."""
    return {
        "tables": quality.tables.to_dict("records"),
        "rejections": quality.rejections.to_dict("records"),
        "notes": [{"code": n.code, "values": dict(n.values)} for n in quality.notes],
    }


def from_json(content: Mapping[str, list[dict[str, object]]]) -> DataQuality:
    """Return the data quality that `to_json` wrote."""
    return DataQuality(
        tables=pd.DataFrame(content["tables"], columns=TABLE_COLUMNS),
        rejections=pd.DataFrame(content["rejections"], columns=["table", "reason", "n"]),
        notes=tuple(Note(str(n["code"]), dict(n["values"])) for n in content["notes"]),  # type: ignore[call-overload]
    )
