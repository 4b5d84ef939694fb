"""What a process can keep as a table."""

from __future__ import annotations

from slm_analysis.analyses.capability import NOT_KEPT, Capability
from slm_analysis.presentation.language import _
from slm_analysis.presentation.numbers import (
    NO_VALUE,
    capitalised,
    count,
    hours,
    plain_percent,
    share_of,
)
from slm_analysis.presentation.views import Column, Table
from slm_analysis.presentation.words import capability as words


def table(result: Capability) -> Table:
    """Return one row per group."""
    columns = (
        Column(_("Group")),
        Column(_("Target")),
        Column(_("Tickets"), numeric=True, minor=True),
        Column(_("Still open"), numeric=True, minor=True),
        Column(_("Beyond the target"), numeric=True),
        Column(_("Interval"), numeric=True, minor=True),
        Column(
            _("{share} done within").format(share=plain_percent(result.goal_share)), numeric=True
        ),
        Column(_("Interval"), numeric=True),
    )
    rows = []
    for __, row in result.table.iterrows():
        beyond, interval = words.share(result, row)
        rows.append(
            [
                words.name(result, row) or NO_VALUE,
                capitalised(words.judged(result, row)),
                count(row["tickets"]),
                count(row["still_open"]),
                share_of(row["beyond"], row["tickets"] - row["undecided"], beyond),
                interval,
                hours(row["kept"]),
                words.kept_interval(row),
            ]
        )
    accented = (result.table["verdict"] == NOT_KEPT).to_numpy().nonzero()[0]
    return Table(
        _("What the process can keep"), columns, rows, accented=[int(at) for at in accented]
    )
