"""How long the tickets of the reported period take, open ones counted as open."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from slm_analysis.analyses.time_to_resolve import TimeToResolve, time_to_resolve
from slm_analysis.dataset.unit import Unit
from slm_analysis.errors import InputError, nearest
from slm_analysis.result import Result, note
from slm_analysis.sla.metrics import HOUR, SMALLEST_FOR_PERCENTILE, resolution_times
from slm_analysis.sla.scoring import COUNTED, UNDECIDED


@dataclass(frozen=True, eq=False, kw_only=True)
class TimeTaken(Result):
    """How long the tickets opened in a period take.

    Attributes
    ----------
    period_start, period_end : Timestamp
    by : str
        What names the groups.
    times : TimeToResolve or None
        In business hours without pauses; None where no group has enough tickets.
    notes : tuple of Note
        Those of `times`, and `resolve_small_groups` (groups left out).
    """

    period_start: pd.Timestamp
    period_end: pd.Timestamp
    by: str
    times: TimeToResolve | None


def time_taken(unit: Unit, by: str = "service") -> TimeTaken:
    """Answer how long tickets opened in the reported period take, and how sure that is.

    Parameters
    ----------
    unit : Unit
    by : str
        What names the groups: a column of the tickets.

    Returns
    -------
    TimeTaken

    Raises
    ------
    InputError
        For an unknown column.

    Notes
    -----
    The tickets and their time are those of the resolution target, as for `workload`: what the
    agreement excludes, such as withdrawn tickets, takes no part.
    """
    if by not in unit.tickets:
        raise InputError(f"Tickets have no column {by!r}. {nearest(str(by), unit.tickets.columns)}")
    scored = resolution_times(unit.targets)
    own = scored[
        unit.in_period(scored["opened_on"])
        & scored["state"].isin([*COUNTED, *UNDECIDED])
        & scored["elapsed_seconds"].ge(0)
    ]
    timed = pd.DataFrame(
        {
            by: own["ticket_id"].map(unit.tickets.set_index("ticket_id")[by]),
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
        period_start=unit.period_start,
        period_end=unit.period_end,
        by=by,
        times=times,
        notes=(times.notes if times else ()) + (left_out if small else ()),
    )
