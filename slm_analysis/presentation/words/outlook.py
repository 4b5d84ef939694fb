"""What to say about the period after the reported one."""

from __future__ import annotations

from collections.abc import Sequence

from slm_analysis.presentation.chart import Caption
from slm_analysis.presentation.numbers import counted, listed
from slm_analysis.presentation.views import Prose
from slm_analysis.presentation.words import trend as trend_words
from slm_analysis.presentation.words.change_effect import confidence
from slm_analysis.presentation.words.stability import SHARES
from slm_analysis.presentation.words.trend import Heading
from slm_analysis.questions.outlook import Outlook

NOTHING = "Nothing was promised that could be forecast"
LIKELY, EVEN = 0.9, 0.5
"""Chances from which on missing a goal is called likely, and as likely as not."""
MOST_NAMED = 3


def headings(result: Outlook) -> list[Heading]:
    """Return the services, the likeliest to miss its goal first."""
    return [] if result.trend is None else trend_words.headings(result.trend)


def say(result: Outlook) -> Prose:
    """Return direction, forecast, chance and record of each service, then the caveats."""
    every = headings(result)
    if result.trend is None:
        return Prose([f"{NOTHING}."])
    return Prose(trend_words.told(every), trend_words.trend_caveats(result.trend, every))


def caption(result: Outlook) -> Caption:
    """Return the words of the figure."""
    every, prose = headings(result), say(result)
    if not every:
        return Caption(NOTHING, "", prose.sentences[0])
    shown = [one for one in every if one.row["chance_missed"] >= EVEN] or every[:1]
    used = counted(int(result.services["n_points"].max()), result.freq)
    return Caption(
        title=title(every),
        subtitle=f"Share of {SHARES[result.metric]} per {result.freq}: forecasts with "
        f"{confidence(every[0].level)} interval, from up to {used}",
        sentence=" ".join(trend_words.sentence(one) for one in shown[:MOST_NAMED]),
        caveats=prose.caveats,
        how_to_read=trend_words.how_to_read(every[0], several=True),
    )


def title(every: Sequence[Heading]) -> str:
    """Return which services are likely to miss their goals."""
    when = every[0].when(every[0].row["time"])
    known = [one for one in every if one.known]
    if not known:
        return f"For {when} no service can be forecast yet"
    likely = [one.name for one in known if one.row["chance_missed"] >= LIKELY]
    if likely:
        verb = "is" if len(likely) == 1 else "are"
        goal = "its goal" if len(likely) == 1 else "their goals"
        return f"{listed(likely, MOST_NAMED)} {verb} likely to miss {goal} in {when}"
    even = [one.name for one in known if one.row["chance_missed"] >= EVEN]
    if even:
        goal = "its goal" if len(even) == 1 else "their goals"
        return f"{listed(even, MOST_NAMED)} may miss {goal} in {when}"
    return f"No service is likely to miss its goal in {when}"
