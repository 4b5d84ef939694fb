"""What was promised in earlier reviews, where it stands, and what it brought."""

from __future__ import annotations

import numpy as np
import pandas as pd

from slm_analysis.dataset.unit import Unit

DONE, DROPPED, OVERDUE, OPEN = "done", "dropped", "overdue", "open"
STATUSES_DONE = {"done", "closed", "complete", "completed", "finished"}
STATUSES_DROPPED = {"dropped", "cancelled", "canceled", "rejected", "withdrawn"}
STATUS_LATE = "late"

NOT_YET, NO_CHANGE_RECORDED, UNKNOWN_CHANGE = "not_yet", "no_change_recorded", "unknown_change"


def improvement_actions(unit: Unit, changes: pd.DataFrame) -> pd.DataFrame:
    """Return the improvement actions of a unit, by due date, with what they brought.

    Parameters
    ----------
    unit : Unit
    changes : DataFrame
        `change_id`, `description` and `outcome` of the unit's process changes.

    Returns
    -------
    DataFrame
        The columns of `ChangeOutcomes.actions`.
    """
    recorded = unit.actions
    due = unit.local_dates(recorded["due_on"])
    status = recorded["status"].str.strip().str.casefold()
    late = (due < unit.local_as_of.normalize()) | status.eq(STATUS_LATE)
    standing = np.select(
        [status.isin(STATUSES_DONE), status.isin(STATUSES_DROPPED), late],
        [DONE, DROPPED, OVERDUE],
        OPEN,
    )
    change_id = recorded["change_id"].fillna("").str.strip()
    led_to = changes.set_index("change_id")[["description", "outcome"]].reindex(change_id)
    brought = np.select(
        [led_to["outcome"].notna(), change_id.ne(""), standing == DONE],
        [led_to["outcome"], UNKNOWN_CHANGE, NO_CHANGE_RECORDED],
        NOT_YET,
    )
    actions = pd.DataFrame(
        {
            "action_id": recorded["action_id"],
            "finding": recorded["finding"].fillna(""),
            "owner": recorded["owner"].fillna(""),
            "due_on": due,
            "status": recorded["status"],
            "change_id": change_id,
            "description": led_to["description"].fillna("").array,
            "standing": standing,
            "brought": brought,
        }
    )
    return actions.sort_values(["due_on", "action_id"], ignore_index=True)
