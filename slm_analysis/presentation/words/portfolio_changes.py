"""What to say about the process changes of all units together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from slm_analysis.analyses.change_effect import CANNOT_TELL
from slm_analysis.presentation.chart import Caption
from slm_analysis.presentation.numbers import counted, in_words, listed
from slm_analysis.presentation.words import change_effect as effect_words
from slm_analysis.questions.portfolio import Portfolio

NOT_ALONE = "Not after correction"
"""Better or worse in its own report, but not once all changes of all units are counted in."""
MOST_NAMED = 3


@dataclass(frozen=True)
class Told:
    """One effect as the report of its unit told it."""

    estimate: float | None
    low: float | None
    high: float | None
    min_effect: float | None


def told(row: pd.Series) -> Told:
    """Return the effect of one record."""

    def known(name: str) -> float | None:
        return None if pd.isna(row[name]) else float(row[name])

    return Told(known("estimate"), known("low"), known("high"), known("min_effect"))


def verdict(row: pd.Series) -> str:
    """Return the verdict that stands in the portfolio."""
    if not row["stands"]:
        return NOT_ALONE
    if row["final"] and row["verdict"] == CANNOT_TELL:
        return effect_words.NEVER
    return effect_words.VERDICTS[row["verdict"]]


def figures(row: pd.Series) -> str:
    """Return the effect with its interval: ``+2.1 points (+0.2 to +4.1)``."""
    effect, wording = told(row), effect_words.of_measure(row["measure"])
    if effect.estimate is None:
        return "too few periods"
    return f"{effect_words.size(effect, wording)} ({effect_words.interval(effect, wording)})"


def subject(row: pd.Series) -> str:
    """Return ``Manufacturing, time to resolve``."""
    return f"{row['business_unit']}, {effect_words.of_measure(row['measure']).name}"


def caption(result: Portfolio) -> Caption:
    """Return the words of the figure."""
    changes = result.changes
    if changes.empty:
        return Caption(
            title="No process change has been recorded",
            subtitle="Process changes of all units",
            sentence="No unit has recorded a process change that could be judged.",
        )
    number = changes.groupby(["business_unit", "change_id"]).ngroups
    followed = {
        name: list(
            dict.fromkeys(
                f"{row['description']} ({row['business_unit']})"
                for _, row in changes[(changes["verdict"] == name) & changes["stands"]].iterrows()
            )
        )
        for name in ("better", "worse")
    }
    parts = [
        f"{in_words(len(names))} followed by {name} results"
        for name, names in followed.items()
        if names
    ]
    title = f"Of {counted(number, 'change')}, {listed(parts)}"
    if not parts:
        title = f"None of {counted(number, 'change')} was followed by better or worse results"
    said = [
        f"Followed by {name} results: {listed(names, MOST_NAMED)}."
        for name, names in followed.items()
        if names
    ] or ["No effect of a change can be told so far."]
    tests = int(np.isfinite(changes["p"].astype(float)).sum())
    return Caption(
        title=title,
        subtitle="Each effect against the smallest that matters, with its interval; "
        f"{counted(len(changes), 'effect')}",
        sentence=" ".join(said),
        caveats=[
            f"{counted(tests, 'comparison')} over all units were corrected for. What followed a "
            "change need not come from it."
        ],
        how_to_read="Each mark is one effect, the line its interval. Within the shaded stretch an "
        "effect is too small to matter; to the right is better.",
    )
