"""How often `expectations` finds gaps that are not there, and what its intervals hold.

Six units of 15 to 90 people who differ in mood and in how often they answer, with other times to
resolve and other channels; a later and a phoned ticket costs score in every unit alike. In half of
the panels all units are alike, in the others two of them give 0.4 points less. Ends with exit code
1 if more than 8 % of the panels without a gap find one, if more than 2 % of the findings have the
wrong sign, if 95 % intervals hold the truth in under 92 % or over 97 %, or if the mean of the
planted gaps is missed by more than 0.03.

Run: python benchmarks/expectation_gap.py [panels]
"""

from __future__ import annotations

import sys
import time

import numpy as np
import pandas as pd
from scipy import stats

from slm_analysis.analyses.expectations import expectations

SEED = 20261101
PANELS = 300
PEOPLE = np.array([15, 25, 40, 60, 75, 90])
ANSWERS_EACH = 5
GAP, LOWER = -0.4, [3, 5]
MEAN, MOOD, CONCENTRATION = 4.1, 0.25, 10.0
PER_DOUBLING, PHONE = -0.1, -0.2
MOST_PANELS, MOST_WRONG, HELD, MOST_BIAS = 0.08, 0.02, (0.92, 0.97), 0.03


def main() -> int:
    """Print what was found and held; return 1 beyond the bounds."""
    panels = int(sys.argv[1]) if len(sys.argv) > 1 else PANELS
    rng = np.random.default_rng(SEED)
    started = time.perf_counter()
    idle = [found(rng, 0.0) for _ in range(panels)]
    planted = [found(rng, GAP) for _ in range(panels)]
    anything = np.mean([(r["q"] <= 0.05).any() for r in idle])
    print(f"{panels} panels of {len(PEOPLE)} units, about {ANSWERS_EACH * PEOPLE.sum()} answers")
    print(f"panels without a gap that find one   {100 * anything:5.1f} %")
    failed = anything > MOST_PANELS
    for name, runs in (("no gap", idle), ("two gaps", planted)):
        every = pd.concat(runs)
        half = stats.t.ppf(0.975, every["df"]) * every["se"]
        held = ((every["difference"] - every["truth"]).abs() <= half).groupby(level=0).mean()
        print(f"{name}: 95 % intervals hold {100 * held.mean():5.1f} %, by unit "
              f"{', '.join(f'{100 * h:.1f}' for h in held)}")  # fmt: skip
        failed |= not HELD[0] <= held.mean() <= HELD[1]
    every = pd.concat(planted)
    wrong = (every["q"] <= 0.05) & (np.sign(every["difference"]) != np.sign(every["truth"]))
    wrong_share = wrong.sum() / (every["q"] <= 0.05).sum()
    lower = every.loc[LOWER]
    bias = (lower["difference"] - lower["truth"]).mean()
    print(f"findings of the wrong sign   {100 * wrong_share:5.1f} %")
    print(f"planted gaps: mean {lower['difference'].mean():.3f} of {lower['truth'].mean():.3f}, "
          f"found {100 * (lower['q'] <= 0.05).mean():.1f} %; without time and mix "
          f"{lower['plain_difference'].mean():.3f}")  # fmt: skip
    failed |= wrong_share > MOST_WRONG or abs(bias) > MOST_BIAS
    print(f"{time.perf_counter() - started:.0f} s")
    return int(failed)


def found(rng: np.random.Generator, gap: float) -> pd.DataFrame:
    """Return the gaps of one panel by unit, with the true ones."""
    result = expectations(draw(rng, gap), mix=["channel"])
    level = np.where(np.isin(np.arange(len(PEOPLE)), LOWER), gap, 0.0)
    truth = level - (level.sum() - level) / (len(PEOPLE) - 1)
    return result.gaps.set_index("business_unit").assign(truth=truth).dropna(subset="difference")


def draw(rng: np.random.Generator, gap: float) -> pd.DataFrame:
    """Return answers of all units; scores are beta-binomial, so that their means are as planned."""
    unit_of = np.repeat(np.arange(len(PEOPLE)), PEOPLE)
    often = rng.gamma(1.5, size=len(unit_of))
    person = rng.choice(len(unit_of), ANSWERS_EACH * len(unit_of), p=often / often.sum())
    unit = unit_of[person]
    hours = 2 ** (1.5 + 0.25 * unit + rng.normal(0, 1, len(unit)))
    phone = rng.random(len(unit)) < 0.1 + 0.06 * unit
    mood = np.clip(rng.normal(0, MOOD, len(unit_of)), -2 * MOOD, 2 * MOOD)
    doublings = np.clip(np.log2(hours), -1, 5) - 2
    mean = MEAN + mood[person] + gap * np.isin(unit, LOWER) + PER_DOUBLING * doublings
    share = (mean + PHONE * phone - 1) / 4
    chance = rng.beta(CONCENTRATION * share, CONCENTRATION * (1 - share))
    return pd.DataFrame(
        {
            "business_unit": unit,
            "score": 1 + rng.binomial(4, chance),
            "hours": hours,
            "channel": np.where(phone, "Phone", "Portal"),
            "respondent_id": person.astype(str),
        }
    )


if __name__ == "__main__":
    sys.exit(main())
