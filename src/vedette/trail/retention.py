"""Retention (`VEDETTE_RETENTION`): content goes when its time is over; records, checkpoints and the proof stay.

Guarantee: what goes is told of first, in a sealed `trim` record; what a legal hold covers stays. It goes as erased
content does, in place, so nobody who reads beside us is led astray; room is the ladder's business, not this one's.
Off the host's thread: `Retention.look` is called as time passes and starts a thread of its own, once an hour at most.
"""

from __future__ import annotations

import contextvars
import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from vedette.event import Event, Fact
from vedette.guard import guard
from vedette.trail import erasure, lifecycle
from vedette.trail.finding import Envelope, Spot, in_file
from vedette.trail.folder import replace
from vedette.trail.holds import Holds
from vedette.trail.identities import OURS, Keys
from vedette.trail.keeper import writer_is_dead
from vedette.trail.log import Trail
from vedette.trail.rest import Locked
from vedette.trail.seals import Seal, Seals
from vedette.trail.spans import Spans
from vedette.trail.spool import HEADER_SIZE, BadSegment, Header, segment_files, stream_folders

DAY_NS = 86_400 * 10**9
EVERY = 3600.0
FIRST = 60.0


@dataclass(frozen=True, slots=True)
class Due:
    """What is to go: content frames, and keys of sealed content. `done`: of each stream, which segments are through."""

    spots: list[Spot]
    seals: list[Seal]
    done: Mapping[str, int]

    def __bool__(self) -> bool:
        return bool(self.spots or self.seals)


def cutoff(days: int, now: int | None = None) -> int:
    """What is older than this, in wall-clock ns, goes; 0 for ever."""
    return (time.time_ns() if now is None else now) - days * DAY_NS if days else 0


def due(trail: Path, before: int, keys: Keys = OURS) -> Due:
    """What is older than `before` and not held. Reads only segments that were not found empty of it before."""
    look = _Look(before, Holds(trail), keys, _done(trail))
    spots = [spot for stream in stream_folders(trail) for spot in look.stream(stream)]
    seals = Seals(trail)
    going = [seal for seal in seals if seals.used_ns(seal) < before and not look.holds.of(seal.about)]
    return Due(spots, going, look.done)


class _Look:
    """One look through all segments that may hold something old. `done` grows by those that hold nothing else."""

    def __init__(self, before: int, holds: Holds, keys: Keys, done: dict[str, int]) -> None:
        self.holds = holds
        self.done = done
        self._before = before
        self._keys = keys
        self._through = True

    def stream(self, stream: Path) -> Iterator[Spot]:
        live = not writer_is_dead(stream)
        files = segment_files(stream)
        self._through = True
        for path in files:
            number = int(path.stem)
            if number <= self.done.get(stream.name, -1) or _created(path) >= self._before:
                continue
            self._through = self._through and not (live and path == files[-1])
            yield from in_file(path, self._takes, keys=self._keys, final=not (live and path == files[-1]))
            if self._through:
                self.done[stream.name] = number

    def _takes(self, envelope: Envelope) -> bool:
        """Whether a record's content is to go; if not, its segment is looked at again."""
        takes = int(envelope["t"]) < self._before and not self.holds.of(envelope)
        self._through = self._through and takes
        return takes


def _created(path: Path) -> int:
    """When a segment was begun; 0 where its header is damaged: then it is looked at."""
    try:
        with path.open("rb") as file:
            return Header.unpack(file.read(HEADER_SIZE)).created
    except (BadSegment, FileNotFoundError):
        return 0


def _done(trail: Path) -> dict[str, int]:
    """For each stream the newest segment that is through. Losing it costs another look, nothing else."""
    try:
        return {str(name): int(number) for name, number in json.loads((trail / "retention.json").read_bytes()).items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def apply(trail: Trail, before: int, keys: Keys = OURS) -> int:
    """Let go what is due, told of in `trail`; how many content fields. One process at a time, the others wait."""
    with erasure.upkeep(trail.folder):
        found = due(trail.folder, before, keys)
        if found:
            for event in _events(found):
                trail.append(event)
            trail.seal()  # what is told of it counts once it is signed
            for seal in found.seals:
                Seals(trail.folder).destroy(seal)
            for path in erasure.parked(trail.folder, found.spots):
                erasure.shred(path)
        done = erasure.destroy(found.spots)
        replace(trail.folder / "retention.json", json.dumps(found.done).encode())
        return done


def _events(found: Due) -> Iterator[Event]:
    """A `trim` record for each run of records whose content goes; between two of them there is no content left."""
    what: dict[str, Fact] = {"vedette.trim.what": "content"}
    told = [spot for spot in found.spots if not spot.loose]
    for stream, spots in groupby(sorted(told, key=_place), key=lambda spot: spot.stream):
        for first, last in Spans((spot.n, spot.n) for spot in spots).runs:
            yield lifecycle.trim(stream, first, last, "retention", what)
    if found.seals:
        facts: dict[str, Fact] = {"vedette.erasure.keys": len(found.seals), "vedette.why": "retention"}
        yield lifecycle.record("erasure", facts)


def _place(spot: Spot) -> tuple[str, int]:
    return spot.stream, spot.n


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
        thread = threading.Thread(target=self._run, name="vedette-retention", daemon=True)
        with suppress(RuntimeError):  # the interpreter is going down
            contextvars.Context().run(thread.start)

    def _run(self) -> None:
        with guard("trail.retention"), suppress(Locked):  # without a key nothing can go: said when the process started
            apply(self._trail, cutoff(self._days))
