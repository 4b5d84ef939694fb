"""Scores before and after a date, the mix of answers held fixed; what is said of it."""

import numpy as np
import pandas as pd
import pytest

from slm_analysis.analyses.answer_change import answer_change
from slm_analysis.errors import InputError
from slm_analysis.presentation import say, table

CALL = {"score": "score", "time": "time", "on": "2025-07-01"}


def answers(*, mix=(0.3, 0.3), gain=0.0, rate=(0.5, 0.5), n=2400, seed=0):
    """Return requests of mail (scores about 3.3) and phone (4.3), phone being `mix` of them."""
    rng = np.random.default_rng(seed)
    time = pd.date_range("2025-01-01", periods=n, freq="3h")
    after = (time >= "2025-07-01").astype(int)
    phone = rng.random(n) < np.array(mix)[after]
    score = np.clip(np.round(rng.normal(3.3 + phone + gain * after, 1)), 1, 5)
    answered = rng.random(n) < np.array(rate)[after]
    return pd.DataFrame(
        {
            "time": time,
            "channel": np.where(phone, "phone", "mail"),
            "score": np.where(answered, score, np.nan),
            "answered": answered,
        }
    )


def figure(found, name):
    return found.table.set_index("figure").loc[name]


def codes(found):
    return [n.code for n in found.notes]


def test_a_gain_in_every_group_remains_with_the_mix_held_fixed():
    found = answer_change(answers(gain=0.5), **CALL, by=["channel"], answered="answered")
    for name in ("mean_difference", "reweighted_difference"):
        assert figure(found, name)["low"] < 0.47 < figure(found, name)["high"]
        assert figure(found, name)["low"] > 0
    assert figure(found, "odds_ratio")["low"] > 1
    assert codes(found) == []
    assert say(found).sentences[1].startswith("With the mix of answers held fixed the difference")


def test_another_mix_alone_is_no_gain():
    found = answer_change(answers(mix=(0.3, 0.7)), **CALL, by=["channel"], answered="answered")
    assert figure(found, "mean_difference")["low"] > 0
    fixed = figure(found, "reweighted_difference")
    assert fixed["low"] < 0 < fixed["high"]
    assert codes(found) == ["mix_changed"]
    told = say(found)
    assert told.sentences[0].startswith("Scores are higher since the change (mean +0.")
    assert told.sentences[1].startswith(
        "With the mix of answers held fixed no difference shows any more ("
    )
    assert told.caveats == [
        "Who answers has changed: the plain difference mixes that with how they score.",
        "Two times are compared, without trend or season.",
    ]


def test_the_reweighted_mean_by_hand():
    df = answers(mix=(0.3, 0.7), gain=0.2)
    found = answer_change(df, **CALL, by=["channel"])
    known = df.dropna(subset="score").assign(after=df["time"] >= "2025-07-01")
    mean = known.groupby(["channel", "after"])["score"].mean().unstack()
    weight = known.loc[~known["after"], "channel"].value_counts(normalize=True)
    by_hand = (weight * mean[True]).sum() - known.loc[~known["after"], "score"].mean()
    assert figure(found, "reweighted_difference")["estimate"] == pytest.approx(by_hand)
    assert found.mix["share_before"].sum() == pytest.approx(1)
    assert found.mix["mean_before"].tolist() == pytest.approx(mean[False].tolist())


def test_a_change_in_the_response_rate_is_told():
    found = answer_change(answers(rate=(0.6, 0.4)), **CALL, answered="answered")
    rate = figure(found, "response_rate_difference")
    assert rate["low"] < -0.2 < rate["high"] < 0
    assert say(found).sentences[-1].startswith("Fewer people answer (response rate −")
    unknown = answer_change(answers(), **CALL)
    assert codes(unknown) == ["response_rate_unknown"]
    assert np.isnan(figure(unknown, "response_rate_difference")["estimate"])


def test_groups_without_answers_after_are_not_compared():
    found = answer_change(answers(mix=(0.3, 0.0)), **CALL, by=["channel"], answered="answered")
    assert codes(found) == ["mix_changed", "cells_not_compared"]
    assert found.compared_share == pytest.approx(0.7, abs=0.05)
    assert any("come from groups without answers after" in text for text in say(found).caveats)


def test_nothing_is_found_where_nothing_changed():
    held = [figure(answer_change(answers(seed=s), **CALL), "mean_difference") for s in range(30)]
    assert np.mean([row["low"] <= 0 <= row["high"] for row in held]) >= 0.85  # 30 at 95 %


def test_all_scores_alike_leave_the_odds_open():
    df = answers().assign(score=4.0)
    found = answer_change(df, **CALL, by=["channel"])
    assert "not_converged" in codes(found)
    assert say(found).sentences[0].startswith("Scores do not differ beyond chance")


def test_the_table_tells_every_figure():
    found = answer_change(answers(), **CALL, by=["channel"], answered="answered")
    shown = table(found)
    assert [row[0] for row in shown.rows] == [
        "mean score",
        "mean score, mix of answers held fixed",
        "odds of a higher score",
        "response rate",
    ]
    assert shown.caption.endswith("after; 95% interval")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"score": "scor"}, "Did you mean 'score'"),
        ({"by": ["chanel"]}, "Did you mean 'channel'"),
        ({"on": "1/7/25 ?"}, "YYYY-MM-DD"),
        ({"on": "2024-01-01"}, "0 answers before"),
    ],
)
def test_bad_input_is_named(change, message):
    with pytest.raises(InputError, match=message):
        answer_change(answers(), **(CALL | change))
