"""What a figure's drawing holds: its texts and where they stand."""

from itertools import combinations

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from slm_analysis.presentation.chart import Chart
from slm_analysis.presentation.theme import NARROW, PIXELS_PER_INCH, WIDE, style

TOUCH = 1.5
"""Pixels by which boxes of texts may overlap."""


def drawn(chart: Chart, *, narrow: bool) -> Figure:
    """Return the wide or the narrow drawing, laid out."""
    with style():
        width = NARROW if narrow else WIDE
        figure = Figure(figsize=(width / PIXELS_PER_INCH, 1), dpi=PIXELS_PER_INCH)
        chart._draw(figure, narrow)
        FigureCanvasAgg(figure).draw()
    return figure


def texts(figure: Figure) -> list[str]:
    return [t.get_text() for t in figure.findobj(Text) if t.get_text() and t.get_visible()]


def assert_readable(figure: Figure) -> None:
    """Fail where a text is cut off or covers another."""
    with style():
        renderer = figure.canvas.get_renderer()
        shown = [t for t in figure.findobj(Text) if t.get_text() and t.get_visible()]
        boxes = [(t.get_text(), t.get_window_extent(renderer)) for t in shown]
    canvas = figure.bbox
    for text, box in boxes:
        assert box.x0 >= -1, text
        assert box.x1 <= canvas.x1 + 1, text
        assert box.y0 >= -1, text
        assert box.y1 <= canvas.y1 + 1, text
    for (text, box), (other, beside) in combinations(boxes, 2):
        across = min(box.x1, beside.x1) - max(box.x0, beside.x0)
        upright = min(box.y1, beside.y1) - max(box.y0, beside.y0)
        assert min(across, upright) < TOUCH, (text, other)
