"""Differences of scores, one row each, against the smallest that matters."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from slm_analysis.analyses.score_verdicts import CANNOT_TELL, HIGHER, LOWER, NOT_COMPARED, SAME
from slm_analysis.presentation.chart import Draw
from slm_analysis.presentation.language import _
from slm_analysis.presentation.numbers import signed
from slm_analysis.presentation.plots.rows import Row, draw_rows

MARKS = {
    LOWER: "worse",
    HIGHER: "better",
    SAME: "same",
    CANNOT_TELL: "unsure",
    NOT_COMPARED: "hidden",
}
STEPS = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
MOST_STEPS = 3
"""Marks on either side of 0."""
LEAST, MOST = 0.3, 1.5
"""The scale reaches at least and, for intervals, at most so many points."""
ROOM = 1.06


def draw_gaps(rows: Sequence[Row], min_effect: float, axis_label: str) -> Draw:
    """Return the drawing of differences in points; 0 in the middle, what matters outside a band."""
    ends = np.array([[row.low, row.high] for row in rows], dtype=float)
    values = np.array([row.value for row in rows], dtype=float)
    reach = max(
        np.nanmax(np.abs(values), initial=max(LEAST, 2 * min_effect)),
        min(np.nanmax(np.abs(ends), initial=0.0), MOST),
    )
    step = next((s for s in STEPS if reach / s <= MOST_STEPS), STEPS[-1])
    count = int(reach / step)
    return draw_rows(
        rows,
        (-ROOM * reach, ROOM * reach),
        lambda value: signed(value, int(step < 1)),
        band=(-min_effect, min_effect),
        band_label=_("too small to matter"),
        axis_label=axis_label,
        marks=[step * at for at in range(-count, count + 1)],
    )
