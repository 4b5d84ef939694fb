"""Units by services: what each cell says, draws, and leaves out where there are many."""

from __future__ import annotations

import pytest

from slm_analysis.presentation.tables import portfolio_matrix as tables
from slm_analysis.presentation.tables.portfolio_matrix import matrix
from slm_analysis.presentation.views import Cell
from tests.presentation.made_up_levels import (
    availability,
    errors,
    kept,
    level,
    satisfaction,
    unsure,
)
from tests.presentation.made_up_portfolio import (
    drawn,
    portfolio_of,
    ratings,
    run_of,
    trend,
    unhappy,
    unit,
)

NO_CASES = level("S", 0, 0, low=None, high=None)


def row_of(*levels: dict, **sections: list[dict]) -> list[Cell]:
    (row,) = matrix(portfolio_of({"A": unit(*levels, **sections)})).rows
    return list(row.cells)


def cell(*levels: dict, **sections: list[dict]) -> Cell:
    return row_of(*levels, **sections)[0]


def rating(*levels: dict, **sections: list[dict]) -> Cell:
    return row_of(*(levels or [kept()]), **sections)[-1]


def test_a_cell_shows_the_main_promise_of_a_service():
    shown = cell(
        level("S", 19, 20, low=0.74, high=0.99, priority="P1"), level("S"),
        level("S", metric="response_time", met=99, of=100),
        trends=[drawn("S", "worse", since="2026-06-01", signals=[run_of(1, 2)])],
    )  # fmt: skip
    assert (shown.value, shown.of, shown.verdict, shown.mark, shown.direction, shown.heading) == (
        "90.8%", "of 306", "Missed", "missed", "worse since 1 June", "worse",
    )  # fmt: skip
    assert (shown.hot, shown.accent) == (True, True)
    assert shown.drawing.sentence == "95% interval 86.9 to 93.7%, goal 95%; the last 4 weeks"


@pytest.mark.parametrize(
    ("main", "also", "under"),
    [
        (kept("S"), unsure("S", priority="P1"), "P1 resolution: missed, uncertain"),
        (level("S"), level("S", priority="P1"), "P1 resolution: missed"),
        (kept("S"), kept("S", priority="P1"), ""),
    ],
)
def test_a_cell_names_what_else_was_missed(main, also, under):
    assert cell(also, main).under == under


@pytest.mark.parametrize(
    ("row", "value", "of", "verdict", "mark", "accent"),
    [
        (availability(0.99), "99.0%", "", "Missed", "missed", True),
        (errors(), "4.0%", "of 300", "Missed, uncertain", "missed_unsure", False),
        (NO_CASES, "–", "", "No tickets", "", False),
        (unsure("S"), "93.9%", "of 49", "Missed, uncertain", "missed_unsure", False),
        (kept("S"), "99.0%", "of 1,000", "Met", "met", False),
        (kept("S", low=0.94), "99.0%", "of 1,000", "Met, uncertain", "met_unsure", False),
    ],
)
def test_cells_of_every_kind(row, value, of, verdict, mark, accent):
    if row["metric"] == "error_rate":
        row = row | {"low": 0.015}
    shown = cell(row)
    assert (shown.value, shown.of, shown.verdict, shown.mark, shown.accent) == (
        value, of, verdict, mark, accent,
    )  # fmt: skip


def test_a_miss_that_may_be_chance_among_all_has_no_accent():
    row = level("A", 263, 288, low=0.875, high=0.9407, interval_method="wilson")
    quiet = level("A", 190, 200, low=0.91, high=0.973, interval_method="wilson")
    shown = matrix(portfolio_of({"U": unit(row)} | {f"U{i}": unit(quiet) for i in range(20)}))
    first = next(row for row in shown.rows if row.name == "U").cells[0]
    assert (first.verdict, first.mark, first.accent, first.hot) == (
        "Missed",
        "missed",
        False,
        False,
    )


@pytest.mark.parametrize(
    ("told", "direction", "heading"),
    [
        (trend("S", "steady"), "", ""),
        (trend("S", "not_judged"), "", ""),
        (trend("S", "mixed"), "", ""),
        (trend("S", "better", since="2026-06-01"), "better since 1 June", "better"),
        (trend("S", "worse", since="2026-06-01"), "worse since 1 June", "worse"),
        (trend("S", "steady", steadily_missed=True), "steady below the goal", "low"),
    ],
)
def test_only_signals_have_a_direction(told, direction, heading):
    shown = cell(kept("S"), trends=[told])
    assert (shown.direction, shown.heading) == (direction, heading)


def test_what_is_counted_whole_has_no_interval_to_draw():
    assert cell(availability(0.99)).drawing is None
    assert cell(NO_CASES).drawing is None


def test_a_rate_of_errors_is_drawn_as_the_share_without():
    shown = cell(errors(), level())
    assert shown.value == "90.8%"
    (only,) = row_of(errors())[:1]
    assert only.drawing.sentence == "95% interval 2.3 to 6.9%, goal at most 2%"
    assert 'class="i x"' in only.drawing.shapes


def test_services_with_most_cases_come_first_and_each_unit_has_its_page():
    shown = matrix(portfolio_of({"B": unit(kept("Y"), kept("X")), "A": unit(level("X"))}))
    assert list(shown.columns) == ["X", "Y", "Satisfaction"]
    assert [(row.name, row.href, [c.value for c in row.cells]) for row in shown.rows] == [
        ("A", "folder-1/01_service_levels.html", ["90.8%", "–", "–"]),
        ("B", "folder-0/01_service_levels.html", ["99.0%", "99.0%", "–"]),
    ]


def test_the_caption_names_the_scale_of_all_drawings():
    shown = matrix(portfolio_of({"A": unit(level("S", low=0.72))}))
    assert shown.caption == (
        "Share kept in October 2026, with its 95% interval and goal above the weeks before; one "
        "scale for all drawings, 70% to 100%"
    )


def test_the_rating_of_a_unit_is_seen_against_its_goal():
    shown = rating(kept(), satisfaction(4.4), satisfaction=[ratings(3.8)])
    assert (shown.value, shown.of, shown.verdict, shown.mark, shown.under) == (
        "3.8", "3.6 to 4.0", "Below the goal", "missed", "60 of 200 answered",
    )  # fmt: skip
    assert not shown.hot
    assert shown.drawing.sentence == "95% interval 3.6 to 4.0, goal 4.2"


@pytest.mark.parametrize(
    ("value", "verdict", "mark"),
    [(4.5, "Above the goal", "met"), (4.25, "Uncertain", "met_unsure"),
     (4.1, "Uncertain", "missed_unsure")],
)  # fmt: skip
def test_a_rating_whose_interval_reaches_the_goal_is_uncertain(value, verdict, mark):
    shown = rating(kept(), satisfaction(4.4), satisfaction=[ratings(value)])
    assert (shown.verdict, shown.mark) == (verdict, mark)


def test_without_a_goal_a_rating_has_no_verdict():
    shown = rating(satisfaction=[ratings(3.8, sent=None, answers=1)])
    assert (shown.verdict, shown.mark, shown.under) == ("", "", "1 answer")
    assert shown.drawing.sentence == "95% interval 3.6 to 4.0"


def test_a_hidden_rating_stays_hidden():
    shown = rating(satisfaction=[ratings(None)])
    assert (shown.value, shown.verdict) == ("–", "Hidden: fewer than five people")
    assert shown.drawing is None


@pytest.mark.parametrize("sections", [{"watermelon": [unhappy()]}, {}])
def test_users_who_are_not_satisfied_stand_out(sections):
    promised = () if sections else (satisfaction(3.8),)
    shown = rating(kept(), *promised, satisfaction=[ratings(3.8)], **sections)
    assert (shown.hot, shown.accent) == (True, True)
    assert 'class="i x"' in shown.drawing.shapes


def test_the_column_of_ratings_names_the_goal_that_all_share():
    one = matrix(portfolio_of({"A": unit(kept(), satisfaction())}))
    assert one.columns[-1] == "Satisfaction, goal 4.2"
    assert one.notes == [
        "The goal for satisfaction is agreed for Travel; here all answers of a unit are seen "
        "against it."
    ]
    two = portfolio_of({"A": unit(satisfaction()), "B": unit(satisfaction(goal_value=4.0))})
    assert matrix(two).columns[-1] == "Satisfaction"


def test_a_unit_whose_report_failed_has_its_row():
    shown = matrix(portfolio_of({"A": unit(kept()), "B": {}}, failed=("B",)))
    assert [(row.name, len(row.cells), row.note) for row in shown.rows] == [
        ("A", 2, ""),
        ("B", 0, "Its report of service levels failed; the list of all reports says why."),
    ]
    alone = matrix(portfolio_of({"B": {}}, failed=("B",)))
    assert [row.note for row in alone.rows] == [
        "Its report of service levels failed; the list of all reports says why."
    ]


def test_the_matrix_of_nothing():
    assert matrix(portfolio_of({})).rows == []


def test_of_many_units_the_most_pressing_are_drawn(monkeypatch):
    monkeypatch.setattr(tables, "MOST_DRAWN", 2)
    monkeypatch.setattr(tables, "MOST_CELLS", 4)
    units = {"Quiet": unit(kept()), "Missed": unit(level("Payments")), "Last": unit(kept())}
    shown = matrix(portfolio_of(units))
    assert [(row.name, row.cells[0].of) for row in shown.rows] == [
        ("Missed", "of 306"), ("Quiet", "of 1,000, 98.1 to 99.5%"),
    ]  # fmt: skip
    assert [row.cells[0].drawing is None for row in shown.rows] == [False, True]
    assert shown.notes == [
        "The first unit, the most pressing, is drawn; of the others the figures stand alone.",
        "1 more unit is in the list of all reports and in the files below.",
    ]
