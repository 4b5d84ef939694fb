"""Bars of counts with the number expected of each, the most first."""

from __future__ import annotations

from collections.abc import Sequence
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
from slm_analysis.presentation.numbers import count
from slm_analysis.presentation.theme import NARROW, PALETTE, SMALL, WIDE

STEP = {False: 36, True: 74}
"""Pixels per bar, wide and narrow (there the label stands above the bar, its words below)."""
THICK = {False: 20, True: 18}
TICK_OVER = 4
"""Pixels by which the mark of what was expected reaches over the bar on either side."""
TOP, BOTTOM = 30, 30
LABELS, WORDS, SHARES = 230, 12, 212
"""Pixels from the left to the bars, and from their end to the words and to the end of shares."""
LONGEST_LABEL = {False: 29, True: 44}
MOST_TICKS = 5
ROOM = {False: 1.3, True: 1.36}
"""The scale goes so far beyond the longest bar, for the words at its end."""
BESIDE, MOST_ROOM = 1.05, 3.0
"""It goes so far beyond the largest number expected, but no further than three longest bars."""


@dataclass(frozen=True)
class Bar:
    """One group: its count, the number expected, and words at the right.

    `over` is said of what lies above the expectation, where that is unfavourable and more than
    chance; empty otherwise.
    """

    label: str
    count: float
    expected: float
    words: str
    share: str
    over: str = ""


def draw_bars(bars: Sequence[Bar], unit: str, heads: tuple[str, str], expected_label: str) -> Draw:
    """Return the drawing of bars on one scale of counts, from 0.

    Parameters
    ----------
    bars : sequence of Bar
        Top to bottom.
    unit : str
        What is counted, written at the last tick.
    heads : tuple of str
        What stands above the words and the shares, where there is room.
    expected_label : str
        What the upright mark of the first bar means; said there where there is room.
    """

    def draw(figure: Figure, narrow: bool) -> None:
        step, width = STEP[narrow], NARROW if narrow else WIDE
        height = TOP + step * len(bars) + BOTTOM
        set_height(figure, height)
        left, right = (10, 14) if narrow else (LABELS, SHARES + 8)
        ax = figure.add_axes(
            (
                left / width,
                BOTTOM / height,
                (width - left - right) / width,
                (height - TOP - BOTTOM) / height,
            )
        )
        ax.set(xlim=(0, _end(bars, narrow)), ylim=(len(bars) - 0.5, -0.5), yticks=[])
        _count_ticks(ax, unit)
        for at, bar in enumerate(bars):
            _draw_bar(ax, bar, at, THICK[narrow] / step, TICK_OVER / step)
            (_narrow_words if narrow else _wide_words)(ax, bar, at)
        if not narrow:
            _write_heads(ax, heads)
            _explain(ax, bars[0], expected_label, (THICK[narrow] / 2 + TICK_OVER) / step)

    return draw


def _end(bars: Sequence[Bar], narrow: bool) -> float:
    """Return the end of the scale: beyond the longest bar and, if near, what was expected."""
    longest = max(bar.count for bar in bars)
    expected = max([bar.expected for bar in bars if not np.isnan(bar.expected)], default=0.0)
    return max(ROOM[narrow] * longest, min(BESIDE * expected, MOST_ROOM * longest), 1.0)


def _write_heads(ax: Axes, heads: tuple[str, str]) -> None:
    for x, head, side in ((WORDS, heads[0], "left"), (SHARES, heads[1], "right")):
        ax.annotate(head, (1, -0.5), xycoords=_edge(ax), xytext=(x, 6), ha=side, va="bottom",
                    textcoords="offset points", fontsize=SMALL, color=PALETTE["muted"])  # fmt: skip


def _edge(ax: Axes) -> mtransforms.Transform:
    return mtransforms.blended_transform_factory(ax.transAxes, ax.transData)


def _count_ticks(ax: Axes, unit: str) -> None:
    ends = ax.get_xlim()
    ticks = [t for t in MaxNLocator(MOST_TICKS, integer=True).tick_values(*ends) if t <= ends[1]]
    names = [f"{t:,.0f}" for t in ticks]
    ax.set_xticks(ticks, [*names[:-1], f"{names[-1]} {unit}"])
    ax.grid(axis="x")


def _draw_bar(ax: Axes, bar: Bar, y: float, thick: float, over: float) -> None:
    usual = bar.expected if bar.over else bar.count
    ax.barh(y, usual, thick, color=PALETTE["band2"], lw=0)
    if bar.over:
        ax.barh(y, bar.count - usual, thick, left=usual, color=PALETTE["acc"], lw=0)
    if _on_scale(ax, bar):
        reach = thick / 2 + over
        ax.plot([bar.expected] * 2, [y - reach, y + reach], color=PALETTE["ink"], lw=2,
                solid_capstyle="butt", clip_on=False)  # fmt: skip


def _on_scale(ax: Axes, bar: Bar) -> bool:
    return bool(bar.expected <= ax.get_xlim()[1])


def _said(ax: Axes, bar: Bar) -> str:
    """Return what stands at the end of a bar."""
    if bar.over or np.isnan(bar.expected) or _on_scale(ax, bar):
        return bar.over
    return _("fewer than the {n} expected").format(n=count(bar.expected))


def _explain(ax: Axes, bar: Bar, expected_label: str, above: float) -> None:
    """Say what the upright mark of the first bar means."""
    if _on_scale(ax, bar):
        side = "left" if bar.expected < ax.get_xlim()[1] / 2 else "right"
        ax.annotate(expected_label, (bar.expected, -above), xytext=(0, 2), va="bottom", ha=side,
                    textcoords="offset points", fontsize=SMALL, color=PALETTE["muted"])  # fmt: skip


def _wide_words(ax: Axes, bar: Bar, at: int) -> None:
    def write(text: str, side: int, x: float, ha: str, **looks: Any) -> None:
        ax.annotate(text, (side, at), xycoords=_edge(ax), xytext=(x, 0), ha=ha, va="center",
                    textcoords="offset points", **looks)  # fmt: skip

    weight = "bold" if bar.over else "normal"
    write(shortened(bar.label, LONGEST_LABEL[False]), 0, -WORDS, "right", fontweight=weight)
    write(bar.words, 1, WORDS, "left")
    write(bar.share, 1, SHARES, "right", color=PALETTE["muted"])
    _at_end(ax, bar, at)


def _narrow_words(ax: Axes, bar: Bar, at: int) -> None:
    edge, weight = _edge(ax), "bold" if bar.over else "normal"
    label = shortened(bar.label, LONGEST_LABEL[True])
    words = _("{words}, {share} so far").format(words=bar.words, share=bar.share)
    ax.text(0, at - 0.3, label, transform=edge, va="center", fontweight=weight)
    ax.text(1, at + 0.32, words, transform=edge, ha="right",
            va="center", fontsize=SMALL, color=PALETTE["muted"])  # fmt: skip
    _at_end(ax, bar, at)


def _at_end(ax: Axes, bar: Bar, at: int) -> None:
    colour = PALETTE["acc" if bar.over else "muted"]
    ax.annotate(_said(ax, bar), (bar.count, at), xytext=(6, 0), textcoords="offset points",
                va="center", fontsize=SMALL, color=colour)  # fmt: skip
