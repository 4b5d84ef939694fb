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
    2012, chapter 4). The complement holds within one call; for a second table of the same answers
    see `hidden_beside`.
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


def hidden_beside(
    group: pd.Series,
    reasons: pd.Series,
    beside: pd.Series,
    beside_reasons: pd.Series,
    respondent: pd.Series,
    *,
    min_group: int = MIN_GROUP,
) -> pd.Series:
    """Answer which groups may be shown beside another table that cuts the same answers otherwise.

    Parameters
    ----------
    group : Series
        The group of each answer in the table to come.
    reasons : Series of str
        Of each of its groups, as `hidden_reasons` gives them.
    beside, beside_reasons : Series
        The same of the table that is published already, with the total.
    respondent : Series
        Who gave each answer (see `respondents_of`).
    min_group : int

    Returns
    -------
    Series of str
        `reasons`, with `complement` for each group that has to be hidden as well.

    Notes
    -----
    Shown groups of both tables, and what is hidden in either as one group, are the nodes of a
    graph, answers its edges. A sum of published figures, each with any weight, gives an answer the
    sum of its two nodes' weights. Where two nodes share `min_group` people these weights must
    cancel, or the sum tells of enough people; so the two count as one node, and so on. If all
    answers end up within nodes, no sum tells of fewer. Else the smallest group at fault is hidden.
    """
    require_min_group(min_group)
    people = respondent.groupby(group.to_numpy()).nunique()
    fixed = _lumped(beside, beside_reasons)
    while True:
        ends = np.column_stack([fixed, fixed.max(initial=0) + 1 + _lumped(group, reasons)])
        apart, at_fault = _apart(ends, respondent.to_numpy(), min_group)
        shown = [g for g in group[at_fault].unique() if reasons[g] == SHOWN]
        if not apart or not shown:
            return reasons
        reasons = reasons.mask(reasons.index == people[shown].idxmin(), COMPLEMENT)


def _lumped(group: pd.Series, reasons: pd.Series) -> np.ndarray:
    """Return the number of each answer's group; all hidden ones are group 0."""
    number = pd.Series(np.arange(1, len(reasons) + 1), reasons.index)
    return group.map(number.where(reasons == SHOWN, 0)).to_numpy(int)


def _apart(ends: np.ndarray, respondent: np.ndarray, min_group: int) -> tuple[bool, np.ndarray]:
    """Return whether answers lie between nodes, and which answers belong to the nodes at fault."""
    node = np.arange(ends.max(initial=0) + 1)
    while True:
        links = pd.DataFrame(np.sort(node[ends], axis=1), columns=["one", "other"])
        between = links["one"] != links["other"]
        apart = links[between].assign(who=respondent[between])
        people = apart.groupby(["one", "other"])["who"].nunique()
        enough = people.index[people >= min_group]
        if not len(enough):
            at_fault = np.isin(links.to_numpy(), links[between].to_numpy()).any(axis=1)
            return bool(between.any()), np.asarray(at_fault)
        one, other = enough[0]
        node[node == other] = one


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
