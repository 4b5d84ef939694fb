"""What to say about the stability of a unit's services."""

from __future__ import annotations

import pandas as pd

from slm_analysis.analyses.chart_limits import NO_VARIATION
from slm_analysis.analyses.chart_summary import BETTER, MIXED, NOT_JUDGED, STEADY, WORSE
from slm_analysis.analyses.chart_target import WILL_MISS
from slm_analysis.presentation import numbers
from slm_analysis.presentation.chart import Caption
from slm_analysis.presentation.chart_series import ChartSeries, chart_series
from slm_analysis.presentation.numbers import capitalised, counted, in_words, listed, plain_percent
from slm_analysis.presentation.views import Headline, Prose
from slm_analysis.presentation.words import control_charts as chart_words
from slm_analysis.presentation.words.control_charts import named, quiet, reading, told
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


def services(result: Stability) -> list[ChartSeries]:
    """Return the services, the most worrying first."""
    return chart_series(result.chart, list(result.services["service"]))


def signals_of(result: Stability, series: ChartSeries) -> pd.DataFrame:
    """Return the signals of a service that count in the reported period."""
    return result.signals[result.signals["service"] == series.name]


def direction(result: Stability, series: ChartSeries) -> str:
    """Return where a service stands; one that had its signal and is over it, after when."""
    own = signals_of(result, series)
    over = own[own["new"] & ~own["standing"]]
    if series.summary["direction"] == STEADY and len(over):
        return f"steady again after {series.on(over['end'].max())}"
    return chart_words.direction(series)


def brief_direction(result: Stability, series: ChartSeries) -> str:
    """Return where a service stands in few letters: ``worse since 31 Aug``, ``steady again``."""
    again = direction(result, series) != chart_words.direction(series)
    return "steady again" if again else chart_words.brief_direction(series)


def state(result: Stability, series: ChartSeries) -> str:
    """Return where a service stands, a steady one with its level: ``steady at about 97.3%``."""
    text = direction(result, series)
    return chart_words.state(series) if text == chart_words.direction(series) else text


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
    found = told(first, signals_of(result, first))
    link, advice = _next(first)
    return Headline(
        title=_title(result),
        lead=named(first, " ".join(found)) if found else quiet(first),
        what=_what(result),
        sure=" ".join(reading(every)) or "Without a figure nothing can be said.",
        next=advice,
        link=link,
    )


def _title(result: Stability) -> str:
    table, when = result.services, numbers.period(result.period_start, result.period_end)
    new = table[(table["new_unfavourable"] + table["new_favourable"]) > 0]
    standing = table[table["direction"].isin(STANDING)]
    worse = table[(table["direction"] == WORSE) & table["since"].notna()]
    if (table["direction"] == NOT_JUDGED).all():
        return "No service can be judged yet"
    if len(new):
        return _news(result, new, when)
    if standing.empty:
        return f"No signal in {when}"
    still = f", but {_names(worse)} {_be(worse)} still worse" if len(worse) else ""
    return f"No new signal in {when}{still}"


def _news(result: Stability, new: pd.DataFrame, when: str) -> str:
    """Return the title where signals were completed in the reported period."""
    standing = new[new["direction"].isin(STANDING)]
    if standing.empty:
        return f"{_names(new)} had a signal in {when}, and {_be(new)} steady again"
    worst = standing.iloc[0]["direction"]
    alike = standing[standing["direction"] == worst]
    if len(alike) == 1:
        series = next(one for one in services(result) if one.name == alike.iloc[0]["service"])
        verb = "is" if worst == MIXED else "has been"
        return f"{series.name} {verb} {chart_words.state(series)}"
    return f"{capitalised(in_words(len(alike)))} services are {STANDING[worst]}: {_names(alike)}"


def _names(rows: pd.DataFrame) -> str:
    return listed(rows["service"].tolist(), MOST_NAMED)


def _be(rows: pd.DataFrame) -> str:
    return "is" if len(rows) == 1 else "are"


def _what(result: Stability) -> str:
    table = result.services
    perfect = (table["limits_kind"] == NO_VARIATION) & (table["center"] == 1)
    group = table["direction"].map(GROUPS).mask(perfect, ALL_IN_TIME)
    groups = {
        name: table.loc[group == name, "service"].tolist()
        for name in (*GROUPS.values(), ALL_IN_TIME)
    }
    return " ".join(f"{name}: {listed(names)}." for name, names in groups.items() if names)


def _next(first: ChartSeries) -> tuple[str, str]:
    """Return the notebook that the next step leads to, and the step."""
    direction = first.summary["direction"]
    if direction == WORSE:
        return "03_root_causes", f"See what goes with the late tickets of {first.name}."
    if direction == MIXED:
        return "03_root_causes", f"See what differs between the spells of {first.name}."
    if direction == NOT_JUDGED and first.summary["limits_kind"] != NO_VARIATION:
        return "", f"Ask again when more {first.period}s are in."
    if direction == BETTER:
        return (
            "05_process_changes",
            f"See whether a change went before it, and keep {first.name} so.",
        )
    if first.summary["assurance"] == WILL_MISS:
        return "", (
            f"{first.name}: steady, and below the target of "
            f"{plain_percent(first.summary['target'])}. Waiting will not help; the process or the "
            "target must change."
        )
    return "", "No action is needed, and no single figure needs an explanation."


def say(result: Stability) -> Prose:
    """Return a sentence for each signal that counts, then what is steady, and the caveats."""
    every = services(result)
    if not every:
        return Prose([f"{NOTHING}."], chart_words.chart_caveats(result.notes, every))
    found = [(series, told(series, signals_of(result, series))) for series in every]
    sentences = [named(series, " ".join(texts)) for series, texts in found if texts]
    steady = [one.name for one in every if one.summary["direction"] == STEADY]
    if not sentences:
        sentences = [quiet(next((s for s in every if s.name in steady), every[0]))]
    elif steady:
        sentences.append(f"Steady: {listed(steady)}.")
    return Prose(sentences, [*reading(every), *chart_words.chart_caveats(result.notes, every)])


def measure(result: Stability) -> str:
    """Return what is charted: ``Share of tickets resolved in time per week``."""
    return f"Share of {SHARES[result.metric]} per {result.freq}"


def main_caption(result: Stability) -> Caption:
    """Return the words of the figure of the most worrying service."""
    every = services(result)
    if not every:
        return Caption(NOTHING, "", f"{NOTHING}.")
    first = every[0]
    found = told(first, signals_of(result, first))
    if first.summary["direction"] in {WORSE, BETTER} and not pd.isna(first.summary["since"]):
        found.append(chart_words.UNKNOWN_CAUSE)
    tickets = counted(int(result.services.iloc[0]["tickets"]), "ticket")
    return Caption(
        title=f"{first.name}: {state(result, first)}",
        subtitle=f"{measure(result)}, with the limits of normal variation. {tickets}",
        sentence=" ".join(found) or quiet(first),
        caveats=chart_words.chart_caveats(result.notes, [first]),
        how_to_read=chart_words.how_to_read(first),
    )


def multiples_caption(result: Stability) -> Caption:
    """Return the words of the figure of all services."""
    every = services(result)
    prose = say(result)
    directions = [(one.name, one.summary["direction"]) for one in every]
    return Caption(
        title=chart_words.answer(directions, "service") if every else NOTHING,
        subtitle=f"{measure(result)}, the latest {RECENT} {result.freq}s, one scale for all, most "
        "worrying first",
        sentence=" ".join(prose.sentences),
        caveats=prose.caveats,
        how_to_read=chart_words.how_to_read(every[0]) if every else "",
    )
