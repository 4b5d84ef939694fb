"""Did the change work: its effect on one series, how sure, and what could make it wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from slm_analysis.analyses.ar1_regression import require_share
from slm_analysis.analyses.change_checks import as_frame
from slm_analysis.analyses.change_family import offset_of
from slm_analysis.analyses.change_fit import (
    LEVEL_AND_SLOPE,
    LEVEL_ONLY,
    FittedChange,
    fit_change,
)
from slm_analysis.analyses.change_model import SLOPE, STEP, Part, design
from slm_analysis.analyses.change_persistence import persistence, thirds
from slm_analysis.analyses.change_series import AFTER, BEFORE, RAMP
from slm_analysis.intervals import LEVEL
from slm_analysis.result import Result

BETTER, WORSE = "better", "worse"
NO_MEANINGFUL_CHANGE, CANNOT_TELL = "no_meaningful_change", "cannot_tell"

NO_THIRDS = pd.DataFrame(columns=["part", "estimate", "low", "high", "p"])
NO_PLACEBOS = pd.DataFrame(columns=["unit", "estimate", "size"])
LINES = ["fitted", "expected", "expected_low", "expected_high"]


@dataclass(frozen=True, eq=False, kw_only=True)
class ChangeEffect(Result):
    """The effect of one change on one series.

    Attributes
    ----------
    verdict : str
        `no_meaningful_change`, `better`, `worse` or `cannot_tell`.
    reason : str or None
        Why nothing can be told where there is no estimate: `too_few_points`, `no_variation`.
    estimate, low, high : float or None
        Mean effect over the periods after the ramp, in units of the value (a rate: share of 1).
    p : float or None
    level : float
        Coverage of the intervals.
    smallest_detectable : float or None
        The smallest true effect that this series shows with a chance of 80 %.
    parts : DataFrame
        `part`, `estimate`, `low`, `high`, `p`: `mean_effect` and, for shape `level+slope`, `step`
        (effect in the first period after the ramp), `slope` (per period), `end_effect` (in the
        last period). Of counts and rates read as such also `odds_ratio` or `rate_ratio` of the
        mean effect (1 is none), and `slope_ratio` for `slope`. Without rows where there is no
        estimate.
    thirds : DataFrame
        The same columns: `first_third` and `last_third` of the periods since, and their
        `difference`; without rows where a third has under four.
    checks : DataFrame
        One row per check: `check` (`power`, `autocorrelation`, `pre_trend`, `placebo_date`,
        `season`, `other_changes`, `drift`, `placebo_units`: value is the rank among the units,
        `persistence`: value is last less first third), `value`, `low`, `high`, `p`, `seen_from`
        (smallest size that would have been noticed), `state` (`ok`, `caution`, `stated`,
        `taken_out`, `not_possible`, `not_checked`; of persistence `lasted`, `grew`, `fading`,
        `faded`, `unclear`, `not_asked`).
    placebo_units : DataFrame
        `unit`, `estimate`, `size`: the changed unit, then each comparable one taken for changed on
        the same date (see `placebo_units`); without rows on an own series.
    table : DataFrame
        One row per period: `time`, `value` (a rate: share of 1), `n`, `fitted`, `expected`
        (without the change), `expected_low`, `expected_high` (of that mean, not of a single
        period; from the change on), `effect` (value less expected, from the change on), `phase`
        (`before`, `ramp`, `after`, `incomplete`), `used`.
    on : Timestamp or int
        Start of the first period with the change.
    n_before, n_after : int
        Periods used on either side.
    rho : float or None
        Autocorrelation of neighbouring periods.
    df : int or None
    scale : str
        `rate`, `mean` or `number`.
    comparison : str
        `own_series` or `controls` (less the mean of comparable units).
    unit : object
        The changed unit; None where no units were named.
    controls : tuple
        The comparable units.
    family : str
    shape : str
    trend : bool
        Whether a straight line was taken out.
    season : int
        Harmonic pairs of the year that were taken out.
    freq : str or None
    better : str
        `high` or `low`.
    min_effect : float or None
        Effects within ± this do not matter.
    notes : tuple of Note
        `too_few_points` (before, after, needed), `no_variation` (n), `few_points` (n),
        `season_not_separable` (years), `against_controls` (n), `too_few_controls` (n, needed),
        `incomplete_periods` (n), `missing_periods` (n), `ramp_periods` (n),
        `change_within_period` (on, start), `other_change` (implemented_at, description,
        periods_away).
    """

    verdict: str
    reason: str | None
    estimate: float | None
    low: float | None
    high: float | None
    p: float | None
    level: float
    smallest_detectable: float | None
    parts: pd.DataFrame
    thirds: pd.DataFrame
    checks: pd.DataFrame
    placebo_units: pd.DataFrame
    table: pd.DataFrame
    on: pd.Timestamp | int
    n_before: int
    n_after: int
    rho: float | None
    df: int | None
    scale: str
    comparison: str
    unit: object
    controls: tuple[object, ...]
    family: str
    shape: str
    trend: bool
    season: int
    freq: str | None
    better: str
    min_effect: float | None


def change_effect(
    df: pd.DataFrame,
    *,
    value: str,
    time: str,
    on: object,
    n: str | None = None,
    unit: str | None = None,
    treated: object = None,
    controls: str | Sequence[object] | None = "auto",
    covariates: Sequence[str] = (),
    trend: bool | str | None = "auto",
    shape: str = "level",
    season: int | str | None = "auto",
    family: str = "auto",
    freq: str | None = None,
    ramp: int = 0,
    weights: str | None = None,
    other_changes: pd.DataFrame | Sequence[object] = (),
    better: str = "high",
    min_effect: float | None = None,
    level: float = LEVEL,
) -> ChangeEffect:
    """Answer whether a change worked.

    Parameters
    ----------
    df : DataFrame
        One row per period (and unit), as `series` gives it. Where there is a column `complete`,
        rows in which it is false are left out.
    value : str
        What is measured; with `n` the count of favourable cases.
    time : str
        Start of each period: dates, ISO text or whole numbers. Absent periods stay gaps.
    on : date, text or number
        First period with the change; a date within a period means that period.
    n : str, optional
        Denominator: value / n is a rate. Periods with 0 are gaps.
    unit, treated : optional
        Column of units, and the one that had the change. All others count as unchanged.
    controls : "auto", None or list
        Comparable units. `auto` takes every other unit that has values in nine tenths of the
        changed unit's periods if there are at least three, else the unit's own series; None the
        own series.
    covariates : sequence of str
        Further columns that move the value and that the change cannot move.
    trend : {"auto", True, False}
        A straight line through all periods; `auto`: for an own series, not against controls.
    shape : {"level", "level+slope"}
        A step, or a step and a new slope; to be declared before looking at the data.
    season : "auto", None or int
        Harmonic pairs of the year; `auto`: one, from two full years on.
    family : {"auto", "gaussian", "quasi-binomial", "quasi-poisson"}
        `auto` is `gaussian`: every figure enters as it is, a rate as the ratio of each period,
        which allows for periods that differ by more than their cases explain. The others read
        favourable cases of `n`, or counts (per `n` of exposure), by quasi-likelihood, and compare
        with controls on the scale of odds or rates; the effect is told in units of the value, and
        `parts` adds the ratio.
    freq : {"week", "month"}, optional
        Read off the dates where it is not stated.
    ramp : int
        Periods from `on` that are left out while the change takes hold.
    weights : str, optional
        Responses behind each period's mean.
    other_changes : DataFrame
        `implemented_at` and `description` of the other changes; those near `on` are named.
    better : {"high", "low"}
    min_effect : float, optional
        The smallest effect that matters, in units of the value (a rate: 0.01 is one point).
        Without it the verdict `no_meaningful_change` is never given.
    level : float
        Coverage of the intervals.

    Returns
    -------
    ChangeEffect

    Raises
    ------
    InputError
        Unknown columns, units or keyword values; columns that are not numbers; several rows for a
        period; times that are neither weeks, months nor whole numbers; figures that are no counts
        of the stated family.

    Notes
    -----
    Interrupted time series as a regression with AR(1) errors (`ar1_regression`); against controls,
    the same regression of the unit less the mean of the comparable ones, since with one changed
    unit errors clustered by unit reject most true nulls (Conley and Taber, Review of Economics and
    Statistics 2011;93:113-125). With `n` or `weights` a period's noise is part sampling (falling
    with its cases), part its own, in unknown shares that are integrated out: weighting by cases
    alone covers as little as 86 % where weeks differ by more than sampling, not weighting
    gives intervals up to two and a half times as wide.
    Verdicts in this order: interval within ± `min_effect`; interval without 0; else cannot tell.
    """
    require_share("level", level, LEVEL)
    fitted = fit_change(
        df,
        value=value,
        time=time,
        on=on,
        n=n,
        unit=unit,
        treated=treated,
        controls=controls,
        covariates=covariates,
        trend=trend,
        shape=shape,
        season=season,
        family=family,
        freq=freq,
        ramp=ramp,
        weights=weights,
        other_changes=other_changes,
        better=better,
        min_effect=min_effect,
    )
    return conclude(fitted, level)


def conclude(fitted: FittedChange, level: float) -> ChangeEffect:
    """Return the answer with intervals and verdict at `level`."""
    series, fit = fitted.series, fitted.fit
    parts = fitted.parts(level)
    asked = parts.get("mean_effect")
    checks = fitted.checks(asked)
    since = thirds(series, fitted.terms, fitted.change, level) if fit is not None else NO_THIRDS
    if fit is not None:
        checks.append(persistence(asked, since))
    return ChangeEffect(
        verdict=verdict_of(asked, fitted.better, fitted.min_effect),
        reason=fitted.reason,
        estimate=None if asked is None else asked.estimate,
        low=None if asked is None else asked.low,
        high=None if asked is None else asked.high,
        p=None if asked is None else asked.p,
        level=level,
        smallest_detectable=None if asked is None else asked.seen_from,
        parts=_parts_frame(parts),
        thirds=since,
        checks=as_frame(checks),
        placebo_units=fitted.placebo_units if fit is not None else NO_PLACEBOS,
        table=_table(fitted, level),
        on=fitted.on,
        n_before=series.count(BEFORE),
        n_after=series.count(AFTER),
        rho=None if fit is None else fit.fit.mean_rho,
        df=None if fit is None else fit.fit.df,
        scale=series.scale,
        comparison=fitted.comparison,
        unit=series.unit,
        controls=series.controls,
        family=fitted.terms.family.name,
        shape=LEVEL_AND_SLOPE if fitted.terms.slope else LEVEL_ONLY,
        trend=fitted.terms.trend,
        season=fitted.terms.pairs,
        freq=series.axis.freq,
        better=fitted.better,
        min_effect=fitted.min_effect,
        notes=fitted.notes,
    )


def verdict_of(effect: Part | None, better: str, min_effect: float | None) -> str:
    """Return the verdict on an effect, the order of the questions being part of the promise."""
    if effect is None:
        return CANNOT_TELL
    if min_effect is not None and -min_effect < effect.low and effect.high < min_effect:
        return NO_MEANINGFUL_CHANGE
    if effect.low <= 0 <= effect.high:
        return CANNOT_TELL
    return BETTER if (effect.low > 0) == (better == "high") else WORSE


def _table(fitted: FittedChange, level: float) -> pd.DataFrame:
    series, fit = fitted.series, fitted.fit
    rows = series.rows
    since = (rows["position"] >= series.first).to_numpy()
    table = rows[["time", "value", "n"]].copy()
    table[LINES] = np.nan
    if fit is not None:
        offset = offset_of(fitted.terms.family, rows, against_controls=bool(series.controls))
        columns = design(rows, series.axis, fitted.terms, fitted.change)
        known = columns.notna().all(axis=1).to_numpy()
        without = columns.assign(**{name: 0.0 for name in (STEP, SLOPE) if name in columns})
        table.loc[known, "fitted"] = fit.means(columns[known], offset[known])
        table["expected"] = table["fitted"]
        drawn = known & since
        table.loc[drawn, "expected"] = fit.means(without[drawn], offset[drawn])
        table.loc[drawn, LINES[2:]] = fit.limits(without[drawn], offset[drawn], level)
        table["fitted"] = table["fitted"].mask(rows["phase"] == RAMP)
    table["effect"] = (table["value"] - table["expected"]).where(since)
    return table.assign(phase=rows["phase"].astype("str"), used=rows["used"])


def _parts_frame(parts: Mapping[str, Part]) -> pd.DataFrame:
    rows = [{"part": name} | asdict(part) for name, part in parts.items()]
    return pd.DataFrame(rows, columns=["part", "estimate", "low", "high", "p"])
