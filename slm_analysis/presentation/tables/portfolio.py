"""Every promise of every unit."""

from __future__ import annotations

from slm_analysis.presentation.language import _
from slm_analysis.presentation.views import Column, Table
from slm_analysis.presentation.words import portfolio_matrix as words
from slm_analysis.presentation.words import service_levels as levels_words
from slm_analysis.presentation.words.goals import goal_in_words
from slm_analysis.questions.portfolio import Portfolio

MOST = 500
"""Promises listed; the files hold all."""


def table(result: Portfolio) -> Table:
    """Return the promises of all units, the least likely first."""
    levels = result.levels
    if len(levels):
        levels = levels.sort_values(["q", "business_unit"], kind="stable")
    columns = [
        Column(_("Unit")),
        Column(_("Promise")),
        Column(_("Result")),
        Column(_("Actual"), numeric=True),
        Column(_("95% interval"), numeric=True),
        Column(_("Goal"), minor=True),
    ]
    shown = levels.head(MOST)
    rows = []
    for _at, level in shown.iterrows():
        verdict = levels_words.verdict(level)
        if level["clearly"] and level["result"] == "missed":
            verdict = _("{verdict} (clearly)").format(verdict=verdict)
        rows.append(
            [
                str(level["business_unit"]),
                levels_words.promise(level),
                verdict,
                levels_words.figure(level),
                levels_words.interval(level),
                goal_in_words(str(level["goal"])),
            ]
        )
    accented = (
        [
            at
            for at, (clear, kept) in enumerate(zip(shown["clearly"], shown["result"], strict=True))
            if clear and kept == "missed"
        ]
        if len(shown)
        else []
    )
    caption = words.promises_caption(len(shown), len(levels))
    return Table(caption, columns, rows, accented, folded=True)
