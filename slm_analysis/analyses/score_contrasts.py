"""Scores of one side against the other: late tickets and those in time, one team and the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from slm_analysis.analyses.false_discovery import false_discovery
from slm_analysis.analyses.jackknife import mean_and_shifts, variance
from slm_analysis.analyses.suppression import (
    MIN_GROUP,
    require_columns,
    require_min_group,
    respondents_of,
)
from slm_analysis.errors import Fault, InputError
from slm_analysis.result import Result

MIN_SIDE = 10
"""A side of fewer respondents is not compared: their likeness cannot be estimated, and one person
might be told from the rest."""
TINY = 1e-12
"""A standard error below this is rounding: all scores of a side are alike."""
COUNTS = ["answers", "respondents", "rest_answers", "rest_respondents"]
ESTIMATES = ["difference", "se", "df"]


@dataclass(frozen=True, eq=False, kw_only=True)
class ScoreContrasts(Result):
    """Mean scores of one side less those of the other.

    Attributes
    ----------
    table : DataFrame
        One row per contrast: the by-columns, `answers` and `respondents` of the side looked at,
        `rest_answers` and `rest_respondents` of the other, `difference` (its mean score less that
        of the other, in points), `se`, `df`, `low`, `high` (at `interval_level`), `p`, `q`
        (adjusted over the family). Figures are missing where a side has too few respondents, or
        all scores of both are alike.
    family : int
        Contrasts tested.
    q : float
        Share of false ones among the findings that is accepted.
    interval_level : float
        Level of the intervals: a contrast is found just if its own excludes 0.
    """

    table: pd.DataFrame
    family: int
    q: float
    interval_level: float


def score_contrasts(
    answers: pd.DataFrame,
    *,
    by: Sequence[str],
    side: str,
    score: str = "score",
    q: float = 0.05,
    min_group: int = MIN_GROUP,
) -> ScoreContrasts:
    """Answer whether one side scores lower than the other, in each of several contrasts.

    Parameters
    ----------
    answers : DataFrame
        One row per contrast and answer: the by-columns, `side`, the score, and where known
        `respondent_id`: the answers of a person go together, also across the sides. Rows without
        a score are left out.
    by : list of str
        Columns that name the contrast.
    side : str
        Boolean column: true for the side looked at.
    score : str
    q : float
        Accepted share of false ones among the findings (Benjamini-Hochberg over the call).
    min_group : int
        A side of fewer respondents, and in any case of fewer than ten, is not compared.

    Returns
    -------
    ScoreContrasts

    Raises
    ------
    InputError
        Unknown column, a side that is not true or false, a score that is no number, q outside
        0 to 1.

    Notes
    -----
    Difference of two means; its variance by the jackknife over respondents (Efron and Tibshirani,
    An Introduction to the Bootstrap, 1993, 11.5), t on the respondents of the smaller side less
    one. A few scores near the end of the scale are alike by chance, and would look too sure: the
    smaller side's answers count as no less spread than the larger's.
    """
    keys = list(by)
    _check(answers, keys, side, score, q, min_group)
    rows = answers[answers[score].notna()].reset_index(drop=True)
    who, least = respondents_of(rows).to_numpy(), max(min_group, MIN_SIDE)
    value, on_side = rows[score].to_numpy(float), rows[side].to_numpy(bool)
    records = [
        dict(zip(keys, names if isinstance(names, tuple) else (names,), strict=True))
        | _contrast(value[at], on_side[at], who[at], least)
        for names, at in rows.groupby(keys, observed=True, sort=False).indices.items()
    ]
    table = pd.DataFrame(records, columns=[*keys, *COUNTS, *ESTIMATES])
    table = table.astype(dict.fromkeys(ESTIMATES, float))
    p = 2 * stats.t.sf(table["difference"].abs() / table["se"], table["df"])
    adjusted, level = false_discovery(p, q)
    half = stats.t.ppf((1 + level) / 2, table["df"]) * table["se"]
    return ScoreContrasts(
        table=table.assign(
            low=table["difference"] - half, high=table["difference"] + half, p=p, q=adjusted
        ),
        family=int((~np.isnan(p)).sum()),
        q=q,
        interval_level=level,
    )


def _check(
    answers: pd.DataFrame, keys: list[str], side: str, score: str, q: float, min_group: int
) -> None:
    require_min_group(min_group)
    require_columns(answers, [*keys, side, score])
    faults = []
    if len(answers) and not pd.api.types.is_bool_dtype(answers[side]):
        faults.append(Fault("Not true or false.", "Convert the column.", column=side))
    if len(answers) and not pd.api.types.is_numeric_dtype(answers[score]):
        faults.append(Fault("Not a number.", "Convert the scores.", column=score))
    if not 0 < q < 1:
        faults.append(Fault("q must lie between 0 and 1.", "0.05 is usual.", value=q))
    if not keys:
        faults.append(Fault("by names no column.", "Name what tells the contrasts apart."))
    if faults:
        raise InputError(faults)


def _contrast(
    value: np.ndarray, on_side: np.ndarray, who: np.ndarray, least: int
) -> dict[str, float]:
    """Return the counts of both sides, and the difference of their means where it may be told."""
    _, person = np.unique(who, return_inverse=True)
    sides = [np.flatnonzero(on_side), np.flatnonzero(~on_side)]
    people = [len(np.unique(person[at])) for at in sides]
    numbers = (len(sides[0]), people[0], len(sides[1]), people[1])
    counts: dict[str, float] = dict(zip(COUNTS, numbers, strict=True))
    if min(people) < least:
        return counts
    means, shifts = zip(
        *(mean_and_shifts(value[at], person[at], person.max() + 1) for at in sides), strict=True
    )
    smaller, larger = np.argsort([len(at) for at in sides])
    as_spread = variance(shifts[larger]) + value[sides[larger]].var() / len(sides[smaller])
    se = np.sqrt(max(variance(shifts[0] - shifts[1]), as_spread))
    if se < TINY:
        return counts
    return counts | {"difference": means[0] - means[1], "se": se, "df": min(people) - 1}
