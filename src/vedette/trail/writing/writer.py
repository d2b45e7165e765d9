"""Writes the records of one process: the birth before the first, a gap record after those it could not write.

Not thread-safe: `log.Trail` holds the lock.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

from vedette.event import Ack, Event, Kind, Phase
from vedette.trail.files.folder import Full, Unavailable, allocate, prepare, release
from vedette.trail.files.identities import recipients
from vedette.trail.files.identity import Custody, identity
from vedette.trail.files.mounts import is_weak
from vedette.trail.format.commit import NOTHING, Content, committed
from vedette.trail.writing import lifecycle
from vedette.trail.writing.room import FULL_ERRORS, Level, Room
from vedette.trail.writing.stream import Stream, born

RETRY = 0.5
"""Seconds until a birth that failed is tried again."""

_MUCH = 4 * 1024 * 1024
_FINDING, _INTENT = Kind.FINDING, Phase.INTENT  # looked up once: an Enum's class is slow to ask
_ack = partial(tuple.__new__, Ack)  # in a third of the time that its own call takes
_GRAVE = frozenset({"high", "critical"})


class Writer:
    """One stream, from the first record on. `parent` is the stream this process was forked from, and its newest `n`.

    `content` is the policy of VEDETTE_CONTENT; `custody` says who may read the files, and who holds the host key.
    `lost` counts the records that could not be written; while it is `patient`, which it is again after each gap if
    there is `patience`, one that only lacks space is refused and not counted. `parked` has the numbers of records that
    were acknowledged under an alias below 0. `behind`: so much is not on disk yet that it should be put there at once.
    Once there is a `last` record, no other is written.
    """

    def __init__(
        self,
        folder: Path,
        origin: str,
        birth: Callable[[], Event],
        *,
        content: str,
        custody: Custody,
        room: Room,
        parent: tuple[str, int] | None,
    ) -> None:
        self._folder = folder
        self._origin = origin
        self._birth = birth
        self._content = content
        self._keep = content != "none"
        self._custody = custody
        self.room = room
        self.parent = parent
        self._failed: tuple[float, Exception] | None = None
        self.stream: Stream | None = None
        self.missed = lifecycle.Missed()
        self.lost = 0
        self.behind = False
        self.patient = self.patience = False
        self.open: set[int] = set()
        self.parked: dict[int, int] = {}
        self.last: Event | None = None

    def write(self, event: Event, content: Content) -> Ack:
        """Write `event`. `Unavailable`, counted, if it cannot be; nothing has changed then.

        `Full`, not counted, while it is `patient` and space is all that is missing.
        """
        if self.last is not None and event is not self.last:
            raise Unavailable(f"{self._folder}: the trail of this process is closed")
        of = event.of
        if of is not None and of < 0:
            of = self.parked.pop(of, None)
            event = replace(event, of=of)
        try:
            size, stream = len(content.frames), self.stream
            if stream is None or self.missed.kinds or stream.total + size >= self.room.ease:
                stream = self._ready(event, size)
            n = stream.write(event, content, seal=event.kind is _FINDING and _grave(event))
        except Exception as error:  # whatever is wrong here reaches the guard as one kind of fault
            if self.patient and isinstance(error, OSError) and error.errno in FULL_ERRORS:
                raise Full(str(self._folder)) from error
            raise self._miss(event, error) from error
        if event.phase is _INTENT:
            self.open.add(n)
        elif of is not None:
            self.open.discard(of)
        self.behind = stream.unsynced.size > _MUCH
        return _ack((stream.id, n))

    @property
    def size(self) -> int:
        """How many records there are."""
        return self.stream.n if self.stream else 0

    @property
    def filling(self) -> bool:
        return self.stream is not None and self.room.level(self.stream.total) > Level.FREE

    @property
    def sheds(self) -> bool:
        """Whether content has to be left out, but for findings."""
        stream = self.stream
        if stream is None or stream.total < self.room.ease:
            return False
        return self.room.level(stream.total) >= Level.SHEDDING

    def _ready(self, event: Event, size: int) -> Stream:
        """The stream, if `event` with `size` bytes of content may be written to it. What is missing is told before."""
        stream = self.stream or self._begin()
        self.room.admit(event, stream.total + size)
        if self.missed and self.room.roomy(stream.total):
            self._close_gap(stream)
        return stream

    def _miss(self, event: Event, error: Exception) -> Unavailable:
        """Count what could not be written, and say in the trail that something is missing from here on."""
        reason = str(getattr(error, "strerror", None) or error or type(error).__name__)
        self.missed.count(event.kind, reason)
        self.lost += 1
        if isinstance(error, OSError):
            self.room.refused(error)
            if self.stream is not None and not self.missed.opened:
                with suppress(OSError):
                    self.stream.write(self.missed.begin(), NOTHING)
                    self.missed.opened = True
        plain = type(error) is Unavailable  # it says all there is to say
        return Unavailable(str(error) if plain else f"{self._folder}: the trail cannot be written ({reason})")

    def tell_gap(self) -> None:
        """Close the gap if there is one and space has returned. An `OSError` or `Unavailable` if it has not."""
        stream = self.stream or self._begin()
        if self.missed and self.room.roomy(stream.total):
            self._close_gap(stream)

    def _close_gap(self, stream: Stream) -> None:
        stream.write(self.missed.gap(), NOTHING)
        self.missed = lifecycle.Missed()
        self.patient = self.patience

    def _begin(self) -> Stream:
        """The stream's first record. One that failed is not tried again for a moment: the host's thread may be here."""
        if self._failed is not None and time.monotonic() - self._failed[0] < RETRY:
            raise self._failed[1]
        try:
            self.stream = self._born()
        except Exception as error:
            self._failed = (time.monotonic(), error)
            raise
        self._failed = None
        return self.stream

    def _born(self) -> Stream:
        """A new stream with its birth record, sealed by its first key and by the host's, in one write."""
        prepare(self._folder, self._custody.group)
        self.room.open()
        who = identity(self._folder, self._origin, self._custody.host_log)
        rest = recipients(self._custody.at_rest)
        given = self._birth()
        if is_weak(self._folder):
            given = replace(given, facts={**given.facts, "vedette.disk": "weak"})
        slot = allocate(self._folder)
        try:
            stream = Stream(slot, born(who, slot.ordinal), keep_content=self._keep, rest=rest, sizes=self.room)
        except BaseException:
            release(slot)
            raise
        try:
            birth = lifecycle.birth(given, slot.ordinal, who.trail_id, self.parent, self._content)
            stream.write(birth, committed(birth.content, keep=self._keep), seal=True)
        except BaseException:
            stream.discard()
            raise
        return stream

    def close(self, reason: str) -> None:
        """The close record and the last checkpoint."""
        self.last = lifecycle.close(reason, len(self.open))
        if self.stream is None:
            return
        try:
            self.write(self.last, NOTHING)
        finally:
            self.stream.close()


def _grave(event: Event) -> bool:
    return event.facts.get("vedette.finding.severity") in _GRAVE
