"""What each check of an effect says: one sentence per check and state."""

from __future__ import annotations

import pandas as pd

from slm_analysis.analyses.change_effect import ChangeEffect
from slm_analysis.presentation.language import N_, _
from slm_analysis.presentation.numbers import counted, digits_to_tell, number, signed, span
from slm_analysis.presentation.periods import all_periods
from slm_analysis.presentation.words.effect_measures import Wording, of_scale, smallest

NAMES = {
    "power": N_("Could it have been seen"),
    "autocorrelation": N_("Do neighbours go together"),
    "pre_trend": N_("Was a trend under way"),
    "drift": N_("Did the line bend before"),
    "placebo_date": N_("Does it show where nothing changed"),
    "placebo_units": N_("Does it show in other units"),
    "season": N_("Could it be the season"),
    "other_changes": N_("What else changed"),
    "mix": N_("Did other cases come in"),
    "response": N_("Do other people answer"),
    "ordered": N_("Is it so for ordered answers"),
    "persistence": N_("Did it last"),
}
"""Each check as the question it answers, in the order in which they are read."""

SENTENCES = {
    ("power", "stated"): N_("Effects of {seen_from} or more show in four of five such series."),
    ("power", "ok"): N_(
        "Effects of {seen_from} or more show in four of five such series: enough to "
        "see the smallest that matters ({matters})."
    ),
    ("power", "caution"): N_(
        "Only effects of {seen_from} or more show in four of five such series; "
        "the smallest that matters ({matters}) can stay hidden."
    ),
    ("autocorrelation", "ok"): N_(
        "Neighbouring {periods} are alike no more than the method has been "
        "tried for (correlation {number})."
    ),
    ("autocorrelation", "caution"): N_(
        "Neighbouring {periods} are alike more than the method has "
        "been tried for (correlation {number}): the interval may be too narrow."
    ),
    ("pre_trend", "ok"): N_(
        "No trend shows before the change; one that makes less than {seen_from} could have escaped."
    ),
    ("pre_trend", "caution"): N_(
        "A trend was under way before the change and is not taken out; "
        "carried on, it makes {value} ({interval})."
    ),
    ("pre_trend", "taken_out"): N_(
        "The straight line that runs through all {periods} makes {value} "
        "({interval}) and is taken out."
    ),
    ("pre_trend", "not_possible"): N_("Too little lies before the change to look for a trend."),
    ("drift", "ok"): N_(
        "The line before the change shows no bend; one that makes less than "
        "{seen_from} could have escaped."
    ),
    ("drift", "caution"): N_(
        "The line before the change bends; carried on, the bend makes {value} ({interval})."
    ),
    ("drift", "not_possible"): N_("Too little lies before the change to look for a bend."),
    ("placebo_date", "ok"): N_(
        "In the middle of the {periods} before, where nothing was changed, no "
        "effect shows ({value}; {interval})."
    ),
    ("placebo_date", "caution"): N_(
        "In the middle of the {periods} before, where nothing was "
        "changed, an effect shows too ({value}; {interval})."
    ),
    ("placebo_date", "not_possible"): N_(
        "Too little lies before the change to try a date at which nothing was changed."
    ),
    ("placebo_units", "ok"): N_(
        "Taken as changed on the same date, {few} of {others} would show as large an effect."
    ),
    ("placebo_units", "caution"): N_(
        "Taken as changed on the same date, {few} of {others} would show "
        "as large an effect: it may be of the usual size."
    ),
    ("placebo_units", "stated"): N_(
        "Taken as changed on the same date, {few} of {others} would show as large an effect."
    ),
    ("placebo_units", "not_possible"): N_("There are no comparable units to try the same date on."),
    ("season", "ok"): N_("A yearly season is allowed for."),
    ("season", "caution"): N_(
        "With under two full years of figures, a yearly season cannot be told from the change."
    ),
    ("other_changes", "ok"): N_("No other change lies near."),
    ("other_changes", "caution"): N_("{others_near} near: part of what is seen may be their work."),
    ("other_changes", "not_checked"): N_("Which other changes were made is not known here."),
    ("mix", "ok"): N_(
        "With the same mix of priorities, types and channels before and after, the "
        "answer is the same: {value} ({interval})."
    ),
    ("mix", "caution"): N_(
        "With the same mix of priorities, types and channels before and after, it "
        "is {value} ({interval}), and the answer another: what came in changed too."
    ),
    ("mix", "not_possible"): N_(
        "Priorities, types and channels are not on record or all alike: there "
        "is no mix to hold fixed."
    ),
    ("response", "ok"): N_(
        "The share that answers has not changed beyond chance ({value}; "
        "{interval}); a change of less than {seen_from} could have escaped."
    ),
    ("response", "caution"): N_(
        "The share that answers has changed ({value}; {interval}): others may be speaking."
    ),
    ("response", "not_possible"): N_("Who could answer is not on record for long enough to tell."),
    ("ordered", "ok"): N_(
        "Read as ordered answers, a higher score has {odds} times the odds of before "
        "({odds_interval}): no other verdict."
    ),
    ("ordered", "caution"): N_(
        "Read as ordered answers, a higher score has {odds} times the odds of "
        "before ({odds_interval}), which is another answer; two times are compared there, without "
        "trend or season."
    ),
    ("persistence", "lasted"): N_(
        "In the last third of the {periods} since, the effect is still "
        "there: {last} ({last_interval})."
    ),
    ("persistence", "grew"): N_(
        "The effect grew: {first} in the first third of the {periods} since, {last} in the last."
    ),
    ("persistence", "fading"): N_(
        "The effect is fading: {first} in the first third of the {periods} "
        "since, {last} in the last."
    ),
    ("persistence", "faded"): N_(
        "The effect faded: {first} in the first third of the {periods} "
        "since; in the last ({last}; {last_interval}) none shows any more."
    ),
    ("persistence", "unclear"): N_(
        "Whether the effect lasts cannot be told: {last} "
        "({last_interval}) in the last third of the {periods} since."
    ),
    ("persistence", "not_asked"): N_("Without an effect beyond chance there is nothing to last."),
    ("persistence", "not_possible"): N_(
        "Too few {periods} since the change to tell whether an effect lasts."
    ),
}

NO_YEAR = N_("Numbered periods have no season.")


def sentence(check: pd.Series, effect: ChangeEffect, wording: Wording) -> str:
    """Return what one row of `checks` says."""
    name, state = str(check["check"]), str(check["state"])
    if name == "season" and effect.freq is None:
        return _(NO_YEAR)
    return _(SENTENCES[name, state]).format(**_values(check, effect, wording))


def sentences(effect: ChangeEffect, wording: Wording) -> list[tuple[str, str]]:
    """Return every check of an effect as question and answer."""
    rows = {str(row["check"]): row for _, row in effect.checks.iterrows()}
    return [
        (_(question), sentence(rows[name], effect, wording))
        for name, question in NAMES.items()
        if name in rows
    ]


def lasting(effect: ChangeEffect, wording: Wording) -> str:
    """Return whether an effect lasted; empty where none was found or its time is too short."""
    rows = effect.checks[effect.checks["check"] == "persistence"]
    if rows.empty or rows["state"].iloc[0] in {"not_asked", "not_possible"}:
        return ""
    return sentence(rows.iloc[0], effect, wording)


def _values(check: pd.Series, effect: ChangeEffect, wording: Wording) -> dict[str, str]:
    """Return what sentences may name, as readers see it."""
    if check["check"] == "response":
        wording = of_scale("rate")

    def size(value: float) -> str:
        return wording.short.format(size=signed(wording.scale * value, wording.digits))

    def between(row: pd.Series) -> str:
        ends = [wording.scale * float(row[end]) for end in ("low", "high")]
        digits = digits_to_tell(ends, [0.0], wording.digits)
        return span(*(signed(end, digits) for end in ends))

    large_enough = check["value"] if check["check"] == "power" else check["seen_from"]
    third = effect.thirds
    told = {
        "value": size(check["value"]),
        "number": signed(float(check["value"]), 2),
        "odds": number(float(check["value"]), 2),
        "odds_interval": span(number(check["low"], 2), number(check["high"], 2)),
        "seen_from": size(large_enough).lstrip("+"),
        "interval": between(check),
        "periods": all_periods(effect.freq),
        "matters": "" if effect.min_effect is None else smallest(effect.min_effect, wording),
    }
    if check["check"] in {"placebo_units", "other_changes"} and pd.notna(check["value"]):
        rank = int(check["value"])
        told["few"] = str(rank - 1) if rank > 1 else _("none")
        told["others"] = counted(
            len(effect.controls), "{n} comparable unit", "{n} comparable units"
        )
        told["others_near"] = counted(rank, "{n} other change lies", "{n} other changes lie")
    if not third.empty:
        first, last = (
            third[third["part"] == f"{name}_third"].iloc[0] for name in ("first", "last")
        )
        told |= {"first": size(first["estimate"]), "last": size(last["estimate"])}
        told["last_interval"] = between(last)
    return told
