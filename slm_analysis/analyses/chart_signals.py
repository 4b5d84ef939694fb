"""What the run rules found on charts: codes per point, and one row per unbroken pattern."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from slm_analysis.analyses.chart_frame import Layout
from slm_analysis.analyses.chart_limits import Limits
from slm_analysis.analyses.run_patterns import ABOVE, BELOW, FALLING, RISING, Flags, Rule, Whole
from slm_analysis.analyses.run_rules import find_patterns

FAVOURABLE, UNFAVOURABLE, NEUTRAL = "favourable", "unfavourable", "neutral"


@dataclass(frozen=True)
class Findings:
    """What the rules found.

    Attributes
    ----------
    codes : array of object
        Per point the codes of the rules that it is a member of, a tuple.
    patterns : DataFrame
        One row per unbroken pattern: `stretch`, `rule`, `start`, `completed`, `end` (rows of the
        points), `n_members`, `side`, `meaning`, `standing`.
    """

    codes: NDArray[np.object_]
    patterns: pd.DataFrame


def find_signals(
    layout: Layout, limits: Limits, rules: Mapping[str, Rule], better: str
) -> Findings:
    """Return what the rules find in every stretch, each judged for itself."""
    readings = limits.readings
    number = {code: place for place, code in enumerate(rules)}
    bits = np.zeros(readings.valid.shape, dtype=np.int64)  # one bit per rule
    origin = np.searchsorted(layout.row, np.arange(len(layout.series)))
    found: list[tuple[Any, ...]] = []
    for code, pattern in find_patterns(readings, rules):
        bits |= pattern.members.astype(np.int64) << number[code]
        seen = pattern.occurrences
        first = origin[seen.row]
        said = (np.full(len(seen.row), text) for text in (number[code], pattern.side))
        positions = (first + seen.start, first + seen.completed, first + seen.end)
        found.append((seen.row, *positions, seen.n_members, *said))
    excluded = layout.points["excluded"].to_numpy() & layout.points["complete"].to_numpy()
    flat = bits[layout.row, layout.column]
    for code, rule in rules.items():
        if rule.pattern == "beyond":  # excluded points are compared with the limits all the same
            outside = limits.beyond[layout.row, layout.column] != 0
            flat |= (excluded & outside).astype(np.int64) << number[code]
    return Findings(_codes(flat, tuple(rules)), _patterns(found, layout, limits, rules, better))


def _patterns(
    found: list[tuple[Any, ...]],
    layout: Layout,
    limits: Limits,
    rules: Mapping[str, Rule],
    better: str,
) -> pd.DataFrame:
    """Return one row per unbroken pattern, in the order of stretch, start and rule."""
    none = (np.empty(0, int),) * 6 + (np.empty(0, object),)
    columns = [np.concatenate(parts) for parts in zip(*(found or [none]), strict=True)]
    stretch, start, completed, end, n_members, rule, side = columns
    order = np.lexsort((rule, start, stretch))
    codes = np.array(list(rules), dtype=object)[rule]
    return (
        pd.DataFrame(
            {
                "stretch": stretch,
                "rule": codes,
                "start": start,
                "completed": completed,
                "end": end,
                "n_members": n_members,
                "side": side,
                "meaning": _meaning(side, better),
                "standing": _standing(codes, stretch, end, layout, limits),
            }
        )
        .iloc[order]
        .reset_index(drop=True)
    )


def _codes(bits: NDArray[np.int64], rules: tuple[str, ...]) -> NDArray[np.object_]:
    """Return the tuple of rule codes that each pattern of bits stands for."""
    some = np.flatnonzero(bits)
    known, place = np.unique(bits[some], return_inverse=True)
    table = np.empty(len(known) + 1, dtype=object)
    table[0] = ()
    for number, mask in enumerate(known, start=1):
        table[number] = tuple(code for bit, code in enumerate(rules) if mask >> bit & 1)
    index = np.zeros(len(bits), dtype=int)
    index[some] = place + 1
    return table[index]


def _meaning(side: NDArray[Any], better: str) -> NDArray[np.object_]:
    up, down = np.isin(side, [ABOVE, RISING]), np.isin(side, [BELOW, FALLING])
    good, bad = (up, down) if better == "high" else (down, up)
    return np.select([good, bad], np.array([FAVOURABLE, UNFAVOURABLE], object), NEUTRAL)


def last_points(series: Whole, flags: Flags, count: int) -> Whole:
    """Return the last flagged point of every series, -1 where none is."""
    last = np.full(count, -1)
    flagged = np.flatnonzero(flags)
    last[series[flagged]] = flagged
    return last


def _standing(
    rule: NDArray[np.object_], stretch: Whole, end: Whole, layout: Layout, limits: Limits
) -> Flags:
    """Return whether each pattern still holds at its series' last useful point."""
    series, count = layout.points["series"].to_numpy(), len(layout.keys)
    useful = limits.useful[layout.row, layout.column]
    off_line = useful & (limits.side[layout.row, layout.column] != 0)
    of_series = layout.series[stretch]
    at_end = end == last_points(series, useful, count)[of_series]
    # Points on the centre line neither end nor lengthen Anhøj's runs.
    anhoej = np.isin(rule, ["anhoej_runs", "anhoej_crossings"])
    return at_end | (anhoej & (end == last_points(series, off_line, count)[of_series]))
