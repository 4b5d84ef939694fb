"""The figure of what goes with satisfaction: shares with intervals, and what chance would give."""

from __future__ import annotations

import numpy as np
import pandas as pd

from slm_analysis.presentation.chart import Chart
from slm_analysis.presentation.language import _
from slm_analysis.presentation.numbers import capitalised, plain_percent
from slm_analysis.presentation.plots.rows import Row, draw_rows
from slm_analysis.presentation.tables import satisfaction_drivers as tables
from slm_analysis.presentation.words import satisfaction_drivers as words
from slm_analysis.questions.satisfaction_drivers import SatisfactionDrivers

STEPS = (0.01, 0.02, 0.05, 0.1, 0.2)
MOST_MARKS = 6
MARKS = {words.LOWER: "bad", words.HIGHER: "good", words.DIFFERS: "good"}


def plot(result: SatisfactionDrivers) -> Chart:
    """Return dots with intervals on a scale from 0, findings first."""
    caption = words.caption(result)
    if result.drivers is None:
        return Chart(caption)
    shares = result.drivers.shares
    largest = max(shares["high"].max(), shares["by_chance"].max())
    step = next((s for s in STEPS if largest / s < MOST_MARKS), STEPS[-1])
    end = step * np.ceil(largest / step)
    draw = draw_rows(
        [_row(result, row) for _at, row in shares.iterrows()],
        (0.0, end),
        plain_percent,
        axis_label=_("of the differences between scores"),
        marks=[float(mark) for mark in np.arange(0, end + step / 2, step)],
    )
    return Chart(caption, draw, tables.table(result))


def _row(result: SatisfactionDrivers, row: pd.Series) -> Row:
    level = words.clearest(result, row["driver"]) if row["finding"] else None
    return Row(
        label=capitalised(words.name(row["driver"])),
        value=row["share"],
        low=row["low"],
        high=row["high"],
        words=words.share(row),
        mark=MARKS.get(words.verdict(result, row), "plain"),
        goal=row["by_chance"],
        under=words.compared(level),
        figures="" if level is None else words.points(level),
    )
