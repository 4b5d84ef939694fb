"""The due time that a goal sets for each ticket."""

from __future__ import annotations

import numpy as np
import pandas as pd

from slm_analysis.sla.business_time import BusinessCalendar
from slm_analysis.sla.goals import (
    AsRecorded,
    ByDueDate,
    ByEndOfNextWorkingDay,
    ByWorkingDayOfMonth,
    Goal,
    Within,
)

LOOK_AHEAD = pd.DateOffset(months=3)
"""How far after an opening the next working day, or that of the following month, is sought."""


def due_times(
    goal: Goal,
    started: pd.Series,
    calendar: BusinessCalendar,
    pauses: pd.DataFrame,
    source_due: pd.Series,
) -> pd.Series:
    """Answer when each ticket is due.

    Parameters
    ----------
    goal : Goal
        One of the goals about time.
    started : Series
        When each clock started (UTC).
    calendar : BusinessCalendar
        The service's hours.
    pauses : DataFrame
        As `BusinessCalendar.due` takes them.
    source_due : Series
        The due times that the source names, for goals that use them.

    Returns
    -------
    Series of UTC times
        On the index of `started`; missing where the goal leaves no due time.
    """
    if isinstance(goal, Within):
        return calendar.due(started, goal.seconds, pauses)
    if isinstance(goal, ByDueDate | AsRecorded):
        return source_due
    local = started.dt.tz_convert(calendar.timezone).dt.tz_localize(None).dt.normalize()
    closings = calendar.working_days(
        local.min().replace(day=1).date(), (local.max() + LOOK_AHEAD).date()
    )
    days = pd.DatetimeIndex(closings.index)
    if isinstance(goal, ByEndOfNextWorkingDay):
        following = days.searchsorted(pd.DatetimeIndex(local), side="right")
        return pd.Series(closings.array[following], index=started.index)
    if not isinstance(goal, ByWorkingDayOfMonth):
        raise TypeError(f"{goal.text!r} is no goal about time.")
    months = days.to_period("M")
    nth = (closings.groupby(months).cumcount() == goal.day - 1).to_numpy()
    due = pd.DatetimeIndex(closings[nth])
    if goal.time is not None:
        due = (days[nth] + pd.Timedelta(f"{goal.time}:00")).tz_localize(
            calendar.timezone, ambiguous=np.zeros(len(due), bool), nonexistent="shift_forward"
        )
    month = local.dt.to_period("M") + int(goal.following_month)
    due_of_month = pd.Series(due.tz_convert("UTC"), index=months[nth])
    return pd.Series(due_of_month.reindex(pd.PeriodIndex(month)).array, index=started.index)
