"""What to say about scores before and after a change, and about who gave them."""

from __future__ import annotations

import pandas as pd

from slm_analysis.analyses.answer_change import (
    CRUDE,
    ODDS,
    RESPONSE,
    REWEIGHTED,
    AnswerChange,
)
from slm_analysis.presentation.language import N_, _
from slm_analysis.presentation.numbers import (
    count,
    digits_to_tell,
    number,
    percent,
    points,
    signed,
    span,
)
from slm_analysis.presentation.views import Prose
from slm_analysis.presentation.words.caveats import caveats
from slm_analysis.result import Note, note

FIGURES = {
    CRUDE: N_("mean score"),
    REWEIGHTED: N_("mean score, mix of answers held fixed"),
    ODDS: N_("odds of a higher score"),
    RESPONSE: N_("response rate"),
}
NO_DIFFERENCE = {CRUDE: 0.0, REWEIGHTED: 0.0, ODDS: 1.0, RESPONSE: 0.0}
LEAST_DIGITS = 2
TWO_TIMES = N_("Two times are compared, without trend or season.")


def say(result: AnswerChange) -> Prose:
    """Return how scores and responses differ, and whether the mix of answers explains it."""
    rows = {str(row["figure"]): row for _, row in result.table.dropna(subset="estimate").iterrows()}
    told = [_score(rows[CRUDE], result)]
    if REWEIGHTED in rows:
        told.append(_reweighted(rows[CRUDE], rows[REWEIGHTED]))
    if ODDS in rows:
        told.append(_odds(rows[ODDS]))
    if RESPONSE in rows:
        told.append(_response(rows[RESPONSE]))
    return Prose(told, [*caveats(_readable(result)), _(TWO_TIMES)])


def _side(row: pd.Series, none: float = 0.0) -> int:
    """Return on which side of no difference an interval lies; 0 where it holds none."""
    return int(row["low"] > none) - int(row["high"] < none)


def _score(row: pd.Series, result: AnswerChange) -> str:
    said = {
        1: _("Scores are higher since the change (mean {size}; {interval}; {before} answers before "
             "and {after} after)."),
        -1: _("Scores are lower since the change (mean {size}; {interval}; {before} answers before "
              "and {after} after)."),
        0: _("Scores do not differ beyond chance since the change (mean {size}; {interval}; "
             "{before} answers before and {after} after)."),
    }  # fmt: skip
    counts = {"before": count(result.n_before), "after": count(result.n_after)}
    return said[_side(row)].format(**_figures(row), **counts)


def _figures(row: pd.Series) -> dict[str, str]:
    return {"size": size(str(row["figure"]), row["estimate"]), "interval": between(row)}


def _reweighted(crude: pd.Series, row: pd.Series) -> str:
    before, now = _side(crude), _side(row)
    if before and not now:
        said = _(
            "With the mix of answers held fixed no difference shows any more ({size}; {interval})."
        )
    elif before and now == before:
        said = _("With the mix of answers held fixed the difference remains ({size}; {interval}).")
    elif now > 0:
        said = _("With the mix of answers held fixed they are higher ({size}; {interval}).")
    elif now < 0:
        said = _("With the mix of answers held fixed they are lower ({size}; {interval}).")
    else:
        said = _(
            "With the mix of answers held fixed they do not differ either ({size}; {interval})."
        )
    return said.format(**_figures(row))


def _odds(row: pd.Series) -> str:
    said = (
        _("The odds of a higher score are {times} times ({interval}) those of before.")
        if _side(row, 1.0)
        else _(
            "The odds of a higher score are {times} times ({interval}) those of before, which "
            "chance can make."
        )
    )
    return said.format(times=number(row["estimate"], LEAST_DIGITS), interval=between(row))


def _response(row: pd.Series) -> str:
    said = {
        1: _("More people answer (response rate {size}; {interval})."),
        -1: _("Fewer people answer (response rate {size}; {interval})."),
        0: _("As many people answer as far as can be told (response rate {size}; {interval})."),
    }
    return said[_side(row)].format(**_figures(row))


def size(figure: str, value: float) -> str:
    """Return a difference as it is told: ``+0.41``, ``+6.7 points``, ``2.07×``."""
    if figure == ODDS:
        return f"{number(value, LEAST_DIGITS)}×"
    if figure == RESPONSE:
        return _("{size} points").format(size=points(value))
    return signed(value, LEAST_DIGITS)


def between(row: pd.Series) -> str:
    """Return the interval of a row of the table, on the side of no difference where it lies."""
    figure = str(row["figure"])
    ends = [float(row["low"]), float(row["high"])]
    if figure == RESPONSE:
        ends = [100 * end for end in ends]
    least = 1 if figure == RESPONSE else LEAST_DIGITS
    digits = digits_to_tell(ends, [NO_DIFFERENCE[figure]], least)
    write = number if figure == ODDS else signed
    return span(*(write(end, digits) for end in ends))


def _readable(result: AnswerChange) -> list[Note]:
    """Return the notes with the values that their sentences show."""
    return [
        note(f"answers_{given.code}", share=percent(float(str(given.values.get("share", 0)))))
        for given in result.notes
    ]
