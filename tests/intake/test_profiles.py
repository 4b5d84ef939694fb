"""Exports of known systems, as their default columns come out."""

from importlib import resources

import pandas as pd
import pytest

from slm_analysis.errors import InputError
from slm_analysis.intake.contract import TABLES
from slm_analysis.yaml_text import read_yaml
from tests.small_projects import load, sources, write

SERVICENOW = """\
"number","opened_at","short_description","caller_id","priority","state","category","company",\
"business_service","assignment_group","contact_type","made_sla","reassignment_count",\
"reopen_count","resolved_at","closed_at","sys_updated_on"
"INC0010001","2026-02-14 09:05:00","Cannot post, says ""no"" twice","Abel Tuter","1 - Critical",\
"Closed","Inquiry","ACME East","Invoice posting","AP Team 1","email","true","2","0",\
"2026-02-14 10:00:00","2026-02-19 10:00:01","2026-02-19 10:00:01"
"INC0010002","2026-02-15 09:05:00","","","4 - Low","New","","","","","self-service","false","0","",\
"","","2026-02-15 09:05:00"
"""
JIRA = """\
Summary,Issue key,Issue id,Issue Type,Status,Project key,Project name,Priority,Resolution,\
Created,Updated,Resolved,Due date,Labels,Labels,Custom field (Organizations),\
Custom field (Request Type),Custom field (Time to resolution),\
Custom field ([CHART] Date of First Response),Comment,Comment
Invoice lost,FIN-1,10001,Service Request,Done,FIN,Finance,High,Done,14/Feb/26 9:05 AM,\
15/Feb/26 9:05 AM,15/Feb/26 4:00 PM,16/Feb/26 12:00 AM,urgent,ap,Sales East,Invoice posting,-3:15,\
14/Feb/26 9:30 AM,"15/Feb/26 9:05 AM;abel;Two
lines",
Cannot log in,FIN-2,10002,Incident,Waiting for customer,FIN,Finance,Low,,13/Feb/26 12:05 PM,\
13/Feb/26 12:05 PM,,,,,,Access,1:00,,,
"""


def folder():
    return resources.files("slm_analysis.intake") / "profiles"


@pytest.mark.parametrize("name", ["servicenow_incident", "jira"])
def test_a_profile_maps_columns_of_the_contract_only(name):
    with resources.as_file(folder() / f"{name}.yaml") as file:
        columns = read_yaml(file).mapping()["columns"].mapping()
    assert set(columns) < {column.name for column in TABLES["tickets"]}


def test_servicenow(tmp_path):
    write(tmp_path, incident_csv=SERVICENOW)
    loaded = load(
        tmp_path,
        "tickets: {file: incident.csv, profile: servicenow_incident}\n",
        timezone="Asia/Shanghai",
    )
    first, second = loaded["tickets"].accepted.to_dict("records")
    assert {name: first[name] for name in ("ticket_id", "business_unit", "service", "status")} == {
        "ticket_id": "INC0010001",
        "business_unit": "ACME East",
        "service": "Invoice posting",
        "status": "Closed",
    }
    assert first["opened_at"] == pd.Timestamp("2026-02-14T01:05Z")
    assert first["resolved_at"] == pd.Timestamp("2026-02-14T02:00Z")
    assert (first["breached"], second["breached"]) == (False, True)
    assert (first["priority"], first["channel"]) == ("1 - Critical", "email")
    assert (first["reassignment_count"], first["reopen_count"]) == (2, 0)
    assert first["category"] == "Inquiry"  # kept as a driver
    assert (second["business_unit"], second["service"]) == ("(not stated)", "(not stated)")


def test_jira(tmp_path):
    write(tmp_path, issues_csv=JIRA.encode("utf-8-sig"))
    tables = """
tickets:
  file: issues.csv
  profile: jira
  columns:
    business_unit: {column: Custom field (Organizations), default: Head Office}
    channel: {const: portal}
"""
    loaded = load(tmp_path, tables, timezone="Europe/Berlin")
    first, second = loaded["tickets"].accepted.to_dict("records")
    assert (first["ticket_id"], first["service"]) == ("FIN-1", "Invoice posting")
    assert first["opened_at"] == pd.Timestamp("2026-02-14T08:05Z")
    assert first["first_response_at"] == pd.Timestamp("2026-02-14T08:30Z")
    assert first["resolved_at"] == pd.Timestamp("2026-02-15T15:00Z")
    assert second["opened_at"] == pd.Timestamp("2026-02-13T11:05Z")
    assert pd.isna(second["resolved_at"])
    # What remains of a target is no elapsed time, and a day someone typed in is no due time.
    assert pd.isna(first["due_at"])
    assert first["Custom field (Time to resolution)"] == "-3:15"
    assert (first["Labels"], first["Labels.1"]) == ("urgent", "ap")
    assert (first["business_unit"], second["business_unit"]) == ("Sales East", "Head Office")
    assert first["channel"] == "portal"
    assert loaded["tickets"].accepted.index.tolist() == [2, 3]


def test_an_export_without_some_of_a_profiles_columns_goes_without_them(tmp_path):
    write(tmp_path, issues_csv="Issue key,Created\nFIN-1,14/Feb/26 9:05 AM\n")
    row = load(tmp_path, "tickets: {file: issues.csv, profile: jira}\n")["tickets"].accepted.iloc[0]
    assert (row["ticket_id"], row["service"]) == ("FIN-1", "(not stated)")
    assert pd.isna(row["status"])


def test_what_the_table_itself_says_comes_first(tmp_path):
    write(tmp_path, issues_csv="Issue key,Created,Stage\nFIN-1,2026-02-14,New\n")
    more = "date_format: '%Y-%m-%d', columns: {status: Stage}"
    tables = f"tickets: {{file: issues.csv, profile: jira, {more}}}\n"
    row = load(tmp_path, tables)["tickets"].accepted.iloc[0]
    assert (row["opened_at"], row["status"]) == (pd.Timestamp("2026-02-14", tz="UTC"), "New")


def test_an_own_column_that_is_not_there_is_an_error_all_the_same(tmp_path):
    write(tmp_path, issues_csv="Issue key,Created\nFIN-1,14/Feb/26 9:05 AM\n")
    with pytest.raises(InputError, match=r"The column 'Stage' is not in issues\.csv"):
        load(tmp_path, "tickets: {file: issues.csv, profile: jira, columns: {status: Stage}}\n")


def test_a_profile_that_does_not_fit_says_what_it_expects(tmp_path):
    write(tmp_path, issues_csv="Vorgang,Erstellt\nFIN-1,14/Feb/26 9:05 AM\n")
    with pytest.raises(InputError) as caught:
        load(tmp_path, "tickets: {file: issues.csv, profile: jira}\n")
    assert [fault.remedy for fault in caught.value.faults] == [
        "Map it under 'columns'; the profile expects 'Issue key'.",
        "Map it under 'columns'; the profile expects 'Created'.",
    ]


def test_an_unknown_profile_names_the_known_ones(tmp_path):
    with pytest.raises(InputError, match=r"value 'sap': .* Known: jira, servicenow_incident\."):
        sources(tmp_path, "tickets: {file: a.csv, profile: sap}\n")
