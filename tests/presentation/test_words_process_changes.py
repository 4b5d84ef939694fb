"""What is said about process changes: exact sentences, never against the verdict."""

import re
import string

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from slm_analysis.analyses.change_effect import change_effect
from slm_analysis.presentation.words import change_effect as one
from slm_analysis.presentation.words import effect_measures as measures
from slm_analysis.presentation.words.caveats import SENTENCES, caveats
from slm_analysis.presentation.words.change_caveats import BASIS, DOUBTS, SERIES, what_else
from slm_analysis.presentation.words.change_figures import before_and_after_caption, caption
from slm_analysis.presentation.words.improvement_actions import brought, overdue, promised
from slm_analysis.presentation.words.judged_changes import judged, not_judged
from slm_analysis.presentation.words.process_changes import headline, say
from slm_analysis.result import note

from .made_up_changes import ON, made_up_actions, made_up_effect, made_up_outcomes

FEW = {"figures": None, "reason": "too_few_points"}


def told(effect, measure="resolution_time", *, final=False):
    return one.verdict_sentence(effect, measures.MEASURES[measure], final=final)


@pytest.mark.parametrize(
    ("verdict", "figures", "sentence"),
    [
        (
            "better",
            (0.038, 0.025, 0.051),
            "Better: 3.8 points more on time than expected without the change (2.5 to 5.1).",
        ),
        (
            "worse",
            (-0.023, -0.034, -0.012),
            "Worse: 2.3 points fewer on time than expected without the change (1.2 to 3.4).",
        ),
        (
            "no_meaningful_change",
            (0.001, -0.006, 0.008),
            "No meaningful change: −0.6 to +0.8 lies within ±1 point, the smallest that matters.",
        ),
        (
            "cannot_tell",
            (0.008, -0.026, 0.042),
            "Cannot tell yet: the interval (−2.6 to +4.2) holds both a loss and a gain that would "
            "matter.",
        ),
        (
            "cannot_tell",
            (0.018, -0.004, 0.042),
            "Cannot tell yet: the interval (−0.4 to +4.2) holds both no change and a gain that "
            "would matter.",
        ),
        (
            "cannot_tell",
            (-0.018, -0.042, 0.004),
            "Cannot tell yet: the interval (−4.2 to +0.4) holds both no change and a loss that "
            "would matter.",
        ),
    ],
)
def test_verdicts_on_the_share_in_time(verdict, figures, sentence):
    assert told(made_up_effect(verdict, figures)) == sentence


@pytest.mark.parametrize(
    ("verdict", "figures", "sentence"),
    [
        (
            "better",
            (-2.0, -2.7, -1.4),
            "Better: 2.0 business hours less to resolve than expected without the change "
            "(1.4 to 2.7).",
        ),
        (
            "worse",
            (2.0, 1.4, 2.7),
            "Worse: 2.0 business hours more to resolve than expected without the change "
            "(1.4 to 2.7).",
        ),
        (
            "no_meaningful_change",
            (0.1, -0.3, 0.6),
            "No meaningful change: −0.3 to +0.6 business hours lies within ±1 business hour, the "
            "smallest that matters.",
        ),
        (
            "cannot_tell",
            (0.5, -0.3, 1.3),
            "Cannot tell yet: the interval (−0.3 to +1.3 business hours) holds both no change and "
            "a loss that would matter.",
        ),
    ],
)
def test_verdicts_on_hours_where_less_is_better(verdict, figures, sentence):
    effect = made_up_effect(verdict, figures, "resolution_hours")
    assert told(effect, "resolution_hours") == sentence


def test_verdicts_on_satisfaction():
    better = made_up_effect("better", (0.44, 0.24, 0.65), "satisfaction")
    worse = made_up_effect("worse", (-0.4, -0.6, -0.2), "satisfaction")
    same = made_up_effect("no_meaningful_change", (0.0, -0.06, 0.04), "satisfaction")
    assert told(better, "satisfaction") == (
        "Better: mean score 0.44 higher than expected without the change (0.24 to 0.65)."
    )
    assert told(worse, "satisfaction") == (
        "Worse: mean score 0.40 lower than expected without the change (0.20 to 0.60)."
    )
    assert told(same, "satisfaction") == (
        "No meaningful change: −0.06 to +0.04 lies within ±0.1 points of score, the smallest that "
        "matters."
    )


@pytest.mark.parametrize(
    ("effect", "final", "sentence"),
    [
        (
            made_up_effect("cannot_tell", **FEW, after=4),
            False,
            "Cannot tell yet: 4 weeks with a figure since the change; at least 8 are needed.",
        ),
        (
            made_up_effect("cannot_tell", **FEW, after=1),
            True,
            "Cannot tell: 1 week with a figure since the change, before the next one; at least 8 "
            "are needed.",
        ),
        (
            made_up_effect("cannot_tell", **FEW, before=3, after=4),
            True,
            "Cannot tell: 3 weeks with a figure before the change; at least 8 are needed.",
        ),
        (
            made_up_effect("cannot_tell", None, reason="no_variation", freq="month"),
            False,
            "Cannot tell yet: every month shows the same figure, so chance cannot be judged.",
        ),
        (
            made_up_effect("cannot_tell", (0.008, -0.026, 0.042)),
            True,
            "Cannot tell: the interval (−2.6 to +4.2) holds both a loss and a gain that would "
            "matter.",
        ),
        (
            made_up_effect("cannot_tell", (0.008, -0.026, 0.042), min_effect=None),
            False,
            "Cannot tell yet: the interval (−2.6 to +4.2) holds both a loss and a gain.",
        ),
    ],
)
def test_what_cannot_be_told_says_why(effect, final, sentence):
    assert told(effect, final=final) == sentence


@pytest.mark.parametrize(
    ("verdict", "figures", "words"),
    [
        ("better", (0.021, 0.0003, 0.04), "(0.03 to 4.00)"),
        ("worse", (-0.021, -0.04, -0.0003), "(0.03 to 4.00)"),
        ("no_meaningful_change", (0.002, -0.006, 0.00996), "−0.600 to +0.996"),
        ("cannot_tell", (0.021, -0.0002, 0.04), "(−0.02 to +4.00)"),
        ("cannot_tell", (0.004, -0.002, 0.01004), "(−0.200 to +1.004)"),
    ],
)
def test_digits_are_added_where_they_would_contradict_the_verdict(verdict, figures, words):
    assert words in told(made_up_effect(verdict, figures))


@given(
    st.floats(-0.2, 0.2),
    st.floats(1e-3, 0.2),
    st.sampled_from(["resolution_time", "resolution_hours", "satisfaction"]),
)
def test_shown_numbers_never_contradict_the_verdict(middle, half, measure):
    scale = 1 if measure == "resolution_time" else 10
    low, high = scale * (middle - half), scale * (middle + half)
    made = made_up_effect("cannot_tell", (scale * middle, low, high), measure)
    matters = made.min_effect
    verdict = (
        "no_meaningful_change"
        if -matters < low and high < matters
        else "cannot_tell"
        if low <= 0 <= high
        else "better"
        if (low > 0) == (made.better == "high")
        else "worse"
    )
    made = made_up_effect(verdict, (scale * middle, low, high), measure)
    wording = measures.MEASURES[measure]
    told = measures.interval(made, wording).split(" to ")
    ends = [float(number.replace("−", "-")) for number in told]
    limit = wording.scale * matters
    # Nearer than four digits show, no number can tell.
    assume(all(abs(abs(wording.scale * e) - b) > 1e-4 for e in (low, high) for b in (0, limit)))
    assert (ends[0] <= 0 <= ends[1]) == (low <= 0 <= high)
    assert (-limit < ends[0] and ends[1] < limit) == (-matters < low and high < matters)


def test_a_bare_effect_speaks_of_its_kind_of_figure():
    share = made_up_effect(min_effect=None)
    assert one.say(share).sentences == [
        "Better: 3.8 points more than expected without the change (2.5 to 5.1)."
    ]
    mean = made_up_effect("worse", (-0.4, -0.6, -0.2), "satisfaction")
    assert one.say(mean).sentences == [
        "Worse: 0.40 less than expected without the change (0.20 to 0.60)."
    ]
    assert one.caption(share).title == "Better: +3.8 points (+2.5 to +5.1)"


def effect_caveats(**given):
    effect = made_up_effect("better", **given)
    return caveats(one.effect_notes(effect, measures.MEASURES["satisfaction"]))


@pytest.mark.parametrize(
    ("given_note", "sentence"),
    [
        (note("few_points", n=20), "The answer rests on 20 weeks only."),
        (
            note("season_not_separable", years=1.2),
            "With under two full years of figures, a yearly season cannot be told from the change.",
        ),
        (note("incomplete_periods", n=1), "1 week left out as incomplete."),
        (
            note("missing_periods", n=3),
            "3 weeks without a figure of their own (too few answers, counted with others or left "
            "out).",
        ),
        (note("ramp_periods", n=4), "4 weeks left out while the change took hold."),
        (
            note("change_within_period", on=ON, start=ON),
            "The change came within the week of 2 March 2026, which counts as after it.",
        ),
        (
            note("other_change", implemented_at=ON, description="Portal", periods_away=2),
            "Another change lay near: Portal (2 March 2026). Part of what is seen may be its work.",
        ),
        (note("against_controls", n=4), "Expected values come from 4 comparable units."),
        (
            note("too_few_controls", n=2, needed=3),
            "Too few comparable units (2, 3 are needed): the unit is compared with its own past.",
        ),
    ],
)
def test_every_note_of_an_effect_has_its_sentence(given_note, sentence):
    assert effect_caveats(notes=[given_note])[0] == sentence


SAME_FOR_ALL = {"periods", "period", "Periods", "pairs"}
"""What does not differ between the effects of one page."""


def test_caveats_that_differ_between_effects_have_a_sentence_for_all_of_them():
    for code in (f"change_{name}" for name in (*DOUBTS, *BASIS, *SERIES)):
        fields = {name for _, name, *_ in string.Formatter().parse(SENTENCES[code]) if name}
        assert fields <= SAME_FOR_ALL or f"{code}_various" in SENTENCES, code


def test_checks_that_ask_for_care_are_told():
    told_of = effect_caveats(cautions=["placebo_date", "autocorrelation", "power", "pre_trend"])
    assert told_of[:2] == [
        "An effect also shows in the middle of the weeks before, where no change was made: take "
        "this one with care.",
        "Neighbouring weeks go together more than the method has been tried for; the interval may "
        "be too narrow.",
    ]


def test_what_the_estimate_assumes_is_told():
    assert effect_caveats(season=1) == [
        "What was expected without the change follows one straight line and a yearly season "
        "through all weeks; whatever else set in at its date is counted with it."
    ]
    assert effect_caveats(comparison="controls") == []
    effect = made_up_effect("cannot_tell", (0.008, -0.026, 0.042), detectable=0.049)
    assert caveats(one.effect_notes(effect, measures.MEASURES["resolution_time"]))[0] == (
        "Effects smaller than 4.9 points can stay hidden; larger ones would show in four of five "
        "such series."
    )


@pytest.mark.parametrize("seed", range(3))
def test_every_note_that_an_analysis_can_give_has_a_sentence(seed):
    rng = np.random.default_rng(seed)
    time = pd.date_range("2025-01-06", periods=60, freq="7D")
    df = pd.DataFrame({"time": time, "value": rng.binomial(50, 0.9, 60), "n": 50})
    df.loc[5, "n"] = 0
    df["complete"] = df.index < 58
    others = pd.DataFrame({"implemented_at": [time[28]], "description": ["Portal"]})
    for on, notes in ((time[30] + pd.Timedelta(days=2), 5), (time[3], 2)):
        effect = change_effect(
            df, value="value", n="n", time="time", on=on, ramp=seed, other_changes=others
        )
        assert len(one.say(effect).caveats) >= notes


BETTER = ("A", "Payments", "resolution_time", made_up_effect())
UNSURE_HOURS = made_up_effect("cannot_tell", (0.5, -0.3, 1.3), "resolution_hours", detectable=1.0)
HOURS = ("A", "Payments", "resolution_hours", UNSURE_HOURS)
WORSE = ("B", "Payments", "resolution_time", made_up_effect("worse", (-0.023, -0.034, -0.012)))
UNSURE = ("C", "Payments", "resolution_time",
          made_up_effect("cannot_tell", (0.008, -0.026, 0.042), detectable=0.049))  # fmt: skip
SAME = ("D", "Payments", "resolution_time",
        made_up_effect("no_meaningful_change", (0.001, -0.006, 0.008)))  # fmt: skip


def test_say_has_a_sentence_per_change_and_measure():
    assert say(made_up_outcomes(BETTER, WORSE)).sentences == [
        "Change A, Payments, share in time. Better: 3.8 points more on time than expected without "
        "the change (2.5 to 5.1).",
        "Change B, Payments, share in time. Worse: 2.3 points fewer on time than expected without "
        "the change (1.2 to 3.4).",
    ]


@pytest.mark.parametrize(
    ("effects", "title"),
    [
        ([BETTER], "Change A (2 March 2026): followed by better results"),
        ([WORSE], "Change B (2 March 2026): followed by worse results"),
        ([UNSURE], "Change C (2 March 2026): cannot tell yet"),
        ([SAME], "Change D (2 March 2026): followed by no meaningful change"),
        ([UNSURE, ("E", *UNSURE[1:])], "Whether any of two changes worked cannot be told yet"),
        ([BETTER, UNSURE], "One of two changes was followed by better results"),
        (
            [BETTER, WORSE, UNSURE, SAME, ("E", *BETTER[1:])],
            "Two of five changes were followed by better results, one by worse results, one by no "
            "meaningful change",
        ),
    ],
)
def test_the_title_counts_what_changes_were_followed_by(effects, title):
    assert headline(made_up_outcomes(*effects)).title == title


@pytest.mark.parametrize(
    ("outcome", "title", "advice"),
    [
        (
            "later",
            "Change A (2 March 2026): in effect after the reported period",
            "Come back to “Change A” when at least eight weeks are in.",
        ),
        (
            "earlier",
            "Change A (2 March 2026): made before the figures begin",
            "Let “Change A” rest: no waiting brings figures from before it.",
        ),
        (
            "not_measured",
            "Change A (2 March 2026): no figures to judge it by",
            "Check how the records name the service that “Change A” concerns.",
        ),
    ],
)
def test_changes_without_figures_say_so(outcome, title, advice):
    result = made_up_outcomes(changes={"A": outcome})
    top = headline(result)
    assert top.title == title
    assert top.next == advice
    assert top.sure == "There are too few figures to be sure of anything."
    assert say(result).sentences == [not_judged(result.changes.iloc[0])]
    assert caption(result).sentence == top.lead


@pytest.mark.parametrize(
    ("outcome", "advice"),
    [
        ("worse", "Look at “Change A” first: what got worse, and should it be taken back?"),
        ("mixed", "Look at “Change A” first: can its gain be had without its loss?"),
        ("better", "Keep “Change A”, and see in the trends whether it lasts."),
        ("cannot_tell", "Leave “Change A” as it is, and ask again when more weeks are in."),
        ("no_meaningful_change", "Do not count on “Change A” for the goals; weigh it by its cost."),
        (
            "undecidable",
            "Let “Change A” rest: waiting will not tell. Leave room around the next change.",
        ),
    ],
)
def test_advice_follows_the_outcome(outcome, advice):
    assert headline(made_up_outcomes(BETTER, changes={"A": outcome})).next == advice


def test_the_headline_in_whole():
    near = note("other_change", implemented_at=ON, description="Portal", periods_away=2)
    season = note("season_not_separable", years=1.5)
    better = (*BETTER[:3], made_up_effect(notes=[near, season]))
    actions = made_up_actions(
        ("Scan earlier", "Li Na", "2026-02-27", "done", "better", "Change A"),
        ("Agree on one format", "Tom", "2026-10-16", "overdue", "not_yet", ""),
    )
    top = headline(made_up_outcomes(better, HOURS, actions=actions))
    assert top.text().splitlines() == [
        "Change A (2 March 2026): followed by better results",
        "Change A, Payments, share in time. Better: 3.8 points more on time than expected without "
        "the change (2.5 to 5.1).",
        "What happened: Change A: better (share in time) and cannot tell yet (time to resolve). "
        "Promised in reviews: two actions, one done and one overdue.",
        "How sure we are: Two comparisons were made here; the intervals (95%) allow for that. "
        "Other changes lay near: part of what is seen may be their work. With under two full years "
        "of figures, a season cannot be told apart. What follows a change need not come from it.",
        "What to do next: Keep “Change A”, and see in the trends whether it lasts. Ask for what is "
        "overdue: Agree on one format (Tom).",
    ]
    assert top.link == "02_trends"


def test_a_unit_without_changes_says_so():
    empty = made_up_outcomes(unit="Research & Development")
    top = headline(empty)
    assert top.title == "No process change is on record for Research & Development"
    assert top.what == "No change on record."
    assert say(empty).text() == "No process change is on record for Research & Development."
    assert caption(empty).sentence == "No process change is on record."
    assert before_and_after_caption(empty, []).title == "No process change is on record"


def test_the_most_pressing_change_is_advised_on():
    assert headline(made_up_outcomes(BETTER, WORSE)).next.startswith("Look at “Change B” first")


def test_many_changes_are_counted_and_not_all_named():
    result = made_up_outcomes(*[(name, *UNSURE[1:]) for name in "ABCDEF"])
    assert headline(result).what.endswith(
        "Change C: cannot tell yet (share in time). 3 earlier changes are in the table."
    )
    assert caption(result).sentence == (
        "Change A: cannot tell yet (share in time).\nChange B: cannot tell yet (share in time).\n"
        "Change C: cannot tell yet (share in time).\n3 earlier changes are in the table."
    )


def test_a_caveat_is_told_once_and_of_whom_it_holds():
    two = made_up_outcomes(BETTER, HOURS)
    told_of = say(two).caveats
    assert told_of[0] == "Two comparisons were made here; the intervals (95%) allow for that."
    assert told_of[1].startswith("Time to resolve: effects smaller than 1.0 business hours can")
    assert sum("follows one straight line" in text for text in told_of) == 1
    many = made_up_outcomes(BETTER, WORSE, UNSURE)
    assert any(
        text.startswith("1 of 3 effects: effects smaller than") for text in say(many).caveats
    )


def test_caveats_that_differ_are_told_as_one():
    def with_note(name, *notes):
        return (name, "Payments", "resolution_time", made_up_effect(notes=notes))

    portal = note("other_change", implemented_at=ON, description="Portal", periods_away=1)
    form = note("other_change", implemented_at=ON, description="Form", periods_away=2)
    result = made_up_outcomes(
        with_note("A", portal, note("incomplete_periods", n=1)),
        with_note("B", form, note("incomplete_periods", n=2)),
    )
    texts = say(result).caveats
    assert (
        "Other changes lay near: Portal (2 March 2026) and Form (2 March 2026). Part of what is "
        "seen may be their work."
    ) in texts
    assert "Incomplete weeks are left out." in texts


def test_each_series_is_told_by_what_sets_it_apart():
    two = made_up_outcomes(BETTER, HOURS)
    assert before_and_after_caption(two, judged(two)).sentence == (
        "Share in time. Better: 3.8 points more on time than expected without the change "
        "(2.5 to 5.1).\nTime to resolve. Cannot tell yet: the interval (−0.3 to +1.3 business "
        "hours) holds both no change and a loss that would matter."
    )


def test_what_else_names_doubts_once_or_says_that_none_was_found():
    doubtful = made_up_effect(cautions=["mix", "response"])
    result = made_up_outcomes(
        ("A", "Payments", "resolution_time", doubtful),
        ("A", "Payments", "satisfaction", made_up_effect(measure="satisfaction")),
    )
    assert what_else(result).sentences == [
        "Share in time: with the same mix of priorities, types and channels before and after, the "
        "answer is another: what came in changed too.",
        "Share in time: the share that answers has changed: others may be speaking.",
    ]
    assert what_else(made_up_outcomes(BETTER)).sentences == [
        "No check found another explanation. One that leaves no trace in these figures stays "
        "possible."
    ]
    assert what_else(
        made_up_outcomes(("A", "Payments", "resolution_time", made_up_effect(**FEW)))
    ).sentences == ["Without an effect there is nothing to explain."]


def test_one_comparison_needs_no_correction():
    result = made_up_outcomes(BETTER)
    assert headline(result).sure.startswith("One comparison was made; its interval is at 95%.")
    assert not any("comparisons" in text for text in say(result).caveats)


def test_no_cause_is_claimed_and_no_jargon_used():
    forbidden = re.compile(
        r"because|prove|clearly|significan|p-value|p =|caused|null|regression|Benjamini", re.I
    )
    for effects in ([BETTER, HOURS], [WORSE], [UNSURE, SAME]):
        result = made_up_outcomes(*effects)
        for text in (headline(result).text(), say(result).text(), *caption(result).caveats):
            assert not forbidden.search(text)


@pytest.mark.parametrize(
    ("brought_code", "words"),
    [
        ("better", "Change A: followed by better results"),
        ("worse", "Change A: followed by worse results"),
        ("mixed", "Change A: followed by better and by worse results"),
        ("no_meaningful_change", "Change A: followed by no meaningful change"),
        ("cannot_tell", "Change A: cannot tell yet"),
        ("undecidable", "Change A: cannot tell"),
        ("later", "Change A: in effect after the reported period"),
        ("earlier", "Change A: made before the figures begin"),
        ("not_measured", "Change A: no figures to judge it by"),
        ("not_yet", "Not yet"),
        ("no_change_recorded", "No change recorded"),
        ("unknown_change", "Its change is not among those recorded"),
    ],
)
def test_what_an_action_brought(brought_code, words):
    actions = made_up_actions(("Scan", "Li", None, "done", brought_code, "Change A"))
    assert brought(actions.iloc[0]) == words


@pytest.mark.parametrize(
    ("standings", "words"),
    [
        ([], ""),
        (["open"], "Promised in reviews: one action, open."),
        (["done", "done"], "Promised in reviews: two actions, all done."),
        (
            ["done", "overdue", "overdue"],
            "Promised in reviews: three actions, one done and two overdue.",
        ),
    ],
)
def test_promises_are_counted(standings, words):
    actions = made_up_actions(*[("Scan", "Li", None, s, "not_yet", "") for s in standings])
    assert promised(actions) == words
    assert bool(overdue(actions)) == ("overdue" in standings)


def test_overdue_actions_are_asked_for_by_name():
    actions = made_up_actions(
        ("Scan", "Li", None, "overdue", "not_yet", ""), ("", "", None, "overdue", "not_yet", "")
    )
    assert overdue(actions) == "Ask for what is overdue: Scan (Li) and ACT-1."
