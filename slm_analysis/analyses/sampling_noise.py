"""How much shares of so many cases vary by sampling alone, along a fitted curve."""

from __future__ import annotations

import numpy as np
from scipy import special

MOST_STEPS, CLOSE = 50, 1e-4
"""Fisher's scoring ends where no log odds move by more than this, a ten-thousandth of a share."""

FURTHEST = 15.0
"""Log odds beyond which a step does not go: three cases in ten million."""

HALF_A_CASE = 0.5


def sampling_variance(share: np.ndarray, cases: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Return the binomial variance p (1 - p) / n of each row at its expected share p.

    Parameters
    ----------
    share : array (m,)
        The shares observed, of the first m rows.
    cases : array (n,)
        Cases of every row, also of those that are only expected.
    columns : array (n, p)
        Design matrix of the rows.

    Returns
    -------
    array (n,)

    Notes
    -----
    Expected shares by logistic regression, fitted by Fisher's scoring (McCullagh and Nelder,
    Generalized Linear Models, 2nd ed., 1989, 4.4). Half a case of either kind, spread evenly over
    the rows observed, keeps them off 0 and 1 where no case or every case is favourable.
    """
    basis, _ = np.linalg.qr(columns)
    observed, of = basis[: len(share)], cases[: len(share)]
    favourable, extra = share * of, HALF_A_CASE / len(share)
    weight = of + 2 * extra
    odds = special.logit((favourable + HALF_A_CASE) / (of + 2 * HALF_A_CASE))
    for _ in range(MOST_STEPS):
        p = special.expit(odds)
        root = np.sqrt(weight * p * (1 - p))
        working = odds + ((favourable + extra) / weight - p) / (p * (1 - p))
        coefficients = np.linalg.lstsq(root[:, None] * observed, root * working)[0]
        before, odds = odds, np.clip(observed @ coefficients, -FURTHEST, FURTHEST)
        if np.abs(odds - before).max() < CLOSE:
            break
    expected = special.expit(np.clip(basis @ coefficients, -FURTHEST, FURTHEST))
    return expected * (1 - expected) / cases
