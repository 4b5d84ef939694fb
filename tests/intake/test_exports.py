import hashlib
import traceback
from datetime import date, datetime
from types import SimpleNamespace

import pandas as pd
import pytest
import sqlalchemy

from slm_analysis.errors import InputError
from slm_analysis.intake.exports import read_export
from slm_analysis.result import note
from tests.small_projects import sources, write


def export(folder, table):
    opened = read_export(sources(folder, f"tickets: {{{table}}}\n").tables["tickets"])
    chunks = list(opened.chunks)
    return SimpleNamespace(
        **vars(opened),
        text=pd.concat([rows.text for rows in chunks]),
        overlong=tuple(number for rows in chunks for number in rows.overlong),
        cut_short=sum(rows.cut_short for rows in chunks),
    )


def cells(got):
    return {
        row: [None if pd.isna(cell) else cell for cell in values]
        for row, *values in got.text.itertuples()
    }


class TestCsv:
    def test_text_stays_text_and_nothing_is_nothing(self, tmp_path):
        write(tmp_path, a_csv='number, unit ,note\n007,NO,n/a\n?,3.10,"?"\n ,NULL, x \n')
        got = export(tmp_path, 'file: a.csv, missing: ["?"]')
        assert list(got.text.columns) == ["number", "unit", "note"]
        assert cells(got) == {
            2: ["007", "NO", "n/a"],
            3: [None, "3.10", None],
            4: [None, "NULL", "x"],
        }
        assert (got.origin, got.encoding, got.notes) == ("a.csv", "utf-8-sig", ())
        assert got.sha256 == hashlib.sha256((tmp_path / "a.csv").read_bytes()).hexdigest()

    def test_repeated_and_missing_column_names(self, tmp_path):
        write(tmp_path, a_csv="Sprint,Sprint,Sprint.1, Sprint ,,Sprint\n1,2,3,4,5,6\n")
        got = export(tmp_path, "file: a.csv")
        assert got.text.columns.tolist() == [
            "Sprint", "Sprint.1", "Sprint.1.1", "Sprint.2", "column 5", "Sprint.3",
        ]  # fmt: skip
        assert cells(got) == {2: list("123456")}

    def test_what_was_taken_for_granted_is_noted(self, tmp_path):
        write(tmp_path, a_csv="单号,单元\n1,华东销售部\n2\n3,华东销售部,x\n".encode("gb18030"))
        got = export(tmp_path, "file: a.csv")
        assert got.notes == (note("encoding_settled", encoding="gb18030"),)
        assert (got.overlong, got.cut_short) == ((4,), 1)
        assert export(tmp_path, "file: a.csv, encoding: gb18030").notes == ()

    def test_a_mark_of_the_byte_order_is_no_part_of_a_name(self, tmp_path):
        write(tmp_path, a_csv="\ufeffnumber\n1\n")
        assert list(export(tmp_path, "file: a.csv, encoding: utf-8").text) == ["number"]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("none.csv", None, "tickets: The file does not exist. Check 'file' in sources.yaml."),
        ("a.csv", b"", "tickets: The file is empty. Export it again."),
        (
            "a.xls",
            b"\xd0\xcf\x11\xe0",
            "tickets: A file of this kind cannot be read. Save it as one",
        ),
        ("a", b"x", "tickets: A file of this kind cannot be read."),
        ("a.xlsx", b"no workbook", "The workbook cannot be read:"),
        ("a.xlsx", b"PK\x05\x06" + b"\0" * 18, "The workbook cannot be read:"),
        ("a.parquet", b"no parquet", "This is no Parquet file:"),
        ("a.csv.gz", b"no gzip", "The file is damaged:"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_message(tmp_path, name, content, message):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError) as caught:
        export(tmp_path, f"file: {name}")
    assert message in str(caught.value)
    assert name in str(caught.value)


class TestExcel:
    def test_true_dates_numbers_and_blank_rows(self, tmp_path):
        sheet = pd.DataFrame(
            [
                [None] * 5,
                ["number", "opened", "day", "amount", "vip"],
                [1001, datetime(2026, 2, 14, 9, 5), date(2026, 2, 14), 12.5, True],
                [None] * 5,
                ["007", "2026年2月14日 9时5分", None, 3.0, False],
            ]
        )
        sheet.to_excel(tmp_path / "a.xlsx", header=False, index=False)
        got = export(tmp_path, "file: a.xlsx")
        assert list(got.text.columns) == ["number", "opened", "day", "amount", "vip"]
        assert cells(got) == {
            3: ["1001", "2026-02-14T09:05:00", "2026-02-14T00:00:00", "12.5", "True"],
            5: ["007", "2026年2月14日 9时5分", None, "3", "False"],
        }
        assert got.encoding == ""

    def test_a_sheet_by_name(self, tmp_path):
        with pd.ExcelWriter(tmp_path / "a.xlsx") as workbook:
            pd.DataFrame({"x": [1]}).to_excel(workbook, sheet_name="Cover", index=False)
            pd.DataFrame({"number": [2]}).to_excel(workbook, sheet_name="数据", index=False)
            pd.DataFrame().to_excel(workbook, sheet_name="Blank", index=False)
        assert cells(export(tmp_path, "file: a.xlsx, sheet: 数据")) == {2: ["2"]}
        assert list(export(tmp_path, "file: a.xlsx").text) == ["x"]
        with pytest.raises(InputError, match="The workbook cannot be read: Worksheet named 'Data'"):
            export(tmp_path, "file: a.xlsx, sheet: Data")
        with pytest.raises(InputError, match=r"The sheet is empty\. Name another under 'sheet'"):
            export(tmp_path, "file: a.xlsx, sheet: Blank")


def test_parquet(tmp_path):
    frame = pd.DataFrame(
        {
            "number": [1, 2],
            "opened": pd.to_datetime(["2026-02-14 09:05", None]),
            "closed": pd.to_datetime(["2026-02-14T09:05:00.5+08:00", None]),
            "score": [4.0, None],
            "flag": pd.array([True, None], dtype="boolean"),
            "tags": [["a", "b"], None],
        }
    )
    frame.set_index("number", drop=False).to_parquet(tmp_path / "a.parquet")
    assert cells(export(tmp_path, "file: a.parquet")) == {
        1: [
            "1", "2026-02-14T09:05:00", "2026-02-14T09:05:00.500000+08:00", "4", "True",
            "['a' 'b']",
        ],
        2: ["2", None, None, None, None, None],
    }  # fmt: skip


class TestQuery:
    @pytest.fixture
    def database(self, tmp_path, monkeypatch):
        url = f"sqlite:///{tmp_path / 'geheim.db'}"
        engine = sqlalchemy.create_engine(url, poolclass=sqlalchemy.NullPool)
        with engine.begin() as connection:
            pd.DataFrame(
                {
                    "number": ["T1", "T2", None],
                    "opened": ["2026-01-01 10:00", "", None],
                    "n": [1, 2, None],
                }
            ).to_sql("incidents", connection, index=False)
        monkeypatch.setenv("SLA_DB", url)
        return url

    @pytest.mark.usefixtures("database")
    def test_rows_are_text_numbered_from_1(self, tmp_path):
        got = export(tmp_path, 'query: "select number, opened, n from incidents", database: SLA_DB')
        assert cells(got) == {1: ["T1", "2026-01-01 10:00", "1"], 2: ["T2", None, "2"]}
        assert (got.origin, got.encoding) == ("the query on SLA_DB", "")
        assert len(got.sha256) == 64
        other = export(tmp_path, "query: select opened from incidents, database: SLA_DB")
        assert other.sha256 != got.sha256

    def test_the_variable_must_be_set(self, tmp_path, monkeypatch):
        monkeypatch.delenv("SLA_DB", raising=False)
        with pytest.raises(
            InputError, match=r"tickets\.database: The environment variable SLA_DB is"
        ):
            export(tmp_path, "query: select 1, database: SLA_DB")

    @pytest.mark.parametrize(
        ("url", "query"),
        [
            (None, "select * from nowhere"),
            (None, "no sql at all"),
            ("sqlite:////no/such/folder/geheim.db", "select 1"),
            ("postgresql://finance:geheim@nowhere.invalid/sla", "select 1"),
            ("postgresql://finance:geheim@host:port/sla", "select 1"),
            ("nodialect://finance:geheim@host/sla", "select 1"),
            ("finance:geheim", "select 1"),
        ],
    )
    @pytest.mark.usefixtures("database")
    def test_no_message_holds_the_url(self, tmp_path, monkeypatch, url, query):
        if url:
            monkeypatch.setenv("SLA_DB", url)
        with pytest.raises(InputError, match=r"The query failed \(\w+\)\.") as caught:
            export(tmp_path, f"query: {query}, database: SLA_DB")
        shown = "".join(traceback.format_exception(caught.value))
        assert "geheim" not in shown
        assert "finance" not in shown
