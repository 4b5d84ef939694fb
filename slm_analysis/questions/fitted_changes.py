"""Every process change of a unit fitted on every measure there is, with what its cases tell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from slm_analysis.analyses.answer_change import ODDS, answer_change
from slm_analysis.analyses.change_effects import between_changes
from slm_analysis.analyses.change_fit import FittedChange, fit_change
from slm_analysis.analyses.change_series import AFTER, BEFORE
from slm_analysis.analyses.periods import PeriodAxis, period_axis
from slm_analysis.analyses.suppression import MIN_GROUP
from slm_analysis.dataset.series import series
from slm_analysis.dataset.unit import Unit
from slm_analysis.questions.comparable_units import OWN, beside_comparable, other_units
from slm_analysis.sla.reporting_periods import period_start

MIN_SHARE = 0.01
"""One point of the share in time: agreements set and tighten their goals in whole points."""
MIN_HOURS = 1.0
"""One business hour: an eighth of the working day in which most goals are counted; a requester
who waits for the same half day notices less of it."""
MIN_SCORE = 0.1
"""A tenth of a point from 1 to 5: the last digit in which mean scores and their goals are told."""

MIX = ("priority", "ticket_type", "channel")
"""What is known of a ticket when it is opened, and says what kind it is."""
RESPONSE_RATE = "response_rate"


@dataclass(frozen=True)
class Measure:
    """A figure on which a change is judged.

    Attributes
    ----------
    metric : str
        As `series` names it.
    cases : str
        How its column of cases is called in `change_effect`: ``n`` makes the value a rate.
    better : str
    min_effect : float
        The smallest effect that matters, unless the call states another.
    mix : tuple of str
        Columns of the cases whose mix is held fixed to see whether it explains the effect.
    count_by : str, optional
        The time that says to which period a ticket belongs, where it is not the preset one.
    answers : bool
        The cases are people's answers: periods of few respondents are merged with the next, and
        who answers may change.
    """

    metric: str
    cases: str
    better: str
    min_effect: float
    mix: tuple[str, ...] = MIX
    count_by: str | None = None
    answers: bool = False


MEASURES = (
    Measure("resolution_time", "n", "high", MIN_SHARE, count_by="opened"),
    Measure("resolution_hours", "weights", "low", MIN_HOURS),
    Measure(
        "satisfaction", "weights", "high", MIN_SCORE, mix=(*MIX, "respondent_group"), answers=True
    ),
)
"""Times are dated by opening, since a change acts on the tickets opened after it."""


@dataclass(frozen=True, eq=False)
class Fitted:
    """One change on one series.

    Attributes
    ----------
    change_id, service, measure : str
    fit : FittedChange
    changed_again : bool
        The service was changed again later.
    same_mix : FittedChange or None
        The same with the mix of cases held fixed; None where nothing of it is on record.
    response : FittedChange or None
        Of answers: the share of resolved tickets that was answered; None where it is not known.
    odds : Series or None
        Of answers: `estimate`, `low`, `high` of the odds of a higher score (`answer_change`).
    """

    change_id: str
    service: str
    measure: str
    fit: FittedChange
    changed_again: bool
    same_mix: FittedChange | None
    response: FittedChange | None
    odds: pd.Series | None


@dataclass(frozen=True, eq=False)
class Figures:
    """A measure of a unit by service, and what else its cases tell.

    Attributes
    ----------
    plain, same_mix : DataFrame
        As `series` gives them, the latter with the mix of cases held fixed, row by row the same
        periods; without rows where there is nothing to hold fixed.
    response : DataFrame
        Of answers: the share of resolved tickets that was answered.
    answers : DataFrame
        The answers with `period`.
    others : DataFrame
        The measure of the other units (`other_units`).
    """

    plain: pd.DataFrame
    same_mix: pd.DataFrame
    response: pd.DataFrame
    answers: pd.DataFrame
    others: pd.DataFrame

    def of(self, service: str) -> Figures:
        """Return the figures of one service."""
        return Figures(*(f[f["service"] == service] for f in vars(self).values()))


def read_figures(unit: Unit, measure: Measure, freq: str, months: int) -> Figures:
    """Return what changes are judged on; without rows where the unit does not have the measure."""
    nothing = pd.DataFrame(columns=["service", "time", "value"])
    timed = unit.targets["target"].eq("resolution_time").any()
    if not timed and not measure.answers:
        return Figures(nothing, nothing, nothing, nothing, nothing)

    def read(metric: str, count_by: str | None = None, held: tuple[str, ...] = ()) -> pd.DataFrame:
        return series(unit, metric, freq, count_by, by="service", months=months, held=held)

    plain = read(measure.metric, measure.count_by)
    same_mix = read(measure.metric, measure.count_by, measure.mix)
    answers = unit.surveys.assign(period=period_start(unit.survey_days, freq))
    return Figures(
        plain=plain,
        same_mix=nothing if same_mix["value"].equals(plain["value"]) else same_mix,
        response=read(RESPONSE_RATE) if measure.answers else nothing,
        answers=answers if measure.answers else nothing,
        others=other_units(unit, measure.metric, freq, measure.cases),
    )


def fitted_changes(
    figures: Figures, changes: pd.DataFrame, measure: Measure, min_effect: float, freq: str
) -> Iterator[Fitted]:
    """Fit every change on the series of each service that it concerns.

    Parameters
    ----------
    figures : Figures
    changes : DataFrame
        The changes made: `change_id`, `service` (empty: all), `on`, `full_effect_on`,
        `description`.
    measure : Measure
    min_effect : float
    freq : str
    """
    dated = changes.rename(columns={"on": "implemented_at"})
    for service, points in figures.plain.groupby("service"):
        here = figures.of(str(service))
        own = changes[changes["service"].isin(["", service])]
        axis = period_axis(points["time"], freq)
        own = own[pd.Series(axis.positions(own["on"]), own.index).between(0, len(points) - 1)]
        judged = _without_straddling(points, own["on"]) if measure.answers else points
        windows = between_changes(judged, "time", own["on"].tolist(), freq)
        for (_, change), window in zip(own.iterrows(), windows, strict=True):
            at = axis.position(change["on"], "on")
            when = {
                "on": change["on"],
                "freq": freq,
                "ramp": _ramp(axis, change["on"], change["full_effect_on"]),
            }
            options = when | {
                "other_changes": dated[dated["change_id"] != change["change_id"]],
                "better": measure.better,
                "min_effect": min_effect,
            }
            rows = _settled(window, change["on"], own)
            fit = _fit(rows, here.others, measure, options)
            yield Fitted(
                change_id=change["change_id"],
                service=str(service),
                measure=measure.metric,
                fit=fit,
                changed_again=bool((axis.positions(own["on"]) > at).any()),
                same_mix=_fit_same_mix(rows, here, measure, options),
                response=_fit_response(rows, here.response, when),
                odds=_odds(here.answers, fit),
            )


def _fit(
    rows: pd.DataFrame, others: pd.DataFrame, measure: Measure, options: dict[str, Any]
) -> FittedChange:
    """Fit a change against comparable units, else on the unit's own series."""
    return fit_change(
        beside_comparable(rows, others, options["freq"]),
        value="value",
        time="time",
        unit="unit",
        treated=OWN,
        **{measure.cases: measure.cases},
        **options,
    )


def _fit_same_mix(
    rows: pd.DataFrame, figures: Figures, measure: Measure, options: dict[str, Any]
) -> FittedChange | None:
    """Fit the same periods with the mix of cases held fixed."""
    if figures.same_mix.empty:
        return None
    value = figures.same_mix["value"].reindex(rows.index).where(rows["value"].notna())
    return _fit(rows.assign(value=value), figures.others, measure, options)


def _fit_response(
    rows: pd.DataFrame, response: pd.DataFrame, when: dict[str, Any]
) -> FittedChange | None:
    """Fit the share that answers in the same periods."""
    same = response[response["time"].isin(rows["time"])]
    if same.empty:
        return None
    return fit_change(same, value="value", n="n", time="time", **when)


def _odds(answers: pd.DataFrame, fit: FittedChange) -> pd.Series | None:
    """Compare the answers of the periods before with those after, read as ordered."""
    periods = fit.series.rows
    periods = periods[periods["phase"].isin([BEFORE, AFTER])]
    if answers.empty or periods.empty:
        return None
    own = answers[answers["period"].isin(periods["time"])]
    is_after = own["period"] >= fit.on
    if min(is_after.sum(), (~is_after).sum()) < MIN_GROUP:
        return None
    table = answer_change(own, score="score", time="period", on=fit.on).table
    odds = table[table["figure"] == ODDS].iloc[0]
    return None if pd.isna(odds["estimate"]) else odds


def _without_straddling(points: pd.DataFrame, dates: pd.Series) -> pd.DataFrame:
    """Take out merged periods that reach across a change: they are neither before nor after it."""
    straddling = set()
    for on in dates:
        until = points[points["time"] <= on]
        known = until.loc[until["value"].notna(), "time"].max()
        # A period without a value of its own is part of the last one that has one.
        if known < until["time"].max():
            straddling.add(known)
    return points.assign(value=points["value"].mask(points["time"].isin(straddling)))


def _settled(window: pd.DataFrame, on: pd.Timestamp, changes: pd.DataFrame) -> pd.DataFrame:
    """Take out the periods before a change in which an earlier one still took hold."""
    full_effect_on = changes.loc[changes["on"] < on, "full_effect_on"].max()
    return window[~((window["time"] < full_effect_on) & (window["time"] < on))]


def _ramp(axis: PeriodAxis, on: pd.Timestamp, full_effect_on: pd.Timestamp) -> int:
    """Return how many periods from the change on lie wholly or partly before its full effect."""
    if pd.isna(full_effect_on):
        return 0
    reached = axis.position(full_effect_on, "full_effect_at")
    return max(reached + (not axis.is_start(full_effect_on)) - axis.position(on, "on"), 0)
