import pandas as pd
import pytest

from slm_analysis.intake.contract import KINDS, RULES, TABLES, UNIQUE, check, conform, empty

AS_OF = pd.Timestamp("2026-11-02", tz="UTC")


def checked(table, *rows):
    """Check rows given as dicts; times as text; rows are numbered from 2."""
    frame = pd.DataFrame(list(rows), index=range(2, 2 + len(rows)))
    for column in TABLES[table]:
        if column.name in frame and column.kind in {"time", "event"}:
            frame[column.name] = pd.to_datetime(frame[column.name], utc=True, format="ISO8601")
    return check(table, frame, AS_OF)


def rejections(result):
    """Return row number, reason and column of each rejected row."""
    return list(result.rejected[["source_row", "reason", "column"]].itertuples(False, None))


TICKET = {
    "ticket_id": "T1", "business_unit": "U", "service": "S", "opened_at": "2026-01-01",
}  # fmt: skip
SURVEY = {
    "business_unit": "U", "score": 4.0, "scale_min": 1.0, "scale_max": 5.0,
    "responded_at": "2026-01-01",
}  # fmt: skip


def test_a_good_row_gets_every_column_in_its_dtype_and_keeps_others():
    result = checked("tickets", TICKET | {"colour": "red"})
    assert result.read == 1
    assert len(result.rejected) == 0
    expected = {c.name: KINDS[c.kind] for c in TABLES["tickets"]}
    assert list(result.accepted.columns) == [*expected, "colour"]
    assert {n: str(t) for n, t in result.accepted.dtypes.items() if n != "colour"} == expected


@pytest.mark.parametrize("column", ["ticket_id", "business_unit", "service", "opened_at"])
def test_a_missing_value_rejects_its_row(column):
    result = checked("tickets", TICKET | {column: None}, TICKET)
    assert rejections(result) == [(2, f"missing_{column}", column)]
    assert result.accepted.index.tolist() == [3]


def test_a_ticket_is_taken_once_the_first_stands():
    result = checked(
        "tickets",
        TICKET | {"opened_at": None},  # rejected for its own fault, so the next is the first
        TICKET | {"status": "one"},
        TICKET | {"status": "two"},
        TICKET | {"ticket_id": "T2"},
        TICKET | {"status": "three"},
    )
    assert result.accepted["status"].tolist()[0] == "one"
    assert rejections(result) == [
        (2, "missing_opened_at", "opened_at"),
        (4, "repeated_ticket_id", "ticket_id"),
        (6, "repeated_ticket_id", "ticket_id"),
    ]
    assert result.rejected["value"].tolist()[1:] == ["T1", "T1"]


@pytest.mark.parametrize("column", ["opened_at", "first_response_at", "resolved_at", "closed_at"])
def test_an_event_after_the_export_rejects_and_a_due_time_does_not(column):
    at_export = TICKET | {column: "2026-11-02"}
    result = checked(
        "tickets", at_export, TICKET | {"ticket_id": "T2", column: "2026-11-02 00:00:00.000001"}
    )
    assert rejections(result) == [(3, "event_after_as_of", column)]
    later = checked("tickets", TICKET | {"due_at": "2059-01-01", "response_due_at": "2059-01-01"})
    assert later.rejected.empty


def test_a_row_with_several_faults_is_rejected_once_for_what_is_missing():
    result = checked(
        "surveys", SURVEY | {"score": 9.0, "responded_at": "2030-01-01", "business_unit": None}
    )
    assert rejections(result) == [(2, "missing_business_unit", "business_unit")]


@pytest.mark.parametrize(
    ("table", "row", "column"),
    [
        ("surveys", SURVEY | {"score": 5.5}, "score"),
        ("surveys", SURVEY | {"score": 0.0}, "score"),
        ("surveys", SURVEY | {"score": -1.0, "scale_min": 0.0, "scale_max": 10.0}, "score"),
        (
            "outages",
            {"service": "S", "started_at": "2026-02-02", "ended_at": "2026-02-01"},
            "ended_at",
        ),
        (
            "status_history",
            {"ticket_id": "T", "status": "New", "from_time": "2026-02-02", "to_time": "2026-02-01"},
            "to_time",
        ),
    ],
)
def test_what_holds_between_columns(table, row, column):
    result = checked(table, row)
    assert rejections(result) == [(2, RULES[table][0][0], column)]
    assert result.accepted.empty


def test_what_is_unknown_breaks_no_rule():
    rows = [
        {"service": "S", "started_at": "2026-02-02", "ended_at": None},
        {"service": "S", "started_at": "2026-02-02", "ended_at": "2026-02-02"},
    ]
    assert checked("outages", *rows).rejected.empty


@pytest.mark.parametrize("table", sorted(TABLES))
def test_an_empty_table_is_good(table):
    result = check(table, empty(table), AS_OF)
    assert result.read == 0
    assert list(result.accepted.columns) == [c.name for c in TABLES[table]]


def test_unique_columns_and_rules_name_columns_of_their_tables():
    names = {table: {c.name for c in columns} for table, columns in TABLES.items()}
    assert all(column in names[table] for table, column in UNIQUE.items())
    assert all(column in names[table] for table, rules in RULES.items() for _, column, _ in rules)


def test_the_callers_frame_is_unchanged():
    frame = pd.DataFrame({"ticket_id": ["T1", "T1"], "extra": [1, 2]}, index=[2, 3])
    before = frame.copy()
    check("tickets", frame, AS_OF)
    conform("tickets", frame)
    pd.testing.assert_frame_equal(frame, before)
