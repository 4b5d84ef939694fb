"""The figures of a period and group: counts, attainment, percentiles, backlog, availability."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from statsmodels.duration.survfunc import SurvfuncRight

from slm_analysis.analyses.time_percentiles import percentile
from slm_analysis.intervals import rate_intervals
from slm_analysis.sla.business_time import BusinessCalendar
from slm_analysis.sla.scoring import COUNTED, STATES, UNDECIDED

HOUR = 3600
PERCENTILES = {"median_hours": 0.5, "p90_hours": 0.9}
SMALLEST_FOR_PERCENTILE = 5
"""With fewer tickets a percentile is one ticket's time."""


def attainment(scored: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Answer what share of the counted tickets of each group was in time, and how sure it is.

    Parameters
    ----------
    scored : DataFrame
        As `score` returns it.
    by : sequence of str
        Columns that name the group.

    Returns
    -------
    DataFrame
        One row per group: the by-columns, one count per state of `STATES`, `tickets` (their sum),
        `counted` (met + breached_closed + breached_open), `undecided` (running + paused), `value`
        (met / counted), `low`, `high`, `n_effective`, `days`, `interval_method`.
    """
    keys = list(by)
    states = (
        scored.groupby([*keys, "state"], observed=True, dropna=False)
        .size()
        .unstack("state", fill_value=0)
        .reindex(columns=list(STATES), fill_value=0)
        .rename_axis(columns=None)
    )
    counts = states.assign(
        tickets=states.sum(axis=1),
        counted=states[list(COUNTED)].sum(axis=1),
        undecided=states[list(UNDECIDED)].sum(axis=1),
    ).reset_index()
    judged = scored[scored["state"].isin(COUNTED)]
    rates = rate_intervals(
        judged.assign(kept=judged["state"] == "met"), favourable="kept", day="opened_on", by=keys
    ).rename(columns={"rate": "value"})
    return counts.merge(rates.drop(columns=["favourable", "n"]), on=keys, how="left")


def flag_rate(tickets: pd.DataFrame, flag: str, by: Sequence[str]) -> pd.DataFrame:
    """Answer what share of tickets has a flag, among those where it is known.

    Parameters
    ----------
    tickets : DataFrame
        With `flag` (missing is not false: such tickets take no part) and `opened_on`.
    flag : str
        For example ``error_found``.
    by : sequence of str

    Returns
    -------
    DataFrame
        The by-columns, `found` (tickets with the flag), `counted`, `value`, `low`, `high`,
        `n_effective`, `days`, `interval_method`.
    """
    known = tickets[tickets[flag].notna()]
    rates = rate_intervals(
        known.assign(found=known[flag].astype(bool)), favourable="found", day="opened_on", by=by
    )
    return rates.rename(columns={"rate": "value", "n": "counted", "favourable": "found"})


def resolution_times(scored: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of `score` that say how long a ticket took: one per ticket.

    Where a service has several targets for the resolution, the first stands.
    """
    timed = scored[scored["metric"].eq("resolution_time")]
    return timed[~timed["ticket_id"].duplicated()]


def time_percentiles(scored: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Answer how long tickets take in business hours, open tickets counted as still open.

    Parameters
    ----------
    scored : DataFrame
        As `score` returns it.
    by : sequence of str

    Returns
    -------
    DataFrame
        The by-columns, `timed` (tickets with a known time), `still_open` (censored), and
        `median_hours`, `p90_hours`; missing where so many tickets are open that the percentile is
        not reached, or under five tickets.

    Notes
    -----
    Kaplan and Meier, JASA 1958;53:457-481. A percentile is the first time at which the curve is
    at or below its complement.
    """
    timed = scored[scored["state"].isin([*COUNTED, *UNDECIDED]) & scored["elapsed_seconds"].ge(0)]
    rows = []
    for names, group in timed.groupby(list(by), observed=True):
        ended = group["stopped_at"].notna().to_numpy()
        hours = group["elapsed_seconds"].to_numpy() / HOUR
        enough = len(group) >= SMALLEST_FOR_PERCENTILE and ended.any()
        survival = SurvfuncRight(hours, ended.astype(int)) if enough else None
        rows.append(
            {
                **dict(zip(by, names if isinstance(names, tuple) else (names,), strict=True)),
                "timed": len(group),
                "still_open": int((~ended).sum()),
                **{
                    name: percentile(survival, p) if survival is not None else np.nan
                    for name, p in PERCENTILES.items()
                },
            }
        )
    return pd.DataFrame(rows, columns=[*by, "timed", "still_open", *PERCENTILES])


def backlog(tickets: pd.DataFrame, at: Sequence[pd.Timestamp], by: Sequence[str]) -> pd.DataFrame:
    """Answer how many tickets were open at each moment, and how old they were.

    Parameters
    ----------
    tickets : DataFrame
        Contract table `tickets`.
    at : sequence of Timestamp
        UTC moments.
    by : sequence of str

    Returns
    -------
    DataFrame
        The by-columns, `at`, `backlog` (open tickets), `median_age_days`, `oldest_days` (calendar
        days since the opening).
    """
    ended = tickets["resolved_at"].fillna(tickets["closed_at"])
    frames = []
    for moment in at:
        is_open = (tickets["opened_at"] <= moment) & ~(ended <= moment)
        age = (moment - tickets["opened_at"]).dt.total_seconds() / 86_400
        ages = age[is_open].groupby([tickets.loc[is_open, name] for name in by], observed=True)
        frames.append(
            ages.agg(backlog="size", median_age_days="median", oldest_days="max")
            .reset_index()
            .assign(at=moment)
        )
    return pd.concat(frames, ignore_index=True)


def availability(
    outages: pd.DataFrame,
    calendar: BusinessCalendar,
    start: pd.Timestamp,
    end: pd.Timestamp,
    as_of: pd.Timestamp,
) -> Mapping[str, float]:
    """Answer for what share of the agreed service time a service was up.

    Parameters
    ----------
    outages : DataFrame
        Contract table `outages` of one service.
    calendar : BusinessCalendar
        Its service hours.
    start, end : Timestamp
        The period; what lies after `as_of` is left out.
    as_of : Timestamp
        The moment of the export; an outage without an end lasts until then.

    Returns
    -------
    mapping
        `service_hours` (planned outage taken off), `down_hours` (unplanned, overlaps counted
        once), `planned_hours`, `value` (1 - down / service; missing without service time),
        `unplanned` (number of outages that touched service time), `restore_hours` (mean time to
        restore of those that are over, in service hours).
    """
    until = max(min(end, as_of), start)
    spans = outages.assign(key=0).rename(columns={"started_at": "from_time", "ended_at": "to_time"})
    over = spans["to_time"] <= as_of
    spans = spans.assign(to_time=spans["to_time"].where(over, as_of))
    planned = spans[spans["planned"].fillna(False).astype(bool)]
    unplanned = spans.drop(planned.index)
    open_hours = calendar.elapsed(start, until) / HOUR
    without_planned = calendar.elapsed(start, until, planned) / HOUR
    up = calendar.elapsed(start, until, spans) / HOUR
    touching = unplanned[(unplanned["to_time"] > start) & (unplanned["from_time"] < until)]
    lasted = calendar.elapsed(touching["from_time"], touching["to_time"]) / HOUR
    lasted = lasted[lasted > 0]
    restored = lasted[over[lasted.index]]
    return {
        "service_hours": without_planned,
        "planned_hours": open_hours - without_planned,
        "down_hours": without_planned - up,
        "value": up / without_planned if without_planned else np.nan,
        "unplanned": len(lasted),
        "restore_hours": float(restored.mean()) if len(restored) else np.nan,
    }


def waiting_share(scored: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Answer what share of the business time of tickets waited on the customer.

    Returns
    -------
    DataFrame
        The by-columns, `working_hours`, `waiting_hours` (paused), `waiting_share`.
    """
    timed = scored[scored["elapsed_seconds"].ge(0)]
    sums = timed.groupby(list(by), observed=True)[["elapsed_seconds", "paused_seconds"]].sum()
    both = sums.sum(axis=1)
    return pd.DataFrame(
        {
            "working_hours": sums["elapsed_seconds"] / HOUR,
            "waiting_hours": sums["paused_seconds"] / HOUR,
            "waiting_share": sums["paused_seconds"] / both.where(both > 0),
        }
    ).reset_index()
