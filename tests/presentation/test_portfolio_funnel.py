"""Which shortfalls are more than chance: exact sentences, and a drawing that agrees with them."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.colors import to_hex

from slm_analysis.analyses.goal_test import chance_limits
from slm_analysis.presentation import plot
from slm_analysis.presentation.theme import PALETTE
from tests.presentation.made_up_levels import (
    availability,
    errors,
    kept,
    level,
    satisfaction,
    unsure,
)
from tests.presentation.made_up_portfolio import portfolio_of, unit


def funnel(**units):
    return plot(portfolio_of(units))


def texts(chart) -> list[str]:
    return [text.get_text() for ax in chart.axes for text in ax.texts]


def test_one_shortfall():
    caption = funnel(A=unit(level(), unsure(), kept())).caption
    assert caption.title == "One promise lies below what chance explains"
    assert caption.subtitle == (
        "Each dot is one promise to one unit in October 2026: share kept against how many cases it "
        "rests on"
    )
    assert caption.sentence == (
        "A unit with few cases swings widely by chance alone. Only Invoices (resolution) at A "
        "falls short by more than that: 90.8% of 306 in time (95% interval 86.9 to 93.7%), goal "
        "95%."
    )
    assert caption.caveats == [
        "Corrected for 3 comparisons. Were every promise just at its goal, some dot would lie "
        "outside the shade in at most one month of 20."
    ]


def test_several_shortfalls():
    caption = funnel(A=unit(*(level(f"S{i}") for i in range(5)))).caption
    assert caption.title == "Five promises lie below what chance explains"
    assert caption.sentence == (
        "A unit with few cases swings widely by chance alone. Short by more than that: S0 "
        "(resolution) at A, S1 (resolution) at A, S2 (resolution) at A and 2 more."
    )


def test_no_shortfall():
    caption = funnel(A=unit(unsure(), kept())).caption
    assert caption.title == "No shortfall is more than chance explains"
    assert caption.sentence == (
        "A unit with few cases swings widely by chance alone. No promise falls short of its goal "
        "by more than that."
    )


@pytest.mark.parametrize("units", [{}, {"A": unit(availability(0.99), satisfaction())}])
def test_nothing_to_compare(units):
    chart = funnel(**units)
    assert (
        chart.caption.title == "No promise about a share of cases could be compared with its goal"
    )
    assert chart.svg(narrow=True) == ""


def test_cases_that_go_together_are_told():
    together = level(n_effective=100.0, interval_method="wilson_effective_n")
    (_, told) = funnel(A=unit(together)).caption.caveats
    assert told == (
        "Cases of one day often go together and tell less than as many single ones: 306 cases "
        "count as 88 independent ones."
    )


def test_each_goal_has_a_panel_and_what_has_none_is_told():
    other = kept("Z", goal_value=0.9)
    chart = funnel(A=unit(level(), kept(), kept("B", goal_value=0.98), other))
    assert [text for text in texts(chart) if text.startswith("Goal")] == ["Goal 95%", "Goal 90%"]
    assert "2 promises; shaded: what chance explains" in texts(chart)
    assert chart.caption.caveats[-1] == (
        "1 promise with another goal is not drawn; it is in the table above."
    )


def test_goals_with_shortfalls_come_first():
    rows = [kept(f"K{i}") for i in range(3)] + [level("S", goal_value=0.98)]
    first = [text for text in texts(funnel(A=unit(*rows))) if text.startswith("Goal")]
    assert first == ["Goal 98%", "Goal 95%"]


def test_errors_are_seen_as_the_share_without():
    chart = funnel(A=unit(errors()))
    assert "Goal 98%" in texts(chart)


def test_only_what_is_clearly_short_is_marked_and_named():
    chart = funnel(Manufacturing=unit(level(), unsure(), kept()))
    (ax,) = chart.axes
    (marked,) = [line for line in ax.lines if line.get_marker() == "D"]
    assert to_hex(marked.get_color()) == PALETTE["acc"]
    assert marked.get_ydata() == pytest.approx([278 / 306])
    assert {"Manufacturing", "Invoices"} <= set(texts(chart))
    assert "Travel" not in texts(chart)


def test_dots_lie_outside_the_shade_just_where_they_are_marked():
    rng = np.random.default_rng(2)
    rows = []
    for number in range(40):
        of = int(rng.integers(5, 400))
        met = int(rng.binomial(of, 0.95 if number % 4 else 0.88))
        rows.append(level(f"S{number}", met, of, low=met / of - 0.01, high=1.0))
    result = portfolio_of({"A": unit(*rows)})
    low, _ = chance_limits(result.levels["cases"], 0.95, result.chance)
    below = result.levels["value"].to_numpy() < low
    clearly = (result.levels["p"] <= result.chance) & (result.levels["value"] < 0.95)
    assert below.tolist() == clearly.tolist()
    assert 0 < below.sum() < 40


def test_of_dots_on_one_place_one_is_drawn():
    few = funnel(A=unit(*(kept(f"S{i}") for i in range(3)), unsure()))
    many = funnel(A=unit(*(kept(f"S{i}") for i in range(300)), unsure()))
    assert len(few.axes[0].patches[0].get_path()) == len(many.axes[0].patches[0].get_path()) == 4


def test_a_share_far_below_the_others_is_a_caret_at_the_edge():
    rows = [kept(f"S{i}") for i in range(80)] + [level("Low", 0, 1, low=0.0, high=0.95)]
    (ax,) = funnel(A=unit(*rows)).axes
    (caret,) = [line for line in ax.lines if line.get_marker() == 7]
    assert caret.get_ydata() == pytest.approx([ax.get_ylim()[0]])


@pytest.mark.parametrize("unit_name", ["$x^2$", "_hidden", "x" * 200, "华东销售部", "a\nb"])
def test_names_are_text_whatever_they_hold(unit_name):
    chart = funnel(**{unit_name: unit(level(unit_name))})
    assert chart.svg(narrow=False)
    assert chart.svg(narrow=True)


def test_every_axis_says_what_it_measures():
    for ax in funnel(A=unit(level(), kept(goal_value=0.98))).axes:
        assert ax.get_xlabel() == "independent cases (log scale)"
        assert all(label.get_text().endswith("%") for label in ax.get_yticklabels())
