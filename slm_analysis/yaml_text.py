"""YAML read as text: no scalar is guessed, and every value knows its line.

YAML reads `18:00` as 1080, `NO` as False, `on:` as True and `3.10` as 3.1. Here every scalar stays
the text that was written; whoever needs a number or a time reads it from that text. Repeated keys,
aliases and tags are errors.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

import yaml

from slm_analysis.errors import Fault, InputError, nearest

K = TypeVar("K")
T = TypeVar("T")


@dataclass(frozen=True)
class Node:
    """One value of a YAML document: a text, a list or a mapping, with its place.

    Attributes
    ----------
    value : str, list of Node, dict of Node, or None
        None where nothing stands after a key.
    file : Path
    line : int
        Counted from 1.
    path : str
        For example ``services.payments.targets[0].goal``.
    """

    value: str | list[Node] | dict[str, Node] | None
    file: Path
    line: int
    path: str

    def error(self, problem: str, remedy: str = "") -> InputError:
        """Return the error that names this place."""
        shown = self.value if isinstance(self.value, str) else None
        key = self.path or None
        return InputError(Fault(problem, remedy, self.file, self.line, key=key, value=shown))

    def text(self) -> str:
        """Return the text, or raise where there is a list, a mapping or nothing."""
        if not isinstance(self.value, str):
            raise self.error("A text is expected here.")
        return self.value

    def one_of(self, choices: Collection[str]) -> str:
        """Return the text if it is one of `choices`."""
        if self.text() not in choices:
            raise self.error("This value is not known.", nearest(self.text(), choices))
        return self.text()

    def integer(self) -> int:
        """Return the text as a whole number of at least 0."""
        if not self.text().isdecimal():
            raise self.error("A whole number is expected here.")
        return int(self.text())

    def timezone(self) -> str:
        """Return the text if it is the IANA name of a time zone."""
        try:
            ZoneInfo(self.text())
        except (KeyError, ValueError, OSError):
            raise self.error(
                "This time zone is not known.", "Use an IANA name such as Asia/Shanghai."
            ) from None
        return self.text()

    def items(self) -> list[Node]:
        """Return the entries of a list; a single text is a list of one."""
        if isinstance(self.value, str):
            return [self]
        if not isinstance(self.value, list):
            raise self.error("A list is expected here.")
        return self.value

    def texts(self) -> tuple[str, ...]:
        """Return the entries of a list of texts."""
        return tuple(item.text() for item in self.items())

    def mapping(
        self, known: Collection[str] | None = None, required: Collection[str] = ()
    ) -> dict[str, Node]:
        """Return the entries of a mapping whose keys are all known and none missing."""
        if not isinstance(self.value, dict):
            raise self.error("A mapping (key: value) is expected here.")
        faults = [
            Fault(f"The key {key!r} is not known here.", nearest(key, known), self.file, node.line)
            for key, node in self.value.items()
            if known is not None and key not in known
        ]
        faults += [
            Fault(f"The key {key!r} is missing{self._within}.", "", self.file, self.line)
            for key in required
            if key not in self.value
        ]
        if faults:
            raise InputError(faults)
        return self.value

    @property
    def _within(self) -> str:
        return f" in {self.path}" if self.path else ""


def read_yaml(file: Path) -> Node:
    """Return the document in `file`.

    Raises
    ------
    InputError
        Where the file is missing, is not YAML in UTF-8, or repeats a key, or holds an alias or tag.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise InputError(Fault("The file does not exist.", "", file)) from None
    except UnicodeDecodeError:
        raise InputError(Fault("The file is not UTF-8 text.", "Save it as UTF-8.", file)) from None
    except OSError as e:
        raise InputError(Fault(f"The file cannot be read: {e.strerror}.", "", file)) from None
    try:
        for token in yaml.scan(text, Loader=yaml.SafeLoader):
            if isinstance(token, yaml.AnchorToken | yaml.AliasToken | yaml.TagToken):
                raise InputError(
                    Fault(
                        "Anchors (&), aliases (*) and tags (!) are not allowed.",
                        "Write the value out, or quote it.",
                        file,
                        token.start_mark.line + 1,
                    )
                )
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as e:
        line = e.problem_mark.line + 1 if e.problem_mark else None
        raise InputError(Fault(f"This is not YAML: {e.problem}.", "", file, line)) from None
    except (yaml.YAMLError, RecursionError) as e:
        raise InputError(Fault(f"This is not YAML: {e}.", "", file)) from None
    if root is None:
        raise InputError(Fault("The file is empty.", "", file))
    return _node(root, file, "")


def parse_all(parse: Callable[[K], T], items: Iterable[K]) -> list[T]:
    """Return `parse` of every item; one error lists the faults of all."""
    faults: list[Fault] = []
    parsed = parse_good(parse, items, faults)
    if faults:
        raise InputError(faults)
    return parsed


def parse_good(parse: Callable[[K], T], items: Iterable[K], faults: list[Fault]) -> list[T]:
    """Return `parse` of the items that can be read; add the faults of the others to `faults`."""
    parsed: list[T] = []
    for item in items:
        try:
            parsed.append(parse(item))
        except InputError as e:
            faults.extend(e.faults)
    return parsed


def _node(raw: yaml.Node, file: Path, path: str) -> Node:
    line = raw.start_mark.line + 1
    if isinstance(raw, yaml.SequenceNode):
        entries = [_node(item, file, f"{path}[{i}]") for i, item in enumerate(raw.value)]
        return Node(entries, file, line, path)
    if isinstance(raw, yaml.MappingNode):
        mapping: dict[str, Node] = {}
        for key, value in raw.value:
            key_line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                raise InputError(Fault("A key must be a text.", "", file, key_line))
            if key.value in mapping:
                raise InputError(
                    Fault(
                        f"The key {key.value!r} stands twice.",
                        f"The first is in line {mapping[key.value].line}.",
                        file,
                        key_line,
                    )
                )
            mapping[key.value] = _node(value, file, f"{path}.{key.value}" if path else key.value)
        return Node(mapping, file, line, path)
    quoted = isinstance(raw, yaml.ScalarNode) and raw.style is not None
    return Node(raw.value if raw.value or quoted else None, file, line, path)
