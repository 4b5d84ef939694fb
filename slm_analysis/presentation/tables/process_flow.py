"""Where the time of tickets goes, as a table."""

from __future__ import annotations

import pandas as pd

from slm_analysis.analyses.bottlenecks import HANDOFF, LOOP, NAMES, STATUS, TEAM, Bottlenecks
from slm_analysis.analyses.status_steps import PAUSED
from slm_analysis.presentation import numbers
from slm_analysis.presentation.language import _
from slm_analysis.presentation.views import Column, Table
from slm_analysis.presentation.words import process_flow as words
from slm_analysis.questions.process_flow import ProcessFlow

MOST_ROWS = 6
"""Of each way to cut the time; those are the ones in which late tickets spend most."""
PAUSED_TIME = "paused"


def table(result: ProcessFlow | Bottlenecks) -> Table:
    """Return statuses, teams, loops, hand-offs and pauses, each with most late time first."""
    columns = (
        Column(_("Where")),
        Column(_("Tickets"), numeric=True, minor=True),
        Column(_("Of all time, 95% interval"), numeric=True, minor=True),
        Column(_("Of late tickets' time"), numeric=True),
        Column(_("Of time of those in time"), numeric=True),
    )
    flow = result.flow if isinstance(result, ProcessFlow) else result
    parts = []
    if flow is not None:
        cuts = {STATUS: flow.statuses, TEAM: flow.teams, LOOP: flow.loops, HANDOFF: flow.handoffs}
        for what, part in cuts.items():
            names = dict(zip(NAMES[what], ("name", "other"), strict=False))
            parts.append(part.head(MOST_ROWS).rename(columns=names).assign(what=what))
        parts.append(flow.paused.rename(columns={"status": "name"}).assign(what=PAUSED_TIME))
    rows = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["finding"])
    return Table(
        _("Where the time goes: statuses, teams, loops, hand-offs, then pauses"),
        columns,
        [_row(row) for __, row in rows.iterrows()],
        accented=[i for i, finding in enumerate(rows["finding"]) if finding],
        folded=True,
    )


def _row(row: pd.Series) -> list[str]:
    if row["what"] == PAUSED_TIME:
        text = (
            _("{name}, paused (of all business time)")
            if row["kind"] == PAUSED
            else _("{name}, until reopened (of all business time)")
        )
        place = text.format(name=row["name"])
    else:
        place = numbers.capitalised(words.where(row))
    return [
        place,
        numbers.count(row["tickets"]),
        words.interval(row),
        words.interval(row, "late_share"),
        words.interval(row, "kept_share"),
    ]
