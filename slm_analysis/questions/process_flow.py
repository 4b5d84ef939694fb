"""Where the time of a service's tickets goes, and where its late ones lose theirs."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from slm_analysis.analyses.bottlenecks import Bottlenecks, bottlenecks
from slm_analysis.dataset.unit import Unit
from slm_analysis.errors import InputError, nearest
from slm_analysis.questions.ticket_targets import metric_of
from slm_analysis.result import Result
from slm_analysis.sla.agreements import ServiceTerms, Target
from slm_analysis.sla.scoring import COUNTED


@dataclass(frozen=True, eq=False, kw_only=True)
class ProcessFlow(Result):
    """Where the time of a service's tickets goes.

    Attributes
    ----------
    service : str
        Empty where no ticket was counted.
    target, metric : str
        The promise that says which tickets are late.
    window_start, window_end : Timestamp
        First and last local day on which the tickets were counted.
    flow : Bottlenecks or None
        None without tickets or without a status history.
    """

    service: str
    target: str
    metric: str
    window_start: pd.Timestamp
    window_end: pd.Timestamp
    flow: Bottlenecks | None


def process_flow(
    unit: Unit, service: str = "", target: str = "resolution_time", months: int = 6
) -> ProcessFlow:
    """Answer where the time of a service's tickets goes, and where late ones lose theirs.

    Parameters
    ----------
    unit : Unit
    service : str
        By default the one with most late tickets.
    target : str
        The promise that says which tickets are late, and which statuses stop its clock.
    months : int
        How many months to look at, the reported period included.

    Returns
    -------
    ProcessFlow

    Raises
    ------
    InputError
        For an unknown service or target, or fewer than one month.

    Notes
    -----
    Hours and pauses are those of the latest version of the agreement that has the target. A ticket
    that was reopened is followed until the resolution that its target judges.
    """
    metric = metric_of(unit, target)
    if months < 1:
        raise InputError(f"months is {months}; give the number of months to look at, at least 1.")
    services = sorted(unit.tickets["service"].unique())
    if service and service not in services:
        raise InputError(f"There is no service {service!r}. {nearest(str(service), services)}")
    end = unit.period_end + pd.Timedelta(days=1)
    start = min(unit.period_start, end - pd.DateOffset(months=months))
    scored = unit.targets[
        unit.targets["target"].eq(target)
        & unit.targets["state"].isin(COUNTED)
        & unit.targets["counted_on"].between(start, unit.period_end)
    ]
    late = scored["state"] != "met"
    if not service and len(scored):
        service = str(late.groupby(scored["service"]).sum().idxmax())
    own = scored[scored["service"] == service]
    history = unit.status_history[unit.status_history["ticket_id"].isin(own["ticket_id"])]
    flow = None
    if len(history):
        terms, promise = _terms(unit, service, target)
        flow = bottlenecks(
            history,
            own[["ticket_id"]].assign(
                opened_at=own["started_at"],
                resolved_at=own["stopped_at"],
                breached=late[own.index],
            ),
            terms.calendar,
            paused=promise.pauses_on,
            done=terms.resolved_on,
            as_of=unit.as_of,
        )
    return ProcessFlow(
        service=service,
        target=target,
        metric=metric,
        window_start=start,
        window_end=unit.period_end,
        flow=flow,
        notes=flow.notes if flow else (),
    )


def _terms(unit: Unit, service: str, target: str) -> tuple[ServiceTerms, Target]:
    """Return what the latest version with the target says of the service."""
    every = [a.terms(unit.business_unit, service) for a in unit.agreement.versions]
    return [
        (terms, promise)
        for terms in every
        if terms is not None
        for promise in terms.targets
        if promise.name == target
    ][-1]
