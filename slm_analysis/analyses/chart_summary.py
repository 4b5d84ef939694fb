"""What charts say in the end: per phase the lines and runs, per series where it is heading."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from slm_analysis.analyses import chart_limits
from slm_analysis.analyses.anhoej_rules import (
    MIN_POINTS,
    fewest_usual_crossings,
    longest_usual_run,
)
from slm_analysis.analyses.chart_cells import Cells
from slm_analysis.analyses.chart_layout import Layout
from slm_analysis.analyses.chart_limits import Limits
from slm_analysis.analyses.chart_signals import FAVOURABLE, UNFAVOURABLE, Signals
from slm_analysis.analyses.chart_target import Columns, against_target
from slm_analysis.analyses.run_patterns import BOTH, Flags, Numbers, Whole

BETTER, WORSE, MIXED, STEADY, NOT_JUDGED = "better", "worse", "mixed", "steady", "not_judged"


def _typical_points(limits: Limits, size: Numbers) -> Whole:
    """Return the position of each stretch's last point of median size, its typical period."""
    known = np.where(limits.useful, np.nan_to_num(size), np.inf)
    count = limits.useful.sum(axis=1, keepdims=True)
    middle = np.take_along_axis(np.sort(known, axis=1), np.maximum(count - 1, 0) // 2, axis=1)
    matches = limits.useful & (known == middle)
    return known.shape[1] - 1 - np.argmax(matches[:, ::-1], axis=1)


def last_stretches(layout: Layout, n_points: Whole) -> Whole:
    """Return each series' last stretch with useful points, else its last one."""
    last = np.searchsorted(layout.series, np.arange(len(layout.keys)), side="right") - 1
    with_points = np.flatnonzero(n_points > 0)
    last[layout.series[with_points]] = with_points
    return last


def phase_columns(layout: Layout, limits: Limits, cells: Cells) -> Columns:
    """Return one entry per stretch: its lines at the typical period, and its runs."""
    runs = limits.readings.runs
    typical = (np.arange(len(limits.kind)), _typical_points(limits, cells.size))
    return {
        "phase": layout.phase,
        "label": layout.label,
        "start": layout.times(layout.first),
        "end": layout.times(layout.last),
        "n_points": limits.useful.sum(axis=1),
        "n_estimating": cells.estimating.sum(axis=1),
        "n": cells.size[typical],
        **{name: getattr(limits, name)[typical] for name in ("center", "sigma", "lcl", "ucl")},
        "sigma_z": limits.sigma_z,
        "sigma_z_used": limits.sigma_z_used,
        "limits_kind": limits.kind,
        "frozen": cells.frozen,
        "n_useful": runs.n_useful,
        "longest_run": runs.longest,
        "longest_run_max": longest_usual_run(runs),
        "crossings": runs.crossings,
        "crossings_min": fewest_usual_crossings(runs),
    }


def summary_columns(
    layout: Layout,
    limits: Limits,
    phases: Columns,
    signals: Signals,
    kinds: NDArray[np.object_],
    better: str,
) -> Columns:
    """Return one entry per series: its last phase, direction and assurance."""
    last = last_stretches(layout, phases["n_points"])
    final = {name: column[last] for name, column in phases.items()}
    target = layout.points.target[layout.last[last]]
    values = np.where(limits.useful, limits.value, np.nan)[last]
    shown = ("n", "center", "sigma", "lcl", "ucl", "sigma_z", "limits_kind")
    return {
        "kind": kinds,
        "n_points": layout.per_series(phases["n_points"]).astype(int),
        "phase": final["phase"],
        "phase_points": final["n_points"],
        **{name: final[name] for name in shown},
        "target": target,
        **_direction(layout, final, signals),
        **against_target(final, values, target, kinds, better),
    }


def _direction(layout: Layout, final: Columns, signals: Signals) -> Columns:
    """Return direction, side and begin of the signals that still stand at the end."""
    count, series = len(layout.keys), layout.series[signals.stretch]

    def some(flags: Flags) -> Flags:
        return np.bincount(series[flags], minlength=count) > 0

    standing = signals.standing
    good = some(standing & (signals.meaning == FAVOURABLE))
    bad = some(standing & (signals.meaning == UNFAVOURABLE))
    limitless = (chart_limits.NO_DATA, chart_limits.NO_VARIATION, chart_limits.TOO_FEW)
    judged = (final["n_points"] >= MIN_POINTS) & ~_is_any(final["limits_kind"], limitless)
    direction = np.full(count, NOT_JUDGED, dtype=object)
    direction[judged] = STEADY
    direction[some(standing)] = MIXED
    direction[good & ~bad], direction[bad & ~good] = BETTER, WORSE
    side = np.full(count, "", dtype=object)
    sided = standing & (signals.side != BOTH)
    for name in dict.fromkeys(signals.side[sided]):
        with_side = some(sided & (signals.side == name))
        side[with_side] = np.where(side[with_side] == "", name, BOTH)
    side[some(standing) & (side == "")] = BOTH
    crossings = signals.rule == "anhoej_crossings"
    since = np.full(count, len(layout.points))
    np.minimum.at(since, series[standing & ~crossings], signals.start[standing & ~crossings])
    # Few crossings tell less exactly when, and without a change of level nothing of it.
    alone = standing & crossings & (signals.side != BOTH) & (since[series] == len(layout.points))
    np.minimum.at(since, series[alone], signals.start[alone])
    return {
        "direction": direction,
        "side": side,
        "since": layout.times(np.where(since < len(layout.points), since, -1)),
        "n_signals": np.bincount(series, minlength=count),
    }


def _is_any(codes: NDArray[np.object_], wanted: tuple[str, ...]) -> Flags:
    return np.logical_or.reduce([codes == code for code in wanted])
