"""The figure of service levels: each promise against its goal."""

from __future__ import annotations

import pandas as pd

from slm_analysis.presentation.chart import Chart
from slm_analysis.presentation.language import N_
from slm_analysis.presentation.numbers import plain_percent
from slm_analysis.presentation.plots.rows import Row, draw_rows, share_limits
from slm_analysis.presentation.tables import service_levels as tables
from slm_analysis.presentation.words import service_levels as words
from slm_analysis.questions.service_levels import ServiceLevels

NOTHING = N_("No promise about a share of cases could be judged.")
OTHER_SCALES = ("satisfaction", "error_rate")
"""What is no share of cases kept; it stands in the table."""


def plot(result: ServiceLevels) -> Chart:
    """Return dots with intervals for all promises about shares."""
    levels = words.in_order(result)
    levels = levels[~levels["metric"].isin(OTHER_SCALES)]
    rows = [
        Row(
            label=words.promise(level),
            value=level["value"],
            low=level["low"],
            high=level["high"],
            goal=level["goal_value"],
            mark=_mark(level),
            words=words.verdict(level),
            figures=words.figure(level),
        )
        for __, level in levels.iterrows()
    ]
    limits = share_limits([*levels["value"], *levels["low"], *levels["goal_value"]])
    draw = draw_rows(rows, limits, plain_percent) if rows else None
    return Chart(words.caption(result), draw, tables.table(result))


def _mark(level: pd.Series) -> str:
    if pd.isna(level["value"]):
        return "hidden"
    missed = level["result"] == "missed" and level["evidence"] == "clear"
    return "bad" if missed else "plain"
