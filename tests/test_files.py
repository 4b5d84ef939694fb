import csv
import io

import pandas as pd
import pytest

from slm_analysis import files
from slm_analysis.files import csv_text, write_whole


def test_a_file_is_replaced_whole(tmp_path):
    file = tmp_path / "页.html"
    write_whole(file, "first 一")
    write_whole(file, b"second")
    assert file.read_bytes() == b"second"
    assert list(tmp_path.iterdir()) == [file]


def test_a_failed_write_leaves_the_earlier_file(tmp_path, monkeypatch):
    file = tmp_path / "a.json"
    write_whole(file, "good")

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_whole(file, "half")
    assert file.read_text() == "good"


def test_no_cell_of_a_csv_runs_as_a_formula():
    frame = pd.DataFrame(
        {
            "text": ["=1+1", "+49 89", "-cmd", "@SUM(A1)", "\tx", 'plain, a\n"b"', None],
            "number": [-1.5, 2, 3, 4, 5, 6, 7],
            "mixed": pd.Series(["=x", -1, None, 2.5, "y", "z", "-"], dtype="object"),
        }
    )
    before = frame.copy()
    rows = list(csv.reader(io.StringIO(csv_text(frame))))
    assert [row[0] for row in rows[1:]] == [
        "'=1+1", "'+49 89", "'-cmd", "'@SUM(A1)", "'\tx", 'plain, a\n"b"', "",
    ]  # fmt: skip
    assert [row[1] for row in rows[1:3]] == ["-1.5", "2.0"]
    assert [row[2] for row in rows[1:]] == ["'=x", "-1", "", "2.5", "y", "z", "'-"]
    pd.testing.assert_frame_equal(frame, before)


def test_an_empty_frame_keeps_its_header():
    assert csv_text(pd.DataFrame({"a": [], "b": []})) == "a,b\n"
