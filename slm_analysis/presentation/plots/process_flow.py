"""The process map: statuses as boxes with late tickets' time, and the ways between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from slm_analysis.analyses.bottlenecks import STATUS, Bottlenecks
from slm_analysis.presentation import numbers
from slm_analysis.presentation.chart import Chart, Draw, set_height
from slm_analysis.presentation.lettering import wrapped
from slm_analysis.presentation.tables import process_flow as tables
from slm_analysis.presentation.theme import NARROW, PALETTE, SMALL, WIDE
from slm_analysis.presentation.words import process_flow as words
from slm_analysis.questions.process_flow import ProcessFlow

MOST_BOXES = 9
RARE = 0.02
"""Moves made by a smaller part of the tickets are left out."""
LANES = {False: 4, True: 1}
"""Most lines beside the boxes on either side, wide and narrow."""
LANE = {False: 48, True: 44}
"""Pixels of a lane; its number stands in it."""
NAME, GAP, EDGE = 16, 30, 10
"""Pixels of a line of a name, between boxes, and above the first and below the last."""
FIGURES, LOWER = 22, 14
"""Pixels of a box below the name: the line of its figures, the bar and the edge below it."""
LETTER = 8.6
"""Pixels of a letter of a name, which may be bold."""
FILL, TICK = 8, 3
"""Pixels of the bar of time, and by which the tick reaches over it."""
INSIDE = 10
"""Pixels from the edge of a box to its name and bar."""
ELSEWHERE = 34
"""Pixels between the map and what stands below it, where the words above the latter are."""
PORT = 8
"""Pixels by which lines leave a box off its middle, and reach it on the other side of it."""
TEN_THOUSAND = 10_000
HEAD = {"arrowstyle": "-|>", "color": PALETTE["line"], "lw": 1.1, "shrinkA": 0, "shrinkB": 0,
        "mutation_scale": 9}  # fmt: skip
FAINT: Mapping[str, Any] = {"fontsize": SMALL, "color": PALETTE["muted"], "va": "center"}


def plot(result: ProcessFlow | Bottlenecks) -> Chart:
    """Return the process map, and below it where else late tickets lose time."""
    flow = result.flow if isinstance(result, ProcessFlow) else result
    draw = None
    if flow is not None and len(flow.statuses):
        boxes = _boxes(flow)
        draw = _map(boxes, _lines(flow, boxes), _elsewhere(flow))
    return Chart(words.caption(result), draw, tables.table(result))


def _boxes(flow: Bottlenecks) -> pd.DataFrame:
    """Return the statuses to draw, in the order of the process, with their shares."""
    most = flow.stops.nlargest(MOST_BOXES, "tickets").sort_values(["place", "status"])
    figures = flow.statuses.drop(columns=["tickets", "kind"])
    boxes = most.merge(figures, on="status", how="left").reset_index(drop=True)
    compared = words.is_compared(flow)
    filled = boxes["late_share" if compared else "share"]
    ticked = boxes["kept_share"] if compared else np.nan
    return boxes.assign(
        name=boxes["status"], finding=boxes["finding"].eq(True), filled=filled, ticked=ticked
    )


def _elsewhere(flow: Bottlenecks) -> pd.DataFrame:
    """Return the findings that are no status, in words, with their shares."""
    found = flow.findings[flow.findings["what"] != STATUS].reset_index(drop=True)
    names = [numbers.capitalised(words.where(row)) for __, row in found.iterrows()]
    return found.assign(
        name=names, finding=True, filled=found["late_share"], ticked=found["kept_share"]
    )


def _lines(flow: Bottlenecks, boxes: pd.DataFrame) -> pd.DataFrame:
    """Return the moves between the boxes, the most frequent first."""
    place = pd.Series(boxes.index, boxes["status"])
    moves = flow.moves.assign(
        start=flow.moves["from_status"].map(place), end=flow.moves["to_status"].map(place)
    )
    moves = moves.dropna(subset=["start", "end"]).astype({"start": int, "end": int})
    lines = moves.groupby(["start", "end"], as_index=False)["moves"].sum()
    lines = lines[lines["moves"] >= RARE * flow.tickets]
    return lines.sort_values("moves", ascending=False, kind="stable", ignore_index=True)


def _lanes(lines: pd.DataFrame, most: int) -> list[tuple[int, int, int, int]]:
    """Return start, end, moves and lane of the lines for which a lane is free at their side."""
    taken: list[tuple[int, int, int, int]] = []
    for start, end, moves in lines[["start", "end", "moves"]].itertuples(index=False):
        top, bottom = min(start, end), max(start, end)
        beside = {
            lane
            for a, b, _, lane in taken
            if (b > a) == (end > start) and min(a, b) < bottom and top < max(a, b)
        }
        free = next(lane for lane in range(len(taken) + 1) if lane not in beside)
        if free < most:
            taken.append((start, end, moves, free))
    return taken


def _map(boxes: pd.DataFrame, lines: pd.DataFrame, others: pd.DataFrame) -> Draw:
    """Return the drawing: boxes below each other, moves between and beside them, then others."""
    straight = lines[lines["end"] == lines["start"] + 1]
    around = lines.drop(straight.index)

    def draw(figure: Figure, narrow: bool) -> None:
        lanes = _lanes(around, LANES[narrow])
        width = NARROW if narrow else WIDE
        ends = (
            EDGE + LANE[narrow] * _most_lanes(lanes, back=True),
            width - EDGE - LANE[narrow] * _most_lanes(lanes, back=False),
        )
        every = pd.concat([boxes, others], ignore_index=True)
        letters = (ends[1] - ends[0] - 2 * INSIDE) / LETTER
        names = [wrapped(name, letters) for name in every["name"]]
        sizes = np.array([NAME * len(name) + FIGURES + LOWER for name in names])
        gaps = np.full(len(every), GAP)
        gaps[len(boxes) - 1 :] = EDGE
        gaps[len(boxes) - 1] = ELSEWHERE if len(others) else EDGE
        tops = EDGE + np.cumsum([0, *(sizes + gaps)[:-1]])
        height = tops[-1] + sizes[-1] + EDGE
        set_height(figure, height)
        ax = figure.add_axes((0, 0, 1, 1))
        ax.set(xlim=(0, width), ylim=(height, 0))
        ax.set_axis_off()
        for at in range(len(every)):
            box = every.iloc[at]
            _draw_box(ax, box, names[at], ends, (tops[at], sizes[at]))
        if len(others):
            ax.text(ends[0], tops[len(boxes)] - EDGE, words.elsewhere(), **FAINT)
        middle = sum(ends) / 2
        for start, _, moves in straight.itertuples(index=False):
            bottom = tops[start] + sizes[start]
            _arrow(ax, [(middle, bottom), (middle, bottom + GAP)])
            ax.text(middle + 8, bottom + GAP / 2, numbers.count(moves), **FAINT)
        middles = tops + sizes / 2
        for start, end, moves, lane in lanes:
            out = LANE[narrow] * (lane + 1 / 4)
            _draw_around(ax, (middles[start], middles[end]), moves, out, ends)

    return draw


def _most_lanes(lanes: Sequence[tuple[int, int, int, int]], *, back: bool) -> int:
    """Return how many lanes are in use at the left, for moves back, or at the right."""
    return max([lane + 1 for start, end, _, lane in lanes if (end < start) == back], default=0)


def _draw_box(
    ax: Axes,
    box: pd.Series,
    name: Sequence[str],
    ends: tuple[float, float],
    place: tuple[float, float],
) -> None:
    """Draw a box with its name, its figures, the bar of its time and the tick of that in time."""
    (left, right), (top, size) = ends, place
    colour = PALETTE["acc"] if box["finding"] else PALETTE["line"]
    ax.add_patch(Rectangle((left, top), right - left, size, fc="none", ec=PALETTE["lim"], lw=0.8))
    weight = "bold" if box["finding"] else "normal"
    for at, line in enumerate(name):
        ax.text(left + INSIDE, top + NAME * (at + 0.75), line, va="center", fontweight=weight)
    ax.text(left + INSIDE, top + size - LOWER - FIGURES / 2, words.box(box), **FAINT)
    if pd.isna(box["filled"]):
        return
    start, whole, y = left + INSIDE, right - left - 2 * INSIDE, top + size - LOWER
    ax.add_patch(Rectangle((start, y), whole, FILL, fc=PALETTE["band"], lw=0))
    ax.add_patch(Rectangle((start, y), box["filled"] * whole, FILL, fc=colour, lw=0))
    if not pd.isna(box["ticked"]):
        x = start + box["ticked"] * whole
        ax.plot([x, x], [y - TICK, y + FILL + TICK], color=PALETTE["ink"], lw=2,
                solid_capstyle="butt")  # fmt: skip


def _draw_around(
    ax: Axes, heights: tuple[float, float], moves: int, out: float, ends: tuple[float, float]
) -> None:
    """Draw a move in a lane: skipping statuses at the right, going back at the left."""
    way = 1 if heights[1] > heights[0] else -1
    edge = ends[1] if way > 0 else ends[0]
    x, leave, reach = edge + way * out, heights[0] + way * PORT, heights[1] - way * PORT
    _arrow(ax, [(edge, leave), (x, leave), (x, reach), (edge, reach)])
    ax.text(x + 4 * way, (leave + reach) / 2, _brief(moves),
            ha="left" if way > 0 else "right", **FAINT)  # fmt: skip


def _arrow(ax: Axes, points: Sequence[tuple[float, float]]) -> None:
    xs, ys = zip(*points, strict=True)
    ax.plot(xs, ys, color=PALETTE["line"], lw=1.1, solid_joinstyle="miter")
    ax.annotate("", points[-1], points[-2], arrowprops=HEAD)


def _brief(moves: int) -> str:
    """Return a count that fits a lane."""
    return f"{moves:,}" if moves < TEN_THOUSAND else f"{moves / 1000:.0f}k"
