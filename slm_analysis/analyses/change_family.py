"""How a series varies: plainly, or as the counts and rates that it consists of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import special

from slm_analysis.analyses.ar1_regression import AR1Estimate, AR1Fit, fit_ar1
from slm_analysis.errors import Fault, InputError, nearest

AUTO, GAUSSIAN = "auto", "gaussian"
BINOMIAL, POISSON = "quasi-binomial", "quasi-poisson"
ORDINAL = "ordinal"
FAMILIES = (AUTO, GAUSSIAN, BINOMIAL, POISSON)
MIDDLE = 0.5


class Fit(Protocol):
    """A fitted regression, read by combinations of its coefficients."""

    @property
    def df(self) -> int:
        """Rows less columns."""

    @property
    def mean_rho(self) -> float:
        """Autocorrelation of neighbouring periods."""

    def estimate(self, contrast: np.ndarray, level: float) -> AR1Estimate:
        """Return median, limits and p of one contrast."""

    def means(self, contrasts: np.ndarray) -> np.ndarray:
        """Return the means (m,) of m contrasts."""

    def quantiles(self, contrasts: np.ndarray, probabilities: ArrayLike) -> np.ndarray:
        """Return quantiles (m, k) of m contrasts at k probabilities."""


@dataclass(frozen=True)
class Family:
    """How values are turned to the scale on which terms add up, and back.

    Attributes
    ----------
    name : str
    ratio : str
        What the exponential of an effect on that scale is; empty for the plain scale.
    link, inverse : callable
    """

    name: str
    ratio: str
    link: Callable[[np.ndarray], np.ndarray]
    inverse: Callable[[np.ndarray], np.ndarray]


FAMILY = {
    GAUSSIAN: Family(GAUSSIAN, "", np.asarray, np.asarray),
    BINOMIAL: Family(BINOMIAL, "odds_ratio", special.logit, special.expit),
    POISSON: Family(POISSON, "rate_ratio", np.log, np.exp),
}


def family_of(name: str, scale: str, value: np.ndarray) -> Family:
    """Return the family of a series; `auto` reads everything as it is, rates as ratios.

    Raises
    ------
    InputError
        An unknown family, or figures that are no counts of this kind.
    """
    if name == ORDINAL:
        raise InputError(
            "Ordered scores are read answer by answer: answer_change gives the odds of a higher "
            "score beside the mean."
        )
    if name not in FAMILIES:
        raise InputError(Fault(f"There is no family {name!r}.", nearest(str(name), FAMILIES)))
    if name == BINOMIAL and (scale != "rate" or (value > 1).any()):
        raise InputError(f"{name} needs favourable cases as value and all cases as n.")
    if name == POISSON and (scale == "mean" or (value < 0).any()):
        raise InputError(f"{name} needs counts as value, and exposure, if any, as n.")
    return FAMILY[GAUSSIAN if name == AUTO else name]


def offset_of(family: Family, rows: pd.DataFrame, *, against_controls: bool) -> np.ndarray:
    """Return the comparable units' part of each row on the scale of the terms."""
    mean = rows["controls"].to_numpy()
    if not against_controls or not family.ratio:
        return mean
    # None or all of the cases: half the nearest other figure, so that the scale stays finite.
    mean = np.where(mean <= 0, np.nanmin(mean[mean > 0], initial=1.0) / 2, mean)
    if family.name == BINOMIAL:
        below = 1 - mean
        mean = np.where(below <= 0, 1 - np.nanmin(below[below > 0], initial=1.0) / 2, mean)
    return family.link(mean)


@dataclass(frozen=True, eq=False)
class QuasiFit:
    """A quasi-likelihood fit whose intervals allow for autocorrelation.

    Attributes
    ----------
    independent, carried : AR1Fit
        The same coefficients with the uncertainty of periods that vary independently with the
        dispersion of the Pearson residuals, and of periods whose residuals carry over. The wider
        of both holds.
    """

    independent: AR1Fit
    carried: AR1Fit

    @property
    def df(self) -> int:
        """Rows less columns."""
        return self.carried.df

    @property
    def mean_rho(self) -> float:
        """Autocorrelation of neighbouring residuals."""
        return self.carried.mean_rho

    def estimate(self, contrast: np.ndarray, level: float) -> AR1Estimate:
        """Return estimate, limits and p of one contrast."""
        both = [fit.estimate(contrast, level) for fit in (self.independent, self.carried)]
        return replace(max(both, key=lambda one: one.high - one.low), rho=self.mean_rho)

    def means(self, contrasts: np.ndarray) -> np.ndarray:
        """Return the estimates (m,) of m contrasts."""
        return self.independent.means(contrasts)

    def quantiles(self, contrasts: np.ndarray, probabilities: ArrayLike) -> np.ndarray:
        """Return quantiles (m, k) of m contrasts at k probabilities."""
        chance = np.asarray(probabilities)
        both = [fit.quantiles(contrasts, chance) for fit in (self.independent, self.carried)]
        return np.where(chance < MIDDLE, np.minimum(*both), np.maximum(*both))


def fit_quasi(
    family: Family,
    y: np.ndarray,
    X: np.ndarray,  # noqa: N803
    time: np.ndarray,
    n: np.ndarray,
    offset: np.ndarray,
) -> QuasiFit | None:
    """Return the quasi-likelihood fit of counts or rates; None where it does not settle.

    Notes
    -----
    McCullagh and Nelder, Generalized Linear Models, 2nd ed., chapter 9: dispersion from Pearson's
    X2. Its weighted residuals are those of a linear regression (their 2.5), whose errors may carry
    over (Zeger, Biometrika 1988;75:621-629).
    """
    from statsmodels.genmod import families, generalized_linear_model  # noqa: PLC0415  slow to load

    kind = families.Binomial() if family.name == BINOMIAL else families.Poisson()
    if np.ptp(y) == 0:
        return None
    model = generalized_linear_model.GLM(y, X, family=kind, var_weights=n, offset=offset)
    with np.errstate(all="ignore"):
        result = model.fit(scale="X2")
    mean = result.mu
    slope = kind.link.deriv(mean)
    root = np.sqrt(n / (slope**2 * kind.variance(mean)))
    if not (result.converged and result.scale > 0 and np.isfinite(root).all() and root.all()):
        return None
    working = root * (X @ result.params + (y - mean) * slope)
    carried = fit_ar1(working, root[:, None] * X, time)
    half = np.linalg.inv(np.linalg.qr(root[:, None] * X, mode="r"))
    return QuasiFit(
        independent=AR1Fit(
            weight=np.ones(1),
            rho=np.zeros(1),
            coefficients=result.params[None],
            root=np.sqrt(result.scale) * half.T[None],
            df=carried.df,
        ),
        carried=replace(carried, coefficients=np.tile(result.params, (len(carried.rho), 1))),
    )
