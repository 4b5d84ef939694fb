"""What the cases of an effect tell: a shift of the mix, other people answering, ordered scores."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from slm_analysis import change_outcomes, open_unit
from slm_analysis.analyses.change_effect import change_effect
from slm_analysis.analyses.change_fit import fit_change
from slm_analysis.questions.case_checks import with_case_checks
from slm_analysis.questions.fitted_changes import Fitted
from slm_analysis.sample.truth import TRUTH

AT = np.arange(80)
CALL = {"value": "value", "time": "time", "on": 40}


def series(step, seed=0):
    value = 10 + step * (AT >= 40) + np.random.default_rng(seed).normal(0, 0.5, len(AT))
    return pd.DataFrame({"time": AT, "value": value})


def checked(step, same_mix=None, response=None, odds=None):
    """Return the checks of an effect of `step` whose cases say so."""
    fits = [None if s is None else fit_change(series(s, 1), **CALL) for s in (same_mix, response)]
    ratio = None if odds is None else pd.Series(odds, ["estimate", "low", "high", "p"])
    fitted = Fitted("C", "S", "satisfaction", None, False, *fits, ratio)
    effect = with_case_checks(change_effect(series(step), **CALL), fitted)
    return effect.checks.set_index("check")


@pytest.mark.parametrize(
    ("step", "same_mix", "state"),
    [(3.0, 3.0, "ok"), (3.0, 0.0, "caution"), (0.0, 0.0, "ok"), (0.0, 3.0, "caution")],
)
def test_the_mix_explains_an_effect_where_the_verdict_changes_with_it(step, same_mix, state):
    row = checked(step, same_mix).loc["mix"]
    assert row["state"] == state
    assert row["value"] == pytest.approx(same_mix, abs=0.7)
    assert row["low"] < row["value"] < row["high"]


def test_nothing_on_record_is_said_so():
    checks = checked(3.0)
    assert checks.loc["mix", "state"] == "not_possible"
    assert "response" not in checks.index


@pytest.mark.parametrize(("response", "state"), [(0.0, "ok"), (2.0, "caution")])
def test_another_share_that_answers_is_a_doubt(response, state):
    checks = checked(3.0, 3.0, response, (2.0, 1.5, 2.6, 0.001))
    assert checks.loc["response", "state"] == state
    assert checks.loc["ordered", "state"] == "ok"
    unknown = checked(3.0, 3.0, None, (2.0, 1.5, 2.6, 0.001))
    assert unknown.loc["response", "state"] == "not_possible"


@pytest.mark.parametrize(
    ("step", "odds", "state"),
    [
        (3.0, (2.0, 1.5, 2.6, 0.001), "ok"),
        (3.0, (1.1, 0.8, 1.5, 0.5), "caution"),
        (3.0, (0.5, 0.4, 0.7, 0.001), "caution"),
        (0.0, (1.1, 0.8, 1.5, 0.5), "ok"),
        (0.0, (2.0, 1.5, 2.6, 0.001), "caution"),
    ],
)
def test_ordered_answers_agree_or_not(step, odds, state):
    assert checked(step, step, 0.0, odds).loc["ordered", "state"] == state


def test_an_effect_that_cannot_be_told_is_left_as_it_is():
    short = series(3.0)[35:44]
    effect = change_effect(short, **CALL)
    assert effect.estimate is None
    fitted = Fitted("C", "S", "satisfaction", None, False, None, None, None)
    assert with_case_checks(effect, fitted) is effect


@pytest.fixture
def unit(sample_project, monkeypatch):
    monkeypatch.chdir(sample_project)
    return open_unit(TRUTH.improvement.business_unit)


def test_the_planted_improvement_stands_with_the_mix_held_fixed(unit):
    result = change_outcomes(unit)
    for effect in result.single:
        assert effect.checks.set_index("check").loc["mix", "state"] == "ok"
    satisfaction = result.single[-1].checks.set_index("check")
    assert satisfaction.loc["ordered", "low"] > 1
    assert satisfaction.loc["response", "state"] == "ok"


def test_a_shift_to_quick_tickets_is_no_improvement(unit, tmp_path):
    """Tickets of a quick kind push the mean time down after a date at which nothing changed."""
    day, service = pd.Timestamp("2025-06-02"), "Payments"
    change = unit.process_changes.assign(
        service=service, implemented_at=day.tz_localize(unit.timezone).tz_convert("UTC")
    )
    targets = unit.targets[
        unit.targets["service"].eq(service) & unit.targets["target"].eq("resolution_time")
    ]
    rng = np.random.default_rng(3)
    later = (targets["opened_on"] >= day).to_numpy()
    quick = rng.random(len(targets)) < np.where(later, 0.6, 0.1)
    solved = targets.assign(
        elapsed_seconds=np.where(quick, 1800.0, 5 * 3600.0) * rng.uniform(0.8, 1.2, len(targets))
    )
    channel = pd.Series(np.where(quick, "portal", "mail"), index=targets["ticket_id"])
    tickets = unit.tickets[unit.tickets["ticket_id"].isin(channel.index)]
    alone = tmp_path / "comparison.parquet"
    unit.comparison[:0].to_parquet(alone)
    shifted = dataclasses.replace(
        unit,
        targets=solved,
        tickets=tickets.assign(channel=channel.reindex(tickets["ticket_id"]).array),
        process_changes=change,
        comparison_file=alone,
    )
    result = change_outcomes(shifted)
    at = result.effects["measure"].tolist().index("resolution_hours")
    assert result.effects.loc[at, "verdict"] == "better"
    mix = result.single[at].checks.set_index("check").loc["mix"]
    assert mix["state"] == "caution"
    assert mix["low"] < 0 < mix["high"]
