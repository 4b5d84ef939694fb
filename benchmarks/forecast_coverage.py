"""How often forecasts hold the truth, and what a change of level does to a trend.

Coverage: the period after the last, in series with a weak trend, AR(1) errors, shares of 40 to 400
cases (binomial, with and without an autocorrelated movement of the rate), and months with a
yearly season. The first series of each cell also go through `trend` itself, which must give the
same interval. Verdicts: how often a rising trend is called where the level is constant, rises
steadily by four standard deviations or changes once by two; with the search for changes of level,
as `trend` does, and with a straight line alone.

Ends with exit code 1 unless each cell's coverage lies between 92 and 98 %, a false trend is called
in at most 6 % of constant series and 20 % of those with one change of level, and a steady rise is
found in at least 75 % where errors are independent.

Run: python benchmarks/forecast_coverage.py [replications]
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from slm_analysis.analyses.ar1_regression import fit_ar1
from slm_analysis.analyses.periods import PeriodAxis
from slm_analysis.analyses.trend import trend
from slm_analysis.analyses.trend_line import Next, Points, design, find_shifts, fit_line

SEED = 20260305
REPLICATIONS = 1_000
SAME_AS_TREND = 3
LENGTHS, RHOS = (24, 52, 104), (0.0, 0.3, 0.6)
CASES, RATES = (40, 150, 400), (0.85, 0.95)
MOVEMENTS = ((0.0, 0.0), (0.02, 0.6))
SLOPE = 0.02
AMPLITUDE = 1.5
LEVEL = 0.95
LOWEST, HIGHEST = 0.92, 0.98

STEADY_RISE, ONE_STEP = 4.0, 2.0
MOST_FALSE, MOST_FOR_A_STEP, LEAST_FOUND = 0.06, 0.20, 0.75

NUMBERED = PeriodAxis(None)
MONTHS = PeriodAxis("month", pd.Timestamp("2024-01-01"))

Draw = Callable[[np.random.Generator], tuple[np.ndarray, np.ndarray | None]]


def main() -> int:
    """Print both tables; return 1 where a bound is broken."""
    replications = int(sys.argv[1]) if len(sys.argv) > 1 else REPLICATIONS
    rng = np.random.default_rng(SEED)
    started = time.perf_counter()
    print(f"Coverage of 95 % forecasts of the next period, {replications} series a cell")
    failed = [coverage(rng, *cell, replications) for cell in cells()]
    print(f"\nA rising trend is called, {replications // 2} series a cell")
    print(f"{'series':<28} {'n':>4} {'rho':>4} | {'line alone':>10} | {'as `trend`':>10}")
    failed += [verdicts(rng, n, rho, replications // 2) for n in (24, 104) for rho in (0.0, 0.5)]
    print(f"{time.perf_counter() - started:.0f} s")
    return int(any(failed))


# --- Coverage ---------------------------------------------------------------------------------


def cells() -> Iterator[tuple[str, PeriodAxis, Draw]]:
    """Yield name, axis and draw of each cell."""
    for n in LENGTHS:
        for rho in RHOS:
            yield f"{n} periods, rho {rho}", NUMBERED, numbers(n, rho)
    for rho in RHOS:
        yield f"24 months, a season, rho {rho}", MONTHS, numbers(24, rho, AMPLITUDE)
    for n in (24, 104):
        for cases in CASES:
            for rate in RATES:
                for sd, rho in MOVEMENTS:
                    name = f"{n} periods, {rate:.0%} of {cases}, moving by {sd}"
                    yield name, NUMBERED, shares(n, cases, rate, sd, rho)


def numbers(n: int, rho: float, amplitude: float = 0.0) -> Draw:
    """Return a draw of n + 1 numbers."""

    def draw(rng: np.random.Generator) -> tuple[np.ndarray, None]:
        position = np.arange(n + 1)
        wave = amplitude * np.sin(2 * np.pi * position / 12)
        return SLOPE * position + wave + ar1(rng, n + 1, rho), None

    return draw


def shares(n: int, cases: int, rate: float, sd: float, rho: float) -> Draw:
    """Return a draw of n + 1 shares of a varying number of cases."""

    def draw(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        of = rng.poisson(cases, n + 1) + 1
        moving = np.clip(rate + sd * ar1(rng, n + 1, rho), 0, 1)
        return rng.binomial(of, moving) / of, of.astype(float)

    return draw


def ar1(rng: np.random.Generator, n: int, rho: float) -> np.ndarray:
    """Return stationary AR(1) errors of variance 1."""
    errors = rng.standard_normal(n)
    for t in range(1, n):
        errors[t] = rho * errors[t - 1] + np.sqrt(1 - rho**2) * errors[t]
    return errors


def coverage(
    rng: np.random.Generator, name: str, axis: PeriodAxis, draw: Draw, replications: int
) -> bool:
    """Print how often the next value lies within its interval; return whether that is wrong."""
    held = widths = 0.0
    for number in range(replications):
        value, of = draw(rng)
        low, high = forecast(axis, value, of)
        held += low <= value[-1] <= high
        widths += high - low
        if number < SAME_AS_TREND:
            same_as_trend(axis, value, of, (low, high))
    share = held / replications
    bad = not LOWEST <= share <= HIGHEST
    width = widths / replications
    print(f"{name:<42} | {share:7.1%} | width {width:.3f}{'   <- outside' * bad}", flush=True)
    return bad


def forecast(axis: PeriodAxis, value: np.ndarray, of: np.ndarray | None) -> tuple[float, float]:
    """Return the interval of the last value from those before it."""
    points = points_of(axis, value[:-1], None if of is None else of[:-1])
    usual = np.nan if of is None else np.round(np.median(of[:-1][-12:]))
    line = fit_line(points, "auto", Next(position=len(value) - 1, cases=usual))
    assert line is not None
    _, low, high = line.next(LEVEL)
    return (low, high) if of is None else (max(low, 0.0), min(high, 1.0))


def points_of(axis: PeriodAxis, value: np.ndarray, cases: np.ndarray | None = None) -> Points:
    return Points(
        axis=axis,
        position=np.arange(len(value)),
        value=value,
        cases=cases,
        shares=cases is not None,
    )


def same_as_trend(
    axis: PeriodAxis, value: np.ndarray, of: np.ndarray | None, limits: tuple[float, float]
) -> None:
    df = pd.DataFrame({"time": axis.labels(np.arange(len(value) - 1)), "value": value[:-1]})
    if of is not None:
        df = df.assign(n=of[:-1], value=df["value"] * of[:-1])
    found = trend(df, value="value", time="time", n=None if of is None else "n")
    row = found.forecasts.iloc[0]
    np.testing.assert_allclose((row["low"], row["high"]), limits, rtol=1e-6)


# --- Verdicts ---------------------------------------------------------------------------------


def verdicts(rng: np.random.Generator, n: int, rho: float, replications: int) -> bool:
    """Print how often a rise is called in series of one length; return whether a bound broke."""
    position = np.arange(n)
    shapes = {
        "constant": (np.zeros(n), 0.0, MOST_FALSE),
        "steady rise": (STEADY_RISE * position / n, 0.0 if rho else LEAST_FOUND, 1.0),
        "step after a third": (ONE_STEP * (position >= n // 3), 0.0, MOST_FOR_A_STEP),
        "step after two thirds": (ONE_STEP * (position >= 2 * n // 3), 0.0, MOST_FOR_A_STEP),
    }
    failed = False
    for name, (level, least, most) in shapes.items():
        called = np.zeros(2)
        for _ in range(replications):
            points = points_of(NUMBERED, level + ar1(rng, n, rho))
            called += [rises(points, ()), rises(points, find_shifts(points, 0))]
        alone, found = called / replications
        bad = not least <= found <= most
        failed |= bad
        print(f"{name:<28} {n:>4} {rho:>4} | {alone:>10.0%} | {found:>10.0%}"
              f"{'   <- outside' * bad}", flush=True)  # fmt: skip
    return failed


def rises(points: Points, shifts: tuple[int, ...]) -> bool:
    """Whether the slope beside these changes of level is clearly above 0."""
    columns = design(NUMBERED, points.position, 0, shifts)
    slope = fit_ar1(points.value, columns, points.position).estimate(
        np.eye(columns.shape[1])[1], LEVEL
    )
    return slope.low > 0


if __name__ == "__main__":
    sys.exit(main())
