"""What the run rules found on charts: codes per point, and one entry per unbroken pattern."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from slm_analysis.analyses.chart_layout import Layout
from slm_analysis.analyses.chart_limits import Limits
from slm_analysis.analyses.run_patterns import ABOVE, BELOW, FALLING, RISING, Flags, Rule, Whole
from slm_analysis.analyses.run_rules import find_patterns

FAVOURABLE, UNFAVOURABLE, NEUTRAL = "favourable", "unfavourable", "neutral"


@dataclass(frozen=True)
class Signals:
    """What the rules found.

    Attributes
    ----------
    codes : array of object, one per point
        Codes of the rules that the point is a member of, a tuple.
    stretch, start, completed, end, n_members : array of int, one per unbroken pattern
        Its stretch; its points (first member, first and last that completes it); its members.
    rule, side, meaning : array of object, one per unbroken pattern
        Codes.
    standing : array of bool, one per unbroken pattern
        It still holds at its series' last useful point.
    """

    codes: NDArray[np.object_]
    stretch: Whole
    start: Whole
    completed: Whole
    end: Whole
    n_members: Whole
    rule: NDArray[np.object_]
    side: NDArray[np.object_]
    meaning: NDArray[np.object_]
    standing: Flags


def find_signals(layout: Layout, limits: Limits, rules: Mapping[str, Rule], better: str) -> Signals:
    """Return what the rules find in every stretch, each judged for itself."""
    readings = limits.readings
    bits = np.zeros(readings.valid.shape, dtype=np.int64)  # one bit per rule
    number = {code: place for place, code in enumerate(rules)}
    found: list[tuple[Any, ...]] = [(np.empty(0, int),) * 6 + (np.empty(0, object),)]
    for code, pattern in find_patterns(readings, rules):
        bits |= pattern.members.astype(np.int64) << number[code]
        seen = pattern.occurrences
        first = layout.first[seen.row]
        points = (first + seen.start, first + seen.completed, first + seen.end)
        rule = np.full(len(first), number[code])
        side = np.full(len(first), pattern.side, dtype=object)
        found.append((seen.row, *points, seen.n_members, rule, side))
    columns = [np.concatenate(parts) for parts in zip(*found, strict=True)]
    order = np.lexsort((columns[5], columns[1], columns[0]))
    stretch, start, completed, end, n_members, rule, side = (column[order] for column in columns)
    codes = np.array(list(rules), dtype=object)[rule]
    return Signals(
        codes=_member_codes(layout, limits, bits, rules),
        stretch=stretch,
        start=start,
        completed=completed,
        end=end,
        n_members=n_members,
        rule=codes,
        side=side,
        meaning=_meaning(side, better),
        standing=_standing(codes, stretch, end, layout, limits),
    )


def _member_codes(
    layout: Layout, limits: Limits, bits: NDArray[np.int64], rules: Mapping[str, Rule]
) -> NDArray[np.object_]:
    """Return for each point the tuple of rule codes that its bits stand for."""
    flat = layout.flat(bits)
    # Excluded points take no part in patterns, but are compared with the limits all the same.
    outside = layout.flat(limits.beyond != 0) & layout.points.excluded & layout.points.complete
    for number, rule in enumerate(rules.values()):
        if rule.pattern == "beyond":
            flat |= outside.astype(np.int64) << number
    some = np.flatnonzero(flat)
    known, place = np.unique(flat[some], return_inverse=True)
    table = np.empty(len(known) + 1, dtype=object)
    table[0] = ()
    for number, mask in enumerate(known, start=1):
        table[number] = tuple(code for bit, code in enumerate(rules) if mask >> bit & 1)
    index = np.zeros(len(flat), dtype=int)
    index[some] = place + 1
    return table[index]


def _meaning(side: NDArray[np.object_], better: str) -> NDArray[np.object_]:
    up, down = (side == ABOVE) | (side == RISING), (side == BELOW) | (side == FALLING)
    good, bad = (up, down) if better == "high" else (down, up)
    meaning = np.full(len(side), NEUTRAL, dtype=object)
    meaning[good], meaning[bad] = FAVOURABLE, UNFAVOURABLE
    return meaning


def _standing(
    rule: NDArray[np.object_], stretch: Whole, end: Whole, layout: Layout, limits: Limits
) -> Flags:
    def last_of_series(flags: Flags) -> Whole:
        last, flagged = np.full(len(layout.keys), -1), np.flatnonzero(layout.flat(flags))
        last[layout.points.series[flagged]] = flagged
        return last[layout.series[stretch]]

    at_end = end == last_of_series(limits.useful)
    # Points on the centre line neither end nor lengthen Anhøj's runs.
    anhoej = (rule == "anhoej_runs") | (rule == "anhoej_crossings")
    return at_end | (anhoej & (end == last_of_series(limits.useful & (limits.side != 0))))
