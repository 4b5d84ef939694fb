"""`slm prepare` at 10 million tickets: memory is bounded, and the work per row stays the same.

Made-up exports of `UNITS` business units in CSV: tickets, one and a half times as many rows of
status history, and a survey for three tickets in ten. Each size is prepared once, in a process of
its own, whose processor time and peak memory count:

- at the larger size the processor time per row is within `GROWTH` of that at the smaller one;
- at no size does the process ever hold more than `MEMORY`.

Run: python benchmarks/prepare_scale.py [tickets ...]     (default: 1 and 10 million; about 5 GB of
disk and half an hour)
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import csv

SIZES = (1_000_000, 10_000_000)
UNITS = 500
STATUSES, ANSWERS = 1.5, 0.3
"""Rows per ticket."""
GROWTH, MEMORY = 0.25, 4.0
"""Share, and GiB."""
CHUNK = 500_000
SLM = [sys.executable, "-c", "import sys; from slm_analysis.cli import main; sys.exit(main())"]
SOURCES = """
as_of: 2026-11-02 08:00
timezone: Asia/Shanghai
tickets: {file: tickets.csv}
status_history: {file: status_history.csv}
surveys: {file: surveys.csv}
"""
AGREEMENT = """
agreement: Shared services
version: 1
effective_from: 2023-01-01
timezone: Asia/Shanghai
calendars: {office: {hours: {Mon-Fri: "09:00-12:00, 13:00-18:00"}, public_holidays: CN}}
services:
  all:
    calendar: office
    working_day: 8h
    targets:
      - {metric: response_time, goal: 95% within 4h}
      - metric: resolution_time
        goal: {P1: 98% within 1 working day, default: 95% within 3 working days}
        pauses_on: [Awaiting requester]
"""
FIRST_DAY, DAYS = np.datetime64("2024-11-01T00:00:00"), 730


def main() -> int:
    """Print what was measured; return 1 where a bound is missed."""
    sizes = [int(size) for size in sys.argv[1:]] or list(SIZES)
    good = True
    per_row = []
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            rows = write_project(Path(folder), size)
            seconds, processor, memory = prepared(Path(folder))
        per_row.append(processor / rows * 1e6)
        good &= memory <= MEMORY
        print(
            f"{size:,} tickets, {rows:,} rows: {seconds:.0f} s, {rows / seconds:,.0f} rows/s, "
            f"{per_row[-1]:.1f} microseconds of the processor per row, "
            f"peak {memory:.2f} GiB (at most {MEMORY})",
            flush=True,
        )
    growth = max(per_row[1:], default=per_row[0]) / per_row[0] - 1
    print(f"processor time per row: {growth:+.0%} (at most {GROWTH:+.0%})")
    return int(not good or growth > GROWTH)


def prepared(root: Path) -> tuple[float, float, float]:
    """Prepare a project; return seconds, seconds of the processor, and peak memory in GiB."""
    started = time.perf_counter()
    process = subprocess.Popen([*SLM, "prepare"], cwd=root, stdout=subprocess.DEVNULL)  # noqa: S603
    _, status, used = _waited(process)
    if status:
        raise SystemExit(f"slm prepare ended with {status}")
    return (
        time.perf_counter() - started,
        used.ru_utime + used.ru_stime,
        used.ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 2**30,
    )


def _waited(process: subprocess.Popen) -> tuple[int, int, resource.struct_rusage]:
    """Wait for a process alone, so that no other counts."""
    import os  # noqa: PLC0415

    ended = os.wait4(process.pid, 0)
    process.returncode = ended[1]
    return ended


def write_project(root: Path, tickets: int) -> int:
    """Write a project of so many tickets, and return how many rows it has."""
    (root / "parameters" / "agreements").mkdir(parents=True)
    (root / "parameters" / "sources.yaml").write_text(SOURCES)
    (root / "parameters" / "agreements" / "a.yaml").write_text(AGREEMENT)
    rng = np.random.default_rng(1)
    rows = 0
    writers: dict[str, csv.CSVWriter] = {}
    for first in range(0, tickets, CHUNK):
        numbers = np.arange(first, min(first + CHUNK, tickets))
        for name, frame in exports(rng, numbers, tickets).items():
            table = pa.Table.from_pandas(frame, preserve_index=False)
            if name not in writers:
                writers[name] = csv.CSVWriter(str(root / f"{name}.csv"), table.schema)
            writers[name].write_table(table)
            rows += len(frame)
    for writer in writers.values():
        writer.close()
    return rows


def exports(rng: np.random.Generator, numbers: np.ndarray, of: int) -> dict[str, pd.DataFrame]:
    """Return the rows of some tickets; numbers go by time of opening, as systems give them."""
    n = len(numbers)
    opened = FIRST_DAY + (numbers / of * DAYS * 86_400).astype("m8[s]")
    hours = rng.exponential(20, n)
    answered, resolved = (opened + (hours * share * 3600).astype("m8[s]") for share in (0.1, 1))
    unsolved = rng.random(n) < 0.01
    tickets = pd.DataFrame(
        {
            "ticket_id": [f"INC{number:08d}" for number in numbers],
            "business_unit": chosen(rng, [f"Unit {i}" for i in range(UNITS)], n),
            "service": chosen(rng, [f"Service {i}" for i in range(8)], n),
            "opened_at": opened,
            "first_response_at": answered,
            "resolved_at": np.where(unsolved, np.datetime64("NaT"), resolved),
            "priority": chosen(rng, ["P1", "P2", "P3", "P4"], n),
            "channel": chosen(rng, ["Mail", "Portal", "Phone"], n),
            "assignment_group": chosen(rng, [f"Team {i}" for i in range(40)], n),
        }
    )
    waiting = np.flatnonzero(rng.random(n) < STATUSES - 1)
    status = pd.concat(
        [
            pd.DataFrame(
                {
                    "ticket_id": tickets["ticket_id"].iloc[at],
                    "status": name,
                    "from_time": opened[at] + (hours[at] * share * 3600).astype("m8[s]"),
                    "assignment_group": tickets["assignment_group"].iloc[at],
                }
            )
            for name, at, share in (
                ("In progress", np.arange(n), 0.1), ("Awaiting requester", waiting, 0.5),
            )
        ]
    ).sort_index(kind="stable")  # fmt: skip
    asked = np.flatnonzero((rng.random(n) < ANSWERS) & ~unsolved)
    surveys = tickets.iloc[asked][["ticket_id", "business_unit", "service"]].assign(
        score=rng.integers(1, 6, len(asked)),
        scale_min=1,
        scale_max=5,
        responded_at=resolved[asked] + np.timedelta64(1, "h"),
        respondent_id=[f"p{person}@example.org" for person in rng.integers(0, 200_000, len(asked))],
    )
    late = tickets[["opened_at", "first_response_at", "resolved_at"]].max(axis=1) >= AS_OF
    return {
        "tickets": tickets[~late],
        "status_history": status[status["from_time"] < AS_OF],
        "surveys": surveys[surveys["responded_at"] < AS_OF],
    }


AS_OF = pd.Timestamp("2026-11-01")


def chosen(rng: np.random.Generator, names: list[str], n: int) -> np.ndarray:
    """Return names at random."""
    return np.array(names, dtype=object)[rng.integers(0, len(names), n)]


if __name__ == "__main__":
    sys.exit(main())
