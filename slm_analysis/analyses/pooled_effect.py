"""What changed units have in common: one effect over all of them, against the unchanged ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from slm_analysis.analyses.change_checks import mean_effect
from slm_analysis.analyses.change_fit import LEVEL_AND_SLOPE, LEVEL_ONLY
from slm_analysis.analyses.change_model import POWER, Part, Terms, design, least_squares
from slm_analysis.analyses.change_panel import Panel
from slm_analysis.analyses.change_series import MIN_CONTROLS
from slm_analysis.intervals import LEVEL

FEW_TREATED = 5
"""Fewer changed units say little about how changed units differ."""

WELCH, STUDENT = "welch", "student"


@dataclass(frozen=True, kw_only=True)
class PooledEffect:
    """The mean effect over all changed units.

    Attributes
    ----------
    estimate, low, high, p : float
        At `level`.
    se : float
        Standard error of the estimate.
    df : float
    smallest_detectable : float
    level : float
    method : str
        `welch`, or `student` with under five changed units.
    n_treated, n_controls : int
        Units that entered.
    """

    estimate: float
    low: float
    high: float
    p: float
    se: float
    df: float
    smallest_detectable: float
    level: float
    method: str
    n_treated: int
    n_controls: int

    @property
    def part(self) -> Part:
        """The figures that a verdict is read from."""
        return Part(
            estimate=self.estimate,
            low=self.low,
            high=self.high,
            p=self.p,
            seen_from=self.smallest_detectable,
        )


def pooled_effect(
    panel: Panel, dates: Mapping[Any, Any], options: Mapping[str, Any]
) -> PooledEffect | None:
    """Return the mean effect over several changed units; None without enough unchanged ones.

    Parameters
    ----------
    panel : Panel
    dates : mapping
        Changed unit to the date of its change. None of them serves as a control, so that no effect
        that is still unfolding is taken for what would have happened (Goodman-Bacon, Journal of
        Econometrics 2021;225:254-277).
    options : mapping
        As for `change_effect`.

    Notes
    -----
    Errors clustered by unit reject far too often with few changed units, and errors of single
    periods with any (Bertrand, Duflo and Mullainathan, Quarterly Journal of Economics
    2004;119:249-275, who collapse each unit to one change). So the change of each unit enters as
    one figure, by least squares on its own series, less the mean change of the unchanged ones at
    the same date; Welch's interval from five changed units on. How fewer of them spread cannot be
    seen: the spread of the unchanged counts too (Conley and Taber, Review of Economics and
    Statistics 2011;93:113-125), by Student's interval.
    """
    changed = [at for at, name in enumerate(panel.units) if name in dates]
    unchanged = [at for at, name in enumerate(panel.units) if name not in dates]
    if len(changed) < 2 or len(unchanged) < MIN_CONTROLS or panel.covariates:  # noqa: PLR2004
        return None
    first = {at: panel.axis.position(dates[panel.units[at]], "on") for at in changed}
    return _collapsed(panel, first, unchanged, options)


def _collapsed(
    panel: Panel, first: Mapping[int, int], unchanged: list[int], options: Mapping[str, Any]
) -> PooledEffect | None:
    away: list[np.ndarray] = []
    control, weight = np.zeros(len(unchanged)), 0
    for start in sorted(set(first.values())):
        cohort = [at for at, own in first.items() if own == start]
        change = _changes_of_units(panel, start, options)
        own = change[cohort][~np.isnan(change[cohort])]
        away.append(own - np.nanmean(change[unchanged]))
        control, weight = control + len(own) * change[unchanged], weight + len(own)
    treated = np.concatenate(away)
    controls = (control / max(weight, 1))[~np.isnan(control)]
    if len(treated) < 2 or len(controls) < MIN_CONTROLS:  # noqa: PLR2004
        return None
    method = WELCH if len(treated) >= FEW_TREATED else STUDENT
    se, df = _spread(treated, controls, method)
    if se == 0:
        return None
    estimate = float(treated.mean())
    half = float(stats.t.ppf((1 + LEVEL) / 2, df)) * se
    return PooledEffect(
        estimate=estimate,
        low=estimate - half,
        high=estimate + half,
        p=float(2 * stats.t.sf(abs(estimate) / se, df)),
        se=se,
        df=df,
        smallest_detectable=half + float(stats.t.ppf(POWER, df)) * se,
        level=LEVEL,
        method=method,
        n_treated=len(treated),
        n_controls=len(controls),
    )


def _spread(treated: np.ndarray, controls: np.ndarray, method: str) -> tuple[float, float]:
    """Return standard error and degrees of freedom of the difference of two means."""
    sizes = np.array([len(treated), len(controls)])
    variances = np.array([treated.var(ddof=1), controls.var(ddof=1)])
    if method == STUDENT:
        df = float(sizes.sum() - 2)
        common = ((sizes - 1) * variances).sum() / df
        return float(np.sqrt(common * (1 / sizes).sum())), df
    # Welch, Biometrika 1947;34:28-35.
    parts = variances / sizes
    total = float(parts.sum())
    return float(np.sqrt(total)), total**2 / float((parts**2 / (sizes - 1)).sum()) if total else 0.0


def _changes_of_units(panel: Panel, start: int, options: Mapping[str, Any]) -> np.ndarray:
    """Return the mean effect that each unit would have had from `start` on, by least squares."""
    ramp = options.get("ramp", 0)
    position = panel.start + np.arange(len(panel.value))
    outside = (position < start) | (position >= start + ramp)
    rows = pd.DataFrame({"position": position[outside]})
    trend, season = options.get("trend", "auto"), options.get("season", "auto")
    terms = Terms(
        trend=trend is True,
        pairs=panel.axis.season_pairs(season, len(position)),
        slope=options.get("shape", LEVEL_ONLY) == LEVEL_AND_SLOPE,
        covariates=(),
    )
    since = rows["position"][rows["position"] >= start + ramp] - (start + ramp)
    columns = design(rows, panel.axis, terms, start + ramp)
    if since.empty or len(since) == len(rows):
        return np.full(len(panel.units), np.nan)
    return least_squares(columns, mean_effect(terms, since), panel.valued()[outside])
