"""Erasure: content destroyed where it lies, salt included; the envelope, and every proof over it, stays as it is.

Order, each step on disk before the next: a sealed intent record says what is to go; one byte, the flag, makes the frame
count as erased whatever stands in it; zeros take the place of the payload; the outcome record follows. A kill between
any two leaves a frame that is content or erased content, never damage, and the next erasure finishes what it finds.
Streams that are being written to are no different: their writers only append, behind every frame that is found here.
Sad path: a file system that copies on write, or a flash disk that moves blocks, may keep old bytes out of reach of any
program; encryption at rest is the answer to that (docs/decisions/0031).
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any
from zlib import crc32

from vedette.trail.copies import carries
from vedette.trail.envelope import split_content
from vedette.trail.follow import frames
from vedette.trail.identities import OURS, Keys
from vedette.trail.keeper import writer_is_dead
from vedette.trail.rest import opened
from vedette.trail.spool import (
    CONTENT,
    ENVELOPE,
    ERASED,
    HEADER_SIZE,
    Frame,
    encode_frame,
    segment_files,
    stream_folders,
)

_datasync = getattr(os, "fdatasync", os.fsync)  # macOS has no fdatasync
_HEAD = 12
_FLAGS_AT = 9

Envelope = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Spot:
    """One content frame on disk: `size` bytes of content of `field`; of its record's `envelope`, s, n, t and w.

    `check` is the CRC-32 of the payload as it lies there. Of a frame whose erasure was cut off, the field is not known.
    """

    path: Path
    offset: int
    flags: int
    length: int
    check: int
    envelope: Envelope
    field: str = ""
    size: int = 0

    @property
    def stream(self) -> str:
        return str(self.envelope["s"])

    @property
    def n(self) -> int:
        return int(self.envelope["n"])

    @property
    def begun(self) -> bool:
        """Whether an erasure was cut off here: it is only to be finished."""
        return bool(self.flags & ERASED)


@contextmanager
def upkeep(trail: Path) -> Iterator[None]:
    """One process at a time takes content out of a trail."""
    descriptor = os.open(trail / "upkeep.lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


# Finding.


def find(trail: Path, wanted: Callable[[Envelope], bool], field: str = "", keys: Keys = OURS) -> list[Spot]:
    """The content frames of the records that are `wanted`, and those whose erasure was cut off. Raises `Locked`."""
    return [spot for stream in stream_folders(trail) for spot in in_stream(stream, wanted, field, keys)]


def in_stream(stream: Path, wanted: Callable[[Envelope], bool], field: str, keys: Keys) -> Iterator[Spot]:
    dead = writer_is_dead(stream)
    files = segment_files(stream)
    for path in files:
        with suppress(FileNotFoundError):  # trimmed meanwhile
            yield from in_file(path, wanted, field, keys, final=dead or path != files[-1])


def in_file(path: Path, wanted: Callable[[Envelope], bool], field: str, keys: Keys, *, final: bool) -> Iterator[Spot]:
    """The same of one segment. `final`: nobody writes to it any more."""
    stored: dict[int, Frame] = {}
    waiting: list[Frame] = []
    for frame in opened(_noted(frames(path, HEADER_SIZE, final=final), stored), path, keys):
        if frame.type == CONTENT:
            waiting.append(frame)
        elif frame.type == ENVELOPE:
            envelope = json.loads(frame.payload)
            spots = [_spot(path, each, stored[each.offset], envelope) for each in waiting]
            yield from (each for each in spots if each.begun or (wanted(envelope) and field in ("", each.field)))
            waiting = []
            stored.clear()


def _noted(found: Iterable[Frame], stored: dict[int, Frame]) -> Iterator[Frame]:
    """The frames, and what lies on disk of each content: `opened` shows it in clear."""
    for frame in found:
        if frame.type == CONTENT and (not frame.flags & ERASED or frame.payload.strip(b"\0")):
            stored[frame.offset] = frame
            yield frame
        elif frame.type != CONTENT:
            yield frame


def _spot(path: Path, plain: Frame, stored: Frame, envelope: Envelope) -> Spot:
    about = {name: envelope[name] for name in ("s", "n", "t", "w") if name in envelope}
    place = (path, stored.offset, stored.flags, len(stored.payload), crc32(stored.payload), about)
    if stored.flags & ERASED:
        return Spot(*place)
    field, text = split_content(plain.payload)
    return Spot(*place, field, len(text))


# Destroying.


def destroy(spots: Iterable[Spot]) -> int:
    """Erase content frames; how many were still there. The caller holds `upkeep` and has told of it in the trail."""
    by_path = [(path, list(group)) for path, group in groupby(sorted(spots, key=_place), key=lambda spot: spot.path)]
    for path, group in by_path:
        _each(path, group, _flag)
    return sum(_each(path, group, _wipe) for path, group in by_path)


def _place(spot: Spot) -> tuple[Path, int]:
    return spot.path, spot.offset


def _each(path: Path, spots: list[Spot], action: Callable[[int, Spot], None]) -> int:
    """Do `action` to each of the spots of a file that is still what it was, and put it on disk.

    The file keeps its time of change: what is oldest is trimmed first.
    """
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        return 0
    try:
        times = os.fstat(descriptor)
        there = [spot for spot in spots if _is_there(descriptor, spot)]
        for spot in there:
            action(descriptor, spot)
        _datasync(descriptor)
        os.utime(descriptor, ns=(times.st_atime_ns, times.st_mtime_ns))
    finally:
        os.close(descriptor)
    return len(there)


def _is_there(descriptor: int, spot: Spot) -> bool:
    return crc32(os.pread(descriptor, spot.length, spot.offset + _HEAD)) == spot.check


def _flag(descriptor: int, spot: Spot) -> None:
    """From here on the frame is erased. One byte: it is there or not."""
    os.pwrite(descriptor, bytes([spot.flags | ERASED]), spot.offset + _FLAGS_AT)


def _wipe(descriptor: int, spot: Spot) -> None:
    os.pwrite(descriptor, encode_frame(CONTENT, bytes(spot.length), spot.flags | ERASED), spot.offset)


def parked(trail: Path, spots: Iterable[Spot]) -> list[Path]:
    """Files in `rejected/` that hold copies of such content, which a backend refused."""
    wanted = {(spot.stream, spot.n, spot.field) for spot in spots}
    files = (path for stream in stream_folders(trail) for path in (stream / "rejected").glob("*.json"))
    return [path for path in files if carries(_body(path), wanted)]


def _body(path: Path) -> str:
    """What was refused; "" if that cannot be read."""
    try:
        return str(json.loads(path.read_bytes())["body"])
    except (OSError, ValueError, TypeError, KeyError):
        return ""


def shred(path: Path) -> None:
    """Overwrite a file and remove it."""
    with suppress(FileNotFoundError):
        descriptor = os.open(path, os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            os.pwrite(descriptor, bytes(os.fstat(descriptor).st_size), 0)
            _datasync(descriptor)
        finally:
            os.close(descriptor)
        path.unlink()
