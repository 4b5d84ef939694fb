"""What goes with satisfaction, as a table."""

from __future__ import annotations

from slm_analysis.presentation.language import _
from slm_analysis.presentation.numbers import NO_VALUE, capitalised, percent
from slm_analysis.presentation.views import Column, Table
from slm_analysis.presentation.words import satisfaction_drivers as words
from slm_analysis.questions.satisfaction_drivers import SatisfactionDrivers


def table(result: SatisfactionDrivers) -> Table:
    """Return one row per driver, findings first."""
    rows, bad = [], []
    shares = () if result.drivers is None else result.drivers.shares.iterrows()
    for at, (_label, row) in enumerate(shares):
        level = words.clearest(result, row["driver"]) if row["finding"] else None
        verdict = words.verdict(result, row)
        bad += [at] if verdict == words.LOWER else []
        rows.append(
            [
                _what(row["driver"], words.compared(level)),
                _(words.VERDICTS[verdict]),
                words.share(row),
                percent(row["by_chance"]),
                NO_VALUE if level is None else words.points(level),
                words.odds(level),
            ]
        )
    caption = _("What goes with the scores, {when}").format(when=words.window(result))
    return Table(caption, _columns(), rows, bad)


def _what(driver: str, compared: str) -> str:
    name = capitalised(words.name(driver))
    if not compared:
        return name
    return _("{driver}: {levels}").format(driver=name, levels=compared)


def _columns() -> tuple[Column, ...]:
    return (
        Column(_("What")),
        Column(_("Scores")),
        Column(_("Share of the differences"), numeric=True),
        Column(_("By chance"), numeric=True, minor=True),
        Column(_("Points, all else alike"), numeric=True),
        Column(_("Odds of a higher score"), numeric=True, minor=True),
    )
