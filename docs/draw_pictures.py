"""Draw the pictures of `which-chart.md` and `reading-charts.md`.

The former from made-up series with a fixed seed, the latter from the sample data.

Run: python docs/draw_pictures.py
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

import slm_analysis as slm
from slm_analysis.presentation.chart import Chart
from slm_analysis.presentation.theme import style

PICTURES = Path(__file__).parent / "pictures"
SEED = 2026
COLOURS = 48
"""Enough for the palette with its smoothed edges."""
RESOLUTION = 110


def main() -> None:
    """Write one picture per chart."""
    for name, df, options in series(np.random.default_rng(SEED)):
        chart = slm.control_chart(df, value="value", time="time", **options)
        write(name, slm.plot(chart))
    for name, drawn in answers():
        write(name, drawn)


def write(name: str, drawn: Chart) -> None:
    """Write a picture in few colours."""
    buffer = io.BytesIO()
    with style():
        drawn.savefig(buffer, format="png", dpi=RESOLUTION)
    Image.open(buffer).convert("RGB").quantize(COLOURS).save(
        PICTURES / f"{name}.png", optimize=True
    )


def answers() -> Iterator[tuple[str, Chart]]:
    """Yield name and figure of what the reports of the sample show."""
    unit = slm.open_unit("Manufacturing")
    yield "service_levels", slm.plot(slm.service_levels(unit))
    yield "time_taken", slm.plot(slm.time_taken(unit))
    yield "before_and_after", slm.before_and_after(slm.change_outcomes(unit))
    unit = slm.open_unit("华东销售部")
    yield "stability", slm.plot(slm.stability(unit))
    yield "outlook", slm.plot(slm.outlook(unit))
    yield "root_causes", slm.plot(slm.root_causes(unit))
    yield "process_flow", slm.plot(slm.process_flow(unit))
    yield "what_changed", slm.plot(slm.what_changed(unit))
    unit = slm.open_unit("Head Office")
    yield "satisfaction", slm.plot(slm.user_satisfaction(unit))
    yield "scores_by_time", slm.scores_by_time(slm.expectation_gap(unit))
    yield "funnel", slm.plot(slm.portfolio())


def series(rng: np.random.Generator) -> Iterator[tuple[str, pd.DataFrame, dict]]:
    """Yield name, data and options of every control chart."""
    weeks = pd.date_range("2025-11-03", periods=52, freq="7D")
    tickets = rng.integers(25, 420, 52)
    share = np.where(np.arange(52) < 40, 0.96, 0.91)
    in_time = rng.binomial(tickets, share)
    counts = pd.DataFrame({"time": weeks, "value": in_time, "n": tickets})
    yield "p_prime", counts, {"n": "n", "target": 0.95, "freq": "week"}

    many = rng.integers(10_000, 12_000, 52)
    mood = np.clip(0.95 + 0.006 * rng.normal(size=52), 0, 1)
    crowd = pd.DataFrame({"time": weeks, "value": rng.binomial(many, mood), "n": many})
    for kind, name in (("p", "p_of_many"), ("p'", "p_prime_of_many")):
        yield name, crowd, {"n": "n", "kind": kind, "freq": "week"}

    hours = pd.DataFrame({"time": weeks, "value": rng.lognormal(2.5, 0.9, (12, 52)).mean(0)})
    yield "i", hours, {"kind": "i", "better": "low", "freq": "week"}
    yield "i_log", hours, {"better": "low", "freq": "week"}

    plain = pd.DataFrame({"time": weeks, "value": rng.normal(40, 3, 52).round(1)})
    plain.loc[30:, "value"] -= 3.0
    yield "run", plain, {"kind": "run", "better": "low", "freq": "week"}
    yield "mr", plain, {"kind": "mr", "better": "low", "freq": "week"}
    yield "ewma", plain, {"kind": "ewma", "target": 40.0, "better": "low", "freq": "week"}
    yield "cusum", plain, {"kind": "cusum", "target": 40.0, "better": "low", "freq": "week"}

    calls = pd.DataFrame({"time": np.repeat(weeks, 8), "value": rng.normal(6, 1, 52 * 8).round(2)})
    for kind in ("xbar", "r", "s"):
        yield kind, calls, {"kind": kind, "better": "low", "freq": "week"}

    fixed = pd.DataFrame({"time": weeks, "value": rng.binomial(200, 0.05, 52), "n": 200})
    yield "np", fixed, {"kind": "np", "n": "n", "better": "low", "freq": "week"}
    calm = pd.DataFrame({"time": weeks, "value": rng.poisson(6, 52)})
    yield "c", calm, {"kind": "c", "better": "low", "freq": "week"}
    crowded = 40 * tickets
    rate = 0.04 * np.exp(0.08 * rng.normal(size=52))
    exposed = pd.DataFrame({"time": weeks, "value": rng.poisson(rate * crowded), "n": crowded})
    for kind, name in (("u", "u"), ("u'", "u_prime")):
        yield name, exposed, {"kind": kind, "n": "n", "better": "low", "freq": "week"}

    gaps = rng.geometric(0.01, 40) - 1
    yield "g", pd.DataFrame({"time": np.arange(1, 41), "value": gaps}), {"kind": "g"}
    days = rng.exponential(12, 40).round(1)
    yield "t", pd.DataFrame({"time": np.arange(1, 41), "value": days}), {"kind": "t"}


if __name__ == "__main__":
    main()
