"""Which two things together go with breaches, beyond what each brings alone."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from slm_analysis.analyses.breach_drivers import ARISES, OPENED, level_names, outcome_faults
from slm_analysis.analyses.level_comparison import MIN_CASES
from slm_analysis.analyses.suppression import require_columns
from slm_analysis.errors import Fault, InputError
from slm_analysis.intervals import MIN_DAYS, wilson
from slm_analysis.result import Result, note

MOST_LEVELS = 12
"""Single levels that are combined: those with most breaches over the rest's rate."""
MOST_PAIRS = 5
"""Pairs that are tried on the held-out tickets, so that few tests need correction."""
CELLS = ("both", "first", "second", "neither")
SIGNS = np.array([1.0, -1.0, -1.0, 1.0])
"""Of the rates of the cells in the contrast: both - first - second + neither."""
COLUMNS = [
    "driver", "level", "with_driver", "with_level", "n", "breaches", "expected", "excess",
    "excess_low", "excess_high", "rate", "rate_first", "rate_second", "rate_neither", "found",
]  # fmt: skip


@dataclass(frozen=True, eq=False, kw_only=True)
class BreachPairs(Result):
    """Which two things together go with breaches.

    Attributes
    ----------
    pairs : DataFrame
        One row per pair tried, found ones first, then by excess, all figures from the held-out
        tickets: `driver`, `level`, `with_driver`, `with_level`; `n` and `breaches` of the tickets
        with both; `expected` breaches if either brought what it brings alone, `excess` over them
        with `excess_low` and `excess_high` (at `interval_level`); the rates of tickets with
        both, with the first or the second only, with neither (`rate`, `rate_first`,
        `rate_second`, `rate_neither`); `found` (more than both bring alone, beyond chance).
    searched, tried : int
        Pairs compared in the search, and pairs tried on the held-out tickets.
    held_out : int
        Tickets kept from the search.
    interval_level : float
    """

    pairs: pd.DataFrame
    searched: int
    tried: int
    held_out: int
    interval_level: float


def breach_pairs(
    tickets: pd.DataFrame,
    *,
    drivers: Sequence[str],
    breached: str = "breached",
    q: float = 0.05,
    arises: Collection[str] = ARISES,
) -> BreachPairs:
    """Answer which two things together go with more breaches than both bring alone.

    Parameters
    ----------
    tickets : DataFrame
        One row per ticket with `opened_at`; the tickets of a day count as going together.
    drivers : list of str
        Columns to combine, as for `breach_drivers`; what arises during a ticket's life is left
        out, for it is no condition that a ticket comes with.
    breached : str
        Whether the target was breached; tickets where it is missing are left out.
    q : float
        Accepted chance that any pair is found where none is there.
    arises : collection of str
        Columns that arise during a ticket's life.

    Returns
    -------
    BreachPairs

    Raises
    ------
    InputError
        Unknown column, outcome that is not true or false, q outside 0 to 1.

    Notes
    -----
    Every other day of opening is kept from the search. In the others, the levels with most
    breaches over the rest's rate are combined two by two, and the pairs with most breaches over
    those expected are tried on the days kept. Expected is what either condition brings alone: the
    contrast is the interaction of rates on the additive scale (Rothman, Greenland and Lash, Modern
    Epidemiology, 3rd ed., ch. 5), without the tickets of pairs found before; its limits combine
    Wilson's of the four rates (Zou and Donner, Statistics in Medicine 2008;27:1693-1702) on n over
    the design effect of days, at the level 1 - q / tried. A pair is found where the lower limit is
    above 0 and its rate above that of either condition alone and of neither.
    """
    cases, names = _cases(tickets, drivers, breached, q, arises)
    held_out = cases["day"] % 2 == 1
    searched = list(_searched(cases[~held_out], names))
    ranked = sorted(searched, key=lambda row: (-row["excess"], row["driver"], row["level"]))
    tried = [row for row in ranked if row["excess"] > 0][:MOST_PAIRS]
    level = 1 - q / max(len(tried), 1)
    rows = _tried(cases[held_out], names, tried, level)
    pairs = pd.DataFrame(list(rows), columns=COLUMNS)
    return BreachPairs(
        pairs=pairs.astype({"found": bool}).sort_values(
            ["found", "excess"], ascending=False, ignore_index=True
        ),
        searched=len(searched),
        tried=len(tried),
        held_out=int(held_out.sum()),
        interval_level=level,
        notes=(note("pairs_tried", searched=len(searched), tried=len(tried)),) if searched else (),
    )


def _cases(
    tickets: pd.DataFrame, drivers: Sequence[str], breached: str, q: float, arises: Collection[str]
) -> tuple[pd.DataFrame, dict[str, pd.Index]]:
    """Return the decided tickets, levels as numbers, with `day` and `breached`; and the names."""
    require_columns(tickets, [breached, OPENED, *drivers])
    faults = outcome_faults(tickets, breached)
    if not 0 < q < 1:
        faults.append(Fault("q must lie between 0 and 1.", "0.05 is usual.", value=q))
    if faults:
        raise InputError(faults)
    known = tickets[tickets[breached].notna()]
    names, codes = {}, {}
    for driver in dict.fromkeys(drivers):
        if driver not in arises:
            codes[driver], names[driver] = pd.factorize(level_names(known[driver]), sort=True)
    # A day's tickets stay on one side; days alternate, so that each weekday is on both.
    day = pd.factorize(known[OPENED].dt.normalize(), sort=True)[0]
    outcome = known[breached].astype(bool).to_numpy()
    return pd.DataFrame({**codes, "day": day, "breached": outcome}), names


def _searched(cases: pd.DataFrame, names: dict[str, pd.Index]) -> Iterator[dict[str, Any]]:
    """Yield the contrast of each pair of the levels with most excess."""
    outcome = cases["breached"].to_numpy(float)
    singles = []
    for driver in names:
        code = cases[driver].to_numpy()
        n, breaches = np.bincount(code), np.bincount(code, outcome)
        rest = len(code) - n
        with np.errstate(invalid="ignore"):
            excess = breaches - n * (outcome.sum() - breaches) / rest
        singles += [
            (float(excess[i]), driver, int(i))
            for i in np.flatnonzero((n >= MIN_CASES) & (rest >= MIN_CASES) & (excess > 0))
        ]
    singles.sort(key=lambda single: (-single[0], single[1], single[2]))
    for (_, first, i), (_, second, j) in combinations(singles[:MOST_LEVELS], 2):
        if first != second:
            one, other = (first, names[first][i]), (second, names[second][j])
            row = _contrast(cases, names, one, other, None)
            if row is not None:
                yield row


def _tried(
    cases: pd.DataFrame, names: dict[str, pd.Index], tried: list[dict[str, Any]], level: float
) -> Iterator[dict[str, Any]]:
    """Yield the contrast of each pair on held-out tickets, without those of pairs found before."""
    for pair in tried:
        one, other = (pair["driver"], pair["level"]), (pair["with_driver"], pair["with_level"])
        row = _contrast(cases, names, one, other, level)
        if row is not None:
            yield row
            if row["found"]:
                cases = cases[~(_has(cases, names, *one) & _has(cases, names, *other))]


def _has(cases: pd.DataFrame, names: dict[str, pd.Index], driver: str, level: str) -> np.ndarray:
    has: np.ndarray = cases[driver].to_numpy() == names[driver].get_loc(level)
    return has


def _contrast(
    cases: pd.DataFrame,
    names: dict[str, pd.Index],
    one: tuple[str, str],
    other: tuple[str, str],
    level: float | None,
) -> dict[str, Any] | None:
    """Return the breaches of a pair over those expected; None where a cell is too small."""
    has_one, has_other = _has(cases, names, *one), _has(cases, names, *other)
    cell = np.select([has_one & has_other, has_one, has_other], [0, 1, 2], 3)
    outcome, day = cases["breached"].to_numpy(float), cases["day"].to_numpy()
    n = np.bincount(cell, minlength=len(CELLS)).astype(float)
    if n.min() < MIN_CASES:
        return None
    breaches = np.bincount(cell, outcome, minlength=len(CELLS))
    rate = breaches / n
    contrast = float(SIGNS @ rate)
    low = high = np.nan
    if level is not None:
        low, high = _limits(rate, n, cell, outcome, day, level)
    return {
        "driver": one[0], "level": one[1], "with_driver": other[0], "with_level": other[1],
        "n": int(n[0]), "breaches": int(breaches[0]), "expected": n[0] * (rate[0] - contrast),
        "excess": n[0] * contrast, "excess_low": n[0] * low, "excess_high": n[0] * high,
        "rate": rate[0], "rate_first": rate[1], "rate_second": rate[2], "rate_neither": rate[3],
        "found": bool(low > 0 and rate[0] > rate[1:].max() and rate[0] >= contrast),
    }  # fmt: skip


def _limits(
    rate: np.ndarray,
    n: np.ndarray,
    cell: np.ndarray,
    outcome: np.ndarray,
    day: np.ndarray,
    level: float,
) -> tuple[float, float]:
    """Return limits of the contrast; missing where too few days hold tickets with both."""
    # Cochran, Sampling Techniques, 3rd ed., 6.3: ratio estimators over clusters.
    by_day = np.bincount(day, SIGNS[cell] * (outcome - rate[cell]) / n[cell])
    days = len(np.unique(day))
    if len(np.unique(day[cell == 0])) < MIN_DAYS:
        return np.nan, np.nan
    clustered = (by_day**2).sum() * days / (days - 1)
    independent = (rate * (1 - rate) / n).sum()
    effect = max(1.0, clustered / independent) if independent > 0 else 1.0
    quantile = stats.t.ppf(1 - (1 - level) / 2, len(np.unique(day[cell == 0])) - 1)
    low, high = wilson(rate, n / effect, quantile)
    falls = np.where(SIGNS > 0, rate - low, high - rate)
    rises = np.where(SIGNS > 0, high - rate, rate - low)
    contrast = SIGNS @ rate
    return (
        float(contrast - np.sqrt((falls**2).sum())),
        float(contrast + np.sqrt((rises**2).sum())),
    )
