"""Where the time goes: small histories counted by hand, properties, planted truth, bad input."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slm_analysis import BusinessCalendar, bottlenecks
from slm_analysis.analyses.time_shares import MIN_TICKETS, MOST_BLOCKS, time_shares
from slm_analysis.errors import InputError

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ALWAYS = BusinessCalendar("UTC", {day: [["00:00", "24:00"]] for day in DAYS})
OFFICE = BusinessCalendar("UTC", {day: [["09:00", "17:00"]] for day in DAYS[:5]})
START = pd.Timestamp("2026-03-02", tz="UTC")
WAIT = "Awaiting requester"


def hour(number):
    return pd.NaT if number is None else START + pd.Timedelta(hours=number)


def times(numbers):
    return pd.Series([hour(number) for number in numbers], dtype="datetime64[us, UTC]")


def history(*rows):
    """Return a status history from (ticket, status, from hour, team, to hour)."""
    filled = [[*row, *[None] * (5 - len(row))] for row in rows]
    ticket, status, since, team, until = zip(*filled, strict=True) if filled else [()] * 5
    return pd.DataFrame(
        {
            "ticket_id": pd.Series(ticket, dtype="str"),
            "status": pd.Series(status, dtype="str"),
            "from_time": times(since),
            "to_time": times(until),
            "assignment_group": pd.Series(team, dtype="str"),
        }
    )


def tickets(**ended):
    """Return tickets opened at hour 0 that ended at these hours, late after 20 hours."""
    return pd.DataFrame(
        {
            "ticket_id": list(ended),
            "opened_at": START,
            "resolved_at": times(ended.values()),
            "breached": [h is None or h > 20 for h in ended.values()],
        }
    )


def hours(frame, *names):
    return frame.set_index(list(names))["hours"].round(9).to_dict()


def codes(result):
    return {note.code: dict(note.values) for note in result.notes}


ONE = (
    ("A", "New", 0, "Desk"),
    ("A", "In progress", 2, "Desk"),
    ("A", WAIT, 5, "Desk"),
    ("A", "In progress", 15, "Desk"),
    ("A", "Approval", 16, "Boss"),
    ("A", "In progress", 20, "Desk"),
    ("A", "Resolved", 23, "Desk"),
    ("A", "In progress", 30, "Desk"),
    ("A", "Resolved", 31, "Desk"),
    ("A", "Closed", 99, "Desk"),
)


def test_one_ticket_counted_by_hand():
    result = bottlenecks(history(*ONE), tickets(A=31), ALWAYS, paused=[WAIT])
    assert hours(result.statuses, "status", "kind") == {
        ("In progress", "working"): 3 + 1 + 3 + 1,
        ("New", "waiting"): 2,
        ("Approval", "working"): 4,
    }
    assert hours(result.paused, "status", "kind") == {
        (WAIT, "paused"): 10,
        ("Resolved", "done"): 7,
    }
    assert hours(result.kinds, "kind") == {"working": 12, "waiting": 2, "paused": 10, "done": 7}
    assert hours(result.teams, "team") == {"Desk": 10, "Boss": 4}
    assert hours(result.handoffs, "from_team", "to_team", "way") == {
        ("Desk", "Boss", "onward"): 4,
        ("Boss", "Desk", "back"): 4,
    }
    # A pause is no way round; from the first time in progress on all was come back to.
    assert hours(result.loops, "via", "back_to") == {("Approval", "In progress"): 4 + 3 + 1}
    assert result.hours == 14
    assert result.statuses["share"].tolist() == pytest.approx([8 / 14, 4 / 14, 2 / 14])
    assert result.statuses["visits"].tolist() == [3, 1, 1]


def test_the_process_map_counts_moves_and_leaves_pauses_out():
    result = bottlenecks(history(*ONE), tickets(A=31), ALWAYS, paused=[WAIT])
    moves = result.moves.set_index(["from_status", "to_status", "back"])["moves"].to_dict()
    assert moves == {
        ("New", "In progress", False): 1,
        ("In progress", "Approval", False): 1,
        ("Approval", "In progress", True): 1,
        ("In progress", "Resolved", False): 1,
        ("In progress", "Resolved", True): 1,
        ("Resolved", "In progress", True): 1,
    }
    assert result.stops["status"].tolist() == ["New", "In progress", "Approval", "Resolved"]


def test_two_loops_apart_are_two():
    rows = [("A", s, at) for at, s in enumerate(["a", "b", "a", "c", "d", "c", "e"])]
    result = bottlenecks(history(*rows), tickets(A=10), ALWAYS)
    assert hours(result.loops, "via", "back_to") == {("b", "a"): 2, ("d", "c"): 2}


def test_an_open_ticket_is_followed_to_the_export():
    rows = history(("A", "Work", 0), ("B", "Work", 0), ("B", "Check", 5))
    result = bottlenecks(rows, tickets(A=4, B=None), ALWAYS, as_of=hour(30))
    assert hours(result.statuses, "status") == {"Check": 25, "Work": 4 + 5}
    assert codes(result)["followed_while_open"] == {"n": 1}
    # By default up to the latest time on record.
    assert bottlenecks(rows, tickets(A=4, B=None), ALWAYS).hours == 9


def test_stated_ends_leave_gaps_that_are_told():
    rows = history(("A", "Work", 2, "Desk", 5), ("A", "Check", 8, "Desk", 99))
    result = bottlenecks(rows, tickets(A=10), ALWAYS)
    assert hours(result.kinds, "kind") == {"working": 3 + 2, "unrecorded": 2 + 3}
    assert codes(result)["time_unrecorded"] == {"share": 0.5}


def test_business_hours_count_and_overlapping_rows_do_not_count_twice():
    rows = history(("A", "Work", 8, None, 40), ("A", "Check", 16, None, 40))
    result = bottlenecks(rows, tickets(A=40), OFFICE)
    # Monday 09 to 16, then until 17 and Tuesday 09 to 16.
    assert hours(result.statuses, "status") == {"Work": 7, "Check": 8}


def test_what_is_not_on_record_is_told():
    result = bottlenecks(
        history(("A", "Work", 0)), tickets(A=4, B=3).drop(columns="breached"), ALWAYS
    )
    assert codes(result) == {
        "not_followed": {"n": 1, "tickets": 2},
        "outcomes_unknown": {},
        "waiting_not_told": {},
        "teams_unknown": {},
    }
    assert result.teams.empty
    assert result.handoffs.empty
    assert result.statuses["late_share"].isna().all()


def test_teams_that_are_missing_now_and_then_are_a_group_and_no_handoff():
    rows = history(("A", "a", 0, "X"), ("A", "b", 2), ("A", "c", 5, "X"))
    result = bottlenecks(rows, tickets(A=6), ALWAYS)
    assert hours(result.teams, "team") == {"X": 3, "(not stated)": 3}
    assert result.handoffs.empty


def test_nothing_to_follow():
    result = bottlenecks(history(), tickets(A=4), ALWAYS)
    assert (result.tickets, result.hours) == (0, 0.0)
    assert result.statuses.empty
    assert result.findings.empty
    assert codes(result)["not_followed"] == {"n": 1, "tickets": 1}


def test_tickets_without_duration_have_no_shares():
    result = bottlenecks(history(("A", "Work", 0)), tickets(A=0), ALWAYS)
    assert result.statuses.empty
    assert result.hours == 0


steps = st.lists(
    st.tuples(
        st.sampled_from(["New", "Work", "Check", WAIT, "Resolved"]),
        st.integers(0, 60),
        st.sampled_from(["X", "Y", None]),
    ),
    min_size=1,
    max_size=7,
)


@settings(max_examples=30)
@given(st.lists(st.tuples(steps, st.none() | st.integers(0, 70)), min_size=1, max_size=4))
def test_no_time_is_lost_or_counted_twice(drawn):
    rows = [(f"T{at}", *step) for at, (path, _) in enumerate(drawn) for step in path]
    rows = [(ticket, status, since, team) for ticket, status, since, team in rows]
    frame = tickets(**{f"T{at}": end for at, (_, end) in enumerate(drawn)})
    past = history(*rows)
    before = past.copy(), frame.copy()
    result = bottlenecks(past, frame, ALWAYS, paused=[WAIT], as_of=hour(80))
    pd.testing.assert_frame_equal(past, before[0])
    pd.testing.assert_frame_equal(frame, before[1])
    followed = {f"T{at}" for at, (path, end) in enumerate(drawn)
                if any(s[1] <= (80 if end is None else end) for s in path)}  # fmt: skip
    ends = [80 if end is None else end for at, (_, end) in enumerate(drawn) if f"T{at}" in followed]
    assert result.tickets == len(followed)
    assert result.kinds["hours"].sum() == pytest.approx(sum(ends))
    assert result.statuses["hours"].sum() == pytest.approx(result.hours)
    on_clock = result.kinds[result.kinds["kind"].isin(["working", "waiting"])]
    assert on_clock["hours"].sum() == pytest.approx(result.hours)
    assert result.handoffs["hours"].sum() <= result.hours + 1e-9
    assert result.loops["hours"].sum() <= result.hours + 1e-9
    if result.hours:
        assert result.statuses["share"].sum() == pytest.approx(1)


def test_the_order_of_rows_plays_no_part():
    past, frame = history(*ONE), tickets(A=31)
    mixed = bottlenecks(past.sample(frac=1, random_state=1), frame, ALWAYS, paused=[WAIT])
    result = bottlenecks(past, frame, ALWAYS, paused=[WAIT])
    pd.testing.assert_frame_equal(mixed.statuses, result.statuses)
    pd.testing.assert_frame_equal(mixed.loops, result.loops)


def drawn(late_extra, seed=4, size=300, late_share=0.3):
    """Return a history of two statuses; in the second late tickets stay so many times as long."""
    rng = np.random.default_rng(seed)
    late = rng.random(size) < late_share
    first, second = rng.lognormal(1, 0.5, (2, size))
    second = second * np.where(late, late_extra, 1.0)
    opened = START + pd.to_timedelta(rng.integers(0, 1000, size), unit="h")
    names = [f"T{at}" for at in range(size)]
    between = opened + pd.to_timedelta(first, unit="h")
    past = pd.DataFrame(
        {
            "ticket_id": names * 2,
            "status": ["Check"] * size + ["Approval"] * size,
            "from_time": [*opened, *between],
        }
    )
    ended = between + pd.to_timedelta(second, unit="h")
    frame = {"ticket_id": names, "opened_at": opened, "resolved_at": ended, "breached": late}
    return past, pd.DataFrame(frame)


def test_a_planted_bottleneck_is_found_and_its_absence_is_not():
    result = bottlenecks(*drawn(4.0), ALWAYS)
    (found,) = result.findings.to_dict("records")
    assert (found["what"], found["name"]) == ("status", "Approval")
    assert found["difference_low"] > 0.2
    # Four times as long beside an equal first status: 4 / 5 against 1 / 2.
    assert found["late_share_low"] < 0.8 < found["late_share_high"]
    assert bottlenecks(*drawn(1.0), ALWAYS).findings.empty


def test_few_late_tickets_are_not_compared():
    result = bottlenecks(*drawn(4.0, size=80, late_share=0.2), ALWAYS)
    assert result.late < MIN_TICKETS
    assert result.findings.empty
    assert result.statuses["late_share"].notna().all()
    assert result.statuses["late_share_low"].isna().all()
    assert codes(result)["too_few_to_compare"] == {"min_tickets": MIN_TICKETS}


def test_the_same_data_give_the_same_intervals():
    one, other = bottlenecks(*drawn(2.0), ALWAYS), bottlenecks(*drawn(2.0), ALWAYS)
    pd.testing.assert_frame_equal(one.statuses, other.statuses)


def test_blocks_give_the_intervals_of_single_tickets():
    rng = np.random.default_rng(8)
    size = 5 * MOST_BLOCKS
    seconds = rng.lognormal(0, 1, (size, 2))
    cells = pd.DataFrame(
        {
            "ticket": np.repeat(np.arange(size), 2),
            "group": np.tile([0, 1], size),
            "seconds": seconds.ravel(),
        }
    )
    total = seconds.sum(axis=1)
    table = time_shares(cells, total, np.full(size, np.nan), 2)
    # Ratio estimator: Cochran, Sampling Techniques, 3rd ed., 6.3.
    share = seconds[:, 0].sum() / total.sum()
    error = np.std(seconds[:, 0] - share * total) / total.mean() / np.sqrt(size)
    width = table["share_high"].iloc[0] - table["share_low"].iloc[0]
    assert width == pytest.approx(2 * 1.96 * error, rel=0.1)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda h, t: (h.rename(columns={"status": "state"}), t), "There is no column 'status'"),
        (lambda h, t: (h, t.drop(columns="opened_at")), "There is no column 'opened_at'"),
        (lambda h, t: (h, pd.concat([t, t])), "stands in more than one row"),
        (
            lambda h, t: (h.assign(from_time=h["from_time"].dt.tz_localize(None)), t),
            "column 'from_time': Times need a time zone",
        ),
        (lambda h, t: (h, t.assign(breached="late")), "neither true nor false"),
    ],
)
def test_bad_input_is_named(change, said):
    with pytest.raises(InputError, match=said):
        bottlenecks(*change(history(("A", "Work", 0)), tickets(A=4)), ALWAYS)
