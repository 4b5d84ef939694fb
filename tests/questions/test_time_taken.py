"""How long a unit's tickets take: the figures of the workload, with their intervals."""

import pytest

from slm_analysis import open_unit, time_taken, workload
from slm_analysis.errors import InputError


@pytest.fixture(scope="module")
def unit(sample_project):
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(sample_project)
        yield open_unit("Manufacturing")


def test_the_figures_are_those_of_the_workload(unit):
    times = time_taken(unit).times
    by_share = times.percentiles.set_index(["share", "service"])["time"]
    services = workload(unit).services.set_index("service")
    for share, column in ((0.5, "median_hours"), (0.9, "p90_hours")):
        told = services[column].reindex(by_share[share].index)
        assert by_share[share].tolist() == pytest.approx(told.tolist(), nan_ok=True)
    counts = times.groups.set_index("service")
    assert (counts["tickets"] == services["timed"].reindex(counts.index)).all()
    assert (counts["still_open"] == services["still_open"].reindex(counts.index)).all()


def test_groups_too_small_are_left_out_and_told(unit):
    first = unit.tickets[unit.in_period(unit.tickets["opened_on"])]["ticket_id"].iloc[:4]
    kept = unit.targets["ticket_id"].isin(first)
    few = type(unit)(**{**vars(unit), "targets": unit.targets[kept]})
    result = time_taken(few)
    assert result.times is None
    assert [n.code for n in result.notes] == ["resolve_small_groups"]
    none = type(unit)(**{**vars(unit), "targets": unit.targets[:0]})
    assert time_taken(none).times is None


def test_by_any_column_of_the_tickets(unit):
    assert set(time_taken(unit, "priority").times.groups["priority"]) <= {"P1", "P2", "P3", "P4"}
    with pytest.raises(InputError, match="Did you mean 'priority'"):
        time_taken(unit, "priorty")


def test_by_what_is_derived_of_one_service_over_months(unit):
    result = time_taken(unit, "opening_team", "Invoice posting", months=6)
    assert (result.service, f"{result.period_start:%Y-%m-%d}") == ("Invoice posting", "2026-05-01")
    opened = unit.tickets[
        unit.tickets["service"].eq("Invoice posting")
        & unit.tickets["opened_on"].between("2026-05-01", "2026-10-31")
    ]
    first = unit.status_history.sort_values("from_time").drop_duplicates("ticket_id")
    team = opened["ticket_id"].map(first.set_index("ticket_id")["assignment_group"])
    scored = unit.targets[unit.targets["target"].eq("resolution_time")].set_index("ticket_id")
    counted = ~scored["state"].reindex(opened["ticket_id"]).isin(["excluded"]).to_numpy()
    sizes = team[counted].value_counts()
    groups = result.times.groups.set_index("opening_team")["tickets"]
    assert groups.to_dict() == sizes[sizes >= 5].to_dict()


def test_an_unknown_service_is_named(unit):
    with pytest.raises(InputError, match="Did you mean 'Invoice posting'"):
        time_taken(unit, service="Invoices posting")
