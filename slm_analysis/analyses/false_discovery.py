"""Many tests of one result: which of them are findings, and how sure each is then."""

from __future__ import annotations

import numpy as np
from scipy import stats


def false_discovery(p: np.ndarray, q: float) -> tuple[np.ndarray, float]:
    """Return adjusted p-values of one family, and the level for the intervals behind its findings.

    Parameters
    ----------
    p : array
        One p-value per test; missing ones are no tests.
    q : float
        Accepted share of false ones among the findings.

    Returns
    -------
    adjusted : array
        Benjamini and Hochberg, JRSS B 1995;57:289-300.
    level : float
        1 - q R / m for R of m tests found, R at least 1 (Benjamini and Yekutieli, JASA
        2005;100:71-81): a test is found just if its own interval at this level excludes 0.
    """
    tested = ~np.isnan(p)
    adjusted = np.full(len(p), np.nan)
    adjusted[tested] = stats.false_discovery_control(p[tested]) if tested.any() else []
    found = max(int((adjusted <= q).sum()), 1)
    return adjusted, 1 - q * found / max(int(tested.sum()), 1)
