"""Which promises are judged ticket by ticket, by name."""

from __future__ import annotations

from slm_analysis.dataset.unit import Unit
from slm_analysis.errors import InputError, nearest
from slm_analysis.sla.agreements import TICKET_METRICS


def metric_of(unit: Unit, target: str) -> str:
    """Return the metric of a target.

    Raises
    ------
    InputError
        For a name that neither the metrics nor the agreements know.
    """
    agreed = unit.targets[["target", "metric"]].dropna().drop_duplicates()
    metrics = {metric: metric for metric in TICKET_METRICS} | dict(agreed.to_numpy())
    if target not in metrics:
        raise InputError(f"Tickets have no target {target!r}. {nearest(str(target), metrics)}")
    return str(metrics[target])
