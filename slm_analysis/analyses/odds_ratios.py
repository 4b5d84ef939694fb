"""How many times the odds of the rest a group has, its mix held fixed."""

from __future__ import annotations

import numpy as np
import pandas as pd


def odds_ratios(
    code: np.ndarray, stratum: np.ndarray, outcome: np.ndarray, quantile: np.ndarray
) -> pd.DataFrame:
    """Return the Mantel-Haenszel odds ratio of each level against the rest over strata."""
    counts = pd.DataFrame({"code": code, "stratum": stratum, "breached": outcome}).groupby(
        ["code", "stratum"]
    )["breached"]
    cells = counts.agg(n="size", a="sum").reset_index()
    whole = cells.groupby("stratum")[["n", "a"]].transform("sum").to_numpy(float)
    a, total = cells["a"].to_numpy(float), whole[:, 0]
    b = cells["n"].to_numpy(float) - a
    c = whole[:, 1] - a
    d = total - a - b - c
    # Mantel and Haenszel, JNCI 1959;22:719-748; variance of its logarithm: Robins, Breslow and
    # Greenland, Biometrics 1986;42:311-323. With one stratum these are ad/bc and Woolf's variance.
    up, down = a * d / total, b * c / total
    same, crossed = (a + d) / total, (b + c) / total
    sums = (
        pd.DataFrame(
            {
                "up": up,
                "down": down,
                "same_up": same * up,
                "mixed": same * down + crossed * up,
                "crossed_down": crossed * down,
                "strata": (c + d > 0).astype(int),
            }
        )
        .groupby(cells["code"])
        .sum()
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = sums["up"] / sums["down"]
        variance = (
            sums["same_up"] / sums["up"] ** 2
            + sums["mixed"] / (sums["up"] * sums["down"])
            + sums["crossed_down"] / sums["down"] ** 2
        ) / 2
        half = quantile * np.sqrt(variance)
        return pd.DataFrame(
            {
                "ratio": ratio,
                "low": ratio * np.exp(-half),
                "high": ratio * np.exp(half),
                "strata": sums["strata"],
            }
        )
