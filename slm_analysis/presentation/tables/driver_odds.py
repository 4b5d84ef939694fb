"""Odds of groups with the mix held fixed, as a table."""

from __future__ import annotations

from slm_analysis.presentation.language import _
from slm_analysis.presentation.views import Column, Table
from slm_analysis.presentation.words import driver_odds as words
from slm_analysis.presentation.words.cause_findings import window
from slm_analysis.presentation.words.driver_names import reason
from slm_analysis.presentation.words.excess import late_of
from slm_analysis.questions.root_causes import RootCauses


def odds_table(result: RootCauses) -> Table:
    """Return the numbers behind the forest plot."""
    rows = words.shown_odds(result)
    columns = (
        Column(_("Group")),
        Column(_("Late"), numeric=True),
        Column(_("At first sight"), numeric=True),
        Column(_("Mix held fixed"), numeric=True),
    )
    return Table(
        _("Odds against all other tickets, {months}").format(months=window(result)),
        columns,
        [
            [
                reason(row["driver"], row["level"]),
                late_of(row),
                words.interval(row, "odds_ratio"),
                words.interval(row),
            ]
            for __, row in rows.iterrows()
        ],
        accented=[i for i, (__, row) in enumerate(rows.iterrows()) if words.stands_out(row)],
    )
