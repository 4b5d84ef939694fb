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
from slm_analysis.questions.service_levels import service_levels
from slm_analysis.result import Note, note
from slm_analysis.sla.agreements import ALL

METRIC = "satisfaction"
MEAN, NPS = "mean", "nps"
HIDDEN, NO_GOAL = "hidden", "no_goal"
"""What stands for the verdict where there is no score to show, or nothing was agreed."""
BY_CHANCE = 0.01
"""Tickets of a status that nobody answered could not be answered, if chance is rarer than this."""
VALUES = ("value", "low", "high")
MONTHS = {"time": "datetime64[us]", "value": "float", "complete": "bool", "goal": "float"}
GOAL = ["service", "goal", "goal_value", "minimum", "result", "evidence"]
LEVEL = [
    "service", "measure", *VALUES, "respondents", "answers", "answered", "sent", "goal",
    "goal_value", "minimum", "result", "evidence", "hidden", "reason", "direction",
]  # fmt: skip
RECORD = [
    "service", "sla", "finding", "goal", "goal_agreed", "level", "level_low", "level_high", "slope",
    "slope_low", "slope_high", "poor", "falling", "periods", "answers",
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
        Service levels of the period against satisfaction of the last 24 months; None without
        answers.
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
        """Return the scores, and a row where targets are kept and users are not satisfied."""
        unhappy = pd.DataFrame(columns=RECORD)
        if self.watermelon is not None:
            groups = self.watermelon.groups
            unhappy = groups[groups["finding"] == WATERMELON].assign(service=None)[RECORD]
        return {METRIC: self.levels, WATERMELON: unhappy}


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
    goals = _goals(unit, agreed)
    measure = goals["measure"].iloc[0] if len(goals) else MEAN
    asked = _asked(unit)
    scores = satisfaction(
        asked, kind=NPS if measure == NPS else "csat", by="service", min_group=min_group
    )
    months = _months(unit, goals, measure)
    chart = _chart(months)
    told = None
    if len(months):
        promises = agreed[agreed["metric"] != METRIC].assign(business_unit=unit.business_unit)
        told = watermelon(promises, months, by="business_unit", scale=_scale(unit))
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


def _goals(unit: Unit, agreed: pd.DataFrame) -> pd.DataFrame:
    """Return the goals for satisfaction with their verdicts; of several measures, for the mean."""
    measure_of = {
        (agreement.name, agreement.version, service): target.measure
        for agreement in unit.agreement.versions
        for service, terms in agreement.services.items()
        for target in terms.targets
        if target.metric == METRIC
    }
    goals = agreed[agreed["metric"] == METRIC]
    keys = zip(goals["agreement"], goals["version"], goals["service"], strict=True)
    goals = goals.assign(
        measure=[measure_of.get((a, v, s), measure_of.get((a, v, ALL), MEAN)) for a, v, s in keys]
    )
    if len(goals["measure"].unique()) > 1:
        goals = goals[goals["measure"] == MEAN]
    return goals.drop_duplicates("service")


def _asked(unit: Unit) -> pd.DataFrame:
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


def _scale(unit: Unit) -> tuple[float, float]:
    return float(unit.surveys["scale_min"].min()), float(unit.surveys["scale_max"].max())


def _months(unit: Unit, goals: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Return the unit's monthly mean scores beside the goal that all services with one share."""
    if unit.surveys.empty:
        return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in MONTHS.items()})
    values = goals["goal_value"].unique()
    shared = float(values[0]) if measure == MEAN and len(values) == 1 else np.nan
    months = series(unit, METRIC, "month", months=HISTORY_MONTHS)
    return months.rename(columns={"weights": "n"}).assign(
        business_unit=unit.business_unit, goal=shared
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
    counts = tickets["score"].notna().groupby(status).agg(tickets="size", answered="sum")
    others = counts.sum() - counts
    rate = others["answered"] / others["tickets"]
    unasked = (counts["answered"] == 0) & ((1 - rate) ** counts["tickets"] < BY_CHANCE)
    return counts.loc[unasked, ["tickets"]].rename_axis("status").reset_index()


def _unresolved(unit: Unit) -> int:
    """Return how many tickets were open at the end of the period."""
    tickets = unit.tickets
    over = unit.local_dates(tickets["resolved_at"].fillna(tickets["closed_at"])) <= unit.period_end
    return int(((tickets["opened_on"] <= unit.period_end) & ~over).sum())


def _notes(scores: Satisfaction, goals: pd.DataFrame, told: Watermelon | None) -> Iterator[Note]:
    yield from (n for n in scores.notes if n.code != "no_answers")
    if told is None:
        return
    group = told.groups.iloc[0]
    if group["sla"] == UNDECIDED:
        yield note("targets_undecided")
    elif group["reason"]:
        yield note("too_few_months", needed=MIN_PERIODS)
    elif not group["goal_agreed"]:
        yield note("goal_assumed", goal=float(group["goal"]))
    else:
        yield note("goal_of", goal=float(group["goal"]), services=", ".join(goals["service"]))
