"""Where units expect different things of one service: other scores at the same time to resolve."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields

import numpy as np
import pandas as pd
from scipy import sparse, stats
from scipy.sparse.csgraph import connected_components

from slm_analysis.analyses.false_discovery import false_discovery
from slm_analysis.analyses.suppression import (
    MIN_GROUP,
    require_columns,
    require_min_group,
    respondents_of,
)
from slm_analysis.errors import Fault, InputError
from slm_analysis.result import Result

EDGES = (0.25, 0.5, 1, 2, 4, 8, 12, 16, 24, 40, 60, 80, 160, 320, 640)
"""Hours that part the bands of time; 8 are a working day."""
MIN_RESPONDENTS = 10
"""Of a unit with fewer the likeness of one person's answers cannot be estimated."""
MIN_COMPARABLE = 3
"""With fewer other units their mean says more of them than of what is usual."""
DEPENDENT = 1e-9
"""Directions of the design under this part of its largest are told by the others."""
FEW_PEOPLE, FEW_UNITS = "few_respondents", "few_units"
COUNTS = ["units", "answers", "respondents", "left_out"]
FIGURES = ["score", "plain_difference", "difference", "se", "df"]
CURVE = ["band", "others"]


@dataclass(frozen=True, eq=False, kw_only=True)
class Expectations(Result):
    """What each unit gives at the same time to resolve, against comparable units.

    Attributes
    ----------
    gaps : DataFrame
        One row per unit (and by-columns): `units` that it is compared with, `answers` and
        `respondents` that entered, `left_out` answers (in bands of time in which the unit or all
        others have too few people), `score` (mean of those that entered), `plain_difference` (that
        less the mean of the other units' scores), `difference` (the same at the same time to
        resolve and mix), `se`, `df`, `low`, `high` (at `interval_level`), `p`, `q` (adjusted over
        the family), `reason` why it is not compared (`few_respondents`, `few_units`, empty).
        Figures of a unit that is not compared are missing.
    curve : DataFrame
        One row per compared unit and band of time: `band` (number of `EDGES` below it) and
        `others`, the mean score of the comparable units there, at the unit's own mix.
    family : int
        Differences tested.
    q : float
        Share of false ones among the findings that is accepted.
    interval_level : float
        Level of the intervals: a difference is found just if its own excludes 0.
    """

    gaps: pd.DataFrame
    curve: pd.DataFrame
    family: int
    q: float
    interval_level: float


@dataclass(frozen=True)
class _Answers:
    """Answers as numbers: of unit, band of time, person, levels of the mix (columns), and score."""

    unit: np.ndarray
    band: np.ndarray
    who: np.ndarray
    mix: np.ndarray
    score: np.ndarray

    def only(self, which: np.ndarray) -> _Answers:
        return _Answers(*(getattr(self, field.name)[which] for field in fields(self)))


def time_band(hours: pd.Series) -> pd.Series:
    """Return the band of each time: how many of `EDGES` it is above."""
    return pd.Series(np.searchsorted(EDGES, hours, side="left"), hours.index)


def band_ends(band: int) -> tuple[float, float]:
    """Return the hours above which a band begins, and with which it ends."""
    ends = (0.0, *EDGES, np.inf)
    return ends[band], ends[band + 1]


def expectations(
    answers: pd.DataFrame,
    *,
    unit: str = "business_unit",
    score: str = "score",
    hours: str = "hours",
    by: Sequence[str] = (),
    mix: Sequence[str] = (),
    q: float = 0.05,
    min_group: int = MIN_GROUP,
) -> Expectations:
    """Answer whether a unit gives other scores than others at the same time to resolve.

    Parameters
    ----------
    answers : DataFrame
        One row per answer: `unit`, `score`, `hours` (time to resolve), the columns of `by` and
        `mix`, and where known `respondent_id`: answers of a person go together. Rows without score
        or hours are left out.
    by : list of str
        Columns that part what can be compared: the service, the scale.
    mix : list of str
        Columns that are held fixed as well: priority, channel …; a missing value is a level.
    q : float
        Accepted share of false ones among the findings (Benjamini-Hochberg over the call).
    min_group : int
        A unit's answers in a band of time enter from so many people on.

    Returns
    -------
    Expectations

    Raises
    ------
    InputError
        Unknown column, score or hours that are no numbers, q outside 0 to 1.

    Notes
    -----
    Least squares with a level per unit, and bands of time and mix shared by all units; the
    difference is a unit's level less the mean of the others'. Its variance is that of the
    jackknife over respondents within each unit, with the shared slopes linearised (Bell and
    McCaffrey, Survey Methodology 2002;28:169-181); t has the degrees of freedom of a sum of such
    parts (Satterthwaite, Biometrics Bulletin 1946;2:110-114). The units are these and no sample;
    the gap is taken to be the same at all times.
    """
    keys, held = list(by), list(mix)
    _check(answers, [unit, score, hours, *keys, *held], [score, hours], q, min_group)
    rows = answers[answers[score].notna() & answers[hours].notna()].reset_index(drop=True)
    code, names = pd.factorize(rows[unit], sort=True)
    every = _Answers(
        unit=code,
        band=time_band(rows[hours]).to_numpy(),
        who=pd.factorize(respondents_of(rows))[0],
        mix=np.column_stack(
            [np.empty((len(rows), 0), int), *(pd.factorize(rows[column])[0] for column in held)]
        ),
        score=rows[score].to_numpy(float),
    )
    gaps, curves = [], []
    groups = rows.groupby(keys, observed=True).indices if keys else {(): np.arange(len(rows))}
    for group, at in groups.items():
        key = dict(zip(keys, group if isinstance(group, tuple) else (group,), strict=True))
        gap, curve = _compared(every.only(np.asarray(at)), min_group)
        gaps.append(gap.assign(**key))
        curves.append(curve.assign(**key))
    table = _together(gaps, [*keys, "unit", *COUNTS, *FIGURES, "reason"])
    table = table.astype(dict.fromkeys(FIGURES, float))
    p = 2 * stats.t.sf(table["difference"].abs() / table["se"], table["df"])
    adjusted, level = false_discovery(p, q)
    half = stats.t.ppf((1 + level) / 2, table["df"]) * table["se"]
    table = table.assign(
        low=table["difference"] - half, high=table["difference"] + half, p=p, q=adjusted
    )
    named = {"unit": lambda found: names[found["unit"].astype(int)]}
    return Expectations(
        gaps=table.assign(**named).rename(columns={"unit": unit}),
        curve=_together(curves, [*keys, "unit", *CURVE])
        .assign(**named)
        .rename(columns={"unit": unit}),
        family=int((~np.isnan(p)).sum()),
        q=q,
        interval_level=level,
    )


def _check(
    answers: pd.DataFrame, columns: list[str], numbers: list[str], q: float, min_group: int
) -> None:
    require_min_group(min_group)
    require_columns(answers, columns)
    faults = [
        Fault("Not a number.", "Convert the column.", column=column)
        for column in numbers
        if len(answers) and not pd.api.types.is_numeric_dtype(answers[column])
    ]
    if not 0 < q < 1:
        faults.append(Fault("q must lie between 0 and 1.", "0.05 is usual.", value=q))
    if faults:
        raise InputError(faults)


def _together(tables: list[pd.DataFrame], columns: list[str]) -> pd.DataFrame:
    """Return tables below each other, with these columns even if there are none."""
    filled = [table[columns] for table in tables if len(table)]
    return pd.concat(filled, ignore_index=True) if filled else pd.DataFrame(columns=columns)


def _named(table: pd.DataFrame, names: pd.Index, unit: str) -> pd.DataFrame:
    """Return a table with the names of units for their numbers."""
    return table.assign(unit=names[table["unit"].to_numpy(int)]).rename(columns={"unit": unit})


def _compared(answers: _Answers, min_group: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the gaps of all units of one service, and the curve that each is compared with."""
    units, size = np.unique(answers.unit, return_counts=True)
    people = np.bincount(_distinct(answers.unit, answers.who)[0])[units]
    gaps, curves = [], []
    for own in _connected(answers.only(_entering(answers, min_group))):
        if len(np.unique(own.unit)) > MIN_COMPARABLE:
            gap, curve = _fitted(own)
            gaps.append(gap)
            curves.append(curve)
    found = pd.concat(gaps) if gaps else pd.DataFrame(columns=[*COUNTS[:-1], *FIGURES])
    found = found.reindex(units)
    counts = found[COUNTS[:-1]].astype(float).fillna(0).astype(int)
    reasons = [found["difference"].notna(), people < MIN_RESPONDENTS]
    return (
        found.assign(
            **counts,
            left_out=size - counts["answers"],
            reason=np.select(reasons, ["", FEW_PEOPLE], FEW_UNITS),
        )
        .rename_axis("unit")
        .reset_index(),
        _together(curves, ["unit", *CURVE]),
    )


def _distinct(group: np.ndarray, who: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return each pair of two numbers from 0 once, sorted."""
    width = who.max(initial=0) + 1
    pair = np.unique(group.astype(np.int64) * width + who)
    return pair // width, pair % width


def _entering(answers: _Answers, min_group: int) -> np.ndarray:
    """Return which answers enter: those of units and in bands with enough people.

    A cell (a unit's answers in a band) of fewer than `min_group` people stays out, then a band of
    one unit only, then a unit of too few people, until nothing more has to.
    """
    cell = answers.unit * (len(EDGES) + 1) + answers.band
    enters = np.bincount(_distinct(cell, answers.who)[0], minlength=1)[cell] >= min_group
    while True:
        left = answers.only(enters)
        units = np.bincount(_distinct(left.band, left.unit)[0], minlength=len(EDGES) + 1)
        people = np.bincount(_distinct(left.unit, left.who)[0], minlength=1)
        stays = (units[left.band] > 1) & (people[left.unit] >= MIN_RESPONDENTS)
        if stays.all():
            return enters
        enters[enters] = stays


def _connected(answers: _Answers) -> Iterator[_Answers]:
    """Yield the answers of units that share bands, directly or by way of others."""
    if not len(answers.unit):
        return
    size = answers.unit.max() + 1
    links = sparse.coo_array(
        (np.ones(len(answers.unit)), (answers.unit, size + answers.band)),
        shape=(size + len(EDGES) + 1,) * 2,
    )
    part = connected_components(links, directed=False)[1][answers.unit]
    for one in np.unique(part):
        yield answers.only(part == one)


def _fitted(answers: _Answers) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the gaps of units that can be compared, by number, and the curve of the others."""
    names, unit = np.unique(answers.unit, return_inverse=True)
    bands, band = np.unique(answers.band, return_inverse=True)
    n = np.bincount(unit)
    design = np.column_stack(
        [np.eye(len(bands))[band], *(_columns(level) for level in answers.mix.T)]
    )

    def means(values: np.ndarray) -> np.ndarray:
        return _sums(values, unit, len(n)) / n.reshape(-1, *[1] * (values.ndim - 1))

    within = design - means(design)[unit]
    inverse = np.linalg.pinv(within.T @ within, rcond=DEPENDENT, hermitian=True)
    slope = inverse @ (within.T @ answers.score)
    level = means(answers.score - design @ slope)
    residual = answers.score - design @ slope - level[unit]
    others = (1 - np.eye(len(n))) / (len(n) - 1)
    contrast = np.eye(len(n)) - others
    own, _ = _distinct(unit, answers.who)
    pair = unit * (answers.who.max() + 1) + answers.who
    at = np.unique(pair, return_inverse=True)[1]
    # Without a person the unit's mean moves by its residuals over the answers that are left.
    left = 1 - np.bincount(at) / n[own]
    moved = _sums(within * residual[:, None], at, len(own)) / left[:, None]
    shifted = np.bincount(at, residual) / n[own] / left
    parts = _parts(contrast, contrast @ means(design) @ inverse, shifted, moved, own)
    m = np.bincount(own)
    parts *= (m - 1) / m
    variance = parts.sum(axis=1)
    gaps = pd.DataFrame(
        {
            "units": len(n) - 1,
            "answers": n,
            "respondents": m,
            "score": means(answers.score),
            "plain_difference": contrast @ means(answers.score),
            "difference": contrast @ level,
            "se": np.sqrt(variance),
            "df": variance**2 / (parts**2 / (m - 1)).sum(axis=1),
        },
        index=names,
    )
    of_mix = slice(len(bands), None)
    usual = others @ level + means(design)[:, of_mix] @ slope[of_mix]
    # The curve must rest on other units, not on the unit's own answers alone.
    cells = _sums(np.eye(len(bands))[band], unit, len(n)) > 0
    row, column = np.nonzero(cells.sum(axis=0) - cells > 0)
    return gaps, pd.DataFrame(
        {"unit": names[row], "band": bands[column], "others": usual[row] + slope[column]}
    )


def _columns(level: np.ndarray) -> np.ndarray:
    """Return one column of 0 and 1 for each level."""
    levels, code = np.unique(level, return_inverse=True)
    columns: np.ndarray = np.eye(len(levels))[code]
    return columns


def _sums(values: np.ndarray, group: np.ndarray, groups: int) -> np.ndarray:
    """Return the sums of rows by group."""
    rows = np.arange(len(group))
    member = sparse.csr_array((np.ones(len(group)), (group, rows)), (groups, len(group)))
    sums: np.ndarray = member @ values
    return sums


def _parts(
    contrast: np.ndarray,
    by_design: np.ndarray,
    shifted: np.ndarray,
    moved: np.ndarray,
    own: np.ndarray,
) -> np.ndarray:
    """Return each unit's part (columns) in the variance of each difference (rows).

    Parameters
    ----------
    contrast : array (units, units)
        What a difference gives to the units' levels.
    by_design : array (units, columns)
        What it takes back for the slopes being estimated.
    shifted, moved : arrays (people,), (people, columns)
        What a person moves the own unit's level and the slopes by.
    own : array (people,)
        The unit of each person.
    """
    units = len(contrast)
    squares = np.bincount(own, shifted**2, minlength=units)
    crossed = _sums(shifted[:, None] * moved, own, units)
    # People stand unit by unit, so each unit's sum of products is one product of matrices.
    of_unit = np.split(moved, np.flatnonzero(np.diff(own)) + 1)
    products = np.stack([people.T @ people for people in of_unit])
    return (
        contrast**2 * squares
        - 2 * contrast * (by_design @ crossed.T)
        + ((by_design @ products) * by_design).sum(axis=-1).T
    )
