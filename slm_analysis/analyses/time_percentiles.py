"""By when so many of the tickets are done, those still open counted as open."""

from __future__ import annotations

import numpy as np
from statsmodels.duration.survfunc import SurvfuncRight

ROUNDING = 1e-9
"""Products of survival shares closer than this are equal: the ninth of ten tickets is 90 %."""


def percentile(survival: SurvfuncRight, share: float) -> float:
    """Return the first time by which at least `share` of the tickets are done; NaN if not reached.

    Notes
    -----
    Kaplan and Meier, JASA 1958;53:457-481.
    """
    return first_time(survival.surv_times, 1 - survival.surv_prob, share)


def first_time(times: np.ndarray, done: np.ndarray, share: float) -> float:
    """Return the first of `times` at which the share `done` reaches `share`; NaN if it does not."""
    reached = done >= share - ROUNDING
    return float(times[reached.argmax()]) if reached.any() else np.nan
