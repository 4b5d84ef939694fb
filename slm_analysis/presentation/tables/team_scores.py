"""Scores of teams as a table."""

from __future__ import annotations

from slm_analysis.analyses.score_verdicts import LOWER
from slm_analysis.presentation import numbers
from slm_analysis.presentation.language import _
from slm_analysis.presentation.views import Column, Table
from slm_analysis.presentation.words import team_scores as words
from slm_analysis.questions.team_scores import TeamScores


def table(result: TeamScores) -> Table:
    """Return one row per team, hidden ones last."""
    columns = (
        Column(_("Team")),
        Column(_("Score, 95% interval"), numeric=True),
        Column(_("Against the rest"), numeric=True),
        Column(_("People"), numeric=True, minor=True),
        Column(_("Tickets resolved"), numeric=True, minor=True),
    )
    rows = [
        [
            str(row["team"]),
            words.rating(row),
            words.difference(row, result),
            numbers.count(row["respondents"]),
            words.responses(row),
        ]
        for _at, row in result.teams.iterrows()
    ]
    bad = (result.teams["verdict"] == LOWER).to_numpy().nonzero()[0]
    when = numbers.months(result.period_start, result.period_end)
    caption = _("Mean rating by team in {when}").format(when=when)
    return Table(caption, columns, rows, accented=[int(at) for at in bad])
