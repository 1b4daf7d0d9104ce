"""One Chromium for all browser tests of a process."""

from collections.abc import Iterator
from typing import Any

import pytest
from support.browser import chromium


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium without a window; a test that needs it is skipped where it is not installed."""
    yield from chromium()
