"""Exports to prepared data: when they are made anew, what a failure leaves, where units lie."""

import json
import os
import re
from concurrent.futures import ThreadPoolExecutor

import pandas as pd
import pytest

from slm_analysis.dataset import build as building
from slm_analysis.dataset import prepare as module
from slm_analysis.dataset.prepare import prepare, prepare_whole
from slm_analysis.dataset.stored import UNIT_TABLES
from slm_analysis.errors import InputError
from slm_analysis.project import SOURCES
from slm_analysis.sample import BAD_ROWS
from tests.sla.agreement_texts import agreement_text
from tests.small_projects import project, write

TICKETS = (
    "ticket_id,business_unit,service,opened_at,resolved_at\n"
    "T1,U,S,2026-10-01 09:00,2026-10-01 09:30\n"
    "T2,V,S,2026-10-02 09:00,2026-10-02 19:00\n"
)
OLD = pd.Timestamp("2020-01-01").timestamp()


@pytest.fixture
def root(tmp_path):
    return project(tmp_path / "project", tickets_csv=TICKETS)


def made(root):
    return prepare(root, root / "prepared")


def told(prepared):
    """Return what two equal states of prepared data have in common."""
    return prepared.folder, prepared.as_of, prepared.data_from, dict(prepared.units)


def folders(root):
    return sorted(f.name for f in (root / "prepared").iterdir() if f.is_dir())


def later(file):
    """Give a file another time, as saving it again does."""
    stat = file.stat()
    os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns + 1_000_000_000))


class TestFreshness:
    def test_what_is_fresh_is_not_made_again(self, root):
        first = made(root)
        os.utime(first.folder, (OLD, OLD))
        again = made(root)
        assert again.folder == first.folder
        assert again.units == first.units
        assert first.folder.stat().st_mtime == OLD

    def test_a_file_saved_again_without_a_change_neither(self, root):
        first = made(root)
        os.utime(first.folder, (OLD, OLD))
        later(root / "tickets.csv")
        assert made(root).folder == first.folder
        assert first.folder.stat().st_mtime == OLD

    @pytest.mark.parametrize(
        ("file", "old", "new"),
        [
            ("tickets.csv", "19:00", "09:05"),
            (str(SOURCES), "as_of: 2026-11-02", "as_of: 2026-11-03"),
            ("parameters/agreements/a.yaml", "within 4h", "within 5h"),
        ],
    )
    def test_any_change_of_what_goes_in_makes_them_anew(self, root, file, old, new):
        first = made(root)
        text = (root / file).read_text(encoding="utf-8")
        assert text.count(old) == 1
        (root / file).write_text(text.replace(old, new), encoding="utf-8")
        later(root / file)
        second = made(root)
        assert second.folder != first.folder
        assert folders(root) == [second.folder.name]

    def test_a_new_agreement_and_a_new_program_do_too(self, root, monkeypatch):
        first = made(root)
        text = agreement_text(name="Another", service="Other")
        (root / "parameters" / "agreements" / "b.yml").write_text(text, encoding="utf-8")
        second = made(root)
        monkeypatch.setattr(module, "program_digest", lambda: "another")
        assert len({first.folder, second.folder, made(root).folder}) == 3

    def test_only_the_unit_that_changed_has_another_hash(self, root):
        first = made(root)
        write(root, tickets_csv=TICKETS.replace("19:00", "09:05"))
        later(root / "tickets.csv")
        second = made(root)
        assert first.units["U"] == second.units["U"]
        assert first.units["V"] != second.units["V"]

    @pytest.mark.parametrize(
        "content", ["", "{", "[]", "{}", "null", '{"key": "gone"}', '{"key": 1}']
    )
    def test_a_damaged_note_of_what_is_in_force_is_made_anew(self, root, content):
        first = made(root)
        (root / "prepared" / "current.json").write_text(content)
        assert told(made(root)) == told(first)

    def test_a_lost_folder_is_made_anew_and_a_lost_table_on_request(self, root):
        first = made(root)
        first.folder.rename(root / "elsewhere")
        assert told(made(root)) == told(first)
        assert first.unit_folder("U").is_dir()
        (first.unit_folder("U") / "tickets.parquet").unlink()
        assert told(prepare_whole(root, root / "prepared")) == told(first)
        assert (first.unit_folder("U") / "tickets.parquet").is_file()


class TestFailure:
    def test_a_fault_leaves_the_earlier_data_in_force(self, root):
        first = made(root)
        write(root, tickets_csv="no,such,columns\n1,2,3\n")
        later(root / "tickets.csv")
        for _ in range(2):
            with pytest.raises(InputError, match="gives no column for 'ticket_id'"):
                made(root)
        assert folders(root) == [first.folder.name]
        write(root, tickets_csv=TICKETS)
        assert told(made(root)) == told(first)

    def test_a_missing_file_is_one_message(self, root):
        made(root)
        (root / "tickets.csv").unlink()
        with pytest.raises(InputError, match=r"tickets\.csv, tickets: The file does not exist"):
            made(root)

    def test_an_interruption_leaves_nothing_half_made(self, root, monkeypatch):
        first = made(root)
        write(root, tickets_csv=TICKETS.replace("19:00", "09:05"))
        later(root / "tickets.csv")

        def interrupted(*_):
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(building, "together", interrupted)
            with pytest.raises(KeyboardInterrupt):
                made(root)
        assert folders(root) == [first.folder.name]
        current = json.loads((root / "prepared" / "current.json").read_text())
        assert current["key"] == first.folder.name
        assert made(root).folder != first.folder

    def test_what_a_killed_process_left_is_cleared_and_nothing_else(self, root):
        prepared = root / "prepared"
        (prepared / ".building-abc").mkdir(parents=True)
        (prepared / ("0" * 64)).mkdir()
        for own in ("my notes", "0" * 63, "z" * 64):
            (prepared / own).mkdir()
        first = made(root)
        assert folders(root) == sorted(["my notes", "0" * 63, "z" * 64, first.folder.name])

    def test_prepared_data_may_lie_among_other_things(self, root):
        """A careless `data='.'` must not clear the project away."""
        prepare(root, root)
        assert (root / SOURCES).is_file()
        assert (root / "tickets.csv").is_file()


def test_several_at_once_prepare_once(root, monkeypatch):
    written = []
    build = building.build

    def counted(folder, *arguments):
        written.append(folder)
        return build(folder, *arguments)

    monkeypatch.setattr(building, "build", counted)
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda _: made(root), range(4)))
    assert len(written) == 1
    assert all(told(result) == told(results[0]) for result in results)


HOSTILE = [
    "Sales/West", "..", "../../etc/passwd", "CON", "con", "nul.txt", "a" * 200, "a" * 199 + "b",
    "🦊 Finance", "华东销售部", "Sales", "SALES", "sales", "-", "=cmd()", "x,y", 'quo"te',
    "tab\tbed",
]  # fmt: skip


def test_units_with_hostile_names_lie_side_by_side(tmp_path):
    frame = pd.DataFrame(
        {
            "ticket_id": [f"T{at}" for at in range(len(HOSTILE))],
            "business_unit": HOSTILE,
            "service": "S",
            "opened_at": "2026-10-01 09:00",
        }
    )
    root = project(tmp_path / "p", tickets_csv=frame)
    prepared = made(root)
    assert list(prepared.units) == sorted(HOSTILE)
    inside = [f.name for f in (prepared.folder / "units").iterdir()]
    assert len({name.casefold() for name in inside}) == len(inside) == len(HOSTILE)
    assert all(re.fullmatch(r"[a-z0-9-]{1,69}", name) for name in inside)
    for at, name in enumerate(HOSTILE):
        own = pd.read_parquet(prepared.unit_folder(name) / "tickets.parquet")
        assert own["ticket_id"].tolist() == [f"T{at}"]
        assert own["business_unit"].tolist() == [name]


EVERYTHING = """
tickets: {file: tickets.csv}
recorded_targets: {file: recorded.csv}
status_history: {file: history.csv}
surveys: {file: surveys.csv}
process_changes: {file: changes.csv}
actions: {file: actions.csv}
outages: {file: outages.csv}
"""


def test_every_row_goes_to_its_unit_and_outages_of_all_to_each(tmp_path):
    root = project(
        tmp_path / "p",
        EVERYTHING,
        timezone="Asia/Shanghai",
        tickets_csv=TICKETS + "=1+1,V,S,soon,\n",
        recorded_csv="ticket_id,metric,breached\nT1,resolution_time,false\n",
        history_csv="ticket_id,status,from_time\nT2,New,2026-10-02 09:00\n",
        surveys_csv="business_unit,score,scale_min,scale_max,responded_at\nU,4,1,5,2026-10-03\n",
        changes_csv="change_id,business_unit,implemented_at,description\n"
        "C1,V,2026-10-01,New form\n",
        actions_csv="action_id,business_unit,status\nA1,U,open\n",
        outages_csv="service,started_at,ended_at,business_unit\n"
        "S,2026-10-01 09:00,2026-10-01 10:00,\nS,2026-10-01 09:00,2026-10-01 10:00,V\n",
    )
    prepared = made(root)
    assert prepared.as_of == pd.Timestamp("2026-11-02T00:00Z")
    assert (prepared.timezone, prepared.data_from) == ("Asia/Shanghai", pd.Timestamp("2026-10-01"))
    rows = {
        unit: {
            name: len(pd.read_parquet(prepared.unit_folder(unit) / f"{name}.parquet"))
            for name in UNIT_TABLES
        }
        for unit in prepared.units
    }
    assert rows["U"] == {
        "tickets": 1, "targets": 1, "status_history": 0, "surveys": 1, "process_changes": 0,
        "actions": 1, "outages": 1, "recorded_targets": 1, "expectation_gaps": 0,
        "expectation_curves": 0,
    }  # fmt: skip
    assert rows["V"] == {
        "tickets": 1, "targets": 1, "status_history": 1, "surveys": 0, "process_changes": 1,
        "actions": 0, "outages": 2, "recorded_targets": 0, "expectation_gaps": 0,
        "expectation_curves": 0,
    }  # fmt: skip
    quality = prepared.quality.tables.set_index("table")
    assert quality.loc["tickets", ["read", "accepted", "rejected"]].tolist() == [3, 2, 1]
    rejected = (prepared.folder / "rejected" / "tickets.csv").read_bytes()
    assert rejected.startswith(b"\xef\xbb\xbf")  # so that Excel reads it as UTF-8
    assert rejected.decode("utf-8-sig").splitlines()[1:] == [
        "4,unreadable_opened_at,opened_at,soon"
    ]


def test_an_export_without_rows_has_no_units(tmp_path):
    root = project(tmp_path / "p", EVERYTHING.splitlines()[1], tickets_csv=TICKETS.splitlines()[0])
    prepared = made(root)
    assert dict(prepared.units) == {}
    assert pd.isna(prepared.data_from)
    assert made(root).folder == prepared.folder


def test_the_sample_is_rejected_for_the_reasons_it_was_given(sample_project):
    prepared = prepare(sample_project, sample_project / "data" / "prepared")
    found = prepared.quality.rejections.set_index(["table", "reason"])["n"]
    planted = pd.Series([(row.table, row.code) for row in BAD_ROWS]).value_counts()
    assert found.to_dict() == planted.to_dict()
