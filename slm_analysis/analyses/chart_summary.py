"""What a chart says in the end: its last phase, direction, assurance, the next period's chance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from slm_analysis.analyses import chart_limits
from slm_analysis.analyses.anhoej_rules import MIN_POINTS, find_runs
from slm_analysis.analyses.chart_cells import Cells
from slm_analysis.analyses.chart_frame import Layout
from slm_analysis.analyses.chart_limits import Limits
from slm_analysis.analyses.chart_signals import FAVOURABLE, UNFAVOURABLE
from slm_analysis.analyses.chart_target import against_target
from slm_analysis.analyses.run_patterns import BOTH, Flags, Numbers, Whole

BETTER, WORSE, MIXED, STEADY, NOT_JUDGED = "better", "worse", "mixed", "steady", "not_judged"


def typical_points(limits: Limits, size: Numbers) -> Whole:
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


def phase_table(layout: Layout, limits: Limits, cells: Cells) -> pd.DataFrame:
    """Return one row per stretch: its lines at the typical period, and its runs."""
    runs = find_runs(limits.readings)
    typical = (np.arange(len(limits.kind)), typical_points(limits, cells.size))
    first = np.searchsorted(layout.row, np.arange(len(layout.series)))
    last = np.searchsorted(layout.row, np.arange(len(layout.series)), side="right") - 1
    return pd.DataFrame(
        {
            "phase": layout.phase,
            "label": layout.label,
            "start": layout.times(first).array,
            "end": layout.times(last).array,
            "n_points": limits.useful.sum(axis=1),
            "n_estimating": cells.estimating.sum(axis=1),
            "n": cells.size[typical],
            "center": limits.center[typical],
            "sigma": limits.sigma[typical],
            "lcl": limits.lcl[typical],
            "ucl": limits.ucl[typical],
            "sigma_z": limits.sigma_z,
            "sigma_z_used": limits.sigma_z_used,
            "limits_kind": limits.kind,
            "frozen": cells.frozen,
            "n_useful": runs.n_useful,
            "longest_run": runs.longest,
            "longest_run_max": runs.longest_max,
            "crossings": runs.crossings,
            "crossings_min": runs.crossings_min,
        }
    )


def summary_table(
    layout: Layout,
    limits: Limits,
    phases: pd.DataFrame,
    patterns: pd.DataFrame,
    kinds: NDArray[np.object_],
    better: str,
) -> pd.DataFrame:
    """Return one row per series: its last phase, direction and assurance."""
    last = last_stretches(layout, phases["n_points"].to_numpy())
    final = phases.iloc[last].reset_index(drop=True)
    target = _last_target(layout)
    found = pd.DataFrame(
        {
            "kind": kinds,
            "n_points": np.bincount(
                layout.series, phases["n_points"], minlength=len(layout.keys)
            ).astype(int),
            "phase": final["phase"],
            "phase_points": final["n_points"],
            **{name: final[name] for name in ("n", "center", "sigma", "lcl", "ucl", "sigma_z")},
            "limits_kind": final["limits_kind"],
            "target": target,
        }
    )
    values = np.where(limits.useful, limits.value, np.nan)[last]
    return found.assign(
        **_direction(layout, final, patterns),
        **against_target(final, values, target, kinds, better),
    )


def _last_target(layout: Layout) -> Numbers:
    series = layout.points["series"].to_numpy()
    last = np.searchsorted(series, np.arange(len(layout.keys)), side="right") - 1
    return layout.points["target"].to_numpy()[last]


def _direction(
    layout: Layout, final: pd.DataFrame, patterns: pd.DataFrame
) -> Mapping[str, NDArray[Any] | pd.Series]:
    """Return direction, side and begin of the signals that still stand at the end."""
    count = len(layout.keys)
    standing = patterns[patterns["standing"]]
    of_series = layout.series[standing["stretch"].to_numpy()]

    def any_with(column: str, value: str) -> Flags:
        flags = (standing[column] == value).to_numpy()
        return np.bincount(of_series[flags], minlength=count) > 0

    good, bad = any_with("meaning", FAVOURABLE), any_with("meaning", UNFAVOURABLE)
    some = np.bincount(of_series, minlength=count) > 0
    limitless = [chart_limits.NO_DATA, chart_limits.NO_VARIATION, chart_limits.TOO_FEW]
    judged = (final["n_points"] >= MIN_POINTS) & ~final["limits_kind"].isin(limitless)
    direction = np.select(
        [good & ~bad, bad & ~good, some, judged.to_numpy()],
        np.array([BETTER, WORSE, MIXED, STEADY], dtype=object),
        NOT_JUDGED,
    )
    # Few crossings are a pattern of the whole phase and begin nowhere in it.
    runs = standing[standing["rule"] != "anhoej_crossings"]
    begin = runs.groupby(layout.series[runs["stretch"]])["start"].min()
    first = begin.reindex(range(count), fill_value=-1).to_numpy()
    side = np.full(count, "", dtype=object)
    named = standing.groupby(of_series)["side"].agg(["nunique", "first"])
    side[named.index] = np.where(named["nunique"] == 1, named["first"], BOTH)
    found = np.bincount(layout.series[patterns["stretch"].to_numpy()], minlength=count)
    return {
        "direction": direction,
        "side": side,
        "since": layout.times(first).array,
        "n_signals": found,
    }
