"""What is said of a unit's stability: every verdict in its exact words."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from slm_analysis import stability
from slm_analysis.presentation import headline, say, table
from slm_analysis.presentation.methods import method
from slm_analysis.presentation.words import stability as words

from .made_up_charts import (
    WEEKS,
    made_up_stability,
    made_up_unit,
    nothing_promised,
    once,
    shares,
)

OCTOBER = "in October 2026"
TWO_CHARTS = (
    "Two charts of up to 69 weeks were read; were all of them stable, one would show a signal by "
    "chance in up to about 1 case in 2."
)
QUIET = "Only normal variation; no week deserves comment."


def test_a_quiet_month_says_so():
    result = made_up_stability({"Invoices": shares(), "Payments": shares()})
    top = headline(result)
    assert top.title == f"No signal {OCTOBER}"
    assert top.lead == QUIET
    assert top.what == "Steady: Invoices and Payments."
    assert top.sure == TWO_CHARTS
    assert top.next == "No action is needed, and no single figure needs an explanation."
    assert top.link == ""
    assert say(result).sentences == [QUIET]
    caption = words.main_caption(result)
    assert caption.title == "Invoices: steady at about 96.2%"
    assert caption.sentence == QUIET
    several = words.multiples_caption(result)
    assert several.title == "No service has a signal; two are steady"


def test_a_signal_of_the_reported_month_makes_the_title():
    result = made_up_stability({"Payments": shares(), "发票": shares((-12, 0.9))})
    sentence = "12 weeks in a row, since 10 August 2026, lie below the average of 95.1%."
    top = headline(result)
    assert top.title == "发票 has been worse since 10 August 2026"
    assert top.lead == f"发票: {sentence}"
    assert top.what == "Worse: 发票. Steady: Payments."
    assert (top.next, top.link) == (
        "See what goes with the late tickets of 发票.",
        "03_root_causes",
    )
    assert say(result).sentences == [f"发票: {sentence}", "Steady: Payments."]
    caption = words.main_caption(result)
    assert caption.title == "发票: worse since 10 August 2026"
    assert caption.subtitle == (
        "Share of tickets resolved in time per week, with the limits of normal variation. "
        "6,900 tickets"
    )
    assert caption.sentence == (
        f"{sentence} Something in the process changed around then; what it was, this chart cannot "
        "say. Neither a process change of this unit nor an outage of this service is on record "
        "around then."
    )
    assert (
        words.multiples_caption(result).title == "Only 发票 has a signal; the other one is steady"
    )
    assert table(result).rows[0][1] == "Worse since 10 August 2026"
    assert table(result).accented == [0]


def test_what_is_on_record_around_then_is_named_and_no_cause_is_claimed():
    days = ["2026-07-12", "2026-07-13", "2026-08-16", "2026-08-17"]
    changes = pd.DataFrame(
        {
            "service": ["发票", *["Payments"] * 4],
            "implemented_at": pd.to_datetime(["2026-03-04", *days], utc=True),
            "description": ["Portal", "Too early", "New form", "Batch", "Too late"],
        }
    )
    outages = pd.DataFrame(
        {"service": ["发票"] * 4, "started_at": pd.to_datetime([*days], utc=True)}
    )
    services = {"Payments": shares(), "发票": shares((-12, 0.9))}
    result = made_up_stability(services, changes=changes, outages=outages)
    assert result.on_record.found["description"].tolist() == ["New form", "", "Batch", ""]
    assert words.around(result, words.services(result)[0]) == (
        "On record around then: “New form” of Payments (13 July 2026), “Batch” of Payments "
        "(16 August 2026) and two outages, the first on 13 July 2026. What came before "
        "need not be the reason."
    )
    assert headline(result).next == (
        "See what goes with the late tickets of 发票, and ask about what is on record around then."
    )


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        (["tickets"], ""),
        (["process_changes"], "No process change of this unit is on record around then."),
        (["outages"], "No outage of this service is on record around then."),
    ],
)
def test_what_is_not_exported_cannot_be_on_record(tables, said):
    unit = made_up_unit({"A": shares((-12, 0.9))})
    quality = dataclasses.replace(unit.data_quality, tables=pd.DataFrame({"table": tables}))
    result = stability(dataclasses.replace(unit, data_quality=quality))
    assert words.around(result, words.services(result)[0]) == said


def test_an_older_signal_that_stands_gives_the_direction_and_no_news():
    result = made_up_stability({"Payments": shares(), "Invoices": shares((-21, 0.9))})
    assert headline(result).title == f"No new signal {OCTOBER}, but Invoices is still worse"
    assert headline(result).what == "Worse: Invoices. Steady: Payments."


def test_news_of_one_service_do_not_hide_another_that_is_still_worse():
    result = made_up_stability({"Payments": once(-3, 0.84), "Invoices": shares((-21, 0.9))})
    assert headline(result).title == (
        f"Payments had a signal {OCTOBER} and is steady again, and Invoices is still worse"
    )


def test_several_that_got_worse_are_counted_and_named():
    low = shares((-12, 0.88))
    result = made_up_stability({"A": low, "B": shares((-12, 0.9)), "C": shares()})
    assert headline(result).title == "Two services are worse: A and B"
    assert words.multiples_caption(result).title == "A and B have signals; the other one is steady"
    sentence = say(result).sentences[0]
    assert sentence.startswith("A: 12 weeks in a row, since 10 August 2026, lie below the average")
    assert "Three weeks lie below their lower limits. The last: the week of 26" in sentence


def test_better_is_told_as_plainly():
    result = made_up_stability({"A": shares((-12, 0.988)), "B": shares()}, n=500)
    top = headline(result)
    assert top.title == "A has been better since 10 August 2026"
    assert (top.next, top.link) == (
        "See whether a change went before it, and keep A so.",
        "05_process_changes",
    )
    assert table(result).accented == []


def test_a_week_that_is_over_makes_no_trend():
    result = made_up_stability({"A": once(-3, 0.85), "B": shares()})
    sentence = "the week of 12 October 2026 lies below the lower limit of 89.0%: 85 of 100, 85.0%."
    top = headline(result)
    assert top.title == f"A had a signal {OCTOBER} and is steady again"
    assert top.lead == f"A: {sentence}"
    assert top.what == "Steady: A and B."
    assert top.next == "Ask what happened in A around the week of 12 October 2026."
    assert words.main_caption(result).title == "A: steady again after the week of 12 October 2026"
    assert table(result).rows[0][1] == "Steady again after the week of 12 October 2026"
    first = words.services(result)[0]
    assert words.brief_direction(result, first) == "steady again"


def test_steady_below_target_asks_for_a_decision():
    result = made_up_stability({"A": shares(), "B": shares() - 0.08})
    level = (
        "steady at about 88.2%, below the target of 95%. Waiting will not help; the process or "
        "the target must change."
    )
    top = headline(result)
    assert top.title == f"No signal {OCTOBER}, but B is steadily below target"
    assert top.what == "Steady: A. Steady below target: B."
    assert top.next == f"B: {level}"
    assert say(result).sentences == [QUIET, f"B: {level}"]
    assert words.main_caption(result).title == "B: steady at about 88.2%"
    assert words.main_caption(result).sentence == f"{QUIET} S{level[1:]}"


def test_digits_keep_the_average_on_its_side_of_the_target():
    values = np.resize([0.96, 0.94], WEEKS)  # one week more at 96 than at 94 %
    result = made_up_stability({"A": values})
    assert words.main_caption(result).title == "A: steady at about 95.01%"


def test_without_variation_there_is_nothing_to_judge():
    both = made_up_stability({"A": np.ones(WEEKS), "B": shares()})
    assert headline(both).what == "Steady: B. All tickets in time: A."
    assert words.multiples_caption(both).title == (
        "No service has a signal; one is steady and one cannot be judged"
    )
    assert (
        "Every week of a phase shows the same figure (A); without variation there are no limits."
        in say(both).caveats
    )
    only = made_up_stability({"A": np.ones(WEEKS)})
    assert headline(only).title == "All tickets were in time; there is no variation to judge"
    assert say(only).sentences == [
        "Every week shows 100%; without variation there is nothing to judge."
    ]
    assert words.main_caption(only).title == "A: always 100%"


def test_few_weeks_are_not_judged():
    values = np.where(np.arange(WEEKS) < WEEKS - 6, np.nan, shares())
    result = made_up_stability({"A": values})
    top = headline(result)
    assert top.title == "No service can be judged yet"
    assert top.lead == "Too few weeks to tell normal variation from change."
    assert top.next == "Ask again when more weeks are in."
    assert words.main_caption(result).title == "A: too few weeks"


def test_nothing_promised():
    result = nothing_promised()
    top = headline(result)
    assert top.title == "Nothing was promised that could be charted"
    assert say(result).text() == "Nothing was promised that could be charted."
    assert words.main_caption(result).sentence == top.title + "."
    assert words.multiples_caption(result).sentence == top.title + "."
    assert table(result).rows == []


@pytest.mark.parametrize("freq", ["week", "month"])
def test_the_period_is_named_by_its_length(freq):
    result = made_up_stability({"A": shares()}, freq=freq)
    assert headline(result).lead == f"Only normal variation; no {freq} deserves comment."
    assert words.measure(result) == f"Share of tickets resolved in time per {freq}"


def test_a_change_begins_a_new_phase_and_no_cause_is_claimed():
    changes = pd.DataFrame(
        {
            "service": ["A"],
            "implemented_at": pd.to_datetime(["2026-03-04"], utc=True),
            "description": ["Portal"],
        }
    )
    result = made_up_stability({"A": shares((35, 0.9)), "B": shares()}, changes=changes)
    assert result.chart.phases["label"].tolist() == ["", "Portal", ""]
    assert headline(result).title == f"No signal {OCTOBER}, but A is steadily below target"


def test_the_method_is_told_with_its_false_signals():
    ((name, text),) = method(made_up_stability({"A": shares(), "B": shares((-12, 0.9))}))
    assert name == "Method"
    assert text.startswith("one per service, share in time per week: p' chart (Laney) of shares; ")
    assert "rules: a point beyond a limit, Anhøj's long runs and few crossings" in text
    assert text.endswith(
        "2 charts read, 1 with a signal at any time; at most 0.4 would if all were stable"
    )
