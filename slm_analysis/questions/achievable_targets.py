"""What target could be promised: the shortest time that a stable process keeps often enough."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from slm_analysis.analyses.chart_limits import NO_VARIATION
from slm_analysis.analyses.chart_summary import NOT_JUDGED, STEADY
from slm_analysis.dataset.series import HISTORY_MONTHS
from slm_analysis.dataset.unit import Unit
from slm_analysis.intervals import MIN_DAYS, rate_intervals
from slm_analysis.questions.stability import Stability, stability, unvaried
from slm_analysis.result import Result, note
from slm_analysis.sla.metrics import HOUR
from slm_analysis.sla.reporting_periods import MONTH
from slm_analysis.sla.scoring import COUNTED, UNDECIDED

ANSWERED, UNSTABLE, TOO_FEW, OUT_OF_REACH = "answered", "unstable", "too_few", "out_of_reach"
MIN_TICKETS = 30
DIGITS = 4
"""Of a percentage, as far as agreements write them."""
CONFIDENCE = 0.95
"""Of the lower bound, one-sided."""
LADDER = np.r_[0.5:4:0.5, 4:16:1, 16:40:4, 40:248:8]
"""Targets that can be promised, in business hours."""
RUNG = {
    "service": "str", "priority": "str", "hours": "float64", "met": "int64", "counted": "int64",
    "share": "float64", "late_a_month": "float64", "more_late": "float64",
}  # fmt: skip
ANSWER = {
    "service": "str", "priority": "str", "answer": "str", "direction": "str", "center": "float64",
    "goal": "str", "goal_share": "float64", "agreed_hours": "float64", "since": "datetime64[us]",
    "counted": "int64", "still_open": "int64", "hours": "float64", "share": "float64",
    "low": "float64", "late_a_month": "float64", "agreed_late_a_month": "float64",
}  # fmt: skip


@dataclass(frozen=True, eq=False, kw_only=True)
class AchievableTargets(Result):
    """Which targets could be promised.

    Attributes
    ----------
    target : str
    until : Timestamp
        Last local day on which tickets were counted.
    services : DataFrame
        One row per service and priority with a goal of its own: `service`, `priority`, `answer`
        (`answered`; `unstable`, `not_judged`, `no_variation`, `too_few` or `out_of_reach` without
        one), `direction` and `center` (of its control chart), `goal` (as agreed last),
        `goal_share`, `agreed_hours` (missing where the goal is no length of time), `since` (first
        day of the stable stretch; where unstable, since when it differs, if that is known),
        `counted`, `still_open` (of these), `hours` (the shortest target), `share` of tickets within
        it, `low` (its one-sided 95 % lower bound), `late_a_month` under it and, where hours are
        agreed, `agreed_late_a_month` under these.
    ladder : DataFrame
        What each length of time would cost, for the services with an answer: `service`,
        `priority`, `hours`, `met`, `counted`, `share`, `late_a_month`, `more_late` (a month, than
        at the shortest target).
    """

    target: str
    until: pd.Timestamp
    services: pd.DataFrame = field(repr=False)
    ladder: pd.DataFrame = field(repr=False)

    @property
    def changes(self) -> list[dict[str, object]]:
        """What could be promised and is not agreed, as `rescore` takes it."""
        answered = self.services[self.services["answer"] == ANSWERED]
        other = answered.loc[answered["hours"] != answered["agreed_hours"], "service"].unique()
        of_other = self.services[self.services["service"].isin(other)]
        return [
            {
                "service": service,
                "target": self.target,
                "goal": {row["priority"]: _as_goal(row) for row in rows.to_dict("records")},
            }
            for service, rows in of_other.groupby("service")
        ]


def achievable_targets(
    unit: Unit, target: str = "resolution_time", history_months: int = HISTORY_MONTHS
) -> AchievableTargets:
    """Answer which target each service of a unit could promise, and what shorter ones would cost.

    Parameters
    ----------
    unit : Unit
    target : str
        A target of the agreement that is judged ticket by ticket.
    history_months : int
        How far back to read.

    Returns
    -------
    AchievableTargets

    Raises
    ------
    InputError
        For an unknown target.

    Notes
    -----
    Of the lengths in `LADDER` the shortest whose share of tickets within it has a one-sided 95 %
    lower bound at or above the agreed share. Tickets are those since the last process change and
    the last run or trend of the control chart; while a signal stands there is no answer. A ticket
    still open counts as not within. Wilson's bound at the effective number of tickets, those of a
    day going together: see `slm_analysis.intervals.rate_intervals`.
    """
    charted = stability(unit, target, history_months=history_months)
    scored = unit.targets[
        unit.targets["target"].eq(target)
        & unit.targets["state"].isin([*COUNTED, *UNDECIDED])
        & unit.targets["goal_share"].notna()
        & (unit.targets["counted_on"] <= unit.period_end)
    ]
    answers, rungs = [], []
    headings = charted.services.sort_values("service")
    headings["direction"] = headings["direction"].mask(
        headings["service"].map(unvaried(charted)), NO_VARIATION
    )
    for __, heading in headings.iterrows():
        service = heading["service"]
        since = _stretch(charted, service)
        for priority, tickets in scored[scored["service"] == service].groupby("goal_priority"):
            named = {"service": service, "priority": priority}
            answer, ladder = _answer(tickets, heading, since, unit.period_end)
            answers.append(named | answer)
            rungs += [rung | named for rung in ladder]
    services = pd.DataFrame(answers, columns=list(ANSWER)).astype(ANSWER)
    return AchievableTargets(
        target=target,
        until=unit.period_end,
        services=services,
        ladder=pd.DataFrame(rungs, columns=list(RUNG)).astype(RUNG),
        notes=(note("open_as_late"),) if services["still_open"].any() else (),
    )


def _as_goal(row: Mapping[Hashable, Any]) -> str:
    """Return the goal that could be promised, or the agreed one where there is no answer."""
    if row["answer"] != ANSWERED:
        return str(row["goal"])
    return f"{round(100 * row['goal_share'], DIGITS):g}% within {row['hours']:g}h"


def _stretch(charted: Stability, service: str) -> pd.Timestamp:
    """Return since when the chart of a service shows no shift.

    A single week beyond the limits is part of what the process does; runs and trends are not.
    """
    points = charted.chart.points[charted.chart.points["service"] == service]
    last = points["phase"].eq(points["phase"].iloc[-1])
    phase = points[last]
    signals = charted.chart.signals
    shifts = signals[signals["service"].eq(service) & (signals["end"] > signals["start"])]
    past = shifts.loc[shifts["end"] >= phase["time"].iloc[0], "end"]
    quiet = phase[phase["time"] > past.max()] if len(past) else phase
    return quiet["time"].iloc[0] if len(quiet) else phase["time"].iloc[-1]


def _answer(
    tickets: pd.DataFrame, heading: pd.Series, since: pd.Timestamp, until: pd.Timestamp
) -> tuple[dict[str, object], list[dict[Hashable, float]]]:
    """Return the answer for tickets with one goal, and where there is one the ladder behind it."""
    direction = heading["direction"]
    latest = tickets.sort_values("opened_on", kind="stable").iloc[-1]
    tickets = tickets[tickets["counted_on"] >= since]
    goal, agreed = float(latest["goal_share"]), latest["target_seconds"] / HOUR
    done = tickets["stopped_at"].notna()
    hours = (tickets["elapsed_seconds"] / HOUR).where(done, np.inf)
    months = (until + pd.Timedelta(days=1) - since) / MONTH
    answer: dict[str, object] = {
        "direction": direction,
        "center": heading["center"],
        "goal": latest["goal"],
        "goal_share": goal,
        "agreed_hours": agreed,
        "since": since,
        "counted": len(tickets),
        "still_open": int((~done).sum()),
    }
    if direction in {NOT_JUDGED, NO_VARIATION}:
        return answer | {"answer": direction}, []
    if direction != STEADY:
        return answer | {"answer": UNSTABLE, "since": heading["since"]}, []
    if len(tickets) < MIN_TICKETS or tickets["opened_on"].nunique() < MIN_DAYS:
        return answer | {"answer": TOO_FEW}, []
    ladder = _ladder(hours, months)
    for rung in ladder[ladder["share"] >= goal].to_dict("records"):
        low = _lower_bound(tickets.assign(within=hours <= rung["hours"]))
        if low >= goal:
            answer |= {name: rung[name] for name in ("hours", "share", "late_a_month")}
            answer |= {"answer": ANSWERED, "low": low}
            if not np.isnan(agreed):
                answer["agreed_late_a_month"] = (hours > agreed).sum() / months
            ladder["more_late"] = ladder["late_a_month"] - rung["late_a_month"]
            return answer, ladder.to_dict("records")
    return answer | {"answer": OUT_OF_REACH}, []


def _ladder(hours: pd.Series, months: float) -> pd.DataFrame:
    """Return how many tickets were within each length of time."""
    met = np.searchsorted(np.sort(hours), LADDER, side="right")
    return pd.DataFrame(
        {
            "hours": LADDER,
            "met": met,
            "counted": len(hours),
            "share": met / len(hours),
            "late_a_month": (len(hours) - met) / months,
        }
    )


def _lower_bound(tickets: pd.DataFrame) -> float:
    """Return the one-sided lower bound of the share of tickets within a length of time."""
    both_sides = 2 * CONFIDENCE - 1
    rates = rate_intervals(tickets, favourable="within", day="opened_on", level=both_sides)
    return float(rates["low"].iloc[0])
