"""How many times the odds of the rest a group has: as they are, and with the mix held fixed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from scipy import stats

from slm_analysis.analyses.logistic_odds import logistic_odds

COLUMNS = (
    "driver",
    "level",
    "odds_ratio",
    "odds_ratio_low",
    "odds_ratio_high",
    "adjusted",
    "adjusted_low",
    "adjusted_high",
    "strata",
    "modelled",
    "modelled_low",
    "modelled_high",
    "agrees",
)
MOST_ERROR = 10.0
"""Of a log odds ratio: with a greater standard error the tickets say nothing. No other ticket is
late, or the mix says the same as the level, and what is fitted comes from the ridge."""


def crude_and_adjusted(
    levels: pd.DataFrame,
    coded: Mapping[str, tuple[np.ndarray, pd.Index]],
    outcome: np.ndarray,
    adjust: Sequence[str],
    interval_level: float,
) -> pd.DataFrame:
    """Answer whether a level still does worse when compared within the same mix.

    Parameters
    ----------
    levels : DataFrame
        `driver`, `level`, `judged`, `design_effect` and `df` (of its test), one row per level.
    coded : mapping
        Per driver the number of each case's level, and the names of the levels.
    outcome : array of bool
        Of each case.
    adjust : sequence of str
        Drivers that are held fixed, in strata of their combinations and as main effects of a
        logistic model; a driver is not held fixed against itself.
    interval_level : float
        Coverage of the intervals.

    Returns
    -------
    DataFrame
        One row per judged level: `driver`, `level`; `odds_ratio` against the rest, `adjusted`
        (Mantel-Haenszel) and `modelled` (logistic) one, each with `_low` and `_high`, missing
        where the tickets cannot tell; `strata` that hold both level and rest; `agrees`: crude and
        modelled interval are on the same side of 1, or neither is clear of it, or the modelled one
        holds the crude ratio, or cannot be told.
    """
    tables = [pd.DataFrame(columns=list(COLUMNS))]
    judged = levels[levels["judged"]] if adjust else levels[:0]
    for driver, rows in judged.groupby("driver", sort=False):
        code, names = coded[str(driver)]
        held = pd.DataFrame({column: coded[column][0] for column in adjust if column != driver})
        one = np.zeros(len(outcome), dtype=int)
        strata = held.groupby(list(held)).ngroup().to_numpy() if len(held.columns) else one
        test = rows.set_index("level")[["design_effect", "df"]].reindex(names).to_numpy().T
        quantile = stats.t.ppf(1 - (1 - interval_level) / 2, test[1]) * np.sqrt(test[0])
        crude = odds_ratios(code, one, outcome, quantile)
        fixed = odds_ratios(code, strata, outcome, quantile)
        fitted = _modelled(code, [held[c].to_numpy() for c in held], outcome, quantile)
        agrees = _side(crude) == _side(fitted)
        agrees |= (fitted["low"] <= crude["ratio"]) & (crude["ratio"] <= fitted["high"])
        agrees |= fitted["ratio"].isna()
        table = pd.DataFrame(
            {
                "driver": driver,
                "level": names,
                "odds_ratio": crude["ratio"],
                "odds_ratio_low": crude["low"],
                "odds_ratio_high": crude["high"],
                "adjusted": fixed["ratio"],
                "adjusted_low": fixed["low"],
                "adjusted_high": fixed["high"],
                "strata": fixed["strata"],
                "modelled": fitted["ratio"],
                "modelled_low": fitted["low"],
                "modelled_high": fitted["high"],
                "agrees": agrees,
            }
        )
        tables.append(table[table["level"].isin(rows["level"])])
    return pd.concat(tables[1:] or tables, ignore_index=True)


def _modelled(
    code: np.ndarray, held: Sequence[np.ndarray], outcome: np.ndarray, quantile: np.ndarray
) -> pd.DataFrame:
    """Return ratio, low and high of each level by the logistic model, where it can tell them."""
    judged = np.flatnonzero(~np.isnan(quantile))
    fitted = logistic_odds(code, held, outcome, judged).set_index(judged)
    fitted = fitted[fitted["error"] <= MOST_ERROR]
    half = quantile[fitted.index] * fitted["error"]
    limits = {
        "ratio": np.exp(fitted["log_ratio"]),
        "low": np.exp(fitted["log_ratio"] - half),
        "high": np.exp(fitted["log_ratio"] + half),
    }
    return pd.DataFrame(limits).reindex(range(len(quantile)))


def odds_ratios(
    code: np.ndarray, stratum: np.ndarray, outcome: np.ndarray, quantile: np.ndarray
) -> pd.DataFrame:
    """Return the Mantel-Haenszel odds ratio of each level against the rest over strata.

    Parameters
    ----------
    code, stratum, outcome : array (n,)
        Level and stratum of each case as numbers from 0, and whether it has the outcome.
    quantile : array (levels,)
        Standard errors that the interval reaches to either side, on the log scale.

    Returns
    -------
    DataFrame
        Per level `ratio`, `low`, `high` (missing where a cell of the table is empty) and `strata`
        that hold both level and rest.

    Notes
    -----
    Mantel and Haenszel, JNCI 1959;22:719-748; variance of the logarithm: Robins, Breslow and
    Greenland, Biometrics 1986;42:311-323. In one stratum they are ad/bc and Woolf's variance.
    """
    counts = pd.DataFrame({"code": code, "stratum": stratum, "outcome": outcome})
    cells = counts.groupby(["code", "stratum"])["outcome"].agg(n="size", a="sum").reset_index()
    whole = cells.groupby("stratum")[["n", "a"]].transform("sum").to_numpy(float)
    a, total = cells["a"].to_numpy(float), whole[:, 0]
    b = cells["n"].to_numpy(float) - a
    c = whole[:, 1] - a
    d = total - a - b - c
    up, down = a * d / total, b * c / total
    same, crossed = (a + d) / total, (b + c) / total
    parts = {
        "up": up,
        "down": down,
        "same_up": same * up,
        "mixed": same * down + crossed * up,
        "crossed_down": crossed * down,
        "strata": c + d > 0,
    }
    sums = pd.DataFrame(parts).groupby(cells["code"]).sum()
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = sums["up"] / sums["down"]
        # Robins, Breslow and Greenland 1986, equation 3.
        variance = (
            sums["same_up"] / sums["up"] ** 2
            + sums["mixed"] / (sums["up"] * sums["down"])
            + sums["crossed_down"] / sums["down"] ** 2
        ) / 2
        half = quantile * np.sqrt(variance)
        limits = {"low": ratio * np.exp(-half), "high": ratio * np.exp(half)}
    return pd.DataFrame({"ratio": ratio, **limits, "strata": sums["strata"]})


def _side(ratios: pd.DataFrame) -> pd.Series:
    """Return 1 or -1 where the interval lies wholly above or below 1, else 0."""
    return (ratios["low"] > 1).astype(int) - (ratios["high"] < 1).astype(int)
