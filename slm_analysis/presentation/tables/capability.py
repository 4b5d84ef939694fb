"""What a process can keep as a table."""

from __future__ import annotations

from slm_analysis.analyses.capability import NOT_KEPT, Capability
from slm_analysis.presentation.numbers import NO_VALUE, capitalised, count, hours, plain_percent
from slm_analysis.presentation.views import Column, Table
from slm_analysis.presentation.words import capability as words


def table(result: Capability) -> Table:
    """Return one row per group."""
    columns = (
        Column("Group"),
        Column("Target"),
        Column("Tickets", numeric=True, minor=True),
        Column("Still open", numeric=True, minor=True),
        Column("Beyond the target", numeric=True),
        Column("Interval", numeric=True, minor=True),
        Column(f"{plain_percent(result.goal_share)} done within", numeric=True),
        Column("Interval", numeric=True),
    )
    rows = []
    for _, row in result.table.iterrows():
        beyond, interval = words.share(result, row)
        verdict = words.VERDICTS[row["verdict"]]
        rows.append(
            [
                words.name(result, row) or NO_VALUE,
                capitalised(f"{words.promise(result, row)}: {verdict}"),
                count(row["tickets"]),
                count(row["still_open"]),
                f"{row['beyond']:,} of {row['tickets'] - row['undecided']:,}, {beyond}",
                interval,
                hours(row["kept"]),
                words.kept_interval(row),
            ]
        )
    accented = (result.table["verdict"] == NOT_KEPT).to_numpy().nonzero()[0]
    return Table("What the process can keep", columns, rows, accented=[int(at) for at in accented])
