"""Signs in the records of a unit: counts agree with the tickets, the sample shows none."""

import dataclasses

import pandas as pd
import pytest

from slm_analysis import open_unit, record_signs
from slm_analysis.errors import InputError
from slm_analysis.sample.truth import TRUTH

UNITS = (
    "Head Office", "Logistics", "Manufacturing", "Research & Development", TRUTH.noise,
    TRUTH.cause.business_unit,
)  # fmt: skip


@pytest.fixture(scope="module")
def unit(sample_project):
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(sample_project)
        yield open_unit


@pytest.mark.parametrize("name", UNITS)
def test_nothing_is_planted_and_nothing_found(unit, name):
    result = record_signs(unit(name))
    assert result.found.family >= 3
    assert not result.found.signs["found"].any()
    assert result.notes == ()


def test_first_responses_that_are_missing_are_found(unit):
    opened = unit("Head Office")
    travel = opened.tickets["service"].eq("Travel reimbursement")
    silenced = opened.tickets.index[travel][::10]
    response = opened.targets["metric"].eq("response_time")
    gone = response & opened.targets["ticket_id"].isin(opened.tickets.loc[silenced, "ticket_id"])
    targets = opened.targets.assign(
        stopped_at=opened.targets["stopped_at"].mask(gone),
        state=opened.targets["state"].mask(gone, "missing_data"),
    )
    result = record_signs(dataclasses.replace(opened, targets=targets))
    (sign,) = result.found.signs[result.found.signs["found"]].to_dict("records")
    assert (sign["sign"], sign["group"]) == ("no_response", "Travel reimbursement")
    counted = targets[gone]["counted_on"].between("2026-05-01", "2026-10-31")
    assert sign["count"] == counted.sum()


def test_the_last_tenth_is_that_of_the_clock_of_the_service_level(unit):
    opened = unit(TRUTH.cause.business_unit)
    result = record_signs(opened)
    signs = result.found.signs.set_index(["sign", "group"])
    scored = opened.targets[
        opened.targets["target"].eq("resolution_time")
        & opened.targets["service"].eq(TRUTH.cause.service)
        & opened.targets["state"].isin(
            ["met", "breached_closed", "breached_open", "running", "paused"]
        )
        & opened.targets["counted_on"].between("2026-05-01", "2026-10-31")
    ]
    used = scored["elapsed_seconds"] / scored["target_seconds"]
    own = signs.loc[("pile_up", TRUTH.cause.service)]
    assert own["n"] == (used > 0.9).sum()
    assert own["count"] == ((used > 0.9) & (used <= 1) & scored["stopped_at"].notna()).sum()


def test_goals_that_are_moments_have_no_last_tenth(unit):
    signs = record_signs(unit("Head Office")).found.signs
    payments = signs.loc[signs["group"] == "Payments", "sign"]
    assert set(payments) == {"bulk_closing"}


def test_the_response_can_be_looked_at_too(unit):
    result = record_signs(unit("Head Office"), "response_time")
    assert result.metric == "response_time"
    assert set(result.found.signs["group"]) == {"Travel reimbursement"}


def test_a_month_without_tickets(unit):
    early = unit("Head Office", period_start="2020-01-01", period_end="2020-01-31")
    assert record_signs(early).found.signs.empty


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"target": "resolution"}, "Did you mean 'resolution_time'"),
        ({"months": 0}, "at least 1"),
        ({"q": 1}, "between 0 and 1"),
    ],
)
def test_bad_input_is_named(unit, given, said):
    with pytest.raises(InputError, match=said):
        record_signs(unit("Head Office"), **given)


def test_the_unit_is_left_as_it_was(unit):
    opened = unit("Head Office")
    before = opened.targets.copy()
    record_signs(opened)
    pd.testing.assert_frame_equal(opened.targets, before)
