"""How far a mean moves without each person: the answers of one person go together."""

from __future__ import annotations

import numpy as np


def mean_and_shifts(value: np.ndarray, person: np.ndarray, people: int) -> tuple[float, np.ndarray]:
    """Return the mean of values, and by how much it moves without each person's.

    Parameters
    ----------
    value, person : array (n,)
        `person` numbers who gave each value, from 0.
    people : int
        More than the largest number; one without values moves nothing.
    """
    n, total = np.bincount(person, minlength=people), np.bincount(person, value, minlength=people)
    mean = float(total.sum() / n.sum())
    return mean, (total.sum() - total) / (n.sum() - n) - mean


def variance(shifts: np.ndarray) -> float:
    """Return the variance of a figure from its shifts (Efron and Tibshirani 1993, 11.5)."""
    m = len(shifts)
    return float((m - 1) / m * (shifts @ shifts))
