"""Whether a share lies off its goal by more than chance: exact, so that few cases do not mislead.

A score test (and Wilson's interval, which inverts it) takes shares near their goal as normal. With
few cases and goals near 100 % they are skewed: of services just at a goal of 95 %, one in 44 with
five cases would be called short at 0.1 %. Exact tails err at most as often as they say.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special, stats

from slm_analysis.intervals import LEVEL

Numbers = NDArray[np.float64]

HALVINGS = 50
"""Steps that find the end of a funnel to the last digit shown."""


def independent_cases(n: ArrayLike, n_effective: ArrayLike, degrees: ArrayLike) -> Numbers:
    """Return how many independent cases tell as much as these.

    Parameters
    ----------
    n, n_effective : array-like
        Cases, and cases after the design effect.
    degrees : array-like
        Degrees of freedom behind the design effect; infinite where there is none.

    Notes
    -----
    Korn and Graubard, Survey Methodology 1998;24:193-201: the effective number, lessened for what
    is not known about the design effect by the squared ratio of t quantiles.
    """
    n, n_effective, degrees = (np.asarray(a, dtype=float) for a in (n, n_effective, degrees))
    tail = 1 - (1 - LEVEL) / 2
    known = np.isfinite(degrees)
    with np.errstate(invalid="ignore"):
        ratio = stats.t.ppf(tail, n - 1) / stats.t.ppf(tail, np.where(known, degrees, 1.0))
    return np.where(known, n_effective * ratio**2, n_effective)


def goal_test(share: ArrayLike, cases: ArrayLike, goal: ArrayLike) -> Numbers:
    """Return the chance of a share as far from its goal as this one, on either side.

    Parameters
    ----------
    share : array-like
        Observed shares.
    cases : array-like
        Independent cases behind them, not necessarily whole.
    goal : array-like
        Shares that were to be reached.

    Notes
    -----
    Twice the smaller tail of the binomial distribution, at most 1 (Clopper and Pearson, Biometrika
    1934;26:404-413), its sums written as incomplete beta functions so that counts need not be
    whole (Korn and Graubard 1998).
    """
    share, cases, goal = (np.asarray(a, dtype=float) for a in (share, cases, goal))
    with np.errstate(invalid="ignore"):
        return np.minimum(
            2 * np.minimum(_at_most(share, cases, goal), _at_most(1 - share, cases, 1 - goal)), 1.0
        )


def chance_limits(cases: ArrayLike, goal: float, chance: float) -> tuple[Numbers, Numbers]:
    """Return between which shares chance alone keeps so many cases: the ends of a funnel.

    Parameters
    ----------
    cases : array-like
        Independent cases.
    goal : float
        The share that was to be reached.
    chance : float
        How often a share at its goal may lie outside, both sides together.

    Returns
    -------
    low, high : array
        A share beyond them has a `goal_test` under `chance`, and one between them over it; 0 and 1
        where so few cases cannot tell even the worst and the best.

    Notes
    -----
    Spiegelhalter, Statistics in Medicine 2005;24:1185-1202: exact limits around the target.
    """
    cases = np.asarray(cases, dtype=float)
    low = _lowest(cases, goal, chance / 2)
    return low, 1 - _lowest(cases, 1 - goal, chance / 2)


def _at_most(share: Numbers, cases: Numbers, goal: Numbers) -> Numbers:
    """Return the chance of this share or less."""
    count = share * cases
    # All of them or fewer is certain, and there is no beta function of 0.
    some = np.where(share >= 1, 1.0, cases - count)
    return np.where(share >= 1, 1.0, special.betainc(some, count + 1, 1 - goal))


def _lowest(cases: Numbers, goal: float, chance: float) -> Numbers:
    """Return the share of which the lower tail is `chance`, or 0 where that of 0 is more."""
    low, high = np.zeros_like(cases), np.full_like(cases, goal)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        rarer = _at_most(middle, cases, np.asarray(goal)) < chance
        low, high = np.where(rarer, middle, low), np.where(rarer, high, middle)
    return np.where(_at_most(np.zeros_like(cases), cases, np.asarray(goal)) >= chance, 0.0, high)
