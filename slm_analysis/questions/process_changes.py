"""Did the changes work: every process change of one unit, on every measure there is for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from pandas.api.typing import NaTType

from slm_analysis.analyses.change_checks import MIN_POINTS
from slm_analysis.analyses.change_effect import (
    BETTER,
    CANNOT_TELL,
    NO_MEANINGFUL_CHANGE,
    WORSE,
    ChangeEffect,
)
from slm_analysis.analyses.change_effects import ChangeEffects, judged_together
from slm_analysis.analyses.change_series import BEFORE
from slm_analysis.dataset.unit import Unit
from slm_analysis.errors import Fault, InputError, nearest
from slm_analysis.questions.answer import Answer
from slm_analysis.questions.case_checks import with_case_checks
from slm_analysis.questions.fitted_changes import MEASURES, Fitted, fitted_changes, read_figures
from slm_analysis.questions.improvement_actions import improvement_actions

HISTORY_MONTHS = 26
"""Two full years, which a season needs, and two months for the incomplete periods at both ends."""
DISCOVERY_RATE = 0.05
FIGURES = [
    "estimate", "low", "high", "p", "q", "verdict", "reason", "smallest_detectable", "n_before",
    "n_after",
]  # fmt: skip

MIXED = "mixed"
UNDECIDABLE = "undecidable"
LATER, EARLIER, NOT_MEASURED = "later", "earlier", "not_measured"


@dataclass(frozen=True, eq=False, kw_only=True)
class ChangeOutcomes(Answer):
    """What each process change of a unit was followed by.

    Attributes
    ----------
    business_unit, period_start, period_end
        As in `Answer`; figures are read up to the period's end.
    as_of : Timestamp
        Local moment of the export, at which improvement actions are judged.
    freq : str
    since : Timestamp
        Start of the first period read; missing where nothing is measured.
    changes : DataFrame
        One row per process change, the latest first: `change_id`, `description`, `service` (empty:
        all services), `on`, `full_effect_on` (local dates), `expected_effect`, `outcome`:
        `better`, `worse`, `mixed` (some of each), `no_meaningful_change` (on every measure),
        `cannot_tell`, `undecidable` (nor will it be told later), `later` (after the period's end),
        `earlier` (before the first period read), `not_measured`.
    effects : DataFrame
        One row per change, service and measure, in the order of `changes`: `change_id`,
        `description`, `service`, `measure`, `on`, `estimate`, `low`, `high` (at `level`), `p`,
        `q`, `verdict`, `reason`, `smallest_detectable`, `n_before`, `n_after`, `level`,
        `others_near` (other changes near the date), `min_effect`, `better`, `final` (no further
        period will count: the service was changed again, or too few lie before the change). Shares
        of 1, business hours, points of score.
    single : tuple of ChangeEffect
        The single results, in the order of `effects`, their checks with those of
        `with_case_checks`.
    actions : DataFrame
        One row per improvement action: `action_id`, `finding`, `owner`, `due_on` (local date),
        `status` (as recorded), `change_id`, `description` (of the change), `standing` at `as_of`
        (`done`, `overdue`, `open`, `dropped`), `brought`: the `outcome` of the change it led to,
        or `not_yet`, `no_change_recorded` (done, but no change names it), `unknown_change`.
    min_effect : mapping
        Measure to the smallest effect that matters.
    ends : mapping
        Measure to the lowest and highest figure that it can have.
    q : float
        Share of false finds that is accepted among all finds.
    level : float
        Coverage of the intervals behind the verdicts.
    family_size : int
        Number of tests made.
    """

    as_of: pd.Timestamp
    freq: str
    since: pd.Timestamp | NaTType
    changes: pd.DataFrame = field(repr=False)
    effects: pd.DataFrame = field(repr=False)
    single: tuple[ChangeEffect, ...] = field(repr=False)
    actions: pd.DataFrame = field(repr=False)
    min_effect: Mapping[str, float]
    ends: Mapping[str, tuple[float, float]] = field(repr=False)
    q: float
    level: float
    family_size: int

    def sections(self) -> Mapping[str, pd.DataFrame]:
        """Return the effects and the improvement actions."""
        return {"changes": self.effects, "actions": self.actions}


def change_outcomes(
    unit: Unit,
    min_effect: Mapping[str, float] | None = None,
    freq: str = "week",
    history_months: int = HISTORY_MONTHS,
    q: float = DISCOVERY_RATE,
) -> ChangeOutcomes:
    """Answer what the process changes of a unit were followed by, and what promises brought.

    Parameters
    ----------
    unit : Unit
    min_effect : mapping, optional
        The smallest effect that matters, for any of ``resolution_time`` (share in time: 0.01 is
        one point), ``resolution_hours`` (business hours) and ``satisfaction`` (points of score).
    freq : {"week", "month"}
    history_months : int
        How far back to read. A season is told from a change with two full years only.
    q : float
        Share of false finds that is accepted among all finds.

    Returns
    -------
    ChangeOutcomes

    Raises
    ------
    InputError
        For an unknown measure or frequency.

    Notes
    -----
    Each change is judged by `change_effect` on a service, in the periods between the changes of
    that service before and after it, against the mean of the other units where at least three
    are comparable (not changed up to then, and without a signal of their own), else on the unit's
    own series; periods in which an earlier change still took hold are left out. All tests of the
    call are one family (`judged_together`).
    """
    smallest = _smallest_that_matters(min_effect)
    changes = _changes(unit)
    made = changes[changes["on"] <= unit.period_end]
    figures = [(m, read_figures(unit, m, freq, history_months)) for m in MEASURES]
    fitted = [
        one
        for measure, own in figures
        for one in fitted_changes(own, made, measure, smallest[measure.metric], freq)
    ]
    fitted.sort(key=lambda one: _place(one, changes))
    judged = judged_together([one.fit for one in fitted], q)
    effects = _effects(fitted, changes, judged)
    starts = [own.plain["time"].min() for _, own in figures if len(own.plain)]
    changes["outcome"] = _outcomes(changes, effects, unit.period_end, min(starts, default=pd.NaT))
    return ChangeOutcomes(
        business_unit=unit.business_unit,
        period_start=unit.period_start,
        period_end=unit.period_end,
        as_of=unit.local_as_of,
        freq=freq,
        since=min(starts, default=pd.NaT),
        changes=changes,
        effects=effects,
        single=tuple(map(with_case_checks, judged.effects, fitted)),
        actions=improvement_actions(unit, changes),
        min_effect=smallest,
        ends={
            "resolution_time": (0.0, 1.0),
            "resolution_hours": (0.0, np.inf),
            "satisfaction": (unit.surveys["scale_min"].min(), unit.surveys["scale_max"].max()),
        },
        q=q,
        level=judged.level,
        family_size=judged.family_size,
        notes=judged.notes,
    )


def _smallest_that_matters(given: Mapping[str, float] | None) -> dict[str, float]:
    preset = {m.metric: m.min_effect for m in MEASURES}
    unknown = set(given or ()) - set(preset)
    if unknown:
        raise InputError(
            Fault(f"There is no measure {name!r}.", nearest(name, preset), key="min_effect")
            for name in sorted(unknown)
        )
    return preset | dict(given or {})


def _changes(unit: Unit) -> pd.DataFrame:
    recorded = unit.process_changes
    changes = pd.DataFrame(
        {
            "change_id": recorded["change_id"],
            "description": recorded["description"],
            "service": recorded["service"].fillna(""),
            "on": unit.local_dates(recorded["implemented_at"]),
            "full_effect_on": unit.local_dates(recorded["full_effect_at"]),
            "expected_effect": recorded["expected_effect"].fillna(""),
        }
    )
    return changes.sort_values(["on", "change_id"], ascending=[False, True], ignore_index=True)


def _place(one: Fitted, changes: pd.DataFrame) -> tuple[int, str, int]:
    """Return where an effect stands: by change as listed, service and measure."""
    return (
        changes["change_id"].tolist().index(one.change_id),
        one.service,
        [m.metric for m in MEASURES].index(one.measure),
    )


def _effects(
    fitted: Sequence[Fitted], changes: pd.DataFrame, judged: ChangeEffects
) -> pd.DataFrame:
    """Return the single results as rows."""
    named = changes.set_index("change_id").reindex([one.change_id for one in fitted])
    keys = pd.DataFrame(
        {
            "change_id": named.index,
            "description": named["description"].array,
            "service": pd.Series([one.service for one in fitted], dtype="str"),
            "measure": pd.Series([one.measure for one in fitted], dtype="str"),
            "on": named["on"].array,
        }
    )
    single = judged.effects
    return pd.concat([keys, judged.table[FIGURES]], axis=1).assign(
        level=judged.level,
        others_near=[sum(n.code == "other_change" for n in effect.notes) for effect in single],
        min_effect=pd.Series([effect.min_effect for effect in single], dtype="float64"),
        better=pd.Series([effect.better for effect in single], dtype="str"),
        final=[one.changed_again or one.fit.series.count(BEFORE) < MIN_POINTS for one in fitted],
    )


def _outcomes(
    changes: pd.DataFrame,
    effects: pd.DataFrame,
    period_end: pd.Timestamp,
    since: pd.Timestamp | NaTType,
) -> pd.Series:
    together = {
        change_id: _together(own["verdict"], own["final"])
        for change_id, own in effects.groupby("change_id")
    }
    outcomes = np.select(
        [
            changes["change_id"].isin(together),
            changes["on"] > period_end,
            changes["on"] < since,
        ],
        [changes["change_id"].map(together), LATER, EARLIER],
        NOT_MEASURED,
    )
    return pd.Series(outcomes, dtype="str")


def _together(verdict: pd.Series, final: pd.Series) -> str:
    """Return what the verdicts on several measures say of their change."""
    verdicts = set(verdict)
    if {BETTER, WORSE} <= verdicts:
        return MIXED
    for found in (BETTER, WORSE):
        if found in verdicts:
            return found
    if CANNOT_TELL not in verdicts:
        return NO_MEANINGFUL_CHANGE
    return UNDECIDABLE if final[verdict == CANNOT_TELL].all() else CANNOT_TELL
