"""The figure of all effects of all units' changes."""

from __future__ import annotations

import numpy as np

from slm_analysis.presentation.chart import Chart
from slm_analysis.presentation.plots.process_changes import MARKS, draw_effects
from slm_analysis.presentation.plots.rows import Row
from slm_analysis.presentation.words import portfolio_changes as words
from slm_analysis.questions.portfolio import Portfolio

MOST = 12
"""Effects drawn; the others are in their units' reports."""


def change_results(result: Portfolio) -> Chart:
    """Return one mark with its interval per change, service and measure, the surest first."""
    caption = words.caption(result)
    if result.changes.empty:
        return Chart(caption)
    changes = result.changes.sort_values("portfolio_q", kind="stable").head(MOST)
    rows = []
    for _, row in changes.iterrows():
        effect = words.told(row)
        direction = 1 if row["better"] == "high" else -1
        unit = direction * (effect.min_effect or 1.0)
        ends = [np.nan if v is None else v / unit for v in (effect.low, effect.high)]
        verdict = row["verdict"] if row["stands"] else "cannot_tell"
        rows.append(
            Row(
                label=str(row["description"]),
                under=words.subject(row),
                value=np.nan if effect.estimate is None else effect.estimate / unit,
                low=min(ends),
                high=max(ends),
                words=words.verdict(row),
                figures=words.figures(row),
                mark="hidden" if effect.estimate is None else MARKS[verdict],
            )
        )
    return Chart(caption, draw_effects(rows))
