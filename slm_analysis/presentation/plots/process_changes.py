"""The figure of all effects of changes, each against the smallest that matters."""

from __future__ import annotations

import numpy as np
import pandas as pd

from slm_analysis.analyses.change_effect import (
    BETTER,
    CANNOT_TELL,
    NO_MEANINGFUL_CHANGE,
    WORSE,
    ChangeEffect,
)
from slm_analysis.presentation.chart import Chart, Draw
from slm_analysis.presentation.language import _
from slm_analysis.presentation.numbers import MINUS
from slm_analysis.presentation.plots.rows import Row, draw_rows
from slm_analysis.presentation.words import change_effect as effect_words
from slm_analysis.presentation.words import change_figures as figure_words
from slm_analysis.presentation.words import judged_changes as judged_words
from slm_analysis.questions.process_changes import ChangeOutcomes

MARKS = {BETTER: "better", WORSE: "worse", NO_MEANINGFUL_CHANGE: "same", CANNOT_TELL: "unsure"}
LEAST, MOST = 3.0, 10.0
"""The scale reaches at least and, for intervals, at most so many times what matters."""
ROOM = 1.08


def plot(result: ChangeOutcomes) -> Chart:
    """Return one mark with its interval per change, service and measure."""
    rows = [_row(row, effect) for row, effect in judged_words.judged(result)]
    if not rows:
        return Chart(figure_words.caption(result))
    return Chart(figure_words.caption(result), draw_effects(rows))


def draw_effects(rows: list[Row]) -> Draw:
    """Return the drawing of effects as multiples of the smallest that matters."""
    ends = np.array([[row.low, row.high] for row in rows], dtype=float)
    values = np.array([row.value for row in rows], dtype=float)
    reach = max(
        np.nanmax(np.abs(values), initial=LEAST),
        min(np.nanmax(np.abs(ends), initial=LEAST), MOST),
    )
    return draw_rows(
        rows,
        (-ROOM * reach, ROOM * reach),
        _times,
        band=(-1.0, 1.0),
        band_label=_("too small to matter"),
        axis_label=_("1× just matters; to the right is better"),
    )


def _row(row: pd.Series, effect: ChangeEffect) -> Row:
    wording = judged_words.wording(row)
    told = effect.estimate is not None
    value, low, high = _against_what_matters(effect)
    return Row(
        label=str(row["description"]),
        under=judged_words.subject(row),
        value=value,
        low=low,
        high=high,
        words=judged_words.verdict(row, effect),
        figures=effect_words.brief(effect, wording),
        mark=MARKS[effect.verdict] if told else "hidden",
    )


def _against_what_matters(effect: ChangeEffect) -> tuple[float, float, float]:
    """Return estimate, low and high as multiples of the smallest that matters, better upwards."""
    if effect.estimate is None or effect.low is None or effect.high is None:
        return np.nan, np.nan, np.nan
    unit = (effect.min_effect or 1.0) * (1 if effect.better == "high" else -1)
    low, high = sorted((effect.low / unit, effect.high / unit))
    return effect.estimate / unit, low, high


def _times(value: float) -> str:
    if value == 0:
        return "0"
    return f"{MINUS if value < 0 else '+'}{abs(value):g}×"
