"""Erasure: content destroyed where it lies, salt included; the envelope, and every proof over it, stays as it is.

Order, each step on disk before the next: a sealed intent record says what is to go; one byte, the flag, makes the frame
count as erased whatever stands in it; zeros take the place of the payload; the outcome record follows. A kill between
any two leaves a frame that is content or erased content, never damage; the same erasure, asked for again, ends it.
Streams that are being written to are no different: their writers only append, behind every frame that is found here.
Sad path: a file system that copies on write, or a flash disk that moves blocks, may keep old bytes out of reach of any
program; encryption at rest is the answer to that (docs/decisions/0031).
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import groupby
from pathlib import Path
from zlib import crc32

from vedette.trail.custody.copies import carries
from vedette.trail.files.finding import Spot
from vedette.trail.format.spool import CONTENT, ERASED, encode_frame, stream_folders

_datasync = getattr(os, "fdatasync", os.fsync)  # macOS has no fdatasync
_HEAD = 12
_FLAGS_AT = 9


@contextmanager
def upkeep(trail: Path) -> Iterator[None]:
    """One process at a time takes content out of a trail."""
    descriptor = os.open(trail / "upkeep.lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


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
    wanted = {(spot.stream, spot.n, spot.field) for spot in spots if not spot.loose}
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
