"""Executed notebooks to pages: self-contained, without code, nothing asked of the network."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import bleach
import nbformat
from jinja2 import Environment, FileSystemLoader, select_autoescape
from markupsafe import Markup, escape
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from slm_analysis.batch.parameters import TITLE
from slm_analysis.presentation.language import gettext, language, pgettext
from slm_analysis.presentation.lettering import EAST_ASIAN
from slm_analysis.presentation.views import KEY_FIGURES, PAGE

TEMPLATES = Path(__file__).parent / "template"
H2 = re.compile(r"^## (.+)$", re.MULTILINE)
IDS = re.compile(r'(id="|href="#|url\(#)([^")]+)(?=[^<>]*>)')
"""Ids within tags; what stands between tags is text."""
PATHS = re.compile(r'(<path(?: class="[a-z ]+")? d="[MmLlHhVvZz\d .-]*"/>)*')
"""What small drawings consist of."""
TURNING = (
    "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u200e\u200f\u202a-\u202e\u2066-\u2069"
    "\U00010800-\U00010fff\U0001e800-\U0001efff"
)
RIGHT_TO_LEFT = re.compile(rf"[{TURNING}](?:[\s{TURNING}]*[{TURNING}])?")
"""Hebrew and Arabic letters, and marks that turn the direction of what follows."""
HANGUL, KANA = re.compile("[\uac00-\ud7a3]"), re.compile("[\u3041-\u30ff]")

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
    period, as_of, footer : str
    home, previous : mapping or None
        `href` and `title` of the page above this one, and of the period before.
    status, failed : str
        How many reports there are; how many failed, which leads to the list of them.
    tabs : sequence of mapping
        `title`, `href`, `current`, or `status` where there is no page.
    links : mapping
        Notebook to its `href` and `title`.
    """

    title: str
    kicker: str
    period: str
    as_of: str
    footer: str
    home: Mapping[str, str] | None = None
    previous: Mapping[str, str] | None = None
    status: str = ""
    failed: str = ""
    tabs: Sequence[Mapping[str, object]] = ()
    links: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def page(blocks: Iterable[Mapping[str, object]], frame: Frame) -> str:
    """Return the page that shows these blocks, its own words in the language in use."""
    shown = list(blocks)
    content = {
        "blocks": shown,
        "top": next((block for block in shown if block["type"] == "headline"), None),
        "style": _own("style.css"),
        "script": _own("script.js"),
        "script_hash": _source_hash(_own("script.js")),
    }
    return _environment().get_template("page.html.j2").render(page=content | vars(frame))


def _own(name: str) -> Markup:
    """Return a file of the template as it is."""
    return Markup((TEMPLATES / name).read_text(encoding="utf-8"))  # noqa: S704  our file


def _source_hash(script: str) -> str:
    """Return what names a script in a Content Security Policy (CSP Level 3, section 2.3.1)."""
    return f"sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(["html", "j2"]),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["svg"] = _svg
    environment.filters["drawn"] = _drawn
    environment.filters["lang"] = _with_languages
    environment.globals |= {"_": gettext, "pgettext": pgettext, "language": language}
    return environment


def blocks(notebook: Path, *, with_code: bool = False) -> Iterator[Mapping[str, object]]:
    """Yield what a page shows of an executed notebook: questions, and what their cells answered.

    Parameters
    ----------
    notebook : Path
    with_code : bool
        The code stands above what it answered, folded.
    """
    shown = [*_all_blocks(notebook, with_code=with_code)]
    tables = [_figures_of(block) for block in shown if block["type"] == "table"]
    for block in shown:
        # The numbers behind a figure need no second table where they stand beside it anyway.
        repeated = block["type"] == "figure" and _figures_of(block["numbers"]) in tables
        yield {**block, "numbers": None} if repeated else block


def _figures_of(table: object) -> object:
    return (table["columns"], table["rows"]) if isinstance(table, Mapping) else None


def _all_blocks(notebook: Path, *, with_code: bool) -> Iterator[Mapping[str, object]]:
    for cell in nbformat.read(notebook, as_version=4).cells:
        if cell.cell_type == "markdown" and not TITLE.search(cell.source):
            heading = H2.match(cell.source)
            if heading:
                yield {"type": "question", "text": gettext(heading[1].strip())}
            rest = cell.source[heading.end() :] if heading else cell.source
            if rest.strip():
                yield _markdown(rest)
        if with_code and cell.cell_type == "code" and cell.source.strip():
            yield {"type": "code", "text": cell.source}
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


def _drawn(shapes: str) -> Markup:
    """Return the inside of a small drawing, if it is nothing but paths."""
    return Markup(shapes if PATHS.fullmatch(shapes) else "")  # noqa: S704  looked through


def _with_languages(text: object) -> Markup:
    """Return text escaped, parts in another East Asian language named for a screen reader.

    What is written from right to left is set apart, or the figures after it would change places.
    """
    parts = EAST_ASIAN.sub(_in_its_language, str(escape(text)))
    return Markup(RIGHT_TO_LEFT.sub(r"<bdi>\g<0></bdi>", parts))  # noqa: S704  escaped


def _in_its_language(found: re.Match[str]) -> str:
    own = "ko" if HANGUL.search(found[0]) else "ja" if KANA.search(found[0]) else "zh"
    return found[0] if own == language() else f'<span lang="{own}">{found[0]}</span>'
