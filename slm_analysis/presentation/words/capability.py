"""What to say about what a process can keep."""

from __future__ import annotations

import pandas as pd

from slm_analysis.analyses.capability import CANNOT_TELL, KEPT, NOT_KEPT, Capability
from slm_analysis.presentation.numbers import (
    NO_VALUE,
    digits_to_tell,
    hours,
    percent,
    plain_hours,
    plain_percent,
)
from slm_analysis.presentation.views import Prose
from slm_analysis.presentation.words.caveats import caveats
from slm_analysis.result import note

VERDICTS = {KEPT: "kept", NOT_KEPT: "not kept", CANNOT_TELL: "cannot tell"}
POINTS = 100.0


def name(result: Capability, row: pd.Series) -> str:
    """Return the name of a group; empty where there is one only."""
    keys = result.table.columns[: result.table.columns.get_loc("verdict")]
    return ", ".join(map(str, row[keys]))


def share(result: Capability, row: pd.Series) -> tuple[str, str]:
    """Return the share beyond the target and its interval, on their side of what is allowed."""
    values = [row["share_beyond"], row["low"], row["high"]]
    if pd.isna(values[0]):
        return NO_VALUE, NO_VALUE
    allowed = POINTS * (1 - result.goal_share)
    digits = digits_to_tell([POINTS * value for value in values], [allowed])
    middle, low, high = (percent(value, digits) for value in values)
    return middle, f"{low.removesuffix('%')} to {high}"


def kept_interval(row: pd.Series) -> str:
    """Return the interval of the time kept, open where its upper end is not known."""
    if pd.isna(row["kept"]):
        return NO_VALUE
    low = hours(row["kept_low"])
    return f"from {low}" if pd.isna(row["kept_high"]) else f"{low} to {hours(row['kept_high'])}"


def promise(result: Capability, row: pd.Series) -> str:
    """Return what was to be kept: ``8 h for 95%``."""
    target = "the target" if pd.isna(row["target"]) else plain_hours(row["target"])
    return f"{target} for {plain_percent(result.goal_share)}"


def sentence(result: Capability, row: pd.Series) -> str:
    """Return verdict, share beyond the target, and the time kept, each with its interval."""
    who = f"{name(result, row)}: " if name(result, row) else ""
    verdict = VERDICTS[row["verdict"]]
    text = f"{who}{promise(result, row)}: {verdict}."
    counted = row["tickets"] - row["undecided"]
    if counted:
        middle, interval = share(result, row)
        text += f" {middle} of {counted:,} tickets took longer ({interval})."
    part = plain_percent(result.goal_share)
    if pd.isna(row["kept"]):
        return f"{text} By when {part} are done is not known yet: too many are still open."
    return f"{text} {part} of them are done within {hours(row['kept'])} ({kept_interval(row)})."


def say(result: Capability) -> Prose:
    """Return a sentence for each group, then the caveats."""
    sentences = [sentence(result, row) for _, row in result.table.iterrows()]
    return Prose(
        sentences, caveats(note(f"capability_{n.code}", **dict(n.values)) for n in result.notes)
    )
