"""The batch at 500 business units: nothing gets slower, nothing grows, nothing is done twice.

One run each, of made-up tickets and short notebooks, so that what is measured is the batch:

- of 1,000 short jobs, numbers 901 to 1,000 take within `FLAT` of the processor time of numbers 101
  to 200, and the memory of the runner grows by less than `GROWTH`;
- 500 units cost the same per notebook as 5, within `FLAT`;
- a second `slm run` of 2,501 jobs with nothing changed takes less than `SECONDS`, every notebook,
  record and page checked by its hash;
- after one unit's data changed, only its reports and the portfolio are made anew.

Run: python benchmarks/batch_scale.py [units]     (default: 500; the first run takes a while)
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import chdir
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
import psutil
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from slm_analysis.batch.local import LocalWorkers
from slm_analysis.batch.plan import Job
from slm_analysis.batch.records import DONE

UNITS, NOTEBOOKS, FEW = 500, 5, 5
TICKETS = 60
"""Tickets of a unit."""
SHORT_JOBS = 1_000
WORKERS = 2
FLAT, GROWTH, SECONDS = 0.10, 0.05, 5.0
SLM = [sys.executable, "-c", "import sys; from slm_analysis.cli import main; sys.exit(main())"]
SOURCES = """
as_of: 2026-11-02 08:00
timezone: Asia/Shanghai
tickets: {file: data/tickets.csv, date_format: "%Y-%m-%d %H:%M"}
"""
AGREEMENT = """
agreement: Shared services
version: 1
effective_from: 2024-01-01
timezone: Asia/Shanghai
calendars: {office: {hours: {Mon-Fri: "09:00-17:00"}}}
services:
  all:
    calendar: office
    working_day: 8h
    targets: [{metric: resolution_time, goal: 95% within 2 working days}]
"""
DECLARED = 'period_start = ""\nperiod_end = ""\n'
REPORT = """
import slm_analysis as slm
unit = slm.open_unit(business_unit, period_start=period_start, period_end=period_end)
slm.key_figures(slm.service_levels(unit))"""
PORTFOLIO = "import json\nprint(len(json.load(open(key_figures, encoding='utf-8'))['reports']))"


def main() -> int:
    """Print what was measured; return 1 where a bound is missed."""
    units = int(sys.argv[1]) if sys.argv[1:] else UNITS
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        good = [short_jobs(), *many_units(units)]
    return int(not all(good))


def short_jobs() -> bool:
    """Run a thousand notebooks that do nothing; compare early ones with late ones."""
    notebook = Path("short.ipynb").resolve()
    write(notebook, "seed = 0", "seed + 1")
    jobs = [
        Job(notebook, "Short", str(i), {"seed": i}, "en", Path(f"short/{i}").resolve(), f"{i:x}")
        for i in range(SHORT_JOBS)
    ]
    runner = psutil.Process()
    used, memory = [], []
    with LocalWorkers(WORKERS) as workers:
        for _, record in workers.execute(jobs, Path.cwd()):
            assert record.status == DONE, record.error
            used.append(with_kernels(runner))
            memory.append(runner.memory_info().rss / 2**20)
    early, late = used[199] - used[99], used[-1] - used[-101]
    print(
        f"{SHORT_JOBS} short jobs: seconds of the processor per job, numbers 101 to 200 "
        f"{early / 100:.3f}, the last 100 {late / 100:.3f}; the runner's memory after 100 "
        f"{memory[99]:.0f} MiB, "
        f"{memory[-1]:.0f} MiB at the end"
    )
    return late <= early * (1 + FLAT) and memory[-1] <= memory[99] * (1 + GROWTH)


def with_kernels(runner: psutil.Process) -> float:
    """Return the processor seconds of the runner, the process beside it, and its kernels so far."""
    times = [runner.cpu_times()] + [child.cpu_times() for child in runner.children()]
    return sum(t.user + t.system + t.children_user + t.children_system for t in times)


def many_units(units: int) -> list[bool]:
    """Run few units, then many; then again with nothing and with one unit changed."""
    few, many = (project(Path(f"of{n}"), n) for n in (FEW, units))
    total = units * NOTEBOOKS + 1
    cost = {}
    for root in (few, many):
        timed("prepare", root)
        used, seconds, records = timed("run", root)
        cost[root] = used / len(records)
        print(f"{len(records)} reports: {seconds:.0f} s, {cost[root]:.3f} of the processor each")
    before = made(many)
    used, seconds, records = timed("run", many)
    print(f"again, nothing changed: {seconds:.1f} s ({used:.1f} of the processor), {len(records)}")
    good = [len(records) == total, seconds < SECONDS, made(many) == before]
    with (many / "data" / "tickets.csv").open("a") as tickets:
        tickets.write("more,Unit 7,Service 1,2026-10-08 10:00,\n")
    _, seconds, _ = timed("run", many)
    anew = {name.split("/")[-2:][0] for name, at in made(many).items() if before.get(name) != at}
    anew -= {"2026-10"}  # the portfolio
    print(f"one unit changed: {seconds:.0f} s, reports made anew of {sorted(anew)}")
    return [*good, {name.rsplit("-", 1)[0] for name in anew} == {"unit-7"}]


def project(root: Path, units: int) -> Path:
    """Write a project of so many units and return its folder."""
    for folder in ("parameters/agreements", "parameters/units", "data", "notebooks"):
        (root / folder).mkdir(parents=True)
    (root / "parameters" / "sources.yaml").write_text(SOURCES)
    (root / "parameters" / "agreements" / "a.yaml").write_text(AGREEMENT)
    rng = np.random.default_rng(1)
    n = units * TICKETS
    opened = pd.Timestamp("2026-08-03") + pd.to_timedelta(rng.integers(0, 90 * 24 * 60, n), "min")
    tickets = pd.DataFrame(
        {
            "ticket_id": np.arange(n),
            "business_unit": np.repeat([f"Unit {i}" for i in range(units)], TICKETS),
            "service": rng.choice(["Service 1", "Service 2"], n),
            "opened_at": opened,
            "resolved_at": opened + pd.to_timedelta(rng.exponential(24 * 60, n).round(), "min"),
        }
    )
    tickets.to_csv(root / "data" / "tickets.csv", index=False, date_format="%Y-%m-%d %H:%M")
    for i in range(1, NOTEBOOKS + 1):
        file = root / "notebooks" / f"0{i}_report.ipynb"
        write(file, f'business_unit = ""\n{DECLARED}', REPORT.strip())
    write(root / "notebooks" / "00_portfolio.ipynb", f'key_figures = ""\n{DECLARED}', PORTFOLIO)
    return root


def write(file: Path, parameters: str, code: str) -> None:
    """Write a notebook of one cell, besides its parameters."""
    cells = [
        new_markdown_cell(f"# {file.stem}"),
        new_code_cell(parameters, metadata={"tags": ["parameters"]}),
        new_code_cell(code),
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": kernel}), file)


def timed(command: str, root: Path) -> tuple[float, float, list[dict]]:
    """Run a command of `slm`; return processor seconds, seconds, and what it told of reports."""
    before, started = processor(), time.perf_counter()
    arguments = ["--json", "--workers", str(WORKERS)] if command == "run" else []
    done = subprocess.run(  # noqa: S603
        [*SLM, command, *arguments], cwd=root, check=True, capture_output=True, text=True
    )
    seconds = time.perf_counter() - started
    records = [json.loads(line) for line in done.stdout.splitlines()] if arguments else []
    return processor() - before, seconds, records


def processor() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def made(root: Path) -> dict[str, int]:
    """Return when each report was made."""
    return {str(f): f.stat().st_mtime_ns for f in root.glob("reports/*/**/0*.ipynb")}


if __name__ == "__main__":
    sys.exit(main())
