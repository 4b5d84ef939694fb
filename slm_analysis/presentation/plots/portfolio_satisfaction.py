"""The figure of satisfaction, one row per unit."""

from __future__ import annotations

import numpy as np
import pandas as pd

from slm_analysis.presentation.chart import Chart
from slm_analysis.presentation.numbers import plain_number, score
from slm_analysis.presentation.plots.rows import Row, draw_nothing, draw_rows
from slm_analysis.presentation.words import portfolio_satisfaction as words
from slm_analysis.questions.portfolio import Portfolio


def user_scores(result: Portfolio) -> Chart:
    """Return the mean rating of each unit with its interval; hidden units stay, with the reason."""
    caption = words.caption(result)
    units = words.of_units(result)
    if units.empty or units["value"].isna().all():
        return Chart(caption, draw_nothing(caption.sentence))
    low = words.dissatisfied(result)
    units = units.sort_values("value", kind="stable", na_position="last")
    rows = [
        Row(
            label=str(row["business_unit"]),
            value=_number(row["value"]),
            low=_number(row["low"]),
            high=_number(row["high"]),
            words="hidden: fewer than five people" if row["hidden"] else _figure(row),
            under=words.answered(row),
            mark="hidden" if row["hidden"] else "bad" if row["business_unit"] in low else "plain",
        )
        for _, row in units.iterrows()
    ]
    ends = units[["low", "high"]].astype(float)
    limits = (
        float(np.floor(2 * ends["low"].min()) / 2),
        float(np.ceil(2 * ends["high"].max()) / 2),
    )
    return Chart(caption, draw_rows(rows, limits, plain_number, axis_label="mean rating"))


def _figure(row: pd.Series) -> str:
    return f"{score(row['value'])} ({score(row['low'])} to {score(row['high'])})"


def _number(value: object) -> float:
    return np.nan if pd.isna(value) else float(value)  # type: ignore[call-overload, arg-type]
