"""All business units at a glance: who missed what, what needs attention first, and how sure."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats

from slm_analysis.analyses.false_discovery import false_discovery
from slm_analysis.analyses.goal_test import goal_test, independent_cases
from slm_analysis.analyses.watermelon import WATERMELON
from slm_analysis.dataset.prepare import prepare
from slm_analysis.dataset.unit import Unit, open_unit
from slm_analysis.errors import Fault, InputError
from slm_analysis.intervals import CLUSTERED, LEVEL
from slm_analysis.project import PREPARED, project_root, slug
from slm_analysis.questions.answer import Answer, key_figures_of
from slm_analysis.questions.expectation_gap import expectation_gap
from slm_analysis.questions.other_targets import COMPLETE_RECORD
from slm_analysis.questions.process_changes import change_outcomes
from slm_analysis.questions.root_causes import root_causes
from slm_analysis.questions.service_levels import service_levels
from slm_analysis.questions.stability import stability
from slm_analysis.questions.user_satisfaction import user_satisfaction
from slm_analysis.result import Note, Result, note
from slm_analysis.sla.reporting_periods import reported_period

Q = 0.05
"""False discovery rate over all promises of the portfolio."""
KINDS = ("missed_worsening", "missed_steady", "dissatisfied", "early_warning")
"""What calls for attention, most pressing first."""
SCORE = "satisfaction"
"""The metric that is a mean and no share."""
TREND = [
    "direction", "since", "side", "center", "steadily_missed", "freq", "recent", "signals",
]  # fmt: skip
"""What each promise is told by the trend of its service."""
SECTIONS = (
    "service_levels",
    "trends",
    "drivers",
    "satisfaction",
    "watermelon",
    "expectations",
    "changes",
    "actions",
)
"""The lists of records that reports emit as key figures."""
QUESTIONS: Mapping[str, Sequence[Callable[[Unit], Answer]]] = {
    "01_service_levels": (service_levels,),
    "02_trends": (stability,),
    "03_root_causes": (root_causes,),
    "04_satisfaction": (user_satisfaction, expectation_gap),
    "05_process_changes": (change_outcomes,),
}
"""The questions of each unit's report that the portfolio reads."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Portfolio(Result):
    """What the reports of all units told, side by side.

    Attributes
    ----------
    period_start, period_end : Timestamp
    units : tuple of str
        All business units, the most pressing first: by what calls for attention, then by the least
        likely miss, then as reported.
    reports : DataFrame
        One row per report: `business_unit`, `folder`, `notebook`, `status`.
    levels : DataFrame
        The service levels of all units (`business_unit` and the columns of
        `ServiceLevels.levels`), with `cases` (independent ones, see
        `slm_analysis.analyses.goal_test`), `p`, `q` and `clearly` (the verdict stands after
        correction for all comparisons of the portfolio), and what the trend of the same service
        and metric told: the columns of `TREND`.
    trends, drivers, satisfaction, watermelon, expectations, changes, actions : DataFrame
        The records of the other reports, with `business_unit`; `changes` also with
        `portfolio_q` and `stands` (after correction for all changes of all units).
    attention : DataFrame
        What calls for attention, most pressing first: `kind` (one of `KINDS`), `business_unit`,
        `service` (empty: the whole unit), `level` (row of `levels`, missing where satisfaction is
        set against kept targets), `q`. Each unit and service once.
    family_size : int
        Promises tested.
    chance : float
        The p-value from which on a verdict is clear: the last step of Benjamini and Hochberg that
        holds, else the first.
    """

    period_start: pd.Timestamp
    period_end: pd.Timestamp
    units: tuple[str, ...]
    reports: pd.DataFrame = field(repr=False)
    levels: pd.DataFrame = field(repr=False)
    trends: pd.DataFrame = field(repr=False)
    drivers: pd.DataFrame = field(repr=False)
    satisfaction: pd.DataFrame = field(repr=False)
    watermelon: pd.DataFrame = field(repr=False)
    expectations: pd.DataFrame = field(repr=False)
    changes: pd.DataFrame = field(repr=False)
    actions: pd.DataFrame = field(repr=False)
    attention: pd.DataFrame = field(repr=False)
    family_size: int
    chance: float


def portfolio(
    key_figures: str | Path = "",
    data: str | Path = PREPARED,
    period_start: str = "",
    period_end: str = "",
) -> Portfolio:
    """Answer what happened over all units, how sure we are, and what needs attention first.

    Parameters
    ----------
    key_figures : str or Path
        The file in which `slm run` has gathered what the reports told, relative to the project's
        folder; without it, the questions of all units are asked here, which takes a while.
    data : str or Path
        Folder of prepared data.
    period_start, period_end : str
        As for `open_unit`.

    Raises
    ------
    InputError
        Where the file is not there, or holds no key figures of `slm run` for the month.
    """
    root = project_root()
    prepared = prepare(root, root / data)
    local_as_of = prepared.as_of.tz_convert(prepared.timezone).tz_localize(None)
    start, end = reported_period(period_start, period_end, local_as_of)
    if key_figures:
        return _portfolio(_read(root / key_figures, f"{start:%Y-%m}"), start, end, ())
    reports = [
        told for unit in prepared.units for told in _ask(unit, data, period_start, period_end)
    ]
    return _portfolio(reports, start, end, (note("asked_here"),))


def _read(file: Path, period: str) -> list[Mapping]:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        told, reports = content["period"], [*content["reports"]]
    except (OSError, ValueError, LookupError, TypeError):
        raise InputError(
            Fault(
                "There are no key figures of a run.",
                "Run 'slm run' first, or leave it empty.",
                file,
            )
        ) from None
    if told != period:
        problem = f"These are the key figures of {told}, not of {period}."
        raise InputError(Fault(problem, "Name the file of the reported month.", file))
    return reports


def _ask(unit: str, data: str | Path, start: str, end: str) -> list[Mapping]:
    """Ask every question of one unit; what has no answer is left out."""
    opened = open_unit(unit, data, start, end)
    return [
        {
            "business_unit": unit,
            "folder": slug(unit),
            "notebook": notebook,
            "status": "done",
            "key_figures": key_figures_of(*(question(opened) for question in questions)),
        }
        for notebook, questions in QUESTIONS.items()
    ]


def _portfolio(
    reports: Sequence[Mapping],
    start: pd.Timestamp,
    end: pd.Timestamp,
    notes: tuple[Note, ...],
) -> Portfolio:
    sections = {
        section: pd.DataFrame(
            [
                {"business_unit": report["business_unit"]} | record
                for report in reports
                for record in report["key_figures"].get(section, ())
            ]
        )
        for section in SECTIONS
    }
    tested, chance = _tested(sections.pop("service_levels"))
    levels = _with_trends(tested, sections["trends"])
    sections["changes"] = _corrected(sections["changes"])
    listed = pd.DataFrame(reports, columns=["business_unit", "folder", "notebook", "status"])
    attention = _attention(levels, sections["watermelon"])
    return Portfolio(
        period_start=start,
        period_end=end,
        units=_in_order(listed, levels, attention),
        reports=listed,
        levels=levels,
        attention=attention,
        family_size=int(levels["p"].notna().sum()) if len(levels) else 0,
        chance=chance,
        notes=notes,
        **sections,
    )


def _tested(levels: pd.DataFrame) -> tuple[pd.DataFrame, float]:
    """Add `cases`, `p`, `q` and `clearly`; return also the chance from which on all is clear."""
    if levels.empty:
        return levels, Q
    numbers = ["value", "low", "high", "goal_value", "n_effective", "days", "counted"]
    levels = levels.astype(dict.fromkeys(numbers, float))
    judged = levels["result"].isin(["met", "missed"]) & (levels["low"] < levels["high"])
    clustered = levels["interval_method"] == CLUSTERED
    degrees = np.where(clustered, levels["days"] - 1, np.inf)
    cases = independent_cases(levels["counted"], levels["n_effective"], degrees)
    shares = goal_test(levels["value"], cases, levels["goal_value"])
    means = levels["metric"] == SCORE
    p = np.where(judged, np.where(means, _chance_of_mean(levels), shares), np.nan)
    q, level = false_discovery(p, Q)
    # What is counted whole has no chance in it.
    whole = levels["interval_method"].eq(COMPLETE_RECORD)
    clearly = ((q <= Q) | whole) & levels["evidence"].eq("clear")
    return levels.assign(cases=cases, p=p, q=q, clearly=clearly), 1 - level


def _chance_of_mean(levels: pd.DataFrame) -> np.ndarray:
    """Return the chance of a mean score so far from its goal, either side."""
    # Its interval is symmetric: the half width holds the standard error.
    half = (levels["high"] - levels["low"]).to_numpy() / 2
    away = (levels["value"] - levels["goal_value"]).abs().to_numpy()
    with np.errstate(divide="ignore", invalid="ignore"):
        return 2 * stats.norm.sf(away / half * stats.norm.ppf(1 - (1 - LEVEL) / 2))


def _with_trends(levels: pd.DataFrame, trends: pd.DataFrame) -> pd.DataFrame:
    """Add to each promise what the trend of its service and metric told."""
    keys = ["business_unit", "service", "metric"]
    told = trends.reindex(columns=[*keys, *TREND]).drop_duplicates(keys)
    if levels.empty:
        return levels
    told = told.astype(dict.fromkeys(keys, "str"))
    joined = levels.merge(told, on=keys, how="left")
    return joined.assign(steadily_missed=joined["steadily_missed"].eq(True))


def _corrected(changes: pd.DataFrame) -> pd.DataFrame:
    """Add `stands`: does the verdict of a unit's report stand among all changes of all units."""
    if changes.empty:
        return changes
    q, _ = false_discovery(changes["p"].to_numpy(float), Q)
    found = changes["verdict"].isin(["better", "worse"])
    return changes.assign(portfolio_q=q, stands=~found | (q <= Q))


def _attention(levels: pd.DataFrame, watermelon: pd.DataFrame) -> pd.DataFrame:
    """Return what calls for attention, the most pressing first, by evidence and not by raw rate."""
    columns = ["kind", "business_unit", "service", "level", "q"]
    if levels.empty:
        return pd.DataFrame(columns=columns)
    missed = levels["result"].eq("missed") & (levels["clearly"] | levels["steadily_missed"])
    score, worse = levels["metric"] == SCORE, levels["direction"] == "worse"
    kind = pd.Series(
        np.select(
            [missed & score, missed & worse, missed, worse & ~score],
            ["dissatisfied", "missed_worsening", "missed_steady", "early_warning"],
            "",
        ),
        index=levels.index,
    )
    found = levels.assign(kind=kind, level=levels.index)[kind != ""][columns]
    unhappy = pd.DataFrame(
        [
            ("dissatisfied", row["business_unit"], row.get("service"), None, np.nan)
            for _, row in unhappy_users(watermelon).iterrows()
        ],
        columns=columns,
    )
    table = pd.concat([frame for frame in (found, unhappy) if len(frame)] or [unhappy])
    table = table.assign(service=table["service"].astype("object").fillna(""))
    order = table["kind"].map({name: at for at, name in enumerate(KINDS)})
    table = table.assign(order=order).sort_values(["order", "q"], kind="stable", na_position="last")
    # One entry per unit and service: the most pressing says it.
    table = table.drop_duplicates(["business_unit", "service"]).drop(columns="order")
    return table.reset_index(drop=True)


def unhappy_users(told: pd.DataFrame) -> pd.DataFrame:
    """Return where targets are kept and users are not satisfied; the reverse needs no attention."""
    return told[told["finding"] == WATERMELON] if len(told) else told


def kept_shares(result: Portfolio) -> pd.DataFrame:
    """Return the promises about shares of cases, with `share` kept and `goal_share`.

    A rate of errors is turned into the share without them, so that more is better throughout.
    """
    levels = result.levels
    if levels.empty:
        return levels.reindex(columns=[*levels, "share", "goal_share", "cases", "p"])
    shares = ~levels["metric"].eq(SCORE) & ~levels["interval_method"].eq(COMPLETE_RECORD)
    found = levels[shares & levels["value"].notna()]
    turned = found["at_most"].astype(bool)
    return found.assign(
        share=found["value"].mask(turned, 1 - found["value"]),
        goal_share=found["goal_value"].mask(turned, 1 - found["goal_value"]),
    )


def agreed_scores(result: Portfolio) -> dict[str, float]:
    """Return the goal that was agreed for satisfaction, of each unit that has just one."""
    levels = result.levels
    if levels.empty:
        return {}
    by_unit = levels[levels["metric"] == SCORE].groupby("business_unit")["goal_value"]
    goals = {str(unit): own.unique() for unit, own in by_unit}
    return {unit: float(own[0]) for unit, own in goals.items() if len(own) == 1}


def _in_order(
    reports: pd.DataFrame, levels: pd.DataFrame, attention: pd.DataFrame
) -> tuple[str, ...]:
    missed = levels[levels["result"] == "missed"].sort_values("q") if len(levels) else levels
    ranked = [frame["business_unit"] for frame in (attention, missed, reports) if len(frame)]
    return tuple(dict.fromkeys(str(unit) for units in ranked for unit in units))
