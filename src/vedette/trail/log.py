"""The append path. `append` returns once the record would survive a SIGKILL, `wait` once it would survive power loss.

System calls of the happy path: one `pwrite` a record; one `fdatasync` for all records of the last 50 ms, by the syncer.
Sad path: a write that fails leaves the trail unchanged, raises `Unavailable` to the guard, and the next record that can
be written is preceded by a `gap` record that counts what is missing. Sequence numbers are never burnt.
"""

from __future__ import annotations

import os
import threading
import time
import weakref
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from vedette.event import Ack, Event, Kind, Phase, Result
from vedette.guard import guard
from vedette.names import SCHEMA
from vedette.trail import folder as place
from vedette.trail.folder import Unavailable
from vedette.trail.stream import Content, Stream, committed
from vedette.trail.sync import Syncer

SYNC = frozenset({Kind.AUTH, Kind.FINDING, Kind.CHANGE})
SEAL_AFTER = 5.0
HEARTBEAT = 60.0
PARKED = -1
"""The `n` of a record appended from inside an append (signal handler, finaliser): written before that one returns."""

_trails: weakref.WeakSet[Trail] = weakref.WeakSet()


class Trail:
    """The durable record of this process. Nothing is opened, and no key made, before the first record.

    `birth` gives the first record of a stream, also in every forked child. `wake` is called after each append.
    """

    def __init__(
        self,
        folder: Path,
        *,
        origin: str = "vedette.local",
        birth: Callable[[], Event],
        content: str = "ship",
        sync_timeout: float = 2.0,
    ) -> None:
        self.folder = folder
        self.wake: Callable[[], None] | None = None
        self._origin = origin
        self._birth = birth
        self._keep = content != "none"
        self._sync_timeout = sync_timeout
        self._parent: tuple[str, int] | None = None
        self._fresh()
        _trails.add(self)

    def _fresh(self) -> None:
        """No stream, no thread, nothing held: at birth and in a forked child."""
        self._pid = os.getpid()
        self._lock = threading.RLock()
        self._owner = 0
        self._stream: Stream | None = None
        self._parked: deque[Event] = deque()
        self._missed: list[tuple[Kind, int]] = []
        self._open: set[int] = set()
        self._closed = False
        self._last_record = time.monotonic()
        self._syncer = Syncer(self._sync, self._tick)

    @property
    def stream(self) -> str | None:
        """The id of the current stream, or None before its first record."""
        return self._stream.id if self._stream else None

    @property
    def ordinal(self) -> int | None:
        """The place of the current stream in the trail's folder."""
        return self._stream.ordinal if self._stream else None

    @property
    def open_intents(self) -> int:
        return len(self._open)

    # Appending.

    def append(self, event: Event, *, sync: bool = False) -> Ack:
        """Write one record. Raises `Unavailable` when it cannot be written, and nothing else.

        `sync`: a caller will `wait` for this one, so the next `fdatasync` comes at once.
        """
        content = committed(event.content, keep=self._keep)
        if self._owner == threading.get_ident():
            self._parked.append(event)
            return Ack(self.stream or "", PARKED)
        with self._lock:
            self._owner = threading.get_ident()
            try:
                ack = self._append(event, content)
                while self._parked:
                    parked = self._parked.popleft()
                    self._append(parked, committed(parked.content, keep=self._keep))
            except OSError as error:
                self._missed.append((event.kind, time.time_ns()))
                raise Unavailable(f"{self.folder}: the trail cannot be written ({error.strerror})") from error
            finally:
                self._owner = 0
        self._syncer.dirty(urgent=sync or event.kind in SYNC)
        if self.wake is not None:
            self.wake()
        return ack

    def _append(self, event: Event, content: Content) -> Ack:
        if self._closed:
            raise Unavailable(f"{self.folder}: the trail of this process is closed")
        stream = self._stream or self._begin()
        if self._missed:
            self._tell_gap(stream)
        n = stream.write(event, content)
        self._last_record = time.monotonic()
        self._keep_book(event, n)
        if event.kind is Kind.FINDING and event.facts.get("vedette.finding.severity") in ("high", "critical"):
            stream.checkpoint()
        return Ack(stream.id, n)

    def _keep_book(self, event: Event, n: int) -> None:
        if event.phase is Phase.INTENT:
            self._open.add(n)
        elif event.of is not None:
            self._open.discard(event.of)

    def _begin(self) -> Stream:
        """Open a stream and write its birth, sealed by this process's first key and by the host's."""
        place.prepare(self.folder)
        stream = Stream(self.folder, place.identity(self.folder, self._origin), keep_content=self._keep)
        birth = self._birth()
        facts = {**birth.facts, "vedette.ordinal": stream.ordinal, "vedette.pid": os.getpid(), "vedette.schema": SCHEMA}
        if self._parent is not None:
            facts |= {"vedette.parent.stream": self._parent[0], "vedette.parent.seq": self._parent[1]}
        stream.write(replace(birth, facts=facts), committed(birth.content, keep=self._keep))
        stream.checkpoint()
        self._stream = stream
        self._syncer.start()
        return stream

    def _tell_gap(self, stream: Stream) -> None:
        missed = self._missed
        kinds = ", ".join(
            f"{kind} {count}" for kind, count in sorted(Counter(kind.value for kind, _ in missed).items())
        )
        facts = {
            "vedette.gap.state": "closed",
            "vedette.gap.count": len(missed),
            "vedette.gap.first": str(missed[0][1]),
            "vedette.gap.last": str(missed[-1][1]),
            "vedette.lifecycle.reason": kinds,
        }
        stream.write(_lifecycle("gap", facts), (b"", {}))
        self._missed = []

    # Durability.

    def wait(self, ack: Ack) -> bool:
        """Block until the record would survive power loss; False = not within `sync_timeout`."""
        return ack.n == PARKED or self._syncer.wait(ack.n, self._sync_timeout)

    async def wait_async(self, ack: Ack) -> bool:
        """The same without blocking the event loop."""
        return ack.n == PARKED or await self._syncer.wait_async(ack.n, self._sync_timeout)

    def _sync(self) -> int:
        """`fdatasync` what is written; the number of records that are durable now."""
        stream = self._stream
        if stream is None:
            return 0
        with self._lock:
            if self._closed:
                return stream.n
            segment, written, descriptor = stream.segment, stream.n, stream.segment.duplicate()
        segment.sync(descriptor)  # outside the lock, on a descriptor that a roll cannot close under it
        return written

    def _tick(self) -> float:
        """Seal what is old enough, say that we live; seconds until there may be something to do again."""
        stream, now = self._stream, time.monotonic()
        if stream is None or self._closed:
            return HEARTBEAT
        if now - self._last_record >= HEARTBEAT:
            self.append(_lifecycle("heartbeat", {"vedette.open.intents": len(self._open)}))
        if stream.n > stream.sealed and now - stream.unsealed_since >= SEAL_AFTER:
            self.seal(durable=False)
        due = HEARTBEAT - (now - self._last_record)
        return min(due, SEAL_AFTER) if stream.n > stream.sealed else max(due, 0.1)

    def seal(self, *, durable: bool = True) -> None:
        """A checkpoint over all that is written, and, if `durable`, on disk."""
        with self._lock:
            if self._stream is None or self._closed:
                return
            self._stream.checkpoint()
        if self.wake is not None:
            self.wake()
        if durable:
            self._sync()

    def close(self, reason: str) -> None:
        """A `close` record and the last checkpoint; whoever appends now gets `Unavailable`."""
        if self._stream is not None and not self._closed:
            facts = {"vedette.lifecycle.reason": reason, "vedette.open.intents": len(self._open)}
            with guard("trail.close"):
                self.append(_lifecycle("close", facts))
        with self._lock:
            stream, was_closed, self._closed = self._stream, self._closed, True
            if stream is not None and not was_closed:
                with guard("trail.close"):
                    stream.close()
        self._syncer.stop()
        if self.wake is not None:
            self.wake()

    # Fork: the child's stream is born with its first record; nothing is written in the hook.

    def before_fork(self) -> None:
        self._lock.acquire()

    def after_fork_in_parent(self) -> None:
        self._lock.release()

    def after_fork_in_child(self) -> None:
        stream = self._stream
        if stream is not None:
            self._parent = (stream.id, stream.n - 1)
            if not self._closed:
                stream.abandon()
        self._fresh()


def _lifecycle(phase: str, facts: dict[str, str | int]) -> Event:
    """A record of the trail's own: nothing in it comes from the host, so there is nothing to redact."""
    return Event(kind=Kind.LIFECYCLE, name=phase, result=Result.OK, facts={"vedette.lifecycle.phase": phase, **facts})


def _each(method: str) -> Callable[[], None]:
    def run() -> None:
        for trail in list(_trails):
            getattr(trail, method)()

    return run


os.register_at_fork(
    before=_each("before_fork"),
    after_in_parent=_each("after_fork_in_parent"),
    after_in_child=_each("after_fork_in_child"),
)
