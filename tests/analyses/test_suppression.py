from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slm_analysis.analyses.suppression import (
    COMPLEMENT,
    SHOWN,
    hidden_beside,
    hidden_reasons,
    merged_periods,
    respondents_of,
)
from slm_analysis.errors import InputError


def reasons(counts, **options):
    return hidden_reasons(pd.Series(counts, dtype=int), **options).tolist()


def test_nothing_is_hidden_where_every_group_is_large_enough():
    assert reasons([5, 8, 100]) == ["", "", ""]


def test_one_small_group_takes_the_next_smallest_with_it():
    assert reasons([40, 3, 12, 9]) == ["", "few_respondents", "", "complement"]


def test_small_groups_that_are_enough_together_need_no_complement():
    assert reasons([40, 3, 2]) == ["", "few_respondents", "few_respondents"]


def test_small_groups_that_are_too_few_together_need_one():
    assert reasons([40, 1, 2, 30]) == ["", "few_respondents", "few_respondents", "complement"]


def test_counts_of_the_same_people_do_not_add_up():
    assert reasons([40, 3, 4], overlapping=True) == [
        "complement",
        "few_respondents",
        "few_respondents",
    ]


def test_without_a_total_there_is_nothing_to_subtract_from():
    assert reasons([40, 3, 12], total_shown=False) == ["", "few_respondents", ""]


def test_a_group_without_respondents_neither_hides_nor_protects():
    assert reasons([0, 3, 0, 20]) == ["", "few_respondents", "", "complement"]


def test_only_small_groups_are_all_hidden():
    assert reasons([1, 2]) == ["few_respondents", "few_respondents"]


def test_the_first_of_equal_groups_is_the_complement():
    assert reasons([7, 2, 7]) == ["complement", "few_respondents", ""]


def test_reasons_keep_the_index():
    counts = pd.Series([3, 40, 9], index=["b", "a", "b"])
    assert hidden_reasons(counts).index.tolist() == ["b", "a", "b"]


def test_no_groups_give_no_reasons():
    assert reasons([]) == []


@pytest.mark.parametrize("wrong", [0, -1, 2.5, True, "5"])
def test_min_group_must_be_a_number_of_respondents(wrong):
    with pytest.raises(InputError, match="min_group is not a number of respondents"):
        reasons([1], min_group=wrong)


@given(st.lists(st.integers(0, 30), max_size=12), st.integers(1, 10))
def test_neither_a_group_nor_the_rest_of_a_total_reveals_few(counts, min_group):
    hidden = [bool(reason) for reason in reasons(counts, min_group=min_group)]
    shown = [n for n, h in zip(counts, hidden, strict=True) if n and not h]
    rest = sum(n for n, h in zip(counts, hidden, strict=True) if h)
    assert all(n >= min_group for n in shown)
    assert rest == 0 or rest >= min_group or sum(counts) < min_group
    assert reasons(counts, min_group=min_group).count("complement") <= 1


@given(st.lists(st.integers(0, 30), max_size=12), st.integers(1, 10))
def test_more_is_hidden_where_people_overlap(counts, min_group):
    apart = reasons(counts, min_group=min_group)
    overlapping = reasons(counts, min_group=min_group, overlapping=True)
    assert all(o or not a for a, o in zip(apart, overlapping, strict=True))


def test_an_answer_without_respondent_is_a_respondent_of_its_own():
    answers = pd.DataFrame({"respondent_id": ["x", None, "y", "x", None]}, index=[9, 8, 7, 6, 5])
    who = respondents_of(answers)
    assert who.index.tolist() == [9, 8, 7, 6, 5]
    assert who.nunique() == 4
    assert who[9] == who[6]


def test_without_respondents_every_answer_is_one():
    assert respondents_of(pd.DataFrame({"score": [1, 1, 1]})).nunique() == 3


def blocks(periods, people, **options):
    return merged_periods(pd.Series(periods), pd.Series(people), **options).tolist()


def test_adjacent_periods_are_merged_until_they_are_enough():
    periods = [1, 1, 1, 2, 2, 3, 3, 3, 3, 3]
    assert blocks(periods, range(10)) == [1, 1, 1, 1, 1, 3, 3, 3, 3, 3]


def test_what_is_left_at_the_end_joins_the_block_before():
    periods = [1] * 5 + [2] * 5 + [3]
    assert blocks(periods, range(11)) == [1] * 5 + [2] * 6


def test_the_same_people_are_counted_once_over_the_merged_periods():
    periods = [1] * 4 + [2] * 4 + [3] * 4
    people = list("abcd") * 2 + list("abce")
    assert blocks(periods, people) == [1] * 12


def test_too_few_in_all_are_a_gap():
    assert pd.isna(blocks([1, 2, 3], list("abc"))).all()


def test_periods_may_be_times_in_any_order():
    times = pd.Series(pd.to_datetime(["2026-02-01", "2026-01-01"] * 3, utc=True))
    merged = merged_periods(times, pd.Series(range(6)), min_group=4)
    assert merged.dtype == times.dtype
    assert merged.unique().tolist() == [pd.Timestamp("2026-01-01", tz="UTC")]


def test_times_that_are_too_few_are_missing_times():
    times = pd.Series(pd.to_datetime(["2026-01-01"], utc=True))
    assert merged_periods(times, pd.Series([1])).isna().all()


def test_no_answers_have_no_periods():
    assert blocks([], []) == []


@given(
    st.lists(st.tuples(st.integers(0, 8), st.integers(0, 12)), min_size=1, max_size=60),
    st.integers(1, 6),
)
def test_every_block_is_whole_periods_with_enough_people(answers, min_group):
    frame = pd.DataFrame(answers, columns=["period", "who"])
    frame["block"] = merged_periods(frame["period"], frame["who"], min_group=min_group)
    if frame["who"].nunique() < min_group:
        assert frame["block"].isna().all()
        return
    assert frame["block"].notna().all()
    assert (frame.groupby("block")["who"].nunique() >= min_group).all()
    assert not frame[["period", "block"]].drop_duplicates()["period"].duplicated().any()
    assert (frame.groupby("block")["period"].min() == frame.groupby("block")["block"].min()).all()
    assert frame.sort_values("period")["block"].is_monotonic_increasing


# --- Two tables of the same answers --------------------------------------------------------------


def beside(answers, min_group=5):
    """Return the reasons of a table by team beside one by service, both with the total."""
    frame = pd.DataFrame(answers, columns=["service", "team", "who"])
    people = frame.groupby("service")["who"].nunique(), frame.groupby("team")["who"].nunique()
    services, teams = (
        hidden_reasons(n, min_group=min_group, overlapping=n.sum() > frame["who"].nunique())
        for n in people
    )
    found = hidden_beside(
        frame["team"], teams, frame["service"], services, frame["who"], min_group=min_group
    )
    return frame, services, found


def tells_of_few(frame, services, teams):
    """Return whether some sum of all published figures is about fewer than five people.

    Independent of the method: the published sums span a space of weights of answers; of every four
    people it is asked whether a vector in it is 0 for all others.
    """
    rows = [np.ones(len(frame))]
    for column, reasons in (("service", services), ("team", teams)):
        shown = reasons.index[reasons == SHOWN]
        rows += [(frame[column] == group).to_numpy(float) for group in shown]
    space = np.array(rows)
    who = pd.factorize(frame["who"])[0]
    few = np.array(list(combinations(np.unique(who), 4)))
    others = ~(who == few[:, :, None]).any(axis=1)
    ranks = np.linalg.matrix_rank(space * others[:, None, :])
    return bool((ranks < np.linalg.matrix_rank(space)).any())


def test_a_service_less_its_team_would_reveal_the_few_who_were_handed_over():
    # Payments are done by one team; two answers are about tickets that another team had.
    answers = [("Payments", "Treasury", i) for i in range(20)]
    answers += [("Payments", "Bank", i) for i in (20, 21)]
    answers += [("Invoices", "AP", i) for i in range(30, 50)]
    answers += [("Invoices", "Bank", i) for i in range(50, 56)]
    frame, services, teams = beside(answers)
    assert services.eq(SHOWN).all()
    assert hidden_reasons(frame.groupby("team")["who"].nunique()).eq(SHOWN).all()
    # Payments less Treasury are two people: the smallest team at fault is hidden with them.
    assert teams.to_dict() == {"AP": SHOWN, "Bank": COMPLEMENT, "Treasury": COMPLEMENT}
    assert not tells_of_few(frame, services, teams)


def test_tables_that_cut_alike_hide_nothing():
    answers = [(group, group, (group, i)) for group in "abc" for i in range(6)]
    assert beside(answers)[2].eq(SHOWN).all()


def test_well_mixed_tables_hide_nothing():
    answers = [(s, t, (s, t, i)) for s in "ab" for t in "xy" for i in range(6)]
    assert beside(answers)[2].eq(SHOWN).all()


@settings(max_examples=50)
@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.sampled_from("uvwx"), st.integers(0, 10)),
        min_size=8,
        max_size=45,
    )
)
def test_no_sum_over_both_tables_tells_of_fewer_than_five(answers):
    frame, services, teams = beside(answers)
    if frame["who"].nunique() > 4 and services.eq(SHOWN).any():
        assert not tells_of_few(frame, services, teams)
