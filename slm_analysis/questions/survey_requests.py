"""Who could be asked, and who was not: exports rarely say whom a survey was sent."""

from __future__ import annotations

import pandas as pd

BY_CHANCE = 0.01
"""Tickets of a status that nobody answered could not be answered, if chance is rarer than this."""


def unasked_statuses(status: pd.Series, answered: pd.Series) -> pd.DataFrame:
    """Return the statuses of resolved tickets that nobody answered, where that is no chance.

    Parameters
    ----------
    status, answered : Series
        Of each resolved ticket.

    Returns
    -------
    DataFrame
        `status`, `tickets`: had these tickets been answered as often as the others, none at all
        would come by chance in fewer than one in a hundred cases.
    """
    counts = answered.groupby(status).agg(tickets="size", answered="sum")
    others = counts.sum() - counts
    rate = others["answered"] / others["tickets"]
    unasked = (counts["answered"] == 0) & ((1 - rate) ** counts["tickets"] < BY_CHANCE)
    return counts.loc[unasked, ["tickets"]].rename_axis("status").reset_index()
