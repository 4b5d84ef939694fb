"""Rates of many groups, drawn to their mean as far as they differ by chance."""

from __future__ import annotations

import numpy as np

ADDED_BREACHES, ADDED_CASES = 0.5, 1.0
"""Added to all groups together, so that a mean without a breach still leads to expect some."""


def drawn_to_mean(breaches: np.ndarray, n: np.ndarray) -> np.ndarray:
    """Return what rate to expect of each group, given that all are of one kind.

    Parameters
    ----------
    breaches, n : array
        Counts of each group, `n` above 0; counts out of an effective number need not be whole.

    Notes
    -----
    Marshall, Applied Statistics 1991;40:283-294: global empirical Bayes estimator, by moments. A
    small group is drawn to the mean of all almost wholly, a large one hardly.
    """
    mean = (breaches.sum() + ADDED_BREACHES) / (n.sum() + ADDED_CASES)
    away = breaches / n - mean
    between = max((n * away**2).sum() / n.sum() - mean / n.mean(), 0.0)
    drawn: np.ndarray = mean + between / (between + mean / n) * away
    return drawn
