"""Service levels built by hand, as small as a case needs."""

from __future__ import annotations

import numpy as np
import pandas as pd

from slm_analysis.questions.service_levels import ServiceLevels
from slm_analysis.result import Note
from slm_analysis.sla.agreements import Agreements
from slm_analysis.sla.verdicts import verdicts

START, END = pd.Timestamp("2026-10-01"), pd.Timestamp("2026-10-31")
STATES = {"no_target": 0, "missing_data": 0, "excluded": 0}


def level(service: str = "Invoices", met: int = 278, of: int = 306, **values: object) -> dict:
    """Return one promise; by default 278 of 306 in time, 90.8 %, interval 86.9 to 93.7 %."""
    return {
        "service": service, "target": "resolution_time", "metric": "resolution_time",
        "priority": "default", "goal": "95% within 2 working days", "agreement": "A",
        "version": "1", "counted": of, "undecided": 0, "tickets": of,
        "value": met / of if of else np.nan, "low": 0.869, "high": 0.937, "n_effective": float(of),
        "days": 20, "interval_method": "wilson", "goal_value": 0.95, "at_most": False,
        "minimum": 1, "count_by": "due", **STATES,
    } | values  # fmt: skip


def kept(service: str = "Payments", **values: object) -> dict:
    """Return a promise that was clearly kept."""
    return level(service, 990, 1000, low=0.981, high=0.995) | values


def unsure(service: str = "Travel", **values: object) -> dict:
    """Return a promise that was missed, by what could be chance."""
    return level(service, 46, 49, low=0.835, high=0.979) | values


def availability(value: float = 0.997, **values: object) -> dict:
    """Return an availability promise; it is counted whole."""
    return level(
        "Portal", value=value, low=value, high=value, counted=1, metric="availability",
        target="availability", goal="at least 99.5%", goal_value=0.995, count_by=None,
        interval_method="complete_record", n_effective=1.0, days=0,
    ) | values  # fmt: skip


def satisfaction(value: float = 3.8, **values: object) -> dict:
    """Return a satisfaction promise: 3.8 of 96 people, 3.6 to 4.0."""
    return level(
        "Travel", value=value, low=value - 0.2, high=value + 0.2, counted=96, minimum=30,
        metric="satisfaction", target="satisfaction", goal="at least 4.2 of 5", goal_value=4.2,
        count_by=None, interval_method="t_respondents",
    ) | values  # fmt: skip


def errors(found: int = 12, of: int = 300, **values: object) -> dict:
    """Return an error rate: 12 of 300, 2.3 to 6.9 %, at most 2 % agreed."""
    return level(
        "Invoices", found, of, low=0.023, high=0.069, metric="error_rate", target="error_rate",
        goal="at most 2%", goal_value=0.02, at_most=True, count_by=None,
    ) | values  # fmt: skip


def frame(*levels: dict) -> pd.DataFrame:
    return verdicts(pd.DataFrame(levels or [level()]).iloc[: len(levels)])


def service_levels(*levels: dict, notes: tuple[Note, ...] = ()) -> ServiceLevels:
    """Return the answer that holds these promises."""
    return ServiceLevels(
        business_unit="Manufacturing",
        period_start=START,
        period_end=END,
        agreement=Agreements(()),
        levels=frame(*levels),
        outages=pd.DataFrame(),
        recorded=pd.DataFrame(),
        notes=notes,
    )
