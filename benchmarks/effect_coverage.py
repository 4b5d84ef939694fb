"""How often the 95 % interval of a step holds the truth, beside the usual alternatives.

Series: intercept, trend and a step at the middle, stationary AR(1) errors. Ends with exit code 1
unless the coverage of `ar1_regression`, the estimator of `change_effect`, lies between 92 and 98 %
in every cell. The first series of each cell also go through `change_effect` itself, which must
give the same interval.

Run: python benchmarks/effect_coverage.py [replications]
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import numpy as np
import pandas as pd
import statsmodels.api as sm

from slm_analysis.analyses.ar1_regression import ar1_regression
from slm_analysis.analyses.change_effect import change_effect

SEED = 20260301
REPLICATIONS = 2_000
PEER_REPLICATIONS = 500
SAME_AS_CHANGE_EFFECT = 5
LENGTHS = (24, 52, 104)
RHOS = (0.0, 0.3, 0.6)
TREND, STEP = 0.05, 1.0
LOWEST, HIGHEST = 0.92, 0.98

Interval = Callable[[np.ndarray, np.ndarray], tuple[float, float]]


def main() -> int:
    """Print the table; return 1 where the kit's own intervals cover too little or too much."""
    replications = int(sys.argv[1]) if len(sys.argv) > 1 else REPLICATIONS
    rng = np.random.default_rng(SEED)
    started, failed = time.perf_counter(), False
    print(f"Coverage of 95 % intervals, {replications} series a cell (peers {PEER_REPLICATIONS})")
    print(
        f"{'n':>4} {'rho':>4} | {'AR(1) integrated':>16} | " + " ".join(f"{p:>10}" for p in PEERS)
    )
    for n in LENGTHS:
        for rho in RHOS:
            columns = step_design(n)
            series = columns @ [0.0, TREND, STEP] + ar1_errors(rng, replications, n, rho)
            own = coverage(kit, series, columns)
            peers = [coverage(peer, series[:PEER_REPLICATIONS], columns) for peer in PEERS.values()]
            same_as_change_effect(series[:SAME_AS_CHANGE_EFFECT], columns)
            bad = not LOWEST <= own <= HIGHEST
            failed |= bad
            cells = " ".join(f"{100 * peer:>8.1f} %" for peer in peers)
            print(f"{n:>4} {rho:>4} | {100 * own:>14.1f} % | {cells}{'   <- outside' * bad}")
    print(f"{time.perf_counter() - started:.0f} s")
    return int(failed)


def step_design(n: int) -> np.ndarray:
    t = np.arange(n)
    return np.column_stack([np.ones(n), t, t >= n // 2]).astype(float)


def ar1_errors(rng: np.random.Generator, replications: int, n: int, rho: float) -> np.ndarray:
    """Return stationary AR(1) errors (replications, n) of variance 1."""
    errors = rng.standard_normal((replications, n))
    for t in range(1, n):
        errors[:, t] = rho * errors[:, t - 1] + np.sqrt(1 - rho**2) * errors[:, t]
    return errors


def coverage(interval: Interval, series: np.ndarray, columns: np.ndarray) -> float:
    limits = np.array([interval(y, columns) for y in series])
    return float(np.mean((limits[:, 0] <= STEP) & (limits[:, 1] >= STEP)))


def kit(y: np.ndarray, columns: np.ndarray) -> tuple[float, float]:
    found = ar1_regression(y, columns, [0, 0, 1])
    return found.low, found.high


def ols(y: np.ndarray, columns: np.ndarray) -> tuple[float, float]:
    return tuple(sm.OLS(y, columns).fit().conf_int()[2])


def newey_west(y: np.ndarray, columns: np.ndarray) -> tuple[float, float]:
    # The usual rule of thumb for the lags: 4 (n / 100)^(2/9) (Newey and West, 1994).
    lags = int(4 * (len(y) / 100) ** (2 / 9))
    options = {"maxlags": lags, "use_correction": True}
    return tuple(sm.OLS(y, columns).fit(cov_type="HAC", cov_kwds=options, use_t=True).conf_int()[2])


def glsar(y: np.ndarray, columns: np.ndarray) -> tuple[float, float]:
    return tuple(sm.GLSAR(y, columns, rho=1).iterative_fit(maxiter=10).conf_int()[2])


PEERS: dict[str, Interval] = {"OLS": ols, "Newey-West": newey_west, "GLSAR": glsar}


def same_as_change_effect(series: np.ndarray, columns: np.ndarray) -> None:
    n = len(columns)
    for y in series:
        df = pd.DataFrame({"time": np.arange(n), "value": y})
        effect = change_effect(df, value="value", time="time", on=n // 2)
        np.testing.assert_allclose((effect.low, effect.high), kit(y, columns), rtol=1e-6)


if __name__ == "__main__":
    sys.exit(main())
