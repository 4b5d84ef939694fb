"""The figure of what is to be expected of each service."""

from __future__ import annotations

from slm_analysis.presentation.chart import Chart
from slm_analysis.presentation.plots.trend import draw_forecasts
from slm_analysis.presentation.tables import outlook as tables
from slm_analysis.presentation.words import outlook as words
from slm_analysis.questions.outlook import Outlook


def plot(result: Outlook) -> Chart:
    """Return the forecast of each service against its goal."""
    every = words.headings(result)
    draw = draw_forecasts(every) if every else None
    return Chart(words.caption(result), draw, tables.table(result))
