"""Each level of every driver against the rest of the tickets, days taken as clusters."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from slm_analysis.analyses.shrinkage import drawn_to_mean
from slm_analysis.intervals import MIN_DAYS, rate_intervals, wilson

MIN_CASES = 30
"""Levels with fewer tickets, or that leave fewer to compare with, are shown and not judged."""

SPARSE = 5
"""Under this expected count Fisher's exact test has to agree (Cochran 1954)."""


def compared_with_rest(
    coded: dict[str, tuple[np.ndarray, pd.Index]], outcome: np.ndarray, day: np.ndarray | None
) -> pd.DataFrame:
    """Compare each level of every driver with the rest of the tickets, one row per level."""
    sizes = [len(names) for _, names in coded.values()]
    first = np.cumsum([0, *sizes[:-1]])
    repeats = len(coded)
    # Every ticket once per driver, with the row of its level.
    cases = pd.DataFrame(
        {
            "row": np.concatenate(
                [f + code for f, (code, _) in zip(first, coded.values(), strict=True)]
            ),
            "breached": np.tile(outcome, repeats),
            "day": 0 if day is None else np.tile(day, repeats),
        }
    )
    rates = rate_intervals(cases, favourable="breached", day="day", by=["row"])
    table = rates.drop(columns="row").rename(
        columns={"favourable": "breaches", "low": "rate_low", "high": "rate_high"}
    )
    table["driver"] = np.repeat(list(coded), sizes)
    table["level"] = np.concatenate([names.to_numpy(object) for _, names in coded.values()])

    table["shrunken"] = _shrunken(table)
    all_n, all_breaches = len(outcome), int(outcome.sum())
    n, breaches = table["n"].to_numpy(float), table["breaches"].to_numpy(float)
    rest_n, rest_breaches = all_n - n, all_breaches - breaches
    with np.errstate(invalid="ignore", divide="ignore"):
        table["share"] = breaches / all_breaches
        table["rest_n"], table["rest_rate"] = rest_n, rest_breaches / rest_n
        table["expected"] = n * table["rest_rate"]
        table["excess"] = breaches - table["expected"]
        table["difference"] = table["rate"] - table["rest_rate"]
        table["design_effect"], table["df"] = _design_effect(table, cases, outcome, day)
        pooled = np.float64(all_breaches) / all_n
        # Fleiss, Statistical Methods for Rates and Proportions, 2nd ed., 2.3, without correction.
        variance = pooled * (1 - pooled) * (1 / n + 1 / rest_n) * table["design_effect"]
        p = 2 * stats.t.sf(np.abs(table["difference"]) / np.sqrt(variance), table["df"])
        sparse = np.minimum(n, rest_n) * min(pooled, 1 - pooled) < SPARSE
    table["judged"] = (
        (np.minimum(n, rest_n) >= MIN_CASES)
        & (table["df"] >= MIN_DAYS - 1)
        & (0 < all_breaches < all_n)
    )
    counts = np.array([[breaches, n - breaches], [rest_breaches, rest_n - rest_breaches]])
    for i in np.flatnonzero(sparse & table["judged"]):
        p[i] = max(p[i], stats.fisher_exact(counts[:, :, i].astype(int)).pvalue)
    table["p"] = np.where(table["judged"], p, np.nan)
    by_breaches = table.sort_values(["breaches", "level"], ascending=[False, True])
    table["running_share"] = by_breaches.groupby("driver")["share"].cumsum()
    return table


def _shrunken(table: pd.DataFrame) -> np.ndarray:
    """Return the rate of each level, drawn to the mean of its driver's levels."""
    drawn = np.empty(len(table))
    for at in table.groupby("driver").indices.values():
        effective = table["n_effective"].to_numpy(float)[at]
        drawn[at] = drawn_to_mean(table["rate"].to_numpy(float)[at] * effective, effective)
    return drawn


def _design_effect(
    table: pd.DataFrame, cases: pd.DataFrame, outcome: np.ndarray, day: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray]:
    """Return the design effect of each difference of rates, and its degrees of freedom."""
    if day is None:
        return np.ones(len(table)), np.full(len(table), np.inf)
    all_size, all_breaches = np.bincount(day), np.bincount(day, outcome)
    cells = cases.groupby(["row", "day"])["breached"].agg(["size", "sum"])
    row, on = (cells.index.get_level_values(i).to_numpy() for i in (0, 1))
    size, breaches = cells.to_numpy(float).T
    n, rate, rest_n, rest_rate = table[["n", "rate", "rest_n", "rest_rate"]].to_numpy(float).T

    own = (breaches - rate[row] * size) / n[row]
    without = (all_breaches[on] - rest_rate[row] * all_size[on]) / rest_n[row]
    others = without - (breaches - rest_rate[row] * size) / rest_n[row]
    # Squares over all days as if each level were absent, put right on the days that have it.
    squares = all_breaches @ all_breaches - 2 * rest_rate * (all_breaches @ all_size)
    squares = (squares + rest_rate**2 * (all_size @ all_size)) / rest_n**2
    squares += np.bincount(row, (own - others) ** 2 - without**2)
    days = len(all_size)
    # Cochran, Sampling Techniques, 3rd ed., 6.3 and 6.11: difference of two ratios over clusters.
    clustered = squares * days / (days - 1)
    independent = rate * (1 - rate) / n + rest_rate * (1 - rest_rate) / rest_n
    level_days = np.bincount(row)
    rest_days = days - np.bincount(row, size == all_size[on])
    effect = np.fmax(1.0, np.where(independent > 0, clustered / independent, 1.0))
    return effect, np.minimum(level_days, rest_days) - 1.0


def difference_interval(levels: pd.DataFrame, level: float) -> tuple[np.ndarray, np.ndarray]:
    """Return limits of the difference of rates, missing where it is not judged."""
    columns = ["rate", "n", "rest_rate", "rest_n", "design_effect"]
    rate, n, rest, rest_n, effect = levels[columns].to_numpy(float).T
    quantile = stats.t.ppf(1 - (1 - level) / 2, levels["df"].where(levels["judged"]))
    low, high = wilson(rate, n / effect, quantile)
    rest_low, rest_high = wilson(rest, rest_n / effect, quantile)
    # Newcombe, Statistics in Medicine 1998;17:873-890, method 10.
    return (
        rate - rest - np.sqrt((rate - low) ** 2 + (rest_high - rest) ** 2),
        rate - rest + np.sqrt((high - rate) ** 2 + (rest - rest_low) ** 2),
    )
