"""Per-period figures of all units under anonymous names, to compare one unit with."""

from __future__ import annotations

import hashlib

import pandas as pd

from slm_analysis.analyses.suppression import MIN_GROUP, respondents_of
from slm_analysis.sla.metrics import HOUR, resolution_times
from slm_analysis.sla.reporting_periods import FREQUENCIES, local_dates, period_start
from slm_analysis.sla.scoring import COUNTED

COLUMNS = ["unit", "service", "metric", "freq", "time", "value", "n"]


def anonymous(business_unit: str) -> str:
    """Return the name under which a unit appears in the comparison."""
    return hashlib.blake2b(business_unit.encode(), digest_size=8, person=b"comparison").hexdigest()


def survey_days(surveys: pd.DataFrame, tickets: pd.DataFrame, timezone: str) -> pd.Series:
    """Return the local date of each answer: its ticket's resolution, else the answer itself."""
    resolved_at = tickets.set_index("ticket_id")["resolved_at"]
    linked = resolved_at.reindex(surveys["ticket_id"]).set_axis(surveys.index)
    return local_dates(linked.fillna(surveys["responded_at"]), timezone)


def comparison(
    targets: pd.DataFrame, surveys: pd.DataFrame, tickets: pd.DataFrame, timezone: str
) -> pd.DataFrame:
    """Return weekly and monthly figures of every unit and service.

    Parameters
    ----------
    targets : DataFrame
        Scored tickets of all units.
    surveys : DataFrame
        Contract table `surveys` of all units.
    tickets : DataFrame
        Contract table `tickets` of all units.
    timezone : str
        In which answers are dated.

    Returns
    -------
    DataFrame
        `unit` (anonymous), `service`, `metric` (a target: tickets in time, `value` out of `n`;
        ``resolution_hours`` and ``satisfaction``: means of `n`), `freq`, `time`, `value`, `n`.
        Mean scores of fewer than five respondents are missing.
    """
    counted = targets[targets["state"].isin(COUNTED)]
    in_time = counted.assign(
        metric=counted["target"], value=counted["state"].eq("met") * 1.0, day=counted["counted_on"]
    )
    solved = resolution_times(counted[counted["stopped_at"].notna()])
    hours = solved.assign(
        metric="resolution_hours", value=solved["elapsed_seconds"] / HOUR, day=solved["opened_on"]
    )
    scores = surveys.assign(
        metric="satisfaction",
        value=surveys["score"],
        day=survey_days(surveys, tickets, timezone),
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
    return every.assign(unit=every["business_unit"].map(anonymous))[COLUMNS]
