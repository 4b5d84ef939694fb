"""What is said of what goes with late tickets, from results built by hand."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from slm_analysis.analyses.breach_drivers import ARISES, NOT_STATED, breach_drivers
from slm_analysis.analyses.breach_pairs import COLUMNS as PAIR
from slm_analysis.analyses.breach_pairs import BreachPairs
from slm_analysis.presentation import headline, plot, say, table
from slm_analysis.presentation.methods import method
from slm_analysis.presentation.plots.driver_odds import driver_odds
from slm_analysis.presentation.tables.root_causes import pareto_table
from slm_analysis.presentation.words import driver_odds as odds_words
from slm_analysis.presentation.words import root_causes as words
from slm_analysis.questions.cause_findings import FINDING, FURTHER, NEARLY
from slm_analysis.questions.root_causes import BAR, RootCauses
from slm_analysis.result import note

NOT_SAID = re.compile(r"\b(because|proves|certainly|clearly)\b|p-value|p = ", re.IGNORECASE)
NAN = float("nan")


def finding(**values):
    """Return one finding; what is not given is that of 158 late of 519."""
    row = {
        "service": "Invoice posting", "driver": "hold_reason", "level": "Missing purchase order",
        "known": "at_opening", "n": 519, "breaches": 158, "rate": 158 / 519, "rate_low": 0.262,
        "rate_high": 0.3504, "expected": 16.87, "excess": 141.13, "excess_low": 109.7,
        "excess_high": 175.6, "q": 0.0, "since": pd.NaT, "with_driver": None, "with_level": None,
        "with_breaches": NAN,
    }  # fmt: skip
    return row | values


def bar(level, breaches, n, expected, *, found=False, levels=1):
    return {
        "level": level, "levels": levels, "n": n, "breaches": breaches, "expected": expected,
        "excess": breaches - expected, "excess_low": 5.0 if found else -5.0, "running_share": NAN,
        "finding": found,
    }  # fmt: skip


BARS = (
    bar("Missing purchase order", 158, 519, 16.87, found=True),
    bar("No hold", 30, 1115, 195.0),
    bar(NOT_STATED, 11, 171, 17.3),
)


def causes(*findings, bars=BARS, **values):
    """Return a result with these findings."""
    pareto = pd.DataFrame(list(bars), columns=BAR)
    pareto["running_share"] = pareto["breaches"].cumsum() / max(pareto["breaches"].sum(), 1)
    given = {
        "business_unit": "华东销售部",
        "period_start": pd.Timestamp("2026-10-01"),
        "period_end": pd.Timestamp("2026-10-31"),
        "target": "resolution_time",
        "metric": "resolution_time",
        "window_start": pd.Timestamp("2026-05-01"),
        "window_end": pd.Timestamp("2026-10-31"),
        "cases": 2888,
        "breaches": 226,
        "service": "Invoice posting",
        "drivers": None,
        "within": None,
        "findings": pd.DataFrame(list(findings), columns=FINDING).astype(
            {"since": "datetime64[us]"}
        ),
        "pareto": pareto,
        "pareto_driver": "hold_reason" if findings else "service",
        "pareto_service": "Invoice posting" if findings else "",
        "family": 56,
        "q": 0.05,
    }
    return RootCauses(**(given | values))


# --- A cause to check ----------------------------------------------------------------------------


def test_one_finding_with_its_month_and_companion():
    result = causes(
        finding(
            since=pd.Timestamp("2026-06-01"),
            with_driver="opening_team",
            with_level="AP Team 2",
            with_breaches=151.0,
        )
    )
    top = headline(result)
    assert top.title == (
        "Missing purchase order (hold reason) goes with 141 more late tickets than expected"
    )
    assert top.lead == (
        "Invoice posting, Missing purchase order (hold reason): 158 of 519 tickets were late, "
        "30.4% (26.2 to 35.0%). That is 141 (110 to 176) more than the 17 expected if it made no "
        "difference. Its rate has been above the others' since June 2026."
    )
    beside = "Of the 158 late, 151 also had AP Team 2 (team at opening)."
    assert top.what == (
        f"226 of 2,888 tickets were late in May to October 2026. {beside} Looked into: Invoice "
        "posting."
    )
    assert top.sure == (
        "The number over those expected is likely between 110 and 176. 56 comparisons made and "
        "corrected for. A reason that goes with lateness does not prove that it causes it."
    )
    assert top.next == (
        "Check Missing purchase order (hold reason): read some of its late tickets, first those of "
        "AP Team 2 (team at opening). If it is the cause, mending it saves about 24 late tickets "
        "a month (18 to 29)."
    )
    assert say(result).sentences == [f"{top.lead} {beside}", words.NO_PROOF]


def test_without_month_or_companion_nothing_is_said_of_them():
    result = causes(finding())
    assert "since" not in headline(result).lead
    assert "also had" not in headline(result).what
    assert "first those of" not in headline(result).next


def test_further_findings_are_named_signs_as_such():
    result = causes(
        finding(),
        finding(driver="channel", level="E-mail", excess=25.3, excess_low=4.2, excess_high=51.9),
        finding(driver="reassignment_count", level="3–11", known="arises"),
    )
    assert headline(result).lead.endswith(
        "More than expected as well: E-mail (channel), 25 (4 to 52) and 3–11 (hand-offs) (a sign), "
        "141 (110 to 176)."
    )
    sentences = say(result).sentences
    assert len(sentences) == 4
    assert "It is a sign and not a cause" in sentences[2]
    assert "It is a sign" not in sentences[0] + sentences[1]


def test_a_service_is_named_as_it_is():
    result = causes(finding(service="", driver="service", level="Payments"))
    assert headline(result).title == "Payments goes with 141 more late tickets than expected"
    assert headline(result).lead.startswith("Payments: 158 of 519 tickets were late")


def test_small_numbers_keep_the_digits_that_keep_them_from_nought():
    row = pd.Series(finding(excess=12.3, excess_low=0.4, excess_high=24.1))
    assert words.excess(row) == "12.3 (0.4 to 24.1)"
    row = pd.Series(finding(excess=6.2, excess_low=1.4, excess_high=11.0))
    assert words.excess(row) == "6.2 (1.4 to 11.0)"
    row = pd.Series(finding(excess=1234.5, excess_low=-20.0, excess_high=2000.0))
    assert words.excess(row) == "1,234 (−20 to 2,000)"
    row = pd.Series(finding(excess=-3.2, excess_low=NAN, excess_high=NAN))
    assert words.excess(row) == "−3.2"


# --- Signs only ----------------------------------------------------------------------------------


def test_a_sign_is_not_called_a_cause():
    result = causes(finding(driver="reassignment_count", level="3–11", known="arises"))
    top = headline(result)
    assert top.title == (
        "Only a sign stands out: 3–11 (hand-offs) goes with 141 more late tickets than expected"
    )
    assert "It is a sign and not a cause: a ticket gathers it the longer it takes." in top.lead
    assert top.next == (
        "Read some of the 158 late tickets with 3–11 (hand-offs): it shows where to look, not why."
    )
    assert "Mending" not in top.next + plot(result).caption.sentence


# --- Nothing -------------------------------------------------------------------------------------


def test_nothing_stands_out():
    result = causes()
    top = headline(result)
    assert top.title == "Nothing stands out among the late tickets of May to October 2026"
    assert top.lead == (
        "No service, and nothing on record of the tickets of Invoice posting, goes with more late "
        "tickets than chance allows."
    )
    assert top.sure == (
        "56 comparisons made and corrected for. A reason that matters little, or is not on record, "
        "can stay hidden."
    )
    assert top.next == (
        "No reason was found to start with. See whether the trends give an early warning."
    )
    assert top.link == "02_trends"
    assert say(result).sentences == [top.lead, top.what]
    assert plot(result).caption.title == "No service stands out"


def test_no_service_has_enough_to_be_looked_into():
    result = causes(service="", breaches=13, family=5)
    assert headline(result).lead == "No service goes with more late tickets than chance allows."
    assert headline(result).what == (
        "13 of 2,888 tickets were late in May to October 2026. No service had 10 late tickets to "
        "be looked into."
    )


def test_too_few_to_compare():
    result = causes(service="", cases=40, breaches=3, family=0)
    top = headline(result)
    assert top.title == "Too few late tickets in May to October 2026 to look for reasons"
    assert top.lead == "No group of tickets is large enough to be compared with the others."
    assert top.sure == "Nothing can be said about reasons."


def test_nothing_was_late():
    result = causes(service="", cases=63, breaches=0, family=0, bars=())
    top = headline(result)
    assert top.title == "There was no late ticket in May to October 2026"
    assert top.lead == "Of 63 tickets none was late."
    assert top.what == "0 of 63 tickets were late in May to October 2026."


def test_no_tickets_at_all():
    result = causes(service="", cases=0, breaches=0, family=0, bars=())
    top = headline(result)
    assert top.title == "There are no tickets to look at in May to October 2026"
    assert top.what == "No ticket was counted."
    assert say(result).sentences
    assert table(result).rows == []
    assert plot(result).svg(narrow=True) == ""


# --- Other targets, windows, notes ---------------------------------------------------------------


def test_responses_have_words_of_their_own():
    result = causes(finding(), metric="response_time")
    assert "goes with 141 more late first responses than expected" in headline(result).title
    assert "158 of 519 tickets were answered late" in headline(result).lead


def test_one_month_is_called_that():
    result = causes(finding(), window_start=pd.Timestamp("2026-10-01"))
    assert say(result).caveats[0] == (
        "Tickets counted in October 2026: one month only, in which a few late tickets decide."
    )
    assert say(causes(finding())).caveats[0] == (
        "Tickets counted in May to October 2026: so many months that one month's few late tickets "
        "do not decide."
    )


def test_every_note_has_its_sentence():
    notes = (
        note("comparisons", tests=1234),
        note("levels_left_out", where="Invoice posting", levels=3, min_cases=30, min_days=10),
        note("taken_as_known", columns="hold_reason, requester_team"),
        note("pairs_tried", searched=54, tried=5),
    )
    assert say(causes(finding(), notes=notes)).caveats[1:] == [
        "Comparisons made and corrected for (Benjamini-Hochberg): 1,234.",
        "Groups of Invoice posting too small to be judged (fewer than 30 tickets or 10 days): 3.",
        "When these were filled in is not on record; they are taken as known at opening: "
        "hold_reason, requester_team.",
        "Two things together: 54 pairs compared on every other day, the most telling 5 tried on "
        "the days between.",
    ]


@pytest.mark.parametrize(
    ("name", "level", "text"),
    [
        ("hold_reason", NOT_STATED, "Not stated (hold reason)"),
        ("assignment_group", "AP Team 2", "AP Team 2 (last team)"),
        ("opening_weekday", "Wednesday", "Wednesday (weekday of opening)"),
        ("opening_hour", "16–20", "16–20 (hour of opening)"),
        ("opening_backlog", "22–38", "22–38 (open tickets at opening)"),
        ("status: Awaiting user", "yes", "“Awaiting user” (status on the way)"),
        ("status: Awaiting user", "no", "Never “Awaiting user” (status on the way)"),
        ("service", "发票处理", "发票处理"),
    ],
)
def test_levels_are_named_as_in_the_data(name, level, text):
    assert words.reason(name, level) == text


def test_no_sentence_claims_a_cause():
    for result in (causes(finding()), causes(finding(known="arises")), causes()):
        said = f"{headline(result)} {say(result)} {plot(result).caption}"
        assert not NOT_SAID.search(said)


# --- Two things together -------------------------------------------------------------------------


def pair(**values):
    """Return one pair found: 63 of 97 late, 3.8 expected."""
    row = {
        "driver": "hold_reason", "level": "Missing purchase order", "with_driver": "opening_team",
        "with_level": "AP Team 2", "n": 97, "breaches": 63, "expected": 3.83, "excess": 59.17,
        "excess_low": 36.96, "excess_high": 75.07, "rate": 0.65, "rate_first": 0.04,
        "rate_second": 0.04, "rate_neither": 0.04, "found": True,
    }  # fmt: skip
    return row | values


def pairs(*rows):
    return BreachPairs(
        pairs=pd.DataFrame(list(rows), columns=PAIR).astype({"found": bool}),
        searched=54, tried=5, held_out=1100, interval_level=0.997,
    )  # fmt: skip


TOGETHER = (
    "Missing purchase order (hold reason) with AP Team 2 (team at opening) goes with more than "
    "both bring alone: tried on every other day, 63 of 97 tickets were late, 59 (37 to 75) more "
    "than the 3.8 expected."
)


def test_a_pair_is_told_with_its_finding():
    result = causes(finding(), pairs=pairs(pair()))
    top = headline(result)
    assert top.lead == headline(causes(finding())).lead
    assert TOGETHER in top.what
    assert say(result).sentences[1] == TOGETHER


def test_a_companion_that_makes_the_pair_is_told_in_one():
    mate = {"with_driver": "opening_team", "with_level": "AP Team 2", "with_breaches": 151.0}
    assert (
        "Of the 158 late, 151 also had AP Team 2 (team at opening). Both together go "
        "with more than each alone, as tickets set aside for the test show: with both 63 of 97 "
        "were late, 59 (37 to 75) more than expected."
    ) in headline(causes(finding(**mate), pairs=pairs(pair()))).what


def test_a_pair_that_was_not_found_is_not_told():
    result = causes(finding(), pairs=pairs(pair(found=False)))
    assert headline(result).lead == headline(causes(finding())).lead
    assert headline(causes(pairs=pairs(pair(found=False)))).title.startswith("Nothing stands out")


def test_a_pair_alone_is_what_stands_out():
    result = causes(pairs=pairs(pair()))
    top = headline(result)
    assert top.title == (
        "Missing purchase order (hold reason) with AP Team 2 (team at opening) goes with 59 more "
        "late tickets than both bring alone"
    )
    assert top.lead == TOGETHER
    assert top.sure == (
        "56 comparisons made and corrected for. A reason that goes with lateness does not prove "
        "that it causes it."
    )
    assert top.next == (
        "Read some late tickets of Missing purchase order (hold reason) with AP Team 2 (team at "
        "opening)."
    )
    assert say(result).sentences == [TOGETHER, words.NO_PROOF]


def test_no_more_than_three_things_are_named():
    findings = [finding(level=name) for name in "ABC"]
    other = pair(driver="channel", level="E-mail", with_driver="priority", with_level="P1")
    assert "E-mail" not in str(headline(causes(*findings, pairs=pairs(other))))
    assert headline(causes(finding(), pairs=pairs(other))).lead.endswith(
        "More than expected as well: E-mail (channel) with P1 (priority), 59 (37 to 75)."
    )


# --- The mix held fixed --------------------------------------------------------------------------


def mixed(of_b: float = 1.0):
    """Return tickets of teams of which B gets more hard ones, and is late `of_b` times as often."""
    random = np.random.default_rng(5)
    n = 12_000
    hard = random.random(n) < 0.5
    team = np.where(random.random(n) < np.where(hard, 0.75, 0.25), "B", "A")
    chance = np.where(hard, 0.3, 0.05) * np.where(team == "B", of_b, 1.0)
    tickets = pd.DataFrame(
        {
            "opened_at": pd.Timestamp("2026-05-04", tz="UTC")
            + pd.to_timedelta(random.integers(0, 180, n), unit="D"),
            "team": team,
            "hard": hard,
            "breached": random.random(n) < chance,
        }
    )
    return breach_drivers(tickets, drivers=["team", "hard"], adjust=["team", "hard"])


def test_what_the_mix_explains_is_warned_of():
    result = causes(within=mixed())
    warnings = [text for text in say(result).caveats if "mix of tickets" in text]
    assert len(warnings) == 1
    assert re.fullmatch(
        r"B \(team\) stands out at first sight only: 2\.\d times the odds of the others\. "
        r"With the same mix of tickets no clear difference is left: "
        r"(0\.9\d?|1\.\d+|1\.0\d) \(0\.\d+ to 1\.\d+\) times\.",
        warnings[0],
    )
    assert driver_odds(result).caption.sentence == warnings[0]


def test_what_the_mix_turns_round_is_told_as_that():
    warnings = [text for text in say(causes(within=mixed(of_b=0.8))).caveats if "mix" in text]
    assert re.fullmatch(
        r"B \(team\) stands out at first sight only: 1\.\d times the odds of the others\. With the "
        r"same mix of tickets it does better than they: 0\.\d+ \(0\.\d+ to 0\.\d+\) times\.",
        warnings[0],
    )


def test_what_the_mix_hides_is_warned_of():
    warnings = [text for text in say(causes(within=mixed(of_b=0.5))).caveats if "mix" in text]
    assert any(
        text.startswith("A (team) does worse with the same mix of tickets: ") for text in warnings
    )


def test_what_cannot_be_told_apart_from_a_finding_is_not_acquitted():
    random = np.random.default_rng(9)
    n = 6000
    opening = random.choice(["A", "B", "C"], n)
    last = np.where(random.random(n) > 0.97, random.choice(["A", "B", "C"], n), opening)
    tickets = pd.DataFrame({"opening_team": opening, "assignment_group": last})
    tickets["breached"] = random.random(n) < np.where(opening == "B", 0.2, 0.03)
    within = breach_drivers(
        tickets, drivers=["opening_team", "assignment_group"], adjust=["opening_team"]
    )
    b = (last == "B").sum()
    both = ((last == "B") & (opening == "B")).sum()
    warnings = [text for text in say(causes(within=within)).caveats if "first sight" in text]
    assert len(warnings) == 1
    assert re.fullmatch(
        r"B \(last team\) stands out at first sight: \d\.\d \(\d\.\d to \d+\.\d\) times the odds "
        rf"of the others\. {both:,} of its {b:,} tickets also had B \(team at opening\), which "
        r"stands out as well; the two cannot be told apart\.",
        warnings[0],
    )


def test_odds_without_an_interval_are_not_told():
    row = pd.Series({"odds_ratio": np.inf, "odds_ratio_low": NAN, "odds_ratio_high": NAN})
    assert odds_words.interval(row, "odds_ratio") == "cannot be told"


def further(**values):
    row = {
        "service": "Invoice posting", "driver": "opening_weekday", "level": "Wednesday",
        "known": "at_opening", "n": 413, "breaches": 61, "excess": 25.3, "excess_low": 2.9,
        "excess_high": 53.9, "same_breaches": True,
    }  # fmt: skip
    return row | values


def test_what_stands_out_and_is_in_no_finding_is_named():
    rows = [
        further(),
        further(driver="assignment_group", level="AP Team 2", known="arises"),
        further(driver="channel", level="E-mail", same_breaches=False),
    ]
    result = causes(finding(), within=mixed(), further=pd.DataFrame(rows, columns=FURTHER))
    told = [
        "More than expected by more than chance as well, most of it in the same tickets: Wednesday "
        "(weekday of opening), 25 (3 to 54) and AP Team 2 (last team) (a sign), 25 (3 to 54).",
        "More than expected by more than chance as well: E-mail (channel), 25 (3 to 54).",
    ]
    assert say(result).caveats[1:3] == told
    assert driver_odds(result).caption.sentence.split("\n")[-2:] == told


def test_what_only_the_number_of_comparisons_keeps_from_a_finding_is_told():
    row = {
        "service": "", "driver": "service", "level": "Master data", "n": 104, "breaches": 6,
        "excess": 4.6, "excess_low": 0.27, "excess_high": 16.3,
    }  # fmt: skip
    near = pd.DataFrame([row], columns=NEARLY)
    why = (
        "Master data has more late tickets than expected: 6 of 104, 4.6 (0.3 to 16.3) more. Among "
        "56 comparisons, that may be chance."
    )
    assert headline(causes(nearly=near)).lead == (
        "No service, and nothing on record of the tickets of Invoice posting, goes with more late "
        f"tickets than chance allows. {why}"
    )
    assert say(causes(finding(), nearly=near)).caveats[-1] == why
    assert driver_odds(causes(within=mixed(), nearly=near)).caption.sentence.endswith(why)


def test_a_finding_that_the_mix_leaves_open_is_not_said_to_stand_out():
    within = mixed()
    unsure = within.adjusted.assign(
        modelled_low=within.adjusted["modelled_low"].where(within.adjusted["driver"] != "hard", 0.9)
    )
    result = causes(finding(driver="hard", level="True"), within=replace(within, adjusted=unsure))
    assert driver_odds(result).caption.title == (
        "Whether True (hard) stands out with the same mix of tickets cannot be told"
    )


def test_the_forest_plot_shows_both_odds():
    result = causes(finding(driver="hard", level="True"), within=mixed())
    chart = driver_odds(result)
    assert chart.caption.title == "True (hard) stands out with the same mix of tickets, too"
    for narrow in (False, True):
        svg = chart.svg(narrow=narrow)
        assert "True" in texts(svg)
        assert "hard" in texts(svg)
        assert "as the others" in texts(svg)
        assert "var(--acc)" in svg
    assert len(chart.numbers.rows) == 2
    assert chart.numbers.accented == [0]


def test_without_an_adjusted_comparison_there_is_no_forest_plot():
    chart = driver_odds(causes())
    assert chart.caption.title == "No group of tickets can be compared with the mix held fixed"
    assert chart.svg(narrow=True) == ""


# --- Table and figure ----------------------------------------------------------------------------


def compared():
    """Return a real comparison: team B late more often, everything else alike."""
    random = np.random.default_rng(5)
    n = 3000
    team = random.choice(["A", "B", "C"], n)
    tickets = pd.DataFrame(
        {
            "opened_at": pd.Timestamp("2026-05-04", tz="UTC")
            + pd.to_timedelta(random.integers(0, 180, n), unit="D"),
            "team": team,
            "reopen_count": random.choice(["0", "1"], n),
            "breached": random.random(n) < np.where(team == "B", 0.3, 0.05),
        }
    )
    return breach_drivers(tickets, drivers=["team", "reopen_count"], arises=ARISES)


def test_the_table_holds_every_group_that_was_judged():
    levels = compared()
    shown = table(causes(finding(), within=levels))
    assert shown.folded
    assert shown.accented == [0]
    assert len(shown.rows) == levels.family == 5
    first = levels.levels.iloc[0]
    assert shown.rows[0][:4] == [
        "B (team)",
        "Invoice posting",
        "known at opening",
        f"{first['breaches']} of {first['n']:,}",
    ]
    signs = [row for row in shown.rows if row[0].endswith("(reopenings)")]
    assert {row[2] for row in signs} == {"sign: arises on the way"}


def test_the_numbers_behind_the_figure():
    shown = pareto_table(causes(finding()))
    assert shown.rows == [
        ["Missing purchase order", "158 of 519", "17", "79%"],
        ["No hold", "30 of 1,115", "195", "94%"],
        ["Not stated", "11 of 171", "17", "100%"],
    ]
    assert shown.accented == [0]


def texts(svg):
    return re.findall(r">([^<>]+)</text>", svg)


def test_the_figure_says_what_its_marks_mean():
    chart = plot(causes(finding()))
    wide, narrow = (texts(chart.svg(narrow=form)) for form in (False, True))
    for text in ("Missing purchase order", "141 more"):
        assert text in wide
        assert text in narrow
    assert "expected if it made no difference" in wide
    assert "158 of 519 late" in wide
    assert "158 of 519 late, 79% so far" in narrow
    assert chart.caption.subtitle == (
        "Late tickets of Invoice posting in May to October 2026 by hold reason: 199 of 1,805 "
        "tickets. The tick shows how many there would be if it made no difference"
    )


def test_only_what_is_more_than_chance_is_coloured():
    marked = plot(causes(finding())).svg(narrow=False)
    plain = plot(causes(bars=tuple(b | {"finding": False} for b in BARS))).svg(narrow=False)
    assert "var(--acc)" in marked
    assert "var(--acc)" not in plain


def test_far_expectations_are_told_instead_of_drawn():
    bars = (bar("A", 3, 40, 2.0), bar("B", 2, 900, 70.0), bar("", 1, 50, NAN, levels=7))
    wide = texts(plot(causes(bars=bars)).svg(narrow=False))
    assert "fewer than the 70 expected" in wide
    assert "7 others" in wide


def test_the_method_names_tests_and_correction():
    entries = dict(method(causes(finding())))
    assert entries["Comparisons"].startswith("56 of each group with all other tickets")
    assert "Benjamini-Hochberg, 5% false findings accepted in all" in entries["Comparisons"]
    assert "Since when" in entries


def test_beside_the_figure_stand_a_few_lines_and_the_rest_is_folded():
    notes = (
        note("comparisons", tests=63),
        note("pairs_tried", searched=54, tried=5),
        note("taken_as_known", columns="hold_reason"),
    )
    caption = plot(causes(finding(), notes=notes)).caption
    assert caption.sentence == (
        "30.4% (26.2 to 35.0%) of these tickets were late.\nIf it is the cause, mending it saves "
        "about 24 late tickets a month (18 to 29). A reason that goes with lateness does not prove "
        "that it causes it."
    )
    assert caption.caveats == [
        "Tickets counted in May to October 2026: so many months that one month's few late tickets "
        "do not decide.",
        "Comparisons made and corrected for (Benjamini-Hochberg): 63.",
    ]
    assert "54 pairs compared on every other day" in caption.how_to_read
    assert "taken as known at opening: hold_reason" in caption.how_to_read
