"""Reads `sources.yaml`: which export holds which table, and how its columns are to be read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from importlib import resources
from pathlib import Path

import pandas as pd

from slm_analysis.errors import Fault, InputError
from slm_analysis.intake.contract import TABLES
from slm_analysis.yaml_text import Node, parse_all, read_yaml

LAYOUTS = ("rows", "updates", "events")
LAYOUT_COLUMNS = {
    "rows": (),
    "updates": ("updated_at",),
    "events": ("activity", "time"),
}
"""Columns beside the contract's that a layout needs."""
ENVIRONMENT_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
ISO = re.compile(r"\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2})?)?( ?(Z|[+-]\d{2}:?\d{2}))?")


@dataclass(frozen=True)
class Rule:
    """Where the values of one contract column come from: one of the four first fields.

    Attributes
    ----------
    column : str or None
        A column of the source.
    const : str or None
        The same value for all rows.
    first, last : str or None
        In an event log, the time of the first or last event of this activity.
    default : str or None
        What stands where the source has nothing.
    negated : bool
        A flag that says the opposite in the source.
    words : mapping
        The source's words to ours, for example ``{"SLA Violated": "true"}``.
    preset : bool
        It comes from a profile, and an export without the column goes without it.
    node : Node
        Where the rule is written.
    """

    node: Node
    column: str | None = None
    const: str | None = None
    first: str | None = None
    last: str | None = None
    default: str | None = None
    negated: bool = False
    words: Mapping[str, str] = field(default_factory=dict)
    preset: bool = False


@dataclass(frozen=True)
class SourceTable:
    """One table of the contract and the export that holds it."""

    table: str
    node: Node
    timezone: str
    file: Path | None = None
    query: str | None = None
    database: str | None = None
    encoding: str | None = None
    sheet: str | None = None
    date_format: str | None = None
    missing: tuple[str, ...] = ()
    layout: str = "rows"
    columns: Mapping[str, Rule] = field(default_factory=dict)

    @property
    def origin(self) -> str:
        """The file's name, or what the query is run on."""
        return self.file.name if self.file else f"the query on {self.database}"


@dataclass(frozen=True)
class Sources:
    """All exports of one month: when they were made, and the tables they hold."""

    file: Path
    as_of: pd.Timestamp
    timezone: str
    tables: Mapping[str, SourceTable]


def read_sources(file: Path, root: Path) -> Sources:
    """Return what `file` says; relative paths in it mean `root`.

    Raises
    ------
    InputError
        Listing every fault with its line.
    """
    keys = read_yaml(file).mapping(
        ["as_of", "timezone", *TABLES], required=["as_of", "timezone", "tickets"]
    )
    timezone = keys["timezone"].timezone()
    as_of = _moment(keys["as_of"], timezone)
    tables = parse_all(
        lambda name: _source_table(name, keys[name], timezone, root),
        [name for name in keys if name in TABLES],
    )
    return Sources(file, as_of, timezone, {t.table: t for t in tables})


def _moment(node: Node, timezone: str) -> pd.Timestamp:
    """Return an ISO time as UTC; `timezone` is that of a time without an offset."""
    try:
        if not ISO.fullmatch(node.text()):
            raise ValueError
        moment = pd.Timestamp(node.text())
    except ValueError:
        raise node.error("This is not a time such as 2026-11-02 08:00.") from None
    if moment.tz is None:
        moment = moment.tz_localize(timezone, ambiguous=True, nonexistent="shift_forward")
    return moment.tz_convert("UTC").as_unit("us")


TABLE_KEYS = (
    "file", "query", "database", "encoding", "sheet", "timezone", "date_format", "missing",
    "layout", "profile", "columns",
)  # fmt: skip


def _source_table(table: str, node: Node, timezone: str, root: Path) -> SourceTable:
    keys = node.mapping(TABLE_KEYS)
    profile = _profile(keys["profile"]) if "profile" in keys else {}
    own, keys = keys, profile | keys
    layout = keys["layout"].one_of(LAYOUTS) if "layout" in keys else "rows"
    if layout != "rows" and table != "tickets":
        raise keys["layout"].error("Only tickets can come as updates or events.")
    known = [*(c.name for c in TABLES[table]), *LAYOUT_COLUMNS[layout]]
    # What the table itself says comes before its profile, column by column.
    presets = {name: replace(rule, preset=True) for name, rule in _columns(profile, known).items()}
    columns = presets | _columns(own, known)
    if ("file" in keys) == ("query" in keys):
        raise node.error("Name one source: a 'file', or a 'query' and its 'database'.")
    if ("query" in keys) != ("database" in keys):
        raise node.error(
            "A 'query' needs a 'database': the environment variable that holds its URL."
        )
    database = keys.get("database")
    if database is not None and not ENVIRONMENT_VARIABLE.fullmatch(database.text()):
        # Not told what stands there: it may be the URL itself, with its password.
        fault = Fault(
            "'database' is no name of an environment variable.",
            "The URL stands in the variable, and in no file.",
            database.file,
            database.line,
            key=database.path,
        )
        raise InputError(fault)
    for name in LAYOUT_COLUMNS[layout]:
        if name not in columns:
            raise node.error(f"The layout {layout!r} needs the column {name!r} under 'columns'.")
    if layout != "events":
        for rule in columns.values():
            if rule.first or rule.last:
                raise rule.node.error(
                    "'first' and 'last' pick an event: they need the layout 'events'."
                )
    texts = {
        name: keys[name].text()
        for name in ("query", "database", "encoding", "sheet", "date_format")
        if name in keys
    }
    return SourceTable(
        table=table,
        node=node,
        timezone=keys["timezone"].timezone() if "timezone" in keys else timezone,
        file=root / keys["file"].text() if "file" in keys else None,
        missing=keys["missing"].texts() if "missing" in keys else (),
        layout=layout,
        columns=columns,
        **texts,
    )


def _profile(node: Node) -> dict[str, Node]:
    folder = resources.files("slm_analysis.intake") / "profiles"
    names = sorted(p.name.removesuffix(".yaml") for p in folder.iterdir() if p.name != "README.md")
    with resources.as_file(folder / f"{node.one_of(names)}.yaml") as file:
        return read_yaml(file).mapping(["date_format", "missing", "layout", "columns"])


def _columns(keys: Mapping[str, Node], known: list[str]) -> dict[str, Rule]:
    if "columns" not in keys:
        return {}
    rules = keys["columns"].mapping(known)
    return dict(zip(rules, parse_all(_rule, rules.values()), strict=True))


def _rule(node: Node) -> Rule:
    if not isinstance(node.value, dict):
        return Rule(node, column=node.text())
    keys = node.mapping(["column", "const", "not", "default", "values", "first", "last"])
    sources = [key for key in ("column", "const", "not", "first", "last") if key in keys]
    if len(sources) != 1:
        raise node.error("Say where the value comes from: column, const, not, first or last.")
    return Rule(
        node,
        column=keys[sources[0]].text() if sources[0] in {"column", "not"} else None,
        const=keys["const"].text() if "const" in keys else None,
        first=keys["first"].text() if "first" in keys else None,
        last=keys["last"].text() if "last" in keys else None,
        default=keys["default"].text() if "default" in keys else None,
        negated="not" in keys,
        words={k: n.text() for k, n in keys["values"].mapping().items()}
        if "values" in keys
        else {},
    )
