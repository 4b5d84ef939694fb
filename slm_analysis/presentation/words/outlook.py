"""What to say about the period after the reported one."""

from __future__ import annotations

from collections.abc import Sequence

from slm_analysis.presentation import trend_series
from slm_analysis.presentation.chart import Caption
from slm_analysis.presentation.language import N_, _, ngettext
from slm_analysis.presentation.numbers import listed
from slm_analysis.presentation.periods import so_many_periods
from slm_analysis.presentation.trend_series import Heading
from slm_analysis.presentation.views import Prose
from slm_analysis.presentation.words import trend as trend_words
from slm_analysis.presentation.words.change_effect import confidence
from slm_analysis.presentation.words.stability import measure_of
from slm_analysis.questions.outlook import Outlook

NOTHING = N_("Nothing was promised that could be forecast")
LIKELY, EVEN = 0.9, 0.5
"""Chances from which on missing a goal is called likely, and as likely as not."""
MOST_NAMED = 3


def headings(result: Outlook) -> list[Heading]:
    """Return the services, the likeliest to miss its goal first."""
    return [] if result.trend is None else trend_series.headings(result.trend)


def say(result: Outlook) -> Prose:
    """Return direction, forecast, chance and record of each service, then the caveats."""
    every = headings(result)
    if result.trend is None:
        return Prose([_("{sentence}.").format(sentence=_(NOTHING))])
    return Prose(trend_words.told(every), trend_words.trend_caveats(result.trend, every))


def caption(result: Outlook) -> Caption:
    """Return the words of the figure."""
    every, prose = headings(result), say(result)
    if not every:
        return Caption(_(NOTHING), "", prose.sentences[0])
    return Caption(
        title=title(every),
        subtitle=_("{measure}: forecasts with {level} interval, from up to {used}").format(
            measure=measure_of(result.metric, result.freq),
            level=confidence(every[0].level),
            used=so_many_periods(int(result.services["n_points"].max()), result.freq),
        ),
        sentence=trend_words.sentence(every[0]),
        caveats=prose.caveats,
        how_to_read=trend_words.how_to_read(every[0], several=True),
    )


def title(every: Sequence[Heading]) -> str:
    """Return which services are likely to miss their goals."""
    when = every[0].when(every[0].row["time"])
    known = [one for one in every if one.known]
    if not known:
        return _("For {when} no service can be forecast yet").format(when=when)
    likely = [one.name for one in known if one.row["chance_missed"] >= LIKELY]
    if likely:
        form = ngettext(
            "{names} is likely to miss its goal in {when}",
            "{names} are likely to miss their goals in {when}",
            len(likely),
        )
        return form.format(names=listed(likely, MOST_NAMED), when=when)
    even = [one.name for one in known if one.row["chance_missed"] >= EVEN]
    if even:
        form = ngettext(
            "{names} may miss its goal in {when}",
            "{names} may miss their goals in {when}",
            len(even),
        )
        return form.format(names=listed(even, MOST_NAMED), when=when)
    return _("No service is likely to miss its goal in {when}").format(when=when)
