"""What the tests of words share."""

from collections.abc import Iterator

import pytest

from slm_analysis.presentation.language import CHINESE, in_language


@pytest.fixture
def chinese() -> Iterator[None]:
    """Write everything in Chinese for as long as a test runs."""
    with in_language(CHINESE):
        yield
