"""The sample's generator: reproducible, plausible, and the planted truth visible in plain sums."""

import gzip
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from slm_analysis.errors import InputError
from slm_analysis.intervals import rate_intervals
from slm_analysis.sample import (
    AS_OF,
    BAD_ROWS,
    ODD_ROWS,
    SEED,
    TIMEZONE,
    TRUTH,
    sample_tables,
    write_sample,
)
from slm_analysis.sample.centre import SERVICES, UNITS, office_calendar, report_due

COMMITTED = Path(__file__).parents[1] / "data" / "sample"
SEEDS = (SEED, 1, 2)
HOUR = 3600
TARGET_HOURS = {"Invoice posting": 16, "Travel reimbursement": 24, "Master data": 8}
TIMES = {
    "tickets": ["opened_at", "first_response_at", "resolved_at", "closed_at"],
    "status_history": ["from_time", "to_time"],
    "surveys": ["sent_at", "responded_at"],
    "process_changes": ["implemented_at"],
    "actions": [],
    "outages": ["started_at", "ended_at"],
}
REQUIRED = {
    "tickets": ["ticket_id", "opened_at"],
    "status_history": ["ticket_id", "status", "from_time"],
    "surveys": ["business_unit", "score", "scale_min", "scale_max", "responded_at"],
    "process_changes": ["change_id", "business_unit", "implemented_at", "description"],
    "actions": ["action_id", "business_unit", "status"],
    "outages": ["service", "started_at"],
}


def local(text: pd.Series) -> pd.Series:
    times = pd.to_datetime(text, format="%Y-%m-%d %H:%M", errors="coerce")
    return times.dt.tz_localize(TIMEZONE)


def ordinary(tables: dict[str, pd.DataFrame], name: str) -> pd.DataFrame:
    """Return a table without its planted rows, times read."""
    table = tables[name]
    table = table.iloc[: len(table) - sum(row.table == name for row in BAD_ROWS + ODD_ROWS)]
    return table.assign(**{column: local(table[column]) for column in TIMES[name]})


class Sample:
    """Tickets judged by the agreement, and answers, without any of the package's scoring."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.tables = sample_tables(seed)
        self.history = history = ordinary(self.tables, "status_history")
        tickets = ordinary(self.tables, "tickets").set_index("ticket_id")
        service, opened_at = tickets["service"], tickets["opened_at"]
        first = history.drop_duplicates("ticket_id").set_index("ticket_id")
        reopened = (history["status"].shift(-1) == "In progress") & (
            history["ticket_id"].shift(-1) == history["ticket_id"]
        )
        waits = history["status"].eq("Awaiting requester") | (
            history["status"].eq("Resolved") & reopened
        )
        pauses = history[waits].rename(columns={"ticket_id": "key"})
        urgent = (service == "Invoice posting") & (first["priority"] == "P1")
        urgent &= opened_at >= pd.Timestamp("2026-01-01", tz=TIMEZONE)
        hours = service.map(TARGET_HOURS).mask(urgent, 8)
        due = office_calendar().due(opened_at, hours.fillna(0) * HOUR, pauses)
        due = due.mask(service == "Payments", local(tickets["due_at"]))
        due = due.mask(service == "Month-end reports", report_due(opened_at))
        ended_at = tickets["resolved_at"].fillna(AS_OF)
        tickets = tickets.assign(
            team_at_opening=first["assignment_group"],
            hours=office_calendar().elapsed(opened_at, ended_at, pauses) / HOUR,
            urgent=urgent,
            goal=service.isin(["Payments", "Month-end reports"]).map({True: 0.98, False: 0.95}),
            late=ended_at > due,
            due_month=due.dt.tz_convert(TIMEZONE).dt.strftime("%Y-%m"),
        )
        self.tickets = tickets
        withdrawn = tickets["status"].isin(["Cancelled", "Duplicate"])
        self.counted = tickets[~withdrawn & (tickets["resolved_at"].notna() | tickets["late"])]
        surveys = ordinary(self.tables, "surveys")
        surveys = surveys.assign(score=surveys["score"].astype(int))
        self.surveys = surveys.join(tickets[["opened_at", "resolved_at", "hours"]], on="ticket_id")


@pytest.fixture(scope="module", params=SEEDS)
def sample(request):
    return Sample(request.param)


def of(frame: pd.DataFrame, unit: str, service: str | None = None) -> pd.DataFrame:
    frame = frame[frame["business_unit"] == unit]
    return frame if service is None else frame[frame["service"] == service]


def since(frame: pd.DataFrame, day: str) -> pd.Series:
    return frame["opened_at"] >= pd.Timestamp(day, tz=TIMEZONE)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    return write_sample(tmp_path_factory.mktemp("sample"))


class TestFiles:
    def test_command_line_writes_the_same_bytes_again(self, written, tmp_path):
        command = [sys.executable, "-m", "slm_analysis.sample", str(tmp_path)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
        assert done.stdout.split() == [str(tmp_path / file.name) for file in written]
        for file in written:
            assert (tmp_path / file.name).read_bytes() == file.read_bytes(), file.name

    def test_committed_files_are_what_the_generator_writes(self, written):
        # Contents, not bytes, of packed files: another zlib packs the same text otherwise.
        for file in written:
            read = gzip.open if file.suffix == ".gz" else open
            with read(file, "rb") as made, read(COMMITTED / file.name, "rb") as committed:
                assert made.read() == committed.read(), file.name

    def test_another_seed_gives_other_tickets(self, sample):
        assert not sample.tables["tickets"].equals(sample_tables(sample.seed + 1)["tickets"])

    def test_impossible_seed_is_named(self, tmp_path):
        with pytest.raises(InputError, match="seed -1"):
            write_sample(tmp_path, seed=-1)


class TestCentre:
    def test_size_and_span(self, sample):
        tickets = sample.tickets
        assert 29_000 < len(tickets) < 32_000
        assert set(tickets["business_unit"]) == set(UNITS)
        assert set(tickets["service"]) == set(SERVICES)
        assert tickets["opened_at"].min() >= pd.Timestamp("2024-11-01", tz=TIMEZONE)
        months = tickets["opened_at"].dt.strftime("%Y-%m")
        assert months[months < "2026-11"].nunique() == 24
        assert tickets["opened_at"].max() < AS_OF

    def test_nothing_happens_after_the_export(self, sample):
        for name, columns in TIMES.items():
            frame = ordinary(sample.tables, name)
            assert all((frame[column].dropna() <= AS_OF).all() for column in columns), name

    def test_most_tickets_are_opened_in_office_hours(self, sample):
        opened_at = sample.tickets["opened_at"]
        minute = pd.Timedelta(minutes=1)
        in_hours = office_calendar().elapsed(opened_at, opened_at + minute) > 0
        assert 0.8 < in_hours.mean() < 0.95

    def test_work_is_done_in_office_hours(self, sample):
        done = sample.history.loc[sample.history["status"] != "New", "from_time"]
        minute = pd.Timedelta(minutes=1)
        assert (office_calendar().elapsed(done - minute, done + minute) > 0).all()

    def test_make_up_saturdays_are_worked_and_holidays_are_not(self, sample):
        days = sample.tickets["resolved_at"].dt.strftime("%Y-%m-%d").value_counts()
        assert days["2026-10-10"] > 20
        assert not {"2026-10-01", "2026-02-17", "2025-01-29"} & set(days.index)

    def test_open_tickets_are_few_and_recent(self, sample):
        tickets = sample.tickets
        is_open = tickets["status"].isin(["New", "In progress", "Awaiting requester"])
        assert 20 < is_open.sum() < 150
        assert tickets.loc[is_open, ["resolved_at", "closed_at"]].isna().all(axis=None)
        assert tickets.loc[is_open, "opened_at"].min() > AS_OF - pd.Timedelta(days=60)

    def test_late_tickets_are_few_but_where_planted(self, sample):
        counted = sample.counted[~since(sample.counted, TRUTH.cause.since)]
        late = counted.groupby(["business_unit", "service"])["late"].agg(["mean", "size"])
        common = late[late["size"] > 200]
        assert (common["mean"] < 0.055).all()
        assert 0.96 < 1 - counted["late"].mean() < 0.985

    def test_tickets_of_a_day_go_together_a_little(self, sample):
        cases = sample.counted.assign(
            on_time=~sample.counted["late"], day=sample.counted["opened_at"].dt.normalize()
        )
        rates = rate_intervals(cases, favourable="on_time", day="day", by=["business_unit"])
        design_effect = rates["n"] / rates["n_effective"]
        assert 1.2 < design_effect.max() < 3

    def test_about_three_in_ten_answer(self, sample):
        assert 0.28 < len(sample.surveys) / sample.tickets["resolved_at"].notna().sum() < 0.32


class TestHistory:
    @settings(max_examples=2, deadline=None)
    @given(seed=st.integers(min_value=0, max_value=10_000))
    def test_every_ticket_has_one_unbroken_history(self, seed):
        tables = sample_tables(seed)
        tickets = ordinary(tables, "tickets").set_index("ticket_id")
        history = ordinary(tables, "status_history")
        by_ticket = history.groupby("ticket_id")
        following = by_ticket["from_time"].shift(-1)
        first, last = by_ticket.head(1).set_index("ticket_id"), by_ticket.tail(1)
        last = last.set_index("ticket_id")
        assert tickets.index.is_unique
        assert (history["to_time"] >= history["from_time"])[following.notna()].all()
        assert history["to_time"].equals(following.rename("to_time"))
        assert (first["status"] == "New").all()
        assert first["from_time"].equals(tickets["opened_at"].rename("from_time"))
        for column in ("status", "assignment_group", "priority"):
            assert last[column].equals(tickets[column]), column

    def test_counts_agree_with_history(self, sample):
        history, tickets = sample.history, sample.tickets
        by_ticket = history.groupby("ticket_id")
        group_before = by_ticket["assignment_group"].shift()
        handed_over = group_before.notna() & (group_before != history["assignment_group"])
        hand_overs = handed_over.groupby(history["ticket_id"]).sum()
        resolutions = (history["status"] == "Resolved").groupby(history["ticket_id"]).sum()
        assert (hand_overs == tickets["reassignment_count"].astype(int)).all()
        resolved = tickets["resolved_at"].notna()
        assert (resolutions == tickets["reopen_count"].astype(int) + resolved)[resolved].all()
        assert tickets["reopen_count"].astype(int).sum() > 100


class TestTruth:
    def test_one_cause_in_one_team_from_its_month(self, sample):
        cause = TRUTH.cause
        invoices = of(sample.counted, cause.business_unit, cause.service)
        planted = (invoices["hold_reason"] == cause.hold_reason) & (
            invoices["team_at_opening"] == cause.assignment_group
        )
        after = since(invoices, cause.since)
        late = invoices["late"].groupby([planted, after]).mean()
        assert late[True, True] == pytest.approx(cause.late, abs=0.05)
        assert max(late[False, True], late[False, False], late[True, False]) < 0.06
        by_month = invoices.groupby("due_month")["late"].agg(["mean", "size"])
        assert by_month.loc["2026-10", "mean"] == pytest.approx(0.12, abs=0.03)
        assert 280 < by_month.loc["2026-10", "size"] < 500
        assert (by_month.loc[:"2026-05", "mean"] < 0.05).all()
        assert (by_month.loc["2026-06":"2026-10", "mean"] > 0.05).all()

    def test_elsewhere_the_same_tickets_are_not_late(self, sample):
        cause = TRUTH.cause
        invoices = sample.counted[sample.counted["business_unit"] != cause.business_unit]
        same = invoices[
            (invoices["hold_reason"] == cause.hold_reason)
            & (invoices["team_at_opening"] == cause.assignment_group)
        ]
        assert same["late"].mean() < 0.04

    def test_the_improvement_cut_time_and_raised_satisfaction(self, sample):
        change = TRUTH.improvement
        invoices = of(sample.tickets, change.business_unit, change.service)
        invoices = invoices[invoices["resolved_at"].notna() & (invoices["hours"] > 0)]
        log_hours = np.log(invoices["hours"]).groupby(since(invoices, change.on)).mean()
        factor = np.exp(log_hours[True] - log_hours[False])
        assert factor == pytest.approx(change.time_factor, abs=0.08)
        answers = of(sample.surveys, change.business_unit, change.service)
        score = answers["score"].groupby(since(answers, change.on)).mean()
        assert score[True] - score[False] == pytest.approx(change.satisfaction, abs=0.15)

    @pytest.mark.parametrize(
        "change", [TRUTH.idle_change, TRUTH.noise_change], ids=lambda change: change.change_id
    )
    def test_idle_changes_did_nothing(self, sample, change):
        tickets = of(sample.tickets, change.business_unit, change.service)
        tickets = tickets[tickets["resolved_at"].notna() & (tickets["hours"] > 0)]
        after = since(tickets, change.on)
        hours = np.log(tickets["hours"])
        assert stats.ttest_ind(hours[after], hours[~after]).pvalue > 0.001
        answers = of(sample.surveys, change.business_unit, change.service)
        after = since(answers, change.on)
        test = stats.ttest_ind(answers.loc[after, "score"], answers.loc[~after, "score"])
        assert test.pvalue > 0.001

    def test_green_service_levels_with_falling_satisfaction(self, sample):
        decline = TRUTH.decline
        counted = of(sample.counted, decline.business_unit)
        goal = counted["goal"].mask(counted["urgent"], 0.98)
        in_time = counted.assign(goal=goal).groupby(["service", "urgent", "due_month"])
        assert (1 - in_time["late"].mean() >= in_time["goal"].max()).all()
        answers = of(sample.surveys, decline.business_unit)
        by_month = answers.groupby(answers["resolved_at"].dt.strftime("%Y-%m"))["score"].mean()
        assert by_month[:"2025-12"].mean() == pytest.approx(decline.start, abs=0.1)
        assert by_month["2026-09":].mean() == pytest.approx(decline.end, abs=0.3)
        falling = stats.spearmanr(range(10), by_month["2026-01":"2026-10"])
        assert falling.statistic < -0.6

    def test_noise_has_one_share_late_in_every_service(self, sample):
        noise = of(sample.counted, TRUTH.noise)
        assert noise["late"].mean() == pytest.approx(0.017, abs=0.008)
        assert (noise["priority"] != "P1").all()

    @pytest.mark.parametrize(
        "driver",
        [
            "service", "priority", "ticket_type", "channel", "requester_team", "hold_reason",
            "supplier_country", "assignment_group", "team_at_opening", "reassignment_count",
        ],
    )  # fmt: skip
    def test_noise_goes_with_nothing(self, sample, driver):
        noise = of(sample.counted, TRUTH.noise)
        level = noise.groupby(driver)[driver].transform("size") >= 100
        table = pd.crosstab(noise.loc[level, driver], noise.loc[level, "late"])
        assert stats.chi2_contingency(table).pvalue > 0.0005
        for _, same_work in noise[level].groupby("service"):
            hours = [group["hours"] for _, group in same_work.groupby(driver) if len(group) > 30]
            if len(hours) > 1:
                assert stats.kruskal(*hours).pvalue > 0.0005

    def test_small_unit_has_too_few_respondents_ever(self, sample):
        opened = of(sample.tickets, TRUTH.small)["opened_at"]
        a_month = opened.dt.strftime("%Y-%m").value_counts()[lambda n: n.index < "2026-11"]
        assert 17 < a_month.mean() < 23
        assert of(sample.surveys, TRUTH.small)["respondent_id"].nunique() <= 4

    def test_other_units_have_enough_respondents(self, sample):
        answers = sample.surveys[sample.surveys["business_unit"] != TRUTH.small]
        month = answers["responded_at"].dt.strftime("%Y-%m")
        people = answers[month < "2026-11"].groupby(["business_unit", month])["respondent_id"]
        assert people.nunique().min() >= 5


class TestPlantedRows:
    def reasons(self, tables: dict[str, pd.DataFrame], name: str) -> Counter:
        """Return the faults of a table's rows, found in one plain pass."""
        table = tables[name]
        found = Counter()
        for column in REQUIRED[name]:
            found[f"missing_{column}"] += (table[column] == "").sum()
        for column in TIMES[name]:
            time = local(table[column])
            found[f"unreadable_{column}"] += (time.isna() & (table[column] != "")).sum()
            found["event_after_as_of"] += (time > AS_OF).sum()
        if name == "tickets":
            named = table.loc[table["ticket_id"] != "", "ticket_id"]
            found["repeated_ticket_id"] = named.duplicated().sum()
        if name == "status_history":
            known = [*tables["tickets"]["ticket_id"], ""]
            found["unknown_ticket"] = (~table["ticket_id"].isin(known)).sum()
        if name == "surveys":
            score = pd.to_numeric(table["score"], errors="coerce")
            found["unreadable_score"] = (score.isna() & (table["score"] != "")).sum()
            found["out_of_scale"] = (~score.dropna().between(1, 5)).sum()
        if name == "outages":
            started, ended = local(table["started_at"]), local(table["ended_at"])
            found["ends_before_start"] = (ended < started).sum()
        return +found

    @pytest.mark.parametrize("name", list(TIMES))
    def test_each_bad_row_has_its_reason_and_no_other_row_has_one(self, sample, name):
        expected = Counter(row.code for row in BAD_ROWS if row.table == name)
        assert expected
        assert self.reasons(sample.tables, name) == expected

    def test_odd_rows_are_there(self, sample):
        odd = Counter(row.code for row in ODD_ROWS)
        tickets = sample.tables["tickets"]
        bad = sum(row.table == "tickets" for row in BAD_ROWS)
        tickets = tickets.iloc[: len(tickets) - bad]
        opened_at = local(tickets["opened_at"])
        found = {
            "missing_business_unit": tickets["business_unit"] == "",
            "missing_service": tickets["service"] == "",
            "due_at_before_opening": local(tickets["due_at"]) < opened_at,
            "closed_in_opening_second": local(tickets["closed_at"]) == opened_at,
        }
        assert {code: rows.sum() for code, rows in found.items()} == odd
