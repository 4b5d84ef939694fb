"""What to say about all business units together."""

from __future__ import annotations

import pandas as pd

from slm_analysis.presentation import numbers
from slm_analysis.presentation.language import _, joined, ngettext
from slm_analysis.presentation.numbers import (
    capitalised,
    count,
    counted,
    in_words,
    percent_beside,
    score_beside,
)
from slm_analysis.presentation.views import Headline, Prose
from slm_analysis.presentation.words import driver_names, portfolio_changes
from slm_analysis.presentation.words import service_levels as levels_words
from slm_analysis.presentation.words.caveats import caveats
from slm_analysis.questions.portfolio import SCORE, Portfolio

LEVELS = "01_service_levels"
"""The report without which nothing is known of a unit's promises."""
AT_OPENING = "at_opening"


def who(row: pd.Series) -> str:
    """Return the promise with its unit: ``Invoices (P1 resolution) at Manufacturing``."""
    return _("{service} ({kind}) at {unit}").format(
        service=row["service"], kind=levels_words.kind(row), unit=row["business_unit"]
    )


def place(row: pd.Series) -> str:
    """Return the unit, and the service where it is about one."""
    if not row["service"]:
        return str(row["business_unit"])
    return _("{unit}, {service}").format(unit=row["business_unit"], service=row["service"])


def figures(level: pd.Series, goal: str) -> str:
    """Return what was reached of what was agreed: share, number, interval, goal."""
    if pd.isna(level["value"]):
        return _("no figure, goal {goal}").format(goal=goal)
    interval = levels_words.interval(level)
    places = {
        "share": percent_beside(level["value"], level["goal_value"]),
        "n": count(level["counted"]),
        "interval": interval,
        "goal": goal,
    }
    if level["metric"] == SCORE:
        places["share"] = score_beside(level["value"], level["goal_value"])
        return _("{share} from {n} people (95% interval {interval}), goal {goal}").format(**places)
    if interval == numbers.NO_VALUE:
        return _("{share}, goal {goal}").format(**places)
    if level["metric"] == "error_rate":
        text = _("{share} of {n} with errors (95% interval {interval}), goal {goal}")
    else:
        text = _("{share} of {n} in time (95% interval {interval}), goal {goal}")
    return text.format(**places)


def heading(level: pd.Series) -> str:
    """Return where a promise is heading, as a sentence; empty where no signal tells."""
    if level["direction"] not in {"worse", "better"}:
        return ""
    worse = level["direction"] == "worse"
    since = numbers.date(pd.Timestamp(level["since"]))
    text = _("Worse since {since}.") if worse else _("Better since {since}.")
    return text.format(since=since)


def headline(result: Portfolio) -> Headline:
    """Return the top of the index."""
    levels = result.levels
    month = numbers.period(result.period_start, result.period_end)
    if levels.empty:
        return Headline(
            title=_("There is nothing to report for {when}").format(when=month),
            lead=_("No report told of any promise."),
            what=joined([_("No promise was judged."), _failed(result)]),
            sure=_("Nothing can be said."),
            next=_("Check that the reports of the units were made."),
        )
    missed, kept = (levels[levels["result"] == name] for name in ("missed", "met"))
    clear = missed[missed["clearly"]]
    return Headline(
        title=_title(len(missed) + len(kept), len(missed), clear, month),
        lead=_lead(result, missed, clear, kept),
        what=_what(result, missed, kept),
        sure=_sure(result, missed, clear, kept),
        next=_next(result),
    )


def _title(judged: int, missed: int, clear: pd.DataFrame, month: str) -> str:
    places = {"all": in_words(judged), "when": month, "number": in_words(judged)}
    if not judged:
        return _("Too few cases to judge any promise in {when}").format(**places)
    if judged == 1:
        if not missed:
            text = _("The one promise that could be judged was kept in {when}")
        elif clear.empty:
            text = _("The one promise that could be judged was missed in {when}")
        else:
            text = _("The one promise that could be judged was clearly missed in {when}")
        return text.format(**places)
    if not missed:
        text = _("All {number} promises that could be judged were kept in {when}")
        return text.format(**places)
    if clear.empty:
        text = ngettext(
            "{Some} of {all} promises was missed in {when}, none clearly",
            "{Some} of {all} promises were missed in {when}, none clearly",
            missed,
        )
        return text.format(Some=capitalised(in_words(missed)), **places)
    return _clearly(clear, places)


def _clearly(clear: pd.DataFrame, places: dict[str, str]) -> str:
    worse = int((clear["direction"] == "worse").sum())
    if not worse:
        text = ngettext(
            "{Some} of {all} promises was clearly missed in {when}",
            "{Some} of {all} promises were clearly missed in {when}",
            len(clear),
        )
    elif worse == len(clear):
        text = ngettext(
            "{Some} of {all} promises was clearly missed in {when}, and does worse than before",
            "{Some} of {all} promises were clearly missed in {when}, and all of them do worse "
            "than before",
            len(clear),
        )
    else:
        text = ngettext(
            "{Some} of {all} promises were clearly missed in {when}, and one of them does worse "
            "than before",
            "{Some} of {all} promises were clearly missed in {when}, and {worse} of them do "
            "worse than before",
            worse,
        )
    some = capitalised(in_words(len(clear)))
    return text.format(Some=some, worse=in_words(worse), **places)


def _lead(result: Portfolio, missed: pd.DataFrame, clear: pd.DataFrame, kept: pd.DataFrame) -> str:
    followed = portfolio_changes.followed(result)
    if len(clear):
        first = clear.sort_values("q", kind="stable").iloc[0]
        told = _("{who}: {figures}.").format(
            who=who(first), figures=figures(first, levels_words.goal_in_full(first))
        )
        said = [told, heading(first), followed]
    elif len(missed):
        said = [_("What was missed may be chance: one month's figures are too few to tell."),
                followed]  # fmt: skip
    elif kept.empty:
        said = [_("There were no cases, or fewer than the agreements ask for."), followed]
    else:
        said = [_("Nothing was missed."), followed]
    return joined(said)


def _what(result: Portfolio, missed: pd.DataFrame, kept: pd.DataFrame) -> str:
    levels = result.levels
    undecided = len(levels) - len(missed) - len(kept)
    text = _("{promises} to {units}: {kept} kept, {missed} missed.")
    if undecided:
        text = _(
            "{promises} to {units}: {kept} kept, {missed} missed, {undecided} open or with too few "
            "cases."
        )
    told = text.format(
        promises=counted(len(levels), "{n} promise", "{n} promises"),
        units=counted(levels["business_unit"].nunique(), "{n} unit", "{n} units"),
        kept=count(len(kept)),
        missed=count(len(missed)),
        undecided=count(undecided),
    )
    return joined([told, _failed(result)])


def _failed(result: Portfolio) -> str:
    """Return how many units are missing from the figures, for their report failed."""
    own = result.reports[result.reports["notebook"] == LEVELS]
    failed = int((own["status"] != "done").sum())
    if not failed:
        return ""
    text = ngettext(
        "{Some} unit is not in these figures: its report failed.",
        "{Some} units are not in these figures: their reports failed.",
        failed,
    )
    return text.format(Some=capitalised(in_words(failed)))


def _sure(result: Portfolio, missed: pd.DataFrame, clear: pd.DataFrame, kept: pd.DataFrame) -> str:
    if missed.empty and not result.family_size:
        return _("Without cases nothing can be said.")
    places = {
        "tests": counted(result.family_size, "{n} comparison", "{n} comparisons"),
        "all": in_words(len(missed)),
        "Some": capitalised(in_words(len(clear))),
    }
    if missed.empty:
        said = _("Nothing was missed; {tests} were made.")
        if result.family_size == 1:
            said = _("Nothing was missed; one comparison was made.")
    elif clear.empty:
        said = _("None of what was missed is clear after correction for {tests}.")
    elif len(clear) == len(missed):
        said = _("What was missed is clear after correction for {tests}.")
    else:
        said = ngettext(
            "{Some} of the {all} missed stands after correction for {tests}; the rest may be "
            "chance.",
            "{Some} of the {all} missed stand after correction for {tests}; the rest may be "
            "chance.",
            len(clear),
        )
    return joined([said.format(**places), _unsure(kept)])


def _unsure(kept: pd.DataFrame) -> str:
    """Return for how many of the promises kept the month is too short to be sure."""
    unsure = int((kept["evidence"] == "uncertain").sum())
    if not unsure:
        return ""
    if unsure == len(kept):
        return _("Of what was kept nothing is sure: the cases are too few.")
    text = _("For {unsure} of the {kept} kept there are too few cases to be sure.")
    return text.format(unsure=count(unsure), kept=count(len(kept)))


def _next(result: Portfolio) -> str:
    if result.attention.empty:
        return _("Nothing calls for action; single low months of small units are expected.")
    first = result.attention.iloc[0]
    if first["kind"] == "dissatisfied":
        text = _("Ask the users of {unit} what they miss: their answers stand against the goal.")
    elif first["kind"] == "early_warning":
        text = _("Look at {service} at {unit} before its goal is clearly missed.")
    else:
        return _reason(result, first)
    return text.format(unit=first["business_unit"], service=first["service"])


def _reason(result: Portfolio, first: pd.Series) -> str:
    """Return whom to ask about what, of a missed promise."""
    places = {"unit": first["business_unit"], "service": first["service"]}
    own = result.drivers
    if len(own):
        same = own["business_unit"].eq(first["business_unit"])
        own = own[same & own["service"].eq(first["service"]) & own["known"].eq(AT_OPENING)]
    if len(own):
        told = own.iloc[0]
        return _(
            "Ask {unit} about {reason}: in recent months {late} of {n} such tickets were late, "
            "where about {expected} were to be expected."
        ).format(
            reason=driver_names.reason(told["driver"], told["level"]),
            late=count(told["breaches"]),
            n=count(told["n"]),
            expected=count(told["expected"]),
            **places,
        )
    level = result.levels.loc[int(first["level"])]
    if level["steadily_missed"]:
        text = _("Decide with {unit} on {service}: the process or the goal has to change.")
    else:
        text = _("Start with {service} at {unit}.")
    return text.format(**places)


def say(result: Portfolio) -> Prose:
    """Return how the portfolio was made."""
    compared = ngettext(
        "{n} promise was compared with its goal; clearly means that the verdict stands after "
        "correction for all of them.",
        "{n} promises were compared with their goals; clearly means that the verdict stands after "
        "correction for all of them.",
        result.family_size,
    )
    return Prose([compared.format(n=count(result.family_size))], caveats(result.notes))
