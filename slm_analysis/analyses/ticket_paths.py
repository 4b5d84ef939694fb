"""The ways tickets take: the visits of statuses and teams, hand-offs, loops, moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from slm_analysis.analyses.status_steps import ON_CLOCK, PAUSED

NOT_STATED = "(not stated)"
ONWARD, BACK = "onward", "back"


@dataclass(frozen=True)
class Groups:
    """Time cut in one way.

    Attributes
    ----------
    names : DataFrame
        What names each group, and `visits`.
    cells : DataFrame
        `ticket`, `group` (position in `names`), `seconds`.
    """

    names: pd.DataFrame
    cells: pd.DataFrame


def grouped(steps: pd.DataFrame, by: Sequence[str], begins: pd.Series | None = None) -> Groups:
    """Return the time of steps by some of their columns; steps that lack one are left out.

    Parameters
    ----------
    steps : DataFrame
        `ticket`, `counted` (seconds) and the columns of `by`.
    by : sequence of str
    begins : Series of bool, optional
        The steps with which a visit begins; without it visits are not counted.
    """
    own = steps[steps[list(by)].notna().all(axis=1)]
    group = own.groupby(list(by), observed=True, sort=False).ngroup().to_numpy()
    names = own.loc[~pd.Series(group, own.index).duplicated(), list(by)].reset_index(drop=True)
    if begins is not None:
        names["visits"] = np.bincount(group[begins[own.index]], minlength=len(names))
    cells = pd.DataFrame({"ticket": own["ticket"], "group": group, "seconds": own["counted"]})
    return Groups(names, cells)


def without_pauses(steps: pd.DataFrame) -> pd.DataFrame:
    """Return the steps that are no pause, with the time that counts and their visit of a status."""
    path = steps[steps["kind"] != PAUSED].reset_index(drop=True)
    begins = _begins(path["ticket"], path["status"].cat.codes)
    return path.assign(
        counted=path["seconds"].where(path["kind"].isin(ON_CLOCK), 0.0),
        begins=begins,
        visit=np.cumsum(begins) - 1,
    )


def statuses(path: pd.DataFrame) -> Groups:
    """Return the time that counts by status."""
    counts = path[path["kind"].isin(ON_CLOCK)]
    return grouped(counts, ["status", "kind"], counts["begins"])


def teams(path: pd.DataFrame) -> Groups:
    """Return the time that counts by team; empty where no step has one."""
    if path["team"].isna().all():
        return grouped(path, ["team"], path["begins"])
    named = path["team"].cat.add_categories(NOT_STATED).fillna(NOT_STATED)
    begins = pd.Series(_begins(path["ticket"], named.cat.codes), path.index)
    return grouped(path.assign(team=named), ["team"], begins)


def handoffs(path: pd.DataFrame) -> Groups:
    """Return the time with each team that took a ticket over, by the team that had it before."""
    path = path[path["team"].notna()]
    begins = pd.Series(_begins(path["ticket"], path["team"].cat.codes), path.index)
    visits = path.loc[begins, ["ticket", "team"]]
    visits["from_team"] = visits.groupby("ticket")["team"].shift()
    visits["way"] = _way(visits.duplicated(["ticket", "team"]))
    taken = visits.take(np.cumsum(begins) - 1).set_index(path.index)
    by = ["from_team", "to_team", "way"]
    return grouped(taken.assign(to_team=taken["team"], counted=path["counted"]), by, begins)


def loops(path: pd.DataFrame) -> Groups:
    """Return the time from leaving a status until the ticket has come out of it once more.

    Loops within or across each other are one: it goes from the first status that is come back to,
    and is named by it and by the first status on the way.
    """
    visits = path.loc[path["begins"], ["ticket", "status"]].reset_index(drop=True)
    occurrence = visits.groupby(["ticket", "status"], observed=True, sort=False).ngroup().to_numpy()
    place = np.arange(len(visits))
    last = np.zeros(len(visits), dtype=int)
    last[occurrence] = place
    first = ~pd.Series(occurrence).duplicated().to_numpy()
    # From the visit after the first of a status up to its last one.
    ends = np.bincount(last[occurrence[first]] + 1, minlength=len(visits) + 1)
    starts = np.bincount(place[first] + 1, minlength=len(visits) + 1)
    within = np.cumsum(starts - ends)[: len(visits)] > 0
    begins = within & ~np.append(False, within)[: len(visits)]
    at = np.flatnonzero(begins)
    loop = np.cumsum(begins)[within] - 1
    named = pd.DataFrame({"visit": place[within], "back_to": at[loop] - 1, "via": at[loop]})
    named = named.set_index("visit").reindex(path["visit"])
    status = visits["status"].cat
    for column in ("back_to", "via"):
        known = named[column].notna().to_numpy()
        codes = np.full(len(path), -1)
        codes[known] = status.codes.to_numpy()[named.loc[known, column].to_numpy(int)]
        path = path.assign(**{column: pd.Categorical.from_codes(codes, status.categories)})
    return grouped(path, ["back_to", "via"], path["begins"] & begins[path["visit"]])


def stops(path: pd.DataFrame) -> pd.DataFrame:
    """Return the statuses in the order in which tickets usually come to them.

    Returns
    -------
    DataFrame
        `status`, `tickets`, `place` (mean number of other visits before the first).
    """
    visits = path.loc[path["begins"], ["ticket", "status"]]
    visits["place"] = visits.groupby("ticket").cumcount()
    first = visits[~visits.duplicated(["ticket", "status"])]
    by_status = first.groupby("status", observed=True)["place"]
    table = by_status.agg(tickets="size", place="mean").reset_index().astype({"status": "str"})
    return table.sort_values(["place", "status"], ignore_index=True)


def moves(path: pd.DataFrame) -> pd.DataFrame:
    """Return the process map: how often tickets went from one status to another.

    Returns
    -------
    DataFrame
        `from_status`, `to_status`, `back` (to a status that the ticket had before), `moves`,
        `tickets`; the most frequent first.
    """
    visits = path.loc[path["begins"], ["ticket", "status"]]
    visits["from_status"] = visits.groupby("ticket")["status"].shift()
    visits["back"] = visits.duplicated(["ticket", "status"])
    visits = visits.dropna(subset="from_status").rename(columns={"status": "to_status"})
    by = ["from_status", "to_status", "back"]
    counts = visits.groupby(by, observed=True)["ticket"].agg(moves="size", tickets="nunique")
    table = counts.reset_index().astype({"from_status": "str", "to_status": "str"})
    return table.sort_values("moves", ascending=False, kind="stable", ignore_index=True)


def _way(back: pd.Series) -> pd.Series:
    return back.map({True: BACK, False: ONWARD}).astype("category")


def _begins(*columns: pd.Series) -> np.ndarray:
    """Whether each row differs from the one before it in any of the columns."""
    begins = np.zeros(len(columns[0]), dtype=bool)
    begins[:1] = True
    for column in columns:
        values = column.to_numpy()
        begins[1:] |= values[1:] != values[:-1]
    return begins
