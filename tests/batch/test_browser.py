"""Pages in a real browser, offline: nothing asked for, nothing complained of, nothing sideways."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from slm_analysis.batch.pages import blocks, page
from tests.batch.test_pages import every_block, frame
from tests.conftest import PROJECT

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
ARGUMENTS = [
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
AS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
LONG = "NothingThatCouldBeBroken" * 9


@pytest.fixture(scope="module")
def browser() -> Iterator:
    """Return a browser of this machine; nothing is downloaded."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip(f"no browser is installed: {', '.join(BROWSERS)}")
    arguments = [*ARGUMENTS, *(["--no-sandbox"] if AS_ROOT else [])]
    with playwright.sync_playwright() as p:
        running = p.chromium.launch(executable_path=found, args=arguments)
        yield running
        running.close()


@pytest.fixture(scope="module")
def pages(executed_notebooks, tmp_path_factory) -> dict[str, Path]:
    """Return the pages of all notebooks, and one with words without end."""
    folder = tmp_path_factory.mktemp("pages")
    shown = {name: blocks(file) for name, file in executed_notebooks.items()}
    files = {}
    for name, content in (shown | {"hostile": every_block(LONG)}).items():
        files[name] = folder / f"{name}.html"
        around = frame(LONG if name == "hostile" else "Manufacturing, service levels")
        files[name].write_text(page(content, around), encoding="utf-8")
    return files


NAMES = [*(n.stem for n in sorted((PROJECT / "notebooks").glob("*.ipynb"))), "hostile"]

DRAWN = [name for name in NAMES if name not in {"00_portfolio", "hostile"}]


def opened(browser, file: Path, width: int, **options) -> tuple:
    """Open a page; return it with every request and every message of its console."""
    context = browser.new_context(viewport={"width": width, "height": 800}, offline=True, **options)
    tab = context.new_page()
    requests: list[str] = []
    messages: list[str] = []
    tab.on("request", lambda request: requests.append(request.url))
    tab.on("console", lambda message: messages.append(message.text))
    tab.on("pageerror", lambda error: messages.append(str(error)))
    tab.goto(file.as_uri())
    return tab, requests, messages


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("width", [360, 1280])
def test_a_page_asks_for_nothing_and_fits(browser, pages, name, width):
    tab, requests, messages = opened(browser, pages[name], width)
    assert requests == [pages[name].as_uri()]
    assert messages == []
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    if name != "hostile":
        # Nothing has to be scrolled sideways within the page either.
        assert tab.evaluate(TOO_WIDE) == []
    tab.context.close()


TOO_WIDE = """() => [...document.querySelectorAll('.scroll')]
    .filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.innerText.slice(0, 80))"""


@pytest.mark.parametrize("name", ["00_portfolio", "01_service_levels"])
def test_text_can_be_read_in_light_and_dark(browser, pages, name):
    shown = {}
    for scheme in ("light", "dark"):
        tab, *_ = opened(browser, pages[name], 1280, color_scheme=scheme)
        shown[scheme] = tab.evaluate(CONTRASTS)
        tab.context.close()
    for contrasts in shown.values():
        assert contrasts
        assert {text: ratio for text, ratio in contrasts if ratio < 4.5} == {}
    assert shown["light"] != shown["dark"]


CONTRASTS = """() => {
  const light = c => { const [r, g, b] = c.match(/[\\d.]+/g).slice(0, 3).map(v => {
      const s = v / 255; return s <= 0.03928 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4; });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const paper = light(getComputedStyle(document.body).backgroundColor);
  const seen = [];
  for (const e of document.querySelectorAll('body *')) {
    const own = [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
    if (!own || !e.getClientRects().length || e.classList.contains('skip')) continue;
    const style = getComputedStyle(e);
    const ink = light(e instanceof SVGElement ? style.fill : style.color);
    const ratio = (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
    seen.push([e.textContent.trim().slice(0, 40), Math.round(ratio * 10) / 10]);
  }
  return seen;
}"""


@pytest.mark.parametrize("name", DRAWN)
def test_one_drawing_is_shown_in_each_width_and_its_text_is_large_enough(browser, pages, name):
    for width, form in ((1280, "wide"), (360, "narrow")):
        tab, *_ = opened(browser, pages[name], width)
        visible = tab.eval_on_selector_all(
            "figure svg",
            "all => all.filter(s => s.getClientRects().length).map(s => s.parentElement.className)",
        )
        assert visible == [form] * len(visible)
        assert visible
        heights = tab.eval_on_selector_all(
            f".{form} text",
            "all => all.map(t => parseFloat(getComputedStyle(t).fontSize) * t.getCTM().a)",
        )
        assert min(heights) >= 11
        tab.context.close()


@pytest.mark.parametrize("name", DRAWN)
@pytest.mark.parametrize("width", [360, 1280])
def test_no_text_of_a_drawing_is_cut_or_covers_another(browser, pages, width, name):
    tab, *_ = opened(browser, pages[name], width)
    found = tab.evaluate(OVERLAPS)
    assert found == {"cut": [], "covered": []}
    tab.context.close()


OVERLAPS = """() => {
  const cut = [], covered = [];
  for (const svg of document.querySelectorAll('figure svg')) {
    if (!svg.getClientRects().length) continue;
    const frame = svg.getBoundingClientRect();
    const texts = [...svg.querySelectorAll('text')]
        .map(t => [t.textContent, t.getBoundingClientRect()]);
    for (const [text, box] of texts)
      if (box.left < frame.left - 1 || box.right > frame.right + 1
          || box.top < frame.top - 1 || box.bottom > frame.bottom + 1) cut.push(text);
    texts.forEach(([text, a], i) => texts.slice(i + 1).forEach(([other, b]) => {
      const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (wide > 2 && high > 4) covered.push([text, other]); }));
  }
  return {cut, covered};
}"""


def test_in_print_all_is_paper_and_details_are_left_out(browser, pages):
    tab, *_ = opened(browser, pages["01_service_levels"], 794)
    tab.emulate_media(media="print")
    assert tab.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert (
        tab.eval_on_selector_all(
            "details", "all => all.filter(d => d.getClientRects().length).length"
        )
        == 0
    )
    assert (
        tab.eval_on_selector_all(
            ".wide", "all => all.filter(d => d.getClientRects().length).length"
        )
        == 1
    )
    assert tab.evaluate("document.documentElement.scrollWidth") <= 794
    tab.context.close()


def test_by_keyboard_the_first_step_leads_to_the_report(browser, pages):
    tab, *_ = opened(browser, pages["00_portfolio"], 1280)
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.textContent") == "Skip to the report"
    tab.context.close()


def test_a_phone_shows_every_cell_with_the_name_of_its_column(browser, pages):
    tab, *_ = opened(browser, pages["00_portfolio"], 360)
    labels = tab.eval_on_selector_all(
        "table.m tbody tr:first-child td",
        "all => all.map(c => getComputedStyle(c, '::before').content)",
    )
    names = tab.eval_on_selector_all(
        "table.m thead th", "all => all.slice(1).map(h => h.textContent)"
    )
    assert labels == [f'"{name}"' for name in names]
    tab.context.close()
