"""Every kind of control chart: how its centre and spread follow from its points."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from scipy import stats

from slm_analysis.analyses.chart_cells import (
    D2_OF_TWO,
    LINEAR,
    LOG,
    POWER,
    ROUNDING,
    Cells,
    Fit,
    Options,
    Scale,
)
from slm_analysis.analyses.chart_estimates import (
    LARGEST_RANGE,
    RANGE_MEAN,
    RANGE_SD,
    RANGE_UPPER,
    c4,
    mean,
    mean_moving_range,
    median,
    moving_ranges,
    of_range,
    ratio,
    sigma_from_ranges,
    total,
)
from slm_analysis.analyses.run_patterns import LIMIT_SIGMAS, Numbers

AUTO = "auto"
"""Lets the data choose the kind."""

EXACT_TAIL = 0.00135
"""Chance beyond three sigma on one side of a normal distribution."""
EXACT_UNDER = 5.0
"""Expected counts under this make three-sigma limits of proportions misleading."""
THREE_SIGMA = "three_sigma"
LANEY = "laney"
LANEY_AND_EXACT = "laney_and_exact"
KNOWN_SIGMA = "known_sigma"
DECISION_INTERVAL = "decision_interval"
NO_LIMITS = "none"


def _run(cells: Cells, options: Options) -> Fit:  # noqa: ARG001
    x = ratio(cells)
    return Fit(x, median(x, cells.estimating), np.full_like(x, np.nan))


def _individuals(scale: Scale) -> Callable[[Cells, Options], Fit]:
    def fit(cells: Cells, options: Options) -> Fit:
        x = scale.forward(ratio(cells))
        return Fit(x, mean(x, cells.estimating), sigma_from_ranges(x, cells, options))

    return fit


def _moving_range(cells: Cells, options: Options) -> Fit:
    x = ratio(cells)
    if options.sigma is not None:
        center = np.full((x.shape[0], 1), options.sigma * D2_OF_TWO)
    else:
        center = mean_moving_range(x, cells, options)
    # The limit is D4 times the mean range (Montgomery 6.34).
    sigma = center * (RANGE_UPPER - 1) / LIMIT_SIGMAS
    return Fit(moving_ranges(x, cells.previous), center, sigma)


def _rate(
    variance: Callable[[Numbers], Numbers], *, prime: bool = False
) -> Callable[[Cells, Options], Fit]:
    """Return the fit of counts out of n (or per n), whose variance follows from their rate."""

    def fit(cells: Cells, options: Options) -> Fit:
        x = cells.value / cells.size
        center = total(cells.value, cells.estimating) / total(cells.size, cells.estimating)
        sigma = np.sqrt(variance(center) / cells.size)  # Montgomery 7.8 and 7.19
        if not prime:
            return Fit(x, center, sigma)
        # Laney, Quality Engineering 2002;14(4):531-537.
        measured = mean_moving_range((x - center) / sigma, cells, options) / D2_OF_TWO
        used = np.fmax(measured, options.sigma_z_floor or np.nan)
        laney = Fit(x, center, sigma * used, sigma_z=measured[:, 0], sigma_z_used=used[:, 0])
        return _with_exact_chances(laney, cells) if options.exact else laney

    return fit


def _with_exact_chances(fit: Fit, cells: Cells) -> Fit:
    """Add what the exact binomial says where few cases are expected on either side.

    These are the limits, and the chance of the side: most weeks of a good share are full ones.
    """
    center = np.broadcast_to(fit.center, cells.size.shape)
    few = (cells.size * np.minimum(center, 1 - center) < EXACT_UNDER) & (center > 0) & (center < 1)
    n, p = cells.size[few], center[few]
    low, high = np.full((2, *cells.size.shape), np.nan)
    above = np.full(cells.size.shape, 0.5)
    # Beyond means rarer than the tail: P(X <= x) or P(X >= x) under 0.00135.
    low[few] = stats.binom.ppf(EXACT_TAIL, n, p) / n
    high[few] = stats.binom.ppf(1 - EXACT_TAIL, n, p) / n
    over = stats.binom.sf(np.floor(n * p * (1 + ROUNDING)), n, p)
    under = stats.binom.cdf(np.ceil(n * p * (1 - ROUNDING)) - 1, n, p)
    above[few] = over / (over + under)
    return replace(fit, exact_low=low, exact_high=high, above=above)


def _number_of_cases(cells: Cells, options: Options) -> Fit:  # noqa: ARG001
    rate = total(cells.value, cells.estimating) / total(cells.size, cells.estimating)
    center = rate * cells.size
    return Fit(cells.value, center, np.sqrt(center * (1 - rate)))  # Montgomery 7.13


def _count(cells: Cells, options: Options) -> Fit:  # noqa: ARG001
    center = mean(cells.value, cells.estimating)
    return Fit(cells.value, center, np.sqrt(center))  # Montgomery 7.17


def _cases_between(cells: Cells, options: Options) -> Fit:  # noqa: ARG001
    center = mean(cells.value, cells.estimating)
    # Limits about the mean (Montgomery 7.27); runs about the median, since a geometric number
    # lies below its mean more often than above (Provost and Murray, 2011, p. 228).
    sigma = np.sqrt(center * (center + 1))
    return Fit(cells.value, center, sigma, middle=median(cells.value, cells.estimating))


def _subgroup_sigma(cells: Cells, options: Options) -> Numbers:
    """Return sigma within subgroups: from ranges, or standard deviations where these are large."""
    if options.sigma is not None:
        return np.full((cells.value.shape[0], 1), options.sigma)
    from_ranges = cells.range / of_range(RANGE_MEAN, cells.size)
    large = np.any(cells.estimating & (cells.size > LARGEST_RANGE), axis=1, keepdims=True)
    return np.where(
        large,
        mean(cells.spread / c4(cells.size), cells.estimating & (cells.size > 1)),
        mean(from_ranges, cells.estimating & ~np.isnan(from_ranges)),  # Montgomery 6.2
    )


def _subgroup_mean(cells: Cells, options: Options) -> Fit:
    center = total(cells.value * cells.size, cells.estimating) / total(  # Montgomery 6.30
        cells.size, cells.estimating
    )
    return Fit(cells.value, center, _subgroup_sigma(cells, options) / np.sqrt(cells.size))


def _subgroup_range(cells: Cells, options: Options) -> Fit:
    sigma = _subgroup_sigma(cells, options)
    return Fit(
        np.where(cells.size > 1, cells.range, np.nan),
        sigma * of_range(RANGE_MEAN, cells.size),
        sigma * of_range(RANGE_SD, cells.size),  # Montgomery 6.7
    )


def _subgroup_spread(cells: Cells, options: Options) -> Fit:
    of_n = c4(cells.size)
    sigma = (
        np.full((cells.value.shape[0], 1), options.sigma)
        if options.sigma is not None
        else mean(cells.spread / of_n, cells.estimating & (cells.size > 1))
    )
    return Fit(cells.spread, sigma * of_n, sigma * np.sqrt(1 - of_n**2))  # Montgomery 6.27


def _center_of(x: Numbers, cells: Cells, options: Options) -> Numbers:
    if options.target is not None:
        return np.full((x.shape[0], 1), float(options.target))
    return mean(x, cells.estimating)


def _ewma(cells: Cells, options: Options) -> Fit:
    """Return the exponentially weighted mean (Montgomery 9.21 and 9.25), past gaps unchanged."""
    x = ratio(cells)
    weight, center = options.ewma_lambda, _center_of(x, cells, options)
    smooth, known = np.empty_like(x), np.broadcast_to(center, x.shape)[:, 0].copy()
    for period in range(x.shape[1]):  # each value rests on the one before
        smooth[:, period] = weight * x[:, period] + (1 - weight) * known
        known = np.where(cells.useful[:, period], smooth[:, period], known)
    seen = np.cumsum(cells.useful, axis=1) + ~cells.useful
    shrink = np.sqrt(weight / (2 - weight) * (1 - (1 - weight) ** (2 * seen)))
    return Fit(smooth, center, sigma_from_ranges(x, cells, options) * shrink)


def _cusum(cells: Cells, options: Options) -> Fit:
    """Return the two tabular cumulative sums (Montgomery 9.2 and 9.3), past gaps unchanged."""
    x = ratio(cells)
    center, sigma = _center_of(x, cells, options), sigma_from_ranges(x, cells, options)
    slack = (options.cusum_k * sigma)[:, 0]
    high, low = np.empty_like(x), np.empty_like(x)
    up, down = np.zeros(len(x)), np.zeros(len(x))
    for period in range(x.shape[1]):  # each sum rests on the one before
        off = x[:, period] - center[:, 0]
        high[:, period] = np.maximum(0.0, up + off - slack)
        low[:, period] = np.maximum(0.0, down - off - slack)
        up = np.where(cells.useful[:, period], high[:, period], up)
        down = np.where(cells.useful[:, period], low[:, period], down)
    return Fit(x, center, sigma, low=low, high=high)


@dataclass(frozen=True)
class Kind:
    """How a kind of chart is fitted and drawn.

    Attributes
    ----------
    fit : callable
        Centre and spread of its cells.
    size : str
        `n` is `required`, `optional` (a ratio where given) or `none`; `subgroup`: rows that
        share a time.
    floor, ceiling : float
        Limits are drawn within these; z is not touched by them.
    scale : Scale
        On which it judges.
    limits_kind : str
        What its limits are called.
    only_limits : bool
        Neighbouring points depend on each other, so that only limits are judged, not runs.
    takes_sigma : bool
        A known sigma can replace the estimate.
    counts : bool
        Values are counts.
    """

    fit: Callable[[Cells, Options], Fit]
    size: str = "optional"
    floor: float = -np.inf
    ceiling: float = np.inf
    scale: Scale = LINEAR
    limits_kind: str = THREE_SIGMA
    only_limits: bool = False
    takes_sigma: bool = False
    counts: bool = False


def _binomial(p: Numbers) -> Numbers:
    return p * (1 - p)


def _poisson(u: Numbers) -> Numbers:
    return u


KINDS: Mapping[str, Kind] = {
    "run": Kind(_run, limits_kind=NO_LIMITS),
    "i": Kind(_individuals(LINEAR), takes_sigma=True),
    "i_log": Kind(_individuals(LOG), scale=LOG, floor=0.0, takes_sigma=True),
    "mr": Kind(_moving_range, floor=0.0, only_limits=True, takes_sigma=True),
    "xbar": Kind(_subgroup_mean, size="subgroup", takes_sigma=True),
    "r": Kind(_subgroup_range, size="subgroup", floor=0.0, takes_sigma=True),
    "s": Kind(_subgroup_spread, size="subgroup", floor=0.0, takes_sigma=True),
    "p": Kind(_rate(_binomial), "required", 0.0, 1.0, counts=True),
    "np": Kind(_number_of_cases, "required", 0.0, counts=True),
    "c": Kind(_count, "none", 0.0, counts=True),
    "u": Kind(_rate(_poisson), "required", 0.0, counts=True),
    "p'": Kind(_rate(_binomial, prime=True), "required", 0.0, 1.0, limits_kind=LANEY, counts=True),
    "u'": Kind(_rate(_poisson, prime=True), "required", 0.0, limits_kind=LANEY, counts=True),
    "g": Kind(_cases_between, "none", 0.0, counts=True),
    "t": Kind(_individuals(POWER), "none", 0.0, scale=POWER),
    "ewma": Kind(_ewma, only_limits=True, takes_sigma=True),
    "cusum": Kind(_cusum, limits_kind=DECISION_INTERVAL, only_limits=True, takes_sigma=True),
}
