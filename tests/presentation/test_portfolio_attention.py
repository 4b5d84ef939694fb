"""What calls for attention: why, where to read on, and what is drawn beside it."""

from __future__ import annotations

import pytest

from slm_analysis.presentation.tables.portfolio_attention import MOST, attention
from tests.presentation.made_up_levels import kept, level, satisfaction, unsure
from tests.presentation.made_up_portfolio import (
    drawn,
    portfolio_of,
    run_of,
    trend,
    unhappy,
    unit,
)


def only(*levels: dict, **sections):
    (concern,) = attention(portfolio_of({"A": unit(*levels, **sections)})).concerns
    return concern


def test_what_calls_for_attention_in_the_stated_order():
    early = trend("Early", "worse", since="2026-08-03")
    result = portfolio_of(
        {
            "A": unit(kept("Early"), satisfaction(), trends=[early]),
            "B": unit(
                level("Steady"),
                level("Worse"),
                trends=[trend("Worse", "worse", since="2026-06-01"), trend("Steady", "steady")],
            ),
            "C": unit(kept(), watermelon=[unhappy()]),
        }
    )
    shown = attention(result)
    assert [(c.who, c.title, c.text) for c in shown.concerns] == [
        ("B, Worse", "Missed its goal, and worse than before",
         "Missed: 90.8% of 306 in time (95% interval 86.9 to 93.7%), goal 95%. Worse since 1 June "
         "2026."),
        ("B, Steady", "Missed its goal",
         "Missed: 90.8% of 306 in time (95% interval 86.9 to 93.7%), goal 95%."),
        ("A, Travel", "Users are less satisfied than agreed",
         "Missed: 3.8 from 96 people (95% interval 3.6 to 4.0), goal 4.2."),
        ("C", "Its targets are met, but its users are not satisfied",
         "Users' scores have fallen, on their trend, to about 3.6 (92% interval 3.3 to 3.9), below "
         "the goal of 4.2. No service level was missed; the targets may measure the wrong thing."),
        ("A, Early", "Early warning: no clear miss, but worse than before",
         "Met: 99.0% of 1,000 in time (95% interval 98.1 to 99.5%), goal 95%. Worse since 3 August "
         "2026."),
    ]  # fmt: skip
    assert [(c.folder, c.notebook, c.go) for c in shown.concerns] == [
        ("folder-1", "02_trends", "See the trend"),
        ("folder-1", "03_root_causes", "See what goes with the breaches"),
        ("folder-0", "04_satisfaction", "See how satisfied users are"),
        ("folder-2", "04_satisfaction", "See how satisfied users are"),
        ("folder-0", "02_trends", "See the trend"),
    ]
    assert shown.caveats == ["In order of evidence, not of raw rate."]


def test_a_goal_missed_most_of_the_time_is_no_matter_of_waiting():
    told = only(unsure("S"), trends=[trend("S", "steady", steadily_missed=True, center=0.9213)])
    assert told.title == "Missed its goal, as most of the time; waiting will not help"
    assert told.text == (
        "Missed, uncertain: 93.9% of 49 in time (95% interval 83.5 to 97.9%), goal 95%. Steady at "
        "about 92.1%: this is what the process can do, so the process or the goal must change."
    )


def test_what_is_getting_better_says_so():
    told = only(level("S"), trends=[trend("S", "better", since="2026-09-07")])
    assert told.title == "Missed its goal, but better than before"
    assert told.text.endswith("goal 95%. Better since 7 September 2026.")


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (
            {"falling": False},
            "Users' scores lie, on their trend, at about 3.6 (92% interval 3.3 to 3.9), below the "
            "goal of 4.2. ",
        ),
        (
            {"poor": False},
            "Users' scores fall by about 0.07 a month, to about 3.6 (92% interval 3.3 to 3.9) "
            "now. ",
        ),
    ],
)
def test_users_are_unhappy_in_more_than_one_way(found, said):
    told = only(kept(), watermelon=[unhappy(**found)])
    assert told.text.startswith(said)


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


def test_five_come_first_and_the_others_are_counted():
    shown = attention(portfolio_of({"A": unit(*(level(f"S{i}") for i in range(7)))}))
    assert len(shown.concerns) == MOST == 5
    assert shown.caveats == [
        "In order of evidence, not of raw rate. 2 more call for attention and are marked in the "
        "table below."
    ]


def test_the_largest_shortfall_is_named_where_it_may_be_chance():
    few = level("Tiny", 4, 5, low=0.37, high=0.96)
    shown = attention(portfolio_of({"A": unit(level(), few)}))
    assert shown.caveats == [
        "In order of evidence, not of raw rate. The largest shortfall of all, 80.0% against 95% "
        "(Tiny (resolution) at A), rests on 5 cases and may be chance."
    ]


def test_a_share_is_drawn_with_its_goal_above_the_latest_weeks():
    told = only(
        level("S"), trends=[drawn("S", "worse", since="2026-08-03", signals=[run_of(1, 2)])]
    )
    shapes = told.drawing.shapes
    assert told.drawing.sentence == "95% interval 86.9 to 93.7%, goal 95%; the last 4 weeks"
    assert [label.text for label in told.drawing.labels] == ["goal 95%", "4 weeks"]
    for part in ('class="i x"', 'class="k"', 'class="t"', 'class="s x"', 'class="m x"'):
        assert part in shapes


def test_an_early_warning_is_not_drawn_as_a_miss():
    told = only(kept("S"), trends=[drawn("S", "worse", since="2026-08-03", signals=[run_of(1, 2)])])
    assert 'class="i"' in told.drawing.shapes
    assert 'class="s x"' in told.drawing.shapes


def test_a_score_is_drawn_on_the_scale_of_all_scores():
    told = only(kept(), watermelon=[unhappy()])
    assert told.drawing.sentence == "95% interval 3.3 to 3.9, goal 4.2"
    assert [label.text for label in told.drawing.labels] == ["goal 4.2", "3", "4.5"]
    assert 'class="t"' not in told.drawing.shapes
