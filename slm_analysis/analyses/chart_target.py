"""A chart against its target: assurance, the next period's chance, what could be kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from slm_analysis.analyses.chart_cells import ROUNDING
from slm_analysis.analyses.chart_kinds import KINDS
from slm_analysis.analyses.run_patterns import Flags, Numbers
from slm_analysis.intervals import LEVEL, wilson

Columns = dict[str, Any]
"""A table as arrays of equal length by column name."""

WILL_MEET, WILL_MISS, HIT_AND_MISS = "will_meet", "will_miss", "hit_and_miss"
NOT_JUDGED = "not_judged"

KEPT = 0.95
"""Share of periods in which the target named `target_kept` would be met."""

INTERVAL_QUANTILE = stats.norm.ppf((1 + LEVEL) / 2)

WHOLE_UP_TO = 1000.0
"""Denominators over this make counts so fine that they are taken as continuous."""

NEARLY = 1e-6
"""Least spread beyond binomial or Poisson that the wider distributions compute with."""

OF_N = ("p", "p'", "np")
PER_UNIT = ("u", "u'", "c")
MEASURES = ("i", "i_log", "t", "xbar")
WITHOUT_TARGET = ("ewma", "cusum")
"""Kinds whose `target` is the centre, not a goal."""


def against_target(
    phase: Columns,
    values: Numbers,
    target: Numbers,
    kinds: NDArray[np.object_],
    better: str,
) -> Mapping[str, NDArray[Any]]:
    """Return the columns of the summary that compare the last phase with the target.

    Parameters
    ----------
    phase : dict of arrays
        The last phase of each series, as in `phase_columns`.
    values : array of float
        Its useful values, one row per series, NaN elsewhere.
    target, kinds : array
        One entry per series.
    better : str
        `high` or `low`.
    """
    goal = np.where(np.isin(kinds, WITHOUT_TARGET), np.nan, target)
    count = np.sum(~np.isnan(values), axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        missed = values < goal[:, None] if better == "high" else values > goal[:, None]
        share = np.where(np.isnan(goal), np.nan, missed.sum(axis=1) / count)
        chance = _chance_meets(phase, goal, kinds, better)
    low, high = wilson(share, count, INTERVAL_QUANTILE)
    return {
        "assurance": _assurance(phase, goal, better),
        "chance_meets_target": chance,
        "share_missed": share,
        "share_missed_low": low,
        "share_missed_high": high,
        "target_kept": _target_kept(phase, kinds, better),
    }


def _assurance(phase: Columns, goal: Numbers, better: str) -> NDArray[np.object_]:
    """Return whether the limits lie wholly on one side of the goal (NHS Making Data Count)."""
    low, high = phase["lcl"], phase["ucl"]
    if better == "high":
        meets, misses = low >= goal, high < goal
    else:
        meets, misses = high <= goal, low > goal
    variation = phase["sigma"] > 0
    return np.select(
        [np.isnan(goal), ~variation, meets, misses],
        np.array([None, NOT_JUDGED, WILL_MEET, WILL_MISS], dtype=object),
        HIT_AND_MISS,
    )


def _chance_meets(
    phase: Columns, goal: Numbers, kinds: NDArray[np.object_], better: str
) -> Numbers:
    """Return the chance that a further period of typical size meets the goal.

    NaN for kinds whose points follow neither a count's nor about a normal distribution.
    """
    chance = np.full(len(goal), np.nan)
    asked = ~np.isnan(goal) & (phase["sigma"] > 0)
    counted = np.isin(kinds, OF_N + PER_UNIT) & ~(phase["n"] > WHOLE_UP_TO)
    for name in set(kinds[asked]) & {*OF_N, *PER_UNIT, *MEASURES}:
        for method, suits in ((_chance_of_count, counted), (_chance_of_measure, ~counted)):
            which = asked & suits & (kinds == name)
            if which.any():
                chance[which] = method(_only(phase, which), goal[which], name, better)
    return chance


def _only(phase: Columns, which: Flags) -> Columns:
    return {name: column[which] for name, column in phase.items()}


def _predictive_sigma(phase: Columns) -> Numbers:
    """Return the spread of a further point about a centre estimated from n points."""
    return phase["sigma"] * np.sqrt(1 + 1 / phase["n_estimating"])


def _chance_of_measure(phase: Columns, goal: Numbers, kind: str, better: str) -> Numbers:
    scale = KINDS[kind].scale
    off = (scale.forward(phase["center"]) - scale.forward(goal)) / _predictive_sigma(phase)
    freedom = np.maximum(phase["n_estimating"] - 1, 1)
    return stats.t.cdf(off if better == "high" else -off, freedom)


def _chance_of_count(phase: Columns, goal: Numbers, kind: str, better: str) -> Numbers:
    """Return the chance from a count distribution as wide as the chart's sigma.

    Beta-binomial out of n, negative binomial per unit; binomial and Poisson where the chart
    is no wider than these.
    """
    n = np.nan_to_num(phase["n"], nan=1.0)
    per = np.where(kind == "np", 1.0, n)
    mean, cases = phase["center"] * per, goal * per
    spread = (_predictive_sigma(phase) * per) ** 2
    if kind in OF_N:
        n = np.round(n)
        share = mean / n
        within = (spread / (mean * (1 - share)) - 1) / np.maximum(n - 1, 1)
        within = np.clip(within, NEARLY, 1 - NEARLY)  # correlation of cases in a period
        count = stats.betabinom(
            n, share * (1 - within) / within, (1 - share) * (1 - within) / within
        )
    else:
        excess = np.maximum(spread / mean - 1, NEARLY)
        count = stats.nbinom(mean / excess, 1 / (1 + excess))
    if better == "high":
        return count.sf(np.ceil(cases * (1 - ROUNDING)) - 1)
    return count.cdf(np.floor(cases * (1 + ROUNDING)))


def _target_kept(phase: Columns, kinds: NDArray[np.object_], better: str) -> Numbers:
    """Return the target that a further point of a measure meets with probability `KEPT`."""
    kept = np.full(len(kinds), np.nan)
    for name in set(kinds) & set(MEASURES):
        which, scale = (kinds == name) & (phase["sigma"] > 0), KINDS[name].scale
        final = _only(phase, which)
        freedom = np.maximum(final["n_estimating"] - 1, 1)
        reach = stats.t.ppf(KEPT, freedom) * _predictive_sigma(final)
        center = scale.forward(final["center"])
        kept[which] = scale.back(center - reach if better == "high" else center + reach)
    return kept
