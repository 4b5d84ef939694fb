"""Figures show themselves once; their drawings are the page's own."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import warnings
from xml.etree import ElementTree

import pytest
from IPython.core.formatters import DisplayFormatter
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image

from slm_analysis.presentation.chart import Caption, Chart, set_height
from slm_analysis.presentation.plots.rows import Row, draw_rows, share_limits
from slm_analysis.presentation.theme import (
    CJK_PACKAGE,
    PALETTE,
    WIDE,
    advise_font,
    font_families,
    style,
)
from slm_analysis.presentation.views import PAGE, Column, Table
from tests.presentation.drawn import assert_readable, drawn, texts

NAN = float("nan")
LABELS = (
    "Invoice posting, resolution", "ACCOUNTS PAYABLE INVOICE POSTING NORTHERN REGION",
    "华东销售部共享服务中心应付账款发票过账服务等级目标达成率", "W" * 200, "a\nb", "$x^2$ \\frac",
    "<b>&amp;", "🧾 x",
)  # fmt: skip


def percent(share: float) -> str:
    return f"{share:.0%}"


def row(label: str = "A", value: float = 0.9, mark: str = "plain", **more) -> Row:
    low, high = (value - 0.05, min(value + 0.05, 1)) if value >= 0 else (NAN, NAN)
    return Row(
        label,
        value,
        low,
        high,
        "Missed",
        mark,
        goal=0.95,
        figures="12,276 of 14,312, 90.0%",
        **more,
    )


def chart(*rows: Row, title: str = "Title", numbers: Table | None = None) -> Chart:
    caption = Caption(title, "Subtitle", "One sentence.", ["A caveat."], "How to.")
    return Chart(caption, draw_rows(rows or [row()], (0.7, 1.0), percent), numbers)


def bundle(figure: Chart) -> tuple[dict, dict]:
    return figure._repr_mimebundle_()


def test_it_is_shown_once_as_an_image_with_its_sentence(monkeypatch):
    shown = []
    monkeypatch.setattr(
        "slm_analysis.presentation.chart.display",
        lambda data, metadata, raw: shown.append((data, metadata, raw)),
    )
    assert DisplayFormatter().format(chart()) == ({}, {})
    ((data, metadata, raw),) = shown
    assert raw
    assert [name for name in data if name.startswith("image/")] == ["image/png"]
    assert data["text/plain"] == "One sentence."
    assert metadata["image/png"] == {"alt": "One sentence.", "width": WIDE}
    image = Image.open(io.BytesIO(data["image/png"]))
    assert image.width == 2 * WIDE
    assert json.loads(json.dumps(data[PAGE]))["title"] == "Title"


def test_its_words_travel_with_it():
    table = Table("Numbers", [Column("A")], [["1"]])
    shown = chart(numbers=table).page()
    assert {k: v for k, v in shown.items() if k not in {"wide", "narrow"}} == {
        "type": "figure", "title": "Title", "subtitle": "Subtitle", "sentence": "One sentence.",
        "caveats": ["A caveat."], "how_to_read": "How to.", "numbers": table.page(),
    }  # fmt: skip


def test_two_drawings_of_the_same_are_the_same():
    assert bundle(chart()) == bundle(chart())


@pytest.mark.parametrize("narrow", [False, True])
def test_a_drawing_is_valid_and_wears_the_colours_of_the_page(narrow):
    svg = chart(*map(row, LABELS[:-1])).svg(narrow=narrow)
    root = ElementTree.fromstring(svg.replace("xlink:href", "href"))  # noqa: S314  ours
    assert root.attrib["class"] == "c"
    assert root.attrib["viewBox"].split()[2] == ("344" if narrow else "800")
    roles = set(re.findall(r"var\(--(\w+)\)", svg))
    assert roles <= set(PALETTE)
    assert {"ink", "grid", "muted"} <= roles
    tags = re.findall(r"<[^>]*>", svg)
    assert not [tag for tag in tags if re.search(r"#[0-9a-f]{6}|font-family|\d\.\d{3}", tag)]


def test_the_title_stands_in_the_picture_but_not_in_the_drawing():
    figure = chart(title="A title of its own")
    assert "A title of its own" in texts(figure)
    assert "A title of its own" not in figure.svg(narrow=False)


@pytest.mark.parametrize("title", ["T", "A title " * 30, "华东销售部" * 30, "x" * 300, ""])
def test_any_title_fits_into_the_picture(title):
    with style():
        figure = chart(row("A"), row("B"), title=title)
        FigureCanvasAgg(figure).draw()
        assert_readable(figure)


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("mark", ["plain", "bad", "hidden"])
def test_labels_of_every_script_fit(narrow, mark):
    labels = [label for label in LABELS if "🧾" not in label]
    figure = drawn(chart(*(row(label, mark=mark) for label in labels)), narrow=narrow)
    assert_readable(figure)


@pytest.mark.parametrize("narrow", [False, True])
def test_labels_are_not_read_as_mathematics(narrow):
    shown = texts(drawn(chart(row("US$ 5 and US$ 6")), narrow=narrow))
    assert "US$ 5 and US$ 6" in shown


def test_one_row_many_rows_and_rows_without_figure():
    for rows in ([row()], [row(f"S{i}") for i in range(40)], [row("A", NAN, "hidden")]):
        for narrow in (False, True):
            assert_readable(drawn(chart(*rows), narrow=narrow))


def test_nothing_to_draw_says_so():
    figure = Chart(Caption("T", "S", "There is nothing to draw."))
    assert texts(figure) == ["There is nothing to draw.", "T", "S"]
    assert figure.page()["wide"] == figure.page()["narrow"] == ""


def test_accent_means_unfavourable_and_more_than_chance():
    assert "var(--acc)" in chart(row(mark="bad")).svg(narrow=False)
    for mark in ("plain", "hidden", "good"):
        assert "var(--acc)" not in chart(row(mark=mark)).svg(narrow=False)


@pytest.mark.parametrize(
    ("values", "low"),
    [([0.93, 0.97], 0.9), ([0.91], 0.8), ([0.9], 0.8), ([0.42, NAN], 0.4), ([0.0], 0.0),
     ([NAN], 0.8), ([], 0.8), ([1.0], 0.9)],
)  # fmt: skip
def test_the_scale_holds_all_values(values, low):
    assert share_limits(values) == (pytest.approx(low), 1.0)


def test_heights_are_pixels():
    figure = chart()
    set_height(figure, 100)
    assert figure.bbox.height == pytest.approx(100)


def test_a_chinese_font_of_the_system_is_used():
    if len(font_families()) < 2:
        pytest.skip(f"no Chinese font is installed ({CJK_PACKAGE})")
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        bundle(chart(row("华东销售部")))
    assert told == []


def test_of_several_fonts_in_a_file_that_of_simplified_chinese_is_used():
    names = font_families()
    if len(names) < 2 or not names[1].startswith("Noto Sans CJK"):
        pytest.skip(f"not the fonts of {CJK_PACKAGE}")
    assert names == ("DejaVu Sans", "Noto Sans CJK SC")


def test_glyphs_that_no_font_has_are_no_warning():
    bundle(chart(row("🧾 x")))


@pytest.mark.parametrize("label", ["华东销售部", "مرحبا"])
def test_without_a_chinese_font_its_package_is_named_once(label, monkeypatch):
    monkeypatch.setattr("slm_analysis.presentation.chart.font_families", lambda: ("DejaVu Sans",))
    advise_font.cache_clear()
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        for _ in range(2):
            bundle(chart(row(label)))
    advise_font.cache_clear()
    said = [str(warning.message) for warning in told]
    assert [CJK_PACKAGE in text for text in said] == ([True] if label == "华东销售部" else [])


def test_a_label_that_begins_with_an_underscore_shows():
    shown = texts(drawn(chart(row("_internal")), narrow=False))
    assert "_internal" in shown
    assert ">_internal</text>" in chart(row("_internal")).svg(narrow=False)


def test_figures_are_drawn_without_pyplot():
    code = (
        "import sys; from slm_analysis.presentation.chart import Caption, Chart;"
        "Chart(Caption('a', 'b', 'c'))._repr_mimebundle_();"
        "sys.exit('matplotlib.pyplot' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0  # noqa: S603


def test_the_style_is_left_as_it_was():
    import matplotlib as mpl  # noqa: PLC0415

    before = dict(mpl.rcParams)
    bundle(chart())
    assert dict(mpl.rcParams) == before
