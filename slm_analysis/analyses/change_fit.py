"""The regression and the checks behind the question whether a change worked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from slm_analysis.analyses.change_checks import (
    MIN_POINTS,
    Check,
    check_other_changes,
    check_placebo_date,
    check_pre_trend,
    check_season,
)
from slm_analysis.analyses.change_model import SLOPE, STEP, ChangeFit, Terms, design, fit_rows
from slm_analysis.analyses.change_series import (
    AFTER,
    BEFORE,
    ChangeSeries,
    covariate,
    read_series,
)
from slm_analysis.analyses.periods import YEARS_FOR_SEASON
from slm_analysis.errors import Fault, InputError, nearest
from slm_analysis.intervals import LEVEL
from slm_analysis.result import Note, note

LEVEL_ONLY, LEVEL_AND_SLOPE = "level", "level+slope"
FAMILIES = ("auto", "gaussian")
FAMILIES_TO_COME = ("binomial", "quasi-poisson", "ordinal")
DIRECTIONS = ("high", "low")

FEW_POINTS = 26
"""Under so many periods in all the answer rests on few points, and says so."""


@dataclass(frozen=True, eq=False, kw_only=True)
class FittedChange:
    """A change as fitted, before any interval is read from it at some level."""

    series: ChangeSeries
    terms: Terms
    change: int
    fit: ChangeFit | None
    reason: str | None
    checks: tuple[Check, ...]
    notes: tuple[Note, ...]
    better: str
    min_effect: float | None

    @property
    def p(self) -> float | None:
        """Return p of the mean effect, which no level enters."""
        if self.fit is None:
            return None
        return self.fit.part(LEVEL, **self.contrasts()["mean_effect"]).p

    def contrasts(self) -> dict[str, dict[str, float]]:
        """Return the combination of terms behind each part, the asked mean effect first."""
        used = self.series.used
        after = used.loc[used["phase"] == AFTER, "position"] - self.change
        if not self.terms.slope:
            return {"mean_effect": {STEP: 1.0}}
        return {
            "mean_effect": {STEP: 1.0, SLOPE: after.mean()},
            "step": {STEP: 1.0},
            "slope": {SLOPE: 1.0},
            "end_effect": {STEP: 1.0, SLOPE: after.max()},
        }


def fit_change(
    df: pd.DataFrame,
    *,
    trend: bool | str | None = "auto",
    shape: str = "level",
    season: int | str | None = "auto",
    family: str = "auto",
    covariates: Sequence[str] = (),
    other_changes: pd.DataFrame | Sequence[object] = (),
    better: str = "high",
    min_effect: float | None = None,
    ramp: int = 0,
    **which: Any,
) -> FittedChange:
    """Return the regression and the checks behind `change_effect`, which explains the arguments."""
    _require_known("shape", shape, (LEVEL_ONLY, LEVEL_AND_SLOPE))
    _require_known("better", better, DIRECTIONS)
    _require_family(family)
    if trend not in ("auto", True, False, None):
        raise InputError(f"trend must be 'auto', True or False, not {trend!r}.")
    if min_effect is not None and not (isinstance(min_effect, int | float) and min_effect > 0):
        raise InputError(
            f"min_effect is a number above 0, not {min_effect!r}. Leave it out if unknown."
        )
    covariates = [covariates] if isinstance(covariates, str) else list(covariates)
    series = read_series(df, covariates=covariates, ramp=ramp, **which)
    span = int(np.ptp(series.used["position"])) + 1 if len(series.used) else 0
    terms = Terms(
        trend=not series.controls if trend == "auto" else bool(trend),
        pairs=series.axis.season_pairs(season, span),
        slope=shape == LEVEL_AND_SLOPE,
        covariates=tuple(map(covariate, covariates)),
    )
    change = series.first + ramp
    other_row, other_notes = check_other_changes(series, other_changes)
    fit, reason, notes = _fit(series, terms, change)
    checks = [check_season(series, terms), other_row]
    if fit is not None:
        checks = [
            check_pre_trend(series, terms, fit),
            check_placebo_date(series, terms),
            *checks,
        ]
    return FittedChange(
        series=series,
        terms=terms,
        change=change,
        fit=fit,
        reason=reason,
        checks=tuple(checks),
        notes=(*notes, *series.notes, *other_notes),
        better=better,
        min_effect=min_effect,
    )


def _fit(
    series: ChangeSeries, terms: Terms, change: int
) -> tuple[ChangeFit | None, str | None, list[Note]]:
    """Return the fit, or why there is none, and what is to be said about its base."""
    used = series.used
    before, after = series.count(BEFORE), series.count(AFTER)
    if min(before, after) < MIN_POINTS:
        few = note("too_few_points", before=before, after=after, needed=MIN_POINTS)
        return None, few.code, [few]
    fit = fit_rows(used, design(used, series.axis, terms, change))
    if fit is None:
        return None, "no_variation", [note("no_variation", n=before + after)]
    notes = []
    if before + after < FEW_POINTS:
        notes.append(note("few_points", n=before + after))
    years = series.axis.full_years(int(np.ptp(used["position"])) + 1)
    if series.axis.freq and not terms.pairs and not series.controls and years < YEARS_FOR_SEASON:
        notes.append(note("season_not_separable", years=years))
    return fit, None, notes


def _require_known(name: str, given: object, known: Sequence[str]) -> None:
    if given not in known:
        raise InputError(Fault(f"There is no {name} {given!r}.", nearest(str(given), known)))


def _require_family(family: str) -> None:
    if family in FAMILIES_TO_COME:
        raise InputError(f"family {family!r} is not supported yet. 'auto' reads rates as ratios.")
    _require_known("family", family, FAMILIES)
