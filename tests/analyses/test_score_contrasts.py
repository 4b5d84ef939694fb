"""One side's scores against the other's: Welch's t, planted truth, few people, bad input."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from slm_analysis import score_contrasts
from slm_analysis.analyses.score_verdicts import score_verdicts
from slm_analysis.errors import InputError


def answers(gap=-0.7, late=40, others=300, seed=1, **values):
    """Return answers about late tickets and others, each of a person of its own."""
    rng = np.random.default_rng(seed)
    side = np.repeat([True, False], [late, others])
    score = np.clip(np.round(4.2 + gap * side + rng.normal(0, 0.8, len(side))), 1, 5)
    return pd.DataFrame({"target": "t", "late": side, "score": score}).assign(**values)


def only(result):
    (row,) = result.table.to_dict("records")
    return row


def test_a_difference_with_one_answer_each_is_welchs():
    # The smaller side is the more spread one, so that no floor binds.
    data = answers()
    data.loc[data["late"], "score"] = np.tile([1, 2, 4, 5], 10)
    row = only(score_contrasts(data, by=["target"], side="late"))
    late, others = (data.loc[data["late"] == s, "score"] for s in (True, False))
    welch = stats.ttest_ind(late, others, equal_var=False)
    assert row["difference"] == pytest.approx(late.mean() - others.mean())
    assert row["difference"] / row["se"] == pytest.approx(welch.statistic, rel=0.02)
    assert row["df"] == 39
    assert row["low"] < row["difference"] < row["high"]


def test_a_planted_difference_is_found_and_nothing_is_not():
    data = pd.concat([answers(), answers(gap=0.0, seed=2, target="none")])
    table = score_contrasts(data, by=["target"], side="late").table.set_index("target")
    assert table.loc["t", "high"] < 0
    assert table.loc["t", "low"] < -0.7 < table.loc["t", "high"]
    assert table.loc["none", "q"] > 0.05
    verdicts = score_verdicts(table["low"], table["high"], 0.1)
    assert verdicts.to_dict() == {"t": "lower", "none": "cannot_tell"}


def test_answers_of_a_person_go_together():
    data = answers(late=120, others=600)
    who = np.where(data["late"], np.arange(len(data)) % 12, np.arange(len(data)) % 60)
    alone = only(score_contrasts(data, by=["target"], side="late"))
    together = data.assign(respondent_id=[f"p{w}" for w in who])
    together["score"] += np.random.default_rng(3).normal(0, 0.6, 60)[who]
    row = only(score_contrasts(together, by=["target"], side="late"))
    assert (row["respondents"], row["rest_respondents"], row["df"]) == (12, 60, 11)
    assert row["se"] > 1.5 * alone["se"]


def test_a_few_scores_alike_by_chance_are_not_sure():
    data = answers(gap=0.0, late=12)
    data.loc[data["late"], "score"] = [5] * 11 + [4]
    row = only(score_contrasts(data, by=["target"], side="late"))
    spread = data.loc[~data["late"], "score"].std()
    assert row["se"] >= spread / np.sqrt(12)
    data.loc[data["late"], "score"] = 5  # no spread of its own at all
    assert only(score_contrasts(data, by=["target"], side="late"))["se"] >= spread / np.sqrt(12)


def test_the_sides_may_be_swapped():
    data = answers()
    one = only(score_contrasts(data, by=["target"], side="late"))
    other = only(score_contrasts(data.assign(late=~data["late"]), by=["target"], side="late"))
    assert other["difference"] == pytest.approx(-one["difference"])
    assert other["se"] == pytest.approx(one["se"])


@pytest.mark.parametrize("late", [0, 1, 9])
def test_a_side_of_few_people_is_not_compared(late):
    result = score_contrasts(answers(late=late), by=["target"], side="late")
    row = only(result)
    assert (row["answers"], row["rest_answers"]) == (late, 300)
    assert np.isnan([row["difference"], row["low"], row["p"], row["q"]]).all()
    assert result.family == 0
    larger = score_contrasts(answers(), by=["target"], side="late", min_group=41)
    assert np.isnan(only(larger)["difference"])


def test_scores_that_are_all_alike_show_no_difference_and_no_certainty():
    row = only(score_contrasts(answers().assign(score=4.0), by=["target"], side="late"))
    assert np.isnan(row["difference"])


def test_no_answers_are_no_fault():
    result = score_contrasts(answers().iloc[:0], by=["target"], side="late")
    assert result.table.empty
    assert {"target", "difference", "q"} <= set(result.table.columns)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"by": ["taget"]}, "no column 'taget'. Did you mean 'target'"),
        ({"by": []}, "names no column"),
        ({"side": "score"}, "Not true or false"),
        ({"score": "target"}, "Not a number"),
        ({"q": 0}, "between 0 and 1"),
        ({"min_group": True}, "min_group"),
    ],
)
def test_bad_input_is_told(change, message):
    with pytest.raises(InputError, match=message):
        score_contrasts(answers(), **({"by": ["target"], "side": "late"} | change))


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (-0.09, -0.01, "same"),  # excludes 0, and yet too small to matter
        (-0.1, 0.1, "same"),
        (-0.3, -0.05, "lower"),
        (0.02, 0.4, "higher"),
        (-0.11, 0.05, "cannot_tell"),
        (np.nan, np.nan, "not_compared"),
    ],
)
def test_verdicts_of_intervals(low, high, verdict):
    assert score_verdicts(pd.Series([low]), pd.Series([high]), 0.1).tolist() == [verdict]
