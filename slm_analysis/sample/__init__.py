"""Sample data of a finance shared service centre, made from a seed, with planted truth.

`sample_tables` makes the exports, `write_sample` writes them; `TRUTH`, `BAD_ROWS` and `ODD_ROWS`
say what an analysis or a check must find in them. For any seed the truth is the same.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from slm_analysis.errors import InputError
from slm_analysis.sample.centre import AS_OF, TIMEZONE
from slm_analysis.sample.demand import opened_tickets
from slm_analysis.sample.faults import BAD_ROWS, ODD_ROWS, PlantedRow, with_planted_rows
from slm_analysis.sample.history import outcome, status_history
from slm_analysis.sample.records import record_tables
from slm_analysis.sample.surveys import survey_table
from slm_analysis.sample.truth import TRUTH, Truth
from slm_analysis.sample.work import worked_tickets

__all__ = [
    "AS_OF",
    "BAD_ROWS",
    "ODD_ROWS",
    "SEED",
    "TIMEZONE",
    "TRUTH",
    "PlantedRow",
    "Truth",
    "sample_tables",
    "write_sample",
]

SEED = 2026
TIME_FORMAT = "%Y-%m-%d %H:%M"
COMPRESSED = ("tickets", "status_history")
TICKET_COLUMNS = [
    "ticket_id", "business_unit", "service", "ticket_type", "priority", "channel", "status",
    "assignment_group", "requester_team", "hold_reason", "supplier_country", "amount",
    "opened_at", "first_response_at", "resolved_at", "closed_at", "due_at",
    "reopen_count", "reassignment_count", "error_found",
]  # fmt: skip
HISTORY_COLUMNS = [
    "ticket_id", "status", "from_time", "to_time", "assignment_group", "priority",
]  # fmt: skip


def sample_tables(seed: int = SEED) -> dict[str, pd.DataFrame]:
    """Return the sample's tables as a system would export them: text, times local, blanks empty.

    Parameters
    ----------
    seed : int
        Makes other tickets with the same truth.

    Returns
    -------
    dict of DataFrame
        `tickets`, `status_history`, `surveys`, `process_changes`, `actions`, `outages`, with the
        columns of the data contract; `hold_reason`, `supplier_country` and `requester_team` are
        further columns of tickets. Odd and bad rows stand at the end of each.

    Raises
    ------
    InputError
        For a seed below 0.
    """
    if seed < 0:
        raise InputError(f"The seed {seed} cannot be used; give a whole number from 0 up.")
    demand, work, events, answers = np.random.default_rng(seed).spawn(4)
    tickets = worked_tickets(opened_tickets(demand), work)
    history = status_history(tickets, events)
    tickets = outcome(tickets, history, events)
    tables = {
        "tickets": _as_text(tickets[TICKET_COLUMNS]),
        "status_history": _as_text(history[HISTORY_COLUMNS]),
        "surveys": _as_text(survey_table(tickets, answers)),
        **record_tables(),
    }
    return {name: with_planted_rows(name, table) for name, table in tables.items()}


def write_sample(folder: str | Path, seed: int = SEED) -> list[Path]:
    """Write the sample's tables as CSV into `folder` and return the files.

    The same seed gives the same bytes; tickets and their history are compressed.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for name, table in sample_tables(seed).items():
        packed = name in COMPRESSED
        files.append(folder / (f"{name}.csv.gz" if packed else f"{name}.csv"))
        table.to_csv(
            files[-1],
            index=False,
            encoding="utf-8",
            lineterminator="\n",
            compression={"method": "gzip", "mtime": 0} if packed else None,
        )
    return files


def _as_text(table: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({name: _text(column) for name, column in table.items()})


def _text(column: pd.Series) -> pd.Series:
    """Return times as local text, amounts with two decimals, blanks empty."""
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        column = column.dt.strftime(TIME_FORMAT)
    elif pd.api.types.is_float_dtype(column):
        column = column.map("{:.2f}".format, na_action="ignore")
    return column.astype("str").fillna("")
