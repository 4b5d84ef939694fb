"""Did an effect last, or fade: the first third of the periods since against the last."""

from __future__ import annotations

from dataclasses import asdict, replace

import numpy as np
import pandas as pd

from slm_analysis.analyses.change_model import STEP, Part, Terms, design, fit_rows
from slm_analysis.analyses.change_series import AFTER, ChangeSeries
from slm_analysis.errors import InputError

MIN_THIRD = 4
"""Fewer periods in a third say nothing about it."""

THIRDS = 3
CURVE = ("curve_1", "curve_2")
FIRST, LAST, DIFFERENCE = "first_third", "last_third", "difference"
COLUMNS = ["part", "estimate", "low", "high", "p"]

LASTED, GREW, FADING, FADED = "lasted", "grew", "fading", "faded"
UNCLEAR, NOT_ASKED, NOT_POSSIBLE = "unclear", "not_asked", "not_possible"


def thirds(series: ChangeSeries, terms: Terms, change: int, level: float) -> pd.DataFrame:
    """Return the effect in the first and last third since the change, and last less first.

    The effect may move along a curve of the second degree, whose mean over each third is told:
    levels of thirds would leave what moves within them to the noise.

    Returns
    -------
    DataFrame
        `part` (`first_third`, `last_third`, `difference`), `estimate`, `low`, `high`, `p`;
        without rows where a third has under four periods.
    """
    used = series.used
    after = used.index[used["phase"] == AFTER]
    columns = design(used, series.axis, replace(terms, slope=False), change)
    # From 0 at the change to 1 at the end, so that powers stay of one size.
    since = np.maximum(used["position"] - change, 0) / max(used["position"].max() - change, 1)
    columns = columns.assign(**{name: since ** (1 + at) for at, name in enumerate(CURVE)})
    try:
        enough = len(after) >= THIRDS * MIN_THIRD
        fit = fit_rows(series, used, terms, columns) if enough else None
    except InputError:  # too few periods for these terms
        fit = None
    if fit is None:
        return pd.DataFrame(columns=COLUMNS)
    moving = columns[[STEP, *CURVE]]
    ends = [after[rows] for rows in np.array_split(np.arange(len(after)), THIRDS)]
    first, last = (moving.loc[rows].mean() for rows in (ends[0], ends[-1]))
    parts = [
        {"part": name}
        | asdict(fit.part(level, rows, **{str(term): float(c) for term, c in contrast.items()}))
        for name, rows, contrast in (
            (FIRST, ends[0], first),
            (LAST, ends[-1], last),
            (DIFFERENCE, after, last - first),
        )
    ]
    return pd.DataFrame(parts)[COLUMNS]


def persistence(found: Part | None, of_thirds: pd.DataFrame) -> dict[str, object]:
    """Return whether an effect lasted: the difference between its last and first third.

    Returns
    -------
    dict
        A row of `checks`. State `grew`: larger in the last third; `faded`: smaller, and none is
        left beyond chance; `fading`: smaller, and some is left; `lasted`: there in the last third,
        and not shown to be smaller; `unclear`: none of these beyond chance; `not_asked`: no effect
        was found; `not_possible`: too few periods.
    """
    if of_thirds.empty:
        return {"check": "persistence", "value": np.nan, "state": NOT_POSSIBLE}
    rows = {str(row["part"]): row for _, row in of_thirds.iterrows()}
    difference = rows[DIFFERENCE]
    row = {"check": "persistence", "value": difference["estimate"], **difference[["low", "high"]]}
    row["p"] = difference["p"]
    if found is None or found.low <= 0 <= found.high:
        return row | {"state": NOT_ASKED}
    sign = 1 if found.estimate > 0 else -1
    change, left = _side(difference, sign), _side(rows[LAST], sign)
    if change > 0:
        return row | {"state": GREW}
    if change < 0:
        return row | {"state": FADING if left > 0 else FADED}
    return row | {"state": LASTED if left > 0 else UNCLEAR}


def _side(part: pd.Series, sign: int) -> int:
    """Return 1 where an interval lies on the side of the effect, -1 on the other, else 0."""
    if part["low"] <= 0 <= part["high"]:
        return 0
    return sign if part["low"] > 0 else -sign
