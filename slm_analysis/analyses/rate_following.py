"""Does a score move with a rate, period by period: months of more lateness and lower scores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from slm_analysis.analyses.ar1_regression import AR1Fit, fit_ar1, fits_exactly
from slm_analysis.analyses.false_discovery import false_discovery
from slm_analysis.analyses.level_comparison import MIN_CASES
from slm_analysis.analyses.periods import period_axis
from slm_analysis.analyses.suppression import require_columns
from slm_analysis.errors import Fault, InputError
from slm_analysis.intervals import LEVEL
from slm_analysis.result import Result

MIN_PERIODS = 12
"""With fewer a slope beside a trend says nothing."""
STEP = 0.1
"""The slope is told for so much more of the rate: ten points."""
SLOPE = np.array([0.0, 0.0, 1.0])


@dataclass(frozen=True, eq=False, kw_only=True)
class RateFollowing(Result):
    """How a score moves with a rate.

    Attributes
    ----------
    table : DataFrame
        One row per series: the by-columns, `periods` that have both, `slope` (points of the score
        for ten points more of the rate), `low`, `high` (at `interval_level`), `p`, `q` (adjusted
        over the series). Figures are missing where there are too few periods, or fewer than
        thirty cases kept or not kept in all: one case could then move the rate of a period.
    family : int
        Series tested.
    q : float
        Share of false ones among the findings that is accepted.
    interval_level : float
    """

    table: pd.DataFrame
    family: int
    q: float
    interval_level: float


def rate_following(periods: pd.DataFrame, *, by: Sequence[str], q: float = 0.05) -> RateFollowing:
    """Answer whether the score is higher in periods in which the rate is, beside a common trend.

    Parameters
    ----------
    periods : DataFrame
        One row per series and period: the by-columns, `time`, `score` (mean), `answers` behind
        it, `kept` and `counted` (the rate is one out of the other). Rows without a score, or with
        nothing counted, are gaps.
    by : list of str
        Columns that name the series.
    q : float
        Accepted share of false ones among the findings (Benjamini-Hochberg over the call).

    Returns
    -------
    RateFollowing

    Raises
    ------
    InputError
        Unknown column, q outside 0 to 1.

    Notes
    -----
    Regression with AR(1) errors (see `ar1_regression`) on a straight line and the rate, periods of
    few answers weighing less. Two figures that both rise do not follow each other for that; and
    months can move together for a reason that is not on record.
    """
    keys = list(by)
    require_columns(periods, [*keys, "time", "score", "answers", "kept", "counted"])
    if not 0 < q < 1:
        raise InputError(Fault("q must lie between 0 and 1.", "0.05 is usual.", value=q))
    known = periods[periods["score"].notna() & (periods["answers"] > 0) & (periods["counted"] > 0)]
    fits, records = [], []
    for names, own in known.sort_values("time").groupby(keys, observed=True):
        fits.append(_fit(own))
        records.append(dict(zip(keys, names, strict=True)) | {"periods": len(own)})
    estimates = [fit.estimate(SLOPE, LEVEL) if fit else None for fit in fits]
    p = np.array([estimate.p if estimate else np.nan for estimate in estimates])
    adjusted, level = false_discovery(p, q)
    final = [fit.estimate(SLOPE, level) if fit else None for fit in fits]
    table = pd.DataFrame(records, columns=[*keys, "periods"]).assign(
        **{
            name: np.array([getattr(e, part) if e else np.nan for e in final], dtype=float)
            for name, part in (("slope", "estimate"), ("low", "low"), ("high", "high"))
        },
        p=p,
        q=adjusted,
    )
    return RateFollowing(table=table, family=int((~np.isnan(p)).sum()), q=q, interval_level=level)


def _fit(periods: pd.DataFrame) -> AR1Fit | None:
    """Return the regression of the score on a line and the rate; None where it says nothing."""
    kept, counted, score, answers = (
        periods[name].to_numpy(float) for name in ("kept", "counted", "score", "answers")
    )
    position = period_axis(periods["time"]).positions(periods["time"])
    line = position - position.mean()
    design = np.column_stack([np.ones(len(line)), line, kept / counted / STEP])
    enough = len(line) >= MIN_PERIODS and min(kept.sum(), (counted - kept).sum()) >= MIN_CASES
    if not enough or np.linalg.matrix_rank(design) < design.shape[1]:
        return None
    return None if fits_exactly(score, design) else fit_ar1(score, design, position, answers)
