"""A frame of series turned into stretches: checked, sorted, gaps kept, cut at phases.

A stretch is one phase of one series. Points are held flat, in the order of series and time; row
(stretch) and column (position in it) say where each stands in the arrays of `chart_limits`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from slm_analysis.analyses.chart_cells import Cells
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


@dataclass(frozen=True)
class Layout:
    """Points in order, and their places in arrays of stretches by position.

    Attributes
    ----------
    keys : DataFrame
        One row per series: the by-columns.
    points : DataFrame
        One row per point, gaps included: `series` (row of `keys`), `time`, `value`, `n`,
        `spread` and `range` (within subgroups), `target`, `excluded`, `complete`, `baseline`.
    row, column : array of int
        Stretch of each point, position in it.
    series, phase, label : array, one per stretch
        Its series, its number within the series, its name.
    """

    keys: pd.DataFrame
    points: pd.DataFrame
    row: Whole
    column: Whole
    series: Whole
    phase: Whole
    label: NDArray[np.object_]

    def grid(self, flat: NDArray[Any], fill: Any) -> NDArray[Any]:
        """Return per-point values as stretches by position, `fill` past a stretch's end."""
        width = int(self.column.max(initial=0)) + 1
        cells = np.full((len(self.series), width), fill, dtype=flat.dtype)
        cells[self.row, self.column] = flat
        return cells

    def times(self, index: Whole) -> pd.Series:
        """Return the times of some points, missing for -1."""
        return self.points["time"].reindex(index)

    def cells(self, *, bridge: bool) -> Cells:
        """Return what the kinds of chart compute with."""
        points = self.points
        n, value = points["n"].to_numpy(), points["value"].to_numpy()
        gap = np.isnan(value) | (n == 0)
        excluded = self.grid(points["excluded"].to_numpy(), fill=False)
        complete = self.grid(points["complete"].to_numpy() & ~gap, fill=False)
        useful = complete & ~excluded
        in_baseline = useful & self.grid(points["baseline"].to_numpy(), fill=False)
        frozen = in_baseline.any(axis=1)
        estimating = np.where(frozen[:, None], in_baseline, useful)
        return Cells(
            value=self.grid(np.where(gap, np.nan, value), fill=np.nan),
            size=self.grid(np.where(gap, np.nan, n), fill=np.nan),
            useful=useful,
            estimating=estimating,
            frozen=frozen,
            previous=_previous(estimating, excluded if bridge else np.zeros_like(excluded)),
            spread=self.grid(points["spread"].to_numpy(), fill=np.nan),
            range=self.grid(points["range"].to_numpy(), fill=np.nan),
        )


def _previous(estimating: Flags, passed_over: Flags) -> Whole:
    """Return the position that each point's moving range joins with, -1 where none."""
    index = np.broadcast_to(np.arange(estimating.shape[1]), estimating.shape)
    last = np.maximum.accumulate(np.where(passed_over, -1, index), axis=1)
    before = np.full_like(last, -1)
    before[:, 1:] = last[:, :-1]
    joined = np.take_along_axis(estimating, np.maximum(before, 0), axis=1)
    return np.where(estimating & joined & (before >= 0), before, -1)


def arrange(df: pd.DataFrame, request: Request) -> Layout:
    """Return the frame's points in order, cut into stretches.

    Raises
    ------
    InputError
        A column is missing or of the wrong type, a time is repeated, a count impossible, or a
        phase, baseline or excluded time does not fit the data.
    """
    _check_columns(df, request)
    subgroups = request.kind != AUTO and KINDS[request.kind].size == "subgroup"
    keys, points = _in_order(df, request)
    points = _subgroups(points) if subgroups else points
    _check_points(keys, points, request)
    points = _with_gaps(points, request.freq) if request.freq is not None else points
    points["baseline"] = _in_baseline(points["time"], request.baseline)
    points["excluded"] |= _excluded(points["time"], request.exclude)
    code, labels = _phases(points, keys, request.phases)
    return _cut(keys, points, code, labels)


def _cut(
    keys: pd.DataFrame, points: pd.DataFrame, code: Whole, labels: NDArray[np.object_]
) -> Layout:
    """Return the layout with a new stretch wherever series or phase changes."""
    series = points["series"].to_numpy()
    begins = np.ones(len(points), dtype=bool)
    begins[1:] = (series[1:] != series[:-1]) | (code[1:] != code[:-1])
    row = np.cumsum(begins) - 1
    first = np.flatnonzero(begins)
    of_series = series[first]
    number = np.arange(len(first))
    return Layout(
        keys=keys,
        points=points,
        row=row,
        column=np.arange(len(points)) - first[row],
        series=of_series,
        phase=number - np.searchsorted(of_series, of_series),
        label=labels[code[first]],
    )


# --- Columns and order ------------------------------------------------------------------------


def _check_columns(df: pd.DataFrame, request: Request) -> None:
    wanted = {"value": request.value, "time": request.time}
    wanted |= {"n": request.n} if request.n is not None else {}
    wanted |= {"target": request.target} if isinstance(request.target, str) else {}
    wanted |= {"phases": request.phases} if isinstance(request.phases, str) else {}
    wanted |= {"exclude": request.exclude} if isinstance(request.exclude, str) else {}
    faults = [
        Fault(
            f"`{role}` names a column that the frame does not have.",
            nearest(name, df.columns),
            column=name,
        )
        for role, name in [*wanted.items(), *(("by", name) for name in request.by)]
        if name not in df.columns
    ]
    if faults:
        raise InputError(faults)
    numeric = [request.value, *([request.n] if request.n is not None else [])]
    numeric += [request.target] if isinstance(request.target, str) else []
    faults = [
        Fault(
            "The column is not numeric.",
            "Convert it, for example with pandas.to_numeric.",
            column=name,
        )
        for name in numeric
        if not pd.api.types.is_numeric_dtype(df[name]) or pd.api.types.is_bool_dtype(df[name])
    ]
    flags = ["complete"] if "complete" in df.columns else []
    flags += [request.exclude] if isinstance(request.exclude, str) else []
    faults += [
        Fault(
            "The column is not true or false throughout.",
            "Fill and convert it to bool.",
            column=name,
        )
        for name in flags
        if not pd.api.types.is_bool_dtype(df[name]) or df[name].isna().any()
    ]
    faults += _time_faults(df[request.time], request)
    if faults:
        raise InputError(faults)


def _time_faults(time: pd.Series, request: Request) -> list[Fault]:
    dated = isinstance(time.dtype, pd.DatetimeTZDtype | pd.PeriodDtype) or time.dtype.kind == "M"
    if not dated and not pd.api.types.is_numeric_dtype(time):
        remedy = "Convert it, for example with pandas.to_datetime."
        return [Fault("The times are neither dates nor numbers.", remedy, column=request.time)]
    faults = []
    if time.isna().any():
        remedy = "Drop the rows, or give them their period."
        count = int(time.isna().sum())
        faults.append(Fault(f"{count} rows have no time.", remedy, column=request.time))
    if request.freq is not None and not dated:
        remedy = "Leave `freq` out, or give dates."
        faults.append(Fault("`freq` needs dates.", remedy, column=request.time))
    return faults


def _in_order(df: pd.DataFrame, request: Request) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the series' keys and the points sorted by series and time."""
    time = df[request.time].reset_index(drop=True)
    if isinstance(time.dtype, pd.PeriodDtype):
        time = time.dt.to_timestamp()
    if request.by:
        groups = df.groupby(request.by, sort=True, dropna=False, observed=True)
        series = groups.ngroup().to_numpy()
        first = np.unique(series, return_index=True)[1]
        keys = df[request.by].iloc[first].reset_index(drop=True)
    else:
        series = np.zeros(len(df), dtype=int)
        keys = pd.DataFrame(index=range(min(len(df), 1)))
    target = request.target
    points = pd.DataFrame(
        {
            "series": series,
            "time": time,
            "value": _floats(df, request.value),
            "n": _floats(df, request.n),
            "spread": np.nan,
            "range": np.nan,
            "target": _floats(df, target) if isinstance(target, str) else _number(target),
            "excluded": df[request.exclude].to_numpy(bool)
            if isinstance(request.exclude, str)
            else False,
            "complete": df["complete"].to_numpy(bool) if "complete" in df.columns else True,
            "phase_value": df[request.phases].array if isinstance(request.phases, str) else 0,
        }
    )
    return keys, points.iloc[np.lexsort((_moments(time), series))].reset_index(drop=True)


def _moments(time: pd.Series) -> NDArray[Any]:
    """Return times as plain numbers that sort and compare as the times do."""
    return time.to_numpy("datetime64[ns]") if time.dtype.kind == "M" else time.to_numpy()


def _floats(df: pd.DataFrame, name: str | None) -> Numbers | float:
    return np.nan if name is None else df[name].to_numpy(dtype=float, na_value=np.nan)


def _number(target: float | None) -> float:
    return np.nan if target is None else float(target)


def _subgroups(points: pd.DataFrame) -> pd.DataFrame:
    """Return one point per series and time, the mean of the rows that share it."""
    groups = points.groupby(["series", "time"], sort=False)
    found = groups["value"].agg(value="mean", n="count", spread="std", low="min", high="max")
    said = groups.agg(
        target=("target", "last"),
        excluded=("excluded", "any"),
        complete=("complete", "all"),
        phase_value=("phase_value", "first"),
    )
    found["range"] = found["high"] - found["low"]
    return found.drop(columns=["low", "high"]).join(said).reset_index().astype({"n": float})


def _check_points(keys: pd.DataFrame, points: pd.DataFrame, request: Request) -> None:
    value, n = points["value"].to_numpy(), points["n"].to_numpy()
    series, time = points["series"].to_numpy(), _moments(points["time"])
    faults: list[Fault] = []

    def fault(bad: Flags, problem: str, remedy: str, column: str) -> None:
        if bad.any():
            worst = points.iloc[int(np.argmax(bad))]
            name = series_name(keys, int(worst["series"]))
            place = f"{name}, {worst['time']}" if request.by else f"{worst['time']}"
            faults.append(
                Fault(f"{problem} in {int(bad.sum())} rows, first {place}.", remedy, column=column)
            )

    repeated = np.zeros(len(points), dtype=bool)
    repeated[1:] = (series[1:] == series[:-1]) & (time[1:] == time[:-1])
    fault(
        repeated,
        "A series has several rows of the same time",
        "Name what tells them apart in "
        "`by`, sum them first, or take them as subgroups (kind 'xbar').",
        request.time,
    )
    fault(np.isinf(value) | np.isinf(n), "Not a finite number", "Mend the rows.", request.value)
    counts = request.n is not None or (request.kind != AUTO and KINDS[request.kind].counts)
    if counts:
        fault(value < 0, "A negative count", "Counts start at 0.", request.value)
        fault(n < 0, "A negative n", "Denominators start at 0.", request.n or "n")
    if request.kind in {"p", "p'", "np"}:
        fault(
            value > n,
            "A count is larger than its n",
            "Give the cases out of n; events per exposure are kind 'u' or \"u'\".",
            request.value,
        )
    if request.kind in {"i_log", "t"}:
        ratio = np.where(n == 0, np.nan, value)
        fault(ratio <= 0, "Not above 0", "Use kind 'i', or leave the rows out.", request.value)
    if faults:
        raise InputError(faults)


def series_name(keys: pd.DataFrame, series: int) -> Any:
    """Return how notes and messages name a series: the by-value, or a tuple of several."""
    names = tuple(keys.iloc[series].tolist())
    return names[0] if len(names) == 1 else names


# --- Gaps, phases, baseline, exclusions -------------------------------------------------------


def _with_gaps(points: pd.DataFrame, freq: str) -> pd.DataFrame:
    """Return the points with a row for every missing period between a series' first and last."""
    if freq not in FREQUENCIES:
        raise InputError(f"Unknown `freq` {freq!r}. {nearest(str(freq), FREQUENCIES)}")
    time, zone = points["time"], getattr(points["time"].dtype, "tz", None)
    wall = time.dt.tz_localize(None) if zone is not None else time
    periods = pd.PeriodIndex(wall, freq=FREQUENCIES[freq])
    ordinal = periods.asi8
    series = points["series"].to_numpy()
    steps = np.ones(len(points), dtype=int)
    same = series[1:] == series[:-1]
    steps[:-1] = np.where(same, ordinal[1:] - ordinal[:-1], 1)
    if (steps < 1).any():
        place = points["time"].iloc[int(np.argmax(steps < 1))]
        raise InputError(
            f"A series has several rows in the {freq} of {place}. Sum them first, or choose a "
            "shorter `freq`."
        )
    source = np.repeat(np.arange(len(points)), steps)
    offset = np.arange(len(source)) - np.repeat(np.cumsum(steps) - steps, steps)
    gap = offset > 0
    filled = points.iloc[source].reset_index(drop=True)
    begins = (periods[source] + offset)[gap].to_timestamp()
    if zone is not None:
        begins = begins.tz_localize(zone, ambiguous=True, nonexistent="shift_forward")
    filled.loc[gap, "time"] = begins.astype(time.dtype)
    filled.loc[gap, ["value", "n", "spread", "range"]] = np.nan
    filled.loc[gap, "excluded"] = False
    filled.loc[gap, "complete"] = True
    return filled


def as_time(moment: Any, time: pd.Series) -> Any:
    """Return a moment that the caller gave (a text, date or number) as `time` has them."""
    try:
        if time.dtype.kind != "M":
            return float(moment)
        stamp = pd.Timestamp(moment)
        zone = getattr(time.dtype, "tz", None)
        if zone is None:
            return stamp.tz_localize(None)
        return stamp.tz_localize(zone) if stamp.tz is None else stamp.tz_convert(zone)
    except (TypeError, ValueError) as error:
        raise InputError(
            f"{moment!r} cannot be compared with the times of the data. Give a date such as "
            "'2026-01-31', or a number where the times are numbers."
        ) from error


def _in_baseline(time: pd.Series, baseline: tuple[Any, Any] | None) -> Flags:
    if baseline is None:
        return np.zeros(len(time), dtype=bool)
    if isinstance(baseline, str) or not hasattr(baseline, "__len__") or len(baseline) != 2:  # noqa: PLR2004
        raise InputError(f"`baseline` is {baseline!r}. Give a pair of times, (from, to).")
    first, last = (as_time(moment, time) for moment in baseline)
    inside = ((time >= first) & (time <= last)).to_numpy()
    if len(time) and not inside.any():
        raise InputError(f"No period lies in the baseline from {first} to {last}.")
    return inside


def _excluded(time: pd.Series, exclude: Times) -> Flags:
    if exclude is None or isinstance(exclude, str):
        return np.zeros(len(time), dtype=bool)
    moments = [as_time(moment, time) for moment in exclude]
    faults = [
        Fault("An excluded time is not in the data.", "Give the period's own time.", value=moment)
        for moment in moments
        if not (time == moment).any()
    ]
    if faults:
        raise InputError(faults)
    return time.isin(moments).to_numpy()


def _phases(
    points: pd.DataFrame, keys: pd.DataFrame, phases: Times
) -> tuple[Whole, NDArray[np.object_]]:
    """Return each point's phase as a code, and the labels of the codes."""
    if isinstance(phases, str):
        code, names = pd.factorize(points["phase_value"], use_na_sentinel=False)
        return code, np.array([str(name) for name in names], dtype=object)
    if isinstance(phases, pd.DataFrame):
        changes = _changes(phases, points["time"], keys)
    else:
        starts = sorted({as_time(moment, points["time"]) for moment in phases or ()})
        everywhere = np.ones(len(keys), dtype=bool)
        changes = [(start, "", everywhere) for start in starts]
    code = np.zeros(len(points), dtype=int)
    moments, series = points["time"], points["series"].to_numpy()
    for number, (start, _, applies) in enumerate(changes, start=1):
        code[applies[series] & (moments >= start).to_numpy()] = number
    return code, np.array(["", *(label for _, label, _ in changes)], dtype=object)


def _changes(
    process_changes: pd.DataFrame, time: pd.Series, keys: pd.DataFrame
) -> list[tuple[Any, str, Flags]]:
    """Return start, label and the series concerned of every change, in the order of time.

    A change counts from the start of its day; a by-column that the changes have too restricts
    it, a missing entry meaning all.
    """
    if "implemented_at" not in process_changes.columns:
        raise InputError(
            "The frame given as `phases` has no column 'implemented_at'. "
            + nearest("implemented_at", process_changes.columns)
        )
    named = next((c for c in ("description", "change_id") if c in process_changes.columns), None)
    shared = [name for name in keys.columns if name in process_changes.columns]
    found: dict[tuple[Any, ...], tuple[list[str], Flags]] = {}
    for _, change in process_changes.iterrows():
        start = as_time(change["implemented_at"], time)
        start = start.normalize() if isinstance(start, pd.Timestamp) else start
        applies = np.ones(len(keys), dtype=bool)
        for name in shared:
            if pd.notna(change[name]):
                applies &= (keys[name] == change[name]).to_numpy()
        label = str(change[named]) if named is not None else ""
        found.setdefault((start, applies.tobytes()), ([], applies))[0].append(label)
    return [
        (start, "; ".join(labels), applies)
        for (start, _), (labels, applies) in sorted(found.items(), key=lambda item: item[0])
    ]
