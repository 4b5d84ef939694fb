"""What to say about improvement actions: what was promised, and what it brought."""

from __future__ import annotations

import pandas as pd

from slm_analysis.analyses.change_effect import (
    BETTER,
    CANNOT_TELL,
    NO_MEANINGFUL_CHANGE,
    WORSE,
)
from slm_analysis.presentation.numbers import NO_VALUE, date, in_words, listed
from slm_analysis.questions.improvement_actions import (
    DONE,
    DROPPED,
    NO_CHANGE_RECORDED,
    NOT_YET,
    OPEN,
    OVERDUE,
    UNKNOWN_CHANGE,
)
from slm_analysis.questions.process_changes import EARLIER, LATER, MIXED, NOT_MEASURED, UNDECIDABLE

STANDINGS = {DONE: "Done", OVERDUE: "Overdue", OPEN: "Open", DROPPED: "Dropped"}
BROUGHT = {
    BETTER: "followed by better results",
    WORSE: "followed by worse results",
    MIXED: "followed by better and by worse results",
    NO_MEANINGFUL_CHANGE: "followed by no meaningful change",
    CANNOT_TELL: "cannot tell yet",
    UNDECIDABLE: "cannot tell",
    LATER: "in effect after the reported period",
    EARLIER: "made before the figures begin",
    NOT_MEASURED: "no figures to judge it by",
}
NOTHING_TO_JUDGE = {
    NOT_YET: "Not yet",
    NO_CHANGE_RECORDED: "No change recorded",
    UNKNOWN_CHANGE: "Its change is not among those recorded",
}


def brought(action: pd.Series) -> str:
    """Return what an action brought: ``Three-way match automated: followed by better results``."""
    outcome = str(action["brought"])
    if outcome in NOTHING_TO_JUDGE:
        return NOTHING_TO_JUDGE[outcome]
    return f"{action['description']}: {BROUGHT[outcome]}"


def due(action: pd.Series) -> str:
    """Return the day on which an action is due."""
    return NO_VALUE if pd.isna(action["due_on"]) else date(action["due_on"])


def promised(actions: pd.DataFrame) -> str:
    """Return ``Promised in reviews: two actions, one done and one overdue.``; empty without any."""
    if actions.empty:
        return ""
    number = actions["standing"].value_counts()
    many = "action" if len(actions) == 1 else "actions"
    said = f"Promised in reviews: {in_words(len(actions))} {many}"
    if len(number) == 1:
        every = "" if len(actions) == 1 else "all "
        return f"{said}, {every}{STANDINGS[str(number.index[0])].lower()}."
    parts = [
        f"{in_words(int(number[code]))} {name.lower()}"
        for code, name in STANDINGS.items()
        if code in number
    ]
    return f"{said}, {listed(parts)}."


def overdue(actions: pd.DataFrame) -> str:
    """Return what to do about overdue actions; empty without any."""
    late = actions[actions["standing"] == OVERDUE]
    if late.empty:
        return ""
    names = [
        str(action["finding"] or action["action_id"])
        + (f" ({action['owner']})" if action["owner"] else "")
        for _, action in late.iterrows()
    ]
    return f"Ask for what is overdue: {listed(names, 2)}."
