"""Who answers, as a table."""

from __future__ import annotations

from slm_analysis.presentation import numbers
from slm_analysis.presentation.views import Column, Table
from slm_analysis.presentation.words import survey_response as words
from slm_analysis.questions.survey_response import SurveyResponse

COLUMNS = (
    Column("Ticket"),
    Column("Resolved", numeric=True),
    Column("Answered", numeric=True),
    Column("Share, 95% interval", numeric=True),
)


def table(result: SurveyResponse) -> Table:
    """Return one row for tickets in time and one for late ones."""
    when = numbers.months(result.window_start, result.window_end)
    return Table(
        f"Who answered, tickets resolved {when}",
        COLUMNS,
        [list(row) for row in words.shown(result)],
    )
