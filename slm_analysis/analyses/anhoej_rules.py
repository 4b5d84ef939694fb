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
    Numbers,
    Pattern,
    Readings,
    Rule,
    Runs,
    Whole,
)

MIN_POINTS = 10
"""With fewer points off the centre line the rules are not judged."""

CHANGE_ALPHA = 0.05
"""A change of level is told from spells that come and go at this chance."""
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
    """Fewer crossings than usual: long spells on either side, completed by the last point.

    Where they come from a change of level, the pattern is that of the points since then and lies
    on their side; else it is that of the whole series, and lies on none.
    """
    runs = readings.runs
    unusual = (runs.n_useful >= MIN_POINTS) & (runs.crossings < fewest_usual_crossings(runs))
    first, side = np.argmax(runs.useful, axis=1), np.zeros(len(unusual), dtype=int)
    for at in np.flatnonzero(unusual):
        places = np.flatnonzero(runs.useful[at])
        change, side[at] = change_of_level(readings.z[at, places])
        first[at] = places[change]
    rank = runs.n_useful[:, None] - np.cumsum(runs.useful, axis=1)
    last = runs.useful & (rank == 0)
    since = np.broadcast_to(first[:, None], last.shape)
    members = runs.useful & (np.arange(last.shape[1]) >= since)
    for name, sign in ((ABOVE, 1), (BELOW, -1), (BOTH, 0)):
        yield Pattern(name, last & (unusual & (side == sign))[:, None], members, since)


def change_of_level(values: Numbers) -> tuple[int, int]:
    """Answer whether values are higher (1) or lower (-1) from some point on than before it.

    Returns
    -------
    tuple of int
        The first point on the new level, and its side; 0 and 0 where there is no such change.

    Notes
    -----
    Pettitt, Applied Statistics 1979;28:126-135: the largest rank sum of a beginning, and the
    chance of one as large.
    """
    n = len(values)
    sums = 2 * np.cumsum(stats.rankdata(values)) - np.arange(1, n + 1) * (n + 1)
    at = int(np.argmax(np.abs(sums)))
    chance = 2 * np.exp(-6 * sums[at] ** 2 / (n**3 + n**2))
    return (at + 1, -int(np.sign(sums[at]))) if chance < CHANGE_ALPHA else (0, 0)
