"""Tickets and status histories in the shape of the contract, for tests."""

from collections.abc import Iterable

import pandas as pd

from slm_analysis.intake.contract import conform


def utc(text: str | None) -> pd.Timestamp:
    return pd.Timestamp(text, tz="UTC") if text else pd.NaT


def tickets(*rows: dict) -> pd.DataFrame:
    """Return tickets, by default of unit U and service S, numbered from T0."""
    filled = [
        {"ticket_id": f"T{at}", "business_unit": "U", "service": "S"} | row
        for at, row in enumerate(rows)
    ]
    return conform("tickets", times_read(pd.DataFrame(filled)))


def history(*rows: tuple) -> pd.DataFrame:
    """Return a status history from (ticket, status, from, to, …priority)."""
    columns = ["ticket_id", "status", "from_time", "to_time", "priority"]
    filled = [[*row, *[None] * (len(columns) - len(row))] for row in rows]
    return conform("status_history", times_read(pd.DataFrame(filled, columns=columns)))


def statuses(ticket_id: str, *steps: tuple[str, str]) -> list[tuple]:
    """Return the history of one ticket from (status, from), each ending where the next begins."""
    ends: Iterable[str | None] = [*(start for _, start in steps[1:]), None]
    return [(ticket_id, name, start, end) for (name, start), end in zip(steps, ends, strict=True)]


def times_read(frame: pd.DataFrame) -> pd.DataFrame:
    named = [c for c in frame.columns if c.endswith(("_at", "_time"))]
    return frame.assign(
        **{name: pd.to_datetime(frame[name], format="ISO8601", utc=True) for name in named}
    )
