"""Which of many changes worked, with chance finds among so many held in check."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from slm_analysis.analyses.ar1_regression import require_share
from slm_analysis.analyses.change_effect import (
    ChangeEffect,
    change_effect,
    conclude,
    verdict_of,
)
from slm_analysis.analyses.change_fit import FittedChange, fit_change, fit_on_panel
from slm_analysis.analyses.change_panel import read_panel
from slm_analysis.analyses.change_series import AFTER, BEFORE
from slm_analysis.analyses.false_discovery import false_discovery
from slm_analysis.analyses.periods import period_axis
from slm_analysis.analyses.pooled_effect import PooledEffect, pooled_effect
from slm_analysis.analyses.suppression import require_columns
from slm_analysis.errors import Fault, InputError, nearest
from slm_analysis.result import Result, note

SEVERAL = (list, tuple, set, np.ndarray, pd.Series, pd.Index)
FIGURES = ["estimate", "low", "high", "p", "smallest_detectable"]
COLUMNS = ["unit", "on", *FIGURES[:4], "verdict", "reason", *FIGURES[4:]]
COLUMNS += ["n_before", "n_after", "comparison"]
OF_PANEL = {"value", "n", "weights", "covariates", "freq"}
"""Keywords that say how the figures are read; the others, how a change is looked for."""
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
    fits : tuple of FittedChange
    pooled : PooledEffect or None
        The mean effect over all changed units, where there are several and at least three
        unchanged ones; a question of its own, not part of the family.
    q : float
        Share of false finds that is accepted among all finds.
    level : float
        Coverage of the intervals behind the verdicts.
    family_size : int
        Number of tests made.
    """

    table: pd.DataFrame
    fits: tuple[FittedChange, ...] = field(repr=False)
    pooled: PooledEffect | None = None
    q: float
    level: float
    family_size: int

    @property
    def pooled_verdict(self) -> str | None:
        """The verdict on all changed units together; None where there is no pooled effect."""
        if self.pooled is None:
            return None
        first = self.fits[0]
        return verdict_of(self.pooled.part, first.better, first.min_effect)

    @cached_property
    def effects(self) -> tuple[ChangeEffect, ...]:
        """The single results with all their checks, in the order of the table, at its level."""
        return tuple(conclude(fit, self.level) for fit in self.fits)


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
        return judged_together(list(_changes_of_one_series(df, time, on, options)), q)
    dates = _dates_of_units(on, treated)
    of_panel = {k: v for k, v in options.items() if k in OF_PANEL}
    own = {k: v for k, v in options.items() if k not in OF_PANEL}
    panel = read_panel(df, time=time, unit=unit, **of_panel)
    fits = [
        fit_on_panel(panel, on=date, treated=who, changed=dates.keys(), **own)
        for who, date in dates.items()
    ]
    return replace(judged_together(fits, q), pooled=pooled_effect(panel, dates, own))


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
    return ChangeEffects(
        table=_table(fits, adjusted, level),
        fits=tuple(fits),
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


def _changes_of_one_series(
    df: pd.DataFrame, time: str, on: Any, options: Mapping[str, Any]
) -> Iterator[FittedChange]:
    """Fit each change in the periods between its neighbours."""
    dates = list(on) if isinstance(on, SEVERAL) else [on]
    freq = period_axis(df[time], options.get("freq")).freq
    for date, window in zip(dates, between_changes(df, time, dates, freq), strict=True):
        yield fit_change(window, time=time, on=date, **{**options, "freq": freq})


def _table(fits: Sequence[FittedChange], adjusted: np.ndarray, level: float) -> pd.DataFrame:
    rows = []
    for fit in fits:
        asked = fit.parts(level).get("mean_effect")
        rows.append(
            {
                "unit": fit.series.unit,
                "on": fit.on,
                "verdict": verdict_of(asked, fit.better, fit.min_effect),
                "reason": fit.reason,
                "n_before": fit.series.count(BEFORE),
                "n_after": fit.series.count(AFTER),
                "comparison": fit.comparison,
            }
            | ({} if asked is None else dict(zip(FIGURES, astuple(asked), strict=True)))
        )
    table = pd.DataFrame(rows, columns=COLUMNS)
    table[FIGURES] = table[FIGURES].astype(float)
    return table.assign(q=adjusted)[[*COLUMNS[:6], "q", *COLUMNS[6:]]]
