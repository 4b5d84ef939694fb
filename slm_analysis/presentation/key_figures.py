"""What the portfolio and the index read of each report."""

from __future__ import annotations

from slm_analysis.presentation.views import KeyFigures
from slm_analysis.questions.answer import Answer, key_figures_of


def key_figures(*answers: Answer) -> KeyFigures:
    """Return the records that the portfolio and the index read of a report.

    Emits one output under a MIME type of its own, so that the index cannot differ from the page.
    """
    return KeyFigures(key_figures_of(*answers))
