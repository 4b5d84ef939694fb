import json

import pandas as pd

from slm_analysis.dataset.data_quality import TABLE_COLUMNS, data_quality, from_json, to_json
from slm_analysis.intake.sources import load_tables
from slm_analysis.presentation.words.data_quality import quality_notes, rejections
from tests.small_projects import sources, write


def test_what_became_of_every_row_survives_json(tmp_path):
    write(
        tmp_path,
        tickets_csv="ticket_id,business_unit,opened_at,closed_at\n"
        "T1,,2026-01-02 10:00,2026-01-02 10:00\nT1,U,2026-01-02,\n,U,2026-01-02,\nT4,U,soon,\n"
        "T5,U,2026-01-02,,too many\nT6\n",
        surveys_csv="ticket_id,score,scale_min,scale_max,responded_at\nT1,9,1,5,2026-01-05\n",
    )
    tables = "tickets: {file: tickets.csv}\nsurveys: {file: surveys.csv}\n"
    quality = data_quality(load_tables(sources(tmp_path, tables), tmp_path / "rows"))
    again = from_json(json.loads(json.dumps(to_json(quality))))
    pd.testing.assert_frame_equal(again.tables, quality.tables)
    pd.testing.assert_frame_equal(again.rejections, quality.rejections)
    assert again.notes == quality.notes
    tables = quality.tables.set_index("table")
    assert list(quality.tables.columns) == TABLE_COLUMNS
    assert tables.loc["tickets", ["rows_in_file", "read", "accepted", "rejected"]].tolist() == [
        6, 6, 1, 5,
    ]  # fmt: skip
    assert dict(zip(quality.rejections["reason"], quality.rejections["n"], strict=True)) == {
        "missing_ticket_id": 1, "repeated_ticket_id": 1, "unreadable_opened_at": 1,
        "too_many_fields": 1, "missing_opened_at": 1, "out_of_scale": 1,
    }  # fmt: skip
    # Every reason and note has its words: none gets lost on the page.
    assert rejections(quality)
    assert quality_notes(quality)
