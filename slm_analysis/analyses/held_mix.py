"""What a figure would have been had the same kinds of cases come in each period."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

FEW_CASES = 5
"""Levels with fewer cases are taken together: they say little about themselves."""

OTHER = "(other)"


def held_mix(cases: pd.DataFrame, value: str, time: str, by: Sequence[str]) -> pd.Series:
    """Return each case's value less what its kind accounts for, so that means share one mix.

    Parameters
    ----------
    cases : DataFrame
        One row per case.
    value, time : str
        What is measured, and the period to which a case belongs.
    by : sequence of str
        What tells kinds of cases apart: priority, channel, …; missing is a level of its own.

    Returns
    -------
    Series
        In units of `value`, by the index of `cases`; their mean over all cases is unchanged.

    Notes
    -----
    Adjusted means of the analysis of covariance (Fleiss, Levin and Paik, Statistical Methods for
    Rates and Proportions, 3rd ed., ch. 19): the kinds are compared within periods only, so that a
    change over time is not taken for one of kind, and their differences add up over the columns.
    """
    within = cases[time].to_numpy()
    y = cases[value].to_numpy(dtype=float)
    if cases.empty or not len(by):
        return pd.Series(y, cases.index)
    kinds = pd.get_dummies(_levels(cases[list(by)]), drop_first=True, dtype=float)
    X = kinds.to_numpy()  # noqa: N806  the field's name of a design matrix
    away = X - kinds.groupby(within).transform("mean").to_numpy()
    effect = np.linalg.lstsq(away, y - pd.Series(y).groupby(within).transform("mean"))[0]
    return pd.Series(y - (X - X.mean(axis=0)) @ effect, cases.index)


def varied(cases: pd.DataFrame, columns: Sequence[str]) -> list[str]:
    """Return the columns that tell kinds of cases apart: those of two levels or more."""
    levels = _levels(cases[list(columns)])
    return [name for name in columns if len(levels[name].unique()) > 1]


def _levels(columns: pd.DataFrame) -> pd.DataFrame:
    """Return the columns as text, their rare levels as one."""
    text = columns.astype("str").fillna("")
    return text.apply(lambda c: c.where(c.map(c.value_counts()) >= FEW_CASES, OTHER))
