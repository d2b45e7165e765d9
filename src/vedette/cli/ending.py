"""Ctrl-C for commands that go on until it comes. Python drops the exception where it comes within a finaliser."""

from __future__ import annotations

import signal
import time
from types import FrameType


class Ending:
    """Made on the main thread. SIGINT raises `KeyboardInterrupt` where it comes, and again at the next pause."""

    def __init__(self) -> None:
        self._is_asked = False
        signal.signal(signal.SIGINT, self._ask)

    def _ask(self, number: int, frame: FrameType | None) -> None:
        self._is_asked = True
        raise KeyboardInterrupt

    def pause(self, seconds: float) -> None:
        """Sleep; `KeyboardInterrupt` if the end was asked for."""
        if self._is_asked:
            raise KeyboardInterrupt
        time.sleep(seconds)
