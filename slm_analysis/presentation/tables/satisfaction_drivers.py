"""What goes with satisfaction, as a table."""

from __future__ import annotations

from slm_analysis.presentation.numbers import NO_VALUE, capitalised, percent
from slm_analysis.presentation.views import Column, Table
from slm_analysis.presentation.words import satisfaction_drivers as words
from slm_analysis.questions.satisfaction_drivers import SatisfactionDrivers

COLUMNS = (
    Column("What"),
    Column("Scores"),
    Column("Share of the differences", numeric=True),
    Column("By chance", numeric=True, minor=True),
    Column("Points, all else alike", numeric=True),
    Column("Odds of a higher score", numeric=True, minor=True),
)


def table(result: SatisfactionDrivers) -> Table:
    """Return one row per driver, findings first."""
    rows, bad = [], []
    shares = () if result.drivers is None else result.drivers.shares.iterrows()
    for at, (_, row) in enumerate(shares):
        level = words.clearest(result, row["driver"]) if row["finding"] else None
        verdict = words.verdict(result, row)
        bad += [at] if verdict == "Lower" else []
        rows.append(
            [
                ": ".join(
                    filter(None, [capitalised(words.name(row["driver"])), words.compared(level)])
                ),
                verdict,
                words.share(row),
                percent(row["by_chance"]),
                NO_VALUE if level is None else words.points(level),
                words.odds(level),
            ]
        )
    return Table(f"What goes with the scores, {words.window(result)}", COLUMNS, rows, bad)
