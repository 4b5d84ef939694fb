"""The figure of promises that satisfaction goes with."""

from __future__ import annotations

import numpy as np
import pandas as pd

from slm_analysis.analyses.score_verdicts import NOT_COMPARED
from slm_analysis.presentation.chart import Chart
from slm_analysis.presentation.language import pgettext
from slm_analysis.presentation.plots.rows import Row
from slm_analysis.presentation.plots.score_gaps import MARKS, draw_gaps
from slm_analysis.presentation.tables import followed_targets as tables
from slm_analysis.presentation.words import followed_targets as words
from slm_analysis.presentation.words.score_gaps import gap
from slm_analysis.questions.followed_targets import FollowedTargets


def plot(result: FollowedTargets) -> Chart:
    """Return one mark with its interval per promise, findings first; the rest is one row."""
    caption, numbers = words.caption(result), tables.table(result)
    compared = result.table[result.table["verdict"] != NOT_COMPARED]
    if compared.empty:
        return Chart(caption, numbers=numbers)
    rows = [_row(row, result) for _at, row in compared.iterrows()]
    if len(compared) < len(result.table):
        rows.append(
            Row(words.others(result), np.nan, np.nan, np.nan, words.too_few(), mark="hidden")
        )
    return Chart(caption, draw_gaps(rows, result.min_effect, pgettext("score", "points")), numbers)


def _row(row: pd.Series, result: FollowedTargets) -> Row:
    return Row(
        label=str(row["service"]),
        under=words.target(row),
        value=row["difference"],
        low=row["low"],
        high=row["high"],
        words=gap(row, result.min_effect),
        figures=words.counts(row),
        mark=MARKS[row["verdict"]],
    )
