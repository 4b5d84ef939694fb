"""What could make the answer to "did the change work" wrong, each as a value and a state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace

import numpy as np
import pandas as pd

from slm_analysis.analyses.change_model import (
    BEND,
    SLOPE,
    STEP,
    TREND,
    ChangeFit,
    Part,
    Terms,
    design,
    fit_rows,
    least_squares,
)
from slm_analysis.analyses.change_series import AFTER, BEFORE, ChangeSeries
from slm_analysis.analyses.suppression import require_columns
from slm_analysis.errors import InputError
from slm_analysis.intervals import LEVEL
from slm_analysis.result import Note, note

MIN_POINTS = 8
"""Fewer periods on either side of a change carry no estimate."""

HIGH_AUTOCORRELATION = 0.6
"""Up to here the coverage of the intervals has been shown by simulation."""

NEAR_PERIODS = {"week": 8, "month": 2, None: 8}
"""Another change so many periods away or less could be mistaken for this one."""

OK, CAUTION, STATED, TAKEN_OUT = "ok", "caution", "stated", "taken_out"
NOT_POSSIBLE, NOT_CHECKED = "not_possible", "not_checked"

RANK_LEVEL = 0.05
"""A unit whose rank among the unchanged ones is this rare stands out."""

Check = dict[str, object]
"""One row of the frame `checks`."""

COLUMNS = ["check", "value", "low", "high", "p", "seen_from", "state"]


def check_power(part: Part, min_effect: float | None) -> Check:
    """Answer whether a change that matters could have been seen at all."""
    enough = min_effect is not None and part.seen_from <= min_effect
    state = STATED if min_effect is None else OK if enough else CAUTION
    return {"check": "power", "value": part.seen_from, "state": state}


def check_autocorrelation(rho: float) -> Check:
    """Answer whether neighbours go together more than the method has been tried for."""
    state = OK if abs(rho) <= HIGH_AUTOCORRELATION else CAUTION
    return {"check": "autocorrelation", "value": rho, "state": state}


def check_pre_trend(series: ChangeSeries, terms: Terms, fit: ChangeFit) -> Check:
    """Answer how large a gap a trend would make that was there before the change.

    The slope times the distance between the middles of the periods before and after. Where the
    model holds a trend, that much has been taken out; else it is sought in the periods before.
    """
    middle = series.used.groupby("phase")["position"].mean()
    distance = middle[AFTER] - middle[BEFORE]
    if terms.trend:
        return _row("pre_trend", fit.part(LEVEL, None, **{TREND: distance}), TAKEN_OUT)
    columns = design(_before(series), series.axis, replace(terms, trend=True))
    return _sought(series, terms, columns, "pre_trend", {TREND: distance})


def check_placebo_date(series: ChangeSeries, terms: Terms) -> Check:
    """Answer whether a change shows in the middle of the periods before, where none was made."""
    before = _before(series)
    if len(before) < 2 * MIN_POINTS:
        return _row("placebo_date", None, NOT_POSSIBLE)
    middle = int(before["position"].iloc[len(before) // 2])
    columns = design(before, series.axis, replace(terms, slope=False), middle)
    return _sought(series, terms, columns, "placebo_date", {STEP: 1.0})


def check_drift(series: ChangeSeries, terms: Terms) -> Check:
    """Answer how far the level drifted from a straight line before the change.

    The bend of the periods before, times the squared distance between the middles of the periods
    before and after: so far would a line that goes on bending leave the straight one.
    """
    before = _before(series)
    columns = design(before, series.axis, replace(terms, trend=True))
    position = before["position"].to_numpy(dtype=float)
    middle = series.used.groupby("phase")["position"].mean()
    bent = columns.assign(**{BEND: (position - position.mean()) ** 2})
    reach = (middle[AFTER] - middle[BEFORE]) ** 2
    return _sought(series, terms, bent, "drift", {BEND: reach})


def placebo_units(series: ChangeSeries, terms: Terms, change: int) -> pd.DataFrame:
    """Return the effect that each comparable unit shows if it is taken for changed as well.

    Returns
    -------
    DataFrame
        `unit`, `estimate` (by least squares; the changed unit against the mean of the comparable
        ones, each of these against the mean of the others), `size` (as a multiple of the unit's
        own residual spread); the changed unit first. Without rows where none is comparable.
    """
    if not series.controls:
        return pd.DataFrame({"unit": [], "estimate": [], "size": []})
    used = series.rows["used"].to_numpy()
    pool = series.pool[used]
    count = (~np.isnan(pool)).sum(axis=1, keepdims=True)
    rest = np.nansum(pool, axis=1, keepdims=True) - np.nan_to_num(pool)
    others = np.divide(rest, count - 1, out=np.full_like(pool, np.nan), where=count > 1)
    own = (series.used["value"] - series.used["controls"]).to_numpy()[:, None]
    away = np.hstack([own, pool - others])
    columns = design(series.used, series.axis, terms, change)
    after = series.used["position"][series.used["phase"] == AFTER] - change
    effect = least_squares(columns, mean_effect(terms, after), away)
    step = np.where(columns[[STEP]].to_numpy() > 0, effect, 0.0)
    return pd.DataFrame(
        {
            "unit": [series.unit, *series.controls],
            "estimate": effect,
            "size": np.abs(effect) / np.nanstd(away - step, axis=0),
        }
    )


def check_placebo_units(units: pd.DataFrame, *, found: bool) -> Check:
    """Answer where the unit ranks if each comparable one is taken for changed at the same date.

    `value` is the unit's rank by size, 1 the largest; p the share of all units that rank as high
    (permutation test: Abadie, Diamond and Hainmueller, JASA 2010;105:493-505).
    """
    if units.empty:
        return _row("placebo_units", None, NOT_POSSIBLE)
    own, others = units["size"].iloc[0], units["size"].iloc[1:].dropna()
    larger, compared = int((others >= own).sum()), 1 + len(others)
    p = (1 + larger) / compared
    top = p <= RANK_LEVEL if compared >= 1 / RANK_LEVEL else not larger
    state = STATED if not found else OK if top else CAUTION
    row = {"check": "placebo_units", "value": 1.0 + larger, "high": float(compared), "p": p}
    return row | {"low": 1.0, "state": state}


def mean_effect(terms: Terms, since: pd.Series) -> dict[str, float]:
    """Return the terms that make the mean effect over periods so far from the change."""
    return {STEP: 1.0, SLOPE: float(since.mean())} if terms.slope else {STEP: 1.0}


def check_season(series: ChangeSeries, terms: Terms) -> Check:
    """Answer whether a yearly season is taken out, by harmonics or by comparable units."""
    years = series.axis.full_years(_span(series.used))
    state = OK if terms.pairs or series.controls or series.axis.freq is None else CAUTION
    return {"check": "season", "value": years, "state": state}


def check_other_changes(
    series: ChangeSeries, other_changes: pd.DataFrame | Sequence[object]
) -> tuple[Check, list[Note]]:
    """Answer which other changes lie so near that they could be mistaken for this one.

    Raises
    ------
    InputError
        Not a frame with `implemented_at` and `description`.
    """
    if not isinstance(other_changes, pd.DataFrame):
        if len(other_changes):
            raise InputError(
                "other_changes is a frame with the columns 'implemented_at' and 'description'."
            )
        return {"check": "other_changes", "value": np.nan, "state": NOT_CHECKED}, []
    require_columns(other_changes, ["implemented_at", "description"])
    dated = other_changes.dropna(subset="implemented_at")
    if dated.empty:
        return {"check": "other_changes", "value": 0.0, "state": OK}, []
    away = series.axis.positions(dated["implemented_at"]) - series.first
    near = dated.assign(away=away)[np.abs(away) <= NEAR_PERIODS[series.axis.freq]]
    notes = [
        note(
            "other_change",
            implemented_at=change.implemented_at,
            description=change.description,
            periods_away=int(change.away),
        )
        for change in near.sort_values("away").itertuples()
    ]
    row = {"check": "other_changes", "value": float(len(near)), "state": CAUTION if notes else OK}
    return row, notes


def as_frame(rows: Sequence[Check]) -> pd.DataFrame:
    """Return the checks as one frame of `COLUMNS`."""
    return pd.DataFrame(list(rows), columns=COLUMNS)


def _sought(
    series: ChangeSeries,
    terms: Terms,
    columns: pd.DataFrame,
    name: str,
    contrast: dict[str, float],
) -> Check:
    """Look in the periods before for what should not be there."""
    before = _before(series)
    if terms.pairs and series.axis.full_years(_span(before)) < 1:
        return _row(name, None, NOT_POSSIBLE)
    try:
        fit = fit_rows(series, before, terms, columns)
    except InputError:  # too few periods for these terms, or a covariate that stood still
        fit = None
    if fit is None:
        return _row(name, None, NOT_POSSIBLE)
    part = fit.part(LEVEL, None, **contrast)
    return _row(name, part, OK if part.low <= 0 <= part.high else CAUTION)


def _row(name: str, part: Part | None, state: str) -> Check:
    if part is None:
        return {"check": name, "value": np.nan, "state": state}
    figures = asdict(part)
    return {"check": name, "value": figures.pop("estimate"), **figures, "state": state}


def _before(series: ChangeSeries) -> pd.DataFrame:
    used = series.used
    return used[used["phase"] == BEFORE]


def _span(rows: pd.DataFrame) -> int:
    return int(rows["position"].max() - rows["position"].min() + 1) if len(rows) else 0
