"""The documentation holds together: every file that it names is there."""

import re

import pytest

import slm_analysis as slm
from slm_analysis.intake.source_yaml import read_sources
from tests.conftest import PROJECT

PAGES = [*PROJECT.glob("*.md"), *PROJECT.glob("docs/*.md"), PROJECT / "data" / "README.md"]
LINK = re.compile(r"\]\(([^)#:]+)\)")
NAMED = re.compile(r"`((?:slm_analysis|docs|data|parameters|notebooks|tests|benchmarks)/[\w./-]+)`")
PYTHON = re.compile(r"```python\n(.*?)```", re.DOTALL)
SOURCES = re.compile(r"```yaml\n(as_of: .*?)```", re.DOTALL)
WITH_PYTHON = [page for page in PAGES if PYTHON.search(page.read_text(encoding="utf-8"))]
LARGEST_PICTURE = 300 * 1024


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_and_files_named_exist(page):
    text = page.read_text(encoding="utf-8")
    missing = [link for link in LINK.findall(text) if not (page.parent / link).exists()]
    missing += [name for name in NAMED.findall(text) if not (PROJECT / name).exists()]
    assert missing == []


def test_every_picture_of_the_docs_is_shown():
    shown = {
        (page.parent / link).resolve()
        for page in PAGES
        for link in LINK.findall(page.read_text(encoding="utf-8"))
    }
    pictures = {*PROJECT.glob("docs/pictures/*")}
    assert pictures
    assert pictures <= shown
    assert max(picture.stat().st_size for picture in pictures) < LARGEST_PICTURE


def test_what_there_is_to_call_is_all_listed():
    page = (PROJECT / "docs" / "api.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r"(?m)^\.\. auto(?:function|class):: (\w+)$", page)) == sorted(
        slm.__all__
    )


@pytest.mark.parametrize("page", WITH_PYTHON, ids=lambda page: page.name)
def test_python_in_the_docs_runs(page, sample_project, monkeypatch, capsys):
    monkeypatch.chdir(sample_project)
    names: dict[str, object] = {}
    for code in PYTHON.findall(page.read_text(encoding="utf-8")):
        exec(compile(code, page.name, "exec"), names)  # noqa: S102  our own documentation


def test_the_sources_of_the_docs_can_be_read(tmp_path):
    (text,) = SOURCES.findall((PROJECT / "docs" / "own-data.md").read_text(encoding="utf-8"))
    (tmp_path / "sources.yaml").write_text(text, encoding="utf-8")
    assert list(read_sources(tmp_path / "sources.yaml", tmp_path).tables) == ["tickets"]
