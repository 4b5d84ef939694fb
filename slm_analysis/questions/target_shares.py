"""The shares of tickets in time that were agreed on, service by service."""

from __future__ import annotations

import pandas as pd

from slm_analysis.dataset.series import series
from slm_analysis.dataset.unit import Unit
from slm_analysis.errors import InputError, nearest
from slm_analysis.sla.agreements import DEFAULT, TICKET_METRICS
from slm_analysis.sla.reporting_periods import period_start

SHARES = {
    "service": "str", "time": "datetime64[us]", "complete": "bool",
    "value": "float", "n": "float", "target": "float",
}  # fmt: skip
"""Columns and their types."""


def target_shares(unit: Unit, target: str, freq: str, months: int) -> pd.DataFrame:
    """Return tickets in time, tickets counted and the agreed share, per service and period.

    Returns
    -------
    DataFrame
        `service`, `time`, `complete`, `value` (tickets in time), `n` (tickets counted), `target`.
        Empty where no agreement of the unit has the target.

    Raises
    ------
    InputError
        For an unknown target or frequency.
    """
    known = sorted(unit.targets["target"].dropna().unique())
    if target not in {*known, *TICKET_METRICS}:
        raise InputError(f"target {target!r} is not in the agreement. {nearest(target, known)}")
    agreed = target in known
    shares = series(unit, target, freq, by="service", months=months) if agreed else pd.DataFrame()
    if shares.empty:
        return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in SHARES.items()})
    shares = shares.merge(_goals(unit, target, freq), on=["service", "time"], how="left")
    goals = shares.groupby("service")["target"]
    return shares.assign(target=goals.ffill().fillna(goals.bfill()))


def _goals(unit: Unit, target: str, freq: str) -> pd.DataFrame:
    """Return the share agreed for each service in each period: of the last ticket, preset first."""
    scored = unit.targets[unit.targets["target"].eq(target) & unit.targets["goal_share"].notna()]
    goals = pd.DataFrame(
        {
            "service": scored["service"],
            "time": period_start(scored["counted_on"], freq),
            "preset": scored["goal_priority"] == DEFAULT,
            "opened_on": scored["opened_on"],
            "target": scored["goal_share"],
        }
    )
    last = goals.sort_values(["preset", "opened_on"], kind="stable")
    last = last.drop_duplicates(["service", "time"], keep="last")
    return last[["service", "time", "target"]]
