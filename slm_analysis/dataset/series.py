"""The numbers behind every chart and effect: one row per period."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from slm_analysis.analyses.held_mix import held_mix, varied
from slm_analysis.analyses.suppression import (
    SHOWN,
    hidden_reasons,
    merged_periods,
    respondents_of,
)
from slm_analysis.errors import InputError, nearest
from slm_analysis.intake.contract import NOT_STATED
from slm_analysis.sla.metrics import HOUR, resolution_times
from slm_analysis.sla.reporting_periods import (
    FREQUENCIES,
    complete_periods,
    period_range,
    period_start,
)
from slm_analysis.sla.scoring import COUNTED, UNDECIDED

if TYPE_CHECKING:
    from slm_analysis.dataset.unit import Unit

COUNT_BY = ("due", "opened", "resolved", "closed")
HISTORY_MONTHS = 24
METRICS = {
    "error_rate": "rate",
    "reopen_rate": "rate",
    "resolution_hours": "mean",
    "satisfaction": "mean",
    "response_rate": "rate",
    "opened": "count",
}
"""What can be charted beside the targets of the agreement, and what kind of figure it is."""
WEIGHED_BY = {"rate": ["n"], "mean": ["weights"], "count": []}


def series(
    unit: Unit,
    metric: str,
    freq: str = "week",
    count_by: str | None = None,
    by: str | Sequence[str] = (),
    months: int = HISTORY_MONTHS,
    held: Sequence[str] = (),
) -> pd.DataFrame:
    """Answer how a figure developed, period by period, up to the end of the reported month.

    Parameters
    ----------
    unit : Unit
    metric : str
        A target of the agreement (``resolution_time``, ``response_time``, …: tickets in time out
        of those counted), ``error_rate``, ``reopen_rate``, ``resolution_hours`` (mean business
        hours), ``satisfaction`` (mean score), ``response_rate`` (tickets with an answer out of
        those resolved; none where answers name no tickets) or ``opened`` (tickets).
    freq : {"week", "month"}
    count_by : {"due", "opened", "resolved", "closed"}, optional
        The time that says to which period a ticket belongs; by default the agreement's for
        targets, the opening for hours and tickets, the resolution for the rest.
    by : str or sequence of str
        Columns that split the series, for example ``service``.
    months : int
        How far back to read.
    held : sequence of str
        Columns of tickets and answers whose mix is held fixed over each series (`held_mix`).

    Returns
    -------
    DataFrame
        The by-columns (text, ``(not stated)`` where nothing is), `time` (first local day of the
        period), `complete`, `value`; for rates `value` is a count and `n` the denominator (0
        where nothing happened); for means `weights` is the number behind each (missing value
        where there is none). It begins with the first period that has a case, and ends with the
        one that holds the end of the reported month. Scores of fewer than five respondents are
        merged into longer periods or left out, and so are those of the reported month that its
        own table hides.

    Raises
    ------
    InputError
        For an unknown metric, frequency, column or way to count.
    """
    targets = sorted(unit.targets["target"].dropna().unique())
    _require("freq", freq, list(FREQUENCIES))
    _require("metric", metric, [*targets, *METRICS])
    if count_by is not None:
        _require("count_by", count_by, COUNT_BY)
    keys = [by] if isinstance(by, str) else list(by)
    cases = _cases(unit, metric, count_by)
    cases = _with_columns(cases, unit, held)
    for key in [*keys, *held]:
        _require("by" if key in keys else "held", key, list(cases.columns))
    kind = METRICS.get(metric, "rate")
    start = unit.period_end + pd.Timedelta(days=1) - pd.DateOffset(months=months)
    periods = period_range(max(start, cases["day"].min()), unit.period_end, freq)
    cases = cases.assign(
        time=period_start(cases["day"], freq),
        **{key: cases[key].astype("str").fillna(NOT_STATED) for key in keys},
    )
    cases = cases[cases["time"].isin(periods)]
    if metric == "satisfaction":
        cases = _publishable(cases, unit, keys, periods)
    if cases.empty:
        return pd.DataFrame(columns=[*keys, "time", "complete", "value", *WEIGHED_BY[kind]])
    complete = complete_periods(
        cases.groupby("time").size().reindex(periods, fill_value=0),
        freq,
        unit.data_from,
        unit.local_as_of,
    )
    tables = []
    for names, own in cases.groupby(keys) if keys else [((), cases)]:
        value = held_mix(own, "value", "time", varied(own, held)) if held else own["value"]
        table = _per_period(
            own.assign(value=value), kind, periods, complete, hide=metric == "satisfaction"
        )
        for at, (key, name) in enumerate(zip(keys, names, strict=True)):
            table.insert(at, key, str(name))
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


def _require(name: str, value: str, known: Sequence[str]) -> None:
    if value not in known:
        raise InputError(f"{name} {value!r} is not known. {nearest(value, known)}")


def _publishable(
    answers: pd.DataFrame, unit: Unit, keys: Sequence[str], periods: pd.DatetimeIndex
) -> pd.DataFrame:
    """Return the answers that may be points, with `reported`: whether the month's table has them.

    That table is published beside the series. What it hides has no point of its own here, and no
    point holds answers of the month and earlier ones: subtraction would tell them apart.
    """
    reported = unit.in_period(answers["day"])
    answers = answers.assign(reported=reported)
    begin = periods[periods >= unit.period_start]
    if len(begin):
        answers["time"] = answers["time"].mask(reported & (answers["time"] < begin[0]), begin[0])
    if keys and reported.any():
        group = answers.groupby([*keys], sort=False).ngroup()
        person = respondents_of(answers)[reported]
        people = person.groupby(group).nunique()
        reasons = hidden_reasons(people, overlapping=people.sum() > person.nunique())
        answers = answers[~(reported & group.isin(reasons.index[reasons != SHOWN]))]
    return answers


def _per_period(
    cases: pd.DataFrame, kind: str, periods: pd.DatetimeIndex, complete: pd.Series, *, hide: bool
) -> pd.DataFrame:
    """Return one series over all periods; a period without cases stays, empty."""
    undecided = cases["undecided"].groupby(cases["time"]).any().reindex(periods, fill_value=False)
    cases = cases[~cases["undecided"]]
    if hide:
        block = pd.concat(
            [
                merged_periods(own["time"], respondents_of(own))
                for _, own in cases.groupby("reported")
            ]
        ).reindex(cases.index)
        cases = cases.assign(time=block)[block.notna()]
    values = cases.groupby("time")["value"].agg(["sum", "mean", "size"]).reindex(periods)
    size = values["size"].fillna(0)
    table = pd.DataFrame({"time": periods, "complete": (complete & ~undecided).to_numpy()})
    if kind == "rate":
        return table.assign(value=values["sum"].fillna(0).to_numpy(), n=size.to_numpy())
    if kind == "mean":
        return table.assign(value=values["mean"].to_numpy(), weights=size.to_numpy())
    return table.assign(value=size.to_numpy())


def _with_columns(cases: pd.DataFrame, unit: Unit, columns: Sequence[str]) -> pd.DataFrame:
    """Return the cases with what is recorded of their tickets, as far as they lack it."""
    missing = [c for c in columns if c not in cases and c in unit.tickets]
    if not missing:
        return cases
    known = unit.tickets.set_index("ticket_id")[missing].reindex(cases["ticket_id"])
    return cases.assign(**{name: known[name].array for name in missing})


def _cases(unit: Unit, metric: str, count_by: str | None) -> pd.DataFrame:
    """Return the single cases of a metric: `day`, `value`, `undecided`, and what splits them."""
    if metric == "satisfaction":
        return unit.surveys.assign(
            day=unit.survey_days, value=unit.surveys["score"], undecided=False
        )
    if metric in {"error_rate", "reopen_rate"}:
        tickets = unit.tickets
        flag = (
            tickets["error_found"] if metric == "error_rate" else tickets["reopen_count"] > 0
        ).where(tickets["error_found" if metric == "error_rate" else "reopen_count"].notna())
        cases = tickets.assign(
            day=unit.local_day(tickets, count_by or "resolved"), value=flag, undecided=False
        )
        return cases[cases["value"].notna() & cases["day"].notna()].astype({"value": "float64"})
    if metric == "response_rate":
        tickets = unit.tickets[unit.tickets["resolved_at"].notna()]
        if unit.surveys["ticket_id"].isna().all():
            tickets = tickets[:0]
        answered = tickets["ticket_id"].isin(unit.surveys["ticket_id"])
        day = unit.local_day(tickets, count_by or "resolved")
        return tickets.assign(day=day, value=answered.astype(float), undecided=False)
    if metric == "opened":
        return unit.tickets.assign(day=unit.tickets["opened_on"], value=1.0, undecided=False)
    scored = unit.targets[unit.targets["state"].isin([*COUNTED, *UNDECIDED])]
    if metric == "resolution_hours":
        scored = resolution_times(scored)
        return scored.assign(
            day=unit.local_day(scored, count_by or "opened"),
            value=scored["elapsed_seconds"] / HOUR,
            undecided=scored["stopped_at"].isna(),
        )
    scored = scored[scored["target"] == metric]
    return scored.assign(
        day=scored["counted_on"] if count_by is None else unit.local_day(scored, count_by),
        value=(scored["state"] == "met").astype(float),
        undecided=scored["state"].isin(UNDECIDED),
    )
