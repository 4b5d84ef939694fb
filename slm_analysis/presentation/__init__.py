"""Turns results into words, tables and figures.

Verbs work on every result: `say`, `plot`, `table`, `headline`. What is said, drawn and listed for
a type of result stands in the modules of the same name under `words`, `plots` and `tables`.
"""

from __future__ import annotations

from functools import singledispatch

from IPython.display import display

from slm_analysis.presentation.chart import Chart
from slm_analysis.presentation.plots import service_levels as plot_levels
from slm_analysis.presentation.tables import portfolio as table_portfolio
from slm_analysis.presentation.tables import service_levels as table_levels
from slm_analysis.presentation.tables import workload as table_workload
from slm_analysis.presentation.views import Headline, Prose, Table
from slm_analysis.presentation.words import portfolio as word_portfolio
from slm_analysis.presentation.words import service_levels as word_levels
from slm_analysis.questions.portfolio import Portfolio
from slm_analysis.questions.service_levels import ServiceLevels
from slm_analysis.questions.workload import Workload
from slm_analysis.result import Result


@singledispatch
def say(result: Result) -> Prose:
    """Return what a result says, in sentences, with its caveats."""
    raise TypeError(f"There are no words for {type(result).__name__}.")


@singledispatch
def plot(result: Result) -> Chart:
    """Return the figure of a result."""
    raise TypeError(f"There is no figure for {type(result).__name__}.")


@singledispatch
def table(result: Result) -> Table:
    """Return the table of a result."""
    raise TypeError(f"There is no table for {type(result).__name__}.")


@singledispatch
def headline(result: Result) -> Headline:
    """Return the top of a report: message, what happened, how sure we are, what to do next."""
    raise TypeError(f"There is no headline for {type(result).__name__}.")


def show(result: Result) -> None:
    """Display what a result says, its figure and its table."""
    display(say(result), plot(result), table(result))


say.register(ServiceLevels, word_levels.say)
plot.register(ServiceLevels, plot_levels.plot)
table.register(ServiceLevels, table_levels.table)
table.register(Workload, table_workload.table)
headline.register(ServiceLevels, word_levels.headline)

say.register(Portfolio, word_portfolio.say)
table.register(Portfolio, table_portfolio.table)
headline.register(Portfolio, word_portfolio.headline)
