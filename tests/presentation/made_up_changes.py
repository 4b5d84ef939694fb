"""Effects of changes as no data would give them, to try every sentence and drawing."""

import numpy as np
import pandas as pd

from slm_analysis.analyses.change_checks import COLUMNS
from slm_analysis.analyses.change_effect import ChangeEffect
from slm_analysis.questions.fitted_changes import MEASURES
from slm_analysis.questions.process_changes import ChangeOutcomes
from slm_analysis.result import note

ON = pd.Timestamp("2026-03-02")
LEVELS = {"resolution_time": 0.95, "resolution_hours": 5.0, "satisfaction": 4.2}
KINDS = {m.metric: m for m in MEASURES}

ENDS = {
    "resolution_time": (0.0, 1.0), "resolution_hours": (0.0, np.inf), "satisfaction": (1.0, 5.0),
}  # fmt: skip


def made_up_effect(
    verdict="better",
    figures=(0.038, 0.025, 0.051),
    measure="resolution_time",
    *,
    reason=None,
    before=40,
    after=30,
    notes=(),
    cautions=(),
    min_effect="preset",
    detectable=0.02,
    freq="week",
    **given,
):
    """Return an effect with a verdict and figures (estimate, low, high), None for no estimate."""
    kind = KINDS[measure]
    estimate, low, high = figures or (None, None, None)
    values = {
        "verdict": verdict,
        "reason": reason,
        "estimate": estimate,
        "low": low,
        "high": high,
        "p": None if figures is None else 0.001,
        "level": 0.95,
        "smallest_detectable": None if figures is None else detectable,
        "parts": pd.DataFrame(columns=["part", "estimate", "low", "high", "p"]),
        "thirds": pd.DataFrame(columns=["part", "estimate", "low", "high", "p"]),
        "checks": pd.DataFrame(
            [{"check": name, "state": "caution"} for name in cautions], columns=COLUMNS
        ),
        "placebo_units": pd.DataFrame(columns=["unit", "estimate", "size"]),
        "table": made_up_table(measure, estimate, before, after, freq),
        "on": ON,
        "n_before": before,
        "n_after": after,
        "rho": 0.1,
        "df": 60,
        "scale": "rate" if kind.cases == "n" else "mean",
        "comparison": "own_series",
        "unit": None,
        "controls": (),
        "family": "gaussian",
        "shape": "level",
        "trend": True,
        "season": 0,
        "freq": freq,
        "better": kind.better,
        "min_effect": kind.min_effect if min_effect == "preset" else min_effect,
        "notes": tuple(notes),
    }
    return ChangeEffect(**(values | given))


def made_up_table(measure, estimate, before, after, freq="week"):
    """Return a series with a step of `estimate` at the change."""
    step = pd.DateOffset(weeks=1) if freq == "week" else pd.DateOffset(months=1)
    at = np.arange(-before, after)
    level = LEVELS[measure]
    since = at >= 0
    jitter = 0.01 * level * np.resize([1, -1, 0.5, -0.5, 0], before + after)
    expected = np.full(len(at), np.nan if estimate is None else level)
    half = np.where(since, 0.012 * level, np.nan)
    value = level + jitter + since * (estimate or 0.0)
    return pd.DataFrame(
        {
            "time": [ON + step * int(k) for k in at],
            "value": value,
            "n": 50.0,
            "fitted": expected,
            "expected": expected,
            "expected_low": expected - half,
            "expected_high": expected + half,
            "effect": np.where(since, value - expected, np.nan),
            "phase": np.where(since, "after", "before"),
            "used": True,
        }
    )


def made_up_outcomes(*effects, changes=None, actions=None, unit="Sales West", freq="week"):
    """Return outcomes of effects given as (change, service, measure, effect).

    Changes are named "Change A"; their outcome is the verdict of their first effect unless
    `changes` maps the letter to another one.
    """
    outcomes = {}
    for change, *_, effect in reversed(effects):
        outcomes[change] = effect.verdict
    outcomes |= changes or {}
    recorded = pd.DataFrame(
        {
            "change_id": list(outcomes),
            "description": [f"Change {name}" for name in outcomes],
            "service": "Payments",
            "on": ON,
            "full_effect_on": pd.NaT,
            "expected_effect": "",
            "outcome": list(outcomes.values()),
        }
    ).sort_values("change_id", ignore_index=True)
    rows = pd.DataFrame(
        [
            {
                "change_id": change,
                "description": f"Change {change}",
                "service": service,
                "measure": measure,
                "on": ON,
                "p": effect.p,
                "verdict": effect.verdict,
                "others_near": sum(n.code == "other_change" for n in effect.notes),
                "final": effect.n_before < 8,
            }
            for change, service, measure, effect in effects
        ],
        columns=[
            "change_id", "description", "service", "measure", "on", "p", "verdict", "others_near",
            "final",
        ],
    )  # fmt: skip
    tested = sum(effect.p is not None for *_, effect in effects)
    return ChangeOutcomes(
        business_unit=unit,
        period_start=pd.Timestamp("2026-10-01"),
        period_end=pd.Timestamp("2026-10-31"),
        as_of=pd.Timestamp("2026-11-02 08:00"),
        freq=freq,
        since=pd.Timestamp("2024-11-04"),
        changes=recorded,
        effects=rows,
        single=tuple(effect for *_, effect in effects),
        actions=made_up_actions() if actions is None else actions,
        min_effect={m.metric: m.min_effect for m in MEASURES},
        ends=ENDS,
        q=0.05,
        level=0.95,
        family_size=tested,
        notes=(note("family", n=tested, q=0.05, level=0.95),),
    )


def made_up_actions(*actions):
    """Return actions given as (finding, owner, due, standing, brought, description)."""
    columns = ["finding", "owner", "due_on", "standing", "brought", "description"]
    table = pd.DataFrame(list(actions), columns=columns)
    return table.assign(
        action_id=[f"ACT-{i}" for i in range(len(table))], due_on=pd.to_datetime(table["due_on"])
    )
