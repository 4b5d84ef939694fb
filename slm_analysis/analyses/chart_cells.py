"""The arrays that charts are computed on: stretches by position.

A row is one phase of one series, a column one period of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields

import numpy as np

from slm_analysis.analyses.run_patterns import LIMIT_SIGMAS, Flags, Numbers, Whole

D2_OF_TWO = 1.128
"""Mean range of two values in sigma, as published tables round it (Montgomery, App. VI)."""

ROUNDING = 1e-12
"""Differences below this share of the values' size are rounding, not variation."""

TIME_POWER = 1 / 3.6
"""Power that makes exponential times between events near normal (Nelson, JQT 1994;26:239)."""


@dataclass(frozen=True)
class Cells:
    """The points of charts of one kind.

    Attributes
    ----------
    value : array of float
        As given; for counts the count, for subgroups the mean.
    size : array of float
        Denominator, exposure or subgroup size; NaN where there is none.
    useful : array of bool
        Takes part in runs: has a value, is complete and not excluded.
    estimating : array of bool
        Takes part in centre and spread.
    frozen : array of bool, one per stretch
        A baseline alone is estimating.
    previous : array of int
        Position of the point that the moving range joins with; -1 where there is none.
    spread, range : array of float
        Standard deviation and range within the subgroup; NaN without subgroups.
    """

    value: Numbers
    size: Numbers
    useful: Flags
    estimating: Flags
    frozen: Flags
    previous: Whole
    spread: Numbers
    range: Numbers

    def rows(self, which: Flags) -> Cells:
        """Return some of the stretches."""
        return Cells(**{field.name: getattr(self, field.name)[which] for field in fields(self)})


@dataclass(frozen=True)
class Options:
    """What the caller chose about limits; see `control_chart`."""

    sigma: float | None = None
    target: float | None = None
    screen_mr: bool = False
    sigma_z_floor: float = 1.0
    ewma_lambda: float = 0.2
    cusum_k: float = 0.5
    cusum_h: float = 5.0
    limit_ranges: float = LIMIT_SIGMAS / D2_OF_TWO
    exact: bool = False


@dataclass(frozen=True)
class Scale:
    """The scale on which a kind judges, and the way back to the caller's units."""

    forward: Callable[[Numbers], Numbers] = np.asarray
    back: Callable[[Numbers], Numbers] = np.asarray


LINEAR = Scale()
LOG = Scale(np.log, np.exp)
POWER = Scale(lambda x: x**TIME_POWER, lambda x: np.maximum(x, 0.0) ** (1 / TIME_POWER))


@dataclass(frozen=True)
class Fit:
    """What a kind makes of its cells, on the scale on which it judges.

    Attributes
    ----------
    value, center, sigma : array of float
        What is charted, its mean, and its standard deviation at each point.
    middle : array of float, optional
        The line that is drawn and that runs are about, where that is not the mean.
    sigma_z, sigma_z_used : array of float, one per stretch
        Laney's spread beyond the binomial or Poisson one, as measured and after the floor.
    exact_low, exact_high : array of float, optional
        Limits from the exact distribution; NaN where they are not needed.
    above : array of float, optional
        Chance that a stable point off the centre line lies above it; one half where not given.
    low, high : array of float, optional
        Cumulative sums.
    """

    value: Numbers
    center: Numbers
    sigma: Numbers
    middle: Numbers | None = None
    sigma_z: Numbers | None = None
    sigma_z_used: Numbers | None = None
    exact_low: Numbers | None = None
    exact_high: Numbers | None = None
    above: Numbers | None = None
    low: Numbers | None = None
    high: Numbers | None = None
