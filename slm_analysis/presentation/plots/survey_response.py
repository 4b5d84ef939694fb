"""The figure of who answers: what is left at each step, late tickets beside those in time."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib.transforms as mtransforms
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from slm_analysis.presentation.chart import Chart, Draw, set_height
from slm_analysis.presentation.lettering import shortened
from slm_analysis.presentation.tables import survey_response as tables
from slm_analysis.presentation.theme import NARROW, PALETTE, SMALL, WIDE
from slm_analysis.presentation.words import survey_response as words
from slm_analysis.presentation.words.survey_response import Step
from slm_analysis.questions.survey_response import SurveyResponse

BAR, HEAD, GAP = 30, 30, 16
"""Pixels of a step, of the name of a state, and between states."""
THICK = 20
LEFT, RIGHT = {False: 150, True: 112}, {False: 250, True: 104}
"""Pixels left and right of the bars for labels and numbers."""
LONGEST = 40
BESIDE = 8
"""Pixels between a bar and its words."""


def plot(result: SurveyResponse) -> Chart:
    """Return bars of what is left from step to step."""
    caption = words.caption(result)
    states = list(words.funnel(result))
    if not states:
        return Chart(caption)
    return Chart(caption, draw_funnel(states), tables.table(result))


def draw_funnel(states: Sequence[tuple[str, Sequence[Step]]]) -> Draw:
    """Return the drawing of the steps of each state, below each other, each from its own 100 %."""

    def draw(figure: Figure, narrow: bool) -> None:
        width = NARROW if narrow else WIDE
        steps = sum(len(own) for _, own in states)
        height = BAR * steps + HEAD * len(states) + GAP * (len(states) - 1) + GAP
        set_height(figure, height)
        ax = figure.add_axes(
            (LEFT[narrow] / width, 0, (width - LEFT[narrow] - RIGHT[narrow]) / width, 1)
        )
        ax.set(xlim=(0, 1), ylim=(height, 0))
        ax.set_axis_off()
        y = 0.0
        for name, own in states:
            _write(ax, name, y + HEAD / 2, -LEFT[narrow] + BESIDE, "left", fontweight="bold")
            y += HEAD
            for step in own:
                _draw_step(ax, step, y + BAR / 2, narrow=narrow)
                y += BAR
            y += GAP

    return draw


def _draw_step(ax: Axes, step: Step, y: float, *, narrow: bool) -> None:
    share = step.tickets / step.of if step.of else 0.0
    ax.barh(y, 1, THICK, color=PALETTE["band"], lw=0)
    ax.barh(y, share, THICK, color=PALETTE["line"], lw=0)
    _write(ax, step.label, y, -BESIDE, "right", fontsize=SMALL)
    told = words.left_of(step) if narrow else shortened(words.left_and_lost(step), LONGEST)
    _write(ax, told, y, BESIDE, "left", at=1, fontsize=SMALL)


def _write(
    ax: Axes, text: str, y: float, x: float, ha: str, at: float = 0, **looks: object
) -> None:
    edge = mtransforms.blended_transform_factory(ax.transAxes, ax.transData)
    ax.annotate(text, (at, y), xycoords=edge, xytext=(x, 0), textcoords="offset points", ha=ha,
                va="center", **looks)  # type: ignore[arg-type]  # fmt: skip
