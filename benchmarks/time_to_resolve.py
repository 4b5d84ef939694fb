"""Speed of `time_to_resolve`, and how often its intervals hold the truth.

    python benchmarks/time_to_resolve.py [replications]

Speed: 500,000 tickets of 8 groups, compared with two columns held fixed, in at most 20 s of CPU
time. Coverage: tickets drawn one by one, some still open, some withdrawn; the 95 % intervals of the
median, of three quarters and of the ratio must hold the truth in 92 to 98 % of replications, and
equal groups must differ by the log-rank test, or in a ratio's change with time, in at most 7.5 %.
"""

from __future__ import annotations

import sys
import time

import numpy as np
import pandas as pd

from slm_analysis.analyses.time_to_resolve import TimeToResolve, time_to_resolve

SEED = 20260305
TICKETS, GROUPS = 500_000, 8
MOST_SECONDS = 20
REPLICATIONS = 400
SIZES = (60, 300)
MEAN_HOURS, MEAN_UNTIL_WITHDRAWN, FOLLOWED = 8.0, 80.0, (10.0, 80.0)
RATIO = 1.5
LOWEST, HIGHEST, MOST_FALSE = 0.92, 0.98, 0.075


def main() -> int:
    """Print speed and coverage; return 1 where a bound is broken."""
    rng = np.random.default_rng(SEED)
    tickets = drawn(rng, TICKETS, groups=GROUPS, ratio=1.0)
    tickets = tickets.assign(
        amount=rng.normal(size=TICKETS), channel=rng.choice(list("xyz"), TICKETS)
    )
    begun = time.process_time()
    asked(tickets, adjust=["amount", "channel"])
    took = time.process_time() - begun
    print(f"{TICKETS:,} tickets: {took:.1f} s CPU (at most {MOST_SECONDS})")
    failed = took > MOST_SECONDS

    replications = int(sys.argv[1]) if len(sys.argv) > 1 else REPLICATIONS
    print(f"\nCoverage of 95 % intervals, {replications} replications")
    names = ("half", "3 in 4", "ratio", "differ", "change")
    print(f"{'tickets':>7} | {' | '.join(f'{name:>6}' for name in names)}")
    for size in SIZES:
        rates = coverage(rng, replications, size)
        bad = not all(LOWEST <= rate <= HIGHEST for rate in rates[:3])
        bad |= any(rate > MOST_FALSE for rate in rates[3:])
        failed |= bad
        told = " | ".join(f"{rate:>6.1%}" for rate in rates)
        print(f"{size:>7,} | {told}{'   <- outside' * bad}")
    return int(failed)


def drawn(rng: np.random.Generator, size: int, *, groups: int = 2, ratio: float) -> pd.DataFrame:
    """Return tickets of which those of the second group are done `ratio` times as often."""
    group = rng.integers(0, groups, size)
    hours = rng.exponential(MEAN_HOURS / np.where(group == 1, ratio, 1.0))
    withdrawn = rng.exponential(MEAN_UNTIL_WITHDRAWN, size)
    followed = rng.uniform(*FOLLOWED, size)
    first = np.minimum(hours, withdrawn)
    return pd.DataFrame(
        {
            "hours": np.minimum(first, followed),
            "done": (hours <= withdrawn) & (hours <= followed),
            "withdrawn": (withdrawn < hours) & (withdrawn <= followed),
            "team": np.char.add("Team ", group.astype(str)),
        }
    )


def asked(tickets: pd.DataFrame, **options: object) -> TimeToResolve:
    """Return how long tickets of each team take, the teams compared."""
    return time_to_resolve(
        tickets,
        time="hours",
        ended="done",
        competing="withdrawn",
        by="team",
        compare=True,
        **options,
    )


def coverage(rng: np.random.Generator, replications: int, size: int) -> list[float]:
    """Return how often the three intervals hold the truth, and the false alarms of two tests."""
    rate = 1 / MEAN_HOURS + 1 / MEAN_UNTIL_WITHDRAWN
    reached = 1 / MEAN_HOURS / rate
    true = {share: -np.log(1 - share / reached) / rate for share in (0.5, 0.75)}
    held = np.zeros(5)
    for _ in range(replications):
        result = asked(drawn(rng, size, ratio=RATIO))
        first = result.percentiles[result.percentiles["team"] == "Team 0"].set_index("share")
        for at, share in enumerate(true):
            row = first.loc[share]
            held[at] += not (row["low"] > true[share] or row["high"] < true[share])
        effect = result.effects.iloc[0]
        ratio = RATIO if effect["level"] == "Team 1" else 1 / RATIO
        held[2] += effect["low"] <= ratio <= effect["high"]
        equal = asked(drawn(rng, size, ratio=1.0))
        held[3] += equal.log_rank.iloc[0]["p"] < 0.05
        held[4] += equal.constancy.iloc[0]["p"] < 0.05
    return list(held / replications)


if __name__ == "__main__":
    sys.exit(main())
