"""The figure of how long tickets take: the share still open over time, group by group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from slm_analysis.analyses.time_to_resolve import TimeToResolve
from slm_analysis.presentation import numbers
from slm_analysis.presentation.chart import Chart, Draw, set_height
from slm_analysis.presentation.lettering import shortened
from slm_analysis.presentation.plots.chart_panel import TICK_STEPS
from slm_analysis.presentation.tables import time_to_resolve as tables
from slm_analysis.presentation.theme import NARROW, PALETTE, SMALL, WIDE
from slm_analysis.presentation.words import time_to_resolve as words
from slm_analysis.questions.time_taken import TimeTaken

MOST = 9
"""More groups than this are not read side by side; the largest are shown."""
COLUMNS = {False: 3, True: 1}
LEFT, BETWEEN, RIGHT = 44, 30, 14
HEAD, PANEL, FOOT = 30, 130, 34
ALONE = 210
"""Pixels of the panel of a single group."""
LETTER = 8.6
"""Pixels of a letter of a name, which is bold."""
TICKS, LAST_TICK = 4, 0.92
"""Steps of the scale of time; the part of it that has marks, so that the last has room."""
SEEN = 1.4
"""The scale reaches this much beyond the last time by which nine in ten are done, for its words."""
DOT = 6
ASIDE = 7
"""Pixels from a dot to its words."""
MARKS = ((words.HALF, "half"), (words.NINE_IN_TEN, "nine"))


@dataclass(frozen=True)
class Group:
    """One group: its name and figures, and its curve from time 0."""

    row: pd.Series
    curve: pd.DataFrame


def plot(result: TimeTaken | TimeToResolve) -> Chart:
    """Return one panel per group, quickest first, the other groups pale behind it."""
    times, caption = words.times_of(result), words.caption(result)
    every = [] if times is None else _groups(times)
    draw = draw_groups(every) if every else None
    return Chart(caption, draw, tables.table(result))


def _groups(times: TimeToResolve) -> list[Group]:
    """Return the largest groups of which a ticket was done, quickest first."""
    curves = times.curves.assign(name=words.names(times.curves, times.by))
    rows = words.percentiles(times).nlargest(MOST, "tickets").sort_values("time_half")
    shown = rows[rows["name"].isin(curves["name"])]
    return [Group(row, curves[curves["name"] == row["name"]]) for _, row in shown.iterrows()]


def draw_groups(every: Sequence[Group]) -> Draw:
    """Return the drawing of curves side by side on one scale."""
    end = _end(every)

    def draw(figure: Figure, narrow: bool) -> None:
        across, columns = NARROW if narrow else WIDE, min(COLUMNS[narrow], len(every))
        panel = PANEL if len(every) > 1 else ALONE
        block = HEAD + panel + FOOT
        height = block * -(-len(every) // columns)
        set_height(figure, height)
        width = (across - RIGHT - columns * LEFT - (columns - 1) * BETWEEN) / columns
        for place, group in enumerate(every):
            row, column = divmod(place, columns)
            left = LEFT + column * (width + LEFT + BETWEEN)
            bottom = height - row * block - HEAD - panel
            ax = figure.add_axes((left / across, bottom / height, width / across, panel / height))
            ax.set_xlim(0, end)
            ax.set_ylim(0, 1)
            _draw_scales(ax, end)
            for other in every:
                if other is not group:
                    ax.step(
                        *_steps(other, "share_done"), where="post", color=PALETTE["band2"], lw=1
                    )
            _draw_curve(ax, group)
            _draw_marks(ax, group)
            name = shortened(group.row["name"], width / LETTER)
            ax.annotate(
                name, (0, 1), xytext=(0, HEAD / 2 - 2), xycoords="axes fraction", va="center",
                textcoords="offset points", fontsize=SMALL, fontweight="bold",
            )  # fmt: skip

    return draw


def _end(every: Sequence[Group]) -> float:
    """Return the end of the scale."""
    known = [g.row["time_nine"] for g in every if not pd.isna(g.row["time_nine"])]
    latest = max(float(group.curve["time"].max()) for group in every)
    # Where nine in ten are not done yet, the whole curve tells how far it got.
    return (max(known) * SEEN if len(known) == len(every) else latest) or 1.0


def _draw_scales(ax: Axes, end: float) -> None:
    ax.set_yticks([0, 0.5, 1], ["0%", "50%", "100%"])
    places = MaxNLocator(TICKS, steps=TICK_STEPS).tick_values(0, end)
    shown = [place for place in places if 0 <= place <= LAST_TICK * end]
    ax.set_xticks(shown, [numbers.plain_hours(place) for place in shown])
    ax.tick_params(labelsize=SMALL)
    ax.grid(axis="y")


def _steps(group: Group, column: str) -> tuple[np.ndarray, np.ndarray]:
    """Return times and the share not done, from all of them at time 0."""
    time = np.append(0.0, group.curve["time"].to_numpy(float))
    return time, 1 - np.append(0.0, group.curve[column].to_numpy(float))


def _draw_curve(ax: Axes, group: Group) -> None:
    time, low = _steps(group, "high")
    _, high = _steps(group, "low")
    ax.fill_between(time, low, high, step="post", color=PALETTE["band"], lw=0)
    ax.step(*_steps(group, "share_done"), where="post", color=PALETTE["ink"], lw=1.5)


def _draw_marks(ax: Axes, group: Group) -> None:
    """Mark by when half and nine in ten are done, in words beside the dot."""
    for share, which in MARKS:
        time = group.row[f"time_{which}"]
        if pd.isna(time):
            continue
        ax.plot([time], [1 - share], "o", ms=DOT, color=PALETTE["ink"], mec=PALETTE["paper"],
                clip_on=False)  # fmt: skip
        # The line only falls: what stands above it to the right is clear of it.
        ax.annotate(
            numbers.hours(time), (time, 1 - share), xytext=(ASIDE, ASIDE), va="bottom",
            textcoords="offset points", fontsize=SMALL, annotation_clip=False,
        )  # fmt: skip
