"""Two things together: planted pairs, effects of one alone, noise, bad input."""

import numpy as np
import pandas as pd
import pytest

from slm_analysis.analyses.breach_drivers import ARISES
from slm_analysis.analyses.breach_pairs import MOST_PAIRS, breach_pairs
from slm_analysis.errors import InputError

DRIVERS = ["team", "hold", "channel"]


def alike(frame):
    return np.full(len(frame), 0.04)


def tickets(seed, chance=alike, days=160, per_day=20):
    random = np.random.default_rng(seed)
    n = days * per_day
    frame = pd.DataFrame(
        {
            "opened_at": pd.Timestamp("2026-01-01", tz="UTC")
            + pd.to_timedelta(random.integers(0, days, n), unit="D"),
            "team": random.choice(["A", "B", "C"], n),
            "hold": random.choice(["no hold", "no PO", "price"], n, p=[0.5, 0.3, 0.2]),
            "channel": random.choice(["mail", "portal"], n),
        }
    )
    return frame.assign(breached=random.random(n) < chance(frame))


def without_order_in_b(frame):
    return np.where((frame["team"] == "B") & (frame["hold"] == "no PO"), 0.35, 0.04)


def codes(result):
    return {note.code: dict(note.values) for note in result.notes}


@pytest.mark.parametrize("seed", range(10))
def test_the_planted_pair_is_found_and_nothing_else(seed):
    result = breach_pairs(tickets(seed, without_order_in_b), drivers=DRIVERS)
    found = result.pairs[result.pairs["found"]]
    assert [set(row) for row in found[["level", "with_level"]].to_numpy()] == [{"B", "no PO"}]
    first = result.pairs.iloc[0]
    assert first["excess_low"] > 0
    assert first["rate"] == pytest.approx(0.35, abs=0.12)
    assert max(first["rate_first"], first["rate_second"], first["rate_neither"]) < 0.12


def test_noise_is_seldom_found():
    found = [
        breach_pairs(tickets(seed), drivers=DRIVERS).pairs["found"].any() for seed in range(100)
    ]
    # At a chance of 5 % more than 11 of 100 would happen once in a hundred times.
    assert sum(found) <= 11


def test_what_each_brings_alone_is_no_pair():
    def both_alone(frame):
        return 0.04 + 0.15 * (frame["team"] == "B") + 0.15 * (frame["hold"] == "no PO")

    found = [
        breach_pairs(tickets(seed, both_alone), drivers=DRIVERS).pairs["found"].any()
        for seed in range(60)
    ]
    assert sum(found) <= 8


def test_numbers_are_those_of_the_held_out_days():
    frame = tickets(3, without_order_in_b)
    result = breach_pairs(frame, drivers=DRIVERS)
    held = frame[(frame["opened_at"] - frame["opened_at"].min()).dt.days % 2 == 1]
    assert result.held_out == len(held)
    row = result.pairs.iloc[0]
    one = held[row["driver"]] == row["level"]
    other = held[row["with_driver"]] == row["with_level"]
    late = held["breached"]
    assert (row["n"], row["breaches"]) == ((one & other).sum(), late[one & other].sum())
    alone = late[one & ~other].mean() + late[~one & other].mean() - late[~one & ~other].mean()
    assert row["expected"] == pytest.approx(row["n"] * alone)
    assert row["excess"] == pytest.approx(row["breaches"] - row["expected"])
    assert row["excess_low"] < row["excess"] < row["excess_high"]


def test_few_pairs_are_tried_and_their_number_is_told():
    result = breach_pairs(tickets(4, without_order_in_b), drivers=DRIVERS)
    assert result.tried <= MOST_PAIRS
    assert result.interval_level == pytest.approx(1 - 0.05 / result.tried)
    assert codes(result)["pairs_tried"] == {"searched": result.searched, "tried": result.tried}


def test_what_arises_is_no_condition():
    frame = tickets(5, without_order_in_b).assign(reopen_count=lambda f: f["team"])
    result = breach_pairs(frame, drivers=["reopen_count", "hold"], arises=ARISES)
    assert result.searched == 0
    assert result.pairs.empty
    assert codes(result) == {}


def test_small_cells_and_few_days_are_not_judged():
    assert breach_pairs(tickets(6, days=4), drivers=DRIVERS).pairs["found"].sum() == 0
    assert breach_pairs(tickets(6)[:0], drivers=DRIVERS).pairs.empty
    few = breach_pairs(tickets(6, without_order_in_b)[:100], drivers=DRIVERS)
    assert few.searched == 0


def test_the_frame_is_left_as_it_was_and_order_does_not_matter():
    frame = tickets(7, without_order_in_b)
    before = frame.copy()
    result = breach_pairs(frame, drivers=DRIVERS)
    pd.testing.assert_frame_equal(frame, before)
    again = breach_pairs(frame.sample(frac=1, random_state=1), drivers=DRIVERS)
    pd.testing.assert_frame_equal(again.pairs, result.pairs)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"drivers": ["taem"]}, "Did you mean 'team'"),
        ({"drivers": ["team"], "breached": "hold"}, "neither true nor false"),
        ({"drivers": ["team"], "q": 0}, "between 0 and 1"),
    ],
)
def test_bad_input_is_told(arguments, message):
    with pytest.raises(InputError, match=message):
        breach_pairs(tickets(1), **arguments)


def test_days_are_needed():
    with pytest.raises(InputError, match="'opened_at'"):
        breach_pairs(tickets(1).drop(columns="opened_at"), drivers=["team"])
