"""The process map: statuses as boxes filled with late tickets' time, and the ways between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from slm_analysis.analyses.bottlenecks import Bottlenecks
from slm_analysis.presentation.chart import Chart, Draw, set_height
from slm_analysis.presentation.lettering import wrapped
from slm_analysis.presentation.numbers import percent
from slm_analysis.presentation.plots.rows import draw_nothing
from slm_analysis.presentation.tables import process_flow as tables
from slm_analysis.presentation.theme import NARROW, PALETTE, SMALL, WIDE
from slm_analysis.presentation.words import process_flow as words
from slm_analysis.questions.process_flow import ProcessFlow

MOST_BOXES = 9
RARE = 0.02
"""Moves made by a smaller part of the tickets are left out."""
LANES = {False: 4, True: 1}
"""Lines beside the boxes on either side, wide and narrow."""
LANE = {False: 48, True: 44}
"""Pixels of a lane; its number stands in it."""
NAME, GAP, EDGE = 16, 30, 10
"""Pixels of a line of a name, between boxes, and above the first and below the last."""
FIGURES = 26
"""Pixels of a box below the name."""
LETTERS = {False: 46, True: 26}
FILL = 6
"""Pixels of the bar of time at a box's lower edge."""
PORT = 8
"""Pixels by which lines leave a box off its middle, and reach it on the other side of it."""
TEN_THOUSAND = 10_000
HEAD = {"arrowstyle": "-|>", "color": PALETTE["line"], "lw": 1.1, "shrinkA": 0, "shrinkB": 0,
        "mutation_scale": 9}  # fmt: skip
FAINT: Mapping[str, Any] = {"fontsize": SMALL, "color": PALETTE["muted"], "va": "center"}


def plot(result: ProcessFlow | Bottlenecks) -> Chart:
    """Return the process map."""
    flow = result.flow if isinstance(result, ProcessFlow) else result
    draw = draw_nothing(f"{words.NOTHING}.")
    if flow is not None and len(flow.statuses):
        boxes = _boxes(flow)
        draw = _map(boxes, _lines(flow, boxes), of_late=flow.late > 0)
    return Chart(words.caption(result), draw, tables.table(result))


def _boxes(flow: Bottlenecks) -> pd.DataFrame:
    """Return the statuses to draw, in the order of the process, with their shares."""
    most = flow.stops.nlargest(MOST_BOXES, "tickets").sort_values(["place", "status"])
    figures = flow.statuses[["status", "share", "late_share", "kept_share", "finding"]]
    boxes = most.merge(figures, on="status", how="left").reset_index(drop=True)
    filled = boxes["late_share" if flow.late else "share"]
    return boxes.assign(finding=boxes["finding"].eq(True), filled=filled)


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


def _map(boxes: pd.DataFrame, lines: pd.DataFrame, *, of_late: bool) -> Draw:
    """Return the drawing: boxes below each other, moves between and beside them."""
    straight = lines[lines["end"] == lines["start"] + 1]
    around = lines.drop(straight.index)

    def draw(figure: Figure, narrow: bool) -> None:
        names = [wrapped(name, LETTERS[narrow]) for name in boxes["status"]]
        sizes = np.array([NAME * len(name) + FIGURES for name in names])
        tops = EDGE + np.cumsum([0, *(sizes[:-1] + GAP)])
        width, height = NARROW if narrow else WIDE, tops[-1] + sizes[-1] + EDGE
        set_height(figure, height)
        ax = figure.add_axes((0, 0, 1, 1))
        ax.set(xlim=(0, width), ylim=(height, 0))
        ax.set_axis_off()
        side = LANE[narrow] * LANES[narrow] + EDGE
        ends = (side, width - side)
        for at in range(len(boxes)):
            box = boxes.iloc[at]
            place = (tops[at], sizes[at])
            _draw_box(ax, box, names[at], ends, place, _figures(box, narrow, of_late))
        for start, _, moves in straight.itertuples(index=False):
            bottom = tops[start] + sizes[start]
            _arrow(ax, [(width / 2, bottom), (width / 2, bottom + GAP)])
            ax.text(width / 2 + 8, bottom + GAP / 2, f"{moves:,}", **FAINT)
        middle = tops + sizes / 2
        for start, end, moves, lane in _lanes(around, LANES[narrow]):
            out = LANE[narrow] * (lane + 1 / 4)
            _draw_around(ax, (middle[start], middle[end]), moves, out, ends)

    return draw


def _draw_box(
    ax: Axes,
    box: pd.Series,
    name: Sequence[str],
    ends: tuple[float, float],
    place: tuple[float, float],
    figures: str,
) -> None:
    """Draw a status with its name, the bar of its time and its figures."""
    (left, right), (top, size) = ends, place
    width = right - left
    colour = PALETTE["acc"] if box["finding"] else PALETTE["band2"]
    ax.add_patch(Rectangle((left, top), width, size, fc=PALETTE["band"], lw=0))
    bar = np.nan_to_num(box["filled"]) * width
    ax.add_patch(Rectangle((left, top + size - FILL), bar, FILL, fc=colour, lw=0))
    ax.add_patch(Rectangle((left, top), width, size, fc="none", ec=PALETTE["lim"], lw=0.8))
    weight = "bold" if box["finding"] else "normal"
    for at, line in enumerate(name):
        ax.text(left + 8, top + NAME * (at + 0.75), line, va="center", fontweight=weight)
    ax.text(left + 8, top + size - FILL - 9, figures, **FAINT)


def _figures(box: pd.Series, narrow: bool, of_late: bool) -> str:
    """Return the shares of a status in words; nothing where no time counts."""
    if pd.isna(box["share"]):
        return "no time counted"
    if not of_late:
        return f"{percent(box['share'])} of the time"
    late, kept = words.shares(box)
    return f"late {late}, in time {kept}" if narrow else f"late tickets {late}, in time {kept}"


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
