"""What to improve next where the agreement is kept: the time and the late tickets that are left."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from slm_analysis.analyses.breach_drivers import ARISES
from slm_analysis.analyses.chart_limits import NO_VARIATION
from slm_analysis.analyses.chart_summary import MIXED, NOT_JUDGED, WORSE
from slm_analysis.analyses.excess_time import ExcessTime, excess_time
from slm_analysis.dataset.unit import Unit
from slm_analysis.errors import InputError
from slm_analysis.questions.satisfaction_goals import MEAN, NPS
from slm_analysis.questions.service_levels import service_levels
from slm_analysis.questions.stability import stability, unvaried
from slm_analysis.questions.ticket_drivers import ticket_drivers
from slm_analysis.questions.ticket_targets import metric_of
from slm_analysis.questions.user_satisfaction import user_satisfaction
from slm_analysis.result import Result
from slm_analysis.sla.metrics import HOUR

MET, MISSED = "met", "missed"
SETTLED = (MET, MISSED, "open")
"""Results of a promise that had tickets enough to be judged."""
KEPT, DOUBTFUL, UNDECIDED = "kept", "doubtful", "undecided"
"""What is said of a service beside `MISSED`."""
SCALES = {NPS: (-100.0, 100.0), "top_box": (0.0, 1.0)}
"""Of measures other than the mean, which is on the scale of the scores."""
NEUTRAL = 0.5
"""Room for satisfaction where no score can be shown."""
STRATA = ("priority", "ticket_type")
"""Tickets that differ in these are meant to take different time: like is compared with like."""
IMPROVEMENT = {
    "service": "str", "counted": "int64", "late": "int64", "late_a_month": "float64",
    "hours_a_month": "float64", "direction": "str", "center": "float64",
    "score": "float64", "room": "float64", "driver": "str", "level": "str", "n": "int64",
    "excess": "float64", "excess_low": "float64", "excess_high": "float64",
}  # fmt: skip


@dataclass(frozen=True, eq=False, kw_only=True)
class NextImprovements(Result):
    """What to improve next where the agreement is kept.

    Attributes
    ----------
    target, metric : str
    window_start, window_end : Timestamp
        First and last local day on which the tickets were counted.
    months : int
        Length of the window, begun months included.
    services : DataFrame
        The services that met the target in the reported period, in the order in which to improve
        them: those worse or unsteady first, then by excess hours and late tickets, both weighted
        with `room`. `service`; `counted` and `late` tickets of the window, `late_a_month` (what is
        avoidable at most), `hours_a_month` (business time of all its tickets); `direction` and
        `center` of its control chart (`direction` is ``no_variation`` where all periods are
        alike); `score` of the users in the reported period (missing where hidden or none),
        `room` (part of the scale that is left above the score; the unit's, else a
        half, where there is none); the group known at opening that takes most time over its other
        tickets, if that is more than chance: `driver`, `level`, `n`, and `excess` hours a month
        with `excess_low`, `excess_high` (at the level of `times`; driver empty without one).
    missed : tuple of str
        The services that missed it by more than chance, which come first.
    doubtful : tuple of str
        Those that missed it by no more than chance.
    undecided : tuple of str
        Those that missed nothing, but where tickets still running could decide it.
    times : ExcessTime
        All groups compared.
    """

    target: str
    metric: str
    window_start: pd.Timestamp
    window_end: pd.Timestamp
    months: int
    services: pd.DataFrame = field(repr=False)
    missed: tuple[str, ...]
    doubtful: tuple[str, ...] = ()
    undecided: tuple[str, ...] = ()
    times: ExcessTime


def next_improvements(
    unit: Unit,
    target: str = "resolution_time",
    months: int = 6,
    q: float = 0.05,
    arises: Collection[str] = (),
) -> NextImprovements:
    """Answer what to improve next where the agreement is kept.

    Parameters
    ----------
    unit : Unit
    target : str
        The promise that is kept.
    months : int
        How many months to look at, the reported period included.
    q : float
        Accepted share of false ones among the groups said to take longer.
    arises : collection of str
        Further columns of the export that are filled in only while a ticket is worked on.

    Returns
    -------
    NextImprovements

    Raises
    ------
    InputError
        For an unknown target, or months or q that make no sense.

    Notes
    -----
    See `slm_analysis.analyses.excess_time`: each group known at opening against the other tickets
    of its service with the same priority and type. A ticket still open counts with its time so far.
    The weight is what an hour or a late ticket counts for: more where users are less satisfied, by
    the scores of the reported period that the page on satisfaction shows.
    """
    metric = metric_of(unit, target)
    if months < 1:
        raise InputError(f"months is {months}; give the number of months to look at, at least 1.")
    end = unit.period_end + pd.Timedelta(days=1)
    start = min(unit.period_start, end - pd.DateOffset(months=months))
    verdicts = _verdicts(unit, target)
    kept = verdicts.index[verdicts == KEPT]
    judged = unit.judged(target)
    own = judged["service"].isin(kept) & judged["counted_on"].between(start, unit.period_end)
    recorded = ticket_drivers(unit, judged[own])
    tickets = recorded.tickets.assign(hours=recorded.tickets["elapsed_seconds"] / HOUR)
    no_cause = {*STRATA, *ARISES, *arises, *recorded.statuses}
    times = excess_time(
        tickets,
        hours="hours",
        by="service",
        drivers=[name for name in recorded.drivers if name not in no_cause],
        strata=[name for name in STRATA if name in recorded.drivers],
        q=q,
    )
    length = len(pd.period_range(start, unit.period_end, freq="M"))
    services = pd.DataFrame(columns=list(IMPROVEMENT))
    if len(tickets):
        services = _left(tickets, length).join(_slowest(times, length))
        services = services.join(_scores(unit)).join(_directions(unit, target)).reset_index()
    return NextImprovements(
        target=target,
        metric=metric,
        window_start=start,
        window_end=unit.period_end,
        months=length,
        services=_ranked(services),
        missed=tuple(verdicts.index[verdicts == MISSED]),
        doubtful=tuple(verdicts.index[verdicts == DOUBTFUL]),
        undecided=tuple(verdicts.index[verdicts == UNDECIDED]),
        times=times,
        notes=times.notes,
    )


def _verdicts(unit: Unit, target: str) -> pd.Series:
    """Return whether each service kept every goal of the target in the period."""
    levels = service_levels(unit).levels
    settled = levels[levels["target"].eq(target) & levels["result"].isin(SETTLED)]
    missed = settled["result"] == MISSED
    goals = pd.DataFrame(
        {
            "clear": missed & settled["evidence"].eq("clear"),
            "missed": missed,
            "open": ~missed & settled["result"].ne(MET),
        }
    )
    some = goals.groupby(settled["service"]).any()
    verdicts = np.select([some["clear"], some["missed"], some["open"]],
                         [MISSED, DOUBTFUL, UNDECIDED], KEPT)  # fmt: skip
    return pd.Series(verdicts, some.index)


def _left(tickets: pd.DataFrame, months: int) -> pd.DataFrame:
    """Return what is left to improve in each service: late tickets and time, a month."""
    left = tickets.groupby("service").agg(
        counted=("breached", "size"), late=("breached", "sum"), hours=("hours", "sum")
    )
    return left.assign(
        late_a_month=left["late"] / months, hours_a_month=left["hours"] / months
    ).drop(columns="hours")


def _slowest(times: ExcessTime, months: int) -> pd.DataFrame:
    """Return the group of each service that takes most time over its other tickets, if found."""
    found = times.levels[times.levels["finding"]].drop_duplicates("service").set_index("service")
    excess = [name for name in found.columns if name.startswith("excess")]
    found[excess] /= months
    return found[["driver", "level", "n", *excess]]


def _scores(unit: Unit) -> pd.DataFrame:
    """Return the users' score of each service where it is shown, and the room above it."""
    shown = user_satisfaction(unit)
    low, high = shown.scale if shown.measure == MEAN else SCALES[shown.measure]
    levels = shown.levels.assign(score=shown.levels["value"].where(~shown.levels["hidden"]))
    levels["room"] = (high - levels["score"]) / (high - low)
    whole = levels.loc[levels["service"].isna(), "room"].fillna(NEUTRAL)
    services = levels[levels["service"].notna()].set_index("service")[["score", "room"]]
    return services.fillna({"room": next(iter(whole), NEUTRAL)})


def _directions(unit: Unit, target: str) -> pd.DataFrame:
    charted = stability(unit, target)
    services = charted.services.set_index("service")[["direction", "center"]]
    direction = services["direction"].mask(unvaried(charted), NO_VARIATION)
    return services.assign(direction=direction)


def _ranked(services: pd.DataFrame) -> pd.DataFrame:
    """Return the services in the order in which to improve them."""
    services = services.fillna(
        {"direction": NOT_JUDGED, "room": NEUTRAL, "driver": "", "level": "", "n": 0}
    )
    order = pd.DataFrame(
        {
            "worse": services["direction"].isin([WORSE, MIXED]),
            "excess": services["room"] * services["excess"].fillna(0),
            "late": services["room"] * services["late_a_month"],
        }
    ).sort_values(["worse", "excess", "late"], ascending=False, kind="stable")
    return services.loc[order.index, list(IMPROVEMENT)].astype(IMPROVEMENT).reset_index(drop=True)
