"""What is said of all units' expectations: whose users score lower at the same time, exactly."""

from __future__ import annotations

import pytest

from slm_analysis import expectation_gaps
from slm_analysis.questions.portfolio import QUESTIONS
from tests.presentation.made_up_portfolio import portfolio_of, unit


def gap(service, verdict, difference=-0.44, low=-0.68, high=-0.21, q=0.001):
    return {
        "service": service, "units": 4, "answers": 159, "respondents": 61, "left_out": 3,
        "plain_difference": difference, "difference": difference, "low": low, "high": high,
        "p": q / 10, "q": q, "verdict": verdict, "reason": "", "min_effect": 0.1,
        "interval_level": 0.992,
    }  # fmt: skip


HIGHER = {"difference": 0.36, "low": 0.08, "high": 0.64, "q": 0.01}
UNSURE = gap("Payments", "cannot_tell", 0.02, -0.24, 0.29, 0.9)


def gaps(**units):
    return portfolio_of({name: unit(expectations=rows) for name, rows in units.items()})


@pytest.mark.parametrize(
    ("units", "title"),
    [
        (
            {"A": [gap("Travel", "lower")], "B": [UNSURE]},
            "At the same time to resolve, users of A score lower than the others",
        ),
        (
            {"A": [gap("Travel", "higher", **HIGHER)]},
            "At the same time to resolve, users of A score higher than the others",
        ),
        (
            {"A": [gap("Travel", "lower")], "B": [gap("Travel", "higher", **HIGHER)]},
            "At the same time to resolve, users of A score lower, of B higher",
        ),
        (
            {"A": [UNSURE], "B": [UNSURE]},
            "No unit's users are found to expect more than the others",
        ),
        ({"A": []}, "Too few answers to compare what units expect"),
    ],
)
def test_every_finding_has_its_title(units, title):
    chart = expectation_gaps(gaps(**units))
    assert chart.caption.title == title
    assert chart.caption.sentence


def test_units_are_named_and_the_surest_comes_first():
    result = gaps(
        A=[gap("Travel", "lower", q=0.02), gap("Invoices", "lower", q=0.001), UNSURE],
        B=[UNSURE, gap("Travel", "higher", **HIGHER)],
    )
    chart = expectation_gaps(result)
    assert chart.caption.sentence == (
        "Before agreeing on one target, ask these users what they need. 2 other pairs of unit and "
        "service: no gap, or none that can be told."
    )
    assert "99.2% interval" in chart.caption.subtitle
    for narrow in (False, True):
        drawn = chart.svg(narrow=narrow)
        for text in ("Invoices", "Travel", "0.4 lower (0.2 to 0.7)", "0.4 higher (0.1 to 0.6)",
                     "159 answers; 4 comparable units"):  # fmt: skip
            assert text in drawn
        assert drawn.index("Invoices") < drawn.index("Travel")
        assert "Payments" not in drawn


def test_no_finding_draws_no_mark():
    assert expectation_gaps(gaps(A=[UNSURE])).svg(narrow=False) == ""


def test_the_portfolio_asks_for_expectations():
    assert [q.__name__ for q in QUESTIONS["04_satisfaction"]] == [
        "user_satisfaction",
        "expectation_gap",
    ]
