import pandas as pd
import pytest

from slm_analysis.errors import InputError
from slm_analysis.sla.agreements import Agreements
from tests.sla.agreement_texts import agreement
from tests.sla.tickets import tickets


def versions(*all_of):
    return Agreements(tuple(sorted(all_of, key=lambda a: (a.effective_from, a.name))))


def test_a_ticket_is_judged_by_the_version_in_force_when_it_was_opened(tmp_path):
    zone = {"timezone": "Asia/Shanghai", "service": "S"}
    kept = versions(
        agreement(tmp_path, version="1", start="2025-01-01", **zone),
        agreement(tmp_path, version="2", start="2026-01-01", **zone),
    )
    opened = [
        "2024-12-31 15:59:59", "2024-12-31 16:00", "2025-12-31 15:59:59.999999",
        "2025-12-31 16:00", "2030-01-01",
    ]  # fmt: skip
    got = kept.in_force(tickets(*({"opened_at": text} for text in opened)))
    assert got.tolist() == [-1, 0, 0, 1, 1]


def test_all_means_every_service_that_is_not_named_otherwise(tmp_path):
    named = agreement(tmp_path, service="S", terms="business_units: [U]", name="Named")
    rest = agreement(tmp_path, service="all", name="Named", version="2", start="2010-01-01")
    frame = tickets(
        {"opened_at": "2005-01-01"},
        {"opened_at": "2005-01-01", "service": "Other"},
        {"opened_at": "2005-01-01", "business_unit": "V"},
        {"opened_at": "2015-01-01", "service": "Other", "business_unit": "V"},
    )
    assert versions(named, rest).in_force(frame).tolist() == [0, -1, -1, 1]
    assert named.terms("U", "S") is named.services["S"]
    assert named.terms("V", "S") is None
    assert rest.terms("V", "Other") is rest.services["all"]


def test_a_version_may_give_up_a_service_or_a_unit(tmp_path):
    kept = versions(
        agreement(tmp_path, version="1", start="2020-01-01", service="S"),
        agreement(tmp_path, version="2", start="2021-01-01", service="Other"),
        agreement(
            tmp_path, version="3", start="2022-01-01", service="S", terms="business_units: [V]"
        ),
    )
    opened = ["2020-06-01", "2021-06-01", "2022-06-01"]
    got = kept.in_force(tickets(*({"opened_at": text} for text in opened)))
    assert got.tolist() == [0, -1, -1]
    # The later versions still belong to the unit's agreement: they end what was promised.
    assert [a.version for a in kept.of_unit("U").versions] == ["1", "2", "3"]


def test_two_agreements_that_cover_a_ticket_are_an_error_that_counts_them(tmp_path):
    one = agreement(tmp_path, name="One", start="2020-01-01", service="S")
    other = agreement(tmp_path, name="Other", start="2021-01-01", service="all")
    frame = tickets(
        {"opened_at": "2020-06-01"},
        {"opened_at": "2021-06-01"},
        {"opened_at": "2021-06-02"},
        {"opened_at": "2021-06-02", "business_unit": "V"},
        {"opened_at": "2021-06-02", "service": "X"},
    )
    with pytest.raises(InputError) as caught:
        versions(one, other).in_force(frame)
    assert [fault.problem for fault in caught.value.faults] == [
        "The agreements 'One' and 'Other' both cover 2 tickets of 'U', 'S'.",
        "The agreements 'One' and 'Other' both cover 1 tickets of 'V', 'S'.",
    ]
    early = frame[frame["opened_at"] < pd.Timestamp("2021-01-01", tz="UTC")]
    assert versions(one, other).in_force(early).tolist() == [0]


def test_agreements_of_different_units_stand_side_by_side(tmp_path):
    kept = versions(
        agreement(tmp_path, name="East", terms="business_units: [U]"),
        agreement(tmp_path, name="West", terms="business_units: [V]"),
    )
    frame = tickets(*({"opened_at": "2020-06-01", "business_unit": unit} for unit in "UVW"))
    assert kept.in_force(frame).tolist() == [0, 1, -1]
    assert [a.name for a in kept.of_unit("V").versions] == ["West"]
    assert kept.of_unit("W").versions == ()


def test_without_tickets_or_agreements_nothing_is_in_force(tmp_path):
    frame = tickets({"opened_at": "2020-06-01"})
    assert Agreements(()).in_force(frame).tolist() == [-1]
    assert versions(agreement(tmp_path)).in_force(frame.iloc[:0]).empty
