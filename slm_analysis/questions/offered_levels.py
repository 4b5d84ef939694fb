"""What level each department would have had of the same service, under each goal on offer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd

from slm_analysis.dataset.unit import Unit
from slm_analysis.errors import Fault, InputError, nearest
from slm_analysis.questions.rescoring import rescore
from slm_analysis.result import Result, note
from slm_analysis.sla.goals import parse_goal
from slm_analysis.sla.verdicts import verdicts

AFTER = "_after"
OFFER = [
    "business_unit", "goal", "counted", "met", "value", "low", "high", "undecided", "late_a_month",
    "goal_value", "result", "evidence",
]  # fmt: skip


@dataclass(frozen=True, eq=False, kw_only=True)
class OfferedLevels(Result):
    """What each department would have had under each goal on offer.

    Attributes
    ----------
    service, target : str
    goals : tuple of str
        As offered.
    levels : DataFrame
        One row per unit and goal: `business_unit`, `goal`; `counted` tickets of its whole history,
        `met`, `value` (share in time) with `low`, `high` (95 %), `undecided`, `late_a_month`;
        `goal_value`, and `result` and `evidence` against it (see `slm_analysis.sla.verdicts`).
    """

    service: str
    target: str
    goals: tuple[str, ...]
    levels: pd.DataFrame = field(repr=False)


def offered_levels(
    units: Sequence[Unit], service: str, goals: Sequence[str], target: str = "resolution_time"
) -> OfferedLevels:
    """Answer which level of a service each department could have had: a menu to agree on.

    Parameters
    ----------
    units : sequence of Unit
        The departments that get the service.
    service : str
    goals : sequence of str
        Levels on offer, as an agreement writes them: ``["95% within 4h", "95% within 2h"]``.
    target : str
        The promise that the goals are for.

    Returns
    -------
    OfferedLevels

    Raises
    ------
    InputError
        For a unit without the service, or a goal that cannot be read.

    Notes
    -----
    Every ticket of each unit is scored anew under each goal, see
    `slm_analysis.questions.rescoring.rescore`; hours, pauses and all else stay as agreed.
    """
    faults = [
        Fault(
            f"{unit.business_unit!r} has no tickets of {service!r}.",
            nearest(service, sorted(unit.tickets["service"].unique())),
        )
        for unit in units
        if not unit.tickets["service"].eq(service).any()
    ]
    if not units or not goals:
        faults.append(Fault("There is nothing to compare.", "Name units and goals."))
    if faults:
        raise InputError(faults)
    rows = pd.concat(
        [_level(unit, service, goal, target) for unit in units for goal in goals],
        ignore_index=True,
    )
    return OfferedLevels(
        service=service,
        target=target,
        goals=tuple(goals),
        levels=verdicts(rows.assign(at_most=False, minimum=1))[OFFER],
        notes=(note("same_work_assumed"),),
    )


def _level(unit: Unit, service: str, goal: str, target: str) -> pd.DataFrame:
    """Return what a unit would have had under one goal."""
    scored = rescore(unit, [{"service": service, "target": target, "goal": goal}])
    after = scored.levels.filter(regex=f"{AFTER}$").rename(columns=lambda c: c.removesuffix(AFTER))
    share = parse_goal(goal, working_day=1.0).share
    return after.assign(business_unit=unit.business_unit, goal=goal, goal_value=share)
