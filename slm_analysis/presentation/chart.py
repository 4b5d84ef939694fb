"""A figure that shows itself once: as an image in Jupyter, as two SVG drawings on the page."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from IPython.display import display
from matplotlib.figure import Figure
from matplotlib.text import Text

from slm_analysis.presentation.lettering import EAST_ASIAN, wrapped
from slm_analysis.presentation.theme import (
    FONT_SIZE,
    NARROW,
    PALETTE,
    PIXELS_PER_INCH,
    PNG_SCALE,
    WIDE,
    advise_font,
    font_families,
    style,
)
from slm_analysis.presentation.views import PAGE, Table

Draw = Callable[[Figure, bool], None]
"""Draws on an empty figure of the right width and sets its height; True for the narrow form."""

LINE, GAP = 23, 8
"""Pixels of a line above the drawing, and below the last: title and subtitle, in Jupyter only."""
TITLE_SIZE = 17
TITLE_LETTERS, SUBTITLE_LETTERS = 72, 105


@dataclass(frozen=True)
class Caption:
    """The words of a figure, made from its result.

    Attributes
    ----------
    title : str
        The answer to the question above the figure.
    subtitle : str
        Measure, unit, period, count.
    sentence : str
        What to read in it, each line a paragraph; also its alternative text.
    caveats : sequence of str
    how_to_read : str
    """

    title: str
    subtitle: str
    sentence: str
    caveats: Sequence[str] = ()
    how_to_read: str = ""


class Chart(Figure):
    """A drawing with its words and numbers; made without pyplot.

    Parameters
    ----------
    caption : Caption
    draw : Draw, optional
        Draws the wide or the narrow form; without it there is nothing to draw, and words stand
        alone.
    numbers : Table, optional
        The numbers behind the drawing.
    """

    def __init__(
        self, caption: Caption, draw: Draw | None = None, numbers: Table | None = None
    ) -> None:
        with style():
            super().__init__(figsize=(WIDE / PIXELS_PER_INCH, 1), dpi=PIXELS_PER_INCH)
            if draw is None:
                _write(self, caption.sentence)
            else:
                draw(self, False)
            _add_header(self, caption)
        self.caption, self.numbers, self._draw = caption, numbers, draw

    def __repr__(self) -> str:
        return self.caption.sentence

    def svg(self, *, narrow: bool) -> str:
        """Return the drawing as SVG for the page: text as text, colours as custom properties.

        It is empty where there is nothing to draw.
        """
        if self._draw is None:
            return ""
        with style():
            figure = Figure(
                figsize=((NARROW if narrow else WIDE) / PIXELS_PER_INCH, 1), dpi=PIXELS_PER_INCH
            )
            figure.patch.set_alpha(0)
            self._draw(figure, narrow)
            buffer = io.StringIO()
            figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
        return _for_page(buffer.getvalue())

    def page(self) -> Mapping[str, object]:
        """Return what the page template needs."""
        return {
            "type": "figure",
            "title": self.caption.title,
            "subtitle": self.caption.subtitle,
            "sentence": self.caption.sentence,
            "caveats": [*self.caption.caveats],
            "how_to_read": self.caption.how_to_read if self._draw else "",
            "wide": self.svg(narrow=False),
            "narrow": self.svg(narrow=True),
            "numbers": self.numbers.page() if self.numbers else None,
        }

    def _ipython_display_(self) -> None:
        # Once pyplot is in use, IPython has its own way with figures, which would come first.
        data, metadata = self._repr_mimebundle_()
        display(data, metadata=metadata, raw=True)

    def _repr_mimebundle_(self, **_: object) -> tuple[dict[str, object], dict[str, object]]:
        with style():
            buffer = io.BytesIO()
            self.savefig(buffer, format="png", dpi=PIXELS_PER_INCH * PNG_SCALE)
        if len(font_families()) == 1 and any(map(_is_chinese, self.findobj(Text))):
            advise_font()
        data: dict[str, object] = {
            "image/png": buffer.getvalue(),
            "text/plain": self.caption.sentence,
            PAGE: dict(self.page()),
        }
        return data, {"image/png": {"alt": self.caption.sentence, "width": WIDE}}


def _is_chinese(text: Text) -> bool:
    return EAST_ASIAN.search(text.get_text()) is not None


def set_height(figure: Figure, height: float) -> None:
    """Set the height of a figure in pixels."""
    figure.set_size_inches(figure.get_size_inches()[0], height / PIXELS_PER_INCH)


def _write(figure: Figure, sentence: str) -> None:
    """Put words in the place of a drawing."""
    lines = wrapped(sentence, SUBTITLE_LETTERS)
    set_height(figure, LINE * max(len(lines), 1))
    for at, line in enumerate(lines):
        figure.text(GAP / WIDE, 1 - (at + 0.5) / len(lines), line, va="center")


def _add_header(figure: Figure, caption: Caption) -> None:
    """Make room above the drawing for title and subtitle."""
    width, height = figure.get_size_inches() * PIXELS_PER_INCH
    lines = [
        (line, TITLE_SIZE, "bold", PALETTE["ink"]) for line in wrapped(caption.title, TITLE_LETTERS)
    ] + [
        (line, FONT_SIZE, "normal", PALETTE["muted"])
        for line in wrapped(caption.subtitle, SUBTITLE_LETTERS)
    ]
    taller = height + LINE * len(lines) + GAP
    set_height(figure, taller)
    for ax in figure.axes:
        left, bottom, w, h = ax.get_position().bounds
        ax.set_position((left, bottom * height / taller, w, h * height / taller))
    for text in figure.texts:
        x, y = text.get_position()
        text.set_position((x, y * height / taller))
    for at, (line, size, weight, colour) in enumerate(lines):
        figure.text(
            GAP / width,
            1 - LINE * (at + 0.6) / taller,
            line,
            fontsize=size,
            fontweight=weight,
            color=colour,
            va="center",
        )


ROLES = {colour: f"var(--{role})" for role, colour in PALETTE.items()}
TAG = re.compile(r"<[^>]*>")
PATH = re.compile(r' d="([^"]*)"')


def _for_page(svg: str) -> str:
    """Return matplotlib's SVG as the page embeds it."""
    body = svg[svg.index("<svg") :]
    body = re.sub(r"<metadata>.*?</metadata>", "", body, flags=re.S)
    body = re.sub(r"<defs>\s*<style.*?</style>\s*</defs>", "", body, flags=re.S)
    width, height = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', body).groups()  # type: ignore[union-attr]
    body = re.sub(
        r"<svg[^>]*>",
        f'<svg class="c" viewBox="0 0 {width} {height}" style="max-width:{width}px">',
        body,
        count=1,
    )
    # Only inside tags: what stands between them is text from data.
    return TAG.sub(lambda tag: _styled(tag[0]), re.sub(r">\s+<", "><", body))


def _styled(tag: str) -> str:
    """Return a tag with the page's colours and fonts, and no more digits than a screen shows."""
    tag = re.sub(r"#[0-9a-f]{6}", lambda colour: ROLES.get(colour[0], colour[0]), tag)
    tag = re.sub(r" font-family: [^;\"]*;?", "", tag)
    tag = re.sub(r"(\d+\.\d{2})\d+", r"\1", tag)
    return PATH.sub(lambda path: f' d="{_brief(path[1])}"', tag)


def _brief(path: str) -> str:
    """Return a path with tenths of pixels, and no more blanks than it takes."""
    path = re.sub(r"(\d+\.\d)\d+", r"\1", path).replace(".0 ", " ")
    return re.sub(r"\s*([A-Za-z])\s*", r"\1", " ".join(path.split()))
