"""What is said about all units together: exact sentences, clearly only after correction."""

from __future__ import annotations

import pytest

from slm_analysis.presentation import headline, say, table
from slm_analysis.presentation.tables.portfolio import matrix
from slm_analysis.presentation.words.portfolio import attention
from slm_analysis.result import note
from tests.presentation.made_up_levels import (
    availability,
    errors,
    kept,
    level,
    satisfaction,
    unsure,
)
from tests.presentation.made_up_portfolio import portfolio_of, trend, unit

NO_CASES = level("Reports", 0, 0, low=None, high=None)


def test_headline_of_a_bad_month():
    worse = [trend("Invoices", "worse"), trend("Payments", "steady")]
    top = headline(
        portfolio_of(
            {"华东销售部": unit(level(), kept(), trends=worse), "B": unit(unsure(), NO_CASES)}
        )
    )
    assert top.title == (
        "One of three promises was clearly missed in October 2026, and it is still getting worse"
    )
    assert top.lead == (
        "华东销售部, Invoices, resolution: 278 of 306, 90.8%, against 95% within 2 working days; "
        "interval 86.9 to 93.7%."
    )
    assert top.what == "4 promises to 2 units: 1 kept, 2 missed, 1 open or with too few cases."
    assert top.sure == (
        "One of the two missed stands after correction for 3 comparisons; the rest may be chance."
    )
    assert top.next == "Start with 华东销售部, Invoices."


def test_headline_of_several_clear_misses():
    rows = [level("A"), level("B"), level("C", low=0.80, high=0.90)]
    worse = [trend("A", "worse"), trend("B", "worse")]
    top = headline(portfolio_of({"X": unit(*rows, trends=worse, drivers=[{"driver": "team"}])}))
    assert top.title == (
        "Three of three promises were clearly missed in October 2026, and two are still getting "
        "worse"
    )
    assert top.sure == "What was missed is clear after correction for 3 comparisons."
    assert top.next == "Start with X, A: see what goes with its late tickets."


def test_headline_where_one_of_several_is_getting_worse():
    worse = [trend("A", "worse"), trend("B", "better")]
    top = headline(portfolio_of({"X": unit(level("A"), level("B"), kept(), trends=worse)}))
    assert top.title == (
        "Two of three promises were clearly missed in October 2026, and one is still getting worse"
    )


def test_headline_of_misses_that_may_be_chance():
    top = headline(portfolio_of({"A": unit(unsure(), kept())}))
    assert top.title == "One of two promises was missed in October 2026, none clearly"
    assert top.lead == "What was missed may be chance: the months' figures are too few to tell."
    assert top.sure == "None of what was missed is clear after correction for 2 comparisons."
    assert top.next == "Nothing calls for action; single low months of small units are expected."


def test_headline_of_a_quiet_month():
    top = headline(portfolio_of({"A": unit(kept(), kept("B"))}))
    assert top.title == "All two promises that could be judged were kept in October 2026"
    assert top.lead == "Nothing was missed."
    assert top.what == "2 promises to 1 unit: 2 kept, 0 missed."
    assert top.sure == (
        "Nothing was missed; single months of small units still say little "
        "(after correction for 2 comparisons)."
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
    assert headline(portfolio_of({})).title == "There is nothing to report for October 2026"


def test_attention_says_why_and_where_to_read_on():
    result = portfolio_of(
        {
            "A": unit(kept("Early"), satisfaction(), trends=[trend("Early", "worse")]),
            "B": unit(
                level("Steady"),
                level("Worse"),
                trends=[trend("Worse", "worse"), trend("Steady", "steady")],
            ),
            "C": unit(kept(), watermelon=[{"service": None, "finding": "watermelon"}]),
        }
    )  # fmt: skip
    shown = attention(result)
    assert [(c.who, c.title, c.text) for c in shown.concerns] == [
        ("B, Worse", "Missed its goal, and getting worse",
         "Missed: 278 of 306, 90.8%, against 95%; interval 86.9 to 93.7%. Getting worse."),
        ("B, Steady", "Missed its goal; waiting will not help",
         "Missed: 278 of 306, 90.8%, against 95%; interval 86.9 to 93.7%. Steady."),
        ("A, Travel", "Users are less satisfied than agreed",
         "Missed: 3.8 from 96 people, against 4.2; interval 3.6 to 4.0."),
        ("C", "Users are less satisfied than agreed",
         "Satisfaction is low or falling although the agreement is kept."),
        ("A, Early", "Early warning: no clear miss, but worse than before",
         "Met: 990 of 1,000, 99.0%, against 95%; interval 98.1 to 99.5%. Getting worse."),
    ]  # fmt: skip
    assert [(c.folder, c.notebook, c.go) for c in shown.concerns] == [
        ("folder-1", "02_trends", "See the trend"),
        ("folder-1", "03_root_causes", "See what goes with the breaches"),
        ("folder-0", "04_satisfaction", "See how satisfied users are"),
        ("folder-2", "04_satisfaction", "See how satisfied users are"),
        ("folder-0", "02_trends", "See the trend"),
    ]
    assert shown.caveats == ["In order of evidence, not of raw rate."]


@pytest.mark.parametrize(
    ("reports", "leads_to"),
    [
        (("01_service_levels",), ("01_service_levels", "See the service levels")),
        (("05_other",), ("", "")),
    ],
)
def test_attention_leads_to_reports_that_are_there(reports, leads_to):
    (concern,) = attention(portfolio_of({"A": unit(level())}, reports)).concerns
    assert (concern.notebook, concern.go) == leads_to


def test_a_quiet_month_needs_no_attention():
    shown = attention(portfolio_of({"A": unit(kept())}))
    assert shown.concerns == []
    assert shown.caveats == [
        "Nothing calls for attention: no promise was missed beyond chance, no trend is worse."
    ]


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


def cell(*rows: dict, **sections):
    (row,) = matrix(portfolio_of({"A": unit(*rows, **sections)})).rows
    return row[2][0]


def test_a_cell_shows_the_main_promise_of_a_service():
    shown = cell(
        level("S", 19, 20, low=0.74, high=0.99, priority="P1"), level("S"),
        level("S", metric="response_time", met=99, of=100), trends=[trend("S", "worse")],
    )  # fmt: skip
    assert (shown.value, shown.of, shown.verdict, shown.direction, shown.bad) == (
        "90.8%", "of 306", "Missed", "getting worse", True,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("main", "also", "verdict"),
    [
        (kept("S"), level("S", priority="P1"), "Met; missed: P1 resolution"),
        (level("S"), level("S", priority="P1"), "Missed; also missed: P1 resolution"),
        (kept("S"), kept("S", priority="P1"), "Met"),
    ],
)
def test_a_cell_names_what_else_was_missed(main, also, verdict):
    assert cell(also, main).verdict == verdict


@pytest.mark.parametrize(
    ("row", "value", "of", "verdict", "bad"),
    [
        (availability(0.99), "99.0%", "", "Missed", True),
        (errors(), "4.0%", "of 300", "Missed", True),
        (level("S", 0, 0, low=None, high=None), "–", "", "No tickets", False),
        (satisfaction(), "–", "", "", False),
        (unsure(), "93.9%", "of 49", "Missed, uncertain", False),
    ],
)
def test_cells_of_every_kind(row, value, of, verdict, bad):
    shown = cell(row)
    assert (shown.value, shown.of, shown.verdict, shown.bad) == (value, of, verdict, bad)


def test_the_matrix_has_a_column_per_service_and_a_link_per_unit():
    shown = matrix(portfolio_of({"B": unit(kept("Y"), kept("X")), "A": unit(kept("X"))}))
    assert list(shown.columns) == ["X", "Y"]
    assert [(name, href, [c.value for c in cells]) for name, href, cells in shown.rows] == [
        ("B", "folder-0/01_service_levels.html", ["99.0%", "99.0%"]),
        ("A", "folder-1/01_service_levels.html", ["99.0%", "–"]),
    ]


def test_the_matrix_of_nothing():
    assert matrix(portfolio_of({})).rows == []


def test_the_table_lists_every_promise_by_evidence():
    shown = table(portfolio_of({"A": unit(kept(), level()), "B": unit(unsure(), NO_CASES)}))
    assert [row[:4] for row in shown.rows] == [
        ["A", "Payments, resolution", "Met", "990 of 1,000, 99.0%"],
        ["A", "Invoices, resolution", "Missed (clearly)", "278 of 306, 90.8%"],
        ["B", "Travel, resolution", "Missed, uncertain", "46 of 49, 93.9%"],
        ["B", "Reports, resolution", "No tickets", "–"],
    ]
    assert shown.folded
    assert table(portfolio_of({})).rows == []
