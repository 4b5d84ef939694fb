"""What to say about the stability of a unit's services."""

from __future__ import annotations

import pandas as pd

from slm_analysis.analyses.chart_limits import NO_VARIATION
from slm_analysis.analyses.chart_summary import BETTER, MIXED, NOT_JUDGED, STEADY, WORSE
from slm_analysis.presentation import numbers
from slm_analysis.presentation.chart import Caption
from slm_analysis.presentation.chart_series import ChartSeries, chart_series
from slm_analysis.presentation.numbers import capitalised, counted, in_words, listed
from slm_analysis.presentation.views import Headline, Prose
from slm_analysis.presentation.words import control_charts as chart_words
from slm_analysis.presentation.words.control_charts import (
    UNKNOWN_CAUSE,
    average,
    chart_caveats,
    named,
    quiet,
    reading,
    told,
)
from slm_analysis.questions.stability import RECENT, Stability

MOST_NAMED = 3
SHARES = {
    "resolution_time": "tickets resolved in time",
    "response_time": "tickets answered in time",
}
NOTHING = "Nothing was promised that could be charted"
STANDING = {WORSE: "worse", MIXED: "unsteady", BETTER: "better"}
GROUPS = {
    WORSE: "Worse", MIXED: "Unsteady", BETTER: "Better", STEADY: "Steady", NOT_JUDGED: "Not judged",
}  # fmt: skip
ALL_IN_TIME = "All tickets in time"
BELOW_TARGET = "Steady below target"


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
        return f"steady again after {series.on(gone['end'].max())}"
    return chart_words.direction(series)


def brief_direction(result: Stability, series: ChartSeries) -> str:
    """Return where a service stands in few letters: ``worse since 31 Aug``, ``steady again``."""
    if len(over(result, series)):
        return "steady again"
    return chart_words.direction(series, brief=True)


def state(result: Stability, series: ChartSeries) -> str:
    """Return where a service stands, a steady one with its level: ``steady at about 97.3%``."""
    if len(over(result, series)):
        return direction(result, series)
    return chart_words.state(series)


def below_target(result: Stability) -> list[ChartSeries]:
    """Return the steady services of which most periods miss the target."""
    missed = result.services.loc[result.services["steadily_missed"], "service"].tolist()
    return [one for one in services(result) if one.name in missed]


def level(series: ChartSeries) -> str:
    """Return what a steady service below its target asks for."""
    goal = series.tick(series.summary["target"])
    return (
        f"Steady at about {average(series)}, below the target of {goal}. Waiting will not help; "
        "the process or the target must change."
    )


# --- Headline ---------------------------------------------------------------------------------


def headline(result: Stability) -> Headline:
    """Return the top of the page on stability."""
    every = services(result)
    if not every:
        return Headline(
            title=NOTHING,
            lead="No agreement has this target for the tickets of this unit.",
            what="No chart to read.",
            sure="Nothing can be said.",
            next="Check which services and targets the agreements name.",
        )
    first = every[0]
    sentences = found(result, first)
    link, advice = _next(result, first)
    return Headline(
        title=_title(result),
        lead=named(first, " ".join(sentences)) if sentences else quiet(first),
        what=_what(result),
        sure=" ".join(reading(every)) or "Without a figure nothing can be said.",
        next=advice,
        link=link,
    )


def _title(result: Stability) -> str:
    table, when = result.services, numbers.period(result.period_start, result.period_end)
    if _perfect(table).all():
        return "All tickets were in time; there is no variation to judge"
    if (table["direction"] == NOT_JUDGED).all():
        return "No service can be judged yet"
    new = (table["new_unfavourable"] + table["new_favourable"]) > 0
    standing = table["direction"].isin(STANDING)
    still = table[(table["direction"] == WORSE) & table["since"].notna() & ~new]
    missed = table[table["steadily_missed"]]
    if new.any():
        title = _news(result, table[new], when)
    else:
        title = f"No {'new ' if standing.any() else ''}signal in {when}"
    if len(still):
        return f"{title}, {'and' if new.any() else 'but'} {_are(still)} still worse"
    if len(missed) and not standing.any():
        return f"{title}, but {_are(missed)} steadily below target"
    return title


def _news(result: Stability, new: pd.DataFrame, when: str) -> str:
    """Return what the signals say that were completed in the reported period."""
    standing = new[new["direction"].isin(STANDING)]
    if standing.empty:
        verb = "is" if len(new) == 1 else "are"
        return f"{_names(new)} had a signal in {when} and {verb} steady again"
    worst = standing.iloc[0]["direction"]
    alike = standing[standing["direction"] == worst]
    if len(alike) > 1:
        number = capitalised(in_words(len(alike)))
        return f"{number} services are {STANDING[worst]}: {_names(alike)}"
    series = next(one for one in services(result) if one.name == alike.iloc[0]["service"])
    return f"{series.name} {'is' if worst == MIXED else 'has been'} {chart_words.state(series)}"


def _perfect(table: pd.DataFrame) -> pd.Series:
    """Return which services met every ticket, so that nothing varies."""
    return (table["limits_kind"] == NO_VARIATION) & (table["center"] == 1)


def _names(rows: pd.DataFrame) -> str:
    return listed(rows["service"].tolist(), MOST_NAMED)


def _are(rows: pd.DataFrame) -> str:
    return f"{_names(rows)} {'is' if len(rows) == 1 else 'are'}"


def _what(result: Stability) -> str:
    table = result.services
    group = table["direction"].map(GROUPS).mask(_perfect(table), ALL_IN_TIME)
    group = group.mask(table["steadily_missed"], BELOW_TARGET)
    groups = {
        name: table.loc[group == name, "service"].tolist()
        for name in (*GROUPS.values(), BELOW_TARGET, ALL_IN_TIME)
    }
    return " ".join(f"{name}: {listed(names)}." for name, names in groups.items() if names)


def _next(result: Stability, first: ChartSeries) -> tuple[str, str]:
    """Return the notebook that the next step leads to, and the step."""
    heading = first.summary["direction"]
    if heading == WORSE:
        return "03_root_causes", f"See what goes with the late tickets of {first.name}."
    if heading == MIXED:
        return "03_root_causes", f"See what differs between the spells of {first.name}."
    if heading == BETTER:
        return (
            "05_process_changes",
            f"See whether a change went before it, and keep {first.name} so.",
        )
    return "", _next_where_nothing_stands(result, first)


def _next_where_nothing_stands(result: Stability, first: ChartSeries) -> str:
    gone, missed = over(result, first), below_target(result)
    if len(gone):
        return f"Ask what happened in {first.name} around {first.on(gone['end'].max())}."
    if missed:
        return named(missed[0], level(missed[0]))
    if first.summary["direction"] == STEADY or _perfect(result.services).all():
        return "No action is needed, and no single figure needs an explanation."
    return f"Ask again when more {first.period}s are in."


# --- Sentences --------------------------------------------------------------------------------


def say(result: Stability) -> Prose:
    """Return a sentence for each signal that counts, then what is steady, and the caveats."""
    every = services(result)
    if not every:
        return Prose([f"{NOTHING}."])
    missed = below_target(result)
    told_of = [(series, found(result, series)) for series in every]
    sentences = [named(series, " ".join(texts)) for series, texts in told_of if texts]
    steady = [one for one in every if one.summary["direction"] == STEADY and one not in missed]
    if not sentences:
        sentences = [quiet(next(iter([*steady, *missed, *every])))]
    elif steady:
        sentences.append(f"Steady: {listed([one.name for one in steady])}.")
    sentences += [named(one, level(one)) for one in missed]
    return Prose(sentences, [*reading(every), *chart_caveats(result.notes, every)])


def measure(result: Stability) -> str:
    """Return what is charted: ``Share of tickets resolved in time per week``."""
    return f"Share of {SHARES[result.metric]} per {result.freq}"


def main_caption(result: Stability) -> Caption:
    """Return the words of the figure of the most worrying service."""
    every = services(result)
    if not every:
        return Caption(NOTHING, "", f"{NOTHING}.")
    first = every[0]
    sentences = found(result, first) or [quiet(first)]
    if first.summary["direction"] in {WORSE, BETTER} and not pd.isna(first.summary["since"]):
        sentences.append(UNKNOWN_CAUSE)
    if result.services.iloc[0]["steadily_missed"]:
        sentences.append(level(first))
    tickets = counted(int(result.services.iloc[0]["tickets"]), "ticket")
    return Caption(
        title=f"{first.name}: {state(result, first)}",
        subtitle=f"{measure(result)}, with the limits of normal variation. {tickets}",
        sentence=" ".join(sentences),
        caveats=chart_caveats(result.notes, [first]),
        how_to_read=chart_words.how_to_read(first),
    )


def multiples_caption(result: Stability) -> Caption:
    """Return the words of the figure of all services; the first has a figure of its own."""
    every = services(result)
    if not every:
        return Caption(NOTHING, "", f"{NOTHING}.")
    alone = (every[0].name,)
    notes = [given for given in result.notes if given.values.get("series") != alone]
    directions = [(one.name, one.summary["direction"]) for one in every]
    return Caption(
        title=chart_words.answer(directions, "service"),
        subtitle=f"{measure(result)}, the latest {RECENT} {result.freq}s, one scale for all, most "
        "worrying first",
        sentence=_what(result),
        caveats=[*reading(every), *chart_caveats(notes, every)],
        how_to_read=chart_words.how_to_read(every[0]),
    )
