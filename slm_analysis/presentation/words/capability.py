"""What to say about what a process can keep."""

from __future__ import annotations

import pandas as pd

from slm_analysis.analyses.capability import CANNOT_TELL, KEPT, NOT_KEPT, Capability
from slm_analysis.presentation.language import N_, _, joined
from slm_analysis.presentation.numbers import (
    NO_VALUE,
    count,
    digits_to_tell,
    enumerated,
    hours,
    percent,
    plain_hours,
    plain_percent,
    span,
)
from slm_analysis.presentation.views import Prose
from slm_analysis.presentation.words.caveats import caveats
from slm_analysis.result import note

VERDICTS = {KEPT: N_("kept"), NOT_KEPT: N_("not kept"), CANNOT_TELL: N_("cannot tell")}
POINTS = 100.0


def name(result: Capability, row: pd.Series) -> str:
    """Return the name of a group; empty where there is one only."""
    keys = result.table.columns[: result.table.columns.get_loc("verdict")]
    return enumerated(map(str, row[keys]))


def share(result: Capability, row: pd.Series) -> tuple[str, str]:
    """Return the share beyond the target and its interval, on their side of what is allowed."""
    values = [row["share_beyond"], row["low"], row["high"]]
    if pd.isna(values[0]):
        return NO_VALUE, NO_VALUE
    allowed = POINTS * (1 - result.goal_share)
    digits = digits_to_tell([POINTS * value for value in values], [allowed])
    middle, low, high = (percent(value, digits) for value in values)
    return middle, span(low, high)


def kept_interval(row: pd.Series) -> str:
    """Return the interval of the time kept, open where its upper end is not known."""
    if pd.isna(row["kept"]):
        return NO_VALUE
    low = hours(row["kept_low"])
    if pd.isna(row["kept_high"]):
        return _("from {low}").format(low=low)
    return span(low, hours(row["kept_high"]))


def promise(result: Capability, row: pd.Series) -> str:
    """Return what was to be kept: ``8 h for 95%``."""
    target = _("the target") if pd.isna(row["target"]) else plain_hours(row["target"])
    return _("{target} for {share}").format(target=target, share=plain_percent(result.goal_share))


def judged(result: Capability, row: pd.Series) -> str:
    """Return what was to be kept, and whether it is: ``8 h for 95%: not kept``."""
    return _("{promise}: {verdict}").format(
        promise=promise(result, row), verdict=_(VERDICTS[row["verdict"]])
    )


def sentence(result: Capability, row: pd.Series) -> str:
    """Return verdict, share beyond the target, and the time kept, each with its interval."""
    verdict = _("{verdict}.").format(verdict=judged(result, row))
    text = joined([verdict, _beyond(result, row), _kept(result, row)])
    who = name(result, row)
    return _("{name}: {text}").format(name=who, text=text) if who else text


def _beyond(result: Capability, row: pd.Series) -> str:
    counted = row["tickets"] - row["undecided"]
    if not counted:
        return ""
    middle, interval = share(result, row)
    return _("{share} of {n} tickets took longer ({interval}).").format(
        share=middle, n=count(counted), interval=interval
    )


def _kept(result: Capability, row: pd.Series) -> str:
    part = plain_percent(result.goal_share)
    if pd.isna(row["kept"]):
        return _("By when {share} are done is not known yet: too many are still open.").format(
            share=part
        )
    return _("{share} of them are done within {time} ({interval}).").format(
        share=part, time=hours(row["kept"]), interval=kept_interval(row)
    )


def say(result: Capability) -> Prose:
    """Return a sentence for each group, then the caveats."""
    sentences = [sentence(result, row) for __, row in result.table.iterrows()]
    return Prose(
        sentences, caveats(note(f"capability_{n.code}", **dict(n.values)) for n in result.notes)
    )
