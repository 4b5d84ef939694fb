"""What is said at the figures of satisfaction and of changes over all units."""

from __future__ import annotations

import pytest

from slm_analysis.presentation.plots.portfolio_changes import change_results
from slm_analysis.presentation.plots.portfolio_satisfaction import MOST, user_scores
from slm_analysis.presentation.words import portfolio_changes, portfolio_satisfaction
from tests.presentation.made_up_levels import kept, satisfaction
from tests.presentation.made_up_portfolio import change, portfolio_of, ratings, unhappy, unit


def scores(**units):
    return portfolio_satisfaction.caption(portfolio_of(units))


def rated(value: float | None, **sections):
    return unit(kept(), satisfaction(4.4), satisfaction=[ratings(value)], **sections)


def test_users_who_are_not_satisfied():
    told = scores(A=rated(3.6, watermelon=[unhappy()]), B=rated(4.5), C=rated(None))
    assert told.title == "A: users are not satisfied, although the agreement is kept"
    assert told.subtitle == (
        "Mean rating in October 2026 with 95% interval; answers to tickets resolved"
    )
    assert told.sentence == (
        "The agreement is kept on paper in A, while satisfaction over the last year is low or "
        "falling."
    )
    assert told.caveats == [
        "One of three units is hidden.",
        "Totals over all units are left out, so that hidden ones cannot be worked out.",
    ]


def test_several_units_with_users_who_are_not_satisfied():
    unsatisfied = {name: rated(3.6, watermelon=[unhappy()]) for name in "AB"}
    told = scores(**unsatisfied)
    assert told.title == "A and B: users are not satisfied, although the agreements are kept"


def test_a_unit_below_its_goal_may_be_so_by_chance():
    told = scores(A=rated(4.1), B=rated(4.0), C=rated(4.5))
    assert told.title == "No unit stands out as green on paper with dissatisfied users"
    assert told.sentence == (
        "Where the agreement is kept, satisfaction is neither low nor falling. A and B are below "
        "their goals this month, which may be chance."
    )
    assert told.caveats == [
        "Totals over all units are left out, so that hidden ones cannot be worked out."
    ]


def test_no_satisfaction():
    told = scores(A=rated(None))
    assert told.title == "No satisfaction can be shown"
    assert user_scores(portfolio_of({"A": rated(None)})).svg(narrow=True) == ""


def test_ratings_are_drawn_from_the_lowest_with_the_common_goal():
    units = {f"U{i:02d}": rated(4.9 - i / 50) for i in range(30)}
    chart = user_scores(portfolio_of(units))
    texts = [text.get_text() for text in chart.axes[0].texts]
    names = [text for text in texts if text.startswith("U")]
    assert names[0] == "U29"
    assert len(names) == MOST
    assert "Goal 4.2" in texts
    assert chart.axes[0].get_xlabel() == "mean rating, points"


def test_units_with_goals_of_their_own_have_strokes():
    other = unit(kept(), satisfaction(4.4, goal_value=4.0), satisfaction=[ratings(4.3)])
    chart = user_scores(portfolio_of({"A": rated(4.5), "B": other}))
    assert not any(text.get_text().startswith("Goal") for text in chart.axes[0].texts)


def titled(*changes: dict) -> str:
    return portfolio_changes.caption(portfolio_of({"A": unit(kept(), changes=[*changes])})).title


UNSURE = {"verdict": "cannot_tell", "p": 0.5}


@pytest.mark.parametrize(
    ("changes", "title"),
    [
        ([change(), change("C2", **UNSURE)],
         "One of two changes was followed by better results"),
        ([change(), change("C2"), change("C3", **UNSURE)],
         "Two of three changes were followed by better results"),
        ([change("C1", "worse"), change("C2", **UNSURE)],
         "One of two changes was followed by worse results"),
        ([change(), change("C2", "worse"), change("C3", **UNSURE)],
         "One of three changes was followed by better results, one by worse"),
        ([change(), change("C2"), change("C3", "worse")],
         "Two of three changes were followed by better results, one by worse"),
        ([change(**UNSURE), change("C2", **UNSURE)],
         "None of two changes was followed by clearly better or worse results"),
        ([change(**UNSURE)],
         "The one change was not followed by clearly better or worse results"),
        ([change()], "The one change was followed by better results"),
        ([change("C1", "worse")], "The one change was followed by worse results"),
        ([change(), change("C1", "worse")],
         "The one change was followed by results both better and worse"),
    ],
)  # fmt: skip
def test_what_followed_the_changes(changes, title):
    assert titled(*changes) == title


def test_what_does_not_stand_among_all_changes_is_not_told():
    chance = [change(f"C{i}", "cannot_tell", p=0.9) for i in range(2, 12)]
    assert titled(change(p=0.03), *chance).startswith("None of 11 changes")


def test_the_changes_are_named():
    told = portfolio_changes.caption(
        portfolio_of({"A": unit(kept(), changes=[change(), change("C2", **UNSURE)])})
    )
    assert told.sentence == "Followed by better results: Change C1 (A)."
    assert told.subtitle == (
        "Each effect against the smallest that matters, with its interval; 2 effects"
    )
    assert told.caveats == [
        "2 comparisons over all units were corrected for. What followed a change need not come "
        "from it."
    ]


def test_no_change():
    result = portfolio_of({"A": unit(kept())})
    assert portfolio_changes.caption(result).title == "No process change has been recorded"
    assert portfolio_changes.followed(result) == ""
    assert change_results(result).svg(narrow=True) == ""
