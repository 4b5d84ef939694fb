"""Whether root causes find what is planted and no more, and how fast a million tickets are read.

Sample data over seeds 1 to 200: the planted cause must come first by excess with its start month
in 190, the noise unit must name a finding in 16 at most, and as seldom show a sign in its records
or a group that takes longer. A million tickets by twelve drivers must take at most 20 s of CPU time
and 2 GiB. Ends with exit code 1 beyond a bound.

Run: python benchmarks/breach_drivers.py [seeds]
"""

from __future__ import annotations

import os
import resource
import shutil
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd

from slm_analysis.analyses.breach_drivers import breach_drivers
from slm_analysis.dataset.unit import open_unit
from slm_analysis.project import AGREEMENTS, SOURCES
from slm_analysis.questions.next_improvements import next_improvements
from slm_analysis.questions.record_signs import record_signs
from slm_analysis.questions.root_causes import root_causes
from slm_analysis.sample import TRUTH, sample_tables

SEEDS = 200
PROCESSES = 2
MOST_NOISE, LEAST_CAUSE = 16 / 200, 190 / 200
NEVER = ("noise", "sign", "slower")
PROJECT = Path(__file__).resolve().parents[1]
TICKETS, NAMED, LEVELS = 1_000_000, 10, 8
"""Named drivers of so many levels, and two numeric ones."""
MOST_SECONDS, MOST_GIB = 20.0, 2.0


def main() -> int:
    """Print the table; return 1 where a bound is missed."""
    seeds = range(1, 1 + (int(sys.argv[1]) if len(sys.argv) > 1 else SEEDS))
    good = speed()
    started = time.perf_counter()
    with ProcessPoolExecutor(PROCESSES) as pool:
        outcomes = list(pool.map(one_seed, seeds))
    table = pd.DataFrame(outcomes, index=pd.Index(seeds, name="seed"))
    noise, cause = int(table["noise"].sum()), int(table["cause"].sum())
    month, pair = int((table["cause"] & table["month"]).sum()), int(table["pair"].sum())
    most, least = MOST_NOISE * len(seeds), LEAST_CAUSE * len(seeds)
    print(f"\n{len(seeds)} seeds of the sample, {time.perf_counter() - started:.0f} s")
    print(f"  noise unit names a finding: {noise}, at most {most:.0f}{missed(noise > most)}")
    signs, slower = int(table["sign"].sum()), int(table["slower"].sum())
    print(f"  noise unit shows a sign in its records: {signs}{missed(signs > most)}")
    print(f"  noise unit has a group that takes longer: {slower}{missed(slower > most)}")
    print(f"  planted cause first by excess: {cause}")
    print(f"  and with its month: {month}, at least {least:.0f}{missed(month < least)}")
    print(f"  found as a pair with its team on held-out tickets: {pair}")
    odd = table[table[list(NEVER)].any(axis=1) | ~table["month"] | ~table["cause"]]
    print(odd.to_string() if len(odd) else "  no seed to look at")
    return int(not (good and max(noise, signs, slower) <= most and month >= least))


def missed(bad: bool) -> str:
    """Return what marks a bound that is missed."""
    return "   <- missed" if bad else ""


def one_seed(seed: int) -> dict[str, bool]:
    """Return what is found in the noise unit and in that of the planted cause."""
    truth = TRUTH.cause
    folder = Path(tempfile.mkdtemp())
    try:
        write_project(folder, seed, (TRUTH.noise, truth.business_unit))
        os.chdir(folder)
        unit = open_unit(TRUTH.noise)
        noise = root_causes(unit)
        signs, left = record_signs(unit), next_improvements(unit)
        found = root_causes(open_unit(truth.business_unit))
    finally:
        os.chdir(PROJECT)
        shutil.rmtree(folder)
    reason, team = ("hold_reason", truth.hold_reason), ("opening_team", truth.assignment_group)
    first = found.findings.iloc[0] if len(found.findings) else None
    cause = first is not None and (first["driver"], first["level"]) == reason
    return {
        "noise": len(noise.findings) > 0 or has_pair(noise.pairs),
        "sign": bool(signs.found.signs["found"].any()),
        "slower": bool(left.times.levels["finding"].any()),
        "cause": cause,
        "month": cause and first["since"] == pd.Timestamp(truth.since),
        "pair": has_pair(found.pairs) and pair_of(found.pairs.pairs.iloc[0]) == {reason, team},
    }


def has_pair(pairs: object) -> bool:
    """Whether any pair was found."""
    return pairs is not None and bool(pairs.pairs["found"].any())


def pair_of(row: pd.Series) -> set[tuple[str, str]]:
    """Return the two conditions of a pair."""
    return {(row["driver"], row["level"]), (row["with_driver"], row["with_level"])}


def write_project(folder: Path, seed: int, units: tuple[str, ...]) -> None:
    """Write the sample of one seed as a project, with the tickets of some units only."""
    shutil.copytree(PROJECT / AGREEMENTS, folder / AGREEMENTS)
    shutil.copy(PROJECT / SOURCES, folder / SOURCES)
    (folder / "data" / "sample").mkdir(parents=True)
    tables = sample_tables(seed)
    tickets = tables["tickets"]
    own = tickets[tickets["business_unit"].isin(units)]
    for name, table in tables.items():
        rows = own if name == "tickets" else table
        if name == "status_history":
            rows = table[table["ticket_id"].isin(own["ticket_id"])]
        elif name == "surveys":
            rows = table[:0]
        suffix = "csv.gz" if name in {"tickets", "status_history"} else "csv"
        compression = {"method": "gzip", "compresslevel": 1} if suffix == "csv.gz" else None
        file = folder / "data" / "sample" / f"{name}.{suffix}"
        rows.to_csv(file, index=False, encoding="utf-8", compression=compression)


def speed() -> bool:
    """Time a million tickets, crude and with the mix of three drivers held fixed."""
    tickets = million(np.random.default_rng(1))
    drivers = [name for name in tickets if name not in {"opened_at", "breached"}]
    print(f"{TICKETS:,} tickets, {len(drivers)} drivers")
    good = True
    for adjust in ([], drivers[:3]):
        started = time.process_time()
        breach_drivers(tickets, drivers=drivers, adjust=adjust)
        taken = time.process_time() - started
        # Kibibytes on Linux, bytes on macOS; of the whole process, the tickets included.
        unit = 2**30 if sys.platform == "darwin" else 2**20
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
        bad = taken > MOST_SECONDS or memory > MOST_GIB
        good &= not bad
        print(f"  {len(adjust)} held fixed: {taken:.1f} s CPU, {memory:.2f} GiB{missed(bad)}")
    print(f"  bounds: {MOST_SECONDS:.0f} s, {MOST_GIB:.0f} GiB")
    return good


def million(rng: np.random.Generator) -> pd.DataFrame:
    """Return a year of tickets; one level of the first driver is breached more often."""
    days = pd.to_timedelta(rng.integers(0, 365, TICKETS), unit="D")
    tickets = pd.DataFrame({"opened_at": pd.Timestamp("2025-01-01") + days})
    levels = pd.Series([f"level {i}" for i in range(LEVELS)])
    for i in range(NAMED):
        tickets[f"driver {i}"] = levels.take(rng.integers(0, LEVELS, TICKETS)).array
    tickets["amount"], tickets["hand_offs"] = rng.lognormal(size=TICKETS), rng.poisson(1, TICKETS)
    chance = 0.05 + 0.03 * (tickets["driver 0"] == "level 3")
    return tickets.assign(breached=rng.random(TICKETS) < chance)


if __name__ == "__main__":
    sys.exit(main())
