"""How often the 95 % interval of the ratio holds the truth where counts and rates are read as such.

52 periods, a change at the middle, trend in the model. Counts are Poisson, rates binomial, and in
some cells the rate itself moves, independently or as AR(1). Compared: the usual quasi-likelihood
interval, and that of `change_effect`, which is the wider of it and one that allows for
autocorrelation. Ends with exit code 1 unless the latter covers 90 to 98 % in every cell.

Run: python benchmarks/count_effect_coverage.py [replications]
"""

from __future__ import annotations

import sys
import time

import numpy as np
import pandas as pd
from scipy import special

from slm_analysis.analyses.change_family import BINOMIAL, POISSON, QuasiFit
from slm_analysis.analyses.change_fit import fit_change

SEED = 20260304
REPLICATIONS = 500
PERIODS = 52
EFFECT = 0.4
AFTER = np.arange(PERIODS) >= PERIODS // 2
CELLS = ((BINOMIAL, 0.85, 40), (BINOMIAL, 0.97, 100), (POISSON, 5.0, 1), (POISSON, 40.0, 1))
MOVEMENTS = ((0.0, 0.0), (0.3, 0.0), (0.3, 0.5))
LOWEST, HIGHEST = 0.90, 0.98


def main() -> int:
    """Print the table; return 1 where the intervals cover too little or too much."""
    replications = int(sys.argv[1]) if len(sys.argv) > 1 else REPLICATIONS
    rng = np.random.default_rng(SEED)
    started, failed = time.perf_counter(), False
    print(f"Coverage of 95 % intervals of the ratio, {replications} series a cell")
    print(f"{'family':>15} {'level':>6} {'cases':>5} {'sd':>4} {'rho':>4} |   usual    ours")
    for family, level, cases in CELLS:
        for sd, rho in MOVEMENTS:
            held = np.array(
                [holds(rng, family, level, cases, sd, rho) for _ in range(replications)]
            )
            usual, ours = np.nanmean(held, axis=0)
            bad = not LOWEST <= ours <= HIGHEST
            failed |= bad
            print(
                f"{family:>15} {level:>6g} {cases:>5} {sd:>4} {rho:>4} | {usual:>6.1%} {ours:>7.1%}"
                f"{'   <- outside' * bad}"
            )
    print(f"{time.perf_counter() - started:.0f} s")
    return int(failed)


def holds(
    rng: np.random.Generator, family: str, level: float, cases: int, sd: float, rho: float
) -> tuple[float, float]:
    """Return whether the usual interval and ours hold the truth; missing without a fit."""
    movement = rng.standard_normal(PERIODS)
    for t in range(1, PERIODS):
        movement[t] = rho * movement[t - 1] + np.sqrt(1 - rho**2) * movement[t]
    shift = sd * movement + EFFECT * AFTER
    if family == BINOMIAL:
        n = rng.poisson(cases, PERIODS) + 1
        value, columns = rng.binomial(n, special.expit(special.logit(level) + shift)), {"n": "n"}
    else:
        n = np.ones(PERIODS)
        value, columns = rng.poisson(level * np.exp(shift)), {}
    df = pd.DataFrame({"period": np.arange(PERIODS), "value": value, "n": n})
    fit = fit_change(
        df, value="value", time="period", on=PERIODS // 2, family=family, **columns
    ).fit
    if fit is None or not isinstance(fit.fit, QuasiFit):
        return np.nan, np.nan
    step = (fit.columns == "step").astype(float)
    both = fit.fit.independent.estimate(step, 0.95), fit.fit.estimate(step, 0.95)
    usual, ours = (float(one.low <= EFFECT <= one.high) for one in both)
    return usual, ours


if __name__ == "__main__":
    sys.exit(main())
