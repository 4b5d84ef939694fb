"""The language in use: of the process, or of a block of code; texts in it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

import slm_analysis as slm
from slm_analysis.errors import InputError
from slm_analysis.presentation.language import (
    CHINESE,
    ENGLISH,
    LANGUAGES,
    Catalogue,
    gettext,
    in_language,
    joined,
    language,
    translations,
    use_language,
)


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    yield
    use_language(ENGLISH)


def test_english_is_the_text_itself():
    assert language() == ENGLISH
    assert gettext("No text of ours") == "No text of ours"


def test_a_text_without_translation_stays_english():
    use_language(CHINESE)
    assert gettext("No text of ours") == "No text of ours"
    assert translations(CHINESE).ngettext("a thing", "things", 2) == "things"


@pytest.mark.parametrize("code", ["cn", "ZH", "", None, "zh-CN"])
def test_an_unknown_language_is_refused(code):
    with pytest.raises(InputError, match=r"There is no such language\."):
        use_language(code)
    with pytest.raises(InputError, match=r"There is no such language\."), in_language(code):
        pass
    assert language() == ENGLISH


def test_a_catalogue_tells_numbers_and_contexts_apart():
    texts = Catalogue({(None, "{n} ticket"): "{n}单", ("ticket", "open"): "未结"})
    assert texts.ngettext("{n} ticket", "{n} tickets", 3) == "{n}单"
    assert texts.pgettext("ticket", "open") == "未结"
    assert texts.pgettext("shop", "open") == "open"


def test_the_language_of_notebooks_is_chosen_once():
    slm.use_language(CHINESE)
    assert gettext("Missed") == "未达标"
    slm.use_language(ENGLISH)
    assert gettext("Missed") == "Missed"


def test_a_block_has_a_language_of_its_own():
    use_language(CHINESE)
    with in_language(ENGLISH):
        assert gettext("Missed") == "Missed"
        with in_language(CHINESE):
            assert gettext("Missed") == "未达标"
        assert language() == ENGLISH
    assert language() == CHINESE


def test_a_block_that_fails_leaves_the_language_as_it_was():
    with pytest.raises(ValueError, match="x"), in_language(CHINESE):
        raise ValueError("x")
    assert language() == ENGLISH


def test_threads_do_not_take_each_others_language():
    meet = Barrier(2, timeout=60)

    def seen(code: str) -> list[str]:
        with in_language(code):
            words = []
            for _ in range(50):
                meet.wait()
                words.append(gettext("Missed"))
            return words

    with ThreadPoolExecutor(2) as pool:
        english, chinese = pool.map(seen, LANGUAGES)
    assert set(english) == {"Missed"}
    assert set(chinese) == {"未达标"}
    assert language() == ENGLISH


def test_sentences_follow_each_other():
    assert joined(["One.", "", "Two."]) == "One. Two."
    with in_language(CHINESE):
        assert joined(["一。", "二。"]) == "一。二。"
