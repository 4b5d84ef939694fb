"""What to say about the stability of a unit's services."""

from __future__ import annotations

import pandas as pd

from slm_analysis.analyses.chart_limits import NO_VARIATION
from slm_analysis.analyses.chart_summary import BETTER, MIXED, NOT_JUDGED, STEADY, WORSE
from slm_analysis.presentation import numbers
from slm_analysis.presentation.chart import Caption
from slm_analysis.presentation.chart_series import ChartSeries, chart_series
from slm_analysis.presentation.language import N_, _, joined, ngettext
from slm_analysis.presentation.numbers import capitalised, count, in_words, listed
from slm_analysis.presentation.periods import one_period, so_many_periods
from slm_analysis.presentation.views import Headline, Prose
from slm_analysis.presentation.words import chart_series as series_words
from slm_analysis.presentation.words import control_charts as chart_words
from slm_analysis.presentation.words.chart_series import (
    UNKNOWN_CAUSE,
    average,
    named,
    quiet,
    told,
)
from slm_analysis.presentation.words.control_charts import chart_caveats, reading
from slm_analysis.questions.on_record import CHANGES, OUTAGES
from slm_analysis.questions.stability import RECENT, Stability

MOST_NAMED = 3
MEASURES = {
    "resolution_time": N_("Share of tickets resolved in time per {period}"),
    "response_time": N_("Share of tickets answered in time per {period}"),
}
NOTHING = N_("Nothing was promised that could be charted")
NO_SERVICE = N_("No service has a signal")
STANDING = (WORSE, MIXED, BETTER)
SEVERAL = {
    WORSE: N_("{number} services are worse: {names}"),
    MIXED: N_("{number} services are unsteady: {names}"),
    BETTER: N_("{number} services are better: {names}"),
}
GROUPS = {
    WORSE: N_("Worse"),
    MIXED: N_("Unsteady"),
    BETTER: N_("Better"),
    STEADY: N_("Steady"),
    NOT_JUDGED: N_("Not judged"),
}
NONE_ON_RECORD = {
    (CHANGES,): N_("No process change of this unit is on record around then."),
    (OUTAGES,): N_("No outage of this service is on record around then."),
    (CHANGES, OUTAGES): N_(
        "Neither a process change of this unit nor an outage of this service is on record around "
        "then."
    ),
}
"""By the tables that the exports have."""
ALL_IN_TIME = N_("All tickets in time")
BELOW_TARGET = N_("Steady below target")


def services(result: Stability) -> list[ChartSeries]:
    """Return the services, the most worrying first."""
    return chart_series(result.chart, list(result.services["service"]))


def found(result: Stability, series: ChartSeries) -> list[str]:
    """Return a sentence for each signal of a service that counts in the reported period."""
    return told(series, result.signals[result.signals["service"] == series.name])


def over(result: Stability, series: ChartSeries) -> pd.DataFrame:
    """Return the signals of the reported period that a steady service is over."""
    own = result.signals[result.signals["service"] == series.name]
    return own[own["new"] & (series.summary["direction"] == STEADY)]


def direction(result: Stability, series: ChartSeries) -> str:
    """Return where a service stands; one that had its signal and is over it, after when."""
    gone = over(result, series)
    if len(gone):
        return _("steady again after {when}").format(when=series.on(gone["end"].max()))
    return series_words.direction(series)


def brief_direction(result: Stability, series: ChartSeries) -> str:
    """Return where a service stands in few letters: ``worse since 31 Aug``, ``steady again``."""
    if len(over(result, series)):
        return _("steady again")
    return series_words.direction(series, brief=True)


def state(result: Stability, series: ChartSeries) -> str:
    """Return where a service stands, a steady one with its level: ``steady at about 97.3%``."""
    if len(over(result, series)):
        return direction(result, series)
    return series_words.state(series)


def below_target(result: Stability) -> list[ChartSeries]:
    """Return the steady services of which most periods miss the target."""
    missed = result.services.loc[result.services["steadily_missed"], "service"].tolist()
    return [one for one in services(result) if one.name in missed]


def level(series: ChartSeries) -> str:
    """Return what a steady service below its target asks for."""
    return _(
        "Steady at about {average}, below the target of {goal}. Waiting will not help; the process "
        "or the target must change."
    ).format(average=average(series), goal=series.tick(series.summary["target"]))


def around(result: Stability, series: ChartSeries) -> str:
    """Return what is on record around the time since when a service differs."""
    record = result.on_record
    found = record.found[record.found["service"] == series.name]
    if found.empty:
        nothing = NONE_ON_RECORD.get(tuple(record.searched))
        return _(nothing) if nothing else ""
    changes, outages = (found[found["table"] == name] for name in (CHANGES, OUTAGES))
    items = [_change(row, series.name) for _at, row in changes.iterrows()]
    if len(outages):
        text = ngettext("an outage on {date}", "{n} outages, the first on {date}", len(outages))
        first = numbers.date(outages["day"].iloc[0])
        items.append(text.format(n=in_words(len(outages)), date=first))
    return _("On record around then: {items}. What came before need not be the reason.").format(
        items=listed(items, MOST_NAMED)
    )


def _change(row: pd.Series, service: str) -> str:
    """Return a process change with its date, and its service where that is another."""
    form = _("“{change}” ({date})")
    if not pd.isna(row["of"]) and row["of"] != service:
        form = _("“{change}” of {service} ({date})")
    return form.format(change=row["description"], service=row["of"], date=numbers.date(row["day"]))


# --- Headline ---------------------------------------------------------------------------------


def headline(result: Stability) -> Headline:
    """Return the top of the page on stability."""
    every = services(result)
    if not every:
        return Headline(
            title=_(NOTHING),
            lead=_("No agreement has this target for the tickets of this unit."),
            what=_("No chart to read."),
            sure=_("Nothing can be said."),
            next=_("Check which services and targets the agreements name."),
        )
    first = every[0]
    sentences = found(result, first)
    link, advice = _next(result, first)
    return Headline(
        title=_title(result),
        lead=named(first, joined(sentences)) if sentences else quiet(first),
        what=_what(result),
        sure=joined(reading(every)) or _("Without a figure nothing can be said."),
        next=advice,
        link=link,
    )


def _title(result: Stability) -> str:
    table, when = result.services, numbers.period(result.period_start, result.period_end)
    if _perfect(table).all():
        return _("All tickets were in time; there is no variation to judge")
    if (table["direction"] == NOT_JUDGED).all():
        return _("No service can be judged yet")
    new = (table["new_unfavourable"] + table["new_favourable"]) > 0
    standing = table["direction"].isin(STANDING)
    still = table[(table["direction"] == WORSE) & ~new]
    missed = table[table["steadily_missed"]]
    if new.any():
        title = _news(result, table[new], when)
    elif standing.any():
        title = _("No new signal in {when}").format(when=when)
    else:
        title = _("No signal in {when}").format(when=when)
    if len(still) and new.any():
        form = ngettext(
            "{title}, and {names} is still worse",
            "{title}, and {names} are still worse",
            len(still),
        )
        return form.format(title=title, names=_names(still))
    if len(still):
        form = ngettext(
            "{title}, but {names} is still worse",
            "{title}, but {names} are still worse",
            len(still),
        )
        return form.format(title=title, names=_names(still))
    if len(missed) and not standing.any():
        form = ngettext(
            "{title}, but {names} is steadily below target",
            "{title}, but {names} are steadily below target",
            len(missed),
        )
        return form.format(title=title, names=_names(missed))
    return title


def _news(result: Stability, new: pd.DataFrame, when: str) -> str:
    """Return what the signals say that were completed in the reported period."""
    standing = new[new["direction"].isin(STANDING)]
    if standing.empty:
        form = ngettext(
            "{names} had a signal in {when} and is steady again",
            "{names} had a signal in {when} and are steady again",
            len(new),
        )
        return form.format(names=_names(new), when=when)
    worst = standing.iloc[0]["direction"]
    alike = standing[standing["direction"] == worst]
    if len(alike) > 1:
        number = capitalised(in_words(len(alike)))
        return _(SEVERAL[worst]).format(number=number, names=_names(alike))
    series = next(one for one in services(result) if one.name == alike.iloc[0]["service"])
    form = _("{name} is {state}") if worst == MIXED else _("{name} has been {state}")
    return form.format(name=series.name, state=series_words.state(series))


def _perfect(table: pd.DataFrame) -> pd.Series:
    """Return which services met every ticket, so that nothing varies."""
    return (table["limits_kind"] == NO_VARIATION) & (table["center"] == 1)


def _names(rows: pd.DataFrame) -> str:
    return listed(rows["service"].tolist(), MOST_NAMED)


def _what(result: Stability) -> str:
    table = result.services
    group = table["direction"].map(GROUPS).mask(_perfect(table), ALL_IN_TIME)
    group = group.mask(table["steadily_missed"], BELOW_TARGET)
    groups = {
        name: table.loc[group == name, "service"].tolist()
        for name in (*GROUPS.values(), BELOW_TARGET, ALL_IN_TIME)
    }
    return joined(_group(name, names) for name, names in groups.items() if names)


def _group(name: str, services: list[str]) -> str:
    return _("{group}: {names}.").format(group=_(name), names=listed(services))


def _next(result: Stability, first: ChartSeries) -> tuple[str, str]:
    """Return the notebook that the next step leads to, and the step."""
    heading = first.summary["direction"]
    if heading == WORSE:
        advice = _("See what goes with the late tickets of {service}.")
        if (result.on_record.found["service"] == first.name).any():
            advice = _(
                "See what goes with the late tickets of {service}, and ask about what is on "
                "record around then."
            )
        return "03_root_causes", advice.format(service=first.name)
    if heading == MIXED:
        advice = _("See what differs between the spells of {service}.").format(service=first.name)
        return "03_root_causes", advice
    if heading == BETTER:
        advice = _("See whether a change went before it, and keep {service} so.")
        return "05_process_changes", advice.format(service=first.name)
    return "", _next_where_nothing_stands(result, first)


def _next_where_nothing_stands(result: Stability, first: ChartSeries) -> str:
    gone, missed = over(result, first), below_target(result)
    if len(gone):
        return _("Ask what happened in {service} around {when}.").format(
            service=first.name, when=first.on(gone["end"].max())
        )
    if missed:
        return named(missed[0], level(missed[0]))
    if first.summary["direction"] == STEADY or _perfect(result.services).all():
        return _("No action is needed, and no single figure needs an explanation.")
    return _("Ask again when more {periods} are in.").format(periods=first.all)


# --- Sentences --------------------------------------------------------------------------------


def _nothing() -> str:
    return _("{sentence}.").format(sentence=_(NOTHING))


def say(result: Stability) -> Prose:
    """Return a sentence for each signal that counts, then what is steady, and the caveats."""
    every = services(result)
    if not every:
        return Prose([_nothing()])
    missed = below_target(result)
    told_of = [(series, found(result, series)) for series in every]
    sentences = [named(series, joined(texts)) for series, texts in told_of if texts]
    steady = [one for one in every if one.summary["direction"] == STEADY and one not in missed]
    if not sentences:
        sentences = [quiet(next(iter([*steady, *missed, *every])))]
    elif steady:
        sentences.append(_group(GROUPS[STEADY], [one.name for one in steady]))
    sentences += [named(one, level(one)) for one in missed]
    return Prose(sentences, [*reading(every), *chart_caveats(result.notes, every)])


def measure(result: Stability) -> str:
    """Return what is charted: ``Share of tickets resolved in time per week``."""
    return measure_of(result.metric, result.freq)


def measure_of(metric: str, freq: str) -> str:
    """Return what the figures of a metric are, by week or month."""
    return _(MEASURES[metric]).format(period=one_period(freq))


def main_caption(result: Stability) -> Caption:
    """Return the words of the figure of the most worrying service."""
    every = services(result)
    if not every:
        return Caption(_(NOTHING), "", _nothing())
    first = every[0]
    sentences = found(result, first) or [quiet(first)]
    if first.summary["direction"] in {WORSE, BETTER}:
        sentences += [_(UNKNOWN_CAUSE), around(result, first)]
    if result.services.iloc[0]["steadily_missed"]:
        sentences.append(level(first))
    tickets = int(result.services.iloc[0]["tickets"])
    subtitle = ngettext(
        "{measure}, with the limits of normal variation. {n} ticket",
        "{measure}, with the limits of normal variation. {n} tickets",
        tickets,
    )
    return Caption(
        title=_("{name}: {text}").format(name=first.name, text=state(result, first)),
        subtitle=subtitle.format(measure=measure(result), n=count(tickets)),
        sentence=joined(sentences),
        caveats=chart_caveats(result.notes, [first]),
        how_to_read=chart_words.how_to_read(first),
    )


def multiples_caption(result: Stability) -> Caption:
    """Return the words of the figure of all services; the first has a figure of its own."""
    every = services(result)
    if not every:
        return Caption(_(NOTHING), "", _nothing())
    alone = (every[0].name,)
    notes = [given for given in result.notes if given.values.get("series") != alone]
    directions = [(one.name, one.summary["direction"]) for one in every]
    return Caption(
        title=chart_words.answer(directions, NO_SERVICE),
        subtitle=_(
            "{measure}, the latest {periods}, one scale for all, most worrying first"
        ).format(measure=measure(result), periods=so_many_periods(RECENT, result.freq)),
        sentence=_what(result),
        caveats=[*reading(every), *chart_caveats(notes, every)],
        how_to_read=chart_words.how_to_read(every[0]),
    )
