"""Dots with intervals, one row each: levels against goals, scores, effects, excesses."""

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
from slm_analysis.presentation.language import _
from slm_analysis.presentation.lettering import shortened
from slm_analysis.presentation.theme import NARROW, PALETTE, SMALL, WIDE

ROW = {False: 34, True: 74}
"""Pixels per row, wide and narrow (there the label stands above the dot)."""
TOP, BOTTOM = 26, 34
LABELS, VALUES = 276, 236
"""Pixels left and right of the wide drawing for labels and values."""
LONGEST_LABEL = {False: 37, True: 46}
BOLDER = 4
"""Letters fewer that fit where they are bold."""
DOT = 7
GOAL_HALF = {False: 9, True: 13}
"""Pixels of the goal's stroke above and below its dot, clear of the words."""
UNDER = 9
"""Pixels by which a label and the words below it part from the middle of their row."""
MOST_TICKS, TICK_STEPS = 5, [1, 2, 2.5, 5, 10]
"""Steps of the narrow scale, and which numbers they stand at."""
AXIS_LABEL = 18
UNDER_ROW = 8
"""Pixels that a row is higher where there are words below its label."""

ACCENTED = {"bad", "worse"}
MARKERS = {"plain": "o", "bad": "D", "good": "D", "better": "^", "worse": "v", "same": "s",
           "unsure": "o"}  # fmt: skip
HOLLOW = {"good", "unsure"}
DOTTED = (0, (1.2, 1.2))
CLEAR = {"facecolor": PALETTE["paper"], "edgecolor": "none", "pad": 1}
"""Behind words that a line would cross."""


@dataclass(frozen=True)
class Row:
    """One row: a label, a dot with its interval, its goal, and words at the right.

    `mark` is ``plain``, ``bad`` (unfavourable and more than chance), ``good`` (favourable and
    more than chance) or ``hidden`` (no figure; `words` says why); of an effect ``better``,
    ``worse``, ``same`` or ``unsure``. `under` and `figures` stand below label and words.
    """

    label: str
    value: float
    low: float
    high: float
    words: str
    mark: str = "plain"
    goal: float | None = None
    under: str = ""
    figures: str = ""


def draw_rows(
    rows: Sequence[Row],
    limits: tuple[float, float],
    tick: Callable[[float], str],
    *,
    band: tuple[float, float] | None = None,
    band_label: str = "",
    line: float | None = None,
    line_label: str = "",
    axis_label: str = "",
    marks: Sequence[float] | None = None,
) -> Draw:
    """Return the drawing of rows on one scale.

    Parameters
    ----------
    rows : sequence of Row
        Top to bottom.
    limits : tuple of float
        Ends of the scale.
    tick : callable
        Writes a number on the scale, with its unit.
    band : tuple of float, optional
        A stretch that is too small to matter, shaded.
    line : float, optional
        A value that all rows are seen against: a common goal, or no effect.
    axis_label : str
        What the scale measures, where its ticks do not say it.
    marks : sequence of float, optional
        Where the scale has ticks; else at round numbers.
    """

    def draw(figure: Figure, narrow: bool) -> None:
        step = ROW[narrow] + (UNDER_ROW if any(row.under or row.figures for row in rows) else 0)
        bottom = BOTTOM + (AXIS_LABEL if axis_label else 0)
        height = TOP + step * len(rows) + bottom
        set_height(figure, height)
        width = NARROW if narrow else WIDE
        left, right = (10, 14) if narrow else (LABELS, VALUES)
        ax = figure.add_axes(
            (
                left / width,
                bottom / height,
                (width - left - right) / width,
                step * len(rows) / height,
            )
        )
        ax.set(xlim=limits, ylim=(len(rows) - 0.5, -0.5), yticks=[])
        if narrow:
            ax.xaxis.set_major_locator(MaxNLocator(MOST_TICKS, steps=TICK_STEPS))
        shown = ax.get_xticks() if marks is None else marks
        ticks = [t for t in shown if limits[0] <= t <= limits[1]]
        ax.set_xticks(ticks, [tick(t) for t in ticks])
        if narrow:
            # At the edges there is no room for half a label.
            for at, label in zip(ticks, ax.get_xticklabels(), strict=True):
                if np.isclose(at, limits[0]):
                    label.set_horizontalalignment("left")
                elif np.isclose(at, limits[1]):
                    label.set_horizontalalignment("right")
        ax.set_xlabel(axis_label)
        ax.grid(axis="x")
        if band is not None:
            ax.axvspan(*band, color=PALETTE["band"], lw=0)
            ax.text(sum(band) / 2, -0.55, band_label, ha="center", va="bottom",
                    fontsize=SMALL, color=PALETTE["muted"])  # fmt: skip
        if line is not None:
            ax.axvline(line, color=PALETTE["ink"], lw=1.2, dashes=(4, 3))
            ax.text(line, -0.55, line_label, ha="center", va="bottom", fontsize=SMALL,
                    fontweight="bold")  # fmt: skip
        edge = mtransforms.blended_transform_factory(ax.transAxes, ax.transData)
        for at, row in enumerate(rows):
            _draw_row(ax, row, at + (0.1 if narrow else 0), limits, GOAL_HALF[narrow] / step)
            if narrow:
                _narrow_words(ax, row, at, edge, box=None if line is None else CLEAR)
            else:
                _wide_words(ax, row, at, edge)

    return draw


def _wide_words(ax: Axes, row: Row, at: int, edge: mtransforms.Transform) -> None:
    """Write the label left of a row, and its words at the right."""
    weight, colour = _emphasis(row)
    under = shortened(row.under, LONGEST_LABEL[False])
    label = shortened(row.label, LONGEST_LABEL[False] - (BOLDER if weight == "bold" else 0))

    def write(text: str, side: int, y: float, **looks: Any) -> None:
        ax.annotate(text, (side, at), xycoords=edge, xytext=((-12, 12)[side], y), va="center",
                    textcoords="offset points", ha=("right", "left")[side], **looks)  # fmt: skip

    write(label, 0, UNDER if row.under else 0, fontweight=weight)
    write(row.words, 1, UNDER if row.figures else 0, color=colour)
    write(under, 0, -UNDER, fontsize=SMALL, color=PALETTE["muted"])
    write(row.figures, 1, -UNDER, fontsize=SMALL, color=PALETTE["muted"])


def _narrow_words(
    ax: Axes, row: Row, at: int, edge: mtransforms.Transform, box: dict[str, Any] | None
) -> None:
    """Write the label above a row, and its words below it, clear of a line through all rows."""
    weight, colour = _emphasis(row)
    under = shortened(row.under, LONGEST_LABEL[True])
    label = shortened(row.label, LONGEST_LABEL[True] - (BOLDER if weight == "bold" else 0))
    top, bottom = (-0.4, 0.35) if row.under else (-0.26, 0.4)
    words = row.words
    if row.figures:
        words = _("{name}: {text}").format(name=row.words, text=row.figures)
    ax.text(0, at + top, label, transform=edge, va="center", fontweight=weight)
    ax.text(0, at - 0.19, under, transform=edge, va="center", fontsize=SMALL,
            color=PALETTE["muted"])  # fmt: skip
    ax.text(1, at + bottom, words, transform=edge, ha="right", va="center", fontsize=SMALL,
            color=colour, bbox=box)  # fmt: skip


def _emphasis(row: Row) -> tuple[str, str]:
    """Return weight of the label and colour of the words."""
    if row.mark in ACCENTED:
        return "bold", PALETTE["acc"]
    return "normal", PALETTE["muted" if row.mark == "hidden" else "ink"]


def _draw_row(ax: Axes, row: Row, y: float, limits: tuple[float, float], goal_half: float) -> None:
    if row.goal is not None:
        ax.plot([row.goal] * 2, [y - goal_half, y + goal_half], color=PALETTE["ink"], lw=1.6,
                solid_capstyle="butt")  # fmt: skip
    if np.isnan(row.value):
        return
    colour = PALETTE["acc"] if row.mark in ACCENTED else PALETTE["ink"]
    if not np.isnan(row.low):
        ax.plot(np.clip([row.low, row.high], *limits), [y, y], color=colour, lw=1.8,
                ls=DOTTED if row.mark == "unsure" else "-",
                solid_capstyle="butt", dash_capstyle="butt")  # fmt: skip
    face = PALETTE["paper"] if row.mark in HOLLOW else colour
    ax.plot([row.value], [y], MARKERS.get(row.mark, "o"), ms=DOT, color=colour, mfc=face,
            mew=1.4, clip_on=False)  # fmt: skip


def share_limits(values: Sequence[float]) -> tuple[float, float]:
    """Return ends of a scale of shares, in tens of percent, that hold all values."""
    known = [v for v in values if not np.isnan(v)]
    low = min(known, default=0.9)
    return max(0.0, np.floor(low * 10 - 0.2) / 10), 1.0
