"""Service level agreements: what was promised for which service, in which version, from when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from typing import cast

import numpy as np
import pandas as pd

from slm_analysis.errors import Fault, InputError
from slm_analysis.sla.business_time import BusinessCalendar
from slm_analysis.sla.goals import Goal

ALL = "all"
DEFAULT = "default"
"""The goal of priorities that have none of their own."""
TICKET_METRICS = ("response_time", "resolution_time")
"""Metrics judged ticket by ticket."""


@dataclass(frozen=True)
class Target:
    """One promise about one service: a metric and its goal, by priority where that matters."""

    name: str
    metric: str
    goals: Mapping[str, Goal]
    pauses_on: tuple[str, ...]
    reopen: str
    measure: str
    minimum_responses: int

    @property
    def goal(self) -> Goal:
        """The goal where priorities play no part."""
        return self.goals[DEFAULT]


@dataclass(frozen=True)
class ServiceTerms:
    """What one version of an agreement says about one service (`all`: every other service)."""

    service: str
    business_units: tuple[str, ...] | None
    calendar_name: str
    calendar: BusinessCalendar
    working_day: float | None
    count_by: str
    excluded: tuple[str, ...]
    resolved_on: tuple[str, ...]
    minimum_tickets: int
    targets: tuple[Target, ...]

    def covers(self, business_unit: str) -> bool:
        """Whether the unit is one of the service's customers."""
        return self.business_units is None or business_unit in self.business_units


@dataclass(frozen=True)
class Agreement:
    """One version of one agreement.

    Attributes
    ----------
    effective_from : Timestamp
        Midnight of the date in the agreement's zone, in UTC.
    provisional_from : int or None
        The first year whose make-up working days have not been officially published.
    """

    name: str
    version: str
    effective_from: pd.Timestamp
    timezone: str
    services: Mapping[str, ServiceTerms]
    file: Path
    parties: Mapping[str, str] = field(default_factory=dict)
    scope: str = ""
    responsibilities: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    review_on: str = ""
    provisional_from: int | None = None

    def terms(self, business_unit: str, service: str) -> ServiceTerms | None:
        """Return what is agreed for this unit and service, or None."""
        terms = self.services.get(service) or self.services.get(ALL)
        return terms if terms is not None and terms.covers(business_unit) else None


@dataclass(frozen=True)
class Agreements:
    """All agreements in all their versions, oldest version first."""

    versions: tuple[Agreement, ...]

    def in_force(self, tickets: pd.DataFrame) -> pd.Series:
        """Answer which agreement version judges each ticket: the one in force at its opening.

        Parameters
        ----------
        tickets : DataFrame
            Columns `business_unit`, `service`, `opened_at`.

        Returns
        -------
        Series of int
            Position in `versions`, -1 where no agreement covers the ticket.

        Raises
        ------
        InputError
            Where two agreements cover the same ticket.
        """
        names = sorted({a.name for a in self.versions})
        position = np.full(len(tickets), -1)
        faults = []
        opened_at = pd.DatetimeIndex(tickets["opened_at"])
        pairs = tickets.groupby(["business_unit", "service"], observed=True).indices
        for (unit, service), rows in cast("dict[tuple[str, str], np.ndarray]", pairs).items():
            opened = opened_at[rows]
            found = {name: self._version_of(name, unit, service, opened) for name in names}
            for one, other in combinations(names, 2):
                both = int(((found[one] >= 0) & (found[other] >= 0)).sum())
                if both:
                    faults.append(
                        Fault(
                            f"The agreements {one!r} and {other!r} both cover {both} tickets of "
                            f"{unit!r}, {service!r}.",
                            "Name their business units, or give versions of one agreement the "
                            "same name.",
                        )
                    )
            position[rows] = np.max([*found.values(), position[rows]], axis=0)
        if faults:
            raise InputError(faults)
        return pd.Series(position, index=tickets.index)

    def _version_of(
        self, name: str, unit: str, service: str, opened: pd.DatetimeIndex
    ) -> np.ndarray:
        """Return the position of the version of `name` in force at each opening, else -1."""
        own = [i for i, a in enumerate(self.versions) if a.name == name]
        starts = pd.DatetimeIndex([self.versions[i].effective_from for i in own])
        latest = starts.searchsorted(opened, side="right") - 1
        covering = [i if self.versions[i].terms(unit, service) else -1 for i in own]
        return np.array([*covering, -1])[latest]

    def of_unit(self, business_unit: str) -> Agreements:
        """Return every version of the agreements that name this unit, or all, in some service."""
        names = {
            a.name
            for a in self.versions
            if any(terms.covers(business_unit) for terms in a.services.values())
        }
        # A version that names the unit no more stays: it ends what an earlier one promised.
        return Agreements(tuple(a for a in self.versions if a.name in names))
