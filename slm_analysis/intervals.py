"""How sure a rate is: Wilson's interval, widened for tickets of one day going together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats

LEVEL = 0.95
MIN_DAYS = 10
"""Under so many opening days their spread cannot be estimated, and plain Wilson stands."""

CLUSTERED = "wilson_effective_n"
PLAIN = "wilson"


def wilson(
    rate: np.ndarray | float, n: np.ndarray | float, z: np.ndarray | float
) -> tuple[np.ndarray, np.ndarray]:
    """Return Wilson's score interval of `rate` out of `n`, `n` not necessarily whole.

    Parameters
    ----------
    rate, n, z : float or array
        Observed rate, number of cases (NaN limits where it is 0), quantile.

    Returns
    -------
    low, high : array

    Notes
    -----
    Newcombe, Statistics in Medicine 1998;17:857-872, method 3.
    """
    rate, n, z = np.broadcast_arrays(*(np.asarray(a, dtype=float) for a in (rate, n, z)))
    n = np.where(n > 0, n, np.nan)
    centre = (rate + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(rate * (1 - rate) / n + z**2 / (4 * n**2))
    # At 0 and n the limits are exactly 0 and 1; rounding must not move them.
    low = np.where(rate == 0, 0.0 * n, centre - half)
    high = np.where(rate == 1, 0.0 * n + 1, centre + half)
    return low, high


def rate_intervals(
    cases: pd.DataFrame, *, favourable: str, day: str, by: Sequence[str] = (), level: float = LEVEL
) -> pd.DataFrame:
    """Answer how sure the rate of each group is, days taken as clusters.

    Parameters
    ----------
    cases : DataFrame
        One row per counted case.
    favourable : str
        Boolean column: the case went well.
    day : str
        Column that says which cases go together (the local day of opening).
    by : sequence of str
        Columns that name the group; none gives one row.
    level : float
        Coverage of the interval.

    Returns
    -------
    DataFrame
        One row per group: the by-columns, `favourable`, `n` (counts), `rate`, `low`, `high`
        (shares), `n_effective`, `days`, `interval_method` (`wilson_effective_n`, or `wilson` under
        ten days or at 0 or n).

    Notes
    -----
    The design effect is the variance of the ratio estimator over days (Cochran, Sampling
    Techniques, 3rd ed., 6.3) over the binomial one, floored at 1; Wilson's interval is taken at
    n over the design effect with the t quantile on days - 1 (Korn and Graubard, 1998).
    """
    keys = list(by)
    daily = (
        cases.groupby([*keys, day], observed=True, dropna=False)[favourable]
        .agg(favourable="sum", n="size")
        .reset_index()
    )
    return _from_daily(daily, keys, level)


def _from_daily(daily: pd.DataFrame, keys: list[str], level: float) -> pd.DataFrame:
    squares = daily.assign(
        days=1,
        ff=daily["favourable"] ** 2,
        fn=daily["favourable"] * daily["n"],
        nn=daily["n"].astype(float) ** 2,
    )
    sums = ["favourable", "n", "days", "ff", "fn", "nn"]
    total = (
        squares.groupby(keys, observed=True, dropna=False)[sums].sum().reset_index()
        if keys
        else squares[sums].sum().to_frame().T
    )
    n, days = total["n"].to_numpy(float), total["days"].to_numpy(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = total["favourable"].to_numpy(float) / n
        # sum((x - p m)^2) over days, expanded so that one pass gives all groups.
        spread = total["ff"] - 2 * rate * total["fn"] + rate**2 * total["nn"]
        ratio_variance = days / (days - 1) * spread.to_numpy(float) / n**2
        design_effect = np.maximum(1.0, ratio_variance / (rate * (1 - rate) / n))
    clustered = (days >= MIN_DAYS) & (rate > 0) & (rate < 1)
    n_effective = np.where(clustered, n / design_effect, n)
    tail = 1 - (1 - level) / 2
    z = np.where(clustered, stats.t.ppf(tail, np.maximum(days - 1, 1)), stats.norm.ppf(tail))
    low, high = wilson(rate, n_effective, z)
    return total[keys].assign(
        favourable=total["favourable"].astype(int),
        n=total["n"].astype(int),
        rate=rate,
        low=low,
        high=high,
        n_effective=n_effective,
        days=days.astype(int),
        interval_method=np.where(clustered, CLUSTERED, PLAIN),
    )
