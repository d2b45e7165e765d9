"""Reads the records of a local trail for people: all streams in one order of time, with their content.

Nothing is verified here; a damaged frame is stepped over, an encrypted one that no key opens raises `Locked`. `follow`
goes on as records come, also in streams that begin while it runs.
"""

from __future__ import annotations

import heapq
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vedette.trail.files.follow import Group, groups
from vedette.trail.files.identities import OURS, Keys
from vedette.trail.files.keeper import writer_is_dead
from vedette.trail.format.envelope import split_content
from vedette.trail.format.spool import ENVELOPE, HEADER_SIZE, stream_folders

POLL = 0.2


@dataclass(frozen=True, slots=True)
class Record:
    """One record. `raw` are its canonical bytes, `content` maps fields to texts; `ordinal` is that of its stream."""

    envelope: dict[str, Any]
    raw: bytes
    content: dict[str, str]
    ordinal: int


def records(trail: Path, *, keys: Keys = OURS) -> Iterator[Record]:
    """All records that lie in `trail` now, by the time they state; within a stream in their own order."""
    return heapq.merge(*(_Place(folder, keys).read(final=True) for folder in stream_folders(trail)), key=_time)


def stream(folder: Path, *, keys: Keys = OURS) -> Iterator[Record]:
    """The records of the one stream that lies in `folder`, as `spool.stream_folders` names it."""
    return _Place(folder, keys).read(final=True)


def follow(
    trail: Path,
    *,
    poll: float = POLL,
    stop_after: float | None = None,
    keys: Keys = OURS,
    pause: Callable[[float], None] = time.sleep,
) -> Iterator[Record]:
    """All records, then those that come; looks every `poll` seconds, ends after `stop_after` seconds without news."""
    places: dict[Path, _Place] = {}
    quiet_since = time.monotonic()
    while stop_after is None or time.monotonic() - quiet_since < stop_after:
        for folder in stream_folders(trail):
            places.setdefault(folder, _Place(folder, keys))
        for record in heapq.merge(*(place.news() for place in places.values()), key=_time):
            quiet_since = time.monotonic()
            yield record
        pause(poll)


def _time(record: Record) -> int:
    stated = record.envelope.get("t", "")
    return int(stated) if isinstance(stated, str) and stated.isdecimal() else 0


class _Place:
    """How far one stream has been read."""

    def __init__(self, folder: Path, keys: Keys) -> None:
        self._folder = folder
        self._keys = keys
        self._segment = 0
        self._offset = HEADER_SIZE

    def news(self) -> Iterator[Record]:
        """At the tail of a live stream a frame may be under way: it is left for the next time."""
        yield from self.read(final=writer_is_dead(self._folder))

    def read(self, *, final: bool) -> Iterator[Record]:
        for group in groups(self._folder, self._segment, self._offset, dead=final, keys=self._keys):
            self._segment, self._offset = group.segment, group.end
            if group.type == ENVELOPE and (record := _record(group, int(self._folder.name))) is not None:
                yield record


def _record(group: Group, ordinal: int) -> Record | None:
    """None for a frame that checks and yet holds no record: `vedette verify` has a word for it."""
    try:
        envelope = json.loads(group.payload)
    except (ValueError, RecursionError):
        return None
    if not isinstance(envelope, dict):
        return None
    content = {field: text.decode("utf-8", "replace") for field, text in map(split_content, group.contents)}
    return Record(envelope, group.payload, content, ordinal)
