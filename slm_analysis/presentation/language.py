"""The language of all text that we write: English as in the code, or a catalogue beside it.

A text is marked where it is written, as one whole sentence with named places, so that a
translation can put them in its own order:

    >>> _("{answered} of {sent} answered").format(answered=71, sent=212)

Catalogues are gettext files, one folder a language, one file an area of the presentation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from gettext import NullTranslations
from pathlib import Path

from slm_analysis.errors import Fault, InputError, nearest

ENGLISH, CHINESE = "en", "zh"
LANGUAGES = (ENGLISH, CHINESE)
CATALOGUES = Path(__file__).parent / "locale"

_current = ENGLISH


def use_language(code: str) -> None:
    """Write all text from here on in a language: `en` or `zh`.

    Raises
    ------
    InputError
        A language that there is no catalogue for.
    """
    global _current  # noqa: PLW0603  as a locale is: of the process, not of a result
    if code not in LANGUAGES:
        raise InputError(
            Fault("There is no such language.", nearest(str(code), LANGUAGES), value=code)
        )
    _current = code


def language() -> str:
    """Return the code of the language in use."""
    return _current


def gettext(text: str) -> str:
    """Return a text in the language in use."""
    return translations(_current).gettext(text)


def ngettext(one: str, many: str, number: int) -> str:
    """Return the form of a text that fits a number."""
    return translations(_current).ngettext(one, many, number)


def pgettext(context: str, text: str) -> str:
    """Return a text that means different things in different places, such as ``open``."""
    return translations(_current).pgettext(context, text)


_ = gettext


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
