"""What is to be expected of the next month: trend and forecast of each service of one unit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from slm_analysis.analyses.periods import period_axis
from slm_analysis.analyses.trend import Trend, trend
from slm_analysis.dataset.series import HISTORY_MONTHS
from slm_analysis.dataset.unit import Unit
from slm_analysis.questions.answer import Answer
from slm_analysis.questions.target_shares import target_shares
from slm_analysis.questions.ticket_targets import metric_of


@dataclass(frozen=True, eq=False, kw_only=True)
class Outlook(Answer):
    """Where the services of a unit are heading, and what to expect after the reported period.

    Attributes
    ----------
    target : str
        The target of the agreement whose share of tickets in time is forecast.
    metric : str
        What the target is about: ``resolution_time`` or ``response_time``.
    freq : str
    trend : Trend or None
        One series per service; None where no service has figures for the target.
    services : DataFrame
        One row per service, the likeliest to miss its goal first: the columns of `trend.summary`
        and `trend.forecasts`.
    """

    target: str
    metric: str
    freq: str
    trend: Trend | None = field(repr=False)
    services: pd.DataFrame = field(repr=False)

    def sections(self) -> Mapping[str, pd.DataFrame]:
        """Return what is expected of each service."""
        return {"outlook": self.services.assign(metric=self.target)}


def outlook(
    unit: Unit,
    months: int = HISTORY_MONTHS,
    freq: str = "month",
    target: str = "resolution_time",
) -> Outlook:
    """Answer what the period after the reported one is likely to bring, service by service.

    Parameters
    ----------
    unit : Unit
    months : int
        How far back to read.
    freq : {"week", "month"}
    target : str
        A target of the agreement that is judged ticket by ticket.

    Returns
    -------
    Outlook
        Empty where no agreement of the unit has the target.

    Raises
    ------
    InputError
        For an unknown target or frequency.
    """
    shares = target_shares(unit, target, freq, months)
    found = (
        None
        if shares.empty
        else trend(
            shares,
            value="value",
            n="n",
            time="time",
            by="service",
            freq=freq,
            target="target",
            ahead=_after_the_last(shares, freq),
        )
    )
    return Outlook(
        business_unit=unit.business_unit,
        period_start=unit.period_start,
        period_end=unit.period_end,
        target=target,
        metric=metric_of(unit, target),
        freq=freq,
        trend=found,
        services=pd.DataFrame() if found is None else _by_worry(found),
        notes=() if found is None else found.notes,
    )


def _after_the_last(shares: pd.DataFrame, freq: str) -> int:
    """Return how far the period after the reported one lies from the last complete one."""
    axis = period_axis(shares["time"], freq)
    complete = shares.loc[shares["complete"] & (shares["n"] > 0), "time"]
    last = axis.positions(shares["time"]).max()
    return int(last - axis.positions(complete).max() + 1) if len(complete) else 1


def _by_worry(found: Trend) -> pd.DataFrame:
    """Return one row per service, the likeliest to miss its goal first, then the largest."""
    order = ["chance_missed", "last_n"]
    return found.by_series().sort_values(order, ascending=False, kind="stable", ignore_index=True)
