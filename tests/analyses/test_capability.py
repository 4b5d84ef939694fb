"""What a process can keep: exact cases, planted truth, censoring, words, bad input."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from slm_analysis import capability, say, table
from slm_analysis.errors import InputError
from slm_analysis.intervals import rate_intervals


def tickets(hours, **columns):
    return pd.DataFrame({"hours": np.asarray(hours, dtype=float), **columns})


def row(df, **how):
    found = capability(df, **{"time": "hours", "target": 8.0} | how).table
    assert len(found) == 1
    return found.iloc[0]


def test_the_share_beyond_has_the_interval_of_a_rate_of_clustered_days():
    rng = np.random.default_rng(1)
    df = tickets(rng.lognormal(1, 0.8, 400), day=np.repeat(np.arange(20), 20))
    found = row(df, day="day")
    expected = rate_intervals(df.assign(late=df["hours"] > 8), favourable="late", day="day").iloc[0]
    assert found["share_beyond"] == expected["rate"]
    assert (found["low"], found["high"]) == (expected["low"], expected["high"])
    assert found["beyond"] == (df["hours"] > 8).sum()


def test_a_time_at_the_target_is_within_it():
    assert row(tickets([8.0] * 30))["beyond"] == 0


def test_the_time_kept_lies_between_order_statistics():
    """Of 100 values P(X(90) <= q95 <= X(99)) = P(90 <= B <= 98) = 0.952, B binomial (100, 0.95)."""
    found = row(tickets(np.arange(1, 101)))
    assert (found["kept_low"], found["kept"], found["kept_high"]) == (90, 95, 100)


def test_with_few_tickets_the_upper_end_is_unknown():
    found = row(tickets(np.arange(1, 41)))
    assert found["kept"] == 38
    assert np.isnan(found["kept_high"])
    result = capability(tickets(np.arange(1, 41)), time="hours", target=8.0)
    assert [(n.code, dict(n.values)) for n in result.notes] == [("end_unknown", {"groups": 1})]


@pytest.mark.parametrize(("late", "verdict"), [(2, "kept"), (25, "cannot_tell"), (60, "not_kept")])
def test_verdicts(late, verdict):
    hours = np.r_[np.full(late, 9.0), np.full(500 - late, 4.0)]
    assert row(tickets(hours, day=np.arange(500)))["verdict"] == verdict


def test_open_tickets_count_as_open():
    hours = np.r_[np.full(90, 4.0), np.full(5, 2.0), np.full(5, 20.0)]
    ended = np.r_[np.full(90, True), np.full(10, False)]
    found = row(tickets(hours, ended=ended), ended="ended")
    assert (found["still_open"], found["undecided"], found["beyond"]) == (10, 5, 5)
    assert found["share_beyond"] == 5 / 95
    assert np.isnan(found["kept"])  # 90 of the 95 that reached 4 hours are done: 94.7 %
    assert row(tickets(hours, ended=ended), ended="ended", goal_share=0.9)["kept"] == 4


def test_censored_tickets_pull_the_time_up():
    rng = np.random.default_rng(2)
    hours, cut = rng.exponential(4, 2000), rng.exponential(20, 2000)
    df = tickets(np.minimum(hours, cut), ended=hours <= cut)
    found = row(df, ended="ended")
    truth = -4 * np.log(0.05)
    assert found["kept_low"] < truth < found["kept_high"]
    assert row(df)["kept"] < found["kept"]


def test_days_that_go_together_widen_both_intervals():
    rng = np.random.default_rng(3)
    day = np.repeat(np.arange(30), 20)
    hours = np.exp(0.5 * rng.normal(size=30)[day] + 0.5 * rng.normal(size=600))
    df = tickets(hours, day=day)
    alone, together = row(df, target=2.5), row(df, target=2.5, day="day")
    assert together["kept"] == alone["kept"]
    for low, high in (("low", "high"), ("kept_low", "kept_high")):
        assert together[low] <= alone[low]
        assert not together[high] < alone[high]
    assert together["high"] - together["low"] > 1.3 * (alone["high"] - alone["low"])


def test_groups_stand_alone_and_targets_may_differ():
    a, b = tickets(np.arange(1, 101), service="A", goal=8.0), tickets([5.0] * 30, service="B")
    df = pd.concat([a, b.assign(goal=[4.0] * 10 + [6.0] * 20)], ignore_index=True)
    before = df.copy()
    found = capability(df, time="hours", target="goal", by="service").table.set_index("service")
    pd.testing.assert_frame_equal(df, before)
    assert found.loc["A", "kept"] == row(a.drop(columns=["service", "goal"]))["kept"]
    assert found.loc["B", "beyond"] == 10
    assert np.isnan(found.loc["B", "target"])


def test_all_still_open():
    found = row(tickets([1.0] * 20, ended=False), ended="ended")
    assert (found["verdict"], found["undecided"]) == ("cannot_tell", 20)
    assert found[["share_beyond", "kept", "kept_high"]].isna().all()


# --- Words ------------------------------------------------------------------------------------


def test_sentences():
    df = tickets(np.arange(1, 101) / 10, service="Invoice posting")
    result = capability(df, time="hours", target=8.0, by="service")
    assert say(result).sentences == [
        "Invoice posting: 8 h for 95%: not kept. 20.0% of 100 tickets took longer (13.2 to 29.1%). "
        "95% of them are done within 9.5 h (9.0 h to 10.0 h)."
    ]
    shown = table(result)
    assert shown.rows == [
        ["Invoice posting", "8 h for 95%: not kept", "100", "0", "20 of 100, 20.0%",
         "13.2 to 29.1%", "9.5 h", "9.0 h to 10.0 h"],
    ]  # fmt: skip
    assert shown.accented == [0]
    assert shown.columns[6].title == "95% done within"


def test_what_is_not_known_is_told():
    few = capability(tickets(np.arange(1, 41) / 10), time="hours", target=8.0)
    assert say(few).sentences == [
        "8 h for 95%: cannot tell. 0% of 40 tickets took longer (0 to 8.8%). 95% of them are done "
        "within 3.8 h (from 3.5 h)."
    ]
    assert say(few).caveats == [
        "With so few or so many open tickets the longest time kept is not known; groups "
        "concerned: 1."
    ]
    still = capability(tickets([1.0] * 20, ended=False), time="hours", target=8.0, ended="ended")
    assert say(still).sentences == [
        "8 h for 95%: cannot tell. By when 95% are done is not known yet: too many are still open."
    ]
    assert say(still).caveats[0] == (
        "Still open and within their target, and so left out of the shares: 20 of the tickets. "
        "The times count them as open."
    )


# --- Bad input --------------------------------------------------------------------------------

GOOD = tickets([1.0, 2.0, 3.0], service="A", verdict="x")


@pytest.mark.parametrize(
    ("df", "how", "message"),
    [
        (GOOD, {"time": "hour"}, "Did you mean 'hours'"),
        (GOOD, {"by": "servic"}, "Did you mean 'service'"),
        (GOOD, {"by": "verdict"}, "Rename it"),
        (GOOD, {"target": 0}, "Give a time over 0"),
        (GOOD, {"target": "service"}, "These are not numbers"),
        (GOOD, {"goal_share": 95}, "goal_share must lie between 0 and 1"),
        (GOOD.assign(hours=[1.0, -1.0, np.nan]), {}, "missing or below 0"),
        (GOOD.iloc[:0], {}, "There are no tickets"),
    ],
)
def test_bad_input_is_told(df, how, message):
    with pytest.raises(InputError, match=message):
        capability(df, **{"time": "hours", "target": 8.0} | how)
