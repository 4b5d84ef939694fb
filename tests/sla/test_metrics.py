from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from slm_analysis.intake.contract import conform
from slm_analysis.sla.business_time import BusinessCalendar
from slm_analysis.sla.metrics import (
    attainment,
    availability,
    backlog,
    flag_rate,
    resolution_times,
    time_percentiles,
    waiting_share,
)
from slm_analysis.sla.scoring import STATES
from tests.sla.tickets import tickets, times_read, utc

HOUR = 3600.0


def scored(rows):
    """Return scored tickets from (state, elapsed hours, paused hours) on successive days."""
    frame = pd.DataFrame(rows, columns=["state", "hours", "waited"])
    days = pd.Timestamp("2026-03-01") + pd.to_timedelta(np.arange(len(frame)) % 5, unit="D")
    open_states = frame["state"].isin(["running", "paused", "breached_open"])
    return pd.DataFrame(
        {
            "ticket_id": [f"T{at}" for at in range(len(frame))],
            "service": "S",
            "target": "resolution_time",
            "metric": "resolution_time",
            "state": frame["state"],
            "opened_on": days,
            "stopped_at": pd.Series([utc("2026-03-09")] * len(frame)).mask(open_states),
            "elapsed_seconds": frame["hours"] * HOUR,
            "paused_seconds": frame["waited"] * HOUR,
        }
    )


class TestAttainment:
    def test_counts_sum_and_the_denominator_is_what_was_judged(self):
        rows = [(state, 1.0, 0.0) for state in STATES for _ in range(2 + STATES.index(state))]
        got = attainment(scored(rows), ["service"]).iloc[0]
        assert got[list(STATES)].tolist() == [2, 3, 4, 5, 6, 7, 8, 9]
        assert (got["tickets"], got["counted"], got["undecided"]) == (44, 2 + 3 + 4, 5 + 6)
        assert got["value"] == pytest.approx(2 / 9)
        assert got["low"] < 2 / 9 < got["high"]
        assert got["days"] == 5

    @given(st.lists(st.sampled_from(STATES), max_size=40))
    def test_the_states_of_a_group_sum_to_its_tickets(self, states):
        frame = scored([(state, 1.0, 0.0) for state in states]).assign(
            team=[None if at % 3 else "A" for at in range(len(states))]
        )
        got = attainment(frame, ["team"])
        assert got["tickets"].sum() == len(states)
        assert (got[list(STATES)].sum(axis=1) == got["tickets"]).all()
        judged = got["counted"] > 0
        assert (got.loc[judged, "value"] * got.loc[judged, "counted"]).tolist() == pytest.approx(
            got.loc[judged, "met"].tolist()
        )
        assert got.loc[~judged, ["value", "low", "high"]].isna().all(axis=None)

    def test_no_tickets_give_no_rows(self):
        got = attainment(scored([]), ["service", "target"])
        assert got.empty
        assert {"service", "target", *STATES, "counted", "value", "low", "days"} <= set(got.columns)


def test_unknown_flags_take_no_part():
    frame = tickets(*({"opened_at": "2026-03-01", "error_found": f} for f in (True, False, None)))
    frame = frame.assign(opened_on=pd.Timestamp("2026-03-01"))
    got = flag_rate(frame, "error_found", ["service"]).iloc[0]
    assert (got["found"], got["counted"], got["value"]) == (1, 2, 0.5)
    assert flag_rate(frame[frame["error_found"].isna()], "error_found", ["service"]).empty


def kaplan_meier(rows, left):
    """Return the first hour at which at most `left` of the tickets survive, in whole fractions."""
    survival = Fraction(1)
    for hour in range(10):
        at_risk = sum(hours >= hour for _, hours, _ in rows)
        ended = sum(hours == hour and state == "met" for state, hours, _ in rows)
        if ended:
            survival *= 1 - Fraction(ended, at_risk)
            if survival <= left:
                return hour
    return np.nan


class TestTimes:
    def test_percentiles_by_hand(self):
        """Kaplan-Meier 1958, done by hand: 1, 2, 3+, 4, 5 hours.

        S(1) = 4/5, S(2) = 3/5, then two at risk: S(4) = 3/10, S(5) = 0. The median is the first
        time with S at most 0.5, the 90th percentile with S at most 0.1.
        """
        rows = [("met", 1, 0), ("met", 2, 0), ("running", 3, 0), ("breached_closed", 4, 0),
                ("met", 5, 0)]  # fmt: skip
        got = time_percentiles(scored(rows), ["service"]).iloc[0]
        assert got.tolist() == ["S", 5, 1, 4.0, 5.0]

    def test_exactly_the_share_is_enough(self):
        ten = [("met", hours, 0) for hours in range(1, 11)]
        got = time_percentiles(scored(ten), ["service"]).iloc[0]
        assert got[["median_hours", "p90_hours"]].tolist() == [5, 9]

    @given(
        st.lists(
            st.tuples(st.sampled_from(["met", "running"]), st.integers(0, 9), st.just(0)),
            min_size=5,
            max_size=30,
        )
    )
    def test_percentiles_are_those_of_the_survival_curve(self, rows):
        got = time_percentiles(scored(rows), ["service"]).iloc[0]
        assert got["still_open"] == sum(state == "running" for state, *_ in rows)
        for column, left in (("median_hours", Fraction(1, 2)), ("p90_hours", Fraction(1, 10))):
            assert got[column] == pytest.approx(kaplan_meier(rows, left), nan_ok=True)

    def test_few_tickets_and_unknown_times_have_no_percentile(self):
        assert time_percentiles(scored([("met", 1, 0)] * 4), ["service"]).iloc[0, 3:].isna().all()
        odd = [("met", 1, 0)] * 5 + [
            ("excluded", 9, 0),
            ("missing_data", -3, 0),
            ("no_target", 9, 0),
        ]
        assert time_percentiles(scored(odd), ["service"])["timed"].tolist() == [5]
        assert time_percentiles(scored([]), ["service"]).empty

    def test_the_share_that_waited(self):
        rows = [("met", 3, 1), ("running", 1, 3), ("missing_data", -1, 5)]
        got = waiting_share(scored(rows), ["service"]).iloc[0]
        assert got.tolist() == ["S", 4.0, 4.0, 0.5]
        assert waiting_share(scored([("met", 0, 0)]), ["service"])["waiting_share"].isna().all()
        assert waiting_share(scored([]), ["service"]).empty

    def test_one_row_per_ticket_says_how_long_it_took(self):
        frame = scored([("met", 3, 1)])
        both = pd.concat(
            [
                frame.assign(metric="response_time", target="response_time"),
                frame.assign(target="Fixed", elapsed_seconds=60.0),
                frame.assign(target="Fixed for good"),
            ]
        )
        assert resolution_times(both)["target"].tolist() == ["Fixed"]


def test_backlog_and_its_age():
    frame = tickets(
        {"opened_at": "2026-03-01"},
        {"opened_at": "2026-03-03", "resolved_at": "2026-03-05"},
        {"opened_at": "2026-03-04", "closed_at": "2026-03-06"},
        {"opened_at": "2026-03-04", "resolved_at": "2026-03-05", "closed_at": "2026-03-09"},
        {"opened_at": "2026-03-06", "service": "Other"},
    )
    at = [utc("2026-02-01"), utc("2026-03-04"), utc("2026-03-05"), utc("2026-03-06 12:00")]
    got = backlog(frame, at, ["service"]).set_index(["at", "service"])
    assert got["backlog"].to_dict() == {
        (at[1], "S"): 4,
        (at[2], "S"): 2,  # ended at the very moment is not open
        (at[3], "S"): 1,
        (at[3], "Other"): 1,
    }
    assert got.loc[(at[1], "S"), ["median_age_days", "oldest_days"]].tolist() == [0.5, 3.0]
    assert got.loc[(at[3], "S"), "oldest_days"] == 5.5


OFFICE = BusinessCalendar(
    "Europe/Berlin", {day: [["08:00", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
)
START, END = utc("2026-03-01 23:00"), utc("2026-03-08 23:00")  # one week: 50 hours
AS_OF = utc("2026-04-01")


def outages(*rows):
    columns = ["started_at", "ended_at", "planned"]
    frame = pd.DataFrame([("S", *row) for row in rows], columns=["service", *columns])
    return conform("outages", times_read(frame.astype({"planned": "boolean"})))


def up(*rows, end=END, as_of=AS_OF):
    return availability(outages(*rows), OFFICE, START, end, as_of)


class TestAvailability:
    def test_without_outages(self):
        assert up() == {
            "service_hours": 50, "planned_hours": 0, "down_hours": 0, "value": 1.0, "unplanned": 0,
            "restore_hours": pytest.approx(np.nan, nan_ok=True),
        }  # fmt: skip

    def test_only_service_hours_count(self):
        got = up(
            ("2026-03-02 16:00", "2026-03-03 08:00", False),  # 17:00 to 09:00: two hours
            ("2026-03-06 18:00", "2026-03-08 18:00", None),  # the weekend
        )
        assert (got["down_hours"], got["value"], got["unplanned"]) == (2, 0.96, 1)
        assert got["restore_hours"] == 2

    def test_overlapping_outages_count_once_and_planned_ones_apart(self):
        got = up(
            ("2026-03-02 08:00", "2026-03-02 12:00", True),  # 09:00 to 13:00
            ("2026-03-02 10:00", "2026-03-02 13:00", False),  # one hour beyond the planned one
            ("2026-03-02 12:30", "2026-03-02 14:00", False),  # of which half an hour twice
            ("2026-03-03 08:00", "2026-03-03 09:00", True),
            ("2026-03-03 08:30", "2026-03-03 09:30", True),
        )
        assert (got["planned_hours"], got["service_hours"]) == (5.5, 44.5)
        assert got["down_hours"] == 2
        assert got["value"] == pytest.approx(1 - 2 / 44.5)
        assert (got["unplanned"], got["restore_hours"]) == (2, (3 + 1.5) / 2)

    def test_an_outage_that_reaches_over_the_ends_of_the_period(self):
        got = up(
            ("2026-02-27 16:00", "2026-03-02 08:00", False),  # two hours, one of them before
            ("2026-03-06 16:00", "2026-03-09 08:00", False),
            ("2026-02-01 08:00", "2026-02-01 09:00", False),
        )
        assert (got["down_hours"], got["unplanned"]) == (2, 2)
        assert got["restore_hours"] == 2  # as long as each lasted, not only within the period

    def test_an_open_outage_lasts_until_the_export_and_is_not_restored(self):
        rows = [("2026-03-04 07:00", None, False), ("2026-03-02 07:00", "2026-03-02 08:00", False)]
        got = up(*rows, as_of=utc("2026-03-04 11:00"))
        assert got["service_hours"] == 10 + 10 + 4
        assert (got["down_hours"], got["value"]) == (1 + 4, pytest.approx(1 - 5 / 24))
        assert (got["unplanned"], got["restore_hours"]) == (2, 1)

    def test_an_end_after_the_export_is_still_to_come(self):
        got = up(("2026-03-04 07:00", "2999-01-01", False), as_of=utc("2026-03-04 11:00"))
        assert (got["down_hours"], got["unplanned"]) == (4, 1)
        assert np.isnan(got["restore_hours"])

    def test_without_service_time_there_is_no_value(self):
        week = ("2026-03-01", "2026-03-09", True)
        assert np.isnan(up(week, ("2026-03-02 08:00", "2026-03-02 09:00", False))["value"])
        weekend = up(end=START)
        assert (weekend["service_hours"], weekend["down_hours"]) == (0, 0)
        before = up(as_of=utc("2026-02-01"))
        assert (before["service_hours"], before["down_hours"]) == (0, 0)
        assert np.isnan(before["value"])

    @given(
        st.lists(
            st.tuples(st.integers(0, 10_000), st.integers(0, 2_000), st.booleans()), max_size=6
        )
    )
    def test_every_minute_is_up_down_or_planned(self, spans):
        """Against a count of minutes, one by one."""
        rows = [
            (START + pd.Timedelta(minutes=a), START + pd.Timedelta(minutes=a + n), planned)
            for a, n, planned in spans
        ]
        got = availability(
            conform(
                "outages",
                pd.DataFrame(rows, columns=["started_at", "ended_at", "planned"]).astype(
                    {"started_at": "datetime64[us, UTC]", "ended_at": "datetime64[us, UTC]"}
                ),
            ),
            OFFICE,
            START,
            END,
            AS_OF,
        )
        service = [d * 1440 + m for d in range(5) for m in range(480, 1080)]
        planned = {m for a, n, p in spans if p for m in range(a, a + n)}
        down = {m for a, n, p in spans if not p for m in range(a, a + n)} - planned
        assert round(got["planned_hours"] * 60) == sum(m in planned for m in service)
        assert round(got["down_hours"] * 60) == sum(m in down for m in service)
        assert round(got["service_hours"] * 60) == sum(m not in planned for m in service)
