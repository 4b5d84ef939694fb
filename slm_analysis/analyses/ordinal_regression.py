"""What goes with higher scores, read as ordered answers and not as distances."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from slm_analysis.errors import InputError
from slm_analysis.intervals import LEVEL
from slm_analysis.result import Result, note

MOST_STEPS = 500
FLAT = 1e-3
"""A log likelihood whose slope is steeper than this has not been climbed to its top."""
SEPARATED = 15.0
"""Log odds per standard deviation; a column that reaches them tells scores apart by itself."""
COLUMNS = ["term", "estimate", "se", "low", "high", "p", "odds_ratio"]


@dataclass(frozen=True, eq=False, kw_only=True)
class OrdinalRegression(Result):
    """Cumulative odds of higher scores.

    Attributes
    ----------
    table : DataFrame
        One row per column of X: `term`, `estimate` (log odds of a higher score per unit of the
        column), `se`, `low`, `high`, `p`, `odds_ratio`. Without rows where there is no answer.
    thresholds : DataFrame
        `below` (the category under the threshold), `threshold`.
    log_likelihood : float
    n : int
        Answers that entered.
    clusters : int or None
        Groups of answers that may go together; None where each stands alone.
    level : float
    notes : tuple of Note
        `not_converged`: the likelihood was not climbed to its top, as where a column tells scores
        apart without overlap.
    """

    table: pd.DataFrame
    thresholds: pd.DataFrame
    log_likelihood: float
    n: int
    clusters: int | None
    level: float


def ordinal_regression(
    score: ArrayLike,
    X: pd.DataFrame,  # noqa: N803  the field's name of a design matrix
    clusters: ArrayLike | None = None,
    level: float = LEVEL,
) -> OrdinalRegression:
    """Answer what goes with higher scores, without taking their steps for equal distances.

    Parameters
    ----------
    score : array (n,)
        Ordered answers, for example 1 to 5.
    X : DataFrame (n, p)
        Numbers, without a constant column. Rows with a missing figure are left out.
    clusters : array (n,), optional
        Answers of one cluster (a week, a person) may go together: sandwich variance.
    level : float

    Returns
    -------
    OrdinalRegression

    Raises
    ------
    InputError
        No column, columns that are not numbers or that stand still, or fewer than two different
        scores.

    Notes
    -----
    Proportional odds: McCullagh, JRSS B 1980;42:109-142; fitted by statsmodels' `OrderedModel` on
    standardised columns, since its search stops early on columns of very different size.
    """
    from statsmodels.miscmodels.ordinal_model import OrderedModel  # noqa: PLC0415  slow to load

    y, columns, groups = _complete_rows(score, X, clusters)
    spread = columns.std(axis=0, ddof=0)
    middle = columns.mean(axis=0)
    if not (spread > 0).all():
        still = ", ".join(map(repr, X.columns[spread == 0]))
        raise InputError(f"These columns are the same in every row: {still}. Leave them out.")
    categories, code = np.unique(y, return_inverse=True)
    model = OrderedModel(code, (columns - middle) / spread, distr="logit")
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        fitted = model.fit(method="bfgs", maxiter=MOST_STEPS, gtol=1e-8, disp=0)
        slope = np.abs(model.score(fitted.params)).max()
        variance = _variance(model, fitted.params, groups)
    climbed = slope < FLAT * len(code) and np.isfinite(variance).all()
    reached = climbed and np.abs(fitted.params[: columns.shape[1]]).max() < SEPARATED
    figures = np.diagonal(variance)[: columns.shape[1]]
    if not (reached and (figures > 0).all()):
        return OrdinalRegression(
            table=pd.DataFrame(columns=COLUMNS),
            thresholds=pd.DataFrame(columns=["below", "threshold"]),
            log_likelihood=float(fitted.llf),
            n=len(code),
            clusters=None if groups is None else len(np.unique(groups)),
            level=level,
            notes=(note("not_converged", n=len(code)),),
        )
    estimate, se = fitted.params[: columns.shape[1]] / spread, np.sqrt(figures) / spread
    # Few clusters: t on their number less one (Cameron and Miller, JHR 2015;50:317-372).
    df = np.inf if groups is None else len(np.unique(groups)) - 1
    half = stats.t.ppf((1 + level) / 2, df) * se
    inner = model.transform_threshold_params(fitted.params)[1:-1]
    table = pd.DataFrame(
        {
            "term": X.columns.astype(str),
            "estimate": estimate,
            "se": se,
            "low": estimate - half,
            "high": estimate + half,
            "p": 2 * stats.t.sf(np.abs(estimate) / se, df),
            "odds_ratio": np.exp(estimate),
        }
    )
    return OrdinalRegression(
        table=table,
        thresholds=pd.DataFrame({"below": categories[:-1], "threshold": inner + estimate @ middle}),
        log_likelihood=float(fitted.llf),
        n=len(code),
        clusters=None if groups is None else len(np.unique(groups)),
        level=level,
    )


def _complete_rows(
    score: ArrayLike,
    X: pd.DataFrame,  # noqa: N803
    clusters: ArrayLike | None,
) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    if not X.shape[1] or not all(pd.api.types.is_numeric_dtype(kind) for kind in X.dtypes):
        raise InputError("X must have columns of numbers. Turn categories into 0 and 1.")
    y, columns = np.asarray(score, dtype=float), X.to_numpy(dtype=float, na_value=np.nan)
    if len(y) != len(columns):
        raise InputError(f"There are {len(y)} scores and {len(columns)} rows of X. Give one each.")
    known = np.isfinite(y) & np.isfinite(columns).all(axis=1)
    if len(np.unique(y[known])) < 2:  # noqa: PLR2004
        raise InputError("All scores are the same: nothing can go with higher ones.")
    groups = None if clusters is None else pd.factorize(np.asarray(clusters)[known])[0]
    return y[known], columns[known], groups


def _variance(model: object, params: np.ndarray, groups: np.ndarray | None) -> np.ndarray:
    """Return the inverse information, or the sandwich of clusters (Liang and Zeger 1986)."""
    information = -model.hessian(params)  # type: ignore[attr-defined]
    try:
        bread = np.linalg.inv(information)
    except np.linalg.LinAlgError:
        return np.full(information.shape, np.nan)
    if groups is None:
        return bread
    score = model.score_obs(params)  # type: ignore[attr-defined]
    sums = np.zeros((groups.max() + 1, score.shape[1]))
    np.add.at(sums, groups, score)
    number = len(sums)
    return number / (number - 1) * bread @ (sums.T @ sums) @ bread
