"""What a trail does by itself as time passes: checkpoints, heartbeats, a word on a clock that was set, and on anchors.

The newest anchor is written back into the stream, at most once a minute and only while records flow: what comes after
it was written later than the anchor's time, whatever the host's clock says.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from vedette.event import Event, Fact
from vedette.trail.files.folder import Unavailable
from vedette.trail.hosting.anchored import state
from vedette.trail.writing import lifecycle
from vedette.trail.writing.writer import Writer

SEAL = 5.0
HEARTBEAT = 60.0
ANCHOR = 60.0
CLOCK_NS = 10**9
"""A wall clock that moved by more against the monotonic one was set."""

SHORTEST = 0.1


class Timers:
    """`append` writes a record, `seal` a checkpoint. Runs on the syncer's thread."""

    def __init__(self, append: Callable[[Event], object], seal: Callable[[], object], host_log: Path) -> None:
        self._append = append
        self._seal = seal
        self._host_log = host_log
        self._looked = time.monotonic() - ANCHOR
        self._told: tuple[str, int] = ("", 0)
        self._offset = _offset()

    def tick(self, writer: Writer, lag_ms: int, vitals: Callable[[], Mapping[str, Fact]] | None) -> float:
        """Do what is due; seconds until there may be something to do again. `lag_ms` as in `lifecycle.heartbeat`."""
        self._look_at_the_clock()
        if _heartbeat_in(writer) <= 0 and not writer.missed:
            with suppress(Unavailable):  # it is in the gap
                self._append(lifecycle.heartbeat(len(writer.open), writer.lost, lag_ms, vitals() if vitals else {}))
        self._look_for_an_anchor(writer)
        if _seal_in(writer) <= 0:
            with suppress(OSError):  # a full disk: the next tick tries again
                self._seal()
        return max(min(_heartbeat_in(writer), _seal_in(writer)), SHORTEST)

    def _look_at_the_clock(self) -> None:
        before, self._offset = self._offset, _offset()
        if abs(self._offset - before) > CLOCK_NS:
            with suppress(Unavailable):
                self._append(lifecycle.clock(before, self._offset))

    def _look_for_an_anchor(self, writer: Writer) -> None:
        """One that is new, if there is something new for it to bound."""
        if time.monotonic() - self._looked < ANCHOR or writer.size <= self._told[1]:
            return
        self._looked = time.monotonic()
        newest = state(self._host_log).newest
        if newest is None or newest.hash == self._told[0]:
            return
        with suppress(Unavailable):
            self._append(lifecycle.anchor(newest.kind, newest.name, newest.hash))
            self._told = (newest.hash, writer.size)


def _seal_in(writer: Writer) -> float:
    """Seconds until a checkpoint is due."""
    stream = writer.stream
    if stream is None or stream.n == stream.sealed:
        return HEARTBEAT
    return SEAL - (time.monotonic_ns() - stream.unsealed_since) / 1e9


def _heartbeat_in(writer: Writer) -> float:
    stream = writer.stream
    return HEARTBEAT - (time.monotonic_ns() - stream.newest) / 1e9 if stream else HEARTBEAT


def _offset() -> int:
    return time.time_ns() - time.monotonic_ns()
