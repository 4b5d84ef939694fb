"""Which part of the variation of a score goes with which driver, whatever their order."""

from __future__ import annotations

from collections.abc import Sequence
from math import factorial

import numpy as np
import pandas as pd
from scipy import stats

RESAMPLES = 1_000
SEED = 20260401
"""The same data give the same intervals."""
MOST_BLOCKS = 1_000
"""More clusters than this are resampled in as many blocks, put together at random."""
SPENT = 1e-9
"""Part of a column's variance under which the columns before it have told all of it."""
EDGE = 0.5
"""Resamples added on either side, so that a share is never at an end of all of them."""


def products_by_cluster(columns: np.ndarray, cluster: np.ndarray) -> np.ndarray:
    """Return the sums of products of a constant and standardised columns, per cluster of rows.

    Parameters
    ----------
    columns : array (n, m)
        Columns that vary; the last is the score.
    cluster : array (n,)
        Number of each row's cluster, from 0.

    Returns
    -------
    array (clusters, m + 1, m + 1)
        At most a thousand.
    """
    standard = (columns - columns.mean(axis=0)) / columns.std(axis=0)
    rows = np.column_stack([np.ones(len(columns)), standard])
    block = np.random.default_rng(SEED).permutation(cluster.max() + 1) % MOST_BLOCKS
    order = np.argsort(block[cluster], kind="stable")
    own = block[cluster][order]
    products = rows[order, :, None] * rows[order, None, :]
    starts = np.flatnonzero(np.r_[True, own[1:] != own[:-1]])
    sums: np.ndarray = np.add.reduceat(products, starts, axis=0)
    return sums


def explained_shares(products: np.ndarray, sizes: Sequence[int]) -> np.ndarray:
    """Return the share of the score's variance that goes with each driver.

    Parameters
    ----------
    products : array (samples, 1 + columns + 1, same)
        Sums of products of a constant, the columns of the drivers one after the other, and the
        score.
    sizes : sequence of int
        How many columns each driver has.

    Returns
    -------
    array (samples, drivers)
        They sum to R squared.

    Notes
    -----
    What a driver adds to R squared, averaged over all orders in which the drivers can enter:
    Lindeman, Merenda and Gold, Introduction to Bivariate and Multivariate Analysis, 1980; the
    Shapley value of R squared (Grömping, American Statistician 2007;61:139-147). Every set of
    drivers is reached by Gaussian elimination from the set without its last one.
    """
    drivers = len(sizes)
    starts = np.cumsum([0, *sizes])
    centred = _without_first(products / products[:, :1, :1])
    unexplained = np.empty((len(products), 2**drivers))

    def visit(left: np.ndarray, first: int, members: int) -> None:
        """Note what `members` leave unexplained; `left` holds the drivers from `first` on."""
        unexplained[:, members] = left[:, -1, -1]
        for driver in range(first, drivers):
            at = starts[driver] - starts[first]
            part = left[:, at:, at:]
            for _ in range(sizes[driver]):
                part = _without_first(part)
            visit(part, driver + 1, members | 1 << driver)

    visit(centred, 0, 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        shares: np.ndarray = (unexplained / unexplained[:, :1]) @ -_weights(drivers)
    return shares


def _without_first(left: np.ndarray) -> np.ndarray:
    """Return what is left of the other columns' products when the first has told its part."""
    pivot, row = left[:, :1, 0], left[:, 0, 1:]
    with np.errstate(invalid="ignore", divide="ignore"):
        factor = np.where(pivot > SPENT, row / pivot, 0.0)
    rest: np.ndarray = left[:, 1:, 1:] - factor[:, :, None] * row[:, None, :]
    return rest


def _weights(drivers: int) -> np.ndarray:
    """Return (2^drivers, drivers): how much R squared of a set counts for each driver."""
    sets = np.arange(2**drivers)
    size = np.bitwise_count(sets).astype(int)
    orders = np.array([factorial(k) * factorial(drivers - 1 - k) for k in range(drivers)])
    orders = orders / factorial(drivers)
    has = (sets[:, None] >> np.arange(drivers)) & 1
    enters, stays = orders[np.maximum(size - 1, 0)], orders[np.minimum(size, drivers - 1)]
    weights: np.ndarray = np.where(has, enters[:, None], -stays[:, None])
    return weights


def resampled_shares(products: np.ndarray, sizes: Sequence[int]) -> np.ndarray:
    """Return the shares in each resample of the clusters, (resamples, drivers)."""
    clusters = len(products)
    rng = np.random.default_rng(SEED)
    weights = rng.multinomial(clusters, np.full(clusters, 1 / clusters), RESAMPLES).astype(float)
    sums = np.tensordot(weights, products, axes=1)
    shares = explained_shares(sums, sizes)
    return shares[np.isfinite(shares).all(axis=1)]


def corrected_interval(
    drawn: np.ndarray, estimate: np.ndarray, level: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return the limits of each column of resamples.

    Notes
    -----
    Bias-corrected percentiles (Efron and Tibshirani, An Introduction to the Bootstrap, 1993,
    14.3): R squared of a resample is larger than that of its sample.
    """
    below = (drawn < estimate).sum(axis=0) + (drawn == estimate).sum(axis=0) / 2
    shift = stats.norm.ppf((below + EDGE) / (len(drawn) + 2 * EDGE))
    tail = stats.norm.ppf((1 - level) / 2)
    low, high = (
        np.array(
            [np.quantile(d, s) for d, s in zip(drawn.T, stats.norm.cdf(at), strict=True)],
            dtype=float,
        )
        for at in (2 * shift + tail, 2 * shift - tail)
    )
    return low, high


def ranked(share: pd.Series, drawn: np.ndarray, found: pd.Series, level: float) -> pd.Series:
    """Return the place of each driver found, missing where another found one is not surely apart.

    Parameters
    ----------
    share : Series
        Of each driver.
    drawn : array (resamples, drivers)
    found : Series of bool
    level : float
        At which the differences of all pairs hold together (Bonferroni).
    """
    place = np.full(len(share), np.nan)
    at = np.flatnonzero(found)
    value = share.to_numpy()
    pairs = max(len(at) * (len(at) - 1) // 2, 1)
    for own in at:
        others = at[at != own]
        gaps = drawn[:, [own]] - drawn[:, others]
        low, high = corrected_interval(gaps, value[own] - value[others], 1 - (1 - level) / pairs)
        if ((low > 0) | (high < 0)).all():
            place[own] = 1 + int((high < 0).sum())
    return pd.Series(place, share.index)
