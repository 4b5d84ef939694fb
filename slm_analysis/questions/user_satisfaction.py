"""Are the users satisfied: scores by service, who answered, and whether targets tell the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from slm_analysis.analyses.chart_summary import NOT_JUDGED
from slm_analysis.analyses.control_charts import ControlChart, control_chart
from slm_analysis.analyses.satisfaction import Satisfaction, satisfaction
from slm_analysis.analyses.suppression import MIN_GROUP
from slm_analysis.analyses.watermelon import (
    MIN_PERIODS,
    UNDECIDED,
    WATERMELON,
    Watermelon,
    watermelon,
)
from slm_analysis.dataset.series import HISTORY_MONTHS, series
from slm_analysis.dataset.unit import Unit
from slm_analysis.intake.contract import NOT_STATED
from slm_analysis.questions.answer import Answer
from slm_analysis.questions.satisfaction_goals import (
    MEAN,
    METRIC,
    NPS,
    satisfaction_goals,
    shared_goal,
)
from slm_analysis.questions.service_levels import service_levels
from slm_analysis.questions.survey_requests import unasked_statuses
from slm_analysis.result import Note, note

ALL_SERVICES = ""
"""Stands for the unit among its services."""
HIDDEN, NO_GOAL = "hidden", "no_goal"
"""What stands for the verdict where there is no score to show, or nothing was agreed."""
VALUES = ("value", "low", "high")
MONTHS = {"time": "datetime64[us]", "value": "float", "complete": "bool", "goal": "float"}
GOAL = ["service", "goal", "goal_value", "minimum", "result", "evidence"]
LEVEL = [
    "service", "measure", *VALUES, "respondents", "answers", "answered", "sent", "goal",
    "goal_value", "minimum", "result", "evidence", "hidden", "reason", "direction",
]  # fmt: skip
RECORD = [
    "service", "sla", "finding", "goal", "goal_agreed", "level", "level_low", "level_high", "slope",
    "slope_low", "slope_high", "interval_level", "poor", "falling", "periods", "answers",
]  # fmt: skip


@dataclass(frozen=True, eq=False, kw_only=True)
class UserSatisfaction(Answer):
    """How satisfied the users of a unit are, and how sure that is.

    Attributes
    ----------
    measure : str
        `mean`, `top_box` or `nps`: what the agreement's goals are about, else `mean`.
    scale : tuple of float
        Lowest and highest possible score; missing where there never was an answer.
    min_group : int
        Figures of fewer respondents are hidden.
    levels : DataFrame
        One row per service, and last the unit (`service` missing): `measure`, `value`, `low`,
        `high` (missing where hidden), `respondents`, `answers`; `sent`: tickets resolved in the
        period, and `answered`: those of them with an answer (both missing where answers name no
        ticket); `goal` (as written), `goal_value`, `minimum`, `result` and `evidence` as in
        `ServiceLevels.levels`, or `hidden`, `no_goal`; `hidden`, `reason` (`few_respondents`,
        `complement`); `direction` of the unit's months (`better`, `worse`, `mixed`, `steady`,
        `not_judged`).
    silent : DataFrame
        Statuses of tickets resolved in the period that nobody answered, by more than chance:
        `status`, `tickets`.
    unresolved : int
        Tickets opened by the end of the period and not resolved by then.
    chart : ControlChart
        The unit's monthly mean score; without series where there never was an answer.
    watermelon : Watermelon or None
        Service levels of the period against satisfaction of the last 24 months, by `service`, that
        of the unit being empty; None without answers.
    """

    measure: str
    scale: tuple[float, float]
    min_group: int
    levels: pd.DataFrame = field(repr=False)
    silent: pd.DataFrame = field(repr=False)
    unresolved: int
    chart: ControlChart
    watermelon: Watermelon | None

    def sections(self) -> Mapping[str, pd.DataFrame]:
        """Return the scores, and where service levels tell another story than satisfaction."""
        told = pd.DataFrame(columns=RECORD)
        if self.watermelon is not None:
            groups = self.watermelon.groups.assign(interval_level=self.watermelon.interval_level)
            found = groups[groups["finding"] != ""]
            of_unit = found["service"] == ALL_SERVICES
            told = found[of_unit] if of_unit.any() else found
            told = told.assign(service=told["service"].where(told["service"] != ALL_SERVICES))[
                RECORD
            ]
        return {METRIC: self.levels, WATERMELON: told}


def user_satisfaction(unit: Unit, min_group: int = MIN_GROUP) -> UserSatisfaction:
    """Answer how satisfied users are, who answered, and whether service levels tell the same.

    Parameters
    ----------
    unit : Unit
    min_group : int
        Figures of fewer respondents are hidden, and one more where subtraction would reveal them.

    Returns
    -------
    UserSatisfaction

    Raises
    ------
    InputError
        Where a goal is on another scale than the answers, the answers are on several scales, or
        `min_group` is no number of respondents.

    Notes
    -----
    An answer belongs to the period in which its ticket was resolved, else to that in which it was
    given. Every ticket resolved in the period counts as asked: exports rarely say who was.
    """
    agreed = service_levels(unit).levels
    goals = satisfaction_goals(unit, agreed)
    measure = goals["measure"].iloc[0] if len(goals) else MEAN
    asked = asked_of(unit)
    scores = satisfaction(asked, kind=kind_of(measure), by="service", min_group=min_group)
    months = _months(unit, goals, measure)
    chart = _chart(months)
    told = _told(unit, agreed, goals, months) if len(months) else None
    return UserSatisfaction(
        business_unit=unit.business_unit,
        period_start=unit.period_start,
        period_end=unit.period_end,
        measure=measure,
        scale=_scale(unit),
        min_group=min_group,
        levels=_levels(scores, asked, goals, measure, chart),
        silent=_silent(unit, asked),
        unresolved=_unresolved(unit),
        chart=chart,
        watermelon=told,
        notes=tuple(_notes(scores, goals, told)),
    )


def asked_of(unit: Unit) -> pd.DataFrame:
    """Return the period's answers, and the tickets resolved in it without one.

    `sent_at` is there once for each ticket resolved in the period; nowhere if answers name no
    tickets.
    """
    answers = unit.surveys[unit.in_period(unit.survey_days)]
    answers = answers.assign(service=answers["service"].fillna(NOT_STATED))
    tickets = unit.tickets[unit.in_period(unit.local_day(unit.tickets, "resolved"))]
    resolved_at = tickets.set_index("ticket_id")["resolved_at"]
    first = ~answers["ticket_id"].duplicated()
    sent_at = resolved_at.reindex(answers["ticket_id"]).set_axis(answers.index)
    answers = answers.assign(sent_at=sent_at.where(first))
    if unit.surveys["ticket_id"].isna().all():
        return answers
    without = tickets[~tickets["ticket_id"].isin(answers["ticket_id"])]
    silent = without[["ticket_id", "service"]].assign(sent_at=without["resolved_at"])
    return pd.concat([answers, silent], ignore_index=True)


def kind_of(measure: str) -> str:
    """Return the kind of survey that a measure belongs to."""
    return NPS if measure == NPS else "csat"


def _scale(unit: Unit) -> tuple[float, float]:
    return float(unit.surveys["scale_min"].min()), float(unit.surveys["scale_max"].max())


def _months(unit: Unit, goals: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Return the unit's monthly mean scores beside the goal that all services with one share."""
    if unit.surveys.empty:
        return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in MONTHS.items()})
    shared = shared_goal(goals) if measure == MEAN else np.nan
    months = series(unit, METRIC, "month", months=HISTORY_MONTHS)
    return months.rename(columns={"weights": "n"}).assign(service=ALL_SERVICES, goal=shared)


def _told(
    unit: Unit, agreed: pd.DataFrame, goals: pd.DataFrame, months: pd.DataFrame
) -> Watermelon:
    """Return where service levels and satisfaction part: in the unit, and in its services."""
    promises = agreed[agreed["metric"] != METRIC]
    own = goals[goals["measure"] == MEAN].set_index("service")["goal_value"]
    services = series(unit, METRIC, "month", by="service", months=HISTORY_MONTHS)
    services = services.rename(columns={"weights": "n"})
    goal = services["service"].map(own).fillna(months["goal"].max())
    return watermelon(
        pd.concat([promises, promises.assign(service=ALL_SERVICES)]),
        pd.concat([services.assign(goal=goal), months]),
        by="service",
        scale=_scale(unit),
    )


def _chart(months: pd.DataFrame) -> ControlChart:
    goal = months["goal"].max()
    return control_chart(
        months[["time", "value", "complete"]],
        value="value",
        time="time",
        kind="i",
        freq="month",
        target=None if pd.isna(goal) else goal,
    )


def _levels(
    scores: Satisfaction,
    asked: pd.DataFrame,
    goals: pd.DataFrame,
    measure: str,
    chart: ControlChart,
) -> pd.DataFrame:
    """Return the scores beside their goals, the unit last."""
    figures = dict(zip([f"{measure}{end}" for end in ("", "_low", "_high")], VALUES, strict=True))
    levels = scores.scores.rename(columns=figures).drop(columns="sent")
    levels = levels.merge(goals[GOAL], on="service", how="outer").join(
        _responses(asked), on="service"
    )
    levels = levels.sort_values("service", na_position="last", ignore_index=True)
    counts = ["respondents", "answers"]
    levels[counts] = levels[counts].fillna(0).astype(int)
    levels["hidden"] = levels["hidden"].eq(True)
    result = levels["result"].where(levels["goal"].notna(), NO_GOAL)
    heading = next(iter(chart.summary["direction"]), NOT_JUDGED)
    return levels.assign(
        measure=measure,
        result=result.mask(levels["hidden"], HIDDEN),
        evidence=levels["evidence"].mask(levels["hidden"]),
        reason=levels["reason"].fillna(""),
        direction=pd.Series(heading, levels.index).where(levels["service"].isna()),
    )[LEVEL]


def _responses(asked: pd.DataFrame) -> pd.DataFrame:
    """Return tickets resolved in the period and those of them with an answer, the unit under NaN.

    Nothing where answers name no tickets.
    """
    tickets = asked[asked["sent_at"].notna()]
    answered = tickets["score"].notna()
    counts = answered.groupby(tickets["service"]).agg(sent="size", answered="sum")
    unit = pd.DataFrame({"sent": len(tickets), "answered": answered.sum()}, index=[np.nan])
    return pd.concat([counts, unit[: len(counts)]]).astype(float)


def _silent(unit: Unit, asked: pd.DataFrame) -> pd.DataFrame:
    """Return the statuses that nobody answered, where that is no chance."""
    tickets = asked[asked["sent_at"].notna()]
    status = tickets["ticket_id"].map(unit.tickets.set_index("ticket_id")["status"])
    return unasked_statuses(status, tickets["score"].notna())


def _unresolved(unit: Unit) -> int:
    """Return how many tickets were open at the end of the period."""
    tickets = unit.tickets
    over = unit.local_dates(tickets["resolved_at"].fillna(tickets["closed_at"])) <= unit.period_end
    return int(((tickets["opened_on"] <= unit.period_end) & ~over).sum())


def _notes(scores: Satisfaction, goals: pd.DataFrame, told: Watermelon | None) -> Iterator[Note]:
    yield from (n for n in scores.notes if n.code != "no_answers")
    if told is None:
        return
    group = told.groups[told.groups["service"] == ALL_SERVICES].iloc[0]
    if group["sla"] == UNDECIDED:
        yield note("targets_undecided")
    elif group["reason"]:
        yield note("too_few_months", needed=MIN_PERIODS)
    elif not group["goal_agreed"]:
        yield note("goal_assumed", goal=float(group["goal"]))
    else:
        yield note("goal_of", goal=float(group["goal"]), services=", ".join(goals["service"]))
