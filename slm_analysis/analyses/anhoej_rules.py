"""Anhøj's rules: unusually long runs and unusually few crossings of the centre line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy import stats

from slm_analysis.analyses.run_patterns import (
    ABOVE,
    BELOW,
    BOTH,
    Flags,
    Pattern,
    Readings,
    Rule,
    Whole,
)

MIN_POINTS = 10
"""With fewer points off the centre line the rules are not judged."""

CROSSINGS_QUANTILE = 0.05
"""Fewer crossings than this quantile of chance are unusual (Chen 2010, eq. 7)."""

RECENT_POINTS = 8
"""A signal of few crossings takes the side where most of so many last points lie."""


@dataclass(frozen=True)
class Runs:
    """Runs on one side of the centre line, points on it passed over, ended by gaps.

    Attributes
    ----------
    running : array of bool
        A run stands here.
    side, start, length : array of int
        Of the run that stands here: its side, first point, points so far.
    useful : array of bool
        Points off the centre line.
    n_useful, longest, longest_max, crossings, crossings_min : array of int, one per series
        Useful points; longest run and the longest that is still usual; crossings of the centre
        line between neighbours and the fewest that are still usual.
    """

    running: Flags
    side: Whole
    start: Whole
    length: Whole
    useful: Flags
    n_useful: Whole
    longest: Whole
    longest_max: Whole
    crossings: Whole
    crossings_min: Whole

    @property
    def judged(self) -> Flags:
        """Whether the series has enough points off the centre line to be judged."""
        return self.n_useful >= MIN_POINTS


def find_runs(readings: Readings) -> Runs:
    """Return the runs of every series and what is usual for its number of points.

    Notes
    -----
    Anhøj and Olesen, PLoS ONE 2014;9(11):e113825. The longest run is judged by all useful points
    (Schilling, Mathematics Magazine 2012;85(2):141-149), the crossings by the pairs of
    neighbours, which gaps make fewer.
    """
    useful = readings.valid & (readings.side != 0)
    index = np.broadcast_to(np.arange(useful.shape[1]), useful.shape)
    last_useful = np.maximum.accumulate(np.where(useful, index, -1), axis=1)
    last_gap = np.maximum.accumulate(np.where(readings.valid, -1, index), axis=1)
    running = last_useful > last_gap
    carried = np.where(
        running, np.take_along_axis(readings.side, np.maximum(last_useful, 0), axis=1), 0
    )
    before = np.zeros_like(carried)
    before[:, 1:] = carried[:, :-1]
    begins = useful & (before != readings.side)
    start = np.maximum(np.maximum.accumulate(np.where(begins, index, -1), axis=1), 0)
    so_far = np.cumsum(useful, axis=1)
    # Points before the run's first one do not count.
    length = np.where(running, so_far - np.take_along_axis(so_far, start, axis=1) + 1, 0)
    n_useful = useful.sum(axis=1)
    pairs = (useful & (before != 0)).sum(axis=1)
    return Runs(
        running=running,
        side=carried,
        start=start,
        length=length,
        useful=useful,
        n_useful=n_useful,
        longest=length.max(axis=1, initial=0),
        longest_max=_per_number(_longest_usual_run, n_useful),
        crossings=(begins & (before != 0)).sum(axis=1),
        crossings_min=_per_number(_fewest_usual_crossings, pairs),
    )


def _longest_usual_run(n_useful: int) -> int:
    return round(float(np.log2(max(n_useful, 1)))) + 3  # Schilling 2012


@lru_cache(maxsize=4096)
def _fewest_usual_crossings(pairs: int) -> int:
    return int(stats.binom.ppf(CROSSINGS_QUANTILE, pairs, 0.5)) if pairs else 0  # Chen 2010, eq. 7


def _per_number(function: Callable[[int], int], numbers: Whole) -> Whole:
    known, place = np.unique(numbers, return_inverse=True)
    return np.array([function(int(number)) for number in known], dtype=int)[place]


def long_runs(readings: Readings, rule: Rule) -> Iterator[Pattern]:
    """Longer runs on one side than are usual for the number of points."""
    runs = find_runs(readings)
    usual = np.full_like(runs.n_useful, rule.length - 1) if rule.length else runs.longest_max
    unusual = runs.running & runs.judged[:, None] & (runs.length > usual[:, None])
    for side, sign in ((ABOVE, 1), (BELOW, -1)):
        zone = runs.useful & (readings.side == sign)
        yield Pattern(side, unusual & (runs.side == sign), zone, runs.start)


def few_crossings(readings: Readings, rule: Rule) -> Iterator[Pattern]:  # noqa: ARG001
    """Fewer crossings than usual: a pattern of the whole series, completed by its last point."""
    runs = find_runs(readings)
    unusual = runs.judged & (runs.crossings < runs.crossings_min)
    rank = runs.n_useful[:, None] - np.cumsum(runs.useful, axis=1)
    last = runs.useful & (rank == 0)
    first = np.broadcast_to(np.argmax(runs.useful, axis=1)[:, None], last.shape)
    recent = np.sign((readings.side * (runs.useful & (rank < RECENT_POINTS))).sum(axis=1))
    for side, sign in ((ABOVE, 1), (BELOW, -1), (BOTH, 0)):
        yield Pattern(side, last & (unusual & (recent == sign))[:, None], runs.useful, first)
