"""The known truths of the real files, exact, from the export to the verdict."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd
import pytest
from statsmodels.stats.proportion import confint_proportions_2indep

from slm_analysis.analyses.control_charts import control_chart
from slm_analysis.analyses.ordinal_regression import ordinal_regression
from slm_analysis.dataset.prepare import Prepared, prepare
from slm_analysis.dataset.unit import Unit, open_unit
from slm_analysis.intake.source_yaml import read_sources
from slm_analysis.presentation import headline, say
from slm_analysis.project import AGREEMENTS, PREPARED, SOURCES
from slm_analysis.questions.followed_targets import followed_targets
from slm_analysis.questions.process_changes import change_outcomes
from slm_analysis.questions.service_levels import service_levels
from slm_analysis.questions.survey_response import survey_response
from slm_analysis.sla.agreement_yaml import read_agreements
from slm_analysis.sla.reporting_periods import period_start
from slm_analysis.sla.scoring import COUNTED, STATES, score
from tests.real_projects import write_project
from tests.small_projects import Whole, loaded

EVER = {"period_start": "2000-01-01", "period_end": "2099-12-31"}


@dataclass(frozen=True)
class Project:
    """One real file with its parameters, read, scored and prepared when first asked for."""

    root: Path

    @cached_property
    def loaded(self) -> dict[str, Whole]:
        return loaded(read_sources(self.root / SOURCES, self.root))

    @cached_property
    def scored(self) -> pd.DataFrame:
        tickets = self.loaded["tickets"].accepted
        history = self.prepared_table("status_history")
        agreed = read_agreements(self.root / AGREEMENTS)
        return score(tickets, history, agreed, self.prepared.as_of)

    @cached_property
    def prepared(self) -> Prepared:
        return prepare(self.root, self.root / PREPARED)

    def prepared_table(self, name: str) -> pd.DataFrame:
        files = (self.prepared.unit_folder(u) / f"{name}.parquet" for u in self.prepared.units)
        return pd.concat(map(pd.read_parquet, files), ignore_index=True)

    def units(self, names: list[str] | None = None) -> list[Unit]:
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(self.root)
            return [open_unit(name, **EVER) for name in names or self.prepared.units]

    def states(self) -> dict[str, int]:
        """Return the state counts, told alike by `score` and by what was prepared."""
        direct = self.scored["state"].value_counts().to_dict()
        assert self.prepared_table("targets")["state"].value_counts().to_dict() == direct
        return direct


@pytest.fixture(scope="module")
def project(shared, real_project, tmp_path_factory) -> Callable[..., Project]:
    """Return a function: the name of a real data set, and a goal, to its project."""
    known: dict[tuple, Project] = {}

    def project(name: str, goal: str | None = None) -> Project:
        if (name, goal) not in known:
            root = (
                write_project(tmp_path_factory.mktemp(name), name, shared, goal)
                if goal
                else real_project(name)
            )
            known[name, goal] = Project(root)
        return known[name, goal]

    return project


def quality(project: Project, table: str) -> list[int]:
    tables = project.prepared.quality.tables.set_index("table")
    columns = ["rows_in_file", "read", "accepted", "rejected"]
    return [int(n) for n in tables.loc[table, columns]]


def odd(project: Project) -> dict[str, int]:
    """Return the notes on the tickets, with their counts."""
    notes = [n for n in project.prepared.quality.notes if n.values["table"] == "tickets"]
    return {
        " ".join([n.code, str(n.values.get("column", ""))]).strip(): n.values["n"] for n in notes
    }


def levels(units: list[Unit]) -> pd.DataFrame:
    return pd.concat([service_levels(unit).levels for unit in units], ignore_index=True)


class TestUci:
    """ServiceNow: updates folded to the last row, day-first dates, the source's own judgement."""

    def test_as_recorded(self, project):
        uci = project("uci")
        assert uci.states() == {"met": 9450, "breached_closed": 5500}
        assert quality(uci, "tickets") == [85_007, 14_950, 14_950, 0]
        assert quality(uci, "status_history") == [85_007, 85_007, 85_007, 0]

    def test_the_units_add_up(self, project):
        uci = project("uci")
        assert len(uci.prepared.units) == 50
        sums = levels(uci.units())[["met", "counted", "tickets"]].sum()
        assert sums.tolist() == [9450, 14_950, 14_950]
        assert round(100 * sums["met"] / sums["counted"], 2) == 63.21

    def test_four_incidents_without_a_category_are_kept_and_counted(self, project):
        uci = project("uci")
        assert odd(uci) == {
            "defaulted business_unit": 4,
            "defaulted service": 4,
            "closed_in_opening_second": 4,
        }
        (unit,) = uci.units(["Uncategorised"])
        assert len(unit.tickets) == 4
        assert unit.tickets["service"].unique().tolist() == ["Unknown"]

    def test_dates_are_day_first(self, project):
        opened = project("uci").loaded["tickets"].accepted["opened_at"]
        assert opened.min() == pd.Timestamp("2016-02-29 01:16", tz="America/Sao_Paulo")
        assert opened.dt.month.isin([2, 3, 4, 5]).mean() > 0.99

    def test_spring_2016_signals_and_nothing_is_made_responsible(self, project):
        uci = project("uci")
        counted = uci.prepared_table("targets").query("state in ['met', 'breached_closed']")
        weeks = (
            counted.assign(
                week=period_start(counted["opened_on"], "week"), met=counted["state"].eq("met")
            )
            .groupby("week")["met"]
            .agg(["sum", "size"])
            .loc["2016-02-29":"2016-05-30"]
            .reset_index()
        )
        chart = control_chart(weeks, value="sum", n="size", time="week")
        spring = chart.signals[chart.signals["start"].between("2016-03-01", "2016-05-31")]
        assert {"beyond_limits", "anhoej_runs"} <= set(spring["rule"])
        shift = spring.set_index("rule").loc["anhoej_runs"]
        assert (shift["start"], shift["meaning"]) == (pd.Timestamp("2016-03-28"), "favourable")
        assert not re.search(r"because|caused|change of|due to", say(chart).text())
        (unit,) = uci.units(["Category 42"])
        outcomes = change_outcomes(unit)
        assert outcomes.effects.empty
        assert headline(outcomes).title == "No process change is on record for Category 42"


class TestBoston:
    """Requests with a due date each: the denominator is named, open ones judged at the export."""

    STATES = {  # noqa: RUF012
        "met": 20_356,
        "breached_closed": 4827,
        "breached_open": 1632,
        "no_target": 5013,
    }

    def test_by_due_date(self, project):
        boston = project("boston")
        assert boston.states() == self.STATES
        counted = self.STATES["met"] + self.STATES["breached_closed"] + self.STATES["breached_open"]
        assert counted == 26_815
        assert round(100 * self.STATES["met"] / counted, 2) == 75.91
        assert quality(boston, "tickets") == [31_828, 31_828, 31_828, 0]

    def test_the_units_add_up(self, project):
        table = levels(project("boston").units())
        assert table[list(STATES)].sum().to_dict() == dict.fromkeys(STATES, 0) | self.STATES
        assert table["tickets"].sum() == 31_828
        assert table.loc[table["counted"] > 0, "goal_value"].unique().tolist() == [0.8]

    def test_oddities_are_noted_and_not_rejected(self, project):
        assert odd(project("boston")) == {
            "due_at_before_opening": 3,
            "closed_in_opening_second": 1548,
        }

    def test_the_closing_stands_for_the_resolution_and_the_page_says_so(self, project):
        (unit, *_) = project("boston").units(["PWDx"])
        codes = {note.code: dict(note.values) for note in service_levels(unit).notes}
        # Those without a recorded due time are not judged, by their closing or otherwise.
        closed = unit.targets["state"].isin(COUNTED) & unit.targets["stopped_at"].notna()
        assert codes["stop_is_closing"] == {"n": int(closed.sum())}
        assert codes["no_status_history"] == {}


class TestDeclarations:
    """An event log: cases are submitted, rejected, submitted again and paid."""

    def test_cases(self, project):
        declarations = project("declarations")
        tickets = declarations.loaded["tickets"].accepted
        assert quality(declarations, "tickets") == [55_628, 10_357, 10_222, 135]
        rejections = declarations.prepared.quality.rejections
        assert rejections[rejections["table"] == "tickets"].to_numpy().tolist() == [
            ["tickets", "missing_opened_at", 135]
        ]
        assert tickets["resolved_at"].notna().sum() == 9911
        days = (tickets["resolved_at"] - tickets["opened_at"]).dt.total_seconds() / 86_400
        assert round(days.median(), 2) == 7.35
        assert round(days.mean(), 2) == 11.23
        assert round(100 * (days.dropna() <= 10).mean(), 2) == 62.71

    def test_the_clock_agrees_and_open_cases_count_against_the_goal(self, project):
        declarations = project("declarations")
        assert declarations.states() == {"met": 6215, "breached_closed": 3696, "breached_open": 311}
        scored = declarations.scored
        closed = scored[scored["stopped_at"].notna()]
        assert round(closed["elapsed_seconds"].median() / 86_400, 2) == 7.35
        (unit,) = declarations.units()
        level = service_levels(unit).levels.iloc[0]
        assert level[["met", "counted"]].tolist() == [6215, 10_222]
        assert (level["result"], level["goal"]) == ("met", "60% within 240h")

    def test_rejected_at_least_once(self, project):
        history = project("declarations").prepared_table("status_history")
        rejected = history["status"].str.contains("REJECTED")
        assert history["ticket_id"].nunique() == 10_222
        assert history.loc[rejected, "ticket_id"].nunique() == 1278


class TestTechSupport:
    """A help desk with due dates and flags of its own: recorded and judged differ by one ticket."""

    def test_as_recorded_leaves_the_running_ticket_out(self, project):
        desk = project("tech_support")
        states = desk.states()
        assert states == {
            "met": 1546, "breached_open": 417, "breached_closed": 366, "running": 1,
        }  # fmt: skip
        table = levels(desk.units())
        assert table[["met", "counted", "undecided"]].sum().tolist() == [1546, 2329, 1]

    def test_the_difference_to_the_raw_flags_is_explained(self, project):
        desk = project("tech_support")
        recorded = pd.concat([service_levels(unit).recorded for unit in desk.units()])
        sums = recorded.groupby(["source", "state", "recorded_breached"])["n"].sum()
        assert sums.to_dict() == {
            ("tickets", "met", False): 1546,
            ("tickets", "running", False): 1,  # recorded as not breached, but still open
            ("tickets", "breached_closed", True): 366,
            ("tickets", "breached_open", True): 417,
        }
        flags = desk.loaded["tickets"].accepted["breached"]
        assert (int((~flags).sum()), len(flags)) == (1547, 2330)

    def test_by_due_date_counts_the_running_ticket_as_late(self, project):
        states = project("tech_support", "80% by due date").states()
        assert states["met"] == 1546
        assert sum(states.get(name, 0) for name in ("breached_closed", "breached_open")) == 784
        assert set(states) == {"met", "breached_closed", "breached_open"}

    def test_responses(self, project):
        accepted = project("tech_support").loaded["tickets"].accepted
        met = ~accepted["response_breached"].astype(bool)
        assert (int(met.sum()), round(100 * met.mean(), 2)) == (2019, 86.65)
        assert odd(project("tech_support")) == {"first_response_at_before_opening": 2}

    def test_only_closed_tickets_carry_an_answer(self, project):
        desk = project("tech_support")
        surveys, tickets = (desk.loaded[name].accepted for name in ("surveys", "tickets"))
        assert quality(desk, "surveys") == [2330, 2330, 1173, 1157]
        assert round(surveys["score"].mean(), 3) == 3.511
        status = tickets.set_index("ticket_id")["status"]
        assert status.reindex(surveys["ticket_id"]).unique().tolist() == ["Closed"]
        assert (status == "Closed").sum() == 1173

    def test_no_effect_of_a_breach_on_satisfaction_is_claimed(self, project):
        desk = project("tech_support")
        states = desk.prepared_table("targets")[["ticket_id", "state"]]
        answers = desk.prepared_table("surveys").merge(states, on="ticket_id")
        assert answers["state"].value_counts().to_dict() == {"met": 948, "breached_closed": 225}
        late = pd.DataFrame({"late": answers["state"].ne("met") * 1.0})
        days = answers["responded_at"].dt.date
        odds = ordinal_regression(answers["score"], late, clusters=days).table.iloc[0]
        assert odds["low"] < 0 < odds["high"]
        means = answers.groupby(late["late"])["score"].mean()
        assert means.round(2).tolist() == [3.49, 3.60]  # late ones even a little higher

    def test_who_could_not_answer_is_told_step_by_step(self, project):
        responses = [survey_response(unit) for unit in project("tech_support").units()]
        funnel = pd.concat([r.funnel for r in responses]).groupby("state").sum()
        assert funnel[["open", "resolved", "answered"]].to_dict("index") == {
            "in_time": {"open": 0, "resolved": 1546, "answered": 948},
            "late": {"open": 417, "resolved": 366, "answered": 225},
        }
        # Of those who could be asked all answered, late or in time.
        sure = [r for r in responses if len(r.unasked)]
        assert len(sure) >= 5
        for response in sure:
            assert response.unasked["status"].tolist() == ["Resolved"]
            assert (response.funnel["could_be_asked"] == response.funnel["answered"]).all()
            assert "No ticket with status Resolved has an answer" in say(response).text()
        for response in responses:
            assert not response.difference_low > 0
            assert not response.difference_high < 0

    def test_no_service_level_is_said_to_go_with_satisfaction(self, project):
        for unit in project("tech_support").units():
            table = followed_targets(unit).table
            assert not table["verdict"].isin(["lower", "higher"]).any()
            assert not table["moves"].any()

    def test_no_country_is_said_to_expect_more(self, project):
        gaps = pd.concat([unit.expectation_gaps for unit in project("tech_support").units()])
        judged = gaps[gaps["window_end"] == gaps["window_end"].max()]
        assert judged["difference"].notna().any()
        assert not ((judged["low"] > 0) | (judged["high"] < 0)).any()

    def test_no_difference_in_response_by_state_is_claimed(self, project):
        desk = project("tech_support")
        states = desk.prepared_table("targets")[["ticket_id", "state"]]
        answered = desk.prepared_table("surveys")["ticket_id"]
        done = desk.prepared_table("tickets").merge(states, on="ticket_id")
        done = done[done["status"].isin(["Closed", "Resolved"])]
        rate = (
            done["ticket_id"].isin(answered).groupby(done["state"].eq("met")).agg(["sum", "size"])
        )
        assert (100 * rate["sum"] / rate["size"]).round(1).tolist() == [61.5, 61.3]
        low, high = confint_proportions_2indep(*rate.loc[True], *rate.loc[False], method="newcomb")
        assert low < 0 < high
