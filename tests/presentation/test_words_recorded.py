"""The source's own judgement beside ours: exact sentences."""

from dataclasses import replace

import pandas as pd
import pytest

from slm_analysis.presentation import say
from slm_analysis.presentation.words.recorded import beside_the_source
from tests.presentation.made_up_levels import kept, service_levels

COLUMNS = ["source", "metric", "target_name", "target", "state", "recorded_breached", "n"]
MET = ("tickets", "resolution_time", None, "resolution_time", "met", False, 1546)
CLOSED = ("tickets", "resolution_time", None, "resolution_time", "breached_closed", True, 366)
OPEN = ("tickets", "resolution_time", None, "resolution_time", "breached_open", True, 417)
RUNNING = ("tickets", "resolution_time", None, "resolution_time", "running", False, 1)
PAUSED = ("tickets", "resolution_time", None, "resolution_time", "paused", False, 2)
LATE_HERE = ("tickets", "resolution_time", None, "resolution_time", "breached_closed", False, 12)
IN_TIME_HERE = ("tickets", "resolution_time", None, "resolution_time", "met", True, 1200)
RESPONSE = ("recorded_targets", "response_time", "P1 response", "response_time", "met", False, 7)
NOT_OURS = ("recorded_targets", "response_time", "OLA", None, None, False, 5)


def levels(*rows: tuple):
    recorded = pd.DataFrame(rows, columns=COLUMNS).astype({"recorded_breached": "boolean"})
    return replace(service_levels(kept()), recorded=recorded)


@pytest.mark.parametrize(
    ("rows", "sentences"),
    [
        ((), []),
        ((NOT_OURS,), []),
        (
            (MET, CLOSED, OPEN),
            [
                "The source itself records 1,546 of 2,329 as in time (resolution); here it is "
                "1,546 of 2,329, ticket by ticket the same."
            ],
        ),
        (
            (MET, CLOSED, OPEN, RUNNING),
            [
                "The source itself records 1,547 of 2,330 as in time (resolution); here it is "
                "1,546 of 2,329. Told apart: 1 in time there and not decided yet here."
            ],
        ),
        (
            (MET, LATE_HERE, IN_TIME_HERE, RUNNING, PAUSED),
            [
                "The source itself records 1,561 of 2,761 as in time (resolution); here it is "
                "2,746 of 2,758. Told apart: 12 in time there and late here, 3 in time there and "
                "not decided yet here and 1,200 late there and in time here."
            ],
        ),
        (
            (RESPONSE, CLOSED),
            [
                "The source itself records 7 of 7 as in time (P1 response); here it is 7 of 7, "
                "ticket by ticket the same.",
                "The source itself records 0 of 366 as in time (resolution); here it is 0 of 366, "
                "ticket by ticket the same.",
            ],
        ),
    ],
)
def test_sentences(rows, sentences):
    assert beside_the_source(levels(*rows)) == sentences


def test_it_stands_among_the_caveats_of_the_page():
    assert beside_the_source(levels(MET, RUNNING))[0] in say(levels(MET, RUNNING)).caveats
