"""Differences of scores in words."""

from __future__ import annotations

import pandas as pd

from slm_analysis.analyses.score_verdicts import SAME
from slm_analysis.presentation import numbers
from slm_analysis.presentation.language import _
from slm_analysis.presentation.numbers import digits_to_tell


def gap(row: pd.Series, min_effect: float, low: str = "low", high: str = "high") -> str:
    """Return ``0.4 lower (0.2 to 0.6)``, or ``−0.1 (−0.3 to +0.1)`` where 0 is possible."""
    if pd.isna(row[low]):
        return numbers.NO_VALUE
    ends = [float(row[low]), float(row[high])]
    unsure = ends[0] <= 0 <= ends[1] or row["verdict"] == SAME
    digits = digits_to_tell(ends, [-min_effect, 0.0, min_effect] if unsure else [0.0])
    if ends[0] <= 0 <= ends[1]:
        size, least, most = (numbers.signed(value, digits) for value in (row["difference"], *ends))
        return _("{size} ({low} to {high})").format(size=size, low=least, high=most)
    text = (
        _("{size} lower ({low} to {high})") if ends[1] < 0 else _("{size} higher ({low} to {high})")
    )
    size, least, most = (
        numbers.score(value, digits) for value in (abs(row["difference"]), *sorted(map(abs, ends)))
    )
    return text.format(size=size, low=least, high=most)
