"""What to say about improvement actions: what was promised, and what it brought."""

from __future__ import annotations

import pandas as pd

from slm_analysis.analyses.change_effect import (
    BETTER,
    CANNOT_TELL,
    NO_MEANINGFUL_CHANGE,
    WORSE,
)
from slm_analysis.presentation.language import N_, _, ngettext
from slm_analysis.presentation.numbers import NO_VALUE, date, in_words, listed, with_interval
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

STANDINGS = {DONE: N_("Done"), OVERDUE: N_("Overdue"), OPEN: N_("Open"), DROPPED: N_("Dropped")}
BROUGHT = {
    BETTER: N_("followed by better results"),
    WORSE: N_("followed by worse results"),
    MIXED: N_("followed by better and by worse results"),
    NO_MEANINGFUL_CHANGE: N_("followed by no meaningful change"),
    CANNOT_TELL: N_("cannot tell yet"),
    UNDECIDABLE: N_("cannot tell"),
    LATER: N_("in effect after the reported period"),
    EARLIER: N_("made before the figures begin"),
    NOT_MEASURED: N_("no figures to judge it by"),
}
NOTHING_TO_JUDGE = {
    NOT_YET: N_("Not yet"),
    NO_CHANGE_RECORDED: N_("No change recorded"),
    UNKNOWN_CHANGE: N_("Its change is not among those recorded"),
}


def brought(action: pd.Series) -> str:
    """Return what an action brought: ``Three-way match automated: followed by better results``."""
    outcome = str(action["brought"])
    if outcome in NOTHING_TO_JUDGE:
        return _(NOTHING_TO_JUDGE[outcome])
    return _("{name}: {text}").format(name=action["description"], text=_(BROUGHT[outcome]))


def due(action: pd.Series) -> str:
    """Return the day on which an action is due."""
    return NO_VALUE if pd.isna(action["due_on"]) else date(action["due_on"])


def promised(actions: pd.DataFrame) -> str:
    """Return ``Promised in reviews: two actions, one done and one overdue.``; empty without any."""
    if actions.empty:
        return ""
    number = actions["standing"].value_counts()
    total = in_words(len(actions))
    if len(number) == 1:
        return ngettext(
            "Promised in reviews: {n} action, {standing}.",
            "Promised in reviews: {n} actions, all {standing}.",
            len(actions),
        ).format(n=total, standing=_(STANDINGS[str(number.index[0])]).lower())
    parts = [
        _("{n} {standing}").format(n=in_words(int(number[code])), standing=_(name).lower())
        for code, name in STANDINGS.items()
        if code in number
    ]
    return _("Promised in reviews: {n} actions, {parts}.").format(n=total, parts=listed(parts))


def overdue(actions: pd.DataFrame) -> str:
    """Return what to do about overdue actions; empty without any."""
    late = actions[actions["standing"] == OVERDUE]
    if late.empty:
        return ""
    names = [
        with_interval(name, action["owner"]) if action["owner"] else name
        for at, action in late.iterrows()
        for name in [str(action["finding"] or action["action_id"])]
    ]
    return _("Ask for what is overdue: {names}.").format(names=listed(names, 2))
