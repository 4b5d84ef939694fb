"""Do the records show signs of work that follows the target, or of gaps."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from slm_analysis.analyses.target_signs import TargetSigns, target_signs
from slm_analysis.dataset.unit import Unit
from slm_analysis.errors import InputError
from slm_analysis.questions.ticket_targets import metric_of
from slm_analysis.result import Result
from slm_analysis.sla.clock_events import DONE, PAUSED, REOPENED, clock_events
from slm_analysis.sla.scoring import COUNTED, UNDECIDED

RESPONSE = "response_time"
TICKET = ["ticket_id", "service", "day"]
FINISHED = ("met", "breached_closed", "missing_data")
"""States of a first response that was given, or that is missing of a ticket that is over."""


@dataclass(frozen=True, eq=False, kw_only=True)
class RecordSigns(Result):
    """Signs in the records of a unit, service by service.

    Attributes
    ----------
    target, metric : str
        The promise whose target is looked at.
    window_start, window_end : Timestamp
        First and last local day on which the tickets were counted.
    found : TargetSigns
        Groups are services.
    """

    target: str
    metric: str
    window_start: pd.Timestamp
    window_end: pd.Timestamp
    found: TargetSigns


def record_signs(
    unit: Unit, target: str = "resolution_time", months: int = 6, q: float = 0.05
) -> RecordSigns:
    """Answer whether a unit's records show signs of work that follows the target, or of gaps.

    Parameters
    ----------
    unit : Unit
    target : str
        The promise whose target is looked at.
    months : int
        How many months to look at, the reported period included.
    q : float
        Accepted share of false ones among the signs found.

    Returns
    -------
    RecordSigns

    Raises
    ------
    InputError
        For an unknown target, or months or q that make no sense.

    Notes
    -----
    See `slm_analysis.analyses.target_signs`. First responses are looked at where one is promised,
    whatever the target.
    """
    metric = metric_of(unit, target)
    if months < 1:
        raise InputError(f"months is {months}; give the number of months to look at, at least 1.")
    end = unit.period_end + pd.Timedelta(days=1)
    start = min(unit.period_start, end - pd.DateOffset(months=months))
    scored = unit.targets[unit.targets["counted_on"].between(start, unit.period_end)]
    own = scored[scored["target"].eq(target) & scored["state"].isin([*COUNTED, *UNDECIDED])]
    events = clock_events(own, unit.tickets, unit.status_history, unit.agreement)
    tickets = _timed(own, unit, events).merge(_responses(scored), on=TICKET, how="outer")
    found = target_signs(tickets, events[events["event"] == PAUSED], q=q)
    return RecordSigns(
        target=target,
        metric=metric,
        window_start=start,
        window_end=unit.period_end,
        found=found,
        notes=found.notes,
    )


def _timed(own: pd.DataFrame, unit: Unit, events: pd.DataFrame) -> pd.DataFrame:
    """Return when the tickets of one target were done, and whether they came back."""
    team = unit.tickets.set_index("ticket_id")["assignment_group"]
    done = events[events["event"] == DONE].groupby("ticket_id")["used"].min()
    came_back = events.loc[events["event"] == REOPENED, "ticket_id"]
    return pd.DataFrame(
        {
            "ticket_id": own["ticket_id"],
            "service": own["service"],
            "day": own["opened_on"],
            "used": own["elapsed_seconds"] / own["target_seconds"],
            "ended_at": own["stopped_at"],
            "team": own["ticket_id"].map(team),
            "first_used": own["ticket_id"].map(done),
            "reopened": own["ticket_id"].isin(came_back),
        }
    )


def _responses(scored: pd.DataFrame) -> pd.DataFrame:
    """Return whether the finished tickets of each promise of a first response have one."""
    promised = scored[scored["metric"].eq(RESPONSE) & scored["state"].isin(FINISHED)]
    promised = promised[~promised["ticket_id"].duplicated()]
    return pd.DataFrame(
        {
            "ticket_id": promised["ticket_id"],
            "service": promised["service"],
            "day": promised["opened_on"],
            "answered": promised["stopped_at"].notna(),
        }
    )
