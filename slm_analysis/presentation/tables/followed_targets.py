"""Promises that satisfaction goes with, as a table."""

from __future__ import annotations

import pandas as pd

from slm_analysis.analyses.score_verdicts import LOWER
from slm_analysis.presentation import numbers
from slm_analysis.presentation.language import _
from slm_analysis.presentation.numbers import digits_to_tell
from slm_analysis.presentation.views import Column, Table
from slm_analysis.presentation.words import followed_targets as words
from slm_analysis.presentation.words.score_gaps import gap
from slm_analysis.questions.followed_targets import FollowedTargets


def table(result: FollowedTargets) -> Table:
    """Return one row per promise, findings first."""
    columns = (
        Column(_("Promise")),
        Column(_("Satisfaction")),
        Column(_("Broken against kept, points"), numeric=True),
        Column(_("Answers"), numeric=True),
        Column(_("Months: ten points more kept"), numeric=True, minor=True),
    )
    rows = [
        [
            words.promise(row),
            words.verdict(row),
            gap(row, result.min_effect),
            words.counts(row),
            _slope(row),
        ]
        for _at, row in result.table.iterrows()
    ]
    when = numbers.months(result.window_start, result.window_end)
    bad = (result.table["verdict"] == LOWER).to_numpy().nonzero()[0]
    caption = _("Scores where promises were broken and kept, {when}").format(when=when)
    return Table(caption, columns, rows, accented=[int(at) for at in bad])


def _slope(row: pd.Series) -> str:
    """Return ``+0.3 (−0.5 to +1.2)``, or a dash."""
    if pd.isna(row["slope"]):
        return numbers.NO_VALUE
    digits = digits_to_tell([row["slope_low"], row["slope_high"]], [0.0])
    slope, low, high = (
        numbers.signed(row[name], digits) for name in ("slope", "slope_low", "slope_high")
    )
    return _("{size} ({low} to {high})").format(size=slope, low=low, high=high)
