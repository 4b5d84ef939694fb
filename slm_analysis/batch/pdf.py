"""Pages printed as PDF: one browser for all of them, offline."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from slm_analysis.batch.publish import PDF
from slm_analysis.errors import Fault, InputError
from slm_analysis.files import write_whole
from slm_analysis.presentation.language import _, in_language

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserType, Page

COMMANDS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable",
            "microsoft-edge")  # fmt: skip
CHANNELS = ("chrome", "msedge")
"""Browsers that playwright finds where Windows and macOS have put them."""
QUIET = ("--no-first-run", "--disable-background-networking", "--disable-component-update",
         "--disable-sync")  # fmt: skip
FOOTER = """<div style="width:100%;font:8px sans-serif;color:#565d66;padding:0 12mm;display:flex">
<span class="title"></span><span style="margin-left:auto">{page_of_all}</span></div>"""
PAGE, ALL = '<span class="pageNumber"></span>', '<span class="totalPages"></span>'
"""The browser fills in title and numbers, as text."""
UNLINK = "all => all.forEach(link => link.removeAttribute('href'))"
"""On paper links lead nowhere, and they would tell folders of this machine."""


def print_pages(pages: Iterable[Path]) -> None:
    """Print pages as PDF, each beside its page.

    Parameters
    ----------
    pages : iterable of Path
        HTML files.

    Raises
    ------
    InputError
        Where playwright or a browser is missing.
    """
    try:
        from playwright.sync_api import sync_playwright  # noqa: PLC0415
    except ImportError:
        remedy = "Install the extra: pip install 'slm-analysis[pdf]'."
        raise InputError(Fault("Printing needs playwright.", remedy)) from None
    with sync_playwright() as playwright:
        browser = _launched(playwright.chromium)
        page = browser.new_context(offline=True).new_page()
        for file in pages:
            write_whole(file.with_suffix(PDF), _printed(page, file))
        browser.close()


def _launched(chromium: BrowserType) -> Browser:
    """Return a browser of this machine; nothing is downloaded."""
    from playwright.sync_api import Error  # noqa: PLC0415

    command = next((path for name in COMMANDS if (path := shutil.which(name))), None)
    ways = [{"executable_path": command}] if command else [{"channel": name} for name in CHANNELS]
    said = ""
    for way in ways:
        try:
            return chromium.launch(**way, args=QUIET, chromium_sandbox=not _is_root())  # type: ignore[arg-type]
        except Error as e:
            said = e.message.splitlines()[0]
    raise InputError(
        Fault(
            f"No browser to print with could be started: {said}",
            "Install Chromium, Chrome or Edge.",
        )
    )


def _is_root() -> bool:
    """Whether root runs this: only then the browser's sandbox cannot work."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _printed(page: Page, file: Path) -> bytes:
    page.goto(file.as_uri())
    page.eval_on_selector_all("a[href]", UNLINK)
    language = page.evaluate("document.documentElement.lang")
    return page.pdf(
        prefer_css_page_size=True,
        print_background=True,
        display_header_footer=True,
        header_template="<span></span>",
        footer_template=footer(language),
        tagged=True,
        outline=True,
    )


def footer(language: str) -> str:
    """Return what stands below each leaf of a page in a language: its title, and which leaf."""
    with in_language(language):
        return FOOTER.format(page_of_all=_("{page} of {all}").format(page=PAGE, all=ALL))
