"""The regression behind a change: level, trend, season, and what the change adds to them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from slm_analysis.analyses.ar1_regression import AR1Fit, fit_ar1, fits_exactly
from slm_analysis.analyses.periods import PeriodAxis

STEP, SLOPE, TREND = "step", "slope", "trend"
POWER = 0.8
"""A change of the smallest size that could have been seen is seen with this chance."""


@dataclass(frozen=True)
class Terms:
    """What a series is made of besides its level.

    Attributes
    ----------
    trend : bool
        A straight line over all periods.
    pairs : int
        Harmonic pairs of the yearly season.
    slope : bool
        The change adds a slope to its step.
    covariates : tuple of str
    """

    trend: bool
    pairs: int
    slope: bool
    covariates: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Part:
    """One combination of the terms: how large, how sure, and what would have been seen at all.

    Attributes
    ----------
    estimate, low, high, p : float
    seen_from : float
        Smallest true size whose interval excludes 0 with a chance of 80 %.
    """

    estimate: float
    low: float
    high: float
    p: float
    seen_from: float


@dataclass(frozen=True, eq=False)
class ChangeFit:
    """The regression of one series, read by the names of its terms."""

    columns: pd.Index
    fit: AR1Fit

    def part(self, level: float, **contrast: float) -> Part:
        """Return the combination of terms, for example ``step=1, slope=12.5``."""
        vector = pd.Series(contrast).reindex(self.columns, fill_value=0.0).to_numpy(dtype=float)
        found = self.fit.estimate(vector, level)
        # The estimate errs as the posterior does about its median: beyond half an interval in
        # 80 % of cases needs the 80 % quantile on top (Cohen, Statistical Power Analysis, ch. 2).
        likely = self.fit.quantiles(vector[None], [POWER])[0, 0] - found.estimate
        return Part(
            estimate=found.estimate,
            low=found.low,
            high=found.high,
            p=found.p,
            seen_from=(found.high - found.low) / 2 + float(likely),
        )

    def means(self, columns: pd.DataFrame, *probabilities: float) -> np.ndarray:
        """Return quantiles (rows, probabilities) of the mean at each row of a design."""
        return self.fit.quantiles(columns.to_numpy(), probabilities)


def design(
    rows: pd.DataFrame, axis: PeriodAxis, terms: Terms, change: int | None = None
) -> pd.DataFrame:
    """Return the design matrix of `rows`; the change acts from position `change` on.

    The slope counts 0 at position `change`, so that the step is the effect there.
    """
    position = rows["position"].to_numpy()
    columns = pd.DataFrame({"constant": np.ones(len(rows))}, index=rows.index)
    if terms.trend:
        columns[TREND] = position.astype(float)
    for name, wave in axis.harmonics(position, terms.pairs).items():
        columns[name] = wave
    for name in terms.covariates:
        columns[name] = rows[name]
    if change is not None:
        columns[STEP] = (position >= change).astype(float)
        if terms.slope:
            columns[SLOPE] = np.maximum(position - change, 0).astype(float)
    return columns


def fit_rows(rows: pd.DataFrame, columns: pd.DataFrame) -> ChangeFit | None:
    """Return the fit of `rows` on their design; None where no noise is left to judge by."""
    y = (rows["value"] - rows["controls"]).to_numpy()
    X = columns.to_numpy()  # noqa: N806
    if fits_exactly(y, X):
        return None
    cases = None if rows["cases"].isna().any() else rows["cases"].to_numpy()
    return ChangeFit(columns.columns, fit_ar1(y, X, rows["position"], cases))
