"""Finds content where it lies on disk: each frame with the record it belongs to, beside writers that go on.

Where damage lies between a content frame and the next envelope, the commitment tells whether they belong together.
Content at the end of a dead stream whose record was never written is nobody's: it is found as well, for nothing refers
to it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zlib import crc32

from vedette.trail.files.follow import frames
from vedette.trail.files.identities import OURS, Keys
from vedette.trail.files.keeper import writer_is_dead
from vedette.trail.files.rest import opened
from vedette.trail.format.envelope import commitment, split_content
from vedette.trail.format.spool import (
    CONTENT,
    ENVELOPE,
    ERASED,
    HEADER_SIZE,
    Frame,
    encode_frame,
    segment_files,
    stream_folders,
)

Envelope = Mapping[str, Any]
Wants = Callable[[Envelope], bool]


@dataclass(frozen=True, slots=True)
class Spot:
    """One content frame on disk: `size` bytes of content of `field`; of its record's `envelope`, s, n, t and w.

    `check` is the CRC-32 of the payload as it lies there. `loose`: to be destroyed with whatever is, and not told of,
    for it was told of before, or belongs to no record.
    """

    path: Path
    offset: int
    flags: int
    length: int
    check: int
    envelope: Envelope
    field: str = ""
    size: int = 0
    loose: bool = False

    @property
    def stream(self) -> str:
        return str(self.envelope["s"])

    @property
    def n(self) -> int:
        return int(self.envelope["n"])


def find(trail: Path, wanted: Wants, field: str = "", keys: Keys = OURS) -> list[Spot]:
    """The content frames of the records that are `wanted`, and those that are loose. Raises `Locked`."""
    return [spot for stream in stream_folders(trail) for spot in in_stream(stream, wanted, field, keys)]


def in_stream(stream: Path, wanted: Wants, field: str = "", keys: Keys = OURS) -> Iterator[Spot]:
    dead = writer_is_dead(stream)
    files = segment_files(stream)
    for path in files:
        yield from in_file(path, wanted, field, keys, final=dead or path != files[-1])


def in_file(path: Path, wanted: Wants, field: str = "", keys: Keys = OURS, *, final: bool) -> Iterator[Spot]:
    """The same of one segment; nothing of one that was trimmed meanwhile. `final`: nobody writes to it any more."""
    with suppress(FileNotFoundError):
        for spot in _Content(path, keys, final=final).spots():
            if spot.loose or (wanted(spot.envelope) and field in ("", spot.field or field)):
                yield spot


class _Content:
    """The content frames of one segment, with what lies on disk beside what it says in clear."""

    def __init__(self, path: Path, keys: Keys, *, final: bool) -> None:
        self._path = path
        self._keys = keys
        self._final = final
        self._end = HEADER_SIZE
        self._damaged = False
        self._stored: dict[int, Frame] = {}

    def spots(self) -> Iterator[Spot]:
        waiting: list[Frame] = []
        for frame in opened(self._noted(frames(self._path, HEADER_SIZE, final=self._final)), self._path, self._keys):
            if frame.type == CONTENT:
                waiting.append(frame)
            elif frame.type == ENVELOPE:
                envelope = json.loads(frame.payload)
                yield from (self._spot(each, envelope) for each in waiting if self._belongs(each, envelope))
                waiting, self._damaged = [], False
                self._stored.clear()
        if self._final:
            yield from (self._spot(each, {}) for each in waiting)

    def _noted(self, found: Iterable[Frame]) -> Iterator[Frame]:
        """The frames but for content that is gone already; whether damage lies between them."""
        for frame in found:
            self._damaged |= frame.offset != self._end
            self._end = frame.end
            if frame.type == CONTENT and frame.flags & ERASED and not frame.payload.strip(b"\0"):
                continue
            if frame.type == CONTENT:
                self._stored[frame.offset] = frame
            yield frame

    def _belongs(self, frame: Frame, envelope: Envelope) -> bool:
        if not self._damaged or frame.flags & ERASED:
            return True
        field, _ = split_content(frame.payload)
        return bool(envelope.get("c", {}).get(field, [""])[0] == commitment(frame.payload))

    def _spot(self, plain: Frame, envelope: Envelope) -> Spot:
        stored = self._stored[plain.offset]
        about = {name: envelope[name] for name in ("s", "n", "t", "w") if name in envelope}
        place = (self._path, stored.offset, stored.flags, len(stored.payload), crc32(stored.payload), about)
        if stored.flags & ERASED:
            return Spot(*place, loose=not about or not self._intact(stored))
        field, text = split_content(plain.payload)
        return Spot(*place, field, len(text), loose=not about)

    def _intact(self, stored: Frame) -> bool:
        """Whether a frame bears the flag and all of its content: its erasure got no further, or a bit has flipped."""
        with self._path.open("rb") as file:
            file.seek(stored.offset)
            return file.read(4) == encode_frame(CONTENT, stored.payload, stored.flags & ~ERASED)[:4]
