"""The regression behind a change: level, trend, season, and what the change adds to them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from slm_analysis.analyses.ar1_regression import fit_ar1, fits_exactly
from slm_analysis.analyses.change_family import FAMILY, GAUSSIAN, Family, Fit, fit_quasi, offset_of
from slm_analysis.analyses.change_series import ChangeSeries
from slm_analysis.analyses.periods import PeriodAxis

STEP, SLOPE, TREND, BEND = "step", "slope", "trend", "bend"
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
    family : Family
    """

    trend: bool
    pairs: int
    slope: bool
    covariates: tuple[str, ...]
    family: Family = FAMILY[GAUSSIAN]


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
    """The regression of one series, read by the names of its terms.

    Attributes
    ----------
    columns : Index
        Names of the terms.
    fit : Fit
    family : Family
    predictor : Series
        Of counts and rates, the fitted rows on the scale on which the terms add up; else empty.
    """

    columns: pd.Index
    fit: Fit
    family: Family
    predictor: pd.Series

    def link_part(self, level: float, **contrast: float) -> Part:
        """Return the combination of terms, for example ``step=1, slope=12.5``, as they add up."""
        vector = _vector(self.columns, contrast)
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

    def part(self, level: float, at: pd.Index | None, **contrast: float) -> Part:
        """Return the combination of terms in units of the value: mean over the rows `at`, or all.

        What is fitted less what would be without so much on the scale of the terms: what was seen
        is known, and an effect of 0 stays 0.
        """
        found = self.link_part(level, **contrast)
        if not self.family.ratio:
            return found
        seen = (self.predictor if at is None else self.predictor[at]).to_numpy()

        def in_units(effect: float) -> float:
            with_it, without = self.family.inverse(seen), self.family.inverse(seen - effect)
            return float(np.mean(with_it - without))

        return Part(
            estimate=in_units(found.estimate),
            low=in_units(found.low),
            high=in_units(found.high),
            p=found.p,
            seen_from=abs(in_units(found.seen_from)),
        )

    def means(self, columns: pd.DataFrame, offset: np.ndarray) -> np.ndarray:
        """Return the mean at each row of a design."""
        return self.family.inverse(self.fit.means(columns.to_numpy()) + offset)

    def limits(self, columns: pd.DataFrame, offset: np.ndarray, level: float) -> np.ndarray:
        """Return the limits (rows, 2) of the mean at each row of a design."""
        tail = (1 - level) / 2
        quantiles = self.fit.quantiles(columns.to_numpy(), (tail, 1 - tail))
        return self.family.inverse(quantiles + offset[:, None])


def design(
    rows: pd.DataFrame, axis: PeriodAxis, terms: Terms, change: int | None = None
) -> pd.DataFrame:
    """Return the design matrix of `rows`; the change acts from position `change` on.

    The slope counts 0 at position `change`, so that the step is the effect there.
    """
    position = rows["position"].to_numpy()
    columns = {"constant": np.ones(len(rows))}
    if terms.trend:
        columns[TREND] = position.astype(float)
    columns |= axis.harmonics(position, terms.pairs)
    columns |= {name: rows[name].to_numpy() for name in terms.covariates}
    if change is not None:
        columns[STEP] = (position >= change).astype(float)
        if terms.slope:
            columns[SLOPE] = np.maximum(position - change, 0).astype(float)
    return pd.DataFrame(columns, index=rows.index)


def fit_rows(
    series: ChangeSeries, rows: pd.DataFrame, terms: Terms, columns: pd.DataFrame
) -> ChangeFit | None:
    """Return the fit of `rows` on their design; None where no noise is left to judge by."""
    offset = offset_of(terms.family, rows, against_controls=bool(series.controls))
    X, y = columns.to_numpy(), rows["value"].to_numpy()  # noqa: N806
    if not terms.family.ratio:
        away = y - offset
        cases = None if rows["cases"].isna().any() else rows["cases"].to_numpy()
        if fits_exactly(away, X):
            return None
        plain = fit_ar1(away, X, rows["position"], cases)
        return ChangeFit(columns.columns, plain, terms.family, pd.Series(dtype="float64"))
    n = rows["n"].to_numpy() if series.scale == "rate" else np.ones(len(rows))
    quasi = fit_quasi(terms.family, y, X, rows["position"].to_numpy(), n, offset)
    if quasi is None:
        return None
    predictor = pd.Series(quasi.means(X) + offset, index=rows.index)
    return ChangeFit(columns.columns, quasi, terms.family, predictor)


def least_squares(columns: pd.DataFrame, contrast: dict[str, float], y: np.ndarray) -> np.ndarray:
    """Return a combination of terms for each series (rows, series), each on the rows it has."""
    X = columns.to_numpy()  # noqa: N806
    vector = _vector(columns.columns, contrast)
    found = np.full(y.shape[1], np.nan)
    whole = ~np.isnan(y).any(axis=0)
    found[whole] = vector @ np.linalg.pinv(X) @ y[:, whole]
    for at in np.flatnonzero(~whole):
        rows = ~np.isnan(y[:, at])
        if np.linalg.matrix_rank(X[rows]) == X.shape[1]:
            found[at] = vector @ np.linalg.lstsq(X[rows], y[rows, at])[0]
    return found


def _vector(columns: pd.Index, contrast: dict[str, float]) -> np.ndarray:
    return np.array([contrast.get(name, 0.0) for name in columns])
