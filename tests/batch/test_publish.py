"""The pages of a period: the index leads to all reports, and to the month before."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from slm_analysis.batch.plan import INDEX, Plan, plan
from slm_analysis.batch.run import republish
from tests.batch.projects import UNITS, run_all, set_tasks, write_project


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Plan:
    """Return the plan of a period that was run, one of its reports in vain."""
    root = write_project(tmp_path_factory.mktemp("project"))
    set_tasks(root, {UNITS[1]: "raise"})
    run_all(root)
    return plan(root)


def shown(file: Path) -> BeautifulSoup:
    return BeautifulSoup(file.read_text(encoding="utf-8"), "html.parser")


def test_the_index_says_what_failed_and_leads_to_the_reason(made):
    index = shown(made.folder / INDEX)
    status, link = index.header.find_all("span")[-1], index.header.find("a", href="#reports")
    assert status.get_text() == "1 of 2 reports made · 1 failed"
    assert link.get_text() == "1 failed"
    reports = index.find(id="reports")
    assert f"ValueError: no luck with {UNITS[1]}" in reports.get_text()
    assert [a.get_text() for a in reports.find_all("a")] == ["Levels"]


def test_the_index_is_headed_by_its_agreement_where_there_is_one(made):
    assert shown(made.folder / INDEX).find(class_="k").get_text() == "All business units"


def test_the_index_leads_to_the_month_before(made):
    assert shown(made.folder / INDEX).header.find("a", href="../2026-09/index.html") is None
    for earlier in ("2026-07", "2026-09", "2026-11", "drafts"):
        (made.folder.parent / earlier).mkdir()
        (made.folder.parent / earlier / INDEX).write_text("", encoding="utf-8")
    republish(made)
    before = shown(made.folder / INDEX).header.find("a", href="../2026-09/index.html")
    assert before.get_text() == "September 2026"


def test_code_is_shown_to_who_asks_for_it_and_not_after(made):
    page = next(made.folder.glob("head-office-*/01_levels.html"))
    plain = page.read_text(encoding="utf-8")
    assert shown(page).find_all("details") == []
    republish(replace(made, with_code=True))
    codes = [fold.pre.get_text() for fold in shown(page).find_all(class_="code")]
    assert any("from IPython.display import display" in code for code in codes)
    assert shown(made.folder / INDEX).find_all(class_="code")
    run_all(made.root)
    assert page.read_text(encoding="utf-8") == plain
