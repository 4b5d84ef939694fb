"""What to say about control charts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from slm_analysis.analyses.chart_limits import NO_VARIATION
from slm_analysis.analyses.chart_summary import BETTER, MIXED, NOT_JUDGED, STEADY, WORSE
from slm_analysis.analyses.control_charts import ControlChart
from slm_analysis.analyses.run_patterns import BOTH
from slm_analysis.analyses.run_rules import RULES
from slm_analysis.presentation.chart import Caption
from slm_analysis.presentation.chart_series import ChartSeries, chart_series
from slm_analysis.presentation.numbers import (
    about_one_in,
    capitalised,
    continued,
    counted,
    in_words,
    listed,
    times,
)
from slm_analysis.presentation.views import Prose
from slm_analysis.presentation.words.caveats import caveats
from slm_analysis.result import Note, note

OVER = "No signal stands at the end; the earlier ones are over."
QUIET = "Only normal variation; no {period} deserves comment."
UNKNOWN_CAUSE = "Something in the process changed around then; what it was, this chart cannot say."
HOW_TO_READ = (
    "Each dot is one {period}. The solid line is the {middle} of its phase, the shaded band where "
    "almost all {period}s of a stable process fall. Grey dots are noise, and nothing is said about "
    "them. A filled, coloured shape is a signal that things got worse, a hollow one that they got "
    "better: a square stands in a long run on one side of the {middle}, a diamond beyond a limit. "
    "A circle with a dotted line is a {period} not complete yet, a cross an excluded one; both "
    "take no part. A small triangle at an edge stands for a value off the scale, which does not "
    "start at 0."
)
MOST_NAMED = 3
RUNS = ("longest_run", "same_side")
LEVELS = {
    "all_but_one": "lie far {side} the {middle}",
    "near_limits": "lie close to a limit, {side} the {middle}",
    "trend": "each lie {side} than the one before",
    "alternating": "go up and down in turn",
    "hugging": "stay unusually close to the {middle}",
    "avoiding": "stay away from the {middle}, on both sides of it",
}
"""What the members of the other patterns do."""
SIDES = {"above": "above", "below": "below", "rising": "higher", "falling": "lower", BOTH: ""}
KIND_NAMES = {
    "p'": "p' chart (Laney) of shares",
    "u'": "u' chart (Laney) of counts per exposure",
    "i": "individuals chart (XmR)",
    "i_log": "individuals chart on the log scale",
    "run": "run chart",
}
LIMITS = {
    "only_limits_judged": "runs not judged, as neighbouring points rest on the same values",
    "exact_limits": "exact binomial limits and chances of a side where under five cases are "
    "expected",
    "season_removed": "a yearly wave taken out first",
}
RULE_NAMES = {
    "core": "a point beyond a limit, Anhøj's long runs and few crossings",
    "western_electric": "Western Electric 1 to 4",
    "nelson": "Nelson 1 to 8",
    "mdc": "NHS Making Data Count",
}
ABOUT_METHOD = {
    "charts_read", "only_limits_judged", "limits_frozen", "log_scale", "sigma_z",
    "sigma_z_floored", "exact_limits", "season_removed",
}  # fmt: skip
"""Notes that the method's entry tells."""
SAID_WHEN_QUIET = {"no_data", "no_variation", "too_few_points"}
MANY = 2


# --- One series -------------------------------------------------------------------------------


def state(series: ChartSeries) -> str:
    """Return where a series stands: ``worse since 31 August 2026``, ``steady at about 97.3%``."""
    level = f" at about {average(series)}" if series.summary["direction"] == STEADY else ""
    return f"{direction(series)}{level}"


def direction(series: ChartSeries, *, brief: bool = False) -> str:
    """Return the direction of a series, and since when: ``worse since 31 August 2026``."""
    summary = series.summary
    if summary["direction"] in {BETTER, WORSE}:
        if pd.isna(summary["since"]):
            return f"{summary['direction']} lately"
        since = series.brief(summary["since"]) if brief else series.since(summary["since"])
        return f"{summary['direction']} since {since}"
    if summary["direction"] == MIXED:
        return "unsteady"
    if summary["direction"] == STEADY:
        return "steady"
    if summary["limits_kind"] == NO_VARIATION:
        return f"always {series.figure(summary['center'])}"
    return "no figures" if series.judged.empty else f"too few {series.period}s"


def average(series: ChartSeries) -> str:
    """Return the centre line of the last phase, on its side of the target."""
    return series.figures(series.summary["center"], series.summary["target"])[0]


def told(series: ChartSeries, signals: pd.DataFrame) -> list[str]:
    """Return a sentence for each signal; those beyond the same limit share one.

    Few crossings are the trace that a long run leaves, and told only where there is none.
    """
    patterns = signals["rule"].map(lambda rule: RULES[rule].pattern)
    runs, crossings = patterns.isin(RUNS), patterns == "crossings"
    sentences = [_run(series, signal) for _, signal in signals[runs].iterrows()]
    beyond = signals[patterns == "beyond"].groupby("side", sort=False)
    sentences += [_beyond(series, same) for _, same in beyond]
    for _, signal in signals[~runs & ~crossings & (patterns != "beyond")].iterrows():
        sentences.append(_pattern(series, signal, LEVELS[RULES[signal["rule"]].pattern]))
    if not runs.any():
        sentences += [_crossings(series, signal) for _, signal in signals[crossings].iterrows()]
    return sentences


def named(series: ChartSeries, text: str) -> str:
    """Return what is told under the name of its series."""
    return f"{series.name}: {continued(text)}" if series.name else text


def _span(series: ChartSeries, signal: pd.Series) -> str:
    """Return from when to when, or since when, a signal stands."""
    if signal["standing"]:
        return f"since {series.since(signal['start'])}"
    return f"from {series.since(signal['start'])} to {series.on(signal['end'])}"


def _run(series: ChartSeries, signal: pd.Series) -> str:
    last = series.members(signal).iloc[-1]
    center, _ = series.figures(last["center"], last["target"])
    number = capitalised(series.count_in_words(int(signal["n_members"])))
    verb = "lie" if signal["standing"] else "lay"
    return (
        f"{number} in a row, {_span(series, signal)}, {verb} {signal['side']} the {series.middle} "
        f"of {center}."
    )


def _beyond(series: ChartSeries, signals: pd.DataFrame) -> str:
    side = signals["side"].iloc[0]
    name, line = ("upper", "ucl") if side == "above" else ("lower", "lcl")
    members = pd.concat([series.members(signal) for _, signal in signals.iterrows()])
    last = members.iloc[-1]
    figure, limit = series.figures(last["value"], last[line])
    if series.rate:
        figure = f"{last['value'] * last['n']:,.0f} of {last['n']:,.0f}, {figure}"
    when = capitalised(series.on(last["time"]))
    found = f"{when} lies {side} the {name} limit of {limit}: {figure}."
    if len(members) == 1:
        return found
    number = capitalised(series.count_in_words(len(members)))
    return f"{number} lie {side} their {name} limits. The last: {continued(found)}"


def _crossings(series: ChartSeries, signal: pd.Series) -> str:
    phase = series.phases[series.phases["phase"] == signal["phase"]].iloc[0]
    lately = f", lately {signal['side']} it" if signal["side"] != BOTH else ""
    return (
        f"The {series.period}s keep to one side of the {series.middle} in long spells{lately}: "
        f"they change sides {times(int(phase['crossings']))}, where chance alone makes "
        f"{in_words(int(phase['crossings_min']))} or more."
    )


def _pattern(series: ChartSeries, signal: pd.Series, doing: str) -> str:
    number = capitalised(series.count_in_words(int(signal["n_members"])))
    does = doing.format(side=SIDES[signal["side"]], middle=series.middle)
    return f"{number}, {_span(series, signal)}, {does}."


def quiet(series: ChartSeries) -> str:
    """Return what to say of a series without a signal to tell."""
    if series.summary["direction"] == NOT_JUDGED:
        if series.summary["limits_kind"] == NO_VARIATION:
            return (
                f"Every {series.period} shows {series.figure(series.summary['center'])}; without "
                "variation there is nothing to judge."
            )
        if series.judged.empty:
            return "There is no figure to judge."
        return f"Too few {series.period}s to tell normal variation from change."
    return QUIET.format(period=series.period)


# --- A chart ----------------------------------------------------------------------------------


def standing(series: ChartSeries) -> pd.DataFrame:
    """Return the signals that still hold at the end."""
    return series.signals[series.signals["standing"]]


def over(series: ChartSeries) -> bool:
    """Whether a series had signals of which none stands any more."""
    return not series.signals.empty and standing(series).empty


def by_worry(chart: ControlChart) -> list[ChartSeries]:
    """Return the series, the most worrying first, then by the number of points judged."""
    rank = {name: at for at, name in enumerate((WORSE, MIXED, BETTER, STEADY, NOT_JUDGED))}
    return sorted(
        chart_series(chart),
        key=lambda one: (rank[one.summary["direction"]], -one.summary["n_points"]),
    )


def answer(states: Sequence[tuple[str, str]], kind: str = "series") -> str:
    """Return which of several series have a signal, from their names and directions."""
    signal = [name for name, direction in states if direction in {WORSE, MIXED, BETTER}]
    steady = sum(direction == STEADY for _, direction in states)
    left = len(states) - len(signal) - steady
    parts = []
    if not signal:
        parts.append(f"No {kind} has a signal")
    elif len(signal) == 1:
        parts.append(f"Only {signal[0]} has a signal")
    else:
        parts.append(f"{listed(signal, MOST_NAMED)} have signals")
    if steady:
        others = "the other " if signal and not left else ""
        parts.append(f"{others}{in_words(steady)} {'is' if steady == 1 else 'are'} steady")
    if left:
        parts.append(f"{in_words(left)} cannot be judged")
    return f"{parts[0]}; {' and '.join(parts[1:])}" if len(parts) > 1 else parts[0]


def say(chart: ControlChart) -> Prose:
    """Return the signals that still stand, of a single series also those that do not."""
    every = by_worry(chart)
    sentences = []
    for series in every:
        found = told(series, standing(series))
        if len(every) == 1 and over(series):
            found = [OVER, *told(series, series.signals)]
        sentences += [named(series, " ".join(found))] if found else []
    if not every:
        sentences = ["There is no series to judge."]
    elif not sentences:
        sentences = [quiet(every[0]) if len(every) == 1 else QUIET.format(period=every[0].period)]
    return Prose(sentences, [*reading(every), *chart_caveats(chart.notes, every)])


def caption(chart: ControlChart) -> Caption:
    """Return the words of the figure of a chart of one or several series."""
    every, prose = by_worry(chart), say(chart)
    if not every:
        return Caption("There is no series to judge", "", prose.sentences[0], prose.caveats)
    first = every[0]
    several = len(every) > 1
    names = [(one.name, one.summary["direction"]) for one in every]
    alone = f"{capitalised(state(first))}{', after earlier signals' if over(first) else ''}"
    scale = ", one scale for all, most worrying first" if several else ""
    return Caption(
        title=answer(names) if several else alone,
        subtitle=f"Each {first.period} with the limits of normal variation{scale}. "
        f"{counted(sum(len(one.judged) for one in every), first.period)} judged",
        sentence=" ".join(prose.sentences),
        caveats=prose.caveats,
        how_to_read=how_to_read(first),
    )


def how_to_read(series: ChartSeries) -> str:
    """Return how to read the figure."""
    return HOW_TO_READ.format(period=series.period, middle=series.middle)


# --- Method -----------------------------------------------------------------------------------


def method(chart: ControlChart) -> str:
    """Return kinds, limits, rules, charts read and false signals expected, for the reader."""
    told_of: dict[str, Mapping[str, Any]] = {given.code: given.values for given in chart.notes}
    read = told_of["charts_read"]
    kinds = [KIND_NAMES.get(kind, f"{kind} chart") for kind in chart.summary["kind"].unique()]
    parts = [listed(kinds) or "no chart"]
    if "limits_frozen" in told_of:
        frozen = told_of["limits_frozen"]
        parts.append(f"limits from {frozen['start']} to {frozen['end']} kept for what followed")
    else:
        parts.append("limits at three sigma, begun anew with each phase")
    parts += [text for code, text in LIMITS.items() if code in told_of]
    if "sigma_z" in told_of:
        ratios = told_of["sigma_z"]
        floor = ", at least 1 used" if "sigma_z_floored" in told_of else ""
        parts.append(f"sigma_z {ratios['lowest']:.2f} to {ratios['highest']:.2f}{floor}")
    rules = read["rules"]
    parts.append(f"rules: {RULE_NAMES[rules] if isinstance(rules, str) else ', '.join(rules)}")
    expected = read["expected_false"]
    false = "" if expected is None else f"; at most {expected:.1f} would if all were stable"
    charts = counted(read["charts"], "chart")
    parts.append(f"{charts} read, {read['with_signals']} with a signal at any time{false}")
    return "; ".join(parts)


# --- Caveats ----------------------------------------------------------------------------------


def reading(every: Sequence[ChartSeries]) -> list[str]:
    """Return how many charts were read, and how many false signals that implies."""
    read = [one for one in every if one.summary["n_points"] > 0]
    expected = sum(one.summary["false_signal_chance"] for one in read)
    if not read or pd.isna(expected):
        return []
    period = read[0].count(max(int(one.summary["n_points"]) for one in read))
    if len(read) == 1:
        case = about_one_in(expected)
        return [f"A stable chart of {period} shows a signal by chance in up to {case}."]
    if round(expected):
        many = f"up to about {in_words(round(expected))} would show a signal by chance"
    else:
        many = f"one would show a signal by chance in up to {about_one_in(expected)}"
    charts = capitalised(in_words(len(read)))
    return [f"{charts} charts of up to {period} were read; were all of them stable, {many}."]


def chart_caveats(notes: Sequence[Note], every: Sequence[ChartSeries]) -> list[str]:
    """Return the caveats about these series."""
    return caveats(_notes(notes, every))


def _notes(notes: Sequence[Note], every: Sequence[ChartSeries]) -> Iterator[Note]:
    """Yield the notes about these series, with the values that the sentences need."""
    period = every[0].period if every else "period"
    names = {one.name for one in every}
    for given in notes:
        if given.code in ABOUT_METHOD or (len(every) < MANY and given.code in SAID_WHEN_QUIET):
            continue
        concerned = [_name(key) for key in given.values.get("series", ())]  # type: ignore[attr-defined]
        shown = [name for name in concerned or names if name in names]
        if names and not shown:
            continue
        where = f" ({listed(shown, MOST_NAMED)})" if len(shown) < len(names) else ""
        yield note(f"chart_{given.code}", **{**given.values, "period": period, "where": where})


def _name(key: object) -> str:
    return ", ".join(map(str, key)) if isinstance(key, tuple) else str(key)
