"""What a reader needs to check a report, and what was agreed."""

from __future__ import annotations

import hashlib
from importlib import metadata
from pathlib import Path

import pandas as pd
import pytest

import slm_analysis as slm
from slm_analysis.presentation import show
from slm_analysis.presentation.about import about, about_portfolio
from slm_analysis.presentation.views import KEY_FIGURES
from slm_analysis.questions.workload import Workload
from slm_analysis.result import Result
from tests.batch.projects import write_project
from tests.presentation.made_up_levels import END, START, kept, level, service_levels
from tests.presentation.made_up_portfolio import portfolio_of, unit

VERSION = metadata.version("slm-analysis")
SECOND = """
agreement: Shared services
version: 2
effective_from: 2026-10-15
timezone: Asia/Shanghai
parties: {provider: Centre, customer: Office}
scope: Invoices
responsibilities: {provider: [Answer, Post], customer: [Ask]}
review_on: 2027-01-01
calendars:
  office:
    hours: {Mon-Fri: "09:00-17:00"}
services:
  Invoices:
    business_units: [Head Office]
    calendar: office
    targets:
      - metric: resolution_time
        goal: {P1: 98% within 4h, default: 95% within 8h}
        pauses_on: [Waiting, Held]
      - {metric: error_rate, goal: at most 2%}
"""


@pytest.fixture(scope="module")
def head_office(tmp_path_factory) -> slm.Unit:
    root = write_project(tmp_path_factory.mktemp("project"))
    (root / "parameters" / "agreements" / "b.yaml").write_text(SECOND, encoding="utf-8")
    with (root / "data" / "tickets.csv").open("a", encoding="utf-8") as tickets:
        tickets.write("4,Head Office,Invoices,2026-10-05 10:00,\n6,,,2026-10-05 10:00,\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        return slm.open_unit("Head Office")


def test_about_a_report(head_office):
    entries = dict(about(head_office, service_levels(kept()), business_unit="Head Office").entries)
    tickets = Path(head_office.data_quality.tables["origin"][0]).name
    assert entries["Sources"].startswith(f"{tickets} ")
    assert entries | {"Sources": ""} == {
        "Sources": "",
        "Rows read": "tickets: 6 = 5 used + 1 rejected",
        "Rejected": "tickets: 1 with a repeated ticket_id",
        "Assumed": "tickets: 1 without business_unit, kept under one of the units, "
        "1 without service, kept under '(not stated)'",
        "Export": "as of 2026-11-02 08:00, Asia/Shanghai",
        "Agreement": "Shared services, version 1, from 2026-01-01; "
        "Shared services, version 2, from 2026-10-15",
        "Parameters": "business_unit = 'Head Office'",
        "Made by": f"slm-analysis {VERSION}",
    }


def test_the_hash_of_a_source_is_that_of_its_file(head_office):
    quality = head_office.data_quality.tables
    shown = dict(about(head_office).entries)["Sources"].split()[-1]
    assert len(shown) == 12
    assert quality["sha256"][0].startswith(shown)
    assert len(hashlib.sha256().hexdigest()) == len(quality["sha256"][0])


def test_about_the_portfolio():
    result = portfolio_of({"A": unit(kept(), level()), "B": unit(kept())}, ("01_service_levels",))
    assert about_portfolio(result, period_start="2026-10-01").entries == [
        ("Reports read", "2 reports of 2 business units"),
        ("Method", "each share is compared with its goal by exact binomial chances, for as many "
         "independent cases as tell the same; each mean score by its interval; 3 comparisons, "
         "corrected together (Benjamini-Hochberg, 5% false discoveries accepted)"),
        ("Parameters", "period_start = '2026-10-01'"),
        ("Made by", f"slm-analysis {VERSION}"),
    ]  # fmt: skip
    result.reports.loc[0, "status"] = "failed"
    assert about_portfolio(result).entries[0][1] == "2 reports of 2 business units; failed: 1"


def test_what_was_agreed_at_the_end_of_the_period(head_office):
    shown = slm.agreed_goals(head_office)
    assert shown.caption == "Shared services, version 2"
    assert [column.title for column in shown.columns] == [
        "Service", "Target", "Goal", "Pauses on", "Counted by",
    ]  # fmt: skip
    assert shown.rows == [
        ["Invoices", "resolution, P1", "98% within 4h", "Waiting, Held", "due"],
        ["Invoices", "resolution", "95% within 8h", "Waiting, Held", "due"],
        ["Invoices", "errors", "at most 2%", "–", "due"],
    ]
    assert slm.agreed_duties(head_office).entries == [
        ("Provider", "Centre"), ("Customer", "Office"), ("Scope", "Invoices"),
        ("Duties of the provider", "Answer; Post"), ("Duties of the customer", "Ask"),
        ("Next review", "2027-01-01"),
    ]  # fmt: skip


def test_key_figures_hold_what_the_page_says(head_office):
    levels = slm.service_levels(head_office)
    bundle = slm.key_figures(levels)._repr_mimebundle_()
    told = bundle[KEY_FIGURES]
    assert (told["business_unit"], told["period_start"], told["period_end"]) == (
        "Head Office", "2026-10-01", "2026-10-31",
    )  # fmt: skip
    rows = told["service_levels"]
    assert [row["service"] for row in rows] == levels.levels["service"].tolist()
    for row, own in zip(rows, levels.levels.to_dict("records"), strict=True):
        assert row["value"] == (None if pd.isna(own["value"]) else own["value"])
    assert bundle["text/plain"] == f"Key figures: {len(rows)} service_levels"


WORK = {
    "service": "Invoices", "opened": 1200, "resolved": 1190, "backlog": 32, "oldest_days": 20.0,
    "median_hours": 4.74, "p90_hours": 132.4, "waiting_share": 0.154, "reopened": 7,
    "reopen_known": 339,
}  # fmt: skip


def workload(*rows: dict) -> Workload:
    frame = pd.DataFrame(rows, columns=list(WORK))
    return Workload(period_start=START, period_end=END, services=frame)


def test_work_as_a_table():
    unknown = WORK | dict.fromkeys(
        ["oldest_days", "median_hours", "p90_hours", "waiting_share"], float("nan")
    ) | {"reopen_known": 0, "reopened": 0}  # fmt: skip
    shown = slm.table(workload(WORK, unknown))
    assert shown.caption == "Work in October 2026; times in business hours, open tickets included"
    assert shown.rows == [
        ["Invoices", "1,200", "1,190", "32", "20", "4.7 h", "132 h", "15%", "7 of 339"],
        ["Invoices", "1,200", "1,190", "32", "–", "–", "–", "–", "–"],
    ]
    assert slm.table(workload()).rows == []


# --- results show themselves


class Untold(Result):
    """A result that has no words, figure or table."""


def test_a_result_shows_its_words_figure_and_table(capsys):
    service_levels(level())._ipython_display_()
    shown = capsys.readouterr().out
    at = [shown.index(text) for text in ("Invoices, resolution: missed.", "Every promise in")]
    assert at == sorted(at)


def test_a_result_shows_what_it_has(capsys):
    show(workload(WORK))
    assert capsys.readouterr().out.startswith("Work in October 2026")
    show(Untold())
    assert capsys.readouterr().out == "Untold(notes=())\n"


@pytest.mark.parametrize(
    ("verb", "what"),
    [(slm.say, "words"), (slm.plot, "figure"), (slm.table, "table"), (slm.headline, "headline")],
)
def test_what_a_result_does_not_have_is_said(verb, what):
    with pytest.raises(TypeError, match=f"There (is|are) no {what} for Untold"):
        verb(Untold())
