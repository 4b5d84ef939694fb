"""How periods of few cases should count: coverage and width of the effect on a weekly rate.

52 weeks, a rate of 85 % without any effect, trend in the model. The noise of a week is sampling
(binomial) and, in some cells, an AR(1) movement of the rate itself. Compared: every week alike,
every week by its cases, and what `change_effect` does: the share of the noise that is sampling is
integrated out. Ends with exit code 1 unless the last covers 92 to 98 % in every cell.

Run: python benchmarks/rate_effect_coverage.py [replications]
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import numpy as np

from slm_analysis.analyses.ar1_regression import fit_ar1

SEED = 20260303
REPLICATIONS = 2_000
WEEKS = 52
RATE = 0.85
MOVEMENTS = ((0.0, 0.0), (0.03, 0.0), (0.03, 0.5), (0.06, 0.5))
LOWEST, HIGHEST = 0.92, 0.98
METHODS = ("alike", "by cases", "integrated")

STEP = (np.arange(WEEKS) >= WEEKS // 2).astype(float)
DESIGN = np.column_stack([np.ones(WEEKS), np.arange(WEEKS), STEP])
CONTRAST = np.array([0.0, 0.0, 1.0])


def main() -> int:
    """Print the table; return 1 where the integrated intervals cover too little or too much."""
    replications = int(sys.argv[1]) if len(sys.argv) > 1 else REPLICATIONS
    rng = np.random.default_rng(SEED)
    started, failed = time.perf_counter(), False
    print(f"Coverage and mean width of 95 % intervals, {replications} series a cell")
    print(f"{'cases':>10} {'sd':>5} {'rho':>4} | " + " | ".join(f"{m:>15}" for m in METHODS))
    for name, draw in CASES.items():
        for sd, rho in MOVEMENTS:
            limits = np.array([one_series(rng, draw(rng), sd, rho) for _ in range(replications)])
            covered = ((limits[..., 0] <= 0) & (limits[..., 1] >= 0)).mean(axis=0)
            width = (limits[..., 1] - limits[..., 0]).mean(axis=0)
            bad = not LOWEST <= covered[-1] <= HIGHEST
            failed |= bad
            cells = [f"{100 * c:>5.1f} %, {w:.4f}" for c, w in zip(covered, width, strict=True)]
            print(f"{name:>10} {sd:>5} {rho:>4} | {' | '.join(cells)}{'   <- outside' * bad}")
    print(f"{time.perf_counter() - started:.0f} s")
    return int(failed)


def one_series(rng: np.random.Generator, cases: np.ndarray, sd: float, rho: float) -> list:
    """Return the limits of the three methods for one series without effect."""
    movement = rng.standard_normal(WEEKS)
    for t in range(1, WEEKS):
        movement[t] = rho * movement[t - 1] + np.sqrt(1 - rho**2) * movement[t]
    rate = rng.binomial(cases, np.clip(RATE + sd * movement, 0, 1)) / cases
    root = np.sqrt(cases)
    fits = (
        fit_ar1(rate, DESIGN),
        fit_ar1(rate * root, DESIGN * root[:, None]),
        fit_ar1(rate, DESIGN, cases=cases.astype(float)),
    )
    return [fit.quantiles(CONTRAST[None], (0.025, 0.975))[0] for fit in fits]


def fourfold(rng: np.random.Generator) -> np.ndarray:
    """Return cases that grow fourfold with the change."""
    return rng.poisson(20 + 60 * STEP) + 1


def uneven(rng: np.random.Generator) -> np.ndarray:
    """Return cases that differ much from week to week."""
    return np.maximum(1, np.exp(rng.normal(3.3, 0.9, WEEKS))).astype(int)


def holidays(rng: np.random.Generator) -> np.ndarray:
    """Return about 100 cases a week, but one to three in every seventh."""
    few = rng.random(WEEKS) < 1 / 7
    return np.where(few, rng.integers(1, 4, WEEKS), rng.poisson(100, WEEKS) + 1)


CASES: dict[str, Callable[[np.random.Generator], np.ndarray]] = {
    "fourfold": fourfold,
    "uneven": uneven,
    "holidays": holidays,
}


if __name__ == "__main__":
    sys.exit(main())
