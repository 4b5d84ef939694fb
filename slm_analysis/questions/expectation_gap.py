"""Do users of this unit expect other things of a service than those of comparable units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from slm_analysis.analyses.expectations import time_band
from slm_analysis.analyses.score_by_time import ScoreByTime, score_by_time
from slm_analysis.analyses.score_verdicts import (
    CANNOT_TELL,
    HIGHER,
    LOWER,
    MIN_EFFECT,
    NOT_COMPARED,
    SAME,
    score_verdicts,
)
from slm_analysis.analyses.suppression import MIN_GROUP
from slm_analysis.dataset.unit import Unit
from slm_analysis.errors import InputError
from slm_analysis.questions.answer import Answer
from slm_analysis.questions.satisfaction_goals import MEAN, satisfaction_goals, shared_goal
from slm_analysis.questions.service_levels import service_levels
from slm_analysis.sla.metrics import HOUR, resolution_times

ORDER = (LOWER, HIGHER, SAME, CANNOT_TELL, NOT_COMPARED)
GAPS = [
    "service", "units", "answers", "respondents", "left_out", "plain_difference", "difference",
    "low", "high", "p", "q", "verdict", "reason",
]  # fmt: skip


@dataclass(frozen=True, eq=False, kw_only=True)
class ExpectationGap(Answer):
    """What users give at the same time to resolve, and up to which time they give the goal.

    Attributes
    ----------
    window_start, window_end : Timestamp
        First and last local day of the answers; missing where no such months are over.
    gaps : DataFrame
        One row per service, findings first: `units` compared with, `answers`, `respondents`,
        `left_out` (answers that could not enter), `plain_difference` to the mean of these units,
        `difference` at the same time to resolve and mix of tickets, `low`, `high` (at
        `interval_level`), `p`, `q`, `verdict` (`lower`, `higher`, `same`: too small to matter,
        `cannot_tell`, `not_compared`), `reason` (`few_respondents`, `few_units`).
    by_time : dict of ScoreByTime
        By service: scores by time to resolve, beside those that comparable units give in such
        times, and up to which time they keep the goal that is agreed for the service, or else the
        one that all services with a goal share.
    min_effect : float
        Points of the score that matter.
    family : int
        Differences of all units that were tested together.
    interval_level : float
    min_group : int
    scale : tuple of float
    """

    window_start: pd.Timestamp
    window_end: pd.Timestamp
    gaps: pd.DataFrame = field(repr=False)
    by_time: Mapping[str, ScoreByTime] = field(repr=False)
    min_effect: float
    family: int
    interval_level: float
    min_group: int
    scale: tuple[float, float]

    def sections(self) -> Mapping[str, pd.DataFrame]:
        """Return the gaps of services that could be compared."""
        compared = self.gaps[self.gaps["verdict"] != NOT_COMPARED]
        return {
            "expectations": compared.assign(
                min_effect=self.min_effect, interval_level=self.interval_level
            )
        }


def expectation_gap(
    unit: Unit, min_effect: float = MIN_EFFECT, min_group: int = MIN_GROUP
) -> ExpectationGap:
    """Answer whether users of a unit give other scores than others for the same time to resolve.

    Parameters
    ----------
    unit : Unit
    min_effect : float
        The smallest difference of scores that matters, in points.
    min_group : int
        Bands of time of fewer respondents are not shown on their own.

    Returns
    -------
    ExpectationGap

    Raises
    ------
    InputError
        For a smallest difference that makes no sense.

    Notes
    -----
    Gaps are worked out over all units when data are prepared (see `expectations`), for the twelve
    months up to the last one that is over by the end of the reported period.
    """
    if not min_effect > 0:
        raise InputError(f"min_effect is {min_effect}; give the points that matter, such as 0.1.")
    every = unit.expectation_gaps
    known = every[every["window_end"] <= unit.period_end]
    window = known[known["window_end"] == known["window_end"].max()]
    start, end = window["window_start"].max(), window["window_end"].max()
    goals = satisfaction_goals(unit, service_levels(unit).levels)
    goals = goals[goals["measure"] == MEAN]
    by_time = {} if pd.isna(start) else _by_time(unit, start, end, goals, min_group)
    gaps = window.assign(verdict=score_verdicts(window["low"], window["high"], min_effect))
    order = gaps["verdict"].map({verdict: at for at, verdict in enumerate(ORDER)})
    gaps = gaps.assign(order=order).sort_values(["order", "answers"], ascending=[True, False])
    scale = window[["scale_min", "scale_max"]].drop_duplicates()
    return ExpectationGap(
        business_unit=unit.business_unit,
        period_start=unit.period_start,
        period_end=unit.period_end,
        window_start=start,
        window_end=end,
        gaps=gaps.reset_index(drop=True)[GAPS],
        by_time=by_time,
        min_effect=min_effect,
        family=int(window["family"].max()) if len(window) else 0,
        interval_level=float(window["interval_level"].max()) if len(window) else np.nan,
        min_group=min_group,
        scale=tuple(scale.to_numpy(float)[0]) if len(scale) else (np.nan, np.nan),
    )


def _by_time(
    unit: Unit, start: pd.Timestamp, end: pd.Timestamp, goals: pd.DataFrame, min_group: int
) -> dict[str, ScoreByTime]:
    """Return the scores of each service by time to resolve, beside those of comparable units."""
    recent = unit.surveys[unit.survey_days.between(start, end)].drop(columns="service")
    solved = resolution_times(unit.targets[unit.targets["stopped_at"].notna()])
    answers = recent.merge(solved[["ticket_id", "service", "elapsed_seconds"]], on="ticket_id")
    hours = answers["elapsed_seconds"] / HOUR
    curves = unit.expectation_curves[unit.expectation_curves["window_end"] == end]
    answers = answers.assign(hours=hours, band=time_band(hours)).merge(
        curves[["service", "band", "others"]], on=["service", "band"], how="left"
    )
    agreed, shared = goals.set_index("service")["goal_value"], shared_goal(goals)
    return {
        str(service): score_by_time(own, goal=agreed.get(service, shared), min_group=min_group)
        for service, own in answers.groupby("service")
    }
