"""Every check of an effect has its sentence; so have lasting, the path and many changes."""

import numpy as np
import pandas as pd
import pytest

from slm_analysis.analyses.change_effect import change_effect
from slm_analysis.analyses.change_effects import change_effects
from slm_analysis.presentation import say, table
from slm_analysis.presentation.tables.process_changes import (
    service_and_satisfaction,
    what_was_checked,
)
from slm_analysis.presentation.words import change_checks as words
from slm_analysis.presentation.words import change_path as path
from slm_analysis.presentation.words.effect_measures import MEASURES, of_scale
from slm_analysis.presentation.words.process_changes import say as say_outcomes

from .made_up_changes import made_up_effect, made_up_outcomes

THIRDS = pd.DataFrame(
    {
        "part": ["first_third", "last_third", "difference"],
        "estimate": [0.045, 0.031, -0.014],
        "low": [0.02, 0.004, -0.04],
        "high": [0.07, 0.058, 0.012],
        "p": [0.01, 0.03, 0.3],
    }
)


def checks(name, state, value=0.021, low=-0.003, high=0.045, seen_from=0.034):
    return pd.DataFrame(
        [
            {"check": name, "value": value, "low": low, "high": high, "p": 0.1,
             "seen_from": seen_from, "state": state}
        ]
    )  # fmt: skip


def told(name, state, *, value=0.021, **given):
    effect = made_up_effect(checks=checks(name, state, value), thirds=THIRDS, **given)
    return words.sentence(effect.checks.iloc[0], effect, MEASURES["resolution_time"])


@pytest.mark.parametrize(
    ("name", "state", "sentence"),
    [
        ("power", "stated", "Effects of 2.1 points or more show in four of five such series."),
        (
            "power",
            "ok",
            "Effects of 2.1 points or more show in four of five such series: enough to see the "
            "smallest that matters (1 point).",
        ),
        (
            "power",
            "caution",
            "Only effects of 2.1 points or more show in four of five such series; the smallest "
            "that matters (1 point) can stay hidden.",
        ),
        (
            "autocorrelation",
            "ok",
            "Neighbouring weeks are alike no more than the method has been tried for (correlation "
            "+0.02).",
        ),
        (
            "autocorrelation",
            "caution",
            "Neighbouring weeks are alike more than the method has been tried for (correlation "
            "+0.02): the interval may be too narrow.",
        ),
        (
            "pre_trend",
            "ok",
            "No trend shows before the change; one that makes less than 3.4 points could have "
            "escaped.",
        ),
        (
            "pre_trend",
            "caution",
            "A trend was under way before the change and is not taken out; carried on, it makes "
            "+2.1 points (−0.3 to +4.5).",
        ),
        (
            "pre_trend",
            "taken_out",
            "The straight line that runs through all weeks makes +2.1 points (−0.3 to +4.5) and is "
            "taken out.",
        ),
        ("pre_trend", "not_possible", "Too little lies before the change to look for a trend."),
        (
            "drift",
            "ok",
            "The line before the change shows no bend; one that makes less than 3.4 points could "
            "have escaped.",
        ),
        (
            "drift",
            "caution",
            "The line before the change bends; carried on, the bend makes +2.1 points (−0.3 to "
            "+4.5).",
        ),
        ("drift", "not_possible", "Too little lies before the change to look for a bend."),
        (
            "placebo_date",
            "ok",
            "In the middle of the weeks before, where nothing was changed, no effect shows (+2.1 "
            "points; −0.3 to +4.5).",
        ),
        (
            "placebo_date",
            "caution",
            "In the middle of the weeks before, where nothing was changed, an effect shows too "
            "(+2.1 points; −0.3 to +4.5).",
        ),
        (
            "placebo_date",
            "not_possible",
            "Too little lies before the change to try a date at which nothing was changed.",
        ),
        (
            "placebo_units",
            "not_possible",
            "There are no comparable units to try the same date on.",
        ),
        ("season", "ok", "A yearly season is allowed for."),
        (
            "season",
            "caution",
            "With under two full years of figures, a yearly season cannot be told from the change.",
        ),
        ("other_changes", "ok", "No other change lies near."),
        ("other_changes", "not_checked", "Which other changes were made is not known here."),
        (
            "mix",
            "ok",
            "With the same mix of priorities, types and channels before and after, the answer is "
            "the same: +2.1 points (−0.3 to +4.5).",
        ),
        (
            "mix",
            "caution",
            "With the same mix of priorities, types and channels before and after, it is +2.1 "
            "points (−0.3 to +4.5), and the answer another: what came in changed too.",
        ),
        (
            "mix",
            "not_possible",
            "Priorities, types and channels are not on record or all alike: there is no mix to "
            "hold fixed.",
        ),
        (
            "response",
            "ok",
            "The share that answers has not changed beyond chance (+2.1 points; −0.3 to +4.5); a "
            "change of less than 3.4 points could have escaped.",
        ),
        (
            "response",
            "caution",
            "The share that answers has changed (+2.1 points; −0.3 to +4.5): others may be "
            "speaking.",
        ),
        (
            "response",
            "not_possible",
            "Who could answer is not on record for long enough to tell.",
        ),
        (
            "persistence",
            "lasted",
            "In the last third of the weeks since, the effect is still there: +3.1 points (+0.4 to "
            "+5.8).",
        ),
        (
            "persistence",
            "grew",
            "The effect grew: +4.5 points in the first third of the weeks since, +3.1 points in "
            "the last.",
        ),
        (
            "persistence",
            "fading",
            "The effect is fading: +4.5 points in the first third of the weeks since, +3.1 points "
            "in the last.",
        ),
        (
            "persistence",
            "faded",
            "The effect faded: +4.5 points in the first third of the weeks since; in the last "
            "(+3.1 points; +0.4 to +5.8) none shows any more.",
        ),
        (
            "persistence",
            "unclear",
            "Whether the effect lasts cannot be told: +3.1 points (+0.4 to +5.8) in the last third "
            "of the weeks since.",
        ),
        (
            "persistence",
            "not_asked",
            "Without an effect beyond chance there is nothing to last.",
        ),
        (
            "persistence",
            "not_possible",
            "Too few weeks since the change to tell whether an effect lasts.",
        ),
    ],
)
def test_sentences(name, state, sentence):
    assert told(name, state) == sentence


@pytest.mark.parametrize(
    ("state", "rank", "sentence"),
    [
        (
            "ok",
            1,
            "Taken as changed on the same date, none of 4 comparable units would show as large an "
            "effect.",
        ),
        (
            "stated",
            3,
            "Taken as changed on the same date, 2 of 4 comparable units would show as large an "
            "effect.",
        ),
        (
            "caution",
            2,
            "Taken as changed on the same date, 1 of 4 comparable units would show as large an "
            "effect: it may be of the usual size.",
        ),
    ],
)
def test_the_rank_among_units(state, rank, sentence):
    assert told("placebo_units", state, value=rank, controls=tuple("BCDE")) == sentence


@pytest.mark.parametrize(
    ("state", "ending"),
    [
        ("ok", "no other verdict."),
        ("caution", "which is another answer; two times are compared there, without trend or "
         "season."),
    ],
)  # fmt: skip
def test_ordered_answers(state, ending):
    joint = ":" if state == "ok" else ","
    effect = made_up_effect(measure="satisfaction", checks=checks("ordered", state, 2.0, 1.6, 2.51))
    assert words.sentence(effect.checks.iloc[0], effect, MEASURES["satisfaction"]) == (
        f"Read as ordered answers, a higher score has 2.00 times the odds of before (1.60 to 2.51)"
        f"{joint} {ending}"
    )


def test_the_share_that_answers_is_told_in_points_whatever_the_measure():
    effect = made_up_effect(measure="satisfaction", checks=checks("response", "caution"))
    told_of = words.sentence(effect.checks.iloc[0], effect, MEASURES["satisfaction"])
    assert told_of.startswith("The share that answers has changed (+2.1 points; −0.3 to +4.5)")


def test_other_changes_are_counted_and_numbered_periods_have_no_season():
    part = "near: part of what is seen may be their work."
    assert told("other_changes", "caution", value=1) == f"1 other change lies {part}"
    assert told("other_changes", "caution", value=2) == f"2 other changes lie {part}"
    effect = made_up_effect(checks=checks("season", "ok"), freq="month")
    numbered = made_up_effect(checks=checks("season", "ok"))
    object.__setattr__(numbered, "freq", None)
    wording = MEASURES["resolution_time"]
    assert words.sentence(effect.checks.iloc[0], effect, wording).startswith("A yearly")
    assert words.sentence(numbered.checks.iloc[0], numbered, wording) == words.NO_YEAR


@pytest.mark.parametrize("seed", range(6))
def test_every_check_that_an_analysis_can_give_has_a_sentence(seed):
    rng = np.random.default_rng(seed)
    size = (6, 80) if seed % 2 else (1, 18)
    value = 50 + rng.normal(0, 1, size) + seed * (np.arange(size[1]) >= size[1] // 2)
    df = pd.DataFrame(
        {
            "unit": np.repeat(range(size[0]), size[1]),
            "time": np.tile(np.arange(size[1]), size[0]),
            "value": value.ravel(),
        }
    )
    call = {"value": "value", "time": "time", "on": size[1] // 2, "unit": "unit", "treated": 0}
    effect = change_effect(df, **call, min_effect=0.5)
    sentences = words.sentences(effect, of_scale(effect.scale))
    assert len(sentences) == len(effect.checks)
    assert not any("nan" in text or "{" in text or "–" in text for _, text in sentences)


def test_lasting_follows_the_verdict_of_a_change():
    effect = made_up_effect(checks=checks("persistence", "faded"), thirds=THIRDS)
    result = made_up_outcomes(("A", "Payments", "resolution_time", effect))
    assert say_outcomes(result).sentences == [
        "Change A, Payments, share in time. Better: 3.8 points more on time than expected without "
        "the change (2.5 to 5.1). The effect faded: +4.5 points in the first third of the weeks "
        "since; in the last (+3.1 points; +0.4 to +5.8) none shows any more."
    ]
    assert what_was_checked(result).rows == [
        [
            "Change A: Payments, share in time",
            "Did it last",
            "The effect faded: +4.5 points in the first third of the weeks since; in the last "
            "(+3.1 points; +0.4 to +5.8) none shows any more.",
        ]
    ]
    assert what_was_checked(made_up_outcomes()).rows == []


BETTER, NONE = "better", "cannot_tell"
FIGURES = {
    "better": (0.4, 0.2, 0.6),
    "worse": (-0.4, -0.6, -0.2),
    "cannot_tell": (0.1, -0.2, 0.4),
}


@pytest.mark.parametrize(
    ("time", "hours", "satisfaction", "sentence"),
    [
        (
            "better",
            "better",
            "better",
            "Service level and satisfaction both got better; that one led to the other is not "
            "shown.",
        ),
        (
            "worse",
            "cannot_tell",
            "worse",
            "Service level and satisfaction both got worse; that one led to the other is not "
            "shown.",
        ),
        ("better", "better", "worse", "The service level got better, satisfaction worse."),
        (
            "cannot_tell",
            "better",
            "cannot_tell",
            "The service level got better; satisfaction shows no difference as yet.",
        ),
        (
            "cannot_tell",
            "cannot_tell",
            "better",
            "Satisfaction got better without a shown difference in the service level.",
        ),
        ("cannot_tell", "cannot_tell", "cannot_tell", "Neither shows a difference."),
        (
            "better",
            "worse",
            "better",
            "The service level got better and worse at once; satisfaction cannot be set beside.",
        ),
    ],
)
def test_service_level_and_satisfaction_side_by_side(time, hours, satisfaction, sentence):
    measures = zip(path.STEPS, (time, hours, satisfaction), strict=True)
    effects = [
        ("A", "Payments", measure, made_up_effect(verdict, FIGURES[verdict], measure))
        for measure, verdict in measures
    ]
    result = made_up_outcomes(*effects)
    (row,) = service_and_satisfaction(result).rows
    assert row[0] == "Change A, Payments"
    assert row[-1] == sentence
    assert row[3].startswith("+" if satisfaction != "worse" else "−")


def test_without_both_sides_there_is_no_path():
    alone = made_up_outcomes(("A", "Payments", "resolution_time", made_up_effect()))
    assert service_and_satisfaction(alone).rows == []
    hidden = made_up_effect("cannot_tell", None, "satisfaction", reason="too_few_points")
    both = ("A", "Payments", "resolution_time", made_up_effect()), (
        "A", "Payments", "satisfaction", hidden)  # fmt: skip
    assert service_and_satisfaction(made_up_outcomes(*both)).rows == []


def test_many_changes_and_what_they_have_in_common():
    rng = np.random.default_rng(1)
    df = pd.concat(
        pd.DataFrame(
            {
                "unit": f"unit {at}",
                "time": np.arange(60),
                "value": 50 + 4 * (at < 2) * (np.arange(60) >= 30) + rng.normal(0, 1, 60),
            }
        )
        for at in range(8)
    )
    treated = ["unit 0", "unit 1", "unit 2"]
    found = change_effects(
        df, value="value", time="time", unit="unit", on=30, treated=treated, min_effect=1.0
    )
    first, together = say(found).sentences
    assert first == "Of 3 changes: two better and one no meaningful change."
    pooled = found.pooled
    assert together == (
        f"All 3 together: better, +{pooled.estimate:.2f} (+{pooled.low:.2f} to "
        f"+{pooled.high:.2f}), against 5 unchanged units."
    )
    assert say(found).caveats == [
        f"Three comparisons were made here; the intervals ({100 * found.level:.1f}%) allow for "
        "that."
    ]
    shown = table(found)
    assert [row[:3] for row in shown.rows] == [
        ["unit 0", "30", "Better"],
        ["unit 1", "30", "Better"],
        ["unit 2", "30", "No meaningful change"],
    ]
    assert shown.accented == []
