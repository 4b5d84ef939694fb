"""What goes with satisfaction: shares of its variation, and how much each driver costs or adds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from slm_analysis.analyses.explained_shares import (
    corrected_interval,
    explained_shares,
    products_by_cluster,
    ranked,
    resampled_shares,
)
from slm_analysis.analyses.false_discovery import false_discovery
from slm_analysis.analyses.ordinal_regression import ordinal_regression
from slm_analysis.analyses.suppression import (
    MIN_GROUP,
    require_columns,
    require_min_group,
    respondents_of,
)
from slm_analysis.errors import Fault, InputError
from slm_analysis.intervals import LEVEL
from slm_analysis.result import Note, Result, note

MOST_DRIVERS = 12
"""All orders in which more could enter are too many to go through."""
MIN_LEVEL = 10
"""Groups of fewer respondents are taken together with others: little could be said of them, and
one person might be told from the rest."""
PER_COLUMN = 2
"""Respondents needed for each column of the model, the constant included."""
MOST_STEPS = 11
"""Scores of more different values than 0 to 10 are no ordered answers but a measurement."""
OTHERS = "(other)"
NOT_STATED = "(not stated)"
DEPENDENT = 1e-7
"""A column is told by those before it where less than this part of its length is its own."""
SHARE = ["driver", "columns", "share", "low", "high", "by_chance", "p", "q", "finding", "rank"]
LEVELS = [
    "driver", "level", "against", "answers", "respondents", "difference", "low", "high",
    "odds_ratio", "odds_low", "odds_high",
]  # fmt: skip


@dataclass(frozen=True, eq=False, kw_only=True)
class KeyDrivers(Result):
    """What goes with satisfaction.

    Attributes
    ----------
    shares : DataFrame
        One row per driver, findings first, then by share: `driver`, `columns` (it has in the
        model), `share` of the score's variance (they sum to `r2`), `low`, `high` (95 %),
        `by_chance` (the share to expect of a driver of so many columns that goes with nothing),
        `p` and `q` (adjusted over the drivers) of the score being the same whatever the driver,
        all others held fixed; `finding`; `rank` among the findings, missing where the interval of
        the difference to another finding holds 0. Without rows where there are too few.
    levels : DataFrame
        One row per column of the model: `driver`, `level` (empty for a number), `against` (the
        level that it is compared with; empty for a number), `answers`, `respondents` of the level,
        `difference` of the score in points (per unit of a number), `low`, `high`, and
        `odds_ratio` of a higher score with `odds_low`, `odds_high` (proportional odds; missing
        where that model is not to be had), all at `interval_level`, the other drivers held fixed.
    r2 : float
        Share of the score's variance that goes with all drivers together.
    answers, respondents : int
        That entered.
    q : float
        Share of false ones among the findings that is accepted.
    interval_level : float
        Level of the intervals behind the findings.
    """

    shares: pd.DataFrame
    levels: pd.DataFrame
    r2: float
    answers: int
    respondents: int
    q: float
    interval_level: float


@dataclass(frozen=True)
class _Columns:
    """The columns that the drivers have in the model."""

    values: np.ndarray
    driver: list[str]
    level: list[str]
    against: list[str]


def key_drivers(
    answers: pd.DataFrame,
    *,
    drivers: Sequence[str],
    score: str = "score",
    q: float = 0.05,
    min_group: int = MIN_GROUP,
) -> KeyDrivers:
    """Answer what goes with satisfaction, how much of it, and whether that can be ranked.

    Parameters
    ----------
    answers : DataFrame
        One row per answer; where known `respondent_id`: the answers of a person go together.
    drivers : list of str
        Columns to look at, at most twelve. Numbers enter as they are; of texts the most frequent
        level is the one that the others are compared with. Rows without a score or a number are
        left out; a missing text is a level of its own.
    score : str
        Column of the scores.
    q : float
        Accepted share of false ones among the findings (Benjamini-Hochberg over the drivers).
    min_group : int
        With fewer respondents nothing is shown.

    Returns
    -------
    KeyDrivers

    Raises
    ------
    InputError
        Unknown column, no driver or more than twelve, a score that is no number, a time as driver,
        q outside 0 to 1.

    Notes
    -----
    Shares: see `explained_shares`; intervals from a bootstrap over respondents. They are never
    below 0, so they do not tell whether a driver goes with the score at all: that is tested in the
    linear model with all drivers, by the jackknife over respondents (MacKinnon, Nielsen and Webb,
    Journal of Applied Econometrics 2023;38:671-694; F with respondents - 1). Two drivers that
    tell the same may share what neither shows alone. Where nothing goes with anything, 7 in 100
    simulated runs of 60 people and five drivers found something. `odds_ratio` reads the scores as
    ordered answers (`ordinal_regression`).
    """
    _check(answers, drivers, score, q, min_group)
    numbers = [d for d in drivers if pd.api.types.is_numeric_dtype(answers[d])]
    entering = answers[answers[[score, *numbers]].notna().all(axis=1)]
    who = pd.factorize(respondents_of(entering))[0]
    respondents = len(np.unique(who))
    model = _columns(entering, drivers, who)
    notes = list(_notes(len(answers) - len(entering), drivers, model))
    y = entering[score].to_numpy(float)
    needed = max(min_group, PER_COLUMN * (len(model.driver) + 1))
    reason = ""
    if respondents < needed:
        reason = "drivers_too_few_respondents"
    elif np.ptp(y) == 0 or not model.driver:
        reason = "drivers_no_variation"
    if reason:
        return KeyDrivers(
            shares=pd.DataFrame(columns=SHARE),
            levels=pd.DataFrame(columns=LEVELS),
            r2=np.nan,
            answers=len(entering),
            respondents=respondents,
            q=q,
            interval_level=1 - q,
            notes=(*notes, note(reason, respondents=respondents, needed=needed)),
        )
    products = products_by_cluster(np.column_stack([model.values, y]), who)
    names = list(dict.fromkeys(model.driver))
    sizes = [model.driver.count(name) for name in names]
    share = explained_shares(products.sum(axis=0, keepdims=True), sizes)[0]
    drawn = resampled_shares(products, sizes)
    low, high = corrected_interval(drawn, share, LEVEL)
    slope, variance = _jackknife(products)
    df = len(products) - 1
    p = np.array([_joint_p(slope, variance, at, df) for at in _positions(sizes)])
    adjusted, interval_level = false_discovery(p, q)
    shares = pd.DataFrame(
        {
            "driver": names,
            "columns": sizes,
            "share": share,
            "low": low,
            "high": high,
            # E[R squared] of k columns without any relation is k / (n - 1).
            "by_chance": np.array(sizes) / (len(y) - 1),
            "p": p,
            "q": adjusted,
            "finding": adjusted <= q,
        }
    )
    shares["rank"] = ranked(shares["share"], drawn, shares["finding"], LEVEL)
    levels = _levels(model, y, who, slope, variance, df, interval_level)
    if levels["odds_ratio"].isna().any():
        notes.append(note("drivers_odds_unknown"))
    return KeyDrivers(
        shares=shares.sort_values(["finding", "share"], ascending=False, ignore_index=True),
        levels=levels,
        r2=float(share.sum()),
        answers=len(y),
        respondents=respondents,
        q=q,
        interval_level=interval_level,
        notes=tuple(notes),
    )


def _check(
    answers: pd.DataFrame, drivers: Sequence[str], score: str, q: float, min_group: int
) -> None:
    require_min_group(min_group)
    if isinstance(drivers, str) or not 0 < len(drivers) <= MOST_DRIVERS:
        raise InputError(
            Fault(
                "drivers is not a list of one to twelve columns.",
                "Leave out what says nearly the same as another.",
                value=drivers,
            )
        )
    require_columns(answers, [score, *drivers])
    faults = []
    if len(set(drivers)) < len(drivers) or score in drivers:
        faults.append(
            Fault("A column is named twice.", "Name each driver once, without the score.")
        )
    if not pd.api.types.is_numeric_dtype(answers[score]):
        faults.append(Fault("Not a number.", "Convert the scores.", column=score))
    faults += [
        Fault("A time is no driver.", "Derive one from it: weekday, hours since …", column=driver)
        for driver in drivers
        if pd.api.types.is_datetime64_any_dtype(answers[driver])
        or pd.api.types.is_timedelta64_dtype(answers[driver])
    ]
    if not 0 < q < 1:
        faults.append(Fault("q must lie between 0 and 1.", "0.05 is usual.", value=q))
    if faults:
        raise InputError(faults)


def _columns(answers: pd.DataFrame, drivers: Sequence[str], who: np.ndarray) -> _Columns:
    """Return the model's columns, without those that stand still or that others before tell."""
    found = [column for driver in drivers for column in _of_driver(answers[driver], who)]
    kept = []
    if found:
        values = np.column_stack([values for values, *_ in found])
        centred = values - values.mean(axis=0)
        own = np.abs(np.diagonal(np.linalg.qr(centred, mode="r"))) if len(values) else np.zeros(0)
        length = np.linalg.norm(centred, axis=0)
        kept = [i for i, part in enumerate(own) if part > DEPENDENT * length[i]]
    return _Columns(
        values=np.column_stack([found[i][0] for i in kept])
        if kept
        else np.empty((len(answers), 0)),
        driver=[found[i][1] for i in kept],
        level=[found[i][2] for i in kept],
        against=[found[i][3] for i in kept],
    )


def _of_driver(values: pd.Series, who: np.ndarray) -> Iterator[tuple[np.ndarray, str, str, str]]:
    """Yield the columns of a driver with its name, their level and the one compared with."""
    name = str(values.name)
    if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        if (values != values.iloc[:1].max()).any():
            yield values.to_numpy(float), name, "", ""
        return
    level = values.astype("str").fillna(NOT_STATED).to_numpy(object)
    people = pd.Series(who).groupby(level).nunique()
    level = np.where(np.isin(level, people.index[people < MIN_LEVEL]), OTHERS, level)
    usual = pd.Series(level).value_counts()
    if OTHERS in usual.index and len(np.unique(who[level == OTHERS])) < MIN_LEVEL:
        usual = usual.drop(OTHERS)
        if usual.empty:
            return
        level = np.where(level == OTHERS, usual.index[0], level)
    for one in sorted(usual.index[1:]):
        yield (level == one).astype(float), name, str(one), str(usual.index[0])


def _positions(sizes: Sequence[int]) -> Iterator[np.ndarray]:
    """Yield the columns of each driver."""
    end = 0
    for size in sizes:
        yield np.arange(end, end + size)
        end += size


def _jackknife(products: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the slopes of the standardised columns and their variance over clusters."""
    whole = products.sum(axis=0)
    without = whole - products

    def slopes(sums: np.ndarray) -> np.ndarray:
        solved: np.ndarray = (
            np.linalg.pinv(sums[..., :-1, :-1], hermitian=True) @ sums[..., :-1, -1:]
        )
        return solved[..., 1:, 0]

    slope, left_out = slopes(whole), slopes(without)
    away = left_out - slope
    clusters = len(products)
    return slope, (clusters - 1) / clusters * away.T @ away


def _joint_p(slope: np.ndarray, variance: np.ndarray, at: np.ndarray, df: int) -> float:
    """Return p of all columns of a driver being 0 (Wald, F)."""
    own = slope[at]
    wald = own @ np.linalg.pinv(variance[np.ix_(at, at)], hermitian=True) @ own / len(at)
    return float(stats.f.sf(wald, len(at), df))


def _levels(
    model: _Columns,
    y: np.ndarray,
    who: np.ndarray,
    slope: np.ndarray,
    variance: np.ndarray,
    df: int,
    level: float,
) -> pd.DataFrame:
    points = y.std() / model.values.std(axis=0)
    half = stats.t.ppf((1 + level) / 2, df) * np.sqrt(np.diagonal(variance))
    is_number = np.array([not name for name in model.level])
    has = (model.values > 0) | is_number
    return pd.DataFrame(
        {
            "driver": model.driver,
            "level": model.level,
            "against": model.against,
            "answers": has.sum(axis=0),
            "respondents": [len(np.unique(who[own])) for own in has.T],
            "difference": points * slope,
            "low": points * (slope - half),
            "high": points * (slope + half),
            **_odds(model, y, who, level),
        }
    )[LEVELS]


def _odds(
    model: _Columns, y: np.ndarray, who: np.ndarray, level: float
) -> dict[str, np.ndarray | float]:
    """Return the odds of a higher score, missing where scores are not ordered answers."""
    names = ("odds_ratio", "odds_low", "odds_high")
    if len(np.unique(y)) > MOST_STEPS:
        return dict.fromkeys(names, np.nan)
    table = ordinal_regression(y, pd.DataFrame(model.values), clusters=who, level=level).table
    if table.empty:
        return dict.fromkeys(names, np.nan)
    ends = zip(names, ("estimate", "low", "high"), strict=True)
    return {name: np.exp(table[column].to_numpy(float)) for name, column in ends}


def _notes(left_out: int, drivers: Sequence[str], model: _Columns) -> Iterator[Note]:
    if left_out:
        yield note("drivers_left_out_answers", answers=left_out)
    silent = [driver for driver in drivers if driver not in model.driver]
    if silent:
        yield note("drivers_without_groups", drivers=tuple(silent), min_level=MIN_LEVEL)
