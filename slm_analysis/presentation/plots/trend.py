"""The figures of trends: one series with its forecast, or the forecasts of many."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from slm_analysis.analyses.trend import Trend
from slm_analysis.presentation.chart import Chart, Draw, set_height
from slm_analysis.presentation.language import _
from slm_analysis.presentation.lettering import letters
from slm_analysis.presentation.plots.chart_panel import (
    DASHES,
    GAP,
    TICK_STEPS,
    LineName,
    with_air,
    write_beside,
)
from slm_analysis.presentation.plots.rows import Row, draw_rows, share_limits
from slm_analysis.presentation.plots.time_axis import days, month_ticks
from slm_analysis.presentation.tables import trend as tables
from slm_analysis.presentation.theme import NARROW, PALETTE, WIDE
from slm_analysis.presentation.trend_series import BAD, Heading, headings
from slm_analysis.presentation.words import trend as words

TICK_LETTER = 8.2
"""Pixels of a letter on the scale, on average."""
LEFT, NAME_LETTER = 44, 8.0
"""Pixels beside the series for the scale, at least; of a letter of the names at the end."""
HEIGHT = {False: 290, True: 230}
HEAD, FOOT = 12, 48
TICKS = 5
DOT, FORECAST_DOT = 4.0, 7.0
PALE, STRONG = 4.0, 2.0
"""Greatest width of the bars of earlier forecasts, and that of the forecast's own."""
PART = 0.5
"""The part of a period that a bar may take."""


def plot(result: Trend) -> Chart:
    """Return the figure of a trend: one series over time, or the forecasts of several."""
    every = headings(result)
    caption, numbers = words.caption(result), tables.table(result)
    if len(every) > 1:
        return Chart(caption, draw_forecasts(every), numbers)
    if every[0].points["value"].isna().all():
        return Chart(caption, numbers=numbers)
    return Chart(caption, draw_line(every[0]), numbers)


def draw_forecasts(every: Sequence[Heading]) -> Draw:
    """Return the drawing of forecasts against goals, one row each."""
    rows = [_row(heading) for heading in every]
    ends = [end for row in rows for end in (row.value, row.low, row.high, row.goal or np.nan)]
    known = np.array([end for end in ends if not np.isnan(end)])
    limits = share_limits(list(known)) if every[0].rate else with_air(known)
    return draw_rows(rows, limits, every[0].tick)


def _row(heading: Heading) -> Row:
    row = heading.row
    return Row(
        label=heading.name,
        value=float(row["expected"]),
        low=float(row["low"]),
        high=float(row["high"]),
        words=words.forecast(heading) if heading.known else words.trend_brief(heading),
        mark=heading.mark,
        goal=None if pd.isna(row["target"]) else float(row["target"]),
        under=words.trend_brief(heading) if heading.known else "",
        figures="" if pd.isna(row["chance_missed"]) else words.chance_to_miss(heading),
    )


def draw_line(heading: Heading) -> Draw:
    """Return the drawing of one series, its line, its forecast, and earlier forecasts."""

    def draw(figure: Figure, narrow: bool) -> None:
        across, height = NARROW if narrow else WIDE, HEIGHT[narrow]
        limits = _extent(heading)
        places, labels = _scale(heading, limits)
        left = max([LEFT, *(letters(text) * TICK_LETTER + GAP for text in labels)])
        names = list(_names(heading))
        longest = max((letters(text) for name in names for text in name.texts), default=0)
        width = across - left - 2 * GAP - longest * NAME_LETTER
        total = HEAD + height + FOOT
        set_height(figure, total)
        ax = figure.add_axes((left / across, FOOT / total, width / across, height / total))
        ax.set_ylim(limits)
        ax.set_yticks(places, labels)
        ax.grid(axis="y")
        _draw_times(ax, heading, width)
        _draw_points(ax, heading)
        _draw_forecast(ax, heading)
        write_beside(ax, names)

    return draw


def _extent(heading: Heading) -> tuple[float, float]:
    points, tested = heading.points[["value", "line"]], heading.backtest[["low", "high"]]
    ends = heading.row[["expected", "low", "high", "target"]]
    return with_air(
        np.concatenate([np.ravel(part).astype(float) for part in (points, tested, ends)])
    )


def _scale(heading: Heading, limits: tuple[float, float]) -> tuple[list[float], list[str]]:
    low, high = np.clip(limits, 0.0, 1.0) if heading.rate else limits
    places = MaxNLocator(TICKS, steps=TICK_STEPS).tick_values(low, high)
    shown = [float(place) for place in places if low <= place <= high]
    return shown, [heading.tick(place) for place in shown]


def _draw_times(ax: Axes, heading: Heading, width: float) -> None:
    """Mark the months up to the period forecast."""
    x = days(heading.points["time"])
    step = float(np.median(np.diff(x))) if len(x) > 1 else 1.0
    ax.set_xlim(x[0] - step / 2, _end(heading) + step / 2)
    first, final = ax.get_xlim()
    if heading.freq is None:
        places = MaxNLocator(TICKS, integer=True).tick_values(first, final)
        ax.set_xticks([place for place in places if first <= place <= final])
    else:
        month_ticks(ax, first, final, width)


def _end(heading: Heading) -> float:
    """Return where the period forecast stands."""
    return float(days(pd.Series([heading.row["time"]]))[0])


def _draw_points(ax: Axes, heading: Heading) -> None:
    """Draw intervals of earlier forecasts, what was seen, and the line, broken at its shifts."""
    points, tested = heading.points, heading.backtest
    x, value = days(points["time"]), points["value"].to_numpy(dtype=float)
    if len(tested):
        apart = ax.get_window_extent().width / len(points)
        ax.vlines(days(tested["time"]), tested["low"], tested["high"], color=PALETTE["band2"],
                  lw=min(PALE, PART * apart))  # fmt: skip
    used = points["used"].to_numpy()
    ax.plot(x, np.where(used, value, np.nan), "o-", ms=DOT, lw=0.9, color=PALETTE["line"],
            mec=PALETTE["paper"], mew=0.4)  # fmt: skip
    ax.plot(x[~used], value[~used], "o", ms=DOT + 2, mfc=PALETTE["paper"], mec=PALETTE["line"],
            clip_on=False)  # fmt: skip
    begins = np.searchsorted(x, days(heading.shifts["time"])).tolist()
    for part in np.split(np.arange(len(x)), begins):
        ax.plot(x[part], points["line"].to_numpy()[part], color=PALETTE["ink"], lw=1.3)
    goal = heading.row["target"]
    if not pd.isna(goal):
        ax.axhline(goal, color=PALETTE["ink"], lw=1.4, dashes=DASHES)


def _draw_forecast(ax: Axes, heading: Heading) -> None:
    if not heading.known:
        return
    x, row = _end(heading), heading.row
    colour = PALETTE["acc" if heading.mark == BAD else "ink"]
    ax.vlines([x], [row["low"]], [row["high"]], color=colour, lw=STRONG)
    ax.plot([x], [row["expected"]], "D" if heading.mark == BAD else "o", ms=FORECAST_DOT,
            color=colour, clip_on=False)  # fmt: skip


def _names(heading: Heading) -> Iterator[LineName]:
    row = heading.row
    if heading.known:
        colour = PALETTE["acc" if heading.mark == BAD else "ink"]
        yield LineName(row["expected"], words.expected(heading), "bold", colour)
    if not pd.isna(row["target"]):
        yield LineName(row["target"], (_("Target"), heading.tick(row["target"])))
