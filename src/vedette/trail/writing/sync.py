"""The syncer: one thread that puts records on disk, at most 50 ms after they were written, at once if somebody waits.

Who waits has a lock of its own, which the syncer lets go of once the record is durable: nobody is woken for another's
record. An idle host is woken by the timers alone. Where no thread can start (the interpreter is going down), who
appends syncs. Nobody else does: a wait is bounded, and inside an `fdatasync` on a disk that hangs it could not be.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from vedette import background
from vedette.guard import guard

LINGER = 0.05
SLOW = 0.025
RETRY = 1.0


class Bell:
    """An event that a signal handler may set while this very thread is setting it, which `threading.Event` forbids.

    A lock that is free means: it was rung, and `silent()` is False until the next wait. All of it happens inside C.
    """

    __slots__ = ("_lock", "silent")

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lock.acquire()
        self.silent = self._lock.locked

    def ring(self) -> None:
        if self._lock.locked():
            with suppress(RuntimeError):  # somebody else rang between the two
                self._lock.release()

    def wait(self, timeout: float) -> bool:
        """Whether it was rung within `timeout` seconds; the next wait waits anew."""
        return self._lock.acquire(timeout=timeout)

    def clear(self) -> None:
        self._lock.acquire(blocking=False)


class Syncer:
    """`sync` makes durable what is written and publishes how many records are; `tick` does the timers and tells when to
    look again.

    `lag_ms` is how long the newest sync took, if that was slow. While it is not `quiet()`, it knows that there is work
    and has not looked yet what it is: only who is in a hurry need tell it again.
    """

    def __init__(self, sync: Callable[[], None], tick: Callable[[], float]) -> None:
        self._sync = sync
        self._tick = tick
        self._ticked = 0.0
        self._work = Bell()
        self._urgent = Bell()
        self._done = 0
        self._urged = -1
        self._waiting: deque[tuple[int, Callable[[], object]]] = deque()
        self._publishing = threading.Lock()
        self._thread: threading.Thread | None = None
        self._pause = LINGER
        self.lag_ms = 0
        self.quiet = self._work.silent
        self._stopped = False

    def _start(self) -> None:
        with suppress(RuntimeError):
            self._thread = background.start(self._run, "vedette-sync")

    @property
    def alive(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def dirty(self, n: int = -1, *, urgent: bool) -> None:
        """There is something to sync, up to record `n` if that is urgent. Safe in a signal handler that interrupts it.

        Who waits for `n` then need not ask again: that would be one more sync, in the way of the next record.
        """
        if self._thread is None:
            self._start()
        if self._thread is None:
            self.flush()
            return
        if urgent:
            self._urged = max(self._urged, n)
            self._urgent.ring()
        self._work.ring()

    def _run(self) -> None:
        due = 0.0
        while not self._stopped:
            if self._work.wait(due) and not self._stopped:
                self._urgent.wait(self._pause)
                self.flush()
            due = RETRY
            with guard("trail.tick"):
                due = self._timers()

    def _timers(self) -> float:
        """Seconds until there may be something to do. Looked at no more often than every 50 ms, however many syncs."""
        now = time.monotonic()
        if now - self._ticked < LINGER:
            return LINGER
        self._ticked = now
        return self._tick()

    def flush(self) -> None:
        """One `fdatasync` for all that is written; a slow disk is asked less often, one that fails once a second."""
        self._work.clear()
        self._urgent.clear()
        begin = time.monotonic()
        self._pause = RETRY
        with guard("trail.sync"):
            self._sync()
            took = time.monotonic() - begin
            self._pause, self.lag_ms = (2 * took, int(took * 1000)) if took > SLOW else (LINGER, 0)
            return
        self._urged = -1
        if self._thread is not None:
            self._work.ring()  # it failed: look again

    def publish(self, done: int) -> None:
        """So many records are on disk: who waits for one of them goes on."""
        with self._publishing:
            self._done = max(self._done, done)
            for _ in range(len(self._waiting)):  # who comes now looks at `_done`
                n, wake = self._waiting.popleft()
                if n < self._done:
                    wake()
                else:
                    self._waiting.append((n, wake))

    def wait(self, n: int, timeout: float) -> bool:
        """Whether record `n` is on disk within `timeout` seconds. The syncer's own thread does not wait for itself."""
        if self._thread is threading.current_thread():
            self.flush()
        if n > self._urged:
            self.dirty(n, urgent=True)
        if self._done > n:
            return True
        turn = threading.Lock()
        turn.acquire()
        self._waiting.append((n, turn.release))
        return self._done > n or turn.acquire(timeout=timeout) or self._done > n

    async def wait_async(self, n: int, timeout: float) -> bool:
        """The same for a coroutine of asyncio, without blocking its loop. Another framework's loop (trio) does wait."""
        try:
            future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        except RuntimeError:
            return self.wait(n, timeout)
        if n > self._urged:
            self.dirty(n, urgent=True)
        self._waiting.append((n, partial(_wake, future)))
        if self._done > n:
            return True
        done, _ = await asyncio.wait({future}, timeout=timeout)
        return bool(done)

    def stop(self) -> None:
        """The thread ends; a short join, so that none of ours is alive when the interpreter goes down."""
        self._stopped = True
        self._urgent.ring()
        self._work.ring()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(1.0)


def _wake(future: asyncio.Future[bool]) -> None:
    with suppress(RuntimeError):  # its loop was closed meanwhile: nobody waits any more
        future.get_loop().call_soon_threadsafe(_resolve, future)


def _resolve(future: asyncio.Future[bool]) -> None:
    if not future.done():
        future.set_result(True)
