"""Many changed units beside unchanged ones: coverage, false finds, bias, and how long it takes.

25 panels of 60 units over 104 weeks, a change at week 60 in 20 of them. Units differ in level and
trend, share a swinging shock and a season, and have AR(1) noise of their own and survey noise. The
effect is 2 and grows by 0.05 a week; its truth is the mean over the weeks since. Every unit is
judged against the other unchanged ones. Ends with exit code 1 unless coverage lies within 92 to
97 %, false finds among unchanged units and after Benjamini-Hochberg are at or under 8 %, and bias
is within ±0.15. Each unit judged on its own series, and the pooled effect, stand beside; the time
for `change_effects` of 200 units is printed with its bound.

Run: python benchmarks/panel_effects.py [panels]
"""

from __future__ import annotations

import sys
import time

import numpy as np
import pandas as pd

from slm_analysis.analyses.change_effects import change_effects, judged_together
from slm_analysis.analyses.change_fit import FittedChange, fit_on_panel
from slm_analysis.analyses.change_panel import read_panel
from slm_analysis.intervals import LEVEL

SEED = 20260302
PANELS = 25
UNITS, CHANGED, WEEKS, CHANGE = 60, 20, 104, 60
WEEK = np.arange(WEEKS)
TIME = pd.date_range("2024-01-01", periods=WEEKS, freq="7D")
EFFECT = np.where(WEEK >= CHANGE, 2 + 0.05 * (WEEK - CHANGE), 0.0)
TRUTH = EFFECT[CHANGE:].mean()
MODEL = {"shape": "level+slope", "trend": True}
COLUMNS = {"value": "score", "time": "week", "unit": "unit", "weights": "responses"}
LOWEST, HIGHEST, FALSE, BIAS = 0.92, 0.97, 0.08, 0.15
TIMED_UNITS, SECONDS = 200, 10


def main() -> int:
    """Print the table; return 1 where the effects against other units miss their bounds."""
    panels = int(sys.argv[1]) if len(sys.argv) > 1 else PANELS
    rng = np.random.default_rng(SEED)
    seen: dict[str, list[pd.DataFrame]] = {"other units": [], "own series": []}
    pooled = []
    started = time.perf_counter()
    for _ in range(panels):
        df = made_up_panel(rng)
        for against, tables in seen.items():
            tables.append(judged(df, alone=against == "own series"))
        whole = change_effects(
            df, **COLUMNS, on=TIME[CHANGE], treated=list(range(CHANGED)), **MODEL
        )
        pooled.append(whole.pooled)
    print(f"{panels} panels of {UNITS} units, {CHANGED} changed; truth {TRUTH:g}")
    print(f"{'against':>12} | covered  false finds  false discoveries    bias  half width")
    failed = False
    for against, tables in seen.items():
        figures = summary(tables)
        bad = against == "other units" and not within(figures)
        failed |= bad
        print(
            f"{against:>12} | {figures['covered']:>6.1%} {figures['false']:>12.1%} "
            f"{figures['discoveries']:>18.1%} {figures['bias']:>+7.3f} {figures['half']:>11.2f}"
            f"{'   <- outside' * bad}"
        )
    covered = np.mean([p.low <= TRUTH <= p.high for p in pooled])
    print(f"{'pooled':>12} | {covered:>6.1%} of panels, bias "
          f"{np.mean([p.estimate for p in pooled]) - TRUTH:+.3f}")  # fmt: skip
    print(f"{time.perf_counter() - started:.0f} s")
    for changed in (TIMED_UNITS // 2, TIMED_UNITS):
        seconds = f"{timed(rng, changed):.1f} s (bound {SECONDS} s on one core)"
        print(f"change_effects of {TIMED_UNITS} units, {changed} changed: {seconds}")
    return int(failed)


def made_up_panel(rng: np.random.Generator, units: int = UNITS) -> pd.DataFrame:
    """Return one row per unit and week; the first 20 units change."""
    level, trend = rng.normal(75, 4, (units, 1)), rng.normal(0, 0.02, (units, 1))
    shock = 0.7 * ar1(rng, np.array([0.7]))[0] + np.sin(2 * np.pi * WEEK / 52)
    own = 1.5 * ar1(rng, rng.uniform(0, 0.6, units))
    responses = np.maximum(rng.poisson(40, (units, WEEKS)), 1)
    noise = 6 / np.sqrt(responses) * rng.standard_normal((units, WEEKS))
    score = level + trend * WEEK + shock + own + noise
    score[:CHANGED] += EFFECT
    return pd.DataFrame(
        {
            "unit": np.repeat(np.arange(units), WEEKS),
            "week": np.tile(TIME, units),
            "score": score.ravel(),
            "responses": responses.ravel(),
        }
    )


def ar1(rng: np.random.Generator, rho: np.ndarray) -> np.ndarray:
    """Return stationary AR(1) series (series, weeks) of variance 1."""
    errors = rng.standard_normal((len(rho), WEEKS))
    for t in range(1, WEEKS):
        errors[:, t] = rho * errors[:, t - 1] + np.sqrt(1 - rho**2) * errors[:, t]
    return errors


def judged(df: pd.DataFrame, *, alone: bool) -> pd.DataFrame:
    """Return the table of all units of a panel, each against the other unchanged ones."""
    panel = read_panel(df, **COLUMNS)
    fits: list[FittedChange] = [
        fit_on_panel(
            panel,
            on=TIME[CHANGE],
            treated=unit,
            changed=range(CHANGED),
            controls=None if alone else "auto",
            **MODEL,
        )
        for unit in panel.units
    ]
    parts = [fit.parts(LEVEL)["mean_effect"] for fit in fits]
    table = judged_together(fits, 0.05).table[["unit", "q"]]
    return table.assign(
        truth=np.where(table["unit"] < CHANGED, TRUTH, 0.0),
        estimate=[part.estimate for part in parts],
        low=[part.low for part in parts],
        high=[part.high for part in parts],
    )


def summary(tables: list[pd.DataFrame]) -> dict[str, float]:
    """Return coverage, false finds, false discoveries, bias and mean half width."""
    every = pd.concat(tables)
    changed = every["truth"] != 0
    none = every[~changed]
    shares = []
    for table in tables:
        found = table["q"] <= 0.05
        shares.append((found & (table["truth"] == 0)).sum() / max(found.sum(), 1))
    return {
        "covered": ((every["low"] <= every["truth"]) & (every["truth"] <= every["high"])).mean(),
        "false": ((none["low"] > 0) | (none["high"] < 0)).mean(),
        "discoveries": float(np.mean(shares)),
        "bias": (every["estimate"] - every["truth"])[changed].mean(),
        "half": (every["high"] - every["low"]).mean() / 2,
    }


def within(figures: dict[str, float]) -> bool:
    """Return whether the figures keep their bounds."""
    return (
        LOWEST <= figures["covered"] <= HIGHEST
        and max(figures["false"], figures["discoveries"]) <= FALSE
        and abs(figures["bias"]) <= BIAS
    )


def timed(rng: np.random.Generator, changed: int) -> float:
    """Return the seconds that `change_effects` takes."""
    df = made_up_panel(rng, TIMED_UNITS)
    started = time.perf_counter()
    change_effects(df, **COLUMNS, on=TIME[CHANGE], treated=list(range(changed)), **MODEL)
    return time.perf_counter() - started


if __name__ == "__main__":
    sys.exit(main())
