"""Steps from one level to another, one row each: what a change is made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib.transforms as mtransforms
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from slm_analysis.presentation.chart import Draw, set_height
from slm_analysis.presentation.lettering import shortened
from slm_analysis.presentation.theme import NARROW, PALETTE, SMALL, WIDE

ROW = {False: 34, True: 62}
"""Pixels per row, wide and narrow (there the label stands above the step, its words below)."""
THICK = {False: 18, True: 14}
TOP, BOTTOM, AXIS_LABEL = 8, 34, 18
LABELS, WORDS, VALUES = 230, 12, 250
"""Pixels from the left to the steps, from their end to the words, and from the words' start."""
LONGEST_LABEL = {False: 29, True: 44}
MOST_TICKS = 6
ROOM = 0.06
LEAST_SPAN = 1.0
"""The scale holds at least so much, so that next to nothing does not look like a cliff."""
DOT = 7


@dataclass(frozen=True)
class Step:
    """What one group adds or takes; `mark` is ``plain``, ``worse`` or ``better``."""

    label: str
    size: float
    words: str
    mark: str = "plain"


def draw_waterfall(
    start: tuple[str, str],
    steps: Sequence[Step],
    end: tuple[str, str],
    tick: Callable[[float], str],
    axis_label: str,
) -> Draw:
    """Return the drawing of steps from 0, the level at the start, to the level at the end.

    Parameters
    ----------
    start, end : tuple of str
        Label and words of either level.
    steps : sequence of Step
        Top to bottom.
    tick : callable
        Writes a number on the scale.
    axis_label : str
        What the scale measures.
    """
    reached = np.cumsum([0.0, *(step.size for step in steps)])

    def draw(figure: Figure, narrow: bool) -> None:
        rows, width = len(steps) + 2, NARROW if narrow else WIDE
        height = TOP + ROW[narrow] * rows + BOTTOM + AXIS_LABEL
        set_height(figure, height)
        left, right = (10, 14) if narrow else (LABELS, VALUES)
        ax = figure.add_axes(
            (
                left / width,
                (BOTTOM + AXIS_LABEL) / height,
                (width - left - right) / width,
                ROW[narrow] * rows / height,
            )
        )
        ax.set(xlim=_limits(reached), ylim=(rows - 0.5, -0.5), yticks=[], xlabel=axis_label)
        low, high = ax.get_xlim()
        places = np.asarray(MaxNLocator(MOST_TICKS).tick_values(low, high))
        ticks = places[(places >= low) & (places <= high)].tolist()
        ax.set_xticks(ticks, [tick(value) for value in ticks])
        ax.grid(axis="x")
        # Words cross the narrow drawing: lines that they would touch are thin there or left out.
        ax.axvline(0, color=PALETTE["grid" if narrow else "ink"], lw=1)
        write = _write_narrow if narrow else _write_wide
        for at, (label, words), value in ((0, start, 0.0), (rows - 1, end, reached[-1])):
            ax.plot([value], [at], "o", ms=DOT, color=PALETTE["ink"], clip_on=False)
            write(ax, at, label, words, bold=True)
        for at, step in enumerate(steps, start=1):
            _draw_step(ax, step, at, reached[at - 1], THICK[narrow] / ROW[narrow])
            write(ax, at, step.label, step.words, bold=step.mark == "worse")
        if not narrow:
            for at, value in enumerate(reached):
                ax.plot([value, value], [at, at + 1], color=PALETTE["lim"], lw=0.8)

    return draw


def _limits(reached: np.ndarray) -> tuple[float, float]:
    low, high = float(reached.min()), float(reached.max())
    short = max(LEAST_SPAN - (high - low), 0.0) / 2
    room = ROOM * max(high - low, LEAST_SPAN)
    return low - short - room, high + short + room


def _draw_step(ax: Axes, step: Step, at: int, start: float, thick: float) -> None:
    looks: dict[str, Any] = {
        "plain": {"color": PALETTE["band2"], "lw": 0},
        "worse": {"color": PALETTE["acc"], "lw": 0},
        "better": {"facecolor": PALETTE["paper"], "edgecolor": PALETTE["ink"], "lw": 1.4},
    }[step.mark]
    ax.barh(at, step.size, thick, left=start, zorder=2, **looks)


def _edge(ax: Axes) -> mtransforms.Transform:
    return mtransforms.blended_transform_factory(ax.transAxes, ax.transData)


def _write_wide(ax: Axes, at: int, label: str, words: str, *, bold: bool) -> None:
    weight = "bold" if bold else "normal"
    for text, side, x, ha, looks in (
        (shortened(label, LONGEST_LABEL[False]), 0, -WORDS, "right", weight),
        (words, 1, WORDS, "left", "normal"),
    ):
        ax.annotate(text, (side, at), xycoords=_edge(ax), xytext=(x, 0), ha=ha, va="center",
                    textcoords="offset points", fontweight=looks)  # fmt: skip


def _write_narrow(ax: Axes, at: int, label: str, words: str, *, bold: bool) -> None:
    ax.text(0, at - 0.32, shortened(label, LONGEST_LABEL[True]), transform=_edge(ax), va="center",
            fontweight="bold" if bold else "normal")  # fmt: skip
    ax.text(1, at + 0.32, words, transform=_edge(ax), ha="right", va="center", fontsize=SMALL,
            color=PALETTE["muted"])  # fmt: skip
