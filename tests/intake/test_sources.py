"""Layouts, mapping and checks from the written file to the table of the contract."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slm_analysis.errors import InputError
from tests.small_projects import load, write

PLAIN = "ticket_id,business_unit,service,opened_at\n"
ROWS = "T1,U,S,2026-01-01 09:00\nT2,V,S,2026-01-02 09:00\n"


def column(loaded, table, name):
    values = loaded[table].accepted[name]
    return [None if pd.isna(value) else value for value in values]


def rejections(loaded, table="tickets"):
    rejected = loaded[table].rejected
    return list(rejected[["source_row", "reason", "column"]].itertuples(False, None))


def notes(loaded, table="tickets"):
    return [(note.code, dict(note.values)) for note in loaded[table].notes]


def message(folder, tables):
    with pytest.raises(InputError) as caught:
        load(folder, tables)
    return str(caught.value)


class TestRows:
    def test_columns_named_as_in_the_contract_need_no_mapping(self, tmp_path):
        write(tmp_path, tickets_csv=PLAIN + ROWS)
        loaded = load(tmp_path)
        assert column(loaded, "tickets", "ticket_id") == ["T1", "T2"]
        assert column(loaded, "tickets", "opened_at")[0] == pd.Timestamp("2026-01-01T09:00Z")
        assert (rejections(loaded), notes(loaded)) == ([], [])
        assert loaded["tickets"].rows_in_file == 2

    def test_every_way_to_give_a_column(self, tmp_path):
        write(
            tmp_path,
            tickets_csv="no,unit,when,made_sla,quality,fixed,reopened\n"
            "T1,U,2026-01-01,true,bad,,\nT2,,2026-01-02,false,good,x,2\nT3,?,2026-01-03,,odd,3,1\n",
        )
        loaded = load(
            tmp_path,
            """
tickets:
  file: tickets.csv
  missing: ["?"]
  columns:
    ticket_id: no
    business_unit: {column: unit, default: Nobody}
    service: {const: Help desk}
    opened_at: when
    breached: {not: made_sla}
    error_found: {column: quality, values: {bad: true, good: false}}
    reopen_count: {column: reopened, default: 0}
    reassignment_count: fixed
""",
        )
        assert column(loaded, "tickets", "business_unit") == ["U", "Nobody", "Nobody"]
        assert column(loaded, "tickets", "service") == ["Help desk"] * 3
        assert column(loaded, "tickets", "breached") == [False, True, None]
        assert column(loaded, "tickets", "error_found") == [True, False, None]
        assert column(loaded, "tickets", "reopen_count") == [0.0, 2.0, 1.0]
        assert column(loaded, "tickets", "reassignment_count") == [None, None, 3.0]
        assert notes(loaded) == [
            ("defaulted", {"column": "business_unit", "label": "Nobody", "n": 2}),
            ("defaulted", {"column": "reopen_count", "label": "0", "n": 1}),
            ("unreadable", {"column": "reassignment_count", "n": 1}),
            ("unreadable", {"column": "error_found", "n": 1}),
        ]

    def test_a_flag_may_have_a_default_and_be_turned_round(self, tmp_path):
        write(
            tmp_path,
            tickets_csv=PLAIN[:-1] + ",ok\n" + "T1,U,S,2026-01-01,\nT2,U,S,2026-01-01,no\n",
        )
        loaded = load(
            tmp_path,
            "tickets: {file: tickets.csv, columns: {error_found: {not: ok, default: false}}}\n",
        )
        assert column(loaded, "tickets", "error_found") == [False, True]

    def test_what_the_contract_does_not_name_is_kept_as_a_driver(self, tmp_path):
        write(
            tmp_path,
            tickets_csv="no,Supplier country,opened_at\nT1,CN,2026-01-01\nT2,,2026-01-01\n",
        )
        loaded = load(tmp_path, "tickets: {file: tickets.csv, columns: {ticket_id: no}}\n")
        frame = loaded["tickets"].accepted
        assert list(frame.columns[-1:]) == ["Supplier country"]
        assert "no" not in frame.columns
        assert column(loaded, "tickets", "Supplier country") == ["CN", None]

    def test_a_ticket_without_unit_or_service_is_kept_and_counted(self, tmp_path):
        write(
            tmp_path, tickets_csv="ticket_id,opened_at,service\nT1,2026-01-01,S\nT2,2026-01-01, \n"
        )
        loaded = load(tmp_path)
        assert column(loaded, "tickets", "business_unit") == ["(not stated)"] * 2
        assert column(loaded, "tickets", "service") == ["S", "(not stated)"]
        assert notes(loaded) == [
            ("defaulted", {"column": "business_unit", "label": "(not stated)", "n": 2}),
            ("defaulted", {"column": "service", "label": "(not stated)", "n": 1}),
        ]

    def test_every_reason_to_reject_a_ticket(self, tmp_path):
        write(
            tmp_path,
            tickets_csv="ticket_id,business_unit,service,opened_at,resolved_at,due_at\n"
            "T1,U,S,2026-01-01,2026-01-02,2059-01-01\n"
            ",U,S,2026-01-01,,\n"
            "T3,U,S,,,\n"
            "T4,U,S,soon,,\n"
            'T5,U,S,2026-01-01,"then\nand now",\n'
            "T6,U,S,2026-01-01,,2026-13-01\n"
            "T7,U,S,2026-12-01,,\n"
            "T1,U,S,2026-01-01,,\n"
            "T9,U,S,2026-01-01,,,x\n"
            "T10,U,S,2026-01-01,,\n",
        )
        loaded = load(tmp_path)
        assert column(loaded, "tickets", "ticket_id") == ["T1", "T10"]
        assert sorted(rejections(loaded)) == [
            (3, "missing_ticket_id", "ticket_id"),
            (4, "missing_opened_at", "opened_at"),
            (5, "unreadable_opened_at", "opened_at"),
            (6, "unreadable_resolved_at", "resolved_at"),
            (7, "unreadable_due_at", "due_at"),
            (8, "event_after_as_of", "opened_at"),
            (9, "repeated_ticket_id", "ticket_id"),
            (10, "too_many_fields", None),
        ]
        assert loaded["tickets"].read == 10 == loaded["tickets"].rows_in_file
        values = loaded["tickets"].rejected.set_index("source_row")["value"]
        assert (values[5], values[6]) == ("soon", "then\nand now")

    def test_oddities_are_counted_and_not_rejected(self, tmp_path):
        write(
            tmp_path,
            tickets_csv=PLAIN[:-1] + ",first_response_at,resolved_at,closed_at,due_at\n"
            "T1,U,S,2026-01-02,2026-01-01,2026-01-01,2026-01-02,2026-01-01\n"
            "T2,U,S,2026-01-02,2026-01-03,2026-01-03,2026-01-01,\n",
        )
        loaded = load(tmp_path)
        assert notes(loaded) == [
            ("due_at_before_opening", {"n": 1}),
            ("first_response_at_before_opening", {"n": 1}),
            ("resolved_at_before_opening", {"n": 1}),
            ("closed_at_before_opening", {"n": 1}),
            ("closed_in_opening_second", {"n": 1}),
        ]
        assert len(loaded["tickets"].accepted) == 2

    def test_local_times_that_stand_twice_or_not_at_all_are_noted(self, tmp_path):
        write(
            tmp_path,
            tickets_csv=PLAIN + "T1,U,S,2024-11-03 01:30\nT2,U,S,2024-03-10 02:30\n"
            "T3,U,S,2024-11-03 01:45\n",
        )
        where = {"timezone": "America/New_York", "column": "opened_at"}
        assert notes(load(tmp_path, timezone="America/New_York")) == [
            ("repeated_hour", where | {"n": 2}), ("skipped_hour", where | {"n": 1}),
        ]  # fmt: skip

    def test_a_header_alone_is_an_empty_table(self, tmp_path):
        write(tmp_path, tickets_csv=PLAIN)
        assert load(tmp_path)["tickets"].read == 0


class TestClumsyUsers:
    def test_a_wrong_column_name_suggests_the_nearest_with_its_line(self, tmp_path):
        write(tmp_path, tickets_csv=PLAIN + ROWS)
        said = message(
            tmp_path,
            "tickets:\n  file: tickets.csv\n  columns:\n    priority: prioritty\n"
            "    status: busines_unit\n",
        )
        assert (
            "line 6, tickets.columns.priority: The column 'prioritty' is not in tickets.csv."
            in said
        )
        assert (
            "line 7, tickets.columns.status: The column 'busines_unit' is not in tickets.csv. Did"
            in said
        )
        assert said.endswith("Did you mean 'business_unit'?")

    def test_required_columns_that_nothing_gives_are_named_at_once(self, tmp_path):
        write(tmp_path, tickets_csv="id,when\n1,2\n")
        said = message(tmp_path, "tickets: {file: tickets.csv}\n")
        assert said.count("Map it under 'columns'.") == 2
        assert "tickets.csv gives no column for 'ticket_id', which tickets needs." in said
        assert "tickets.csv gives no column for 'opened_at', which tickets needs." in said

    def test_a_date_format_that_is_wrong_names_table_file_and_column(self, tmp_path):
        write(tmp_path, tickets_csv=PLAIN + ROWS + "T3,U,S,2026-01-03 09:00\n")
        said = message(tmp_path, 'tickets: {file: tickets.csv, date_format: "%d/%m/%Y"}\n')
        assert said.startswith(
            "tickets.csv, column 'opened_at', tickets: The date_format '%d/%m/%Y'"
        )

    def test_ambiguous_dates_name_table_file_and_column(self, tmp_path):
        write(tmp_path, tickets_csv=PLAIN + "T1,U,S,1/2/2026\nT2,U,S,3/4/2026\n")
        said = message(tmp_path, "tickets: {file: tickets.csv}\n")
        assert said.startswith(
            "tickets.csv, column 'opened_at', tickets: The date format is ambiguous"
        )
        assert "'1/2/2026', '3/4/2026'" in said

    def test_the_faults_of_all_tables_come_at_once(self, tmp_path):
        write(tmp_path, tickets_csv=PLAIN + ROWS, surveys_csv="")
        said = message(
            tmp_path,
            "tickets: {file: tickets.csv, columns: {status: x}}\nsurveys: {file: surveys.csv}\n"
            "actions: {file: none.csv}\n",
        )
        for line, problem in zip(
            said.splitlines(),
            ["The column 'x' is not in", "The file is empty.", "The file does not exist."],
            strict=True,
        ):
            assert problem in line


UPDATES = """
tickets:
  file: log.csv
  layout: updates
  date_format: "%d/%m/%Y %H:%M"
  missing: ["?"]
  columns: {ticket_id: number, updated_at: changed, resolved_at: resolved, status: state,
            breached: {not: made_sla}, opened_at: opened, priority: prio, assignment_group: team}
"""
LOG = """number,state,opened,changed,resolved,made_sla,prio,team
T1,New,1/3/2016 09:00,1/3/2016 09:00,?,true,P2,A
T2,New,2/3/2016 09:00,2/3/2016 09:00,?,true,P1,A
T1,Waiting,1/3/2016 09:00,1/3/2016 10:00,?,true,P1,B
,Waiting,1/3/2016 09:00,1/3/2016 10:00,?,true,P1,B
T1,Closed,1/3/2016 09:00,3/3/2016 10:00,2/3/2016 10:00,false,P1,B
T3,?,?,4/3/2016 10:00,?,true,?,?
"""


class TestUpdates:
    @pytest.fixture
    def loaded(self, tmp_path):
        write(tmp_path, log_csv=LOG)
        return load(tmp_path, UPDATES)

    def test_the_last_row_of_a_ticket_stands(self, loaded):
        assert column(loaded, "tickets", "ticket_id") == ["T2", "T1"]
        assert column(loaded, "tickets", "status") == ["New", "Closed"]
        assert column(loaded, "tickets", "breached") == [False, True]
        assert rejections(loaded) == [
            (5, "missing_ticket_id", "ticket_id"),
            (7, "missing_opened_at", "opened_at"),
        ]
        assert (loaded["tickets"].read, loaded["tickets"].rows_in_file) == (4, 6)

    def test_every_row_becomes_history(self, loaded):
        history = loaded["status_history"].accepted
        assert history[
            ["ticket_id", "status", "assignment_group", "priority"]
        ].to_numpy().tolist() == [
            ["T1", "New", "A", "P2"],
            ["T1", "Waiting", "B", "P1"],
            ["T1", "Closed", "B", "P1"],
            ["T2", "New", "A", "P1"],
        ]
        assert column(loaded, "status_history", "to_time") == [
            pd.Timestamp("2016-03-01T10:00Z"), pd.Timestamp("2016-03-03T10:00Z"), None, None,
        ]  # fmt: skip
        assert sorted(rejections(loaded, "status_history")) == [
            (5, "missing_ticket_id", "ticket_id"),
            (7, "missing_status", "status"),
        ]
        assert loaded["status_history"].read == 6


EVENTS = """
tickets:
  file: log.csv
  layout: events
  columns:
    ticket_id: case
    activity: activity
    time: at
    service: {const: Declarations}
    opened_at: {first: Submitted}
    resolved_at: {last: Paid}
    amount: amount
"""
EVENT_LOG = """case,activity,at,amount
D1,Submitted,2018-03-01T09:00:00+01:00,10
D1,Rejected,2018-03-02T09:00:00+01:00,10
D1,Paid,2018-07-09T09:00:00+02:00,11
D1,Submitted,2018-03-05T09:00:00+01:00,11
D1,Paid,2018-03-08T09:00:00+01:00,12
D2,Paid,2018-03-08T09:00:00+01:00,20
D3,Submitted,2018-03-08T09:00:00+01:00,30
D4,Submitted,unknown,40
D5,Submitted,unknown,50
D5,Submitted,2018-03-09T09:00:00+01:00,50
D5,Paid,2018-03-10T09:00:00+01:00,50
D5,Paid,,50
"""


class TestEvents:
    @pytest.fixture
    def loaded(self, tmp_path):
        write(tmp_path, log_csv=EVENT_LOG)
        return load(tmp_path, EVENTS)

    def test_first_and_last_go_by_time_and_not_by_place(self, loaded):
        frame = loaded["tickets"].accepted.set_index("ticket_id")
        assert frame["opened_at"].to_dict() == {
            "D1": pd.Timestamp("2018-03-01T08:00Z"),
            "D3": pd.Timestamp("2018-03-08T08:00Z"),
            "D5": pd.Timestamp("2018-03-09T08:00Z"),
        }
        assert frame.loc["D1", "resolved_at"] == pd.Timestamp("2018-07-09T07:00Z")
        assert frame.loc["D5", "resolved_at"] == pd.Timestamp("2018-03-10T08:00Z")
        assert pd.isna(frame.loc["D3", "resolved_at"])
        assert frame.loc["D1", "amount"] == 12  # of the last row in the file

    def test_a_case_without_an_opening_is_rejected(self, loaded):
        assert sorted(rejections(loaded)) == [
            (7, "missing_opened_at", "opened_at"),
            (9, "unreadable_opened_at", "opened_at"),
        ]
        assert (loaded["tickets"].read, loaded["tickets"].rows_in_file) == (5, 12)

    def test_activities_are_the_history_in_order_of_time(self, loaded):
        history = loaded["status_history"].accepted
        own = history[history["ticket_id"] == "D1"]
        assert own["status"].tolist() == ["Submitted", "Rejected", "Submitted", "Paid", "Paid"]
        assert own["to_time"].iloc[:-1].tolist() == own["from_time"].iloc[1:].tolist()
        reasons = pd.Series([reason for _, reason, _ in rejections(loaded, "status_history")])
        assert reasons.value_counts().to_dict() == {
            "unreadable_from_time": 2, "unknown_ticket": 1, "missing_from_time": 1,
        }  # fmt: skip


class TestOtherTables:
    TABLES = "tickets: {file: tickets.csv}\n"

    def test_respondents_are_hashed_and_nobody_is_named(self, tmp_path):
        write(
            tmp_path,
            tickets_csv=PLAIN + ROWS,
            surveys_csv="business_unit,score,scale_min,scale_max,responded_at,respondent_id\n"
            "U,4,1,5,2026-01-05,anna@example.com\nU,5,1,5,2026-01-06,bert@example.com\n"
            "U,3,1,5,2026-01-07,anna@example.com\nU,3,1,5,2026-01-07,\n",
        )
        tables = self.TABLES + "surveys: {file: surveys.csv}\n"
        ids = column(load(tmp_path, tables), "surveys", "respondent_id")
        assert ids[0] == ids[2] != ids[1]
        assert ids[3] is None
        assert all(len(name) == 16 and int(name, 16) for name in ids[:3])
        assert column(load(tmp_path, tables), "surveys", "respondent_id") == ids
        # Another export, another key: nobody is followed from month to month.
        with (tmp_path / "surveys.csv").open("a") as file:
            file.write("U,3,1,5,2026-01-08,anna@example.com\n")
        assert column(load(tmp_path, tables), "surveys", "respondent_id")[0] != ids[0]

    def test_an_answer_takes_unit_and_service_from_its_ticket(self, tmp_path):
        write(
            tmp_path,
            tickets_csv=PLAIN + ROWS,
            surveys_csv="ticket_id,score,scale_min,scale_max,responded_at,service\n"
            "T1,4,1,5,2026-01-05,\nT2,4,1,5,2026-01-05,Own\nT9,4,1,5,2026-01-05,\n",
        )
        loaded = load(tmp_path, self.TABLES + "surveys: {file: surveys.csv}\n")
        assert column(loaded, "surveys", "business_unit") == ["U", "V"]
        assert column(loaded, "surveys", "service") == ["S", "Own"]
        assert rejections(loaded, "surveys") == [(4, "missing_business_unit", "business_unit")]
        assert notes(loaded, "surveys") == [
            ("taken_from_ticket", {"column": "business_unit", "n": 2}),
            ("taken_from_ticket", {"column": "service", "n": 1}),
        ]

    def test_rows_of_unknown_tickets_and_units_are_rejected_and_not_lost(self, tmp_path):
        write(
            tmp_path,
            tickets_csv=PLAIN + ROWS,
            history_csv="ticket_id,status,from_time\nT1,New,2026-01-01\nT9,New,2026-01-01\n",
            outages_csv="service,started_at,ended_at,business_unit\n"
            "S,2026-01-01,2026-01-02,\nS,2026-01-01,2026-01-02,U\nS,2026-01-01,2026-01-02,X\n",
            changes_csv="change_id,business_unit,implemented_at,description\n"
            "C1,X,2026-01-01,New form\nC2,U,2026-01-01,New form\nC2,U,2026-01-01,Again\n",
            actions_csv="action_id,business_unit,status\nA1,u,open\nA2,U,open\n",
        )
        loaded = load(
            tmp_path,
            self.TABLES + "status_history: {file: history.csv}\noutages: {file: outages.csv}\n"
            "process_changes: {file: changes.csv}\nactions: {file: actions.csv}\n",
        )
        assert rejections(loaded, "status_history") == [(3, "unknown_ticket", "ticket_id")]
        assert rejections(loaded, "outages") == [(4, "unknown_business_unit", "business_unit")]
        assert rejections(loaded, "actions") == [(2, "unknown_business_unit", "business_unit")]
        assert sorted(rejections(loaded, "process_changes")) == [
            (2, "unknown_business_unit", "business_unit"),
            (4, "repeated_change_id", "change_id"),
        ]
        assert all(loaded[t].read == loaded[t].rows_in_file for t in loaded)

    def test_recorded_targets_that_were_cancelled_are_dropped_and_counted(self, tmp_path):
        write(
            tmp_path,
            tickets_csv=PLAIN + ROWS,
            sla_csv="ticket_id,metric,target_name,breached,stage\n"
            "T1,response_time,P1 response,false,Completed\n"
            "T1,resolution_time,P1 resolution,true,Cancelled\n"
            "T1,resolution_time,P2 resolution,false,In progress\n"
            "T9,resolution_time,P2 resolution,false,canceled\n",
        )
        loaded = load(tmp_path, self.TABLES + "recorded_targets: {file: sla.csv}\n")
        assert column(loaded, "recorded_targets", "target_name") == ["P1 response", "P2 resolution"]
        assert sorted(rejections(loaded, "recorded_targets")) == [
            (3, "cancelled_target", "stage"),
            (5, "unknown_ticket", "ticket_id"),
        ]

    def test_a_history_with_its_own_ends_keeps_them(self, tmp_path):
        write(
            tmp_path,
            tickets_csv=PLAIN + ROWS,
            history_csv="ticket_id,status,from_time,to_time\n"
            "T1,Closed,2026-01-05,\nT1,New,2026-01-01,2026-01-02\nT1,Open,2026-01-03,\n",
        )
        loaded = load(tmp_path, self.TABLES + "status_history: {file: history.csv}\n")
        ends = loaded["status_history"].accepted.set_index("status")["to_time"]
        assert ends["New"] == pd.Timestamp("2026-01-02", tz="UTC")
        assert ends["Open"] == pd.Timestamp("2026-01-05", tz="UTC")
        assert pd.isna(ends["Closed"])


cell = st.sampled_from(
    ["T1", "T2", "T3", "U", "", " ", "?", "2026-01-01", "2026-01-02 10:00", "2027-01-01", "soon",
     "true", "no", "3", "-1", "1e999", "华东", '"', "a,b", "\n", "x;y"]
)  # fmt: skip
COLUMNS = [
    "ticket_id",
    "business_unit",
    "opened_at",
    "resolved_at",
    "reopen_count",
    "breached",
    "x",
]


@settings(max_examples=40)
@given(
    st.lists(st.lists(cell, min_size=5, max_size=9), max_size=12),
    st.sampled_from(["rows", "updates", "events"]),
)
def test_accepted_and_rejected_are_all_that_was_read(tmp_path_factory, grid, layout):
    folder = tmp_path_factory.mktemp("damaged")
    quoted = [",".join('"' + c.replace('"', '""') + '"' for c in row) for row in grid]
    write(folder, tickets_csv="\n".join([",".join(COLUMNS), *quoted]))
    more = {
        "rows": "",
        "updates": ", columns: {updated_at: opened_at, status: x}",
        "events": ", columns: {activity: x, time: resolved_at}",
    }[layout]
    tables = f'tickets: {{file: tickets.csv, layout: {layout}, date_format: "%Y-%m-%d"{more}}}\n'
    try:
        loaded = load(folder, tables)
    except InputError as error:
        said = str(error)
    else:
        said = ""
    if said:
        assert "reads none of the values" in said
        return
    written = [row for row in grid if any(map(str.strip, row))]
    tickets = loaded["tickets"]
    assert tickets.rows_in_file == len(written)
    overlong = [row for row in written if any(row[len(COLUMNS) :])]
    if layout == "rows":
        assert tickets.read == len(written)
    else:
        named = [row[0].strip() for row in written if row not in overlong]
        folded = len({name for name in named if name}) + sum(not name for name in named)
        assert tickets.read == folded + len(overlong)
        assert loaded["status_history"].read == len(written) - len(overlong)
    for table in loaded.values():
        rejected = table.rejected
        assert not rejected["source_row"].duplicated().any()
        assert not set(rejected["source_row"]) & set(table.accepted.index)
        assert table.read == len(table.accepted) + len(rejected)
