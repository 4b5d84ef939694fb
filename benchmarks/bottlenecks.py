"""Speed of `bottlenecks`, and how often its intervals hold the truth.

    python benchmarks/bottlenecks.py [replications]

Speed: 5 million status rows of 1 million tickets in office hours, in at most 20 s of CPU time.
Coverage: tickets drawn one by one from a population of known shares; the 95 % intervals of the
shares must hold them in 92 to 98 % of the replications, and late tickets that differ from the
others in nothing must give a finding in at most 7.5 % of them.
"""

from __future__ import annotations

import sys
import time

import numpy as np
import pandas as pd

from slm_analysis.analyses.bottlenecks import bottlenecks
from slm_analysis.analyses.time_shares import time_shares
from slm_analysis.sla.business_time import BusinessCalendar

SEED = 20260304
TICKETS, STEPS = 1_000_000, 5
MOST_SECONDS = 20
STATUSES = ("New", "In progress", "Awaiting requester", "With supplier", "Resolved")
TEAMS = 60
HANDED_ON = 0.3
"""Share of steps with which a ticket goes to another team."""
OFFICE = BusinessCalendar(
    "Asia/Shanghai",
    {day: [["09:00", "12:00"], ["13:00", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri")},
)
REPLICATIONS = 400
SIZES = (100, 400, 4_000)
MEANS = np.array([1.0, 3.0, 8.0])
SPREAD = 1.0
"""Of the logarithm of the time in a status."""
LATE = 0.3
LOWEST, HIGHEST, MOST_FALSE = 0.92, 0.98, 0.075


def main() -> int:
    """Print speed and coverage; return 1 where a bound is broken."""
    history, tickets = drawn_history()
    begun = time.process_time()
    bottlenecks(history, tickets, OFFICE, paused=["Awaiting requester"])
    took = time.process_time() - begun
    print(f"{len(history):,} status rows: {took:.1f} s CPU (at most {MOST_SECONDS})")
    failed = took > MOST_SECONDS

    replications = int(sys.argv[1]) if len(sys.argv) > 1 else REPLICATIONS
    rng = np.random.default_rng(SEED)
    print(f"\nCoverage of 95 % intervals of shares of time, {replications} replications")
    print(f"{'tickets':>7} | {'all':>7} | {'late':>7} | {'false findings':>14}")
    for size in SIZES:
        of_all, of_late, false = coverage(rng, replications, size)
        bad = not (LOWEST <= of_all <= HIGHEST and LOWEST <= of_late <= HIGHEST)
        bad |= false > MOST_FALSE
        failed |= bad
        print(
            f"{size:>7,} | {of_all:>7.1%} | {of_late:>7.1%} | {false:>14.1%}{'   <- outside' * bad}"
        )
    return int(failed)


def drawn_history() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return a history of random statuses and teams in the order of time, and its tickets."""
    rng = np.random.default_rng(SEED)
    ticket = np.repeat(np.arange(TICKETS), STEPS)
    hours = np.sort(rng.exponential(40, (TICKETS, STEPS)), axis=1)
    opened = pd.Timestamp("2025-01-01", tz="UTC") + pd.to_timedelta(
        rng.integers(0, 365 * 86_400, TICKETS), unit="s"
    )
    since = pd.Series(opened).repeat(STEPS).reset_index(drop=True) + pd.to_timedelta(
        hours.ravel(), unit="h"
    )
    handed_on = rng.random((TICKETS, STEPS)) < HANDED_ON
    team = np.cumsum(handed_on * rng.integers(1, TEAMS, (TICKETS, STEPS)), axis=1)
    names = np.array([f"T{i}" for i in range(TICKETS)], dtype=object)
    history = pd.DataFrame(
        {
            "ticket_id": pd.Series(names[ticket], dtype="str"),
            "status": pd.Series(np.array(STATUSES)[rng.integers(0, 5, len(ticket))], dtype="str"),
            "from_time": since,
            "assignment_group": pd.Series(
                np.array([f"Team {i}" for i in range(TEAMS)])[team.ravel() % TEAMS], dtype="str"
            ),
        }
    )
    resolved = pd.Series(opened + pd.to_timedelta(hours[:, -1] + 8, unit="h"))
    tickets = pd.DataFrame(
        {
            "ticket_id": pd.Series(names, dtype="str"),
            "opened_at": opened,
            "resolved_at": resolved,
            "breached": rng.random(TICKETS) < LATE,
        }
    )
    return history.sort_values("from_time"), tickets


def coverage(rng: np.random.Generator, replications: int, size: int) -> tuple[float, float, float]:
    """Return how often intervals of all and of late tickets hold, and how often one is found."""
    truth = MEANS / MEANS.sum()
    held_all, held_late, found = [], [], []
    for _ in range(replications):
        seconds = rng.lognormal(np.log(MEANS), SPREAD, (size, len(MEANS)))
        late = (rng.random(size) < LATE).astype(float)
        cells = pd.DataFrame(
            {
                "ticket": np.repeat(np.arange(size), len(MEANS)),
                "group": np.tile(np.arange(len(MEANS)), size),
                "seconds": seconds.ravel(),
            }
        )
        table = time_shares(cells, seconds.sum(axis=1), late, len(MEANS))
        held_all.append(table["share_low"].le(truth) & table["share_high"].ge(truth))
        if table["late_share_low"].notna().all():
            held_late.append(table["late_share_low"].le(truth) & table["late_share_high"].ge(truth))
            found.append(table["finding"].any())
    return float(np.mean(held_all)), float(np.mean(held_late)), float(np.mean(found))


if __name__ == "__main__":
    sys.exit(main())
