"""The regression and the checks behind the question whether a change worked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from slm_analysis.analyses.change_checks import (
    MIN_POINTS,
    Check,
    check_autocorrelation,
    check_drift,
    check_other_changes,
    check_placebo_date,
    check_placebo_units,
    check_power,
    check_pre_trend,
    check_season,
    mean_effect,
    placebo_units,
)
from slm_analysis.analyses.change_family import family_of
from slm_analysis.analyses.change_model import SLOPE, STEP, ChangeFit, Part, Terms, design, fit_rows
from slm_analysis.analyses.change_panel import Panel, read_panel
from slm_analysis.analyses.change_series import (
    AFTER,
    BEFORE,
    ChangeSeries,
    change_series,
    covariate,
)
from slm_analysis.analyses.periods import YEARS_FOR_SEASON
from slm_analysis.errors import Fault, InputError, nearest
from slm_analysis.intervals import LEVEL
from slm_analysis.result import Note, note

LEVEL_ONLY, LEVEL_AND_SLOPE = "level", "level+slope"
DIRECTIONS = ("high", "low")

FEW_POINTS = 26
"""Under so many periods in all the answer rests on few points, and says so."""


@dataclass(frozen=True, eq=False, kw_only=True)
class FittedChange:
    """A change as fitted, before any interval is read from it at some level.

    Attributes
    ----------
    series : ChangeSeries
    terms : Terms
    change : int
        Position from which the effect counts: after the ramp.
    fit : ChangeFit or None
    reason : str or None
        Why there is no fit.
    other_changes : Check
    notes : tuple of Note
    better : str
    min_effect : float or None
    """

    series: ChangeSeries
    terms: Terms
    change: int
    fit: ChangeFit | None
    reason: str | None
    other_changes: Check
    notes: tuple[Note, ...]
    better: str
    min_effect: float | None

    @property
    def p(self) -> float | None:
        """Return p of the mean effect, which no level enters."""
        return None if self.fit is None else self.fit.link_part(LEVEL, **self.contrast).p

    @property
    def on(self) -> Any:
        """Start of the first period with the change."""
        return self.series.axis.labels(np.array([self.series.first]))[0]

    @property
    def comparison(self) -> str:
        """`own_series`, or `controls` where the mean of comparable units is subtracted."""
        return "controls" if self.series.controls else "own_series"

    @property
    def since(self) -> pd.Series:
        """Periods from the change to each used one after it."""
        used = self.series.used
        return used.loc[used["phase"] == AFTER, "position"] - self.change

    @property
    def contrast(self) -> dict[str, float]:
        """The terms that make the mean effect."""
        return mean_effect(self.terms, self.since)

    @cached_property
    def placebo_units(self) -> pd.DataFrame:
        """The effects of comparable units that had no change, the changed one first."""
        return placebo_units(self.series, self.terms, self.change)

    def parts(self, level: float) -> dict[str, Part]:
        """Return the parts of the effect, the asked mean effect first."""
        if self.fit is None:
            return {}
        since = self.since
        parts = {"mean_effect": self.fit.part(level, since.index, **self.contrast)}
        if self.terms.family.ratio:
            parts[self.terms.family.ratio] = _ratio(self.fit.link_part(level, **self.contrast))
        if self.terms.slope:
            first, last = since.index[:1], since.index[-1:]
            slope = self.fit.link_part(level, **{SLOPE: 1.0})
            end = {STEP: 1.0, SLOPE: float(since.max())}
            parts["step"] = self.fit.part(level, first, **{STEP: 1.0})
            if self.terms.family.ratio:
                parts["slope_ratio"] = _ratio(slope)
            else:
                parts["slope"] = slope
            parts["end_effect"] = self.fit.part(level, last, **end)
        return parts

    def checks(self, asked: Part | None) -> list[Check]:
        """Return what could make the answer wrong, each as a row of `checks`."""
        series, terms = self.series, self.terms
        always = [check_season(series, terms), self.other_changes]
        if self.fit is None or asked is None:
            return always
        found = not asked.low <= 0 <= asked.high
        return [
            check_power(asked, self.min_effect),
            check_autocorrelation(self.fit.fit.mean_rho),
            check_pre_trend(series, terms, self.fit),
            check_placebo_date(series, terms),
            *always,
            check_drift(series, terms),
            check_placebo_units(self.placebo_units, found=found),
        ]


def _ratio(part: Part) -> Part:
    """Return a part as a ratio: 1 is no effect."""
    figures = {name: float(np.exp(getattr(part, name))) for name in ("estimate", "low", "high")}
    return Part(p=part.p, seen_from=float(np.exp(part.seen_from)), **figures)


def fit_change(
    df: pd.DataFrame,
    *,
    value: str,
    time: str,
    n: str | None = None,
    weights: str | None = None,
    unit: str | None = None,
    covariates: Sequence[str] | str = (),
    freq: str | None = None,
    **options: Any,
) -> FittedChange:
    """Return the regression and the checks behind `change_effect`, which explains the arguments."""
    panel = read_panel(
        df,
        value=value,
        time=time,
        n=n,
        weights=weights,
        unit=unit,
        covariates=covariates,
        freq=freq,
    )
    return fit_on_panel(panel, **options)


def fit_on_panel(
    panel: Panel,
    *,
    on: object,
    trend: bool | str | None = "auto",
    shape: str = LEVEL_ONLY,
    season: int | str | None = "auto",
    family: str = "auto",
    other_changes: pd.DataFrame | Sequence[object] = (),
    better: str = "high",
    min_effect: float | None = None,
    ramp: int = 0,
    **which: Any,
) -> FittedChange:
    """Return the fit of one change on figures that have been read, as `fit_change`."""
    _require_known("shape", shape, (LEVEL_ONLY, LEVEL_AND_SLOPE))
    _require_known("better", better, DIRECTIONS)
    if trend not in ("auto", True, False, None):
        raise InputError(f"trend must be 'auto', True or False, not {trend!r}.")
    if min_effect is not None and not (isinstance(min_effect, int | float) and min_effect > 0):
        raise InputError(
            f"min_effect is a number above 0, not {min_effect!r}. Leave it out if unknown."
        )
    series = change_series(panel, on, ramp=ramp, **which)
    used = series.used
    span = int(np.ptp(used["position"])) + 1 if len(used) else 0
    terms = Terms(
        trend=not series.controls if trend == "auto" else bool(trend),
        pairs=series.axis.season_pairs(season, span),
        slope=shape == LEVEL_AND_SLOPE,
        covariates=tuple(map(covariate, panel.covariates)),
        family=family_of(family, series.scale, used["value"].to_numpy()),
    )
    change = series.first + ramp
    other_row, other_notes = check_other_changes(series, other_changes)
    fit, reason, notes = _fit(series, terms, change)
    return FittedChange(
        series=series,
        terms=terms,
        change=change,
        fit=fit,
        reason=reason,
        other_changes=other_row,
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
    fit = fit_rows(series, used, terms, design(used, series.axis, terms, change))
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
