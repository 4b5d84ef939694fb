"""What goes with breaches: every level of every driver against the rest, many tests kept honest."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from slm_analysis.analyses.false_discovery import false_discovery
from slm_analysis.analyses.odds_ratios import odds_ratios
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

MIN_CASES = 30
"""Levels with fewer tickets, or that leave fewer to compare with, are shown and not judged."""

SPARSE = 5
"""Under this expected count Fisher's exact test has to agree (Cochran 1954)."""

ADJUSTED_COLUMNS = (
    "driver",
    "level",
    "odds_ratio",
    "odds_ratio_low",
    "odds_ratio_high",
    "adjusted",
    "adjusted_low",
    "adjusted_high",
    "strata",
    "agrees",
)


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
    adjust: Sequence[str] = (),
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
    adjust : list of str
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
    1). Intervals at the level 1 - q R / m for R of m rejected (Benjamini and Yekutieli, JASP
    2005;100:71-81).
    """
    drivers, adjust = _listed(drivers), _listed(adjust)
    _check(tickets, drivers, breached, adjust, q, arises)
    known = tickets[breached].notna()
    cases = tickets[known]
    outcome = cases[breached].astype(bool).to_numpy()
    day = None
    if "opened_at" in cases.columns:
        day = pd.factorize(cases["opened_at"].dt.normalize(), use_na_sentinel=False)[0]
    coded = {
        column: pd.factorize(_levels(cases[column]))
        for column in dict.fromkeys([*drivers, *adjust])
    }
    levels = pd.concat(
        [
            _compared(*coded[driver], outcome, day).assign(
                driver=driver, known=DURING if driver in arises else AT_OPENING
            )
            for driver in drivers
        ],
        ignore_index=True,
    )
    levels["q"], interval_level = false_discovery(levels["p"].to_numpy(), q)
    low, high = _difference_interval(levels, interval_level)
    levels["excess_low"], levels["excess_high"] = levels["n"] * low, levels["n"] * high
    levels["finding"] = (levels["q"] <= q) & (levels["excess_low"] > 0)

    adjusted = pd.DataFrame(columns=list(ADJUSTED_COLUMNS))
    if adjust:
        adjusted = _adjusted(levels, coded, outcome, adjust, interval_level)
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
        ["finding", "excess"], ascending=False, ignore_index=True, kind="stable"
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


def _levels(values: pd.Series) -> pd.Series:
    """Return the level of each ticket as text: a category, a number, or a band of numbers."""
    numeric = pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
    if not numeric:
        return values.astype("str").where(values.notna(), NOT_STATED)
    numbers = values.astype(float)
    group = numbers
    if numbers.nunique() > MAX_VALUES:
        group = pd.qcut(numbers, BANDS, labels=False, duplicates="drop")
    ends = numbers.groupby(group).agg(["min", "max"])
    names = {
        band: f"{low:.15g}" if low == high else f"{low:.15g}–{high:.15g}"
        for band, low, high in ends.itertuples()
    }
    return group.map(names).astype("str").where(numbers.notna(), NOT_STATED)


def _compared(
    code: np.ndarray, names: pd.Index, outcome: np.ndarray, day: np.ndarray | None
) -> pd.DataFrame:
    """Compare each level of one driver with the rest of the tickets."""
    cases = pd.DataFrame(
        {"level": code, "breached": outcome, "day": 0 if day is None else day}, copy=False
    )
    rates = rate_intervals(cases, favourable="breached", day="day", by=["level"])
    table = rates.drop(columns="level").rename(
        columns={"favourable": "breaches", "low": "rate_low", "high": "rate_high"}
    )
    table.insert(0, "level", names.to_numpy())
    all_n, all_breaches = len(outcome), outcome.sum()
    n, breaches = table["n"].to_numpy(float), table["breaches"].to_numpy(float)
    rest_n = all_n - n
    with np.errstate(invalid="ignore", divide="ignore"):
        rest_rate = (all_breaches - breaches) / rest_n
        design_effect, df = _design_effect(cases, table, rest_rate, rest_n, day)
        pooled = all_breaches / all_n
        # Fleiss, Statistical Methods for Rates and Proportions, 2nd ed., 2.3, without correction.
        error = np.sqrt(design_effect * pooled * (1 - pooled) * (1 / n + 1 / rest_n))
        p = 2 * stats.t.sf(np.abs(table["rate"] - rest_rate) / error, df)
        share = breaches / all_breaches
    expected_least = np.minimum(n, rest_n) * min(pooled, 1 - pooled)
    for i in np.flatnonzero(expected_least < SPARSE):
        rest = all_breaches - breaches[i]
        counts = [[breaches[i], n[i] - breaches[i]], [rest, rest_n[i] - rest]]
        p[i] = max(p[i], stats.fisher_exact(np.array(counts, dtype=int)).pvalue)
    judged = (
        (np.minimum(n, rest_n) >= MIN_CASES) & (df >= MIN_DAYS - 1) & (0 < all_breaches < all_n)
    )
    by_breaches = table["breaches"].sort_values(ascending=False, kind="stable").index
    return table.assign(
        share=share,
        running_share=pd.Series(share).loc[by_breaches].cumsum(),
        rest_rate=rest_rate,
        rest_n=rest_n,
        expected=n * rest_rate,
        excess=breaches - n * rest_rate,
        difference=table["rate"] - rest_rate,
        design_effect=design_effect,
        df=df,
        p=np.where(judged, p, np.nan),
        judged=judged,
    )


def _design_effect(
    cases: pd.DataFrame,
    table: pd.DataFrame,
    rest_rate: np.ndarray,
    rest_n: np.ndarray,
    day: np.ndarray | None,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the design effect of each difference of rates, and its degrees of freedom."""
    if day is None:
        return np.ones(len(table)), np.full(len(table), np.inf)
    daily = cases.groupby("day")["breached"].agg(["size", "sum"]).to_numpy(float)
    cells = cases.groupby(["level", "day"])["breached"].agg(["size", "sum"])
    level, on = (cells.index.get_level_values(i).to_numpy() for i in (0, 1))
    size, breaches = cells.to_numpy(float).T
    day_size, day_breaches = daily[on].T
    n, rate = table["n"].to_numpy(float), table["rate"].to_numpy(float)

    own = (breaches - rate[level] * size) / n[level]
    others = (day_breaches - breaches - rest_rate[level] * (day_size - size)) / rest_n[level]
    without = (day_breaches - rest_rate[level] * day_size) / rest_n[level]
    # Squared deviations of all days as if the level were absent, put right where it is present.
    absent = np.array(
        [daily[:, 1] @ daily[:, 1], daily[:, 1] @ daily[:, 0], daily[:, 0] @ daily[:, 0]]
    )
    squares = (absent[0] - 2 * rest_rate * absent[1] + rest_rate**2 * absent[2]) / rest_n**2
    squares += np.bincount(level, (own - others) ** 2 - without**2, minlength=len(table))
    days = len(daily)
    # Cochran, Sampling Techniques, 3rd ed., 6.3 and 6.11: difference of two ratios over clusters.
    clustered = squares * days / (days - 1)
    independent = rate * (1 - rate) / n + rest_rate * (1 - rest_rate) / rest_n
    level_days = np.bincount(level, minlength=len(table))
    rest_days = days - np.bincount(level, size == day_size, minlength=len(table))
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


def _adjusted(
    levels: pd.DataFrame,
    coded: dict[str, tuple[np.ndarray, pd.Index]],
    outcome: np.ndarray,
    adjust: list[str],
    level: float,
) -> pd.DataFrame:
    """Compare crude odds ratios with those that hold the mix of the other drivers fixed."""
    tables = []
    for driver, rows in levels[levels["judged"]].groupby("driver", sort=False):
        held = [column for column in adjust if column != driver]
        stratum = pd.DataFrame({column: coded[column][0] for column in held})
        strata = stratum.groupby(held).ngroup().to_numpy() if held else np.zeros(len(outcome), int)
        code, names = coded[str(driver)]
        effect = rows.set_index("level")["design_effect"].reindex(names).to_numpy()
        df = rows.set_index("level")["df"].reindex(names).to_numpy()
        quantile = stats.t.ppf(1 - (1 - level) / 2, df) * np.sqrt(effect)
        crude = odds_ratios(code, np.zeros(len(outcome), int), outcome, quantile)
        fixed = odds_ratios(code, strata, outcome, quantile)
        table = pd.DataFrame(
            {
                "driver": driver,
                "level": names,
                "odds_ratio": crude["ratio"],
                "odds_ratio_low": crude["low"],
                "odds_ratio_high": crude["high"],
                "adjusted": fixed["ratio"],
                "adjusted_low": fixed["low"],
                "adjusted_high": fixed["high"],
                "strata": fixed["strata"],
                "agrees": _side(crude) == _side(fixed),
            }
        )
        tables.append(table[table["level"].isin(rows["level"])])
    if not tables:
        return pd.DataFrame(columns=list(ADJUSTED_COLUMNS))
    return pd.concat(tables, ignore_index=True)


def _side(ratios: pd.DataFrame) -> pd.Series:
    """Return 1 or -1 where the interval lies wholly above or below 1, else 0."""
    return (ratios["low"] > 1).astype(int) - (ratios["high"] < 1).astype(int)


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
