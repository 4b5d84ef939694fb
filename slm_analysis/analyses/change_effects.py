"""Which of many changes worked, with chance finds among so many held in check."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from slm_analysis.analyses.ar1_regression import require_share
from slm_analysis.analyses.change_effect import ChangeEffect, change_effect, conclude
from slm_analysis.analyses.change_fit import FittedChange, fit_change
from slm_analysis.analyses.false_discovery import false_discovery
from slm_analysis.analyses.periods import period_axis
from slm_analysis.analyses.suppression import require_columns
from slm_analysis.errors import Fault, InputError, nearest
from slm_analysis.result import Result, note

SEVERAL = (list, tuple, set, np.ndarray, pd.Series, pd.Index)
FIGURES = ["estimate", "low", "high", "p", "smallest_detectable"]
COLUMNS = ["unit", "on", *FIGURES[:4], "verdict", "reason", *FIGURES[4:]]
COLUMNS += ["n_before", "n_after", "comparison"]
OWN_KEYWORDS = {"df", "time", "on", "unit", "treated", "level"}


@dataclass(frozen=True, eq=False, kw_only=True)
class ChangeEffects(Result):
    """The effects of many changes, judged as one family.

    Attributes
    ----------
    table : DataFrame
        One row per change: `unit` (missing for one series), `on`, `estimate`, `low`, `high` (at
        `level`), `p`, `q` (Benjamini-Hochberg over the family), `verdict`, `reason`,
        `smallest_detectable`, `n_before`, `n_after`, `comparison`. Figures are missing where
        there is no estimate.
    effects : tuple of ChangeEffect
        The single results in the order of the table, at the same level.
    q : float
        Share of false finds that is accepted among all finds.
    level : float
        Coverage of the intervals behind the verdicts.
    family_size : int
        Number of tests made.
    """

    table: pd.DataFrame
    effects: tuple[ChangeEffect, ...]
    q: float
    level: float
    family_size: int


def change_effects(
    df: pd.DataFrame,
    *,
    time: str,
    on: Any,
    unit: str | None = None,
    treated: Any = None,
    q: float = 0.05,
    **options: Any,
) -> ChangeEffects:
    """Answer which of many changes worked: one change in many units, or many in one series.

    Parameters
    ----------
    df : DataFrame
        One row per period and unit, as in `change_effect`.
    time : str
    on : date, mapping or list of dates
        With units: one date for all, or the date of each changed unit. Without: the dates of
        several changes in one series; each is judged from the one before to the one after.
    unit : str, optional
        Column of units.
    treated : optional
        The changed units; by default the keys of `on`. None of them serves as a control.
    q : float
        Share of false finds that is accepted among all finds.
    **options
        `value` and all further keywords of `change_effect` but `level`.

    Returns
    -------
    ChangeEffects

    Raises
    ------
    InputError
        As `change_effect`; unknown keywords; changed units without a date.

    Notes
    -----
    Benjamini and Hochberg, JRSS B 1995;57:289-300. With R finds among m tests the intervals are
    at 1 - max(R, 1) q / m (Benjamini and Yekutieli, JASA 2005;100:71-81), so that an interval
    excludes 0 exactly where the test is a find.
    """
    known = set(inspect.signature(change_effect).parameters) - OWN_KEYWORDS
    unknown = set(options) - known
    if unknown:
        raise InputError(
            Fault(f"There is no keyword {name!r}.", nearest(name, sorted(known)))
            for name in sorted(unknown)
        )
    require_share("q", q, 0.05)
    require_columns(df, [time, *([unit] if unit else [])])
    if unit is None:
        fits = list(_changes_of_one_series(df, time, on, options))
    else:
        fits = list(_changed_units(df, time, unit, _dates_of_units(on, treated), options))

    return judged_together(fits, q)


def judged_together(fits: Sequence[FittedChange], q: float) -> ChangeEffects:
    """Return the answers to several fitted changes as one family.

    Parameters
    ----------
    fits : sequence of FittedChange
        Of any series and measures; those without an estimate are no tests.
    q : float
        Share of false finds that is accepted among all finds.
    """
    p = np.array([f.p for f in fits], dtype=float)
    adjusted, level = false_discovery(p, q)
    size = int((~np.isnan(p)).sum())
    effects = tuple(conclude(f, level) for f in fits)
    return ChangeEffects(
        table=_table(effects, adjusted),
        effects=effects,
        q=q,
        level=level,
        family_size=size,
        notes=(note("family", n=size, q=q, level=level),),
    )


def between_changes(
    df: pd.DataFrame, time: str, dates: Sequence[Any], freq: str | None = None
) -> Iterator[pd.DataFrame]:
    """Yield, for each date of a change, the periods from the change before to the one after.

    Raises
    ------
    InputError
        A change outside the periods of the series.
    """
    axis = period_axis(df[time], freq)
    position = axis.positions(df[time])
    starts = np.array([axis.position(date, "on") for date in dates], dtype=int)
    for date, start in zip(dates, starts, strict=True):
        since = starts[starts < start].max(initial=position.min())
        until = starts[starts > start].min(initial=position.max() + 1)
        window = df[(position >= since) & (position < until)]
        if window.empty:
            raise InputError(Fault("There are no periods round this change.", value=date))
        yield window


def _dates_of_units(on: Any, treated: Any) -> dict[Any, Any]:
    if treated is None:
        if not isinstance(on, Mapping):
            raise InputError("State which units had the change: treated=, or on={unit: date}.")
        return dict(on)
    units = list(treated) if isinstance(treated, SEVERAL) else [treated]
    if not isinstance(on, Mapping):
        return dict.fromkeys(units, on)
    undated = [u for u in units if u not in on]
    if undated:
        raise InputError(
            Fault("This treated unit has no date.", nearest(str(u), on), value=u) for u in undated
        )
    return {u: on[u] for u in units}


def _changed_units(
    df: pd.DataFrame,
    time: str,
    unit: str,
    dates: Mapping[Any, Any],
    options: Mapping[str, Any],
) -> Iterator[FittedChange]:
    """Fit each changed unit against those that never changed."""
    changed = df[unit].isin(list(dates))
    unchanged = df[~changed]
    for who, on in dates.items():
        rows = pd.concat([df[changed & (df[unit] == who)], unchanged])
        yield fit_change(rows, time=time, on=on, unit=unit, treated=who, **options)


def _changes_of_one_series(
    df: pd.DataFrame, time: str, on: Any, options: Mapping[str, Any]
) -> Iterator[FittedChange]:
    """Fit each change in the periods between its neighbours."""
    dates = list(on) if isinstance(on, SEVERAL) else [on]
    freq = period_axis(df[time], options.get("freq")).freq
    for date, window in zip(dates, between_changes(df, time, dates, freq), strict=True):
        yield fit_change(window, time=time, on=date, **{**options, "freq": freq})


def _table(effects: Sequence[ChangeEffect], adjusted: np.ndarray) -> pd.DataFrame:
    table = pd.DataFrame({name: [getattr(e, name) for e in effects] for name in COLUMNS})
    table[FIGURES] = table[FIGURES].astype(float)
    return table.assign(q=adjusted)[[*COLUMNS[:6], "q", *COLUMNS[6:]]]
