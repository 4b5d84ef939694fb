"""The caveats that charts carry, as codes and values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from slm_analysis.analyses import chart_limits
from slm_analysis.analyses.chart_diagnostics import (
    AMPLITUDES,
    CORRELATED_CHANCE,
    CORRELATIONS,
    MIN_POINTS,
    SEASONAL_CHANCE,
)
from slm_analysis.analyses.chart_kinds import KINDS, LANEY_AND_EXACT
from slm_analysis.analyses.chart_layout import Layout
from slm_analysis.analyses.chart_target import Columns
from slm_analysis.result import Note, note


def chart_notes(
    layout: Layout,
    phases: Columns,
    summary: Columns,
    rules: str | Iterable[str],
    baseline: tuple[Any, Any] | None,
) -> tuple[Note, ...]:
    """Return what must be said beside the charts; `series` in a note names those concerned."""
    return (
        *_about_reading(summary, rules),
        *_about_points(layout),
        *_about_limits(layout, phases, summary, baseline),
        *_about_laney(layout, phases),
        *_about_dependence(layout, summary),
    )


def _names(layout: Layout, series: NDArray[Any]) -> tuple[Any, ...]:
    """Return the names of the series concerned; none where there is no by-column."""
    if not len(layout.keys.columns):
        return ()
    return tuple(layout.names[number] for number in np.unique(series))


def _about_reading(summary: Columns, rules: str | Iterable[str]) -> Iterator[Note]:
    judged = summary["n_points"] > 0
    expected = float(summary["false_signal_chance"][judged].sum())
    yield note(
        "charts_read",
        charts=int(judged.sum()),
        with_signals=int((summary["n_signals"] > 0).sum()),
        expected_false=None if np.isnan(expected) else expected,
        rules=rules if isinstance(rules, str) else tuple(rules),
    )
    if only := tuple(kind for kind in dict.fromkeys(summary["kind"]) if KINDS[kind].only_limits):
        yield note("only_limits_judged", kinds=only)


def _about_points(layout: Layout) -> Iterator[Note]:
    points = layout.points
    for code, flags in (
        ("gaps", points.gap),
        ("incomplete_periods", ~points.complete),
        ("excluded_points", points.excluded),
    ):
        if flags.any():
            yield note(code, series=_names(layout, points.series[flags]), points=int(flags.sum()))


def _about_limits(
    layout: Layout, phases: Columns, summary: Columns, baseline: tuple[Any, Any] | None
) -> Iterator[Note]:
    kind, n_estimating = phases["limits_kind"], phases["n_estimating"]
    for code in (chart_limits.NO_DATA, chart_limits.NO_VARIATION, chart_limits.TOO_FEW):
        concerned = kind == code
        if concerned.any() or (code == chart_limits.NO_DATA and not len(kind)):
            yield note(
                code,
                series=_names(layout, layout.series[concerned]),
                phases=int(concerned.sum()),
                center=_only(phases["center"][concerned]),
            )
    few = (n_estimating > 0) & (n_estimating < MIN_POINTS)
    if few.any():
        yield note(
            "few_points",
            series=_names(layout, layout.series[few]),
            phases=int(few.sum()),
            fewest=int(n_estimating[few].min()),
            enough=MIN_POINTS,
        )
    if baseline is not None:
        without = np.setdiff1d(layout.series, layout.series[phases["frozen"]])
        yield note(
            "limits_frozen",
            start=baseline[0],
            end=baseline[1],
            series_without_baseline=_names(layout, without),
        )
    on_logs = np.flatnonzero(summary["kind"] == "i_log")
    if len(on_logs):
        yield note("log_scale", series=_names(layout, on_logs))


def _only(numbers: NDArray[Any]) -> float | None:
    """Return the number that all share, if there is one."""
    shared = np.unique(numbers)
    return float(shared[0]) if len(shared) == 1 and not np.isnan(shared[0]) else None


def _about_laney(layout: Layout, phases: Columns) -> Iterator[Note]:
    measured, used = phases["sigma_z"], phases["sigma_z_used"]
    laney = ~np.isnan(measured)
    if laney.any():
        lowest, highest = float(measured[laney].min()), float(measured[laney].max())
        yield note("sigma_z", lowest=lowest, highest=highest)
    floored = laney & (used > measured)
    if floored.any():
        yield note(
            "sigma_z_floored",
            series=_names(layout, layout.series[floored]),
            lowest=float(measured[floored].min()),
            floor=float(used[floored][0]),
        )
    exact = phases["limits_kind"] == LANEY_AND_EXACT
    if exact.any():
        yield note("exact_limits", series=_names(layout, layout.series[exact]))


def _about_dependence(layout: Layout, summary: Columns) -> Iterator[Note]:
    for code, flag, column, at, chances in (
        ("autocorrelation", "autocorrelated", "autocorrelation", CORRELATIONS, CORRELATED_CHANCE),
        ("yearly_season", "seasonal", "season_amplitude", AMPLITUDES, SEASONAL_CHANCE),
    ):
        concerned = np.flatnonzero(summary[flag])
        if len(concerned):
            highest = float(summary[column][concerned].max())
            yield note(
                code,
                series=_names(layout, concerned),
                highest=highest,
                false_signal_chance=float(np.interp(highest, at, chances)),
                otherwise=chances[0],
            )
