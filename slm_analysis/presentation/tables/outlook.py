"""What is to be expected of each service as a table."""

from __future__ import annotations

from slm_analysis.presentation.language import _
from slm_analysis.presentation.tables.trend import listed_series
from slm_analysis.presentation.views import Table
from slm_analysis.presentation.words import outlook as words
from slm_analysis.questions.outlook import Outlook


def table(result: Outlook) -> Table:
    """Return one row per service, the likeliest to miss its goal first."""
    every = words.headings(result)
    return listed_series(every, _("Service")) if every else Table(_(words.NOTHING), (), [])
