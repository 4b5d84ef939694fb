"""Small groups stay hidden, so that nobody's answer can be read from a published figure."""

from __future__ import annotations

from collections.abc import Iterable
from numbers import Integral

import numpy as np
import pandas as pd

from slm_analysis.errors import Fault, InputError, nearest

MIN_GROUP = 5
"""Figures of fewer distinct respondents than this are not published."""

FEW = "few_respondents"
COMPLEMENT = "complement"
SHOWN = ""


def require_columns(frame: pd.DataFrame, columns: Iterable[str]) -> None:
    """Raise InputError, naming the nearest column, for each of `columns` that `frame` lacks."""
    missing = [column for column in columns if column not in frame.columns]
    if missing:
        raise InputError(
            Fault(f"There is no column {column!r}.", nearest(column, frame.columns))
            for column in missing
        )


def require_min_group(min_group: int) -> None:
    """Raise InputError unless `min_group` is a whole number of at least 1."""
    if not isinstance(min_group, Integral) or isinstance(min_group, bool) or min_group < 1:
        raise InputError(
            Fault(
                "min_group is not a number of respondents.",
                "Give a whole number of at least 1.",
                value=min_group,
            )
        )


def respondents_of(answers: pd.DataFrame) -> pd.Series:
    """Return who gave each answer.

    Parameters
    ----------
    answers : DataFrame
        One row per answer, `respondent_id` where respondents are known.

    Returns
    -------
    Series of int
        A number per distinct `respondent_id`; an answer without one counts as a respondent of its
        own. Its index is that of `answers`.
    """
    own = -1 - np.arange(len(answers))
    if "respondent_id" not in answers.columns:
        return pd.Series(own, index=answers.index)
    known = pd.factorize(answers["respondent_id"])[0]
    return pd.Series(np.where(known < 0, own, known), index=answers.index)


def hidden_reasons(
    respondents: pd.Series,
    *,
    min_group: int = MIN_GROUP,
    total_shown: bool = True,
    overlapping: bool = False,
) -> pd.Series:
    """Answer which groups may not be shown, and why.

    Parameters
    ----------
    respondents : Series of int
        Distinct respondents of each group. A group without any has nothing to hide.
    min_group : int
        A group of fewer respondents is hidden.
    total_shown : bool
        A total over these groups is published too. The shown groups can be subtracted from it, so
        what is hidden must together be `min_group` respondents; where it is not, the smallest
        shown group is hidden as well.
    overlapping : bool
        A respondent may be in several groups. The counts of the hidden groups then do not add up,
        and only the largest of them is sure.

    Returns
    -------
    Series of str
        Per group `few_respondents`, `complement` (hidden because subtraction would reveal
        another), or empty where it may be shown.

    Raises
    ------
    InputError
        `min_group` is not a whole number of at least 1.

    Notes
    -----
    Primary and complementary suppression (Hundepool et al., Statistical Disclosure Control,
    2012, chapter 4). The complement holds within one call: tables that cut the same answers
    differently can still be subtracted from each other.
    """
    require_min_group(min_group)
    counts = respondents.to_numpy(int)
    few = (counts > 0) & (counts < min_group)
    reasons = np.where(few, FEW, SHOWN).astype(object)
    if total_shown and few.any():
        together = counts[few].max() if overlapping else counts[few].sum()
        enough = np.flatnonzero(counts >= min_group)
        if together < min_group and len(enough):
            reasons[enough[counts[enough].argmin()]] = COMPLEMENT
    return pd.Series(reasons, index=respondents.index, dtype="str")


def merged_periods(
    period: pd.Series, respondent: pd.Series, *, min_group: int = MIN_GROUP
) -> pd.Series:
    """Answer in which longer period each answer may be shown.

    Parameters
    ----------
    period : Series
        The period of each answer of one series, in any sortable type.
    respondent : Series
        Who gave it (see `respondents_of`), row by row.
    min_group : int
        Distinct respondents that a shown period must have.

    Returns
    -------
    Series
        The first period of the block that the answer is shown in, indexed like `period`; missing
        where there must be a gap.

    Raises
    ------
    InputError
        `min_group` is not a whole number of at least 1.

    Notes
    -----
    Periods with answers are merged with the next, oldest first, until a block has `min_group`
    distinct respondents. What is left at the end joins the block before it, so that the blocks
    cannot be subtracted from a total over the same time; without such a block it is a gap.
    """
    require_min_group(min_group)
    people = pd.Series(respondent.to_numpy()).groupby(period.to_numpy()).agg(set)
    blocks, seen, complete = [], set(), 0
    for who in people:
        blocks.append(complete)
        seen |= who
        if len(seen) >= min_group:
            complete, seen = complete + 1, set()
    if not complete:
        return pd.Series(index=period.index, dtype=period.dtype)
    block = np.minimum(blocks, complete - 1)
    first = people.index[np.searchsorted(block, block)]
    return period.map(pd.Series(first, index=people.index)).astype(period.dtype)
