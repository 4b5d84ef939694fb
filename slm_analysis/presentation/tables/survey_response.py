"""Who answers, as a table."""

from __future__ import annotations

from slm_analysis.presentation import numbers
from slm_analysis.presentation.language import _
from slm_analysis.presentation.views import Column, Table
from slm_analysis.presentation.words import survey_response as words
from slm_analysis.questions.survey_response import SurveyResponse


def table(result: SurveyResponse) -> Table:
    """Return one row for tickets in time and one for late ones."""
    when = numbers.months(result.window_start, result.window_end)
    columns = (
        Column(_("Ticket")),
        Column(_("Still open"), numeric=True, minor=True),
        Column(_("Resolved"), numeric=True),
        Column(_("Could be asked"), numeric=True, minor=True),
        Column(_("Answered"), numeric=True),
        Column(_("Of those resolved, 95% interval"), numeric=True),
    )
    funnel = result.funnel.set_index("state")
    rows = [
        [
            state,
            numbers.count(steps["open"]),
            tickets,
            numbers.count(steps["could_be_asked"]),
            answered,
            share,
        ]
        for (state, tickets, answered, share), (_at, steps) in zip(
            words.shown(result), funnel.loc[list(result.rates["state"])].iterrows(), strict=True
        )
    ]
    return Table(_("Who answered, tickets resolved {when}").format(when=when), columns, rows)
