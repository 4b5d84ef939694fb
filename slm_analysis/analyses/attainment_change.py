"""What changed between two periods: the mix of tickets, or how well each group was served."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from slm_analysis.analyses.breach_drivers import OPENED, level_names, outcome_faults
from slm_analysis.analyses.false_discovery import false_discovery
from slm_analysis.analyses.level_comparison import MIN_CASES
from slm_analysis.analyses.suppression import require_columns
from slm_analysis.errors import InputError
from slm_analysis.intervals import LEVEL, MIN_DAYS, rate_intervals
from slm_analysis.result import Note, Result, note

BEFORE, AFTER = "before", "after"
MOST_NUMBERS = 50
"""Numbers of up to so many values, such as ages, are groups each."""


@dataclass(frozen=True, eq=False, kw_only=True)
class AttainmentChange(Result):
    """What a change in attainment is made of.

    Attributes
    ----------
    groups : DataFrame
        One row per group, what lowers the attainment most first: the by-columns; `n_before`,
        `n_after`; `share_before`, `share_after` of all tickets; `rate_before`, `rate_after`
        (share met, missing without tickets); `mix`, `performance` and their sum `total` (parts of
        the change, shares of 1); `performance_low`, `performance_high` (at `interval_level`),
        `p`, `q` (missing where not judged); `clear` (the performance changed by more than
        chance).
    before, after : float
        Attainment of either period.
    n_before, n_after : int
    change, change_low, change_high : float
        after - before, with its 95 % interval.
    mix, performance : float
        Sums over the groups; together they are the change.
    family : int
        Groups judged.
    q : float
        Accepted share of false ones among the groups called clear.
    interval_level : float
        Level of the intervals of the groups.
    """

    groups: pd.DataFrame
    before: float
    after: float
    n_before: int
    n_after: int
    change: float
    change_low: float
    change_high: float
    mix: float
    performance: float
    family: int
    q: float
    interval_level: float


def attainment_change(
    before: pd.DataFrame,
    after: pd.DataFrame,
    *,
    by: str | Sequence[str],
    breached: str = "breached",
    q: float = 0.05,
) -> AttainmentChange:
    """Answer how much of a change comes from the mix of tickets, how much from each group.

    Parameters
    ----------
    before, after : DataFrame
        The tickets of either period, one row each. With `opened_at` the tickets of a day count as
        going together.
    by : str or list of str
        Columns whose combinations are the groups; a missing value is a group of its own. Numbers
        with more than 50 distinct values are cut into fifths.
    breached : str
        Whether the target was breached; tickets where it is missing are left out and counted.
    q : float
        Accepted share of false ones among the groups whose performance is called changed.

    Returns
    -------
    AttainmentChange

    Raises
    ------
    InputError
        Unknown column, outcome that is not true or false, a period without decided tickets, q
        outside 0 to 1.

    Notes
    -----
    Kitagawa, Journal of the American Statistical Association 1955;50:1168-1194: performance is
    the change of a group's rate at the mean of its two shares; mix is the change of its share at
    the mean of its two rates, seen against the mean of both periods' attainment, so that a group
    served better than most lifts it by growing. A group of one period only has no change of rate:
    all of it is mix, at its own rate. Intervals and tests of single groups: Newcombe's hybrid
    interval (Statistics in Medicine 1998;17:873-890, method 10) and the two-proportion score test,
    both on n over the design effect of days; Benjamini-Hochberg over the groups with at least 30
    tickets in either period.
    """
    by = [by] if isinstance(by, str) else list(by)
    cases = _cases({BEFORE: before, AFTER: after}, by, breached, q)
    overall = _rates(cases, [], LEVEL)
    change_low, change_high = (float(limit.iloc[0]) for limit in _difference_interval(overall))
    counted = [f"{name}_{period}" for name in ("n", "rate") for period in (BEFORE, AFTER)]
    whole = {name: float(overall[name].iloc[0]) for name in counted}
    usual = (whole["rate_before"] + whole["rate_after"]) / 2
    groups = _parts(_rates(cases, by, LEVEL), usual)
    judged = (groups[["n_before", "n_after"]] >= MIN_CASES).all(axis=1)
    p = np.where(judged, _p_values(groups), np.nan)
    groups["p"] = p
    groups["q"], interval_level = false_discovery(p, q)
    low, high = _difference_interval(_rates(cases, by, interval_level))
    weight = (groups["share_before"] + groups["share_after"]) / 2
    groups["performance_low"] = (low * weight).where(judged)
    groups["performance_high"] = (high * weight).where(judged)
    beyond_chance = (groups["performance_low"] > 0) | (groups["performance_high"] < 0)
    groups["clear"] = (groups["q"] <= q) & beyond_chance
    columns = [
        *by, "n_before", "n_after", "share_before", "share_after", "rate_before", "rate_after",
        "mix", "performance", "total", "performance_low", "performance_high", "p", "q", "clear",
    ]  # fmt: skip
    return AttainmentChange(
        groups=groups.sort_values(["total", *by], ignore_index=True)[columns],
        before=whole["rate_before"],
        after=whole["rate_after"],
        n_before=int(whole["n_before"]),
        n_after=int(whole["n_after"]),
        change=whole["rate_after"] - whole["rate_before"],
        change_low=change_low,
        change_high=change_high,
        mix=float(groups["mix"].sum()),
        performance=float(groups["performance"].sum()),
        family=int(judged.sum()),
        q=q,
        interval_level=interval_level,
        notes=tuple(_notes(before, after, breached, judged)),
    )


def _cases(
    periods: dict[str, pd.DataFrame], by: list[str], breached: str, q: float
) -> pd.DataFrame:
    """Return the decided tickets of both periods: `period`, `day`, `met` and their groups."""
    if not by:
        raise InputError("There is no group to compare. Name at least one column in `by`.")
    if not 0 < q < 1:
        raise InputError(f"q is {q}; it must lie between 0 and 1, 0.05 is usual.")
    for name, tickets in periods.items():
        require_columns(tickets, [breached, *by])
        if faults := outcome_faults(tickets, breached):
            raise InputError(faults)
        if not tickets[breached].notna().any():
            raise InputError(f"There is no ticket with a known outcome in the period {name!r}.")
    tickets = pd.concat(
        [
            frame[by].assign(
                period=name,
                met=frame[breached].map({True: False, False: True}),
                day=frame[OPENED].dt.normalize() if OPENED in frame.columns else 0,
            )
            for name, frame in periods.items()
        ],
        ignore_index=True,
    )
    known = tickets[tickets["met"].notna()].astype({"met": bool})
    return known.assign(**{column: level_names(known[column], MOST_NUMBERS) for column in by})


def _rates(cases: pd.DataFrame, by: list[str], level: float) -> pd.DataFrame:
    """Return one row per group, the rates and intervals of both periods side by side."""
    rates = rate_intervals(cases, favourable="met", day="day", by=["period", *by], level=level)
    sides = [
        rates[rates["period"] == period].drop(columns="period").add_suffix(f"_{period}")
        for period in (BEFORE, AFTER)
    ]
    first, last = (
        side.rename(columns={f"{name}_{period}": name for name in by})
        for side, period in zip(sides, (BEFORE, AFTER), strict=True)
    )
    if not by:
        return pd.concat([first.reset_index(drop=True), last.reset_index(drop=True)], axis=1)
    groups = first.merge(last, on=by, how="outer")
    counts = [f"{name}_{period}" for name in ("n", "favourable") for period in (BEFORE, AFTER)]
    groups[counts] = groups[counts].fillna(0).astype(int)
    return groups


def _parts(groups: pd.DataFrame, usual: float) -> pd.DataFrame:
    """Add shares, mix against the usual rate, performance and total of each group."""
    n = groups[["n_before", "n_after"]].to_numpy(float)
    share = n / n.sum(axis=0)
    rate = groups[["rate_before", "rate_after"]].to_numpy(float)
    performance = np.nan_to_num(rate[:, 1] - rate[:, 0]) * share.mean(axis=1)
    mix = (share[:, 1] - share[:, 0]) * (np.nanmean(rate, axis=1) - usual)
    return groups.assign(
        share_before=share[:, 0],
        share_after=share[:, 1],
        mix=mix,
        performance=performance,
        total=mix + performance,
    )


def _p_values(groups: pd.DataFrame) -> np.ndarray:
    """Return how likely chance alone is to move the rate of each group so far."""
    met, n, effective, rate, days = (
        groups[[f"{name}_before", f"{name}_after"]].to_numpy(float)
        for name in ("favourable", "n", "n_effective", "rate", "days")
    )
    pooled = met.sum(axis=1) / n.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        # Fleiss, Statistical Methods for Rates and Proportions, 2nd ed., 2.3.
        error = np.sqrt(pooled * (1 - pooled) * (1 / effective).sum(axis=1))
        z = np.abs(rate[:, 1] - rate[:, 0]) / error
    df = np.where(days.min(axis=1) >= MIN_DAYS, days.min(axis=1) - 1, np.inf)
    return np.where(error > 0, 2 * stats.t.sf(z, df), 1.0)


def _difference_interval(rates: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Return limits of after - before, from those of the two rates."""
    difference = rates["rate_after"] - rates["rate_before"]
    falls = rates["rate_after"] - rates["low_after"], rates["high_before"] - rates["rate_before"]
    rises = rates["high_after"] - rates["rate_after"], rates["rate_before"] - rates["low_before"]
    return difference - np.hypot(*falls), difference + np.hypot(*rises)


def _notes(
    before: pd.DataFrame, after: pd.DataFrame, breached: str, judged: pd.Series
) -> Iterator[Note]:
    undecided = int(before[breached].isna().sum() + after[breached].isna().sum())
    if undecided:
        yield note("undecided_left_out", tickets=undecided)
    if not (OPENED in before.columns and OPENED in after.columns):
        yield note("days_unknown")
    if not judged.all():
        yield note("change_groups_not_judged", groups=int((~judged).sum()), min_cases=MIN_CASES)
