"""Executed notebooks to pages: self-contained, without code, nothing asked of the network."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import bleach
import nbformat
from jinja2 import Environment, PackageLoader, select_autoescape
from markupsafe import Markup
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from slm_analysis.batch.parameters import TITLE
from slm_analysis.presentation.views import KEY_FIGURES, PAGE

TEMPLATES = "batch/template"
H2 = re.compile(r"^## (.+)$", re.MULTILINE)
IDS = re.compile(r'(id="|href="#|url\(#)([^")]+)(?=[^<>]*>)')
"""Ids within tags; what stands between tags is text."""


UNSEEN = re.compile(r"<(script|style)\b.*?(</\1\s*>|$)", re.DOTALL | re.IGNORECASE)
"""What is no text, of an analyst's own outputs: a page brings its own style."""
TAGS = frozenset({
    "a", "abbr", "b", "blockquote", "br", "caption", "code", "dd", "del", "div", "dl", "dt", "em",
    "h2", "h3", "h4", "h5", "h6", "hr", "i", "li", "ol", "p", "pre", "s", "small", "span", "strong",
    "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
})  # fmt: skip
ATTRIBUTES = {"a": ["href", "title"], "td": ["colspan", "rowspan"], "th": ["colspan", "rowspan"]}


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
    home : mapping or None
        `href` and `title` of the page above this one.
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
    home: Mapping[str, str] | None
    tabs: Sequence[Mapping[str, object]]
    links: Mapping[str, Mapping[str, str]]
    footer: str


def page(blocks: Iterable[Mapping[str, object]], frame: Frame) -> str:
    """Return the page that shows these blocks."""
    style = _environment().get_template("style.css").render()
    shown = list(blocks)
    top = next((block for block in shown if block["type"] == "headline"), None)
    content = {"blocks": shown, "top": top, "style": Markup(style)}  # noqa: S704  our file
    return _environment().get_template("page.html.j2").render(page=content | vars(frame))


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


def blocks(notebook: Path) -> Iterator[Mapping[str, object]]:
    """Yield what a page shows of an executed notebook: questions, and what their cells answered."""
    for cell in nbformat.read(notebook, as_version=4).cells:
        if cell.cell_type == "markdown" and not TITLE.search(cell.source):
            heading = H2.match(cell.source)
            if heading:
                yield {"type": "question", "text": heading[1].strip()}
            rest = cell.source[heading.end() :] if heading else cell.source
            if rest.strip():
                yield _markdown(rest)
        for output in cell.get("outputs", ()):
            # Warnings are for the readers of the notebook.
            if output.get("name") != "stderr" and (block := _block(output)):
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
        return _cleaned(data["text/html"])
    if "image/png" in data:
        return {
            "type": "image",
            "png": data["image/png"].strip(),
            "alt": data.get("text/plain", ""),
        }
    text = data.get("text/plain") or output.get("text")
    return {"type": "plain", "text": text} if text else None


def _markdown(text: str) -> Mapping[str, object]:
    renderer = IPythonRenderer(escape=False, exclude_anchor_links=True)
    return _cleaned(MarkdownWithMath(renderer).render(text))


def _cleaned(html: str) -> Mapping[str, object]:
    """Return markup of a notebook as a block; text and tables stay, all else goes."""
    cleaned = bleach.clean(UNSEEN.sub("", html), TAGS, ATTRIBUTES, strip=True)
    return {"type": "markdown", "html": Markup(cleaned)}  # noqa: S704


def _svg(drawing: str, prefix: str) -> Markup:
    """Return a drawing with ids of its own, for a page holds many."""
    own = IDS.sub(lambda m: f"{m[1]}{prefix}-{m[2]}", drawing)
    return Markup(own)  # noqa: S704  matplotlib has escaped the text in it
