"""What is said of what goes with satisfaction, from results built by hand."""

import re

import pandas as pd
import pytest

from slm_analysis.analyses.key_drivers import KeyDrivers
from slm_analysis.presentation import plot, say, table
from slm_analysis.presentation.methods import method
from slm_analysis.presentation.words import satisfaction_drivers as words
from slm_analysis.questions.satisfaction_drivers import SatisfactionDrivers
from slm_analysis.result import note

NAN = float("nan")
NOT_SAID = re.compile(r"\b(because|proves|certainly|clearly|drives?)\b|p-value|p = ", re.IGNORECASE)
SHARED = (
    "Things that say nearly the same, such as lateness and time, share what neither shows alone."
)


def share(driver, value=0.026, low=0.013, high=0.047, *, finding=False, rank=NAN):
    return {
        "driver": driver, "columns": 1, "share": value, "low": low, "high": high,
        "by_chance": 0.001, "p": 0.01, "q": 0.03, "finding": finding, "rank": rank,
    }  # fmt: skip


def level(driver, difference, low, high, name="True", against="False", odds=(0.25, 0.13, 0.5)):
    return {
        "driver": driver, "level": name, "against": against, "answers": 89, "respondents": 69,
        "difference": difference, "low": low, "high": high,
        **dict(zip(("odds_ratio", "odds_low", "odds_high"), odds, strict=True)),
    }  # fmt: skip


LATE = level("late", -0.676, -1.03, -0.323)
TIME = level("time", -0.0742, -0.156, -0.0024, "", "", (0.86, 0.76, 0.98))
HANDED = level("handed_over", -0.11, -0.35, 0.12, odds=(0.82, 0.49, 1.36))
SERVICE = level("service", 0.339, 0.107, 0.57, "Travel", "Invoices", (1.81, 1.05, 3.15))


def result(shares=(), levels=(), notes=(), **values):
    """Return a result with these rows; without any there are no drivers."""
    drivers = KeyDrivers(
        shares=pd.DataFrame(shares),
        levels=pd.DataFrame(levels),
        r2=0.033,
        answers=1744,
        respondents=190,
        q=0.05,
        interval_level=0.9944,
    )
    given = {
        "business_unit": "Head Office",
        "period_start": pd.Timestamp("2026-10-01"),
        "period_end": pd.Timestamp("2026-10-31"),
        "window_start": pd.Timestamp("2025-11-01"),
        "window_end": pd.Timestamp("2026-10-31"),
        "drivers": drivers if shares else None,
        "answers": 1744,
        "respondents": 190,
        "late": 89,
        "scale": (1.0, 5.0),
        "notes": notes,
    }
    return SatisfactionDrivers(**(given | values))


REST = (
    "Of all differences between scores 3.3% go with what is on record of the tickets; the rest "
    "goes with nothing on record."
)


@pytest.mark.parametrize(
    ("found", "title", "sentences"),
    [
        (
            result([share("late", finding=True, rank=1)], [LATE]),
            "Late tickets go with lower scores",
            [
                "Late tickets are scored 0.7 points lower (0.3 to 1.0; 99% interval) than others; "
                "2.6% (1.3 to 4.7%) of the differences between scores go with it.",
                REST,
            ],
        ),
        (
            result([share("time", finding=True, rank=1)], [TIME]),
            "A longer time to resolve goes with lower scores",
            [
                "Each doubling of the time to resolve goes with a score 0.074 points lower (0.002 "
                "to 0.156; 99% interval); 2.6% (1.3 to 4.7%) of the differences between scores go "
                "with it.",
                REST,
            ],
        ),
        (
            result([share("service", finding=True, rank=1)], [SERVICE]),
            "Service goes with the scores",
            [
                "By service, Travel is scored 0.3 points higher (0.1 to 0.6; 99% interval) than "
                "Invoices; 2.6% (1.3 to 4.7%) of the differences between scores go with it.",
                REST,
            ],
        ),
        (
            result(
                [share("service", finding=True, rank=1)],
                [level("service", 0.1, -0.1, 0.3, "Travel", "Invoices")],
            ),
            "Service goes with the scores",
            [
                "The scores differ by service; 2.6% (1.3 to 4.7%) of the differences between "
                "scores go with it.",
                REST,
            ],
        ),
        (
            result(
                [share("late", finding=True, rank=1), share("time", 0.01, finding=True, rank=2)],
                [LATE, TIME],
            ),
            "Late tickets and a longer time to resolve go with lower scores",
            ["Most goes with late tickets.", REST],
        ),
        (
            result(
                [share("late", finding=True), share("time", finding=True)],
                [LATE, TIME],
            ),
            "Late tickets and a longer time to resolve go with lower scores",
            ["Which of them matters most cannot be told.", REST],
        ),
        (
            result([share("handed_over")], [HANDED]),
            "Nothing on record goes with the scores by more than chance",
            ["Nothing on record goes with the scores by more than chance.", REST],
        ),
        (
            result(answers=77, respondents=4),
            "Too few people answered to tell what goes with the scores",
            [
                "Too few people answered to tell what goes with the scores: 4 people gave 77 "
                "answers."
            ],
        ),
        (
            result(),
            "The answers do not differ enough to tell what goes with the scores",
            [
                "The answers do not differ enough to tell what goes with the scores: 190 people "
                "gave 1,744 answers."
            ],
        ),
    ],
)
def test_each_verdict_in_words(found, title, sentences):
    caption = plot(found).caption
    assert caption.title == title
    assert list(say(found).sentences)[-len(sentences) :] == sentences
    assert not NOT_SAID.search(" ".join([caption.title, caption.sentence, caption.how_to_read]))


def test_what_is_not_sure_as_ordered_answers_is_told():
    unsure = result([share("late", finding=True)], [LATE | {"odds_low": 0.2, "odds_high": 1.2}])
    assert "Read as ordered answers and not as points, that is not sure." in str(say(unsure))
    assert "not sure" not in str(say(result([share("late", finding=True)], [LATE])))


def test_caveats_name_drivers_in_words():
    without = note("drivers_without_groups", drivers=("late", "ticket_type"), min_level=10)
    found = result([share("handed_over")], [HANDED], notes=(without,))
    assert list(say(found).caveats) == [
        "Cannot be told, for fewer than 10 people answered about such tickets, or others say the "
        "same: late tickets and type."
    ]
    assert list(say(result([share("late", finding=True)], [LATE])).caveats) == [SHARED]


def test_the_table_shows_points_of_findings_only():
    found = result([share("late", finding=True), share("handed_over", 0.002)], [LATE, HANDED])
    rows = table(found).rows
    assert rows == [
        ["Late tickets", "Lower", "2.6% (1.3 to 4.7%)", "0.1%", "0.7 points lower (0.3 to 1.0)",
         "0.25 (0.13 to 0.50)"],
        ["Tickets handed over", "Not more than chance", "0.2% (1.3 to 4.7%)", "0.1%", "–", "–"],
    ]  # fmt: skip
    assert list(table(found).accented) == [0]
    (row,) = table(result([share("service", finding=True)], [SERVICE])).rows
    assert row[0] == "Service: Travel against Invoices"
    assert row[4] == "0.3 points higher (0.1 to 0.6)"


def test_the_colour_is_for_lower_scores():
    lower = plot(result([share("late", finding=True)], [LATE]))
    other = plot(result([share("service", finding=True)], [SERVICE]))
    accents = [chart.svg(narrow=False).count("var(--acc)") for chart in (lower, other)]
    assert accents[0] > 0 == accents[1]
    for chart in (lower, other):
        assert "of the differences between scores" in chart.svg(narrow=True)


def test_how_it_was_made():
    ((name, text),) = method(result([share("late", finding=True)], [LATE]))
    assert name == "What goes with satisfaction"
    assert "1 tests" not in text
    assert method(result()) == []


def test_names_of_columns_of_the_export_stay_but_for_underscores():
    assert words.name("requester_team") == "requester team"
