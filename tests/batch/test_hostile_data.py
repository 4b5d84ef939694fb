"""Names and tickets that would be markup, formulas or paths: from the export to page and CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from bs4 import BeautifulSoup

import slm_analysis as slm
from slm_analysis.batch.pages import page
from slm_analysis.batch.records import DONE
from slm_analysis.project import slug
from tests.batch.projects import run_all, write_project
from tests.batch.test_pages import assert_safe, frame
from tests.small_projects import project

UNITS = (
    "<script>alert(1)</script>",
    "../../x",
    "=cmd|' /C calc'!A0",
    "L" * 200,
    "مرحبا \u202eabc",
    "🧾 Rechnung 👩‍💻",
    "{{ 7 * 7 }} \"q\" 'p' $x$",
)
MARKUP = "</text><img src=x onerror=alert(1)> $x$ & 华东"
MONTH = Path("reports/2026-10")
QUESTIONS = (slm.service_levels, slm.root_causes, slm.stability)


def tickets(units: tuple[str, ...]) -> pd.DataFrame:
    """Return thirty tickets per unit, every third one late."""
    return pd.DataFrame(
        {
            "ticket_id": f"{u}-{i}",
            "business_unit": unit,
            "service": "Invoices",
            "opened_at": f"2026-10-{1 + i:02d} 10:00",
            "resolved_at": f"2026-10-{1 + i:02d} {20 if i % 3 == 0 else 11}:00",
        }
        for u, unit in enumerate(units)
        for i in range(30)
    )


# --- units, through a whole run


@pytest.fixture(scope="module")
def reports(tmp_path_factory) -> Path:
    """Return the month's reports of units with such names, and nothing beside them."""
    outside = tmp_path_factory.mktemp("outside")
    root = write_project(outside / "a" / "b" / "project")
    tickets(UNITS).to_csv(root / "data" / "tickets.csv", index=False)
    records = run_all(root)
    assert {record.status for record in records.values()} == {DONE}
    assert [p.name for p in outside.iterdir()] == ["a"]
    assert [p.name for p in (outside / "a" / "b").iterdir()] == ["project"]
    return root / MONTH


def soup(file: Path) -> BeautifulSoup:
    return BeautifulSoup(file.read_text(encoding="utf-8"), "html.parser")


def test_every_unit_has_a_folder_of_its_own_within_the_month(reports):
    folders = sorted(p.name for p in reports.iterdir() if p.is_dir())
    assert folders == sorted(map(slug, UNITS))


@pytest.mark.parametrize("unit", UNITS)
def test_the_page_of_a_unit_shows_its_name_as_text(reports, unit):
    shown = soup(reports / slug(unit) / "01_levels.html")
    assert_safe(shown)
    assert shown.h1.get_text() == f"{unit}: 5"
    assert shown.title.get_text() == f"{unit}: levels, October 2026"
    assert shown.footer.get_text().startswith(f"Figures on this page belong to {unit} only.")


def test_the_index_shows_all_names_as_text(reports):
    index = soup(reports / "index.html")
    assert_safe(index)
    rows = index.find("table", class_="r").tbody.find_all("tr")
    assert sorted(row.th.get_text() for row in rows) == sorted(UNITS)
    for row in rows:
        assert (reports / row.a["href"]).resolve().is_relative_to(reports.resolve())
        assert (reports / row.a["href"]).is_file()


def test_no_cell_of_the_table_runs_as_a_formula(reports):
    with (reports / "kpis.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert sorted(row["business_unit"].removeprefix("'") for row in rows) == sorted(UNITS)
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "@"))]
    assert set(pd.read_parquet(reports / "kpis.parquet")["business_unit"]) == set(UNITS)


def test_the_index_leads_to_the_tables(reports):
    links = soup(reports / "index.html").find_all("a", download=True)
    assert [(a["href"], a.get_text()) for a in links] == [
        ("kpis.csv", "CSV, for a spreadsheet"), ("kpis.parquet", "Parquet, for a program"),
    ]  # fmt: skip


# --- fields of tickets, through what the questions answer


@pytest.fixture(scope="module")
def answers(tmp_path_factory) -> list[dict[str, object]]:
    """Return what pages show of a unit and of the portfolio, with markup in every field."""
    plain = tickets((MARKUP,))
    fields = ("service", "category", "team", "channel", "priority")
    late = plain.assign(
        ticket_id=MARKUP + plain["ticket_id"],
        resolved_at="2026-10-31 20:00",
        **dict.fromkeys(fields, MARKUP),
    )
    root = project(tmp_path_factory.mktemp("project") / "p", tickets_csv=pd.concat([plain, late]))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        unit = slm.open_unit(MARKUP)
        return [*shown(unit), *shown_of_all(slm.portfolio())]


def shown(unit: slm.Unit) -> Iterator[dict[str, object]]:
    for question in QUESTIONS:
        answer = question(unit)
        for verb in (slm.headline, slm.plot, slm.table):
            yield verb(answer).page()


def shown_of_all(portfolio: object) -> Iterator[dict[str, object]]:
    for verb in (slm.headline, slm.attention, slm.matrix, slm.table, slm.plot, slm.user_scores):
        yield verb(portfolio).page()


def test_fields_of_tickets_are_text_on_pages(answers):
    whole = BeautifulSoup(page(answers, frame()), "html.parser")
    assert_safe(whole)
    assert not whole.find_all("img")
    answered = whole.find_all("figure")[: len(QUESTIONS)]
    for place in (
        whole.find(class_="lead"),
        whole.find(class_="att"),
        whole.find("table", class_="m"),
        *answered,
    ):
        assert MARKUP in place.get_text(), place
