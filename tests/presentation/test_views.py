"""Whatever stands in the data is shown as text: in Markdown, in HTML, on the page."""

from __future__ import annotations

import json
import re

import pytest
from bs4 import BeautifulSoup
from hypothesis import example, given
from hypothesis import strategies as st
from nbconvert.filters import markdown2html

from slm_analysis.presentation.views import (
    KEY_FIGURES,
    PAGE,
    About,
    Attention,
    Cell,
    Column,
    Concern,
    Glyph,
    Headline,
    KeyFigures,
    Label,
    Matrix,
    Prose,
    Table,
    UnitRow,
    View,
    escape_html,
    escape_markdown,
)

HOSTILE = (
    "<script>alert(1)</script>",
    "</p><img src=x onerror=alert(1)>",
    "**bold** _it_ `code` ~~gone~~ # no heading",
    "# heading",
    "- item",
    "+ item",
    "1. item",
    "2) item",
    ": definition",
    "=== ---",
    "> quote",
    "| a | b |",
    "[x](javascript:alert(1))",
    "![x](https://example.com/x.png)",
    "<https://example.com>",
    "https://example.com and www.example.com and me@example.com",
    "javascript:alert(1)",
    "$x^2$ and $$y$$ and US$ 5",
    r"\(x\) \\(x\\) \[x\] \begin{equation}x\end{equation}",
    r"C:\new\_folder_",
    "=cmd|' /C calc'!A0",
    "&lt;b&gt; &amp; &#42;",
    "]]> <!-- x --> <![CDATA[ x",
    "two\nlines\n\n# and more",
    "    indented",
    "\ttab",
    "```\ncode\n```",
    "مرحبا \u202eabc",
    "🧾 Rechnung 👩‍💻",
    "华东销售部",
    "x" * 200,
    "{{ 7 * 7 }} {% raw %}",
    "* * *",
    "[ ] task",
    "[x]: https://example.com",
    "'quoted' \"double\"",
    "",
)
TAGS = {"p", "strong", "em", "ul", "ol", "li", "small", "span"}
"""What our own Markdown makes."""


def one_line(text: str) -> str:
    return " ".join(text.split())


def cell_of(text: str) -> Cell:
    """Return a cell with this text in every place, and a drawing."""
    labels = [Label(text, 1, 2, "start")]
    drawing = Glyph('<path d="M0 0h1"/>', 10, 10, text, 5, labels)
    return Cell(
        text, text, text, text, "met", "worse", text, hot=True, accent=True, drawing=drawing
    )


def views_of(text: str) -> list[View]:
    """Return every kind of view, with this text in every place where data can stand."""
    return [
        Prose([text, text], [text]),
        Headline(text, text, text, text, text),
        Attention([Concern(text, text, text, "folder", "01_x", text)], [text]),
        About([(text, text)]),
        Table(text, [Column(text), Column(text, numeric=True)], [[text, text]]),
        Matrix(
            text,
            [text],
            [UnitRow(text, "unit/01.html", [cell_of(text)]), UnitRow(text, "", [], text)],
        ),
    ]


def rendered(view: View) -> BeautifulSoup:
    """Return what a notebook viewer makes of a view."""
    rich = view.rich()
    markup = markdown2html(rich["text/markdown"]) if "text/markdown" in rich else rich["text/html"]
    return BeautifulSoup(markup, "html.parser")


@given(st.text(max_size=60))
@example("www.a.b")
@example("a_b_c*d*")
def test_markdown_shows_any_text_as_it_is(text):
    soup = BeautifulSoup(markdown2html(escape_markdown(text)), "html.parser")
    assert {tag.name for tag in soup.find_all()} <= {"p", "span"}
    assert one_line(soup.get_text()) == one_line(text)


@given(st.lists(st.sampled_from(HOSTILE), min_size=1, max_size=4).map(" ".join))
def test_marks_beside_each_other_stay_text(text):
    soup = BeautifulSoup(markdown2html(escape_markdown(text)), "html.parser")
    assert {tag.name for tag in soup.find_all()} <= {"p", "span"}
    assert one_line(soup.get_text()) == one_line(text)


@pytest.mark.parametrize("text", HOSTILE)
def test_no_view_makes_a_tag_of_its_text(text):
    for view in views_of(text):
        tags = {tag.name for tag in rendered(view).find_all()}
        own = TAGS if "text/markdown" in view.rich() else {
            "table", "caption", "thead", "tbody", "tr", "th", "td", "span",
        }  # fmt: skip
        assert tags <= own, view


@given(st.text(max_size=40))
def test_no_view_loses_a_letter(text):
    shown = one_line(text)
    for view in views_of(text):
        assert shown in one_line(rendered(view).get_text()), type(view)


@given(st.text(max_size=40))
def test_html_shows_any_text_as_it_is(text):
    soup = BeautifulSoup(f"<p>{escape_html(text)}</p>", "html.parser")
    assert one_line(soup.p.get_text()) == one_line(text)
    assert {tag.name for tag in soup.find_all()} <= {"p", "span"}


@pytest.mark.parametrize("text", ["US$ 5 and US$ 6", r"\(x\)", r"\begin{a}x\end{a}"])
def test_no_tex_delimiter_is_left_for_jupyterlab(text):
    # MathJax joins neighbouring text, but not over the border of an element.
    for markup in (escape_html(text), markdown2html(escape_markdown(text))):
        soup = BeautifulSoup(markup, "html.parser")
        alone = [str(s) for s in soup.find_all(string=re.compile(r"[$\\]"))]
        assert alone
        assert set(alone) <= {"$", "\\"}


def test_prose():
    view = Prose(["One.", "Two."], ["A caveat.", "Another."])
    assert view.text() == "One.\nTwo.\nA caveat.\nAnother."
    assert view.rich()["text/markdown"] == (
        "One. Two.\n\n<small>A caveat.</small>\n\n<small>Another.</small>"
    )
    assert view.page() == {
        "type": "prose", "sentences": ["One.", "Two."], "caveats": ["A caveat.", "Another."],
    }  # fmt: skip


def test_prose_of_caveats_alone_has_no_empty_paragraph():
    assert Prose([], ["A caveat."]).rich()["text/markdown"] == "<small>A caveat.</small>"


def test_headline():
    view = Headline("T", "L", "W", "S", "N", "02_trends")
    assert view.text() == "T\nL\nWhat happened: W\nHow sure we are: S\nWhat to do next: N"
    assert view.page()["link"] == "02_trends"
    soup = rendered(view)
    assert soup.strong.get_text() == "T"
    assert [li.get_text() for li in soup.find_all("li")] == [
        "What happened: W", "How sure we are: S", "What to do next: N",
    ]  # fmt: skip


def test_table_text_stands_in_columns():
    view = Table("Caption", [Column("Name"), Column("n", numeric=True)], [["a", "1"], ["bb", "10"]])
    assert view.text() == "Caption\nName   n\na      1\nbb    10"


def test_table_without_rows():
    view = Table("Caption", [Column("Name")], [])
    assert view.text() == "Caption\nName"
    assert view.page()["rows"] == []
    assert rendered(view).tbody.find_all() == []


def test_table_page():
    columns = [Column("Name"), Column("n", numeric=True, minor=True)]
    assert Table("C", columns, [("a", "1")], accented=[0], folded=True).page() == {
        "type": "table",
        "caption": "C",
        "columns": [
            {"title": "Name", "numeric": False, "minor": False},
            {"title": "n", "numeric": True, "minor": True},
        ],
        "rows": [["a", "1"]],
        "accented": [0],
        "folded": True,
    }


def test_attention_is_numbered_in_order():
    concerns = [Concern(f"unit {i}", "Missed", "Why.", "u", "01", "See") for i in (1, 2)]
    view = Attention(concerns, ["In order."])
    assert view.text() == "1. unit 1: Missed. Why.\n2. unit 2: Missed. Why.\nIn order."
    assert len(rendered(view).ol.find_all("li")) == 2
    assert rendered(view).find_all("p")[-1].get_text() == "In order."


def test_matrix_reads_as_a_table():
    view = Matrix(
        "C",
        ["Invoices", "Payments"],
        [
            UnitRow(
                "A", "a/01.html", [Cell("91.9%", "of 8", "Missed", "worse", under="P1"), Cell("–")]
            ),
            UnitRow("B", "", [], "No report."),
        ],
        ["A note."],
    )
    assert view.text() == (
        "C\nUnit  Invoices                    Payments\nA     91.9% of 8 Missed worse P1  –\n"
        "B     No report.\nA note."
    )
    assert rendered(view).p.get_text() == "A note."
    assert view.page()["rows"][0]["href"] == "a/01.html"


def test_a_matrix_without_units_is_a_table_without_rows():
    assert Matrix("C", [], []).text() == "C\nUnit"


def test_about():
    view = About([("Sources", "a.csv 12ab"), ("Empty", "")])
    assert view.text() == "Sources: a.csv 12ab\nEmpty: "
    assert [li.get_text().strip() for li in rendered(view).find_all("li")] == [
        "Sources: a.csv 12ab", "Empty:",
    ]  # fmt: skip


def test_key_figures_are_told_beside_their_text():
    bundle = KeyFigures({"business_unit": "A", "levels": [{}, {}]})._repr_mimebundle_()
    assert bundle["text/plain"] == "Key figures: 2 levels"
    assert bundle[KEY_FIGURES] == {"business_unit": "A", "levels": [{}, {}]}


@pytest.mark.parametrize("text", HOSTILE)
def test_every_view_can_be_stored_in_a_notebook(text):
    for view in views_of(text):
        bundle = view._repr_mimebundle_()
        assert bundle["text/plain"] == repr(view) == view.text()
        assert json.loads(json.dumps(bundle[PAGE])) == bundle[PAGE]
