"""The trail's directory: who may own it, and the places of streams in it. All 0700 and 0600 whatever the umask.

A directory that is a link, foreign-owned or writable by others is refused with one clear sentence.
"""

from __future__ import annotations

import fcntl
import os
import stat
import time
from dataclasses import dataclass
from pathlib import Path

from vedette.guard import Plain
from vedette.trail.files.sharing import NoGroup, modes, share
from vedette.trail.format.spool import ENVELOPE, HEADER_SIZE, scan

_NEWEST = 32
_TRIES = 5


class Unavailable(Plain):
    """The trail cannot take a record; the message says what is wrong and what to do. The host never sees it."""


class Full(Unavailable):
    """Only space is missing, and whoever waits for it may find it."""


@dataclass(slots=True)
class Slot:
    """The place of one stream, held while its process lives. `lock` is a descriptor, -1 once it was given back.

    The descriptor is inherited by forks, which must close it.
    """

    ordinal: int
    path: Path
    lock: int


def prepare(folder: Path, group: str = "") -> None:
    """Make the directory, or refuse it. `group` may read it, if one is named."""
    try:
        make(folder)
        found = folder.lstat()
    except OSError as error:
        raise Unavailable(f"{folder}: cannot be used as a trail ({error.strerror}); set VEDETTE_TRAIL") from error
    if stat.S_ISLNK(found.st_mode):
        raise Unavailable(f"{folder} is a link; name the directory itself in VEDETTE_TRAIL")
    if found.st_uid != os.geteuid():
        raise Unavailable(f"{folder} belongs to another user; set VEDETTE_TRAIL to a directory of your own")
    if found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise Unavailable(f"{folder} is writable by others; run `chmod go-w {folder}`")
    if group:
        try:
            share(folder, group)
        except NoGroup as error:
            raise Unavailable(str(error)) from error


def make(folder: Path, mode: int = 0o700) -> None:
    """The directory and those above it, if they are missing. `mode` is that of the directory; those above are 0700."""
    if folder.is_dir():
        return
    make(folder.parent)
    try:
        folder.mkdir(mode)
    except FileExistsError:
        if not folder.is_dir():
            raise
    else:
        folder.chmod(mode)


def create(path: Path, data: bytes, mode: int | None = None) -> None:
    """Write a file that must not exist yet, whole and on disk; without a `mode`, for whom its folder is."""
    mode = modes(path.parent)[1] if mode is None else mode
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, mode)
    try:
        os.fchmod(descriptor, mode)
        os.write(descriptor, data)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def replace(path: Path, data: bytes, mode: int | None = None) -> None:
    """Write a file so that it is there whole or not at all, also after a crash."""
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    scratch.unlink(missing_ok=True)
    create(scratch, data, mode)
    scratch.rename(path)
    sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """Make new names in a directory survive power loss."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def allocate(folder: Path) -> Slot:
    """The next stream's place. `mkdir` is the allocation, exclusive on every file system.

    A place whose process died before its first record is taken again: a hole in the ordinals would read as a stream
    that somebody removed.
    """
    streams = folder / "streams"
    make(streams, modes(folder)[0])
    taken = sorted(int(name) for name in os.listdir(streams) if name.isdigit())  # noqa: PTH208 - names only
    for ordinal in taken[-_NEWEST:]:
        slot = _claimed(streams, ordinal) if _unborn(streams, ordinal) else None
        if slot is not None:
            return slot
    return _made(streams, taken[-1] + 1 if taken else 0)


def _made(streams: Path, ordinal: int) -> Slot:
    while True:
        try:
            _path(streams, ordinal).mkdir(modes(streams)[0])
        except FileExistsError:
            pass
        else:
            _path(streams, ordinal).chmod(modes(streams)[0])
            sync_folder(streams)
            slot = _claimed(streams, ordinal)
            if slot is not None:
                return slot
        ordinal += 1


def _path(streams: Path, ordinal: int) -> Path:
    return streams / f"{ordinal:08d}"


def _unborn(streams: Path, ordinal: int) -> bool:
    """Whether the stream has no record (and may get one any moment, so look again under its lock)."""
    try:
        with (_path(streams, ordinal) / "000000.seg").open("rb") as file:
            head = file.read(HEADER_SIZE + 256 * 1024)
    except FileNotFoundError:
        return not any(_path(streams, ordinal).glob("*.seg"))  # the oldest segments of a long stream may be gone
    return not any(frame.type == ENVELOPE for frame in scan(head))


def _claimed(streams: Path, ordinal: int) -> Slot | None:
    """The place, locked and empty; None if it is another's."""
    path = _path(streams, ordinal)
    descriptor = os.open(path / "lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    if _locked(descriptor) and _unborn(streams, ordinal):
        os.fchmod(descriptor, modes(path)[1])
        (path / "000000.seg").unlink(missing_ok=True)
        return Slot(ordinal, path, descriptor)
    os.close(descriptor)
    return None


def _locked(descriptor: int) -> bool:
    """A few tries: a reader who wants to know whether the writer lives holds the lock for a moment."""
    for attempt in range(_TRIES):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(0.001 * attempt)
            continue
        return True
    return False


def release(slot: Slot) -> None:
    """Let the place go."""
    descriptor, slot.lock = slot.lock, -1
    if descriptor >= 0:
        os.close(descriptor)
