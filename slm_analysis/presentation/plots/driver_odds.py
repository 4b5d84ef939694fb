"""The forest plot of drivers: odds of each group with the mix held fixed, and at first sight."""

from __future__ import annotations

import numpy as np
import pandas as pd

from slm_analysis.presentation.chart import Chart
from slm_analysis.presentation.language import _
from slm_analysis.presentation.plots.rows import Row, draw_rows
from slm_analysis.presentation.tables import driver_odds as tables
from slm_analysis.presentation.words import driver_odds as words
from slm_analysis.presentation.words.cause_findings import window
from slm_analysis.presentation.words.driver_names import driver, label
from slm_analysis.presentation.words.excess import late_of
from slm_analysis.presentation.words.root_causes import nearly, not_named
from slm_analysis.questions.root_causes import RootCauses

NAMES = {-3: "⅛", -2: "¼", -1: "½"}
"""Of powers of two below 1."""
LEAST, MOST, MANY = -3, 6, 6
"""Powers of two at which the scale ends at the latest, and how many need more room."""


def driver_odds(result: RootCauses) -> Chart:
    """Return the forest plot of what goes with late tickets, findings first, then by excess."""
    rows = words.shown_odds(result)
    caption = words.caption(result, window(result), [*not_named(result), *nearly(result)])
    if rows.empty:
        return Chart(caption)
    ends = np.log2(rows[["modelled_low", "modelled_high"]].to_numpy(float))
    limits = max(np.floor(ends.min()), LEAST), min(np.ceil(ends.max()), MOST)
    draw = draw_rows(
        [_row(row, limits) for __, row in rows.iterrows()],
        limits,
        _tick,
        line=0,
        line_label=_("as the others"),
        axis_label=_("Odds against the others, mix held fixed"),
        marks=_marks(limits),
    )
    return Chart(caption, draw, tables.odds_table(result))


def _row(row: pd.Series, limits: tuple[float, float]) -> Row:
    at = {name: float(np.log2(row[name])) for name in ("modelled", "modelled_low", "modelled_high")}
    crude = float(np.clip(np.log2(max(row["odds_ratio"], 2.0**LEAST)), *limits))
    return Row(
        label=label(row["driver"], row["level"]),
        under=driver(row["driver"]),
        value=float(np.clip(at["modelled"], *limits)),
        low=at["modelled_low"],
        high=at["modelled_high"],
        words=_("{odds} times").format(odds=words.interval(row)),
        mark="bad" if words.stands_out(row) else "plain",
        goal=crude,
        figures=_("{late} late").format(late=late_of(row)),
    )


def _marks(limits: tuple[float, float]) -> list[float]:
    """Return the powers of two on the scale, every second one where there are many."""
    step = 2 if limits[1] - limits[0] >= MANY else 1
    powers = np.arange(LEAST - LEAST % step, limits[1] + 1, step)
    return [float(power) for power in powers if power >= limits[0]]


def _tick(power: float) -> str:
    whole = int(power)
    return f"{NAMES.get(whole, str(2 ** max(whole, 0)))}×"
