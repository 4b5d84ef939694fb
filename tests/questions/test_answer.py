import json
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pytest

from slm_analysis.questions.answer import Answer, key_figures_of

OCTOBER = {
    "business_unit": "华东销售部",
    "period_start": pd.Timestamp("2026-10-01"),
    "period_end": pd.Timestamp("2026-10-31"),
}


@dataclass(frozen=True, eq=False, kw_only=True)
class Told(Answer):
    frame: pd.DataFrame = field(repr=False)

    def sections(self):
        return {"service_levels": self.frame, "actions": self.frame.iloc[:0]}


def test_key_figures_are_plain_json():
    frame = pd.DataFrame(
        {
            "text": ["a", None],
            "share": [0.1 + 0.2, np.nan],
            "count": pd.array([3, None], dtype="Int64"),
            "when": pd.to_datetime(["2026-10-05 09:30", None]),
            "flag": [True, False],
            "listed": [[1.0, None], []],
        }
    )
    told = key_figures_of(Told(**OCTOBER, frame=frame))
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert told["business_unit"] == "华东销售部"
    assert (told["period_start"], told["period_end"]) == ("2026-10-01", "2026-10-31")
    assert told["actions"] == []
    first, second = told["service_levels"]
    assert first["share"] == pytest.approx(0.3, abs=1e-15)
    assert first["when"].startswith("2026-10-05T09:30:00")
    assert (first["count"], first["flag"], first["listed"]) == (3, True, [1.0, None])
    assert second == {
        "text": None, "share": None, "count": None, "when": None, "flag": False, "listed": [],
    }  # fmt: skip


def test_an_answer_says_what_its_sections_are():
    with pytest.raises(NotImplementedError):
        Answer(**OCTOBER).sections()
