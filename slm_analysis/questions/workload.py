"""How long it takes, how much is open, and how often services were down."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from slm_analysis.dataset.unit import Unit
from slm_analysis.result import Result
from slm_analysis.sla.metrics import backlog, resolution_times, time_percentiles, waiting_share


@dataclass(frozen=True, eq=False, kw_only=True)
class Workload(Result):
    """What came in, what was done and what is open, per service.

    Attributes
    ----------
    period_start, period_end : Timestamp
    services : DataFrame
        One row per service: `opened`, `resolved`, `backlog` at the period's end,
        `median_age_days`, `oldest_days`; `timed`, `still_open`, `median_hours`, `p90_hours` of
        tickets opened in the period (business hours, open tickets counted as open);
        `working_hours`, `waiting_hours`, `waiting_share`; `reopened` out of `reopen_known`
        tickets resolved in the period.
    """

    period_start: pd.Timestamp
    period_end: pd.Timestamp
    services: pd.DataFrame = field(repr=False)


def workload(unit: Unit) -> Workload:
    """Answer how long tickets of the reported period take, and what is still open."""
    tickets = unit.tickets
    opened = tickets[unit.in_period(tickets["opened_on"])]
    resolved = tickets[unit.in_period(unit.local_day(tickets, "resolved"))]
    known = resolved[resolved["reopen_count"].notna()]
    reopened = known[known["reopen_count"] > 0]
    counts = pd.DataFrame(
        {
            name: rows.groupby("service").size()
            for name, rows in (
                ("opened", opened),
                ("resolved", resolved),
                ("reopen_known", known),
                ("reopened", reopened),
            )
        }
    )
    end = min(unit.period[1], unit.as_of)
    targets = resolution_times(unit.targets)
    started = targets[unit.in_period(targets["opened_on"])]
    services = counts.rename_axis("service").reset_index()
    for other in (
        backlog(tickets, [end], ["service"]).drop(columns="at"),
        time_percentiles(started, ["service"]),
        waiting_share(started, ["service"]),
    ):
        services = services.merge(other, on="service", how="outer")
    whole = [*counts.columns, "backlog", "timed", "still_open"]
    return Workload(
        period_start=unit.period_start,
        period_end=unit.period_end,
        services=services.assign(**{n: services[n].fillna(0).astype(int) for n in whole}),
    )
