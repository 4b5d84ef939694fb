"""Small drawings beside text: an interval with its goal, and a line of the latest periods.

They are the inside of an SVG as the page embeds it, with whole numbers and steps from point to
point, for a page may hold a thousand of them. Colours and widths are those of the style sheet:

====== ======================================= ====== =======================================
``k``  the goal of an interval                 ``t``  the target of a line
``i``  an interval                             ``s``  a run of a signal
``d``  its value                               ``m``  the mark of a signal
``a``  an end that lies beyond the scale       ``x``  unfavourable and more than chance
``h``  of a mark: hollow, for the better
====== ======================================= ====== =======================================
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from slm_analysis.analyses.chart_signals import UNFAVOURABLE
from slm_analysis.analyses.run_patterns import RISING
from slm_analysis.analyses.run_rules import RULES

EDGE = 8
"""Room for a mark at the ends of the scale."""
BAR, BAR_HIGH = 16, 32
"""Height of an interval's middle, and of what it takes."""
LINE_HIGH = 38
STROKE, DOT, ARROW = 13, 9, 7
"""Half lengths of the goal's stroke, a value's diamond, and an arrow."""
MARK, HALF = 6, 3
"""Half the width of a signal's mark, and half of that."""
SHAPES = {"beyond": "diamond", "longest_run": "square", "same_side": "square", "trend": "caret",
          "all_but_one": "hexagon", "near_limits": "hexagon"}  # fmt: skip
"""Shape of a signal by its pattern, the most telling first."""
RUNS = {"square", "caret"}
"""Shapes of what goes on over several periods: a thick line with one mark at its end."""


@dataclass(frozen=True)
class Scale:
    """What a drawing's width, or the height of its line, stands for."""

    low: float
    high: float
    start: int
    end: int

    def at(self, value: float) -> int:
        """Return the place of a value, that of the nearest end where it lies beyond."""
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return round(self.start + share * (self.end - self.start))


def interval_bar(
    value: float, low: float, high: float, goal: float, across: Scale, *, bad: bool
) -> str:
    """Return an interval with its value and the stroke of its goal.

    Parameters
    ----------
    value, low, high, goal : float
        A missing goal has no stroke.
    across : Scale
        An end of the interval that lies beyond it becomes an arrow.
    bad : bool
        Unfavourable and more than chance.
    """
    x = "x" if bad else ""
    left, right = across.at(low), across.at(high)
    drawn = [_path("i", x, f"M{left} {BAR}H{right}")]
    for end, at, out in ((low, left, low < across.low), (high, right, high > across.high)):
        if out:
            inward = ARROW if end is low else -ARROW
            drawn.append(_path("a", x, f"M{at + inward} {BAR - ARROW}l{-inward} {ARROW} "
                                       f"{inward} {ARROW}"))  # fmt: skip
    if not np.isnan(goal):
        drawn.append(_path("k", "", f"M{across.at(goal)} {BAR - STROKE}v{2 * STROKE}"))
    at = across.at(value)
    shape = f"M{at} {BAR - DOT}{_diamond(DOT)}" if bad else f"M{at} {BAR}h0"
    return "".join([*drawn, _path("d", x, shape)])


def sparkline(
    values: Sequence[float | None],
    target: float,
    signals: Iterable[Mapping[str, object]],
    across: int,
    down: Scale,
) -> str:
    """Return the latest periods as a line, with the target and the signals among them.

    Parameters
    ----------
    values : sequence of float or None
        Periods without a figure break the line.
    target : float
    signals : iterable of mapping
        `first` and `last` place in `values`, `rule`, `side`, `meaning`.
    across : int
        Width of the drawing.
    down : Scale
        From bottom to top.
    """
    known = [np.nan if value is None else float(value) for value in values]
    step = (across - 2 * EDGE) / max(len(known) - 1, 1)
    points = [
        (round(EDGE + place * step), None if np.isnan(value) else down.at(value))
        for place, value in enumerate(known)
    ]
    drawn = []
    if not np.isnan(target):
        drawn.append(_path("t", "", f"M{EDGE} {down.at(target)}H{across - EDGE}"))
    drawn.append(_path("", "", _line(points)))
    patterns = [(SHAPES.get(RULES[str(signal["rule"])].pattern, ""), signal) for signal in signals]
    order = [*SHAPES.values(), ""]
    for shape, signal in sorted(patterns, key=lambda one: order.index(one[0]), reverse=True):
        if shape:
            first, last = int(str(signal["first"])), int(str(signal["last"]))
            drawn += _signal(points[first : last + 1], shape, signal)
    return "".join(drawn)


def _signal(
    members: Sequence[tuple[int, int | None]], shape: str, signal: Mapping[str, object]
) -> Iterator[str]:
    """Yield the thick line of a run, and the mark at a signal's end."""
    bad = signal["meaning"] == UNFAVOURABLE
    if shape in RUNS:
        yield _path("s", "x" if bad else "", _line(members))
    x, y = next((x, y) for x, y in reversed(members) if y is not None)
    if shape == "caret" and signal["side"] == RISING:
        shape = "caret_up"
    yield _path("m", "x" if bad else "h", f"M{x} {y}{OUTLINES[shape]}")


def _line(points: Sequence[tuple[int, int | None]]) -> str:
    """Return a path through points, broken where one is missing; one alone is a dot."""
    padded = [(0, None), *points, (0, None)]
    parts: list[str] = []
    at = (0, 0)
    for (_left, before), (x, y), (_right, after) in zip(
        padded, padded[1:], padded[2:], strict=False
    ):
        if y is None or before == y == after:
            continue  # on one level the ends are enough
        step = f"l{x - at[0]} {y - at[1]}".replace(" -", "-")
        parts.append(f"M{x} {y}h0" if before is None else step)
        at = (x, y)
    return "".join(parts)


def _path(kind: str, more: str, shape: str) -> str:
    classes = " ".join(filter(None, (kind, more)))
    return f'<path{f" class={chr(34)}{classes}{chr(34)}" if classes else ""} d="{shape}"/>'


def _diamond(half: int) -> str:
    return f"l{half} {half}-{half} {half}-{half}-{half}z"


OUTLINES = {
    "square": f"m-{MARK}-{MARK}h{2 * MARK}v{2 * MARK}h-{2 * MARK}z",
    "diamond": f"m0-{MARK + 2}{_diamond(MARK + 2)}",
    "caret": f"m-{MARK}-{MARK}h{2 * MARK}l-{MARK} {2 * MARK}z",
    "caret_up": f"m-{MARK} {MARK}h{2 * MARK}l-{MARK}-{2 * MARK}z",
    "hexagon": f"m-{MARK} 0l{HALF}-{MARK}h{MARK}l{HALF} {MARK}-{HALF} {MARK}h-{MARK}z",
}
"""Marks of signals, drawn from their middle."""
