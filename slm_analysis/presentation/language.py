"""The language of all text that we write: English as in the code, or a catalogue beside it.

A text is marked where it is written, as one whole sentence with named places, so that a
translation can put them in its own order:

    >>> _("{answered} of {sent} answered").format(answered=71, sent=212)

A constant is marked with `N_` where it stands, and put into the language with `_` where it is used.
Catalogues are gettext files, one folder a language, one file an area of the presentation.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from gettext import NullTranslations
from pathlib import Path

from slm_analysis.errors import Fault, InputError, nearest
from slm_analysis.languages import CHINESE, ENGLISH, LANGUAGES

CATALOGUES = Path(__file__).parent / "locale"
BETWEEN_SENTENCES = {ENGLISH: " ", CHINESE: ""}

_chosen = ENGLISH
_here: ContextVar[str] = ContextVar("language")


def use_language(code: str) -> None:
    """Write all text of this process from here on in a language.

    Parameters
    ----------
    code : str
        ``en`` or ``zh``.

    Raises
    ------
    InputError
        A language that there is no catalogue for.
    """
    global _chosen  # noqa: PLW0603  as a locale is: of the process, not of a result
    _chosen = known_language(code)


@contextmanager
def in_language(code: str) -> Iterator[None]:
    """Write all text in a language inside a `with` block; other threads keep theirs."""
    token = _here.set(known_language(code))
    try:
        yield
    finally:
        _here.reset(token)


def known_language(code: object) -> str:
    """Return the code of a language that texts can be written in; an InputError for another."""
    if code not in LANGUAGES:
        problem = "There is no such language."
        raise InputError(Fault(problem, nearest(str(code), LANGUAGES), value=code))
    return str(code)


def language() -> str:
    """Return the code of the language in use."""
    return _here.get(_chosen)


def gettext(text: str) -> str:
    """Return a text in the language in use."""
    return translations(language()).gettext(text)


def ngettext(one: str, many: str, number: int) -> str:
    """Return the form of a text that fits a number."""
    return translations(language()).ngettext(one, many, number)


def pgettext(context: str, text: str) -> str:
    """Return a text that means different things in different places, such as ``open``."""
    return translations(language()).pgettext(context, text)


def N_(text: str) -> str:  # noqa: N802  its name in every program that uses gettext
    """Return a text as it is, marked to be put into the language in use where it is needed."""
    return text


_ = gettext


def joined(sentences: Iterable[str]) -> str:
    """Return sentences one after the other, those that are empty left out."""
    return BETWEEN_SENTENCES[language()].join(filter(None, sentences))


class Catalogue(NullTranslations):
    """Texts of one language by what they are in English; English where a text is missing."""

    def __init__(self, texts: Mapping[tuple[str | None, str], str]) -> None:
        super().__init__()
        self.texts = texts

    def gettext(self, message: str) -> str:
        """Return the text in this language."""
        return self.texts.get((None, message), message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Return the text in this language, which has one form for all numbers."""
        return self.texts.get((None, msgid1)) or super().ngettext(msgid1, msgid2, n)

    def pgettext(self, context: str, message: str) -> str:
        """Return the text of a context in this language."""
        return self.texts.get((context, message), message)


@cache
def translations(code: str) -> NullTranslations:
    """Return what turns English text into a language, read from its catalogues once."""
    if code == ENGLISH:
        return NullTranslations()
    from babel.messages.pofile import read_po  # noqa: PLC0415  only who needs it loads it

    texts: dict[tuple[str | None, str], str] = {}
    for file in sorted((CATALOGUES / code).glob("*.po")):
        with file.open("rb") as lines:
            for message in read_po(lines):
                one, text = _first(message.id), _first(message.string)
                if one and text:
                    texts[message.context, one] = text
    return Catalogue(texts)


def _first(form: str | Sequence[str] | None) -> str:
    """Return a text, or the first of its forms for numbers."""
    return form if isinstance(form, str) else form[0] if form else ""
