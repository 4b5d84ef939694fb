"""Pages in a real browser, offline: nothing asked for, nothing complained of, nothing sideways."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from slm_analysis.batch.pages import blocks, page
from slm_analysis.presentation import headline, plot, table
from slm_analysis.presentation.tables.portfolio_attention import attention
from slm_analysis.presentation.tables.portfolio_matrix import matrix
from slm_analysis.presentation.views import Cell, Column, Headline, Matrix, Table, UnitRow
from tests.batch.test_pages import every_block, frame
from tests.conftest import PROJECT
from tests.presentation.made_up_levels import kept, level
from tests.presentation.made_up_portfolio import drawn, portfolio_of, ratings, run_of, unit

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

DRAWN = [name for name in NAMES if name != "hostile"]


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


@pytest.mark.parametrize("name", [name for name in NAMES if name != "hostile"])
def test_a_page_is_light(pages, name):
    assert pages[name].stat().st_size < 600 * 1024


TOO_WIDE = """() => [...document.querySelectorAll('.scroll')]
    .filter(e => e.checkVisibility() && e.scrollWidth > e.clientWidth + 1)
    .map(e => e.innerText.slice(0, 80))"""


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
    seen = "all => all.filter(d => d.getClientRects().length).length"
    figures = tab.eval_on_selector_all(".wide", "all => all.length")
    assert tab.eval_on_selector_all("details", seen) == 0
    assert (tab.eval_on_selector_all(".wide", seen), figures) == (figures, 2)
    assert tab.eval_on_selector_all(".narrow", seen) == 0
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


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (360, "dark")])
def test_axe_finds_nothing_to_mend(browser, pages, name, width, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not there")
    tab, *_ = opened(browser, pages[name], width, color_scheme=scheme)
    tab.eval_on_selector_all("details", "all => all.forEach(d => d.open = true)")
    found = axe.Axe().run(tab).response["violations"]
    assert [(f["id"], f["impact"], [n["html"] for n in f["nodes"]]) for f in found] == []
    tab.context.close()


# --- sorting and searching

COLUMNS = [
    Column("Unit"),
    Column("Actual", numeric=True),
    Column("Week of"),
    Column("Chance", numeric=True),
    Column("Answered", numeric=True),
]
ROWS = [
    (
        "Sales 10",
        "98 of 100, 98.0%",
        "5 October 2026",
        "about 1 case in 4",
        "25 of 83 answered (30%)",
    ),
    ("Sales 9", "–", "28 September 2026", "Less than 1 chance in 100", "97.6% (1,928 of 1,976)"),
    ("Logistics", "1,200 of 12,000, 10%", "12 October 2026", "about 1 case in 10", "–"),
    ("华东销售部", "−4.5 h", "2 November 2026", "2 chances in 10", "5 to 91%"),
]
TOLD = [row[0] for row in ROWS]


@pytest.fixture(scope="module")
def index(tmp_path_factory) -> Path:
    """Return a small index: units by services, every promise, all reports."""
    matrix = Matrix(
        "Share kept",
        ["Invoices"],
        [
            UnitRow(name, "", [Cell(value)])
            for name, value in zip(TOLD, ("98%", "–", "10%", "100%"), strict=True)
        ],
    )
    reports = {
        "type": "reports", "first": "Unit", "caption": "Reports", "columns": ["Trends"],
        "rows": [{"name": name, "cells": [{"title": "Trends", "error": "x"}]} for name in TOLD],
    }  # fmt: skip
    views = [
        Headline("T", "L", "W", "S", "N"),
        matrix,
        Table("Every promise", COLUMNS, ROWS, folded=True),
        Table("One row", [Column("A"), Column("B")], [["a", "b"]]),
    ]
    file = tmp_path_factory.mktemp("index") / "index.html"
    shown = [*(view.page() for view in views), reports]
    file.write_text(page(shown, frame("All units")), encoding="utf-8")
    return file


def names(tab, table: str) -> list[str]:
    """Return the first cells of the rows that are seen."""
    return tab.eval_on_selector_all(
        f"{table} > tbody > tr",
        "all => all.filter(r => r.checkVisibility()).map(r => r.cells[0].textContent)",
    )


FOLDED, MATRIX, REPORTS = ".big table", "table.m", "table.r"


@pytest.mark.parametrize(
    ("column", "upwards", "downwards"),
    [
        ("Unit", "Logistics|Sales 9|Sales 10|华东销售部", "华东销售部|Sales 10|Sales 9|Logistics"),
        # Shares among shares, times among times; what has no number stays last.
        (
            "Actual",
            "Logistics|Sales 10|华东销售部|Sales 9",
            "华东销售部|Sales 10|Logistics|Sales 9",
        ),
        (
            "Week of",
            "Sales 9|Sales 10|Logistics|华东销售部",
            "华东销售部|Logistics|Sales 10|Sales 9",
        ),
        (
            "Chance",
            "Sales 9|Logistics|华东销售部|Sales 10",
            "Sales 10|华东销售部|Logistics|Sales 9",
        ),
    ],
)
def test_a_heading_sorts_its_table(browser, index, column, upwards, downwards):
    tab, _, messages = opened(browser, index, 1280)
    tab.click("summary")
    heading = tab.locator(f"{FOLDED} th", has_text=column)
    for told, order in (("ascending", upwards), ("descending", downwards), (None, "|".join(TOLD))):
        heading.get_by_role("button").click()
        assert names(tab, FOLDED) == order.split("|")
        assert heading.get_attribute("aria-sort") == told
    assert names(tab, MATRIX) == names(tab, REPORTS) == TOLD
    assert messages == []
    tab.context.close()


def test_only_one_heading_is_sorted_by(browser, index):
    tab, *_ = opened(browser, index, 1280)
    tab.click("summary")
    for at in (0, 2):
        tab.locator(f"{FOLDED} th button").nth(at).click()
    assert tab.locator("[aria-sort]").all_inner_texts() == ["Week of"]
    tab.context.close()


@pytest.mark.parametrize("width", [360, 1280])
def test_a_table_is_sorted_by_keyboard_where_the_focus_is_seen(browser, index, width):
    tab, *_ = opened(browser, index, width)
    tab.focus("input[type=search]")
    for _ in range(2):
        tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.textContent") == "Invoices"
    assert tab.evaluate("document.activeElement.getBoundingClientRect().height") >= 24
    assert (
        tab.evaluate("getComputedStyle(document.activeElement.closest('thead')).clipPath") == "none"
    )
    tab.keyboard.press("Enter")
    assert names(tab, MATRIX) == ["Logistics", "Sales 10", "华东销售部", "Sales 9"]
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    tab.context.close()


@pytest.mark.parametrize(
    ("wanted", "units", "told"),
    [
        ("sales", ["Sales 10", "Sales 9"], "2 of 4 units match"),
        ("SALES about", ["Sales 10"], "1 of 4 units match"),
        ("东销", ["华东销售部"], "1 of 4 units match"),
        ("<script>", [], "0 of 4 units match"),
        ("  ", TOLD, ""),
    ],
)
@pytest.mark.parametrize("width", [360, 1280])
def test_the_search_filters_every_table_of_units(browser, index, wanted, units, told, width):
    tab, _, messages = opened(browser, index, width)
    tab.get_by_label("Search units and services").fill(wanted)
    assert names(tab, MATRIX) == names(tab, REPORTS) == units
    assert names(tab, FOLDED) == (units if told else [])
    assert tab.get_by_role("status").inner_text() == told
    assert messages == []
    tab.context.close()


def test_what_is_not_on_the_index_has_no_search(browser, tmp_path):
    file = tmp_path / "unit.html"
    file.write_text(page([Table("T", COLUMNS, ROWS).page()], frame()), encoding="utf-8")
    tab, *_ = opened(browser, file, 1280)
    assert tab.locator("input").count() == 0
    assert tab.locator("th button").count() == len(COLUMNS)
    tab.context.close()


def test_without_scripts_everything_can_be_read(browser, index):
    tab, *_ = opened(browser, index, 1280, java_script_enabled=False)
    assert tab.locator("button, input").count() == 0
    tab.click("summary")
    assert tab.locator(f"{FOLDED} th[scope=col]").all_inner_texts() == [c.title for c in COLUMNS]
    for name in (FOLDED, MATRIX, REPORTS):
        assert tab.locator(f"{name} > tbody > tr:visible").count() == len(ROWS)
    tab.context.close()


def test_one_row_is_not_sorted(browser, index):
    tab, *_ = opened(browser, index, 1280)
    assert tab.locator("table", has_text="One row").locator("button").count() == 0
    tab.context.close()


def test_a_script_in_the_data_would_not_run(browser, tmp_path):
    """The policy is the second line: even markup that got through would do nothing."""
    file = tmp_path / "unit.html"
    whole = page([{"type": "plain", "text": "MARK"}], frame())
    file.write_text(whole.replace("MARK", "<script>document.title = 'ran'</script>"), "utf-8")
    tab, _, messages = opened(browser, file, 1280)
    assert tab.title() != "ran"
    assert "Content Security Policy" in messages[0]
    tab.context.close()


# --- units by services

UNITS, SERVICES = 30, {"few": 3, "many": 12}
NAMES_OF_ANY_SCRIPT = (
    "华东销售部",
    "مبيعات الشرق الأوسط",
    "Gemeinschaftsdienstleistungszentrum Nordrhein-Westfalen",
    "x" * 120,
)


@pytest.fixture(scope="module")
def portfolios(tmp_path_factory) -> dict[str, Path]:
    """Return indexes of 30 units, with few services and with many, and one of a single unit."""
    folder = tmp_path_factory.mktemp("portfolios")
    files = {name: folder / f"{name}.html" for name in (*SERVICES, "one")}
    for name, file in files.items():
        units = 1 if name == "one" else UNITS
        result = portfolio_of(
            {unit_name(at): made_up_unit(at, SERVICES.get(name, 1)) for at in range(units)},
            failed=(unit_name(4),),
        )
        views = [headline(result), attention(result), matrix(result), table(result), plot(result)]
        cells = [{"title": "Trends", "href": "u/02_trends.html", "error": ""}]
        reports = {
            "type": "reports", "first": "Unit", "caption": "Reports", "columns": ["Trends"],
            "rows": [{"name": unit, "cells": cells} for unit in result.units],
        }  # fmt: skip
        top, *others = (view.page() for view in views)
        question = {"type": "question", "text": "What needs attention first?"}
        content = [top, question, *others, reports]
        file.write_text(page(content, frame("All business units")), encoding="utf-8")
    return files


def test_the_index_of_500_units_is_no_burden(tmp_path):
    """Under 2 MiB with its list of reports: the most pressing are drawn, all others in figures."""
    result = portfolio_of({f"Business unit {at:03d}": made_up_unit(at, 9) for at in range(5, 505)})
    views = [headline(result), attention(result), matrix(result), table(result), plot(result)]
    cells = [
        {
            "title": f"Report {n}",
            "href": f"business-unit-0123abcd/0{n}_report.html",
            "error": "",
        }
        for n in range(5)
    ]
    reports = {
        "type": "reports", "first": "Unit", "caption": "R", "columns": [*"abcde"],
        "rows": [{"name": unit, "cells": cells} for unit in result.units],
    }  # fmt: skip
    html = page([*(view.page() for view in views), reports], frame("All business units"))
    assert len(html.encode()) < 2 * 1024**2


def unit_name(at: int) -> str:
    return NAMES_OF_ANY_SCRIPT[at] if at < len(NAMES_OF_ANY_SCRIPT) else f"Unit {at:02d}"


def made_up_unit(at: int, services: int) -> dict[str, list[dict]]:
    names = [f"Service {number}" if number else "报销与差旅" for number in range(services)]
    if at == 4:
        return {}
    rows = [kept(name, value=0.95 + (at + n) / 1000) for n, name in enumerate(names)]
    if at < 3:
        rows[0] = level(names[0])
    trends = [
        drawn(
            name, "worse" if at == 1 else "steady", since="2026-08-03",
            recent=[1.0, 0.9] * 13, signals=[run_of(9, 25)] if at == 1 else [],
        ) for name in names
    ]  # fmt: skip
    return unit(*rows, trends=trends, satisfaction=[ratings(3.5 + at / 30)])


@pytest.mark.parametrize("name", [*SERVICES, "one"])
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (700, "light"), (360, "dark")])
def test_units_of_any_name_fit_and_can_be_read_aloud(browser, portfolios, name, width, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not there")
    tab, requests, messages = opened(browser, portfolios[name], width, color_scheme=scheme)
    assert (requests, messages) == ([portfolios[name].as_uri()], [])
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    assert tab.evaluate(TOO_WIDE) == []
    if name != "many" or width == 360:
        found = axe.Axe().run(tab).response["violations"]
        assert [(f["id"], f["impact"], [n["html"] for n in f["nodes"]]) for f in found] == []
    tab.context.close()


@pytest.mark.parametrize("name", SERVICES)
@pytest.mark.parametrize("width", [360, 1280])
def test_every_cell_keeps_to_its_place(browser, portfolios, name, width):
    tab, *_ = opened(browser, portfolios[name], width)
    assert tab.evaluate(SPILLED) == []
    small = tab.eval_on_selector_all(
        ".draw text", "all => all.map(t => parseFloat(getComputedStyle(t).fontSize) * t.getCTM().a)"
    )
    assert small
    assert min(small) >= 11
    tab.context.close()


SPILLED = """() => [...document.querySelectorAll('.m :is(th, td)')]
    .filter(c => c.getClientRects().length && c.scrollWidth > c.clientWidth + 14)
    .map(c => c.innerText)"""


def test_many_services_are_blocks_and_few_are_a_table(browser, portfolios):
    for name, shown in (("few", "table-cell"), ("many", "block")):
        tab, *_ = opened(browser, portfolios[name], 1280)
        cell = "document.querySelector('.m tbody td')"
        assert tab.evaluate(f"getComputedStyle({cell}).display") == shown
        told = tab.evaluate(f"getComputedStyle({cell}, '::before').content")
        first = tab.locator(f"{MATRIX} thead th").nth(1).inner_text()
        assert told == ("none" if name == "few" else f'"{first}"')
        tab.context.close()


def test_of_many_units_the_first_are_shown_until_more_are_asked_for(browser, portfolios):
    tab, *_ = opened(browser, portfolios["few"], 1280)
    assert len(names(tab, MATRIX)) == len(names(tab, REPORTS)) == 25
    assert tab.locator(".more").first.inner_text() == "The first 25 of 30 rows. Show all"
    tab.locator(".more button").first.click()
    assert len(names(tab, MATRIX)) == UNITS
    assert tab.locator(".more").first.inner_text() == "All 30 rows. Show fewer"
    assert len(names(tab, REPORTS)) == 25
    tab.locator(".more button").first.click()
    assert len(names(tab, MATRIX)) == 25
    tab.context.close()


def test_the_search_looks_at_all_units(browser, portfolios):
    tab, *_ = opened(browser, portfolios["few"], 1280)
    tab.get_by_label("Search units and services").fill("unit 29")
    assert names(tab, MATRIX) == ["Unit 29"]
    assert tab.locator(".more:visible").count() == 0
    tab.get_by_label("Search units and services").fill("")
    assert len(names(tab, MATRIX)) == 25
    tab.context.close()


def test_all_units_are_sorted_by_the_figures_of_their_cells(browser, portfolios):
    tab, *_ = opened(browser, portfolios["few"], 1280)
    tab.locator(f"{MATRIX} th", has_text="Service 1").get_by_role("button").click()
    shares = [float(text.rstrip("%")) for text in values_of(tab, 2) if text != "–"]
    assert shares == sorted(shares)
    # The one without any figure, whose report failed, is last and so not among the first.
    assert len(shares) == 25
    tab.locator(f"{MATRIX} th", has_text="Satisfaction").get_by_role("button").click()
    assert names(tab, MATRIX)[0] == NAMES_OF_ANY_SCRIPT[0]
    tab.context.close()


def values_of(tab, column: int) -> list[str]:
    return tab.eval_on_selector_all(
        f"{MATRIX} > tbody > tr",
        f"all => all.filter(r => r.checkVisibility() && r.cells[{column}])"
        f".map(r => r.cells[{column}].querySelector('.p').textContent)",
    )


def test_without_scripts_all_units_are_shown(browser, portfolios):
    tab, *_ = opened(browser, portfolios["few"], 1280, java_script_enabled=False)
    assert tab.locator(f"{MATRIX} > tbody > tr:visible").count() == UNITS
    tab.context.close()


def test_on_paper_units_are_a_table_and_what_is_left_out_is_said(browser, portfolios):
    tab, *_ = opened(browser, portfolios["few"], 794)
    tab.emulate_media(media="print")
    assert tab.evaluate("document.documentElement.scrollWidth") <= 794
    cell = "document.querySelector('.m tbody td')"
    assert tab.evaluate(f"getComputedStyle({cell}).display") == "table-cell"
    assert tab.locator(".more").first.inner_text().strip() == "The first 25 of 30 rows."
    tab.context.close()
