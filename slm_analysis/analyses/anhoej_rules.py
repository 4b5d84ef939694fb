"""Anhøj's rules: unusually long runs and unusually few crossings of the centre line.

Anhøj and Olesen, PLoS ONE 2014;9(11):e113825. Points on the centre line are passed over, runs
end at gaps. The longest run is judged by all points off the line, the crossings by the pairs of
neighbours, which gaps make fewer.

Where the two sides are not equally likely, a run counts as many points of even chances as are as
unlikely (so that the chance of a long run on either side stays what it is), and fewer crossings
are usual.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache

import numpy as np
from scipy import stats

from slm_analysis.analyses.run_patterns import (
    ABOVE,
    BELOW,
    BOTH,
    Pattern,
    Readings,
    Rule,
    Runs,
    Whole,
)

MIN_POINTS = 10
"""With fewer points off the centre line the rules are not judged."""

CROSSINGS_QUANTILE = 0.05
"""Fewer crossings than this quantile of chance are unusual (Chen 2010, eq. 7)."""
CROSSINGS_SIGMAS = stats.norm.ppf(CROSSINGS_QUANTILE)


def longest_usual_run(runs: Runs) -> Whole:
    """Return the longest run that is still usual for each series' number of points."""
    return _per_number(_longest_of_points, runs.n_useful)


def fewest_usual_crossings(runs: Runs) -> Whole:
    """Return the fewest crossings that are still usual for each series' pairs of neighbours."""
    even = _per_number(_fewest_of_pairs, runs.pairs)
    uneven = 4 * runs.above * (1 - runs.above)
    # Mean and variance of crossings: Mood, Ann. Math. Stat. 1940;11:367-392, for two kinds.
    mean, variance = runs.pairs * uneven / 2, runs.pairs * uneven * (1 - 3 * uneven / 4)
    fewest = np.ceil(mean + CROSSINGS_SIGMAS * np.sqrt(variance) - 0.5)
    return np.where(uneven == 1, even, np.maximum(fewest, 0)).astype(int)


def _longest_of_points(n_useful: int) -> int:
    return round(float(np.log2(max(n_useful, 1)))) + 3  # Schilling, Math. Mag. 2012;85:141-149


@lru_cache(maxsize=4096)
def _fewest_of_pairs(pairs: int) -> int:
    return int(stats.binom.ppf(CROSSINGS_QUANTILE, pairs, 0.5)) if pairs else 0  # Chen 2010, eq. 7


def _per_number(function: Callable[[int], int], numbers: Whole) -> Whole:
    known, place = np.unique(numbers, return_inverse=True)
    return np.array([function(int(number)) for number in known], dtype=int)[place]


def long_runs(readings: Readings, rule: Rule) -> Iterator[Pattern]:
    """Longer runs on one side than are usual for the number of points."""
    runs = readings.runs
    usual = np.full_like(runs.n_useful, rule.length - 1) if rule.length else longest_usual_run(runs)
    judged = runs.n_useful >= MIN_POINTS
    unusual = (runs.length > usual[:, None]) & judged[:, None]
    for side, sign in ((ABOVE, 1), (BELOW, -1)):
        zone = runs.useful & (readings.side == sign)
        yield Pattern(side, unusual & (runs.side == sign), zone, runs.start)


def few_crossings(readings: Readings, rule: Rule) -> Iterator[Pattern]:  # noqa: ARG001
    """Fewer crossings than usual: a pattern of the whole series, completed by its last point.

    Long spells lie on either side, so it has none itself.
    """
    runs = readings.runs
    unusual = (runs.n_useful >= MIN_POINTS) & (runs.crossings < fewest_usual_crossings(runs))
    rank = runs.n_useful[:, None] - np.cumsum(runs.useful, axis=1)
    last = runs.useful & (rank == 0)
    first = np.broadcast_to(np.argmax(runs.useful, axis=1)[:, None], last.shape)
    yield Pattern(BOTH, last & unusual[:, None], runs.useful, first)
