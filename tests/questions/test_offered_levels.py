"""Levels on offer for departments: each as scored from scratch under the goal."""

import pytest

from slm_analysis import offered_levels, open_unit
from slm_analysis.errors import InputError
from slm_analysis.presentation import say, table

GOALS = ["95% within 4h", "95% within 2 working days"]
SERVICE = "Invoice posting"


@pytest.fixture(scope="module")
def units(sample_project):
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(sample_project)
        yield [open_unit(name) for name in ("Head Office", "Logistics")]


def test_each_department_under_each_goal(units):
    result = offered_levels(units, SERVICE, GOALS)
    levels = result.levels
    assert levels[["business_unit", "goal"]].to_numpy().tolist() == [
        [unit.business_unit, goal] for unit in units for goal in GOALS
    ]
    for unit in units:
        scored = unit.targets[
            unit.targets["service"].eq(SERVICE) & unit.targets["target"].eq("resolution_time")
        ]
        done = scored[scored["state"].isin(["met", "breached_closed", "breached_open"])]
        for goal, hours in zip(GOALS, (4, 16), strict=True):
            row = levels[levels["business_unit"].eq(unit.business_unit) & levels["goal"].eq(goal)]
            within = done["elapsed_seconds"] <= hours * 3600
            met = (within & done["stopped_at"].notna()).sum()
            assert row["met"].item() == met
            assert row["late_a_month"].item() > 0


def test_verdicts_are_against_the_goal_on_offer(units):
    levels = offered_levels(units, SERVICE, GOALS).levels
    assert levels["result"].tolist() == ["missed", "met", "missed", "met"]
    assert (levels["goal_value"] == 0.95).all()
    assert (levels["value"].between(levels["low"], levels["high"])).all()


@pytest.mark.parametrize(
    ("service", "goals", "said"),
    [
        ("Invoices", GOALS, "has no tickets of 'Invoices'. Did you mean 'Invoice posting'"),
        (SERVICE, ["within an hour"], "cannot be read"),
        (SERVICE, [], "nothing to compare"),
    ],
)
def test_bad_input_is_named(units, service, goals, said):
    with pytest.raises(InputError, match=said):
        offered_levels(units, service, goals)


def test_each_department_is_told_its_levels(units):
    result = offered_levels(units, SERVICE, GOALS)
    said = say(result)
    assert said.sentences == [
        "Head Office: 95% within 2 working days would have been met.",
        "Logistics: 95% within 2 working days would have been met.",
    ]
    assert said.caveats == [
        "The same tickets, judged by other terms: what people would have done under them is not "
        "known."
    ]
    shown = table(result)
    assert shown.caption == "What each department would have had of Invoice posting"
    assert [row[-1] for row in shown.rows[:2]] == ["Would have been missed", "Would have been met"]
    assert shown.rows[1][2].endswith("of 2,027")
    none = say(offered_levels(units[:1], SERVICE, GOALS[:1])).sentences
    assert none == ["Head Office: none of these goals would have been met."]
