"""The shipper: carries the trail to a collector, at least once, in file order, one request at a time.

Guarantee: a record stays on disk until the collector has acknowledged it; SIGKILL, an absent collector, a fork or the
end of the process delay it and lose nothing. Segment files are all it reads, so another process can take over: the
streams of dead writers are adopted by whoever holds `ship.lock`, within ten seconds.
Sad path: after a crash up to a second's worth of records is sent again; duplicates have the same `log.record.uid`.
"""

from __future__ import annotations

import functools
import os
import threading
import time
import weakref
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from vedette import background
from vedette.guard import guard
from vedette.trail.files.follow import size
from vedette.trail.shipping.backlog import Backlog
from vedette.trail.shipping.carrier import Carrier, Parked
from vedette.trail.shipping.item import Project
from vedette.trail.shipping.reconcile import Reconciler
from vedette.trail.shipping.send import Send
from vedette.trail.shipping.streams import Streams
from vedette.trail.shipping.ways import THREAD, Ways

LINGER = 0.2
LOOK = 0.05
AFTER_FAULT = 30.0

_shippers: weakref.WeakSet[Shipper] = weakref.WeakSet()


class Shipper:
    """Ships one trail directory. Thread-safe.

    `own` names the folder of this process's stream (`00000042`; None before its first record). `parked` is told of each
    record that was refused for good, so that the trail can say so. `ways` as there.
    """

    def __init__(
        self,
        folder: Path,
        send: Send,
        project: Project,
        own: Callable[[], str | None] = lambda: None,
        *,
        parked: Callable[[Parked], None] = lambda parked: None,
        ways: Ways = THREAD,
    ) -> None:
        self._ways = ways
        self._carrier = Carrier(folder, send, project, parked, ways.fresh)
        self._reconciler = Reconciler(folder, project, ways.ask) if ways.ask else None
        self._new_streams = functools.partial(Streams, folder, project, own, ways)
        self._streams = self._new_streams()
        self._prepare: Callable[[], None] = lambda: None
        self._running = False
        self._fresh()
        _shippers.add(self)

    def _fresh(self) -> None:
        """No thread, nothing held: at birth and in a forked child, whose parent goes on with its own stream."""
        self._streams.release()
        self._streams = self._new_streams()
        self._work = threading.Event()
        self._hurry = threading.Event()
        self._turn = threading.RLock()
        self._starting = threading.Lock()
        self._settled = threading.Condition()
        self._asked = self._heard = self._answered = 0
        self._thread: threading.Thread | None = None
        self._listening = True

    # Its thread.

    def start(self, prepare: Callable[[], None] | None = None) -> None:
        """Start the thread, in a context of its own; does nothing while it runs or where none can start any more.

        `prepare` is called on the thread before all else.
        """
        with self._starting:
            self._running = True
            self._prepare = prepare or self._prepare
            if self._thread is not None and self._thread.is_alive():
                return
            with suppress(RuntimeError):  # the interpreter is going down: `drain` ships on its caller's thread
                self._thread = background.start(self._run, "vedette-ship")

    def wake(self) -> None:
        """There is something to ship. Cheap; in a forked child it starts the thread."""
        if self._running and self._thread is None:
            self.start()
        if self._listening:
            self._work.set()

    def _run(self) -> None:
        self._prepare()
        while self._running:
            self._listening = True
            self._work.clear()
            asked = self._asked
            if asked != self._heard:
                self._heard = asked
                self._streams.hurry()
            if self._round(None):
                continue
            if not self._streams.waiting:
                self._answer(asked)
            self._reconcile()
            self._streams.save()
            self._rest(asked)

    def _reconcile(self) -> None:
        """Ask the backend, now and then, and send again what it does not hold."""
        if self._reconciler is not None and self._turn.acquire(blocking=False):
            try:
                with guard("ship.reconcile"):
                    for folder, segment, n in self._reconciler.look():
                        self._streams.rewind(folder, segment, n)
            finally:
                self._turn.release()

    def _rest(self, asked: int) -> None:
        """Sleep until there is work. Records that come while the collector is away do not end the sleep."""
        self._listening = not self._streams.away
        if self._running and asked == self._asked:
            self._work.wait(self._streams.idle_for())

    def _answer(self, asked: int) -> None:
        with self._settled:
            self._answered = max(self._answered, asked)
            self._settled.notify_all()

    # Shipping.

    def _round(self, end: float | None) -> bool:
        """One batch of each stream whose time has come, the own one first; whether anything was sent."""
        sent = False
        with self._turn:
            self._streams.look()
            for backlog in self._streams:
                if backlog.due <= time.monotonic() and (end is None or time.monotonic() < end):
                    sent |= self._step(backlog)
        return sent

    def _step(self, backlog: Backlog) -> bool:
        with guard("ship.step"):
            if not backlog.retrying:
                self._gather(backlog)
            sent = self._carrier.carry(backlog)
            backlog.save()
            return sent
        backlog.due = time.monotonic() + AFTER_FAULT  # a fault of ours: not at once again
        return False

    def _gather(self, backlog: Backlog) -> None:
        """Read a batch. Ordinary records linger for company; findings and logins do not."""
        until = time.monotonic() + LINGER
        backlog.fill()
        while backlog.lingers and not self._ways.pressed() and time.monotonic() < until and not self._hurry.wait(LOOK):
            backlog.fill()

    # Drain and stop.

    def drain(self, timeout: float) -> bool:
        """Ship what is there within `timeout` seconds; whether all of it was acknowledged.

        On the shipper's thread, or, where that cannot run, on the caller's.
        """
        if self._thread is None or not self._thread.is_alive():
            return self._drain_here(time.monotonic() + timeout)
        with self._hurried():
            return self.answered(self.ask(), timeout)

    def ask(self) -> int:
        """Ask the thread to look at once and to ship all there is; a number for `answered`."""
        with self._settled:
            self._asked += 1
            self._work.set()
            return self._asked

    def answered(self, asked: int, timeout: float) -> bool:
        """Whether all that was there has been acknowledged, within `timeout` seconds."""
        with self._settled:
            return self._settled.wait_for(lambda: self._answered >= asked, timeout)

    def _drain_here(self, end: float) -> bool:
        if not self._turn.acquire(timeout=max(end - time.monotonic(), 0.0)):
            return False
        try:
            with self._hurried():
                self._streams.hurry()
                while self._round(end) or (self._streams.waiting and self._rested(end)):
                    pass
                return not self._streams.waiting and time.monotonic() < end
        finally:
            self._streams.save(now=True)
            self._turn.release()

    def _rested(self, end: float) -> bool:
        """Wait for the next try; False if it would come too late."""
        due = min(each.due for each in self._streams if each.waiting)
        if due >= end:
            return False
        time.sleep(max(due - time.monotonic(), 0.0))
        return True

    @contextmanager
    def _hurried(self) -> Iterator[None]:
        self._hurry.set()
        try:
            yield
        finally:
            self._hurry.clear()

    def stop(self, timeout: float) -> bool:
        """Drain, end the thread and write the place down, all within `timeout` seconds. What is left waits on disk."""
        end = time.monotonic() + timeout
        done = self.drain(timeout)
        self._running = False
        self._work.set()
        with self._hurried():
            if self._thread is not None:
                self._thread.join(max(end - time.monotonic(), 0.0))
        if self._turn.acquire(timeout=max(end - time.monotonic(), 0.0)):
            self._let_go()
        return done

    def _let_go(self) -> None:
        try:
            self._streams.save(now=True)
            self._streams.release()
        finally:
            self._turn.release()

    # For metrics and heartbeats.

    @property
    def unacknowledged(self) -> int:
        """Records of the streams being shipped that no collector has acknowledged."""
        return sum(max(size(each.folder) - each.place.n, 0) for each in self._streams)

    @property
    def failing(self) -> bool:
        """Whether something waits for another try."""
        return any(each.retrying for each in self._streams)

    @property
    def lag(self) -> float:
        """Age in seconds of the oldest record that waits; 0.0 = none does."""
        oldest = min((each.oldest for each in self._streams if each.oldest), default=0)
        return max(time.time_ns() - oldest, 0) / 1e9 if oldest else 0.0

    @property
    def counts(self) -> Mapping[str, int]:
        """Log records so far: accepted, retried, parked, doubtful (a success whose body could not be read)."""
        return dict(self._carrier.counts)


def _after_fork() -> None:
    for shipper in list(_shippers):
        shipper._fresh()


os.register_at_fork(after_in_child=_after_fork)
