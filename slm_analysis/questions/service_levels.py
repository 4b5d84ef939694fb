"""Did we keep the agreement: every promise to one unit in one period, with its verdict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pandas as pd

from slm_analysis.dataset.unit import Unit
from slm_analysis.questions.answer import Answer
from slm_analysis.questions.other_targets import (
    availability_level,
    downtime,
    error_level,
    recovery_level,
    satisfaction_level,
)
from slm_analysis.result import Note, note
from slm_analysis.sla.agreements import (
    ALL,
    TICKET_METRICS,
    Agreement,
    Agreements,
    ServiceTerms,
    Target,
)
from slm_analysis.sla.metrics import attainment
from slm_analysis.sla.scoring import COUNTED, UNDECIDED
from slm_analysis.sla.verdicts import verdicts

PROMISE = ["service", "target", "metric", "priority", "goal", "agreement", "version"]
"""What names one row of the service levels."""


MATURE_AFTER = pd.Timedelta(days=31)
"""By a month later the next month's books have shown most errors."""


@dataclass(frozen=True, eq=False, kw_only=True)
class ServiceLevels(Answer):
    """Whether each promise was kept.

    Attributes
    ----------
    agreement : Agreements
        The versions that cover the unit.
    levels : DataFrame
        One row per service, target, goal (priority) and agreement version: `service`, `target`,
        `metric`, `priority`, `goal` (as written), `agreement`, `version`, one count per state,
        `tickets`, `counted`, `undecided`, `value` (share or score), `low`, `high`,
        `n_effective`, `days` (opening days behind it), `interval_method`, `goal_value`,
        `at_most`, `minimum`, `count_by`, `result`, `evidence` (see `slm_analysis.sla.verdicts`).
    outages : DataFrame
        Per service that was down or has a promise of availability: `service`, `promised`, and see
        `slm_analysis.sla.metrics.availability`.
    recorded : DataFrame
        The source's own judgement of the same tickets beside ours, and never mixed with it:
        `source` (``tickets``, or ``recorded_targets`` where systems record several), `metric`,
        `target_name` (theirs), `target` and `state` (ours; missing where the agreement has no
        such metric), `recorded_breached`, `n`.
    """

    agreement: Agreements = field(repr=False)
    levels: pd.DataFrame = field(repr=False)
    outages: pd.DataFrame = field(repr=False)
    recorded: pd.DataFrame = field(repr=False)

    def sections(self) -> Mapping[str, pd.DataFrame]:
        """Return the levels."""
        return {"service_levels": self.levels}


def service_levels(unit: Unit) -> ServiceLevels:
    """Answer whether the agreement was kept in the reported period.

    Parameters
    ----------
    unit : Unit

    Returns
    -------
    ServiceLevels

    Raises
    ------
    InputError
        Where a satisfaction goal is on another scale than the answers.
    """
    counted = unit.targets[unit.in_period(unit.targets["counted_on"])]
    rows = [_ticket_levels(counted, unit)]
    for agreement, service, terms, target in _promises(unit):
        if target.metric == "availability":
            level = availability_level(unit, service, terms, target)
        elif target.metric == "error_rate":
            level = error_level(unit, service, terms, target)
        elif target.metric == "satisfaction":
            level = satisfaction_level(unit, service, target)
        elif target.metric == "recovery_time":
            level = recovery_level(unit, service, terms, target)
        else:
            continue
        rows.append(level.assign(agreement=agreement.name, version=agreement.version))
    levels = pd.concat(rows, ignore_index=True)
    counts = ["counted", "undecided", "tickets"]
    levels[counts] = levels[counts].fillna(0).astype(int)
    levels = verdicts(levels.astype({"at_most": bool}))
    order = ["service", "target", "metric", "priority", "agreement", "version"]
    levels = levels.sort_values(order, kind="stable", ignore_index=True)
    return ServiceLevels(
        business_unit=unit.business_unit,
        period_start=unit.period_start,
        period_end=unit.period_end,
        agreement=unit.agreement,
        levels=levels,
        outages=_outages(unit),
        recorded=_recorded(unit, counted),
        notes=tuple(_notes(unit, counted, levels)),
    )


def _ticket_levels(counted: pd.DataFrame, unit: Unit) -> pd.DataFrame:
    """Return the promises that are judged ticket by ticket, those without a ticket too."""
    judged = counted[counted["target"].notna()]
    judged = judged.drop(columns="priority").rename(columns={"goal_priority": "priority"})
    table = attainment(judged, [*PROMISE, "goal_share"]).rename(
        columns={"goal_share": "goal_value"}
    )
    ways = judged.groupby(PROMISE, dropna=False)["count_by"].agg(["min", "max"])
    ways["count_by"] = ways["min"].where(ways["min"] == ways["max"], "mixed")
    table = table.merge(ways[["count_by"]].reset_index(), on=PROMISE, how="left")
    promised = _ticket_promises(unit)
    table = table.merge(promised, on=list(promised.columns), how="outer")
    lowest = [terms.minimum_tickets for terms in _terms(unit, table)]
    return table.assign(minimum=lowest, at_most=False)


def _ticket_promises(unit: Unit) -> pd.DataFrame:
    """Return what is promised of each ticket of the services that the unit ever asked for."""
    used = set(unit.tickets["service"])
    return pd.DataFrame(
        [
            (service, target.name, target.metric, priority, goal.text,
             agreement.name, agreement.version, goal.share)
            for agreement, service, _, target in _promises(unit)
            if target.metric in TICKET_METRICS and service in used
            for priority, goal in target.goals.items()
        ],
        columns=[*PROMISE, "goal_value"],
    ).astype(dict.fromkeys(PROMISE, "str") | {"goal_value": "float64"})  # fmt: skip


def _terms(unit: Unit, rows: pd.DataFrame) -> list[ServiceTerms]:
    """Return what was agreed for the agreement, version and service of each row."""
    services = {(a.name, a.version): a.services for a in unit.agreement.versions}
    return [
        services[name, version].get(service) or services[name, version][ALL]
        for name, version, service in rows[["agreement", "version", "service"]].itertuples(
            index=False
        )
    ]


def _promises(unit: Unit) -> Iterator[tuple[Agreement, str, ServiceTerms, Target]]:
    """Yield what is in force on the period's first day: agreement, service, terms and target."""
    start, _ = unit.period
    in_force = {a.name: a for a in unit.agreement.versions if a.effective_from <= start}
    asked_for = sorted(unit.tickets["service"].unique())
    for agreement in in_force.values():
        named = [s for s in agreement.services if s != ALL]
        others = [s for s in asked_for if s not in named] if ALL in agreement.services else []
        for service in [*named, *others]:
            terms = agreement.terms(unit.business_unit, service)
            for target in terms.targets if terms is not None else ():
                yield agreement, service, terms, target  # type: ignore[misc]


def _outages(unit: Unit) -> pd.DataFrame:
    """Return how long services were down, also those that nobody promised to keep up."""
    promises = [(service, terms, target.metric) for _, service, terms, target in _promises(unit)]
    promised = {service for service, _, metric in promises if metric == "availability"}
    rows = [
        {"service": service, "promised": service in promised, **downtime(unit, service, terms)}
        for service, terms in {service: terms for service, terms, _ in promises}.items()
    ]
    return pd.DataFrame(
        row for row in rows if row["promised"] or row["unplanned"] or row["planned_hours"]
    )


def _recorded(unit: Unit, counted: pd.DataFrame) -> pd.DataFrame:
    ours = counted[["ticket_id", "metric", "target", "state", "recorded_breached"]]
    theirs = unit.recorded_targets[["ticket_id", "metric", "target_name", "breached"]].rename(
        columns={"breached": "recorded_breached"}
    )
    theirs = theirs[theirs["ticket_id"].isin(ours["ticket_id"])]
    beside = ours.drop(columns="recorded_breached")
    rows = pd.concat(
        [
            ours.assign(source="tickets"),
            theirs.merge(beside, on=["ticket_id", "metric"], how="left").assign(
                source="recorded_targets"
            ),
        ]
    )
    rows = rows[rows["recorded_breached"].notna()]
    keys = ["source", "metric", "target_name", "target", "state", "recorded_breached"]
    return rows.groupby(keys, dropna=False).size().rename("n").reset_index()


def _notes(unit: Unit, counted: pd.DataFrame, levels: pd.DataFrame) -> Iterator[Note]:
    uncovered = int(counted["target"].isna().sum())
    if uncovered:
        yield note("uncovered", n=uncovered)
    judged = counted[counted["state"].isin([*COUNTED, *UNDECIDED])]
    assumed = int(judged["assumed"].fillna(False).astype(bool).sum())
    if assumed:
        yield note("stop_is_closing", n=assumed)
    by_opening = judged[judged["count_by"] == "opened"]
    agreed = by_opening.groupby(["agreement", "version", "service"]).size().reset_index(name="n")
    by_due = [terms.count_by == "due" for terms in _terms(unit, agreed)]
    fallback = int(agreed.loc[by_due, "n"].sum())
    if fallback:
        yield note("counted_by_opening", n=fallback)
    if unit.status_history.empty:
        yield note("no_status_history")
    elif len(unit.tickets):
        without = ~unit.tickets["ticket_id"].isin(unit.status_history["ticket_id"])
        if without.any():
            yield note("tickets_without_history", n=int(without.sum()), tickets=len(unit.tickets))
    recent = unit.local_as_of - unit.period_end < MATURE_AFTER
    if recent and levels["metric"].eq("error_rate").any():
        yield note("errors_maturing")
    year = unit.period_end.year
    first = [a.provisional_from for a in unit.agreement.versions if a.provisional_from]
    if first and year >= min(first):
        yield note("provisional_calendar", year=year)
