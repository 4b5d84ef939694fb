import numpy as np
import pytest

from slm_analysis.dataset.unit import open_unit
from slm_analysis.questions.workload import workload
from tests.sla.agreement_texts import agreement_text
from tests.small_projects import project

TABLES = "tickets: {file: tickets.csv}\nstatus_history: {file: history.csv}\n"
TICKETS = "ticket_id,business_unit,service,opened_at,resolved_at,closed_at,reopen_count\n"
HISTORY = "ticket_id,status,from_time,to_time\n"


@pytest.fixture
def ask(tmp_path, monkeypatch):
    """Return a function: rows of tickets and history to the workload of unit U."""

    def ask(tickets, history="", target="metric: resolution_time", period=(), **terms):
        root = project(
            tmp_path / "p",
            TABLES,
            agreement_text(f"- {{{target}, goal: 95% within 4h, pauses_on: [Waiting]}}", **terms),
            tickets_csv=TICKETS + tickets,
            history_csv=HISTORY + history,
        )
        monkeypatch.chdir(root)
        return workload(open_unit("U", "data", *period)).services.set_index("service")

    return ask


def test_what_came_in_what_was_done_and_what_is_open(ask):
    rows = (
        "T0,U,S,2026-09-30 23:00,2026-10-02,,0\n"
        "T1,U,S,2026-10-05,2026-10-06,,2\n"
        "T2,U,S,2026-10-30,2026-11-01 00:01,,1\n"  # resolved just after the month
        "T3,U,S,2026-10-31 12:00,,,\n"
        "T4,U,S,2026-10-20,,2026-10-21,\n"  # closed, never resolved
        "T5,U,S,2026-11-01 00:01,,,\n"
        "T6,U,Other,2026-09-01,,,\n"
        "T7,V,S,2026-10-05,,,\n"
    )
    services = ask(rows)
    columns = ["opened", "resolved", "reopen_known", "reopened", "backlog"]
    assert services.loc["S", columns].tolist() == [4, 2, 2, 1, 2]
    assert services.loc["Other", columns].tolist() == [0, 0, 0, 0, 1]
    assert services.loc["S", "oldest_days"] == 2.0
    assert services.loc["S", "median_age_days"] == 1.25
    assert services.loc["Other", "oldest_days"] == 61.0


def test_times_count_open_tickets_as_open_and_tell_the_waiting_apart(ask):
    rows = "".join(f"T{at},U,S,2026-10-05 00:00,2026-10-05 0{at}:00,,\n" for at in range(1, 6))
    rows += "T9,U,S,2026-10-31 20:00,,,\n"
    history = "T4,Waiting,2026-10-05 01:00,2026-10-05 02:00\n"
    services = ask(rows, history)
    row = services.loc["S"]
    assert (row["timed"], row["still_open"]) == (6, 1)
    # Hours 1, 2, 3, 3 (4 less the pause), 5, and one open for 36: three of six by the third.
    assert (row["median_hours"], row["p90_hours"]) == (3.0, pytest.approx(np.nan, nan_ok=True))
    assert (row["working_hours"], row["waiting_hours"]) == (1 + 2 + 3 + 3 + 5 + 36, 1)
    assert row["waiting_share"] == pytest.approx(1 / 51)


def test_a_target_of_another_name_is_timed_all_the_same(ask):
    rows = "".join(f"T{at},U,S,2026-10-05 00:00,2026-10-05 0{at}:00,,\n" for at in range(1, 6))
    services = ask(rows, target="metric: resolution_time, name: Fixed")
    assert services.loc["S", "median_hours"] == 3.0


@pytest.mark.parametrize("period", [("2026-09-01", "2026-09-30"), ("2026-11-01", "2026-11-30")])
def test_a_quiet_month(ask, period):
    services = ask("T0,U,S,2026-10-05,2026-10-06,,\n", period=period)
    assert services.empty
    still = ask("T0,U,S,2026-08-05,,,\n", period=period)
    columns = ["opened", "resolved", "timed", "backlog"]
    assert still.loc["S", columns].tolist() == [0, 0, 0, 1]


def test_a_month_that_is_not_over_is_judged_at_the_export(ask):
    services = ask("T0,U,S,2026-11-01,,,\n", period=("2026-11-01", "2026-11-30"))
    assert services.loc["S", "oldest_days"] == pytest.approx(1 + 8 / 24)


def test_a_unit_that_no_agreement_covers_still_has_its_counts(ask):
    services = ask("T0,U,S,2026-10-05,2026-10-06,,\n", terms="business_units: [V]")
    assert services.loc["S", ["opened", "resolved", "timed"]].tolist() == [1, 1, 0]
    assert np.isnan(services.loc["S", "median_hours"])
