"""Since when a group of tickets has been breached more often than the rest."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import special, stats

from slm_analysis.analyses.shrinkage import drawn_to_mean
from slm_analysis.analyses.suppression import require_columns

MISTAKEN = 0.05
"""Chance that a month is named where the group's lead over the rest never changed."""


def onset(months: pd.DataFrame, design_effect: float = 1.0) -> pd.Timestamp | None:
    """Answer from which month on a group was breached more often than the rest, without a break.

    Parameters
    ----------
    months : DataFrame
        One row per month in order: `time`, `n` and `breaches` of the group, `rest_n` and
        `rest_breaches` of all others.
    design_effect : float
        How much more its breaches vary than if tickets came singly.

    Returns
    -------
    Timestamp or None
        `time` of that month; None where it cannot be said: the lead is as old as the figures, it
        was lost again in a later month, or other months fit as well.

    Raises
    ------
    InputError
        For a missing column.

    Notes
    -----
    Breaches are Poisson around those expected at the rest's rate of the month, times one factor
    before the onset and another from it on. The month of the largest likelihood (Hinkley,
    Biometrika 1970;57:1-17) is named if it beats every other, and no onset at all, by the
    likelihood ratio that Bonferroni asks for so many months. The rest's monthly rates are drawn to
    their mean as far as they differ by chance.
    """
    require_columns(months, ["time", "n", "breaches", "rest_n", "rest_breaches"])
    known = months[(months["n"] > 0) & (months["rest_n"] > 0)]
    if len(known) < 2:  # noqa: PLR2004  one month has no other to be told from
        return None
    breaches, n, rest, rest_n = (
        known[["breaches", "n", "rest_breaches", "rest_n"]].to_numpy(float).T
    )
    expected = n * drawn_to_mean(rest, rest_n)
    before = np.cumsum([0, *breaches[:-1]]), np.cumsum([0, *expected[:-1]])
    after = breaches.sum() - before[0], expected.sum() - before[1]
    fit = _log_likelihood(*before) + _log_likelihood(*after)
    # The first entry has nothing before it: one factor throughout, no onset.
    best = int(fit.argmax())
    behind = 2 * (fit[best] - np.delete(fit, best)) / design_effect
    told_apart = behind.min() > stats.chi2.isf(MISTAKEN / len(fit), df=1)
    rose = after[0][best] * before[1][best] > before[0][best] * after[1][best]
    led = (breaches[best:] > expected[best:]).all()
    return pd.Timestamp(known["time"].iloc[best]) if best and told_apart and rose and led else None


def _log_likelihood(breaches: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """Return the largest Poisson log likelihood, up to what is the same for every onset."""
    factor = np.divide(breaches, expected, out=np.ones_like(expected), where=expected > 0)
    return special.xlogy(breaches, factor)
