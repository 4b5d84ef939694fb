"""Points laid out for computing: cut at phases into stretches, each a row of arrays."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from slm_analysis.analyses.chart_cells import Cells
from slm_analysis.analyses.chart_points import (
    Points,
    Request,
    Times,
    check_columns,
    phase_names,
    points_in_order,
    with_gaps,
)
from slm_analysis.analyses.run_patterns import Flags, Whole
from slm_analysis.errors import Fault, InputError, nearest


@dataclass(frozen=True)
class Layout:
    """Points in order, and their places in arrays of stretches by position.

    A stretch is one phase of one series.

    Attributes
    ----------
    keys : DataFrame
        One row per series: the by-columns.
    points : Points
        In the order of series and time.
    row, column : array of int
        Stretch of each point, position in it.
    first, last : array of int, one per stretch
        Its first and last point.
    series, phase, label : array, one per stretch
        Its series, its number within the series, its name.
    """

    keys: pd.DataFrame
    points: Points
    row: Whole
    column: Whole
    first: Whole
    last: Whole
    series: Whole
    phase: Whole
    label: NDArray[np.object_]

    @cached_property
    def names(self) -> list[Any]:
        """What messages call each series: its by-value, or a tuple of several."""
        names = [tuple(row) for row in self.keys.itertuples(index=False)]
        return [name[0] if len(name) == 1 else name for name in names]

    def per_series(self, weights: NDArray[Any], of: Whole | None = None) -> NDArray[Any]:
        """Return sums per series of numbers per stretch (or of the series `of`)."""
        series = self.series if of is None else of
        return np.bincount(series, weights, minlength=len(self.keys)).astype(float)

    def grid(self, flat: NDArray[Any], fill: Any) -> NDArray[Any]:
        """Return per-point values as stretches by position, `fill` past a stretch's end."""
        cells = np.full((len(self.series), self.width), fill, dtype=flat.dtype)
        cells[self.row, self.column] = flat
        return cells

    @property
    def width(self) -> int:
        """Points of the longest stretch, at least 1."""
        return int(self.column.max(initial=0)) + 1

    def flat(self, grid: NDArray[Any]) -> NDArray[Any]:
        """Return per point what arrays of stretches by position hold."""
        return grid[self.row, self.column]

    def times(self, index: Whole) -> Any:
        """Return the times of some points, missing for -1."""
        return pd.api.extensions.take(self.points.time, index, allow_fill=bool((index < 0).any()))

    def cells(self, *, bridge: bool) -> Cells:
        """Return what the kinds of chart compute with."""
        points, gap = self.points, self.points.gap
        excluded = self.grid(points.excluded, fill=False)
        useful = self.grid(points.complete & ~points.excluded & ~gap, fill=False)
        in_baseline = useful & self.grid(points.baseline, fill=False)
        frozen = in_baseline.any(axis=1)
        estimating = np.where(frozen[:, None], in_baseline, useful)
        return Cells(
            value=self.grid(np.where(gap, np.nan, points.value), fill=np.nan),
            size=self.grid(np.where(gap, np.nan, points.n), fill=np.nan),
            useful=useful,
            estimating=estimating,
            frozen=frozen,
            previous=_previous(useful, excluded if bridge else np.zeros_like(excluded)),
            spread=self.grid(points.spread, fill=np.nan),
            range=self.grid(points.range, fill=np.nan),
        )


def _previous(useful: Flags, passed_over: Flags) -> Whole:
    """Return the position that each point's moving range joins with, -1 where none."""
    index = np.broadcast_to(np.arange(useful.shape[1]), useful.shape)
    last = np.maximum.accumulate(np.where(passed_over, -1, index), axis=1)
    before = np.full_like(last, -1)
    before[:, 1:] = last[:, :-1]
    joined = np.take_along_axis(useful, np.maximum(before, 0), axis=1)
    return np.where(useful & joined & (before >= 0), before, -1)


def arrange(df: pd.DataFrame, request: Request) -> Layout:
    """Return the frame's points in order, cut into stretches.

    Raises
    ------
    InputError
        A column is missing or of the wrong type, a time is repeated, a count impossible, or a
        phase, baseline or excluded time does not fit the data.
    """
    check_columns(df, request)
    keys, points = points_in_order(df, request)
    if request.freq is not None:
        points = with_gaps(points, request.freq)
    points = replace(
        points,
        baseline=_in_baseline(points, request.baseline),
        excluded=points.excluded | _excluded(points, request.exclude),
    )
    if isinstance(request.phases, str):
        return _cut(keys, points, phase_names(df, request.phases))
    changes = _changes(request.phases, points, keys)
    phase = np.zeros(len(points), dtype=int)
    for number, (start, _, applies) in enumerate(changes, start=1):
        phase[applies[points.series] & (points.time >= start)] = number
    return _cut(keys, replace(points, phase=phase), ["", *(label for _, label, _ in changes)])


def _cut(keys: pd.DataFrame, points: Points, labels: list[str]) -> Layout:
    """Return the layout with a new stretch wherever series or phase changes."""
    begins = np.ones(len(points), dtype=bool)
    begins[1:] = (np.diff(points.series) != 0) | (np.diff(points.phase) != 0)
    row = np.cumsum(begins) - 1
    first = np.flatnonzero(begins)
    series = points.series[first]
    return Layout(
        keys=keys,
        points=points,
        row=row,
        column=np.arange(len(points)) - first[row],
        first=first,
        last=np.append(first[1:], len(points))[: len(first)] - 1,
        series=series,
        phase=np.arange(len(first)) - np.searchsorted(series, series),
        label=np.array(labels, dtype=object)[points.phase[first]],
    )


# --- Moments that the caller gave -------------------------------------------------------------


def _as_time(moment: Any, points: Points) -> Any:
    """Return a moment that the caller gave (a text, date or number) as the points have them."""
    try:
        if isinstance(moment, bool | np.bool_) or points.dated == isinstance(moment, Real):
            raise TypeError
        if not points.dated:
            return float(moment)
        stamp = pd.Timestamp(moment)
        zone = getattr(points.time.dtype, "tz", None)
        if zone is None:
            return stamp.tz_localize(None)
        return stamp.tz_localize(zone) if stamp.tz is None else stamp.tz_convert(zone)
    except (TypeError, ValueError) as error:
        raise InputError(
            f"{moment!r} cannot be compared with the times of the data. Give a date such as "
            "'2026-01-31', or a number where the times are numbers."
        ) from error


def _as_times(moments: Any, name: str, points: Points) -> list[Any]:
    """Return the moments that the caller gave as the argument `name`."""
    if moments is None:
        return []
    if not isinstance(moments, Iterable):
        raise InputError(f"`{name}` is {moments!r}. Give a list of times, or a column's name.")
    return [_as_time(moment, points) for moment in moments]


def _in_baseline(points: Points, baseline: tuple[Any, Any] | None) -> Flags:
    if baseline is None:
        return np.zeros(len(points), dtype=bool)
    if isinstance(baseline, str) or not hasattr(baseline, "__len__") or len(baseline) != 2:  # noqa: PLR2004
        raise InputError(f"`baseline` is {baseline!r}. Give a pair of times, (from, to).")
    first, last = (_as_time(moment, points) for moment in baseline)
    inside = np.asarray((points.time >= first) & (points.time <= last))
    if len(points) and not inside.any():
        raise InputError(f"No period lies in the baseline from {first} to {last}.")
    return inside


def _excluded(points: Points, exclude: Times) -> Flags:
    excluded, faults = np.zeros(len(points), dtype=bool), []
    for moment in _as_times(None if isinstance(exclude, str) else exclude, "exclude", points):
        hit = np.asarray(points.time == moment)
        excluded |= hit
        if not hit.any():
            remedy = "Give the period's own time."
            faults.append(Fault("An excluded time is not in the data.", remedy, value=moment))
    if faults:
        raise InputError(faults)
    return excluded


def _changes(phases: Times, points: Points, keys: pd.DataFrame) -> list[tuple[Any, str, Flags]]:
    """Return start, label and the series concerned of every new phase, in the order of time."""
    if isinstance(phases, pd.DataFrame):
        return _process_changes(phases, points, keys)
    everywhere = np.ones(len(keys), dtype=bool)
    starts = sorted(set(_as_times(phases, "phases", points)))
    return [(start, "", everywhere) for start in starts]


def _process_changes(
    process_changes: pd.DataFrame, points: Points, keys: pd.DataFrame
) -> list[tuple[Any, str, Flags]]:
    """Return phases from process changes, each from the start of its day.

    A by-column that the changes have too restricts them, a missing entry meaning all.
    """
    if "implemented_at" not in process_changes.columns:
        raise InputError(
            "The frame given as `phases` has no column 'implemented_at'. "
            + nearest("implemented_at", process_changes.columns)
        )
    named = next((c for c in ("description", "change_id") if c in process_changes.columns), None)
    shared = [name for name in keys.columns if name in process_changes.columns]
    found: dict[tuple[Any, bytes], tuple[list[str], Flags]] = {}
    for change in process_changes.dropna(subset="implemented_at").to_dict("records"):
        start = _as_time(change["implemented_at"], points)
        start = start.normalize() if isinstance(start, pd.Timestamp) else start
        applies = np.ones(len(keys), dtype=bool)
        for name in shared:
            if pd.notna(change[name]):
                applies &= (keys[name] == change[name]).to_numpy()
        labels, _ = found.setdefault((start, applies.tobytes()), ([], applies))
        labels.append(str(change[named]) if named is not None else "")
    return [
        (start, "; ".join(labels), applies)
        for (start, _), (labels, applies) in sorted(found.items(), key=lambda item: item[0])
    ]
