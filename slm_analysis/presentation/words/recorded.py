"""What to say about the source's own judgement of the tickets, beside ours."""

from __future__ import annotations

import pandas as pd

from slm_analysis.presentation.numbers import listed
from slm_analysis.questions.service_levels import ServiceLevels

METRICS = {"response_time": "first response", "resolution_time": "resolution"}
IN_TIME, LATE = "in time", "late"
JUDGED_HERE = {
    "met": IN_TIME,
    "breached_closed": LATE,
    "breached_open": LATE,
    "running": "not decided yet",
    "paused": "not decided yet",
    "excluded": "excluded",
    "no_target": "without a target",
    "missing_data": "without the times it needs",
}


def beside_the_source(result: ServiceLevels) -> list[str]:
    """Return one sentence per target that the source judges too, and the agreement covers."""
    ours = result.recorded
    if ours.empty:
        return []
    ours = ours[ours["target"].notna()]
    names = ours["target_name"].fillna(ours["metric"].map(METRICS))
    return [_sentence(str(name), rows) for name, rows in ours.groupby(names, sort=True)]


def _sentence(name: str, rows: pd.DataFrame) -> str:
    there = rows["recorded_breached"].astype(bool).map({True: LATE, False: IN_TIME})
    here = rows["state"].map(JUDGED_HERE)
    n = rows["n"]
    counted = here.isin([IN_TIME, LATE])
    told = (
        f"The source itself records {n[there == IN_TIME].sum():,} of {n.sum():,} as in time "
        f"({name}); here it is {n[here == IN_TIME].sum():,} of {n[counted].sum():,}"
    )
    other = n[there != here].groupby([there, here]).sum()
    if other.empty:
        return f"{told}, ticket by ticket the same."
    rows = other.rename_axis(["there", "here"]).rename("n").reset_index()
    apart = [f"{row.n:,} {row.there} there and {row.here} here" for row in rows.itertuples()]
    return f"{told}. Told apart: {listed(apart)}."
