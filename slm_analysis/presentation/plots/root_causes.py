"""The figure of root causes: late tickets by group, with the number expected of each."""

from __future__ import annotations

import pandas as pd

from slm_analysis.presentation.chart import Chart
from slm_analysis.presentation.numbers import percent
from slm_analysis.presentation.plots.bars import Bar, draw_bars
from slm_analysis.presentation.tables import root_causes as tables
from slm_analysis.presentation.words import root_causes as words
from slm_analysis.presentation.words.excess import digits, late_of
from slm_analysis.questions.root_causes import RootCauses

HEADS = ("Late tickets", "Running share")
EXPECTED = "expected if it made no difference"


def plot(result: RootCauses) -> Chart:
    """Return bars for the levels of one driver, most late tickets first."""
    bars = [_bar(row, result.pareto_driver) for _, row in result.pareto.iterrows()]
    draw = draw_bars(bars, "late", HEADS, EXPECTED)
    return Chart(words.caption(result), draw, tables.pareto_table(result))


def _bar(row: pd.Series, driver: str) -> Bar:
    return Bar(
        label=words.bar_label(row, driver),
        count=row["breaches"],
        expected=row["expected"],
        words=f"{late_of(row)} late",
        share=percent(row["running_share"], 0),
        over=f"{digits(row, 'excess')} more" if row["finding"] else "",
    )
