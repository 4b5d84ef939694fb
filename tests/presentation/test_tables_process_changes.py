"""Effects of changes and improvement actions as tables; what is told of the method."""

import pandas as pd

from slm_analysis.presentation import table
from slm_analysis.presentation.methods import method
from slm_analysis.presentation.tables.process_changes import promised_actions, series_numbers
from slm_analysis.presentation.words.judged_changes import judged
from slm_analysis.result import note

from .made_up_changes import ON, made_up_actions, made_up_effect, made_up_outcomes

NEAR = note("other_change", implemented_at=ON, description="Portal", periods_away=1)
BETTER = ("A", "Payments", "resolution_time", made_up_effect(notes=[NEAR]))
WORSE = ("B", "Payments", "resolution_hours",
         made_up_effect("worse", (2.0, 0.2, 3.8), "resolution_hours", detectable=1.0))  # fmt: skip
TOO_FEW = ("C", "Payments", "satisfaction",
           made_up_effect("cannot_tell", None, "satisfaction", reason="too_few_points",
                          before=3))  # fmt: skip


def test_effects_stand_one_a_row_with_verdict_effect_and_interval():
    shown = table(made_up_outcomes(BETTER, WORSE, TOO_FEW, changes={"D": "later"}))
    assert shown.caption == (
        "The numbers: each effect with its 95% interval, weeks with a figure, and the smallest "
        "effect that would show in four of five such series"
    )
    assert shown.rows == [
        ["Change A", "2 March 2026", "Payments", "share in time", "40", "30",
         "2.0 points", "Better", "+3.8 points", "+2.5 to +5.1", "1"],
        ["Change B", "2 March 2026", "Payments", "time to resolve", "40", "30",
         "1.0 h", "Worse", "+2.0 h", "+0.2 to +3.8", "0"],
        ["Change C", "2 March 2026", "Payments", "satisfaction", "3", "30", "–", "Cannot tell",
         "–", "–", "0"],
        ["Change D", "2 March 2026", "Payments", *["–"] * 4,
         "In effect after the reported period", *["–"] * 3],
    ]  # fmt: skip
    assert shown.accented == [1]
    assert {len(row) for row in shown.rows} == {len(shown.columns)}


def test_without_changes_the_table_says_so():
    shown = table(made_up_outcomes())
    assert shown.caption == "No process change is on record"
    assert shown.rows == []


def test_actions_stand_with_what_they_brought():
    actions = made_up_actions(
        ("Scan earlier", "Li Na", "2026-02-27", "done", "better", "Change A"),
        ("采购订单号缺失", "", None, "overdue", "not_yet", ""),
    )
    shown = promised_actions(made_up_outcomes(BETTER, actions=actions))
    assert shown.caption == "What was promised in reviews, as of 2 November 2026"
    assert shown.rows == [
        ["Scan earlier", "Li Na", "27 February 2026", "Done",
         "Change A: followed by better results"],
        ["采购订单号缺失", "–", "–", "Overdue", "Not yet"],
    ]  # fmt: skip
    assert promised_actions(made_up_outcomes()).caption == "No improvement action is on record"


def test_the_numbers_behind_the_series_are_its_latest_periods():
    result = made_up_outcomes(BETTER, TOO_FEW)
    shown = series_numbers(result, judged(result))
    assert shown.caption == "The latest 12 weeks of each series"
    assert shown.folded
    assert len(shown.rows) == 24
    assert shown.rows[11] == [
        "Payments, share in time", "21 September 2026", "98.8%", "95.0%", "93.9 to 96.1%", "50",
    ]  # fmt: skip
    assert shown.rows[23][3:5] == ["–", "–"]


def test_a_single_effect_as_a_table():
    parts = pd.DataFrame(
        {
            "part": ["mean_effect", "slope"],
            "estimate": [0.038, 0.001],
            "low": [0.025, -0.001],
            "high": [0.051, 0.003],
            "p": [0.001, 0.2],
        }
    )
    shown = table(made_up_effect(parts=parts))
    assert shown.caption == "Effect of the change, 95% interval, points"
    assert shown.rows == [
        ["mean since the change", "+3.80", "+2.50 to +5.10", "40", "30"],
        ["more with each period", "+0.10", "−0.10 to +0.30", "40", "30"],
    ]


def test_tests_and_their_number_stand_in_about():
    result = made_up_outcomes(BETTER, WORSE, TOO_FEW)
    result.effects["q"] = [0.002, 0.002, None]
    told = dict(method(result))
    assert told["Comparisons of changes"] == (
        "2 tests, Benjamini-Hochberg at 5%, intervals at 95%. A Payments resolution_time: "
        "p = 0.001, q = 0.002; B Payments resolution_hours: p = 0.001, q = 0.002"
    )
    assert "resolution_time 0.01, resolution_hours 1, satisfaction 0.1" in told["Verdicts"]
    none = dict(method(made_up_outcomes()))
    assert none["Comparisons of changes"] == ("0 tests, Benjamini-Hochberg at 5%, intervals at 95%")
