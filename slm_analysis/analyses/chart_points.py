"""The caller's frame as points: checked, in the order of series and time, gaps kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from slm_analysis.analyses.chart_kinds import AUTO, KINDS
from slm_analysis.analyses.run_patterns import Flags, Numbers, Whole
from slm_analysis.errors import Fault, InputError, nearest

FREQUENCIES = {"day": "D", "week": "W-SUN", "month": "M", "quarter": "Q"}
"""Lengths of a period by name; weeks begin on Monday."""

Times = str | pd.DataFrame | Iterable[Any] | None


@dataclass(frozen=True)
class Request:
    """What the caller asked of the frame; the parameters of `control_chart` by the same names."""

    value: str
    time: str
    n: str | None
    by: list[str]
    kind: str
    phases: Times
    baseline: tuple[Any, Any] | None
    exclude: Times
    target: float | str | None
    freq: str | None

    @property
    def subgroups(self) -> bool:
        """Whether rows that share a time are a subgroup."""
        return self.kind != AUTO and KINDS[self.kind].size == "subgroup"

    @property
    def counts(self) -> bool:
        """Whether values are counts."""
        return self.n is not None or (self.kind != AUTO and KINDS[self.kind].counts)


@dataclass(frozen=True)
class Points:
    """One entry per point, gaps included.

    Attributes
    ----------
    series : array of int
        Number of the series.
    time : array of datetimes or numbers
        Its period.
    value, n : array of float
        The measure, or the mean of a subgroup; denominator, exposure or subgroup size.
    spread, range : array of float
        Standard deviation and range within the subgroup.
    target : array of float
        The goal.
    excluded, complete, baseline : array of bool
        Excluded; the period is over and known; its values fix the limits.
    phase : array of int
        Code of the phase.
    """

    series: Whole
    time: Any
    value: Numbers
    n: Numbers
    spread: Numbers
    range: Numbers
    target: Numbers
    excluded: Flags
    complete: Flags
    baseline: Flags
    phase: Whole

    def __len__(self) -> int:
        return len(self.series)

    def take(self, index: Whole) -> Points:
        """Return some of the points, in the order of `index`."""
        return Points(**{field.name: getattr(self, field.name)[index] for field in fields(self)})

    @property
    def dated(self) -> bool:
        """Whether times are dates."""
        return bool(self.time.dtype.kind == "M")

    @cached_property
    def moments(self) -> NDArray[Any]:
        """Times as plain numbers or UTC moments, which sort as the times do."""
        return np.asarray(self.time, dtype="datetime64[ns]") if self.dated else self.time

    @property
    def observed(self) -> Numbers:
        """The value out of n where there is an n, else the value; NaN in a gap."""
        per = np.where(np.isnan(self.n), 1.0, np.where(self.n == 0, np.nan, self.n))
        return self.value / per

    @property
    def gap(self) -> Flags:
        """Points without a value, or with nothing that it could be out of."""
        return np.isnan(self.value) | (self.n == 0)


# --- Columns ----------------------------------------------------------------------------------


def check_columns(df: pd.DataFrame, request: Request) -> None:
    """Raise InputError for columns that are missing or of the wrong type."""
    faults = list(_missing_columns(df, request))
    if not faults:
        faults = [*_type_faults(df, request), *_time_faults(df[request.time], request)]
    if faults:
        raise InputError(faults)


def _named(request: Request, *roles: str) -> list[tuple[str, str]]:
    """Return role and name of the columns that the caller named."""
    names = [(role, getattr(request, role)) for role in roles]
    return [(role, name) for role, name in names if isinstance(name, str)]


def _missing_columns(df: pd.DataFrame, request: Request) -> Iterator[Fault]:
    roles = _named(request, "value", "time", "n", "target", "phases", "exclude")
    for role, name in [*roles, *(("by", name) for name in request.by)]:
        if name not in df.columns:
            problem = f"`{role}` names a column that the frame does not have."
            yield Fault(problem, nearest(str(name), df.columns), column=str(name))


def _type_faults(df: pd.DataFrame, request: Request) -> Iterator[Fault]:
    for _, name in _named(request, "value", "n", "target"):
        if df[name].dtype.kind not in "iuf":
            remedy = "Convert it, for example with pandas.to_numeric."
            yield Fault("The column is not numeric.", remedy, column=name)
    flags = [name for _, name in _named(request, "exclude")]
    for name in flags + (["complete"] if "complete" in df.columns else []):
        if df[name].dtype.kind != "b" or df[name].isna().any():
            problem = "The column is not true or false throughout."
            yield Fault(problem, "Fill and convert it to bool.", column=name)


def _time_faults(time: pd.Series, request: Request) -> Iterator[Fault]:
    dated = time.dtype.kind == "M" or isinstance(time.dtype, pd.PeriodDtype)
    if not dated and time.dtype.kind not in "iuf":
        remedy = "Convert it, for example with pandas.to_datetime."
        yield Fault("The times are neither dates nor numbers.", remedy, column=request.time)
    elif request.freq is not None and not dated:
        yield Fault("`freq` needs dates.", "Leave it out, or give dates.", column=request.time)
    if missing := int(time.isna().sum()):
        remedy = "Drop the rows, or give them their period."
        yield Fault(f"{missing} rows have no time.", remedy, column=request.time)


# --- Points in order --------------------------------------------------------------------------


def points_in_order(df: pd.DataFrame, request: Request) -> tuple[pd.DataFrame, Points]:
    """Return the by-columns of every series, and the points sorted by series and time."""
    keys, series = _series(df, request.by)
    value, n = _floats(df, request.value), _floats(df, request.n)
    points = Points(
        series=series,
        time=_time(df[request.time]),
        value=value if request.n is None else np.where(np.isnan(n), np.nan, value),
        n=n,
        spread=np.full(len(df), np.nan),
        range=np.full(len(df), np.nan),
        target=_floats(df, request.target),
        excluded=_flags(df, request.exclude if isinstance(request.exclude, str) else None),
        complete=_flags(df, "complete") if "complete" in df.columns else ~_flags(df, None),
        baseline=_flags(df, None),
        phase=_column_codes(df, request.phases),
    )
    points = points.take(np.lexsort((points.moments, series)))
    points = _subgroups(points) if request.subgroups else points
    _check_points(keys, points, request)
    return keys, points


def _series(df: pd.DataFrame, by: list[str]) -> tuple[pd.DataFrame, Whole]:
    if not by:
        return pd.DataFrame(index=range(min(len(df), 1))), np.zeros(len(df), dtype=int)
    series = df.groupby(by, sort=True, dropna=False, observed=True).ngroup().to_numpy()
    first = np.unique(series, return_index=True)[1]
    return df[by].iloc[first].reset_index(drop=True), series


def _time(time: pd.Series) -> Any:
    if isinstance(time.dtype, pd.PeriodDtype):
        time = time.dt.to_timestamp()
    return time.array if time.dtype.kind == "M" else time.to_numpy()


def _floats(df: pd.DataFrame, source: float | str | None) -> Numbers:
    if isinstance(source, str):
        return df[source].to_numpy(dtype=float, na_value=np.nan)
    return np.full(len(df), np.nan if source is None else source, dtype=float)


def _flags(df: pd.DataFrame, name: str | None) -> Flags:
    return np.zeros(len(df), dtype=bool) if name is None else df[name].to_numpy(dtype=bool)


def _column_codes(df: pd.DataFrame, phases: Times) -> Whole:
    """Return the codes of a column that tells the phases apart, in the order of `phase_names`."""
    if not isinstance(phases, str):
        return np.zeros(len(df), dtype=int)
    return pd.factorize(df[phases], use_na_sentinel=False)[0]


def phase_names(df: pd.DataFrame, phases: str) -> list[str]:
    """Return the names of the phases that a column tells apart."""
    return [str(name) for name in pd.factorize(df[phases], use_na_sentinel=False)[1]]


def _subgroups(points: Points) -> Points:
    """Return one point per series and time, the mean of the rows that share it."""
    if not len(points):
        return points
    first = np.flatnonzero(~_repeats(points))
    known = ~np.isnan(points.value)

    def fold(ufunc: np.ufunc, flat: NDArray[Any]) -> NDArray[Any]:
        return ufunc.reduceat(flat, first)

    size = fold(np.add, known.astype(float))
    low = fold(np.minimum, np.where(known, points.value, np.inf))
    high = fold(np.maximum, np.where(known, points.value, -np.inf))
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = fold(np.add, np.where(known, points.value, 0.0)) / size
        member = np.cumsum(~_repeats(points)) - 1
        squares = fold(np.add, np.where(known, (points.value - mean[member]) ** 2, 0.0))
        spread = np.sqrt(squares / np.where(size > 1, size - 1, np.nan))
    return replace(
        points.take(first),
        value=mean,
        n=size,
        spread=spread,
        range=np.where(size > 1, high - low, np.nan),
        excluded=fold(np.logical_or, points.excluded),
        complete=fold(np.logical_and, points.complete),
    )


def _repeats(points: Points) -> Flags:
    """Return which points have the series and time of the one before."""
    repeats, moments = np.zeros(len(points), dtype=bool), points.moments
    repeats[1:] = (points.series[1:] == points.series[:-1]) & (moments[1:] == moments[:-1])
    return repeats


def _check_points(keys: pd.DataFrame, points: Points, request: Request) -> None:
    value, n = points.value, points.n
    checks = [
        (
            _repeats(points),
            "A series has several rows of the same time",
            "Name what tells them apart in `by`, sum them first, or take them as subgroups "
            "(kind 'xbar').",
        ),
        (np.isinf(value) | np.isinf(n), "Not a finite number", "Mend the rows."),
    ]
    if request.counts:
        checks.append((value < 0, "A negative count", "Counts start at 0."))
        checks.append((n < 0, "A negative n", "Denominators start at 0."))
    if request.kind in {"p", "p'", "np"}:
        remedy = "Give the cases out of n; events per exposure are kind 'u' or \"u'\"."
        checks.append((value > n, "A count is larger than its n", remedy))
    if request.kind in {"i_log", "t"}:
        remedy = "Use kind 'i', or leave the rows out."
        checks.append(((value <= 0) & ~points.gap, "Not above 0", remedy))
    faults = [
        Fault(
            f"{problem} (rows: {int(bad.sum())}, first: {_place(keys, points, bad)}).",
            remedy,
            column=request.value,
        )
        for bad, problem, remedy in checks
        if bad.any()
    ]
    if faults:
        raise InputError(faults)


def _place(keys: pd.DataFrame, points: Points, bad: Flags) -> str:
    first = int(np.argmax(bad))
    name = ", ".join(str(key) for key in keys.iloc[points.series[first]])
    return f"{name}, {points.time[first]}" if name else f"{points.time[first]}"


# --- Gaps -------------------------------------------------------------------------------------


def with_gaps(points: Points, freq: str) -> Points:
    """Return the points with one for every missing period between a series' first and last."""
    if freq not in FREQUENCIES:
        raise InputError(f"Unknown `freq` {freq!r}. {nearest(str(freq), FREQUENCIES)}")
    zone = getattr(points.time.dtype, "tz", None)
    wall = points.time.tz_localize(None) if zone is not None else points.time
    periods = pd.PeriodIndex(wall, freq=FREQUENCIES[freq])
    steps = np.ones(len(points), dtype=int)
    same = points.series[1:] == points.series[:-1]
    steps[:-1] = np.where(same, np.diff(periods.asi8), 1)
    if (steps < 1).any():
        place = points.time[int(np.argmax(steps < 1))]
        raise InputError(
            f"A series has several rows in the {freq} of {place}. Sum them first, or choose a "
            "shorter `freq`."
        )
    source = np.repeat(np.arange(len(points)), steps)
    offset = np.arange(len(source)) - np.repeat(np.cumsum(steps) - steps, steps)
    gap = offset > 0
    begins = (periods[source] + offset)[gap].to_timestamp()
    if zone is not None:
        begins = begins.tz_localize(zone, ambiguous=True, nonexistent="shift_forward")
    filled = points.take(source)
    time = filled.time.copy()
    time[gap] = begins.as_unit(time.unit).array
    missing = {
        name: np.where(gap, np.nan, getattr(filled, name))
        for name in ("value", "n", "spread", "range")
    }
    return replace(
        filled,
        time=time,
        excluded=filled.excluded & ~gap,
        complete=filled.complete | gap,
        **missing,
    )
