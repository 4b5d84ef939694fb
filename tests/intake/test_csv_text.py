import gzip
from dataclasses import dataclass

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from slm_analysis.errors import InputError
from slm_analysis.intake import csv_text
from slm_analysis.intake.csv_text import CsvRows
from slm_analysis.intake.csv_text import read_csv as chunks_of


def written(folder, text, encoding="utf-8", name="a.csv"):
    file = folder / name
    data = text if isinstance(text, bytes) else text.encode(encoding)
    file.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    return file


@dataclass(frozen=True)
class Read(CsvRows):
    encoding: str = ""


def read_csv(file, encoding=None):
    """Return what all chunks of a file hold."""
    text = chunks_of(file, encoding)
    chunks = list(text.chunks)
    return Read(
        pd.concat([rows.cells for rows in chunks]),
        tuple(number for rows in chunks for number in rows.overlong),
        sum(rows.cut_short for rows in chunks),
        text.encoding,
    )


def read(folder, text, *how, **more):
    return read_csv(written(folder, text, *how, **more))


CHINESE = "工单号,业务单元,服务\n" + "".join(f"T{n},华东销售部,发票入账\n" for n in range(20))
ENGLISH = "number,unit\n" + "".join(f"T{n},A plain English sentence\n" for n in range(50))


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", "utf-8-sig"),
        ("utf-8-sig", "utf-8-sig"),
        ("gbk", "gb18030"),
        ("gb18030", "gb18030"),
        ("utf-16", "utf_16"),
        ("utf-16-le", "utf_16_le"),
    ],
)
@pytest.mark.parametrize("name", ["a.csv", "a.csv.gz"])
def test_a_chinese_export_is_read_in_whatever_encoding_it_has(tmp_path, encoding, found, name):
    got = read(tmp_path, CHINESE, encoding, name=name)
    assert got.encoding == found
    assert list(got.cells.columns) == ["工单号", "业务单元", "服务"]
    assert got.cells.iloc[-1].tolist() == ["T19", "华东销售部", "发票入账"]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (ENGLISH + "T50,华东\n", "gbk"),  # one Chinese word in much English
        (CHINESE.splitlines()[0] + "\n" + "T1,𠮷野家㐀,服务\n" * 3, "gb18030"),
        ("Nummer,Kunde\nT1,Prüfung Größe Vertrieb Süd\n" * 9, "cp1252"),
        ("Numéro,Client\nT1,Créances de la société à Orléans\n" * 9, "cp1252"),
        ("工單號,業務單位\n" + "T1,華東銷售部\n" * 9, "big5"),
        (ENGLISH, "utf-16-le"),  # valid UTF-8, but for the zero bytes
    ],
)
def test_other_encodings_are_read_as_meant(tmp_path, text, encoding):
    got = read(tmp_path, text, encoding).cells
    rows = [line.split(",") for line in text.splitlines()]
    assert [list(got.columns), *got.to_numpy().tolist()] == rows


def test_a_stated_encoding_is_obeyed(tmp_path):
    file = written(tmp_path, CHINESE, "gb18030")
    assert read_csv(file, "gbk").encoding == "gbk"
    with pytest.raises(InputError, match=r"The file is not in utf-8\. State its 'encoding'"):
        read_csv(file, "utf-8")
    with pytest.raises(InputError, match=r"The file is not in klingon\."):
        read_csv(file, "klingon")


def test_a_file_that_turns_out_otherwise_later_is_named(tmp_path):
    text = ENGLISH.encode() * 800 + "T,华东销售部\n".encode("gbk")
    assert len(text) > csv_text.SAMPLE_BYTES
    with pytest.raises(InputError, match=r"The file is not in utf-8-sig\. State its 'encoding'"):
        read(tmp_path, text)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiters_of_spreadsheets(tmp_path, delimiter):
    text = 'a,b,c\n1,"x,y;z\tw",3\n'
    if delimiter != ",":
        text = f'a{delimiter}b{delimiter}c\n1{delimiter}"x,y;z\tw"{delimiter}3\n'
    assert read(tmp_path, text).cells.to_numpy().tolist() == [["1", "x,y;z\tw", "3"]]


def rows(got):
    return {number: list(cells) for number, *cells in got.cells.itertuples()}


def test_rows_are_numbered_as_a_spreadsheet_shows_them(tmp_path):
    text = (
        "a,b,c\n"
        '1,"two\nlines, and ""quotes""",3\n'  # row 2
        "\n"
        "4,5,6,7\n"  # row 4: too many
        ",,\n"
        '"8\n\n8",9\n'  # row 6: too few
        "10,11,12,,\n"  # nothing in what is too many
        "13,14,15"
    )
    got = read(tmp_path, text)
    assert rows(got) == {
        2: ["1", 'two\nlines, and "quotes"', "3"],
        6: ["8\n\n8", "9", ""],
        7: ["10", "11", "12"],
        8: ["13", "14", "15"],
    }
    assert (got.overlong, got.cut_short) == ((4,), 1)


@pytest.mark.parametrize("first", [True, False])
def test_a_first_row_with_too_many_fields_is_left_out_like_any_other(tmp_path, first):
    body = ["1,2,3,4", "5,6,7"] if first else ["5,6,7", "1,2,3,4"]
    got = read(tmp_path, "\n".join(["a,b,c", *body]))
    assert list(rows(got).values()) == [["5", "6", "7"]]
    assert got.overlong == ((2,) if first else (3,))


def test_every_row_with_too_many_fields_leaves_none(tmp_path):
    got = read(tmp_path, "a,b\n1,2,3\n4,5,6\n")
    assert (len(got.cells), got.overlong) == (0, (2, 3))


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_of_all_systems(tmp_path, end):
    assert rows(read(tmp_path, f"a,b{end}1,2{end}3,4{end}")) == {2: ["1", "2"], 3: ["3", "4"]}


@pytest.mark.parametrize("text", ["a,b", "a,b\n", "\n\na,b\n\n"])
def test_a_header_alone_has_no_rows(tmp_path, text):
    got = read(tmp_path, text).cells
    assert (list(got.columns), len(got)) == (["a", "b"], 0)


def test_lines_above_the_header_do_not_move_the_numbers(tmp_path):
    assert rows(read(tmp_path, "\n,\na,b\n1,2\n")) == {4: ["1", "2"]}
    assert rows(read(tmp_path, "\na;b\n1;2\n")) == {3: ["1", "2"]}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('a,b\n1,"2\n3,4\n', "cannot be read as CSV: a quotation mark is never closed"),
        ('a,b\n1,"2', "cannot be read as CSV: a quotation mark is never closed"),
        (" \n\n", "cannot be read as CSV: it has no header"),
        ("\n\n\n", "cannot be read as CSV: it has no header"),
        ('a,b\n"' + "x" * 200_000 + '",1\n', "cannot be read as CSV: field larger than"),
    ],
)
def test_what_is_no_csv_is_one_message(tmp_path, text, message):
    with pytest.raises(InputError, match=message):
        read(tmp_path, text)


def test_a_quote_within_a_cell_is_a_quote(tmp_path):
    assert rows(read(tmp_path, 'a,b\n5" pipe,2\n"x"y,"4\n"\n')) == {
        2: ['5" pipe', "2"],
        3: ["xy", "4\n"],
    }


def test_a_damaged_archive_is_one_message(tmp_path):
    whole = written(tmp_path, CHINESE, name="a.csv.gz").read_bytes()
    for damaged in (whole[:-20], b"no archive at all", whole[:30] + b"\0" * 20 + whole[50:]):
        (tmp_path / "a.csv.gz").write_bytes(damaged)
        with pytest.raises(InputError, match="The file is damaged"):
            read_csv(tmp_path / "a.csv.gz")


def test_a_long_file_is_read_in_parts(tmp_path, monkeypatch):
    monkeypatch.setattr(csv_text, "CHUNK", 7)
    got = read(tmp_path, "a,b\n" + "".join(f"{n},x\n" for n in range(50)))
    assert got.cells["a"].tolist() == [str(n) for n in range(50)]
    assert got.cells.index.tolist() == list(range(2, 52))


cells = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)
grids = st.integers(2, 4).flatmap(
    lambda width: st.lists(st.lists(cells, min_size=width, max_size=width), min_size=1, max_size=8)
)


@given(grids)
def test_what_is_written_as_csv_is_read_back(tmp_path_factory, grid):
    width = len(grid[0])
    quoted = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in grid]
    header = ",".join(f"c{at}" for at in range(width))
    file = written(tmp_path_factory.getbasetemp(), "\n".join([header, *quoted]), name="grid.csv")
    got = read_csv(file)
    assert rows(got) == {
        at: row for at, row in enumerate(grid, start=2) if any(map(str.strip, row))
    }
    assert got.overlong == ()
