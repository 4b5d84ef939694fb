"""What is on record around the time since when a service differs: process changes and outages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd

from slm_analysis.dataset.unit import Unit
from slm_analysis.sla.reporting_periods import FREQUENCIES

CHANGES, OUTAGES = "process_changes", "outages"
BEFORE = pd.Timedelta(weeks=4)
"""So long before the first period that differs we look: what comes on slowly shows late."""
COLUMNS = ["service", "table", "of", "day", "description"]


@dataclass(frozen=True, eq=False)
class OnRecord:
    """What may be asked about; that it came before makes it no cause.

    Attributes
    ----------
    searched : sequence of str
        The tables that the unit's exports have: ``process_changes``, ``outages``.
    found : DataFrame
        In the order of their days: `service` (that differs), `table`, `of` (the service of the
        record; missing for all), `day` (local date), `description` (of a change).
    """

    searched: Sequence[str]
    found: pd.DataFrame = field(repr=False)


def on_record(unit: Unit, since: pd.Series, freq: str) -> OnRecord:
    """Return what is on record from four weeks before services differed to that period's end.

    Outages are those of the service itself, changes those of any service of the unit: teams and
    forms are shared, and a change of the service itself begins a new phase of its chart anyway.

    Parameters
    ----------
    unit : Unit
    since : Series
        The start of the first period that differs, by service.
    freq : {"week", "month"}
    """
    exported = set(unit.data_quality.tables["table"])
    records = pd.concat(
        [
            _records(unit, CHANGES, unit.process_changes, "implemented_at"),
            _records(unit, OUTAGES, unit.outages, "started_at"),
        ],
        ignore_index=True,
    )
    asked = since.dropna().rename("since").rename_axis("service").reset_index()
    pairs = asked.merge(records, how="cross")
    last = pairs["since"].dt.to_period(FREQUENCIES[freq]).dt.end_time
    near = pairs["day"].between(pairs["since"] - BEFORE, last)
    near &= pairs["table"].eq(CHANGES) | pairs["of"].eq(pairs["service"])
    return OnRecord(
        searched=[name for name in (CHANGES, OUTAGES) if name in exported],
        found=pairs[near].sort_values("day", kind="stable")[COLUMNS].reset_index(drop=True),
    )


def _records(unit: Unit, table: str, rows: pd.DataFrame, time: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "of": rows["service"],
            "table": table,
            "day": unit.local_dates(rows[time]),
            "description": rows.get("description", ""),
        }
    )
