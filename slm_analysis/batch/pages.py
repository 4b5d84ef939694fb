"""Executed notebooks to pages: self-contained, without code, nothing asked of the network."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import nbformat
from jinja2 import Environment, PackageLoader, select_autoescape
from markupsafe import Markup
from nbconvert.filters import clean_html, markdown2html

from slm_analysis.presentation.views import KEY_FIGURES, PAGE

TEMPLATES = "batch/template"
H1 = re.compile(r"^# (.+)$", re.MULTILINE)
H2 = re.compile(r"^## (.+)$", re.MULTILINE)
IDS = re.compile(r'(id="|href="#|url\(#)([^")]+)')


@dataclass(frozen=True)
class Frame:
    """What surrounds a report on its page.

    Attributes
    ----------
    title : str
        In the browser's tab.
    kicker : str
        Above the headline: unit and report.
    period, as_of : str
    home : str
        Link to the index; empty on the index itself.
    tabs : sequence of mapping
        `title`, `href`, `current`, or `status` where there is no page.
    links : mapping
        Notebook to its `href` and `title`.
    footer : str
    """

    title: str
    kicker: str
    period: str
    as_of: str
    home: str
    tabs: Sequence[Mapping[str, object]]
    links: Mapping[str, Mapping[str, str]]
    footer: str


def page(blocks: Iterable[Mapping[str, object]], frame: Frame) -> str:
    """Return the page that shows these blocks."""
    style = _environment().get_template("style.css").render()
    content = {"blocks": list(blocks), "style": Markup(style)} | vars(frame)  # noqa: S704  our file
    return _environment().get_template("page.html.j2").render(page=content)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("slm_analysis", TEMPLATES),
        autoescape=select_autoescape(["html", "j2"]),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["svg"] = _svg
    return environment


def report_title(notebook: Path) -> str:
    """Return the one H1 of a notebook: the name of its report."""
    for cell in nbformat.read(notebook, as_version=4).cells:
        if cell.cell_type == "markdown" and (match := H1.search(cell.source)):
            return match[1].strip()
    return notebook.stem


def blocks(notebook: Path) -> Iterator[Mapping[str, object]]:
    """Yield what a page shows of an executed notebook: questions, and what their cells answered."""
    for cell in nbformat.read(notebook, as_version=4).cells:
        if cell.cell_type == "markdown" and not H1.search(cell.source):
            heading = H2.match(cell.source)
            if heading:
                yield {"type": "question", "text": heading[1].strip()}
            rest = cell.source[heading.end() :] if heading else cell.source
            if rest.strip():
                yield _markdown(rest)
        for output in cell.get("outputs", ()):
            if block := _block(output):
                yield block


def _block(output: Mapping) -> Mapping[str, object] | None:
    """Return the page's version of one output."""
    data = output.get("data", {})
    if PAGE in data:
        return data[PAGE]
    if KEY_FIGURES in data:
        return None
    if "text/markdown" in data:
        return _markdown(data["text/markdown"])
    if "text/html" in data:
        return {"type": "markdown", "html": Markup(clean_html(data["text/html"]))}  # noqa: S704
    if "image/png" in data:
        return {
            "type": "image",
            "png": data["image/png"].strip(),
            "alt": data.get("text/plain", ""),
        }
    text = data.get("text/plain") or output.get("text")
    return {"type": "plain", "text": text} if text else None


def _markdown(text: str) -> Mapping[str, object]:
    # A second line of defence: our own views have escaped their text already.
    return {"type": "markdown", "html": Markup(clean_html(markdown2html(text)))}  # noqa: S704


def _svg(drawing: str, prefix: str) -> Markup:
    """Return a drawing with ids of its own, for a page holds many."""
    own = IDS.sub(lambda m: f"{m[1]}{prefix}-{m[2]}", drawing)
    return Markup(own)  # noqa: S704  matplotlib has escaped the text in it
