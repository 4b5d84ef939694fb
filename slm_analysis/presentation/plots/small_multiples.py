"""Many series side by side on one scale, with the key in the panel that is left."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from slm_analysis.analyses.chart_summary import BETTER, WORSE
from slm_analysis.presentation.chart import Draw, set_height
from slm_analysis.presentation.chart_series import ChartSeries
from slm_analysis.presentation.language import _
from slm_analysis.presentation.lettering import shortened
from slm_analysis.presentation.plots.chart_panel import (
    DASHES,
    common_extent,
    draw_series,
    draw_times,
    latest,
    scale_ticks,
    size_of,
)
from slm_analysis.presentation.theme import FONT_SIZE, NARROW, PALETTE, SMALL, WIDE
from slm_analysis.questions.stability import RECENT

MOST = 9
"""More panels than this are not read side by side; where there are more, the key takes one."""
COLUMNS = {False: 3, True: 2}
LEFT, BETWEEN = 44, {False: 26, True: 16}
RIGHT = 6
HEAD, PANEL, FOOT = 42, 112, 48
"""Pixels of name and state, of the series, and of months and years."""
LETTER = {False: 7.5, True: 7.9}
STATE_LETTER = 6.4
NAME_SIZE = {False: FONT_SIZE, True: SMALL}
TICKS = 3
OFF_SCALE = 0.03
"""Part of the values at each end that may lie off the common scale."""
KEY_DOT, KEY_SIGNAL = 3, 5.5
LINE = 17
MARKERS = {WORSE: "v", BETTER: "^"}
MARK = 7


def draw_multiples(every: Sequence[ChartSeries], states: Sequence[str]) -> Draw:
    """Return the drawing of series side by side, with their states in words."""
    most = MOST if len(every) <= MOST else MOST - 1
    shown = [latest(series, RECENT) for series in every[:most]]

    def draw(figure: Figure, narrow: bool) -> None:
        across, columns = NARROW if narrow else WIDE, COLUMNS[narrow]
        rows = -(-(len(shown) + 1) // columns)
        block = HEAD + PANEL + FOOT
        height = block * rows
        set_height(figure, height)
        room = across - LEFT - RIGHT - BETWEEN[narrow] * (columns - 1)
        width = room / columns
        limits, size = common_extent(shown, OFF_SCALE), size_of(RECENT, width, limits=0)
        for place in range(len(shown) + 1):
            row, column = divmod(place, columns)
            left = LEFT + column * (width + BETWEEN[narrow])
            bottom = height - row * block - HEAD - PANEL
            ax = figure.add_axes((left / across, bottom / height, width / across, PANEL / height))
            if place == len(shown):
                _draw_key(ax, shown[0], len(every) - len(shown))
                continue
            series = shown[place]
            ax.set_ylim(limits)
            ax.set_yticks(*scale_ticks(series, limits, TICKS))
            ax.tick_params(labelleft=column == 0)
            ax.grid(axis="y")
            draw_times(ax, series, width)
            draw_series(ax, series, size)
            _write_state(ax, series, states[place], narrow)

    return draw


def _write_state(ax: Axes, series: ChartSeries, state: str, narrow: bool) -> None:
    """Write name and state above a panel, worse and better with a mark."""
    most = int(_width(ax) / LETTER[narrow])
    direction = series.summary["direction"]
    colour = PALETTE["acc" if direction == WORSE else "muted"]
    _write(ax, 26, shortened(series.name, most), fontweight="bold", fontsize=NAME_SIZE[narrow])
    marker = MARKERS.get(direction)
    left = MARK + 5 if marker else 0
    if marker:
        ax.plot([MARK / 2 / _width(ax)], [1 + 10 / PANEL], marker, transform=ax.transAxes,
                ms=MARK, color=colour, mfc=colour if direction == WORSE else PALETTE["paper"],
                clip_on=False)  # fmt: skip
    text = shortened(state, int((_width(ax) - left) / STATE_LETTER))
    _write(ax, 10, text, left=left, color=colour,
           fontweight="bold" if direction == WORSE else "normal", fontsize=SMALL)  # fmt: skip


def _draw_key(ax: Axes, series: ChartSeries, left_out: int) -> None:
    """Draw the key, and how many series are not shown."""
    ax.set_axis_off()
    ax.set(xlim=(0, _width(ax)), ylim=(0, PANEL))
    _write(ax, 26, _("How to read"), fontweight="bold", color=PALETTE["muted"])
    grey, ink, paper, accent = (PALETTE[role] for role in ("line", "ink", "paper", "acc"))
    shapes = [
        ("o", KEY_DOT, grey, grey, _("normal {period}").format(period=series.one)),
        ("s", KEY_SIGNAL, accent, accent, _("long run, worse")),
        ("D", KEY_SIGNAL, accent, accent, _("beyond a limit")),
        ("s", KEY_SIGNAL, ink, paper, _("hollow: better")),
        ("o", KEY_SIGNAL, grey, paper, _("unfinished")),
    ]
    lines: list[tuple[Any, str]] = [("-", series.middle), (DASHES, _("target"))]
    texts = [shape[-1] for shape in shapes] + [line[-1] for line in lines]
    heights = [PANEL + 8 - LINE * (place + 0.5) for place in range(len(texts) + 1)]
    for y, (mark, size, edge, face, __) in zip(heights, shapes, strict=False):
        ax.plot([10], [y], mark, ms=size, mec=edge, mfc=face, clip_on=False)
    for y, (style, __) in zip(heights[len(shapes) :], lines, strict=False):
        ax.plot([0, 20], [y, y], color=ink, lw=1.4, clip_on=False,
                ls=style if style == "-" else (0, style))  # fmt: skip
    for y, text in zip(heights, texts, strict=False):
        ax.text(28, y, text, va="center", fontsize=SMALL, color=PALETTE["muted"])
    if left_out:
        more = _("{n} more in the table").format(n=left_out)
        ax.text(0, heights[-1], more, va="center", fontsize=SMALL, fontweight="bold",
                color=PALETTE["muted"])  # fmt: skip


def _width(ax: Axes) -> float:
    return float(ax.get_window_extent().width)


def _write(ax: Axes, above: float, text: str, left: float = 0, **looks: Any) -> None:
    ax.annotate(
        text, (0, 1), xytext=(left, above), xycoords="axes fraction", va="center",
        textcoords="offset points", annotation_clip=False, **{"fontsize": FONT_SIZE} | looks,
    )  # fmt: skip
