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
