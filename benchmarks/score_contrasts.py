"""How often `score_contrasts` finds a difference that is not there, and what its intervals hold.

Answers from 1 to 5 of people who differ in mood and in how often they answer; a few of them are
about late tickets, which cost nothing or 0.7 points. Ends with exit code 1 if more than 5 % of the
idle contrasts are found, or if a 95 % interval holds the truth in under 93 % of any setting. Few
scores near the end of the scale make the intervals rather wide (up to 99 %), by design.

Run: python benchmarks/score_contrasts.py [replications]
"""

from __future__ import annotations

import sys
import time

import numpy as np
import pandas as pd

from slm_analysis import score_contrasts

SEED = 20261102
REPLICATIONS = 400
SETTINGS = [(mean, late, people) for mean in (4.3, 3.5) for late, people in ((12, 60), (35, 200))]
ANSWERS_EACH, MOOD, CONCENTRATION, COST = 5, 0.2, 10.0, -0.7
MOST_FALSE, LEAST_HELD = 0.05, 0.93


def main() -> int:
    """Print what was found and held; return 1 beyond the bounds."""
    replications = int(sys.argv[1]) if len(sys.argv) > 1 else REPLICATIONS
    rng = np.random.default_rng(SEED)
    started = time.perf_counter()
    failed = False
    print("mean  late  people   cost    held   found")
    for mean, late, people in SETTINGS:
        for cost in (0.0, COST):
            rows = [one(rng, mean, late, people, cost) for _ in range(replications)]
            table = pd.DataFrame(rows).dropna()
            held = table["low"].le(cost) & table["high"].ge(cost)
            found = table["p"] < 0.05
            print(f"{mean:4.1f} {late:5d} {people:7d} {cost:6.1f} {100 * held.mean():6.1f} % "
                  f"{100 * found.mean():5.1f} %")  # fmt: skip
            failed |= held.mean() < LEAST_HELD or (cost == 0 and found.mean() > MOST_FALSE)
    print(f"{time.perf_counter() - started:.0f} s")
    return int(failed)


def one(
    rng: np.random.Generator, mean: float, late: int, people: int, cost: float
) -> dict[str, float]:
    """Return one contrast."""
    n = ANSWERS_EACH * people
    often = rng.gamma(1.5, size=people)
    who = rng.choice(people, n, p=often / often.sum())
    side = np.isin(np.arange(n), rng.choice(n, late, replace=False))
    mood = rng.normal(0, MOOD, people)[who]
    share = (np.clip(mean + mood + cost * side, 1.2, 4.8) - 1) / 4
    chance = rng.beta(CONCENTRATION * share, CONCENTRATION * (1 - share))
    answers = pd.DataFrame(
        {
            "target": "time",
            "late": side,
            "score": 1 + rng.binomial(4, chance),
            "respondent_id": who.astype(str),
        }
    )
    (row,) = score_contrasts(answers, by=["target"], side="late").table.to_dict("records")
    return row


if __name__ == "__main__":
    sys.exit(main())
