"""What another agreement would have said of the same tickets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

import pandas as pd

from slm_analysis.dataset.unit import Unit
from slm_analysis.result import Result, note
from slm_analysis.sla.agreements import DEFAULT, TICKET_METRICS, Agreements
from slm_analysis.sla.changed_terms import ChangedTerm, read_changes, with_changed_term
from slm_analysis.sla.metrics import attainment
from slm_analysis.sla.reporting_periods import MONTH
from slm_analysis.sla.scoring import SCORED, score

KEYS = ["ticket_id", "target"]
PROMISE = ["service", "target"]
LATE = ("breached_closed", "breached_open")
LEVEL = ["counted", "met", "value", "low", "high", "undecided", "late_a_month"]


@dataclass(frozen=True, eq=False, kw_only=True)
class Rescoring(Result):
    """What other terms would have said of the same tickets.

    Attributes
    ----------
    business_unit : str
    history_start, history_end : Timestamp
        First and last local day of opening.
    changes : DataFrame
        The terms that were changed, in this order: `step`, `service`, `target` (empty: all),
        `term`, `value` (text); `to_met` and `to_late`, the tickets that the step made in time or
        late, `to_other` those that it moved to another state.
    levels : DataFrame
        One row per service and target that a change concerns: `service`, `target`, then for
        `_before` and `_after`: `counted`, `met`, `value` (share in time), `low`, `high` (95 %),
        `undecided`, `late_a_month`; `to_met`, `to_late` (tickets).
    crossed : DataFrame
        Tickets by `service`, `target`, state `before` and state `after`, with `tickets`.
    tickets : DataFrame
        Those whose state differs: `ticket_id`, `service`, `target`, `before`, `after`, `step`
        (the last that moved it), and with `_before` and `_after` `elapsed_seconds`,
        `paused_seconds`, `target_seconds`, `due_at`.
    scored : DataFrame
        All tickets under the changed terms, as `slm_analysis.sla.scoring.score` returns them.
    agreement : Agreements
        The changed versions.
    """

    business_unit: str
    history_start: pd.Timestamp
    history_end: pd.Timestamp
    changes: pd.DataFrame = field(repr=False)
    levels: pd.DataFrame = field(repr=False)
    crossed: pd.DataFrame = field(repr=False)
    tickets: pd.DataFrame = field(repr=False)
    scored: pd.DataFrame = field(repr=False)
    agreement: Agreements = field(repr=False)


def rescore(unit: Unit, agreement_changes: Sequence[Mapping[str, object]]) -> Rescoring:
    """Answer what another agreement would have said of all tickets of a unit.

    Parameters
    ----------
    unit : Unit
    agreement_changes : sequence of mapping
        What to change, in every version of the agreement. Each names a `service` and a `target`
        (left out: all), and at least one term:

        - `goal`: as an agreement writes it, ``95% within 1 working day``, or one per priority,
          ``{"P1": "98% within 4h", "default": "95% within 2 working days"}``; `working_day` says
          how long one is, where the agreement does not;
        - `calendar`: the name of one that a service of the agreement has, or a `BusinessCalendar`;
        - `pauses_on`: the statuses that stop the clock;
        - `reopen`: ``resume``, ``first_resolution`` or ``restart``;
        - `priorities`: which priority is judged as which, ``{"P3": "P2"}``.

    Returns
    -------
    Rescoring

    Raises
    ------
    InputError
        For a service, target, calendar or goal that is not known or does not fit.

    Notes
    -----
    The terms are changed one after the other, and each is said to do what it does after those
    before it. What the tickets would have been had people worked to other terms is not known.
    """
    before = _in_order(unit.targets)
    promises = before.loc[before["metric"].isin(TICKET_METRICS), PROMISE].drop_duplicates()
    changes = read_changes(agreement_changes, [*promises.itertuples(index=False, name=None)])
    versions = list(accumulate(changes, with_changed_term, initial=unit.agreement))
    stages = [before, *(_scored(unit, before, version) for version in versions[1:])]
    states = pd.DataFrame({step: stage["state"] for step, stage in enumerate(stages)})
    after = stages[-1]
    moved = states.ne(states.shift(axis=1)).drop(columns=0)
    return Rescoring(
        business_unit=unit.business_unit,
        history_start=before["opened_on"].min(),
        history_end=before["opened_on"].max(),
        changes=_changes(changes, states),
        levels=_levels(before, after, changes),
        crossed=_crossed(before, after),
        tickets=_tickets(before, after, moved),
        scored=after,
        agreement=versions[-1],
        notes=(note("same_work_assumed"),) if changes else (),
    )


def _in_order(scored: pd.DataFrame) -> pd.DataFrame:
    return scored.sort_values(KEYS, kind="stable", ignore_index=True)


def _scored(unit: Unit, before: pd.DataFrame, agreement: Agreements) -> pd.DataFrame:
    """Return all tickets scored anew; those that no agreement covers stay as they were."""
    uncovered = before["agreement"].isna()
    tickets = unit.tickets[~unit.tickets["ticket_id"].isin(before.loc[uncovered, "ticket_id"])]
    anew = score(tickets, unit.status_history, agreement, unit.as_of)
    return _in_order(pd.concat([before[uncovered], anew], ignore_index=True).astype(SCORED))


def _changes(changes: Sequence[ChangedTerm], states: pd.DataFrame) -> pd.DataFrame:
    """Return one row per step, with the tickets that it moved."""
    rows = []
    for step, change in enumerate(changes, start=1):
        was, now = states[step - 1], states[step]
        to_met = (was != "met") & (now == "met")
        to_late = ~was.isin(LATE) & now.isin(LATE)
        rows.append(
            {
                "step": step,
                "service": change.service,
                "target": change.target,
                "term": change.term,
                "value": _text(change.value),
                "to_met": int(to_met.sum()),
                "to_late": int(to_late.sum()),
                "to_other": int(((was != now) & ~to_met & ~to_late).sum()),
            }
        )
    columns = ["step", "service", "target", "term", "value", "to_met", "to_late", "to_other"]
    return pd.DataFrame(rows, columns=columns)


def _text(value: object) -> str:
    """Return a changed value as it is told."""
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping) and [*value] == [DEFAULT]:
        return str(value[DEFAULT])
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {item}" for key, item in value.items())
    if isinstance(value, Sequence):
        return ", ".join(map(str, value)) or "none"
    return "another calendar"


def _levels(
    before: pd.DataFrame, after: pd.DataFrame, changes: Sequence[ChangedTerm]
) -> pd.DataFrame:
    """Return the shares in time before and after, of what the changes concern."""
    concerned = pd.Series(False, before.index)
    for change in changes:
        concerned |= before["target"].notna() & (
            (before["service"].eq(change.service) | (change.service == ""))
            & (before["target"].eq(change.target) | (change.target == ""))
        )
    months = (before["opened_on"].max() + pd.Timedelta(days=1) - before["opened_on"].min()) / MONTH
    was, now = (_attained(stage[concerned], months) for stage in (before, after))
    both = was[[*PROMISE, *LEVEL]].merge(
        now[[*PROMISE, *LEVEL]], on=PROMISE, suffixes=("_before", "_after")
    )
    moves = pd.DataFrame(
        {
            "to_met": before["state"].ne("met") & after["state"].eq("met"),
            "to_late": ~before["state"].isin(LATE) & after["state"].isin(LATE),
        }
    )
    sums = moves.groupby([before[name] for name in PROMISE]).sum().reset_index()
    return both.merge(sums, on=PROMISE, how="left")


def _attained(scored: pd.DataFrame, months: float) -> pd.DataFrame:
    """Return the shares in time, and the late tickets a month."""
    shares = attainment(scored, PROMISE)
    return shares.assign(late_a_month=(shares["counted"] - shares["met"]) / months)


def _crossed(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    states = before[PROMISE].assign(before=before["state"], after=after["state"])
    return (
        states.groupby([*PROMISE, "before", "after"], dropna=False)
        .size()
        .reset_index(name="tickets")
    )


def _tickets(before: pd.DataFrame, after: pd.DataFrame, moved: pd.DataFrame) -> pd.DataFrame:
    """Return the tickets whose state differs, with what they were judged by."""
    differs = before["state"] != after["state"]
    figures = ["elapsed_seconds", "paused_seconds", "target_seconds", "due_at"]
    # The steps are numbered from 1: the last that moved a ticket has the greatest number.
    last = (moved * moved.columns.to_numpy(int)).max(axis=1) if moved.shape[1] else 0
    table = before[["ticket_id", *PROMISE]].assign(
        before=before["state"], after=after["state"], step=last
    )
    for figure in figures:
        table[f"{figure}_before"], table[f"{figure}_after"] = before[figure], after[figure]
    return table[differs].reset_index(drop=True)
