"""How long tickets take, open ones counted as open."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from slm_analysis.analyses.time_to_resolve import TimeToResolve, time_to_resolve
from slm_analysis.dataset.unit import Unit
from slm_analysis.errors import InputError, nearest
from slm_analysis.questions.ticket_drivers import ticket_drivers
from slm_analysis.result import Result, note
from slm_analysis.sla.metrics import HOUR, SMALLEST_FOR_PERCENTILE, resolution_times
from slm_analysis.sla.scoring import COUNTED, UNDECIDED


@dataclass(frozen=True, eq=False, kw_only=True)
class TimeTaken(Result):
    """How long the tickets opened in a window of time take.

    Attributes
    ----------
    period_start, period_end : Timestamp
        First and last local day on which the tickets were opened.
    by : str
        What names the groups.
    service : str
        Empty for all.
    times : TimeToResolve or None
        In business hours without pauses; None where no group has enough tickets.
    notes : tuple of Note
        Those of `times`, and `resolve_small_groups` (groups left out).
    """

    period_start: pd.Timestamp
    period_end: pd.Timestamp
    by: str
    service: str
    times: TimeToResolve | None


def time_taken(unit: Unit, by: str = "service", service: str = "", months: int = 0) -> TimeTaken:
    """Answer how long tickets take, and how sure that is.

    Parameters
    ----------
    unit : Unit
    by : str
        What names the groups: a column of the tickets, or anything that `root_causes` looks at,
        such as ``opening_team``.
    service : str
        By default all of them.
    months : int
        How many months to look at, the reported period included; by default that period only.

    Returns
    -------
    TimeTaken

    Raises
    ------
    InputError
        For an unknown column or service.

    Notes
    -----
    Tickets opened in the window. The tickets and their time are those of the resolution target, as
    for `workload`: what the agreement excludes, such as withdrawn tickets, takes no part.
    """
    services = sorted(unit.tickets["service"].unique())
    if service and service not in services:
        raise InputError(f"There is no service {service!r}. {nearest(str(service), services)}")
    end = unit.period_end + pd.Timedelta(days=1)
    start = min(unit.period_start, end - pd.DateOffset(months=months))
    scored = resolution_times(unit.targets)
    own = scored[
        scored["opened_on"].between(start, unit.period_end)
        & scored["state"].isin([*COUNTED, *UNDECIDED])
        & scored["elapsed_seconds"].ge(0)
        & (scored["service"].eq(service) | (service == ""))
    ]
    timed = pd.DataFrame(
        {
            by: _groups(unit, own["ticket_id"], by),
            "hours": own["elapsed_seconds"] / HOUR,
            "ended": own["stopped_at"].notna(),
        }
    ).dropna(subset=by)
    sizes = timed[by].value_counts()
    enough = timed[timed[by].map(sizes) >= SMALLEST_FOR_PERCENTILE]
    times = time_to_resolve(enough, time="hours", ended="ended", by=by) if len(enough) else None
    small = int((sizes < SMALLEST_FOR_PERCENTILE).sum())
    left_out = (note("resolve_small_groups", n=small, least=SMALLEST_FOR_PERCENTILE),)
    return TimeTaken(
        period_start=start,
        period_end=unit.period_end,
        by=by,
        service=service,
        times=times,
        notes=(times.notes if times else ()) + (left_out if small else ()),
    )


def _groups(unit: Unit, ticket_ids: pd.Series, by: str) -> pd.Series:
    """Return the group of each ticket: as in the export, else as `ticket_drivers` derives it."""
    tickets = unit.tickets
    if by not in tickets:
        tickets = ticket_drivers(unit, tickets[tickets["ticket_id"].isin(ticket_ids)]).tickets
    if by not in tickets:
        raise InputError(f"Tickets have no column {by!r}. {nearest(str(by), tickets.columns)}")
    return ticket_ids.map(tickets.set_index("ticket_id")[by])
