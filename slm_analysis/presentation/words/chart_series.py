"""What to say about one series of a control chart."""

from __future__ import annotations

import pandas as pd

from slm_analysis.analyses.chart_limits import NO_VARIATION
from slm_analysis.analyses.chart_summary import BETTER, MIXED, NOT_JUDGED, STEADY, WORSE
from slm_analysis.analyses.run_patterns import ABOVE, BELOW, BOTH, FALLING, RISING
from slm_analysis.analyses.run_rules import RULES
from slm_analysis.presentation.chart_series import ChartSeries
from slm_analysis.presentation.language import N_, _
from slm_analysis.presentation.numbers import (
    capitalised,
    continued,
    in_words,
    share_of,
    times,
)

QUIET = N_("Only normal variation; no {period} deserves comment.")
UNKNOWN_CAUSE = N_(
    "Something in the process changed around then; what it was, this chart cannot say."
)
RUNS = ("longest_run", "same_side")
SINCE = {BETTER: N_("better since {date}"), WORSE: N_("worse since {date}")}
STANDING_RUN = {
    ABOVE: N_("{number} in a row, {span}, lie above the {middle} of {center}."),
    BELOW: N_("{number} in a row, {span}, lie below the {middle} of {center}."),
}
ENDED_RUN = {
    ABOVE: N_("{number} in a row, {span}, lay above the {middle} of {center}."),
    BELOW: N_("{number} in a row, {span}, lay below the {middle} of {center}."),
}
ONE_BEYOND = {
    ABOVE: N_("{when} lies above the upper limit of {limit}: {figure}."),
    BELOW: N_("{when} lies below the lower limit of {limit}: {figure}."),
}
MANY_BEYOND = {
    ABOVE: N_("{number} lie above their upper limits. The last: {last}"),
    BELOW: N_("{number} lie below their lower limits. The last: {last}"),
}
SPELL_BEYOND = {
    ABOVE: N_("{number} in a row, {span}, lie above their upper limits. The last: {last}"),
    BELOW: N_("{number} in a row, {span}, lie below their lower limits. The last: {last}"),
}
CROSSINGS = {
    ABOVE: N_(
        "Since {since} the {periods} lie higher than before; they change sides of the {middle} "
        "{times}, where chance alone mostly makes {least} or more."
    ),
    BELOW: N_(
        "Since {since} the {periods} lie lower than before; they change sides of the {middle} "
        "{times}, where chance alone mostly makes {least} or more."
    ),
    BOTH: N_(
        "The {periods} keep to one side of the {middle} in long spells: they change sides {times}, "
        "where chance alone mostly makes {least} or more."
    ),
}
PATTERNS = {
    ("all_but_one", ABOVE): N_("{number}, {span}, lie far above the {middle}."),
    ("all_but_one", BELOW): N_("{number}, {span}, lie far below the {middle}."),
    ("near_limits", ABOVE): N_("{number}, {span}, lie close to a limit, above the {middle}."),
    ("near_limits", BELOW): N_("{number}, {span}, lie close to a limit, below the {middle}."),
    ("trend", RISING): N_("{number}, {span}, each lie higher than the one before."),
    ("trend", FALLING): N_("{number}, {span}, each lie lower than the one before."),
    ("alternating", BOTH): N_("{number}, {span}, go up and down in turn."),
    ("hugging", BOTH): N_("{number}, {span}, stay unusually close to the {middle}."),
    ("avoiding", BOTH): N_("{number}, {span}, stay away from the {middle}, on both sides of it."),
}
"""What is said of every other pattern, by its side."""
MANY = 2


def state(series: ChartSeries) -> str:
    """Return where a series stands: ``worse since 31 August 2026``, ``steady at about 97.3%``."""
    if series.summary["direction"] == STEADY:
        return _("steady at about {average}").format(average=average(series))
    return direction(series)


def direction(series: ChartSeries, *, brief: bool = False) -> str:
    """Return the direction of a series, and since when: ``worse since 31 August 2026``."""
    summary = series.summary
    heading = summary["direction"]
    if heading in SINCE:
        since = series.brief(summary["since"]) if brief else series.since(summary["since"])
        return _(SINCE[heading]).format(date=since)
    if heading == MIXED:
        return _("unsteady")
    if heading == STEADY:
        return _("steady")
    if summary["limits_kind"] == NO_VARIATION:
        return _("always {figure}").format(figure=series.figure(summary["center"]))
    return _("no figures") if series.judged.empty else too_few(series.all)


def too_few(periods: str) -> str:
    """Return ``too few weeks``."""
    return _("too few {periods}").format(periods=periods)


def average(series: ChartSeries) -> str:
    """Return the centre line of the last phase, on its side of the target."""
    return series.figures(series.summary["center"], series.summary["target"])[0]


def told(series: ChartSeries, signals: pd.DataFrame) -> list[str]:
    """Return a sentence for each signal; those beyond the same limit share one.

    Few crossings are the trace that a long run leaves, and told only where there is none.
    """
    patterns = signals["rule"].map(lambda rule: RULES[rule].pattern)
    runs, crossings = patterns.isin(RUNS), patterns == "crossings"
    sentences = [_run(series, signal) for __, signal in signals[runs].iterrows()]
    beyond = signals[patterns == "beyond"].groupby("side", sort=False)
    sentences += [_beyond(series, same) for __, same in beyond]
    others = signals[~runs & ~crossings & (patterns != "beyond")]
    sentences += [_pattern(series, signal) for __, signal in others.iterrows()]
    if not runs.any():
        sentences += [_crossings(series, signal) for __, signal in signals[crossings].iterrows()]
    return sentences


def named(series: ChartSeries, text: str) -> str:
    """Return what is told under the name of its series."""
    if not series.name:
        return text
    return _("{name}: {text}").format(name=series.name, text=continued(text))


def _span(series: ChartSeries, signal: pd.Series) -> str:
    """Return from when to when, or since when, a signal stands."""
    start = series.since(signal["start"])
    if signal["standing"]:
        return _("since {date}").format(date=start)
    return _("from {start} to {end}").format(start=start, end=series.on(signal["end"]))


def _run(series: ChartSeries, signal: pd.Series) -> str:
    last = series.members(signal).iloc[-1]
    center, __ = series.figures(last["center"], last["target"])
    form = (STANDING_RUN if signal["standing"] else ENDED_RUN)[signal["side"]]
    return _(form).format(
        number=capitalised(series.count_in_words(int(signal["n_members"]))),
        span=_span(series, signal),
        middle=series.middle,
        center=center,
    )


def _beyond(series: ChartSeries, signals: pd.DataFrame) -> str:
    side = signals["side"].iloc[0]
    members = pd.concat([series.members(signal) for __, signal in signals.iterrows()])
    last = members.iloc[-1]
    figure, limit = series.figures(last["value"], last["ucl" if side == ABOVE else "lcl"])
    if series.rate:
        figure = share_of(last["value"] * last["n"], last["n"], figure)
    when = capitalised(series.on(last["time"]))
    found = _(ONE_BEYOND[side]).format(when=when, limit=limit, figure=figure)
    if len(members) == 1:
        return found
    number = capitalised(series.count_in_words(len(members)))
    if len(signals) == 1 and signals["standing"].all():
        span = _span(series, signals.iloc[0])
        return _(SPELL_BEYOND[side]).format(number=number, span=span, last=continued(found))
    return _(MANY_BEYOND[side]).format(number=number, last=continued(found))


def _crossings(series: ChartSeries, signal: pd.Series) -> str:
    phase = series.phases[series.phases["phase"] == signal["phase"]].iloc[0]
    return _(CROSSINGS[signal["side"]]).format(
        since=series.since(signal["start"]),
        periods=series.all,
        middle=series.middle,
        times=times(int(phase["crossings"])),
        least=in_words(int(phase["crossings_min"])),
    )


def _pattern(series: ChartSeries, signal: pd.Series) -> str:
    return _(PATTERNS[RULES[signal["rule"]].pattern, signal["side"]]).format(
        number=capitalised(series.count_in_words(int(signal["n_members"]))),
        span=_span(series, signal),
        middle=series.middle,
    )


def quiet(series: ChartSeries) -> str:
    """Return what to say of a series without a signal to tell."""
    if series.summary["direction"] != NOT_JUDGED:
        return _(QUIET).format(period=series.one)
    if series.summary["limits_kind"] == NO_VARIATION:
        return _(
            "Every {period} shows {figure}; without variation there is nothing to judge."
        ).format(period=series.one, figure=series.figure(series.summary["center"]))
    if series.judged.empty:
        return _("There is no figure to judge.")
    return _("Too few {periods} to tell normal variation from change.").format(periods=series.all)


def standing(series: ChartSeries) -> pd.DataFrame:
    """Return the signals that still hold at the end."""
    return series.signals[series.signals["standing"]]


def over(series: ChartSeries) -> bool:
    """Whether a series had signals of which none stands any more."""
    return not series.signals.empty and standing(series).empty
