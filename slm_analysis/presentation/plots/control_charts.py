"""The figures of control charts: one series in full, or many side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from slm_analysis.analyses.chart_signals import UNFAVOURABLE
from slm_analysis.analyses.control_charts import ControlChart
from slm_analysis.analyses.run_patterns import ABOVE
from slm_analysis.analyses.run_rules import RULES
from slm_analysis.presentation.chart import Chart, Draw, set_height
from slm_analysis.presentation.chart_series import ChartSeries
from slm_analysis.presentation.language import _
from slm_analysis.presentation.lettering import letters, shortened
from slm_analysis.presentation.numbers import capitalised
from slm_analysis.presentation.plots.chart_panel import (
    GAP,
    ROW,
    LineName,
    at,
    draw_series,
    draw_times,
    edges,
    extent,
    latest,
    scale_ticks,
    size_of,
    write_beside,
)
from slm_analysis.presentation.plots.small_multiples import draw_multiples
from slm_analysis.presentation.tables import control_charts as tables
from slm_analysis.presentation.theme import NARROW, PALETTE, SMALL, WIDE
from slm_analysis.presentation.words import chart_series as series_words
from slm_analysis.presentation.words import control_charts as words

LETTER, TICK_LETTER = 6.9, 8.2
"""Pixels of a letter, on average, and of one on the scale."""
LEFT, RIGHT = 44, {False: 112, True: 82}
"""Pixels beside the series: for the scale, at least, and for the names of lines."""
HEIGHT = {False: 290, True: 230}
HEAD, FOOT = 8, 48
BRACKET = 14
"""Pixels between the points of a run and its bracket."""
BRACKET_TIP = 6
BRACKET_ROOM = BRACKET + BRACKET_TIP + 2 * ROW + GAP
TICKS = 5
NARROW_POINTS = 60
"""Latest points that a phone shows."""


def plot(chart: ControlChart) -> Chart:
    """Return the figure of a chart: one series in full, several side by side."""
    every = words.by_worry(chart)
    caption = words.caption(chart)
    if all(series.judged.empty for series in every):
        return Chart(caption)
    if len(every) == 1:
        return Chart(caption, draw_chart(every[0]), tables.points(every[0]))
    states = [series_words.direction(one, brief=True) for one in every]
    return Chart(caption, draw_multiples(every, states), tables.table(chart))


def draw_chart(every: ChartSeries, unit: str = "") -> Draw:
    """Return the drawing of one series: lines named at their ends, breaks above, a run below.

    Parameters
    ----------
    every : ChartSeries
    unit : str
        Of its values, where the numbers on the scale do not carry it.
    """

    def draw(figure: Figure, narrow: bool) -> None:
        series = latest(every, NARROW_POINTS) if narrow else every
        across, height = NARROW if narrow else WIDE, HEIGHT[narrow]
        run = _run(series)
        limits = extent(series)
        if run is not None:
            limits = _lowered(limits, _foot_of(series, run), height)
        ticks = scale_ticks(series, limits, TICKS)
        left = max([LEFT, *(letters(text) * TICK_LETTER + GAP for text in ticks[1])])
        width = across - left - RIGHT[narrow]
        names = _names_above(series, width, across - left, narrow)
        rows = 1 + max((name.row for name in names), default=-1)
        head = HEAD + ROW * max(rows, 1 if unit else 0)
        total = head + height + FOOT
        set_height(figure, total)
        ax = figure.add_axes((left / across, FOOT / total, width / across, height / total))
        ax.set_ylim(limits)
        ax.set_yticks(*ticks)
        ax.grid(axis="y")
        draw_times(ax, series, width)
        draw_series(ax, series, size_of(len(series.points), width))
        _write_above(ax, names)
        ax.annotate(
            unit,
            (0, 1),
            xytext=(-GAP, GAP),
            xycoords="axes fraction",
            textcoords="offset points",
            ha="right",
            color=PALETTE["muted"],
            fontsize=SMALL,
        )
        write_beside(ax, list(_line_names(series, narrow)))
        _name_excluded(ax, series)
        if run is not None:
            _mark_run(ax, series, run)

    return draw


def _name_excluded(ax: Axes, series: ChartSeries) -> None:
    """Say what a cross is: above it, below it where the drawing ends."""
    excluded = series.points[series.points["excluded"] & series.points["value"].notna()]
    low, high = ax.get_ylim()
    for x, y in zip(at(replace(series, points=excluded)), excluded["value"], strict=True):
        room = (high - y) / (high - low) * ax.get_window_extent().height
        va, away = ("bottom", GAP) if room > ROW + GAP else ("top", -GAP)
        ax.annotate(_("excluded"), (x, y), xytext=(0, away), textcoords="offset points",
                    ha="center", va=va, fontsize=SMALL, color=PALETTE["muted"])  # fmt: skip


# --- Names of phases, above -------------------------------------------------------------------


@dataclass(frozen=True)
class _Name:
    """A text above the series: where it begins, its row, and the break that it names, in pixels."""

    text: str
    left: float
    row: int = 0
    line: float | None = None

    @property
    def right(self) -> float:
        return self.left + letters(self.text) * LETTER + GAP

    def over(self, other: _Name) -> bool:
        """Whether the two would touch."""
        return self.row == other.row and self.left < other.right and other.left < self.right


def _names_above(series: ChartSeries, width: float, room: float, narrow: bool) -> list[_Name]:
    """Return the averages of all phases but the last, and the names of the breaks, apart."""
    points = series.points
    left, right = edges(at(series))
    pixels = width / (right[-1] - left[0])
    last = np.flatnonzero(points["phase"].diff().shift(-1).to_numpy() != 0)[:-1]
    breaks = (right[last] - left[0]) * pixels
    names: list[_Name] = []
    for point, begin, end in zip(last, [0.0, *breaks], breaks, strict=False):
        average = series.figure(points["center"].iloc[point])
        name = _Name(_with_number(capitalised(series.middle), average), begin)
        names += [name] if name.right <= end else []
    for point, line in reversed([*zip(last, breaks, strict=True)]):
        text = shortened(_break(series, points.iloc[point + 1], narrow), int(room / LETTER))
        name = _Name(text, min(line, room - letters(text) * LETTER), line=line)
        while any(name.over(other) for other in names):
            name = replace(name, row=name.row + 1)
        names.append(name)
    return names


def _break(series: ChartSeries, first: pd.Series, narrow: bool) -> str:
    """Return what a phase is called that begins with a point; on a phone without its date."""
    label = series.phases.loc[series.phases["phase"] == first["phase"], "label"].iloc[0]
    if narrow and label:
        return label
    since = series.since(first["time"])
    if label:
        return _("{label}, from {date}").format(label=label, date=since)
    return _("From {date}").format(date=since)


def _with_number(name: str, number: str) -> str:
    return _("{name} {number}").format(name=name, number=number)


def _write_above(ax: Axes, names: Sequence[_Name]) -> None:
    width = ax.get_window_extent().width
    height = ax.get_window_extent().height
    for name in names:
        base = 4 + ROW * name.row
        if name.line is not None:
            ax.plot([name.line / width] * 2, [1, 1 + base / height], transform=ax.transAxes,
                    color=PALETTE["ink"], lw=1, clip_on=False)  # fmt: skip
        ax.annotate(
            name.text, (0, 1), xytext=(name.left, base), xycoords="axes fraction",
            textcoords="offset points", fontsize=SMALL, annotation_clip=False,
            bbox={"facecolor": PALETTE["paper"], "lw": 0, "pad": 0},
        )  # fmt: skip


# --- Names of lines, beside -------------------------------------------------------------------


def _line_names(series: ChartSeries, narrow: bool) -> Iterator[LineName]:
    """Yield what stands at the ends of the lines."""
    summary = series.summary
    middle = (capitalised(series.middle), series_words.average(series))
    target = (_("Target"), series.tick(summary["target"]))
    if not pd.isna(summary["center"]):
        yield LineName(summary["center"], _fitting(middle, narrow))
    if not pd.isna(summary["target"]):
        yield LineName(summary["target"], _fitting(target, narrow), "bold")
    for name, limit in ((_("Upper limit"), "ucl"), (_("Lower limit"), "lcl")):
        known = series.points[limit].dropna()
        if len(known) and not (series.rate and known.iloc[-1] in {0, 1}):
            yield LineName(known.iloc[-1], (name,), colour=PALETTE["muted"])
    last = series.points.iloc[-1]
    if not last["complete"] and not pd.isna(last["value"]):
        yield LineName(last["value"], (_("unfinished"),), colour=PALETTE["muted"])


def _fitting(words: tuple[str, str], narrow: bool) -> tuple[str, ...]:
    """Return a name and its number in one line where there is room, which a phone has not."""
    one = _with_number(*words)
    return words if narrow or letters(one) * LETTER + GAP > RIGHT[narrow] else (one,)


# --- A run that stands, below -----------------------------------------------------------------


def _run(series: ChartSeries) -> pd.Series | None:
    """Return the latest long run that still stands."""
    standing = series.signals[series.signals["standing"]]
    runs = standing[standing["rule"].map(lambda rule: RULES[rule].pattern in series_words.RUNS)]
    return None if runs.empty else runs.iloc[-1]


def _foot_of(series: ChartSeries, run: pd.Series) -> float:
    """Return the lowest that is drawn of a run."""
    return float(series.members(run)["value"].min())


def _lowered(limits: tuple[float, float], foot: float, height: float) -> tuple[float, float]:
    """Return the ends of a scale with room for a bracket and its words below a value."""
    low, high = limits
    part = BRACKET_ROOM / height
    return min(low, (foot - part * high) / (1 - part)), high


def _mark_run(ax: Axes, series: ChartSeries, run: pd.Series) -> None:
    """Draw a bracket below a run, with how long it is."""
    members = series.members(run)
    box, (first, last), (low, high) = ax.get_window_extent(), ax.get_xlim(), ax.get_ylim()
    y = (_foot_of(series, run) - low) / (high - low) * box.height - BRACKET
    x = at(replace(series, points=members))
    begin, end = (float(edge - first) / (last - first) * box.width for edge in (x[0], x[-1]))
    colour = PALETTE["acc" if run["meaning"] == UNFAVOURABLE else "ink"]
    corners = [(begin, y + BRACKET_TIP), (begin, y), (end, y), (end, y + BRACKET_TIP)]
    ax.plot(*zip(*[(a / box.width, b / box.height) for a, b in corners], strict=True),
            transform=ax.transAxes, color=colour, lw=1.4, clip_on=False)  # fmt: skip
    side = _("above {middle}") if run["side"] == ABOVE else _("below {middle}")
    running = _("{periods} running").format(periods=series.count(len(members)))
    texts = (running, side.format(middle=series.middle))
    half = max(letters(text) for text in texts) * LETTER / 2
    middle = float(np.clip((begin + end) / 2, half, max(box.width - half, half)))
    for row, text in enumerate(texts):
        ax.annotate(
            text, (0, 0), xytext=(middle, y - ROW * (row + 0.7)), xycoords="axes fraction",
            textcoords="offset points", ha="center", va="center", fontsize=SMALL,
            fontweight="bold", color=colour, annotation_clip=False,
        )  # fmt: skip
