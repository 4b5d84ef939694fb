"""Trends and forecasts as a table."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from slm_analysis.analyses.trend import Trend
from slm_analysis.presentation.numbers import NO_VALUE, capitalised
from slm_analysis.presentation.views import Column, Table
from slm_analysis.presentation.words import trend as words
from slm_analysis.presentation.words.trend import BAD, Heading


def table(result: Trend) -> Table:
    """Return one row per series, the likeliest to miss its goal first."""
    return listed_series(words.headings(result), "Series")


def listed_series(every: Sequence[Heading], kind: str) -> Table:
    """Return one row per series, whose kind heads the first column."""
    first = every[0]
    when = first.when(first.row["time"])
    unit = ", points" if first.rate else ""
    columns = (
        Column(kind),
        Column("Trend"),
        Column(f"A {first.period}{unit}", numeric=True, minor=True),
        Column(f"A year at that pace{unit}", numeric=True, minor=True),
        Column(f"Expected in {when}" if first.freq == "month" else f"Expected of {when}",
               numeric=True),
        Column("Goal", numeric=True, minor=True),
        Column("Chance of missing the goal", numeric=True),
        Column("Forecasts that held", numeric=True, minor=True),
    )  # fmt: skip
    accented = [at for at, one in enumerate(every) if one.mark == BAD]
    caption = f"What is to be expected of {when}"
    return Table(caption, columns, [_row(one) for one in every], accented=accented)


def _row(heading: Heading) -> list[str]:
    row = heading.row
    tried, missed = int(row["backtested"]), row["chance_missed"]
    return [
        heading.name or NO_VALUE,
        capitalised(words.trend_brief(heading)),
        words.slope(heading),
        words.over_a_year(heading),
        words.forecast(heading),
        NO_VALUE if pd.isna(row["target"]) else heading.tick(row["target"]),
        NO_VALUE if pd.isna(missed) else capitalised(words.chance(missed)),
        f"{int(row['held'])} of {tried}" if tried else NO_VALUE,
    ]
