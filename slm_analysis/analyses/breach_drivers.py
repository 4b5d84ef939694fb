"""What goes with breaches: every level of every driver against the rest, many tests kept honest."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from slm_analysis.analyses.false_discovery import false_discovery
from slm_analysis.analyses.odds_ratios import crude_and_adjusted
from slm_analysis.analyses.suppression import require_columns
from slm_analysis.errors import Fault, InputError
from slm_analysis.intervals import MIN_DAYS, rate_intervals, wilson
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

MAX_VALUES = 7
"""A numeric driver with more distinct values than this (days of the week) is cut into bands."""
BANDS = 5

THOUSAND = 1000
"""From here on a label needs no decimals."""

MIN_CASES = 30
"""Levels with fewer tickets, or that leave fewer to compare with, are shown and not judged."""

SPARSE = 5
"""Under this expected count Fisher's exact test has to agree (Cochran 1954)."""


@dataclass(frozen=True, eq=False, kw_only=True)
class BreachDrivers(Result):
    """What goes with breaches.

    Attributes
    ----------
    levels : DataFrame
        One row per driver and level, findings first, then by excess. `driver`, `level`, `known`
        (`at_opening` or `arises`), `n`, `breaches`; `rate` with `rate_low`, `rate_high`,
        `n_effective`, `interval_method` (95 %, of the level alone); `share` of all breaches and
        `running_share` within the driver, most breaches first; `expected` breaches if the level
        did as well as the rest, `excess` over them with `excess_low` and `excess_high` (at
        `interval_level`), `difference` of the rates; `p`, `q` (adjusted over the family);
        `judged` (enough tickets and days to test), `finding` (worse, and more than chance).
    adjusted : DataFrame
        Where `adjust` was given, one row per judged level: crude `odds_ratio` and Mantel-Haenszel
        `adjusted` one, each with `_low` and `_high` at `interval_level`, `strata` (in which level
        and rest can be compared), `agrees` (both on the same side of 1, or neither clear of it).
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
        Drivers known at opening whose mix is held fixed in a second comparison; a finding must
        stand in both.
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
    1). Intervals at the level 1 - q R / m for R of m rejected (Benjamini and Yekutieli, JASA
    2005;100:71-81).
    """
    drivers, adjust = _listed(drivers), _listed(adjust or ())
    _check(tickets, drivers, breached, adjust, q, arises)
    known = tickets[breached].notna()
    cases = tickets[known]
    outcome = cases[breached].astype(bool).to_numpy()
    day = None
    if "opened_at" in cases.columns:
        day = pd.factorize(cases["opened_at"].dt.normalize(), use_na_sentinel=False)[0]
    coded = {
        column: pd.factorize(level_names(cases[column]), sort=True)
        for column in dict.fromkeys([*drivers, *adjust])
    }
    levels = _compared({driver: coded[driver] for driver in drivers}, outcome, day)
    levels["known"] = np.where(levels["driver"].isin(list(arises)), DURING, AT_OPENING)
    levels["q"], interval_level = false_discovery(levels["p"].to_numpy(), q)
    low, high = _difference_interval(levels, interval_level)
    levels["excess_low"], levels["excess_high"] = levels["n"] * low, levels["n"] * high
    levels["finding"] = (levels["q"] <= q) & (levels["excess_low"] > 0)

    adjusted = crude_and_adjusted(levels, coded, outcome, adjust, interval_level)
    if adjust:
        refuted = adjusted.loc[~(adjusted["adjusted_low"] > 1), ["driver", "level"]]
        pairs = pd.MultiIndex.from_frame(levels[["driver", "level"]])
        levels["finding"] &= ~pairs.isin(pd.MultiIndex.from_frame(refuted))

    columns = [
        *("driver", "level", "known", "n", "breaches", "rate", "rate_low", "rate_high"),
        *("n_effective", "interval_method", "share", "running_share"),
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
    if "opened_at" in tickets.columns and not pd.api.types.is_datetime64_any_dtype(
        tickets["opened_at"]
    ):
        faults.append(
            Fault("Not a time.", "Convert it with pandas.to_datetime.", column="opened_at")
        )
    if faults:
        raise InputError(faults)


def level_names(values: pd.Series) -> pd.Series:
    """Return the level of each ticket as text: a category, a number, or a band of numbers."""
    numeric = pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
    if not numeric:
        return values.astype("str").where(values.notna(), NOT_STATED)
    numbers = values.astype(float)
    group = numbers
    if numbers.nunique() > MAX_VALUES:
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


def _compared(
    coded: dict[str, tuple[np.ndarray, pd.Index]], outcome: np.ndarray, day: np.ndarray | None
) -> pd.DataFrame:
    """Compare each level of every driver with the rest of the tickets, one row per level."""
    sizes = [len(names) for _, names in coded.values()]
    first = np.cumsum([0, *sizes[:-1]])
    repeats = len(coded)
    # Every ticket once per driver, with the row of its level.
    cases = pd.DataFrame(
        {
            "row": np.concatenate(
                [f + code for f, (code, _) in zip(first, coded.values(), strict=True)]
            ),
            "breached": np.tile(outcome, repeats),
            "day": 0 if day is None else np.tile(day, repeats),
        }
    )
    rates = rate_intervals(cases, favourable="breached", day="day", by=["row"])
    table = rates.drop(columns="row").rename(
        columns={"favourable": "breaches", "low": "rate_low", "high": "rate_high"}
    )
    table["driver"] = np.repeat(list(coded), sizes)
    table["level"] = np.concatenate([names.to_numpy(object) for _, names in coded.values()])

    all_n, all_breaches = len(outcome), int(outcome.sum())
    n, breaches = table["n"].to_numpy(float), table["breaches"].to_numpy(float)
    rest_n, rest_breaches = all_n - n, all_breaches - breaches
    with np.errstate(invalid="ignore", divide="ignore"):
        table["share"] = breaches / all_breaches
        table["rest_n"], table["rest_rate"] = rest_n, rest_breaches / rest_n
        table["expected"] = n * table["rest_rate"]
        table["excess"] = breaches - table["expected"]
        table["difference"] = table["rate"] - table["rest_rate"]
        table["design_effect"], table["df"] = _design_effect(table, cases, outcome, day)
        pooled = np.float64(all_breaches) / all_n
        # Fleiss, Statistical Methods for Rates and Proportions, 2nd ed., 2.3, without correction.
        variance = pooled * (1 - pooled) * (1 / n + 1 / rest_n) * table["design_effect"]
        p = 2 * stats.t.sf(np.abs(table["difference"]) / np.sqrt(variance), table["df"])
        sparse = np.minimum(n, rest_n) * min(pooled, 1 - pooled) < SPARSE
    table["judged"] = (
        (np.minimum(n, rest_n) >= MIN_CASES)
        & (table["df"] >= MIN_DAYS - 1)
        & (0 < all_breaches < all_n)
    )
    counts = np.array([[breaches, n - breaches], [rest_breaches, rest_n - rest_breaches]])
    for i in np.flatnonzero(sparse & table["judged"]):
        p[i] = max(p[i], stats.fisher_exact(counts[:, :, i].astype(int)).pvalue)
    table["p"] = np.where(table["judged"], p, np.nan)
    by_breaches = table.sort_values(["breaches", "level"], ascending=[False, True])
    table["running_share"] = by_breaches.groupby("driver")["share"].cumsum()
    return table


def _design_effect(
    table: pd.DataFrame, cases: pd.DataFrame, outcome: np.ndarray, day: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray]:
    """Return the design effect of each difference of rates, and its degrees of freedom."""
    if day is None:
        return np.ones(len(table)), np.full(len(table), np.inf)
    all_size, all_breaches = np.bincount(day), np.bincount(day, outcome)
    cells = cases.groupby(["row", "day"])["breached"].agg(["size", "sum"])
    row, on = (cells.index.get_level_values(i).to_numpy() for i in (0, 1))
    size, breaches = cells.to_numpy(float).T
    n, rate, rest_n, rest_rate = table[["n", "rate", "rest_n", "rest_rate"]].to_numpy(float).T

    own = (breaches - rate[row] * size) / n[row]
    without = (all_breaches[on] - rest_rate[row] * all_size[on]) / rest_n[row]
    others = without - (breaches - rest_rate[row] * size) / rest_n[row]
    # Squares over all days as if each level were absent, put right on the days that have it.
    squares = all_breaches @ all_breaches - 2 * rest_rate * (all_breaches @ all_size)
    squares = (squares + rest_rate**2 * (all_size @ all_size)) / rest_n**2
    squares += np.bincount(row, (own - others) ** 2 - without**2)
    days = len(all_size)
    # Cochran, Sampling Techniques, 3rd ed., 6.3 and 6.11: difference of two ratios over clusters.
    clustered = squares * days / (days - 1)
    independent = rate * (1 - rate) / n + rest_rate * (1 - rest_rate) / rest_n
    level_days = np.bincount(row)
    rest_days = days - np.bincount(row, size == all_size[on])
    effect = np.fmax(1.0, np.where(independent > 0, clustered / independent, 1.0))
    return effect, np.minimum(level_days, rest_days) - 1.0


def _difference_interval(levels: pd.DataFrame, level: float) -> tuple[np.ndarray, np.ndarray]:
    """Return limits of the difference of rates, missing where it is not judged."""
    columns = ["rate", "n", "rest_rate", "rest_n", "design_effect"]
    rate, n, rest, rest_n, effect = levels[columns].to_numpy(float).T
    quantile = stats.t.ppf(1 - (1 - level) / 2, levels["df"].where(levels["judged"]))
    low, high = wilson(rate, n / effect, quantile)
    rest_low, rest_high = wilson(rest, rest_n / effect, quantile)
    # Newcombe, Statistics in Medicine 1998;17:873-890, method 10.
    return (
        rate - rest - np.sqrt((rate - low) ** 2 + (rest_high - rest) ** 2),
        rate - rest + np.sqrt((high - rate) ** 2 + (rest - rest_low) ** 2),
    )


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
            adjusted=row.adjusted,
        )
        for row in adjusted[~adjusted["agrees"].astype(bool)].itertuples()
    ]
    return tuple(notes)
