"""What all tests share."""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of real data and reference values, where a checkout has it beside it."""
    if not SHARED.is_dir():
        pytest.skip("the folder ../shared with real data and reference values is not here")
    return SHARED
