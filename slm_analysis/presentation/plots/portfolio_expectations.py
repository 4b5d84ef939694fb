"""The figure of what users expect, unit by unit."""

from __future__ import annotations

from slm_analysis.presentation.chart import Chart
from slm_analysis.presentation.language import pgettext
from slm_analysis.presentation.plots.rows import Row
from slm_analysis.presentation.plots.score_gaps import MARKS, draw_gaps
from slm_analysis.presentation.words import portfolio_expectations as words
from slm_analysis.presentation.words.expectation_gap import counts
from slm_analysis.presentation.words.score_gaps import gap
from slm_analysis.questions.portfolio import Portfolio

MOST = 12
"""Gaps drawn; the others are in their units' reports."""


def expectation_gaps(result: Portfolio) -> Chart:
    """Return one mark with its interval per unit and service with a gap, the surest first."""
    caption, gaps = words.caption(result), words.found(result).head(MOST)
    if gaps.empty:
        return Chart(caption)
    rows = [
        Row(
            label=str(row["business_unit"]),
            under=str(row["service"]),
            value=float(row["difference"]),
            low=float(row["low"]),
            high=float(row["high"]),
            words=gap(row, float(row["min_effect"])),
            figures=counts(row),
            mark=MARKS[row["verdict"]],
        )
        for _at, row in gaps.iterrows()
    ]
    return Chart(
        caption, draw_gaps(rows, float(gaps["min_effect"].max()), pgettext("score", "points"))
    )
