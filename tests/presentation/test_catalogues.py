"""Every text of ours has its translation, with the same places, in the language's own marks."""

from __future__ import annotations

import re
import string
from collections import Counter

from babel import Locale
from babel.messages.pofile import read_po

from slm_analysis.presentation.language import CATALOGUES, CHINESE, LANGUAGES
from tests.presentation.marked_texts import marked_texts

FILES = sorted((CATALOGUES / CHINESE).glob("*.po"))
READ = {file.stem: read_po(file.read_text(encoding="utf-8").splitlines()) for file in FILES}
MESSAGES = [(name, message) for name, read in READ.items() for message in read if message.id]
TRANSLATED = {(message.context, message.id): message.string for _, message in MESSAGES}
MARKED = marked_texts()

HAN = "\u3400-\u9fff"
HALF_WIDTH = re.compile(rf"[{HAN}][,;:!?()]|[,;:!?()][{HAN}]")
"""A Latin mark beside a Chinese letter."""
SPACED = re.compile(rf"[{HAN}，。；：、（）“”] +[\w{HAN}]|[\w%] +[{HAN}（“]")
"""A space between Chinese and anything else."""
LATIN = re.compile(r"[A-Za-zÀ-ÿ]{2,}")
NAMES = {
    "Anhøj", "Benjamini", "Brookmeyer", "CSV", "Count", "Crowley", "Data", "Electric", "Gold",
    "Hochberg", "Kaplan", "Kitagawa", "Laney", "Lindeman", "Making", "Meier", "Merenda", "NHS",
    "Nelson", "Parquet", "Western", "XmR",
}  # fmt: skip
"""Proper names, as Chinese texts on statistics and files write them."""
MARKDOWN = ("- *", "数. ")
"""Begins of texts in which Markdown asks for spaces."""


def places(text: str) -> set[str]:
    return {name for _, name, *_ in string.Formatter().parse(text) if name is not None}


def forms(text: str | tuple[str, ...]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def test_every_text_is_translated():
    missing = {text: place for text, place in MARKED.items() if not any(TRANSLATED.get(text, ()))}
    assert missing == {}


def test_no_translation_is_left_over():
    assert set(TRANSLATED) - set(MARKED) == set()


def test_no_text_stands_in_two_catalogues():
    times = Counter((m.context, forms(m.id)[0]) for _, m in MESSAGES)
    assert [text for text, n in times.items() if n > 1] == []


def test_places_are_kept():
    for text, translation in TRANSLATED.items():
        ours = [places(form) for form in forms(text[1])]
        theirs = set.union(*map(places, forms(translation)))
        # Forms for one and for many may differ in what they name: a week, weeks.
        assert set.intersection(*ours) <= theirs <= set.union(*ours), text


def test_no_english_is_left_in_a_translation():
    for (context, _), translation in TRANSLATED.items():
        if context != "date":
            assert {*LATIN.findall(without_places(translation))} <= NAMES, translation


def test_chinese_has_its_own_marks_and_no_spaces():
    for translation in TRANSLATED.values():
        text = re.sub("NHS Making Data Count", "", without_places(translation))
        if not text.startswith(MARKDOWN):
            assert not HALF_WIDTH.search(text), text
            assert not SPACED.search(text), text


def without_places(translation: str | tuple[str, ...]) -> str:
    return re.sub(r"\{[^}]*\}", "数", "".join(forms(translation)))


def test_each_catalogue_says_what_it_is():
    for name, read in READ.items():
        assert read.header_comment.endswith(", in simplified Chinese."), name


def test_numbers_are_written_alike_in_all_languages():
    # Figures are written without a look at the language: point, comma, percent and digits agree.
    symbols = [Locale(code).number_symbols["latn"] for code in LANGUAGES]
    for name in ("decimal", "group", "percentSign", "minusSign", "plusSign"):
        assert len({s[name] for s in symbols}) == 1
    assert {Locale(code).default_numbering_system for code in LANGUAGES} == {"latn"}
    assert {Locale(code).percent_formats[None].pattern for code in LANGUAGES} == {"#,##0%"}
