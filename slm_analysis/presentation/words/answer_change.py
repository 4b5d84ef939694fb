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
from slm_analysis.presentation.numbers import (
    count,
    digits_to_tell,
    number,
    percent,
    points,
    signed,
)
from slm_analysis.presentation.views import Prose
from slm_analysis.presentation.words.caveats import caveats
from slm_analysis.result import Note, note

FIGURES = {
    CRUDE: "mean score",
    REWEIGHTED: "mean score, mix of answers held fixed",
    ODDS: "odds of a higher score",
    RESPONSE: "response rate",
}
NO_DIFFERENCE = {CRUDE: 0.0, REWEIGHTED: 0.0, ODDS: 1.0, RESPONSE: 0.0}
LEAST_DIGITS = 2
TWO_TIMES = "Two times are compared, without trend or season."


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
    return Prose(told, [*caveats(_readable(result)), TWO_TIMES])


def _side(row: pd.Series, none: float = 0.0) -> int:
    """Return on which side of no difference an interval lies; 0 where it holds none."""
    return int(row["low"] > none) - int(row["high"] < none)


def _score(row: pd.Series, result: AnswerChange) -> str:
    answers = f"{count(result.n_before)} answers before and {count(result.n_after)} after"
    word = {1: "are higher", -1: "are lower", 0: "do not differ beyond chance"}[_side(row)]
    figures = f"mean {size(CRUDE, row['estimate'])}; {between(row)}"
    return f"Scores {word} since the change ({figures}; {answers})."


def _reweighted(crude: pd.Series, row: pd.Series) -> str:
    figures = f"{size(REWEIGHTED, row['estimate'])}; {between(row)}"
    before, now = _side(crude), _side(row)
    if before and not now:
        return f"With the mix of answers held fixed no difference shows any more ({figures})."
    if before and now == before:
        return f"With the mix of answers held fixed the difference remains ({figures})."
    if now:
        word = "higher" if now > 0 else "lower"
        return f"With the mix of answers held fixed they are {word} ({figures})."
    return f"With the mix of answers held fixed they do not differ either ({figures})."


def _odds(row: pd.Series) -> str:
    side = _side(row, 1.0)
    end = "." if side else ", which chance can make."
    figures = f"{number(row['estimate'], LEAST_DIGITS)} times ({between(row)})"
    return f"The odds of a higher score are {figures} those of before{end}"


def _response(row: pd.Series) -> str:
    word = {1: "More people answer", -1: "Fewer people answer", 0: "As many people answer as far "
            "as can be told"}[_side(row)]  # fmt: skip
    return f"{word} (response rate {size(RESPONSE, row['estimate'])}; {between(row)})."


def size(figure: str, value: float) -> str:
    """Return a difference as it is told: ``+0.41``, ``+6.7 points``, ``2.07×``."""
    if figure == ODDS:
        return f"{number(value, LEAST_DIGITS)}×"
    return f"{points(value)} points" if figure == RESPONSE else signed(value, LEAST_DIGITS)


def between(row: pd.Series) -> str:
    """Return the interval of a row of the table, on the side of no difference where it lies."""
    figure = str(row["figure"])
    ends = [float(row["low"]), float(row["high"])]
    if figure == RESPONSE:
        ends = [100 * end for end in ends]
    least = 1 if figure == RESPONSE else LEAST_DIGITS
    digits = digits_to_tell(ends, [NO_DIFFERENCE[figure]], least)
    write = number if figure == ODDS else signed
    return " to ".join(write(end, digits) for end in ends)


def _readable(result: AnswerChange) -> list[Note]:
    """Return the notes with the values that their sentences show."""
    return [
        note(f"answers_{given.code}", share=percent(float(str(given.values.get("share", 0)))))
        for given in result.notes
    ]
