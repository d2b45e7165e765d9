"""What all tests share: our own faults are loud here, and nothing that a test starts outlives it."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

import vedette
from tests.collected import Collected
from vedette import guard
from vedette.capture import hub, threads, weave


@pytest.fixture(autouse=True)
def _loud_guard() -> Iterator[None]:
    """A fault of ours fails the test that provokes it, unless the test is about faults."""
    guard.reset()
    guard.loud(True)
    yield
    guard.loud(False)
    vedette.stop()  # seams, line and exporter guard, whichever door opened them
    guard.reset()


@pytest.fixture
def calls() -> Iterator[Collected]:
    """All seams woven, and every closed Call kept as it left the host's thread: raw, unread."""
    gc.collect()  # what earlier tests abandoned ends now, not in here
    collected = Collected()
    hub.connect(collected)
    threads.install()
    weave.weave()
    yield collected
    hub.connect(None)
    threads.uninstall()
    weave.unweave()
