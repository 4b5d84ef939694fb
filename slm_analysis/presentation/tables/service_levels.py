"""The service levels as a table."""

from __future__ import annotations

from slm_analysis.presentation import numbers
from slm_analysis.presentation.views import Column, Table
from slm_analysis.presentation.words import service_levels as words
from slm_analysis.questions.service_levels import ServiceLevels

COLUMNS = (
    Column("Promise"),
    Column("Goal"),
    Column("Result"),
    Column("Actual", numeric=True),
    Column("95% interval", numeric=True),
    Column("Running", numeric=True, minor=True),
    Column("Not counted", numeric=True, minor=True),
)


def table(result: ServiceLevels) -> Table:
    """Return one row per promise, the missed ones first."""
    levels = words.in_order(result)
    rows = [
        [
            words.promise(level),
            str(level["goal"]),
            words.verdict(level),
            words.figure(level),
            words.interval(level),
            numbers.count(level["undecided"]),
            numbers.count(level[["no_target", "missing_data", "excluded"]].sum()),
        ]
        for _, level in levels.iterrows()
    ]
    bad = (levels["result"] == "missed") & (levels["evidence"] == "clear")
    when = numbers.period(result.period_start, result.period_end)
    return Table(
        f"Every promise in {when}",
        COLUMNS,
        rows,
        accented=[int(i) for i in bad.to_numpy().nonzero()[0]],
    )
