"""The documentation holds together: every file that it names is there."""

import re

import pytest

from tests.conftest import PROJECT

PAGES = [*PROJECT.glob("*.md"), *PROJECT.glob("docs/*.md"), PROJECT / "data" / "README.md"]
LINK = re.compile(r"\]\(([^)#:]+)\)")
NAMED = re.compile(r"`((?:slm_analysis|docs|data|parameters|notebooks|tests|benchmarks)/[\w./-]+)`")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_and_files_named_exist(page):
    text = page.read_text(encoding="utf-8")
    missing = [link for link in LINK.findall(text) if not (page.parent / link).exists()]
    missing += [name for name in NAMED.findall(text) if not (PROJECT / name).exists()]
    assert missing == []


def test_every_picture_of_the_docs_is_shown():
    shown = {link for page in PAGES for link in LINK.findall(page.read_text(encoding="utf-8"))}
    pictures = {f"pictures/{picture.name}" for picture in PROJECT.glob("docs/pictures/*")}
    assert pictures
    assert pictures <= shown
