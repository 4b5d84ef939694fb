"""Trends and forecasts as a table."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from slm_analysis.analyses.trend import Trend
from slm_analysis.presentation.language import _
from slm_analysis.presentation.numbers import NO_VALUE, capitalised, part_of
from slm_analysis.presentation.periods import MONTH
from slm_analysis.presentation.trend_series import BAD, Heading, headings
from slm_analysis.presentation.views import Column, Table
from slm_analysis.presentation.words import trend as words


def table(result: Trend) -> Table:
    """Return one row per series, the likeliest to miss its goal first."""
    return listed_series(headings(result), _("Series"))


def listed_series(every: Sequence[Heading], kind: str) -> Table:
    """Return one row per series, whose kind heads the first column."""
    first = every[0]
    when = first.when(first.row["time"])
    if first.rate:
        slope, year = _("A {period}, points"), _("A year at that pace, points")
    else:
        slope, year = _("A {period}"), _("A year at that pace")
    expected = _("Expected in {when}") if first.freq == MONTH else _("Expected of {when}")
    columns = (
        Column(kind),
        Column(_("Trend")),
        Column(slope.format(period=first.period), numeric=True, minor=True),
        Column(year, numeric=True, minor=True),
        Column(expected.format(when=when), numeric=True),
        Column(_("Goal"), numeric=True, minor=True),
        Column(_("Chance of missing the goal"), numeric=True),
        Column(_("Forecasts that held"), numeric=True, minor=True),
    )
    accented = [at for at, one in enumerate(every) if one.mark == BAD]
    caption = _("What is to be expected of {when}").format(when=when)
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
        part_of(int(row["held"]), tried) if tried else NO_VALUE,
    ]
