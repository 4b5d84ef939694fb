"""What to say about how satisfied users are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from slm_analysis.analyses.chart_summary import BETTER, MIXED, STEADY, WORSE
from slm_analysis.analyses.watermelon import REVERSE, WATERMELON
from slm_analysis.presentation import numbers
from slm_analysis.presentation.chart import Caption
from slm_analysis.presentation.language import N_, _, joined, ngettext
from slm_analysis.presentation.numbers import (
    continued,
    counted,
    in_words,
    itemised,
    listed,
    percent,
)
from slm_analysis.presentation.views import Headline, Prose
from slm_analysis.presentation.words import control_charts as chart_words
from slm_analysis.presentation.words.caveats import caveats
from slm_analysis.presentation.words.contrasts import contrast, contrasts, finding, in_full, of_unit
from slm_analysis.presentation.words.user_scores import (
    figures,
    name,
    people,
    score_of_scale,
    sentence,
)
from slm_analysis.questions.satisfaction_goals import MEAN, NPS
from slm_analysis.questions.user_satisfaction import UserSatisfaction

HEADINGS = {
    STEADY: N_("The monthly score is steady."),
    MIXED: N_("The monthly score is unsteady."),
}
HEADINGS_SINCE = {
    WORSE: N_("The monthly score is lower than usual since {month}."),
    BETTER: N_("The monthly score is higher than usual since {month}."),
}
LATELY = {WORSE: N_("lately lower than usual"), BETTER: N_("lately higher than usual")}
MEASURES = {
    MEAN: N_("Mean rating"),
    "top_box": N_("Share of satisfied users"),
    NPS: N_("Net promoter score"),
}
OTHERS = N_("Those who did not answer may feel otherwise.")
BESIDE_FIGURE = {"answers_as_respondents", "goal_of", "goal_assumed", "response_rate_unknown"}
"""Notes that matter where the scores are seen; the others are said in words or in About."""
MOST_NAMED = 3


def unit_row(result: UserSatisfaction) -> pd.Series:
    """Return the row of all services."""
    return result.levels.iloc[-1]


def judged(result: UserSatisfaction, *results: str) -> pd.DataFrame:
    """Return the services with such a verdict, the surest and largest first."""
    rows = result.levels[result.levels["result"].isin(results)]
    return rows.sort_values(["evidence", "answers"], ascending=[True, False], kind="stable")


def answer(result: UserSatisfaction) -> str:
    """Return how satisfied users are, in one line."""
    group, heading = of_unit(result), unit_row(result)["direction"]
    missed = judged(result, "missed")["evidence"] == "clear"
    if finding(result) == WATERMELON or (finding(result) == REVERSE and not missed.any()):
        assert group is not None  # noqa: S101  else there is no finding
        return contrast(group)
    lately = _(LATELY[heading]) if heading in LATELY else ""
    if _judged_nothing(result):
        figure = numbers.in_phrases(filter(None, [_figure(result), lately]))
        return itemised([figure, _why(result)])
    return itemised(filter(None, [by_goal(result), lately]))


def _judged_nothing(result: UserSatisfaction) -> bool:
    """Whether there is a score, and no verdict on a goal."""
    return not pd.isna(unit_row(result)["value"]) and judged(result, "missed", "met").empty


def _figure(result: UserSatisfaction) -> str:
    """Return ``Users give 4.3 of 5``."""
    text = {
        MEAN: _("Users give {score}"),
        NPS: _("The net promoter score is {score}"),
    }.get(result.measure, _("{score} of the answers are satisfied"))
    return text.format(score=score_of_scale(unit_row(result), result))


def _why(result: UserSatisfaction) -> str:
    if not _has_goal(result):
        return _("no goal is agreed")
    names = _names(result.levels[result.levels["goal"].notna()])
    return _("too few answers to judge the goal of {names}").format(names=names)


def by_goal(result: UserSatisfaction) -> str:
    """Return how the period's scores compare with their goals, in one line."""
    unit, when = unit_row(result), numbers.months(result.period_start, result.period_end)
    if not unit["answers"]:
        return _("Nobody answered in {when}").format(when=when)
    if unit["hidden"]:
        return _("Too few people answered in {when} to show how satisfied they are").format(
            when=when
        )
    missed, met = judged(result, "missed"), judged(result, "met")
    clear = missed[missed["evidence"] == "clear"]
    if len(clear):
        return _("Users rate {names} below the goal").format(names=_names(clear))
    if len(missed):
        return _("{names}: rated below the goal, uncertain").format(names=_names(missed))
    if len(met):
        unsure = (met["evidence"] == "uncertain").any()
        text = _("{names}: rated as agreed, uncertain") if unsure else _("{names}: rated as agreed")
        return text.format(names=_names(met))
    return _("{figure} in {when}; {why}").format(
        figure=_figure(result), when=when, why=_why(result)
    )


def _has_goal(result: UserSatisfaction) -> bool:
    return bool(result.levels["goal"].notna().any())


def _names(levels: pd.DataFrame) -> str:
    return listed([name(level) for _, level in levels.iterrows()], MOST_NAMED)


def headline(result: UserSatisfaction) -> Headline:
    """Return the top of the page on satisfaction."""
    return Headline(
        title=answer(result),
        lead=_lead(result),
        what=_what(result),
        sure=_sure(result),
        next=_next(result),
    )


def _lead(result: UserSatisfaction) -> str:
    unit = unit_row(result)
    if not unit["answers"]:
        return _asked_in_vain(unit)
    if unit["hidden"]:
        return _(
            "Scores of fewer than {n} people are not shown, so that nobody's answer can be read."
        ).format(n=result.min_group)
    group = of_unit(result)
    if group is not None and group["finding"]:
        return in_full(result, group)
    return sentence(unit, result)


def _asked_in_vain(unit: pd.Series) -> str:
    if pd.isna(unit["sent"]):
        return _("There are no answers of this unit from the period in the data.")
    return _("None of {tickets} resolved in the period has an answer.").format(
        tickets=counted(int(unit["sent"]), "{n} ticket", "{n} tickets")
    )


def _what(result: UserSatisfaction) -> str:
    unit = unit_row(result)
    if unit["hidden"]:
        return _("{people} gave {answers}; every score is hidden.").format(
            people=people(unit), answers=counted(unit["answers"], "{n} answer", "{n} answers")
        )
    parts = []
    if unit["answers"] and finding(result):
        parts.append(sentence(unit, result))
    hidden = result.levels[result.levels["hidden"] & result.levels["service"].notna()]
    for text, rows in (
        (_("Below the goal: {names}."), judged(result, "missed")),
        (_("Goal met: {names}."), judged(result, "met")),
        (_("Too few answers for a verdict: {names}."), judged(result, "too_few", "no_cases")),
        (_("Hidden: {names}."), hidden),
    ):
        if len(rows):
            parts.append(text.format(names=_names(rows)))
    if not _has_goal(result):
        parts.append(_("No goal is agreed for satisfaction."))
    return joined([*parts, *trend(result)])


def trend(result: UserSatisfaction) -> list[str]:
    """Return where the unit's monthly score is heading."""
    heading = unit_row(result)["direction"]
    if heading in HEADINGS_SINCE:
        since = numbers.month(result.chart.summary["since"].iloc[0])
        return [_(HEADINGS_SINCE[heading]).format(month=since)]
    return [_(HEADINGS[heading])] if heading in HEADINGS else []


def _sure(result: UserSatisfaction) -> str:
    unit = unit_row(result)
    if not unit["answers"] or unit["hidden"]:
        return _("Nothing can be said from so few answers.")
    low, high = figures(unit, "low", "high")
    if pd.isna(unit["sent"]):
        return _(
            "The score is likely between {low} and {high}, if those who did not answer feel the "
            "same."
        ).format(low=low, high=high)
    return _(
        "The score is likely between {low} and {high}, if those who did not answer feel the same: "
        "{silent} of the tickets resolved."
    ).format(low=low, high=high, silent=percent(1 - unit["answered"] / unit["sent"], 0))


def _next(result: UserSatisfaction) -> str:
    unit, missed = unit_row(result), judged(result, "missed")
    steps = (
        (
            finding(result) == WATERMELON,
            _("Ask users what the targets do not measure, those who scored low first; then agree "
              "on a target for it."),
        ),
        (
            finding(result) == REVERSE and missed.empty,
            _("Before spending on the missed target, ask users whether they noticed; it may be "
              "stricter than they need."),
        ),
        (
            not unit["answers"] or unit["hidden"],
            _("Look at a longer period, or ask more of those who had a ticket resolved."),
        ),
        (
            (missed["evidence"] == "clear").any(),
            _("Ask those who gave {names} a low score what they miss.").format(
                names=_names(missed[:1])
            ),
        ),
        (unit["direction"] == WORSE, _("Look at what changed when the score began to fall.")),
        (
            len(missed),
            _("Change nothing on this period alone; see whether the next ones agree."),
        ),
        (
            not _has_goal(result),
            _("Agree on a goal for satisfaction, so that it can be judged."),
        ),
        (
            _too_few_to_ask(result),
            _("Judge the goal over a longer period: fewer tickets were resolved than answers are "
              "needed."),
        ),
        (
            judged(result, "met").empty,
            _("Ask more of those who had a ticket resolved, so that the goal can be judged."),
        ),
    )  # fmt: skip
    return next((step for applies, step in steps if applies), _("No action is needed here."))


def _too_few_to_ask(result: UserSatisfaction) -> bool:
    """Whether no goal could be judged even if everybody had answered."""
    agreed = result.levels[result.levels["minimum"].notna()]
    return bool(len(agreed)) and bool((agreed["sent"] < agreed["minimum"]).all())


def say(result: UserSatisfaction) -> Prose:
    """Return what the scores say against their goals, then who could not answer."""
    return Prose([*_scores(result), *contrasts(result), *trend(result)], _caveats(result))


def _scores(result: UserSatisfaction) -> list[str]:
    """Return a sentence for each verdict, then one for the unit."""
    unit, verdicts = unit_row(result), judged(result, "missed", "met")
    sentences = [sentence(level, result) for _, level in verdicts.iterrows()]
    return [*sentences, sentence(unit, result) if unit["answers"] else _asked_in_vain(unit)]


def _caveats(result: UserSatisfaction) -> list[str]:
    unit = unit_row(result)
    said = []
    if not pd.isna(unit["sent"]):
        said.append(joined([_("Every ticket resolved in the period counts as asked."), _(OTHERS)]))
    if result.unresolved:
        said.append(
            ngettext(
                "Nobody could be asked about {n:,} ticket still open at the end of the period.",
                "Nobody could be asked about {n:,} tickets still open at the end of the period.",
                result.unresolved,
            ).format(n=result.unresolved)
        )
    said += [
        _("No ticket with status {status} has an answer ({tickets:,} of {sent:,.0f} resolved): "
          "these could not be rated, or nobody asked.").format(
            status=row.status, tickets=row.tickets, sent=unit["sent"]
        )
        for row in result.silent.itertuples()
    ]  # fmt: skip
    return [*said, *caveats(result.notes)]


def _figure_caveats(result: UserSatisfaction) -> list[str]:
    """Return what the figure itself does not show: hidden rows stay in it with their reason."""
    unit = unit_row(result)
    others = [] if pd.isna(unit["sent"]) or unit["hidden"] else [_(OTHERS)]
    return [*others, *caveats(note for note in result.notes if note.code in BESIDE_FIGURE)]


def caption(result: UserSatisfaction, axis_start: str) -> Caption:
    """Return the words of the figure, whose axis may start above the lowest score."""
    when = numbers.months(result.period_start, result.period_end)
    cut = _("; axis starts at {start}").format(start=axis_start) if axis_start else ""
    return Caption(
        title=by_goal(result),
        subtitle=_("{measure} with 95% interval, {when}; answers to tickets resolved{cut}").format(
            measure=_measure(result), when=when, cut=cut
        ),
        sentence=joined(_scores(result)),
        caveats=_figure_caveats(result),
        how_to_read=_(
            "Each dot is a score, the line its 95% interval, the upright line the goal. A coloured "
            "diamond lies below its goal by more than chance explains. Hidden scores stay in the "
            "list with the reason."
        ),
    )


def _measure(result: UserSatisfaction) -> str:
    """Return ``Mean rating from 1 to 5``."""
    low, high = result.scale
    measure = _(MEASURES[result.measure])
    if result.measure == MEAN and low < high:
        return _("{measure} from {low:g} to {high:g}").format(measure=measure, low=low, high=high)
    return measure


def over_time(result: UserSatisfaction) -> Caption:
    """Return the words of the figure of the scores by month."""
    of_chart = chart_words.caption(result.chart)
    judged = int(result.chart.summary["n_points"].sum())
    if not judged and result.levels["answers"].any():
        return Caption(
            title=_("Satisfaction by month stays hidden"),
            subtitle=_("{measure} per month").format(measure=_measure(result)),
            sentence=_("No month has answers of {n} people; of fewer, none is shown.").format(
                n=in_words(result.min_group)
            ),
        )
    return replace(
        of_chart,
        title=_("Satisfaction: {state}").format(state=continued(of_chart.title)),
        subtitle=_("{measure} per month, with the limits of normal variation. {judged}").format(
            measure=_measure(result), judged=counted(judged, "{n} month", "{n} months")
        ),
    )


def common_goal(result: UserSatisfaction) -> float:
    """Return the goal that all services with one share; missing where there is none."""
    goals = result.levels["goal_value"].dropna().unique()
    return float(goals[0]) if len(goals) == 1 else np.nan
