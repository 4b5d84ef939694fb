"""Per-period figures of all units under anonymous names, to compare one unit with."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd

from slm_analysis.analyses.suppression import MIN_GROUP, respondents_of
from slm_analysis.sla.metrics import HOUR, resolution_times
from slm_analysis.sla.reporting_periods import FREQUENCIES, local_dates, period_start
from slm_analysis.sla.scoring import COUNTED

ABOUT = ["business_unit", "ticket_id"]
"""What an answer and the ticket that it is about have in common."""
COLUMNS = ["unit", "service", "metric", "freq", "time", "value", "n", "changed_on"]


def anonymous(business_unit: str) -> str:
    """Return the name under which a unit appears in the comparison."""
    return hashlib.blake2b(business_unit.encode(), digest_size=8, person=b"comparison").hexdigest()


def survey_days(surveys: pd.DataFrame, tickets: pd.DataFrame, timezone: str) -> pd.Series:
    """Return the local date of each answer: its ticket's resolution, else the answer itself.

    A ticket of another unit is none of its own, wherever that unit's tickets happen to lie.
    """
    linked = surveys[ABOUT].merge(tickets[[*ABOUT, "resolved_at"]], how="left", on=ABOUT)
    resolved_at = linked["resolved_at"].set_axis(surveys.index)
    return local_dates(resolved_at.fillna(surveys["responded_at"]), timezone)


def comparison(
    targets: pd.DataFrame,
    surveys: pd.DataFrame,
    tickets: pd.DataFrame,
    timezone: str | Mapping[str, str],
    process_changes: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return weekly and monthly figures of every unit and service.

    They are dated as the effects of changes date them: times by opening, scores by the resolution
    of their ticket.

    Parameters
    ----------
    targets : DataFrame
        Scored tickets of whole units.
    surveys : DataFrame
        Contract table `surveys` of these units.
    tickets : DataFrame
        Contract table `tickets` of these units.
    timezone : str or mapping
        In which answers and changes are dated; where units differ, the zone of each.
    process_changes : DataFrame, optional
        Contract table of these units.

    Returns
    -------
    DataFrame
        `unit` (anonymous), `service`, `metric` (a target: tickets in time, `value` out of `n`;
        ``resolution_hours`` and ``satisfaction``: means of `n`), `freq`, `time`, `value`, `n`,
        `changed_on` (local date of the unit's first change of that service; missing without one).
        Mean scores of fewer than five respondents are missing.
    """
    counted = targets[targets["state"].isin(COUNTED)]
    in_time = counted.assign(
        metric=counted["target"], value=counted["state"].eq("met") * 1.0, day=counted["opened_on"]
    )
    solved = resolution_times(counted[counted["stopped_at"].notna()])
    hours = solved.assign(
        metric="resolution_hours", value=solved["elapsed_seconds"] / HOUR, day=solved["opened_on"]
    )
    scores = surveys.assign(
        metric="satisfaction",
        value=surveys["score"],
        day=by_zone(surveys, timezone, lambda own, zone: survey_days(own, tickets, zone)),
        respondent=respondents_of(surveys),
    )
    tables = []
    for freq in FREQUENCIES:
        for cases in (in_time, hours, scores):
            keys = ["business_unit", "service", "metric", "time"]
            timed = cases.assign(time=period_start(cases["day"], freq))
            grouped = timed.groupby(keys, observed=True)
            summed = cases is in_time
            table = grouped["value"].agg(value="sum" if summed else "mean", n="size")
            if cases is scores:
                few = grouped["respondent"].nunique() < MIN_GROUP
                table = table.assign(value=table["value"].mask(few))
            tables.append(table.reset_index().assign(freq=freq))
    every = pd.concat(tables, ignore_index=True)
    changed_on = _first_changes(every, process_changes, timezone)
    names = {unit: anonymous(unit) for unit in every["business_unit"].unique()}
    return every.assign(unit=every["business_unit"].map(names), changed_on=changed_on)[COLUMNS]


def together(parts: Sequence[pd.DataFrame], units: Sequence[str]) -> pd.DataFrame:
    """Return the figures of parts of the units as if they had been made at once.

    Parameters
    ----------
    parts : sequence of DataFrame
        As `comparison` returns them, each of other units.
    units : sequence of str
        All units in order.
    """
    every = pd.concat(parts, ignore_index=True)
    freq = every["freq"].map({freq: at for at, freq in enumerate(FREQUENCIES)})
    cases = every["metric"].map({"resolution_hours": 1, "satisfaction": 2}).fillna(0)
    unit = every["unit"].map({anonymous(unit): at for at, unit in enumerate(units)})
    return every.iloc[np.lexsort([unit, cases, freq])].reset_index(drop=True)


def _first_changes(
    figures: pd.DataFrame,
    process_changes: pd.DataFrame | None,
    timezone: str | Mapping[str, str],
) -> pd.Series:
    """Return the date of the first change of each row's unit and service; missing without one."""
    none = pd.Series(pd.NaT, figures.index, dtype="datetime64[us]")
    if process_changes is None or process_changes.empty:
        return none
    day = by_zone(
        process_changes, timezone, lambda own, zone: local_dates(own["implemented_at"], zone)
    )
    dated = process_changes.assign(day=day)
    of_all = dated[dated["service"].isna()].groupby("business_unit")["day"].min()
    of_one = dated.groupby(["business_unit", "service"])["day"].min()
    keys = pd.MultiIndex.from_frame(figures[["business_unit", "service"]])
    both = pd.DataFrame(
        {
            "one": of_one.reindex(keys).to_numpy(),
            "all": of_all.reindex(figures["business_unit"]).to_numpy(),
        },
        index=figures.index,
    )
    return both.min(axis=1).astype("datetime64[us]")


def by_zone(
    rows: pd.DataFrame,
    timezone: str | Mapping[str, str],
    dated: Callable[[pd.DataFrame, str], pd.Series],
) -> pd.Series:
    """Return local dates of rows, those of each unit in its own zone."""
    if isinstance(timezone, str):
        return dated(rows, timezone)
    parts = [dated(own, zone) for zone, own in rows.groupby(rows["business_unit"].map(timezone))]
    return pd.concat(parts).reindex(rows.index) if parts else dated(rows, "UTC")
