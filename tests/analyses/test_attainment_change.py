"""What changed between two periods: Kitagawa's parts, their sums, what is more than chance."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from slm_analysis.analyses.attainment_change import attainment_change
from slm_analysis.errors import InputError


def period(counts):
    """Return tickets from {group: (met, n)}."""
    return pd.DataFrame(
        [(group, i >= met) for group, (met, n) in counts.items() for i in range(n)],
        columns=["team", "breached"],
    )


def group(result, name):
    return result.groups.set_index("team").loc[name]


def codes(result):
    return {note.code: dict(note.values) for note in result.notes}


# --- Kitagawa's parts ----------------------------------------------------------------------------


def test_by_hand():
    # A keeps its rate and shrinks from 80 to 60 %, B falls from 80 to 70 % and grows.
    before = period({"A": (76, 80), "B": (16, 20)})
    after = period({"A": (57, 60), "B": (28, 40)})
    result = attainment_change(before, after, by="team")
    assert (result.before, result.after) == (0.92, 0.85)
    assert result.change == pytest.approx(-0.07)
    usual = (0.92 + 0.85) / 2
    a, b = group(result, "A"), group(result, "B")
    assert a["performance"] == pytest.approx(0, abs=1e-15)
    assert a["mix"] == pytest.approx(-0.2 * (0.95 - usual))
    assert b["performance"] == pytest.approx(-0.1 * 0.3)
    assert b["mix"] == pytest.approx(0.2 * (0.75 - usual))
    # Mix as Kitagawa 1955 states it, without a common rate to compare with.
    assert result.mix == pytest.approx(-0.2 * 0.95 + 0.2 * 0.75)
    assert result.performance == pytest.approx(-0.03)
    assert result.groups["team"].tolist() == ["B", "A"]


def test_a_group_of_one_period_is_mix_at_its_own_rate():
    before = period({"A": (90, 100), "old": (40, 50)})
    after = period({"A": (90, 100), "new": (10, 50)})
    result = attainment_change(before, after, by="team")
    usual = (130 / 150 + 100 / 150) / 2
    assert group(result, "new")["mix"] == pytest.approx(1 / 3 * (0.2 - usual))
    assert group(result, "old")["mix"] == pytest.approx(-1 / 3 * (0.8 - usual))
    assert (result.groups["performance"] == 0).all()
    assert np.isnan(group(result, "new")["rate_before"])
    assert group(result, "new")["n_before"] == 0
    assert result.mix == pytest.approx(result.change, abs=1e-12)


COUNTS = st.dictionaries(
    st.sampled_from("ABCDEF"),
    st.integers(0, 40).flatmap(lambda met: st.tuples(st.just(met), st.integers(max(met, 1), 60))),
    min_size=1,
)


@given(before=COUNTS, after=COUNTS)
def test_parts_sum_to_the_change(before, after):
    first, last = period(before), period(after)
    copies = first.copy(), last.copy()
    result = attainment_change(first, last, by=["team"])
    change = (1 - last["breached"].mean()) - (1 - first["breached"].mean())
    assert result.change == pytest.approx(change, abs=1e-12)
    assert result.mix + result.performance == pytest.approx(change, abs=1e-12)
    assert result.groups["total"].sum() == pytest.approx(change, abs=1e-12)
    parts = result.groups["mix"] + result.groups["performance"]
    assert parts.tolist() == pytest.approx(result.groups["total"].tolist(), abs=1e-12)
    assert result.change_low <= result.change + 1e-12 <= result.change_high + 2e-12
    # Seen backwards, every part has the other sign.
    back = attainment_change(last, first, by=["team"]).groups.set_index("team")
    there = result.groups.set_index("team").loc[back.index]
    assert back["mix"].tolist() == pytest.approx((-there["mix"]).tolist(), abs=1e-12)
    for frame, copy in zip((first, last), copies, strict=True):
        pd.testing.assert_frame_equal(frame, copy)


def test_two_columns_group_by_their_combinations():
    before = period({"A": (90, 100)}).assign(priority=["P1", "P2"] * 50)
    after = period({"A": (80, 100)}).assign(priority=["P1", "P2"] * 50)
    result = attainment_change(before, after, by=["team", "priority"])
    assert result.groups[["team", "priority"]].to_numpy().tolist() == [["A", "P1"], ["A", "P2"]]
    assert result.performance == pytest.approx(-0.1)


def test_missing_groups_and_bands_of_numbers_are_the_same_in_both_periods():
    before = period({"A": (90, 100)}).assign(amount=np.arange(100.0), kind=None)
    after = period({"A": (90, 100)}).assign(amount=np.arange(50.0, 150.0), kind="x")
    bands = attainment_change(before, after, by="amount").groups
    assert len(bands) == 5
    kinds = attainment_change(before, after, by="kind").groups
    assert sorted(kinds["kind"]) == ["(not stated)", "x"]


# --- What is more than chance --------------------------------------------------------------------


def test_two_periods_of_newcombe(shared):
    text = (shared / "reference" / "effects.json").read_text(encoding="utf-8")
    case = next(c for c in json.loads(text)["cases"] if c["id"] == "proportions")
    result = attainment_change(period({"A": (48, 80)}), period({"A": (56, 70)}), by="team")
    assert [result.change_low, result.change_high] == pytest.approx(
        case["expected"]["statsmodels"]["newcombe"], abs=case["tolerance"]
    )
    assert group(result, "A")["p"] == pytest.approx(case["expected"]["R"]["two"]["p"], abs=1e-9)


def draw(seed, rates, per_day=12, days=60):
    """Return tickets of teams by day of opening, each met at its rate."""
    random = np.random.default_rng(seed)
    n = per_day * days
    team = random.choice(list(rates), n)
    opened = pd.Timestamp("2026-09-01") + pd.to_timedelta(random.integers(0, days, n), unit="D")
    chance = pd.Series(team).map(rates).to_numpy()
    return pd.DataFrame({"team": team, "opened_at": opened, "breached": random.random(n) > chance})


def test_the_planted_team_is_clear_and_the_others_are_not():
    first = draw(1, dict.fromkeys("ABCD", 0.95))
    last = draw(2, dict.fromkeys("ABCD", 0.95) | {"B": 0.75})
    result = attainment_change(first, last, by="team")
    assert result.groups["team"].iloc[0] == "B"
    assert result.groups.set_index("team")["clear"].to_dict() == {
        "A": False, "B": True, "C": False, "D": False,
    }  # fmt: skip
    assert group(result, "B")["performance_high"] < 0
    assert result.family == 4


def test_noise_is_seldom_called_clear():
    same = dict.fromkeys("ABCDE", 0.93)
    found = [
        attainment_change(draw(seed, same), draw(1000 + seed, same), by="team")
        .groups["clear"]
        .any()
        for seed in range(100)
    ]
    # At a chance of 5 % more than 11 of 100 would happen once in a hundred times.
    assert sum(found) <= 11


def test_small_groups_are_in_the_sums_and_not_judged():
    result = attainment_change(
        period({"A": (90, 100), "B": (10, 29)}), period({"A": (90, 100), "B": (29, 29)}), by="team"
    )
    small = group(result, "B")
    assert small["performance"] > 0
    assert small[["p", "q", "performance_low", "performance_high"]].isna().all()
    assert not small["clear"]
    assert codes(result)["change_groups_not_judged"] == {"groups": 1, "min_cases": 30}
    assert "days_unknown" in codes(result)


def test_all_met_in_both_is_no_change():
    every = period({"A": (50, 50)})
    result = attainment_change(every, every, by="team")
    assert (result.change, result.mix, result.performance) == (0, 0, 0)
    assert result.change_low < 0 < result.change_high
    assert not result.groups["clear"].any()


def test_undecided_tickets_are_left_out_and_counted():
    before = period({"A": (30, 60)})
    open_ = before["breached"].astype("boolean").mask(before.index % 2 == 0)
    result = attainment_change(before.assign(breached=open_), before, by="team")
    assert (result.n_before, result.n_after) == (30, 60)
    assert codes(result)["undecided_left_out"] == {"tickets": 30}


# --- Bad input -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"by": "taem"}, "Did you mean 'team'"),
        ({"by": []}, "at least one column"),
        ({"by": "team", "breached": "breeched"}, "Did you mean 'breached'"),
        ({"by": "team", "q": 1}, "between 0 and 1"),
        ({"by": "breached", "breached": "team"}, "neither true nor false"),
    ],
)
def test_bad_input_is_told(arguments, message):
    frame = period({"A": (50, 60)})
    with pytest.raises(InputError, match=message):
        attainment_change(frame, frame, **arguments)


def test_an_empty_period_is_told():
    frame = period({"A": (50, 60)})
    with pytest.raises(InputError, match="in the period 'after'"):
        attainment_change(frame, frame[:0], by="team")
