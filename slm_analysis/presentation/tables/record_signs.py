"""Signs in the records, as a table: every one looked for, found ones first."""

from __future__ import annotations

import pandas as pd

from slm_analysis.analyses.target_signs import TargetSigns
from slm_analysis.presentation import numbers
from slm_analysis.presentation.language import _
from slm_analysis.presentation.views import Column, Table
from slm_analysis.presentation.words import record_signs as words
from slm_analysis.presentation.words.excess import tickets
from slm_analysis.questions.record_signs import RecordSigns


def table(result: RecordSigns | TargetSigns) -> Table:
    """Return every sign that was looked for in each group."""
    columns = (
        Column(_("Sign")),
        Column(_("Tickets of")),
        Column(_("Tickets"), numeric=True),
        Column(_("Share, 95% interval"), numeric=True, minor=True),
        Column(_("Expected"), numeric=True),
    )
    signs = words.signs_of(result).signs
    rows = [
        [
            words.name(row["sign"]),
            row["group"],
            numbers.part_of(row["count"], row["n"]),
            words.share(row),
            _("too few to tell") if pd.isna(row["p"]) else tickets(row["expected"]),
        ]
        for __, row in signs.iterrows()
    ]
    accented = [at for at, found in enumerate(signs["found"]) if found]
    return Table(_("What was looked for in the records"), columns, rows, accented, folded=True)
