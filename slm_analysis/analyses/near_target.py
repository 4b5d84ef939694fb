"""What happens just before a target is used up, against a smooth curve through its surroundings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import statsmodels.api as sm
from scipy import stats

NEAR = 0.1
"""The last tenth before the target is looked at, and the first tenth after it takes no part: what
is pulled forward is missing there."""
STEP = 0.05
FIRST, LAST = 0.5, 1.5
"""The curve is drawn from half the target to one and a half of it, in steps."""
DEGREE = 2
"""Of the polynomial in the logarithm of the rate."""
FEWEST = 20
"""With fewer events around the target there is no curve."""


@dataclass(frozen=True)
class NearTarget:
    """What happened in the last tenth before the target.

    Attributes
    ----------
    count : int
        Events seen there.
    expected : float
        By the smooth curve; missing where there are too few events to draw it.
    p : float
        Chance of as many events or more; missing likewise.
    """

    count: int
    expected: float
    p: float


def near_target(events: np.ndarray, until: np.ndarray) -> NearTarget:
    """Answer whether more happens in the last tenth before a target than a smooth curve expects.

    Parameters
    ----------
    events : array
        When things happened, in parts of the target used up: 1 is the target.
    until : array
        Up to where each ticket was followed, in the same parts.

    Returns
    -------
    NearTarget

    Notes
    -----
    Events per ticket and step of time follow a log-quadratic curve, a Poisson regression on the
    time at risk (Holford, Biometrics 1980;36:299-305), fitted without the tenths on either side of
    the target and carried through them, as bunching is told from a counterfactual (Chetty,
    Friedman, Olsen and Pistaferri, QJE 2011;126:749-804; Kleven, Annual Review of Economics
    2016;8:435-464). The count is judged by a negative binomial whose variance holds that of the
    curve, and the scatter of the other steps where it is more than Poisson.
    """
    edges = np.linspace(FIRST, LAST, round((LAST - FIRST) / STEP) + 1)
    middle = (edges[:-1] + edges[1:]) / 2
    # What ends at the target is in time: steps hold their upper end.
    step = np.searchsorted(edges, events, side="left") - 1
    inside = (step >= 0) & (step < len(middle))
    count = np.bincount(step[inside], minlength=len(middle))
    followed = np.array([np.clip(until - edge, 0, STEP).sum() for edge in edges[:-1]])
    before = (middle > 1 - NEAR) & (middle < 1)
    around = ~before & ~((middle > 1) & (middle < 1 + NEAR)) & (followed > 0)
    seen = int(count[before].sum())
    if count[around].sum() < FEWEST or not followed[before].all():
        return NearTarget(seen, np.nan, np.nan)
    powers = np.vander(middle - 1, DEGREE + 1)
    curve = sm.GLM(
        count[around], powers[around], family=sm.families.Poisson(), exposure=followed[around]
    ).fit()
    expected = curve.predict(powers[before], exposure=followed[before])
    total = float(expected.sum())
    scatter = max(1.0, curve.pearson_chi2 / curve.df_resid)
    slope = expected @ powers[before]
    variance = scatter * (total + slope @ curve.cov_params() @ slope)
    size = total**2 / (variance - total)
    return NearTarget(seen, total, float(stats.nbinom.sf(seen - 1, size, size / (size + total))))
