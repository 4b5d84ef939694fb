"""The figures of a unit's stability: the most worrying service, and all of them."""

from __future__ import annotations

from slm_analysis.presentation.chart import Chart
from slm_analysis.presentation.plots.control_charts import draw_chart
from slm_analysis.presentation.plots.small_multiples import draw_multiples
from slm_analysis.presentation.tables import control_charts as chart_tables
from slm_analysis.presentation.tables import stability as tables
from slm_analysis.presentation.words import stability as words
from slm_analysis.questions.stability import Stability


def plot(result: Stability) -> Chart:
    """Return the chart of the most worrying service, or of the largest where all are steady."""
    every = words.services(result)
    caption = words.main_caption(result)
    if not every:
        return Chart(caption)
    return Chart(caption, draw_chart(every[0]), chart_tables.points(every[0]))


def small_multiples(result: Stability) -> Chart:
    """Return the charts of all services side by side, the most worrying first."""
    every = words.services(result)
    caption = words.multiples_caption(result)
    if not every:
        return Chart(caption)
    states = [words.brief_direction(result, one) for one in every]
    return Chart(caption, draw_multiples(every, states), tables.table(result))
