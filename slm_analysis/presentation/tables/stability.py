"""The stability of a unit's services as a table."""

from __future__ import annotations

from slm_analysis.analyses.chart_summary import WORSE
from slm_analysis.presentation import numbers
from slm_analysis.presentation.language import _
from slm_analysis.presentation.numbers import capitalised
from slm_analysis.presentation.tables import control_charts as chart_tables
from slm_analysis.presentation.views import Table
from slm_analysis.presentation.words import stability as words
from slm_analysis.questions.stability import Stability


def table(result: Stability) -> Table:
    """Return one row per service, the most worrying first."""
    columns = chart_tables.series_columns(_("Service"))
    rows = []
    for series in words.services(result):
        name, __, *figures = chart_tables.row(series)
        rows.append([name, capitalised(words.direction(result, series)), *figures])
    worse = (result.services["direction"] == WORSE).to_numpy().nonzero()[0]
    caption = _("{measure}, up to {date}").format(
        measure=words.measure(result), date=numbers.date(result.period_end)
    )
    return Table(caption, columns, rows, accented=[int(at) for at in worse])
