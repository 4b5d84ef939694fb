"""JupyterLab itself, as an analyst uses it: change the unit, run all, pick, ask for help."""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat
import pandas as pd
import pytest

from slm_analysis.presentation.views import KEY_FIGURES
from slm_analysis.project import AGREEMENTS, SOURCES
from tests.batch.test_browser import browser  # noqa: F401  a fixture
from tests.conftest import PROJECT
from tests.jupyter_lab import slm_lab

PRESET, WRITTEN, PICKED = "华东销售部", "Logistics", "Manufacturing"
NOTEBOOK = "notebooks/02_trends.ipynb"
LONG = 120_000
"""Milliseconds that a busy machine may take to start a kernel, or to run all cells."""


@pytest.fixture
def project(tmp_path) -> Path:
    """Return a small copy of the project: 02_trends, and the tickets of two units alone."""
    root = tmp_path / "project"
    tickets = Path("data", "sample", "tickets.csv.gz")
    shutil.copytree(PROJECT / AGREEMENTS, root / AGREEMENTS)
    for file in (SOURCES, tickets, NOTEBOOK):
        (root / file).parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(PROJECT / NOTEBOOK, root / NOTEBOOK)
    sources = (PROJECT / SOURCES).read_text(encoding="utf-8")
    (root / SOURCES).write_text(sources.partition("status_history:")[0], encoding="utf-8")
    table = pd.read_csv(PROJECT / tickets, dtype="str", keep_default_na=False)
    table[table["business_unit"].isin([WRITTEN, PICKED])].to_csv(root / tickets, index=False)
    return root


def run_all(tab, last: int) -> None:
    """Run all cells from the menu, and wait until the last one has its number."""
    tab.get_by_role("menuitem", name="Run", exact=True).click()
    tab.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    tab.locator(".jp-CodeCell .jp-InputPrompt").last.filter(has_text=f"[{last}]").wait_for(
        timeout=LONG
    )


def saved(tab, file: Path) -> list:
    """Save the notebook; return its code cells as they then stand in its file."""
    put = f"api/contents/{NOTEBOOK}"
    with tab.expect_response(lambda r: r.request.method == "PUT" and put in r.url):
        tab.keyboard.press("Control+s")
    return [c for c in nbformat.read(file, as_version=4).cells if c.cell_type == "code"]


def unit_of(cells: list) -> str:
    """Return the unit reported on, after checking that nothing failed and figures are there."""
    outputs = [output for cell in cells for output in cell.outputs]
    assert [o for o in outputs if o.output_type in {"error", "stream"}] == []
    shown = [o.get("data", {}) for o in outputs]
    assert sum("image/png" in data for data in shown) == 3
    (told,) = [data[KEY_FIGURES] for data in shown if KEY_FIGURES in data]
    return told["business_unit"]


def test_an_analyst_changes_the_unit_runs_all_and_picks(browser, project, tmp_path):  # noqa: F811
    with slm_lab(project, tmp_path / "jupyter") as server:
        tab = browser.new_page(viewport={"width": 1300, "height": 1000})
        tab.goto(f"{server['url']}lab/tree/{NOTEBOOK}?token={server['token']}")
        tab.get_by_text("Python 3 (ipykernel) | Idle").wait_for(timeout=LONG)
        cell = tab.locator(".jp-CodeCell", has_text="business_unit =").first
        parameters = cell.locator(".cm-content")
        parameters.click()
        source = "\n".join(cell.locator(".cm-line").all_inner_texts())
        assert PRESET in source
        tab.keyboard.press("Control+a")
        tab.keyboard.insert_text(source.replace(PRESET, WRITTEN))
        run_all(tab, 12)
        cells = saved(tab, project / NOTEBOOK)
        assert f'business_unit = "{WRITTEN}"' in cells[0].source
        assert unit_of(cells) == WRITTEN
        assert tab.locator(".jp-OutputArea img").count() == 3

        tab.get_by_label("Unit", exact=True).select_option(PICKED)
        tab.get_by_text("Now run the cells below.").wait_for()
        assert tab.get_by_text(f'business_unit = "{PICKED}"').count() == 1
        run_all(tab, 24)
        cells = saved(tab, project / NOTEBOOK)
        assert f'business_unit = "{WRITTEN}"' in cells[0].source
        assert unit_of(cells) == PICKED

        tab.locator(".cm-line", has_text="slm.headline(trends)").click()
        for key in ("End", "ArrowLeft", "Shift+Tab"):
            tab.keyboard.press(key)
        tab.locator(".jp-Tooltip").get_by_text("Return the top of a report").wait_for()
        tab.close()
