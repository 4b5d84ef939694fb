"""The verdict on a goal: what the contract says, and how sure the evidence is."""

from __future__ import annotations

import numpy as np
import pandas as pd

RESULTS = ("met", "missed", "open", "too_few", "no_cases")
EVIDENCE = ("clear", "uncertain")
ROUNDING = 1e-12
"""Shares closer than this are equal: 57 of 60 is 95 %, whatever the binary fraction says."""


def verdicts(levels: pd.DataFrame) -> pd.DataFrame:
    """Answer, for each row, whether its goal was kept and whether the figures make that sure.

    Parameters
    ----------
    levels : DataFrame
        Columns `value` (share or score), `counted` (cases behind it), `undecided` (cases still
        running), `goal_value`, `at_most` (the goal is not to exceed), `minimum` (fewest cases for
        a verdict), `low`, `high` (95 % interval of the value).

    Returns
    -------
    DataFrame
        With `result` added (contractual, on counted cases, without the interval): ``met``,
        ``missed``, ``open`` (running cases could still decide it), ``too_few``, ``no_cases``; and
        `evidence`: ``clear`` where the interval excludes the goal, else ``uncertain``.
    """
    counted, undecided = levels["counted"], levels["undecided"]
    cases = counted + undecided
    favourable = levels["value"].fillna(0) * counted
    with np.errstate(invalid="ignore", divide="ignore"):
        # If every running case turns out badly, and if every one turns out well.
        worst, best = favourable / cases, (favourable + undecided) / cases
    exact = undecided == 0
    kept_worst = _kept(levels["value"].where(exact, worst), levels)
    kept_best = _kept(levels["value"].where(exact, best), levels)
    result = np.select(
        [
            cases == 0,
            cases < levels["minimum"],
            (counted < levels["minimum"]) | (kept_worst != kept_best),
            kept_worst,
        ],
        ["no_cases", "too_few", "open", "met"],
        default="missed",
    )
    goal = levels["goal_value"]
    excluded = (levels["low"] > goal + ROUNDING) | (levels["high"] < goal - ROUNDING)
    return levels.assign(result=result, evidence=np.where(excluded, "clear", "uncertain"))


def _kept(value: pd.Series, levels: pd.DataFrame) -> pd.Series:
    at_most = value <= levels["goal_value"] + ROUNDING
    at_least = value >= levels["goal_value"] - ROUNDING
    return at_most.where(levels["at_most"], at_least)
