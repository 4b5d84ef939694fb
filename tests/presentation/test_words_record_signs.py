"""What is said of signs in the records: observations with count, denominator and expectation."""

import re

import numpy as np
import pandas as pd
import pytest

from slm_analysis.analyses.target_signs import COLUMNS, TargetSigns
from slm_analysis.presentation import say, table
from slm_analysis.presentation.methods import method
from slm_analysis.questions.record_signs import RecordSigns
from slm_analysis.result import note

ACCUSES = re.compile(
    r"\b(cheat|manipulat|gaming|game|deliberate|fraud|because|proves|certainly)", re.IGNORECASE
)
OBSERVED = (
    "Observations, no more: people who watch the clock, a target that falls on the end of a "
    "working day and a system that closes by rule all look like this."
)


def sign(name, **values):
    row = {
        "sign": name, "group": "Payments", "count": 41, "n": 120, "share": 41 / 120,
        "share_low": 0.262, "share_high": 0.4304, "expected": 21.6, "p": 0.0001, "q": 0.002,
        "judged": True, "found": True,
    }  # fmt: skip
    return row | values


def signs(*rows, family=9):
    found = TargetSigns(
        signs=pd.DataFrame(list(rows), columns=list(COLUMNS)).astype(COLUMNS),
        family=family,
        q=0.05,
        notes=(note("signs_no_accusation"),) if any(row["found"] for row in rows) else (),
    )
    return RecordSigns(
        target="resolution_time",
        metric="resolution_time",
        window_start=pd.Timestamp("2026-05-01"),
        window_end=pd.Timestamp("2026-10-31"),
        found=found,
        notes=found.notes,
    )


TOLD = {
    "pile_up": "Payments: of 120 tickets not done when the last tenth of their time began, 41 were "
    "done in it, 34.2% (26.2 to 43.0%); about 22 would follow from the times around it.",
    "pause_near_target": "Payments: of 120 tickets not done when the last tenth of their time "
    "began, the clock of 41 was stopped in it, 34.2% (26.2 to 43.0%); about 22 would follow from "
    "the times around it.",
    "reopened": "Payments: of 120 tickets first done in the last tenth of their time, 41 were "
    "reopened, 34.2% (26.2 to 43.0%); about 22 at the rate of those done before.",
    "bulk_closing": "Payments: of 120 tickets, 41 ended within a minute of four others or more of "
    "the same team, 34.2% (26.2 to 43.0%); about 22 by chance.",
    "no_response": "Payments: of 120 finished tickets, 41 have no first response on record, 34.2% "
    "(26.2 to 43.0%); they are not judged.",
}


@pytest.mark.parametrize("name", TOLD)
def test_each_sign_has_its_sentence(name):
    said = say(signs(sign(name)))
    assert said.sentences == [TOLD[name]]
    assert said.caveats == [OBSERVED, "9 comparisons made and corrected for."]


def test_no_sentence_accuses_anyone():
    result = signs(*(sign(name) for name in TOLD))
    assert not ACCUSES.search(f"{say(result)} {table(result)} {method(result)}")


def test_a_sign_that_is_not_found_is_not_told():
    said = say(signs(sign("pile_up", found=False)))
    assert said.text() == ("The records show no sign of it.\n9 comparisons made and corrected for.")


def test_too_few_tickets_to_look():
    said = say(signs(sign("pile_up", p=np.nan, expected=np.nan, found=False), family=0))
    assert said.text() == "There are too few tickets to look for signs in the records."


def test_the_table_holds_all_that_was_looked_for():
    shown = table(
        signs(
            sign("bulk_closing"),
            sign("pile_up", p=np.nan, expected=np.nan, found=False, judged=False),
        )
    )
    assert shown.folded
    assert shown.accented == [0]
    assert shown.rows == [
        ["Ended in a batch, five or more of a team within a minute", "Payments", "41 of 120",
         "34.2% (26.2 to 43.0%)", "22"],
        ["Done in the last tenth before the target", "Payments", "41 of 120",
         "34.2% (26.2 to 43.0%)", "too few to tell"],
    ]  # fmt: skip


def test_the_method_names_tests_and_correction():
    ((name, text),) = method(signs(sign("pile_up")))
    assert name == "Signs in the records"
    assert "9 tests over all services, corrected by Benjamini-Hochberg, 5% false signs" in text
