"""The base of every result: frozen tidy frames and notes that show themselves in Jupyter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True)
class Note:
    """A caveat as data: a code and its values; `presentation.words` makes the sentence.

    Attributes
    ----------
    code : str
        What the caveat says, for example ``few_points``.
    values : mapping
        What the sentence needs, for example ``{"n": 9}``.
    """

    code: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", MappingProxyType(dict(self.values)))


def note(code: str, **values: object) -> Note:
    """Return the caveat `code` with its values."""
    return Note(code, values)


@dataclass(frozen=True, eq=False, kw_only=True)
class Result:
    """The answer to one question: tidy frames, and what must be said beside them.

    Attributes
    ----------
    notes : tuple of Note
        Caveats that travel with the result to its sentence, chart and table.
    """

    notes: tuple[Note, ...] = ()

    def _ipython_display_(self) -> None:
        """Show the sentence, the chart and the table in Jupyter."""
        from slm_analysis import presentation  # noqa: PLC0415  the single upward import

        presentation.show(self)
