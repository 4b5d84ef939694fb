"""What changed since the period before: the mix of tickets, or how well each group was served."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from slm_analysis.analyses.attainment_change import AttainmentChange, attainment_change
from slm_analysis.dataset.unit import Unit
from slm_analysis.errors import InputError, nearest
from slm_analysis.questions.answer import Answer
from slm_analysis.questions.ticket_drivers import ticket_drivers
from slm_analysis.questions.ticket_targets import metric_of

SERVICE = "service"


@dataclass(frozen=True, eq=False, kw_only=True)
class WhatChanged(Answer):
    """What the change since the period before is made of.

    Attributes
    ----------
    target, metric : str
        The promise looked at.
    by : str
        The column that names the groups.
    before_start, before_end : Timestamp
        First and last local day of the period compared with.
    parts : AttainmentChange or None
        None where either period has no counted ticket.
    """

    target: str
    metric: str
    by: str
    before_start: pd.Timestamp
    before_end: pd.Timestamp
    parts: AttainmentChange | None

    def sections(self) -> Mapping[str, pd.DataFrame]:
        """Return the parts of each group."""
        return {"parts": pd.DataFrame() if self.parts is None else self.parts.groups}


def what_changed(
    unit: Unit, target: str = "resolution_time", by: str = SERVICE, q: float = 0.05
) -> WhatChanged:
    """Answer what the change in attainment since the period before is made of.

    Parameters
    ----------
    unit : Unit
    target : str
        The promise looked at: ``resolution_time``, ``response_time``, or the name that an
        agreement gives such a target.
    by : str
        The column that names the groups: ``service``, or anything that `root_causes` looks at,
        such as ``opening_team`` or ``priority``.
    q : float
        Accepted share of false ones among the groups said to have changed.

    Returns
    -------
    WhatChanged

    Raises
    ------
    InputError
        For an unknown target or column, or a q that makes no sense.

    Notes
    -----
    A month is compared with the month before, a quarter with the quarter before, other periods
    with as many days before them: a manager asks what is new. Tickets of a closing month differ
    from others, which shows as mix if it changes who asks for what.
    """
    metric = metric_of(unit, target)
    start, end = _before(unit.period_start, unit.period_end)
    counted = unit.judged(target)
    recorded = ticket_drivers(unit, counted[counted["counted_on"].between(start, unit.period_end)])
    known = [SERVICE, *recorded.drivers]
    if by not in known:
        raise InputError(f"Tickets have no column {by!r} to compare. {nearest(str(by), known)}")
    tickets = recorded.tickets
    after = tickets["counted_on"] >= unit.period_start
    enough = after.any() and not after.all()
    return WhatChanged(
        business_unit=unit.business_unit,
        period_start=unit.period_start,
        period_end=unit.period_end,
        target=target,
        metric=metric,
        by=by,
        before_start=start,
        before_end=end,
        parts=attainment_change(tickets[~after], tickets[after], by=by, q=q) if enough else None,
    )


def _before(start: pd.Timestamp, end: pd.Timestamp) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Return the period before: as many whole months, else as many days."""
    day, after = pd.Timedelta(days=1), end + pd.Timedelta(days=1)
    if start.day == after.day == 1:
        months = (after.year - start.year) * 12 + after.month - start.month
        return start - pd.DateOffset(months=months), start - day
    return start - (after - start), start - day
