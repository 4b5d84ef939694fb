"""The stability of a unit's services as a table."""

from __future__ import annotations

from slm_analysis.analyses.chart_summary import WORSE
from slm_analysis.presentation import numbers
from slm_analysis.presentation.numbers import capitalised
from slm_analysis.presentation.tables import control_charts as chart_tables
from slm_analysis.presentation.views import Column, Table
from slm_analysis.presentation.words import stability as words
from slm_analysis.questions.stability import Stability


def table(result: Stability) -> Table:
    """Return one row per service, the most worrying first."""
    columns = (Column("Service"), *chart_tables.SERIES[1:])
    rows = []
    for series in words.services(result):
        name, _, *figures = chart_tables.row(series)
        rows.append([name, capitalised(words.direction(result, series)), *figures])
    worse = (result.services["direction"] == WORSE).to_numpy().nonzero()[0]
    when = numbers.date(result.period_end)
    caption = f"{words.measure(result)}, up to {when}"
    return Table(caption, columns, rows, accented=[int(at) for at in worse])
