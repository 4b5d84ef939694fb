"""What a difference of scores comes to: lower, higher, too small to matter, or cannot tell."""

from __future__ import annotations

import numpy as np
import pandas as pd

LOWER, HIGHER, SAME, CANNOT_TELL = "lower", "higher", "same", "cannot_tell"
NOT_COMPARED = "not_compared"
MIN_EFFECT = 0.1
"""Points of the score; smaller differences do not matter."""


def score_verdicts(low: pd.Series, high: pd.Series, min_effect: float) -> pd.Series:
    """Return the verdict of each difference by its interval.

    In this order: an interval within ± `min_effect` is `same`, even if it excludes 0; one that
    excludes 0 is `lower` or `higher`; else it is `cannot_tell`. Without an interval the verdict
    is `not_compared`.
    """
    verdicts = np.select(
        [low.isna(), (low >= -min_effect) & (high <= min_effect), high < 0, low > 0],
        [NOT_COMPARED, SAME, LOWER, HIGHER],
        CANNOT_TELL,
    )
    return pd.Series(verdicts, low.index, dtype="str")
