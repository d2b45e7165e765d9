"""Taps: what went by on one body, kept by reference up to a limit, counted and digested beyond it.

Kept are the head and a ring at the end, because usage and finish reason of a stream stand in its last bytes. While all
fits, feeding costs one append; the digest starts with the first byte that is not kept.
"""

from __future__ import annotations

import hashlib
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from vedette.event import Body
from vedette.guard import guard

TAIL = 64 * 1024


class Recorder:
    """Collects the pieces of one body; `limit` bytes are kept, of which up to 64 KiB are the tail."""

    __slots__ = ("_digest", "_head", "_kept", "_limit", "_tail", "_tail_size", "size")

    def __init__(self, limit: int) -> None:
        self._limit = max(limit - TAIL, 0)
        self._head: list[bytes] = []
        self._kept = 0
        self._tail: deque[bytes] = deque()
        self._tail_size = 0
        self._digest: Any = None
        self.size = 0

    def feed(self, piece: bytes) -> None:
        self.size += len(piece)
        if self._digest is None and self._kept + len(piece) <= self._limit + TAIL:
            self._head.append(piece)
            self._kept += len(piece)
        else:
            self._overflow(piece)

    def _overflow(self, piece: bytes) -> None:
        if self._digest is None:
            self._begin_digest()
        self._digest.update(piece)
        self._tail.append(piece[-TAIL:])
        self._tail_size += len(self._tail[-1])
        while self._tail_size - len(self._tail[0]) >= TAIL:
            self._tail_size -= len(self._tail.popleft())

    def _begin_digest(self) -> None:
        """The limit is passed: what is kept so far becomes the head, and its own end the beginning of the ring."""
        whole = b"".join(self._head)
        self._digest = hashlib.sha256(whole)
        self._head = [whole[: self._limit]]
        if whole[self._limit :]:
            self._tail.append(whole[self._limit :])
            self._tail_size = len(self._tail[0])

    def body(self) -> Body:
        head = b"".join(self._head)
        if self._digest is None:
            return Body(head, b"", self.size)
        return Body(head, b"".join(self._tail)[-TAIL:], self.size, self._digest.hexdigest())


def whole(piece: bytes | None) -> Body:
    """A body that was there in one piece: referenced, not copied."""
    return Body() if not piece else Body(piece, b"", len(piece))


class Tap:
    """What a tee feeds: `feed` each piece as the host reads it, then `close` once. Neither ever raises.

    Closing twice is closing once, so that a tee may close at the end of the stream, on `close()` and when collected.
    """

    __slots__ = ("__weakref__", "_begin", "_closed", "_on_close", "_recorder", "first_ns", "sent")

    def __init__(self, limit: int, on_close: Callable[[Tap, BaseException | None, str], None]) -> None:
        self._recorder = Recorder(limit)
        self._on_close = on_close
        self._closed = False
        self._begin = time.perf_counter_ns()
        self.first_ns = 0
        self.sent = 0

    def feed(self, piece: bytes) -> None:
        with guard("capture.tap"):
            if not piece or self._closed:
                return
            if not self.first_ns:
                self.first_ns = time.perf_counter_ns() - self._begin or 1
            self._recorder.feed(piece if type(piece) is bytes else bytes(piece))

    def close(self, error: BaseException | None = None, reason: str = "end") -> None:
        """`reason`: `end` of stream, `close` by the host, `collected` unread, `cut` by the server, `error`, `exit`."""
        if self._closed:
            return
        self._closed = True
        with guard("capture.tap"):
            self._on_close(self, error, reason)

    def body(self) -> Body:
        return self._recorder.body()
