"""How long tickets take, as a table."""

from __future__ import annotations

from slm_analysis.analyses.time_to_resolve import TimeToResolve
from slm_analysis.presentation import numbers
from slm_analysis.presentation.views import Column, Table
from slm_analysis.presentation.words import time_to_resolve as words
from slm_analysis.questions.time_taken import TimeTaken

COLUMNS = (
    Column("Tickets of"),
    Column("Tickets", numeric=True),
    Column("Still open", numeric=True, minor=True),
    Column("Withdrawn", numeric=True, minor=True),
    Column("Half done within (interval)", numeric=True),
    Column("Nine in ten within (interval)", numeric=True),
)


def table(result: TimeTaken | TimeToResolve) -> Table:
    """Return one row per group, quickest first."""
    times = words.times_of(result)
    rows = [] if times is None else [
        [
            row["name"],
            numbers.count(row["tickets"]),
            numbers.count(row["still_open"]),
            numbers.count(row["withdrawn"]),
            words.interval(row, "half"),
            words.interval(row, "nine"),
        ]
        for _, row in words.percentiles(times).sort_values("time_half", kind="stable").iterrows()
    ]  # fmt: skip
    level = f"; {times.level:.0%} intervals" if times else ""
    return Table(f"How long tickets take, in business hours{level}", COLUMNS, rows, folded=True)
