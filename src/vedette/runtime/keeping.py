"""The keeper's place in the process: a thread that starts with the first record, where no `vedette keeper` has the key.

One process of a trail keeps the host log, whichever took `keeper.lock`; the others ask again every ten seconds.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import Any

from vedette import background, late
from vedette.config import Settings
from vedette.guard import guard
from vedette.runtime.stage import off_stage
from vedette.trail import Trail

ROUND = 10.0


class Keeping:
    """Owns the keeper of this process. Where `VEDETTE_HOST_LOG` names a folder, it does nothing at all."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._keeper: Any = None
        self._fresh()
        os.register_at_fork(after_in_child=self._forked)

    def _fresh(self) -> None:
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._ending = threading.Event()

    def _forked(self) -> None:
        """The lock, the log and the thread are the parent's; the child asks for the lock with its own first record."""
        if self._keeper is not None:
            with guard("keeper.forked"):
                self._keeper.abandon()
        self._keeper = None
        self._fresh()

    def attach(self, trail: Trail) -> None:
        """Start with the first append. Call it after the shipper was attached: its `wake` goes on being called."""
        if self._settings.host_log is not None:
            return
        before = trail.wake

        def wake() -> None:
            if self._thread is None:
                self._start()
            if before is not None:
                before()

        trail.wake = wake

    def _start(self) -> None:
        """Where no thread can start any more (the interpreter ends), the next process keeps the log."""
        if not self._starting.acquire(blocking=False):
            return  # a signal handler in the middle of this, or another thread
        try:
            if self._thread is None:
                self._thread = background.start(self._run, "vedette-keep")
        except RuntimeError:
            return
        finally:
            self._starting.release()

    def _run(self) -> None:
        off_stage()
        while not self._ending.wait(ROUND):
            with guard("keeper.round"):
                self._here().round()
        with guard("keeper.stop"):
            self._here().stop()

    def _here(self) -> Any:
        """Late on purpose: host log and anchors are imported by this thread, with its first round (law 7)."""
        if self._keeper is None:
            made: Callable[[Settings], Any] = late.module("vedette.runtime.keeper").keeper
            self._keeper = made(self._settings)
        return self._keeper

    def stop(self, timeout: float) -> None:
        """A last round, so that the end of this stream stands in the host log, within `timeout` seconds."""
        self._ending.set()
        if self._thread is not None:
            self._thread.join(timeout)
