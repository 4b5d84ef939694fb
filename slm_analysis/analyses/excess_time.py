"""Which groups of tickets take longer than the rest, and how many hours that comes to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from slm_analysis.analyses.breach_drivers import level_names
from slm_analysis.analyses.false_discovery import false_discovery
from slm_analysis.analyses.level_comparison import MIN_CASES
from slm_analysis.analyses.suppression import require_columns
from slm_analysis.errors import Fault, InputError
from slm_analysis.intervals import MIN_DAYS
from slm_analysis.result import Note, Result, note

OPENED = "opened_at"
COLUMNS = {
    "driver": "str", "level": "str", "n": "int64", "mean": "float64", "difference": "float64",
    "excess": "float64", "excess_low": "float64", "excess_high": "float64", "p": "float64",
    "q": "float64", "judged": "bool", "finding": "bool",
}  # fmt: skip


@dataclass(frozen=True, eq=False, kw_only=True)
class ExcessTime(Result):
    """Which groups of tickets take longer than the rest.

    Attributes
    ----------
    levels : DataFrame
        One row per by-group, driver and level, findings first, then by excess: the by-column,
        `driver`, `level`, `n`, `mean` hours, `difference` to the other tickets of the same by-group
        and strata, `excess` hours of all its tickets over theirs with `excess_low`, `excess_high`
        (at `interval_level`), `p`, `q` (adjusted over the family), `judged`, `finding` (longer, and
        more than chance).
    family : int
        Number of tests that the correction covers.
    q, interval_level : float
    """

    levels: pd.DataFrame = field(repr=False)
    family: int
    q: float
    interval_level: float


def excess_time(
    tickets: pd.DataFrame,
    *,
    hours: str,
    by: str,
    drivers: Sequence[str],
    strata: Sequence[str] = (),
    q: float = 0.05,
) -> ExcessTime:
    """Answer which groups of tickets take longer than the rest, and how many hours that makes.

    Parameters
    ----------
    tickets : DataFrame
        One row per ticket with `opened_at`; the tickets of a day count as going together.
    hours : str
        Column with the time that each took; tickets where it is missing are left out.
    by : str
        Groups are compared within each value of this column only.
    drivers : list of str
        Columns to look at. Numbers with more than seven values are cut into fifths.
    strata : list of str
        Columns whose combinations are compared like with like.
    q : float
        Accepted share of false ones among the findings (Benjamini-Hochberg over one call).

    Returns
    -------
    ExcessTime

    Raises
    ------
    InputError
        For a missing column, or q outside 0 to 1.

    Notes
    -----
    The difference is the coefficient of the group in a linear regression with a constant for each
    stratum, its variance that of the sums over days (Liang and Zeger, Biometrika 1986;73:13-22; the
    usual one where that is less), t with the fewer of the days of group and rest, less 1. The
    excess is that difference times the tickets of the group that have others in their stratum.
    """
    require_columns(tickets, [hours, by, OPENED, *drivers, *strata])
    if not 0 < q < 1:
        raise InputError(Fault("q must lie between 0 and 1.", "0.05 is usual.", value=q))
    known = tickets[tickets[hours].notna()]
    rows = [
        {by: group, **row}
        for group, own in known.groupby(by, observed=True)
        for row in _levels(own, hours, drivers, strata)
    ]
    levels = pd.DataFrame(rows, columns=[by, *COLUMNS, "error", "df"])
    levels["judged"] = levels["p"].notna()
    levels["q"], interval_level = false_discovery(levels["p"].to_numpy(float), q)
    half = stats.t.ppf(1 - (1 - interval_level) / 2, levels["df"].astype(float)) * levels["error"]
    levels["excess_low"], levels["excess_high"] = levels["excess"] - half, levels["excess"] + half
    levels["finding"] = (levels["q"] <= q) & (levels["excess_low"] > 0)
    levels = levels.astype(COLUMNS).sort_values(
        ["finding", "excess", by, "driver", "level"],
        ascending=[False, False, True, True, True],
        ignore_index=True,
    )
    return ExcessTime(
        levels=levels[[by, *COLUMNS]],
        family=int(levels["judged"].sum()),
        q=q,
        interval_level=interval_level,
        notes=tuple(_notes(levels, len(tickets) - len(known))),
    )


def _levels(
    own: pd.DataFrame, hours: str, drivers: Sequence[str], strata: Sequence[str]
) -> Iterator[dict[str, Any]]:
    """Yield each level of each driver against the rest of the same strata."""
    time = own[hours].to_numpy(float)
    day = pd.factorize(own[OPENED].dt.normalize())[0]
    for driver in drivers:
        held = [own[column] for column in strata if column != driver]
        stratum = own.groupby(held, dropna=False).ngroup().to_numpy() if held else 0 * day
        code, names = pd.factorize(level_names(own[driver]), sort=True)
        if len(names) > 1:
            for level, name in enumerate(names):
                row = _against_rest(code == level, time, stratum, day)
                yield {"driver": driver, "level": str(name), **row}


def _against_rest(
    group: np.ndarray, time: np.ndarray, stratum: np.ndarray, day: np.ndarray
) -> dict[str, Any]:
    """Return the hours of a group over those of the rest, and how sure that is."""
    size = np.bincount(stratum)
    share = np.bincount(stratum, group) / size
    inside = group - share[stratum]
    # Strata of the group or of the rest alone have no difference to tell.
    compared = (share[stratum] > 0) & (share[stratum] < 1)
    n, rest = int((group & compared).sum()), int((~group & compared).sum())
    row: dict[str, Any] = {"n": int(group.sum()), "mean": time[group].mean()}
    days = min(len(np.unique(day[side & compared])) for side in (group, ~group))
    if min(n, rest) < MIN_CASES or days < MIN_DAYS:
        return row
    about = time - (np.bincount(stratum, time) / size)[stratum]
    weight = inside @ inside
    difference = float(inside @ about / weight)
    moment = inside * (about - difference * inside)
    together = np.bincount(day, moment)
    clusters = len(np.unique(day[compared]))
    variance = max(together @ together * clusters / (clusters - 1), moment @ moment)
    error = float(np.sqrt(variance) / weight)
    p = 2 * stats.t.sf(abs(difference) / error, days - 1) if error else np.nan
    return row | {
        "difference": difference, "excess": n * difference, "error": n * error, "df": days - 1,
        "p": p,
    }  # fmt: skip


def _notes(levels: pd.DataFrame, unknown: int) -> Iterator[Note]:
    if levels["judged"].any():
        yield note("comparisons", tests=int(levels["judged"].sum()))
    if unknown:
        yield note("times_unknown", tickets=unknown)
