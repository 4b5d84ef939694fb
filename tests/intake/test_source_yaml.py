import pandas as pd
import pytest

from slm_analysis.errors import InputError
from tests.small_projects import sources

UPDATES = """
tickets:
  file: log.csv
  layout: updates
  date_format: "%d/%m/%Y %H:%M"
  missing: ["?", n/a]
  encoding: gbk
  timezone: Asia/Shanghai
  columns:
    ticket_id: number
    business_unit: {column: category, default: Uncategorised}
    service: {const: Help desk}
    updated_at: sys_updated_at
    breached: {not: made_sla}
    error_found: {column: quality, values: {bad: true, good: false}}
surveys: {query: select * from surveys, database: SURVEY_DB}
"""


def test_everything_that_can_be_said(tmp_path):
    read = sources(tmp_path, UPDATES, "2017-03-01 00:00", "America/Sao_Paulo")
    assert read.as_of == pd.Timestamp("2017-03-01T03:00Z")
    assert read.timezone == "America/Sao_Paulo"
    tickets, surveys = read.tables["tickets"], read.tables["surveys"]
    assert tickets.file == tmp_path / "log.csv"
    assert (tickets.layout, tickets.encoding, tickets.timezone) == (
        "updates", "gbk", "Asia/Shanghai",
    )  # fmt: skip
    assert (tickets.date_format, tickets.missing) == ("%d/%m/%Y %H:%M", ("?", "n/a"))
    rules = tickets.columns
    assert rules["ticket_id"].column == "number"
    assert (rules["business_unit"].column, rules["business_unit"].default) == (
        "category", "Uncategorised",
    )  # fmt: skip
    assert rules["service"].const == "Help desk"
    assert (rules["breached"].column, rules["breached"].negated) == ("made_sla", True)
    assert rules["error_found"].words == {"bad": "true", "good": "false"}
    assert (surveys.query, surveys.database) == ("select * from surveys", "SURVEY_DB")
    assert (surveys.layout, surveys.timezone) == ("rows", "America/Sao_Paulo")
    assert (tickets.origin, surveys.origin) == ("log.csv", "the query on SURVEY_DB")


@pytest.mark.parametrize(
    ("as_of", "timezone", "expected"),
    [
        ("2020-01-01", "America/New_York", "2020-01-01T05:00Z"),
        ("2026-11-02 08:00", "Asia/Shanghai", "2026-11-02T00:00Z"),
        ("2026-11-02T08:00:30", "UTC", "2026-11-02T08:00:30Z"),
        ("2026-11-02 08:00+02:00", "Asia/Shanghai", "2026-11-02T06:00Z"),
        ("2026-11-02 08:00Z", "Asia/Shanghai", "2026-11-02T08:00Z"),
        ("2026-10-25 02:30", "Europe/Berlin", "2026-10-25T00:30Z"),  # stands twice: the first
        ("2026-03-29 02:30", "Europe/Berlin", "2026-03-29T01:00Z"),  # skipped: the end of the gap
    ],
)
def test_the_moment_of_the_export(tmp_path, as_of, timezone, expected):
    assert sources(tmp_path, as_of=as_of, timezone=timezone).as_of == pd.Timestamp(expected)


@pytest.mark.parametrize(
    "as_of", ["yesterday", "2026-13-01", "2026-02-30 08:00", "02.11.2026", "2026-11-02 8am", "now"]
)
def test_a_moment_that_is_none(tmp_path, as_of):
    with pytest.raises(InputError, match=r"line 1, as_of, value '.*': This is not a time such as"):
        sources(tmp_path, as_of=as_of)


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        ("ticket: {file: a.csv}\n", "line 3: The key 'ticket' is not known here. Did you mean"),
        ("tickets: {fil: a.csv}\n", "line 3: The key 'fil' is not known here. Did you mean"),
        ("tickets: {layout: rows}\n", "Name one source: a 'file', or a 'query' and its"),
        ("tickets: {file: a.csv, query: q, database: D}\n", "Name one source"),
        ("tickets: {query: select 1}\n", "A 'query' needs a 'database'"),
        ("tickets: {file: a.csv, database: D}\n", "A 'query' needs a 'database'"),
        ("tickets: {file: a.csv, layout: row}\n", "value 'row': This value is not known. Did you"),
        ("tickets: {file: a.csv, timezone: CST8}\n", "value 'CST8': This time zone is not known."),
        ("tickets: {file: a.csv, profile: servicenow}\n", "Did you mean 'servicenow_incident'?"),
        (
            "tickets: {file: a.csv, columns: {opend_at: x}}\n",
            "line 3: The key 'opend_at' is not known here. Did you mean 'opened_at'?",
        ),
        (
            "tickets: {file: a.csv, columns: {opened_at: {colunm: x}}}\n",
            "The key 'colunm' is not known here. Did you mean 'column'?",
        ),
        (
            "tickets: {file: a.csv, columns: {opened_at: {column: x, const: y}}}\n",
            "tickets.columns.opened_at: Say where the value comes from: column, const, not, first",
        ),
        (
            "tickets: {file: a.csv, columns: {opened_at: {default: y}}}\n",
            "Say where the value comes from",
        ),
        (
            "tickets: {file: a.csv, columns: {opened_at: {first: Submitted}}}\n",
            "tickets.columns.opened_at: 'first' and 'last' pick an event: they need the layout",
        ),
        (
            "tickets: {file: a.csv, layout: updates}\n",
            "The layout 'updates' needs the column 'updated_at' under 'columns'.",
        ),
        (
            "tickets: {file: a.csv, layout: events, columns: {activity: a}}\n",
            "The layout 'events' needs the column 'time' under 'columns'.",
        ),
        (
            "tickets: {file: a.csv}\nsurveys: {file: b.csv, layout: updates}\n",
            "line 4, surveys.layout, value 'updates': Only tickets can come as updates or events.",
        ),
        ("surveys: {file: b.csv}\n", "The key 'tickets' is missing."),
    ],
)  # fmt: skip
def test_each_fault_is_named(tmp_path, tables, message):
    with pytest.raises(InputError) as caught:
        sources(tmp_path, tables)
    assert message in str(caught.value)


def test_the_faults_of_all_tables_come_at_once(tmp_path):
    tables = "tickets: {layout: rows}\nsurveys: {file: a, layout: log}\nactions: {fil: a}\n"
    with pytest.raises(InputError) as caught:
        sources(tmp_path, tables)
    assert [fault.row for fault in caught.value.faults] == [3, 4, 5]


@pytest.mark.parametrize(
    "url", ["postgresql://finance:geheim@db/sla", "sqlite:///geheim.db", "geheim word", ""]
)
def test_a_url_in_place_of_the_variable_is_refused_without_repeating_it(tmp_path, url):
    with pytest.raises(InputError) as caught:
        sources(tmp_path, f'tickets: {{query: select 1, database: "{url}"}}\n')
    assert "'database' is no name of an environment variable." in str(caught.value)
    assert "geheim" not in str(caught.value)
