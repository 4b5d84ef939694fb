from __future__ import annotations

from collections.abc import Iterator

import pytest

from slm_analysis.errors import InputError
from slm_analysis.presentation.language import (
    CHINESE,
    ENGLISH,
    Catalogue,
    gettext,
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


def test_an_unknown_language_is_refused():
    with pytest.raises(InputError, match=r"There is no such language\."):
        use_language("cn")


def test_a_catalogue_tells_numbers_and_contexts_apart():
    texts = Catalogue({(None, "{n} ticket"): "{n}单", ("ticket", "open"): "未结"})
    assert texts.ngettext("{n} ticket", "{n} tickets", 3) == "{n}单"
    assert texts.pgettext("ticket", "open") == "未结"
    assert texts.pgettext("shop", "open") == "open"
