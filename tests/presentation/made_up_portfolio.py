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


def trend(service: str, direction: str, **values: object) -> dict:
    return {"service": service, "metric": "resolution_time", "direction": direction} | values


def drawn(service: str, direction: str = "steady", **values: object) -> dict:
    """Return a trend with four weeks to draw, the last of them unfinished."""
    recent = {"recent": [1.0, 0.9, 0.95, None], "signals": [], "freq": "week"}
    return trend(service, direction, **(recent | values))


def run_of(first: int, last: int, meaning: str = "unfavourable", **values: object) -> dict:
    """Return a long run among the latest weeks."""
    return {
        "first": first, "last": last, "rule": "anhoej_runs", "side": "below", "meaning": meaning,
    } | values  # fmt: skip


def ratings(value: float | None = 4.1, **values: object) -> dict:
    """Return what a unit's users said: 60 of 200 answered."""
    known = value is not None
    return {
        "service": None, "value": value, "low": value - 0.2 if known else None,
        "high": value + 0.2 if known else None, "hidden": not known, "sent": 200, "answered": 60,
        "answers": 60,
    } | values  # fmt: skip


def unhappy(**values: object) -> dict:
    """Return a unit whose targets are met while its users are not satisfied."""
    return {
        "service": None, "finding": "watermelon", "level": 3.64, "level_low": 3.32,
        "level_high": 3.88, "interval_level": 0.92, "goal": 4.2, "slope": -0.068, "poor": True,
        "falling": True,
    } | values  # fmt: skip


def change(change_id: str = "C1", verdict: str = "better", **values: object) -> dict:
    """Return one effect of a change."""
    return {
        "change_id": change_id, "description": f"Change {change_id}", "measure": "resolution_time",
        "verdict": verdict, "estimate": 0.04, "low": 0.02, "high": 0.06, "p": 0.0001,
        "min_effect": 0.01, "final": False, "better": "high",
    } | values  # fmt: skip


def portfolio_of(
    units: dict[str, dict],
    reports: tuple[str, ...] = REPORTS,
    notes: tuple[Note, ...] = (),
    failed: tuple[str, ...] = (),
) -> Portfolio:
    """Return the portfolio of units whose reports are all made, but for those of some units."""
    told = [
        {
            "business_unit": name, "folder": f"folder-{i}", "notebook": report,
            "status": "failed" if name in failed else "done",
            "key_figures": sections if report == reports[0] else {},
        }
        for i, (name, sections) in enumerate(units.items())
        for report in reports
    ]  # fmt: skip
    return _portfolio(told, START, END, notes)
