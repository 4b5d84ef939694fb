"""Dots with intervals, one row each: levels against goals, scores, effects, excesses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import matplotlib.transforms as mtransforms
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from slm_analysis.presentation.chart import Draw, set_height
from slm_analysis.presentation.theme import NARROW, PALETTE, SMALL, WIDE

ROW = {False: 34, True: 74}
"""Pixels per row, wide and narrow (there the label stands above the dot)."""
TOP, BOTTOM = 26, 34
LABELS, VALUES = 250, 236
"""Pixels left and right of the wide drawing for labels and values."""
LONGEST_LABEL = {False: 38, True: 46}
DOT = 7
GOAL_HALF = 0.36
UNDER = 9
"""Pixels by which a label and the words below it part from the middle of their row."""
UNDER_ROW = 8
"""Pixels that a row is higher where there are words below its label."""

ACCENTED = {"bad", "worse"}
MARKERS = {"plain": "o", "bad": "D", "good": "D", "better": "^", "worse": "v", "same": "s",
           "unsure": "o"}  # fmt: skip
HOLLOW = {"good", "unsure"}


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
    """

    def draw(figure: Figure, narrow: bool) -> None:
        step = ROW[narrow]
        height = TOP + step * len(rows) + BOTTOM
        set_height(figure, height)
        width = NARROW if narrow else WIDE
        left, right = (10, 14) if narrow else (LABELS, VALUES)
        ax = figure.add_axes(
            (
                left / width,
                BOTTOM / height,
                (width - left - right) / width,
                step * len(rows) / height,
            )
        )
        ax.set(xlim=limits, ylim=(len(rows) - 0.5, -0.5), yticks=[])
        ticks = [t for t in ax.get_xticks() if limits[0] <= t <= limits[1]]
        ax.set_xticks(ticks, [tick(t) for t in ticks])
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
            y = at + (0.1 if narrow else 0)
            _draw_row(ax, row, y, limits)
            weight = "bold" if row.mark == "bad" else "normal"
            label = shortened(row.label, LONGEST_LABEL[narrow])
            colour = PALETTE["acc"] if row.mark == "bad" else PALETTE["ink"]
            quiet = PALETTE["muted"] if row.mark == "hidden" else colour
            if narrow:
                ax.text(0, at - 0.26, label, transform=edge, va="center", fontweight=weight)
                ax.text(1, at + 0.42, row.words, transform=edge, ha="right", va="center",
                        color=quiet, fontsize=SMALL)  # fmt: skip
            else:
                ax.annotate(label, (0, at), xycoords=edge, xytext=(-12, 0), ha="right",
                            textcoords="offset points", va="center", fontweight=weight)  # fmt: skip
                ax.annotate(row.words, (1, at), xycoords=edge, xytext=(12, 0), color=quiet,
                            textcoords="offset points", va="center")  # fmt: skip

    return draw


def _draw_row(ax: Axes, row: Row, y: float, limits: tuple[float, float]) -> None:
    if row.goal is not None:
        ax.plot([row.goal] * 2, [y - GOAL_HALF / 1.4, y + GOAL_HALF / 1.4], color=PALETTE["ink"],
                lw=1.6, solid_capstyle="butt")  # fmt: skip
    if np.isnan(row.value):
        return
    colour = PALETTE["acc"] if row.mark == "bad" else PALETTE["ink"]
    if not np.isnan(row.low):
        ax.plot(np.clip([row.low, row.high], *limits), [y, y], color=colour, lw=1.8,
                solid_capstyle="butt")  # fmt: skip
    marker, face = {"bad": ("D", colour), "good": ("D", PALETTE["paper"])}.get(
        row.mark, ("o", colour)
    )
    ax.plot([row.value], [y], marker, ms=DOT, color=colour, mfc=face, mew=1.4, clip_on=False)


def shortened(text: str, most: int) -> str:
    """Return a label that fits, its end cut where it must."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def share_limits(values: Sequence[float]) -> tuple[float, float]:
    """Return ends of a scale of shares, in tens of percent, that hold all values."""
    known = [v for v in values if not np.isnan(v)]
    low = min(known, default=0.9)
    return max(0.0, np.floor(low * 10 - 0.2) / 10), 1.0
