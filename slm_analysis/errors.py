"""The one kind of error that users see: what is wrong, where, and how to mend it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with what a user gave us.

    Attributes
    ----------
    problem : str
        What is wrong, in one sentence.
    remedy : str
        What to do about it.
    file, row, column, key, value
        Where it stands, as far as that is known. `row` is the line a person sees in an editor;
        `key` is the path in a YAML file.
    """

    problem: str
    remedy: str = ""
    file: str | Path | None = None
    row: int | None = None
    column: str | None = None
    key: str | None = None
    value: object = None

    def __str__(self) -> str:
        """Return the fault as one line: place, problem, remedy."""
        place = [str(self.file)] if self.file is not None else []
        if self.row is not None:
            place.append(f"line {self.row}")
        if self.column is not None:
            place.append(f"column {self.column!r}")
        if self.key is not None:
            place.append(self.key)
        if self.value is not None:
            place.append(f"value {str(self.value)[:80]!r}")
        text = f"{', '.join(place)}: {self.problem}" if place else self.problem
        return f"{text} {self.remedy}".rstrip()


class InputError(Exception):
    """What users gave us cannot be used; lists every fault found, not only the first.

    Parameters
    ----------
    faults : Fault, str or iterable of Fault
        A text is a fault without a place.
    """

    def __init__(self, faults: Fault | str | Iterable[Fault]) -> None:
        if isinstance(faults, str):
            faults = Fault(faults)
        self.faults: Sequence[Fault] = (
            (faults,) if isinstance(faults, Fault) else tuple(dict.fromkeys(faults))
        )
        super().__init__("\n".join(str(fault) for fault in self.faults))


def nearest(name: str, known: Iterable[str]) -> str:
    """Return "Did you mean 'x'?" or, where nothing is near, the list of known names."""
    names = [str(k) for k in known]
    folded = {n.casefold(): n for n in names}
    near = difflib.get_close_matches(name.casefold(), list(folded), n=1, cutoff=0.6)
    if near:
        return f"Did you mean {folded[near[0]]!r}?"
    return f"Known: {', '.join(names)}." if names else ""
