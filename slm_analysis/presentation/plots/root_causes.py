"""The figure of root causes: late tickets by group, with the number expected of each."""

from __future__ import annotations

import pandas as pd

from slm_analysis.presentation.chart import Chart
from slm_analysis.presentation.language import _
from slm_analysis.presentation.numbers import percent
from slm_analysis.presentation.plots.bars import Bar, draw_bars
from slm_analysis.presentation.tables import root_causes as tables
from slm_analysis.presentation.words import root_causes as words
from slm_analysis.presentation.words.excess import digits, late_of
from slm_analysis.questions.root_causes import RootCauses


def plot(result: RootCauses) -> Chart:
    """Return bars for the levels of one driver, most late tickets first."""
    bars = [_bar(row, result.pareto_driver) for __, row in result.pareto.iterrows()]
    heads = (_("Late tickets"), _("Running share"))
    draw = draw_bars(bars, _("late"), heads, _("expected if it made no difference"))
    return Chart(words.caption(result), draw if bars else None, tables.pareto_table(result))


def _bar(row: pd.Series, driver: str) -> Bar:
    return Bar(
        label=words.bar_label(row, driver),
        count=row["breaches"],
        expected=row["expected"],
        words=_("{late} late").format(late=late_of(row)),
        share=percent(row["running_share"], 0),
        over=_("{excess} more").format(excess=digits(row, "excess")) if row["finding"] else "",
    )
