"""The documentation is built without a warning, and asks nothing of the network."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.batch.test_browser import browser, opened  # noqa: F401  a fixture
from tests.conftest import PROJECT

pytest.importorskip("sphinx", reason="the extra 'docs' is not installed")
ASKED_FOR = re.compile(
    r"""<(?:script|img|link|iframe|source|object)\b[^>]*\b(?:src|href|data)=["']?(?:https?:)?//"""
    r"""|url\(["']?(?:https?:)?//|@import""",
    re.IGNORECASE,
)
"""What a browser would fetch by itself; a link that a reader follows is none of it."""


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    """Return the folder of the documentation, built as `make docs` builds it."""
    target = tmp_path_factory.mktemp("site")
    command = ["-m", "sphinx", "--quiet", "-W", "--keep-going", "-b", "html"]
    done = subprocess.run(  # noqa: S603
        [sys.executable, *command, PROJECT / "docs", target],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return target


def test_nothing_is_fetched_from_elsewhere(site):
    files = [*site.rglob("*.html"), *site.rglob("*.css")]
    assert len(files) > 10
    found = {f.name: ASKED_FOR.findall(f.read_text(encoding="utf-8")) for f in files}
    assert {name: links for name, links in found.items() if links} == {}


def test_a_reader_searches_and_finds_offline(site, browser):  # noqa: F811
    tab, requests, messages = opened(browser, site / "index.html", 1280)
    tab.get_by_placeholder("Search").fill("holiday_scope")
    tab.keyboard.press("Enter")
    tab.locator("#search-results a", has_text="How to write an agreement").first.click()
    tab.get_by_role("heading", name="A worked example, with every key").wait_for()
    assert [url for url in requests if not url.startswith("file:")] == []
    assert messages == []
    tab.context.close()


def test_pages_fit_a_phone(site, browser):  # noqa: F811
    for name in ("index", "tutorial", "api"):
        tab, *_ = opened(browser, site / f"{name}.html", 360)
        assert tab.evaluate("document.documentElement.scrollWidth") <= 360, name
        tab.context.close()
