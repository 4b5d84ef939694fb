"""The levels that departments could have had of one service, as a table."""

from __future__ import annotations

from slm_analysis.presentation import numbers
from slm_analysis.presentation.language import _
from slm_analysis.presentation.views import Column, Table
from slm_analysis.presentation.words import offered_levels as words
from slm_analysis.presentation.words.goals import goal_in_words
from slm_analysis.questions.offered_levels import OfferedLevels


def table(result: OfferedLevels) -> Table:
    """Return one row per department and goal."""
    columns = (
        Column(_("Department")),
        Column(_("Goal")),
        Column(_("In time (95% interval)"), numeric=True),
        Column(_("Late a month"), numeric=True),
        Column(_("Verdict")),
    )
    rows = [
        [
            row["business_unit"],
            goal_in_words(row["goal"]),
            words.share(row),
            numbers.score(row["late_a_month"]),
            numbers.capitalised(words.verdict(row)),
        ]
        for __, row in result.levels.iterrows()
    ]
    caption = _("What each department would have had of {service}").format(service=result.service)
    return Table(caption, columns, rows)
