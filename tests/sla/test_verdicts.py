import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from slm_analysis.sla.verdicts import verdicts


def judged(**values):
    """Return result and evidence of one row; without an interval the evidence is uncertain."""
    row = {
        "value": np.nan, "counted": 0, "undecided": 0, "goal_value": 0.95, "at_most": False,
        "minimum": 1, "low": np.nan, "high": np.nan,
    } | values  # fmt: skip
    got = verdicts(pd.DataFrame([row])).iloc[0]
    return got["result"], got["evidence"]


def share(kept, counted, **values):
    return judged(value=kept / counted if counted else np.nan, counted=counted, **values)[0]


@pytest.mark.parametrize(
    ("kept", "counted", "goal", "result"),
    [
        (57, 60, 0.95, "met"),
        (56, 60, 0.95, "missed"),
        (19, 20, 0.95, "met"),
        (999, 1000, 0.999, "met"),
        (998, 1000, 0.999, "missed"),
        (2, 3, 2 / 3, "met"),
        (60, 60, 1.0, "met"),
        (59, 60, 1.0, "missed"),
        (99_999, 100_000, 1.0, "missed"),
        (0, 60, 0.0, "met"),
    ],
)
def test_the_goal_itself_is_enough(kept, counted, goal, result):
    assert share(kept, counted, goal_value=goal) == result


@given(st.integers(1, 2000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_a_share_equal_to_its_goal_is_always_met(case):
    kept, counted = case
    assert share(kept, counted, goal_value=kept / counted) == "met"
    assert share(kept, counted, goal_value=kept / counted, at_most=True) == "met"
    if kept < counted:
        assert share(kept, counted, goal_value=(kept + 1) / counted) == "missed"


@pytest.mark.parametrize(
    ("kept", "counted", "undecided", "result"),
    [
        (95, 95, 5, "met"),  # also if all five are late: 95 of 100
        (94, 94, 6, "open"),
        (90, 95, 5, "open"),  # 95 of 100 if all five are in time
        (89, 95, 5, "missed"),  # 94 of 100 at best
        (0, 0, 3, "open"),
        (0, 0, 0, "no_cases"),
    ],
)
def test_open_while_running_tickets_could_still_decide(kept, counted, undecided, result):
    assert share(kept, counted, undecided=undecided) == result


@given(
    st.integers(0, 200), st.integers(0, 200), st.integers(0, 30), st.sampled_from([0.9, 0.95, 1])
)
def test_open_says_just_that_both_ends_are_possible(kept, late, undecided, goal):
    counted = kept + late
    cases = counted + undecided
    result = share(kept, counted, undecided=undecided, goal_value=goal)
    if not cases:
        assert result == "no_cases"
        return
    # Whole numbers, so that no rounding decides: kept / cases >= goal.
    worst = kept * 100 >= round(goal * 100) * cases
    best = (kept + undecided) * 100 >= round(goal * 100) * cases
    assert result == {(True, True): "met", (False, False): "missed"}.get((worst, best), "open")


def test_a_minimum_of_tickets():
    assert share(9, 9, minimum=10) == "too_few"
    assert share(10, 10, minimum=10) == "met"
    assert share(5, 10, minimum=10) == "missed"
    assert share(9, 9, undecided=1, minimum=10) == "open"  # the tenth may still be counted
    assert share(0, 0, minimum=10) == "no_cases"


def test_at_most():
    assert share(2, 100, goal_value=0.02, at_most=True) == "met"
    assert share(3, 100, goal_value=0.02, at_most=True) == "missed"
    assert share(0, 100, goal_value=0.0, at_most=True) == "met"


def test_a_score_is_judged_like_a_share():
    assert judged(value=4.2, counted=40, goal_value=4.2) == ("met", "uncertain")
    assert judged(value=4.19, counted=40, goal_value=4.2, low=4.0, high=4.4)[0] == "missed"
    assert judged(value=-12.0, counted=40, goal_value=-10)[0] == "missed"


@pytest.mark.parametrize(
    ("low", "high", "evidence"),
    [
        (0.93, 0.97, "uncertain"),
        (0.951, 0.99, "clear"),
        (0.90, 0.949, "clear"),
        (0.95, 0.99, "uncertain"),  # the goal is the end of the interval
        (0.90, 0.95, "uncertain"),
        (0.96, 0.96, "clear"),  # counted whole: no sampling error
        (np.nan, np.nan, "uncertain"),
    ],
)
def test_evidence_is_clear_where_the_interval_excludes_the_goal(low, high, evidence):
    assert judged(value=0.95, counted=100, low=low, high=high)[1] == evidence


def test_the_frame_is_unchanged_and_keeps_its_columns():
    frame = pd.DataFrame(
        {
            "name": ["a"], "value": [0.9], "counted": [10], "undecided": [0], "goal_value": [0.95],
            "at_most": [False], "minimum": [1], "low": [0.6], "high": [0.98],
        }
    )  # fmt: skip
    before = frame.copy()
    got = verdicts(frame)
    pd.testing.assert_frame_equal(frame, before)
    assert list(got.columns) == [*frame.columns, "result", "evidence"]
    assert verdicts(frame.iloc[:0]).empty
