"""A portfolio built by hand from what units' reports tell."""

from __future__ import annotations

import json

from slm_analysis.questions.portfolio import Portfolio, _portfolio
from slm_analysis.result import Note
from tests.presentation.made_up_levels import END, START, frame

REPORTS = ("01_service_levels", "02_trends", "03_root_causes", "04_satisfaction")


def unit(*levels: dict, **sections: list[dict]) -> dict[str, list[dict]]:
    """Return what the reports of one unit tell: its promises, and other sections."""
    told = json.loads(frame(*levels).to_json(orient="records", double_precision=15))
    return {"service_levels": told} | sections


def trend(service: str, direction: str) -> dict:
    return {"service": service, "metric": "resolution_time", "direction": direction}


def portfolio_of(
    units: dict[str, dict], reports: tuple[str, ...] = REPORTS, notes: tuple[Note, ...] = ()
) -> Portfolio:
    """Return the portfolio of units whose reports are all made."""
    told = [
        {
            "business_unit": name, "folder": f"folder-{i}", "notebook": report, "status": "done",
            "key_figures": sections if report == reports[0] else {},
        }
        for i, (name, sections) in enumerate(units.items())
        for report in reports
    ]  # fmt: skip
    return _portfolio(told, START, END, notes)
