"""The lines of control charts and what the run rules read of them."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from slm_analysis.analyses.chart_cells import ROUNDING, Cells, Fit, Options
from slm_analysis.analyses.chart_kinds import (
    KINDS,
    KNOWN_SIGMA,
    LANEY_AND_EXACT,
    NO_LIMITS,
    Kind,
)
from slm_analysis.analyses.run_patterns import (
    LIMIT_SIGMAS,
    Flags,
    Numbers,
    Readings,
    Whole,
    sides,
)

NO_VARIATION = "no_variation"
TOO_FEW = "too_few_points"
NO_DATA = "no_data"


@dataclass(frozen=True)
class Limits:
    """A chart's lines and what the rules read, in stretches by position.

    `value`, `center`, `lcl` and `ucl` are in the caller's units; `sigma` and `z` on the scale on
    which the kind judges. `side` is 1 above the centre line, -1 below; `beyond` the same of the
    limits, `above` the chance of a stable point's lying above the centre line. `kind`, `sigma_z`
    and `sigma_z_used` have one entry per stretch.
    """

    value: Numbers
    center: Numbers
    sigma: Numbers
    lcl: Numbers
    ucl: Numbers
    z: Numbers
    side: Whole
    beyond: Whole
    above: Numbers
    useful: Flags
    runs: Flags
    kind: NDArray[np.object_]
    sigma_z: Numbers
    sigma_z_used: Numbers
    low: Numbers | None = None
    high: Numbers | None = None

    @cached_property
    def readings(self) -> Readings:
        """What the rules read: useful points only; limits only where neighbours depend."""
        runs = self.useful & self.runs
        return Readings(
            z=np.where(runs, self.z, np.nan),
            side=np.where(runs, self.side, 0),
            beyond=np.where(self.useful, self.beyond, 0),
            above=self.above,
            valid=runs,
        )


def limits(cells: Cells, kind: Kind, options: Options) -> Limits:
    """Return the lines of charts of one kind, and what the rules read of their points."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return _draw(kind.fit(cells, options), cells, kind, options)


def limits_of_kinds(cells: Cells, kinds: NDArray[np.object_], options: Options) -> Limits:
    """Return the lines of charts whose kind differs between stretches."""
    names = list(dict.fromkeys(kinds)) or ["i"]
    if len(names) == 1:
        return limits(cells, KINDS[names[0]], options)
    parts = [limits(cells.rows(kinds == name), KINDS[name], options) for name in names]
    order = np.argsort(np.concatenate([np.flatnonzero(kinds == name) for name in names]))
    shared = [field.name for field in fields(Limits) if field.name not in {"low", "high"}]
    return Limits(
        **{name: np.concatenate([getattr(part, name) for part in parts])[order] for name in shared}
    )


def _draw(fit: Fit, cells: Cells, kind: Kind, options: Options) -> Limits:
    value, shape = fit.value, fit.value.shape
    center = np.broadcast_to(fit.center, shape)
    middle = center if fit.middle is None else np.broadcast_to(fit.middle, shape)
    sigma = np.broadcast_to(fit.sigma, shape)
    sigma = np.where(sigma <= ROUNDING * np.abs(center), 0.0, sigma)
    z = _unrounded(value, center) / np.where(sigma > 0, sigma, np.nan)
    low, high, beyond = _lines(fit, center, sigma, z, options)
    drawn = ~np.isnan(value)
    return Limits(
        value=kind.scale.back(value),
        center=kind.scale.back(middle),
        sigma=np.where(drawn, sigma, np.nan),
        lcl=np.where(drawn, np.clip(kind.scale.back(low), kind.floor, kind.ceiling), np.nan),
        ucl=np.where(drawn, np.clip(kind.scale.back(high), kind.floor, kind.ceiling), np.nan),
        z=z,
        side=sides(_unrounded(value, middle)),
        beyond=beyond,
        above=np.full(shape, 0.5) if fit.above is None else fit.above,
        useful=cells.useful & drawn,
        runs=np.full(shape, not kind.only_limits),
        kind=_limits_kind(fit, sigma, cells, kind, options),
        sigma_z=_per_row(fit.sigma_z, shape),
        sigma_z_used=_per_row(fit.sigma_z_used, shape),
        low=fit.low,
        high=fit.high,
    )


def _lines(
    fit: Fit, center: Numbers, sigma: Numbers, z: Numbers, options: Options
) -> tuple[Numbers, Numbers, Whole]:
    """Return lower and upper limit, and which points lie beyond them (1 above, -1 below)."""
    if fit.high is not None and fit.low is not None:
        reach = options.cusum_h * sigma
        up, down = (sigma > 0) & (fit.high > reach), (sigma > 0) & (fit.low > reach)
        return center - reach, center + reach, up.astype(np.int8) - down
    low, high = center - LIMIT_SIGMAS * sigma, center + LIMIT_SIGMAS * sigma
    beyond = sides(z, LIMIT_SIGMAS)
    if fit.exact_low is not None and fit.exact_high is not None:
        # Beyond both limits is beyond the outer one.
        low, high = np.fmin(low, fit.exact_low), np.fmax(high, fit.exact_high)
        inside = (fit.value >= fit.exact_low) & (fit.value <= fit.exact_high)
        beyond = np.where(inside, 0, beyond)
    return low, high, beyond


def _unrounded(value: Numbers, line: Numbers) -> Numbers:
    """Return the distance of `value` from `line`, 0 where it is mere rounding."""
    off = value - line
    return np.where(np.abs(off) <= ROUNDING * np.maximum(np.abs(value), np.abs(line)), 0.0, off)


def _limits_kind(
    fit: Fit, sigma: Numbers, cells: Cells, kind: Kind, options: Options
) -> NDArray[np.object_]:
    exact = (
        np.zeros_like(cells.useful) if fit.exact_low is None else ~np.isnan(fit.exact_low)
    ) & cells.useful
    usual = KNOWN_SIGMA if options.sigma is not None else kind.limits_kind
    return np.select(
        [
            ~cells.estimating.any(axis=1),
            np.full(len(sigma), kind.limits_kind == NO_LIMITS),
            (cells.estimating & (sigma == 0)).any(axis=1),
            ~(cells.estimating & (sigma > 0)).any(axis=1),
            exact.any(axis=1),
        ],
        np.array([NO_DATA, NO_LIMITS, NO_VARIATION, TOO_FEW, LANEY_AND_EXACT], dtype=object),
        default=usual,
    )


def _per_row(numbers: Numbers | None, shape: tuple[int, ...]) -> Numbers:
    return np.full(shape[0], np.nan) if numbers is None else numbers
