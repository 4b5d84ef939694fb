"""How often the 95 % interval of a rate holds the truth when the tickets of a day go together.

A rate of 95 %, days drawn from a beta-binomial of a given correlation within the day. Ends with
exit code 1 unless the coverage of `rate_intervals` lies between 92 and 98 % in every cell; plain
Wilson stands beside it.

Run: python benchmarks/rate_coverage.py [replications]
"""

from __future__ import annotations

import sys
import time

import numpy as np
import pandas as pd
from scipy import stats

from slm_analysis.intervals import rate_intervals, wilson

SEED = 20260302
REPLICATIONS = 4_000
AT_ONCE = 500
RATE = 0.95
CORRELATIONS = (0.0, 0.02, 0.05, 0.1)
MONTHS = ((22, 20), (60, 50))
LOWEST, HIGHEST = 0.92, 0.98


def main() -> int:
    """Print the table; return 1 where the intervals cover too little or too much."""
    replications = int(sys.argv[1]) if len(sys.argv) > 1 else REPLICATIONS
    rng = np.random.default_rng(SEED)
    started, failed = time.perf_counter(), False
    print(f"Coverage of 95 % intervals of a rate of 95 %, {replications} replications a cell")
    print(f"{'days':>4} {'tickets':>7} {'correlation':>11} | {'kit':>7} | {'Wilson':>7}")
    for days, tickets in MONTHS:
        for correlation in CORRELATIONS:
            kit, plain = coverage(rng, replications, days, tickets, correlation)
            bad = not LOWEST <= kit <= HIGHEST
            failed |= bad
            print(
                f"{days:>4} {tickets:>7} {correlation:>11} | {100 * kit:>5.1f} % | "
                f"{100 * plain:>5.1f} %{'   <- outside' * bad}"
            )
    print(f"{time.perf_counter() - started:.0f} s")
    return int(failed)


def coverage(
    rng: np.random.Generator, replications: int, days: int, tickets: int, correlation: float
) -> tuple[float, float]:
    """Return the coverage of `rate_intervals` and of plain Wilson."""
    z = stats.norm.ppf(0.975)
    held = []
    for start in range(0, replications, AT_ONCE):
        cases = draw(rng, min(AT_ONCE, replications - start), days, tickets, correlation)
        found = rate_intervals(cases, favourable="met", day="day", by=["replication"])
        low, high = wilson(found["rate"].to_numpy(), found["n"].to_numpy(), z)
        held.append(
            np.column_stack(
                [found["low"].le(RATE) & found["high"].ge(RATE), (low <= RATE) & (high >= RATE)]
            )
        )
    kit, plain = np.concatenate(held).mean(axis=0)
    return float(kit), float(plain)


def draw(
    rng: np.random.Generator, replications: int, days: int, tickets: int, correlation: float
) -> pd.DataFrame:
    """Return one row per ticket of `replications` months, one after the other."""
    share = np.full((replications, days), RATE)
    if correlation:
        # Correlation within a day of a beta-binomial: 1 / (a + b + 1).
        total = 1 / correlation - 1
        share = rng.beta(RATE * total, (1 - RATE) * total, (replications, days))
    met = rng.random((replications, days, tickets)) < share[..., None]
    replication, day, _ = np.indices(met.shape)
    return pd.DataFrame(
        {"replication": replication.ravel(), "day": day.ravel(), "met": met.ravel()}
    )


if __name__ == "__main__":
    sys.exit(main())
