"""What share of the time of tickets goes where, in late tickets and in the others."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import sparse, stats

from slm_analysis.intervals import LEVEL

HOUR = 3600
RESAMPLES = 1_000
SEED = 20260301
"""The same data give the same intervals."""
MOST_BLOCKS = 1_000
"""More tickets than this are resampled in as many blocks, put together at random: sums over them
vary as sums over their tickets do, and a million tickets cost no more."""
MIN_TICKETS = 30
"""A group of fewer tickets, and all groups where fewer are late or in time, are not judged."""

ALL, LATE, KEPT = "", "late_", "kept_"
"""Which tickets a figure is of: all, those late, those in time."""
POPULATIONS = {ALL: [0, 1, 2], LATE: [0], KEPT: [1]}
OUTCOMES = 3
"""Late, in time, not known."""


def time_shares(
    cells: pd.DataFrame, total: np.ndarray, late: np.ndarray, groups: int, level: float = LEVEL
) -> pd.DataFrame:
    """Answer what share of the tickets' time each group holds, and how sure that is.

    Parameters
    ----------
    cells : DataFrame
        `ticket`, `group` (numbers from 0), `seconds`: time of a ticket in a group, in any number
        of rows.
    total : array (tickets,)
        Seconds of each ticket of which shares are taken.
    late : array (tickets,)
        1 for a late ticket, 0 for one in time, NaN where that is not known.
    groups : int
        How many groups there are.
    level : float
        Coverage of the intervals.

    Returns
    -------
    DataFrame
        One row per group: `tickets` that spent time in it; `hours`, `share` of all time,
        `share_low`, `share_high`; the same of late tickets (`late_hours`, `late_share`, …) and of
        those in time (`kept_…`); `difference` of the late and the kept share, `difference_low` and
        `difference_high`, which hold for all groups together; `judged` (enough tickets);
        `finding` (late tickets spend more of their time there, by more than chance).

    Notes
    -----
    Bootstrap over tickets, percentile intervals (Efron and Tibshirani, An Introduction to the
    Bootstrap, 1993, 13.3), expanded for few tickets (Hesterberg, The American Statistician
    2015;69:371-386, 4.2). The differences are judged together: their limits lie at the quantile
    of the largest standardised deviation over all groups (Westfall and Young, Resampling-Based
    Multiple Testing, 1993, 2.3).
    """
    places = (cells["ticket"].to_numpy(), cells["group"].to_numpy())
    time = sparse.coo_array((cells["seconds"], places), shape=(len(total), groups)).tocsr()
    time.eliminate_zeros()
    table = pd.DataFrame({"tickets": np.bincount(time.indices, minlength=groups)})
    table["judged"] = table["tickets"] >= MIN_TICKETS
    judged = np.flatnonzero(table["judged"])
    outcome = np.select([late == 1, late == 0], [0, 1], 2)
    sums, totals = _by_block(time, total, outcome)
    drawn = {}
    for name, members in POPULATIONS.items():
        own, whole = sums[members].sum(axis=0), totals[members].sum(axis=0)
        with np.errstate(invalid="ignore"):
            table[f"{name}hours"] = own.sum(axis=0) / HOUR
            table[f"{name}share"] = own.sum(axis=0) / whole.sum()
        tickets = int(np.isin(outcome, members).sum())
        enough = tickets >= MIN_TICKETS and whole.any()
        drawn[name] = _resampled(own[:, judged], whole) if enough else _unknown(len(judged))
        tail = _tail(tickets, level) if enough else 0.0
        low, high = np.quantile(drawn[name], [tail, 1 - tail], axis=0)
        table[f"{name}share_low"] = pd.Series(low, judged)
        table[f"{name}share_high"] = pd.Series(high, judged)
    table["difference"] = table["late_share"] - table["kept_share"]
    reach = _joint_reach(drawn[LATE] - drawn[KEPT], table["difference"].to_numpy()[judged], level)
    table["difference_low"] = table["difference"] - pd.Series(reach, judged)
    table["difference_high"] = table["difference"] + pd.Series(reach, judged)
    return table.assign(finding=table["difference_low"] > 0)


def _by_block(
    time: sparse.csr_array, total: np.ndarray, outcome: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the seconds per outcome, block of tickets and group, and per outcome and block."""
    tickets, groups = time.shape
    blocks = min(tickets, MOST_BLOCKS)
    block = np.random.default_rng(SEED).permutation(tickets) % MOST_BLOCKS
    members = sparse.coo_array(
        (np.ones(tickets), (outcome * blocks + block, np.arange(tickets))),
        shape=(OUTCOMES * blocks, tickets),
    ).tocsr()
    return (
        (members @ time).toarray().reshape(OUTCOMES, blocks, groups),
        (members @ total).reshape(OUTCOMES, blocks),
    )


def _resampled(sums: np.ndarray, totals: np.ndarray) -> np.ndarray:
    """Return the shares in each resample of the blocks, the same resamples at every call."""
    rng = np.random.default_rng(SEED)
    blocks = len(totals)
    weights = rng.multinomial(blocks, np.full(blocks, 1 / blocks), RESAMPLES).astype(float)
    with np.errstate(invalid="ignore"):
        return (weights @ sums) / (weights @ totals)[:, None]


def _unknown(groups: int) -> np.ndarray:
    return np.full((RESAMPLES, groups), np.nan)


def _tail(tickets: int, level: float) -> float:
    """Return what to leave out at either end, so that few tickets give no narrower interval."""
    t = stats.t.ppf((1 - level) / 2, tickets - 1)
    return float(stats.norm.cdf(t * np.sqrt(tickets / (tickets - 1))))


def _joint_reach(drawn: np.ndarray, seen: np.ndarray, level: float) -> np.ndarray:
    """Return how far the limits of each difference lie from it, so that all hold together."""
    spread = drawn.std(axis=0, ddof=1)
    with np.errstate(invalid="ignore"):
        deviations = np.abs(drawn - seen) / np.where(spread > 0, spread, np.inf)
    return np.quantile(deviations.max(axis=1, initial=0.0), level) * spread
