"""One series of a control chart on its axes: band, limits, average, target, points and marks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from slm_analysis.analyses.chart_signals import UNFAVOURABLE
from slm_analysis.analyses.run_rules import RULES
from slm_analysis.presentation.chart_series import ChartSeries
from slm_analysis.presentation.numbers import brief_date
from slm_analysis.presentation.plots.time_axis import days, month_ticks, write_year
from slm_analysis.presentation.theme import PALETTE, SMALL

Numbers = NDArray[np.float64]

SHAPES = {
    "beyond": "D",
    "longest_run": "s",
    "same_side": "s",
    "trend": "v",
    "all_but_one": "h",
    "near_limits": "h",
}
"""Shape of a signal's points by its pattern; the first that fits is drawn."""
RISING = "^"
DASHES = (4, 3)
DOTS = (1, 2)
ROOM = 0.05
"""Room above and below what is drawn, as part of its range."""
TICK_STEPS = [1, 2, 2.5, 5, 10]
FEW_DAYS = 100
"""Up to so many days, single days are marked on the axis and not months."""
DAY_PIXELS = 80
HALF_PERIOD = 0.5
EDGE = 1e-9
DOT, SIGNAL = (2.2, 4.0), (4.0, 7.5)
"""Least and greatest size of a dot and of a signal's shape."""
CARET_UP, CARET_DOWN = 6, 7
"""Markers of matplotlib for a value off the scale."""
ROW = 17
"""Pixels of a line of text."""
GAP = 8
"""Pixels between a line and its name."""
TYPICAL = 0.1
"""Limits are on the scale but for this part of the periods, those of fewest cases."""


@dataclass(frozen=True)
class Size:
    """Sizes of points and lines, in pixels."""

    dot: float
    signal: float
    line: float
    limits: float


def size_of(points: int, pixels: float, *, limits: float = 0.8) -> Size:
    """Return sizes that keep so many points apart on so many pixels."""
    apart = pixels / max(points, 1)
    return Size(
        dot=float(np.clip(0.6 * apart, *DOT)),
        signal=float(np.clip(0.8 * apart, *SIGNAL)),
        line=0.9,
        limits=limits,
    )


def at(series: ChartSeries) -> Numbers:
    """Return where the points of a series stand on the axis."""
    return days(series.points["time"])


def edges(x: Numbers) -> tuple[Numbers, Numbers]:
    """Return where each period begins and ends: half way to its neighbours."""
    if len(x) == 1:
        return x - HALF_PERIOD, x + HALF_PERIOD
    middle = (x[1:] + x[:-1]) / 2
    first, last = x[0] - (middle[0] - x[0]), x[-1] + (x[-1] - middle[-1])
    return np.concatenate([[first], middle]), np.concatenate([middle, [last]])


def latest(series: ChartSeries, number: int) -> ChartSeries:
    """Return a series with its latest points only."""
    return replace(series, points=series.points.tail(number))


def extent(series: ChartSeries) -> tuple[float, float]:
    """Return the ends of a scale that holds all values and lines, and the usual limits."""
    points = series.points
    limits = [points["lcl"].quantile(TYPICAL), points["ucl"].quantile(1 - TYPICAL)]
    return with_air(np.append(_lines(points), [*points["value"], *limits]))


def common_extent(every: Sequence[ChartSeries], trimmed: float) -> tuple[float, float]:
    """Return the ends of one scale for all, that may leave off a part of the values at each end.

    Members of signals are always on it.
    """
    points = pd.concat([series.points for series in every])
    marked = points.loc[points["rules"].map(len) > 0, "value"]
    usual = points["value"].quantile([trimmed, 1 - trimmed])
    return with_air(np.concatenate([_lines(points), marked, usual]))


def _lines(points: pd.DataFrame) -> Numbers:
    return points[["center", "target"]].to_numpy(dtype=float).ravel()


def with_air(numbers: Numbers) -> tuple[float, float]:
    """Return the ends of a scale that holds all numbers, with room above and below."""
    known = numbers[np.isfinite(numbers)]
    if not len(known):
        return 0.0, 1.0
    low, high = float(known.min()), float(known.max())
    room = ROOM * ((high - low) or abs(high) or 1.0)
    return low - room, high + room


def scale_ticks(
    series: ChartSeries, limits: tuple[float, float], number: int
) -> tuple[list[float], list[str]]:
    """Return ticks that carry the unit, and where they stand; shares end at 0 and 100 %."""
    low, high = np.clip(limits, 0.0, 1.0) if series.rate else limits
    places = MaxNLocator(number, steps=TICK_STEPS).tick_values(low, high)
    shown = [float(place) for place in places if low <= place <= high + EDGE]
    return shown, [series.tick(place) for place in shown]


def draw_times(ax: Axes, series: ChartSeries, pixels: float) -> None:
    """Mark months, single days of a short time, or numbers along the lower edge."""
    x = at(series)
    left, right = edges(x)
    ax.set_xlim(left[0], right[-1])
    times = series.points["time"]
    if pd.api.types.is_numeric_dtype(times):
        locator = MaxNLocator(max(int(pixels / DAY_PIXELS), 2), integer=True)
        places = locator.tick_values(left[0], right[-1])
        ax.set_xticks(places[(places >= left[0]) & (places <= right[-1])])
    elif x[-1] - x[0] > FEW_DAYS:
        month_ticks(ax, left[0], right[-1], pixels)
    else:
        step = int(np.ceil(len(x) / max(pixels / DAY_PIXELS, 1)))
        ax.set_xticks(x[::step], [brief_date(time) for time in times[::step]])
        write_year(ax, x[0], times.iloc[0].year)


def draw_series(ax: Axes, series: ChartSeries, size: Size) -> None:
    """Draw a series phase by phase, then its signals."""
    points = series.points
    x = at(series)
    left, right = edges(x)
    for phase in points["phase"].unique():
        own = (points["phase"] == phase).to_numpy()
        _draw_lines(ax, points[own], left[own], right[own], size)
        if left[own][0] > left[0]:
            ax.axvline(left[own][0], color=PALETTE["ink"], lw=1)
    target = points["target"].to_numpy(dtype=float)
    ax.plot(*_steps(left, right, target), color=PALETTE["ink"], lw=1.4, dashes=DASHES)
    for phase in points["phase"].unique():
        own = (points["phase"] == phase).to_numpy()
        _draw_points(ax, points[own], x[own], size)
    _draw_signals(ax, series, size)
    _draw_off_scale(ax, x, points["value"].to_numpy(dtype=float), size)


def _draw_off_scale(ax: Axes, x: Numbers, value: Numbers, size: Size) -> None:
    """Mark values beyond the scale at its edge."""
    low, high = ax.get_ylim()
    for off, edge, caret in ((value < low, low, CARET_DOWN), (value > high, high, CARET_UP)):
        ax.plot(x[off], np.full(int(off.sum()), edge), ls="", marker=caret, ms=size.dot + 1,
                color=PALETTE["line"], clip_on=False)  # fmt: skip


def _steps(left: Numbers, right: Numbers, y: Numbers) -> tuple[Numbers, Numbers]:
    return np.column_stack([left, right]).ravel(), np.repeat(y, 2)


def _draw_lines(ax: Axes, points: pd.DataFrame, left: Numbers, right: Numbers, size: Size) -> None:
    """Draw the band between the limits, the limits as steps, and the average."""
    low, high, center = (points[name].to_numpy(dtype=float) for name in ("lcl", "ucl", "center"))
    x, below = _steps(left, right, low)
    above = np.repeat(high, 2)
    ax.fill_between(x, below, above, color=PALETTE["band"], lw=0)
    if size.limits:
        for line in (below, above):
            ax.plot(x, line, color=PALETTE["lim"], lw=size.limits)
    ax.plot(*_steps(left, right, center), color=PALETTE["ink"], lw=1.3)


def _draw_points(ax: Axes, points: pd.DataFrame, x: Numbers, size: Size) -> None:
    """Draw the points joined by a line; what is not complete hollow, what is excluded a cross."""
    value = points["value"].to_numpy(dtype=float)
    complete, excluded = points["complete"].to_numpy(), points["excluded"].to_numpy()
    judged = np.where(complete & ~excluded, value, np.nan)
    style: dict[str, Any] = {"color": PALETTE["line"], "lw": size.line}
    ax.plot(x, judged, marker="o", ms=size.dot, mec=PALETTE["paper"], mew=0.4, **style)
    known = np.flatnonzero(~np.isnan(judged))
    for index in np.flatnonzero(~complete & ~np.isnan(value)):
        before = known[known < index][-1:]
        joined = [*before, index]
        ax.plot(x[joined], value[joined], dashes=DOTS, **style)
        ax.plot(x[index], value[index], "o", ms=size.dot + 2, mfc=PALETTE["paper"],
                mec=PALETTE["line"], clip_on=False)  # fmt: skip
    ax.plot(x[excluded], value[excluded], "x", ms=size.signal, color=PALETTE["ink"], mew=1.4)


def _draw_signals(ax: Axes, series: ChartSeries, size: Size) -> None:
    """Draw the members of signals: filled and coloured for the worse, hollow for the better."""
    shape = pd.Series("", series.points.index)
    bad = pd.Series(data=False, index=series.points.index)
    signals = series.signals.assign(
        pattern=series.signals["rule"].map(lambda rule: RULES[rule].pattern)
    )
    for pattern, mark in reversed(SHAPES.items()):
        for _, signal in signals[signals["pattern"] == pattern].iterrows():
            members = series.members(signal).index
            shape[members] = RISING if signal["side"] == "rising" else mark
            bad[members] = signal["meaning"] == UNFAVOURABLE
    x, value = at(series), series.points["value"].to_numpy(dtype=float)
    for mark in sorted(set(shape) - {""}):
        for unfavourable in (False, True):
            own = ((shape == mark) & (bad == unfavourable)).to_numpy()
            colour = PALETTE["acc" if unfavourable else "ink"]
            ax.plot(x[own], value[own], mark, ms=size.signal, mec=colour, clip_on=False,
                    mfc=colour if unfavourable else PALETTE["paper"])  # fmt: skip


@dataclass(frozen=True)
class LineName:
    """The name of a line at its end, in one text or two below each other."""

    y: float
    texts: tuple[str, ...]
    weight: str = "normal"
    colour: str = PALETTE["ink"]


def write_beside(ax: Axes, names: Sequence[LineName]) -> None:
    """Write names at the ends of their lines, pushed apart where they would touch."""
    (low, high), height = ax.get_ylim(), ax.get_window_extent().height
    ordered = sorted(names, key=lambda name: name.y)
    heights = [ROW * len(name.texts) for name in ordered]
    lowest = 0.0
    places = []
    for name, own in zip(ordered, heights, strict=True):
        place = max((name.y - low) / (high - low) * height, lowest + own / 2)
        places.append(place)
        lowest = place + own / 2
    highest = height + ROW / 2
    for index in range(len(places) - 1, -1, -1):
        places[index] = min(places[index], highest - heights[index] / 2)
        highest = places[index] - heights[index] / 2
    for name, place in zip(ordered, places, strict=True):
        for row, text in enumerate(name.texts):
            y = place + ROW * ((len(name.texts) - 1) / 2 - row)
            ax.annotate(
                text, (1, 0), xytext=(GAP, y), xycoords="axes fraction", va="center",
                textcoords="offset points", fontsize=SMALL, fontweight=name.weight,
                color=name.colour, annotation_clip=False,
            )  # fmt: skip
