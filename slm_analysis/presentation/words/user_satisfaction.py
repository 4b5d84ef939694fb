"""What to say about how satisfied users are."""

from __future__ import annotations

import numpy as np
import pandas as pd

from slm_analysis.analyses.chart_summary import BETTER, MIXED, STEADY, WORSE
from slm_analysis.analyses.suppression import FEW
from slm_analysis.analyses.watermelon import REVERSE, WATERMELON
from slm_analysis.presentation import numbers
from slm_analysis.presentation.chart import Caption
from slm_analysis.presentation.numbers import (
    counted,
    digits_to_tell,
    listed,
    percent,
)
from slm_analysis.presentation.views import Headline, Prose
from slm_analysis.presentation.words.caveats import caveats
from slm_analysis.presentation.words.contrasts import contrast, contrasts, finding, in_full, of_unit
from slm_analysis.presentation.words.service_levels import VERDICTS
from slm_analysis.questions.satisfaction_goals import MEAN, NPS
from slm_analysis.questions.user_satisfaction import (
    HIDDEN,
    NO_GOAL,
    UserSatisfaction,
)

UNIT = "All services"
TOO_FEW = "Too few answers"
HEADINGS = {
    WORSE: "lower than usual",
    BETTER: "higher than usual",
    STEADY: "steady",
    MIXED: "unsteady",
}
MEASURES = {MEAN: "Mean rating", "top_box": "Share of satisfied users", NPS: "Net promoter score"}
OTHERS = "Those who did not answer may feel otherwise."
BESIDE_FIGURE = {"answers_as_respondents", "goal_of", "goal_assumed", "response_rate_unknown"}
"""Notes that matter where the scores are seen; the others are said in words or in About."""
MOST_NAMED = 3
SHARE = 100.0


def name(level: pd.Series) -> str:
    """Return the service as in the data, or what stands for all."""
    return UNIT if pd.isna(level["service"]) else str(level["service"])


def verdict(level: pd.Series) -> str:
    """Return ``Met``, ``Missed, uncertain``, ``Too few answers``, ``Hidden``, ``No goal``."""
    if level["result"] in {HIDDEN, NO_GOAL}:
        return {HIDDEN: "Hidden", NO_GOAL: "No goal"}[level["result"]]
    if level["result"] not in {"met", "missed"}:
        return TOO_FEW
    unsure = ", uncertain" if level["evidence"] == "uncertain" else ""
    return f"{VERDICTS[level['result']]}{unsure}"


def score(level: pd.Series, *columns: str) -> str:
    """Return figures of a row, the last with its unit and all on their side of the goal."""
    values = [float(level[column]) for column in columns]
    share = level["measure"] == "top_box"
    scale = SHARE if share else 1.0
    goal = [] if pd.isna(level["goal_value"]) else [scale * level["goal_value"]]
    digits = digits_to_tell([scale * value for value in values], goal, 0 if _whole(level) else 1)
    texts = [percent(v, digits)[:-1] if share else numbers.score(v, digits) for v in values]
    return f"{' to '.join(texts)}{'%' if share else ''}"


def _whole(level: pd.Series) -> bool:
    """Whether a measure is told without decimals."""
    return bool(level["measure"] == NPS)


def rating(level: pd.Series) -> str:
    """Return the score with its interval: ``3.7 (3.5 to 3.9)``."""
    if pd.isna(level["value"]):
        return numbers.NO_VALUE
    return f"{score(level, 'value')} ({score(level, 'low', 'high')})"


def goal(level: pd.Series) -> str:
    """Return the goal as it was agreed."""
    return numbers.NO_VALUE if pd.isna(level["goal"]) else str(level["goal"])


def responses(level: pd.Series) -> str:
    """Return ``71 of 212 answered (33%)``, or the answers where nobody knows who was asked."""
    if pd.isna(level["sent"]):
        return counted(int(level["answers"]), "answer")
    share = percent(level["answered"] / level["sent"], 0)
    return f"{level['answered']:,.0f} of {level['sent']:,.0f} answered ({share})"


def not_shown(level: pd.Series, min_group: int) -> str:
    """Return why a row has no figure."""
    if not level["hidden"]:
        return "no answers"
    few = level["reason"] == FEW
    return f"hidden ({f'fewer than {min_group} people' if few else 'would reveal another'})"


def unit_row(result: UserSatisfaction) -> pd.Series:
    """Return the row of all services."""
    return result.levels.iloc[-1]


def judged(result: UserSatisfaction, *results: str) -> pd.DataFrame:
    """Return the services with such a verdict, the surest and largest first."""
    rows = result.levels[result.levels["result"].isin(results)]
    return rows.sort_values(["evidence", "answers"], ascending=[True, False], kind="stable")


def of_scale(result: UserSatisfaction) -> str:
    """Return `` of 5`` for a mean."""
    return f" of {result.scale[1]:g}" if result.measure == MEAN else ""


def sentence(level: pd.Series, result: UserSatisfaction) -> str:
    """Return verdict, score, interval, people and answers of one row."""
    if pd.isna(level["value"]):
        return f"{name(level)}, {not_shown(level, result.min_group)}; {responses(level)}."
    figure = f"{score(level, 'value')}{of_scale(result)} ({score(level, 'low', 'high')})"
    people = counted(level["respondents"], "person", "people")
    if level["result"] == NO_GOAL:
        return f"{name(level)}: {figure}, from {people}; {responses(level)}."
    return (
        f"{name(level)}: {verdict(level).lower()}. {figure}, agreed: {level['goal']}; from "
        f"{people}; {responses(level)}."
    )


def answer(result: UserSatisfaction) -> str:
    """Return how satisfied users are, in one line."""
    group, heading = of_unit(result), unit_row(result)["direction"]
    missed = judged(result, "missed")["evidence"] == "clear"
    if finding(result) == WATERMELON or (finding(result) == REVERSE and not missed.any()):
        assert group is not None  # noqa: S101  else there is no finding
        return contrast(group)
    lately = f"lately {HEADINGS[heading]}" if heading in {WORSE, BETTER} else ""
    if _judged_nothing(result):
        return "; ".join([", ".join(filter(None, [_figure(result), lately])), _why(result)])
    return "; ".join(filter(None, [by_goal(result), lately]))


def _judged_nothing(result: UserSatisfaction) -> bool:
    """Whether there is a score, and no verdict on a goal."""
    return not pd.isna(unit_row(result)["value"]) and judged(result, "missed", "met").empty


def _figure(result: UserSatisfaction) -> str:
    """Return ``Users give 4.3 of 5``."""
    figure = score(unit_row(result), "value")
    return {
        MEAN: f"Users give {figure}{of_scale(result)}",
        NPS: f"The net promoter score is {figure}",
    }.get(result.measure, f"{figure} of the answers are satisfied")


def _why(result: UserSatisfaction) -> str:
    return "too few answers to judge a goal" if _has_goal(result) else "no goal is agreed"


def by_goal(result: UserSatisfaction) -> str:
    """Return how the period's scores compare with their goals, in one line."""
    unit, when = unit_row(result), numbers.months(result.period_start, result.period_end)
    if not unit["answers"]:
        return f"Nobody answered in {when}"
    if unit["hidden"]:
        return f"Too few people answered in {when} to show how satisfied they are"
    missed, met = judged(result, "missed"), judged(result, "met")
    clear = missed[missed["evidence"] == "clear"]
    if len(clear):
        return f"Users rate {_names(clear)} below the goal"
    if len(missed):
        return f"{_names(missed)}: rated below the goal, uncertain"
    if len(met):
        unsure = ", uncertain" if (met["evidence"] == "uncertain").any() else ""
        return f"{_names(met)}: rated as agreed{unsure}"
    return f"{_figure(result)} in {when}; {_why(result)}"


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
        return (
            f"Scores of fewer than {result.min_group} people are not shown, so that nobody's "
            "answer can be read."
        )
    group = of_unit(result)
    if group is not None and group["finding"]:
        return in_full(result, group)
    return sentence(unit, result)


def _asked_in_vain(unit: pd.Series) -> str:
    if pd.isna(unit["sent"]):
        return "There are no answers of this unit from the period in the data."
    return f"None of {counted(int(unit['sent']), 'ticket')} resolved in the period has an answer."


def _what(result: UserSatisfaction) -> str:
    unit = unit_row(result)
    if unit["hidden"]:
        people = counted(unit["respondents"], "person", "people")
        return f"{people} gave {counted(unit['answers'], 'answer')}; every score is hidden."
    parts = []
    if unit["answers"] and finding(result):
        parts.append(sentence(unit, result))
    hidden = result.levels[result.levels["hidden"] & result.levels["service"].notna()]
    for words, rows in (
        ("Below the goal", judged(result, "missed")),
        ("Goal met", judged(result, "met")),
        ("Too few answers for a verdict", judged(result, "too_few", "no_cases")),
        ("Hidden", hidden),
    ):
        if len(rows):
            parts.append(f"{words}: {_names(rows)}.")
    if not _has_goal(result):
        parts.append("No goal is agreed for satisfaction.")
    return " ".join([*parts, *trend(result)])


def trend(result: UserSatisfaction) -> list[str]:
    """Return where the unit's monthly score is heading."""
    heading = unit_row(result)["direction"]
    if heading not in HEADINGS:
        return []
    since = result.chart.summary["since"].iloc[0]
    when = f" since {since:%B %Y}" if heading in {WORSE, BETTER} and not pd.isna(since) else ""
    return [f"The monthly score is {HEADINGS[heading]}{when}."]


def _sure(result: UserSatisfaction) -> str:
    unit = unit_row(result)
    if not unit["answers"] or unit["hidden"]:
        return "Nothing can be said from so few answers."
    likely = f"The score is likely between {_between(unit)}"
    if pd.isna(unit["sent"]):
        return f"{likely}, if those who did not answer feel the same."
    silent = percent(1 - unit["answered"] / unit["sent"], 0)
    return f"{likely}, if those who did not answer feel the same: {silent} of the tickets resolved."


def _between(level: pd.Series) -> str:
    return score(level, "low", "high").replace(" to ", " and ")


def _next(result: UserSatisfaction) -> str:
    unit, missed = unit_row(result), judged(result, "missed")
    steps = (
        (
            finding(result) == WATERMELON,
            "Ask users what the targets do not measure, those who scored low first; then agree on "
            "a target for it.",
        ),
        (
            finding(result) == REVERSE and missed.empty,
            "Before spending on the missed target, ask users whether they noticed; it may be "
            "stricter than they need.",
        ),
        (
            not unit["answers"] or unit["hidden"],
            "Look at a longer period, or ask more of those who had a ticket resolved.",
        ),
        (
            (missed["evidence"] == "clear").any(),
            f"Ask those who gave {_names(missed[:1])} a low score what they miss.",
        ),
        (unit["direction"] == WORSE, "Look at what changed when the score began to fall."),
        (
            len(missed),
            "Change nothing on this period alone; see whether the next ones agree.",
        ),
        (
            not _has_goal(result),
            "Agree on a goal for satisfaction, so that it can be judged.",
        ),
        (
            judged(result, "met").empty,
            "Ask more of those who had a ticket resolved, so that the goal can be judged.",
        ),
    )
    return next((step for applies, step in steps if applies), "No action is needed here.")


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
        said.append(f"Every ticket resolved in the period counts as asked. {OTHERS}")
    if result.unresolved:
        said.append(
            f"Nobody could be asked about {counted(result.unresolved, 'ticket')} still open at the "
            "end of the period."
        )
    said += [
        f"No ticket with status {row.status} has an answer ({row.tickets:,} of {unit['sent']:,.0f} "
        "resolved): these could not be rated, or nobody asked."
        for row in result.silent.itertuples()
    ]
    return [*said, *caveats(result.notes)]


def _figure_caveats(result: UserSatisfaction) -> list[str]:
    """Return what the figure itself does not show: hidden rows stay in it with their reason."""
    unit = unit_row(result)
    others = [] if pd.isna(unit["sent"]) or unit["hidden"] else [OTHERS]
    return [*others, *caveats(note for note in result.notes if note.code in BESIDE_FIGURE)]


def caption(result: UserSatisfaction, axis_start: str) -> Caption:
    """Return the words of the figure, whose axis may start above the lowest score."""
    when = numbers.months(result.period_start, result.period_end)
    low, high = result.scale
    scale = f" from {low:g} to {high:g}" if result.measure == MEAN and low < high else ""
    cut = f"; axis starts at {axis_start}" if axis_start else ""
    return Caption(
        title=by_goal(result),
        subtitle=f"{MEASURES[result.measure]}{scale} with 95% interval, {when}; answers to tickets "
        f"resolved{cut}",
        sentence=" ".join(_scores(result)),
        caveats=_figure_caveats(result),
        how_to_read="Each dot is a score, the line its 95% interval, the upright line the goal. A "
        "coloured diamond lies below its goal by more than chance explains. Hidden scores stay in "
        "the list with the reason.",
    )


def common_goal(result: UserSatisfaction) -> float:
    """Return the goal that all services with one share; missing where there is none."""
    goals = result.levels["goal_value"].dropna().unique()
    return float(goals[0]) if len(goals) == 1 else np.nan
