"""What to say about the levels that departments could have had."""

from __future__ import annotations

import pandas as pd

from slm_analysis.presentation import numbers
from slm_analysis.presentation.language import _
from slm_analysis.presentation.numbers import percent_beside
from slm_analysis.presentation.views import Prose
from slm_analysis.presentation.words.caveats import caveats
from slm_analysis.presentation.words.goals import goal_in_words
from slm_analysis.questions.offered_levels import OfferedLevels

MET = "met"


def share(row: pd.Series) -> str:
    """Return a share in time with its interval and counts: ``98.4% (97.8 to 98.9%) of 2,027``."""
    value, low, high = (percent_beside(row[name], row["goal_value"]) for name in
                        ("value", "low", "high"))  # fmt: skip
    return _("{share} ({interval}) of {n}").format(
        share=value, interval=numbers.span(low, high), n=numbers.count(row["counted"])
    )


def verdict(row: pd.Series) -> str:
    """Return whether a goal would have been kept, and whether that is sure."""
    kept = row["result"] == MET
    if row["result"] not in {MET, "missed"}:
        return _("not decided")
    if row["evidence"] == "clear":
        return _("would have been met") if kept else _("would have been missed")
    return _("would have been met, uncertain") if kept else _("would have been missed, uncertain")


def say(result: OfferedLevels) -> Prose:
    """Return for each department the levels that it would have had."""
    told = []
    for unit, rows in result.levels.groupby("business_unit", sort=False):
        kept = rows.loc[rows["result"] == MET, "goal"].map(goal_in_words).tolist()
        text = (
            _("{unit}: {goals} would have been met.")
            if kept
            else _("{unit}: none of these goals would have been met.")
        )
        told.append(text.format(unit=unit, goals=numbers.listed(kept)))
    return Prose(told, caveats(result.notes))
