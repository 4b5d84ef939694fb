"""What is said of what to improve next, from results built by hand."""

import numpy as np
import pandas as pd

from slm_analysis.analyses.excess_time import COLUMNS, ExcessTime
from slm_analysis.presentation import say, table
from slm_analysis.presentation.methods import method
from slm_analysis.questions.next_improvements import IMPROVEMENT, NextImprovements

NAN = float("nan")


def service(name="Payments", **values):
    row = {
        "service": name, "counted": 505, "late": 9, "late_a_month": 1.5, "hours_a_month": 465.4,
        "direction": "steady", "score": 3.68, "room": 0.33, "driver": "", "level": "", "n": 0,
        "excess": NAN, "excess_low": NAN, "excess_high": NAN,
    }  # fmt: skip
    return row | values


SLOW = {
    "driver": "opening_team", "level": "AP Team 2", "n": 120, "excess": 21.4, "excess_low": 8.2,
    "excess_high": 34.6,
}  # fmt: skip
ORDER = (
    "Order: what gets worse first, then hours over those of other tickets, then late tickets, both "
    "counting for more where users are less satisfied. Counted in May to October 2026."
)
NO_GROUP = "In none of them does a group of tickets take longer by more than chance."


def improvements(*rows, missed=(), family=54, **values):
    levels = pd.DataFrame(columns=["service", *COLUMNS]).astype(COLUMNS)
    return NextImprovements(
        target="resolution_time",
        metric="resolution_time",
        window_start=pd.Timestamp("2026-05-01"),
        window_end=pd.Timestamp("2026-10-31"),
        months=6,
        services=pd.DataFrame(list(rows), columns=list(IMPROVEMENT)).astype(IMPROVEMENT),
        missed=missed,
        **values,
        times=ExcessTime(levels=levels, family=family, q=0.05, interval_level=0.999),
    )


def test_late_tickets_that_are_left_are_told_with_their_count():
    said = say(improvements(service(), service("Master data", late=0, late_a_month=0.0)))
    assert said.sentences == [
        "Of the services that met it, Payments comes next: 1.5 tickets a month are still late (9 "
        "of 505).",
        NO_GROUP,
    ]
    assert said.caveats == [ORDER, "54 comparisons made and corrected for."]


def test_a_group_that_takes_longer_is_told_with_its_interval():
    said = say(improvements(service(**SLOW), service("Master data")))
    assert said.sentences == [
        "Of the services that met it, Payments comes next: AP Team 2 (team at opening) takes 21.4 "
        "h a month more (8.2 to 34.6 h) than its other tickets would."
    ]


def test_what_missed_comes_first():
    one = say(improvements(service(), missed=("Invoice posting",))).sentences
    assert one[0] == "First mend what missed its target: Invoice posting."
    two = say(improvements(service(), missed=("A", "B"))).sentences
    assert two[0] == "First mend what missed their targets: A and B."
    none = say(improvements(missed=("A",))).sentences
    assert none == [
        "First mend what missed its target: A.", "No service met its target in this period.",
    ]  # fmt: skip


def test_what_may_be_chance_is_not_to_be_mended_first():
    one = say(improvements(service(), doubtful=("Invoice posting",))).sentences
    assert one[0] == "Invoice posting missed its target; that may be chance."
    assert one[1].startswith("Of the services that met it, Payments comes next")
    several = improvements(service(), missed=("A",), doubtful=("B", "C"), undecided=("D", "E"))
    assert say(several).sentences[:3] == [
        "First mend what missed its target: A.",
        "B and C missed their targets; that may be chance.",
        "Open tickets can still decide about D and E.",
    ]


def test_what_never_varies_is_told_as_that():
    rows = table(improvements(service(direction="no_variation", center=1.0))).rows
    assert rows[0][1] == "Always 100%"


def test_nothing_is_left():
    said = say(improvements(service(late=0, late_a_month=0.0), family=0))
    assert said.sentences == ["The services that met it had no late ticket.", NO_GROUP]
    assert said.caveats == [ORDER]


def test_the_table_keeps_the_order_and_hides_what_is_hidden():
    rows = table(
        improvements(service(**SLOW), service("Master data", direction="not_judged", score=np.nan))
    ).rows
    assert rows == [
        ["Payments", "Steady", "1.5 (9 of 505)", "465 h",
         "AP Team 2 (team at opening): 21.4 h a month (8.2 to 34.6 h)", "3.7"],
        ["Master data", "Too few weeks to tell", "1.5 (9 of 505)", "465 h",
         "None by more than chance", "–"],
    ]  # fmt: skip


def test_the_method_names_tests_and_weights():
    ((name, text),) = method(improvements(service()))
    assert name == "What to improve next"
    assert "54 tests, corrected by Benjamini-Hochberg" in text
