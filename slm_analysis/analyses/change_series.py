"""The series in which a change is looked for: one row per period, alone or against other units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from slm_analysis.analyses.periods import PeriodAxis, period_axis
from slm_analysis.analyses.suppression import require_columns
from slm_analysis.errors import Fault, InputError, nearest
from slm_analysis.result import Note, note

MIN_CONTROLS = 3
"""Fewer comparable units say more about themselves than about what would have happened."""

COMPARABLE_SHARE = 0.9
"""A unit is comparable if it has values in this share of the changed unit's periods."""

MAX_SPARSITY = 4
"""If fewer than one in so many periods has a row, the times are not what they seem (202601)."""

BEFORE, RAMP, AFTER, INCOMPLETE = "before", "ramp", "after", "incomplete"


@dataclass(frozen=True, eq=False, kw_only=True)
class ChangeSeries:
    """What a change is looked for in.

    Attributes
    ----------
    rows : DataFrame
        One row per period from first to last, absent ones too: `position`, `time`, `value` (the
        unit's own), `n` (cases behind it, missing if not given), `controls` (mean of the
        comparable units; 0 for an own series), `cases` (n less what the controls' own noise
        costs; missing if not given), `covariate <name>`, `phase` (`before`, `ramp`, `after`,
        `incomplete`), `used`.
    axis : PeriodAxis
    first : int
        Position of the first period with the change.
    scale : str
        `rate` (value / n), `mean` (of n answers), `number`.
    unit : object
    controls : tuple
        Units whose mean is subtracted; empty for an own series.
    notes : tuple of Note
    """

    rows: pd.DataFrame
    axis: PeriodAxis
    first: int
    scale: str
    unit: object
    controls: tuple[object, ...]
    notes: tuple[Note, ...]

    @cached_property
    def used(self) -> pd.DataFrame:
        """The rows before the change and after its ramp that have a value."""
        return self.rows[self.rows["used"]]

    def count(self, phase: str) -> int:
        """Return the number of used rows in a phase."""
        return int((self.used["phase"] == phase).sum())


def read_series(
    df: pd.DataFrame,
    *,
    value: str,
    time: str,
    on: object,
    n: str | None = None,
    weights: str | None = None,
    unit: str | None = None,
    treated: object = None,
    controls: str | Sequence[object] | None = "auto",
    covariates: Sequence[str] = (),
    freq: str | None = None,
    ramp: int = 0,
) -> ChangeSeries:
    """Return the series that `change_effect` reads; its arguments are explained there.

    Raises
    ------
    InputError
        As `change_effect`.
    """
    if n is not None and weights is not None:
        raise InputError("n makes value a rate, weights make it a mean. Give one of them.")
    if isinstance(ramp, bool) or not isinstance(ramp, int | np.integer) or ramp < 0:
        raise InputError(f"ramp is a number of periods from 0, not {ramp!r}.")
    cases = n or weights
    numeric = [value, *([cases] if cases else []), *covariates]
    require_columns(df, [*numeric, time, *([unit] if unit else [])])
    _require_numbers(df, numeric, cases)

    axis = period_axis(df[time], freq)
    first = axis.position(on, "on")
    who = _changed_unit(df, unit, treated)
    frame = pd.DataFrame(
        {
            "position": axis.positions(df[time]),
            "unit": df[unit].to_numpy() if unit else "",
            "value": _floats(df[value]),
            "n": _floats(df[cases]) if cases else np.nan,
            "incomplete": ~df["complete"].astype(bool).to_numpy() if "complete" in df else False,
        }
        | {covariate(name): _floats(df[name]) for name in covariates}
    )
    _require_one_row_per_period(frame, time, unit)
    if cases:
        empty = ~(frame["n"] > 0)
        frame["value"] = (frame["value"] / frame["n"] if n else frame["value"]).mask(empty)

    own = frame[frame["unit"] == who] if unit else frame
    rows = _every_period(own.drop(columns="unit"), axis, time)
    rows["phase"] = np.select(
        [rows["incomplete"], rows["position"] < first, rows["position"] < first + ramp],
        [INCOMPLETE, BEFORE, RAMP],
        AFTER,
    )
    given = rows[["value", *map(covariate, covariates)]].notna().all(axis=1)
    rows["used"] = given & rows["phase"].isin([BEFORE, AFTER])
    pool, notes = _comparable(frame, rows, unit, who, controls)
    rows["controls"], rows["cases"] = _control_mean(frame, rows, pool)
    rows["used"] &= rows["controls"].notna()
    return ChangeSeries(
        rows=rows.drop(columns="incomplete"),
        axis=axis,
        first=first,
        scale="rate" if n else "mean" if weights else "number",
        unit=who,
        controls=tuple(pool),
        notes=(*notes, *_left_out(rows, axis, first, on)),
    )


def covariate(name: str) -> str:
    """Return the name under which a covariate stands beside the columns of the series."""
    return f"covariate {name}"


def _changed_unit(df: pd.DataFrame, unit: str | None, treated: object) -> object:
    if unit is None:
        if treated is not None:
            raise InputError("treated names a unit, but no column of units is given. State unit=.")
        return None
    units = df[unit].unique()
    if treated is None and len(units) == 1:
        return units[0]
    if treated is None:
        raise InputError(
            f"{unit!r} holds {len(units)} units. State which had the change: treated=."
        )
    if isinstance(treated, list | tuple | set | np.ndarray | pd.Series):
        raise InputError("change_effect reads one treated unit. For several use change_effects.")
    if treated not in set(units):
        raise InputError(
            Fault("There is no such unit.", nearest(str(treated), units), value=treated)
        )
    return treated


def _every_period(own: pd.DataFrame, axis: PeriodAxis, time: str) -> pd.DataFrame:
    span = own["position"].max() - own["position"].min() + 1
    if span > MAX_SPARSITY * len(own):
        raise InputError(
            Fault(
                f"Only {len(own)} of {span} periods have a row.",
                "Give the date on which each period begins, or use longer periods.",
                column=time,
            )
        )
    positions = own["position"].min() + np.arange(span)
    rows = own.set_index("position").reindex(positions).reset_index()
    rows["incomplete"] = rows["incomplete"].eq(True)
    rows["time"] = axis.labels(positions)
    return rows


def _comparable(
    frame: pd.DataFrame,
    rows: pd.DataFrame,
    unit: str | None,
    who: object,
    controls: str | Sequence[object] | None,
) -> tuple[list[object], list[Note]]:
    """Return the units that can stand for what would have happened, and what to say of it."""
    automatic = isinstance(controls, str)
    if automatic and controls != "auto":
        raise InputError(
            f"controls is 'auto', None or a list of units, not {controls!r}. "
            f"One unit alone is given as [{controls!r}] with at least {MIN_CONTROLS - 1} more."
        )
    if controls is None or (unit is None and automatic):
        return [], []
    if unit is None:
        raise InputError("controls are units, but no column of units is given. State unit=.")
    others = [u for u in frame["unit"].unique() if u != who]
    unknown = [] if automatic else [c for c in controls if c not in others]
    if unknown:
        raise InputError(
            Fault("This control is not another unit.", nearest(str(c), others), value=c)
            for c in unknown
        )
    wanted = rows.loc[rows["used"], "position"]
    seen = frame[
        frame["unit"].isin(others if automatic else list(controls))
        & frame["position"].isin(wanted)
        & frame["value"].notna()
        & ~frame["incomplete"]
    ]
    count = seen.groupby("unit", sort=False).size()
    pool = list(count.index[count >= COMPARABLE_SHARE * len(wanted)]) if len(wanted) else []
    if len(pool) >= MIN_CONTROLS:
        return pool, [note("against_controls", n=len(pool))]
    if not automatic:
        raise InputError(
            f"Of the stated controls {len(pool)} have values in the periods of {who!r}. "
            f"At least {MIN_CONTROLS} are needed; controls=None reads the unit's own series."
        )
    return [], [note("too_few_controls", n=len(pool), needed=MIN_CONTROLS)]


def _control_mean(
    frame: pd.DataFrame, rows: pd.DataFrame, pool: list[object]
) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean of the controls per period, and the cases behind the difference.

    Each control counts as its departure from its own mean, so that one that misses a period does
    not move the level.
    """
    if not pool:
        return np.zeros(len(rows)), rows["n"].to_numpy()
    seen = frame[frame["unit"].isin(pool) & ~frame["incomplete"]]
    table = seen.pivot_table(index="position", columns="unit", values="value", observed=True)
    table = table.reindex(rows["position"])
    level = table[rows["used"].to_numpy()].mean()
    mean = (table - level).mean(axis=1) + level.mean()
    if rows["n"].isna().all():
        return mean.to_numpy(), rows["n"].to_numpy()
    # Variance of a difference: 1/n of the unit and, of the mean of m controls, sum(1/n) / m^2.
    valued = seen[seen["value"].notna()]
    per_period = (1 / valued["n"]).groupby(valued["position"]).agg(["sum", "size"])
    control_noise = (per_period["sum"] / per_period["size"] ** 2).reindex(rows["position"])
    return mean.to_numpy(), 1 / (1 / rows["n"].to_numpy() + control_noise.to_numpy())


def _left_out(rows: pd.DataFrame, axis: PeriodAxis, first: int, on: object) -> list[Note]:
    notes = []
    incomplete = int((rows["phase"] == INCOMPLETE).sum())
    ramp = int((rows["phase"] == RAMP).sum())
    missing = int((~rows["used"] & rows["phase"].isin([BEFORE, AFTER])).sum())
    if incomplete:
        notes.append(note("incomplete_periods", n=incomplete))
    if missing:
        notes.append(note("missing_periods", n=missing))
    if ramp:
        notes.append(note("ramp_periods", n=ramp))
    if not axis.is_start(on):
        start = axis.labels(np.array([first]))[0]
        notes.append(note("change_within_period", on=on, start=start))
    return notes


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


def _require_one_row_per_period(frame: pd.DataFrame, time: str, unit: str | None) -> None:
    repeated = frame.duplicated(["unit", "position"])
    if repeated.any():
        remedy = "Add up each period first." if unit else "Add them up, or name the units: unit=."
        raise InputError(
            Fault(
                f"{int(repeated.sum())} periods have several rows.",
                remedy,
                column=time,
            )
        )
