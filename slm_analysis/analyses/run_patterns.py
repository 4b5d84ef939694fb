"""Patterns of points on a chart that are judged over a window of fixed length.

Arrays are series by time; NaN is a gap, and no window reaches across one. Comparisons are strict:
a point exactly on a zone's edge is not beyond it, one on the centre line belongs to neither side.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Flags = NDArray[np.bool_]
Whole = NDArray[np.integer]
Numbers = NDArray[np.floating]

ABOVE, BELOW, RISING, FALLING, BOTH = "above", "below", "rising", "falling", "both"

LIMIT_SIGMAS = 3.0
EDGE = 1e-9
"""How far, in sigma, a point must lie past a zone's edge; keeps rounding from deciding."""


@dataclass(frozen=True)
class Rule:
    """A pattern and its measures.

    Attributes
    ----------
    pattern : str
        Which pattern, a key of `PATTERNS`.
    length : int
        How many points in a row make it; 0 where the number follows from the data.
    zone : float
        The distance from the centre line, in sigma, that the pattern is about.
    """

    pattern: str
    length: int = 0
    zone: float = 0.0


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
    above : array of float
        Chance that a stable point off the centre line lies above it.
    valid : array of bool
        The point takes part; False is a gap.
    """

    z: Numbers
    side: Whole
    beyond: Whole
    above: Numbers
    valid: Flags

    @classmethod
    def from_z(cls, z: Numbers) -> Readings:
        """Return the readings of points about a centre line of 0, with limits at 3 sigma."""
        return cls(
            z=z,
            side=sides(z),
            beyond=sides(z, LIMIT_SIGMAS),
            above=np.full(z.shape, 0.5),
            valid=~np.isnan(z),
        )

    @cached_property
    def runs(self) -> Runs:
        """Runs on one side of the centre line."""
        return _find_runs(self)

    def beyond_zone(self, zone: float, sign: int) -> Flags:
        """Return which points lie more than `zone` sigma off the centre line on one side."""
        return sign * self.z > zone + EDGE


@dataclass(frozen=True)
class Runs:
    """Runs on one side of the centre line, points on it passed over, ended by gaps.

    Attributes
    ----------
    side, start, length : array of int, series by time
        Of the run that stands at a point: its side (0 where none stands), first point, and how
        many points of even chances would make a run as unlikely as it is so far; where the
        chances are even, its points so far.
    useful : array of bool
        Points off the centre line.
    n_useful, longest, pairs, crossings : array of int, one per series
        Useful points, longest run, neighbours of which both are useful, how many of these lie
        on different sides.
    above : array of float, one per series
        Mean chance of the upper side.
    """

    side: Whole
    start: Whole
    length: Whole
    useful: Flags
    n_useful: Whole
    longest: Whole
    pairs: Whole
    crossings: Whole
    above: Numbers


def _find_runs(readings: Readings) -> Runs:
    useful = readings.valid & (readings.side != 0)
    index = np.broadcast_to(np.arange(useful.shape[1]), useful.shape)
    last_useful = np.maximum.accumulate(np.where(useful, index, -1), axis=1)
    last_gap = np.maximum.accumulate(np.where(readings.valid, -1, index), axis=1)
    running = last_useful > last_gap
    carried = np.take_along_axis(readings.side, np.maximum(last_useful, 0), axis=1) * running
    before = np.zeros_like(carried)
    before[:, 1:] = carried[:, :-1]
    begins = useful & (before != readings.side)
    start = np.maximum(np.maximum.accumulate(np.where(begins, index, -1), axis=1), 0)
    # A point whose side has the chance p weighs as many even points as are as unlikely.
    weight = np.where(
        useful, -np.log2(np.where(readings.side > 0, readings.above, 1 - readings.above)), 0.0
    )
    so_far = np.cumsum(weight, axis=1)
    since = np.take_along_axis(so_far - weight, start, axis=1)
    length = np.floor((so_far - since) * running + EDGE).astype(int)
    n_useful = useful.sum(axis=1)
    return Runs(
        side=carried,
        start=start,
        length=length,
        useful=useful,
        n_useful=n_useful,
        longest=length.max(axis=1, initial=0),
        pairs=(useful & (before != 0)).sum(axis=1),
        crossings=(begins & (before != 0)).sum(axis=1),
        above=(readings.above * useful).sum(axis=1) / np.maximum(n_useful, 1),
    )


@dataclass(frozen=True)
class Occurrences:
    """Unbroken patterns, one entry each.

    Attributes
    ----------
    row, start, completed, end, n_members : array of int
        Series; first member; first and last point that completes it; members from first to last.
    """

    row: Whole
    start: Whole
    completed: Whole
    end: Whole
    n_members: Whole


def _begins(flags: Flags) -> Flags:
    """Return the points at which a row of flags in a row begins."""
    begins = flags.copy()
    begins[:, 1:] &= ~flags[:, :-1]
    return begins


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
    def unbroken(self) -> tuple[Whole, Whole, Whole, Whole]:
        """Row, first window's end, its first point, last window's end, of windows in a row."""
        width = self.zone.shape[1]
        begins = np.flatnonzero(_begins(self.holds))
        ends = np.flatnonzero(_begins(self.holds[:, ::-1])[:, ::-1])
        row, first = np.divmod(begins, width)
        return row, begins, self.start[row, first], ends % width

    @cached_property
    def occurrences(self) -> Occurrences:
        """Every unbroken pattern that some point completes."""
        width = self.zone.shape[1]
        row, begins, first, _ = self.unbroken
        hits, zone = np.flatnonzero(self.hits), np.flatnonzero(self.zone)
        # Hits lie between the ends of the first windows of their pattern and the next one.
        first_hit = np.searchsorted(hits, begins)
        after_last = np.append(first_hit[1:], len(hits))
        found = np.flatnonzero(after_last > first_hit)
        last = hits[after_last[found] - 1]
        start = np.searchsorted(zone, (row * width + first)[found])
        return Occurrences(
            row=row[found],
            start=zone[start] % width,
            completed=hits[first_hit[found]] % width,
            end=last % width,
            n_members=np.searchsorted(zone, last, side="right") - start,
        )

    @cached_property
    def members(self) -> Flags:
        """The points that belong to a pattern, whether or not they complete it."""
        row, _, first, last = self.unbroken
        rows, width = self.zone.shape
        # One column more, in which patterns that reach a row's end stop.
        cells, origin = rows * (width + 1), row * (width + 1)
        steps = np.bincount(origin + first, minlength=cells)
        steps -= np.bincount(origin + last + 1, minlength=cells)
        return (np.cumsum(steps).reshape(rows, width + 1)[:, :-1] > 0) & self.zone


def sides(deviation: Numbers, zone: float = 0.0) -> Whole:
    """Return 1 where a deviation lies above `zone`, -1 where below -`zone`, else 0."""
    edge = zone + EDGE if zone else 0.0
    return (deviation > edge).astype(np.int8) - (deviation < -edge).astype(np.int8)


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


def beyond(readings: Readings, rule: Rule) -> Iterator[Pattern]:
    """All beyond one limit."""
    yield _all_in(ABOVE, readings.beyond > 0, rule.length)
    yield _all_in(BELOW, readings.beyond < 0, rule.length)


def same_side(readings: Readings, rule: Rule) -> Iterator[Pattern]:
    """All on one side of the centre line."""
    yield _all_in(ABOVE, readings.side > 0, rule.length)
    yield _all_in(BELOW, readings.side < 0, rule.length)


def all_but_one(readings: Readings, rule: Rule) -> Iterator[Pattern]:
    """All but one outside the zone, on one side."""
    length = rule.length
    whole = _count_last(readings.valid, length) == length
    for side, sign in ((ABOVE, 1), (BELOW, -1)):
        zone = readings.beyond_zone(rule.zone, sign)
        yield _window(side, whole & (_count_last(zone, length) >= length - 1), zone, length)


def near_limits(readings: Readings, rule: Rule) -> Iterator[Pattern]:
    """All but one between the zone and the limit, all on one side."""
    length = rule.length
    for side, sign in ((ABOVE, 1), (BELOW, -1)):
        near = readings.beyond_zone(rule.zone, sign) & (readings.beyond == 0)
        one_side = _count_last(readings.side == sign, length) == length
        yield _window(side, one_side & (_count_last(near, length) >= length - 1), near, length)


def hugging(readings: Readings, rule: Rule) -> Iterator[Pattern]:
    """All inside the zone."""
    yield _all_in(BOTH, np.abs(readings.z) <= rule.zone + EDGE, rule.length)


def avoiding(readings: Readings, rule: Rule) -> Iterator[Pattern]:
    """All outside the zone, and on both sides of it."""
    length = rule.length
    above = _count_last(readings.beyond_zone(rule.zone, 1), length)
    below = _count_last(readings.beyond_zone(rule.zone, -1), length)
    holds = (above + below == length) & (above > 0) & (below > 0)
    yield _window(BOTH, holds, readings.valid, length)


def _moves(z: Numbers) -> Whole:
    """Return 1 where a point lies above the one before, -1 below, 0 for a tie or a gap."""
    moves = np.zeros(z.shape, dtype=np.int8)
    moves[:, 1:] = (z[:, 1:] > z[:, :-1]).astype(np.int8) - (z[:, 1:] < z[:, :-1])
    return moves


def trend(readings: Readings, rule: Rule) -> Iterator[Pattern]:
    """Each higher, or each lower, than the one before."""
    length, moves = rule.length, _moves(readings.z)
    for side, sign in ((RISING, 1), (FALLING, -1)):
        holds = _count_last(moves == sign, length - 1) == length - 1
        yield _window(side, holds, readings.valid, length)


def alternating(readings: Readings, rule: Rule) -> Iterator[Pattern]:
    """Up and down in turn."""
    length, moves = rule.length, _moves(readings.z)
    turns = np.zeros(moves.shape, dtype=bool)
    turns[:, 1:] = moves[:, 1:] * moves[:, :-1] < 0
    yield _window(BOTH, _count_last(turns, length - 2) == length - 2, readings.valid, length)
