"""Which run rules fire: patterns in a chart's points that chance alone seldom makes.

Every rule is judged on whole arrays of many series at once, time along the last axis.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from slm_analysis.analyses import anhoej_rules, run_patterns
from slm_analysis.analyses.run_patterns import Numbers, Pattern, Readings, Rule
from slm_analysis.errors import Fault, InputError, nearest

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


SHORTEST: Mapping[str, int] = {"beyond": 1, "alternating": 3}
"""Fewest points that make a pattern; 2 for the others."""

PATTERNS: Mapping[str, Callable[[Readings, Rule], Iterator[Pattern]]] = {
    "beyond": run_patterns.beyond,
    "same_side": run_patterns.same_side,
    "all_but_one": run_patterns.all_but_one,
    "near_limits": run_patterns.near_limits,
    "trend": run_patterns.trend,
    "alternating": run_patterns.alternating,
    "hugging": run_patterns.hugging,
    "avoiding": run_patterns.avoiding,
    "longest_run": anhoej_rules.long_runs,
    "crossings": anhoej_rules.few_crossings,
}


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
    if not readings.valid.any() and not readings.beyond.any():
        return
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
    shortest = SHORTEST.get(RULES[code].pattern, 2)
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
    return numbers.reshape(math.prod(numbers.shape[:-1]), numbers.shape[-1])
