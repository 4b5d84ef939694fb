"""The funnel: shares kept against how many cases they rest on, one panel per goal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.ticker import MaxNLocator, NullLocator

from slm_analysis.analyses.goal_test import chance_limits
from slm_analysis.presentation.chart import Chart, Draw, set_height
from slm_analysis.presentation.lettering import letters, shortened
from slm_analysis.presentation.numbers import plain_percent
from slm_analysis.presentation.theme import FONT_SIZE, NARROW, PALETTE, SMALL, WIDE
from slm_analysis.presentation.words import portfolio_funnel as words
from slm_analysis.questions.portfolio import Portfolio

HEAD, PANEL, FOOT = 46, 250, 46
"""Pixels of a panel's name, of the panel, and of its scale."""
LEFT, RIGHT, BETWEEN = 44, 10, 56
ALONE = 620
"""Width of a panel that has no other beside it."""
STEPS = 80
"""Places at which the ends of the shade are worked out."""
AIR = 1.25
"""Room left and right, as a factor of the number of cases."""
USUAL = 0.02
"""Part of the shares that may lie below the scale, unless they stand out."""
GRID, NEAR, HIGHEST, NAMED = 0.05, 0.2, 0.9, 0.02
"""The scale begins at a multiple of 5 %, clear of the lowest dot and name, at 90 % at most."""
TOP = 1.008
"""Room for dots at 100 %."""
DOT, DIAMOND, CARET, TOUCH = 4.4, 8, 6, 1e-3
TOGETHER = 2.0
"""Dots on the same square of so many pixels are drawn as one."""
CARET_DOWN = 7
"""Marker of matplotlib for a share off the scale."""
ROUND = (1, 2, 5)
MOST_TICKS = 8
MOST_NAMED = 5
LONGEST_NAME = 24
LINE, GAP, LETTER = 15, 7, 7.4
"""Pixels of a line of a name, between a diamond and its name, and of a bold letter."""
DASHES = (4, 3)


def plot(result: Portfolio) -> Chart:
    """Return a dot per promise, those that fall short by more than chance marked and named."""
    caption, promises = words.caption(result), words.judged(result)
    if promises.empty:
        return Chart(caption)
    return Chart(caption, _draw(promises, words.goals(promises), result.chance))


def _draw(promises: pd.DataFrame, goals: Sequence[float], chance: float) -> Draw:
    shown = [promises[np.isclose(promises["goal_share"], goal)] for goal in goals]
    cases = pd.concat(shown)["cases"]
    across = (max(cases.min() / AIR, 0.5), cases.max() * AIR)
    bottom = _bottom(pd.concat(shown))

    def draw(figure: Figure, narrow: bool) -> None:
        block = HEAD + PANEL + FOOT
        rows = len(goals) if narrow else 1
        height, width = block * rows, NARROW if narrow else WIDE
        set_height(figure, height)
        columns = 1 if narrow else len(goals)
        room = (width - RIGHT - LEFT - BETWEEN * (columns - 1)) / columns
        room = room if narrow or columns > 1 else ALONE
        for place, (goal, own) in enumerate(zip(goals, shown, strict=True)):
            row, column = (place, 0) if narrow else (0, place)
            left = LEFT + column * (room + BETWEEN)
            base = height - row * block - HEAD - PANEL
            ax = figure.add_axes((left / width, base / height, room / width, PANEL / height))
            ax.set(xscale="log", xlim=across, ylim=(bottom, TOP))
            _draw_scales(ax, across)
            _draw_shade(ax, goal, chance)
            _draw_dots(ax, own)
            _write_head(ax, goal, len(own))

    return draw


def _bottom(promises: pd.DataFrame) -> float:
    """Return where the scale begins: below what stands out and all but the rarest shares."""
    usual = promises["share"].quantile(USUAL, interpolation="lower")
    fallen = words.short(promises)["share"] - NAMED
    return float(np.clip(np.floor(min([usual, *fallen]) / GRID - NEAR) * GRID, 0.0, HIGHEST))


def _draw_scales(ax: Axes, across: tuple[float, float]) -> None:
    powers = range(int(np.floor(np.log10(across[0]))), int(np.ceil(np.log10(across[1]))) + 1)
    steps = [
        [first * 10**power for power in powers for first in firsts if power >= 0]
        for firsts in (ROUND, ROUND[:1])
    ]
    inside = [[at for at in ticks if across[0] <= at <= across[1]] for ticks in steps]
    ticks = inside[0] if len(inside[0]) <= MOST_TICKS else inside[1]
    ax.set_xticks(ticks, [f"{tick:,}" for tick in ticks])
    ax.xaxis.set_minor_locator(NullLocator())
    ax.set_xlabel(words.axis_label())
    ax.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    shown = [tick for tick in ax.get_yticks() if ax.get_ylim()[0] <= tick <= 1]
    ax.set_yticks(shown, [plain_percent(tick) for tick in shown])
    ax.grid(axis="y")


def _draw_shade(ax: Axes, goal: float, chance: float) -> None:
    cases = np.geomspace(*ax.get_xlim(), STEPS)
    low, high = chance_limits(cases, goal, chance)
    ax.fill_between(cases, low, high, color=PALETTE["band"], lw=0)
    ax.plot(cases, low, color=PALETTE["lim"], lw=0.8)
    ax.axhline(goal, color=PALETTE["ink"], lw=1.4, dashes=DASHES)


def _draw_dots(ax: Axes, promises: pd.DataFrame) -> None:
    fallen = words.short(promises)
    others = promises.drop(index=fallen.index)
    bottom = ax.get_ylim()[0]
    below = others["share"] < bottom
    ax.add_patch(_dots(ax, others[~below]))
    ax.plot(others["cases"][below], [bottom] * int(below.sum()), ls="", marker=CARET_DOWN,
            ms=CARET, color=PALETTE["line"], clip_on=False)  # fmt: skip
    ax.plot(fallen["cases"], fallen["share"], "D", ms=DIAMOND, color=PALETTE["acc"],
            mec=PALETTE["paper"], clip_on=False)  # fmt: skip
    _write_names(ax, fallen.head(MOST_NAMED))


def _dots(ax: Axes, promises: pd.DataFrame) -> PathPatch:
    """Return many dots as one path: each a stroke of hardly any length with round ends."""
    places = promises[["cases", "share"]].to_numpy(dtype=float)
    # Of dots that cover each other one is enough.
    pixels = np.round(ax.transData.transform(places) / TOGETHER)
    places = np.repeat(places[np.unique(pixels, axis=0, return_index=True)[1]], 2, axis=0)
    places[1::2, 0] *= 1 + TOUCH
    path = Path(places, np.tile([Path.MOVETO, Path.LINETO], len(places) // 2))
    path.should_simplify = False
    return PathPatch(path, fill=False, ec=PALETTE["line"], lw=DOT, capstyle="round", clip_on=False,
                     snap=False)  # fmt: skip


def _write_names(ax: Axes, fallen: pd.DataFrame) -> None:
    """Write unit and service below each diamond, towards the roomier side, none over another."""
    frame = ax.get_window_extent()
    taken: list[tuple[float, float, float]] = []
    for _, row in fallen.sort_values("share", ascending=False).iterrows():
        lines = [shortened(str(row[of]), LONGEST_NAME) for of in ("business_unit", "service")]
        x, y = ax.transData.transform((row["cases"], row["share"])) - frame.p0
        side = 1 if x < frame.width / 2 else -1
        ends = sorted((x, x + side * max(map(letters, lines)) * LETTER))
        top = min([y - GAP, *(low for left, right, low in taken
                              if ends[0] < right and left < ends[1])])  # fmt: skip
        taken.append((*ends, top - len(lines) * LINE))
        for number, text in enumerate(lines):
            ax.annotate(
                text, (0, 0), xycoords="axes points", xytext=(x, top - LINE * (number + 0.5)),
                textcoords="axes points", ha="left" if side > 0 else "right", va="center",
                fontsize=SMALL, fontweight="bold", color=PALETTE["acc"], annotation_clip=False,
            )  # fmt: skip


def _write_head(ax: Axes, goal: float, number: int) -> None:
    named: dict[str, Any] = {"fontsize": FONT_SIZE, "fontweight": "bold"}
    told: dict[str, Any] = {"fontsize": SMALL, "color": PALETTE["muted"]}
    for text, up, looks in (
        (words.goal_label(goal), 30, named),
        (words.shade_label(number), 13, told),
    ):
        ax.annotate(text, (0, 1), xytext=(0, up), xycoords="axes fraction", va="center",
                    textcoords="offset points", annotation_clip=False, **looks)  # fmt: skip
