"""Pages: one file that asks nothing of the network, in which data are text and nothing else."""

from __future__ import annotations

import base64
import hashlib
import re
from itertools import pairwise
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st
from nbformat.v4 import (
    new_code_cell,
    new_markdown_cell,
    new_notebook,
    new_output,
)

from slm_analysis.batch import pages
from slm_analysis.batch.pages import Frame, blocks, page
from slm_analysis.presentation.chart import Caption, Chart
from slm_analysis.presentation.numbers import plain_percent
from slm_analysis.presentation.plots.rows import Row, draw_rows
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
    Matrix,
    Prose,
    Table,
    UnitRow,
)
from tests.presentation.test_views import HOSTILE, cell_of

OUTSIDE = re.compile(
    r"(?i)(^\s*(https?|ftp|file|javascript|vbscript):|^\s*//|url\(\s*['\"]?(?!#)|@import)"
)
"""What would ask something of the network, or run."""
SCRIPT = (Path(pages.__file__).parent / "template" / "script.js").read_text(encoding="utf-8")
FETCHING = ("src", "href", "xlink:href", "srcset", "action", "formaction", "data", "poster",
            "style", "background", "ping", "fill", "clip-path", "mask", "filter")  # fmt: skip


def frame(text: str = "X", *, links: bool = True) -> Frame:
    return Frame(
        title=text,
        kicker=text,
        period=text,
        as_of=text,
        status=text,
        failed=text,
        previous={"href": "../2026-09/index.html", "title": text},
        home={"href": "../index.html", "title": "All business units"},
        tabs=[
            {"title": text, "href": "01_x.html", "current": True, "status": ""},
            {"title": text, "href": "", "current": False, "status": text},
        ],
        links={"01_x": {"href": "01_x.html", "title": text}} if links else {},
        footer=text,
    )


def chart(text: str) -> Chart:
    rows = [Row(text, 0.9, 0.85, 0.95, text, goal=0.95, mark="bad"), Row("b", 0.95, 0.9, 0.99, "w")]
    numbers = Table(text, [Column(text)], [[text]])
    caption = Caption(text, text, text, [text], text)
    return Chart(caption, draw_rows(rows, (0.7, 1.0), plain_percent), numbers)


def every_block(text: str) -> list[dict[str, object]]:
    """Return every kind of block, with this text in every place where data can stand."""
    columns = [Column(text), Column(text, numeric=True), Column(text, minor=True)]
    views = [
        Headline(text, text, text, text, text, "01_x"),
        Prose([text], [text]),
        Attention([Concern(text, text, text, "unit", "01_x", text, cell_of(text).drawing)], [text]),
        About([(text, text)]),
        Table(text, columns, [[text] * 3], accented=[0]),
        Table(text, columns, [[text] * 3], folded=True),
        Matrix(
            text,
            [text],
            [UnitRow(text, "u/01_x.html", [cell_of(text)]), UnitRow(text, "", [], text)],
            [text],
        ),
    ]
    top, *others = (view.page() for view in views)
    found = [top, {"type": "question", "text": text}, *others]
    found += [
        {"type": "plain", "text": text},
        {"type": "code", "text": text},
        {"type": "image", "png": "aGFsbG8=", "alt": text},
    ]
    cells = [
        {"title": text, "href": "u/01_x.html", "error": ""},
        {"title": text, "href": "", "error": text},
    ]
    return [
        *found,
        {"type": "reports", "first": text, "caption": text, "columns": [text, text],
         "rows": [{"name": text, "cells": cells}]},
        {"type": "files", "text": text, "files": [{"href": "kpis.csv", "title": text}]},
    ]  # fmt: skip


def parsed(*shown: dict[str, object], text: str = "X") -> BeautifulSoup:
    return BeautifulSoup(page(shown, frame(text)), "html.parser")


def tag_names(soup: BeautifulSoup) -> list[str]:
    """Return the names of all tags, those that only tell a language or a direction left out."""
    told = [tag for tag in soup.find_all("span") if {*tag.attrs} == {"lang"}]
    assert all(tag["lang"] in {"zh", "ja", "ko"} and not tag.find_all() for tag in told)
    told += [tag for tag in soup.find_all("bdi") if not tag.attrs]
    return [tag.name for tag in soup.find_all() if not any(tag is other for other in told)]


def notebook(tmp_path: Path, *cells) -> Path:
    file = tmp_path / "n.ipynb"
    nbformat.write(new_notebook(cells=list(cells)), file)
    return file


def output(**data: object):
    names = {"md": "text/markdown", "html": "text/html", "png": "image/png", "text": "text/plain",
             "page": PAGE, "figures": KEY_FIGURES}  # fmt: skip
    return new_output("display_data", data={names[name]: value for name, value in data.items()})


def code(*outputs):
    return new_code_cell("slm.say(x)", outputs=list(outputs))


def assert_safe(soup: BeautifulSoup) -> None:
    """Nothing is fetched, and nothing runs but our script."""
    for tag in soup.find_all():
        assert tag.name != "script" or (tag.get_text(), tag.attrs) == (SCRIPT, {})
        assert tag.name not in {
            "iframe",
            "object",
            "embed",
            "link",
            "base",
            "form",
            "foreignobject",
        }
        for name, value in tag.attrs.items():
            assert not name.lower().startswith("on"), tag
            if name.lower() in FETCHING:
                assert not OUTSIDE.search(str(value)), tag
    for style in soup.find_all("style"):
        assert not OUTSIDE.search(style.get_text())


def test_a_page_says_what_may_be_loaded():
    soup = parsed(*every_block("X"))
    policy = soup.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"]
    known = base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()
    assert policy == (
        "default-src 'none'; img-src data:; style-src 'unsafe-inline'; "
        f"script-src 'sha256-{known}'; base-uri 'none'; form-action 'none'"
    )
    assert [script.get_text() for script in soup.find_all("script")] == [SCRIPT]
    assert soup.html["lang"] == "en"
    assert soup.find("meta", attrs={"name": "viewport"})
    assert soup.meta["charset"] == "utf-8"


@pytest.mark.parametrize("text", [text for text in HOSTILE if text])
def test_data_are_text_everywhere(text):
    plain, hostile = parsed(*every_block("X"), text="X"), parsed(*every_block(text), text=text)
    assert tag_names(hostile) == tag_names(plain)
    assert_safe(hostile)
    if text.strip():
        seen = " ".join(hostile.get_text().split())
        told = " ".join(plain.get_text().split()).count("X")
        assert seen.count(" ".join(text.split())) >= told - 2


@given(text=st.text(min_size=1, max_size=40))
@settings(max_examples=30)
def test_no_text_makes_a_tag(text):
    plain, other = parsed(*every_block("X"), text="X"), parsed(*every_block(text), text=text)
    assert tag_names(other) == tag_names(plain)


@pytest.mark.parametrize(
    "text",
    [
        "</text><script>alert(1)</script>",
        "]]> <!-- x --> &lt;",
        "$x$ \\(x\\)",
        "مرحبا 🧾 华东",
        "x" * 200,
    ],
)
def test_figures_show_labels_as_text(text):
    shown = chart(text).page()
    plain, hostile = parsed(chart("X").page()), parsed(shown)
    assert {*tag_names(hostile)} == {*tag_names(plain)}
    assert_safe(hostile)
    assert hostile.find(attrs={"role": "img"})["aria-label"] == text


@pytest.mark.parametrize(
    "text", ["Ticket #b23a07", "v3.14159", 'id="x" url(#x) href="#x"', "a font-family: b;"]
)
def test_the_style_of_a_drawing_does_not_touch_its_labels(text):
    soup = parsed(chart(text).page())
    for form in ("wide", "narrow"):
        assert text in [t.get_text() for t in soup.find(class_=form).find_all("text")]


def test_drawings_use_the_colours_and_fonts_of_the_page():
    soup = parsed(chart("X").page())
    for svg in soup.find_all("svg"):
        assert not re.search(r"#[0-9a-f]{6}", str(svg))
        assert "font-family" not in str(svg)
        assert svg.find_all("text")
        assert not svg.find("path", id=re.compile("DejaVu"))


def test_ids_are_unique_and_found():
    shown = [chart("A").page(), chart("A").page(), *every_block("X")]
    soup = parsed(*shown)
    ids = [tag["id"] for tag in soup.find_all(id=True)]
    assert len(ids) == len(set(ids))
    assert len(ids) > 100
    used = re.findall(r'(?:url\(#|href="#)([^")]+)', str(soup))
    assert used
    assert set(used) <= set(ids)


def test_one_h1_and_no_level_left_out():
    soup = parsed(*every_block("X"), Headline("second", "", "", "", "").page())
    assert len(soup.find_all("h1")) == 1
    levels = [int(tag.name[1]) for tag in soup.find_all(re.compile(r"^h\d$"))]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_a_page_without_headline_is_headed_by_its_title():
    soup = parsed({"type": "plain", "text": "x"}, text="All months")
    assert [h.get_text() for h in soup.find_all("h1")] == ["All months"]


def test_tables_are_tables_for_a_screen_reader():
    soup = parsed(chart("A").page(), *every_block("X"))
    assert len(soup.find_all("table")) == 5
    for table in soup.find_all("table"):
        assert table["role"] == "table"
        assert table.caption
        for heading in table.find_all("th"):
            assert heading["scope"] in {"col", "row"}
            assert heading["role"] == {"col": "columnheader", "row": "rowheader"}[heading["scope"]]
        assert all(cell["role"] == "cell" for cell in table.find_all("td"))
        columns = len(table.thead.find_all("th"))
        assert all(len(row.find_all(["th", "td"])) == columns for row in table.tbody.find_all("tr"))


def test_cells_name_their_column_on_a_phone():
    table = Table(
        "C", [Column("Promise"), Column("Goal"), Column("n", numeric=True)], [["a", "b", "1"]]
    )
    soup = parsed(table.page())
    assert [cell["data-label"] for cell in soup.find_all("td")] == ["Goal", "n"]
    assert "stack" in soup.table["class"]
    numbers = Table("C", [Column("Week"), Column("n", numeric=True)], [["a", "1"]])
    assert "stack" not in parsed(numbers.page()).table["class"]


def test_a_figure_is_described_by_its_sentence():
    soup = parsed(chart("91.9% of 504").page())
    assert soup.find(attrs={"role": "img"})["aria-label"] == "91.9% of 504"
    assert [d.summary.get_text() for d in soup.figure.find_all("details")] == [
        "How to read this chart", "The numbers behind this chart",
    ]  # fmt: skip


def test_the_next_step_leads_to_a_report_only_where_there_is_one():
    block = Headline("T", "L", "W", "S", "N", "01_x").page()
    with_link = BeautifulSoup(page([block], frame()), "html.parser")
    without = BeautifulSoup(page([block], frame(links=False)), "html.parser")
    assert with_link.dl.a["href"] == "01_x.html"
    assert without.dl.a is None


def test_a_failed_report_has_a_tab_without_link():
    soup = parsed(text="Trends")
    tabs = soup.nav.find_all("li")
    assert [tab.get_text() for tab in tabs] == ["Trends", "Trends (Trends)"]
    assert tabs[0].a["aria-current"] == "page"
    assert tabs[1].a is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("华东销售部, Invoices", [("zh", "华东销售部")]),
        ("Ärger & <b>", []),
        ("东京カタカナ请求 and 한국", [("ja", "东京カタカナ请求"), ("ko", "한국")]),
        ("报销（差旅）", [("zh", "报销（差旅）")]),
    ],
)
def test_names_in_another_language_say_so(text, told):
    soup = parsed(*every_block(text), text=text)
    for tag in (soup.h1, soup.h2, soup.caption, soup.td, soup.footer, soup.nav.a):
        assert tag.get_text() == text
        assert [(span["lang"], span.get_text()) for span in tag.find_all("span")] == told
    assert soup.title.get_text() == text
    assert soup.td["data-label"] == text


@pytest.mark.parametrize(
    ("text", "apart"),
    [
        ("مبيعات الشرق, 276 of 312", ["مبيعات الشرق"]),
        ("Payments, מכירות (resolution)", ["מכירות"]),
        ("abc \u202ecba", ["\u202e"]),
        ("Ärger 华东", []),
    ],
)
def test_what_is_written_from_right_to_left_is_set_apart(text, apart):
    soup = parsed(*every_block(text), text=text)
    for tag in (soup.h1, soup.h2, soup.caption, soup.td, soup.footer):
        assert tag.get_text() == text
        assert [bdi.get_text() for bdi in tag.find_all("bdi")] == apart


@pytest.mark.parametrize(
    "shapes",
    [
        '<path d="M0 0h1"/><script>alert(1)</script>',
        '<path d="M0 0h1" onclick="alert(1)"/>',
        '<image href="https://example.com/x.png"/>',
    ],
)
def test_a_small_drawing_is_nothing_but_paths(shapes):
    cell = Cell("1", drawing=Glyph(shapes, 10, 10, "x"))
    soup = parsed(Matrix("C", ["X"], [UnitRow("A", "", [cell])]).page())
    assert soup.td.svg.find_all() == []
    assert_safe(soup)


def test_the_top_leads_to_the_month_before_and_to_what_failed():
    top = parsed(text="X").header
    assert [(a["href"], a.get_text()) for a in top.find_all("a")] == [
        ("../index.html", "All business units"), ("../2026-09/index.html", "X"), ("#reports", "X"),
    ]  # fmt: skip
    plain = BeautifulSoup(page([], Frame("T", "K", "P", "As of", "F")), "html.parser").header
    assert plain.get_text() == "PAs of"
    assert plain.find_all("a") == []


# --- notebooks to blocks


def test_a_notebook_becomes_questions_and_answers(tmp_path):
    file = notebook(
        tmp_path,
        new_markdown_cell("# Title\n\nWhat the notebook is about."),
        code(),
        new_markdown_cell("## Did we keep it?\n\nMore *words*."),
        code(
            output(text="x", md="no", page={"type": "prose", "sentences": ["Yes."], "caveats": []})
        ),
        code(output(text="Key figures", figures={"a": 1})),
    )
    shown = list(blocks(file))
    assert [block["type"] for block in shown] == ["question", "markdown", "prose"]
    assert shown[0]["text"] == "Did we keep it?"
    assert shown[1]["html"] == "<p>More <em>words</em>.</p>\n"


def test_code_is_not_shown(tmp_path):
    file = notebook(tmp_path, code(output(text="answer")))
    assert "slm.say" not in page(blocks(file), frame())


def test_for_analysts_the_code_is_folded_above_what_it_answered(tmp_path):
    file = notebook(tmp_path, code(output(text="answer")), new_code_cell(" "))
    shown = list(blocks(file, with_code=True))
    assert shown == [
        {"type": "code", "text": "slm.say(x)"}, {"type": "plain", "text": "answer"},
    ]  # fmt: skip
    (fold,) = BeautifulSoup(page(shown, frame()), "html.parser").find_all("details")
    assert (fold.summary.get_text(), fold.pre.get_text()) == ("Code", "slm.say(x)")


def test_numbers_that_stand_in_a_table_are_not_folded_below_their_figure_too(tmp_path):
    figure = chart("A")
    shown, other = (figure.page() for _ in range(2))
    other["numbers"] = Table("B", [Column("B")], [["b"]]).page()
    file = notebook(
        tmp_path,
        code(output(text="x", page=shown)),
        code(output(text="x", page=other)),
        code(output(text="x", page=figure.numbers.page())),
    )
    first, second, table = blocks(file)
    assert first["numbers"] is None
    assert second["numbers"] == other["numbers"]
    assert table == figure.numbers.page()


def test_outputs_of_an_analysts_own_cells(tmp_path):
    file = notebook(
        tmp_path,
        code(output(md="own **words**", text="x")),
        code(output(html=pd.DataFrame({"a < b": [1]})._repr_html_(), text="x")),
        code(output(png="aGFsbG8=\n", text="a chart")),
        code(new_output("stream", name="stdout", text="printed <b>")),
        code(output(text="a <b> repr")),
        code(new_output("stream", name="stderr", text="/home/me: FutureWarning")),
        new_markdown_cell("### A heading"),
    )
    soup = BeautifulSoup(page(blocks(file), frame()), "html.parser")
    assert soup.strong.get_text() == "words"
    assert [cell.get_text() for cell in soup.table.find_all(["th", "td"])] == [
        "",
        "a < b",
        "0",
        "1",
    ]
    assert (soup.img["src"], soup.img["alt"]) == ("data:image/png;base64,aGFsbG8=", "a chart")
    assert [pre.get_text() for pre in soup.find_all("pre")] == ["printed <b>", "a <b> repr"]
    assert soup.h3.get_text() == "A heading"
    assert "FutureWarning" not in soup.get_text()
    assert "vertical-align" not in soup.main.get_text()


@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>",
        "[click](javascript:alert(1))",
        '<a href="javascript:alert(1)" onclick="alert(1)">x</a>',
        "<img src=x onerror=alert(1)>",
        "<iframe src='https://example.com'></iframe>",
        "<style>@import 'https://example.com/x.css'</style>",
        '<svg onload="alert(1)"></svg>',
        '<p style="background:url(https://example.com/x.png)">x</p>',
    ],
)
@pytest.mark.parametrize("kind", ["md", "html", "cell"])
def test_markup_in_a_notebook_is_cleaned(tmp_path, source, kind):
    cell = new_markdown_cell(source) if kind == "cell" else code(output(**{kind: source}))
    soup = BeautifulSoup(page(blocks(notebook(tmp_path, cell)), frame()), "html.parser")
    for style in soup.head.find_all("style"):
        style.decompose()
    assert_safe(soup)
