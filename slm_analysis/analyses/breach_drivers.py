"""What goes with breaches: every level of every driver against the rest, many tests kept honest."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from slm_analysis.analyses.false_discovery import false_discovery
from slm_analysis.analyses.level_comparison import (
    MIN_CASES,
    compared_with_rest,
    difference_interval,
)
from slm_analysis.analyses.mix_readings import mix_readings
from slm_analysis.analyses.odds_ratios import crude_and_adjusted
from slm_analysis.analyses.suppression import require_columns
from slm_analysis.errors import Fault, InputError
from slm_analysis.intervals import MIN_DAYS
from slm_analysis.result import Note, Result, note

ARISES = frozenset(
    {
        "assignment_group",  # the export holds the last team
        "paused_seconds",
        "pauses",
        "reassignment_count",
        "reopen_count",
        "status",
    }
)
"""Columns that long tickets gather on their way: signs that go with breaches, never causes."""

AT_OPENING = "at_opening"
DURING = "arises"

NOT_STATED = "(not stated)"
OPENED = "opened_at"
"""Where a frame has it, the tickets of a day count as going together."""

MAX_VALUES = 7
"""A numeric driver with more distinct values than this (days of the week) is cut into bands."""
BANDS = 5

THOUSAND = 1000
"""From here on a label needs no decimals."""


@dataclass(frozen=True, eq=False, kw_only=True)
class BreachDrivers(Result):
    """What goes with breaches.

    Attributes
    ----------
    levels : DataFrame
        One row per driver and level, findings first, then by excess. `driver`, `level`, `known`
        (`at_opening` or `arises`), `n`, `breaches`; `rate` with `rate_low`, `rate_high`,
        `n_effective`, `interval_method` (95 %, of the level alone); `shrunken` rate, drawn to
        the mean of the driver's levels as far as they differ by chance; `share` of all breaches and
        `running_share` within the driver, most breaches first; `expected` breaches if the level
        did as well as the rest, `excess` over them with `excess_low` and `excess_high` (at
        `interval_level`), `difference` of the rates; `p`, `q` (adjusted over the family);
        `judged` (enough tickets and days to test), `finding` (worse, and more than chance).
    adjusted : DataFrame
        Where `adjust` was given, one row per judged level: crude `odds_ratio`, Mantel-Haenszel
        `adjusted` and logistic `modelled` one, each with `_low` and `_high` at `interval_level`
        (missing where the tickets cannot tell), `strata` (in which level and rest can be
        compared), `agrees` (crude and modelled interval lie on the same side of 1, or neither is
        clear of it, or the modelled holds the crude, or cannot be told), `reading` with
        `same_driver`, `same_level` and `shared` (see `slm_analysis.analyses.mix_readings`).
    cases, breaches : int
        Tickets with a known outcome, and those of them that were breached.
    family : int
        Number of tests that the correction covers: all judged levels of all drivers.
    q : float
        Share of false ones among the findings that is accepted.
    interval_level : float
        Level of the intervals behind the findings.
    """

    levels: pd.DataFrame
    adjusted: pd.DataFrame
    cases: int
    breaches: int
    family: int
    q: float
    interval_level: float


def breach_drivers(
    tickets: pd.DataFrame,
    *,
    drivers: Sequence[str],
    breached: str = "breached",
    adjust: Sequence[str] | None = None,
    q: float = 0.05,
    arises: Collection[str] = ARISES,
) -> BreachDrivers:
    """Answer which groups of tickets are breached more often than the rest, and how much it costs.

    Parameters
    ----------
    tickets : DataFrame
        One row per ticket. With `opened_at` the tickets of a day count as going together.
    drivers : list of str
        Columns to look at. Numbers with more than seven distinct values are cut into fifths; a
        missing value is a level of its own, `(not stated)`.
    breached : str
        Column that says whether the target was breached; where it is missing the ticket is left
        out and counted.
    adjust : list of str, optional
        Drivers known at opening whose mix is held fixed in a second comparison. What is no
        finding there, and clearly less than at first sight, is none.
    q : float
        Accepted share of false ones among the findings (Benjamini-Hochberg over one call).
    arises : collection of str
        Columns that arise during a ticket's life.

    Returns
    -------
    BreachDrivers

    Raises
    ------
    InputError
        Unknown column, outcome that is not true or false, a time as driver, adjustment for what
        arises during, q outside 0 to 1.

    Notes
    -----
    Excess: breaches less those expected at the rate of all other tickets. Two-proportion score
    test and Newcombe's hybrid interval, both on n over the design effect of the difference (ratio
    estimator over opening days, floored at 1; t with the fewer of the days of level and rest, less
    1). Adjusted: Mantel-Haenszel over the combinations of the mix, and a logistic model with its
    main effects, which decides. Intervals at the level 1 - q R / m for R of m rejected (Benjamini
    and Yekutieli, JASA 2005;100:71-81).
    """
    drivers, adjust = _listed(drivers), _listed(adjust or ())
    _check(tickets, drivers, breached, adjust, q, arises)
    known = tickets[breached].notna()
    cases = tickets[known]
    outcome = cases[breached].astype(bool).to_numpy()
    day = None
    if OPENED in cases.columns:
        day = pd.factorize(cases[OPENED].dt.normalize(), use_na_sentinel=False)[0]
    coded = {
        column: pd.factorize(level_names(cases[column]), sort=True)
        for column in dict.fromkeys([*drivers, *adjust])
    }
    levels = compared_with_rest({driver: coded[driver] for driver in drivers}, outcome, day)
    levels["known"] = np.where(levels["driver"].isin(list(arises)), DURING, AT_OPENING)
    levels["q"], interval_level = false_discovery(levels["p"].to_numpy(), q)
    low, high = difference_interval(levels, interval_level)
    levels["excess_low"], levels["excess_high"] = levels["n"] * low, levels["n"] * high
    first_sight = (levels["q"] <= q) & (levels["excess_low"] > 0)
    levels["finding"] = first_sight

    adjusted = crude_and_adjusted(levels, coded, outcome, adjust, interval_level)
    if adjust:
        explained = ~adjusted["agrees"].astype(bool) & ~(adjusted["modelled_low"] > 1)
        refuted = adjusted.loc[explained, ["driver", "level"]]
        pairs = pd.MultiIndex.from_frame(levels[["driver", "level"]])
        levels["finding"] &= ~pairs.isin(pd.MultiIndex.from_frame(refuted))
    seen = levels[["driver", "level", "finding"]].assign(first_sight=first_sight)
    adjusted = adjusted.join(mix_readings(adjusted, seen, coded))

    columns = [
        *("driver", "level", "known", "n", "breaches", "rate", "rate_low", "rate_high"),
        *("n_effective", "interval_method", "shrunken", "share", "running_share"),
        *("expected", "excess", "excess_low", "excess_high", "difference"),
        *("p", "q", "judged", "finding"),
    ]
    family = int(levels["judged"].sum())
    levels = levels.sort_values(
        ["finding", "excess", "driver", "level"],
        ascending=[False, False, True, True],
        ignore_index=True,
    )
    return BreachDrivers(
        levels=levels[columns],
        adjusted=adjusted,
        cases=len(cases),
        breaches=int(outcome.sum()),
        family=family,
        q=q,
        interval_level=interval_level,
        notes=_notes(levels, adjusted, outcome, int((~known).sum()), day is None),
    )


def _listed(columns: Sequence[str]) -> list[str]:
    return [columns] if isinstance(columns, str) else list(columns)


def _check(
    tickets: pd.DataFrame,
    drivers: list[str],
    breached: str,
    adjust: list[str],
    q: float,
    arises: Collection[str],
) -> None:
    if not drivers:
        raise InputError("There is no driver to look at. Name at least one column in `drivers`.")
    require_columns(tickets, [breached, *drivers, *adjust])
    faults = []
    if not 0 < q < 1:
        faults.append(Fault("q must lie between 0 and 1.", "0.05 is usual.", value=q))
    faults += outcome_faults(tickets, breached)
    faults += [
        Fault(
            "A time is no driver.",
            "Make a column of its hour or weekday and name that.",
            column=column,
        )
        for column in dict.fromkeys([*drivers, *adjust])
        if pd.api.types.is_datetime64_any_dtype(tickets[column])
    ]
    faults += [
        Fault(
            f"{column!r} arises during a ticket's life and cannot be held fixed.",
            "Adjust for what is known at opening only, or state `arises` otherwise.",
        )
        for column in adjust
        if column in arises
    ]
    if faults:
        raise InputError(faults)


def outcome_faults(tickets: pd.DataFrame, breached: str) -> list[Fault]:
    """Return what is wrong with the outcome or the time of opening, where the frame has one."""
    faults = []
    outcome = tickets[breached].dropna()
    odd = outcome[~outcome.isin([True, False])]
    if len(odd):
        faults.append(
            Fault(
                "The outcome is neither true nor false.",
                "Convert it, with what is not decided yet as missing.",
                column=breached,
                value=odd.iloc[0],
            )
        )
    if OPENED in tickets.columns and not pd.api.types.is_datetime64_any_dtype(tickets[OPENED]):
        faults.append(Fault("Not a time.", "Convert it with pandas.to_datetime.", column=OPENED))
    return faults


def level_names(values: pd.Series, most: int = MAX_VALUES) -> pd.Series:
    """Return the level of each ticket as text: a category, a number, or a band of numbers.

    Numbers of more than `most` distinct values are cut into bands.
    """
    numeric = pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
    if not numeric:
        return values.astype("str").where(values.notna(), NOT_STATED)
    numbers = values.astype(float)
    group = numbers
    if numbers.nunique() > most:
        cuts = np.unique(numbers.quantile(np.arange(1, BANDS) / BANDS))
        group = pd.Series(np.searchsorted(cuts, numbers), numbers.index).where(numbers.notna())
    ends = numbers.groupby(group).agg(["min", "max"])
    names = {
        band: _number(low) if low == high else f"{_number(low)}–{_number(high)}"
        for band, low, high in ends.itertuples()
    }
    return group.map(names).astype("str").where(numbers.notna(), NOT_STATED)


def _number(value: float) -> str:
    """Return whole numbers exactly, others with as many digits as a label needs."""
    if value.is_integer():
        return f"{value:.0f}"
    return f"{value:.4g}" if abs(value) < THOUSAND else f"{value:.0f}"


def _notes(
    levels: pd.DataFrame,
    adjusted: pd.DataFrame,
    outcome: np.ndarray,
    undecided: int,
    no_days: bool,
) -> tuple[Note, ...]:
    judged = levels["judged"]
    notes = [note("family", tests=int(judged.sum()), drivers=levels["driver"].nunique())]
    if undecided:
        notes.append(note("undecided_left_out", tickets=undecided))
    if outcome.all() or not outcome.any():
        notes.append(note("no_variation", cases=len(outcome), breaches=int(outcome.sum())))
    elif not judged.all():
        notes.append(
            note(
                "levels_not_judged",
                levels=int((~judged).sum()),
                min_cases=MIN_CASES,
                min_days=MIN_DAYS,
            )
        )
    if no_days:
        notes.append(note("days_unknown"))
    notes += [
        note(
            "crude_and_adjusted_disagree",
            driver=row.driver,
            level=row.level,
            crude=row.odds_ratio,
            adjusted=row.modelled,
        )
        for row in adjusted[~adjusted["agrees"].astype(bool)].itertuples()
    ]
    return tuple(notes)
