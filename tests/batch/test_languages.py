"""Each page in its report's language, the index in that of all; what is no language is told."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from slm_analysis.batch.execute import DONE, FAILED
from slm_analysis.batch.pages import page
from slm_analysis.batch.parameters import read_settings
from slm_analysis.batch.pdf import footer
from slm_analysis.batch.plan import plan
from slm_analysis.errors import InputError
from slm_analysis.presentation.language import in_language, language
from slm_analysis.project import slug
from tests.batch.projects import (
    GIVEN,
    PARAMETERS,
    PORTFOLIO,
    UNITS,
    WORK,
    run_all,
    set_tasks,
    write_notebook,
    write_project,
)
from tests.batch.test_pages import every_block, frame

HERE, THERE = UNITS
MONTH = Path("reports/2026-10")
DECLARED = 'language = "en"  # of all text\n'
HEAD_OFFICE = "business_unit: Head Office\nlanguage: en\n"


def project(root: Path, defaults: str = "language: zh\n", unit: str = HEAD_OFFICE) -> Path:
    """Write a project in Chinese with one unit in English."""
    write_project(root)
    notebooks, parameters = root / "notebooks", root / "parameters"
    (notebooks / "01_levels.ipynb").unlink()
    write_notebook(notebooks / "01_levels.ipynb", "Service levels", PARAMETERS + DECLARED, WORK)
    write_notebook(notebooks / "00_portfolio.ipynb", "All", GIVEN + DECLARED, PORTFOLIO)
    (parameters / "defaults.yaml").write_text(defaults, encoding="utf-8")
    (parameters / "units" / "head.yaml").write_text(unit, encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def published(tmp_path_factory) -> Path:
    """Return a project after a run in which the Chinese unit's report was good."""
    root = project(tmp_path_factory.mktemp("project"))
    run_all(root)
    return root


def soup(file: Path) -> BeautifulSoup:
    return BeautifulSoup(file.read_text(encoding="utf-8"), "html.parser")


def report(root: Path, unit: str) -> BeautifulSoup:
    return soup(root / MONTH / slug(unit) / "01_levels.html")


def test_a_unit_has_the_language_of_its_file(published):
    found = report(published, HERE)
    assert found.html["lang"] == "en"
    assert found.title.get_text() == "Head Office: service levels, October 2026"
    assert [dt.get_text() for dt in found.find_all("dt")] == [
        "What happened", "How sure we are", "What to do next",
    ]  # fmt: skip
    assert found.footer.get_text().startswith(
        "Figures on this page belong to Head Office only. Made by slm-analysis "
    )


def test_the_others_have_that_of_all(published):
    found = report(published, THERE)
    assert found.html["lang"] == "zh"
    assert found.title.get_text() == "华东销售部：服务水平，2026年10月"
    assert [span.get_text() for span in found.header.find_all("span")] == [
        "所有业务单位", "2026年10月", "截至2026年11月2日08:00（Asia/Shanghai）",
    ]  # fmt: skip
    assert [tab.get_text() for tab in found.nav.find_all("li")] == ["服务水平"]
    assert [dt.get_text() for dt in found.find_all("dt")] == [
        "发生了什么", "有多大把握", "下一步做什么",
    ]  # fmt: skip
    assert re.fullmatch(
        r"本页数据仅属于华东销售部。由slm-analysis [\d.]+生成", found.footer.get_text()
    )
    # A name in the page's own language needs no mark.
    assert found.find_all("span", lang=True) == []


def test_the_index_has_that_of_all(published):
    found = soup(published / MONTH / "index.html")
    assert found.html["lang"] == "zh"
    assert found.title.get_text() == "所有业务单位，2026年10月"
    assert [h.get_text() for h in found.find_all("h2")] == ["本月全部报告"]
    assert found.caption.get_text() == "共2份报告，已生成2份"
    assert found.find(class_="note").get_text().split("：")[0] == "各项承诺的数据表"
    months = soup(published / "reports" / "index.html")
    assert months.html["lang"] == "zh"
    assert [a.get_text() for a in months.table.find_all("a")] == ["打开"]


def test_another_language_makes_a_report_anew(published, tmp_path):
    root = published
    (root / "parameters" / "units" / "head.yaml").write_text(
        "business_unit: Head Office\nlanguage: zh\n", encoding="utf-8"
    )
    before = {job.business_unit: job.key for job in plan(root).jobs}
    (root / "parameters" / "units" / "head.yaml").write_text(HEAD_OFFICE, encoding="utf-8")
    after = {job.business_unit: job.key for job in plan(root).jobs}
    assert before[HERE] != after[HERE]
    assert before[THERE] == after[THERE]
    assert [job.language for job in plan(root).jobs] == ["en", "zh"]


def test_what_failed_is_told_in_the_language_of_the_page(tmp_path):
    root = project(tmp_path)
    set_tasks(root, {THERE: "raise"})
    records = run_all(root)
    assert sorted(r.status for r in records.values()) == [DONE, DONE, FAILED]
    index = soup(root / MONTH / "index.html")
    assert index.caption.get_text() == "共2份报告，已生成1份"
    assert "服务水平失败： 失败。ValueError: no luck with 华东销售部 and more" in index.get_text()


def test_without_a_file_a_report_has_the_language_of_its_notebook(tmp_path):
    root = project(tmp_path, unit="business_unit: Head Office\n")
    (root / "parameters" / "defaults.yaml").unlink()
    settings = read_settings(root)
    assert [settings.language(notebook, HERE) for notebook in settings.notebooks] == ["en", "en"]
    assert settings.index_language == "en"


def test_without_a_portfolio_the_index_has_the_language_of_all(tmp_path):
    root = project(tmp_path)
    (root / "notebooks" / "00_portfolio.ipynb").unlink()
    assert plan(root).language == "zh"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("cn", "defaults.yaml, line 1, language, value 'cn': There is no such language."),
        ("english", "There is no such language. Known: en, zh."),
        ("3", "This must be a text in quotes, as in the notebook."),
        ("no", 'Write "no" with the quotes if it is a text, else false.'),
    ],
)
def test_what_is_no_language_is_told(tmp_path, written, said):
    root = project(tmp_path, f"language: {written}\n")
    with pytest.raises(InputError) as e:
        read_settings(root)
    assert said in str(e.value).replace(f"{root}/parameters/", "")


def test_a_notebook_with_a_preset_that_is_no_language(tmp_path):
    root = project(tmp_path)
    preset = PARAMETERS + 'language = "fr"  # of all text\n'
    write_notebook(root / "notebooks" / "01_levels.ipynb", "Levels", preset, WORK)
    with pytest.raises(InputError, match=r"value 'fr': There is no such language\."):
        read_settings(root)


def test_pages_written_at_the_same_time_keep_their_languages():
    def titles(code: str) -> set[str]:
        with in_language(code):
            made = [page(every_block("X"), frame("X")) for _ in range(20)]
        return {soup.html["lang"] + soup.dt.get_text()
                for soup in (BeautifulSoup(text, "html.parser") for text in made)}  # fmt: skip

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(titles, ["en", "zh", "en", "zh"]))
    assert found == [{"enWhat happened"}, {"zh发生了什么"}] * 2
    assert language() == "en"


def test_every_block_in_chinese_has_no_english_of_ours():
    with in_language("zh"):
        shown = BeautifulSoup(page(every_block("数"), frame("数")), "html.parser")
    matrix = shown.find("table", class_="m")
    texts = [matrix["data-search"], re.sub(r"\{\w+\}", "", matrix["data-found"])]
    for tag in [*shown(["script", "style"]), shown.header.a]:  # the link up is the frame's
        tag.decompose()
    assert re.findall("[A-Za-z]+", shown.get_text() + "".join(texts)) == []
    assert shown.nav["aria-label"] == "本单位的报告"


def test_leaves_are_numbered_in_the_language_of_the_page():
    number, total = '<span class="pageNumber"></span>', '<span class="totalPages"></span>'
    assert f">{number} of {total}<" in footer("en")
    assert f">第{number}页，共{total}页<" in footer("zh")
