"""The append path. `append` returns once the record would survive a SIGKILL, `wait` once it would survive power loss.

System calls of the happy path: one `pwrite` a record; one `fdatasync` for all records of the last 50 ms, by the syncer.
Sad path: a write that fails leaves the trail unchanged, raises `Unavailable` to the guard, and the next record that can
be written is preceded by a `gap` record that counts what is missing. Sequence numbers are never burnt.
"""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path

from vedette.event import Ack, Event, Fact, Kind, Phase
from vedette.guard import AuditUnavailable, guard
from vedette.trail.files.folder import Full, Unavailable
from vedette.trail.files.identity import OWN, Custody
from vedette.trail.format.commit import NOTHING, Content, committed, forget_salts, shed
from vedette.trail.writing import fork, lifecycle
from vedette.trail.writing.classes import Classes
from vedette.trail.writing.gate import Gate
from vedette.trail.writing.room import USUAL, Limits, Room
from vedette.trail.writing.sync import Syncer
from vedette.trail.writing.tidy import Tidy
from vedette.trail.writing.timers import HEARTBEAT, Timers
from vedette.trail.writing.writer import Writer

GAP = 0.5
"""Seconds until the gap record is tried again while the disk is full."""

_INTENT = Phase.INTENT  # looked up once: an Enum's class is slow to ask

PATIENCE = 2.0
AGAIN = 0.05
"""`VEDETTE_ON_FULL=block`: how long a spell without space holds a host up at most, and how often it is tried again."""


class Trail:
    """The durable record of this process. Nothing is opened, and no key made, before the first record.

    `birth` gives the first record of a stream, also in every forked child. `wake` is called after each append; `vitals`
    gives further facts of a heartbeat; `chore` is called as time passes, on the syncer's thread. None of them may
    raise, and `wake` may interrupt itself: a signal handler appends. `limits` say how much the folder may take and what
    happens then.
    """

    def __init__(
        self,
        folder: Path,
        *,
        origin: str = "vedette.local",
        birth: Callable[[], Event],
        content: str = "ship",
        sync_timeout: float = 2.0,
        limits: Limits = USUAL,
        custody: Custody = OWN,
    ) -> None:
        self.folder = folder
        self.wake: Callable[[], None] | None = None
        self.chore: Callable[[], None] | None = None
        self.vitals: Callable[[], Mapping[str, Fact]] | None = None
        self._keep = content != "none"
        self.classes = Classes(limits.sync)
        self._forced = self.classes.records
        self.on_full = limits.on_full
        self._limits = limits
        self._sync_timeout = sync_timeout
        self._host_log = custody.host_log or folder / "host"
        self._writer_of = partial(Writer, folder, origin, birth, content=content, custody=custody)
        self._fresh(None)
        fork.watch(self)

    def _fresh(self, parent: tuple[str, int] | None) -> None:
        """No stream, no thread, nothing held: at first, and in a forked child."""
        self._pid = os.getpid()
        self._gate = Gate()
        self._aliases = itertools.count(-1, -1)
        self._timers = Timers(self.append, partial(self.seal, durable=False), self._host_log)
        self._tidy = Tidy(self.folder, self._limits.acknowledged, self.append, self.seal)
        self._syncer = Syncer(self._sync, self._tick)
        self._late = False
        self._writer = self._writer_of(room=Room(self.folder, self._limits.most), parent=parent)
        self._writer.patient = self._writer.patience = self.on_full == "block"

    @property
    def stream(self) -> str | None:
        """The id of the current stream, or None before its first record."""
        return self._writer.stream.id if self._writer.stream else None

    @property
    def ordinal(self) -> int | None:
        """The place of the current stream among those of its folder, or None before its first record."""
        return self._writer.stream.ordinal if self._writer.stream else None

    @property
    def _closed(self) -> bool:
        return self._writer.last is not None

    @property
    def open_intents(self) -> int:
        return len(self._writer.open)

    # Appending.

    def append(self, event: Event, *, sync: bool = False) -> Ack:
        """Write one record. Raises `Unavailable` when it cannot be written, and nothing else; for an intent with `sync`
        under `VEDETTE_ON_FULL=refuse` it is `AuditUnavailable`.

        `sync`: a caller will `wait` for this one, so the next `fdatasync` comes at once. A record that is to be on disk
        whoever waits (`classes`) is, when this returns. From inside another append (a signal handler, a finaliser) the
        record is written when that one is through; its number is an alias below 0.
        """
        if self._pid != os.getpid():
            self.after_fork_in_child()
        ack = self._appended(event, sync)
        n, forced = ack[1], event.kind in self._forced and event.phase is not _INTENT
        self._syncer.dirty(n, urgent=sync or forced or self._writer.behind)
        if self.wake is not None:
            self.wake()
        if forced and n >= 0 and not self._syncer.wait(n, self._sync_timeout):
            self._tell_late()
        return ack

    def _appended(self, event: Event, sync: bool) -> Ack:
        content = self._committed(event) if event.content else NOTHING
        try:
            ack = self._gate.run(self._writer.write, event, content)
        except Unavailable as error:
            self._syncer.dirty(urgent=False)  # it will try to tell the gap, and to make room
            if isinstance(error, Full):
                ack = self._patiently(event, content)
            elif sync and self.on_full == "refuse" and event.phase is _INTENT:
                raise AuditUnavailable(str(error)) from error
            else:
                raise
        return self._park(event, content) if ack is None else ack

    def _committed(self, event: Event) -> Content:
        sheds = self._writer.sheds and event.kind is not Kind.FINDING
        return shed(event.content) if sheds else committed(event.content, keep=self._keep)

    def _patiently(self, event: Event, content: Content) -> Ack | None:
        """Wait for space, once in a spell without it; then it is a gap like any other."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            time.sleep(AGAIN)
            with suppress(Full):
                return self._gate.run(self._writer.write, event, content)
            self._syncer.dirty(urgent=False)
        self._writer.patient = False
        try:
            ack = self._gate.run(self._writer.write, event, content)
        finally:
            self._syncer.dirty(urgent=False)
        self._writer.patient = True
        return ack

    def _park(self, event: Event, content: Content) -> Ack:
        alias = next(self._aliases)
        self._gate.park(partial(self._write_parked, alias, event, content))
        return Ack(self.stream or "", alias)

    def _write_parked(self, alias: int, event: Event, content: Content) -> None:
        with guard("trail.parked"):
            self._writer.parked[alias] = self._writer.write(event, content).n

    # Durability.

    def wait(self, ack: Ack) -> bool:
        """Block until the record would survive power loss; False = not within `sync_timeout`, or nobody can tell.

        Under `VEDETTE_ON_FULL=refuse` it is `AuditUnavailable` instead of False for a record of ours.
        """
        n = self._number(ack)
        return n is not None and (self._syncer.wait(n, self._sync_timeout) or self._was_late())

    async def wait_async(self, ack: Ack) -> bool:
        """The same without blocking the event loop."""
        n = self._number(ack)
        return n is not None and (await self._syncer.wait_async(n, self._sync_timeout) or self._was_late())

    def _was_late(self) -> bool:
        self._tell_late()
        if self.on_full == "refuse":
            raise AuditUnavailable(f"{self.folder}: no record on disk within {self._sync_timeout:g} s")
        return False

    def _tell_late(self) -> None:
        """A finding, once until a sync has succeeded again; nobody waits for that one."""
        if not self._late:
            self._late = True
            with suppress(Unavailable):  # it is in the gap
                self._appended(lifecycle.late_sync(self._sync_timeout), sync=False)

    def _number(self, ack: Ack) -> int | None:
        """None for a record of the process we were forked from, and for one that is still parked."""
        if ack.stream != self.stream:
            return None
        return ack.n if ack.n >= 0 else self._writer.parked.get(ack.n)

    def _sync(self) -> None:
        """`fdatasync` what is written, and publish how many records are durable now. Appends go on meanwhile."""
        stream = self._writer.stream
        work = self._gate.run(stream.written) if stream else None
        if stream is None or work is None:
            return
        try:
            if not self.classes.never:
                work.segment.sync()
        except OSError as error:
            self._gate.run(self._go_on, str(error.strerror))
            raise
        self._syncer.publish(work.n)
        self._gate.run(stream.unsynced.durable, work.mark)
        self._late = False

    def _go_on(self, reason: str) -> None:
        """The disk lost what it was given: write it again to a new segment, and say so."""
        stream = self._writer.stream
        if stream is not None and stream.segment.lost and not self._closed:
            stream.roll()
            finding = lifecycle.lost_sync(reason)
            self._writer.write(finding, committed(finding.content, keep=self._keep))

    def seal(self, *, durable: bool = True) -> None:
        """A checkpoint over all that is written, and, if `durable`, on disk. `OSError` if it cannot be."""
        stream = self._writer.stream
        if stream is None or self._closed:
            return
        self._gate.run(stream.checkpoint)
        if self.wake is not None:
            self.wake()
        if durable:
            self._sync()

    def beat(self) -> None:
        """A heartbeat now: a record that a collector cannot have seen."""
        writer = self._writer
        vitals = self.vitals() if self.vitals else {}
        self.append(lifecycle.heartbeat(len(writer.open), writer.lost, self._syncer.lag_ms, vitals))

    def close(self, reason: str) -> None:
        """A `close` record and the last checkpoint, on disk; whoever appends now gets `Unavailable`.

        From inside an append (a signal handler) it is done once that one is through.
        """
        if self._gate.run(self._close, reason):
            self._syncer.stop()
        else:
            self._gate.park(partial(self._close, reason))
        if self.wake is not None:
            self.wake()

    def _close(self, reason: str) -> bool:
        if not self._closed:
            with guard("trail.close"):
                self._writer.close(reason)
                self._syncer.publish(self._writer.size)
        return True

    def _tick(self) -> float:
        writer = self._writer
        if self._closed:
            return HEARTBEAT
        if writer.missed:
            with suppress(OSError, Unavailable):
                self._gate.run(writer.tell_gap)
        if writer.stream is None:
            return GAP if writer.missed else HEARTBEAT
        with guard("trail.tidy"):
            self._tidy.look(writer.room, writer.stream.total)
        if self.chore is not None:
            with guard("trail.chore"):
                self.chore()
        due = self._timers.tick(writer, self._syncer.lag_ms, self.vitals)
        return GAP if writer.missed or writer.filling else due

    @property
    def filling(self) -> bool:
        """Whether the trail comes near its cap: the shipper does not linger then."""
        return self._writer.filling

    # Fork: the child's stream is born with its first record; nothing is written in the hook.

    def before_fork(self) -> None:
        self._gate.hold()

    def after_fork_in_parent(self) -> None:
        self._gate.release()

    def after_fork_in_child(self) -> None:
        forget_salts()
        stream, parent = self._writer.stream, self._writer.parent
        if stream is not None:
            parent = (stream.id, stream.n - 1)
            stream.abandon()
        last = self._writer.last
        self._fresh(parent)
        self._writer.last = last
