"""What happened, and what would have been expected without the change, series by series."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from slm_analysis.analyses.change_effect import CANNOT_TELL, WORSE, ChangeEffect
from slm_analysis.analyses.change_series import INCOMPLETE, RAMP
from slm_analysis.presentation.chart import Chart, Draw, set_height
from slm_analysis.presentation.language import _, pgettext
from slm_analysis.presentation.lettering import letters, shortened, wrapped
from slm_analysis.presentation.numbers import MOST_DIGITS, date, signed
from slm_analysis.presentation.plots.rows import DOTTED
from slm_analysis.presentation.plots.time_axis import days, month_ticks
from slm_analysis.presentation.tables import process_changes as tables
from slm_analysis.presentation.theme import NARROW, PALETTE, SMALL, WIDE
from slm_analysis.presentation.words import change_effect as effect_words
from slm_analysis.presentation.words import change_figures as figure_words
from slm_analysis.presentation.words import effect_measures as measures
from slm_analysis.presentation.words import judged_changes as judged_words
from slm_analysis.presentation.words.effect_measures import Wording
from slm_analysis.questions.process_changes import ChangeOutcomes

MOST_PANELS = 6
"""More series than this are not read side by side; the table has them all."""

LINE = 17
LETTER = 7.0
"""Pixels of a line and, on average, of a letter."""
HEAD = 62
"""Two lines over a panel, and the name of the change."""
FOOT = 62
"""Months, years and room below a series."""
SERIES = {False: (48, 448, 196), True: (46, 286, 170)}
"""Left, width and height of the series, wide and narrow."""
NAME_ROOM = {False: 0, True: 8}
"""Pixels that the name of the change may reach beyond the series."""
LABELS = 12
"""Pixels between the series and the words at its end."""
EFFECT = {False: (634, 152, 64), True: (46, 286, 44)}
EFFECT_BELOW = {False: 108, True: HEAD + 170 + FOOT + 30}
"""Pixels from the top of a panel down to the scale of the effect."""
EFFECT_NAME = 28
EFFECT_FOOT = 58
OTHERS_ROOM = 34
"""Pixels that the comparable units take below the effect."""
STEPS = [1, 2, 5, 10]
"""Ticks stand at these multiples of a power of ten."""
DOT, DOT_OF_EFFECT = 4.6, 7
HEADROOM = {False: 0.06, True: 0.2}
"""Room above and below the series, as part of its range; on a phone words stand there."""
RECENT = 8
"""Periods whose mean says where a line ends."""
LINE_LETTERS = 18
"""Letters on a line of those words."""
APART = 42
"""Pixels between the words at the ends of two lines."""


@dataclass(frozen=True)
class Panel:
    """One series with its change: words over it, and the effect."""

    heading: str
    verdict: str
    change: str
    effect: ChangeEffect
    wording: Wording
    ends: tuple[float, float]
    """The lowest and highest figure that there can be."""


def before_and_after(result: ChangeOutcomes) -> Chart:
    """Return what happened against what was expected without the change, the surest first."""
    drawn = [
        (row, effect)
        for row, effect in judged_words.by_evidence(result)
        if effect.table["value"].notna().any()
    ][:MOST_PANELS]
    panels = [
        Panel(
            heading=judged_words.subject(row),
            verdict=_("{name}: {text}").format(
                name=judged_words.verdict(row, effect),
                text=effect_words.brief(effect, judged_words.wording(row)),
            ),
            change=_("{name}: {text}").format(name=date(row["on"]), text=row["description"]),
            effect=effect,
            wording=judged_words.wording(row),
            ends=result.ends[row["measure"]],
        )
        for row, effect in drawn
    ]
    caption = figure_words.before_and_after_caption(result, drawn)
    if not panels:
        return Chart(caption)
    return Chart(caption, draw_panels(panels), tables.series_numbers(result, drawn))


def plot(effect: ChangeEffect) -> Chart:
    """Return the figure of one change in one series."""
    wording = measures.of_scale(effect.scale)
    caption = effect_words.caption(effect)
    change = date(effect.on) if isinstance(effect.on, pd.Timestamp) else f"{effect.on}"
    ends = (0.0, 1.0) if effect.scale == "rate" else (-np.inf, np.inf)
    panel = Panel(str(effect.unit or ""), caption.title, change, effect, wording, ends)
    return Chart(caption, draw_panels([panel]))


def draw_panels(panels: Sequence[Panel]) -> Draw:
    """Return the drawing of series below each other, each with the effect on its own scale."""

    def draw(figure: Figure, narrow: bool) -> None:
        heights = [_height(panel, narrow) for panel in panels]
        set_height(figure, sum(heights))
        for at, panel in enumerate(panels):
            _Place(figure, narrow, sum(heights), sum(heights[:at])).draw(panel)

    return draw


def _height(panel: Panel, narrow: bool) -> float:
    """Return the pixels that a panel takes; on a phone the effect stands below its series."""
    if narrow and panel.effect.estimate is not None:
        return EFFECT_BELOW[True] + _effect_height(panel, narrow) + EFFECT_FOOT
    return HEAD + SERIES[narrow][2] + FOOT


def _effect_height(panel: Panel, narrow: bool) -> float:
    return EFFECT[narrow][2] + (OTHERS_ROOM if len(_others(panel)) else 0)


def _others(panel: Panel) -> NDArray[np.float64]:
    """Return the effects of the comparable units, taken for changed as well."""
    others = panel.effect.placebo_units["estimate"].iloc[1:].dropna()
    return panel.wording.scale * others.to_numpy(dtype=float)


@dataclass(frozen=True)
class _Place:
    """Where a panel stands on the figure, in pixels from its top left."""

    figure: Figure
    narrow: bool
    height: float
    top: float

    def draw(self, panel: Panel) -> None:
        colour = PALETTE["acc" if panel.effect.verdict == WORSE else "ink"]
        most = int((NARROW if self.narrow else WIDE) / LETTER)
        self.text(2, LINE * 0.6, shortened(panel.heading, most), fontweight="bold")
        self.text(2, LINE * 1.6, shortened(panel.verdict, most), color=colour, fontsize=SMALL)
        left, width, height = SERIES[self.narrow]
        ax = self.axes(left, HEAD, width, height)
        _draw_series(ax, panel, self.narrow, width, height)
        if panel.effect.estimate is not None:
            left, width = EFFECT[self.narrow][:2]
            tall = _effect_height(panel, self.narrow)
            below = EFFECT_BELOW[self.narrow]
            self.text(left, below - EFFECT_NAME, _("Effect"), fontweight="bold", fontsize=SMALL)
            _draw_effect(self.axes(left, below, width, tall), panel)

    def axes(self, left: float, below: float, width: float, height: float) -> Axes:
        across = NARROW if self.narrow else WIDE
        bottom = self.height - self.top - below - height
        return self.figure.add_axes(
            (left / across, bottom / self.height, width / across, height / self.height)
        )

    def text(self, x: float, below: float, text: str, **looks: object) -> None:
        across = NARROW if self.narrow else WIDE
        y = 1 - (self.top + below) / self.height
        self.figure.text(x / across, y, text, va="center", **looks)  # type: ignore[arg-type]


def _draw_series(ax: Axes, panel: Panel, narrow: bool, width: float, height: float) -> None:
    table = effect_words.on_its_scale(panel.effect, panel.ends)
    x = days(table["time"])
    value, expected, low, high = (
        table[name].to_numpy() for name in ("value", "expected", "expected_low", "expected_high")
    )
    left_out = table["phase"].isin([RAMP, INCOMPLETE]).to_numpy()
    since = table["expected_low"].notna().to_numpy()
    margin = max(0.015 * (x[-1] - x[0]), 1.0)
    ax.set_xlim(x[0] - margin, x[-1] + margin)
    drawn = np.concatenate([value, low, high])
    _scale(ax, float(np.nanmin(drawn)), float(np.nanmax(drawn)), HEADROOM[narrow], panel.wording)
    ax.fill_between(x, low, high, where=since, color=PALETTE["band2"], lw=0)
    ax.plot(x, np.where(since, np.nan, expected), color=PALETTE["lim"], lw=1.1)
    ax.plot(x, np.where(left_out, np.nan, value), color=PALETTE["line"], lw=1.1, marker="o",
            ms=DOT, mec=PALETTE["paper"], mew=0.5)  # fmt: skip
    ax.plot(x[left_out], value[left_out], "o", ms=DOT, color=PALETTE["line"], mfc=PALETTE["paper"])
    ax.plot(x, np.where(since, expected, np.nan), color=PALETTE["ink"], lw=1.6, dashes=(2, 2))
    _name_change(ax, panel, x, width, narrow)
    _name_lines(ax, value, np.where(since, expected, np.nan), narrow, height)
    if panel.effect.freq is not None:
        month_ticks(ax, *ax.get_xlim(), width)


def _scale(ax: Axes, low: float, high: float, headroom: float, wording: Wording) -> None:
    """Set the upright scale: room above and below what is drawn, ticks only beside it."""
    room = headroom * ((high - low) or abs(high) or 1.0)
    ax.set_ylim(low - room, high + room)
    every = MaxNLocator(4, steps=STEPS).tick_values(low, high) if low < high else [low]
    slack = 1e-9 * room
    ticks = [t for t in every if low - slack <= t <= high + slack]
    ax.set_yticks(ticks, [wording.tick(t) for t in ticks])
    ax.annotate(wording.axis, (0, 1), xytext=(4, -2), xycoords="axes fraction", va="top",
                textcoords="offset points", color=PALETTE["muted"], fontsize=SMALL)  # fmt: skip
    ax.grid(axis="y")


def _name_change(
    ax: Axes, panel: Panel, x: NDArray[np.float64], width: float, narrow: bool
) -> None:
    """Draw the date of the change between its periods, with its name above."""
    on = days(pd.Series([panel.effect.on]))[0]
    at = on - (x[-1] - x[0]) / max(len(x) - 1, 1) / 2
    ax.axvline(at, color=PALETTE["ink"], lw=1.0, ymax=1.03, clip_on=False)
    first, last = ax.get_xlim()
    left, room = -SERIES[narrow][0], SERIES[narrow][1] + NAME_ROOM[narrow]
    name = shortened(panel.change, int((room - left) / LETTER))
    pixels = min((at - first) / (last - first) * width, room - letters(name) * LETTER)
    ax.annotate(
        name, (0, 1), xytext=(max(pixels, left), 8), xycoords="axes fraction", va="bottom",
        textcoords="offset points", annotation_clip=False, fontsize=SMALL,
    )  # fmt: skip


def _name_lines(
    ax: Axes,
    value: NDArray[np.float64],
    expected: NDArray[np.float64],
    narrow: bool,
    height: float,
) -> None:
    """Write what each line is: at its end, on a phone above and below the lines."""
    seen = pgettext("a line", "What happened")
    ends = {
        name: float(known[-RECENT:].mean())
        for name, line in (
            (seen, value),
            (_("Expected without the change"), expected),
        )
        if len(known := line[~np.isnan(line)])
    }
    higher = max(ends, key=ends.__getitem__)
    for name, end in ends.items():
        weight = "bold" if name == seen else "normal"
        if narrow:
            y, va = (0.98, "top") if name == higher else (0.03, "bottom")
            ax.text(0.99, y, name, transform=ax.transAxes, ha="right", va=va, fontsize=SMALL,
                    fontweight=weight,
                    bbox={"facecolor": PALETTE["paper"], "lw": 0, "pad": 1})  # fmt: skip
            continue
        low, high = ax.get_ylim()
        middle = sum(ends.values()) / len(ends)
        half = APART / 2 * (high - low) / height
        pushed = end
        if len(ends) > 1 and abs(end - middle) < half:
            pushed = middle + (half if name == higher else -half)
        pixels = (min(max(pushed, low), high) - low) / (high - low) * height
        lines = wrapped(name, LINE_LETTERS)
        for at, text in enumerate(lines):
            ax.annotate(
                text, (1, 0), xycoords="axes fraction", textcoords="offset points", va="center",
                xytext=(LABELS, pixels + LINE * ((len(lines) - 1) / 2 - at)), fontsize=SMALL,
                fontweight=weight, annotation_clip=False,
            )  # fmt: skip


def _draw_effect(ax: Axes, panel: Panel) -> None:
    """Draw the effect with its interval on a scale of its own, comparable units below it."""
    effect, wording = panel.effect, panel.wording
    (value, low, high), digits = measures.shown(effect, wording)
    matters = wording.scale * (effect.min_effect or 0.0)
    others = _others(panel)
    reach = 1.15 * max(abs(low), abs(high), 1.5 * matters, *np.abs(others))
    ax.set(xlim=(-reach, reach), ylim=(0, 1), yticks=[])
    every = MaxNLocator(4, steps=STEPS, symmetric=True).tick_values(-reach, reach)
    ticks = [t for t in every if abs(t) < 0.9 * reach]
    ax.set_xticks(ticks, [_tick(t) for t in ticks])
    ax.set_xlabel(wording.units)
    if matters:
        ax.axvspan(-matters, matters, color=PALETTE["band"], lw=0)
        ax.annotate(_("too small to matter"), (0, 1), xytext=(0, 4), textcoords="offset points",
                    ha="center", va="bottom", fontsize=SMALL, color=PALETTE["muted"],
                    annotation_clip=False)  # fmt: skip
    ax.axvline(0, color=PALETTE["lim"], lw=1.2)
    colour = PALETTE["acc" if effect.verdict == WORSE else "ink"]
    unsure = effect.verdict == CANNOT_TELL
    y = 0.62 if len(others) else 0.42
    ax.plot([low, high], [y, y], color=colour, lw=2.2, solid_capstyle="butt",
            dash_capstyle="butt", ls=DOTTED if unsure else "-")  # fmt: skip
    ax.plot([value], [y], "o", ms=DOT_OF_EFFECT, color=colour, mew=1.4,
            mfc=PALETTE["paper"] if unsure else colour)  # fmt: skip
    ax.annotate(signed(value, digits), (value, y), xytext=(0, 8), ha="center", va="bottom",
                textcoords="offset points", fontweight="bold", color=colour,
                fontsize=SMALL)  # fmt: skip
    if len(others):
        ax.plot(others, np.full(len(others), 0.3), "o", ms=DOT, color=PALETTE["line"],
                mfc=PALETTE["paper"])  # fmt: skip
        ax.annotate(effect_words.units_without(len(others)), (0, 0.03), ha="center", va="bottom",
                    fontsize=SMALL, color=PALETTE["muted"], annotation_clip=False)  # fmt: skip


def _tick(value: float) -> str:
    digits = next(d for d in range(MOST_DIGITS + 1) if np.isclose(value, round(value, d)))
    return signed(value, digits)
