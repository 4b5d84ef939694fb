"""What all tests share."""

from pathlib import Path

import pytest
from hypothesis import settings

from slm_analysis.dataset.prepare import prepare
from slm_analysis.project import PREPARED

settings.register_profile("project", deadline=None)  # a busy machine is no fault
settings.load_profile("project")

PROJECT = Path(__file__).resolve().parents[1]
SHARED = PROJECT.parent / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of real data and reference values, where a checkout has it beside it."""
    if not SHARED.is_dir():
        pytest.skip("the folder ../shared with real data and reference values is not here")
    return SHARED


@pytest.fixture(scope="session")
def sample_project() -> Path:
    """Return the repository itself: a project with the sample data, prepared."""
    prepare(PROJECT, PROJECT / PREPARED)
    return PROJECT
