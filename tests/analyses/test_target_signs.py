"""Signs in the records: each is found where it is planted, none where nothing is."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slm_analysis.analyses.target_signs import (
    BULK,
    PAUSE,
    PILE_UP,
    REOPENED,
    SIGNS,
    UNANSWERED,
    target_signs,
)
from slm_analysis.errors import InputError

DAYS = pd.date_range("2026-05-01", periods=120)
NO_PAUSES = pd.DataFrame({"ticket_id": pd.Series(dtype="str"), "used": pd.Series(dtype=float)})


def tickets(seed, n=1_200, service="S"):
    """Return tickets of a service in which nothing is planted."""
    rng = np.random.default_rng(seed)
    used = rng.exponential(0.35, n)
    opened = DAYS[np.sort(rng.integers(0, len(DAYS), n))]
    # Ends of a busy day lie within a few hours, on any of their minutes.
    ended = opened + pd.to_timedelta(9 * 60 + rng.integers(0, 480, n), unit="min")
    return pd.DataFrame(
        {
            "ticket_id": [f"{service}{i}" for i in range(n)],
            "service": service,
            "day": opened,
            "used": used,
            "ended_at": ended.tz_localize("UTC"),
            "team": rng.choice(["A", "B"], n),
            "first_used": used,
            "reopened": rng.random(n) < 0.05,
            "answered": rng.random(n) > 0.005,
        }
    )


def pauses(seed, frame, rate=0.4):
    """Return pauses that begin at any time on the clock alike."""
    rng = np.random.default_rng(seed + 1_000)
    number = rng.poisson(rate * frame["used"])
    at = np.repeat(frame["used"].to_numpy(), number) * rng.random(number.sum())
    return pd.DataFrame({"ticket_id": np.repeat(frame["ticket_id"], number), "used": at})


def found(result):
    signs = result.signs[result.signs["found"]]
    return [*zip(signs["sign"], signs["group"], strict=True)]


def row(result, sign, group="S"):
    signs = result.signs
    return signs[signs["sign"].eq(sign) & signs["group"].eq(group)].iloc[0]


def test_where_nothing_is_planted_little_is_found():
    runs = []
    for seed in range(60):
        frame = pd.concat([tickets(seed), tickets(seed + 500, 300, "Other")])
        runs.append(len(found(target_signs(frame, pauses(seed, frame)))) > 0)
    # At a chance of 5 % more than 8 of 60 would happen once in a thousand times.
    assert sum(runs) <= 8


def pile_up(frame, rng):
    late = (frame["used"] > 1) & (rng.random(len(frame)) < 0.6)
    frame["used"] = frame["used"].mask(late, rng.uniform(0.92, 1.0, len(frame)))


def reopened(frame, rng):
    last = frame["first_used"].between(0.9, 1)
    frame["reopened"] |= last & (rng.random(len(frame)) < 0.5)


def bulk(frame, rng):
    batch = rng.choice(len(frame), 12)
    frame.loc[batch, ["team", "ended_at"]] = ["A", frame["ended_at"].iloc[100]]


def unanswered(frame, rng):
    frame["answered"] &= rng.random(len(frame)) > 0.06


PLANTED = {PILE_UP: pile_up, REOPENED: reopened, BULK: bulk, UNANSWERED: unanswered}


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("sign", PLANTED)
def test_what_is_planted_is_found_alone(sign, seed):
    frame = tickets(seed, 3_000)
    PLANTED[sign](frame, np.random.default_rng(seed))
    other = tickets(seed + 500, 300, "Other")
    both = pd.concat([frame, other], ignore_index=True)
    result = target_signs(both, pauses(seed, both))
    assert (sign, "S") in found(result)
    assert all(group == "S" for _, group in found(result))
    assert row(result, sign)["count"] > row(result, sign)["expected"]


@pytest.mark.parametrize("seed", range(5))
def test_pauses_before_the_target_are_found(seed):
    frame = tickets(seed)
    began = pauses(seed, frame, 1.0)
    left = frame[frame["used"] > 1].sample(20, random_state=seed)
    more = pd.DataFrame({"ticket_id": left["ticket_id"], "used": 0.97})
    assert found(target_signs(frame, began)) == []
    result = target_signs(frame, pd.concat([began, more]))
    assert found(result) == [(PAUSE, "S")]
    assert row(result, PAUSE)["n"] == np.count_nonzero(frame["used"] > 0.9)


def test_counts_are_plain_counts():
    frame = tickets(1)
    began = pauses(1, frame)
    result = target_signs(frame, began)
    last = frame["used"] > 0.9
    assert row(result, PILE_UP)[["count", "n"]].tolist() == [
        np.count_nonzero(last & (frame["used"] <= 1)), last.sum(),
    ]  # fmt: skip
    near = began[(began["used"] > 0.9) & (began["used"] <= 1)]
    assert row(result, PAUSE)["count"] == near["ticket_id"].nunique()
    own = frame[frame["first_used"].between(0.9, 1, inclusive="right")]
    assert row(result, REOPENED)[["count", "n"]].tolist() == [own["reopened"].sum(), len(own)]
    before = frame[frame["first_used"] <= 0.9]
    assert row(result, REOPENED)["expected"] == pytest.approx(len(own) * before["reopened"].mean())
    size = frame.groupby(["team", "ended_at"])["ticket_id"].transform("size")
    assert row(result, BULK)[["count", "n"]].tolist() == [(size >= 5).sum(), len(frame)]
    assert row(result, UNANSWERED)[["count", "n", "expected"]].tolist() == [
        (~frame["answered"]).sum(), len(frame), pytest.approx(12.0),
    ]  # fmt: skip
    shares = result.signs.dropna(subset="share")
    assert shares["share"].between(shares["share_low"], shares["share_high"]).all()
    assert shares["share"].to_numpy() == pytest.approx(shares["count"] / shares["n"])


def test_batches_expected_are_those_of_ends_at_random():
    rng = np.random.default_rng(5)
    hours = pd.Timestamp("2026-05-04 10:00", tz="UTC") + pd.to_timedelta(np.arange(400), unit="h")
    minutes = rng.integers(0, 60, (400, 60))
    ended = np.repeat(hours, 60) + pd.to_timedelta(minutes.ravel(), unit="min")
    frame = tickets(5, len(ended)).assign(ended_at=ended, team="A", used=np.nan, answered=pd.NA)
    result = target_signs(frame, NO_PAUSES)
    batched = row(result, BULK)
    # Sixty ends an hour, one a minute: five together come of chance alone.
    assert batched["count"] > 200
    assert batched["count"] == pytest.approx(batched["expected"], rel=0.2)
    assert not batched["found"]


def test_times_recorded_to_the_hour_say_nothing_of_batches():
    frame = tickets(2).assign(used=np.nan)
    hourly = frame.assign(ended_at=frame["ended_at"].dt.floor("h"))
    assert BULK not in set(target_signs(hourly, NO_PAUSES).signs["sign"])


def test_a_few_tickets_are_no_sign():
    frame = tickets(3)
    frame.loc[:8, ["team", "ended_at"]] = ["A", frame["ended_at"].iloc[5]]
    result = target_signs(frame, NO_PAUSES)
    batch = row(result, BULK)
    assert batch["count"] == 9
    assert batch["q"] < 0.05
    assert not batch["found"]


def test_all_signs_of_all_groups_are_one_family():
    frame = pd.concat([tickets(1), tickets(2, 400, "Other")])
    result = target_signs(frame, pauses(1, frame))
    assert result.family == result.signs["judged"].sum() == result.signs["q"].notna().sum()
    assert set(result.signs["sign"]) == set(SIGNS)
    assert result.notes == ()
    pile_up(frame := tickets(1), np.random.default_rng(0))
    assert [n.code for n in target_signs(frame, NO_PAUSES).notes] == ["signs_no_accusation"]


def test_what_is_not_on_record_gives_no_row():
    frame = tickets(1, 200).assign(
        used=np.nan, first_used=np.nan, reopened=None, answered=None, team=None
    )
    assert set(target_signs(frame, NO_PAUSES).signs["sign"]) == {BULK}
    assert target_signs(frame[:0], NO_PAUSES).signs.empty
    assert target_signs(frame.assign(ended_at=pd.NaT), NO_PAUSES).signs.empty


@settings(max_examples=25)
@given(st.integers(0, 10_000), st.integers(1, 120))
def test_a_sign_found_is_more_than_expected(seed, n):
    frame = tickets(seed, n)
    frame.loc[: n // 2, "ended_at"] = frame["ended_at"].iloc[0]
    signs = target_signs(frame, pauses(seed, frame)).signs
    assert (signs["count"] <= signs["n"]).all()
    own = signs[signs["found"]]
    assert (own["count"] > own["expected"]).all()


def test_the_frames_given_are_left_as_they_are():
    frame = tickets(1)
    began = pauses(1, frame)
    before = frame.copy(), began.copy()
    target_signs(frame, began)
    pd.testing.assert_frame_equal(frame, before[0])
    pd.testing.assert_frame_equal(began, before[1])


def test_bad_input_is_told():
    frame = tickets(1, 50)
    with pytest.raises(InputError, match="first_used"):
        target_signs(frame.drop(columns="first_used"), NO_PAUSES)
    with pytest.raises(InputError, match="between 0 and 1"):
        target_signs(frame, NO_PAUSES, q=0)
