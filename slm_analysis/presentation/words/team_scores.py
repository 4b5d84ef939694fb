"""What to say about the scores of teams."""

from __future__ import annotations

import pandas as pd

from slm_analysis.analyses.score_verdicts import HIGHER, LOWER, NOT_COMPARED, SAME
from slm_analysis.presentation import numbers
from slm_analysis.presentation.chart import Caption
from slm_analysis.presentation.language import _, ngettext
from slm_analysis.presentation.numbers import capitalised, in_words, listed, percent
from slm_analysis.presentation.views import Prose
from slm_analysis.presentation.words.change_effect import confidence
from slm_analysis.presentation.words.score_gaps import gap
from slm_analysis.questions.team_scores import TeamScores

MOST_NAMED = 3


def shown(result: TeamScores) -> pd.DataFrame:
    """Return the teams with a score."""
    return result.teams[result.teams["value"].notna()]


def hidden(result: TeamScores) -> pd.DataFrame:
    """Return the teams whose score is hidden."""
    return result.teams[result.teams["hidden"]]


def named(teams: pd.DataFrame) -> str:
    """Return the names of teams as they are told."""
    return listed([str(name) for name in teams["team"]], MOST_NAMED)


def answer(result: TeamScores) -> str:
    """Return whether teams differ, in one line."""
    lower, higher = (result.teams[result.teams["verdict"] == v] for v in (LOWER, HIGHER))
    if len(lower) and len(higher):
        text = _("Users of {lower} are less satisfied than others, those of {higher} more")
    elif len(lower):
        text = _("Users of {lower} are less satisfied than others")
    elif len(higher):
        text = _("Users of {higher} are more satisfied than others")
    else:
        return _no_difference(result)
    return text.format(lower=named(lower), higher=named(higher))


def _no_difference(result: TeamScores) -> str:
    compared = result.teams[result.teams["verdict"] != NOT_COMPARED]
    if not result.teams["answers"].any():
        return _("Nobody answered")
    if shown(result).empty:
        return _("Too few people answered about any team to show its score")
    if compared.empty:
        return _("Too few people answered to compare teams")
    if (compared["verdict"] == SAME).all():
        return _("No team differs from the others by as much as matters")
    return _("No team stands out by more than chance")


def rating(row: pd.Series) -> str:
    """Return the score with its interval: ``3.7 (3.5 to 3.9)``."""
    if pd.isna(row["value"]):
        return _("hidden") if row["hidden"] else _("no answers")
    value, low, high = (numbers.score(row[name]) for name in ("value", "low", "high"))
    return _("{size} ({low} to {high})").format(size=value, low=low, high=high)


def responses(row: pd.Series) -> str:
    """Return ``71 of 212 answered (33%)``, or the answers where nobody knows who was asked."""
    answers = int(row["answers"])
    if pd.isna(row["sent"]) or not row["sent"]:
        return ngettext("{n:,} answer", "{n:,} answers", answers).format(n=answers)
    return _("{answered:,} of {sent:,.0f} answered ({share})").format(
        answered=answers, sent=row["sent"], share=percent(answers / row["sent"], 0)
    )


def hidden_teams(result: TeamScores) -> str:
    """Return ``Six other teams``."""
    n = len(hidden(result))
    if shown(result).empty:
        return ngettext("{number} team", "{number} teams", n).format(
            number=capitalised(in_words(n))
        )
    return ngettext("{number} other team", "{number} other teams", n).format(
        number=capitalised(in_words(n))
    )


def why_hidden() -> str:
    """Return why teams are hidden, in few words."""
    return _("hidden, to reveal nobody")


def sentences(result: TeamScores) -> list[str]:
    """Return each team that differs, with its interval."""
    found = result.teams[result.teams["verdict"].isin([LOWER, HIGHER])]
    told = [
        _("{team}: {gap} than the rest ({level} interval).").format(
            team=row["team"], gap=_gap(row, result), level=confidence(result.interval_level)
        )
        for _at, row in found.iterrows()
    ]
    return told or _nothing_found(result)


def _nothing_found(result: TeamScores) -> list[str]:
    compared = len(result.teams[result.teams["verdict"] != NOT_COMPARED])
    if not compared:
        return [
            _("Ten people must have answered about a team, and about all others, to compare it.")
        ]
    return [
        ngettext(
            "{n} team was compared with the rest of the unit.",
            "{n} teams were each compared with the rest of the unit.",
            compared,
        ).format(n=compared)
    ]


def _gap(row: pd.Series, result: TeamScores) -> str:
    return gap(row, result.min_effect, "difference_low", "difference_high")


def difference(row: pd.Series, result: TeamScores) -> str:
    """Return the difference to the rest, or a dash."""
    return _gap(row, result)


def caveats(result: TeamScores) -> list[str]:
    """Return what a difference of teams need not mean."""
    if shown(result).empty:
        return []
    return [_("Teams work on other services; hard tickets end with some of them.")]


def say(result: TeamScores) -> Prose:
    """Return whether teams differ."""
    return Prose(sentences(result), caveats(result))


def caption(result: TeamScores, axis_start: str) -> Caption:
    """Return the words of the figure, whose axis may start above the lowest score."""
    when = numbers.months(result.period_start, result.period_end)
    cut = _("; axis starts at {start}").format(start=axis_start) if axis_start else ""
    return Caption(
        title=answer(result),
        subtitle=_(
            "Mean rating with 95% interval, {when}, by the last team of the ticket{cut}"
        ).format(when=when, cut=cut),
        sentence="\n".join(sentences(result)),
        caveats=caveats(result),
        how_to_read=_(
            "Each dot is the mean rating of a team's users, the line its 95% interval. A coloured "
            "diamond lies below the rest of the unit by more than chance, all teams counted in. "
            "Scores of fewer than {least} people are hidden, and those that would reveal them "
            "beside the scores by service."
        ).format(least=result.min_group),
    )
