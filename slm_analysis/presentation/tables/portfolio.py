"""Units by services, and every promise of every unit."""

from __future__ import annotations

import pandas as pd

from slm_analysis.presentation import numbers
from slm_analysis.presentation.views import Cell, Column, Matrix, Table
from slm_analysis.presentation.words import portfolio as words
from slm_analysis.presentation.words import service_levels as levels_words
from slm_analysis.questions.portfolio import Portfolio

PRIMARY = ["resolution_time", "response_time", "availability", "error_rate", "recovery_time"]
"""Which promise stands for a service in the matrix: the first that there is."""
COLUMNS = (
    Column("Unit"),
    Column("Promise"),
    Column("Result"),
    Column("Actual", numeric=True),
    Column("95% interval", numeric=True),
    Column("Goal", minor=True),
)


def matrix(result: Portfolio) -> Matrix:
    """Return units by services; a cell shows the service's main promise and its verdict."""
    levels = result.levels
    when = numbers.period(result.period_start, result.period_end)
    caption = f"Share kept in {when}; uncertain: the interval reaches across the goal"
    if levels.empty:
        return Matrix(caption, [], [])
    services = sorted(levels["service"].unique())
    folders = result.reports.drop_duplicates("business_unit").set_index("business_unit")["folder"]
    rows = [
        (
            str(unit),
            f"{folders[unit]}/01_service_levels.html" if unit in folders else "",
            [_cell(result, own[own["service"] == service]) for service in services],
        )
        for unit, own in levels.groupby("business_unit", sort=False)
    ]
    return Matrix(caption, services, rows)


def _cell(result: Portfolio, own: pd.DataFrame) -> Cell:
    own = own[own["metric"].isin(PRIMARY)]
    if own.empty:
        return Cell(numbers.NO_VALUE)
    order = own["metric"].map(PRIMARY.index)
    main = own.assign(order=order, own=own["priority"] != "default")
    level = main.sort_values(["order", "own"], kind="stable").iloc[0]
    others = own[(own["result"] == "missed") & (own.index != level.name)]
    missed = "also missed" if level["result"] == "missed" else "missed"
    also = f"; {missed}: {levels_words.kind(others.iloc[0])}" if len(others) else ""
    known = not pd.isna(level["value"])
    return Cell(
        value=numbers.percent_beside(level["value"], level["goal_value"])
        if known
        else numbers.NO_VALUE,
        of=f"of {level['counted']:,.0f}" if known and level["metric"] != "availability" else "",
        verdict=levels_words.verdict(level) + also,
        direction=words.direction(result, level),
        bad=level["result"] == "missed" and level["evidence"] == "clear",
    )


def table(result: Portfolio) -> Table:
    """Return every promise of every unit, the least likely first."""
    levels = result.levels
    if len(levels):
        levels = levels.sort_values(["q", "business_unit"], kind="stable")
    rows = [
        [
            str(level["business_unit"]),
            levels_words.promise(level),
            levels_words.verdict(level)
            + (" (clearly)" if level["clearly"] and level["result"] == "missed" else ""),
            levels_words.figure(level),
            levels_words.interval(level),
            str(level["goal"]),
        ]
        for _, level in levels.iterrows()
    ]
    return Table("Every promise of every unit, by evidence", COLUMNS, rows, folded=True)
