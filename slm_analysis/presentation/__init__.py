"""Turns results into words, tables and figures.

Three verbs work on every result: `say`, `plot` and `table`. What is said, drawn and listed for a
type of result stands in the modules of the same name under `words`, `plots` and `tables`.
"""

from __future__ import annotations

from functools import singledispatch

from IPython.display import display

from slm_analysis.presentation.chart import Chart
from slm_analysis.presentation.plots import service_levels as plot_levels
from slm_analysis.presentation.tables import service_levels as table_levels
from slm_analysis.presentation.views import Headline, Prose, Table
from slm_analysis.presentation.words import service_levels as word_levels
from slm_analysis.result import Result
from slm_analysis.sla.service_levels import ServiceLevels


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


def show(result: Result) -> None:
    """Display what a result says, its figure and its table."""
    display(say(result), plot(result), table(result))


say.register(ServiceLevels, word_levels.say)
plot.register(ServiceLevels, plot_levels.plot)
table.register(ServiceLevels, table_levels.table)
