"""Figures of process changes: what is drawn, in both widths, nothing cut off or overlapping."""

import dataclasses
import re
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from slm_analysis.analyses.change_effect import change_effect
from slm_analysis.presentation import plot
from slm_analysis.presentation.plots.change_series import MOST_PANELS, before_and_after
from slm_analysis.presentation.theme import NARROW, PIXELS_PER_INCH, WIDE, style

from .made_up_changes import made_up_effect, made_up_outcomes

FEW = {"figures": None, "reason": "too_few_points"}
SMALL, SLOWER = (0.01, -0.06, 0.08), (2.0, 0.2, 3.8)
MONTHLY = {"freq": "month", "before": 9, "after": 8}
CHINESE = "发票处理与采购订单核对服务"

BETTER = ("A", "Payments", "resolution_time", made_up_effect())
WORSE = ("B", CHINESE, "resolution_hours", made_up_effect("worse", SLOWER, "resolution_hours"))
SAME = ("C", "Payments", "satisfaction",
        made_up_effect("no_meaningful_change", SMALL, "satisfaction"))  # fmt: skip
TOO_FEW = ("D", "Payments", "satisfaction",
           made_up_effect("cannot_tell", measure="satisfaction", after=3, **FEW))  # fmt: skip
UNSURE = ("E", "Travel reimbursement", "resolution_hours",
          made_up_effect("cannot_tell", (4, -9, 17), "resolution_hours", **MONTHLY))  # fmt: skip
CONSTANT = ("F", "Payments", "resolution_time",
            made_up_effect("cannot_tell", None, reason="no_variation"))  # fmt: skip
ONE_PERIOD = {"before": 0, "after": 1, **FEW}
LONELY = ("A", "Payments", "satisfaction",
          made_up_effect("cannot_tell", measure="satisfaction", **ONE_PERIOD))  # fmt: skip
FEWER = ("A", "Payments", "resolution_time", made_up_effect("worse", (-0.3, -0.4, -0.2)))
CONSTANT[3].table["value"] = 1.0

RESULTS = {
    "better": [BETTER],
    "worse": [WORSE],
    "fewer": [FEWER],
    "all kinds": [BETTER, WORSE, SAME, TOO_FEW, UNSURE, CONSTANT],
    "one period": [LONELY],
}


def named(result, description):
    effects = result.effects.assign(description=description)
    return dataclasses.replace(
        result, effects=effects, changes=result.changes.assign(description=description)
    )


NAMES = [
    "Change",
    "第三方供应商电子发票门户上线并取消人工复核以及纸质扫描流程的全部环节",
    "A change with an extraordinarily long description that goes on and on, beyond all reason",
]


def texts(chart, *, narrow):
    """Return the drawn texts with their boxes in pixels, and the size of the drawing."""
    with style():
        width = NARROW if narrow else WIDE
        figure = Figure(figsize=(width / PIXELS_PER_INCH, 1), dpi=PIXELS_PER_INCH)
        chart._draw(figure, narrow)
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        drawn = [t for t in figure.findobj(Text) if t.get_text() and t.get_visible()]
        boxes = [(t.get_text(), t.get_window_extent(canvas.get_renderer())) for t in drawn]
    return boxes, figure.bbox


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("effects", RESULTS.values(), ids=RESULTS)
@pytest.mark.parametrize("figure", [plot, before_and_after])
def test_no_text_is_cut_off_or_covers_another(figure, effects, name, narrow):
    boxes, canvas = texts(figure(named(made_up_outcomes(*effects), name)), narrow=narrow)
    for text, box in boxes:
        assert box.x0 >= -1, text
        assert box.x1 <= canvas.x1 + 1, text
        assert box.y0 >= -1, text
        assert box.y1 <= canvas.y1 + 1, text
    for (text, box), (other, beside) in combinations(boxes, 2):
        across = min(box.x1, beside.x1) - max(box.x0, beside.x0)
        upright = min(box.y1, beside.y1) - max(box.y0, beside.y0)
        assert min(across, upright) < 1.5, (text, other)


@pytest.mark.parametrize("figure", [plot, before_and_after])
def test_the_accent_means_worse_and_nothing_else(figure):
    for narrow in (False, True):
        assert "var(--acc)" in figure(made_up_outcomes(WORSE)).svg(narrow=narrow)
        calm = figure(made_up_outcomes(BETTER, SAME, TOO_FEW, UNSURE, CONSTANT))
        assert "var(--acc)" not in calm.svg(narrow=narrow)


def test_a_summary_has_a_row_per_effect_with_its_verdict():
    boxes, _ = texts(plot(made_up_outcomes(BETTER, WORSE, SAME, TOO_FEW, UNSURE)), narrow=False)
    words = [text for text, _ in boxes]
    for told in ("Better", "Worse", "No meaningful change", "Cannot tell yet",
                 "+3.8 points (+2.5 to +5.1)", "+2.0 h (+0.2 to +3.8)", "+0.01 (−0.06 to +0.08)",
                 "40 weeks before, 3 after", "too small to matter"):  # fmt: skip
        assert told in words


def test_better_lies_to_the_right_whatever_the_measure():
    faster = made_up_effect("better", (-2.0, -2.7, -1.4), "resolution_hours")
    result = made_up_outcomes(("A", "Payments", "resolution_hours", faster), WORSE)
    with style():
        figure = plot(result)
    marks = [line for line in figure.axes[0].get_lines() if len(line.get_xdata()) == 1]
    assert [float(mark.get_xdata()[0]) for mark in marks] == pytest.approx([2.0, -2.0])


def test_series_stand_with_the_surest_first_and_the_rest_is_counted():
    result = made_up_outcomes(UNSURE, BETTER)
    boxes, _ = texts(before_and_after(result), narrow=False)
    words = [text for text, _ in boxes]
    surest = words.index("Payments, share in time")
    assert surest < words.index("Travel reimbursement, time to resolve")
    many = made_up_outcomes(*[(name, *BETTER[1:]) for name in "ABCDEFGH"])
    chart = before_and_after(many)
    assert len([t for t, _ in texts(chart, narrow=False)[0] if t == "Effect"]) == MOST_PANELS
    assert chart.caption.caveats[-1] == "2 effects not drawn here; see the table."


def test_comparable_units_stand_below_the_effect():
    units = pd.DataFrame(
        {"unit": list("ABCDE"), "estimate": [0.038, -0.01, 0.02, 0.0, np.nan], "size": 1.0}
    )
    effect = made_up_effect(placebo_units=units, controls=tuple("BCDE"))
    result = made_up_outcomes(("A", "Payments", "resolution_time", effect))
    for narrow in (False, True):
        words = [text for text, _ in texts(before_and_after(result), narrow=narrow)[0]]
        assert "3 unchanged units" in words
    with style():
        chart = before_and_after(result)
    (dots,) = [line for line in chart.axes[1].get_lines() if len(line.get_xdata()) == 3]
    assert dots.get_xdata() == pytest.approx([-1.0, 2.0, 0.0])


def test_periods_left_out_are_hollow():
    effect = made_up_effect()
    effect.table.loc[[40, 41, 69], "phase"] = ["ramp", "ramp", "incomplete"]
    chart = before_and_after(made_up_outcomes(("A", "Payments", "resolution_time", effect)))
    hollow = [line for line in chart.axes[0].get_lines() if len(line.get_xdata()) == 3]
    assert len(hollow) == 1


def test_a_share_is_never_expected_beyond_all():
    effect = made_up_effect(figures=(0.038, 0.025, 0.051))
    effect.table["expected_high"] += 0.2
    chart = before_and_after(made_up_outcomes(("A", "Payments", "resolution_time", effect)))
    assert chart.axes[0].get_ylim()[1] < 1.02
    assert "100.0%" not in [t for t, _ in texts(chart, narrow=False)[0]]


LATER = "Change A (2 March 2026) came after the reported period: nothing can be said yet."


@pytest.mark.parametrize(
    ("figure", "later"),
    [(plot, LATER), (before_and_after, "No change has figures to judge it by.")],
)
def test_where_there_is_nothing_to_draw_words_stand_alone(figure, later):
    for result, words in (
        (made_up_outcomes(), "No process change is on record."),
        (made_up_outcomes(changes={"A": "later"}), later),
    ):
        page = figure(result).page()
        assert (page["sentence"], page["wide"], page["narrow"]) == (words, "", "")


@pytest.mark.parametrize("shape", ["level", "level+slope"])
def test_a_single_effect_draws_itself(shape):
    rng = np.random.default_rng(1)
    value = 50 + 4 * (np.arange(60) >= 40) + rng.normal(0, 1, 60)
    weekly = pd.date_range("2025-01-06", periods=60, freq="7D", tz="Asia/Shanghai")
    for time, on in ((weekly, weekly[40]), (np.arange(60), 40)):
        df = pd.DataFrame({"time": time, "value": value})
        effect = change_effect(df, value="value", time="time", on=on, shape=shape)
        for narrow in (False, True):
            svg = plot(effect).svg(narrow=narrow)
            assert re.search(r">What happened<", svg)
