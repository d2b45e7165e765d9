"""Retention's place in the process: a short-lived one has nothing to let go, and does not import it (law 7)."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from vedette import late
from vedette.trail import Trail

LATER = 5.0
"""Seconds after which it is made; it looks for the first time a minute after that."""


def retaining(trail: Trail, days: int) -> Callable[[], None]:
    """What the trail is to call as time passes; `days` of 0 keep content for ever."""
    begin = time.monotonic() + LATER
    made: Any = None

    def look() -> None:
        nonlocal made
        if made is None and days and time.monotonic() >= begin:
            made = late.module("vedette.trail.custody.retention").Retention(trail, days)
        if made is not None:
            made.look()

    return look
