"""The series in which a change is looked for: one row per period, alone or against other units."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from slm_analysis.analyses.change_panel import Panel, column_of, require_dense
from slm_analysis.analyses.periods import PeriodAxis
from slm_analysis.errors import Fault, InputError, nearest
from slm_analysis.result import Note, note

MIN_CONTROLS = 3
"""Fewer comparable units say more about themselves than about what would have happened."""

COMPARABLE_SHARE = 0.9
"""A unit is comparable if it has values in this share of the changed unit's periods."""

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
    pool : array (periods, controls)
        The values of each comparable unit in the same periods.
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
    pool: np.ndarray
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


def change_series(
    panel: Panel,
    on: object,
    *,
    treated: object = None,
    controls: str | Sequence[object] | None = "auto",
    changed: Collection[object] = (),
    ramp: int = 0,
) -> ChangeSeries:
    """Return the series of one change; the arguments are those of `change_effect`.

    Parameters
    ----------
    changed : collection, optional
        Units that had a change of their own and so never serve as controls.

    Raises
    ------
    InputError
        As `change_effect`.
    """
    if isinstance(ramp, bool) or not isinstance(ramp, int | np.integer) or ramp < 0:
        raise InputError(f"ramp is a number of periods from 0, not {ramp!r}.")
    axis = panel.axis
    first = axis.position(on, "on")
    own = column_of(panel, treated)
    present = np.flatnonzero(panel.present[:, own])
    span = slice(present[0], present[-1] + 1)
    position = panel.start + np.arange(span.start, span.stop)
    require_dense(len(present), len(position))

    value, incomplete = panel.value[span, own], panel.incomplete[span, own]
    phase = np.select(
        [incomplete, position < first, position < first + ramp], [INCOMPLETE, BEFORE, RAMP], AFTER
    )
    known = {covariate(name): column[span, own] for name, column in panel.covariates.items()}
    given = ~np.isnan([value, *known.values()]).any(axis=0)
    used = given & np.isin(phase, [BEFORE, AFTER])

    columns, notes = _comparable(panel, span, own, used, controls, changed)
    pool = panel.valued()[span, columns]
    mean = _control_mean(pool, used)
    used &= ~np.isnan(mean)
    rows = pd.DataFrame(
        {
            "position": position,
            "time": axis.labels(position),
            "value": value,
            "n": panel.n[span, own],
            "controls": mean,
            "cases": _cases_of_difference(panel.n[span, own], panel.n[span, columns], pool),
            **known,
            "phase": phase.astype(object),
            "used": used,
        }
    )
    return ChangeSeries(
        rows=rows,
        pool=pool,
        axis=axis,
        first=first,
        scale=panel.scale,
        unit=panel.units[own] if panel.column else None,
        controls=tuple(panel.units[columns]),
        notes=(*notes, *_left_out(rows, axis, first, on)),
    )


def covariate(name: str) -> str:
    """Return the name under which a covariate stands beside the columns of the series."""
    return f"covariate {name}"


def _comparable(
    panel: Panel,
    span: slice,
    own: int,
    used: np.ndarray,
    controls: str | Sequence[object] | None,
    changed: Collection[object],
) -> tuple[list[int], list[Note]]:
    """Return the columns that can stand for what would have happened, and what to say of it."""
    automatic = isinstance(controls, str)
    if automatic and controls != "auto":
        raise InputError(
            f"controls is 'auto', None or a list of units, not {controls!r}. "
            f"One unit alone is given as [{controls!r}] with at least {MIN_CONTROLS - 1} more."
        )
    if controls is None or (automatic and panel.column is None):
        return [], []
    if panel.column is None:
        raise InputError("controls are units, but no column of units is given. State unit=.")
    barred = {*changed, panel.units[own]}
    others = [at for at, name in enumerate(panel.units) if name not in barred]
    names = panel.units[others]
    unknown = [] if automatic else [c for c in controls if c not in names]
    if unknown:
        raise InputError(
            Fault("This control is not another unit.", nearest(str(c), names), value=c)
            for c in unknown
        )
    wanted = others if automatic else [at for at in others if panel.units[at] in set(controls)]
    seen = (~np.isnan(panel.valued()[span, wanted]))[used].sum(axis=0)
    enough = (seen > 0) & (seen >= COMPARABLE_SHARE * used.sum())
    pool = [at for at, is_enough in zip(wanted, enough, strict=True) if is_enough]
    if len(pool) >= MIN_CONTROLS:
        return pool, [note("against_controls", n=len(pool))]
    if not automatic:
        raise InputError(
            f"Of the stated controls {len(pool)} have values in the periods of {panel.units[own]!r}"
            f". At least {MIN_CONTROLS} are needed; controls=None reads the unit's own series."
        )
    return [], [note("too_few_controls", n=len(pool), needed=MIN_CONTROLS)]


def _control_mean(pool: np.ndarray, used: np.ndarray) -> np.ndarray:
    """Return the mean of the controls per period; 0 without any.

    Each control counts as its departure from its own mean, so that one that misses a period does
    not move the level.
    """
    if not pool.shape[1]:
        return np.zeros(len(pool))
    level = np.nanmean(pool[used], axis=0)
    count = (~np.isnan(pool)).sum(axis=1)
    away = np.nansum(pool - level, axis=1)
    return np.where(count, away / np.maximum(count, 1), np.nan) + level.mean()


def _cases_of_difference(own: np.ndarray, others: np.ndarray, pool: np.ndarray) -> np.ndarray:
    """Return the cases behind unit less control mean: 1/n of the unit and sum(1/n) / m^2."""
    if not pool.shape[1] or np.isnan(own).all():
        return own
    valued = ~np.isnan(pool)
    count = valued.sum(axis=1)
    noise = np.divide(1.0, others, out=np.zeros_like(others), where=valued).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return 1 / (1 / own + noise / count**2)


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
