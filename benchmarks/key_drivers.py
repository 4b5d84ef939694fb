"""How often `key_drivers` finds what is not there, and what its intervals of shares hold.

Answers of 60 people who differ among each other: lateness and time go with the score, channel,
team and reopening with nothing. Ends with exit code 1 if, of all findings, more than 7 % are false
(5 % are accepted), if where nothing goes with anything more than 10 % of the runs find something,
or if the intervals of the two real shares hold the truth in under 90 %.

Run: python benchmarks/key_drivers.py [replications]
"""

from __future__ import annotations

import sys
import time

import numpy as np
import pandas as pd

from slm_analysis import key_drivers
from slm_analysis.analyses.explained_shares import explained_shares, products_by_cluster

SEED = 20260403
REPLICATIONS = 200
PEOPLE, ANSWERS, MANY = 60, 500, 400_000
COST = 0.7
REAL, NOISE = ["hours", "late"], ["channel", "team", "reopened"]
MOST_FALSE, MOST_RUNS, LEAST_COVERED = 0.07, 0.10, 0.90


def main() -> int:
    """Print what was found and held; return 1 beyond the bounds."""
    replications = int(sys.argv[1]) if len(sys.argv) > 1 else REPLICATIONS
    rng = np.random.default_rng(SEED)
    started = time.perf_counter()
    truth = true_shares(rng)
    runs = [found(rng, COST) for _ in range(replications)]
    idle = [found(rng, 0.0) for _ in range(replications)]
    false = np.mean([r.loc[NOISE, "finding"].sum() / max(r["finding"].sum(), 1) for r in runs])
    anything = np.mean([r["finding"].any() for r in idle])
    print(f"{replications} runs, {PEOPLE} people, {ANSWERS} answers")
    print(f"false among the findings   {100 * false:5.1f} %")
    print(f"runs that find something where nothing is   {100 * anything:5.1f} %")
    failed = false > MOST_FALSE or anything > MOST_RUNS
    for driver in REAL:
        share = truth[driver]
        held = np.mean([r.loc[driver, "low"] <= share <= r.loc[driver, "high"] for r in runs])
        seen = np.mean([r.loc[driver, "finding"] for r in runs])
        print(f"{driver:<6} share {share:.4f}: held {100 * held:5.1f} %, found {100 * seen:5.1f} %")
        failed |= held < LEAST_COVERED
    print(f"{time.perf_counter() - started:.0f} s")
    return int(failed)


def found(rng: np.random.Generator, cost: float) -> pd.DataFrame:
    """Return the shares of one run by driver."""
    return key_drivers(draw(rng, PEOPLE, ANSWERS, cost), drivers=[*REAL, *NOISE]).shares.set_index(
        "driver"
    )


def draw(rng: np.random.Generator, people: int, answers: int, cost: float) -> pd.DataFrame:
    """Return answers; each person has a team and a mood of its own."""
    who = rng.integers(0, people, answers)
    hours = rng.normal(0, 1, answers)
    late = hours + rng.normal(0, 1, answers) > 1.8
    mood = rng.normal(0, 0.4, people)[who]
    score = 4.2 - cost * late - 0.3 * cost * hours + mood + rng.normal(0, 0.8, answers)
    return pd.DataFrame(
        {
            "score": np.clip(np.round(score), 1, 5),
            "hours": hours,
            "late": late,
            "channel": rng.choice(["a", "b", "c"], answers, p=[0.6, 0.3, 0.1]),
            "team": rng.choice(["x", "y", "z"], people)[who],
            "reopened": rng.random(answers) < 0.08,
            "respondent_id": who.astype(str),
        }
    )


def true_shares(rng: np.random.Generator) -> dict[str, float]:
    """Return the shares of the two real drivers among very many answers."""
    many = draw(rng, MANY, MANY, COST)
    columns = many[[*REAL, "score"]].to_numpy(float)
    products = products_by_cluster(columns, np.arange(MANY)).sum(axis=0, keepdims=True)
    return dict(zip(REAL, explained_shares(products, [1, 1])[0], strict=True))


if __name__ == "__main__":
    sys.exit(main())
