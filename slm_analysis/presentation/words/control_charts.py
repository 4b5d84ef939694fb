"""What to say about control charts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from slm_analysis.analyses.chart_summary import BETTER, MIXED, NOT_JUDGED, STEADY, WORSE
from slm_analysis.analyses.control_charts import ControlChart
from slm_analysis.presentation.chart import Caption
from slm_analysis.presentation.chart_series import ChartSeries, chart_series
from slm_analysis.presentation.language import N_, _, joined, ngettext
from slm_analysis.presentation.numbers import (
    about_one_in,
    capitalised,
    counted,
    enumerated,
    in_words,
    itemised,
    listed,
    span,
)
from slm_analysis.presentation.periods import all_periods, one_period, so_many_periods
from slm_analysis.presentation.views import Prose
from slm_analysis.presentation.words.caveats import caveats
from slm_analysis.presentation.words.chart_series import (
    MANY,
    QUIET,
    named,
    over,
    quiet,
    standing,
    state,
    told,
)
from slm_analysis.result import Note, note

OVER = N_("No signal stands at the end; the earlier ones are over.")
HOW_TO_READ = N_(
    "Each dot is one {period}. The solid line is the {middle} of its phase, the shaded band where "
    "almost all {periods} of a stable process fall. Grey dots are noise, and nothing is said about "
    "them. A filled, coloured shape is a signal that things got worse, a hollow one that they got "
    "better: a square stands in a long run on one side of the {middle}, a diamond beyond a limit. "
    "A circle with a dotted line is a {period} not complete yet, a cross an excluded one; both "
    "take no part. A small triangle at an edge stands for a value off the scale, which does not "
    "start at 0."
)
MOST_NAMED = 3
NO_SERIES = N_("No series has a signal")
KIND = N_("{kind} chart")
KIND_NAMES = {
    "p'": N_("p' chart (Laney) of shares"),
    "u'": N_("u' chart (Laney) of counts per exposure"),
    "i": N_("individuals chart (XmR)"),
    "i_log": N_("individuals chart on the log scale"),
    "run": N_("run chart"),
}
LIMITS = {
    "only_limits_judged": N_("runs not judged, as neighbouring points rest on the same values"),
    "exact_limits": N_(
        "exact binomial limits and chances of a side where under five cases are expected"
    ),
    "season_removed": N_("a yearly wave taken out first"),
}
RULE_NAMES = {
    "core": N_("a point beyond a limit, Anhøj's long runs and few crossings"),
    "western_electric": N_("Western Electric 1 to 4"),
    "nelson": N_("Nelson 1 to 8"),
    "mdc": N_("NHS Making Data Count"),
}
ABOUT_METHOD = {
    "charts_read", "only_limits_judged", "limits_frozen", "log_scale", "sigma_z",
    "sigma_z_floored", "exact_limits", "season_removed",
}  # fmt: skip
"""Notes that the method's entry tells."""
SAID_WHEN_QUIET = {"no_data", "no_variation", "too_few_points"}

# --- A chart ----------------------------------------------------------------------------------


def by_worry(chart: ControlChart) -> list[ChartSeries]:
    """Return the series, the most worrying first, then by the number of points judged."""
    rank = {name: at for at, name in enumerate((WORSE, MIXED, BETTER, STEADY, NOT_JUDGED))}
    return sorted(
        chart_series(chart),
        key=lambda one: (rank[one.summary["direction"]], -one.summary["n_points"]),
    )


def answer(states: Sequence[tuple[str, str]], none: str = NO_SERIES) -> str:
    """Return which of several series have a signal, from their names and directions.

    Parameters
    ----------
    states : sequence of tuple
        Name and direction.
    none : str
        What to say where none has one; a marked text.
    """
    signal = [name for name, direction in states if direction in {WORSE, MIXED, BETTER}]
    steady = sum(direction == STEADY for __, direction in states)
    left = len(states) - len(signal) - steady
    if not signal:
        found = _(none)
    elif len(signal) == 1:
        found = _("Only {name} has a signal").format(name=signal[0])
    else:
        found = _("{names} have signals").format(names=listed(signal, MOST_NAMED))
    rest = _rest(steady, left, every_other=bool(signal) and not left)
    return _("{answer}; {rest}").format(answer=found, rest=rest) if rest else found


def _rest(steady: int, left: int, *, every_other: bool) -> str:
    """Return how many are steady, and how many cannot be judged."""
    held = ngettext("{number} is steady", "{number} are steady", steady)
    if every_other:
        held = ngettext("the other {number} is steady", "the other {number} are steady", steady)
    calm = held.format(number=in_words(steady)) if steady else ""
    unknown = _("{number} cannot be judged").format(number=in_words(left)) if left else ""
    if calm and unknown:
        return _("{one} and {other}").format(one=calm, other=unknown)
    return calm or unknown


def say(chart: ControlChart) -> Prose:
    """Return the signals that still stand, of a single series also those that do not."""
    every = by_worry(chart)
    sentences = []
    for series in every:
        found = told(series, standing(series))
        if len(every) == 1 and over(series):
            found = [_(OVER), *told(series, series.signals)]
        sentences += [named(series, joined(found))] if found else []
    if not every:
        sentences = [_("There is no series to judge.")]
    elif not sentences:
        first = every[0]
        sentences = [quiet(first) if len(every) == 1 else _(QUIET).format(period=first.one)]
    return Prose(sentences, [*reading(every), *chart_caveats(chart.notes, every)])


def caption(chart: ControlChart) -> Caption:
    """Return the words of the figure of a chart of one or several series."""
    every, prose = by_worry(chart), say(chart)
    if not every:
        title = _("There is no series to judge")
        return Caption(title, "", prose.sentences[0], prose.caveats)
    first = every[0]
    if len(every) > 1:
        title = answer([(one.name, one.summary["direction"]) for one in every])
        subtitle = _(
            "Each {period} with the limits of normal variation, one scale for all, most worrying "
            "first. {judged} judged"
        )
    else:
        title = capitalised(state(first))
        if over(first):
            title = _("{state}, after earlier signals").format(state=title)
        subtitle = _("Each {period} with the limits of normal variation. {judged} judged")
    judged = first.count(sum(len(one.judged) for one in every))
    return Caption(
        title=title,
        subtitle=subtitle.format(period=first.one, judged=judged),
        sentence=joined(prose.sentences),
        caveats=prose.caveats,
        how_to_read=how_to_read(first),
    )


def how_to_read(series: ChartSeries) -> str:
    """Return how to read the figure."""
    return _(HOW_TO_READ).format(period=series.one, periods=series.all, middle=series.middle)


# --- Method -----------------------------------------------------------------------------------


def method(chart: ControlChart) -> str:
    """Return kinds, limits, rules, charts read and false signals expected, for the reader."""
    told_of: dict[str, Mapping[str, Any]] = {given.code: given.values for given in chart.notes}
    read = told_of["charts_read"]
    kinds = [_(KIND_NAMES.get(kind, KIND)).format(kind=kind) for kind in chart.summary["kind"]]
    parts = [listed([*dict.fromkeys(kinds)]) or _("no chart")]
    if "limits_frozen" in told_of:
        parts.append(
            _("limits from {start} to {end} kept for what followed").format(
                **told_of["limits_frozen"]
            )
        )
    else:
        parts.append(_("limits at three sigma, begun anew with each phase"))
    parts += [_(text) for code, text in LIMITS.items() if code in told_of]
    if "sigma_z" in told_of:
        ratios = span(*(f"{told_of['sigma_z'][end]:.2f}" for end in ("lowest", "highest")))
        floored = "sigma_z_floored" in told_of
        form = _("sigma_z {ratios}, at least 1 used") if floored else _("sigma_z {ratios}")
        parts.append(form.format(ratios=ratios))
    rules = read["rules"]
    named_rules = _(RULE_NAMES[rules]) if isinstance(rules, str) else enumerated(rules)
    parts.append(_("rules: {rules}").format(rules=named_rules))
    parts.append(_charts_read(**read))
    return itemised(parts)


def _charts_read(charts: int, with_signals: int, expected_false: float | None, **_rest: Any) -> str:
    number = counted(charts, "{n} chart", "{n} charts")
    if expected_false is None:
        return _("{charts} read, {signals} with a signal at any time").format(
            charts=number, signals=with_signals
        )
    return _(
        "{charts} read, {signals} with a signal at any time; at most {false} would if all were "
        "stable"
    ).format(charts=number, signals=with_signals, false=f"{expected_false:.1f}")


# --- Caveats ----------------------------------------------------------------------------------


def reading(every: Sequence[ChartSeries]) -> list[str]:
    """Return how many charts were read, and how many false signals that implies."""
    read = [one for one in every if one.summary["n_points"] > 0]
    expected = sum(one.summary["false_signal_chance"] for one in read)
    if not read or pd.isna(expected):
        return []
    period = read[0].count(max(int(one.summary["n_points"]) for one in read))
    if len(read) == 1:
        return [
            _("A stable chart of {period} shows a signal by chance in up to {case}.").format(
                period=period, case=about_one_in(expected)
            )
        ]
    charts = capitalised(in_words(len(read)))
    if round(expected):
        return [
            _(
                "{charts} charts of up to {period} were read; were all of them stable, up to about "
                "{number} would show a signal by chance."
            ).format(charts=charts, period=period, number=in_words(round(expected)))
        ]
    return [
        _(
            "{charts} charts of up to {period} were read; were all of them stable, one would show "
            "a signal by chance in up to {case}."
        ).format(charts=charts, period=period, case=about_one_in(expected))
    ]


def chart_caveats(notes: Sequence[Note], every: Sequence[ChartSeries]) -> list[str]:
    """Return the caveats about these series."""
    return caveats(_notes(notes, every))


def _notes(notes: Sequence[Note], every: Sequence[ChartSeries]) -> Iterator[Note]:
    """Yield the notes about these series, with the values that the sentences need."""
    period = every[0].period if every else None
    called = {"period": one_period(period), "periods": all_periods(period)}

    def values(given: Note) -> Mapping[str, object]:
        enough = given.values.get("enough")
        many = {} if enough is None else {"enough": so_many_periods(int(str(enough)), period)}
        return {**given.values, **called, **many}

    names = {one.name for one in every}
    for given in notes:
        if given.code in ABOUT_METHOD or (len(every) < MANY and given.code in SAID_WHEN_QUIET):
            continue
        concerned = [_name(key) for key in given.values.get("series", ())]  # type: ignore[attr-defined]
        shown = [name for name in concerned or names if name in names]
        if names and not shown:
            continue
        where = among(shown) if len(shown) < len(names) else ""
        yield note(f"chart_{given.code}", **{**values(given), "where": where})


def among(names: Sequence[str]) -> str:
    """Return which series a caveat concerns, to stand behind a word of it."""
    return _(" ({names})").format(names=listed(names, MOST_NAMED))


def _name(key: object) -> str:
    return enumerated(map(str, key)) if isinstance(key, tuple) else str(key)
