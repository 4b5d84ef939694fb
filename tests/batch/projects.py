"""A small project: two business units, a few tickets, notebooks that are quick."""

from __future__ import annotations

import atexit
import json
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from slm_analysis.batch.local import LocalWorkers
from slm_analysis.batch.plan import Job, plan
from slm_analysis.batch.records import Record
from slm_analysis.batch.run import run

SOURCES = """
as_of: 2026-11-02 08:00
timezone: Asia/Shanghai
tickets:
  file: data/tickets.csv
  date_format: "%Y-%m-%d %H:%M"
"""
AGREEMENT = """
agreement: Shared services
version: 1
effective_from: 2026-01-01
timezone: Asia/Shanghai
calendars:
  office:
    hours: {Mon-Fri: "09:00-17:00"}
services:
  all:
    calendar: office
    working_day: 8h
    targets:
      - {metric: resolution_time, goal: 95% within 2 working days}
"""
TICKETS = """ticket_id,business_unit,service,opened_at,resolved_at
1,Head Office,Invoices,2026-10-05 10:00,2026-10-06 11:00
2,Head Office,Invoices,2026-10-07 10:00,2026-10-20 11:00
3,华东销售部,Invoices,2026-10-08 10:00,2026-10-09 11:00
4,华东销售部,Payments,2026-09-08 10:00,2026-09-09 11:00
"""
UNITS = ("Head Office", "华东销售部")

PARAMETERS = """business_unit = "Head Office"  # the unit
period_start = ""  # first day
period_end = ""  # last day
minimum = 5  # a whole number
weight = 0.5  # a number
label = "plain"  # a text
strict = False  # a truth value
services = []  # a list
"""
WORK = """from pathlib import Path
import json, os, time
from IPython.display import display
task = json.loads(Path("tasks.json").read_text(encoding="utf-8")).get(business_unit, "")
if task == "raise":
    raise ValueError(f"no luck with {business_unit}\\nand more")
if task == "die":
    os._exit(7)
if task == "sleep":
    Path("asleep").touch()
    time.sleep(60)
level = {"service": "=1+1", "target": "resolution_time", "value": 0.9, "label": label}
page = {"type": "headline", "title": f"{business_unit}: {minimum}", "lead": period_start,
        "what": "w", "sure": "s", "next": "n", "link": ""}
display({"text/plain": "headline", "application/vnd.slm.page+json": page}, raw=True)
figures = {"business_unit": business_unit, "service_levels": [level]}
display({"text/plain": "figures", "application/vnd.slm.key-figures+json": figures}, raw=True)
"""
PORTFOLIO = """import json
told = json.load(open(key_figures, encoding="utf-8"))
print(len(told["reports"]), "reports", *[r["status"] for r in told["reports"]])
"""
GIVEN = 'period_start = ""\nperiod_end = ""\nkey_figures = ""\n'


def write_notebook(
    file: Path, title: str, parameters: str | None = PARAMETERS, *code: str, more: int = 0
) -> None:
    """Write a notebook; `more` adds cells that are tagged as parameters as well."""
    cells = [new_markdown_cell(f"# {title}")]
    if parameters is not None:
        cells += [
            new_code_cell(parameters, metadata={"tags": ["parameters"]}) for _ in range(1 + more)
        ]
    cells += [new_code_cell(source) for source in code]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    file.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": kernel}), file)


def write_project(root: Path, *, portfolio: bool = True) -> Path:
    """Write the project and return its root."""
    (root / "parameters" / "agreements").mkdir(parents=True)
    (root / "parameters" / "units").mkdir()
    (root / "data").mkdir()
    (root / "parameters" / "sources.yaml").write_text(SOURCES, encoding="utf-8")
    (root / "parameters" / "agreements" / "a.yaml").write_text(AGREEMENT, encoding="utf-8")
    (root / "data" / "tickets.csv").write_text(TICKETS, encoding="utf-8")
    write_notebook(root / "notebooks" / "01_levels.ipynb", "Levels", PARAMETERS, WORK)
    if portfolio:
        write_notebook(root / "notebooks" / "00_portfolio.ipynb", "All", GIVEN, PORTFOLIO)
    set_tasks(root, {})
    return root


def set_tasks(root: Path, tasks: Mapping[str, str]) -> None:
    """Say what the notebook of a unit does: ``raise``, ``die``, ``sleep``, or its work."""
    (root / "tasks.json").write_text(json.dumps(tasks), encoding="utf-8")


def run_all(
    root: Path,
    on_record: Callable[[Record], None] = lambda _: None,
    units: Sequence[str] = (),
) -> dict[Job, Record]:
    """Run the project's reports, two at a time."""
    return run(plan(root, units=units), shared_workers(), on_record)


@cache
def shared_workers() -> LocalWorkers:
    """Return the workers that all tests of a process share: to warm up takes seconds."""
    workers = LocalWorkers(2)
    atexit.register(workers.__exit__)
    return workers
