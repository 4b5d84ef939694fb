"""Pages in Chinese: no English but what stands in the data, and all of it fits and sorts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from bs4 import BeautifulSoup, Tag

from slm_analysis.batch.pages import blocks, page
from slm_analysis.batch.parameters import declared
from slm_analysis.intake.contract import TABLES
from slm_analysis.presentation.language import in_language
from slm_analysis.presentation.views import Cell, Column, Headline, Matrix, Table, UnitRow
from slm_analysis.project import AGREEMENTS
from slm_analysis.questions.fitted_changes import MEASURES
from slm_analysis.sla.agreement_yaml import read_agreements
from tests.batch.test_browser import (
    FOLDED,
    MATRIX,
    OVERLAPS,
    TOO_WIDE,
    browser,
    names,
    opened,
)
from tests.batch.test_pages import frame
from tests.conftest import PROJECT
from tests.presentation.test_catalogues import LATIN, NAMES

__all__ = ["browser"]

NOTEBOOKS = sorted(file.stem for file in (PROJECT / "notebooks").glob("*.ipynb"))
DIGEST = re.compile(r"\b[0-9a-f]{12}\b")
CUT = re.compile(r"^(.+)…$", re.MULTILINE)
"""A name that did not fit into a figure."""


@pytest.fixture(scope="module")
def pages(executed_in_chinese, tmp_path_factory) -> dict[str, Path]:
    """Return the pages of all notebooks."""
    folder = tmp_path_factory.mktemp("pages")
    files = {}
    with in_language("zh"):
        for name, notebook in executed_in_chinese.items():
            files[name] = folder / f"{name}.html"
            files[name].write_text(page(blocks(notebook), frame("数")), encoding="utf-8")
    return files


# --- Words ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def data() -> set[str]:
    """Return every name and text of the data, agreements and parameters."""
    found = {"slm-analysis", "Asia/Shanghai", "All business units", *NAMES, *TABLES}
    found |= {measure.metric for measure in MEASURES}
    for columns in TABLES.values():
        found |= {column.name for column in columns}
    for notebook in (PROJECT / "notebooks").glob("*.ipynb"):
        for name, value in declared(notebook).items():
            found |= {name, str(value)}
    for agreement in read_agreements(PROJECT / AGREEMENTS).versions:
        found |= {agreement.name, agreement.scope, *agreement.parties.values()}
        found |= {duty for duties in agreement.responsibilities.values() for duty in duties}
    for file in (PROJECT / "data" / "sample").iterdir():
        texts = pd.read_csv(file, dtype="str")
        found.add(file.name)
        for name in texts:
            found |= {name, name.replace("_", " "), *texts[name].dropna().unique()}
    return {text for text in found if LATIN.search(text)}


def told(shown: Tag) -> Iterator[str]:
    """Yield what is read or heard of a page."""
    for tag in shown(["script", "style"]):
        tag.decompose()
    yield shown.get_text("\n")
    for tag in shown.find_all():
        for name in ("aria-label", "data-label", "alt", "title", "data-search", "data-found"):
            if tag.has_attr(name):
                yield re.sub(r"\{\w+\}", "", tag[name])


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_no_english_of_ours_is_left(pages, data, name):
    shown = BeautifulSoup(pages[name].read_text(encoding="utf-8"), "html.parser")
    text = DIGEST.sub("", "\n".join(told(shown)))
    text = CUT.sub(lambda cut: "" if any(n.startswith(cut[1]) for n in data) else cut[0], text)
    longest_first = "|".join(map(re.escape, sorted(data, key=len, reverse=True)))
    whole = rf"(?<![A-Za-z])(?:{longest_first})(?![A-Za-z])"
    assert LATIN.findall(re.sub(whole, "", text)) == []


# --- In a browser -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", NOTEBOOKS)
@pytest.mark.parametrize("width", [360, 1280])
def test_a_page_fits_and_no_text_of_a_drawing_is_cut(browser, pages, name, width):
    tab, requests, messages = opened(browser, pages[name], width)
    assert (requests, messages) == ([pages[name].as_uri()], [])
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    assert tab.evaluate(TOO_WIDE) == []
    assert tab.evaluate(OVERLAPS) == {"cut": [], "covered": []}
    tab.context.close()


ROWS = [
    ("业务十", "276/312（88.5%）", "2026年10月5日", "100次中超过99次", "1.5小时"),
    ("业务九", "–", "2026年9月28日", "100次中不到1次", "–"),
    ("物流", "1,200/12,000（10%）", "2026年10月12日", "约10次中有1次", "132小时"),
    ("华东", "95%", "2025年11月2日", "10次中约2次", "4.5小时"),
]


@pytest.fixture(scope="module")
def index(tmp_path_factory) -> Path:
    """Return a small index: units by services, and a table to sort."""
    units = [UnitRow(name, "", [Cell("98%")]) for name, *_ in ROWS]
    columns = [Column("单位"), Column("实际", numeric=True), Column("周"),
               Column("可能", numeric=True), Column("用时", numeric=True)]  # fmt: skip
    views = [
        Headline("一", "二", "三", "四", "五"),
        Matrix("达标", ["发票"], units),
        Table("承诺", columns, ROWS, folded=True),
    ]
    file = tmp_path_factory.mktemp("index") / "index.html"
    with in_language("zh"):
        file.write_text(page([v.page() for v in views], frame("数")), encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("column", "upwards"),
    [
        ("实际", "物流|业务十|华东|业务九"),
        ("周", "华东|业务九|业务十|物流"),
        ("可能", "业务九|物流|华东|业务十"),
        ("用时", "业务十|华东|物流|业务九"),
    ],
)
def test_a_heading_sorts_its_table(browser, index, column, upwards):
    tab, _, messages = opened(browser, index, 1280)
    tab.click("summary")
    tab.locator(f"{FOLDED} th", has_text=column).get_by_role("button").click()
    assert names(tab, FOLDED) == upwards.split("|")
    assert messages == []
    tab.context.close()


def test_the_search_is_in_chinese(browser, index):
    tab, _, messages = opened(browser, index, 1280)
    tab.get_by_label("搜索业务单位和服务").fill("业务")
    assert names(tab, MATRIX) == ["业务十", "业务九"]
    assert tab.get_by_role("status").inner_text() == "4个业务单位中有2个符合"
    assert messages == []
    tab.context.close()
