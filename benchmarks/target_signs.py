"""How often signs in the records are found where none is planted, and where they are.

    python benchmarks/target_signs.py [replications]

Smooth distributions of how soon tickets are done, of several shapes and sizes: the last tenth
before the target must stand out (p under 5 %) in at most 7.5 % of the series. A share of the late
tickets pulled before the target shows how large a pile-up must be to be found. A million tickets of
ten services must be read in at most 20 s of CPU time.
"""

from __future__ import annotations

import sys
import time

import numpy as np
import pandas as pd

from slm_analysis.analyses.near_target import near_target
from slm_analysis.analyses.target_signs import target_signs

SEED = 20261129
REPLICATIONS = 1_000
SIZES = (150, 600, 3_000, 30_000)
SHAPES = {
    "exponential": lambda rng, n: rng.exponential(0.35, n),
    "lognormal": lambda rng, n: rng.lognormal(np.log(0.4), 1.0, n),
    "narrow": lambda rng, n: rng.lognormal(np.log(0.5), 0.6, n),
    "gamma": lambda rng, n: rng.gamma(3, 0.2, n),
    "weibull": lambda rng, n: 0.7 * rng.weibull(2, n),
    "two kinds": lambda rng, n: np.where(
        rng.random(n) < 0.2, rng.uniform(0, 2, n), rng.exponential(0.2, n)
    ),
}
LEVEL, MOST_FALSE = 0.05, 0.075
PULLED = (0.2, 0.4, 0.6)
"""Parts of the late tickets that are done in the last tenth instead."""
TICKETS, SERVICES, MOST_SECONDS = 1_000_000, 10, 20


def main() -> int:
    """Print the tables; return 1 where a bound is broken."""
    replications = int(sys.argv[1]) if len(sys.argv) > 1 else REPLICATIONS
    rng = np.random.default_rng(SEED)
    failed = False
    print(f"Smooth series whose last tenth stands out at 5 %, {replications} each")
    print(f"{'':>12} |" + " |".join(f"{n:>8,}" for n in SIZES))
    for name, draw in SHAPES.items():
        shares = [found(rng, draw, n, replications, 0.0) for n in SIZES]
        bad = max(shares) > MOST_FALSE
        failed |= bad
        print(f"{name:>12} |" + " |".join(f"{s:>8.1%}" for s in shares) + "   <- outside" * bad)
    print("\nExponential, a part of the late tickets pulled before the target: found")
    for part in PULLED:
        shares = [found(rng, SHAPES["exponential"], n, replications // 5, part) for n in SIZES]
        print(f"{part:>12.0%} |" + " |".join(f"{s:>8.1%}" for s in shares))
    tickets, pauses = drawn(rng)
    begun = time.process_time()
    target_signs(tickets, pauses)
    took = time.process_time() - begun
    slow = took > MOST_SECONDS
    print(f"\n{TICKETS:,} tickets: {took:.1f} s CPU (at most {MOST_SECONDS}){'   <- slow' * slow}")
    return int(failed or slow)


def found(rng: np.random.Generator, draw, n: int, replications: int, pulled: float) -> float:
    """Return how often the last tenth stands out."""
    hits = 0
    for _ in range(replications):
        used = draw(rng, n)
        early = (used > 1) & (rng.random(n) < pulled)
        used = np.where(early, rng.uniform(0.9, 1, n), used)
        hits += near_target(used, used).p < LEVEL
    return hits / replications


def drawn(rng: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return a year of tickets in which nothing is planted, and their pauses."""
    used = rng.exponential(0.35, TICKETS)
    day = pd.Timestamp("2026-01-05") + pd.to_timedelta(rng.integers(0, 365, TICKETS), unit="D")
    ended = day + pd.to_timedelta(540 + rng.integers(0, 480, TICKETS), unit="min")
    tickets = pd.DataFrame(
        {
            "ticket_id": np.arange(TICKETS),
            "service": rng.integers(0, SERVICES, TICKETS),
            "day": day,
            "used": used,
            "ended_at": ended.tz_localize("UTC"),
            "team": pd.Series([f"Team {i}" for i in range(60)])[rng.integers(0, 60, TICKETS)].array,
            "first_used": used,
            "reopened": rng.random(TICKETS) < 0.05,
            "answered": rng.random(TICKETS) > 0.005,
        }
    )
    own = rng.integers(0, TICKETS, TICKETS // 4)
    pauses = pd.DataFrame({"ticket_id": own, "used": used[own] * rng.random(len(own))})
    return tickets, pauses


if __name__ == "__main__":
    sys.exit(main())
