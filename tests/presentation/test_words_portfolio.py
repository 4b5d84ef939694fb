"""What is said about all units together: exact sentences, clearly only after correction."""

from __future__ import annotations

import pytest

from slm_analysis.presentation import headline, say, table
from slm_analysis.presentation.tables import portfolio as tables
from slm_analysis.result import note
from tests.presentation.made_up_levels import (
    availability,
    errors,
    kept,
    level,
    satisfaction,
    unsure,
)
from tests.presentation.made_up_portfolio import change, portfolio_of, trend, unhappy, unit

NO_CASES = level("Reports", 0, 0, low=None, high=None)


def test_headline_of_a_bad_month():
    worse = [trend("Invoices", "worse", since="2026-08-03"), trend("Payments", "steady")]
    changes = [change("C1"), change("C2", "cannot_tell", p=0.5), change("C3", "worse")]
    top = headline(
        portfolio_of(
            {
                "华东销售部": unit(level(), kept(), trends=worse),
                "B": unit(unsure(), NO_CASES, changes=changes),
            }
        )
    )
    assert top.title == (
        "One of three promises was clearly missed in October 2026, and does worse than before"
    )
    assert top.lead == (
        "Invoices (resolution) at 华东销售部: 90.8% of 306 in time (95% interval 86.9 to 93.7%), "
        "goal 95% within 2 working days. Worse since 3 August 2026. Over all units: one of three "
        "changes was followed by better results, one by worse."
    )
    assert top.what == "4 promises to 2 units: 1 kept, 2 missed, 1 open or with too few cases."
    assert top.sure == (
        "One of the two missed stands after correction for 3 comparisons; the rest may be chance."
    )
    assert top.next == "Start with Invoices at 华东销售部."


@pytest.mark.parametrize(
    ("worse", "title"),
    [
        (["A", "B", "C"], "Three of three promises were clearly missed in October 2026, and all of "
         "them do worse than before"),
        (["A", "B"], "Three of three promises were clearly missed in October 2026, and two of them "
         "do worse than before"),
        (["A"], "Three of three promises were clearly missed in October 2026, and one of them "
         "does worse than before"),
        ([], "Three of three promises were clearly missed in October 2026"),
    ],
)  # fmt: skip
def test_headline_of_several_clear_misses(worse, title):
    rows = [level("A"), level("B"), level("C", low=0.80, high=0.90)]
    trends = [trend(service, "worse", since="2026-08-03") for service in worse]
    top = headline(portfolio_of({"X": unit(*rows, trends=trends)}))
    assert top.title == title
    assert top.sure == "What was missed is clear after correction for 3 comparisons."


def test_the_next_step_names_what_goes_with_the_misses():
    found = {
        "service": "A", "driver": "hold_reason", "level": "Missing purchase order",
        "known": "at_opening", "breaches": 158, "n": 519, "expected": 16.9,
    }  # fmt: skip
    top = headline(portfolio_of({"X": unit(level("A"), drivers=[found])}))
    assert top.next == (
        "Ask X about Missing purchase order (hold reason): in recent months 158 of 519 such "
        "tickets were late, where about 17 were to be expected."
    )
    for other in ({"service": "B"}, {"known": "arises"}):
        top = headline(portfolio_of({"X": unit(level("A"), drivers=[found | other])}))
        assert top.next == "Start with A at X."


@pytest.mark.parametrize(
    ("sections", "step"),
    [
        (unit(unsure("A"), trends=[trend("A", "steady", steadily_missed=True)]),
         "Decide with X on A: the process or the goal has to change."),
        (unit(kept("A"), trends=[trend("A", "worse", since="2026-08-03")]),
         "Look at A at X before its goal is clearly missed."),
        (unit(kept("A"), watermelon=[unhappy()]),
         "Ask the users of X what they miss: their answers stand against the goal."),
    ],
)  # fmt: skip
def test_the_next_step_fits_what_calls_for_attention(sections, step):
    assert headline(portfolio_of({"X": sections})).next == step


def test_headline_of_misses_that_may_be_chance():
    top = headline(portfolio_of({"A": unit(unsure(), kept())}))
    assert top.title == "One of two promises was missed in October 2026, none clearly"
    assert top.lead == "What was missed may be chance: one month's figures are too few to tell."
    assert top.sure == "None of what was missed is clear after correction for 2 comparisons."
    assert top.next == "Nothing calls for action; single low months of small units are expected."


def test_headline_of_a_quiet_month():
    top = headline(portfolio_of({"A": unit(kept(), kept("B"))}))
    assert top.title == "All two promises that could be judged were kept in October 2026"
    assert top.lead == "Nothing was missed."
    assert top.what == "2 promises to 1 unit: 2 kept, 0 missed."
    assert top.sure == "Nothing was missed; 2 comparisons were made."


def test_headline_says_how_much_of_what_was_kept_is_unsure():
    few = kept("B", low=0.9, high=1.0)
    top = headline(portfolio_of({"A": unit(kept(), few)}))
    assert top.sure == (
        "Nothing was missed; 2 comparisons were made. For 1 of the 2 kept there are too few cases "
        "to be sure."
    )
    top = headline(portfolio_of({"A": unit(few)}))
    assert top.sure == (
        "Nothing was missed; one comparison was made. Of what was kept nothing is sure: the cases "
        "are too few."
    )


@pytest.mark.parametrize(
    ("row", "verb"), [(kept(), "kept"), (unsure(), "missed"), (level(), "clearly missed")]
)
def test_headline_of_one_promise(row, verb):
    title = headline(portfolio_of({"A": unit(row)})).title
    assert title == f"The one promise that could be judged was {verb} in October 2026"


def test_headline_without_cases():
    top = headline(portfolio_of({"A": unit(NO_CASES)}))
    assert top.title == "Too few cases to judge any promise in October 2026"
    assert top.lead == "There were no cases, or fewer than the agreements ask for."
    assert top.sure == "Without cases nothing can be said."


def test_headline_without_anything():
    top = headline(portfolio_of({}))
    assert top.title == "There is nothing to report for October 2026"
    assert top.what == "No promise was judged."


def test_headline_names_units_that_are_missing():
    top = headline(portfolio_of({"A": unit(kept()), "B": {}}, failed=("B",)))
    assert top.what == (
        "1 promise to 1 unit: 1 kept, 0 missed. One unit is not in these figures: its report "
        "failed."
    )
    top = headline(portfolio_of({"A": {}, "B": {}}, failed=("A", "B")))
    assert top.what == (
        "No promise was judged. Two units are not in these figures: their reports failed."
    )


@pytest.mark.parametrize(
    ("row", "lead"),
    [
        (errors(), "Invoices (errors) at A: 4.0% of 300 with errors (95% interval 2.3 to 6.9%), "
         "goal at most 2%."),
        (satisfaction(), "Travel (satisfaction) at A: 3.8 from 96 people (95% interval 3.6 to "
         "4.0), goal at least 4.2 of 5."),
        (availability(0.99), "Portal (availability) at A: 99.0%, goal at least 99.5%."),
    ],
)  # fmt: skip
def test_the_lead_fits_every_kind_of_promise(row, lead):
    assert headline(portfolio_of({"A": unit(row)})).lead == lead


def test_how_it_was_made():
    assert say(portfolio_of({"A": unit(kept(), level())})).sentences == [
        "2 promises were compared with their goals; clearly means that the verdict stands after "
        "correction for all of them."
    ]
    one = say(portfolio_of({"A": unit(kept())}, notes=(note("asked_here"),)))
    assert one.sentences[0].startswith("1 promise was compared with its goal; clearly means")
    assert one.caveats == [
        "The figures were worked out here and not read from a run of all reports."
    ]


def test_the_table_lists_every_promise_by_evidence():
    shown = table(portfolio_of({"A": unit(kept(), level()), "B": unit(unsure(), NO_CASES)}))
    assert [row[:4] for row in shown.rows] == [
        ["A", "Payments, resolution", "Met", "990 of 1,000, 99.0%"],
        ["A", "Invoices, resolution", "Missed (clearly)", "278 of 306, 90.8%"],
        ["B", "Travel, resolution", "Missed, uncertain", "46 of 49, 93.9%"],
        ["B", "Reports, resolution", "No tickets", "–"],
    ]
    assert shown.folded
    assert shown.accented == [1]
    assert shown.caption == "Every promise of every unit, by evidence"
    assert table(portfolio_of({})).rows == []


def test_a_long_table_says_what_it_leaves_out(monkeypatch):
    monkeypatch.setattr(tables, "MOST", 2)
    shown = table(portfolio_of({"A": unit(kept(), level(), unsure())}))
    assert len(shown.rows) == 2
    assert shown.caption == (
        "The 2 least likely of 3 promises, by evidence; all are in the files below"
    )
