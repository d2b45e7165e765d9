"""The syncer: one thread that puts records on disk, at most 50 ms after they were written, at once if somebody waits.

Two wait objects, one for the syncer and one for those who wait for it: with a shared one the waiters wake each other in
a loop. An idle host is woken by the heartbeat alone. Where no thread can start, a waiter syncs by itself.
"""

from __future__ import annotations

import asyncio
import contextvars
import threading
import time
from collections.abc import Callable

from vedette.guard import guard

LINGER = 0.05
SLOW = 0.025


class Syncer:
    """`sync` makes durable and tells how many records are; `tick` does the timers and tells when to look again."""

    def __init__(self, sync: Callable[[], int], tick: Callable[[], float]) -> None:
        self._sync = sync
        self._tick = tick
        self._work = threading.Event()
        self._urgent = threading.Event()
        self._durable = threading.Condition()
        self._done = 0
        self._futures: list[tuple[int, asyncio.AbstractEventLoop, asyncio.Future[bool]]] = []
        self._thread: threading.Thread | None = None
        self._stopped = False

    def start(self) -> None:
        """Start the thread, in a context of its own: it must not act inside the Call that happened to come first."""
        thread = threading.Thread(target=self._run, name="vedette-sync", daemon=True)
        try:
            contextvars.Context().run(thread.start)
        except RuntimeError:
            return  # the interpreter is going down: waiters sync by themselves
        self._thread = thread

    def dirty(self, *, urgent: bool) -> None:
        if urgent:
            self._urgent.set()
        self._work.set()

    def _run(self) -> None:
        pause, due = LINGER, 0.0
        while not self._stopped:
            found = self._work.wait(due)
            if found and not self._stopped:
                self._urgent.wait(pause)
                pause = self._flush()
            with guard("trail.tick"):
                due = self._tick()

    def _flush(self) -> float:
        """One `fdatasync`; how long to linger before the next."""
        self._work.clear()
        self._urgent.clear()
        begin = time.monotonic()
        with guard("trail.sync"):
            self._publish(self._sync())
        took = time.monotonic() - begin
        return 2 * took if took > SLOW else LINGER

    def _publish(self, done: int) -> None:
        with self._durable:
            self._done = max(self._done, done)
            self._durable.notify_all()
            ready = [each for each in self._futures if each[0] < self._done]
            self._futures = [each for each in self._futures if each[0] >= self._done]
        for _, loop, future in ready:
            if not loop.is_closed():
                loop.call_soon_threadsafe(_resolve, future)

    def wait(self, n: int, timeout: float) -> bool:
        if self._thread is None or not self._thread.is_alive():
            self._publish(self._sync())
        self.dirty(urgent=True)
        with self._durable:
            return self._durable.wait_for(lambda: self._done > n, timeout)

    async def wait_async(self, n: int, timeout: float) -> bool:
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # not asyncio (trio): a short wait here is the lesser evil
            return self.wait(n, timeout)
        future: asyncio.Future[bool] = loop.create_future()
        with self._durable:
            if self._done > n:
                return True
            self._futures.append((n, loop, future))
        self.dirty(urgent=True)
        done, _ = await asyncio.wait({future}, timeout=timeout)
        return bool(done)

    def stop(self) -> None:
        self._stopped = True
        self._urgent.set()
        self._work.set()


def _resolve(future: asyncio.Future[bool]) -> None:
    if not future.done():
        future.set_result(True)
