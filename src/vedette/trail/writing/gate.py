"""The trail's lock, which a thread that already holds it may come to again.

A signal handler, a finaliser or an audit hook can run in the middle of an append, on the same thread, and append
something itself. A plain lock would stop there for ever and a re-entrant one would let it into a half-made change: so
it is parked, and done before the outer call lets go.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class Gate:
    """One action at a time."""

    __slots__ = ("_inside", "_lock", "_parked")

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._inside = False
        self._parked: deque[Callable[[], object]] = deque()

    def run(self, action: Callable[..., T], *args: object) -> T | None:
        """What `action` returns; None, and nothing done, from within another action: `park` something instead.

        The lock is taken by `with` itself: after a call of `acquire` a KeyboardInterrupt could keep it for ever.
        """
        with self._lock:
            if self._inside:
                return None
            try:
                self._inside = True
                result = action(*args)
            finally:
                try:
                    while self._parked:
                        self._parked.popleft()()
                finally:
                    self._inside = False  # no call before it: an interrupt could come with one
        if self._parked:  # parked after the last look, before we were out
            self.run(_nothing)
        return result

    def park(self, action: Callable[[], object]) -> None:
        """Do `action`, which must not raise, before the action under way on this thread lets go."""
        self._parked.append(action)

    def hold(self) -> None:
        """Before a fork: no other thread is in the middle of anything."""
        self._lock.acquire()

    def release(self) -> None:
        self._lock.release()


def _nothing() -> None:
    """For its way out alone."""
