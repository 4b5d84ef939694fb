"""Random tickets against an oracle that judges each in plain Python, minute by minute."""

from bisect import bisect_left
from datetime import datetime, timedelta
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slm_analysis.sla.scoring import STATES, score
from tests.sla.agreement_texts import agreements
from tests.sla.tickets import history, tickets, utc

BASE = datetime(2026, 3, 26)  # a Thursday; clocks go forward in Berlin on Sunday the 29th
DAYS = 9
EXPORT = (DAYS - 2) * 1440 + 700
OPEN_HOURS = [(9 * 60, 12 * 60), (13 * 60, 18 * 60)]
BUDGETS = {"P1": 120, "default": 420}
WITHIN = "{P1: 95% within 2h, default: 95% within 7h}"
BY_DUE, RECORDED = "95% by due date", "95% as recorded"
RESOLVED = ("Resolved", "Closed")
WAITING = "Awaiting requester"


def is_working(minute):
    """Whether a UTC minute lies in office hours in Berlin."""
    moment = BASE + timedelta(minutes=minute)
    local = moment + timedelta(hours=2 if moment >= datetime(2026, 3, 29, 1) else 1)
    at = local.hour * 60 + local.minute
    return local.weekday() < 5 and any(a <= at < b for a, b in OPEN_HOURS)


# Far enough behind for the due time of a ticket opened last.
WORKING = [minute for minute in range((DAYS + 14) * 1440) if is_working(minute)]


class Oracle:
    """One ticket under one goal; all times are minutes from `BASE`."""

    def __init__(self, ticket, metric, goal, reopen):
        self.ticket, self.goal, self.reopen = ticket, goal, reopen
        self.response = metric == "response_time"
        rows = sorted(ticket["past"], key=lambda row: row[1])
        ends = [row[1] for row in rows[1:]] + [None]
        self.spans = [(row[0], row[1], end) for row, end in zip(rows, ends, strict=False)]
        self.priority = next((row[2] for row in rows if row[2]), ticket["priority"])
        self.status = ticket["status"] or (rows[-1][0] if rows else None)
        self.start = ticket["opened"]
        self.pauses = [(since, end) for name, since, end in self.spans if name == WAITING]
        self.stop = ticket["responded"] if self.response else self.resolution()
        until = EXPORT if self.stop is None else self.stop
        self.pauses = [(since, until if end is None else end) for since, end in self.pauses]
        self.until = until

    def resolution(self):
        """Return the minute that is judged; set what a reopening does to start and pauses."""
        recorded = self.ticket["resolved"]
        if recorded is None:
            recorded = self.ticket["closed"]
        done = [(since, end) for name, since, end in self.spans if name in RESOLVED]
        worked = [since for name, since, _ in self.spans if name not in RESOLVED]
        if self.reopen == "first_resolution":
            return done[0][0] if done else recorded
        undone = [span for span in done if worked and span[0] < worked[-1]]
        if not undone:
            return recorded
        again = undone[-1][1]
        if self.reopen == "restart":
            self.start = again
        else:
            self.pauses += undone
        if recorded is None or recorded >= again:
            return recorded
        standing = done[len(undone) :]
        if standing:
            return standing[0][0]
        closed = self.ticket["closed"]
        return closed if closed is not None and closed >= again else None

    def counting(self):
        """Return the working minutes from the start on that lie in no pause."""
        return [
            minute
            for minute in WORKING[bisect_left(WORKING, self.start) :]
            if not any(since <= minute < end for since, end in self.pauses)
        ]

    @property
    def seconds(self):
        if self.until < self.start:
            return -60.0 * (bisect_left(WORKING, self.start) - bisect_left(WORKING, self.until))
        return 60.0 * sum(minute < self.until for minute in self.counting())

    @property
    def due(self):
        """Return the minute at which the time is used up."""
        return self.counting()[BUDGETS.get(self.priority, BUDGETS["default"]) - 1] + 1

    @property
    def over(self):
        ended = self.ticket["resolved"] is not None or self.ticket["closed"] is not None
        return self.status in RESOLVED or (self.response and ended)

    @property
    def state(self):
        if self.status == "Cancelled":
            return "excluded"
        if self.goal == RECORDED:
            late = self.ticket["response_breached" if self.response else "breached"]
            return "missing_data" if late is None else self.ended(late, self.over)
        if self.goal == BY_DUE:
            due = self.ticket["response_due" if self.response else "due"]
            if due is None:
                return "no_target"
            late = self.until > due
        else:
            late = self.seconds > 60 * BUDGETS.get(self.priority, BUDGETS["default"])
        if self.stop is None and self.over:
            return "missing_data"
        if self.stop is not None and self.stop < self.start:
            return "missing_data"
        return self.ended(late, over=False)

    def ended(self, late, over):
        if self.stop is not None or over:
            return "breached_closed" if late else "met"
        if late:
            return "breached_open"
        return "paused" if self.status == WAITING else "running"


minutes = st.integers(0, EXPORT)
maybe = st.none() | minutes
later = st.none() | st.integers(0, DAYS * 1440)
flags = st.sampled_from([None, True, False])
priorities = st.sampled_from([None, "P1", "P2"])
drawn_ticket = st.fixed_dictionaries(
    {
        "opened": minutes,
        "responded": maybe,
        "resolved": maybe,
        "closed": maybe,
        "due": later,
        "response_due": later,
        "breached": flags,
        "response_breached": flags,
        "priority": priorities,
        "status": st.sampled_from([None, "In progress", "Cancelled", WAITING, *RESOLVED]),
        "past": st.lists(
            st.tuples(st.sampled_from(["New", WAITING, *RESOLVED]), minutes, priorities),
            max_size=6,
            unique_by=lambda row: row[1],
        ),
    }
)
TIMES = {
    "opened": "opened_at",
    "responded": "first_response_at",
    "resolved": "resolved_at",
    "closed": "closed_at",
    "due": "due_at",
    "response_due": "response_due_at",
}
KEPT = ("breached", "response_breached", "priority", "status")


def moment(minute):
    return None if minute is None else f"{BASE + timedelta(minutes=minute):%Y-%m-%d %H:%M}"


def contract_tables(drawn):
    """Return the drawn tickets and their histories as the contract has them."""
    rows = [
        {column: moment(one[name]) for name, column in TIMES.items()}
        | {name: one[name] for name in KEPT}
        for one in drawn
    ]
    past = [
        (f"T{at}", status, moment(since), moment(end), priority)
        for at, one in enumerate(drawn)
        for (status, since, priority), end in with_ends(one["past"])
    ]
    return tickets(*rows), history(*past)


def with_ends(past):
    ordered = sorted(past, key=lambda row: row[1])
    return zip(ordered, [*(row[1] for row in ordered[1:]), None], strict=False)


@pytest.fixture(scope="module")
def agreed(tmp_path_factory):
    @cache
    def agreed(metric, goal, reopen):
        mode = f"reopen: {reopen}, " if metric == "resolution_time" else ""
        target = f"- {{metric: {metric}, {mode}pauses_on: [{WAITING}], goal: {goal}}}"
        folder = tmp_path_factory.mktemp("agreement")
        return agreements(
            folder,
            target,
            terms="excluded: [Cancelled]",
            calendar="office",
            timezone="Europe/Berlin",
        )

    return agreed


@settings(max_examples=80)
@given(
    drawn=st.lists(drawn_ticket, min_size=1, max_size=5),
    metric=st.sampled_from(["resolution_time", "response_time"]),
    goal=st.sampled_from([WITHIN, BY_DUE, RECORDED]),
    reopen=st.sampled_from(["resume", "first_resolution", "restart"]),
)
def test_random_tickets_are_judged_as_the_oracle_does(agreed, drawn, metric, goal, reopen):
    frame, past = contract_tables(drawn)
    result = score(frame, past, agreed(metric, goal, reopen), utc(moment(EXPORT)))
    result = result.set_index("ticket_id").loc[frame["ticket_id"]]
    oracles = [Oracle(one, metric, goal, reopen) for one in drawn]
    assert result["state"].tolist() == [oracle.state for oracle in oracles]
    assert result["elapsed_seconds"].tolist() == [oracle.seconds for oracle in oracles]
    if goal == WITHIN:
        assert result["due_at"].tolist() == [utc(moment(oracle.due)) for oracle in oracles]
    assert result["state"].value_counts().reindex(list(STATES)).sum() == len(drawn)
