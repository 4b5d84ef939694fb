"""What to improve next: services that keep their goal, in an order that can be checked."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from slm_analysis import (
    next_improvements,
    open_unit,
    service_levels,
    stability,
    user_satisfaction,
)
from slm_analysis.errors import InputError
from slm_analysis.sample.truth import TRUTH


@pytest.fixture(scope="module")
def unit(sample_project):
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(sample_project)
        yield open_unit


def of_service(result, service):
    return result.services.set_index("service").loc[service]


def test_only_services_that_kept_their_goal_are_ranked(unit):
    result = next_improvements(unit(TRUTH.cause.business_unit))
    assert result.missed == (TRUTH.cause.service,)
    assert set(result.services["service"]) == {
        "Travel reimbursement", "Payments", "Master data", "Month-end reports",
    }  # fmt: skip


@pytest.mark.parametrize("name", ["Manufacturing", "Sales West", TRUTH.small])
def test_a_miss_that_may_be_chance_does_not_come_first(unit, name):
    opened = unit(name)
    result = next_improvements(opened)
    levels = service_levels(opened).levels
    missed = levels[levels["target"].eq("resolution_time") & levels["result"].eq("missed")]
    assert missed["evidence"].eq("uncertain").all()
    assert result.missed == ()
    assert result.doubtful == tuple(sorted(missed["service"].unique()))
    assert not set(result.services["service"]) & set(result.doubtful)


def test_open_tickets_are_no_miss(unit):
    opened = unit(TRUTH.cause.business_unit)
    own = opened.targets["target"].eq("resolution_time") & opened.in_period(
        opened.targets["counted_on"]
    )
    own &= opened.targets["ticket_id"].isin(
        opened.tickets.loc[opened.tickets["service"] == TRUTH.cause.service, "ticket_id"]
    )
    still = dataclasses.replace(
        opened, targets=opened.targets.assign(state=opened.targets["state"].mask(own, "running"))
    )
    result = next_improvements(still)
    assert result.undecided == (TRUTH.cause.service,)
    assert result.missed == result.doubtful == ()


def test_a_service_that_never_varies_is_not_short_of_weeks(unit):
    services = next_improvements(unit("Head Office")).services.set_index("service")
    for name in ("Payments", "Master data"):
        assert services.loc[name, ["direction", "center"]].tolist() == ["no_variation", 1.0]


def test_numbers_agree_with_plain_counting(unit):
    opened = unit("Head Office")
    result = next_improvements(opened)
    judged = opened.judged()
    judged = judged[judged["counted_on"].between("2026-05-01", "2026-10-31")]
    for service, own in judged.groupby("service"):
        row = of_service(result, service)
        assert row[["counted", "late"]].tolist() == [len(own), own["breached"].sum()]
        assert row["late_a_month"] == own["breached"].sum() / 6
        assert row["hours_a_month"] == pytest.approx(own["elapsed_seconds"].sum() / 3600 / 6)


def test_scores_are_those_that_the_page_on_satisfaction_shows(unit):
    opened = unit("Head Office")
    result = next_improvements(opened)
    shown = user_satisfaction(opened).levels.set_index("service")
    for _, row in result.services.iterrows():
        own = shown.loc[row["service"]]
        assert np.isnan(row["score"]) if own["hidden"] else row["score"] == own["value"]
    rooms = result.services.loc[result.services["score"].notna()]
    assert rooms["room"].to_numpy() == pytest.approx((5 - rooms["score"].to_numpy()) / 4)


@pytest.mark.parametrize("name", ["Head Office", "Logistics", "Manufacturing", TRUTH.noise])
def test_where_nothing_is_planted_no_group_takes_longer(unit, name):
    result = next_improvements(unit(name))
    assert result.times.family
    assert (result.services["driver"] == "").all()
    assert result.services["excess"].isna().all()


def slowed(opened, by):
    """Return the unit with the tickets of one opening hour of a service slowed down."""
    tickets = opened.tickets
    hour = tickets["opened_at"].dt.tz_convert(opened.timezone).dt.hour
    chosen = tickets.loc[tickets["service"].eq("Travel reimbursement") & hour.eq(10), "ticket_id"]
    slow = opened.targets["ticket_id"].isin(chosen) & opened.targets["target"].eq("resolution_time")
    elapsed = opened.targets["elapsed_seconds"].mask(
        slow, opened.targets["elapsed_seconds"] + by * 3600
    )
    return dataclasses.replace(opened, targets=opened.targets.assign(elapsed_seconds=elapsed))


def test_a_group_that_takes_longer_comes_first(unit):
    result = next_improvements(slowed(unit("Head Office"), 6))
    first = result.services.iloc[0]
    assert (first["service"], first["driver"]) == ("Travel reimbursement", "opening_hour")
    assert first["excess_low"] < 6 * first["n"] / 6 < first["excess_high"]


def test_what_gets_worse_comes_before_what_is_steady(unit):
    opened = unit("Head Office")
    steady = next_improvements(opened).services
    headings = stability(opened).services.set_index("service")["direction"]
    told = steady["direction"].replace("no_variation", "not_judged")
    assert told.tolist() == headings.reindex(steady["service"]).tolist()
    late = (steady["room"] * steady["late_a_month"]).to_numpy()
    assert (np.diff(late) <= 1e-12).all()


def test_drivers_that_arise_on_the_way_are_no_groups(unit):
    opened = unit("Head Office")
    drivers = set(next_improvements(opened).times.levels["driver"])
    assert not drivers & {"assignment_group", "reassignment_count", "priority", "ticket_type"}
    assert "hold_reason" in drivers
    without = next_improvements(opened, arises=["hold_reason"])
    assert "hold_reason" not in set(without.times.levels["driver"])


def test_a_month_without_tickets(unit):
    early = unit("Head Office", period_start="2020-01-01", period_end="2020-01-31")
    result = next_improvements(early)
    assert result.services.empty
    assert result.missed == ()


@pytest.mark.parametrize(
    ("given", "said"),
    [({"target": "resolution"}, "Did you mean"), ({"months": 0}, "at least 1")],
)
def test_bad_input_is_named(unit, given, said):
    with pytest.raises(InputError, match=said):
        next_improvements(unit("Head Office"), **given)


def test_the_unit_is_left_as_it_was(unit):
    opened = unit("Head Office")
    before = opened.tickets.copy()
    next_improvements(opened)
    pd.testing.assert_frame_equal(opened.tickets, before)
