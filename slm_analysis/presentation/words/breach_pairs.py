"""What to say about two things that go with late tickets together."""

from __future__ import annotations

import pandas as pd

from slm_analysis.presentation.language import _
from slm_analysis.presentation.words.driver_names import reason
from slm_analysis.presentation.words.excess import excess, late_of, tickets
from slm_analysis.questions.cause_findings import MOST_FINDINGS
from slm_analysis.questions.root_causes import RootCauses


def found_pairs(result: RootCauses) -> list[pd.Series]:
    """Return the pairs found, by excess, no more than findings are named."""
    if result.pairs is None:
        return []
    pairs = result.pairs.pairs
    return [row for __, row in pairs[pairs["found"]].head(MOST_FINDINGS).iterrows()]


def pair_name(pair: pd.Series) -> str:
    """Return both conditions: ``Missing purchase order (hold reason) with AP Team 2 (…)``."""
    return _("{reason} with {other}").format(
        reason=reason(pair["driver"], pair["level"]),
        other=reason(pair["with_driver"], pair["with_level"]),
    )


def tells_of(pair: pd.Series, finding: pd.Series) -> bool:
    """Whether a pair is about the same group as a finding."""
    return (finding["driver"], finding["level"]) in {
        (pair["driver"], pair["level"]),
        (pair["with_driver"], pair["with_level"]),
    }


def pair_sentence(pair: pd.Series, were: str) -> str:
    """Return numbers of a pair, from the tickets on which it was tried."""
    return _(
        "{pair} goes with more than both bring alone: tried on every other day, {late} tickets "
        "were {were}, {excess} more than the {expected} expected."
    ).format(
        pair=pair_name(pair),
        late=late_of(pair),
        were=were,
        excess=excess(pair),
        expected=tickets(pair["expected"]),
    )
