"""Providers of the real SDK, one a test."""

from collections.abc import Iterator

import pytest
from tests.unit.signals.measured import Measured
from tests.unit.signals.traced import Traced


@pytest.fixture
def measured() -> Iterator[Measured]:
    made = Measured()
    yield made
    made.provider.shutdown()


@pytest.fixture
def traced() -> Iterator[Traced]:
    made = Traced()
    yield made
    made.provider.shutdown()
