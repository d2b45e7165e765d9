"""Retention (`VEDETTE_RETENTION`): content goes when its time is over; records, checkpoints and the proof stay.

Guarantee: what goes is told of first, in a sealed `trim` record; what a legal hold covers stays. It goes as erased
content does, in place, so nobody who reads beside us is led astray; room is the ladder's business, not this one's.
Off the host's thread: `Retention.look` is called as time passes and starts a thread of its own, once an hour at most.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress

from vedette import background
from vedette.event import Event, Fact
from vedette.guard import guard
from vedette.trail.custody import erasure
from vedette.trail.custody.due import Due, due
from vedette.trail.custody.seals import Seals
from vedette.trail.files.identities import OURS, Keys
from vedette.trail.files.rest import Locked
from vedette.trail.writing import lifecycle
from vedette.trail.writing.log import Trail

DAY_NS = 86_400 * 10**9
EVERY = 3600.0
FIRST = 60.0


def cutoff(days: int, now: int | None = None) -> int:
    """What is older than this, in wall-clock ns, goes; 0 for ever."""
    return (time.time_ns() if now is None else now) - days * DAY_NS if days else 0


def apply(trail: Trail, before: int, keys: Keys = OURS) -> int:
    """Let go what is due, told of in `trail`; how many content fields. One process at a time, the others wait."""
    done, more = 0, True
    with erasure.upkeep(trail.folder):
        while more:
            found = due(trail.folder, before, keys)
            gone = _let_go(trail, found)
            found.note(trail.folder)
            done, more = done + gone, found.more and gone > 0
    return done


def _let_go(trail: Trail, found: Due) -> int:
    if not found:
        return 0
    for event in _events(found):
        trail.append(event)
    trail.seal()  # what is told of it counts once it is signed
    seals = Seals(trail.folder)
    for seal in found.seals:
        seals.destroy(seal)
    for path in erasure.parked(trail.folder, found.spots):
        erasure.shred(path)
    return erasure.destroy(found.spots)


def _events(found: Due) -> Iterator[Event]:
    what: dict[str, Fact] = {"vedette.trim.what": "content"}
    for stream, first, last in found.runs():
        yield lifecycle.trim(stream, first, last, "retention", what)
    if found.seals:
        facts: dict[str, Fact] = {"vedette.erasure.keys": len(found.seals), "vedette.why": "retention"}
        yield lifecycle.record("erasure", facts)


class Retention:
    """Lets content go as its time comes, beside a running host."""

    def __init__(self, trail: Trail, days: int) -> None:
        self._trail = trail
        self._days = days
        self._next = time.monotonic() + FIRST

    def look(self) -> None:
        """Cheap. Starts the work on a thread of its own if it is time."""
        if not self._days or time.monotonic() < self._next:
            return
        self._next = time.monotonic() + EVERY
        with suppress(RuntimeError):  # the interpreter is going down
            background.start(self._run, "vedette-retention")

    def _run(self) -> None:
        with guard("trail.retention"), suppress(Locked):  # without a key nothing can go: said when the process started
            apply(self._trail, cutoff(self._days))
