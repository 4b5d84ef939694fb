"""What a notebook cell shows: in Jupyter as text, HTML or an image, and for the page as data.

Every view carries the page's version under one MIME type that only our page template renders, so
an executed notebook already holds all that its page needs. Words are plain text here; each
rendering escapes them, so nothing in data can become markup.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

from slm_analysis.presentation.language import _, joined

PAGE = "application/vnd.slm.page+json"
KEY_FIGURES = "application/vnd.slm.key-figures+json"

MATH_MARKS = {"$": "<span>&#36;</span>", "\\": "<span>&#92;</span>"}
"""JupyterLab looks for TeX even in what Markdown made; a mark in an element of its own is safe."""
MARKDOWN_MARKS = re.compile(r"[\\$`*_{}\[\]#|~@]|(?<=:)/(?=/)|(?<=\bwww)\.", re.IGNORECASE)
MARKDOWN_STARTS = re.compile(r"^(\d*)([-+=:.)])")


def escape_html(text: str) -> str:
    """Return text so that HTML shows it as it is."""
    return re.sub(r"[$\\]", lambda m: MATH_MARKS[m[0]], html.escape(text))


def escape_markdown(text: str) -> str:
    """Return text as one line that Markdown shows as it is: no markup, no links, no TeX."""
    line = html.escape(" ".join(text.split()), quote=False)
    line = MARKDOWN_MARKS.sub(lambda m: MATH_MARKS.get(m[0], f"\\{m[0]}"), line)
    return MARKDOWN_STARTS.sub(r"\1\\\2", line)


def strong(text: str) -> str:
    """Return text as bold Markdown."""
    return f"**{escape_markdown(text)}**" if text.strip() else ""


@dataclass(frozen=True)
class View:
    """One thing shown by a cell."""

    def page(self) -> Mapping[str, object]:
        """Return what the page template needs."""
        raise NotImplementedError

    def text(self) -> str:
        """Return the view as plain text."""
        raise NotImplementedError

    def rich(self) -> Mapping[str, str]:
        """Return what Jupyter shows, by MIME type."""
        return {}

    def __repr__(self) -> str:
        return self.text()

    def _repr_mimebundle_(self, **_: object) -> dict[str, object]:
        return {"text/plain": self.text(), **self.rich(), PAGE: dict(self.page())}


@dataclass(frozen=True, repr=False)
class Prose(View):
    """Sentences, and caveats in smaller print."""

    sentences: Sequence[str]
    caveats: Sequence[str] = ()

    def page(self) -> Mapping[str, object]:
        """Return sentences and caveats."""
        return {"type": "prose", "sentences": [*self.sentences], "caveats": [*self.caveats]}

    def text(self) -> str:
        """Return the sentences, then the caveats."""
        return "\n".join([*self.sentences, *self.caveats])

    def rich(self) -> Mapping[str, str]:
        """Return Markdown."""
        parts = [escape_markdown(joined(self.sentences))]
        parts += [f"<small>{escape_markdown(caveat)}</small>" for caveat in self.caveats]
        return {"text/markdown": "\n\n".join(part for part in parts if part)}


@dataclass(frozen=True, repr=False)
class Headline(View):
    """The top of a page: the message, then what happened, how sure we are, what to do next."""

    title: str
    lead: str
    what: str
    sure: str
    next: str
    link: str = ""
    """Notebook that the next step leads to."""

    def page(self) -> Mapping[str, object]:
        """Return the parts."""
        parts = ("title", "lead", "what", "sure", "next", "link")
        return {"type": "headline"} | {name: getattr(self, name) for name in parts}

    def text(self) -> str:
        """Return the parts, one a line."""
        parts = [_("{name}: {text}").format(name=name, text=text) for name, text in self._parts()]
        return "\n".join([self.title, self.lead, *parts])

    def _parts(self) -> list[tuple[str, str]]:
        return [
            (_("What happened"), self.what),
            (_("How sure we are"), self.sure),
            (_("What to do next"), self.next),
        ]

    def rich(self) -> Mapping[str, str]:
        """Return Markdown."""
        parts = "\n".join(
            _("- *{name}:* {text}").format(name=name, text=escape_markdown(text))
            for name, text in self._parts()
        )
        return {"text/markdown": f"{strong(self.title)}\n\n{escape_markdown(self.lead)}\n\n{parts}"}


@dataclass(frozen=True)
class Column:
    """A column of a table."""

    title: str
    numeric: bool = False
    minor: bool = False
    """Left out on a phone."""


@dataclass(frozen=True, repr=False)
class Table(View):
    """Rows of text under headings; `marks` names the verdict mark before a cell."""

    caption: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    accented: Sequence[int] = ()
    """Rows that are unfavourable and more than chance."""
    folded: bool = False

    def page(self) -> Mapping[str, object]:
        """Return headings and rows."""
        return {
            "type": "table",
            "caption": self.caption,
            "columns": [
                {"title": c.title, "numeric": c.numeric, "minor": c.minor} for c in self.columns
            ],
            "rows": [[*row] for row in self.rows],
            "accented": [*self.accented],
            "folded": self.folded,
        }

    def text(self) -> str:
        """Return the rows in aligned columns."""
        lines = [[c.title for c in self.columns], *map(list, self.rows)]
        widths = [max(len(line[i]) for line in lines) for i in range(len(self.columns))]
        aligned = [
            "  ".join(
                cell.rjust(width) if column.numeric else cell.ljust(width)
                for cell, width, column in zip(line, widths, self.columns, strict=True)
            ).rstrip()
            for line in lines
        ]
        return "\n".join([self.caption, *aligned])

    def rich(self) -> Mapping[str, str]:
        """Return an HTML table."""
        align = ["right" if c.numeric else "left" for c in self.columns]
        head = "".join(
            f'<th style="text-align:{side}">{escape_html(c.title)}</th>'
            for c, side in zip(self.columns, align, strict=True)
        )
        body = "".join(
            "<tr>"
            + "".join(
                f'<td style="text-align:{side}">{escape_html(cell)}</td>'
                for cell, side in zip(row, align, strict=True)
            )
            + "</tr>"
            for row in self.rows
        )
        return {
            "text/html": f"<table><caption>{escape_html(self.caption)}</caption>"
            f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        }


@dataclass(frozen=True)
class Label:
    """A text in a drawing: where it stands, and its ``start``, ``middle`` or ``end`` there."""

    text: str
    x: int
    y: int
    anchor: str


@dataclass(frozen=True)
class Glyph:
    """A small drawing beside text.

    Attributes
    ----------
    shapes : str
        The inside of an SVG, of our own making.
    width, height : int
        Room for them.
    sentence : str
        What it shows, for those who do not see it.
    above : int
        Room above them, for labels.
    labels : sequence of Label
    """

    shapes: str
    width: int
    height: int
    sentence: str
    above: int = 0
    labels: Sequence[Label] = field(default_factory=list)


@dataclass(frozen=True)
class Concern:
    """One thing that needs attention, with the report that says more."""

    who: str
    title: str
    text: str
    folder: str
    notebook: str
    go: str
    drawing: Glyph | None = None


@dataclass(frozen=True, repr=False)
class Attention(View):
    """What needs attention first, in order."""

    concerns: Sequence[Concern]
    caveats: Sequence[str] = ()

    def page(self) -> Mapping[str, object]:
        """Return the concerns."""
        return {
            "type": "attention",
            "items": [asdict(concern) for concern in self.concerns],
            "caveats": [*self.caveats],
        }

    def text(self) -> str:
        """Return the concerns, numbered."""
        numbered = [
            _("{n}. {who}: {title}. {text}").format(n=n, who=c.who, title=c.title, text=c.text)
            for n, c in enumerate(self.concerns, 1)
        ]
        return "\n".join([*numbered, *self.caveats])

    def rich(self) -> Mapping[str, str]:
        """Return Markdown."""
        e = escape_markdown
        lines = [
            _("{n}. {who}: {title} {text}").format(
                n=n,
                who=e(c.who),
                title=strong(_("{title}.").format(title=c.title)),
                text=e(c.text),
            )
            for n, c in enumerate(self.concerns, 1)
        ]
        return {"text/markdown": "\n".join([*lines, "", *(e(c) for c in self.caveats)])}


@dataclass(frozen=True)
class Cell:
    """One service of one unit.

    Attributes
    ----------
    value, of, verdict, direction : str
        Figure, its denominator (and its interval, where nothing is drawn), verdict, where it is
        heading.
    mark : str
        Before the verdict: ``met``, ``met_unsure``, ``missed``, ``missed_unsure``, or empty.
    heading : str
        Before the direction: ``worse``, ``better``, or empty.
    under : str
        Below all that.
    hot : bool
        It calls for attention.
    accent : bool
        The verdict is unfavourable and more than chance.
    drawing : Glyph, optional
    """

    value: str
    of: str = ""
    verdict: str = ""
    direction: str = ""
    mark: str = ""
    heading: str = ""
    under: str = ""
    hot: bool = False
    accent: bool = False
    drawing: Glyph | None = None


@dataclass(frozen=True)
class UnitRow:
    """One unit: its name, its page, its cells, or why there are none."""

    name: str
    href: str
    cells: Sequence[Cell]
    note: str = ""


@dataclass(frozen=True, repr=False)
class Matrix(View):
    """Units by services."""

    caption: str
    columns: Sequence[str]
    rows: Sequence[UnitRow]
    notes: Sequence[str] = field(default_factory=list)

    def page(self) -> Mapping[str, object]:
        """Return the cells."""
        return {"type": "matrix"} | asdict(self)

    def _as_table(self) -> Table:
        rows = [
            [
                row.name,
                *(
                    " ".join(filter(None, (c.value, c.of, c.verdict, c.direction, c.under)))
                    for c in row.cells
                ),
            ]
            if row.cells
            else [row.name, row.note, *[""] * (len(self.columns) - 1)]
            for row in self.rows
        ]
        bad = [at for at, row in enumerate(self.rows) if any(c.hot for c in row.cells)]
        return Table(self.caption, [Column(_("Unit")), *map(Column, self.columns)], rows, bad)

    def text(self) -> str:
        """Return one unit a line."""
        return "\n".join([self._as_table().text(), *self.notes])

    def rich(self) -> Mapping[str, str]:
        """Return an HTML table, then the notes."""
        notes = "".join(f"<p>{escape_html(note)}</p>" for note in self.notes)
        return {"text/html": self._as_table().rich()["text/html"] + notes}


@dataclass(frozen=True, repr=False)
class About(View):
    """Name and value pairs: sources, rows, agreement, method, versions."""

    entries: Sequence[tuple[str, str]]

    def page(self) -> Mapping[str, object]:
        """Return the entries."""
        return {"type": "about", "entries": [[*entry] for entry in self.entries]}

    def text(self) -> str:
        """Return one entry a line."""
        return "\n".join(
            _("{name}: {text}").format(name=name, text=value) for name, value in self.entries
        )

    def rich(self) -> Mapping[str, str]:
        """Return Markdown."""
        e = escape_markdown
        return {
            "text/markdown": "\n".join(
                f"- {strong(_('{name}:').format(name=name))} {e(value)}"
                for name, value in self.entries
            )
        }


@dataclass(frozen=True, repr=False)
class KeyFigures:
    """What the portfolio and the index read of a report."""

    figures: Mapping[str, object] = field(repr=False)

    def __repr__(self) -> str:
        records = {k: len(v) for k, v in self.figures.items() if isinstance(v, list)}
        told = ", ".join(f"{n} {name}" for name, n in records.items())
        return _("Key figures: {figures}").format(figures=told)

    def _repr_mimebundle_(self, **_: object) -> dict[str, object]:
        return {"text/plain": repr(self), KEY_FIGURES: dict(self.figures)}
