"""Choosing unit, month and service in Jupyter, while a notebook's parameters stay plain values.

A kernel cannot write into a cell. So what is picked becomes the value of the parameters' names in
the kernel, for the cells that run from then on, and the lines to keep it by are shown.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from IPython.core.getipython import get_ipython
from IPython.display import display

from slm_analysis.dataset.prepare import Prepared, prepare
from slm_analysis.presentation.language import _
from slm_analysis.presentation.numbers import month
from slm_analysis.presentation.views import escape_html
from slm_analysis.project import PREPARED, project_root

Values = tuple[str, ...]
UNIT, PERIOD, SERVICE = ("business_unit",), ("period_start", "period_end"), ("service",)
"""The parameters that one choice sets."""

_picked: dict[Values, tuple[Values, Values]] = {}
"""Of each choice: what the cell of parameters said when it was made, and what was picked."""


@dataclass(frozen=True)
class Choice:
    """What can be chosen as the value of some parameters.

    Attributes
    ----------
    title : str
    names : tuple of str
        The parameters.
    options : sequence of (str, tuple of str)
        Labels, and values of the parameters.
    """

    title: str
    names: Values
    options: Sequence[tuple[str, Values]]


def pick() -> None:
    """Show dropdowns for unit, month and service, as far as the notebook has such parameters.

    A choice becomes the value of `business_unit`, of `period_start` and `period_end`, or of
    `service` for all cells that run from then on, until the cell of parameters says something
    else or the kernel starts anew.

    Nothing is shown or set where no one looks on: under papermill, nbconvert and `slm run`.
    """
    shell: Any = get_ipython()
    # Jupyter's pages and editors name the cell that they ask to run; programs do not.
    parent: Mapping = getattr(shell, "get_parent", dict)()
    if parent.get("metadata", {}).get("cellId"):
        _show(shell.user_ns)


def _show(parameters: MutableMapping[str, str]) -> None:
    from ipywidgets import HTML, Dropdown, HBox, VBox  # noqa: PLC0415  only who sees it loads it

    told = HTML()

    def dropdown(choice: Choice) -> Dropdown:
        now = take_up(parameters, choice.names)
        options = [*choice.options]
        if now not in dict(options).values():
            options.insert(0, (" – ".join(now), now))
        box = Dropdown(description=choice.title, options=options, value=now)

        def picked(change: Mapping) -> None:
            keep(parameters, choice.names, change["new"])
            told.value = _told()

        box.observe(picked, "value")
        return box

    boxes = [dropdown(choice) for choice in choices(parameters)]
    display(VBox([HBox(boxes, layout={"flex_flow": "row wrap"}), told]))


def choices(parameters: Mapping[str, str]) -> list[Choice]:
    """Return what can be chosen in a notebook with these parameters."""
    root = project_root()
    prepared = prepare(root, root / parameters.get("data", PREPARED))
    units = [(unit, (unit,)) for unit in prepared.units]
    months = [(_("Last complete month"), ("", "")), *_months(prepared)]
    known = pd.read_parquet(prepared.comparison_file, columns=["service"])["service"]
    services = [(str(service), (str(service),)) for service in sorted(known.dropna().unique())]
    offered = [
        Choice(_("Unit"), UNIT, units),
        Choice(_("Month"), PERIOD, months),
        Choice(_("Service"), SERVICE, [(_("All services"), ("",)), *services]),
    ]
    return [choice for choice in offered if {*choice.names} <= {*parameters}]


def _months(prepared: Prepared) -> list[tuple[str, Values]]:
    """Return the months of the data, the latest first."""
    last = prepared.as_of.tz_convert(prepared.timezone).tz_localize(None)
    found = pd.period_range(prepared.data_from, last, freq="M")[::-1]
    return [
        (month(m.start_time), (f"{m.start_time:%Y-%m-%d}", f"{m.end_time:%Y-%m-%d}")) for m in found
    ]


def take_up(parameters: MutableMapping[str, str], names: Values) -> Values:
    """Give parameters what was picked before, unless their cell has been written anew since.

    Returns
    -------
    tuple of str
        What they are then.
    """
    now = tuple(parameters[name] for name in names)
    written, picked = _picked.get(names, (now, now))
    if now == written:
        parameters.update(zip(names, picked, strict=True))
        return picked
    return now


def keep(parameters: MutableMapping[str, str], names: Values, picked: Values) -> None:
    """Give parameters what was picked, and remember what their cell said."""
    now = tuple(parameters[name] for name in names)
    written, before = _picked.get(names, (now, now))
    _picked[names] = (written if now in {written, before} else now, picked)
    parameters.update(zip(names, picked, strict=True))


def _told() -> str:
    """Return what to do after a choice: run the cells below, and the lines to keep it by."""
    run = _("Now run the cells below. To keep this choice, write it into the cell of parameters:")
    return f"<p>{escape_html(run)}</p><pre>{escape_html(lines_to_keep())}</pre>"


def lines_to_keep() -> str:
    """Return all that was picked as lines for the cell of parameters."""
    picked = {
        name: value
        for names, (_written, values) in _picked.items()
        for name, value in zip(names, values, strict=True)
    }
    return "\n".join(
        f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in picked.items()
    )
