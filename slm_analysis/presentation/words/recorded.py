"""What to say about the source's own judgement of the tickets, beside ours."""

from __future__ import annotations

import pandas as pd

from slm_analysis.presentation.language import N_, _
from slm_analysis.presentation.numbers import count, listed
from slm_analysis.questions.service_levels import ServiceLevels

METRICS = {"response_time": N_("first response"), "resolution_time": N_("resolution")}
IN_TIME, LATE = N_("in time"), N_("late")
UNDECIDED = N_("not decided yet")
JUDGED_HERE = {
    "met": IN_TIME,
    "breached_closed": LATE,
    "breached_open": LATE,
    "running": UNDECIDED,
    "paused": UNDECIDED,
    "excluded": N_("excluded"),
    "no_target": N_("without a target"),
    "missing_data": N_("without the times it needs"),
}


def beside_the_source(result: ServiceLevels) -> list[str]:
    """Return one sentence per target that the source judges too, and the agreement covers."""
    ours = result.recorded
    if ours.empty:
        return []
    ours = ours[ours["target"].notna()]
    names = ours["target_name"].fillna(ours["metric"].map(METRICS).map(_))
    return [_sentence(str(name), rows) for name, rows in ours.groupby(names, sort=True)]


def _sentence(name: str, rows: pd.DataFrame) -> str:
    there = rows["recorded_breached"].astype(bool).map({True: LATE, False: IN_TIME})
    here = rows["state"].map(JUDGED_HERE)
    n = rows["n"]
    figures = {
        "name": name,
        "there": count(n[there == IN_TIME].sum()),
        "all_there": count(n.sum()),
        "here": count(n[here == IN_TIME].sum()),
        "all_here": count(n[here.isin([IN_TIME, LATE])].sum()),
    }
    other = n[there != here].groupby([there, here]).sum()
    if other.empty:
        return _(
            "The source itself records {there} of {all_there} as in time ({name}); here it is "
            "{here} of {all_here}, ticket by ticket the same."
        ).format(**figures)
    rows = other.rename_axis(["there", "here"]).rename("n").reset_index()
    apart = [
        _("{n} {there} there and {here} here").format(n=count(number), there=_(said), here=_(found))
        for said, found, number in zip(rows["there"], rows["here"], rows["n"], strict=True)
    ]
    return _(
        "The source itself records {there} of {all_there} as in time ({name}); here it is {here} "
        "of {all_here}. Told apart: {apart}."
    ).format(**figures, apart=listed(apart))
