"""The figures of all units, period by period, read once however many changes follow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from slm_analysis.analyses.periods import PeriodAxis, period_axis
from slm_analysis.analyses.suppression import require_columns
from slm_analysis.errors import Fault, InputError, nearest

MAX_SPARSITY = 4
"""If fewer than one in so many periods has a row, the times are not what they seem (202601)."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Panel:
    """The figures of all units, one row per period from first to last, one column per unit.

    Attributes
    ----------
    axis : PeriodAxis
    start : int
        Position of the first row.
    units : Index
        The names of the columns, in order of appearance; one nameless where no units are given.
    column : str or None
        Where the units were given.
    scale : str
        `rate` (value / n), `mean` (of n answers), `number`.
    value, n : array (periods, units)
        Missing where there is none; `n` all missing if it was not given.
    present, incomplete : array of bool (periods, units)
        Whether there is a row, and whether it is marked as not complete.
    covariates : mapping
        Name to array (periods, units).
    """

    axis: PeriodAxis
    start: int
    units: pd.Index
    column: str | None
    scale: str
    value: np.ndarray
    n: np.ndarray
    present: np.ndarray
    incomplete: np.ndarray
    covariates: Mapping[str, np.ndarray]

    def valued(self) -> np.ndarray:
        """Return the values of complete periods, the others missing."""
        return np.where(self.incomplete, np.nan, self.value)


def read_panel(
    df: pd.DataFrame,
    *,
    value: str,
    time: str,
    n: str | None = None,
    weights: str | None = None,
    unit: str | None = None,
    covariates: Sequence[str] | str = (),
    freq: str | None = None,
) -> Panel:
    """Return the figures that `change_effect` reads; its arguments are explained there.

    Raises
    ------
    InputError
        As `change_effect`.
    """
    if n is not None and weights is not None:
        raise InputError("n makes value a rate, weights make it a mean. Give one of them.")
    covariates = [covariates] if isinstance(covariates, str) else list(covariates)
    cases = n or weights
    numeric = [value, *([cases] if cases else []), *covariates]
    require_columns(df, [*numeric, time, *([unit] if unit else [])])
    _require_numbers(df, numeric, cases)

    axis = period_axis(df[time], freq)
    position = axis.positions(df[time])
    code, units = pd.factorize(df[unit]) if unit else (np.zeros(len(df), int), pd.Index([None]))
    _require_one_row_per_period(position, code, time, unit)
    start = int(position.min())
    span = int(position.max()) - start + 1
    require_dense(len(np.unique(position)), span, time)

    def wide(column: np.ndarray, empty: float | bool) -> np.ndarray:
        table = np.full((span, len(units)), empty)
        table[position[code >= 0] - start, code[code >= 0]] = column[code >= 0]
        return table

    figures = _floats(df[value])
    behind = _floats(df[cases]) if cases else np.full(len(df), np.nan)
    if cases:
        some = behind > 0
        figures = np.where(some, figures, np.nan)
        if n:
            figures = np.divide(figures, behind, out=np.full(len(df), np.nan), where=some)
    complete = df["complete"].astype(bool).to_numpy() if "complete" in df else np.full(len(df), 1)
    return Panel(
        axis=axis,
        start=start,
        units=units,
        column=unit,
        scale="rate" if n else "mean" if weights else "number",
        value=wide(figures, np.nan),
        n=wide(behind, np.nan),
        present=wide(np.full(len(df), True), False),
        incomplete=wide(complete == 0, False),
        covariates={name: wide(_floats(df[name]), np.nan) for name in covariates},
    )


def column_of(panel: Panel, treated: object) -> int:
    """Return the column of the changed unit.

    Raises
    ------
    InputError
        Several units of which none is named, a name without units, or one that is not there.
    """
    if panel.column is None:
        if treated is not None:
            raise InputError("treated names a unit, but no column of units is given. State unit=.")
        return 0
    if treated is None and len(panel.units) == 1:
        return 0
    if treated is None:
        raise InputError(
            f"{panel.column!r} holds {len(panel.units)} units. "
            "State which had the change: treated=."
        )
    if isinstance(treated, list | tuple | set | np.ndarray | pd.Series):
        raise InputError("change_effect reads one treated unit. For several use change_effects.")
    if treated not in panel.units:
        raise InputError(
            Fault("There is no such unit.", nearest(str(treated), panel.units), value=treated)
        )
    return list(panel.units).index(treated)


def require_dense(rows: int, span: int, time: str | None = None) -> None:
    """Raise InputError where so few periods have a row that the times must be misread."""
    if span > MAX_SPARSITY * rows:
        raise InputError(
            Fault(
                f"Only {rows} of {span} periods have a row.",
                "Give the date on which each period begins, or use longer periods.",
                column=time,
            )
        )


def _floats(column: pd.Series) -> np.ndarray:
    return column.to_numpy(dtype=float, na_value=np.nan)


def _require_numbers(df: pd.DataFrame, columns: Sequence[str], cases: str | None) -> None:
    faults = []
    for name in columns:
        if not pd.api.types.is_numeric_dtype(df[name]):
            faults.append(Fault("These are not numbers.", "Turn them into numbers.", column=name))
        elif np.isinf(_floats(df[name])).any():
            faults.append(Fault("Some values are infinite.", "Leave them out.", column=name))
        elif name == cases and (df[name] < 0).any():
            faults.append(Fault("Some counts are below 0.", "Correct them.", column=name))
    if faults:
        raise InputError(faults)


def _require_one_row_per_period(
    position: np.ndarray, code: np.ndarray, time: str, unit: str | None
) -> None:
    repeated = pd.DataFrame({"unit": code, "position": position}).duplicated()
    if repeated.any():
        remedy = "Add up each period first." if unit else "Add them up, or name the units: unit=."
        raise InputError(
            Fault(f"{int(repeated.sum())} periods have several rows.", remedy, column=time)
        )
