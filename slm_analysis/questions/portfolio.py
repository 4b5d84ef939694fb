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
from slm_analysis.analyses.watermelon import WATERMELON
from slm_analysis.dataset.prepare import prepare
from slm_analysis.dataset.unit import Unit, open_unit, reported_period
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

Q = 0.05
"""False discovery rate over all promises of the portfolio."""
KINDS = ("missed_worsening", "missed_steady", "dissatisfied", "early_warning")
"""What calls for attention, most pressing first."""
MOST = 5
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
    reports : DataFrame
        One row per report: `business_unit`, `folder`, `notebook`, `status`.
    levels : DataFrame
        The service levels of all units (`business_unit` and the columns of
        `ServiceLevels.levels`), with `p`, `q` and `clearly`: the verdict stands after correction
        for all comparisons of the portfolio.
    trends, drivers, satisfaction, watermelon, expectations, changes, actions : DataFrame
        The records of the other reports, with `business_unit`; `changes` also with
        `portfolio_q` and `stands` (after correction for all changes of all units).
    attention : DataFrame
        At most five rows, most pressing first: `kind` (one of `KINDS`), `business_unit`,
        `service` (empty: the whole unit), `level` (row of `levels`, missing where satisfaction is
        set against kept targets), `q`.
    family_size : int
        Promises tested.
    """

    period_start: pd.Timestamp
    period_end: pd.Timestamp
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
    levels = _tested(sections.pop("service_levels"))
    sections["changes"] = _corrected(sections["changes"])
    listed = pd.DataFrame(reports, columns=["business_unit", "folder", "notebook", "status"])
    return Portfolio(
        period_start=start,
        period_end=end,
        reports=listed,
        levels=levels,
        attention=_attention(levels, sections),
        family_size=int(levels["p"].notna().sum()) if len(levels) else 0,
        notes=notes,
        **sections,
    )


def _tested(levels: pd.DataFrame) -> pd.DataFrame:
    """Add `p`, `q` and `clearly`: does the verdict stand after correction for all comparisons."""
    if levels.empty:
        return levels
    numbers = ["value", "low", "high", "goal_value", "n_effective", "days", "counted"]
    levels = levels.astype(dict.fromkeys(numbers, float))
    judged = levels["result"].isin(["met", "missed"]) & (levels["low"] < levels["high"])
    p = np.where(judged, _p_values(levels), np.nan)
    q, _ = false_discovery(p, Q)
    # What is counted whole has no chance in it.
    whole = levels["interval_method"].eq(COMPLETE_RECORD) & levels["evidence"].eq("clear")
    return levels.assign(p=p, q=q, clearly=(q <= Q) | whole)


def _corrected(changes: pd.DataFrame) -> pd.DataFrame:
    """Add `stands`: does the verdict of a unit's report stand among all changes of all units."""
    if changes.empty:
        return changes
    q, _ = false_discovery(changes["p"].to_numpy(float), Q)
    found = changes["verdict"].isin(["better", "worse"])
    return changes.assign(portfolio_q=q, stands=~found | (q <= Q))


def _p_values(levels: pd.DataFrame) -> np.ndarray:
    """Return the probability of so large a distance from the goal by chance, either side."""
    goal, n = levels["goal_value"].to_numpy(), levels["n_effective"].to_numpy()
    away = (levels["value"] - goal).abs().to_numpy()
    clustered = levels["interval_method"] == CLUSTERED
    # Wilson's interval inverts this score test (Newcombe 1998), with t on days - 1 for clusters.
    with np.errstate(divide="ignore", invalid="ignore"):
        score = away / np.sqrt(goal * (1 - goal) / n)
        # A mean's interval is symmetric: its half width holds the standard error.
        half = (levels["high"] - levels["low"]).to_numpy() / 2
        mean = away / (half / stats.norm.ppf(1 - (1 - LEVEL) / 2))
    statistic = np.where(levels["metric"] == "satisfaction", mean, score)
    degrees = np.where(clustered, levels["days"] - 1, np.inf)
    return 2 * stats.t.sf(statistic, degrees)


def _attention(levels: pd.DataFrame, sections: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return what calls for attention, the most pressing first, by evidence and not by raw rate."""
    columns = ["kind", "business_unit", "service", "level", "q"]
    if levels.empty:
        return pd.DataFrame(columns=columns)
    worsening = _worsening(sections["trends"])
    rows = []
    for at, level in levels[levels["metric"] != "satisfaction"].iterrows():
        where = (level["business_unit"], level["service"])
        worse = where in worsening and level["metric"] == worsening[where]
        if level["result"] == "missed" and level["evidence"] == "clear":
            kind = "missed_worsening" if worse else "missed_steady"
        elif worse:
            kind = "early_warning"
        else:
            continue
        rows.append((kind, *where, at, level["q"]))
    for _, unhappy in _unhappy(sections["watermelon"]).iterrows():
        service = unhappy.get("service")
        of = "" if pd.isna(service) else service
        rows.append(("dissatisfied", unhappy["business_unit"], of, None, np.nan))
    for at, level in levels[levels["metric"] == "satisfaction"].iterrows():
        if level["result"] == "missed" and level["evidence"] == "clear":
            rows.append(("dissatisfied", level["business_unit"], level["service"], at, level["q"]))
    table = pd.DataFrame(rows, columns=columns)
    order = table["kind"].map({kind: i for i, kind in enumerate(KINDS)})
    table = table.assign(order=order).sort_values(["order", "q"], kind="stable", na_position="last")
    # One entry per unit and service: the most pressing says it.
    table = table.drop_duplicates(["business_unit", "service"]).head(MOST)
    return table.drop(columns="order").reset_index(drop=True)


def _unhappy(told: pd.DataFrame) -> pd.DataFrame:
    """Return where targets are kept and users are not satisfied; the reverse needs no attention."""
    return told[told["finding"] == WATERMELON] if len(told) else told


def _worsening(trends: pd.DataFrame) -> dict[tuple[str, str], str]:
    if trends.empty:
        return {}
    worse = trends[trends["direction"] == "worse"]
    return {
        (str(row.business_unit), str(row.service)): str(row.metric) for row in worse.itertuples()
    }
