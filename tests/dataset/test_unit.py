import pandas as pd
import pytest

from slm_analysis.dataset.unit import open_unit
from slm_analysis.errors import InputError
from slm_analysis.sla.reporting_periods import reported_period
from tests.sla.agreement_texts import agreement_text
from tests.small_projects import project

TICKETS = (
    "ticket_id,business_unit,service,opened_at,resolved_at,closed_at,state,elapsed_seconds\n"
    "T1,Sales,S,2026-09-30 15:30,2026-10-01 09:30,2026-10-02 09:00,Bavaria,long\n"
    "T2,Sales,S,2026-09-30 16:30,,2026-10-02 09:00,Hesse,short\n"
    "T3,Sales,Other,2026-10-31 23:00,,,,\n"
    "T4,Logistics,S,2026-10-31 23:00,,,,\n"
)
IN_SHANGHAI = agreement_text(timezone="Asia/Shanghai", terms="business_units: [Sales]")


@pytest.fixture
def root(tmp_path, monkeypatch):
    root = project(tmp_path / "p", agreement=IN_SHANGHAI, tickets_csv=TICKETS)
    monkeypatch.chdir(root)
    return root


@pytest.mark.usefixtures("root")
class TestOpen:
    def test_the_preset_period_is_the_last_complete_month_in_the_zone_of_the_agreement(self):
        sales = open_unit("Sales")
        assert (sales.business_unit, sales.timezone) == ("Sales", "Asia/Shanghai")
        assert sales.local_as_of == pd.Timestamp("2026-11-02 16:00")
        assert (sales.period_start, sales.period_end) == (
            pd.Timestamp("2026-10-01"), pd.Timestamp("2026-10-31"),
        )  # fmt: skip
        assert sales.period == (
            pd.Timestamp("2026-10-01", tz="Asia/Shanghai"),
            pd.Timestamp("2026-11-01", tz="Asia/Shanghai"),
        )
        days = sales.tickets.set_index("ticket_id")["opened_on"].dt.strftime("%m-%d").to_dict()
        assert days == {"T1": "09-30", "T2": "10-01", "T3": "11-01"}
        assert sales.targets.set_index("ticket_id")["opened_on"].to_dict() == (
            sales.tickets.set_index("ticket_id")["opened_on"].to_dict()
        )

    def test_a_unit_without_an_agreement_keeps_the_zone_of_the_source(self):
        unit = open_unit("Logistics")
        assert (unit.timezone, unit.agreement.versions) == ("UTC", ())
        assert unit.targets["state"].tolist() == ["no_target"]
        assert unit.tickets["opened_on"].tolist() == [pd.Timestamp("2026-10-31")]

    def test_it_works_from_a_folder_below_and_with_another_place_for_data(self, root, monkeypatch):
        (root / "notebooks").mkdir()
        monkeypatch.chdir(root / "notebooks")
        assert open_unit("Sales", data="elsewhere").business_unit == "Sales"
        assert (root / "elsewhere" / "current.json").is_file()
        assert not (root / "data").exists()

    def test_what_the_sources_do_not_have_is_empty_and_not_missing(self):
        unit = open_unit("Sales")
        for name in (
            "status_history", "surveys", "process_changes", "actions", "outages", "recorded_targets"
        ):  # fmt: skip
            assert getattr(unit, name).empty
        assert unit.survey_days.empty
        assert unit.data_quality.tables["table"].tolist() == ["tickets"]

    @pytest.mark.parametrize(
        ("name", "hint"),
        [
            ("sales", "Did you mean 'Sales'?"),
            ("Logistic", "Did you mean 'Logistics'?"),
            ("Treasury", "Known: Logistics, Sales."),
            (8, "Known: Logistics, Sales."),
        ],
    )
    def test_an_unknown_unit_names_the_nearest(self, name, hint):
        with pytest.raises(InputError) as caught:
            open_unit(name)
        assert str(caught.value) == f"There is no business unit {name!r} in the data. {hint}"

    def test_outside_a_project_there_is_one_clear_error(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        with pytest.raises(InputError, match=r"No parameters/sources\.yaml"):
            open_unit("Sales")


class TestPeriod:
    AS_OF = pd.Timestamp("2026-11-02 16:00")

    def test_presets(self):
        assert reported_period("", "", pd.Timestamp("2026-01-01 00:00")) == (
            pd.Timestamp("2025-12-01"), pd.Timestamp("2025-12-31"),
        )  # fmt: skip
        assert reported_period("2026-10-05", "", self.AS_OF)[0] == pd.Timestamp("2026-10-05")
        assert reported_period("", "2026-11-15", self.AS_OF)[1] == pd.Timestamp("2026-11-15")
        one_day = reported_period("2026-10-05", "2026-10-05", self.AS_OF)
        assert one_day[0] == one_day[1]
        assert {day.unit for day in one_day} == {"us"}

    @pytest.mark.parametrize(
        "text", ["soon", "2026-13-01", "31.10.2026", "10/11/2026", "2026-10", "now", "today", 2026]
    )
    def test_a_date_is_written_iso_and_never_guessed(self, text):
        with pytest.raises(InputError) as caught:
            reported_period(text, "", self.AS_OF)
        assert str(caught.value) == f"period_start {text!r} is not a date such as 2026-10-31."
        with pytest.raises(InputError, match="period_end"):
            reported_period("", text, self.AS_OF)

    def test_a_period_lies_before_the_export_and_ends_after_its_start(self):
        with pytest.raises(
            InputError, match=r"ends \(2026-10-01\) before it starts \(2026-10-02\)"
        ):
            reported_period("2026-10-02", "2026-10-01", self.AS_OF)
        with pytest.raises(
            InputError, match=r"begins \(2026-11-03\) after the export of 2026-11-02"
        ):
            reported_period("2026-11-03", "2026-11-30", self.AS_OF)
        assert reported_period("2026-11-02", "2026-11-30", self.AS_OF)


@pytest.mark.usefixtures("root")
class TestDays:
    def test_the_day_that_says_to_which_period_a_ticket_belongs(self):
        unit = open_unit("Sales")
        tickets, targets = unit.tickets.iloc[:2], unit.targets.iloc[:2]
        assert unit.local_day(tickets, "opened").dt.day.tolist() == [30, 1]
        assert unit.local_day(tickets, "resolved").dt.day.iloc[0] == 1
        assert pd.isna(unit.local_day(tickets, "resolved").iloc[1])
        assert unit.local_day(tickets, "closed").dt.day.tolist() == [2, 2]
        assert unit.local_day(targets, "closed").dt.day.tolist() == [2, 2]
        assert unit.local_day(targets, "resolved").dt.day.tolist() == [1, 2]  # the closing stands
        assert unit.local_day(targets, "due").dt.day.tolist() == [1, 1]

    def test_in_the_period_are_its_first_and_last_day(self):
        unit = open_unit("Sales")
        days = pd.Series(pd.to_datetime(["2026-09-30", "2026-10-01", "2026-10-31", "2026-11-01"]))
        assert unit.in_period(days).tolist() == [False, True, True, False]
        assert unit.in_period(pd.Series([pd.NaT])).tolist() == [False]

    def test_judged_tickets_bring_all_their_columns_also_one_called_as_ours(self):
        judged = open_unit("Sales").judged().set_index("ticket_id")
        assert judged["breached"].to_dict() == {"T1": True, "T2": True, "T3": True}
        assert judged["state"].tolist()[:2] == ["Bavaria", "Hesse"]
        assert judged.loc["T1", "elapsed_seconds"] == 18 * 3600
        assert open_unit("Sales").judged("response_time").empty

    def test_answers_are_dated_by_their_tickets_resolution_else_their_own(
        self, tmp_path, monkeypatch
    ):
        root = project(
            tmp_path / "q",
            "tickets: {file: tickets.csv}\nsurveys: {file: surveys.csv}\n",
            IN_SHANGHAI,
            tickets_csv=TICKETS,
            surveys_csv="business_unit,ticket_id,score,scale_min,scale_max,responded_at\n"
            "Sales,T1,4,1,5,2026-10-20\nSales,T2,4,1,5,2026-10-20 17:00\nSales,,4,1,5,2026-10-21\n"
            "Sales,T99,4,1,5,2026-10-22\n",
        )
        monkeypatch.chdir(root)
        assert open_unit("Sales").survey_days.dt.day.tolist() == [1, 21, 21, 22]
