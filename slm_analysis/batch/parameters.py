"""Parameters: what notebooks declare, and what the files of a project set."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import nbformat

from slm_analysis.errors import Fault, InputError, nearest
from slm_analysis.languages import ENGLISH, LANGUAGES
from slm_analysis.project import DEFAULTS, NOTEBOOKS, UNITS
from slm_analysis.yaml_text import Node, parse_all, read_yaml

PORTFOLIO = "00_portfolio"

TITLE = re.compile(r"^# (.+)$", re.MULTILINE)
TAG = "parameters"
UNIT = "business_unit"
LANGUAGE = "language"
PERIOD = ("period_start", "period_end")
GIVEN = ("data", *PERIOD, "key_figures")
"""Parameters that `slm run` sets itself, besides the unit."""
KINDS: Mapping[type, str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "a text in quotes",
    list: "a list",
    dict: "a mapping",
}
WHOLE_NUMBER = re.compile(r"[-+]?(0|[1-9]\d*)")


def report_title(notebook: Path) -> str:
    """Return the one H1 of a notebook: the name of its report."""
    for cell in nbformat.read(notebook, as_version=4).cells:
        if cell.cell_type == "markdown" and (match := TITLE.search(cell.source)):
            return match[1].strip()
    return notebook.stem


@dataclass(frozen=True)
class Settings:
    """The notebooks of a project, what each declares, and what files set.

    Attributes
    ----------
    notebooks : mapping
        Notebook to its parameters with their presets, in order of names.
    defaults : mapping
        What ``parameters/defaults.yaml`` sets for all.
    units : mapping
        Business unit to what its file sets.
    files : mapping
        Business unit to its file.
    """

    notebooks: Mapping[Path, Mapping[str, object]]
    defaults: Mapping[str, object]
    units: Mapping[str, Mapping[str, object]]
    files: Mapping[str, Path]

    def of(self, notebook: Path, unit: str, given: Mapping[str, object]) -> dict[str, object]:
        """Return the parameters for one notebook and unit: only those that it declares."""
        merged = {**self.defaults, **self.units.get(unit, {}), **given}
        return {name: merged[name] for name in merged if name in self.notebooks[notebook]}

    def language(self, notebook: Path, unit: str = "") -> str:
        """Return the language of a report: as files set it, else as its notebook presets it."""
        values = {**self.notebooks[notebook], **self.of(notebook, unit, {})}
        return str(values.get(LANGUAGE, ENGLISH))

    @property
    def index_language(self) -> str:
        """The language of the index: that of the portfolio in it."""
        for notebook in self.notebooks:
            if notebook.stem == PORTFOLIO:
                return self.language(notebook)
        return str(self.defaults.get(LANGUAGE, ENGLISH))


def read_settings(root: Path) -> Settings:
    """Return the notebooks of a project with their parameters, all checked.

    Raises
    ------
    InputError
        Listing every fault of every notebook and parameters file.
    """
    found = sorted((root / NOTEBOOKS).glob("[0-9]*.ipynb"))
    if not [notebook for notebook in found if notebook.stem != PORTFOLIO]:
        raise InputError(Fault("There is no notebook to run (01_….ipynb).", "", root / NOTEBOOKS))
    notebooks = dict(zip(found, parse_all(declared, found), strict=True))
    known = {name: preset for presets in notebooks.values() for name, preset in presets.items()}
    unit_files = sorted((root / UNITS).glob("*.y*ml"))
    defaults, *of_units = parse_all(
        lambda file: read_parameters(file, known), [root / DEFAULTS, *unit_files]
    )
    faults = [*_several_kinds(notebooks), *_units_named(root / DEFAULTS, defaults)]
    files: dict[str, Path] = {}
    for file, values in zip(unit_files, of_units, strict=True):
        unit = values.get(UNIT)
        if not unit:
            faults.append(Fault("The file names no unit.", f"Add '{UNIT}: …'.", file))
        elif unit in files:
            problem = f"{files[str(unit)].name} is for {unit!r} already."
            faults.append(Fault(problem, "Keep one file per unit.", file))
        else:
            files[str(unit)] = file
    if faults:
        raise InputError(faults)
    units = {str(values[UNIT]): values for values in of_units}
    return Settings(notebooks, defaults, units, files)


def _several_kinds(notebooks: Mapping[Path, Mapping[str, object]]) -> Iterator[Fault]:
    """Yield a fault for each parameter that notebooks declare with presets of several kinds."""
    first: dict[str, tuple[Path, object]] = {}
    for notebook, presets in notebooks.items():
        for name, preset in presets.items():
            where, other = first.setdefault(name, (notebook, preset))
            if not _same_kind(preset, other):
                problem = f"The preset of {name!r} is of another kind than in {where.name}."
                yield Fault(problem, "One file serves all notebooks.", notebook, value=preset)


def _units_named(file: Path, defaults: Mapping[str, object]) -> Iterator[Fault]:
    if UNIT in defaults:
        yield Fault(f"{UNIT!r} belongs to a file of its own.", f"See {UNITS.as_posix()}.", file)


def declared(notebook: Path) -> dict[str, object]:
    """Return the parameters that a notebook declares, with their presets.

    Raises
    ------
    InputError
        Where the file is no notebook, has no or several cells tagged ``parameters``, holds
        anything but plain values there, or lacks the unit or the period.
    """
    try:
        cells = nbformat.read(notebook, as_version=4).cells
    except (OSError, ValueError, LookupError, TypeError, AttributeError, nbformat.ValidationError):
        # nbformat says in all these ways that a file is no notebook.
        raise InputError(Fault("This is no notebook.", "", notebook)) from None
    tagged = [c for c in cells if TAG in c.metadata.get("tags", ())]
    if len(tagged) != 1:
        problem = f"The notebook has {len(tagged)} cells tagged '{TAG}'."
        raise InputError(Fault(problem, "Tag exactly one.", notebook))
    presets: dict[str, object] = {}
    faults = []
    for statement, source in _statements(tagged[0].source, notebook):
        try:
            presets |= _preset(statement)
        except ValueError:
            problem = f"The cell tagged '{TAG}' holds more than names and plain values."
            faults.append(Fault(problem, "Move it to a later cell.", notebook, value=source))
    faults += [
        Fault(
            f"The notebook declares no parameter {name!r}.",
            f"Write {name} = \"\" into the cell tagged '{TAG}', and use it.",
            notebook,
        )
        for name in (PERIOD if notebook.stem == PORTFOLIO else (UNIT, *PERIOD))
        if name not in presets and not faults
    ]
    faults += _no_language(presets.get(LANGUAGE, ENGLISH), notebook)
    if faults:
        raise InputError(faults)
    return presets


def _no_language(value: object, file: Path, line: int | None = None) -> Iterator[Fault]:
    """Yield a fault where a value is no language that reports can be written in."""
    if value not in LANGUAGES:
        near = nearest(str(value), LANGUAGES)
        yield Fault("There is no such language.", near, file, line, key=LANGUAGE, value=value)


def _statements(source: str, notebook: Path) -> Iterator[tuple[ast.stmt, str]]:
    try:
        body = ast.parse(source).body
    except SyntaxError as e:
        problem = f"The cell tagged '{TAG}' is no Python: {e.msg}."
        raise InputError(Fault(problem, "", notebook, value=(e.text or "").strip())) from None
    for statement in body:
        yield statement, ast.get_source_segment(source, statement) or ""


def _preset(statement: ast.stmt) -> dict[str, object]:
    """Return name and value of one assignment; a ValueError where it is none."""
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            pass
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
            pass
        case _:
            raise ValueError("no assignment")
    preset = ast.literal_eval(value)
    if preset is not None and type(preset) not in KINDS:
        raise ValueError("not what a YAML file can hold")
    return {name: preset}


def read_parameters(file: Path, known: Mapping[str, object]) -> dict[str, object]:
    """Return what a parameters file sets, read as papermill reads it.

    Parameters
    ----------
    file : Path
        May be missing: then it sets nothing.
    known : mapping
        What notebooks declare, with presets.

    Raises
    ------
    InputError
        Listing every name that no notebook declares or that `slm run` sets, every value of
        another kind than its preset, and every text that YAML reads as something else.
    """
    if not file.is_file():
        return {}
    from papermill.iorw import read_yaml_file  # noqa: PLC0415  a third of a second

    entries = read_yaml(file).mapping()
    values = read_yaml_file(str(file))
    faults = [
        fault
        for name, node in entries.items()
        for fault in _faults(name, node, values.get(name), known)
    ]
    if faults:
        raise InputError(faults)
    return dict(values)


def _faults(name: str, node: Node, value: object, known: Mapping[str, object]) -> Iterator[Fault]:
    file, line = node.file, node.line
    if name in GIVEN:
        problem = f"The parameter {name!r} is set by 'slm run'."
        yield Fault(problem, "Take it out; the month is chosen with --period.", file, line)
    elif name not in known:
        near = nearest(name, [other for other in known if other not in GIVEN])
        yield Fault(f"No notebook declares the parameter {name!r}.", near, file, line)
    elif misread := list(_misread(node, value)):
        yield from misread
    elif not _same_kind(value, known[name]):
        problem = f"This must be {KINDS[type(known[name])]}, as in the notebook."
        yield Fault(problem, "", file, line, key=name, value=value)
    elif name == LANGUAGE:
        yield from _no_language(value, file, line)


def _misread(node: Node, value: object) -> Iterator[Fault]:
    """Yield a fault for each text that YAML reads as a number or a truth value."""
    if isinstance(node.value, dict) and isinstance(value, dict):
        for name, inner in node.value.items():
            yield from _misread(inner, value.get(name))
    elif isinstance(node.value, list) and isinstance(value, list):
        for inner, item in zip(node.value, value, strict=True):
            yield from _misread(inner, item)
    elif isinstance(node.value, str) and not _reads_as_written(node.value, value):
        yield Fault(
            f"YAML reads this as {json.dumps(value)}.",
            f'Write "{node.value}" with the quotes if it is a text, else {json.dumps(value)}.',
            node.file,
            node.line,
            key=node.path,
            value=node.value,
        )


def _reads_as_written(text: str, value: object) -> bool:
    """Whether a person and YAML read the same: not so `NO` (false), `010` (8), `12:30`, `0_.`."""
    if isinstance(value, bool):
        return text.lower() == str(value).lower()
    if isinstance(value, int):
        return WHOLE_NUMBER.fullmatch(text) is not None
    return not (isinstance(value, float) and any(mark in text for mark in ":_"))


def _same_kind(value: object, preset: object) -> bool:
    if preset is None:
        return True
    if isinstance(preset, float):
        return isinstance(value, int | float) and not isinstance(value, bool)
    return type(value) is type(preset)
