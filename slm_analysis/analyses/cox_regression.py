"""How much sooner some tickets are done than others: Cox regression, and whether it may be used."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats
from statsmodels.duration.survfunc import SurvfuncRight

RIDGE = 1e-6
"""Information added to each coefficient, of columns with a spread of 1: none that counts, yet a
group of which nothing is done leaves the rest of the model in peace."""
LONGEST_STEP = 5.0
"""By which one step may change the logarithm of a rate."""
MOST_STEPS, CLOSE = 50, 1e-9
"""Newton's method ends where a step promises no more log likelihood than this."""
EFRON, BRESLOW = "efron", "breslow"
RANK, KAPLAN_MEIER = "rank", "km"


@dataclass(frozen=True, eq=False)
class CoxFit:
    """Coefficients of a Cox regression, and the check of its assumption.

    Attributes
    ----------
    log_ratio, error : array (columns,)
        Logarithms of the rate ratios and their standard errors.
    correlation : array (columns,)
        Of the scaled Schoenfeld residuals with time.
    chi_square : array (terms,)
        Of each term's ratio being the same at all times, and `chi_square_all` of all together.
    """

    log_ratio: np.ndarray
    error: np.ndarray
    correlation: np.ndarray
    chi_square: np.ndarray
    chi_square_all: float


def cox_regression(
    time: np.ndarray, done: np.ndarray, x: np.ndarray, term: np.ndarray, ties: str, scale: str
) -> CoxFit:
    """Fit a Cox regression and check that its ratios are the same at all times.

    Parameters
    ----------
    time : array (n,)
    done : array of bool (n,)
        Others are censored at their time.
    x : array (n, columns)
    term : array of int (columns,)
        Number of the term that each column belongs to, from 0; a term's columns are checked
        together.
    ties : str
        How tickets done at the same time are taken: ``efron`` or ``breslow``.
    scale : str
        Time in the check: its ``rank``, or ``km``, one less the Kaplan-Meier curve before it.

    Notes
    -----
    Cox, JRSS B 1972;34:187-220; Efron, JASA 1977;72:557-565; Breslow, Biometrics 1974;30:89-99.
    The check is the score test for a ratio that changes with time (Grambsch and Therneau,
    Biometrika 1994;81:515-526, here with the information of each time and not its mean).
    """
    spread = x.std(axis=0)
    sums = _RiskSums(time, done, (x - x.mean(axis=0)) / spread, ties)
    beta = np.zeros(x.shape[1])
    reached = sums.log_likelihood(beta)
    for _ in range(MOST_STEPS):
        slope = sums.residuals(beta).sum(axis=0) - RIDGE * beta
        step = np.linalg.solve(sums.information(beta), slope)
        step *= min(1.0, LONGEST_STEP / max(np.ptp(sums.x @ step), CLOSE))
        # From far off a whole step leads astray; some part of it always leads up.
        for part in 0.5 ** np.arange(MOST_STEPS):
            tried = sums.log_likelihood(beta + part * step)
            if tried >= reached:
                beta, reached = beta + part * step, tried
                break
        if slope @ step < CLOSE:
            break
    return _checked(sums, beta, _clock(time, done, scale)[done], term, spread)


def _checked(
    sums: _RiskSums, beta: np.ndarray, clock: np.ndarray, term: np.ndarray, spread: np.ndarray
) -> CoxFit:
    """Return the fit, of columns as they were, with the check of its assumption."""
    clock = clock - clock.mean()
    residuals = sums.residuals(beta)
    crossed, squared = (sums.information(beta, clock**power) for power in (1, 2))
    covariance = np.linalg.inv(sums.information(beta))
    # What is left of the information on a change with time once the ratios are fitted.
    left = squared - crossed @ covariance @ crossed
    score = clock @ residuals
    by_term = [np.flatnonzero(term == number) for number in range(term.max() + 1)]
    scaled = residuals @ covariance
    both = np.linalg.norm(clock) * np.linalg.norm(scaled - scaled.mean(axis=0), axis=0)
    return CoxFit(
        log_ratio=beta / spread,
        error=np.sqrt(np.diag(covariance)) / spread,
        correlation=clock @ scaled / np.where(both > 0, both, np.nan),
        chi_square=np.array(
            [score[own] @ np.linalg.pinv(left[np.ix_(own, own)]) @ score[own] for own in by_term]
        ),
        chi_square_all=float(score @ np.linalg.pinv(left) @ score),
    )


def _clock(time: np.ndarray, done: np.ndarray, scale: str) -> np.ndarray:
    """Return time on the scale of the check."""
    if scale == RANK:
        return np.asarray(stats.rankdata(time))
    survival = SurvfuncRight(time, done.astype(int))
    before = np.searchsorted(survival.surv_times, time, side="left")
    return 1 - np.append(1.0, survival.surv_prob)[before]


class _RiskSums:
    """Sums over the tickets at risk whenever one is done."""

    def __init__(self, time: np.ndarray, done: np.ndarray, x: np.ndarray, ties: str) -> None:
        self.x, self.done = x, done
        self.times, self.event = np.unique(time[done], return_inverse=True)
        # A ticket is at risk up to the last time at which one is done, its own included.
        self.last = np.searchsorted(self.times, time, side="right")
        order = np.argsort(self.event, kind="stable")
        tied = np.bincount(self.event)
        # Of tickets done at once, Efron takes each to have had those before it away, on average.
        place = np.empty(len(order))
        place[order] = np.concatenate([np.arange(n) / n for n in tied])
        self.away = place if ties == EFRON else np.zeros(len(order))

    def summed(self, value: np.ndarray) -> np.ndarray:
        """Return the sum of a value of each ticket over those at risk at each event."""
        until = np.bincount(self.last, value, len(self.times) + 1)[1:]
        at_risk = until[::-1].cumsum()[::-1]
        tied = np.bincount(self.event, value[self.done], len(self.times))
        return np.asarray(at_risk[self.event] - self.away * tied[self.event])

    def log_likelihood(self, beta: np.ndarray) -> float:
        """Return the log partial likelihood less what the ridge takes."""
        linear = self.x @ beta
        at_risk = np.log(self.summed(np.exp(linear)))
        return float((linear[self.done] - at_risk).sum() - RIDGE / 2 * (beta @ beta))

    def residuals(self, beta: np.ndarray) -> np.ndarray:
        """Return the Schoenfeld residuals: each event's values less their mean at risk."""
        return np.asarray(self.x[self.done] - self._means(np.exp(self.x @ beta)))

    def information(self, beta: np.ndarray, by: np.ndarray | None = None) -> np.ndarray:
        """Return the information on the coefficients, or the sum of each event's times a number."""
        weight = np.exp(self.x @ beta)
        total, means = self.summed(weight), self._means(weight)
        matrix = np.empty((self.x.shape[1],) * 2)
        for i, j in zip(*np.tril_indices(len(matrix)), strict=True):
            product = self.summed(weight * self.x[:, i] * self.x[:, j]) / total
            variance = product - means[:, i] * means[:, j]
            matrix[i, j] = matrix[j, i] = variance.sum() if by is None else by @ variance
        return matrix + RIDGE * np.eye(len(matrix)) * (by is None)

    def _means(self, weight: np.ndarray) -> np.ndarray:
        sums = [self.summed(weight * column) for column in self.x.T]
        return np.column_stack(sums) / self.summed(weight)[:, None]
