"""Reads a stream's segment files from a place on, while they may still be written to.

Guarantee: what is yielded is whole, in file order, an envelope together with all its content. At the tail of a live
stream reading stops, to go on there later; in a file that nobody writes any more a damaged frame is stepped over.
Sad path: content whose envelope never came (a torn tail) is left out; the trail does not count it either.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from vedette.trail.files.identities import OURS, Keys
from vedette.trail.files.rest import opened
from vedette.trail.format.spool import (
    CHECKPOINT,
    CONTENT,
    ENVELOPE,
    ERASED,
    HEADER_SIZE,
    MAX_PAYLOAD,
    BadSegment,
    Frame,
    Header,
    frame_at,
    scan,
    segment_files,
)

WINDOW = 256 * 1024
_LARGEST = MAX_PAYLOAD + 12
_FRAME_LIKE = re.compile(rb"(?=[\x01-\x04][\x00-\x03]\x00\x00)", re.DOTALL)
_TYPE_AT = 8


@dataclass(frozen=True, slots=True)
class Group:
    """An envelope with its content payloads, or a checkpoint. Behind it, reading goes on at `end` of `segment`."""

    type: int
    payload: bytes
    contents: tuple[bytes, ...]
    segment: int
    end: int


def groups(stream: Path, segment: int, offset: int, *, dead: bool, keys: Keys = OURS) -> Iterator[Group]:
    """What lies behind `offset` of `segment`. `dead`: no writer holds this stream any more. Raises `Locked`.

    The files are listed before they are read: a file that has a successor was cut to its end before that one was made.
    """
    files = [each for each in segment_files(stream) if int(each.stem) >= segment]
    for path in files:
        number = int(path.stem)
        begin = offset if number == segment else HEADER_SIZE
        found = frames(path, begin, final=dead or path != files[-1])
        yield from _grouped(opened(found, path, keys), number, begin)


def more(stream: Path, segment: int, offset: int) -> bool:
    """Whether a dead stream has a record or a checkpoint behind `offset` of `segment`. Needs no key."""
    files = [each for each in segment_files(stream) if int(each.stem) >= segment]
    begins = [(path, offset if int(path.stem) == segment else HEADER_SIZE) for path in files]
    found = (frame.type for path, begin in begins for frame in frames(path, begin, final=True))
    return any(each in (ENVELOPE, CHECKPOINT) for each in found)


def _grouped(frames: Iterator[Frame], segment: int, end: int) -> Iterator[Group]:
    contents: list[bytes] = []
    for frame in frames:
        if frame.offset != end:  # damage in between: these contents may belong to an envelope that is lost
            contents = []
        end = frame.end
        if frame.type == CONTENT:
            contents += [] if frame.flags & ERASED else [frame.payload]
        elif frame.type in (ENVELOPE, CHECKPOINT):
            yield Group(frame.type, frame.payload, tuple(contents), segment, end)
            contents = []


def frames(path: Path, offset: int, *, final: bool) -> Iterator[Frame]:
    """The frames behind `offset` as they lie there; in a `final` file damage is stepped over."""
    size = WINDOW
    with path.open("rb", buffering=0) as file:
        while True:
            data = os.pread(file.fileno(), size, offset)
            read = 0
            for frame in scan(data, 0):
                yield Frame(frame.type, frame.flags, frame.payload, offset + frame.offset, offset + frame.end)
                read = frame.end
            if not read and len(data) == size and size < _LARGEST:
                size = _LARGEST  # a frame that is larger than the window
                continue
            if not read:
                read = _next_frame(data) if final else 0
            if not read:
                return
            offset, size = offset + read, WINDOW


def _next_frame(data: bytes) -> int:
    """Where the next frame that checks begins, past the damaged one at 0; 0 if there is none."""
    for found in _FRAME_LIKE.finditer(data, _TYPE_AT + 1):
        if frame_at(data, found.start() - _TYPE_AT) is not None:
            return found.start() - _TYPE_AT
    return 0


def header(stream: Path) -> Header | None:
    """The first segment header that can be read, or None: not yet, or never, a stream."""
    for path in segment_files(stream):
        try:
            with path.open("rb") as file:
                return Header.unpack(file.read(HEADER_SIZE))
        except BadSegment:
            continue
    return None


def size(stream: Path) -> int:
    """How many records the stream has. Reads the last segment, 25 ms at most."""
    for path in segment_files(stream)[-1:]:
        with path.open("rb") as file:
            first = Header.unpack(file.read(HEADER_SIZE)).first
        return first + sum(frame.type == ENVELOPE for frame in frames(path, HEADER_SIZE, final=False))
    return 0


def newest(stream: Path, keys: Keys = OURS) -> bytes | None:
    """The newest envelope of the stream's last segment."""
    envelope = None
    for path in segment_files(stream)[-1:]:
        for frame in opened(frames(path, HEADER_SIZE, final=False), path, keys):
            envelope = frame.payload if frame.type == ENVELOPE else envelope
    return envelope
