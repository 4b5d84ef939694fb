"""Odds of a level against the rest in a logistic model that holds the mix fixed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import linalg, sparse, special

RIDGE = 1e-6
"""Information added to each coefficient: none that counts, yet levels without a breach, or that
say the same as another column, leave the rest of the model in peace."""
MOST_STEPS, CLOSE = 30, 1e-10
"""Newton's method ends where a step promises no more log likelihood than this."""
FEW = 30
"""Levels with fewer cases, and those without a breach or without any other case, are held fixed
as one: single, they say nothing."""


def logistic_odds(
    code: np.ndarray, held: Sequence[np.ndarray], outcome: np.ndarray, levels: np.ndarray
) -> pd.DataFrame:
    """Return the log odds ratio of each level against the rest, the mix held fixed.

    Parameters
    ----------
    code : array (n,)
        Level of each case as a number from 0.
    held : sequence of array (n,)
        Levels of each column that is held fixed; main effects of their levels enter the model.
    outcome : array of bool (n,)
    levels : array of int
        The levels asked for.

    Returns
    -------
    DataFrame
        One row per level asked for: `log_ratio`, and its standard error `error`, from the inverse
        information.

    Notes
    -----
    Logistic regression by Newton's method (McCullagh and Nelder, Generalized Linear Models, 2nd
    ed., 4.4) on counts of equal cases: one model per level, a model of the mix alone as its start.
    """
    cells = pd.DataFrame({"code": code, **{str(i): column for i, column in enumerate(held)}})
    counts = cells.assign(breached=outcome).groupby(list(cells))["breached"]
    table = counts.agg(n="size", breaches="sum").reset_index()
    n, breaches = table[["n", "breaches"]].to_numpy(float).T
    mix = [_dummies(table[str(i)].to_numpy(), n, breaches) for i in range(len(held))]
    held_fixed = sparse.hstack([sparse.csr_array(np.ones((len(table), 1))), *mix], format="csr")
    start, _ = _fit(held_fixed, n, breaches, np.zeros(held_fixed.shape[1]))
    rows = []
    for level in levels:
        own = (table["code"].to_numpy() == level).astype(float)
        design = sparse.hstack([held_fixed, sparse.csr_array(own[:, None])], format="csr")
        beta, information = _fit(design, n, breaches, np.append(start, 0.0))
        last = np.eye(1, len(beta), len(beta) - 1)[0]
        error = np.sqrt(linalg.solve(information, last, assume_a="pos")[-1])
        rows.append((beta[-1], error))
    return pd.DataFrame(rows, columns=["log_ratio", "error"])


def _dummies(code: np.ndarray, n: np.ndarray, breaches: np.ndarray) -> sparse.csr_array:
    """Return one column per level that says something; the others are the reference."""
    size, breached = np.bincount(code, n), np.bincount(code, breaches)
    tells = np.flatnonzero((size >= FEW) & (breached > 0) & (breached < size))
    if len(tells) == np.count_nonzero(size):
        tells = tells[1:]
    column = np.full(len(size), -1)
    column[tells] = np.arange(len(tells))
    row = np.flatnonzero(column[code] >= 0)
    shape = (len(code), len(tells))
    return sparse.csr_array((np.ones(len(row)), (row, column[code[row]])), shape=shape)


def _fit(
    design: sparse.csr_array, n: np.ndarray, breaches: np.ndarray, beta: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the coefficients of largest likelihood and their information."""
    ridge = RIDGE * np.eye(len(beta))
    information = ridge
    reached = _log_likelihood(design, n, breaches, beta)
    for _ in range(MOST_STEPS):
        chance = special.expit(design @ beta)
        weight = sparse.diags_array(n * chance * (1 - chance))
        information = (design.T @ weight @ design).toarray() + ridge
        slope = design.T @ (breaches - n * chance) - RIDGE * beta
        step = linalg.solve(information, slope, assume_a="pos")
        if slope @ step < CLOSE:
            break
        # From far off a whole step leads astray; some part of it always leads up.
        for part in 0.5 ** np.arange(MOST_STEPS):
            tried = _log_likelihood(design, n, breaches, beta + part * step)
            if tried >= reached:
                beta, reached = beta + part * step, tried
                break
    return beta, information


def _log_likelihood(
    design: sparse.csr_array, n: np.ndarray, breaches: np.ndarray, beta: np.ndarray
) -> float:
    """Return the log likelihood less what the ridge takes."""
    linear = design @ beta
    return float(breaches @ linear - n @ np.logaddexp(0, linear) - RIDGE / 2 * (beta @ beta))
