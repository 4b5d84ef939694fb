"""Rows that go through in chunks and parts: the same data as at once, and no row is lost."""

import json
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slm_analysis.dataset import parts as parts_module
from slm_analysis.dataset.prepare import prepare
from slm_analysis.dataset.stored import COMPARISON
from slm_analysis.errors import InputError
from slm_analysis.intake import csv_text, exports, spill
from slm_analysis.project import SOURCES
from tests.sla.agreement_texts import agreement_text
from tests.small_projects import project, write

FEW = 3
"""Rows of a chunk, and of a part."""


def prepared_in(root, data, rows=None):
    """Prepare with so many rows in a chunk and a part; without a number, all at once."""
    with pytest.MonkeyPatch.context() as patch:
        if rows is not None:
            patch.setattr(csv_text, "CHUNK", rows)
            patch.setattr(exports, "CHUNK", rows)
            patch.setattr(spill, "PART_ROWS", rows)
        return prepare(root, data)


def content(prepared) -> dict[str, object]:
    """Return every file of prepared data by name, and what is told of them."""
    files = {
        str(f.relative_to(prepared.folder)): f for f in prepared.folder.rglob("*") if f.is_file()
    }
    current = json.loads((prepared.folder.parent / "current.json").read_text(encoding="utf-8"))
    del current["stamps"]
    return {name: file.read_bytes() for name, file in files.items()} | {"current": current}


def outcome(root, data, rows=None) -> dict[str, object]:
    """Return what was prepared, or the message where nothing could be."""
    try:
        return content(prepared_in(root, data, rows))
    except InputError as e:
        return {"message": str(e)}


def differences(one: dict[str, object], other: dict[str, object]) -> list[str]:
    return sorted(n for n in one.keys() | other.keys() if one.get(n) != other.get(n))


def test_the_sample_comes_out_the_same_in_chunks(sample_project, tmp_path):
    at_once = content(prepared_in(sample_project, tmp_path / "one"))
    in_chunks = content(prepared_in(sample_project, tmp_path / "many", 4_000))
    assert differences(at_once, in_chunks) == []


EVERYTHING = """
tickets: {file: tickets.csv}
recorded_targets: {file: recorded.csv}
status_history: {file: history.csv}
surveys: {file: surveys.csv}
process_changes: {file: changes.csv}
actions: {file: actions.csv}
outages: {file: outages.csv}
"""


def drawn(**columns):
    """Return a strategy of CSV texts whose rows take each value from a list."""
    cells = st.tuples(*(st.sampled_from(values) for values in columns.values()))
    return st.lists(cells, max_size=14).map(
        lambda rows: "\n".join([",".join(columns), *(",".join(row) for row in rows)])
    )


TICKET = ["T1", "T2", "T3", "T4", "T5", "T6", ""]
UNIT = ["U", "V", "华东", ""]
TIME = [
    "2026-09-01 09:00", "2026-09-01 10:00", "2026-10-02 09:00", "2026-12-01", "soon", "",
    "1/2/2026",
]  # fmt: skip
SCORE = ["1", "4", "9", "good", ""]
TABLES = {
    "tickets_csv": drawn(
        ticket_id=TICKET, business_unit=UNIT, service=["S", "X", ""], opened_at=TIME,
        resolved_at=TIME, reopen_count=["1", "many"], breached=["yes", "no", "maybe"],
        colour=["red", "", "red,too,many"],
    ),
    "recorded_csv": drawn(ticket_id=TICKET, metric=["m", ""], stage=["Cancelled", "Done"]),
    "history_csv": drawn(
        ticket_id=TICKET, status=["New", "Resolved", ""], from_time=TIME, to_time=TIME
    ),
    "surveys_csv": drawn(
        ticket_id=TICKET, business_unit=UNIT, score=SCORE, scale_min=["1"], scale_max=["5"],
        responded_at=TIME, respondent_id=["anna", "bert", ""],
    ),
    "changes_csv": drawn(
        change_id=["C1", "C2", ""], business_unit=UNIT, implemented_at=TIME, description=["x"]
    ),
    "actions_csv": drawn(action_id=["A1", "A2"], business_unit=UNIT, status=["open"]),
    "outages_csv": drawn(
        service=["S", ""], started_at=TIME, ended_at=TIME, business_unit=[*UNIT, "W"]
    ),
}  # fmt: skip


@settings(max_examples=12)
@given(st.fixed_dictionaries(TABLES), st.sampled_from([1, 2, FEW]))
def test_faulty_exports_come_out_the_same_in_chunks_and_every_row_counts(
    tmp_path_factory, files, rows
):
    root = tmp_path_factory.mktemp("faulty")
    project(root, EVERYTHING, timezone="Asia/Shanghai", **files)
    at_once, in_chunks = outcome(root, root / "one"), outcome(root, root / "many", rows)
    assert differences(at_once, in_chunks) == []
    for table in at_once.get("current", {}).get("quality", {}).get("tables", []):
        assert table["read"] == table["accepted"] + table["rejected"] == table["rows_in_file"]
        rejected = at_once[f"rejected/{table['table']}.csv"].decode("utf-8-sig")
        assert rejected.count("\n") == 1 + table["rejected"]


def test_a_ticket_of_another_unit_dates_and_times_no_answer(tmp_path):
    """T1 is of U; V's answer about it was taken for one of V's own while both lay in one part."""
    tickets = "ticket_id,business_unit,service,opened_at,resolved_at\n" + "".join(
        f"T{at},{unit},S,2026-09-01 09:00,2026-09-01 10:00\n" for at, unit in enumerate("VUUUU")
    )
    surveys = "ticket_id,business_unit,score,scale_min,scale_max,responded_at,service\n" + (
        "T1,V,1,1,5,2026-10-20,S\n" * 6
    )
    tables = "tickets: {file: tickets.csv}\nsurveys: {file: surveys.csv}\n"
    root = project(
        tmp_path / "p", tables, agreement_text(), tickets_csv=tickets, surveys_csv=surveys
    )
    at_once, in_parts = (
        prepared_in(root, tmp_path / name, n) for name, n in (("a", None), ("b", 1))
    )
    assert differences(content(at_once), content(in_parts)) == []
    figures = pd.read_parquet(at_once.comparison_file).query("metric == 'satisfaction'")
    assert set(figures["time"].dt.month) == {10}
    assert pd.read_parquet(at_once.unit_folder("V") / "expectation_gaps.parquet").empty


LAYOUTS = {
    "updates": "columns: {updated_at: at, status: what, opened_at: opened}",
    "events": "columns: {activity: what, time: at, opened_at: {first: New}, "
    "resolved_at: {last: Done}}",
}


@settings(max_examples=12)
@given(
    drawn(ticket_id=TICKET, business_unit=UNIT, what=["New", "Done", ""], at=TIME, opened=TIME),
    st.sampled_from(sorted(LAYOUTS)),
    st.sampled_from([1, FEW]),
)
def test_updates_and_events_are_folded_over_chunks(tmp_path_factory, log, layout, rows):
    root = tmp_path_factory.mktemp("folded")
    tables = f"tickets: {{file: log.csv, layout: {layout}, {LAYOUTS[layout]}}}\n"
    project(root, tables, log_csv=log)
    at_once, in_chunks = outcome(root, root / "one"), outcome(root, root / "many", rows)
    assert differences(at_once, in_chunks) == []


PLAIN = "ticket_id,business_unit,service,opened_at,resolved_at\n"


def rejections(prepared, table="tickets"):
    rows = pd.read_csv(prepared.folder / "rejected" / f"{table}.csv", encoding="utf-8-sig")
    return [(row.source_row, row.reason, row.value) for row in rows.itertuples()]


def test_a_ticket_repeated_in_a_later_chunk_is_rejected_and_the_first_stands(tmp_path):
    rows = [f"T{n % 7},U,S{n},2026-10-01 09:00," for n in range(20)]
    root = project(tmp_path / "p", tickets_csv=PLAIN + "\n".join(rows))
    prepared = prepared_in(root, root / "prepared", FEW)
    assert rejections(prepared) == [
        (row, "repeated_ticket_id", f"T{(row - 2) % 7}") for row in range(9, 22)
    ]
    tickets = pd.read_parquet(prepared.unit_folder("U") / "tickets.parquet")
    assert tickets["service"].tolist() == [f"S{n}" for n in range(7)]
    totals = prepared.quality.tables.set_index("table").loc["tickets"]
    assert totals[["read", "accepted", "rejected"]].tolist() == [20, 7, 13]


@pytest.mark.parametrize("settling", [2, 11])
def test_a_date_format_is_settled_by_a_row_of_any_chunk(tmp_path, settling):
    days = ["13/02/2026" if n == settling else "1/2/2026" for n in range(14)]
    rows = [f"T{n},U,S,{day}," for n, day in enumerate(days)]
    root = project(tmp_path / "p", tickets_csv=PLAIN + "\n".join(rows))
    prepared = prepared_in(root, root / "prepared", FEW)
    opened = pd.read_parquet(prepared.unit_folder("U") / "tickets.parquet")["opened_at"]
    assert sorted(set(opened.dt.strftime("%m-%d"))) == ["02-01", "02-13"]
    assert [(n.code, dict(n.values)) for n in prepared.quality.notes] == [
        ("date_format_settled",
         {"table": "tickets", "date_format": "%d/%m/%Y", "column": "opened_at"}),
    ]  # fmt: skip


def test_an_ambiguous_date_shows_the_first_three_values_of_the_file(tmp_path):
    rows = [f"T{n},U,S,{1 + n // 4}/{2 + n // 4}/2026," for n in range(14)]
    root = project(tmp_path / "p", tickets_csv=PLAIN + "\n".join(rows))
    with pytest.raises(InputError, match=r"ambiguous: '1/2/2026', '2/3/2026', '3/4/2026' can be"):
        prepared_in(root, root / "prepared", FEW)


def test_overlapping_agreements_are_told_of_all_units_in_order(tmp_path):
    units = ["D", "B", "A", "C"]
    rows = [f"T{n},{units[n % 4]},S,2026-10-01 09:00," for n in range(8)]
    root = project(tmp_path / "p", tickets_csv=PLAIN + "\n".join(rows))
    other = agreement_text(name="Another")
    (root / "parameters" / "agreements" / "b.yaml").write_text(other, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        prepared_in(root, root / "prepared", 1)
    assert [fault.problem.split(" of ")[1] for fault in caught.value.faults] == [
        f"{unit!r}, 'S'." for unit in sorted(units)
    ]


class TestNextMonth:
    """What is kept of the scores of the month before."""

    OCTOBER = PLAIN + (
        "T1,Closed,S,2026-10-01 09:00,2026-10-01 09:30\n"
        "T2,Growing,S,2026-10-02 09:00,2026-10-02 19:00\n"
        "T3,Open,S,2026-10-03 09:00,\n"
    )
    UNITS = ("Closed", "Growing", "Open")

    @pytest.fixture
    def root(self, tmp_path):
        return project(tmp_path / "p", tickets_csv=self.OCTOBER)

    @pytest.fixture
    def scored(self, monkeypatch):
        """Return a list of the units whose tickets were scored, call by call."""
        calls = []
        score = parts_module.score

        def counted(tickets, *arguments):
            calls.append(sorted(tickets["business_unit"]))
            return score(tickets, *arguments)

        monkeypatch.setattr(parts_module, "score", counted)
        return calls

    def november(self, root):
        """Add a month: one more ticket, and a later export."""
        write(root, tickets_csv=self.OCTOBER + "T4,Growing,S,2026-11-05 09:00,2026-11-05 12:00\n")
        text = (root / SOURCES).read_text(encoding="utf-8")
        (root / SOURCES).write_text(text.replace("as_of: 2026-11-02", "as_of: 2026-12-02"))

    @staticmethod
    def inodes(prepared):
        files = {unit: prepared.unit_folder(unit) / "targets.parquet" for unit in prepared.units}
        return {unit: file.stat().st_ino for unit, file in files.items()}

    def test_only_units_with_new_rows_or_running_tickets_are_scored(self, root, scored):
        first = prepare(root, root / "prepared")
        before = self.inodes(first)
        self.november(root)
        second = prepare(root, root / "prepared")
        assert scored == [["Closed", "Growing", "Open"], ["Growing", "Growing", "Open"]]
        kept = [unit for unit, inode in self.inodes(second).items() if inode == before[unit]]
        assert kept == ["Closed"]
        assert second.units["Closed"] == first.units["Closed"]

    def test_what_is_kept_is_as_if_made_anew(self, root):
        prepare(root, root / "prepared")
        self.november(root)
        assert content(prepare(root, root / "prepared")) == content(prepare(root, root / "anew"))

    @pytest.mark.parametrize("change", ["agreement", "program", "damaged"])
    def test_what_scores_follow_from_must_be_the_same_and_the_file_whole(
        self, root, scored, monkeypatch, change
    ):
        first = prepare(root, root / "prepared")
        self.november(root)
        if change == "agreement":
            file = root / "parameters" / "agreements" / "a.yaml"
            file.write_text(file.read_text().replace("within 4h", "within 5h"))
        elif change == "program":
            monkeypatch.setattr(parts_module, "program_digest", lambda: "another")
        else:
            (first.unit_folder("Closed") / "targets.parquet").write_bytes(b"damaged")
        prepare(root, root / "prepared")
        assert scored[1] == ["Closed", "Growing", "Growing", "Open"]

    def test_a_file_system_without_links_gets_a_copy(self, root, monkeypatch):
        prepare(root, root / "prepared")
        self.november(root)

        def none(*_):
            raise OSError

        monkeypatch.setattr(Path, "hardlink_to", none)
        assert content(prepare(root, root / "prepared")) == content(prepare(root, root / "anew"))


def test_nothing_is_left_of_the_rows_on_their_way(sample_project, tmp_path):
    prepared = prepared_in(sample_project, tmp_path / "prepared", 20_000)
    assert sorted(f.name for f in prepared.folder.iterdir()) == [COMPARISON, "rejected", "units"]
    assert not list(prepared.folder.rglob(".*"))
