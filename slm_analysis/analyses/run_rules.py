"""Which run rules fire: patterns in a chart's points that chance alone seldom makes.

Every rule is judged on whole arrays of many series at once, time along the last axis. A missing
value (NaN) is a gap: no pattern reaches across it. Comparisons are strict, so a point exactly on
a zone's edge is not beyond it, and a point on the centre line belongs to neither side.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from slm_analysis.errors import Fault, InputError, nearest

Flags = NDArray[np.bool_]
Whole = NDArray[np.integer]
Numbers = NDArray[np.floating]

ABOVE, BELOW, RISING, FALLING, BOTH = "above", "below", "rising", "falling", "both"

EDGE = 1e-9
"""How far, in sigma, a point must lie past a zone's edge; keeps rounding from deciding."""

ANHOEJ_MIN_POINTS = 10
"""Anhøj's rules are not judged with fewer points off the centre line."""

CROSSINGS_QUANTILE = 0.05
"""Fewer crossings than this quantile of chance are unusual (Chen 2010, eq. 7)."""

RECENT_POINTS = 8
"""A signal of few crossings takes the side where most of so many last points lie."""


@dataclass(frozen=True)
class Rule:
    """A pattern and its measures.

    Attributes
    ----------
    pattern : str
        Which pattern, a key of `PATTERNS`.
    length : int, optional
        How many points in a row make it; None where the number follows from the data.
    zone : float
        The distance from the centre line, in sigma, that the pattern is about.
    """

    pattern: str
    length: int | None = None
    zone: float = 0.0


RULES: Mapping[str, Rule] = {
    # Anhøj and Olesen, PLoS ONE 2014;9(11):e113825, with Shewhart's own rule beside.
    "beyond_limits": Rule("beyond", 1),
    "anhoej_runs": Rule("longest_run"),
    "anhoej_crossings": Rule("crossings"),
    # Western Electric, Statistical Quality Control Handbook, 1956, pp. 25-27.
    "western_electric_1": Rule("beyond", 1),
    "western_electric_2": Rule("all_but_one", 3, zone=2),
    "western_electric_3": Rule("all_but_one", 5, zone=1),
    "western_electric_4": Rule("same_side", 8),
    # Nelson, Journal of Quality Technology 1984;16(4):237-239.
    "nelson_1": Rule("beyond", 1),
    "nelson_2": Rule("same_side", 9),
    "nelson_3": Rule("trend", 6),
    "nelson_4": Rule("alternating", 14),
    "nelson_5": Rule("all_but_one", 3, zone=2),
    "nelson_6": Rule("all_but_one", 5, zone=1),
    "nelson_7": Rule("hugging", 15, zone=1),
    "nelson_8": Rule("avoiding", 8, zone=1),
    # NHS England, Making Data Count: Strengthening your decisions, 2023.
    "mdc_beyond_limits": Rule("beyond", 1),
    "mdc_two_of_three": Rule("near_limits", 3, zone=2),
    "mdc_trend": Rule("trend", 7),
    "mdc_shift": Rule("same_side", 7),
}

RULE_SETS: Mapping[str, tuple[str, ...]] = {
    "core": ("beyond_limits", "anhoej_runs", "anhoej_crossings"),
    "western_electric": tuple(code for code in RULES if code.startswith("western_electric")),
    "nelson": tuple(code for code in RULES if code.startswith("nelson")),
    "mdc": tuple(code for code in RULES if code.startswith("mdc")),
}


@dataclass(frozen=True)
class Readings:
    """What the rules read, as arrays of series by time.

    Attributes
    ----------
    z : array of float
        Distance from the centre line in the point's own sigma; NaN is a gap.
    side : array of int
        1 above the centre line, -1 below, 0 on it or a gap.
    beyond : array of int
        1 above the upper limit, -1 below the lower one, else 0.
    valid : array of bool
        The point takes part; False is a gap.
    """

    z: Numbers
    side: Whole
    beyond: Whole
    valid: Flags

    @classmethod
    def from_z(cls, z: Numbers) -> Readings:
        """Return the readings of points about a centre line of 0, with limits at 3."""
        return cls(z=z, side=sides(z), beyond=sides(z, 3.0), valid=~np.isnan(z))

    def beyond_zone(self, zone: float, sign: int) -> Flags:
        """Return which points lie more than `zone` sigma off the centre line on one side."""
        return sign * self.z > zone + EDGE


@dataclass(frozen=True)
class Pattern:
    """Where one rule's pattern stands on one side.

    Attributes
    ----------
    side : str
        `above`, `below`, `rising`, `falling` or `both`.
    holds : array of bool
        The window that ends at this point shows the pattern.
    zone : array of bool
        The points that can be members.
    start : array of int
        The first point of the window that ends here.
    """

    side: str
    holds: Flags
    zone: Flags
    start: Whole

    @cached_property
    def hits(self) -> Flags:
        """The points that complete the pattern, or at which it still holds."""
        return self.holds & self.zone

    @cached_property
    def intervals(self) -> tuple[Whole, Whole, Whole]:
        """Row, first and last point of every unbroken pattern (all windows that hold in a row)."""
        before = np.zeros_like(self.holds)
        before[:, 1:] = self.holds[:, :-1]
        after = np.zeros_like(self.holds)
        after[:, :-1] = self.holds[:, 1:]
        row, begins = np.nonzero(self.holds & ~before)
        ends = np.nonzero(self.holds & ~after)[1]
        return row, self.start[row, begins], ends

    @cached_property
    def members(self) -> Flags:
        """The points that belong to a pattern, whether or not they complete it."""
        row, first, last = self.intervals
        steps = np.zeros((self.zone.shape[0], self.zone.shape[1] + 1), dtype=np.int32)
        np.add.at(steps, (row, first), 1)
        np.add.at(steps, (row, last + 1), -1)
        return (np.cumsum(steps, axis=1)[:, :-1] > 0) & self.zone


def signals(z: ArrayLike, rules: str | Mapping[str, int | None] = "core") -> pd.DataFrame:
    """Answer which run rules fire in one series or many.

    Parameters
    ----------
    z : array_like, shape (..., T)
        Points in sigma units about the centre line, time along the last axis; NaN is a gap.
    rules : str or mapping
        `core` (beyond limits, Anhøj's runs and crossings), `western_electric`, `nelson`, `mdc`
        (NHS Making Data Count), or a mapping of rule code to length, None being the usual one.
        The k-of-w rules ask all but one of `length` points.

    Returns
    -------
    DataFrame
        One row per point that completes a pattern, and per later point while it holds: `series`
        (place in the flattened leading axes, 0 for one series), `rule`, `index`, `members`
        (tuple of indices), `side` (`above`, `below`, `rising`, `falling`, `both`).

    Raises
    ------
    InputError
        `z` is not numeric or has no time axis; a rule is unknown or its length impossible.

    Notes
    -----
    A pattern needs its full window; rules of k out of w points fire where the point itself is in
    the zone. Sources stand at `RULES`.

    Examples
    --------
    >>> signals([0.1, 2.3, 0.4, 2.1, -0.2], rules="nelson")
       series      rule  index members   side
    0       0  nelson_5      3  (1, 3)  above
    """
    grid = _as_grid(z)
    rows: list[tuple[int, int, str, tuple[int, ...], str]] = []
    for code, pattern in find_patterns(Readings.from_z(grid), resolve_rules(rules)):
        for series, index in zip(*np.nonzero(pattern.hits), strict=True):
            first = pattern.start[series, index]
            members = first + np.flatnonzero(pattern.zone[series, first : index + 1])
            rows.append((int(series), int(index), code, tuple(members.tolist()), pattern.side))
    found = pd.DataFrame(rows, columns=["series", "index", "rule", "members", "side"])
    found = found.astype({"series": int, "index": int, "rule": "str", "side": "str"})
    ordered = found.sort_values(["series", "index"], kind="stable", ignore_index=True)
    return ordered[["series", "rule", "index", "members", "side"]]


def rule_members(
    z: ArrayLike, rules: str | Mapping[str, int | None] = "core"
) -> dict[str, NDArray[np.bool_]]:
    """Answer which points belong to a pattern of each rule.

    Parameters
    ----------
    z, rules
        As in `signals`.

    Returns
    -------
    dict of str to array of bool
        Per rule code an array shaped like `z`. For rules of k out of w points only the points
        in the zone are members, of every full window that holds enough of them.

    Raises
    ------
    InputError
        As in `signals`.
    """
    grid = _as_grid(z)
    chosen = resolve_rules(rules)
    members = {code: np.zeros(grid.shape, dtype=bool) for code in chosen}
    for code, pattern in find_patterns(Readings.from_z(grid), chosen):
        members[code] |= pattern.members
    shape = np.shape(z)
    return {code: flags.reshape(shape) for code, flags in members.items()}


def find_patterns(readings: Readings, rules: Mapping[str, Rule]) -> Iterator[tuple[str, Pattern]]:
    """Yield each rule's code with every pattern of it that stands somewhere."""
    for code, rule in rules.items():
        for pattern in PATTERNS[rule.pattern](readings, rule):
            if pattern.holds.any():
                yield code, pattern


def resolve_rules(rules: str | Mapping[str, int | None]) -> dict[str, Rule]:
    """Return the rules that a name or a mapping of rule to length stands for."""
    if isinstance(rules, str):
        if rules not in RULE_SETS:
            raise InputError(f"Unknown rules {rules!r}. {nearest(rules, RULE_SETS)}")
        return {code: RULES[code] for code in RULE_SETS[rules]}
    if not isinstance(rules, Mapping):
        raise InputError(
            f"`rules` is {type(rules).__name__}; give one of {', '.join(RULE_SETS)}, or a mapping "
            "of rule to length."
        )
    faults = [fault for code, length in rules.items() if (fault := _rule_fault(code, length))]
    if faults:
        raise InputError(faults)
    return {
        code: RULES[code] if length is None else replace(RULES[code], length=length)
        for code, length in rules.items()
    }


def _rule_fault(code: str, length: int | None) -> Fault | None:
    if code not in RULES:
        return Fault(f"Unknown rule {code!r}.", nearest(str(code), RULES))
    if length is None:
        return None
    if RULES[code].pattern == "crossings":
        return Fault(f"The rule {code!r} takes no length.", "Give None: it follows from the data.")
    shortest = 1 if RULES[code].pattern == "beyond" else 2
    if isinstance(length, bool) or not isinstance(length, int | np.integer) or length < shortest:
        return Fault(
            f"The rule {code!r} has length {length!r}.",
            f"Give a whole number from {shortest} on, or None for the usual one.",
        )
    return None


def _as_grid(z: ArrayLike) -> Numbers:
    """Return `z` as series by time."""
    try:
        numbers = np.asarray(z, dtype=float)
    except (TypeError, ValueError) as error:
        raise InputError("`z` is not numeric. Give points in sigma units.") from error
    if numbers.ndim == 0:
        raise InputError("`z` is a single number. Give an array with time along its last axis.")
    return numbers.reshape(-1, numbers.shape[-1])


def sides(deviation: Numbers, zone: float = 0.0) -> Whole:
    """Return 1 where a deviation lies above `zone`, -1 where below -`zone`, else 0."""
    edge = zone + EDGE if zone else 0.0
    return (deviation > edge).astype(np.int8) - (deviation < -edge).astype(np.int8)


# --- Patterns of a fixed window ---------------------------------------------------------------


def _count_last(flags: Flags, width: int) -> Whole:
    """Return how many of the last `width` points are flagged; 0 before a full window."""
    total = np.cumsum(flags, axis=1, dtype=np.int32)
    counts = np.zeros_like(total)
    if width <= flags.shape[1]:
        counts[:, width - 1 :] = total[:, width - 1 :]
        counts[:, width:] -= total[:, :-width]
    return counts


def _window(side: str, holds: Flags, zone: Flags, length: int) -> Pattern:
    start = np.broadcast_to(np.arange(zone.shape[1]) - (length - 1), zone.shape)
    return Pattern(side, holds, zone, start)


def _all_in(side: str, zone: Flags, length: int) -> Pattern:
    return _window(side, _count_last(zone, length) == length, zone, length)


def _length(rule: Rule) -> int:
    assert rule.length is not None, "only Anhøj's rules take their length from the data"  # noqa: S101
    return rule.length


def _beyond(readings: Readings, rule: Rule) -> Iterator[Pattern]:
    yield _all_in(ABOVE, readings.beyond > 0, _length(rule))
    yield _all_in(BELOW, readings.beyond < 0, _length(rule))


def _same_side(readings: Readings, rule: Rule) -> Iterator[Pattern]:
    yield _all_in(ABOVE, readings.side > 0, _length(rule))
    yield _all_in(BELOW, readings.side < 0, _length(rule))


def _all_but_one(readings: Readings, rule: Rule) -> Iterator[Pattern]:
    length = _length(rule)
    whole = _count_last(readings.valid, length) == length
    for side, sign in ((ABOVE, 1), (BELOW, -1)):
        zone = readings.beyond_zone(rule.zone, sign)
        yield _window(side, whole & (_count_last(zone, length) >= length - 1), zone, length)


def _near_limits(readings: Readings, rule: Rule) -> Iterator[Pattern]:
    """All but one between the zone and the limit, all on one side."""
    length = _length(rule)
    for side, sign in ((ABOVE, 1), (BELOW, -1)):
        near = readings.beyond_zone(rule.zone, sign) & (readings.beyond == 0)
        one_side = _count_last(readings.side == sign, length) == length
        yield _window(side, one_side & (_count_last(near, length) >= length - 1), near, length)


def _hugging(readings: Readings, rule: Rule) -> Iterator[Pattern]:
    yield _all_in(BOTH, np.abs(readings.z) <= rule.zone + EDGE, _length(rule))


def _avoiding(readings: Readings, rule: Rule) -> Iterator[Pattern]:
    """All outside the zone, and on both sides of it."""
    length = _length(rule)
    above = _count_last(readings.beyond_zone(rule.zone, 1), length)
    below = _count_last(readings.beyond_zone(rule.zone, -1), length)
    holds = (above + below == length) & (above > 0) & (below > 0)
    yield _window(BOTH, holds, readings.valid, length)


def _moves(z: Numbers) -> Whole:
    """Return 1 where a point lies above the one before, -1 below, 0 for a tie or a gap."""
    moves = np.zeros(z.shape, dtype=np.int8)
    moves[:, 1:] = (z[:, 1:] > z[:, :-1]).astype(np.int8) - (z[:, 1:] < z[:, :-1])
    return moves


def _trend(readings: Readings, rule: Rule) -> Iterator[Pattern]:
    length, moves = _length(rule), _moves(readings.z)
    for side, sign in ((RISING, 1), (FALLING, -1)):
        holds = _count_last(moves == sign, length - 1) == length - 1
        yield _window(side, holds, readings.valid, length)


def _alternating(readings: Readings, rule: Rule) -> Iterator[Pattern]:
    length, moves = _length(rule), _moves(readings.z)
    turns = np.zeros(moves.shape, dtype=bool)
    turns[:, 1:] = moves[:, 1:] * moves[:, :-1] < 0
    if length > 2:  # noqa: PLR2004  two points make one move and no turn
        holds = _count_last(turns, length - 2) == length - 2
    else:
        holds = moves != 0
    yield _window(BOTH, holds, readings.valid, length)


# --- Anhøj's rules ----------------------------------------------------------------------------


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
        return self.n_useful >= ANHOEJ_MIN_POINTS


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


def _longest_run(readings: Readings, rule: Rule) -> Iterator[Pattern]:
    runs = find_runs(readings)
    usual = (
        runs.longest_max if rule.length is None else np.full_like(runs.n_useful, _length(rule) - 1)
    )
    unusual = runs.running & runs.judged[:, None] & (runs.length > usual[:, None])
    for side, sign in ((ABOVE, 1), (BELOW, -1)):
        zone = runs.useful & (readings.side == sign)
        yield Pattern(side, unusual & (runs.side == sign), zone, runs.start)


def _crossings(readings: Readings, rule: Rule) -> Iterator[Pattern]:  # noqa: ARG001
    """Too few crossings: a pattern of the whole series, completed by its last useful point."""
    runs = find_runs(readings)
    unusual = runs.judged & (runs.crossings < runs.crossings_min)
    rank = runs.n_useful[:, None] - np.cumsum(runs.useful, axis=1)
    last = runs.useful & (rank == 0)
    first = np.broadcast_to(np.argmax(runs.useful, axis=1)[:, None], last.shape)
    recent = np.sign((readings.side * (runs.useful & (rank < RECENT_POINTS))).sum(axis=1))
    for side, sign in ((ABOVE, 1), (BELOW, -1), (BOTH, 0)):
        yield Pattern(side, last & (unusual & (recent == sign))[:, None], runs.useful, first)


PATTERNS: Mapping[str, Callable[[Readings, Rule], Iterator[Pattern]]] = {
    "beyond": _beyond,
    "same_side": _same_side,
    "all_but_one": _all_but_one,
    "near_limits": _near_limits,
    "trend": _trend,
    "alternating": _alternating,
    "hugging": _hugging,
    "avoiding": _avoiding,
    "longest_run": _longest_run,
    "crossings": _crossings,
}
