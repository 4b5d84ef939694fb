"""Linear regression of a series whose errors carry over: AR(1), its parameter integrated out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from slm_analysis.errors import InputError

RHO_NODES = 100
"""Gauss-Legendre nodes on (-1, 1): spaced within the spread of rho for up to 1,000 rows."""

SHARE_NODES = 3
"""Gauss-Legendre nodes on (0, 1) for the share of the noise that comes from few cases."""

NEGLIGIBLE_WEIGHT = 1e-9
"""Nodes under this weight move a quantile by less than a millionth of its scale."""

EXACT_FIT = 1e-12
"""Residuals under this share of the data's size are rounding."""

LAST_STEP = 1e-4
"""A Newton step under this share of the scale leaves an error of about its square."""

MAX_STEPS = 100


@dataclass(frozen=True, kw_only=True)
class AR1Estimate:
    """One linear combination of the coefficients, and how sure it is.

    Attributes
    ----------
    estimate : float
        Median of the mixture.
    low, high : float
        Equal-tailed limits at the asked level.
    p : float
        Two-sided: twice the smaller tail beyond 0.
    rho : float
        Mean of the autocorrelation of neighbouring periods.
    df : int
        Rows less columns.
    """

    estimate: float
    low: float
    high: float
    p: float
    rho: float
    df: int


@dataclass(frozen=True, eq=False, kw_only=True)
class AR1Fit:
    """A regression with AR(1) errors over its grid: every combination c'b is a mixture of t.

    Attributes
    ----------
    weight, rho : array (nodes,)
        Posterior weight and autocorrelation of each node.
    coefficients : array (nodes, p)
    root : array (nodes, p, p)
        The variance of c'b at a node is the squared length of root @ c.
    df : int
    least : array (p, p) or None
        No variance of c'b is smaller than the squared length of least @ c.
    """

    weight: np.ndarray
    rho: np.ndarray
    coefficients: np.ndarray
    root: np.ndarray
    df: int
    least: np.ndarray | None = None

    @property
    def mean_rho(self) -> float:
        """Mean of the autocorrelation."""
        return float(self.weight @ self.rho)

    def means(self, contrasts: np.ndarray) -> np.ndarray:
        """Return the means (m,) of m contrasts (m, p)."""
        return contrasts @ (self.weight @ self.coefficients)

    def quantiles(self, contrasts: np.ndarray, probabilities: ArrayLike) -> np.ndarray:
        """Return the quantiles (m, k) of m contrasts (m, p) at k probabilities."""
        heavy = self.weight > NEGLIGIBLE_WEIGHT
        weight = self.weight[heavy] / self.weight[heavy].sum()
        place, scale = self._components(contrasts, heavy)
        return _mixture_quantiles(weight, place, scale, self.df, np.asarray(probabilities))

    def estimate(self, contrast: np.ndarray, level: float) -> AR1Estimate:
        """Return median, limits and p of one contrast (p,)."""
        tail = (1 - level) / 2
        low, median, high = self.quantiles(contrast[None], (tail, 0.5, 1 - tail))[0]
        place, scale = self._components(contrast[None], np.full(len(self.weight), True))
        z = (place / scale)[0]
        tails = (self.weight @ special.stdtr(self.df, z), self.weight @ special.stdtr(self.df, -z))
        return AR1Estimate(
            estimate=float(median),
            low=float(low),
            high=float(high),
            p=min(1.0, 2 * float(min(tails))),
            rho=self.mean_rho,
            df=self.df,
        )

    def _components(
        self, contrasts: np.ndarray, nodes: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        place = contrasts @ self.coefficients[nodes].T
        variance = ((self.root[nodes] @ contrasts.T) ** 2).sum(axis=1)
        if self.least is not None:
            variance = np.maximum(variance, ((self.least @ contrasts.T) ** 2).sum(axis=0))
        return place, np.sqrt(variance).T


def ar1_regression(
    y: ArrayLike,
    X: ArrayLike,  # noqa: N803  the field's name of a design matrix
    contrast: ArrayLike,
    time: ArrayLike | None = None,
    level: float = 0.95,
) -> AR1Estimate:
    """Answer how large a combination of regression coefficients is when errors carry over.

    Parameters
    ----------
    y : array (n,)
        One value per period.
    X : array (n, p)
        The whole design matrix, with its constant column.
    contrast : array (p,)
        The combination c'b that is asked for.
    time : array of whole numbers (n,), optional
        Position of each row's period; absent ones are gaps. Without it the rows follow each other.
    level : float
        Coverage of the interval.

    Returns
    -------
    AR1Estimate
        `estimate`, `low`, `high` (in units of y), `p`, `rho`, `df`. The same input always gives
        the same figures: nothing is sampled.

    Raises
    ------
    InputError
        Shapes that do not match, missing values, repeated periods, too few rows, columns that
        repeat each other, or a y that X fits exactly, so that there is no noise to judge by.

    Notes
    -----
    Flat prior on coefficients, log scale and rho on (-1, 1); given rho the posterior of c'b is a
    t with n - p degrees of freedom (Zellner and Tiao, JASA 1964;59:763-778; Chib, Journal of
    Econometrics 1993;58:275-294). rho is integrated out on Gauss-Legendre nodes, so that the
    limits carry its uncertainty too; methods that plug in one value cover too little in short
    series.
    """
    rows, columns = _check_arrays(y, X)
    combination = np.asarray(contrast, dtype=float)
    if combination.shape != (columns.shape[1],):
        raise InputError(
            f"contrast has shape {combination.shape}, X has {columns.shape[1]} columns. "
            "Give one number per column of X."
        )
    if not np.isfinite(combination).all() or not combination.any():
        raise InputError("contrast must be finite and not all 0. Put 1 at the column you ask for.")
    require_share("level", level, 0.95)
    return fit_ar1(rows, columns, time).estimate(combination, level)


def fit_ar1(
    y: ArrayLike,
    X: ArrayLike,  # noqa: N803
    time: ArrayLike | None = None,
    cases: np.ndarray | None = None,
    least: np.ndarray | None = None,
) -> AR1Fit:
    """Return the fit behind `ar1_regression`, for several contrasts at once.

    Parameters
    ----------
    y, X, time
        As in `ar1_regression`.
    cases : array (n,), optional
        Number of cases behind each row (denominator, responses). The noise of a period is part
        sampling, which falls with its cases, and part its own; the share of the former is unknown
        and integrated out like rho, so that periods of few cases count less only as far as the
        data bear it.
    least : array (n,), optional
        Variance that each row has by sampling alone. No combination of coefficients is taken to
        be surer than that leaves it: periods that vary less do so mostly by luck (McCullagh and
        Nelder, Generalized Linear Models, 2nd ed., 1989, 4.5, a dispersion of at least 1), and
        the best that can be made of independent ones is the fit weighted by it (Aitken,
        Proceedings of the Royal Society of Edinburgh 1935;55:42-48).

    Returns
    -------
    AR1Fit

    Raises
    ------
    InputError
        As `ar1_regression`.
    """
    rows, columns = _check_arrays(y, X)
    n, p = columns.shape
    position = np.arange(n) if time is None else _check_positions(time, n)
    if n <= p:
        raise InputError(f"{n} rows cannot carry {p} columns. Give more periods or fewer terms.")
    # One scale and orthonormal columns first, so that sums of squares lose no digits.
    length = np.linalg.norm(columns, axis=0)
    if not length.all() or np.linalg.matrix_rank(columns / length) < p:
        raise InputError(
            "The columns of X (level, trend, season, covariates) repeat each other. "
            "Leave one of them out."
        )
    order = np.argsort(position)
    orthonormal, triangle = np.linalg.qr(columns[order])
    start = orthonormal.T @ rows[order]
    residual = rows[order] - orthonormal @ start
    if _is_rounding(residual, rows):
        raise InputError("X fits y exactly: without any noise there is nothing to judge by.")

    size = np.linalg.norm(residual)
    table = np.column_stack([orthonormal, residual / size])
    share_weight, spread = _noise_spread(np.ones(n) if cases is None else cases[order])
    gaps = np.diff(position[order])
    rho, rho_weight = _nodes(RHO_NODES)
    root_of_moments, log_det_r = _whitened(table / np.sqrt(spread)[:, :, None], gaps, rho)

    inner = np.linalg.inv(root_of_moments[..., :p, :p])
    sse = root_of_moments[..., p, p] ** 2
    log_det_x = 2 * np.log(np.diagonal(root_of_moments, axis1=-2, axis2=-1)[..., :p]).sum(-1)
    # p(rho | y) ~ |R|^-1/2 |X'R^-1 X|^-1/2 SSE^-(n-p)/2, times the weight of the node.
    log_det_r = log_det_r + np.log(spread).sum(axis=1)[:, None]
    log_weight = np.log(rho_weight) + np.log(share_weight)[:, None]
    log_weight = log_weight - (log_det_r + log_det_x + (n - p) * np.log(sse)) / 2
    weight = np.exp(log_weight - log_weight.max()).ravel()

    back = np.linalg.inv(triangle)
    shift = np.einsum("...k,...kj->...j", root_of_moments[..., p, :p], inner)
    # Scale sqrt(SSE / (n-p) c'(X'R^-1 X)^-1 c), as the squared length of root @ c.
    root = size * np.sqrt(sse / (n - p))[..., None, None] * inner @ back.T
    return AR1Fit(
        weight=weight / weight.sum(),
        rho=np.tile(rho, len(spread)),
        coefficients=(start + size * shift).reshape(-1, p) @ back.T,
        root=root.reshape(-1, p, p),
        df=n - p,
        least=None if least is None else _root_of_variance(columns / np.sqrt(least)[:, None]),
    )


def require_share(name: str, given: object, usual: float) -> None:
    """Raise InputError unless the argument `name` lies between 0 and 1."""
    if not isinstance(given, int | float) or not 0 < given < 1:
        raise InputError(f"{name} must lie between 0 and 1, not {given!r}. {usual} is usual.")


def fits_exactly(y: np.ndarray, X: np.ndarray) -> bool:  # noqa: N803
    """Say whether X leaves no residual but rounding, so that no noise can be estimated."""
    return _is_rounding(y - X @ np.linalg.lstsq(X, y)[0], y)


def _is_rounding(residual: np.ndarray, y: np.ndarray) -> bool:
    return bool(np.linalg.norm(residual) <= EXACT_FIT * np.linalg.norm(y))


def _whitened(
    table: np.ndarray, gaps: np.ndarray, rho: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the Cholesky root of Z'R^-1 Z for every node, and log|R|.

    A row after a gap g is whitened as (z_i - r z_{i-1}) / sqrt(1 - r^2) with r = rho^g, the exact
    stationary AR(1) (Brockwell and Davis, Time Series: Theory and Methods, 2nd ed., 8.6). Written
    with half sums and half differences the square needs no subtraction that would lose digits:
    (1-r)/(1+r) ss' + (sd' + ds') + (1+r)/(1-r) dd'.
    """
    half_sum = (table[:, 1:] + table[:, :-1]) / 2
    half_difference = (table[:, 1:] - table[:, :-1]) / 2
    first = table[:, 0, :, None] * table[:, 0, None, :]
    moments = np.repeat(first[:, None], len(rho), axis=1)
    log_det = np.zeros(len(rho))
    for gap, count in zip(*np.unique(gaps, return_counts=True), strict=True):
        s, d = half_sum[:, gaps == gap], half_difference[:, gaps == gap]
        cross = s.transpose(0, 2, 1) @ d
        r = rho**gap
        ratio = ((1 - r) / (1 + r))[None, :, None, None]
        moments += (
            ratio * (s.transpose(0, 2, 1) @ s)[:, None]
            + (cross + cross.transpose(0, 2, 1))[:, None]
            + (d.transpose(0, 2, 1) @ d)[:, None] / ratio
        )
        log_det += count * np.log1p(-(r**2))
    return np.linalg.cholesky(moments), log_det


def _root_of_variance(columns: np.ndarray) -> np.ndarray:
    """Return the root of (X'X)^-1: the squared length of root @ c is the variance of c'b."""
    return np.linalg.inv(np.linalg.qr(columns, mode="r")).T


def _noise_spread(cases: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return weights (shares,) and variances (shares, n): 1 - share + share · sampling noise."""
    if np.ptp(cases) == 0:
        return np.ones(1), np.ones((1, len(cases)))
    node, weight = _nodes(SHARE_NODES)
    share = (node[:, None] + 1) / 2
    sampling = 1 / cases / np.mean(1 / cases)
    return weight, 1 - share + share * sampling


def _mixture_quantiles(
    weight: np.ndarray,
    place: np.ndarray,
    scale: np.ndarray,
    df: int,
    probability: np.ndarray,
) -> np.ndarray:
    """Return quantiles (m, k) of m mixtures of t (m, nodes), by Newton steps in a bracket."""
    place, scale = place[:, None], scale[:, None]
    parts = place + scale * special.stdtrit(df, probability)[None, :, None]
    low, high = parts.min(axis=-1), parts.max(axis=-1)
    precision = LAST_STEP * (scale @ weight)
    log_constant = special.gammaln((df + 1) / 2) - special.gammaln(df / 2) - np.log(df * np.pi) / 2
    x = parts @ weight
    for _ in range(MAX_STEPS):
        z = (x[..., None] - place) / scale
        excess = special.stdtr(df, z) @ weight - probability
        density = (np.exp(log_constant - (df + 1) / 2 * np.log1p(z**2 / df)) / scale) @ weight
        low, high = np.where(excess < 0, x, low), np.where(excess > 0, x, high)
        newton = x - excess / density
        step = np.where((newton >= low) & (newton <= high), newton, (low + high) / 2)
        done = np.abs(step - x) <= precision
        x = step
        if done.all():
            break
    return x


@cache
def _nodes(count: int) -> tuple[np.ndarray, np.ndarray]:
    return np.polynomial.legendre.leggauss(count)


def _check_arrays(y: ArrayLike, X: ArrayLike) -> tuple[np.ndarray, np.ndarray]:  # noqa: N803
    try:
        rows, columns = np.asarray(y, dtype=float), np.asarray(X, dtype=float)
    except (TypeError, ValueError) as error:
        raise InputError("y and X must be numbers. Turn categories into 0 and 1.") from error
    vector_and_matrix = (rows.ndim, columns.ndim) == (1, 2)
    if not (vector_and_matrix and len(rows) == len(columns) and columns.size):
        raise InputError(
            f"y has shape {rows.shape} and X {columns.shape}. "
            "Give y as (n,) and X as (n, p), one row per period."
        )
    if not (np.isfinite(rows).all() and np.isfinite(columns).all()):
        raise InputError(
            "y or X has missing or infinite values. "
            "Leave those periods out and give `time`, so that they stay gaps."
        )
    return rows, columns


def _check_positions(time: ArrayLike, n: int) -> np.ndarray:
    position = np.asarray(time)
    if position.shape != (n,) or position.dtype.kind not in "iuf":
        raise InputError("time must be one whole number per row: the position of its period.")
    whole = np.asarray(position, dtype=float)
    if not np.isfinite(whole).all() or (whole != np.round(whole)).any():
        raise InputError("time must be whole numbers: 0, 1, 2, … with absent periods left out.")
    if len(np.unique(whole)) < n:
        raise InputError("time repeats a period. Give one row per period.")
    return whole.astype(int)
