"""How often charts of stable series cry wolf, how often a shift is found, and how fast.

Every figure comes from `control_chart` itself. Ends with exit code 1 where a false-alarm rate or
the power misses its bound, or where the tables in `chart_diagnostics` differ from what is found
here. Speed is printed, and compared with the package `shewhart` where that is installed.

Run: python benchmarks/control_charts.py [series]
"""

from __future__ import annotations

import importlib.util
import sys
import time
from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from slm_analysis.analyses.chart_diagnostics import (
    AMPLITUDES,
    CORRELATED_CHANCE,
    CORRELATIONS,
    FALSE_SIGNAL_CHANCE,
    FALSE_SIGNAL_POINTS,
    SEASONAL_CHANCE,
)
from slm_analysis.analyses.control_charts import ControlChart, control_chart
from slm_analysis.analyses.run_rules import RULE_SETS

SEED = 20260401
SERIES = 20_000
POINTS = 52
AT_ONCE = 200_000
"""Rows per call, which bounds memory."""
STEP, STEP_POINTS = 1.5, 16
TICKETS_A_WEEK = 20
TABLE_TOLERANCE = 0.01
"""How far a tabulated chance may lie from the one found: three standard errors of a rate of
one third from 20,000 series."""
SPEED_SERIES, SPEED_POINTS, ONE_SERIES_POINTS = 1_000, 60, 1_000
SPEED_BOUND, ONE_SERIES_BOUND, SPEED_RATIO = 0.150, 0.005, 8.0
REPEATS = 25

Values = np.ndarray


def main() -> int:
    """Print the tables; return 1 where a bound is missed."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else SERIES
    rng, started = np.random.default_rng(SEED), time.perf_counter()
    speed(rng)
    good = false_alarms_and_power(rng, count)
    good &= table_of_lengths(rng, count)
    good &= table_of_dependence(rng, count)
    print(f"\n{time.perf_counter() - started:.0f} s")
    return int(not good)


# --- Charts of many series --------------------------------------------------------------------


def frame(value: Values, n: Values | None = None, first: str | None = None) -> pd.DataFrame:
    """Return series by time as a frame; weeks from `first`, or numbers."""
    count, points = value.shape
    time_axis = (
        np.arange(points) if first is None else pd.date_range(first, freq="7D", periods=points)
    )
    columns = {"series": np.repeat(np.arange(count), points), "time": np.tile(time_axis, count)}
    columns |= {"value": value.ravel()} | ({} if n is None else {"n": n.ravel()})
    return pd.DataFrame(columns)


def charts(value: Values, n: Values | None = None, **options: object) -> Iterator[ControlChart]:
    at_once = max(1, AT_ONCE // value.shape[1])
    for start in range(0, len(value), at_once):
        part = slice(start, start + at_once)
        df = frame(value[part], None if n is None else n[part])
        yield control_chart(
            df, value="value", time="time", n=None if n is None else "n", by="series", **options
        )


def share_with_signal(value: Values, n: Values | None = None, **options: object) -> float:
    found = [chart.summary["n_signals"] > 0 for chart in charts(value, n, **options)]
    return float(np.concatenate(found).mean())


# --- False alarms and power -------------------------------------------------------------------


def false_alarms_and_power(rng: np.random.Generator, count: int) -> bool:
    print(f"\nShare of {count:,} series of {POINTS} points with any signal, core rules")
    shape = (count, POINTS)
    good = stated("normal, kind i", share_with_signal(rng.normal(size=shape), kind="i"), 0.18)
    n = rng.integers(10_000, 12_001, shape)
    good &= stated("binomial, n near 11,000, p'", binomial(rng, n, 0.95, kind="p'"), 0.14)
    for cases in (40, 150, 20, 10):
        for share in (0.95, 0.98):
            bound = 0.18 if cases >= 40 else None
            n = np.full(shape, cases)
            name = f"binomial, n = {cases}, p = {share}"
            good &= stated(f"{name}, auto", binomial(rng, n, share), bound)
            if bound is not None:
                stated(f"{name}, p' by name", binomial(rng, n, share, kind="p'"))
    times = rng.lognormal(size=(TICKETS_A_WEEK, *shape))
    logs = np.log(times).mean(axis=0)
    good &= stated("weekly means of logs, auto", share_with_signal(logs), 0.19)
    good &= stated("weekly geometric means, auto", share_with_signal(np.exp(logs)), 0.19)
    means = times.mean(axis=0)
    stated("weekly means of skewed times, auto", share_with_signal(means))
    stated("weekly means of skewed times, kind i", share_with_signal(means, kind="i"))
    shifted = rng.normal(size=shape)
    shifted[:, -STEP_POINTS:] += STEP
    power = share_with_signal(shifted, kind="i")
    good &= power >= 0.70
    print(
        f"  step of {STEP} sigma over the last {STEP_POINTS} points, found: {power:6.1%}"
        f"  at least 70 %{'' if power >= 0.70 else '   <- missed'}"
    )
    return good


def binomial(rng: np.random.Generator, n: Values, share: float, **options: object) -> float:
    return share_with_signal(rng.binomial(n, share).astype(float), n.astype(float), **options)


def stated(name: str, found: float, bound: float | None = None) -> bool:
    good = bound is None or found <= bound
    limit = "" if bound is None else f"  at most {bound:.0%}"
    print(f"  {name:<42}{found:6.1%}{limit}{'' if good else '   <- missed'}")
    return good


# --- The tables that charts quote -------------------------------------------------------------


def table_of_lengths(rng: np.random.Generator, count: int) -> bool:
    print("\nShare of stable series of normal values (kind i) with any signal")
    print(f"{'points':>8}" + "".join(f"{name:>18}" for name in RULE_SETS))
    every = {code: None for codes in RULE_SETS.values() for code in codes}
    rows = []
    for points in FALSE_SIGNAL_POINTS:
        found = dict.fromkeys(RULE_SETS, 0)
        for chart in charts(rng.normal(size=(count, points)), kind="i", rules=every):
            seen = chart.signals[["series", "rule"]]
            for name, codes in RULE_SETS.items():
                found[name] += seen.loc[seen["rule"].isin(codes), "series"].nunique()
        rows.append([found[name] / count for name in RULE_SETS])
        print(f"{points:>8}" + "".join(f"{share:>18.3f}" for share in rows[-1]))
    columns = np.array(rows).T
    pairs = zip(RULE_SETS, columns, strict=True)
    return min([same(name, column, FALSE_SIGNAL_CHANCE[name]) for name, column in pairs])


def table_of_dependence(rng: np.random.Generator, count: int) -> bool:
    print(f"\nShare of series of {POINTS} points with any core signal, by correlation")
    by_rho = [
        share_with_signal(ar1(rng.normal(size=(count, POINTS)), rho), kind="i")
        for rho in CORRELATIONS
    ]
    print_row(CORRELATIONS, by_rho)
    print(f"\nThe same of {2 * POINTS} weeks, by the yearly season's amplitude in sigma")
    phase = rng.uniform(0, 2 * np.pi, (count, 1))
    wave = np.sin(2 * np.pi * np.arange(2 * POINTS) / (365.25 / 7) + phase)
    by_amplitude = [
        share_with_signal(rng.normal(size=wave.shape) + amplitude * wave, kind="i")
        for amplitude in AMPLITUDES
    ]
    print_row(AMPLITUDES, by_amplitude)
    return same("correlation", by_rho, CORRELATED_CHANCE) & same(
        "season", by_amplitude, SEASONAL_CHANCE
    )


def ar1(noise: Values, rho: float) -> Values:
    """Return stationary AR(1) series of variance 1 from white noise."""
    series = noise.copy()
    for point in range(1, noise.shape[1]):
        series[:, point] = rho * series[:, point - 1] + np.sqrt(1 - rho**2) * noise[:, point]
    return series


def print_row(at: tuple[float, ...], shares: list[float]) -> None:
    print("  " + "".join(f"{x:>8}" for x in at))
    print("  " + "".join(f"{share:>8.3f}" for share in shares))


def same(name: str, found: Values | list[float], tabulated: tuple[float, ...]) -> bool:
    away = float(np.max(np.abs(np.array(found) - tabulated)))
    good = away <= TABLE_TOLERANCE
    if not good:
        print(f"  {name}: the table in chart_diagnostics is off by {away:.3f}   <- missed")
    return good


# --- Speed ------------------------------------------------------------------------------------


def speed(rng: np.random.Generator) -> None:
    n = rng.poisson(300, (SPEED_SERIES, SPEED_POINTS)) + 1
    df = frame(rng.binomial(n, 0.95), n, first="2025-01-06")
    df["series"] = "unit " + df["series"].astype("str").str.zfill(4)
    cases = rng.binomial(300, 0.95, (1, ONE_SERIES_POINTS))
    one = frame(cases, np.full_like(cases, 300), first="2005-01-03")
    many_time, one_time = shortest(lambda: nelson(df, by="series")), shortest(lambda: nelson(one))
    print("Shortest of", REPEATS, "runs, p' and all Nelson rules, frame in and out")
    print(
        f"  {SPEED_SERIES:,} series of {SPEED_POINTS}: {1e3 * many_time:.0f} ms"
        f" (at most {1e3 * SPEED_BOUND:.0f})"
    )
    print(
        f"  one series of {ONE_SERIES_POINTS:,}: {1e3 * one_time:.1f} ms"
        f" (at most {1e3 * ONE_SERIES_BOUND:.0f})"
    )
    if importlib.util.find_spec("shewhart") is None:
        print("  The package shewhart is not installed; no comparison.")
        return
    peer = shortest(lambda: shewhart(df), repeats=1)
    print(
        f"  shewhart, laney_p per series: {1e3 * peer:.0f} ms, so {peer / many_time:.0f} times"
        f" as long (at least {SPEED_RATIO:.0f})"
    )


def nelson(df: pd.DataFrame, by: str | None = None) -> ControlChart:
    return control_chart(df, value="value", n="n", time="time", by=by, kind="p'", rules="nelson")


def shewhart(df: pd.DataFrame) -> None:
    import shewhart as peer  # noqa: PLC0415  optional

    for _, one in df.groupby("series"):
        peer.laney_p(one, defectives="value", size="n", rules="nelson")


def shortest(run: Callable[[], object], repeats: int = REPEATS) -> float:
    run()
    taken = []
    for _ in range(repeats):
        started = time.perf_counter()
        run()
        taken.append(time.perf_counter() - started)
    return min(taken)


if __name__ == "__main__":
    sys.exit(main())
