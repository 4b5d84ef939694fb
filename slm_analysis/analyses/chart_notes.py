"""The caveats that charts carry, as codes and values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from slm_analysis.analyses import chart_limits
from slm_analysis.analyses.chart_diagnostics import (
    AMPLITUDES,
    CORRELATED_CHANCE,
    CORRELATIONS,
    MIN_POINTS,
    SEASONAL_CHANCE,
)
from slm_analysis.analyses.chart_frame import Layout, series_name
from slm_analysis.analyses.chart_kinds import KINDS, LANEY_AND_EXACT
from slm_analysis.result import Note, note


def chart_notes(
    layout: Layout,
    phases: pd.DataFrame,
    summary: pd.DataFrame,
    rules: object,
    sigma_z_floor: float,
    baseline: tuple[Any, Any] | None,
) -> tuple[Note, ...]:
    """Return what must be said beside the charts; `series` in a note names those concerned."""
    return (
        *_about_reading(summary, rules),
        *_about_points(layout),
        *_about_limits(layout, phases, summary, sigma_z_floor, baseline),
        *_about_dependence(layout, summary),
    )


def _names(layout: Layout, series: NDArray[Any]) -> tuple[Any, ...]:
    """Return the names of the series concerned; none where there is no by-column."""
    if not len(layout.keys.columns):
        return ()
    return tuple(series_name(layout.keys, int(number)) for number in np.unique(series))


def _about_reading(summary: pd.DataFrame, rules: object) -> Iterator[Note]:
    chance = summary["false_signal_chance"]
    judged = summary["n_points"] > 0
    yield note(
        "charts_read",
        charts=int(judged.sum()),
        with_signals=int((summary["n_signals"] > 0).sum()),
        expected_false=float(chance[judged].sum()) if chance[judged].notna().all() else None,
        rules=rules if isinstance(rules, str) else tuple(rules),  # type: ignore[arg-type]
    )
    unjudged = sorted({kind for kind in summary["kind"] if KINDS[kind].only_limits})
    if unjudged:
        yield note("only_limits_judged", kinds=tuple(unjudged))


def _about_points(layout: Layout) -> Iterator[Note]:
    points = layout.points
    missing = points["value"].isna() | (points["n"] == 0)
    for code, flags in (
        ("gaps", missing),
        ("incomplete_periods", ~points["complete"]),
        ("excluded_points", points["excluded"]),
    ):
        if flags.any():
            series = points.loc[flags, "series"].to_numpy()
            yield note(code, series=_names(layout, series), points=int(flags.sum()))


def _about_limits(
    layout: Layout,
    phases: pd.DataFrame,
    summary: pd.DataFrame,
    sigma_z_floor: float,
    baseline: tuple[Any, Any] | None,
) -> Iterator[Note]:
    kind = phases["limits_kind"]
    if phases.empty:
        yield note(chart_limits.NO_DATA, series=(), phases=0, center=None)
    for code in (chart_limits.NO_DATA, chart_limits.NO_VARIATION, chart_limits.TOO_FEW):
        concerned = (kind == code).to_numpy()
        if concerned.any():
            yield note(
                code,
                series=_names(layout, layout.series[concerned]),
                phases=int(concerned.sum()),
                center=_only(phases.loc[concerned, "center"]),
            )
    few = (phases["n_estimating"].between(1, MIN_POINTS - 1)).to_numpy()
    if few.any():
        yield note(
            "few_points",
            series=_names(layout, layout.series[few]),
            phases=int(few.sum()),
            fewest=int(phases.loc[few, "n_estimating"].min()),
            enough=MIN_POINTS,
        )
    if baseline is not None:
        without = np.setdiff1d(layout.series, layout.series[phases["frozen"].to_numpy()])
        yield note(
            "limits_frozen",
            start=baseline[0],
            end=baseline[1],
            series_without_baseline=_names(layout, without),
        )
    on_logs = (summary["kind"] == "i_log").to_numpy()
    if on_logs.any():
        yield note("log_scale", series=_names(layout, np.flatnonzero(on_logs)))
    laney = phases["sigma_z"].notna().to_numpy()
    if laney.any():
        measured = phases.loc[laney, "sigma_z"]
        yield note("sigma_z", lowest=float(measured.min()), highest=float(measured.max()))
    floored = laney & (phases["sigma_z_used"] > phases["sigma_z"]).to_numpy()
    if floored.any():
        yield note(
            "sigma_z_floored",
            series=_names(layout, layout.series[floored]),
            lowest=float(phases.loc[floored, "sigma_z"].min()),
            floor=sigma_z_floor,
        )
    exact = (kind == LANEY_AND_EXACT).to_numpy()
    if exact.any():
        yield note("exact_limits", series=_names(layout, layout.series[exact]))


def _only(numbers: pd.Series) -> float | None:
    """Return the number that all share, if there is one."""
    shared = numbers.unique()
    return float(shared[0]) if len(shared) == 1 and not np.isnan(shared[0]) else None


def _about_dependence(layout: Layout, summary: pd.DataFrame) -> Iterator[Note]:
    for code, flag, column, at, chances in (
        ("autocorrelation", "autocorrelated", "autocorrelation", CORRELATIONS, CORRELATED_CHANCE),
        ("yearly_season", "seasonal", "season_amplitude", AMPLITUDES, SEASONAL_CHANCE),
    ):
        concerned = summary[flag].to_numpy(bool)
        if concerned.any():
            highest = float(summary.loc[concerned, column].max())
            yield note(
                code,
                series=_names(layout, np.flatnonzero(concerned)),
                highest=highest,
                false_signal_chance=float(np.interp(highest, at, chances)),
                otherwise=chances[0],
            )
    if "season" in layout.points:
        yield note("season_removed")
