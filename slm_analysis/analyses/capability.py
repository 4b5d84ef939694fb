"""What the process can keep: the share beyond the target, and the time kept for most tickets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Real

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.duration.survfunc import SurvfuncRight

from slm_analysis.analyses.ar1_regression import require_share
from slm_analysis.analyses.suppression import require_columns
from slm_analysis.analyses.time_percentiles import percentile
from slm_analysis.errors import Fault, InputError
from slm_analysis.intervals import LEVEL, rate_intervals
from slm_analysis.result import Result, note

KEPT, NOT_KEPT, CANNOT_TELL = "kept", "not_kept", "cannot_tell"

GOAL_SHARE = 0.95
OWN = ("time", "ended", "day", "target", "beyond", "done")
"""Columns of the tickets as they are read."""
COLUMNS = [
    "verdict", "tickets", "still_open", "undecided", "target", "beyond", "share_beyond", "low",
    "high", "kept", "kept_low", "kept_high", "days",
]  # fmt: skip


@dataclass(frozen=True, eq=False, kw_only=True)
class Capability(Result):
    """What the process can keep, ticket by ticket.

    Attributes
    ----------
    table : DataFrame
        One row per group: the by-columns, `verdict` (`kept`: surely fewer than 1 - `goal_share`
        are beyond the target; `not_kept`: surely more; `cannot_tell`), `tickets`, `still_open`,
        `undecided` (open and not beyond the target yet: left out of the share), `target` (missing
        where it differs between tickets), `beyond` (tickets), `share_beyond` with `low`, `high`;
        `kept` (the time within which `goal_share` of the tickets are done, open ones counted as
        open) with `kept_low`, `kept_high` (missing where too few tickets or too many open ones
        leave it unknown), `days`.
    goal_share : float
    level : float
        Coverage of the intervals.
    notes : tuple of Note
        `undecided` (tickets), `end_unknown` (groups: `kept` or its upper limit is missing).
    """

    table: pd.DataFrame
    goal_share: float
    level: float


def capability(
    times: pd.DataFrame,
    *,
    time: str,
    target: float | str,
    goal_share: float = GOAL_SHARE,
    by: str | Sequence[str] | None = None,
    ended: str | None = None,
    day: str | None = None,
    level: float = LEVEL,
) -> Capability:
    """Answer what share of tickets takes longer than the target, and what the process could keep.

    Parameters
    ----------
    times : DataFrame
        One row per ticket.
    time : str
        How long it took, or has taken so far, in hours.
    target : float or str
        The longest time agreed, or its column.
    goal_share : float
        The share of tickets for which the time is to be kept.
    by : str or sequence of str, optional
        Columns that name the group.
    ended : str, optional
        Boolean column: the ticket is done; without it all are.
    day : str, optional
        Column that says which tickets go together (the local day of opening); without it each
        counts as if on its own.
    level : float
        Coverage of the intervals.

    Returns
    -------
    Capability

    Raises
    ------
    InputError
        Unknown or unreadable columns, times below 0 or missing, shares that are none.

    Notes
    -----
    The share has the interval of `rate_intervals`. The time kept is the percentile of Kaplan and
    Meier; its interval lies between the order statistics that hold it at `level` (David and
    Nagaraja, Order Statistics, 3rd ed., 7.1), taken at the number of tickets over the design
    effect of the days (Woodruff, JASA 1952;47:635-646).
    """
    require_share("goal_share", goal_share, GOAL_SHARE)
    require_share("level", level, LEVEL)
    keys = [by] if isinstance(by, str) else list(by or ())
    tickets = _tickets(times, keys, time, target, ended, day)
    groups = tickets.groupby(keys, observed=True, dropna=False) if keys else [((), tickets)]
    rows = [
        dict(zip(keys, names, strict=True)) | _group(own, goal_share, level)
        for names, own in groups
    ]
    table = pd.DataFrame(rows, columns=[*keys, *COLUMNS])
    return Capability(
        table=table, goal_share=goal_share, level=level,
        notes=tuple(
            note(code, **{name: int(number)})
            for code, name, number in (
                ("undecided", "tickets", table["undecided"].sum()),
                ("end_unknown", "groups", table["kept_high"].isna().sum()),
            )
            if number
        ),
    )  # fmt: skip


def _tickets(
    times: pd.DataFrame,
    keys: list[str],
    time: str,
    target: float | str,
    ended: str | None,
    day: str | None,
) -> pd.DataFrame:
    """Return keys, time, ended, day and target of each ticket, checked."""
    named = [target] if isinstance(target, str) else []
    if times.empty:
        raise InputError("There are no tickets. Give one row per ticket.")
    require_columns(times, [*keys, time, *named, *(name for name in (ended, day) if name)])
    clash = set(keys) & {*OWN, *COLUMNS}
    if clash:
        problem = "A by-column has the name of a column of the result."
        raise InputError([Fault(problem, "Rename it.", column=name) for name in sorted(clash)])
    for name in (time, *named):
        if not pd.api.types.is_numeric_dtype(times[name]):
            raise InputError(Fault("These are not numbers.", "Give hours.", column=name))
        if not (times[name] >= 0).all():
            problem = "Some times are missing or below 0."
            raise InputError(Fault(problem, "Leave them out.", column=name))
    if not named and (not isinstance(target, Real) or isinstance(target, bool) or not target > 0):
        raise InputError(f"target is {target!r}. Give a time over 0, or the name of a column.")
    return times[keys].assign(
        time=times[time].astype(float),
        target=times[target].astype(float) if named else float(target),
        ended=times[ended].astype(bool) if ended else True,
        day=times[day] if day else np.arange(len(times)),
    )


def _group(own: pd.DataFrame, goal_share: float, level: float) -> dict[str, object]:
    beyond = own["time"] > own["target"]
    decided = own.assign(beyond=beyond)[own["ended"] | beyond]
    share = rate_intervals(decided, favourable="beyond", day="day", level=level).iloc[0]
    kept, low, high = _kept(own, goal_share, level)
    one_target = own["target"].iloc[0] if np.ptp(own["target"]) == 0 else np.nan
    verdict = CANNOT_TELL
    if share["high"] <= 1 - goal_share:
        verdict = KEPT
    elif share["low"] > 1 - goal_share:
        verdict = NOT_KEPT
    return {
        "verdict": verdict,
        "tickets": len(own),
        "still_open": int((~own["ended"]).sum()),
        "undecided": len(own) - len(decided),
        "target": one_target,
        "beyond": int(beyond.sum()),
        "share_beyond": share["rate"],
        "low": share["low"],
        "high": share["high"],
        "kept": kept,
        "kept_low": low,
        "kept_high": high,
        "days": own["day"].nunique(),
    }


def _kept(own: pd.DataFrame, goal_share: float, level: float) -> tuple[float, float, float]:
    """Return the time within which the share is done, and its interval."""
    if not own["ended"].any():
        return np.nan, np.nan, np.nan
    survival = SurvfuncRight(own["time"].to_numpy(), own["ended"].to_numpy().astype(int))
    kept = percentile(survival, goal_share)
    if np.isnan(kept):
        return kept, kept, kept
    done = own["time"] <= kept
    known = own.assign(done=done)[own["ended"] | ~done]
    n = max(1, round(rate_intervals(known, favourable="done", day="day").iloc[0]["n_effective"]))
    tail = (1 - level) / 2
    first, last = stats.binom.ppf([tail, 1 - tail], n, goal_share)
    low = percentile(survival, first / n) if first else np.nan
    high = percentile(survival, (last + 1) / n) if last < n else np.nan
    return kept, low, high
